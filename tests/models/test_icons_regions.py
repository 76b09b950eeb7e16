"""Regions of the built-in model: drawings placed in boxes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.families.icons.object_collage import place_drawings
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Region, Request

REQUEST = Request(prompt="a red apple", seed=100, steps=2, guidance_scale=2.0, temperature=0.6, device="cpu")
LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


def last_latents(request: Request, library: Library) -> torch.Tensor:
    return [event for event in generate(request, library) if isinstance(event, StepEvent)][-1].step.x


def test_drawings_keep_their_proportions_in_their_boxes() -> None:
    red, blue = (np.full((64, 64, 4), (*colour, 255), np.uint8) for colour in ((255, 0, 0), (0, 0, 255)))
    scene = place_drawings([red, blue], [LEFT, (0.5, 0.5, 1.0, 1.0)])
    assert (scene[16:48, :32] == red[0, 0]).all() and (scene[32:, 32:] == blue[0, 0]).all()
    assert not scene[:16].any() and not scene[48:, :32].any()
    assert np.array_equal(place_drawings([red], [(0.0, 0.0, 1.0, 1.0)]), red)


@pytest.mark.slow
def test_each_region_draws_its_own_thing_in_its_colour() -> None:
    library = Library()
    pair = replace(REQUEST, prompt="", regions=(Region("a red apple", LEFT), Region("a blue car", RIGHT)))
    model = library.load(pair.model, device=torch.device("cpu"), dtype=torch.float32)
    rgba = model.stages[0].decode(last_latents(pair, library))[0].numpy().astype(float)
    solid = rgba[..., 3:] / 255
    left, right = ((rgba[..., :3] * solid)[:, part].sum((0, 1)) for part in (slice(0, 128), slice(128, 256)))
    assert left[0] > 1.5 * left[2] and right[2] > 1.3 * right[0]
    whole = replace(REQUEST, prompt="hidden", regions=(Region(REQUEST.prompt),))
    assert torch.equal(last_latents(whole, library), last_latents(REQUEST, library))
