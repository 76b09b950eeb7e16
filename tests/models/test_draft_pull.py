"""Pull of predictions towards the drafts from which the built-in model's images start (rules 17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.engine import image_inputs
from gdm_studio.engine.draft_pull import SHARE, pull_to_drafts
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import edm
from gdm_studio.models.families.icons.model import IconsConditioning, IconsModel
from gdm_studio.models.loaded_model import Conditioning, DenoiserWithDrafts
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import FOLLOWS_DRAWINGS, Branch, Request
from gdm_studio.request.regions import Region

BEFORE = FOLLOWS_DRAWINGS - 1
REQUEST = Request(
    prompt="a toaster", style="twemoji", seed=7, steps=8, guidance_scale=2.0, temperature=0.6, device="cpu"
)
CLEAN = NoiseLevel(1.0, 0.0)


def draw(library: Library, request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, library) if isinstance(event, Result)]


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the distance of two images (H, W, 4), RMS of 255 over premultiplied RGBA."""

    def premultiplied(rgba: np.ndarray) -> np.ndarray:
        levels = rgba.astype(np.float64)
        levels[..., :3] *= levels[..., 3:] / 255
        return levels

    return float(np.sqrt(np.square(premultiplied(one) - premultiplied(other)).mean()))


@pytest.fixture
def last_draft(model: IconsModel, monkeypatch: pytest.MonkeyPatch) -> Callable[[], np.ndarray]:
    """Return a function that decodes the draft of the first image that was generated last."""
    encode = IconsModel.conditioning
    drafts: list[Tensor] = []

    def conditioning(self: IconsModel, conditions: Sequence[Conditioning]) -> IconsConditioning:
        encoded = encode(self, conditions)
        drafts[:] = [encoded.sketch[:1]]
        return encoded

    monkeypatch.setattr(IconsModel, "conditioning", conditioning)
    return lambda: model.decode(drafts[0])[0].numpy()


@pytest.mark.parametrize("prompt", ["a toaster", "a cat and a tree"])
def test_an_image_follows_its_drawing(library: Library, last_draft: Callable[[], np.ndarray], prompt: str) -> None:
    distances = []
    for rules in (BEFORE, FOLLOWS_DRAWINGS):
        (rgba,) = draw(library, replace(REQUEST, prompt=prompt, rules=rules))
        distances.append(distance(rgba, last_draft()))
    assert distances[1] < 0.5 * distances[0], distances


def test_earlier_rules_and_things_without_a_drawing_follow_nothing(model: IconsModel) -> None:
    path = edm().path("karras", 4)

    def drafts(request: Request, text: str) -> Sequence[Tensor | None]:
        (variation,) = variations_of(request, (0,), path)
        conditions = [Conditioning(text, "twemoji", variation=variation), Conditioning("", negative=True)]
        found = model.denoiser(conditions, path, lambda at, like, draw=0: like)
        assert isinstance(found, DenoiserWithDrafts)
        return found.drafts

    followed, negative = drafts(REQUEST, "a toaster")
    assert followed is not None and negative is None
    assert drafts(replace(REQUEST, rules=BEFORE), "a toaster") == (None, None)
    assert drafts(REQUEST, "a frobnicate") == (None, None)


@pytest.mark.parametrize("prompt", ["a toaster", "a fox"])
def test_a_start_image_with_little_noise_is_kept(library: Library, prompt: str) -> None:
    (toaster,) = draw(library, REQUEST)
    # A drawing that covers a part of it.
    changed = toaster.copy()
    changed[100:156, 100:156] = (30, 60, 200, 255)
    request = replace(REQUEST, prompt=prompt, image=image_inputs.store(changed), strength=0.4)
    (kept,) = draw(library, request)
    assert distance(kept[105:151, 105:151], changed[105:151, 105:151]) < 40
    assert distance(kept, changed) < 20


def test_a_start_image_with_much_noise_follows_the_drawing(
    library: Library, last_draft: Callable[[], np.ndarray]
) -> None:
    (toaster,) = draw(library, REQUEST)
    (fox,) = draw(library, replace(REQUEST, prompt="a fox", image=image_inputs.store(toaster), strength=0.9))
    assert distance(fox, last_draft()) < 6


def test_a_branch_follows_its_own_drawing_only_from_an_early_step(
    library: Library, last_draft: Callable[[], np.ndarray]
) -> None:
    (toaster,) = draw(library, REQUEST)
    early, late = (draw(library, replace(REQUEST, prompt="a fox", branch=Branch(REQUEST, step)))[0] for step in (1, 6))
    assert distance(early, last_draft()) < 6
    # A part of the other drawing would be a ghost in it.
    assert distance(late, toaster) < 20 < 60 < distance(late, last_draft())


def test_an_image_is_the_same_alone_and_in_a_batch(library: Library) -> None:
    request = replace(REQUEST, steps=3, count=2, batch=2)
    assert np.array_equal(draw(library, request)[1], draw(library, request.picture(1))[0])


def test_predictions_near_the_draft_move_towards_it() -> None:
    x0 = torch.zeros(2, 4, 8, 8)
    near, far = torch.full((1, 4, 8, 8), 0.2), torch.full((1, 4, 8, 8), 1.2)

    def pulled(at: NoiseLevel, drafts: list[Tensor | None], mask: Tensor | None = None) -> Tensor:
        return pull_to_drafts(lambda x, at: x0, drafts, len(x0), mask)(x0, at)

    found = pulled(CLEAN, [near, far])
    assert torch.allclose(found[0], SHARE * near[0], rtol=0.01)
    assert float(found[1].abs().max()) < 0.01
    # High noise decides on shapes, which the draft must not fix.
    assert float(pulled(NoiseLevel(1.0, 10.0), [near, near]).abs().max()) < 0.002
    # An image without a draft does not keep the others of its batch from following theirs.
    found = pulled(CLEAN, [None, near])
    assert found[0].equal(x0[0]) and torch.allclose(found[1], SHARE * near[0], rtol=0.01)
    assert pulled(CLEAN, [None, None]).equal(x0)
    # Only the area of the mask tells how far an image follows its draft.
    half = torch.zeros(1, 1, 8, 8)
    half[..., :4] = 1
    mixed = torch.where(half > 0, near, far)
    assert torch.allclose(pulled(CLEAN, [mixed, mixed], half)[..., :4], SHARE * near[..., :4], rtol=0.01)
    assert float(pulled(CLEAN, [mixed, mixed])[..., :4].abs().max()) < 0.5 * SHARE * 0.2


def test_prompts_with_different_drafts_pull_nowhere() -> None:
    first, second = (torch.full((1, 1, 2, 2), level) for level in (0.1, 0.2))
    x0 = torch.zeros(1, 1, 2, 2)
    assert pull_to_drafts(lambda x, at: x0, [first, second], 1)(x0, CLEAN).equal(x0)
    assert not pull_to_drafts(lambda x, at: x0, [first, first.clone()], 1)(x0, CLEAN).equal(x0)


def test_regions_follow_the_drawing_of_the_whole_scene(library: Library, last_draft: Callable[[], np.ndarray]) -> None:
    regions = Region("a cat", (0.0, 0.0, 0.5, 1.0)), Region("a tree", (0.5, 0.0, 1.0, 1.0))
    (scene,) = draw(library, replace(REQUEST, prompt="", regions=regions))
    assert distance(scene, last_draft()) < 6
