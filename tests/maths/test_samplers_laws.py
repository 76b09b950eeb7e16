"""Properties of single samplers: variances, stationary states, round trips, and equalities between samplers."""

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from gdm_studio.maths.exact import (
    Gaussian,
    Mixture,
    gaussian_denoiser,
    propagated,
    propagated_variance,
    seeded,
    two_modes,
)
from gdm_studio.maths.exact.distance import quantiles
from gdm_studio.maths.noise_path import CLEAN, Array, NoiseLevel, eps_of
from gdm_studio.maths.processes import Process, edm, flow, vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.ddim import move, transfer
from gdm_studio.maths.samplers.inversion import invert
from tests.helpers.sampling import bind_sampler

VARIANCE = 0.25


def variance_of(name: str, steps: int, *, spacing: str = "karras", **knobs: float) -> float:
    path = edm(0.002, 80.0).path(spacing, steps)
    spec = replace(SAMPLERS[name], fn=bind_sampler(SAMPLERS[name], **knobs))
    return propagated_variance(spec, path, data_variance=VARIANCE)


@pytest.mark.parametrize("steps", [5, 10, 50])
def test_analytic_variance_is_exact_at_every_step_count(steps: int) -> None:
    """Check that the variance is exact, and that without the last noise the variance at the last level is missing."""
    path = vp("linear").path("linspace", steps)
    for name, slack in (("analytic_ddpm", 1e-9), ("analytic_ddim", 1e-5)):
        with_noise, without = (
            propagated_variance(
                replace(SAMPLERS[name], fn=bind_sampler(SAMPLERS[name], last_noise=share)), path, data_variance=VARIANCE
            )
            for share in (1.0, 0.0)
        )
        assert with_noise == pytest.approx(VARIANCE, abs=slack)
        left = VARIANCE * path[-2].ratio ** 2 / (VARIANCE + path[-2].ratio ** 2)
        assert with_noise - without == pytest.approx(left, rel=1e-6)


