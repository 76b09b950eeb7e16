"""Gaussian processes: exact marginals, integrated SDEs, resolution shift and zero terminal SNR."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import (
    Process,
    edm,
    flow,
    shifted,
    sub_vp,
    tabulated,
    ve,
    vp,
    vp_sde,
    with_zero_terminal_snr,
)
from gdm_studio.maths.schedules import cosine_snr, linear

CONTINUOUS = [vp_sde(), sub_vp(), ve(), edm(), flow()]


def integrate(start: tuple[float, float], rates: Callable[..., tuple[float, float]], grid: np.ndarray) -> np.ndarray:
    """Integrate two coupled equations along the grid by the classical Runge-Kutta method."""
    y = np.array(start)
    for t, h in zip(grid, np.diff(grid), strict=False):
        a = np.array(rates(t, *y))
        b = np.array(rates(t + h / 2, *(y + h / 2 * a)))
        c = np.array(rates(t + h / 2, *(y + h / 2 * b)))
        y = y + h / 6 * (a + 2 * b + 2 * c + np.array(rates(t + h, *(y + h * c))))
    return y


@pytest.mark.parametrize("process", CONTINUOUS, ids=lambda p: p.name)
def test_marginals_equal_the_integrated_sde(process: Process) -> None:
    """Integrate d alpha/dt = f·alpha and d sigma²/dt = 2·f·sigma² + g²."""
    sde = process.sde
    # The drift of the flow is infinite at t = 1.
    last = 0.9 if process.name == "flow" else sde.t_max

    def rates(t: float, alpha: float, variance: float) -> tuple[float, float]:
        f, g = sde.drift(t), sde.diffusion(t)
        return f * alpha, 2 * f * variance + g * g

    start = sde.at(sde.t_min)
    alpha, variance = integrate((start.alpha, start.sigma**2), rates, np.linspace(sde.t_min, last, 1001))
    end = sde.at(last)
    assert alpha == pytest.approx(end.alpha, rel=1e-6, abs=1e-6)
    assert math.sqrt(variance) == pytest.approx(end.sigma, rel=1e-6)


@pytest.mark.parametrize("process", CONTINUOUS, ids=lambda p: p.name)
def test_table_entries_are_on_the_sde_and_times_are_found(process: Process) -> None:
    for at in process.path("karras", 10)[1:-1]:
        assert process.sde.at(process.sde.time(at)) == pytest.approx(at, rel=1e-9)


def test_the_figures_of_score_sde_are_reproduced() -> None:
    """Check b(t) = 0.1 + 19.9·t; log alpha(1) = −5.025; sigma(t) = 0.01·5000^t; the sub-VP deviation 1 − alpha²."""
    vp, sub, exploding = vp_sde().sde, sub_vp().sde, ve().sde
    assert math.log(vp.at(1.0).alpha) == pytest.approx(-5.025)
    assert vp.diffusion(0.5) ** 2 == pytest.approx(10.05) and vp.drift(0.5) == pytest.approx(-5.025)
    assert exploding.at(0.5).sigma == pytest.approx(0.01 * math.sqrt(5000))
    assert exploding.diffusion(1.0) == pytest.approx(50 * math.sqrt(2 * math.log(5000)))
    for t in np.linspace(1e-5, 1, 50):
        assert sub.at(t).alpha == pytest.approx(vp.at(t).alpha)
        assert sub.at(t).sigma == pytest.approx(vp.at(t).sigma ** 2)
        assert sub.at(t).sigma <= vp.at(t).sigma and sub.diffusion(t) <= vp.diffusion(t)


def test_ddpm_converges_to_the_vp_sde() -> None:
    """Use betas b(t)/T for T to infinity (Song et al. 2021, appendix B)."""
    for timesteps, within in ((1000, 1e-2), (4000, 2.6e-3)):
        discrete = vp(timesteps=timesteps, options={"beta_start": 0.1 / timesteps, "beta_end": 20 / timesteps})
        for share in (0.25, 0.5, 0.75):
            t = share * timesteps
            assert discrete.at(t - 1).alpha == pytest.approx(vp_sde().sde.at(share).alpha, abs=within)


def test_the_flow_is_straight_and_its_shift_as_published() -> None:
    assert flow().at(249) == pytest.approx(NoiseLevel(0.75, 0.25))
    assert flow().at(999) == NoiseLevel(0.0, 1.0)
    for i in (0, 400, 998):
        t = (i + 1) / 1000
        assert flow(shift=3.0).at(i).sigma == pytest.approx(3 * t / (1 + 2 * t))


@pytest.mark.parametrize(("side", "half_way"), [(64, 0.0), (128, -1.386294), (256, -2.772589)])
def test_the_resolution_shift_is_as_published(side: int, half_way: float) -> None:
    """Check that 2·log_snr(½) is 2·ln(64/side) (Hoogeboom et al. 2023)."""
    process = shifted(tabulated(cosine_snr(1000)), side / 64)
    assert 2 * process.at(499).log_snr == pytest.approx(half_way, abs=1e-6)
    assert all(at.alpha**2 + at.sigma**2 == pytest.approx(1) for at in process.path("karras", 9))


@pytest.mark.parametrize("side", [128, 256])
def test_downscaled_images_have_the_snr_of_small_ones(side: int) -> None:
    """Use that averaging k × k pixels keeps a constant colour and divides the noise's variance by k²."""
    small, large, k = vp("cosine_snr"), vp("cosine_snr", shift=side / 64), side // 64
    for t in (100, 500, 900):
        at = large.at(t)
        assert at.alpha**2 / (at.sigma**2 / k**2) == pytest.approx(math.exp(2 * small.at(t).log_snr), rel=1e-6)


