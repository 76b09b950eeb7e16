"""Variance-exploding processes, with alpha = 1: the VE SDE and EDM's process."""

from __future__ import annotations

import math

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes.coordinates import variance_exploding
from gdm_studio.maths.processes.process import Process, Sde
from gdm_studio.maths.schedules import geometric


def ve(sigma_min: float = 0.01, sigma_max: float = 50.0, timesteps: int = 1000) -> Process:
    """Create the forward process of the VE SDE (Song et al. 2021, arXiv:2011.13456, eq. 9), sigma(t) =
    sigma_min·(max/min)^t.

    Its squared diffusion g² is d(sigma²)/dt = 2·ln(max/min)·sigma², as if sigma rose from 0 before t = 0.
    """
    growth = math.log(sigma_max / sigma_min)

    def sigma(t: float) -> float:
        return sigma_min * math.exp(growth * t)

    sde = Sde(
        drift=lambda t: 0.0,
        diffusion=lambda t: sigma(t) * math.sqrt(2 * growth),
        at=lambda t: NoiseLevel(1.0, sigma(t)),
        time=lambda point: math.log(point.ratio / sigma_min) / growth,
    )
    return Process("ve", "Gaussian noise", geometric(timesteps, sigma_min, sigma_max), variance_exploding, sde)


def edm(sigma_min: float = 0.002, sigma_max: float = 80.0, timesteps: int = 1000) -> Process:
    """Create the forward process of EDM (Karras et al. 2022, arXiv:2206.00364, table 1), with alpha = 1 and sigma = t.

    The table is evenly spaced in log sigma. Timesteps are only labels here.
    """
    sde = Sde(
        drift=lambda t: 0.0,
        diffusion=lambda t: math.sqrt(2 * t),
        at=lambda t: NoiseLevel(1.0, t),
        time=lambda point: point.ratio,
        t_min=sigma_min,
        t_max=sigma_max,
    )
    return Process("edm", "Gaussian noise", geometric(timesteps, sigma_min, sigma_max), variance_exploding, sde)
