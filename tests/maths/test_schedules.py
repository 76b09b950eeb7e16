"""Noise schedules compared with the formulas of the papers in numpy."""

import math

import numpy as np
import pytest

from gdm_studio.maths.schedules import (
    SCHEDULES,
    cosine_snr,
    geometric,
    laplace,
    linear,
    locate,
    look_up,
    ratios,
    scaled_linear,
    sigmoid,
)


def log_snr(alpha_bar: float) -> float:
    return math.log(alpha_bar / (1 - alpha_bar))


@pytest.mark.parametrize("timesteps", [1, 10, 1000])
@pytest.mark.parametrize("name", SCHEDULES)
def test_alpha_bar_falls_between_one_and_zero(name: str, timesteps: int) -> None:
    table = SCHEDULES[name](timesteps)
    assert len(table) == timesteps
    assert table[0] < 1 and table[-1] > 0
    assert all(later < earlier for earlier, later in zip(table, table[1:], strict=False))


def test_schedules_have_the_published_ends() -> None:
    assert linear()[0] == pytest.approx(1 - 1e-4)
    assert linear()[-1] == pytest.approx(4.0358e-5, rel=1e-3)
    assert scaled_linear()[-1] == pytest.approx(0.0046599, rel=1e-3)
    # Stable Diffusion's sigma_max.
    assert ratios(scaled_linear())[-1] == pytest.approx(14.6146, rel=1e-4)
    assert ratios(scaled_linear())[0] == pytest.approx(0.029168, rel=1e-3)


def test_schedules_of_betas_are_running_products() -> None:
    """Use the published construction: alpha-bar is the running product of 1 − beta."""
    t = np.arange(1001) / 1000
    f = np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
    betas = {
        "linear": np.linspace(1e-4, 0.02, 1000),
        "scaled_linear": np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2,
        "cosine": np.minimum(1 - f[1:] / f[:-1], 0.999),
    }
    for name, beta in betas.items():
        assert SCHEDULES[name](1000) == pytest.approx(np.cumprod(1 - beta), rel=1e-9)


def test_sigmoid_equals_the_function_of_its_paper() -> None:
    """Check the values between the ends, rescaled to 1 and 0; by symmetry alpha-bar is ½ in the middle."""
    assert sigmoid(1000)[499] == pytest.approx(0.5, abs=1e-12)
    assert sigmoid(1000)[-1] == 1e-9
    t = np.arange(1, 1001) / 1000
    for start, end, tau in ((-3, 3, 0.9), (0, 3, 0.3)):
        logistic = 1 / (1 + np.exp(-(start + (end - start) * t) / tau))
        first, last = 1 / (1 + math.exp(-start / tau)), 1 / (1 + math.exp(-end / tau))
        wanted = np.maximum((last - logistic) / (last - first), 1e-9)
        assert sigmoid(1000, start=start, end=end, tau=tau) == pytest.approx(wanted, rel=1e-9, abs=1e-15)


def test_laplace_log_snrs_have_a_laplace_distribution() -> None:
    """Compare the share below each value with the distribution function of Laplace(mean, scale)."""
    found = sorted(log_snr(alpha_bar) for alpha_bar in laplace(1000, mean=0.3, scale=0.7))
    for i, value in enumerate(found):
        z = (value - 0.3) / 0.7
        share = math.exp(z) / 2 if z < 0 else 1 - math.exp(-z) / 2
        assert share == pytest.approx((i + 0.5) / 1000, abs=1e-9)


def test_continuous_cosine_log_snr_is_minus_twice_the_log_tangent() -> None:
    """Allow the bend at the ends, which are −15 and, before the first timestep, 15."""
    table = cosine_snr(1000)
    for i in (99, 249, 499, 799, 899):
        t = (i + 1) / 1000
        assert log_snr(table[i]) == pytest.approx(-2 * math.log(math.tan(math.pi * t / 2)), abs=1e-2)
    assert log_snr(table[499]) == pytest.approx(0, abs=1e-12)
    assert log_snr(table[-1]) == pytest.approx(-15)
    assert log_snr(cosine_snr(10**5)[0]) == pytest.approx(15, abs=0.1)


def test_geometric_levels_have_a_constant_ratio() -> None:
    """Check NCSNv2's levels for CIFAR-10: 50 … 0.01."""
    table = geometric(232, 0.01, 50.0)
    assert table[0] == pytest.approx(0.01) and table[-1] == pytest.approx(50)
    assert np.diff(np.log(table)) == pytest.approx(np.full(231, math.log(5000) / 231))


@pytest.mark.parametrize("table", [(0.1, 0.5, 3.0, 40.0), (0.1, 0.5, 3.0, math.inf)], ids=["finite", "pure noise"])
def test_interpolation_in_a_table_is_inverted(table: tuple[float, ...]) -> None:
    assert [look_up(table, t) for t in (-1, 0, 1, 2, 3, 9)] == [0.1, 0.1, 0.5, 3.0, table[3], table[3]]
    assert look_up(table, 0.5) == pytest.approx(math.sqrt(0.1 * 0.5))
    for t in np.linspace(0, 3, 41):
        assert locate(table, look_up(table, float(t))) == pytest.approx(t, abs=1e-12)
    assert locate(table, 0.01) == 0 and locate(table, math.inf) == 3


def test_an_alpha_bar_of_zero_is_an_infinite_ratio() -> None:
    assert ratios([0.5, 0.0]) == (1.0, math.inf)
