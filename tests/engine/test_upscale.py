"""The shipped upscaler on shapes whose larger versions are known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine.upscale import Doubler


@pytest.fixture(scope="module")
def double() -> Doubler:
    return Doubler("cpu")


def ring(side: int) -> np.ndarray:
    """An orange ring around a blue dot, off the middle, on nothing."""
    scale, radius = side / 64, _from_the_middle(side)
    dot = np.clip(8 * scale - radius + 0.5, 0, 1)
    band = np.clip(0.5 + 5 * scale - abs(radius - 20 * scale), 0, 1)
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., :3] = np.where((radius < 12 * scale)[..., None], (30, 60, 200), (250, 150, 30))
    rgba[..., 3] = np.round(255 * np.maximum(dot, band))
    rgba[rgba[..., 3] == 0] = 0
    return rgba


def error(rgba: np.ndarray, true: np.ndarray) -> float:
    """Mean squared error over mid-grey and of alpha."""
    shown, known = (picture.astype(float) / 255 for picture in (rgba, true))
    over = [z[..., :3] * z[..., 3:] + 0.5 * (1 - z[..., 3:]) for z in (shown, known)]
    return float(((over[0] - over[1]) ** 2).mean() + ((shown[..., 3] - known[..., 3]) ** 2).mean())


def bicubic(rgba: np.ndarray) -> np.ndarray:
    size = (2 * rgba.shape[1], 2 * rgba.shape[0])
    return np.asarray(Image.fromarray(rgba).convert("RGBa").resize(size, Image.Resampling.BICUBIC).convert("RGBA"))


def test_edges_come_out_sharper_than_by_interpolation(double: Doubler) -> None:
    small = ring(64)
    once, twice = double(small), double(double(small))
    assert once.shape == (128, 128, 4) and once.dtype == np.uint8
    assert error(once, ring(128)) < 0.5 * error(bicubic(small), ring(128))
    assert error(twice, ring(256)) < 0.5 * error(bicubic(bicubic(small)), ring(256))


def test_what_is_clear_stays_clear_and_what_is_solid_solid(double: Doubler) -> None:
    """Not a level of haze beyond two pixels of the small picture from an edge, nor a pinhole as far inside."""
    alpha, radius = double(double(ring(64)))[..., 3], _from_the_middle(256)
    clear = (radius > 25 * 4 + 10) | (radius > 8 * 4 + 10) & (radius < 15 * 4 - 10)
    solid = (radius < 8 * 4 - 10) | (radius > 15 * 4 + 10) & (radius < 25 * 4 - 10)
    assert (alpha[clear] == 0).all() and (alpha[solid] == 255).all()


def _from_the_middle(side: int) -> np.ndarray:
    """How far each pixel of `ring` is from the middle of its dot."""
    y, x = np.mgrid[0:side, 0:side] + 0.5
    return np.hypot(x - 30 * side / 64, y - 34 * side / 64)


def test_a_picture_of_one_colour_keeps_it_to_its_border(double: Doubler) -> None:
    flat = np.full((32, 20, 4), (200, 90, 40, 255), np.uint8)
    grown = double(flat)
    assert grown.shape == (64, 40, 4)
    off = abs(grown.astype(int) - flat[0, 0])
    assert off.max() <= 12 and off[8:-8, 8:-8].max() <= 4
