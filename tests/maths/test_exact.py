"""The closed forms that samplers are checked with, compared with simpler calculations."""

import math

import numpy as np
import pytest

from gdm_studio.maths.exact import Gaussian, Mixture, gaussian, propagated, ring, spread, two_modes
from gdm_studio.maths.exact.distance import (
    mean_posterior_variance,
    normal_quantiles,
    quantiles,
    sliced_w1,
    total_variation,
    w1,
)
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS

AT = NoiseLevel(0.8, 0.6)
X = np.random.default_rng(1).normal(size=(5, 2))


def test_a_gaussian_and_a_mixture_of_one_mode_agree() -> None:
    one = Mixture(np.ones(1), np.array([[0.3, -0.2]]), np.array([0.25]))
    same = Gaussian(one.means[0], 0.25 * np.eye(2))
    assert np.allclose(one.denoise(X, AT), same.denoise(X, AT), atol=1e-14)
    assert np.allclose(one.posterior_variance(X, AT), 1 / (1 / 0.25 + AT.alpha**2 / AT.sigma**2))


def test_the_denoiser_satisfies_tweedies_formula() -> None:
    """Compare with E[x0

    x] = (x + sigma²·grad log p(x)) / alpha, with the gradient by finite differences.
    """
    data, h = ring(), 1e-6
    slopes = [(data.log_density(X + h * e, AT) - data.log_density(X - h * e, AT)) / (2 * h) for e in np.eye(2)]
    assert np.allclose(data.denoise(X, AT), (X + AT.sigma**2 * np.stack(slopes, axis=1)) / AT.alpha, atol=1e-7)


def test_the_derivative_of_the_denoiser_equals_finite_differences() -> None:
    data, h, v = ring(), 1e-6, np.random.default_rng(2).normal(size=X.shape)
    differences = (data.denoise(X + h * v, AT) - data.denoise(X - h * v, AT)) / (2 * h)
    assert np.allclose(data.jvp(X, AT, v), differences, atol=1e-7)
    # Cov(x0 | x) is sigma²/alpha times the derivative.
    trace = sum(data.jvp(X, AT, np.tile(e, (len(X), 1))) @ e for e in np.eye(2))
    assert np.allclose(data.posterior_variance(X, AT), AT.sigma**2 / AT.alpha * trace / 2)


def test_the_classifier_gradient_equals_finite_differences() -> None:
    data, h, third = ring(), 1e-6, np.eye(8)[3]
    logs = [np.log(data.responsibilities(X + s * h * np.array([1.0, 0.0]), AT)[:, 3]) for s in (1, -1)]
    assert np.allclose(data.classifier_gradient(X, AT, third)[:, 0], (logs[0] - logs[1]) / (2 * h), atol=1e-6)
    # The odds of an uncertain classifier.
    odds = np.linspace(0.1, 0.9, 8)
    unsure = [np.log(data.responsibilities(X + s * h * np.array([0.0, 1.0]), AT) @ odds) for s in (1, -1)]
    assert np.allclose(data.classifier_gradient(X, AT, odds)[:, 1], (unsure[0] - unsure[1]) / (2 * h), atol=1e-6)


def test_samples_follow_their_mixture() -> None:
    data = ring()
    x = data.sample(20_000, seed=3)
    assert total_variation(data.mode_shares(x), data.weights) < 0.02
    assert sliced_w1(x, data.sample(20_000, seed=4)) < 0.02
    assert np.allclose(x.mean(axis=0), data.weights @ data.means, atol=0.02)


def test_quantiles_of_a_mixture_have_its_moments() -> None:
    data = two_modes()
    x = quantiles(data, 1000)
    assert (np.diff(x[:, 0]) > 0).all() and np.mean(x < 0) == 0.5
    assert x.mean() == pytest.approx(0, abs=1e-6) and x.var() == pytest.approx(1 + 0.0025, abs=1e-4)
    assert w1(x[:, 0], data.sample(1000, seed=5)[:, 0]) > 0


def test_the_mean_posterior_variance_agrees_with_samples() -> None:
    data, at = two_modes(0.3**2), NoiseLevel(0.7, math.sqrt(0.51))
    drawn = data.posterior_variance(data.sample(100_000, seed=6, at=at), at).mean()
    assert mean_posterior_variance(data, at) == pytest.approx(drawn, rel=0.02)


def test_spread_draws_are_normal_and_differ_by_step() -> None:
    noise, x = spread(1000), normal_quantiles(1000)
    first, second = noise(1, x), noise(2, x)
    assert np.allclose(np.sort(first[:, 0]), normal_quantiles(1000)[:, 0])
    assert abs(np.corrcoef(x[:, 0], first[:, 0])[0, 1]) < 0.02 and not np.array_equal(first, second)


def test_fine_steps_reach_the_exact_flow() -> None:
    data = gaussian((1.0, 0.04), 0.3)
    path = edm().path("karras", 400)[:-1]
    x = np.array([[90.0, -20.0], [3.0, 50.0]])
    end = x
    for step in SAMPLERS["heun"].fn(data.denoise, x, path, None):
        end = step.x
    assert np.allclose(end, data.flow(x, path[0], path[-1]), rtol=2e-3)


@pytest.mark.parametrize("name", ["ddim", "euler_a", "dpmpp_2m"])
def test_propagation_agrees_with_a_large_population(name: str) -> None:
    data = gaussian((0.5, 0.1), 0.2, seed=1)
    path = edm().path("karras", 8)
    start = data.at(path[0])
    law = propagated(SAMPLERS[name].fn, data.denoise, path, start=start)
    rng = np.random.default_rng(7)
    x = rng.multivariate_normal(start.mean, start.covariance, size=100_000)
    for step in SAMPLERS[name].fn(data.denoise, x, path, lambda i, like: rng.normal(size=like.shape)):
        x = step.x
    assert np.allclose(law.mean, x.mean(axis=0), atol=0.01)
    assert np.allclose(law.covariance, np.cov(x.T), atol=0.01)


def test_clean_data_are_unchanged_by_denoising() -> None:
    data = ring()
    assert np.allclose(data.denoise(data.means, NoiseLevel(1.0, 1e-4)), data.means, atol=1e-6)
    assert np.allclose(data.denoise(data.means, CLEAN), data.means)
