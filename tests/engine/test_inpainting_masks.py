"""Conventions of inpainting masks, and the refusal of masks that mark nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.inpainting_masks import mask_levels
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import SIDE, GaussianLibrary

BOX = (24, 32, 72, 96)


def picture() -> Image.Image:
    """Return a photo-like image of many colours."""
    levels = np.random.default_rng(3).integers(0, 256, (SIDE // 4, SIDE // 4, 3), np.uint8)
    return Image.fromarray(levels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def plane(*colour: int, mode: str = "RGBA") -> Image.Image:
    return Image.new(mode, (SIDE, SIDE), colour if len(colour) > 1 else colour[0])


def boxed(ground: Image.Image, *colour: int) -> Image.Image:
    ImageDraw.Draw(ground).rectangle(
        (BOX[0], BOX[1], BOX[2] - 1, BOX[3] - 1), fill=colour if len(colour) > 1 else colour[0]
    )
    return ground


def hole(ground: Image.Image) -> Image.Image:
    """Return an opaque image with a transparent box whose colours remain, as GIMP's layers have."""
    ground = ground.convert("RGBA")
    ground.putalpha(boxed(plane(255, mode="L"), 0))
    return ground


def filled_palette() -> Image.Image:
    mask = boxed(plane(0, mode="P"), 1)
    mask.putpalette([0, 0, 0, 250, 30, 200])
    return mask


# All of these mark the same box.
MASKS: dict[str, Callable[[], Image.Image]] = {
    "grey": lambda: boxed(plane(0, mode="L"), 255),
    "colours": lambda: boxed(plane(0, 0, 0, mode="RGB"), 255, 255, 255),
    "one bit": lambda: boxed(plane(0, mode="1"), 1),
    "16 bits": lambda: Image.fromarray(np.asarray(boxed(plane(0, mode="L"), 255)).astype(np.uint16) * 257),
    "red": lambda: boxed(plane(0, 0, 0, mode="RGB"), 255, 0, 0),
    "navy": lambda: boxed(plane(0, 0, 0, mode="RGB"), 0, 0, 128),
    "palette": filled_palette,
    "white strokes": lambda: boxed(plane(0, 0, 0, 0), 255, 255, 255, 255),
    "black strokes": lambda: boxed(plane(0, 0, 0, 0), 0, 0, 0, 255),
    "red strokes": lambda: boxed(plane(255, 255, 255, 0), 255, 0, 0, 255),
    "black, with alpha": lambda: boxed(plane(0, 0, 0, 255), 255, 255, 255, 254),
    "hole in a picture": lambda: hole(picture()),
    "hole in grey": lambda: hole(picture().convert("L")),
    "hole in black": lambda: hole(plane(0, mode="L")),
    "hole in white": lambda: hole(plane(255, mode="L")),
    "hole in blue": lambda: hole(plane(20, 40, 200, mode="RGB")),
    "erased hole": lambda: boxed(picture().convert("RGBA"), 0, 0, 0, 0),
}


@pytest.mark.parametrize("kind", MASKS)
def test_masks_of_every_convention_mark_the_same(kind: str, tmp_path: Path) -> None:
    MASKS[kind]().save(tmp_path / "mask.png")
    image = image_inputs.store(np.asarray(picture()))
    name = image_inputs.store_mask(tmp_path / "mask.png", image=image)
    fitted = image_inputs.load_fitted_mask(name, image, (SIDE, SIDE))
    expected = np.zeros((SIDE, SIDE))
    expected[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 1
    assert np.abs(fitted - expected).max() < 0.01
    # A mask that was stored as it is, such as one of an earlier version, marks the same.
    assert (
        np.abs(
            image_inputs.load_fitted_mask(image_inputs.store(tmp_path / "mask.png"), image, (SIDE, SIDE)) - expected
        ).max()
        < 0.01
    )


def test_soft_masks_stay_soft(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, SIDE).round().astype(np.uint8)[None].repeat(SIDE, 0)
    image = image_inputs.store(np.asarray(picture()))
    red = np.dstack([ramp, 0 * ramp, 0 * ramp])
    strokes = np.dstack([0 * ramp + 255] * 3 + [ramp])
    in_picture = np.dstack([np.asarray(picture()), 255 - ramp])
    for pixels in (ramp, ramp // 2, red, strokes, in_picture):
        fitted = image_inputs.load_fitted_mask(image_inputs.store_mask(pixels), image, (SIDE, SIDE))
        expected = ramp // 2 if pixels.max() < 128 else ramp
        assert np.abs(fitted - expected / 255).max() < 0.13 and np.abs(fitted - expected / 255).mean() < 0.01


def test_every_colour_marks_as_white_does_beside_others() -> None:
    colours = [(128, 0, 0), (0, 0, 255), (0, 90, 0), (255, 255, 255), (255, 200, 0), (60, 0, 90)]
    mask = np.zeros((20, 20 * len(colours), 3), np.uint8)
    for number, colour in enumerate(colours):
        mask[5:15, 20 * number + 5 : 20 * number + 15] = colour
    marks = mask.any(axis=2)
    mask[:4] = 100
    levels, is_hole = mask_levels(np.dstack([mask, np.full_like(mask[..., 0], 255)]))
    assert not is_hole and (levels[4:] == 255 * marks[4:]).all()
    assert (levels[:4] == 100).all(), "a grey marks in part"


def test_a_mask_with_a_transparent_part_is_explained(tmp_path: Path) -> None:
    remarks: list[str] = []
    image_inputs.store_mask(np.asarray(hole(picture())), remarks=remarks)
    image_inputs.store_mask(np.full((SIDE, SIDE), 255, np.uint8), remarks=remarks)
    share = (BOX[2] - BOX[0]) * (BOX[3] - BOX[1]) / SIDE**2
    assert remarks == [
        f"The transparent part of the mask is redrawn, {share:.0%} of the picture.",
        "The mask marks the whole picture to be redrawn.",
    ]


def test_a_mask_that_marks_nothing_is_refused_before_the_run() -> None:
    image = image_inputs.store(np.asarray(picture()))
    black = np.zeros((SIDE, SIDE), np.uint8)
    for source in (black, black + 2, np.dstack([black] * 4), np.dstack([black] * 3 + [black + 255])):
        if source.ndim == 3 and not source[..., 3].any():
            # Everything is transparent: the whole picture is redrawn.
            image_inputs.store_mask(source, image=image)
            continue
        with pytest.raises(BadRequest, match="marks nothing to redraw; paint it white"):
            image_inputs.store_mask(source, image=image)
    with pytest.raises(BadRequest, match="is the start picture itself"):
        image_inputs.store_mask(np.asarray(picture()), image=image)
    request = Request(
        model="gaussian", prompt="a disc", steps=3, image=image, mask=image_inputs.store(black), device="cpu"
    )
    library = GaussianLibrary()
    for refused, says in (
        (request, "marks nothing"),
        (replace(request, mask=image_inputs.store(black[:40])), "proportions"),
    ):
        with pytest.raises(BadRequest, match=says):
            next(generate(refused, library))
