"""Properties of each spacing, on hand-made tables."""

import math
from itertools import pairwise

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.processes import edm
from gdm_studio.maths.schedules import cosine, linear, ratios
from gdm_studio.maths.spacings import GROUPS, SPACINGS, SpacingSpec
from gdm_studio.maths.spacings.beta import quantiles

TABLE = ratios(linear())
ENDLESS = (*TABLE[:-1], math.inf)
SHORT = (0.1, 1.0, 10.0)
PLAIN = [name for name, spec in SPACINGS.items() if not spec.needs_table]
# The largest number of steps of spacings that have fewer than a table of a thousand timesteps.
MOST = {"leading_1": 999, "lcm_50": 50}


@pytest.mark.parametrize("table", [TABLE, ENDLESS], ids=["finite", "to pure noise"])
@pytest.mark.parametrize("steps", [1, 2, 3, 20, 999, 1000])
@pytest.mark.parametrize("name", PLAIN)
def test_spacings_give_the_requested_number_of_falling_ratios(name: str, steps: int, table: tuple[float, ...]) -> None:
    if steps > MOST.get(name, 1000):
        with pytest.raises(BadRequest, match=f"at most that many steps, not {steps}"):
            SPACINGS[name].pick(table, steps)
        return
    picked = SPACINGS[name].pick(table, steps)
    assert len(picked) == steps
    assert all(a > b for a, b in pairwise(picked))
    assert picked[-1] >= table[0] * (1 - 1e-12) and picked[0] <= table[-1] * (1 + 1e-12)
    assert not any(math.isnan(ratio) for ratio in picked) and not any(math.isinf(ratio) for ratio in picked[1:])


@pytest.mark.parametrize(
    "name", ["karras", "exponential", "polyexponential", "kl_optimal", "linspace", "normal", "beta_sigmas"]
)
def test_spacings_include_both_ends_of_the_table(name: str) -> None:
    picked = SPACINGS[name].pick(TABLE, 10)
    assert picked[0] == pytest.approx(TABLE[-1]) and picked[-1] == pytest.approx(TABLE[0])
    assert SPACINGS[name].pick(ENDLESS, 10)[0] == math.inf


def test_even_timesteps_follow_the_three_conventions() -> None:
    """Use ten of a thousand timesteps, counted from 0 (Lin et al. 2024, table 2, counts from 1)."""
    steps = range(1000)
    assert SPACINGS["trailing"].fn(steps, 10) == [999, 899, 799, 699, 599, 499, 399, 299, 199, 99]
    assert SPACINGS["leading"].fn(steps, 10) == [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]
    assert SPACINGS["linspace"].fn(steps, 10) == [999, 888, 777, 666, 555, 444, 333, 222, 111, 0]


@pytest.mark.parametrize("steps", [5, 10, 20])
def test_quadratic_equals_the_published_sequence(steps: int) -> None:
    published = [int(s) for s in np.linspace(0, np.sqrt(1000 * 0.8), steps) ** 2]
    assert SPACINGS["quadratic"].fn(range(1000), steps)[::-1] == published


def test_karras_is_even_in_the_seventh_root() -> None:
    roots = [ratio ** (1 / 7) for ratio in SPACINGS["karras"].fn((0.002, 80.0), 9)]
    assert np.diff(roots) == pytest.approx(np.full(8, (0.002 ** (1 / 7) - 80 ** (1 / 7)) / 8))


def test_exponential_is_even_in_log_snr_and_polyexponential_curved() -> None:
    even = np.log(SPACINGS["exponential"].fn((0.002, 80.0), 9))
    assert np.diff(even) == pytest.approx(np.full(8, math.log(0.002 / 80) / 8))
    ramp = np.linspace(1, 0, 9) ** 1.5
    bent = np.exp(ramp * math.log(80 / 0.002) + math.log(0.002))
    assert SPACINGS["polyexponential"].fn((0.002, 80.0), 9) == pytest.approx(bent)


def test_clipped_log_snr_omits_only_nearly_pure_noise() -> None:
    steep, spec = ratios(cosine()), SPACINGS["logsnr"]
    assert steep[-1] > 1e3
    for table in (steep, ENDLESS):
        picked = spec.fn(table, 10)
        assert -math.log(picked[0]) == pytest.approx(-5.1)
        assert np.diff(np.log(picked)) == pytest.approx(np.full(9, (math.log(table[0]) - 5.1) / 9))
    # DDPM's own table ends before.
    assert spec.fn(TABLE, 10) == SPACINGS["exponential"].fn(TABLE, 10)


