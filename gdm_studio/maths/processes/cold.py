"""Cold diffusion: images are blurred, masked or faded instead of noised (Bansal et al. 2022, arXiv:2208.09392).

A noise level (1 − s, s) represents a severity s: at 0 the image is unchanged, at 1 it is completely degraded. Random
elements, such as the position of a mask, are derived from the image's own noise, so they are the same at every
severity.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.processes.coordinates import straight
from gdm_studio.maths.processes.process import Degradation, Process

if TYPE_CHECKING:
    import statistics

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np, statistics = LazyModule("numpy"), LazyModule("statistics")

# Standard deviation of the blur at severity ½, relative to the side of the image.
BLUR = 0.1
# Standard deviation of the hole at severity ½, relative to the side of the image.
HOLE = 0.3
# Number of rows over which a snowflake is smeared.
FALL = 3
# Softness of a snowflake's edge, in standard deviations of the random field from which it is cut.
EDGE = 0.5


def blurred(x0: Array, at: NoiseLevel, eps: Array) -> Array:
    """Degrade an image by a Gaussian blur with reflecting edges. At severity 1 only the mean colour is left.

    The standard deviation is BLUR·ratio times the side length. The heat equation is solved in cosines (as in Rissanen
    et al. 2022, arXiv:2206.13397), so blurs add up and the mean is preserved exactly.
    """
    return _multiply_axes(x0, lambda side: _blur_matrix(side, BLUR * min(at.ratio, 1e6)))


def pixelated(x0: Array, at: NoiseLevel, eps: Array) -> Array:
    """Degrade an image by averaging it over n × n equal cells, where n is side^(1 − severity), rounded.

    At severity 1 only a single colour is left.
    """
    return _multiply_axes(x0, lambda side: _cell_mean_matrix(side, max(round(side**at.alpha), 1)))


def masked(x0: Array, at: NoiseLevel, eps: Array) -> Array:
    """Degrade an image by cutting out a soft hole, filled with 0, at a random position (section 4.2).

    The standard deviation of the hole is HOLE·ratio times the side length.
    """
    across, down = _random_position(eps)
    rows, columns = x0.shape[-2:]
    y = _convert_like(x0, (np.arange(rows) + 0.5)[:, None] / rows) - down
    x = _convert_like(x0, (np.arange(columns) + 0.5) / columns) - across
    hole = math.e ** (-((at.alpha / (HOLE * at.sigma)) ** 2) / 2 * (x * x + y * y))
    return x0 * (1 - hole)


def faded(x0: Array, at: NoiseLevel, eps: Array) -> Array:
    """Degrade an image by fading it towards the middle grey of images in −1 … 1: (1 − severity)·x0."""
    return at.alpha * x0


def snowed(x0: Array, at: NoiseLevel, eps: Array) -> Array:
    """Degrade an image by covering a fraction of about its severity with white flakes.

    The flakes are the parts where a random field, smeared downwards, is highest.
    """
    rows = x0.shape[-2]
    field = _convert_like(x0, _smear_matrix(rows)) @ eps[:, :1]
    height = statistics.NormalDist().inv_cdf(at.alpha) if at.alpha else -math.inf
    cover = ((field - height) / EDGE + 0.5).clip(0, 1)
    return x0 * (1 - cover) + cover


def cold(name: str, title: str, degradation: Degradation, timesteps: int) -> Process:
    """Create a process of cold diffusion from a degradation, with evenly spaced severities up to 1."""
    severities = ((t + 1) / timesteps for t in range(timesteps))
    table = tuple(s / (1 - s) if s < 1 else math.inf for s in severities)
    return Process(name, title, table, straight, degradation=degradation)


def blur(timesteps: int = 100) -> Process:
    """Create the cold-diffusion process that blurs an image until only its mean colour is left."""
    return cold("blur", "Blur", blurred, timesteps)


def pixelate(timesteps: int = 100) -> Process:
    """Create the cold-diffusion process that averages an image over ever larger cells, until only its mean colour is
    left.
    """
    return cold("pixelate", "Pixelate", pixelated, timesteps)


def mask(timesteps: int = 100) -> Process:
    """Create the cold-diffusion process that covers an image with a growing hole, whose position depends on the image's
    noise.
    """
    return cold("mask", "Mask", masked, timesteps)


def fade(timesteps: int = 100) -> Process:
    """Create the cold-diffusion process that fades an image to grey."""
    return cold("fade", "Fade", faded, timesteps)


def snow(timesteps: int = 100) -> Process:
    """Create the cold-diffusion process that covers an image with snow until it is white."""
    return cold("snow", "Snow", snowed, timesteps)


def _multiply_axes(x0: Array, along: Callable[[int], Floats]) -> Array:
    """Apply a linear operation separately to both image axes: multiply x0 (…, H, W) by the matrix `along(side)` along
    each of them.
    """
    rows, columns = x0.shape[-2:]
    return _convert_like(x0, along(rows)) @ x0 @ _convert_like(x0, along(columns).T)


@lru_cache(maxsize=256)
def _blur_matrix(side: int, width: float) -> Floats:
    """Return the matrix that blurs a row of `side` pixels with standard deviation `width` · side and reflecting
    boundaries.
    """
    waves = np.arange(side)[:, None]
    basis = np.cos(np.pi * waves * (np.arange(side) + 0.5) / side) * np.sqrt(np.where(waves, 2, 1) / side)
    return basis.T @ (np.exp(-((np.pi * waves * width) ** 2) / 2) * basis)


@lru_cache(maxsize=256)
def _cell_mean_matrix(side: int, count: int) -> Floats:
    """Return the matrix that divides a row of `side` pixels into `count` equal cells, and replaces each pixel with the
    mean of its cell.
    """
    cell = np.arange(side) * count // side
    together = (cell[:, None] == cell).astype(np.float64)
    return together / together.sum(axis=1, keepdims=True)


@lru_cache(maxsize=16)
def _smear_matrix(side: int) -> Floats:
    """Return the matrix that smears pixels downwards: it sums each row and the FALL − 1 rows above it (cyclically),
    scaled to preserve the variance.
    """
    return sum((np.roll(np.eye(side), row, axis=0) for row in range(FALL)), np.zeros((side, side))) / math.sqrt(FALL)


def _random_position(eps: Array) -> tuple[Array, Array]:
    """Derive a random position for each image from its noise, uniform in 0 … 1 on both axes. Returns two arrays of
    shape (N, 1, 1, 1).

    For normal z and z′, exp(−(z² + z′²)/2) is uniform.
    """
    z = eps.reshape(len(eps), -1)[:, :4, None, None] ** 2
    even = math.e ** (-(z[:, 0::2] + z[:, 1::2]) / 2)
    return even[:, :1], even[:, 1:]


def _convert_like(x0: Array, values: Floats) -> Array:
    """Convert a numpy array to an array or tensor with the type, precision and device of x0. A copy to a GPU is
    asynchronous.
    """
    if not hasattr(x0, "new_empty"):
        return values.astype(x0.dtype)
    held = x0.new_empty(values.shape, device="cpu", pin_memory=x0.is_cuda)
    held.numpy()[...] = values
    return held.to(x0.device, non_blocking=True)
