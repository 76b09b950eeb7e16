"""Every sampler against data whose answer is known exactly, with no random numbers at all."""

import math
from itertools import pairwise

import numpy as np
import pytest

from gdm_studio.maths.controls import tempered
from gdm_studio.maths.exact import gaussian_denoiser, propagated_variance
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import edm, vp
from gdm_studio.maths.samplers import SAMPLERS

VARIANCE = 0.25
TEMPERATURES = (0.1, 0.5, 1.0, 2.0)

# (abar_s, abar_r)-chains written out from the papers' own coefficients, not through `move`:
# x_s = keep·x_r + gain·x0(x_r) + spread·z


def ddpm_coefficients(at: Point, to: Point, *, large: bool) -> tuple[float, float, float]:
    """Ho et al. 2020, equation 7, for any two points of a VP path."""
    abar_r, abar_s = at.alpha**2, to.alpha**2
    beta = 1 - abar_r / abar_s
    small = beta * (1 - abar_s) / (1 - abar_r)
    spread = 0.0 if to.sigma == 0 else math.sqrt(beta if large else small)
    return (
        math.sqrt(abar_r / abar_s) * (1 - abar_s) / (1 - abar_r),
        beta * math.sqrt(abar_s) / (1 - abar_r),
        spread,
    )


def ddim_coefficients(at: Point, to: Point, *, eta: float) -> tuple[float, float, float]:
    """Song et al. 2021, equations 12 and 16."""
    abar_r, abar_s = at.alpha**2, to.alpha**2
    sigma = eta * math.sqrt((1 - abar_s) / (1 - abar_r)) * math.sqrt(1 - abar_r / abar_s)
    direction = math.sqrt(max(1 - abar_s - sigma**2, 0)) / math.sqrt(1 - abar_r)
    return direction, math.sqrt(abar_s) - direction * math.sqrt(abar_r), sigma


CHAINS = {
    "ddpm": lambda at, to: ddpm_coefficients(at, to, large=False),
    "ddpm_large": lambda at, to: ddpm_coefficients(at, to, large=True),
    "ddim": lambda at, to: ddim_coefficients(at, to, eta=0),
    "euler": lambda at, to: ddim_coefficients(at, to, eta=0),
    "euler_a": lambda at, to: ddim_coefficients(at, to, eta=1),
}


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("steps", [1, 10, 50, 1000])
@pytest.mark.parametrize("name", CHAINS)
def test_variance_is_that_of_the_papers_affine_chain(name: str, steps: int, temperature: float) -> None:
    path = vp("linear").path("linspace", steps)
    variance = 1.0
    for at, to in pairwise(path):
        keep, gain, spread = CHAINS[name](at, to)
        # the posterior mean of N(0, tau·s²), straight from Bayes' rule
        cool = temperature * VARIANCE
        denoise = at.alpha * cool / (at.alpha**2 * cool + at.sigma**2)
        variance = (keep + gain * denoise) ** 2 * variance + spread**2
    measured = propagated_variance(SAMPLERS[name], path, data_variance=VARIANCE, temperature=temperature)
    assert measured == pytest.approx(variance, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ddpm_large", (0.35852, 0.26788, 0.25866, 0.25075)),
        ("ddpm", (0.10422, 0.19642, 0.21898, 0.24613)),
        ("ddim", (0.13076, 0.22270, 0.23605, 0.24850)),
    ],
)
def test_known_final_variances(name: str, expected: tuple[float, ...]) -> None:
    for steps, variance in zip((10, 50, 100, 1000), expected, strict=True):
        path = vp("linear").path("linspace", steps)
        assert propagated_variance(SAMPLERS[name], path, data_variance=VARIANCE) == pytest.approx(variance, abs=1e-5)


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_thousand_steps_reach_the_tempered_variance(name: str, temperature: float) -> None:
    path = edm(0.002, 80.0).path("karras", 1000)
    measured = propagated_variance(SAMPLERS[name], path, data_variance=VARIANCE, temperature=temperature)
    assert measured == pytest.approx(temperature * VARIANCE, rel=0.02)


