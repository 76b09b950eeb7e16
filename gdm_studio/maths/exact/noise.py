"""Noise sources for checks: independent draws, and evenly spread draws in one dimension."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gdm_studio.maths.exact.distance import normal_quantiles

GOLDEN = 0.6180339887498949


def seeded(seed: int) -> Callable[..., np.ndarray]:
    """Return a noise source that gives samplers independent normal draws. Each draw is determined by the seed, the step
    and the index of the draw.
    """

    def noise(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        return np.random.default_rng((seed, step, draw)).normal(size=np.shape(like))

    return noise


def spread(count: int) -> Callable[..., np.ndarray]:
    """Return a noise source for `count` one-dimensional samples, whose normal draws are spread as evenly as possible.

    The samples, sorted by x, and their draws form a lattice, so that neighbours in x get distant normal quantiles
    (array quasi-Monte Carlo, L'Ecuyer et al. 2008). A stochastic sampler then transports the distribution with almost
    no sampling noise.
    """
    levels = normal_quantiles(count)[:, 0]
    places = np.arange(count) * GOLDEN

    def noise(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        shift = step * math.sqrt(2) + draw * math.sqrt(3)
        drawn = np.empty_like(like)
        drawn[like[:, 0].argsort(kind="stable"), 0] = levels[((places + shift) % 1).argsort().argsort()]
        return drawn

    return noise
