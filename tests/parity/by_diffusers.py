"""Reference steps of diffusers' schedulers, in fp32, which they use internally.

Known differences:
- The last step ends at a clean image (alpha = 1), as in diffusers with set_alpha_to_one or final_sigmas_type "zero". If
  diffusers has neither option (DEIS), or its last step is NaN (UniPC with bh1), the last step is not compared.
- PNDM uses the middle of a step in log-SNR, and diffusers the middle in timesteps. The test uses a schedule on which
  both are equal.
- DPM++ 3M: diffusers uses the second difference as the second derivative, which is `curvature` 0.5 here.
- DDPM: the learned variance is in −1 … 1 in diffusers, and in 0 … 1 here.
- The boundary condition of a consistency function belongs to the scheduler in diffusers' LCM, and to the model here.
- Inversion: diffusers treats the image as one stride below its first timestep, and this program as at that timestep.
  The points are compared from the second one on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

import diffusers
import torch

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, NoisePath, eps_of
from gdm_studio.maths.processes import vp
from tests.parity.numbers import Case, denoise, draws, keyed, variance

STABLE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
STEPS = 14  # of a spacing

noise = keyed(draws(), torch.float32)
to_point = vp("linear").coordinates


def cases() -> Iterator[Case]:
    yield from _ddpm()
    yield from _ddim()
    yield _inversion()
    yield from _pndm()
    yield from _multistep()
    yield _lcm()
    yield from _flow()


def _ddpm() -> Iterator[Case]:
    for ours, variance_type in (("ddpm", "fixed_small"), ("ddpm_large", "fixed_large")):
        for steps in (10, 50):
            theirs = diffusers.DDPMScheduler(variance_type=variance_type, clip_sample=False)
            yield _case(f"{ours} {steps}", ours, _path(theirs, steps), _run(theirs, _path(theirs, steps)))
    theirs = diffusers.DDPMScheduler(variance_type="learned_range", clip_sample=False)
    path = _path(theirs, 20)
    yield _case("ddpm_learned", "ddpm_learned", path, _run(theirs, path, told=2 * variance() - 1), learned=True)


def _ddim() -> Iterator[Case]:
    for spacing in ("leading", "trailing"):
        for eta in (0.0, 0.4, 1.0):
            theirs = diffusers.DDIMScheduler(
                **STABLE, clip_sample=False, set_alpha_to_one=True, timestep_spacing=spacing
            )
            path = _path(theirs, 20)
            yield _case(f"ddim {spacing} eta={eta}", "ddim", path, _run(theirs, path, eta=eta), knobs={"eta": eta})


def _inversion() -> Case:
    theirs = diffusers.DDIMInverseScheduler(**STABLE, clip_sample=False, set_alpha_to_one=True)
    rising = _path(theirs, 20)[:-1]
    x = [0.3 * noise(0)]
    for t, before in zip(theirs.timesteps[1:], rising, strict=False):
        x.append(theirs.step(_eps(x[-1], before), t, x[-1]).prev_sample)
    path = (*reversed(rising), CLEAN)
    return _case("ddim inverted", "invert", path, x, steps=tuple(range(2, 21)), start=1)


def _pndm() -> Iterator[Case]:
    theirs = diffusers.PNDMScheduler(**STABLE, skip_prk_steps=True, set_alpha_to_one=True)
    path = _path(theirs, 20)
    x = _run(theirs, path)
    # its second evaluation repeats a timestep: one step of ours is two of theirs at the start
    yield _case("plms", "plms", (path[0], *path[2:]), [x[0], *x[2:]])

    ratios = [math.exp(math.log(0.02) + (math.log(30.0) - math.log(0.02)) * t / 999) for t in range(1000)]
    alpha_bars = [1 / (1 + ratio**2) for ratio in ratios]
    betas = [1 - a / b for a, b in zip(alpha_bars, [1.0, *alpha_bars], strict=False)]
    theirs = diffusers.PNDMScheduler(trained_betas=betas, set_alpha_to_one=True)
    theirs.set_timesteps(20)
    x = _run(theirs, (*(to_point(ratios[t]) for t in theirs.timesteps.tolist()), CLEAN))
    path = (*(to_point(ratios[t]) for t in range(950, -1, -50)), CLEAN)
    # three pseudo Runge-Kutta steps are four of theirs each
    yield _case("pndm", "pndm", path, [x[0], *x[4:13:4], *x[13:]])


def _multistep() -> Iterator[Case]:
    for ours, order in (("unipc", 2), ("unipc_3", 3)):
        for variant in (1, 2):
            for steps in (4, 15):
                theirs = diffusers.UniPCMultistepScheduler(
                    **STABLE,
                    solver_order=order,
                    solver_type=f"bh{variant}",
                    final_sigmas_type="zero",
                    use_karras_sigmas=True,
                )
                path = _sigma_path(theirs, steps)
                x, knobs = _run(theirs, path), {"variant": float(variant)}
                yield _case(f"{ours} bh{variant} {steps}", ours, path, x if variant == 2 else x[:-1], knobs=knobs)
    for ours, order, knobs in (("dpmpp_2m", 2, {}), ("dpmpp_3m", 3, {"curvature": 0.5})):
        theirs = diffusers.DPMSolverMultistepScheduler(
            **STABLE, solver_order=order, final_sigmas_type="zero", use_karras_sigmas=True, euler_at_final=True
        )
        path = _sigma_path(theirs, 20)
        yield _case(ours, ours, path, _run(theirs, path), knobs=knobs)
    theirs = diffusers.DEISMultistepScheduler(**STABLE, solver_order=3, use_karras_sigmas=True)
    path = _sigma_path(theirs, 20)
    yield _case("deis", "deis", path, _run(theirs, path)[:-1])


def _lcm() -> Case:
    theirs = diffusers.LCMScheduler(**STABLE, clip_sample=False, set_alpha_to_one=True)
    path = _path(theirs, 4)
    times = tuple(theirs.timesteps.tolist())
    return _case("lcm", "lcm", path, _run(theirs, path), times=times)


def _flow() -> Iterator[Case]:
    for ours, scheduler in (
        ("flow_euler", diffusers.FlowMatchEulerDiscreteScheduler),
        ("flow_heun", diffusers.FlowMatchHeunDiscreteScheduler),
    ):
        theirs = scheduler()
        theirs.set_timesteps(12)
        sigmas, x = theirs.sigmas.tolist(), [noise(0)]
        for t, sigma in zip(theirs.timesteps, sigmas, strict=False):
            at = NoiseLevel(1 - sigma, sigma)
            velocity = _eps(x[-1], at) - denoise(x[-1], at)
            x.append(theirs.step(velocity, t, x[-1]).prev_sample)
        if ours == "flow_heun":  # two of theirs are one step of ours, but for the last
            sigmas, x = sigmas[:1] + sigmas[1:-1:2] + sigmas[-1:], [x[0], *x[2::2], x[-1]]
        yield _case(ours, ours, (*(NoiseLevel(1 - s, s) for s in sigmas[:-1]), CLEAN), x)


def spacings() -> Iterator[tuple[str, list[float], list[float]]]:
    """Yield (our name of the spacing, Stable Diffusion's noise table, sigmas or timesteps that diffusers visits)."""
    euler, ddim = diffusers.EulerDiscreteScheduler, diffusers.DDIMScheduler
    alpha_bars = ddim(**STABLE).alphas_cumprod.double()
    table = ((1 - alpha_bars) / alpha_bars).sqrt().tolist()
    for name, options in (
        ("karras", {"use_karras_sigmas": True}),
        ("exponential", {"use_exponential_sigmas": True}),
        ("beta_sigmas", {"use_beta_sigmas": True}),
    ):
        theirs = euler(**STABLE, **options)
        theirs.set_timesteps(STEPS)
        yield name, table, theirs.sigmas[:-1].tolist()
    for name, theirs in (
        ("leading", ddim(**STABLE, timestep_spacing="leading")),
        ("leading_1", ddim(**STABLE, timestep_spacing="leading", steps_offset=1)),
        ("trailing", ddim(**STABLE, timestep_spacing="trailing")),
        ("linspace", ddim(**STABLE, timestep_spacing="linspace")),
        ("lcm_50", diffusers.LCMScheduler(**STABLE)),
    ):
        theirs.set_timesteps(STEPS)
        yield name, table, [table[t] for t in theirs.timesteps.tolist()]


def _case(
    name: str, sampler: str, path: NoisePath, x: list[torch.Tensor], *, steps: tuple[int, ...] = (), **said: Any
) -> Case:
    steps = steps or tuple(range(1, len(x)))
    return Case(f"diffusers {name}", sampler, path, steps, torch.stack(x).numpy(), **said)


def _run(scheduler: Any, path: NoisePath, *, told: torch.Tensor | None = None, **options: Any) -> list[torch.Tensor]:
    """Return the initial x, then x after each step of the scheduler, with our noise draws.

    `told` is a variance that is appended to each prediction.
    """
    x, steps = [noise(0)], iter(range(1, 1000))
    module = type(scheduler).__module__
    with mock.patch(f"{module}.randn_tensor", lambda *args, **kwargs: noise(next(steps)), create=True):
        for t, at in zip(scheduler.timesteps, path, strict=False):
            eps = _eps(x[-1], at)
            answer = eps if told is None else torch.cat([eps, told], dim=1)
            x.append(scheduler.step(answer, t, x[-1], **options).prev_sample)
    return x


def _path(scheduler: Any, steps: int) -> NoisePath:
    """Return the noise levels of a scheduler's timesteps, and a clean image at the end."""
    scheduler.set_timesteps(steps)
    alpha_bars = scheduler.alphas_cumprod.double()[scheduler.timesteps.long()].tolist()
    return (*(NoiseLevel(math.sqrt(a), math.sqrt(1 - a)) for a in alpha_bars), CLEAN)


def _sigma_path(scheduler: Any, steps: int) -> NoisePath:
    scheduler.set_timesteps(steps)
    return (*(to_point(float(sigma)) for sigma in scheduler.sigmas[:-1]), CLEAN)


def _eps(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
    return eps_of(x, denoise(x, at), at)