@pytest.mark.parametrize("name", ["dpm2_a", "dpmpp_2s_a", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde", "restart"])
def test_stochastic_samplers_reach_the_variance_of_the_data_at_second_order(name: str) -> None:
    errors = [abs(variance_of(name, steps) - VARIANCE) for steps in (50, 100, 200)]
    assert errors[2] < 0.01 * VARIANCE
    assert errors[1] < errors[0] / 1.8 and errors[2] < errors[1] / 1.8 or errors[0] < 1e-3


def test_edm_variance_grows_by_the_squared_noise_scale() -> None:
    exact, inflated = (variance_of("edm", 200, noise_scale=scale) for scale in (1.0, 1.003))
    assert exact == pytest.approx(VARIANCE, rel=0.01)
    assert inflated == pytest.approx(1.003**2 * exact, rel=1e-3)


def test_the_learned_variance_is_between_the_two_fixed_ones() -> None:
    path, noise = vp("linear").path("linspace", 12), seeded(1)
    x, denoise = noise(0, np.empty(6)), gaussian_denoiser(VARIANCE, 0.3)

    def learned(v: float) -> Array:
        *_, last = SAMPLERS["ddpm_learned"].fn(denoise, x, path, noise, learned_variance=lambda x, at: v + 0 * x)
        return last.x

    for v, name in ((0.0, "ddpm"), (1.0, "ddpm_large")):
        *_, last = SAMPLERS[name].fn(denoise, x, path, noise)
        assert np.allclose(learned(v), last.x, atol=1e-12)
    at, to = path[3:5]
    beta = 1 - (at.alpha / to.alpha) ** 2
    small = beta * to.sigma**2 / at.sigma**2
    steps = [
        next(
            SAMPLERS["ddpm_learned"].fn(
                denoise,
                x,
                path,
                lambda step, like, size=size: size + 0 * like,
                start=3,
                learned_variance=lambda *_: 0.3,
            )
        )
        for size in (0.0, 1.0)
    ]
    # Nichol and Dhariwal, eq. 15.
    wanted = math.exp(0.5 * (0.3 * math.log(beta) + 0.7 * math.log(small)))
    assert np.allclose(steps[1].x - steps[0].x, wanted)


@pytest.mark.parametrize(("name", "move"), [("ncsn", 0.5), ("ncsnv2", 1.0)])
def test_langevin_reaches_its_stationary_variance_at_a_level(name: str, move: float) -> None:
    """Use that x ← (1 − d)·x + √(2d)·sigma·z has variance 2·sigma² / (2 − d), and that NCSN moves half as far."""
    size = 0.3

    def one_level(*args: object, **kwargs: object):
        return islice(SAMPLERS[name].fn(*args, **kwargs, each=200.0, step_size=size), 1)

    path, start = (NoiseLevel(1.0, 3.0), NoiseLevel(1.0, 1.0), CLEAN), Gaussian(np.zeros(1), np.eye(1))
    law = propagated(one_level, lambda x, at: 0 * x, path, start=start)
    assert law.covariance[0, 0] == pytest.approx(2 * 9 / (2 - move * size), rel=1e-6)


def test_annealing_finds_mode_weights_that_plain_langevin_misses() -> None:
    """Sample the example of Song and Ermon 2019, section 3.2: 0.2·N(−5, 1) + 0.8·N(5, 1)."""
    data = Mixture(np.array([0.2, 0.8]), np.array([[-5.0], [5.0]]), np.ones(2))
    start = np.random.default_rng(0).uniform(-8, 8, size=(600, 1))
    annealed = (*(NoiseLevel(1.0, 20 ** (1 - i / 9)) for i in range(10)), CLEAN)
    shares = []
    for path, each in ((annealed, 100.0), ((NoiseLevel(1.0, 1.0), CLEAN), 1000.0)):
        *_, last = SAMPLERS["ncsn"].fn(data.denoise, start, path, seeded(3), each=each, step_size=0.1)
        shares.append((last.x > 0).mean())
    assert shares[0] == pytest.approx(0.8, abs=0.03)
    assert shares[1] < 0.65


@pytest.mark.parametrize(("name", "process"), [("pc", edm(0.01, 50.0)), ("pc_ancestral", vp("linear"))])
def test_correction_improves_a_predictor_with_few_steps(name: str, process) -> None:
    """Use 300 images of 64 numbers of variance 0.25, measured to 1 %.

    With many steps, correction adds an error of its own from the Langevin step size.
    """
    path, noise = process.path("exponential" if name == "pc" else "linspace", 60), seeded(5)
    start = path[0].sigma * noise(0, np.empty((300, 64)))
    off = []
    for snr in (0.0, 0.16):
        *_, last = SAMPLERS[name].fn(gaussian_denoiser(VARIANCE), start, path, noise, snr=snr)
        off.append(abs(last.x.var() / VARIANCE - 1))
    assert off[1] < 0.6 * off[0]


def test_predictors_without_correction_equal_the_reverse_sde_and_ddpm() -> None:
    path, noise = vp("linear").path("linspace", 8), seeded(6)
    x, denoise = noise(0, np.empty((2, 5))), gaussian_denoiser(VARIANCE, 0.2)
    ends = {}
    for name, knobs in (("pc_ancestral", {"snr": 0.0}), ("ddpm", {})):
        *_, last = SAMPLERS[name].fn(denoise, x, path, noise, **knobs)
        ends[name] = last.x
    assert np.allclose(ends["pc_ancestral"], ends["ddpm"], atol=1e-12)
    first = next(SAMPLERS["pc"].fn(denoise, x, path, noise, snr=0.0))
    beta = 1 - (path[0].alpha / path[1].alpha) ** 2
    score = (path[0].alpha * denoise(x, path[0]) - x) / path[0].sigma ** 2
    wanted = (2 - math.sqrt(1 - beta)) * x + beta * score + math.sqrt(beta) * noise(1, x)
    assert np.allclose(first.x, wanted, atol=1e-12)


def test_the_corrector_has_the_published_size() -> None:
    """Check e = 2·alpha·(snr·|z|/|score|)², with alpha = 1 for VE and norms for each image."""
    path, noise = edm().path("karras", 6), seeded(7)
    x, denoise, at = 80 * noise(0, np.empty((3, 4, 5))), gaussian_denoiser(VARIANCE), path[0]
    score, z = (denoise(x, at) - x) / at.sigma**2, noise(1, x, 1)
    for row in range(3):
        e = 2 * (0.16 * np.linalg.norm(z[row]) / np.linalg.norm(score[row])) ** 2
        corrected = x[row] + e * score[row] + math.sqrt(2 * e) * z[row]
        moved = next(SAMPLERS["pc"].fn(denoise, x, path, lambda step, like, draw=0: z if draw else 0 * like)).x[row]
        gone = (at.sigma**2 - path[1].sigma ** 2) * (denoise(corrected, at) - corrected) / at.sigma**2
        assert np.allclose(moved, corrected + gone, atol=1e-9)


def test_consistency_sampling_predicts_and_adds_noise() -> None:
    path, noise = vp("scaled_linear").path("trailing", 3), seeded(8)
    x, denoise = noise(0, np.empty((2, 3))), gaussian_denoiser(VARIANCE, 0.1)
    steps = list(SAMPLERS["lcm"].fn(denoise, x, path, noise))
    for i, step in enumerate(steps[:2]):
        x = path[i + 1].alpha * denoise(x, path[i]) + path[i + 1].sigma * noise(i + 1, x)
        assert np.allclose(step.x, x)
    assert np.array_equal(steps[-1].x, steps[-1].denoised)


def test_restart_repeats_as_often_as_requested() -> None:
    """Count Heun's 2·20 − 1 evaluations and, for each round, those of the steps between the two ratios again."""
    path, calls = edm().path("karras", 20), 0

    def counted(x: Array, at: NoiseLevel) -> Array:
        nonlocal calls
        calls += 1
        return gaussian_denoiser(VARIANCE)(x, at)

    between = sum(0.1 <= at.ratio < 2.0 for at in path[:-1]) + 1
    for rounds in (0, 1, 3):
        calls = 0
        list(SAMPLERS["restart"].fn(counted, np.ones((1, 2)), path, seeded(1), restarts=float(rounds)))
        assert calls == 2 * 20 - 1 + rounds * 2 * between


def test_restart_without_a_restart_level_equals_heun() -> None:
    """Use a ratio that is reached only at the start at alpha = 0, where nothing of the image is left."""
    path, x = flow().path("trailing", 12), np.ones((1, 2))
    ends = [
        list(SAMPLERS[name].fn(gaussian_denoiser(VARIANCE), x, path, seeded(1), **knobs))[-1].x
        for name, knobs in (("restart", {"restart_at": 0.5, "restart_from": 100.0}), ("heun", {}))
    ]
    assert path[0].alpha == 0 and np.array_equal(*ends)


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_cold_algorithm_2_finds_the_image_for_any_restoration(steps: int) -> None:
    """Use D(x, t) = x + t·e, for which algorithm 2 corrects any restoration while algorithm 1 keeps every error."""
    rng = np.random.default_rng(2)
    picture, e = rng.normal(size=(2, 16))
    path = (*(NoiseLevel(1.0, 1 - i / steps) for i in range(steps)), CLEAN)

    def degrade(x0: Array, at: NoiseLevel, eps: Array) -> Array:
        return x0 + at.sigma * eps

    for restore in (lambda x, at: 0 * x, lambda x, at: np.sin(9 * x) - at.sigma):
        x = degrade(picture, path[0], e)
        *_, second = SAMPLERS["cold_2"].fn(restore, x, path, lambda step, like: e, degrade=degrade)
        assert np.allclose(second.x, picture, atol=1e-12)
        *_, first = SAMPLERS["cold_1"].fn(restore, x, path, lambda step, like: e, degrade=degrade)
        assert np.abs(first.x - picture).max() > 0.5
        assert np.array_equal(first.x, first.denoised)


@pytest.mark.parametrize(("steps", "expected"), [(50, 0.0256), (100, 0.0157)])
def test_the_inversion_round_trip_has_the_known_error(steps: int, expected: float) -> None:
    """Start at the least noisy timestep, invert to noise and sample back in the same number of steps."""
    data = two_modes()
    x, path = data.sample(1500, seed=1), vp("linear").path("linspace", steps)
    *_, up = invert(data.denoise, x, path, start=1)
    assert up.at == path[0] and up.index == steps
    *_, down = islice(SAMPLERS["ddim"].fn(data.denoise, up.x, path, None), steps - 1)
    assert math.sqrt(((down.x - x) ** 2).mean()) == pytest.approx(expected, rel=0.05)


def test_refined_inversion_is_undone_by_ddim_and_its_noise_is_normal() -> None:
    data, path = Gaussian(np.full(2, 0.3), np.diag([0.25, 0.04])), flow().path("trailing", 20)
    x = np.random.default_rng(3).multivariate_normal(data.mean, data.covariance, size=3000)
    *_, up = invert(data.denoise, x, path, refinements=12.0)
    # The tolerance accounts for the error of 20 steps.
    assert np.cov(up.x.T) == pytest.approx(np.eye(2), abs=0.35)
    *_, down = SAMPLERS["ddim"].fn(data.denoise, up.x, path, None)
    assert np.abs(down.x - x).max() < 2e-3
    *_, rough = invert(data.denoise, x, path)
    *_, back = SAMPLERS["ddim"].fn(data.denoise, rough.x, path, None)
    assert np.abs(down.x - x).max() < 0.1 * np.abs(back.x - x).max()


@pytest.mark.parametrize("process", [vp("linear"), edm()], ids=lambda process: process.name)
@pytest.mark.parametrize("steps", [20, 50, 100])
def test_refined_inversion_converges_between_narrow_modes(steps: int, process: Process) -> None:
    """Use narrow modes, between which eps changes within a step so that plain fixed-point iteration oscillates."""
    data = two_modes()
    path = process.path("karras" if process.name == "edm" else "linspace", steps)
    x = quantiles(data, 1000, at=path[-1])

    def off(refinements: float) -> float:
        *_, up = invert(data.denoise, x, path, refinements=refinements)
        *_, down = SAMPLERS["ddim"].fn(data.denoise, up.x, path, None)
        return math.sqrt(((down.x - x) ** 2).mean())

    assert off(2.0) < 0.75 * off(0.0)
    assert off(20.0) < 1e-4


def test_converging_refinements_equal_fixed_point_iteration_bit_by_bit() -> None:
    """Check that earlier inverted images, from before the secant method, stay the same."""
    data, path = two_modes(0.3**2), vp("linear").path("linspace", 200)
    x = begin = data.sample(50, seed=4)
    for at, to in zip(path[::-1], path[-2::-1], strict=False):
        first = x
        x = move(first, data.denoise(first, at), at, to) if at.sigma else to.alpha / at.alpha * first
        for _ in range(2):
            x = transfer(first, eps_of(x, data.denoise(x, to), to), at, to)
    *_, up = invert(data.denoise, begin, path, refinements=2.0)
    assert np.array_equal(up.x, x)


def test_inversion_resumes_from_any_step() -> None:
    data, path = two_modes(), edm().path("karras", 8)
    whole = list(invert(data.denoise, data.sample(5, seed=2), path))
    assert [step.at for step in whole] == list(reversed(path[:-1]))
    *_, last = invert(data.denoise, whole[4].x, path, start=5)
    assert np.array_equal(last.x, whole[-1].x)


def test_rk45_is_accurate_on_two_modes_and_shares_evaluations() -> None:
    data, path, calls = two_modes(0.01), edm(0.01, 20.0).path("karras", 8), 0

    def counted(x: Array, at: NoiseLevel) -> Array:
        nonlocal calls
        calls += 1
        return data.denoise(x, at)

    x = 20 * np.linspace(-2, 2, 12)[:, None]
    ends, spent = [], []
    for tolerance in (1e-4, 1e-8):
        calls = 0
        *_, last = SAMPLERS["ode_rk45"].fn(counted, x, path, None, tolerance=tolerance)
        ends.append(last.x)
        spent.append(calls)
    assert np.abs(ends[0] - ends[1]).max() < 2e-3
    alone = 0
    for row in range(12):
        calls = 0
        list(SAMPLERS["ode_rk45"].fn(counted, x[row : row + 1], path, None, tolerance=1e-4))
        alone += calls
    assert spent[0] < 0.6 * alone
    assert spent[0] < spent[1]
