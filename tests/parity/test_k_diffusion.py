"""Step by step beside k-diffusion, in fp32, on the same noise: within 1e-4 at every step.

Departures, each made up for here so that all else can be compared:
- DPM++ SDE: its two draws of a step are parts of one Brownian motion, in sigma there and in the SDE's own time here;
  k-diffusion is given our pair.
- DPM++ 3M SDE: k-diffusion takes the second difference for the second derivative; `curvature` 0.5 does too.
- EDM stochastic: k-diffusion draws noise at every step, used or not; draws are keyed, so that nothing shifts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch

from gdm_studio.maths.path import Path
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS

STEPS = 14
TOLERANCE = 1e-4

PLAIN = [
    ("euler", "sample_euler", {}, {}),
    ("euler_a", "sample_euler_ancestral", {}, {}),
    ("heun", "sample_heun", {}, {}),
    ("dpm2", "sample_dpm_2", {}, {}),
    ("dpm2_a", "sample_dpm_2_ancestral", {}, {}),
    ("dpm2_a", "sample_dpm_2_ancestral", {"eta": 0.6}, {"eta": 0.6}),
    ("lms", "sample_lms", {}, {}),
    ("dpmpp_2s", "sample_dpmpp_2s_ancestral", {}, {"eta": 0.0}),
    ("dpmpp_2s_a", "sample_dpmpp_2s_ancestral", {}, {}),
    ("dpmpp_2s_a", "sample_dpmpp_2s_ancestral", {"eta": 0.5}, {"eta": 0.5}),
    ("dpmpp_2m", "sample_dpmpp_2m", {}, {}),
    ("dpmpp_2m_sde", "sample_dpmpp_2m_sde", {}, {}),
    ("dpmpp_2m_sde", "sample_dpmpp_2m_sde", {"eta": 0.4}, {"eta": 0.4}),
    ("dpmpp_3m", "sample_dpmpp_3m_sde", {"curvature": 0.5}, {"eta": 0.0}),
    ("dpmpp_3m_sde", "sample_dpmpp_3m_sde", {"curvature": 0.5}, {}),
]


@pytest.fixture(params=["karras", "exponential"])
def path(request: pytest.FixtureRequest) -> Path:
    return edm(0.03, 14.6).path(request.param, STEPS)


@pytest.mark.parametrize(("ours", "theirs", "knobs", "options"), PLAIN, ids=lambda value: str(value))
def test_every_step_agrees(ours, theirs, knobs, options, path, k_diffusion, denoise, noise) -> None:
    step_of = {round(at.sigma, 5): i + 1 for i, at in enumerate(path)}
    if theirs.endswith(("ancestral", "sde")):
        options = {**options, "noise_sampler": lambda sigma, to: noise(step_of[round(float(sigma), 5)])}
    expected = run(k_diffusion, theirs, path, denoise, noise, **options)
    agree(ours, path, expected, denoise, noise, **knobs)


@pytest.mark.parametrize("eta", [1.0, 0.5])
def test_dpmpp_sde_agrees_on_our_pair_of_draws(eta: float, path, k_diffusion, denoise, noise) -> None:
    asked: list[tuple[float, float]] = []

    def pair(sigma: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        step = len(asked) // 2
        asked.append((float(sigma), float(to)))
        first = noise(step + 1)
        if len(asked) % 2:
            return first
        r, m, s = path[step].sigma, asked[-2][1], path[step + 1].sigma
        # of ∫ dW over r … m, carried on to s, with ∫ dW over r … s, each of variance s²(1 − s²/r²)
        shared = s / m * math.sqrt((1 - m**2 / r**2) / (1 - s**2 / r**2))
        return shared * first + math.sqrt(1 - shared**2) * noise(step + 1, None, 1)

    expected = run(k_diffusion, "sample_dpmpp_sde", path, denoise, noise, eta=eta, noise_sampler=pair)
    agree("dpmpp_sde", path, expected, denoise, noise, eta=eta)


@pytest.mark.parametrize(("churn", "low", "high", "scale"), [(40.0, 0.05, 50.0, 1.003), (5.0, 0.3, 4.0, 1.0)])
def test_edm_with_churn_agrees(
    churn: float, low: float, high: float, scale: float, path, k_diffusion, denoise, noise, monkeypatch
) -> None:
    draws = iter(range(1, STEPS + 1))
    monkeypatch.setattr(torch, "randn_like", lambda x: noise(next(draws)))
    options = {"s_churn": churn, "s_tmin": low, "s_tmax": high, "s_noise": scale}
    expected = run(k_diffusion, "sample_heun", path, denoise, noise, kept="x0", **options)
    knobs = {"churn": churn, "churn_above": low, "churn_below": high, "noise_scale": scale}
    agree("edm", path, expected, denoise, noise, kept="x0", **knobs)


def run(
    k_diffusion: ModuleType,
    sampler: str,
    path: Path,
    denoise: Callable,
    noise: Callable,
    *,
    kept: str = "x",
    **options: Any,
) -> list[torch.Tensor]:
    """x after every step (or, where noise is added before it is shown, every prediction), then the end."""
    seen: list[torch.Tensor] = []

    def model(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return denoise(x, edm().coordinates(float(sigma[0])))

    sigmas = torch.tensor([at.sigma for at in path], dtype=torch.float32)
    end = getattr(k_diffusion, sampler)(
        model,
        path[0].sigma * noise(0),
        sigmas,
        callback=lambda told: seen.append(told["x" if kept == "x" else "denoised"]),
        disable=True,
        **options,
    )
    return [*(seen[1:] if kept == "x" else seen), end]


def agree(
    name: str,
    path: Path,
    expected: list[torch.Tensor],
    denoise: Callable,
    noise: Callable,
    *,
    kept: str = "x",
    **knobs: float,
) -> None:
    steps = list(SAMPLERS[name].fn(denoise, path[0].sigma * noise(0), path, noise, **knobs))
    found = [step.x if kept == "x" else step.denoised for step in steps]
    if kept != "x":
        found.append(steps[-1].x)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == torch.float32
        assert (ours - theirs).abs().max() < TOLERANCE
