"""Recoloured drawings."""

from __future__ import annotations

import numpy as np
import pytest

from gdm_studio.models.families.icons.recolor import COLOURS, Pixels, recolor
from gdm_studio.training.data.colours import dominant_colour

SKIN, LEAF, LINE, CLEAR = (226, 60, 40, 255), (60, 160, 70, 255), (24, 22, 26, 255), (0, 0, 0, 0)


def apple(skin: tuple[int, int, int, int] = SKIN) -> Pixels:
    """Return an image of 30 by 40 pixels: dark outline, a lighter half, and a leaf of another hue."""
    pixels = np.full((30, 40, 4), CLEAR, np.uint8)
    pixels[4:26, 4:36] = LINE
    pixels[6:24, 6:34] = skin
    pixels[6:24, 6:14, :3] = np.minimum(255, np.array(skin[:3]) + 24)
    pixels[0:4, 18:26] = LEAF
    return pixels


@pytest.mark.parametrize("colour", sorted(COLOURS))
@pytest.mark.parametrize("skin", [SKIN, (70, 110, 230, 255), (40, 90, 50, 255), (222, 222, 226, 255)])
def test_recolouring_keeps_shading_and_outline(skin: tuple[int, int, int, int], colour: str) -> None:
    before = apple(skin)
    after = recolor(before, colour)
    body = after[6:24, 6:34]
    named = {"golden": ("yellow", "orange"), "gray": ("grey",)}.get(colour, (colour,))
    assert dominant_colour(body) in named
    assert np.array_equal(after[..., 3], before[..., 3])
    assert body[:, 0, :3].sum() >= body[:, -1, :3].sum(), "the lighter half stays lighter"
    if skin != (222, 222, 226, 255):
        assert np.abs(after[4, 4:36].astype(int) - before[4, 4:36]).max() < 40, "the outline stays dark"


def test_other_hues_are_not_changed() -> None:
    after = recolor(apple(), "blue")
    assert np.array_equal(after[:4, 18:26], apple()[:4, 18:26]), "the leaf"
    assert after[10, 20, 2] > after[10, 20, 0]


def test_the_pale_body_of_a_drawing_is_recoloured_and_not_its_parts() -> None:
    flower = np.full((30, 30, 4), (235, 236, 240, 255), np.uint8)
    flower[9:21, 9:21] = (250, 170, 20, 255)
    flower[24:, 13:17] = LEAF
    after = recolor(flower, "blue")
    assert dominant_colour(after[:8]) == "blue"
    assert np.array_equal(after[9:21, 9:21], flower[9:21, 9:21]), "the centre"
    assert np.array_equal(after[24:, 13:17], flower[24:, 13:17]), "the leaf"
    earlier = recolor(flower, "blue", only_hues=True)
    assert np.array_equal(earlier[:8], flower[:8]), "rules before the silhouettes recolour the parts"


def test_a_black_drawing_is_recoloured_evenly() -> None:
    # The noise of the decoder is a large part of such values.
    values = np.random.default_rng(0).integers(0, 16, (20, 20, 3), dtype=np.uint8)
    glyph = np.dstack([values, np.full((20, 20), 255, np.uint8)])
    assert recolor(glyph, "blue")[..., 2].std() < 8 < recolor(glyph, "blue", only_hues=True)[..., 2].std()


def test_an_empty_image_is_not_changed() -> None:
    nothing = np.zeros((4, 6, 4), np.uint8)
    assert np.array_equal(recolor(nothing, "red"), nothing)
