"""Guidance: classifier-free, with rescaling and an interval, and by a classifier."""

from __future__ import annotations

import math
from collections.abc import Callable

from gdm_studio.maths.arrays import picture_deviation
from gdm_studio.maths.path import Array, Denoise, Path, Point

DenoisePair = Callable[[Array, Point], tuple[Array, Array]]  # (x, at) -> x0 with the prompt, x0 without
Gradient = Callable[[Array, Point], Array]  # (x, at) -> the gradient of log p(y | x) in x, shaped like x


def guided(pair: DenoisePair, guidance_scale: float, *, rescale: float = 0.0) -> Denoise:
    """x0 = without + guidance_scale·(with − without) (Ho and Salimans 2022, arXiv:2207.12598, eq. 6; 1 is unguided).

    `rescale` (0 … 1) brings the spread of each picture's numbers that much of the way back to what it is with the
    prompt alone (Lin et al. 2024, arXiv:2305.08891, section 3.4, here on x0), against glaring colours.
    """

    def denoise(x: Array, at: Point) -> Array:
        with_prompt, without = pair(x, at)
        x0 = without + guidance_scale * (with_prompt - without)
        if not rescale:
            return x0
        # a picture without any spread has nothing to rescale: the smallest float keeps 0/0 away
        factor = picture_deviation(with_prompt) / (picture_deviation(x0) + 1e-30)
        return (rescale * factor + (1 - rescale)) * x0

    return denoise


def within(inside: Denoise, outside: Denoise, path: Path, interval: tuple[float, float]) -> Denoise:
    """`inside` for the steps from … until of the path (shares, 0 … 1), `outside` for the others.

    With guidance inside and the prompt alone outside, this is the limited interval of Kynkäänniemi et al. 2024
    (arXiv:2404.07724): less of it where the noise is high keeps variety, and where it is low costs nothing.
    Step i of n is inside where from ≤ i/n < until; points between those of the path belong to the noisier one.
    """
    steps = len(path) - 1
    first, last = (math.ceil(share * steps - 1e-9) for share in interval)
    if first <= 0 and last >= steps:
        return inside
    high = math.inf if first <= 0 else path[min(first, steps)].ratio
    low = path[min(max(last, 0), steps)].ratio

    def denoise(x: Array, at: Point) -> Array:
        return inside(x, at) if low < at.ratio <= high else outside(x, at)

    return denoise


def classifier_guided(denoise: Denoise, gradient: Gradient, scale: float) -> Denoise:
    """x0 + scale·(sigma²/alpha)·grad log p(y | x) (Dhariwal and Nichol 2021, arXiv:2105.05233, algorithm 2).

    It is their eps − scale·sigma·grad in terms of x0. Where alpha = 0 x tells nothing of y, and x0 stays as it is.
    """
    if scale == 0:
        return denoise

    def steered(x: Array, at: Point) -> Array:
        x0 = denoise(x, at)
        return x0 + scale * at.sigma * at.ratio * gradient(x, at) if at.alpha else x0

    return steered
