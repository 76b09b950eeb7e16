"""Checks of samplers on a mixture of eight modes: the share of samples in each mode, and the distance from the true
distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from gdm_studio.maths.exact import ring, seeded
from gdm_studio.maths.exact.distance import sliced_w1, total_variation
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.verify.check_result import Row, at_least, at_most, reported
from gdm_studio.verify.sampler_cases import SamplerCase, data_samplers, last_x

SAMPLES = 8000
STEPS = 100
TEMPERATURES = (0.25, 0.5, 1.0, 2.0)
# Lowest and highest temperature, with the least and most variance within modes over tau times that of the data. One
# variance for all noise levels, instead of each level's own, gives from 0 to 96 at tau 0.1, and 3.2 at tau 2.
EXTREMES = ((0.1, 0.38, 1.35), (2.0, 0.9, 2.5))
RING = ring()
# Standard deviation of a number of x0.
SPREAD = float(np.sqrt((RING.variances[0] + 1 - ((RING.weights @ RING.means) ** 2).sum()) / 2))


def check_mixtures() -> Iterator[Row]:
    """Check samples of a ring of eight modes: the share of each mode, and the sliced Wasserstein-1 distance."""
    floor = sliced_w1(RING.sample(SAMPLES, seed=1), RING.sample(SAMPLES, seed=2))
    yield reported(f"two sets of {SAMPLES} true samples: sliced W1", floor)
    for rig in data_samplers():
        x = sample_ring(rig, steps=STEPS)
        shares = total_variation(RING.mode_shares(x), RING.weights)
        yield at_most(f"{rig.name}, {STEPS} steps: mode shares, total variation", shares, 0.02)
        yield at_most(f"{rig.name}, {STEPS} steps: sliced W1", sliced_w1(x, RING.sample(SAMPLES, seed=2)), 0.03)


def check_diversity() -> Iterator[Row]:
    """Check that samples of a ring of eight modes become more diverse as the temperature rises, in 60 steps."""
    for rig in data_samplers():
        found = [_measure_diversity(sample_ring(rig, steps=60, temperature=tau, samples=1000)) for tau in TEMPERATURES]
        rise = min(b / a for a, b in zip(found, found[1:], strict=False))
        yield at_least(f"{rig.name}: least growth of the distance between pictures", rise, 1.0)
        coldest = _measure_diversity(sample_ring(rig, steps=60, temperature=0.1, samples=1000))
        yield reported(f"{rig.name}, tau 0.1: distance, over that at 0.25", coldest / found[0])


def check_extremes() -> Iterator[Row]:
    """Check the variance within each of the eight modes of the ring at the lowest and the highest temperature, in 60
    steps.
    """
    for rig in data_samplers():
        for tau, least, most in EXTREMES:
            x = sample_ring(rig, steps=60, temperature=tau, samples=1000, by_level=True)
            share = _compute_variance_within(x) / (tau * float(RING.variances[0]))
            title = f"{rig.name}, tau {tau:g}: variance within modes, over tau times the data's"
            yield at_least(f"{title}, at least", share, least)
            yield at_most(f"{title}, at most", share, most)


def _compute_variance_within(x: np.ndarray) -> float:
    """Return the mean squared distance of samples from their nearest mode, divided by the number of dimensions."""
    return float((np.linalg.norm(x[:, None] - RING.means, axis=-1).min(axis=1) ** 2).mean()) / x.shape[1]


def _level_variance(at: NoiseLevel) -> float:
    """Return the effective data variance of the ring per dimension at a noise level, computed from the posterior
    variance. It is the variance to which the temperature is applied.
    """
    return 1 / (1 / _measure_errors(at) - 1 / at.ratio**2)


def sample_ring(
    rig: SamplerCase, *, steps: int, temperature: float = 1.0, samples: int = SAMPLES, by_level: bool = False
) -> np.ndarray:
    """Sample points (samples, 2) from a ring of eight modes with the sampler of a test case, starting from the exact
    noisy distribution.

    With `by_level` the temperature uses the variance at each noise level, otherwise the variance of all data.
    """
    path = rig.path(steps)
    denoise = tempered(RING.denoise, temperature, SPREAD, _level_variance if by_level else None)
    x = RING.sample(samples, seed=11, at=path[0])
    return last_x(rig.with_requirements(_measure_errors)(denoise, x, path, seeded(12)))


@cache
def _measure_errors(at: NoiseLevel) -> float:
    """Return the mean squared error per dimension of the ideal denoiser at a noise level, for data from the ring of
    eight modes. It is the average of Var(x0 | x).
    """
    return float(RING.posterior_variance(RING.sample(2000, seed=13, at=at), at).mean())


def _measure_diversity(x: np.ndarray) -> float:
    """Return the root-mean-square distance between two random samples, as a measure of diversity."""
    return float(np.sqrt(2 * x.var(axis=0, ddof=1).sum()))
