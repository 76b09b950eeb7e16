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


def test_an_empty_image_is_not_changed() -> None:
    nothing = np.zeros((4, 6, 4), np.uint8)
    assert np.array_equal(recolor(nothing, "red"), nothing)
