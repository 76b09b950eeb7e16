"""Reference steps of k-diffusion's samplers, in float64.

Departures, each made up for here so that all else can be compared:
- DPM++ SDE: its two draws of a step are parts of one Brownian motion, in sigma there and in the SDE's own time here;
  k-diffusion is given our pair.
- DPM++ 3M SDE: k-diffusion takes the second difference for the second derivative; `curvature` 0.5 does too.
- EDM stochastic: k-diffusion draws noise at every step, used or not; draws are keyed, so that nothing shifts.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path as File
from types import ModuleType
from typing import Any
from unittest import mock

import torch

from gdm_studio.maths.noise_path import NoisePath
from gdm_studio.maths.processes import edm
from tests.parity.numbers import Case, denoise, draws, keyed

STEPS = 14
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
    ("dpmpp_3m_sde", "sample_dpmpp_3m_sde", {"curvature": 0.5, "eta": 0.4}, {"eta": 0.4}),
]
CHURNS = [(40.0, 0.05, 50.0, 1.003), (5.0, 0.3, 4.0, 1.0), (2.0, 0.0, 1000.0, 1.02)]

noise = keyed(draws(), torch.float64)


def cases() -> Iterator[Case]:
    sampling = _module()
    for spacing in ("karras", "exponential"):
        path = edm(0.03, 14.6).path(spacing, STEPS)
        for ours, theirs, knobs, options in PLAIN:
            yield _case(ours, path, spacing, knobs, _run(sampling, theirs, path, **_drawing(theirs, path), **options))
        for eta in (1.0, 0.5):
            x = _run(sampling, "sample_dpmpp_sde", path, eta=eta, noise_sampler=_pairs(path))
            yield _case("dpmpp_sde", path, spacing, {"eta": eta}, x)
        for churn, low, high, scale in CHURNS:
            ours = {"churn": churn, "churn_above": low, "churn_below": high, "noise_scale": scale}
            options = {"s_churn": churn, "s_tmin": low, "s_tmax": high, "s_noise": scale}
            steps = iter(range(1, STEPS + 1))
            with mock.patch.object(torch, "randn_like", lambda x, steps=steps: noise(next(steps))):
                x = _run(sampling, "sample_heun", path, shows="denoised", **options)
            yield _case("edm", path, spacing, ours, x, shows="denoised")


def spacings() -> Iterator[tuple[str, list[float], list[float]]]:
    """Yield (our name of the spacing, ends of a noise table, sigmas that k-diffusion visits between them)."""
    sampling, ends = _module(), [0.03, 14.6]
    yield "karras", ends, sampling.get_sigmas_karras(STEPS, *ends)[:-1].tolist()
    yield "exponential", ends, sampling.get_sigmas_exponential(STEPS, *ends)[:-1].tolist()
    yield "polyexponential", ends, sampling.get_sigmas_polyexponential(STEPS, *ends, rho=1.5)[:-1].tolist()


def _case(
    ours: str, path: NoisePath, spacing: str, knobs: dict[str, float], x: list[torch.Tensor], *, shows: str = "x"
) -> Case:
    said = "".join(f" {name}={value:g}" for name, value in knobs.items())
    name = f"k-diffusion {ours} {spacing}{said}"
    return Case(name, ours, path, tuple(range(1, STEPS + 1)), torch.stack(x).numpy(), knobs=knobs, shows=shows)


def _run(
    sampling: ModuleType, sampler: str, path: NoisePath, *, shows: str = "x", **options: Any
) -> list[torch.Tensor]:
    """Return the initial x, then x after every step, or every prediction if noise is added before the callback."""
    seen: list[torch.Tensor] = []

    def model(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return denoise(x, edm().coordinates(float(sigma[0])))

    sigmas = torch.tensor([at.sigma for at in path], dtype=torch.float64)
    begin = path[0].sigma * noise(0)
    end = getattr(sampling, sampler)(
        model, begin, sigmas, callback=lambda told: seen.append(told[shows]), disable=True, **options
    )
    return [*seen, end] if shows == "x" else [begin, *seen]


def _drawing(sampler: str, path: NoisePath) -> dict[str, Any]:
    """Return our noise draws in the form of a k-diffusion noise sampler."""
    if not sampler.endswith(("ancestral", "sde")):
        return {}
    step_of = {round(at.sigma, 5): i + 1 for i, at in enumerate(path)}
    return {"noise_sampler": lambda sigma, to: noise(step_of[round(float(sigma), 5)])}


def _pairs(path: NoisePath) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    asked: list[float] = []

    def pair(sigma: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        step = len(asked) // 2
        asked.append(float(to))
        first = noise(step + 1)
        if len(asked) % 2:
            return first
        r, m, s = path[step].sigma, asked[-2], path[step + 1].sigma
        # of ∫ dW over r … m, carried on to s, with ∫ dW over r … s, each of variance s²(1 − s²/r²)
        shared = s / m * math.sqrt((1 - m**2 / r**2) / (1 - s**2 / r**2))
        return shared * first + math.sqrt(1 - shared**2) * noise(step + 1, None, 1)

    return pair


def _module() -> ModuleType:
    """Import `k_diffusion.sampling`, with stubs for imports that these runs do not use."""
    found = importlib.util.find_spec("k_diffusion")
    assert found is not None and found.origin is not None
    utils = _stand_in("k_diffusion.utils", append_dims=lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)])
    names = {
        "torchsde": _stand_in("torchsde"),
        "torchdiffeq": _stand_in("torchdiffeq", odeint=None),
        "k_diffusion": _stand_in("k_diffusion", __path__=[str(File(found.origin).parent)], utils=utils),
        "k_diffusion.utils": utils,
    }
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    try:
        return importlib.import_module("k_diffusion.sampling")
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def _stand_in(name: str, **attributes: object) -> ModuleType:
    module = ModuleType(name)
    for attribute, value in attributes.items():
        setattr(module, attribute, value)
    return module
