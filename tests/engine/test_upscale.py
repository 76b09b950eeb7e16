"""The shipped upscaler on shapes whose larger versions are known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine.upscale import Upscaler


@pytest.fixture(scope="module")
def double() -> Upscaler:
    return Upscaler(device="cpu")


def ring(side: int) -> np.ndarray:
    """Return an orange ring around a blue dot, off centre on a transparent background."""
    scale, radius = side / 64, _distance_from_centre(side)
    dot = np.clip(8 * scale - radius + 0.5, 0, 1)
    band = np.clip(0.5 + 5 * scale - abs(radius - 20 * scale), 0, 1)
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., :3] = np.where((radius < 12 * scale)[..., None], (30, 60, 200), (250, 150, 30))
    rgba[..., 3] = np.round(255 * np.maximum(dot, band))
    rgba[rgba[..., 3] == 0] = 0
    return rgba


def error(rgba: np.ndarray, true: np.ndarray) -> float:
    """Return the mean squared error over mid-grey plus that of alpha."""
    shown, known = (picture.astype(float) / 255 for picture in (rgba, true))
    over = [z[..., :3] * z[..., 3:] + 0.5 * (1 - z[..., 3:]) for z in (shown, known)]
    return float(((over[0] - over[1]) ** 2).mean() + ((shown[..., 3] - known[..., 3]) ** 2).mean())


def bicubic(rgba: np.ndarray) -> np.ndarray:
    size = (2 * rgba.shape[1], 2 * rgba.shape[0])
    return np.asarray(Image.fromarray(rgba).convert("RGBa").resize(size, Image.Resampling.BICUBIC).convert("RGBA"))


def test_edges_are_sharper_than_by_interpolation(double: Upscaler) -> None:
    small = ring(64)
    once, twice = double(small), double(double(small))
    assert once.shape == (128, 128, 4) and once.dtype == np.uint8
    assert error(once, ring(128)) < 0.5 * error(bicubic(small), ring(128))
    assert error(twice, ring(256)) < 0.5 * error(bicubic(bicubic(small)), ring(256))


def test_transparent_and_opaque_areas_stay_so(double: Upscaler) -> None:
    """Check that alpha is exact farther than two pixels of the small image from any edge."""
    alpha, radius = double(double(ring(64)))[..., 3], _distance_from_centre(256)
    clear = (radius > 25 * 4 + 10) | (radius > 8 * 4 + 10) & (radius < 15 * 4 - 10)
    solid = (radius < 8 * 4 - 10) | (radius > 15 * 4 + 10) & (radius < 25 * 4 - 10)
    assert (alpha[clear] == 0).all() and (alpha[solid] == 255).all()


def _distance_from_centre(side: int) -> np.ndarray:
    """Return the distance of each pixel of `ring` from the centre of its dot."""
    y, x = np.mgrid[0:side, 0:side] + 0.5
    return np.hypot(x - 30 * side / 64, y - 34 * side / 64)


def test_a_uniform_image_stays_uniform_up_to_its_border(double: Upscaler) -> None:
    flat = np.full((32, 20, 4), (200, 90, 40, 255), np.uint8)
    grown = double(flat)
    assert grown.shape == (64, 40, 4)
    off = abs(grown.astype(int) - flat[0, 0])
    assert off.max() <= 12 and off[8:-8, 8:-8].max() <= 4