def test_zero_terminal_snr_is_as_published() -> None:
    """Compare with √alpha-bar shifted to end at 0 and scaled to keep its first value (Lin et al. 2024, algorithm 1)."""
    process = vp("scaled_linear", zero_terminal_snr=True)
    roots = np.sqrt(np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2))
    rescaled = (roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])
    assert [process.at(t).alpha for t in range(1000)] == pytest.approx(rescaled, abs=1e-12)
    assert process.at(999) == NoiseLevel(0.0, 1.0)
    assert process.at(0) == vp("scaled_linear").at(0)
    ending = vp("scaled_linear", zero_terminal_snr=True, last_alpha_bar=2**-24)
    assert ending.ratios[:-1] == process.ratios[:-1] and ending.at(999).alpha == pytest.approx(2**-12)


def test_only_a_variance_preserving_process_is_rescaled() -> None:
    for process in (edm(), flow()):
        with pytest.raises(BadRequest, match="variance-preserving"):
            with_zero_terminal_snr(process)


def test_a_variance_exploding_process_never_becomes_pure_noise() -> None:
    with pytest.raises(BadRequest, match="finite"):
        edm().coordinates(math.inf)


@pytest.mark.parametrize("shift", [0.0, -1.0, math.inf, math.nan])
def test_a_shift_must_be_positive(shift: float) -> None:
    with pytest.raises(BadRequest, match="shift"):
        shifted(vp(), shift)


def test_a_table_of_alpha_bars_is_validated() -> None:
    assert tabulated(list(linear())).ratios == vp().ratios
    assert tabulated([0.9, 0.5, 0.0]).at(2) == NoiseLevel(0.0, 1.0)
    for wrong in ([], [0.5, 0.5], [1.0, 0.5], [0.5, -0.1], [0.5, 0.6], [0.5, math.nan]):
        with pytest.raises(BadRequest, match="alpha-bars"):
            tabulated(wrong)


def test_noise_that_does_not_rise_is_refused() -> None:
    for make in (lambda: edm(80.0, 0.002), lambda: ve(1.0, 1.0), lambda: vp(timesteps=0)):
        with pytest.raises(BadRequest, match="must rise"):
            make()


@pytest.mark.parametrize("process", [*CONTINUOUS, vp()], ids=lambda p: p.name)
def test_degrade_and_prior_use_alpha_and_sigma(process: Process) -> None:
    rng = np.random.default_rng(0)
    x0, eps = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    at = process.path("karras", 10)[4]
    assert np.array_equal(process.degrade(x0, at, eps), at.alpha * x0 + at.sigma * eps)
    assert process.degrade(x0, CLEAN, eps) is x0
    first = process.path("trailing", 10)[0]
    prior = process.prior(lambda step, like: eps, x0, first)
    assert np.allclose(prior, math.hypot(*first) * eps)


def test_gaussian_noise_is_passed_through() -> None:
    def draw(step: int, like: object, draw: int = 0) -> float:
        return 0.1

    assert vp().noise(draw, vp().path("karras", 3)) is draw
