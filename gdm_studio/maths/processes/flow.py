"""Rectified flow: the straight line from an image to noise."""

from __future__ import annotations

import math

from gdm_studio.maths.path import NoiseLevel
from gdm_studio.maths.processes.coordinates import straight
from gdm_studio.maths.processes.process import Process, Sde, shifted


def flow(timesteps: int = 1000, *, shift: float = 1.0) -> Process:
    """Return the process of rectified flow, x = (1 − t)·x0 + t·eps.

    Liu et al. 2022, arXiv:2209.03003; Lipman et al. 2022, arXiv:2210.02747. Timestep i is t = (i + 1) / T, so the last
    is pure noise (alpha = 0). A `shift` > 1 spends more of the path at high noise, t′ = shift·t / (1 + (shift − 1)·t)
    (Esser et al. 2024, arXiv:2403.03206, eq. 23). Like any resolution shift, it multiplies the ratio. As an SDE, the
    process has an infinite drift at t = 1.
    """
    table = tuple(_ratio((i + 1) / timesteps) for i in range(timesteps))
    sde = Sde(
        drift=lambda t: -1 / (1 - t),
        diffusion=lambda t: math.sqrt(2 * t / (1 - t)),
        at=lambda t: NoiseLevel(1 - t, t),
        time=lambda point: point.sigma / (point.alpha + point.sigma),
    )
    return shifted(Process("flow", "Gaussian noise", table, straight, sde), shift)


def _ratio(t: float) -> float:
    return t / (1 - t) if t < 1 else math.inf
