"""Step by step beside diffusers' schedulers, in fp32, on the same noise: within 1e-4 at every step.

Departures:
- The last step goes to a clean picture (alpha = 1), as diffusers does with set_alpha_to_one or final_sigmas_type
  "zero"; where it offers neither (DEIS), or its step to zero is not a number (UniPC with bh1), the last step is not
  compared.
- PNDM takes the middle of a step in log-SNR, diffusers in timesteps: compared on a schedule where both are one place.
- DPM++ 3M: diffusers takes the second difference for the second derivative; `curvature` 0.5 does too.
- DDPM: diffusers' learned variance is told in −1 … 1, ours in 0 … 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch

from gdm_studio.maths.path import CLEAN, Path, Point, Step, eps_of
from gdm_studio.maths.processes import flow, vp
from gdm_studio.maths.samplers import SAMPLERS, invert
from tests.parity.conftest import SHAPE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # theirs, under a newer numpy

TOLERANCE = 1e-4
STABLE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
VP = vp("linear").coordinates

Scheduler = Any


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch, diffusers: ModuleType, noise: Callable) -> Callable[[str], None]:
    """Makes a scheduler's module draw our noise, step by step."""

    def keyed(module: str) -> None:
        steps = iter(range(1, 10_000))
        found = __import__(f"diffusers.schedulers.{module}", fromlist=["randn_tensor"])
        monkeypatch.setattr(found, "randn_tensor", lambda *args, **kwargs: noise(next(steps)))

    return keyed


def path_of(scheduler: Scheduler) -> Path:
    """The points of its timesteps on its own alpha-bars, then a clean picture."""
    alpha_bars = scheduler.alphas_cumprod.double()[scheduler.timesteps.long()].tolist()
    return (*(Point(math.sqrt(a), math.sqrt(1 - a)) for a in alpha_bars), CLEAN)


def eps_at(denoise: Callable, x: torch.Tensor, at: Point) -> torch.Tensor:
    return eps_of(x, denoise(x, at), at)


def run(scheduler: Scheduler, path: Path, denoise: Callable, noise: Callable, **options: Any) -> list[torch.Tensor]:
    """x after each of the scheduler's steps."""
    x, found = noise(0), []
    for t, at in zip(scheduler.timesteps, path, strict=False):
        x = scheduler.step(eps_at(denoise, x, at), t, x, **options).prev_sample
        found.append(x)
    return found


def agree(steps: list[Step], expected: list[torch.Tensor], count: int | None = None) -> None:
    assert len(steps) == len(expected)
    for step, theirs in list(zip(steps, expected, strict=True))[:count]:
        assert step.x.dtype == torch.float32
        assert (step.x - theirs).abs().max() < TOLERANCE


def ours(name: str, path: Path, denoise: Callable, noise: Callable, **arguments: Any) -> list[Step]:
    return list(SAMPLERS[name].fn(denoise, noise(0), path, noise, **arguments))


@pytest.mark.parametrize(("name", "variance"), [("ddpm", "fixed_small"), ("ddpm_large", "fixed_large")])
@pytest.mark.parametrize("steps", [10, 50])
def test_ddpm(name: str, variance: str, steps: int, diffusers, draws, denoise, noise) -> None:
    draws("scheduling_ddpm")
    scheduler = diffusers.DDPMScheduler(variance_type=variance, clip_sample=False)
    scheduler.set_timesteps(steps)
    path = path_of(scheduler)
    agree(ours(name, path, denoise, noise), run(scheduler, path, denoise, noise))


def test_ddpm_with_learned_variance(diffusers, draws, denoise, noise) -> None:
    draws("scheduling_ddpm")
    scheduler = diffusers.DDPMScheduler(variance_type="learned_range", clip_sample=False)
    scheduler.set_timesteps(20)
    path = path_of(scheduler)
    v = torch.linspace(-0.9, 0.9, math.prod(SHAPE)).reshape(SHAPE)
    x, expected = noise(0), []
    for t, at in zip(scheduler.timesteps, path, strict=False):
        x = scheduler.step(torch.cat([eps_at(denoise, x, at), v], dim=1), t, x).prev_sample
        expected.append(x)
    agree(ours("ddpm_learned", path, denoise, noise, learned_variance=lambda x, at: (v + 1) / 2), expected)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("spacing", ["leading", "trailing"])
def test_ddim(eta: float, spacing: str, diffusers, draws, denoise, noise) -> None:
    draws("scheduling_ddim")
    scheduler = diffusers.DDIMScheduler(**STABLE, clip_sample=False, set_alpha_to_one=True, timestep_spacing=spacing)
    scheduler.set_timesteps(20)
    path = path_of(scheduler)
    agree(ours("ddim", path, denoise, noise, eta=eta), run(scheduler, path, denoise, noise, eta=eta))


def test_ddim_inversion(diffusers, denoise, noise) -> None:
    """diffusers' inverse begins at its first timestep as if the picture stood one stride below it; ours stands there.

    Compared from the second point on, where both know where they are.
    """
    scheduler = diffusers.DDIMInverseScheduler(**STABLE, clip_sample=False, set_alpha_to_one=True)
    scheduler.set_timesteps(20)
    alpha_bars = scheduler.alphas_cumprod.double()[scheduler.timesteps.long()].tolist()
    rising = [Point(math.sqrt(a), math.sqrt(1 - a)) for a in alpha_bars]
    x, expected = 0.3 * noise(0), []
    for t, at in list(zip(scheduler.timesteps, rising, strict=True))[1:]:
        before = rising[rising.index(at) - 1]
        x = scheduler.step(eps_at(denoise, x, before), t, x).prev_sample
        expected.append(x)
    path = (*reversed(rising), CLEAN)
    agree(list(invert(denoise, 0.3 * noise(0), path, start=1)), expected)


