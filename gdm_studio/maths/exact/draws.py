"""Noise for checks: ordinary seeded draws, and evenly spread ones for a single dimension."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gdm_studio.maths.exact.distance import normal_quantiles

GOLDEN = 0.6180339887498949


def seeded(seed: int) -> Callable[..., np.ndarray]:
    """Independent normal draws, keyed by (step, draw) as the engine's are."""

    def noise(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        return np.random.default_rng((seed, step, draw)).normal(size=np.shape(like))

    return noise


def spread(count: int) -> Callable[..., np.ndarray]:
    """Draws for `count` one-dimensional pictures, as even as can be: neighbours in x get far-apart normal quantiles.

    The pictures sorted by x and their draws form a lattice (array quasi-Monte-Carlo, L'Ecuyer et al. 2008), so that
    the law of a whole population is carried through a stochastic sampler with next to no sampling noise.
    """
    levels = normal_quantiles(count)[:, 0]
    places = np.arange(count) * GOLDEN

    def noise(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        shift = step * math.sqrt(2) + draw * math.sqrt(3)
        drawn = np.empty_like(like)
        drawn[like[:, 0].argsort(kind="stable"), 0] = levels[((places + shift) % 1).argsort().argsort()]
        return drawn

    return noise
