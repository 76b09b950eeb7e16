"""Transparency of start images in the images of a model without alpha."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio.engine import image_inputs
from gdm_studio.engine.conditioning import colours_for, load_start_image
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.gaussian_model import CARD, SIDE, GaussianLibrary, GaussianModel
from tests.helpers.verdicts import run_to_verdict

RED = (200, 30, 30)
REQUEST = Request(model="gaussian", prompt="a red disc", seed=3, steps=4, strength=0.5, device="cpu")


class OpaqueModel(GaussianModel):
    """`GaussianModel` without alpha, as models of photos are. Its fourth latent is that of opaque images."""

    is_opaque = True

    def encode(self, rgba: torch.Tensor) -> torch.Tensor:
        alpha = rgba[..., 3:].float() / 255
        colours = rgba[..., :3] * alpha + 255 * (1 - alpha)
        return super().encode(torch.cat([colours, torch.full_like(alpha, 255)], dim=-1))

    def told(self, asks: Sequence[Conditioning]) -> torch.Tensor:
        means = super().told(asks)
        means[:, 3] = 1
        return means

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        return super().decode(x0)[..., :3]


def library() -> Any:
    return GaussianLibrary(kind=OpaqueModel)


def cutout(side: int = SIDE) -> np.ndarray:
    """Return a red disc with a soft edge on a transparent, green ground."""
    y, x = np.mgrid[0:side, 0:side] + 0.5
    alpha = np.clip(0.35 * side - np.hypot(x - side / 2, y - side / 2) + 0.5, 0, 1)
    rgba = np.empty((side, side, 4), np.uint8)
    rgba[..., :3] = np.where(alpha[..., None] > 0, RED, (0, 255, 0))
    rgba[..., 3] = np.round(255 * alpha)
    return rgba


def left_mask() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, : SIDE // 2] = 255
    return mask


def request_for(picture: np.ndarray, mask: np.ndarray | None = None, **changes: Any) -> Request:
    image = image_inputs.store(picture)
    name = image_inputs.store_mask(mask, image=image) if mask is not None else ""
    return replace(REQUEST, image=image, mask=name, size=(SIDE, SIDE), **changes)


def results_of(request: Request, models: Any = None, **given: Any) -> list[Result]:
    return [event for event in generate(request, models or library(), **given) if isinstance(event, Result)]


def rgba_of(request: Request, models: Any = None) -> np.ndarray:
    return results_of(request, models)[0].rgba


def test_an_image_has_the_alpha_of_its_start_image_and_no_fringe() -> None:
    picture = cutout()
    found = rgba_of(request_for(picture, strength=0.0))
    assert np.array_equal(found[..., 3], picture[..., 3])
    # Neither the white of an opaque background nor the green of hidden pixels is mixed into the edge.
    assert np.abs(found[found[..., 3] > 0][:, :3].astype(int) - RED).max() <= 12
    opaque = rgba_of(request_for(picture, strength=0.0, rules=8))
    assert opaque.shape[-1] == 3 and opaque[0, 0].min() > 240, "earlier rules composite on white"
    # A model with alpha decides by itself.
    with_alpha = [rgba_of(request_for(picture, rules=rules), GaussianLibrary()) for rules in (Request.rules, 8)]
    assert np.array_equal(*with_alpha)


@pytest.mark.parametrize("area", ["whole", "masked"])
def test_a_repainted_area_is_opaque_and_the_rest_keeps_its_bytes(area: str) -> None:
    picture = cutout()
    request = request_for(picture, left_mask(), inpaint_area=area, inpaint_padding=20)
    found = rgba_of(request)
    assert np.array_equal(found[:, SIDE // 2 :], picture[:, SIDE // 2 :])
    assert (found[:, : SIDE // 2 - 5, 3] == 255).all(), "inside the matte and beyond it"
    # Where the repainted area fades into transparency, only its own colours show.
    edge = found[:8, SIDE // 2 - 5 : SIDE // 2]
    seen = edge[edge[..., 3] > 0][:, :3].astype(int)
    inside = found[:8, SIDE // 2 - 12 : SIDE // 2 - 5, :3].astype(int)
    assert (seen >= inside.min(axis=(0, 1)) - 40).all() and (seen <= inside.max(axis=(0, 1)) + 40).all()
    assert rgba_of(replace(request, rules=8)).shape[-1] == 3


def test_opaque_start_images_make_the_same_images_as_before() -> None:
    photo = cutout()
    photo[..., 3] = 255
    wide = np.asarray(Image.fromarray(photo).resize((SIDE, SIDE // 2)))
    for picture in (photo, wide, np.zeros_like(photo)):
        found, before = (rgba_of(request_for(picture, rules=rules)) for rules in (Request.rules, 8))
        assert found.shape[-1] == 3 and np.array_equal(found, before)
    # A transparent canvas without any visible pixel has a matte only with a mask.
    found = rgba_of(request_for(np.zeros_like(photo), left_mask()))
    assert found[..., 3].max() == 255 and not found[:, SIDE // 2 :].any()


def test_batches_resumed_and_stopped_runs_and_branches_have_the_same_pixels() -> None:
    request = request_for(cutout(), left_mask(), count=2, batch=2)
    together = results_of(request)
    assert np.array_equal(together[1].rgba, results_of(replace(request, batch=1))[1].rgba)
    events = [event for event in generate(request, library()) if isinstance(event, StepEvent)]
    again = results_of(request, resume=events[-2].step)
    assert all(np.array_equal(each.rgba, other.rgba) for each, other in zip(together, again, strict=True))
    stopped = decode_partial_results(request, events[-2])
    assert np.array_equal(stopped[0].rgba[:, SIDE // 2 :], cutout()[:, SIDE // 2 :])
    branch = replace(request.picture(0), prompt="a blue disc", branch=Branch(request.picture(0), events[-2].step.index))
    assert rgba_of(branch).shape[-1] == 4 and np.array_equal(rgba_of(branch)[:, SIDE // 2 :], cutout()[:, SIDE // 2 :])


@pytest.mark.parametrize("mask", [None, left_mask()])
def test_a_saved_file_reproduces_exactly(mask: np.ndarray | None) -> None:
    (result,) = results_of(request_for(cutout(), mask))
    saved = Gallery.open().save(result)
    file = read(saved.path)
    pixels = np.asarray(Image.open(saved.path))
    assert np.array_equal(pixels, result.rgba) and file.request is not None
    assert run_to_verdict(check_reproduction(pixels, file.request, library(), made_with={})).answer == "exactly"
    other = replace(file.request, image=image_inputs.store(cutout()[::-1, :, [2, 1, 0, 3]]))
    assert run_to_verdict(check_reproduction(pixels, other, library(), made_with={})).answer != "exactly"


@pytest.mark.parametrize("mask", [None, left_mask()])
def test_an_enlarged_image_has_the_matte_of_its_size(mask: np.ndarray | None) -> None:
    start_image = load_start_image(CARD, request_for(cutout(2 * SIDE), mask))
    assert start_image is not None
    found = start_image.restore(np.full((2 * SIDE, 2 * SIDE, 3), 7, np.uint8))
    # The edge of the mask is resampled, too.
    assert np.array_equal(found[:, SIDE + 8 :, 3], cutout(2 * SIDE)[:, SIDE + 8 :, 3])


def test_a_model_without_alpha_sees_the_colours_around_transparent_pixels() -> None:
    model = library().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    seen = colours_for(model, cutout())
    assert (seen[..., 3] == 255).all() and (seen[..., :3] == RED).all()
    picture = cutout()
    assert colours_for(GaussianLibrary().load("gaussian", device=model.device, dtype=model.dtype), picture) is picture