def test_plms(diffusers, denoise, noise) -> None:
    """Its second evaluation repeats a timestep: one step of ours is two of theirs at the start."""
    scheduler = diffusers.PNDMScheduler(**STABLE, skip_prk_steps=True, set_alpha_to_one=True)
    scheduler.set_timesteps(20)
    alpha_bars = scheduler.alphas_cumprod.double()[scheduler.timesteps.long()].tolist()
    points = [Point(math.sqrt(a), math.sqrt(1 - a)) for a in alpha_bars]
    expected = run(scheduler, (*points, CLEAN), denoise, noise)
    path = (points[0], *points[2:], CLEAN)
    agree(ours("plms", path, denoise, noise), expected[1:])


def test_pndm(diffusers, denoise, noise) -> None:
    """On alpha-bars whose log ratio is linear in the timestep, so that the middle of a step is one place."""
    ratios = [math.exp(math.log(0.02) + (math.log(30.0) - math.log(0.02)) * t / 999) for t in range(1000)]
    alpha_bars = [1 / (1 + ratio**2) for ratio in ratios]
    betas = [1 - a / b for a, b in zip(alpha_bars, [1.0, *alpha_bars], strict=False)]
    scheduler = diffusers.PNDMScheduler(trained_betas=betas, set_alpha_to_one=True)
    scheduler.set_timesteps(20)
    points = [VP(ratios[t]) for t in scheduler.timesteps.tolist()]
    expected = run(scheduler, (*points, CLEAN), denoise, noise)
    path = (*(VP(ratios[t]) for t in range(950, -1, -50)), CLEAN)
    # three pseudo Runge-Kutta steps are four of theirs each
    agree(ours("pndm", path, denoise, noise), [*expected[3:12:4], *expected[12:]])


@pytest.mark.parametrize(("name", "order"), [("unipc", 2), ("unipc_3", 3)])
@pytest.mark.parametrize("variant", [1, 2])
def test_unipc(name: str, order: int, variant: int, diffusers, denoise, noise) -> None:
    scheduler = diffusers.UniPCMultistepScheduler(
        **STABLE, solver_order=order, solver_type=f"bh{variant}", final_sigmas_type="zero", use_karras_sigmas=True
    )
    scheduler.set_timesteps(15)
    path = (*(VP(float(sigma)) for sigma in scheduler.sigmas[:-1]), CLEAN)
    expected = run(scheduler, path, denoise, noise)
    agree(ours(name, path, denoise, noise, variant=float(variant)), expected, None if variant == 2 else -1)


@pytest.mark.parametrize(("name", "order", "knobs"), [("dpmpp_2m", 2, {}), ("dpmpp_3m", 3, {"curvature": 0.5})])
def test_dpmpp_multistep(name: str, order: int, knobs: dict[str, float], diffusers, denoise, noise) -> None:
    scheduler = diffusers.DPMSolverMultistepScheduler(
        **STABLE, solver_order=order, final_sigmas_type="zero", use_karras_sigmas=True, euler_at_final=True
    )
    scheduler.set_timesteps(20)
    path = (*(VP(float(sigma)) for sigma in scheduler.sigmas[:-1]), CLEAN)
    agree(ours(name, path, denoise, noise, **knobs), run(scheduler, path, denoise, noise))


def test_deis(diffusers, denoise, noise) -> None:
    scheduler = diffusers.DEISMultistepScheduler(**STABLE, solver_order=3, use_karras_sigmas=True)
    scheduler.set_timesteps(20)
    path = (*(VP(float(sigma)) for sigma in scheduler.sigmas[:-1]), CLEAN)
    agree(ours("deis", path, denoise, noise), run(scheduler, path, denoise, noise), -1)


def test_lcm(diffusers, draws, denoise, noise) -> None:
    """The boundary condition, which diffusers' scheduler applies, is the model's own with us."""
    draws("scheduling_lcm")
    scheduler = diffusers.LCMScheduler(**STABLE, clip_sample=False, set_alpha_to_one=True)
    scheduler.set_timesteps(4)
    path = path_of(scheduler)
    time_of = dict(zip(path, scheduler.timesteps.tolist(), strict=False))

    def consistent(x: torch.Tensor, at: Point) -> torch.Tensor:
        scaled = 10 * time_of[at]
        skip, out = 0.25 / (scaled**2 + 0.25), scaled / math.sqrt(scaled**2 + 0.25)
        return skip * x + out * denoise(x, at)

    agree(ours("lcm", path, consistent, noise), run(scheduler, path, denoise, noise))


@pytest.mark.parametrize(
    ("name", "scheduler"),
    [("flow_euler", "FlowMatchEulerDiscreteScheduler"), ("flow_heun", "FlowMatchHeunDiscreteScheduler")],
)
def test_flow(name: str, scheduler: str, diffusers, denoise, noise) -> None:
    theirs = getattr(diffusers, scheduler)()
    theirs.set_timesteps(12)
    sigmas = theirs.sigmas.tolist()
    twice = name == "flow_heun"
    kept = sigmas[:1] + sigmas[1:-1:2] + sigmas[-1:] if twice else sigmas
    path = (*(Point(1 - s, s) for s in kept[:-1]), CLEAN)
    x, expected = noise(0), []
    for t, sigma in zip(theirs.timesteps, sigmas, strict=False):
        at = Point(1 - sigma, sigma)
        x = theirs.step(eps_at(denoise, x, at) - denoise(x, at), t, x).prev_sample
        expected.append(x)
    agree(ours(name, path, denoise, noise), expected[1::2] + expected[-1:] if twice else expected)
    assert path[0] == flow().path("trailing", 12)[0]
