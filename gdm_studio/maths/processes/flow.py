"""Rectified flow: the straight line from an image to noise."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes.coordinates import straight
from gdm_studio.maths.processes.process import Process, Sde, shifted

# Largest noise ratio of a process whose times have a logit-normal distribution: a log-SNR of −18, as for Ideogram 4.
FARTHEST = math.exp(9)
# Distributions of the times of a run: evenly spaced in t^(1/7), in log t, or at evenly spaced quantiles of Beta(0.6,
# 0.6).
CURVES = ("karras", "exponential", "beta")


def flow(
    timesteps: int = 1000,
    *,
    shift: float = 1.0,
    first: float = 0.0,
    terminal: float = 0.0,
    spread: float = 0.0,
    curve: str = "",
    curve_first: float = 0.0,
) -> Process:
    """Create the forward process of rectified flow, x = (1 − t)·x0 + t·eps.

    Liu et al. 2022, arXiv:2209.03003; Lipman et al. 2022, arXiv:2210.02747. Timestep i is t = (i + 1) / T, so the last
    is pure noise (alpha = 0). If `first` > 0, timesteps are evenly spaced from t = `first` to 1 instead. A `shift` > 1
    spends more of the path at high noise, t′ = shift·t / (1 + (shift − 1)·t) (Esser et al. 2024, arXiv:2403.03206, eq.
    23). It multiplies the noise ratio sigma / alpha = t / (1 − t) by `shift`. With `terminal`, all shifted times are
    then stretched away from t = 1, so that the first timestep has t = `terminal`. With `spread`, timestep i is the
    quantile (i + 1) / T of a distribution of t whose logit is normal with this standard deviation, and the shifted
    ratios are limited to FARTHEST. With a `curve` of CURVES, the times between the first and the last are distributed
    by it, as in diffusers' FlowMatchEulerDiscreteScheduler, where `curve_first` takes the place of `first`. As an SDE,
    the process has an infinite drift at t = 1.
    """
    first = first or curve_first
    if spread:
        table = tuple(_logit_normal_ratio((i + 1) / timesteps, spread) for i in range(timesteps))
    elif first:
        table = tuple(_ratio(first + (1 - first) * i / (timesteps - 1)) for i in range(timesteps - 1)) + (math.inf,)
    else:
        table = tuple(_ratio((i + 1) / timesteps) for i in range(timesteps))
    sde = Sde(
        drift=lambda t: -1 / (1 - t),
        diffusion=lambda t: math.sqrt(2 * t / (1 - t)),
        at=lambda t: NoiseLevel(1 - t, t),
        time=lambda point: point.sigma / (point.alpha + point.sigma),
    )
    found = shifted(Process("flow", "Gaussian noise", table, straight, sde), shift)
    if spread:
        found = replace(found, ratios=tuple(min(ratio, FARTHEST) for ratio in found.ratios))
    if terminal:
        found = _stretched(found, terminal)
    return _curved(found, curve) if curve else found


def flow_for_steps(steps: int, *, shift: float = 1.0, first: float = 0.0) -> Process:
    """Create a rectified-flow process with at least 1000 timesteps. Their number is chosen so that `steps` even steps
    fall exactly on timesteps.

    The spacing "trailing" then visits t = 1 − i / steps exactly, and "linspace" evenly spaced times from 1 to the
    smallest.
    """
    return flow(timesteps_for(steps), shift=shift, first=first)


def timesteps_for(steps: int) -> int:
    """Return the number of timesteps (at least 1000) with which `steps` even steps of a flow process fall exactly on
    timesteps.
    """
    if steps < 2:
        return 1000
    # T = steps·(1 + k·(steps − 1)) is a multiple of `steps`, and T − 1 is one of `steps` − 1.
    times = max(math.ceil((1000 / steps - 1) / (steps - 1)), 0)
    return steps * (1 + times * (steps - 1))


def flux1_shift(tokens: int) -> float:
    """Return the shift of FLUX.1 dev's noise schedule for an image of `tokens` tokens. The logarithm of the shift is a
    linear function of `tokens`.

    The shift is e^0.5 at 256 tokens and e^1.15 at 4096 tokens (1024 × 1024 pixels).
    """
    return math.exp(0.5 + (1.15 - 0.5) * (tokens - 256) / (4096 - 256))


def flux2_shift(tokens: int, steps: int) -> float:
    """Return the shift of FLUX.2's noise schedule for an image of `tokens` tokens and a number of steps.

    Its logarithm is linear in both, as fitted by Black Forest Labs. Above 4300 tokens, the shift does not depend on the
    steps.
    """
    at_10, at_200 = 8.73809524e-5 * tokens + 1.89833333, 1.6927e-4 * tokens + 0.45666666
    if tokens > 4300:
        return math.exp(at_200)
    return math.exp(at_200 + (at_200 - at_10) / 190 * (steps - 200))


def sd3_first(shift: float, timesteps: int = 1000) -> float:
    """Return the smallest time in a run of Stable Diffusion 3, before its noise schedule is shifted.

    Its samplers start from the shifted time of the first timestep, which they shift again.
    """
    return shift / timesteps / (1 + (shift - 1) / timesteps)


def krea2_shift(tokens: int) -> float:
    """Return the shift of Krea 2's noise schedule for an image of `tokens` tokens. The logarithm of the shift is a
    linear function of `tokens`: 0.5 at 256 tokens and 1.15 at 6400 tokens.
    """
    return math.exp(0.5 + (1.15 - 0.5) * (tokens - 256) / (6400 - 256))


def qwen_image_shift(tokens: int) -> float:
    """Return the shift of Qwen-Image's noise schedule for an image of `tokens` tokens. The logarithm of the shift is a
    linear function of `tokens`: 0.5 at 256 tokens and 0.9 at 8192 tokens.
    """
    return math.exp(0.5 + (0.9 - 0.5) * (tokens - 256) / (8192 - 256))


def ideogram4_shift(tokens: int) -> float:
    """Return the shift of Ideogram 4's noise schedule for an image of `tokens` tokens: the square root of the ratio of
    its pixels to 512 × 512.
    """
    return math.sqrt(tokens) / 32


def _stretched(process: Process, terminal: float) -> Process:
    """Return a flow process whose times are stretched away from t = 1, so that the first timestep has t =
    `terminal`.
    """
    # 1 − t is 1 / (1 + ratio).
    factor = (1 - terminal) * (1 + process.ratios[0])
    return replace(process, ratios=tuple((1 + ratio) / factor - 1 for ratio in process.ratios))


def _curved(process: Process, curve: str) -> Process:
    """Return a flow process whose times between the first and t = 1 are distributed by a curve."""
    # Only schedules of some files need them.
    import numpy as np

    from gdm_studio.maths.spacings.beta import quantiles
    from gdm_studio.maths.spacings.formulas import RHO

    last = len(process.ratios) - 1
    lowest = process.ratios[0] / (1 + process.ratios[0])
    shares = tuple(i / last for i in range(last))
    if curve == "karras":
        low = lowest ** (1 / RHO)
        times = tuple((low + share * (1 - low)) ** RHO for share in shares)
    elif curve == "exponential":
        times = tuple(lowest ** (1 - share) for share in shares)
    elif curve == "beta":
        times = tuple(lowest + (1 - lowest) * float(each) for each in quantiles(np.array(shares), 0.6, 0.6))
    else:
        raise ValueError(f"curve {curve!r}")
    return replace(process, ratios=(process.ratios[0], *map(_ratio, times[1:]), math.inf))


def _logit_normal_ratio(share: float, spread: float) -> float:
    """Return the noise ratio t / (1 − t) at a quantile of a distribution of t whose logit is normal."""
    return math.exp(spread * NormalDist().inv_cdf(share)) if share < 1 else math.inf


def _ratio(t: float) -> float:
    return t / (1 - t) if t < 1 else math.inf
