"""Selection by a click: coherent areas, colours, growth and soft edges."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gdm_studio.engine.colour_selection import connected, feather, fill_holes, grow, select_colour


def rings() -> np.ndarray:
    """Return a red ring and a red disc on noisy grey, and nothing in the corner."""
    picture = Image.new("RGBA", (120, 90), (120, 120, 120, 255))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 10, 60, 60), (200, 30, 30, 255))
    draw.ellipse((22, 22, 48, 48), (120, 120, 120, 255))
    draw.ellipse((80, 30, 110, 60), (200, 30, 30, 255))
    pixels = np.asarray(picture).copy()
    noise = np.random.default_rng(1).integers(-9, 10, (90, 120, 3))
    pixels[..., :3] = (pixels[..., :3] + noise).clip(0, 255)
    pixels[80:, 100:] = (7, 7, 7, 0)
    return pixels


def test_a_click_selects_the_coherent_area() -> None:
    pixels = rings()
    is_red = (pixels[..., 0] > 160) & (pixels[..., 3] > 0)
    left = is_red & (np.arange(120) < 70)
    assert ((select_colour(pixels, (15.5, 35.0)) > 0) == left).all()
    assert ((select_colour(pixels, (15.5, 35.0), is_coherent=False) > 0) == is_red).all()
    inside = select_colour(pixels, (35, 35)) > 0
    assert inside[35, 35] and inside[24:47, 33:38].all() and not inside[:20].any() and not inside[:, 60:].any()
    clear = select_colour(pixels, (110, 85))
    assert (clear[80:, 100:] == 255).all() and not clear[:80].any()
    assert not select_colour(pixels, (-1, 5)).any() and not select_colour(pixels, (5, 90)).any()


def test_a_winding_area_is_connected() -> None:
    area = np.zeros((41, 41), bool)
    area[::2] = True
    area[1::4, -1] = area[3::4, 0] = True
    assert connected(area, (0, 0)).sum() == area.sum()
    area[20, 20] = False
    assert 0 < connected(area, (0, 0)).sum() < area.sum() - 1
    diagonal = np.eye(5, dtype=bool)
    assert connected(diagonal, (2, 2)).sum() == 1


def test_masks_grow_and_soften() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[8:12, 8:12] = 255
    larger = grow(mask, 2)
    assert (larger > 0).sum() == 64 and larger[6, 6] == 255
    soft = feather(mask, 2)
    assert 0 < soft[6, 10] < soft[9, 10] < 255


def test_holes_are_filled() -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[4:14, 4:14] = 255
    mask[6:9, 6:9] = 0
    # An open bay and the surroundings stay free, also at the border.
    mask[10:12, 10:14] = 0
    mask[0, :3] = 255
    filled = fill_holes(mask)
    assert (filled[6:9, 6:9] == 255).all() and not filled[10:12, 10:14].any()
    assert (filled != mask).sum() == 9
