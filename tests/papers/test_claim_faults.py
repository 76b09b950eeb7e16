"""Faults of systems that flatter the claimed effect, or hide behind it: each turns the claim of its system false."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel, eps_of
from gdm_studio.maths.posterior import posterior_sigma, transition_sigma
from gdm_studio.maths.predictions import PREDICTIONS, Scales
from gdm_studio.maths.processes.non_gaussian import Gamma
from gdm_studio.maths.processes.process import Process
from gdm_studio.maths.samplers import SAMPLERS, ddim, ddpm, ode_rk45, pndm
from gdm_studio.models.families.papers.method_parts import Clipping, NoisedStart
from gdm_studio.models.families.papers.model import Denoiser, SystemModel
from gdm_studio.models.model_library import Library
from gdm_studio.papers import all_systems
from gdm_studio.papers.claims import point_distances, single_steps, toy_point_measurements
from gdm_studio.papers.claims.checks import verify_claims
from gdm_studio.papers.claims.claim_inputs import ClaimContext
from gdm_studio.papers.claims.convergence import convergence_order
from gdm_studio.papers.claims.toy_point_measurements import Plane
from tests.papers.toy import fewer_points

# (system, apply the fault)
Fault = tuple[str, Callable[[pytest.MonkeyPatch], None]]


def wrap(owner: Any, name: str, change: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault that replaces a function by `change(original, *arguments)`."""
    original = getattr(owner, name)
    return lambda patch: patch.setattr(owner, name, lambda *args, **kwargs: change(original, *args, **kwargs))


