"""Defaults and ranges of samplers: values at their defaults are in no digest, so they must never change."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.arrays import image_quantile
from gdm_studio.maths.guidance import GUIDANCE, apply_guidance, limited_interval
from gdm_studio.maths.noise_path import CLEAN, Array, NoiseLevel, eps_of
from gdm_studio.maths.numeric_parameters import Param, check_number, checked_params
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

# By sampler: default steps and spacing, the suitable steps, and the parameters with range and default.
SAMPLER_DEFAULTS = {
    "dpmpp_2m": (20, "karras", (10, 40), ""),
    "dpmpp_2m_sde": (25, "karras", (20, 60), "eta 0..1 1"),
    "unipc": (15, "karras", (8, 30), "variant 1..2 2"),
    "deis": (20, "exponential", (10, 40), ""),
    "euler": (20, "karras", (20, 50), ""),
    "heun": (20, "karras", (10, 50), ""),
    "ddim": (20, "trailing", (20, 100), "eta 0..1 0"),
    "ddpm": (100, "linspace", (50, 1000), ""),
    "ddpm_large": (250, "linspace", (200, 1000), ""),
    "dpm2": (20, "karras", (10, 50), ""),
    "dpmpp_2s": (15, "karras", (8, 30), ""),
    "lms": (30, "karras", (25, 100), ""),
    "plms": (50, "leading", (25, 100), ""),
    "pndm": (50, "leading", (25, 100), ""),
    "euler_a": (20, "karras", (20, 100), ""),
    "dpmpp_sde": (15, "karras", (8, 40), "eta 0..1 1"),
    "dpmpp_2s_a": (20, "karras", (10, 50), "eta 0..1 1"),
    "dpmpp_3m_sde": (40, "exponential", (30, 100), "eta 0..1 1; curvature 0..1 1"),
    "dpm2_a": (20, "karras", (20, 100), "eta 0..1 1"),
    "edm": (
        40,
        "karras",
        (30, 256),
        "churn 0..200 40; churn_above 0..100 0.05; churn_below 0..1000 50; noise_scale 0.9..1.1 1.003",
    ),
    "restart": (20, "karras", (15, 60), "restarts 0..20 2; restart_at 0..10 0.1; restart_from 0..100 2"),
    "dpmpp_3m": (20, "exponential", (15, 60), "curvature 0..1 1"),
    "unipc_3": (20, "exponential", (10, 40), "variant 1..2 2"),
    "ode_rk45": (10, "karras", (5, 50), "tolerance 1e-08..0.1 0.0001"),
    "lcm": (4, "lcm_50", (1, 8), ""),
    "flow_euler": (28, "trailing", (20, 50), ""),
    "flow_heun": (15, "trailing", (10, 50), ""),
    "analytic_ddpm": (50, "linspace", (25, 200), "last_noise 0..1 0"),
    "analytic_ddim": (50, "linspace", (25, 200), "last_noise 0..1 0"),
    "ddpm_learned": (50, "linspace", (25, 250), ""),
    "pc": (200, "exponential", (100, 1000), "snr 0..1 0.16"),
    "pc_ancestral": (200, "exponential", (100, 1000), "snr 0..1 0.16"),
    "ncsn": (10, "exponential", (10, 30), "each 1..200 100; step_size 0.001..1 0.2"),
    "ncsnv2": (232, "exponential", (200, 500), "each 1..200 5; step_size 0.001..1 0.062"),
    "cold_2": (50, "linspace", (10, 200), ""),
    "cold_1": (50, "linspace", (10, 200), ""),
}
GUIDANCE_DEFAULTS = (
    "guidance_rescale 0..1 0; guidance_from 0..1 0; guidance_until 0..1 1; dynamic_threshold 0..1 0; clip 0..10 0"
)


def describe(knobs: Iterable[Param]) -> str:
    return "; ".join(f"{knob.name} {knob.low:g}..{knob.high:g} {knob.default:g}" for knob in knobs)


def test_every_sampler_keeps_its_defaults() -> None:
    found = {s.name: (s.default_steps, s.default_spacing, s.steps, describe(s.params)) for s in SAMPLERS.values()}
    assert {name: found.get(name) for name in SAMPLER_DEFAULTS} == SAMPLER_DEFAULTS and describe(
        GUIDANCE
    ) == GUIDANCE_DEFAULTS
    assert all(spec.name == name and spec.default_spacing in SPACINGS for name, spec in SAMPLERS.items())
    assert {*SPACINGS} >= {
        "karras", "exponential", "polyexponential", "logsnr", "kl_optimal", "beta_sigmas", "linspace", "normal",
        "trailing", "simple", "sgm_uniform", "leading", "leading_1", "quadratic", "beta", "beta57", "lcm_50", "optimal",
        "beta_0_1",
    }  # fmt: skip


def test_parameters_are_accepted_up_to_their_limits_and_completed() -> None:
    knobs = (Param("Some", 0.0, 1.0, "", "some", 0.5), Param("Other", -2.0, 2.0, "", "other", -1.0))
    assert checked_params(knobs, {}, of="It") == {"some": 0.5, "other": -1.0}
    assert checked_params(knobs, {"other": 2, "some": 0}, of="It") == {"some": 0.0, "other": 2.0}
    for bad in ({"some": 1.001}, {"some": -0.001}, {"other": -2.001}, {"third": 1.0}, {"some": True}, {"some": None}):
        with pytest.raises(BadRequest):
            checked_params(knobs, bad, of="It")
    with pytest.raises(BadRequest, match=r"It has no setting called 'third'; its settings are some, other\."):
        checked_params(knobs, {"third": 1.0}, of="It")
    with pytest.raises(BadRequest, match=r"; it has none\."):
        checked_params((), {"third": 1.0}, of="It")
    check_number("it", 0.25, 0.25, 0.25)


def test_a_threshold_without_clip_uses_three_standard_deviations() -> None:
    path, wide = edm().path("karras", 4), np.linspace(-20, 20, 41)[None, :]

    def denoise(x: Array, at: NoiseLevel) -> Array:
        return wide

    found = apply_guidance(denoise, path, data_scale=0.5, dynamic_threshold=0.9)(None, path[0])
    assert np.abs(found).max() == pytest.approx(1.5) and found[0, 20] == 0.0
    limit = np.quantile(np.abs(wide), 0.9)
    assert np.allclose(found, wide.clip(-limit, limit) * 1.5 / limit)
    for share, value in ((0.0, 7.0), (0.5, 7.0), (1.0, 7.0)):
        assert image_quantile(np.array([[7.0]]), share) == value


def test_noise_levels_beyond_the_path_belong_to_its_ends() -> None:
    path = edm().path("karras", 10)

    def asked(interval: tuple[float, float], at: NoiseLevel) -> float:
        return limited_interval(lambda x, at: 1.0, lambda x, at: 0.0, path, interval)(None, at)

    beyond, before = NoiseLevel(1.0, 1e9), NoiseLevel(1.0, path[-2].sigma / 2)
    assert [asked((0.0, 0.5), at) for at in (beyond, path[0], path[4], path[5], before)] == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert [asked((0.5, 1.0), at) for at in (beyond, path[4], path[5], before, CLEAN)] == [0.0, 0.0, 1.0, 1.0, 0.0]
    assert [asked((0.05, 0.25), at) for at in path[:4]] == [0.0, 1.0, 1.0, 0.0], (
        "steps of which a part is, begin inside"
    )
    assert asked((0.7, 0.3), path[5]) == 0.0


def test_noise_levels_have_a_ratio_and_log_snr() -> None:
    at = NoiseLevel(0.6, 0.8)
    assert at.ratio == pytest.approx(4 / 3) and at.log_snr == pytest.approx(math.log(0.75))
    assert (NoiseLevel(0.0, 1.0).ratio, NoiseLevel(0.0, 1.0).log_snr) == (math.inf, -math.inf)
    assert (CLEAN.ratio, CLEAN.log_snr) == (0.0, math.inf)
    assert eps_of(0.6 * 3.0 + 0.8 * 2.0, 3.0, at) == pytest.approx(2.0)
