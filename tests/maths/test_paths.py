"""Schedules, spacings, processes and predictions."""

import math

import pytest

from gdm_studio.errors import BadRequest
from gdm_studio.maths import predictions
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import edm, vp
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.maths.spacings import SPACINGS

PROCESSES = [vp("linear"), vp("cosine"), vp("scaled_linear"), edm()]


def test_published_ends_of_the_schedules() -> None:
    assert SCHEDULES["linear"]()[0] == pytest.approx(1 - 1e-4)
    assert SCHEDULES["linear"]()[-1] == pytest.approx(4.0358e-5, rel=1e-3)
    assert SCHEDULES["scaled_linear"]()[-1] == pytest.approx(0.0046599, rel=1e-3)  # Stable Diffusion's sigma_max 14.61
    assert vp("scaled_linear").ratios[-1] == pytest.approx(14.6146, rel=1e-4)
    assert vp("scaled_linear").ratios[0] == pytest.approx(0.029168, rel=1e-3)
    assert SCHEDULES["cosine"]()[499] == pytest.approx(0.4938, abs=1e-3)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("steps", [1, 2, 7, 20, 1000])
def test_paths_fall_strictly_from_noise_to_a_clean_picture(process, spacing: str, steps: int) -> None:
    path = process.path(spacing, steps)
    assert len(path) == steps + 1
    assert path[-1] == Point(1.0, 0.0)
    assert all(a.ratio > b.ratio for a, b in zip(path, path[1:], strict=False))
    assert process.ratios[0] * (1 - 1e-9) <= path[-2].ratio and path[0].ratio <= process.ratios[-1] * (1 + 1e-9)
    for at in path[:-1]:
        assert at.alpha == 1.0 if process.name == "edm" else math.hypot(*at) == pytest.approx(1)


def test_ends_that_spacings_promise() -> None:
    process = vp("linear")
    for name in ("karras", "exponential", "linspace"):
        ratios = SPACINGS[name].fn(process.ratios, 10)
        assert ratios[0] == pytest.approx(process.ratios[-1])
        assert ratios[-1] == pytest.approx(process.ratios[0])
    assert SPACINGS["trailing"].fn(process.ratios, 10)[0] == process.ratios[999]
    assert SPACINGS["trailing"].fn(process.ratios, 10)[-1] == process.ratios[99]
    assert SPACINGS["leading"].fn(process.ratios, 10)[0] == process.ratios[900]
    assert SPACINGS["leading"].fn(process.ratios, 10)[-1] == process.ratios[0]


def test_karras_spacing_is_even_in_the_seventh_root() -> None:
    roots = [ratio ** (1 / 7) for ratio in SPACINGS["karras"].fn((0.002, 80.0), 9)]
    gaps = [b - a for a, b in zip(roots, roots[1:], strict=False)]
    assert gaps == pytest.approx([gaps[0]] * 8)


def test_uniform_spacing_refuses_more_steps_than_timesteps() -> None:
    with pytest.raises(BadRequest, match="at most"):
        vp("linear", timesteps=100).path("trailing", 101)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_timestep_undoes_the_table(process) -> None:
    for t in (0, 1, 500, 998, 999):
        assert process.timestep(process.coordinates(process.ratios[t])) == pytest.approx(t, abs=1e-6)
    assert process.timestep(process.coordinates(1e9)) == 999


@pytest.mark.parametrize("name", predictions.PREDICTIONS)
@pytest.mark.parametrize("ratio", [0.05, 1.0, 20.0])
def test_the_true_target_gives_the_true_x0(name: str, ratio: float) -> None:
    """What a perfect network would output, put through c_skip and c_out, is the picture."""
    x0, eps, s = 0.3, -1.2, 0.5
    at = vp("linear").coordinates(ratio)
    x = at.alpha * x0 + at.sigma * eps
    target = {
        "epsilon": eps,
        "x0": x0,
        "v": at.alpha * eps - at.sigma * x0,
        # Karras et al. 2022, equation 8, in their sigma = ratio and x / alpha
        "edm": (x0 - s * s / (ratio**2 + s * s) * x / at.alpha) / (ratio * s / math.hypot(ratio, s)),
    }[name]
    scales = predictions.PREDICTIONS[name](at, s)
    assert scales.c_skip * x + scales.c_out * target == pytest.approx(x0, abs=1e-12)


def test_only_epsilon_refuses_a_start_without_any_picture() -> None:
    at = Point(0.0, 1.0)
    with pytest.raises(BadRequest, match="alpha = 0"):
        predictions.epsilon(at, 0.5)
    assert predictions.v(at, 0.5) == (0.0, -1.0, 1.0)