@pytest.mark.parametrize("name", ["karras", "exponential", "polyexponential", "kl_optimal", "beta_sigmas"])
def test_pure_noise_is_followed_by_a_level_with_signal(name: str) -> None:
    """Check that the levels after the first equal those of any table that ends at log-SNR −5.1."""
    start, *rest = SPACINGS[name].pick((0.01, 3.0, 1e6, math.inf), 10)
    assert start == math.inf
    assert rest == pytest.approx(SPACINGS[name].pick((0.01, 3.0, math.exp(5.1)), 10)[1:])


@pytest.mark.parametrize(("a", "b"), [(0.6, 0.6), (0.5, 0.7), (0.9, 0.2)])
def test_beta_quantiles_equal_those_by_quadrature(a: float, b: float) -> None:
    """Integrate x^(a − 1)·(1 − x)^(b − 1) by quadrature in x^a and, from the other end, in (1 − x)^b."""

    def areas(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
        v = np.linspace(0, 0.5**a, 200_001)
        density = (1 - v ** (1 / a)) ** (b - 1) / a
        return v ** (1 / a), np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2) * (v[1] - v[0])])

    shares = np.linspace(0, 1, 41)
    (low, below), (high, above) = areas(a, b), areas(b, a)
    whole = below[-1] + above[-1]
    expected = np.where(
        shares * whole <= below[-1],
        np.interp(shares * whole, below, low),
        1 - np.interp((1 - shares) * whole, above, high),
    )
    assert quantiles(shares, a, b) == pytest.approx(expected, abs=1e-6)


def test_beta_timesteps_equal_those_of_comfyui() -> None:
    """Compare with scipy.stats.beta.ppf(1 − i/n, …)·999, rounded."""
    assert SPACINGS["beta"].fn(range(1000), 8) == [999, 942, 823, 670, 500, 329, 176, 57]
    assert SPACINGS["beta57"].fn(range(1000), 8) == [999, 889, 719, 535, 361, 211, 96, 24]


def test_the_beta_spacing_of_version_0_1_has_the_same_bits() -> None:
    bits = ["0x1.3fffffffffffep+6", "0x1.5bf32bcb81677p+4", "0x1.b6b0c4e37dcb9p+0", "0x1.7e7044c271d4bp-4"]
    bits += ["0x1.e22c602a95cf7p-8", "0x1.0624dd2f1a9fdp-9", "0x0.0p+0"]
    assert [at.sigma.hex() for at in edm().path("beta_0_1", 6)] == bits


def test_beta_visits_no_timestep_twice() -> None:
    for steps in (100, 150, 500, 999, 1000):
        for name in ("beta", "beta57"):
            picked = SPACINGS[name].fn(range(1000), steps)
            assert len(set(picked)) == steps and picked[0] == 999 and picked == sorted(picked, reverse=True)


def test_timesteps_equal_those_of_other_tools() -> None:
    """Use six and seven of a thousand timesteps."""
    steps = range(1000)
    assert SPACINGS["leading_1"].fn(steps, 7) == [853, 711, 569, 427, 285, 143, 1]
    assert SPACINGS["simple"].fn(steps, 7) == [999, 857, 714, 571, 428, 285, 142]
    assert SPACINGS["lcm_50"].fn(steps, 7) == [999, 859, 719, 579, 439, 299, 159]
    # The log of a ratio is a hundredth of its timestep.
    even = tuple(math.exp(t / 100) for t in steps)
    assert np.log(SPACINGS["sgm_uniform"].fn(even, 6)) * 100 == pytest.approx([999, 832.5, 666, 499.5, 333, 166.5])
    assert np.log(SPACINGS["normal"].fn(even, 4)) * 100 == pytest.approx([999, 666, 333, 0], abs=1e-9)


def test_kl_optimal_is_even_in_the_arc_tangent() -> None:
    arcs = np.arctan(SPACINGS["kl_optimal"].fn((0.03, 14.6), 9))
    assert np.diff(arcs) == pytest.approx(np.full(8, (math.atan(0.03) - math.atan(14.6)) / 8))


def test_the_menu_contains_every_current_spacing() -> None:
    assert [name for name, spec in SPACINGS.items() if not spec.group] == ["beta_0_1"]
    assert list(SPACINGS)[:-1] == [name for names in GROUPS.values() for name in names]


@pytest.mark.parametrize(
    "name", ["trailing", "simple", "leading", "leading_1", "linspace", "quadratic", "lcm_50", "beta"]
)
def test_even_spacings_refuse_more_steps_than_timesteps(name: str) -> None:
    with pytest.raises(BadRequest, match="at most"):
        SPACINGS[name].pick(SHORT, 4)


def test_a_model_specific_spacing_needs_its_table() -> None:
    own = SpacingSpec("own", "Own", "", "", lambda ratios, steps, table: list(table[steps]), needs_table=True)
    assert own.pick(SHORT, 2, {2: (10.0, 0.5)}) == [10.0, 0.5]
    with pytest.raises(BadRequest, match="no table"):
        own.pick(SHORT, 2)
