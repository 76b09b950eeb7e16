"""Non-Gaussian noise: exact moments and characteristic functions, sums, and samples."""

import math

import numpy as np
import pytest

from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.maths.processes.non_gaussian import Gamma, Laplace, Mixture
from gdm_studio.maths.samplers import SAMPLERS

LAWS = [Gamma(0.5), Mixture(0.5, 1.0), Laplace(1.0)]
NAMES = ("gamma", "mixture", "laplace")
POINTS = [NoiseLevel(1.0, 0.7), NoiseLevel(0.8, 0.6), NoiseLevel(0.1, math.sqrt(0.99))]
DRAWS = 100_000


def sample(law: Gamma | Mixture | Laplace, at: NoiseLevel, seed: int = 0) -> np.ndarray:
    return law(np.random.default_rng(seed).normal(size=(1, DRAWS)), at)[0]


@pytest.mark.parametrize("at", POINTS)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_moments_are_the_derivatives_of_the_exponent(law, at: NoiseLevel) -> None:
    """Compare cumulant n with i^−n times derivative n at 0, from a series fitted to the exponent."""
    h = 0.2
    nodes = h * np.arange(-4, 5)
    values = np.array([law.exponent(float(u)) for u in nodes])
    series = np.linalg.solve(np.vander(nodes, increasing=True).astype(complex), values)
    mean, variance, third, fourth = (series[n] * math.factorial(n) / 1j**n for n in (1, 2, 3, 4))
    v = at.ratio**2
    assert law.exponent(0.0) == 0
    assert abs(mean) < 1e-3 and variance == pytest.approx(1, rel=2e-3)
    assert third.real / math.sqrt(v) == pytest.approx(law.skewness(at), rel=0.02, abs=2e-3)
    assert fourth.real / v == pytest.approx(law.excess_kurtosis(at), rel=0.05)


@pytest.mark.parametrize("at", POINTS)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_samples_have_the_exact_characteristic_function(law, at: NoiseLevel) -> None:
    """Compare within four standard errors of 1/√n."""
    z, v = sample(law, at), at.ratio**2
    for u in (0.3, 1.0, 2.5):
        exact = np.exp(v * law.exponent(u / at.ratio))
        assert abs(np.exp(1j * u * z).mean() - exact) < 4 / math.sqrt(DRAWS)
    assert z.mean() == pytest.approx(0, abs=4 / math.sqrt(DRAWS))
    assert z.var() == pytest.approx(1, abs=4 * math.sqrt((law.excess_kurtosis(at) + 2) / DRAWS))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_noise_added_in_two_steps_has_the_law_of_one_step(law) -> None:
    """Use that ratio² adds up in x/alpha: 0.6² + 0.8² = 1. The Kolmogorov-Smirnov distance is below its 1 % bound."""
    two = 0.6 * sample(law, NoiseLevel(1.0, 0.6), 1) + 0.8 * sample(law, NoiseLevel(1.0, 0.8), 2)
    one = sample(law, NoiseLevel(1.0, 1.0), 3)
    both = np.sort(np.concatenate([one, two]))
    gap = np.searchsorted(np.sort(one), both, "right") - np.searchsorted(np.sort(two), both, "right")
    assert np.abs(gap).max() / DRAWS < 1.628 * math.sqrt(2 / DRAWS)


@pytest.mark.parametrize("theta0", [0.001, 0.1, 0.5])
def test_the_gamma_chain_of_the_paper_has_the_closed_form(theta0: float) -> None:
    """Compare x_t = √(1−β)·x_{t−1} + g_t − E g_t, with k_t = β/(abar_t·theta0²) and scale √abar_t·theta0, to all
    digits.

    Cumulant n of a gamma variable is (n−1)!·k·scale^n, and cumulants of sums add up.
    """
    betas = np.linspace(1e-3, 0.2, 100)
    variance = third = 0.0
    for beta, abar in zip(betas, np.cumprod(1 - betas), strict=True):
        k, scale = beta / (abar * theta0**2), math.sqrt(abar) * theta0
        variance = (1 - beta) * variance + k * scale**2
        third = (1 - beta) ** 1.5 * third + 2 * k * scale**3
        at, shape = NoiseLevel(math.sqrt(abar), math.sqrt(1 - abar)), (1 / abar - 1) / theta0**2
        assert variance == pytest.approx(1 - abar, rel=1e-12)
        assert third / variance**1.5 == pytest.approx(2 / math.sqrt(shape), rel=1e-9)
        assert Gamma(theta0).skewness(at) == pytest.approx(2 / math.sqrt(shape), rel=1e-9)


def test_the_scale_of_the_paper_is_nearly_gaussian() -> None:
    """Check skewness 0.2 at the first of a thousand steps and 0.006 at the hundredth; a visible one needs 100 times the
    scale."""
    process = PROCESSES["gamma"](theta0=0.001)
    assert process.law.skewness(process.at(0)) == pytest.approx(0.2, rel=1e-3)
    assert process.law.skewness(process.at(99)) == pytest.approx(0.006, abs=5e-4)
    assert PROCESSES["gamma"](theta0=0.1).law.skewness(process.at(0)) == pytest.approx(20, rel=1e-3)


