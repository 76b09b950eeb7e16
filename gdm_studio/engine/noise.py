"""Randomness: every draw belongs to one picture and one step, so a picture never depends on its batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from gdm_studio.maths.path import Noise, Path, Point
from gdm_studio.models.loaded import NoiseAt
from gdm_studio.request import SEED_LIMIT, Request

DENOISERS = 2**32  # the first draw of a denoiser's own: no sampler has so many a step
_MASK = 2**64 - 1


class KeyedNoise:
    """Standard normal draws for several pictures, keyed by (the picture's seed, step, draw), made on the CPU.

    The same seed gives the same numbers on every device and in every batch. torch's generator gives other numbers
    for other shapes, so each picture is drawn alone, in its own shape. Step 0 is the start of the path.

    A draw is made a step ahead, while the device is still busy, and lies in pinned memory where that is what a copy
    without waiting needs: no step ever waits for its noise, nor its noise for the device.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._seeds = seeds
        self._generator = torch.Generator()
        self._ahead: dict[int, tuple[int, torch.Tensor]] = {}  # by draw: the step it is for, and the numbers

    def __call__(self, step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        """Noise shaped like `like` (one row a picture), on its device, in fp32."""
        shape, pinned = like.shape[1:], like.device.type == "cuda"
        ready, rows = self._ahead.pop(draw, (-1, like))
        if ready != step or rows.shape[1:] != shape:
            rows = self._rows(step, draw, shape, pinned)
        # Metal's copies without blocking may read memory that is already someone else's
        there = rows.to(like.device, non_blocking=like.device.type != "mps")
        self._ahead[draw] = step + 1, self._rows(step + 1, draw, shape, pinned)
        return there

    def _rows(self, step: int, draw: int, shape: torch.Size, pinned: bool) -> torch.Tensor:
        rows = torch.stack([self._row(seed, step, draw, shape) for seed in self._seeds])
        return rows.pin_memory() if pinned else rows

    def _row(self, seed: int, step: int, draw: int, shape: torch.Size) -> torch.Tensor:
        key = seed
        for part in (step, draw):
            key = _mixed(key ^ _mixed(part))
        self._generator.manual_seed(key % SEED_LIMIT)
        return torch.randn(shape, generator=self._generator)


def blended(parts: Sequence[tuple[float, Noise]]) -> Noise:
    """Draw by draw, the weighted sum of others' draws: standard normal where the squares of the weights sum to 1."""
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]

    def draw_blended(step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        return sum((weight * noise(step, like, draw) for weight, noise in parts), torch.zeros_like(like))

    return draw_blended


def noise_of(request: Request, images: Sequence[int]) -> Noise:
    """Normal numbers for these pictures of the request, a row each; on the way from one seed to another, a blend."""
    seeds = zip(*(request.picture(image).seed_weights() for image in images), strict=True)
    weights = request.seed_weights().values()  # those of every picture
    return blended([(weight, KeyedNoise(rows)) for weight, rows in zip(weights, seeds, strict=True)])


def keyed_beyond(steps: int, noise: Noise) -> Noise:
    """`noise` as though so many steps lay before its first."""
    if not steps:
        return noise

    def beyond(step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        there: torch.Tensor = noise(steps + step, like, draw)
        return there

    return beyond


def of_denoiser(noise: Noise, path: Path, count: int) -> NoiseAt:
    """A denoiser's own draws for `count` pictures; between two points of the path, those of the noisier."""
    steps = {point: step for step, point in enumerate(path)}

    def at_point(at: Point, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        step = steps.get(at)
        if step is None:
            step = max((each for each, point in enumerate(path) if point.ratio >= at.ratio), default=0)
        rows: torch.Tensor = noise(step, like[:count], DENOISERS + draw)
        return rows.repeat(len(like) // count, *(1,) * (like.ndim - 1))

    return at_point


def _mixed(value: int) -> int:
    """The finaliser of splitmix64 (Steele et al. 2014): near keys give unrelated generator seeds."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