def noise_times(factor: float, *samplers: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault that multiplies the fresh noise of samplers."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        for name in samplers:
            fn = SAMPLERS[name].fn

            def louder(denoise: Any, x: Any, path: Any, noise: Any, fn: Any = fn, **rest: Any) -> Any:
                return fn(denoise, x, path, lambda *args: factor * noise(*args), **rest)

            patch.setitem(SAMPLERS, name, replace(SAMPLERS[name], fn=louder))  # type: ignore[arg-type]

    return apply


def same_z(original: Any, noise: Any, path: Any, count: int) -> Any:
    at_level = original(noise, path, count)
    return lambda at, like, draw=0: at_level(path[0], like, draw)


def truncated_z(original: Any, noise: Any, path: Any, count: int) -> Any:
    at_level = original(noise, path, count)
    return lambda at, like, draw=0: at_level(at, like, draw).clamp(-1, 1)


def z_of_the_start(original: Any, noise: Any, path: Any, count: int) -> Any:
    return lambda at, like, draw=0: noise(0, like)


def noise_of_the_step_before(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    fn = SAMPLERS[name].fn

    def late(denoise: Any, x: Any, path: Any, noise: Any, **rest: Any) -> Any:
        return fn(denoise, x, path, lambda step, *args: noise(step - 1, *args), **rest)

    return lambda patch: patch.setitem(SAMPLERS, name, replace(SAMPLERS[name], fn=late))  # type: ignore[arg-type]


def wrong_skip() -> Callable[[Any, float], Scales]:
    original = PREDICTIONS["edm"]

    def bent(at: Any, scale: float) -> Scales:
        found = original(at, scale)
        return found._replace(c_skip=found.c_skip**0.8)

    return bent


def too_early(original: Any, self: Any, at: Any) -> Any:
    return original(self, at) * 0.9


def mean_of_more_noise(original: Any, x: Any, x0: Any, at: Any, to: Any, *, up: float) -> Any:
    """Return the mean of the step that keeps the distribution of x_t with the variance β."""
    return original(x, x0, at, to, up=min(transition_sigma(at, to), to.sigma))


def less_noise_at_the_start(patch: pytest.MonkeyPatch) -> None:
    original = NoisedStart.add_noise
    patch.setattr(NoisedStart, "add_noise", staticmethod(lambda *args: original(*args[:3], 0.8 * args[3])))


FAULTS: dict[str, Fault] = {
    "DiffuseVAE has one mode": (
        "diffusevae",
        wrap(SystemModel, "generate", lambda original, self, eps, cond: original(self, 0 * eps, cond)),
    ),
    "guidance of s − 1": (
        "classifier-free",
        wrap(toy_point_measurements, "guided", lambda original, pair, scale: original(pair, scale - 1)),
    ),
    "flow matching is told a wrong time": ("flow-matching", wrap(Diffusion, "time", too_early)),
    "DDPM is told a wrong time": ("ddpm", wrap(Diffusion, "time", too_early)),
    "one z for all steps": ("ddgan", wrap(toy_point_measurements, "denoiser_noise", same_z)),
    "z truncated in every step": ("ddgan", wrap(toy_point_measurements, "denoiser_noise", truncated_z)),
    "z truncated": (
        "vae",
        wrap(SystemModel, "generate", lambda original, self, eps, cond: original(self, eps.clamp(-1.5, 1.5), cond)),
    ),
    "the VAE's z is the noise of the start": (
        "diffusevae-2",
        wrap(toy_point_measurements, "denoiser_noise", z_of_the_start),
    ),
    "the first step adds the numbers of the start": ("tdpm", noise_of_the_step_before("ddpm")),
    "EDM has a wrong c_skip": ("edm", lambda patch: patch.setitem(PREDICTIONS, "edm", wrong_skip())),
    "too little noise in DDPM": ("ddpm", noise_times(0.7, "ddpm")),
    "too much noise in DDPM of variance β": ("ddpm", noise_times(1.3, "ddpm_large")),
    "another mean with DDPM's variance β": ("ddpm", wrap(ddpm, "move", mean_of_more_noise)),
    "less noise at the start": ("tdpm", less_noise_at_the_start),
    "half the noise between predictions": ("consistency", noise_times(0.5, "lcm")),
    "predictions pulled to the middle": (
        "edm",
        wrap(Denoiser, "__call__", lambda original, self, x, at: 0.97 * original(self, x, at)),
    ),
    "the start is too wide": (
        "dpm-solver",
        wrap(SystemModel, "start", lambda original, self, *args: 1.5 * original(self, *args)),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_the_claim_false(fault: str, shipped: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer_points(monkeypatch, seeds=1)
    name, apply = FAULTS[fault]
    chosen = {name: all_systems()[name]}
    apply(monkeypatch)
    (found,) = verify_claims(ClaimContext(shipped, Path("none")), chosen)
    assert found.figure is not None and found.holds is False, found


def convergence(plane: Plane) -> float:
    return convergence_order(plane, "pndm", 0, even_ratios=True)


def flow_order(plane: Plane) -> float:
    return convergence_order(plane, "flow_heun", 0, even_ratios=False)


def moments(plane: Plane) -> float:
    return point_distances.noise_error(plane, ("ddpm_large",), 0)


def extent(plane: Plane) -> float:
    return point_distances.largest_prediction(plane, plane.path(5, "exponential"), 0)


def step_back(plane: Plane) -> float:
    return single_steps.step_back_error(("ddim",), plane.path(5, "exponential"))


def ode_steps(plane: Plane) -> float:
    return single_steps.local_error(plane, ("ode_rk45",), plane.path(8, "exponential"), 0)


def flow_steps_of(other: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setitem(SAMPLERS, "flow_heun", SAMPLERS[other])


def eta_of_a_variance(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ddim, "posterior_sigma", lambda at, to: single_steps.ETA * posterior_sigma(at, to))


def runge_kutta(change: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(pndm, "_runge_kutta", change)


def adams(*newest: float) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault that gives four known slopes other weights."""
    return lambda patch: patch.setattr(pndm, "_ADAMS", (*pndm._ADAMS[:3], tuple(each / 24 for each in newest)))


def weighted_stages(*weights: float, last: int = 2) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault that gives the four stages of a Runge-Kutta step other weights, or takes the last one from another
    stage.
    """

    def step(denoise: Any, x: Any, first: Any, at: Any, to: Any) -> Any:
        middle, slopes = pndm.halfway(at, to), [first]
        for index, end in ((0, middle), (1, middle), (last, to)):
            there = pndm.transfer(x, slopes[index], at, end)
            slopes.append(eps_of(there, denoise(there, end), end))
        return sum(weight * slope for weight, slope in zip(weights, slopes, strict=True)) / sum(weights)

    return runge_kutta(step)


def euler_step(denoise: Any, x: Any, first: Any, at: Any, to: Any) -> Any:
    return first


def heun_step(denoise: Any, x: Any, first: Any, at: Any, to: Any) -> Any:
    ahead = pndm.transfer(x, first, at, to)
    return (first + eps_of(ahead, denoise(ahead, to), to)) / 2


def clips_at(end: float) -> Callable[[pytest.MonkeyPatch], None]:
    def around(self: Any, predict: Any, run: Any) -> Any:
        return lambda x, at, cond: predict(x, at, cond).clamp(-end, end)

    return lambda patch: patch.setattr(Clipping, "around_prediction", around)


def law_at(change: Callable[[Any, Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(Gamma, "__call__", change)


GAMMA_LAW = Gamma.__call__
# (system, the term and how it is measured, apply the fault)
TERM_FAULTS: dict[str, tuple[str, str, Callable[[Plane], float], Callable[[pytest.MonkeyPatch], None]]] = {
    "PNDM of order 3": ("pndm", "order", convergence, adams(46, -32, 10, 0)),
    "PNDM of order 2": ("pndm", "order", convergence, adams(36, -12, 0, 0)),
    "PNDM with a wrong weight": ("pndm", "order", convergence, adams(54, -57, 36, -9)),
    "PNDM with a wrong sign": ("pndm", "order", convergence, adams(55, -59, 37, 9)),
    "PNDM begins with DDIM": ("pndm", "order", convergence, runge_kutta(euler_step)),
    "PNDM begins with Heun": ("pndm", "order", convergence, runge_kutta(heun_step)),
    "PNDM begins with weights of 1/4": ("pndm", "order", convergence, weighted_stages(1, 1, 1, 1)),
    "PNDM begins with weights of 1/3": ("pndm", "order", convergence, weighted_stages(0, 1, 1, 1)),
    "PNDM begins with the rule of 3/8": ("pndm", "order", convergence, weighted_stages(1, 3, 3, 1)),
    "PNDM begins with a stage too early": ("pndm", "order", convergence, weighted_stages(1, 2, 2, 1, last=1)),
    "Heun's method along the lines is Euler's": ("flow-matching", "order", flow_order, flow_steps_of("flow_euler")),
    "DDIM's η taken for a variance": ("ddim", "step", step_back, eta_of_a_variance),
    "Gaussian noise in the steps": ("gamma", "noise", moments, wrap(Process, "noise", lambda _, self, eps, *at: eps)),
    "Gaussian noise in the law": ("gamma", "noise", moments, law_at(lambda self, eps, at: eps)),
    "skewed to the other side": ("gamma", "noise", moments, law_at(lambda self, eps, at: -GAMMA_LAW(self, eps, at))),
    "noise of another level": (
        "gamma", "noise", moments,
        law_at(lambda self, eps, at: GAMMA_LAW(self, eps, NoiseLevel(at.alpha, 2 * at.sigma))),
    ),
    "RK45 at another noise level": (
        "score-sde-vp", "local", ode_steps,
        wrap(ode_rk45, "on_curve", lambda original, ratio, of: original(1.1 * ratio, of)),
    ),
    "nothing is clipped": ("ddpm", "range", extent, clips_at(100.0)),
    "clipped at half the range": ("ddpm", "range", extent, clips_at(0.5)),
    "clipped at twice the range": ("ddpm", "range", extent, clips_at(2.0)),
}  # fmt: skip


@pytest.mark.parametrize("fault", ["", *TERM_FAULTS])
def test_a_term_of_a_claim_shows_a_fault(fault: str, shipped: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each term is within its interval without the fault, and outside with it."""
    monkeypatch.setattr(point_distances, "DRAWS", 20_000)
    context = ClaimContext(shipped, Path("none"))
    chosen = [TERM_FAULTS[fault]] if fault else {row[:2]: row for row in TERM_FAULTS.values()}.values()
    for name, term, measure, apply in chosen:
        if fault:
            apply(monkeypatch)
        system = all_systems()[name]
        assert system.claim.terms[term].contains(measure(context.plane(system))) is (not fault)