@pytest.mark.parametrize(("name", "order"), [("euler", 1), ("ddim", 1), ("heun", 2), ("dpmpp_2m", 2)])
def test_order_of_convergence_on_the_exact_flow(name: str, order: int) -> None:
    """x(sigma) = x_max·√((s² + sigma²)/(s² + sigma_max²)) solves the flow of N(0, s²)."""
    s, sigma_max = 0.5, 80.0

    def error(steps: int) -> float:
        path = edm(0.002, sigma_max).path("karras", steps)
        *_, last = SAMPLERS[name].fn(gaussian_denoiser(s * s), sigma_max, path, None)
        exact = sigma_max * s / math.hypot(s, sigma_max)
        return abs(last.x / exact - 1)

    assert math.log2(error(80) / error(160)) == pytest.approx(order, abs=0.25)


def test_heun_and_dpmpp_match_published_errors() -> None:
    """Errors of the EDM test bed at 10 … 160 steps (relative to sd / √(sd² + 80²))."""
    expected = {
        "euler": (2.70e-1, 1.39e-1, 7.03e-2, 3.53e-2, 1.77e-2),
        "heun": (2.20e-1, 4.37e-2, 9.77e-3, 2.31e-3, 5.57e-4),
        "dpmpp_2m": (1.59e-1, 4.93e-2, 1.04e-2, 2.38e-3, 5.65e-4),
    }
    for name, errors in expected.items():
        for steps, wanted in zip((10, 20, 40, 80, 160), errors, strict=True):
            path = edm(0.002, 80.0).path("karras", steps)
            *_, last = SAMPLERS[name].fn(gaussian_denoiser(0.25), 80.0, path, None)
            assert abs(last.x / (80 * 0.5 / math.hypot(0.5, 80)) - 1) == pytest.approx(wanted, rel=0.01)


def test_ddim_with_full_eta_is_ddpm() -> None:
    path = vp("linear").path("linspace", 25)
    draws = np.random.default_rng(1).normal(size=(26, 64))
    ends = []
    for name, knobs in (("ddpm", {}), ("ddim", {"eta": 1.0}), ("euler_a", {})):
        spec = SAMPLERS[name]
        *_, last = spec.fn(gaussian_denoiser(VARIANCE, 0.3), draws[0], path, lambda step, like: draws[step], **knobs)
        ends.append(last.x)
    assert np.allclose(ends[0], ends[1], atol=1e-12)
    assert np.allclose(ends[0], ends[2], atol=1e-12)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_continued_from_any_step_ends_in_the_same_numbers(name: str) -> None:
    spec = SAMPLERS[name]
    path = edm().path("karras", 12)
    draws = np.random.default_rng(2).normal(size=(13, 16))

    def noise(step: int, like: np.ndarray) -> np.ndarray:
        return draws[step]

    denoise = gaussian_denoiser(VARIANCE, 0.1)
    whole = list(spec.fn(denoise, 80 * draws[0], path, noise))
    assert [step.index for step in whole] == list(range(1, 13))
    for k in (1, 5, 11):
        *_, last = spec.fn(denoise, whole[k - 1].x, path, noise, start=k, carry=whole[k - 1].carry)
        assert np.array_equal(last.x, whole[-1].x)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("process", [vp("cosine"), edm()], ids=["vp", "edm"])
def test_a_point_mass_is_found_exactly(name: str, process) -> None:
    path = process.path(SAMPLERS[name].default_spacing, 5)
    rng = np.random.default_rng(3)
    target = rng.normal(size=8)
    x = process.prior(lambda step, like: rng.normal(size=8), None, path[0])
    *_, last = SAMPLERS[name].fn(lambda x, at: target, x, path, lambda step, like: rng.normal(size=8))
    assert np.allclose(last.x, target, atol=1e-9)


def test_temperature_one_is_the_same_denoiser() -> None:
    denoise = gaussian_denoiser(VARIANCE)
    assert tempered(denoise, 1.0, 0.5) is denoise


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("at", [Point(1.0, 3.0), Point(0.6, 0.8), Point(0.0, 1.0)])
def test_tempered_gaussian_is_the_gaussian_of_tempered_variance(at: Point, temperature: float) -> None:
    for mean in (0.0, 0.4):
        x = 0.7
        wanted = gaussian_denoiser(temperature * VARIANCE, mean)(x, at)
        assert tempered(gaussian_denoiser(VARIANCE, mean), temperature, 0.5)(x, at) == pytest.approx(wanted, abs=1e-12)
