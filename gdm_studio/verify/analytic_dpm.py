"""Checks of Analytic-DPM: its exact output variance on Gaussian data, and its likelihood bound on a mixture of two
modes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import pairwise

import numpy as np

from gdm_studio.maths.exact import Gaussian, gaussian, propagated, spread, two_modes
from gdm_studio.maths.exact.distance import mean_posterior_variance, normal_quantiles, quantiles, w1
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance, bound_term, optimal_variance
from gdm_studio.maths.posterior import posterior_variance, transition_variance
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.variational_bound import prior_term
from gdm_studio.verify.check_result import Row, at_least, at_most, close, equal, reported
from gdm_studio.verify.sampler_cases import last_x

LINEAR = vp("linear")
VARIANCE = 0.25
STANDARD = Gaussian(np.zeros(1), np.eye(1))
TWO_MODES = two_modes()
# Smallest variance with which a chain of fixed variances decodes its last step.
LEAST = 1e-4
# Number of samples, for distributions that are not Gaussian.
SAMPLES = 4001

Variance = Callable[[NoiseLevel, NoiseLevel], float]


def check_analytic() -> Iterator[Row]:
    """Check that Analytic-DPM is exact on Gaussian data and has the best likelihood bound on a mixture."""
    norms = ScoreNorms.measured(LINEAR.ratios, [VARIANCE / (VARIANCE + r * r) for r in LINEAR.ratios], 1)
    data = gaussian((VARIANCE,))
    for steps in (1, 2, 5, 10, 100, 1000):
        path = LINEAR.path("linspace", steps)
        for name in ("analytic_ddpm", "analytic_ddim") if steps > 1 else ():
            fn = partial(SAMPLERS[name].fn, reverse_variance=analytic_variance(norms), last_noise=1.0)
            found = propagated(fn, data.denoise, path, start=data.at(path[0]))
            yield equal(f"{name}, N(0, 0.25), {steps} steps: variance", found.covariance[0, 0], 0.25, tolerance=1e-6)
        bound = _compute_bound(path, norms.covariance, VARIANCE, lambda at, to: analytic_variance(norms)(at, to, 1.0))
        yield equal(f"N(0, 0.25), {steps} steps: bound, nats", bound, 0.72579, tolerance=1e-5)
    yield from _check_silent_end(norms, data)
    yield from _check_fixed(norms)
    yield from _check_measured()
    yield from _check_mixture()


def _check_silent_end(norms: ScoreNorms, data: Gaussian) -> Iterator[Row]:
    fn = partial(SAMPLERS["analytic_ddpm"].fn, reverse_variance=analytic_variance(norms), last_noise=0.0)
    found = propagated(fn, data.denoise, LINEAR.path("linspace", 100), start=STANDARD)
    yield equal("analytic_ddpm without the last step's noise: variance", found.covariance[0, 0], 0.2499, tolerance=1e-5)
    for tau in (0.1, 0.5, 2.0):
        fn = partial(
            SAMPLERS["analytic_ddpm"].fn,
            reverse_variance=analytic_variance(norms, temperature=tau, data_scale=math.sqrt(VARIANCE)),
            last_noise=1.0,
        )
        cool = data.tempered(tau)
        path = LINEAR.path("linspace", 10)
        found = propagated(fn, cool.denoise, path, start=cool.at(path[0]))
        title = f"analytic_ddpm, variances tempered to tau {tau:g}, 10 steps: variance"
        yield equal(title, found.covariance[0, 0], tau * VARIANCE, tolerance=1e-6)


def _check_fixed(norms: ScoreNorms) -> Iterator[Row]:
    """Check the likelihood bounds of DDPM's two fixed step variances (beta and beta-tilde) on Gaussian data against
    known values in nats.
    """
    for steps, large, small in ((10, 0.82802, 455.34), (100, None, 10.303), (1000, None, 1.18214)):
        path = LINEAR.path("linspace", steps)
        if large:
            found = _compute_bound(path, norms.covariance, VARIANCE, large_variance)
            yield close(f"N(0, 0.25), {steps} steps: bound with beta, nats", found, large, share=1e-4)
        found = _compute_bound(path, norms.covariance, VARIANCE, small_variance)
        yield close(f"N(0, 0.25), {steps} steps: bound with beta-tilde, nats", found, small, share=1e-4)


def _check_measured() -> Iterator[Row]:
    """Compare Monte-Carlo estimates of two quantities, the score norm G and the posterior variance Var(x0 | x), with
    their closed forms on Gaussian data.
    """
    data = gaussian((VARIANCE,))
    count = 100_000
    rng = np.random.default_rng(3)
    x0 = math.sqrt(VARIANCE) * rng.normal(size=(count, 1))
    eps = rng.normal(size=(count, 1))
    for t in (10, 200, 600, 990):
        at = LINEAR.coordinates(LINEAR.ratios[t])
        x = at.alpha * x0 + at.sigma * eps
        guess = (x - at.alpha * data.denoise(x, at)) / at.sigma
        exact = at.sigma**2 / (at.alpha**2 * VARIANCE + at.sigma**2)
        yield close(f"timestep {t}, {count} draws: G", np.mean(guess**2), exact, share=0.01)
        norms = ScoreNorms.measured([at.ratio], [float(((guess - eps) ** 2).sum())], count)
        covariance = at.ratio**2 * (1 - exact)
        yield close(f"timestep {t}, {count} draws: Var(x0 | x)", norms.covariance(at), covariance, share=0.01)


def _check_mixture() -> Iterator[Row]:
    # The entropy of two modes that do not overlap.
    entropy = math.log(2) + math.log(2 * math.pi * math.e * TWO_MODES.variances[0]) / 2
    for steps in (5, 10, 25, 50):
        path = LINEAR.path("linspace", steps)
        bounds = {name: mixture_bound(path, name) for name in ("large", "small", "analytic")}
        if steps > 5:
            fixed = min(bounds["large"], bounds["small"])
            yield at_most(f"two modes, {steps} steps: bound, against the better fixed one", bounds["analytic"], fixed)
        yield at_least(f"two modes, {steps} steps: bound, against the entropy", bounds["analytic"], entropy)
        for name in ("ddpm_large", "ddpm", "analytic_ddpm", "ddim"):
            yield reported(f"two modes, {steps} steps: W1 of {name}", mixture_w1(name, path))


def mixture_bound(path: NoisePath, variance: str) -> float:
    """Return the likelihood bound, in nats, of a DDPM sampler for data from two narrow modes. `variance` selects the
    step variances: "analytic", or DDPM's "large" or "small".
    """
    second = float(TWO_MODES.variances[0] + 1)
    if variance == "analytic":
        return _compute_bound(path, two_modes_error, second, _two_modes_variance)
    return _compute_bound(path, two_modes_error, second, {"large": large_variance, "small": small_variance}[variance])


def large_variance(at: NoiseLevel, to: NoiseLevel) -> float:
    """Return the larger of DDPM's two step variances, beta, for a step from noise level `at` to noise level `to`. For
    the last step, it is sigma² of `at`.
    """
    return max(transition_variance(at, to), LEAST)


def small_variance(at: NoiseLevel, to: NoiseLevel) -> float:
    """Return the smaller of DDPM's two step variances, beta-tilde, for a step from noise level `at` to noise level
    `to`. For the last step, it is sigma² of `at`.
    """
    return posterior_variance(at, to) if to.sigma else max(at.sigma**2, LEAST)


@cache
def two_modes_error(at: NoiseLevel) -> float:
    """Return the mean squared error of the ideal denoiser at a noise level for data from two narrow modes. It is the
    posterior variance Var(x0 | x), averaged over x.
    """
    return mean_posterior_variance(TWO_MODES, at)


def _two_modes_variance(at: NoiseLevel, to: NoiseLevel, eta: float = 1.0) -> float:
    return optimal_variance(at, to, covariance=two_modes_error(at), eta=eta)


def _compute_bound(
    path: NoisePath, error: Callable[[NoiseLevel], float], second_moment: float, variance: Variance
) -> float:
    """Return the negative evidence lower bound (NELBO), in nats, of a reverse diffusion process. `path` contains its
    noise levels, and `variance` computes the variance of each step.
    """
    jumps = sum(bound_term(at, to, covariance=error(at), variance=variance(at, to)) for at, to in pairwise(path))
    return prior_term(path[0], second_moment=second_moment) + jumps


def mixture_w1(name: str, path: NoisePath) -> float:
    """Return the Wasserstein-1 distance between a sampler's output and the true data distribution, a mixture of two
    narrow modes. `name` is the sampler's name.
    """
    needed = {}
    if SAMPLERS[name].needs == "reverse_variance":
        needed = {"reverse_variance": _two_modes_variance, "last_noise": 1.0}
    x = last_x(SAMPLERS[name].fn(TWO_MODES.denoise, normal_quantiles(SAMPLES), path, spread(SAMPLES), **needed))
    return w1(x[:, 0], quantiles(TWO_MODES, SAMPLES)[:, 0])
