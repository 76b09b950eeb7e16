"""Spacings: what each promises, on tables made by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from gdm_studio.errors import BadRequest
from gdm_studio.maths.schedules import cosine, linear, ratios
from gdm_studio.maths.spacings import SPACINGS, SpacingSpec

TABLE = ratios(linear())
ENDLESS = (*TABLE[:-1], math.inf)
SHORT = (0.1, 1.0, 10.0)
PLAIN = [name for name, spec in SPACINGS.items() if not spec.needs_table]


@pytest.mark.parametrize("table", [TABLE, ENDLESS], ids=["finite", "to pure noise"])
@pytest.mark.parametrize("steps", [1, 2, 3, 20, 999, 1000])
@pytest.mark.parametrize("name", PLAIN)
def test_as_many_as_asked_for_falling_and_above_zero(name: str, steps: int, table: tuple[float, ...]) -> None:
    picked = SPACINGS[name].pick(table, steps)
    assert len(picked) == steps
    assert all(a > b for a, b in pairwise(picked))
    assert picked[-1] >= table[0] * (1 - 1e-12) and picked[0] <= table[-1] * (1 + 1e-12)
    assert not any(math.isnan(ratio) for ratio in picked) and not any(math.isinf(ratio) for ratio in picked[1:])


@pytest.mark.parametrize("name", ["karras", "exponential", "polyexponential", "linspace", "beta"])
def test_both_ends_of_the_table(name: str) -> None:
    picked = SPACINGS[name].pick(TABLE, 10)
    assert picked[0] == pytest.approx(TABLE[-1]) and picked[-1] == pytest.approx(TABLE[0])
    assert SPACINGS[name].pick(ENDLESS, 10)[0] == math.inf


def test_even_timesteps_of_the_three_conventions() -> None:
    """Ten of a thousand, counted from 0 (Lin et al. 2024, table 2, which counts from 1)."""
    steps = range(1000)
    assert SPACINGS["trailing"].fn(steps, 10) == [999, 899, 799, 699, 599, 499, 399, 299, 199, 99]
    assert SPACINGS["leading"].fn(steps, 10) == [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]
    assert SPACINGS["linspace"].fn(steps, 10) == [999, 888, 777, 666, 555, 444, 333, 222, 111, 0]


@pytest.mark.parametrize("steps", [5, 10, 20])
def test_quadratic_is_the_published_sequence(steps: int) -> None:
    published = [int(s) for s in np.linspace(0, np.sqrt(1000 * 0.8), steps) ** 2]
    assert SPACINGS["quadratic"].fn(range(1000), steps)[::-1] == published


def test_karras_is_even_in_the_seventh_root() -> None:
    roots = [ratio ** (1 / 7) for ratio in SPACINGS["karras"].fn((0.002, 80.0), 9)]
    assert np.diff(roots) == pytest.approx(np.full(8, (0.002 ** (1 / 7) - 80 ** (1 / 7)) / 8))


def test_exponential_is_even_in_log_snr_and_polyexponential_bent() -> None:
    even = np.log(SPACINGS["exponential"].fn((0.002, 80.0), 9))
    assert np.diff(even) == pytest.approx(np.full(8, math.log(0.002 / 80) / 8))
    ramp = np.linspace(1, 0, 9) ** 1.5
    bent = np.exp(ramp * math.log(80 / 0.002) + math.log(0.002))
    assert SPACINGS["polyexponential"].fn((0.002, 80.0), 9) == pytest.approx(bent)


def test_clipped_log_snr_leaves_out_only_what_is_nearly_pure_noise() -> None:
    steep, spec = ratios(cosine()), SPACINGS["logsnr"]
    assert steep[-1] > 1e3
    for table in (steep, ENDLESS):
        picked = spec.fn(table, 10)
        assert -math.log(picked[0]) == pytest.approx(-5.1)
        assert np.diff(np.log(picked)) == pytest.approx(np.full(9, (math.log(table[0]) - 5.1) / 9))
    assert spec.fn(TABLE, 10) == SPACINGS["exponential"].fn(TABLE, 10)  # DDPM's own table ends before


@pytest.mark.parametrize("name", ["karras", "exponential", "polyexponential"])
def test_from_pure_noise_straight_to_where_a_picture_begins(name: str) -> None:
    """However fine the table: the points after the first are those of a table that ends at log-SNR −5.1."""
    start, *rest = SPACINGS[name].pick((0.01, 3.0, 1e6, math.inf), 10)
    assert start == math.inf
    assert rest == pytest.approx(SPACINGS[name].pick((0.01, 3.0, math.exp(5.1)), 10)[1:])


def test_beta_timesteps_are_quantiles_of_its_law() -> None:
    """The area under x^−0.4·(1 − x)^−0.4 up to each, by quadrature in v = x^0.6, falls evenly from 1 to 0."""
    table = tuple(math.exp(t / 100) for t in range(1001))  # the log of a ratio is a hundredth of its timestep
    shares = np.log(SPACINGS["beta"].fn(table, 21)) / 10
    v = np.linspace(0, 0.5**0.6, 100_001)
    density = (1 - v ** (1 / 0.6)) ** -0.4
    area = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    lower = np.interp(np.minimum(shares, 1 - shares) ** 0.6, v, area / area[-1] / 2)
    assert np.where(shares > 0.5, 1 - lower, lower) == pytest.approx(np.linspace(1, 0, 21), abs=1e-6)


@pytest.mark.parametrize("name", ["trailing", "leading", "linspace", "quadratic"])
def test_even_spacings_refuse_more_steps_than_timesteps(name: str) -> None:
    with pytest.raises(BadRequest, match="at most"):
        SPACINGS[name].pick(SHORT, 4)


def test_a_spacing_of_the_models_own_needs_its_table() -> None:
    own = SpacingSpec("own", "Own", "", "", lambda ratios, steps, table: list(table[steps]), needs_table=True)
    assert own.pick(SHORT, 2, {2: (10.0, 0.5)}) == [10.0, 0.5]
    with pytest.raises(BadRequest, match="no table"):
        own.pick(SHORT, 2)
