"""Cold diffusion: pictures blurred, masked or faded in place of noised (Bansal et al. 2022, arXiv:2208.09392).

A point (1 − s, s) is a severity s: 0 leaves a picture as it is, at 1 nothing is left of it. What is random, such as the
place of a mask, is made of the picture's own normal numbers, so that it stays where it is from one severity to another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from gdm_studio.maths.later import Later
from gdm_studio.maths.path import Array, Point
from gdm_studio.maths.processes.coordinates import straight
from gdm_studio.maths.processes.process import Degradation, Process

if TYPE_CHECKING:
    import statistics

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np, statistics = Later("numpy"), Later("statistics")

BLUR = 0.1  # standard deviation of the blur at severity ½, in sides of the picture
HOLE = 0.3  # standard deviation of the mask at severity ½, in sides of the picture
FALL = 3  # rows a flake of snow is smeared over
EDGE = 0.5  # softness of its edge, in standard deviations of the field it is cut from


def blurred(x0: Array, at: Point, eps: Array) -> Array:
    """Gaussian blur with reflecting edges, of standard deviation BLUR·ratio sides; the mean colour at severity 1.

    The heat equation solved in cosines (as in Rissanen et al. 2022, arXiv:2206.13397): blurs add up, and the
    mean stays exactly.
    """
    return _separable(x0, lambda side: _heat(side, BLUR * min(at.ratio, 1e6)))


def pixelated(x0: Array, at: Point, eps: Array) -> Array:
    """Each of n × n even cells in its mean colour, n = side^(1 − severity), rounded; one colour at severity 1."""
    return _separable(x0, lambda side: _cells(side, max(round(side**at.alpha), 1)))


def masked(x0: Array, at: Point, eps: Array) -> Array:
    """A soft hole at a random place, of standard deviation HOLE·ratio sides, filled with 0 (section 4.2)."""
    across, down = _place(eps)
    rows, columns = x0.shape[-2:]
    y = _constant(x0, (np.arange(rows) + 0.5)[:, None] / rows) - down
    x = _constant(x0, (np.arange(columns) + 0.5) / columns) - across
    hole = math.e ** (-((at.alpha / (HOLE * at.sigma)) ** 2) / 2 * (x * x + y * y))
    return x0 * (1 - hole)


def faded(x0: Array, at: Point, eps: Array) -> Array:
    """(1 − severity)·x0: towards one flat colour, the middle grey of pictures in −1 … 1."""
    return at.alpha * x0


def snowed(x0: Array, at: Point, eps: Array) -> Array:
    """White flakes where a random field, smeared downwards, is highest; about `severity` of the picture is covered."""
    rows = x0.shape[-2]
    field = _constant(x0, _streaks(rows)) @ eps[:, :1]
    height = statistics.NormalDist().inv_cdf(at.alpha) if at.alpha else -math.inf
    cover = ((field - height) / EDGE + 0.5).clip(0, 1)
    return x0 * (1 - cover) + cover


def cold(name: str, title: str, degradation: Degradation, timesteps: int) -> Process:
    """A cold process of T even severities, the last one 1."""
    severities = ((t + 1) / timesteps for t in range(timesteps))
    table = tuple(s / (1 - s) if s < 1 else math.inf for s in severities)
    return Process(name, title, table, straight, degradation=degradation)


def blur(timesteps: int = 100) -> Process:
    """Blur, to the mean colour."""
    return cold("blur", "Blur", blurred, timesteps)


def pixelate(timesteps: int = 100) -> Process:
    """Ever larger pixels, to the mean colour."""
    return cold("pixelate", "Pixelate", pixelated, timesteps)


def mask(timesteps: int = 100) -> Process:
    """A growing hole at a place of the picture's own."""
    return cold("mask", "Mask", masked, timesteps)


def fade(timesteps: int = 100) -> Process:
    """Fading to grey."""
    return cold("fade", "Fade", faded, timesteps)


def snow(timesteps: int = 100) -> Process:
    """Snowfall, to white."""
    return cold("snow", "Snow", snowed, timesteps)


def _separable(x0: Array, along: Callable[[int], Floats]) -> Array:
    """x0 (…, H, W) times the matrix `along(side)` of each of its sides."""
    rows, columns = x0.shape[-2:]
    return _constant(x0, along(rows)) @ x0 @ _constant(x0, along(columns).T)


@lru_cache(maxsize=256)
def _heat(side: int, width: float) -> Floats:
    """The blur of standard deviation `width` · side between reflecting ends, as a matrix."""
    waves = np.arange(side)[:, None]
    basis = np.cos(np.pi * waves * (np.arange(side) + 0.5) / side) * np.sqrt(np.where(waves, 2, 1) / side)
    return basis.T @ (np.exp(-((np.pi * waves * width) ** 2) / 2) * basis)


@lru_cache(maxsize=256)
def _cells(side: int, count: int) -> Floats:
    """The matrix that replaces every entry by the mean of its cell, one of `count` even ones."""
    cell = np.arange(side) * count // side
    together = (cell[:, None] == cell).astype(np.float64)
    return together / together.sum(axis=1, keepdims=True)


@lru_cache(maxsize=16)
def _streaks(side: int) -> Floats:
    """The matrix that adds up each row and the FALL − 1 above it, round the top, at its old variance."""
    return sum((np.roll(np.eye(side), row, axis=0) for row in range(FALL)), np.zeros((side, side))) / math.sqrt(FALL)


def _place(eps: Array) -> tuple[Array, Array]:
    """A place in every picture, even over 0 … 1 both ways, of shape (N, 1, 1, 1): exp(−(z² + z′²)/2) is even."""
    z = eps.reshape(len(eps), -1)[:, :4, None, None] ** 2
    even = math.e ** (-(z[:, 0::2] + z[:, 1::2]) / 2)
    return even[:, :1], even[:, 1:]


def _constant(x0: Array, values: Floats) -> Array:
    """Numbers as the kind of array x0 is, on its device; the copy there does not wait for it."""
    if not hasattr(x0, "new_empty"):
        return values.astype(x0.dtype)
    held = x0.new_empty(values.shape, device="cpu", pin_memory=x0.is_cuda)
    held.numpy()[...] = values
    return held.to(x0.device, non_blocking=True)