def test_small_gamma_shapes_do_not_underflow() -> None:
    """Use k = 0.01 in float32: most numbers are tiny, and rare large ones carry the variance."""
    z = Gamma(1.0)(np.random.default_rng(0).normal(size=(1, 400_000)).astype(np.float32), NoiseLevel(1.0, 0.1))
    assert z.dtype == np.float32
    assert z.mean() == pytest.approx(0, abs=0.01) and z.var() == pytest.approx(1, rel=0.15)


def test_the_mixture_is_a_sum_of_gaussians() -> None:
    """Check at ratio 0.7 the Poisson weights of n jumps of deviation 1: mean 0.5·0.49, variance 0.5·0.49 + n."""
    law, mean, at = Mixture(0.5, 1.0), 0.245, NoiseLevel(1.0, 0.7)
    weights = [math.exp(-mean) * mean**n / math.factorial(n) for n in range(20)]
    variances = [(0.245 + n) / 0.49 for n in range(20)]
    for u in (0.3, 1.0, 2.5):
        found = sum(w * math.exp(-u * u * v / 2) for w, v in zip(weights, variances, strict=True))
        assert found == pytest.approx(math.exp(at.ratio**2 * law.exponent(u / at.ratio).real))
    z = sample(law, at)
    within = sum(w * math.erf(0.5 / math.sqrt(2 * v)) for w, v in zip(weights, variances, strict=True))
    assert (np.abs(z) < 0.5).mean() == pytest.approx(within, abs=4 * 0.5 / math.sqrt(DRAWS))


def test_laplace_noise_has_a_laplace_distribution_at_its_scale() -> None:
    """Check variance 1, half of the mass within ln 2 / √2, and P(|z| > a) = e^(−√2·a)."""
    z = np.abs(sample(Laplace(0.3), NoiseLevel(1.0, 0.3)))
    for a in (math.log(2) / math.sqrt(2), 1.0, 3.0):
        share = math.exp(-math.sqrt(2) * a)
        assert (z > a).mean() == pytest.approx(share, abs=4 * math.sqrt(share / DRAWS))


@pytest.mark.parametrize("name", NAMES)
def test_noise_depends_only_on_its_image(name: str) -> None:
    """Compare repeated calls, single images and batches, and types and precisions."""
    torch = pytest.importorskip("torch")
    process = PROCESSES[name]()
    eps = np.random.default_rng(0).normal(size=(3, 2, 4, 4))
    at = process.at(200)
    whole = process.law(eps, at)
    assert np.array_equal(whole, process.law(eps, at))
    assert np.array_equal(whole[1:2], process.law(eps[1:2], at))
    assert not np.allclose(whole, eps)
    assert np.array_equal(process.law(torch.tensor(eps), at).numpy(), whole)
    single = process.law(torch.tensor(eps, dtype=torch.float32), at)
    assert single.dtype == torch.float32 and single.shape == eps.shape
    # Noise of an infinite ratio is Gaussian.
    assert process.law(eps, NoiseLevel(0.0, 1.0)) is eps


@pytest.mark.parametrize("name", NAMES)
def test_degrade_prior_and_sampler_noise_share_one_law(name: str) -> None:
    process: Process = PROCESSES[name]()
    eps = np.random.default_rng(0).normal(size=(2, 8))
    path = process.path("linspace", 5)
    x0, at = np.ones((2, 8)), path[3]

    def normal(step: int, like: object, draw: int = 0) -> np.ndarray:
        return eps

    assert np.allclose(process.degrade(x0, at, eps), at.alpha + at.sigma * process.law(eps, at))
    assert process.degrade(x0, CLEAN, eps) is x0
    assert np.allclose(process.prior(normal, x0, path[0]), process.law(eps, path[0]))
    own = process.noise(normal, path)
    assert np.array_equal(own(3, x0), process.law(eps, path[3]))
    # Nothing is drawn at the clean end, so the last law counts.
    assert np.array_equal(own(5, x0), process.law(eps, path[4]))


@pytest.mark.parametrize("name", NAMES)
def test_ddpm_with_levy_noise_reaches_the_variance_of_the_data(name: str) -> None:
    """Use the best linear denoiser of data of variance ¼, whose mean and variance need no Gaussian noise."""
    process = PROCESSES[name]()
    path = process.path("linspace", 50)
    rng = np.random.default_rng(1)
    draws = {step: rng.normal(size=(1, 10_000)) for step in range(51)}

    def normal(step: int, like: object, draw: int = 0) -> np.ndarray:
        return draws[step]

    def denoise(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        return at.alpha * 0.25 / (at.alpha**2 * 0.25 + at.sigma**2) * x

    x = process.prior(normal, draws[0], path[0])
    *_, last = SAMPLERS["ddpm"].fn(tempered(denoise, 1.0, 0.5), x, path, process.noise(normal, path))
    # The closed form of DDPM with the small variance and 50 steps.
    assert last.x.var() == pytest.approx(0.19642, rel=0.08)
