"""Measurements of single steps: how far a sampler's step is from the paper's formula or from the exact path.

In whole runs, errors can cancel. A step back with more noise and another mean can preserve the distribution of x_t, and
a multistep rule whose step lengths are swapped gains in one step what it loses in the previous one. Single steps show
both faults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.processes.coordinates import on_curve
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.papers.claims.toy_point_measurements import Plane

# The samplers that draw from a Gaussian around the mean of q(x_{t−1} | x_t, x_0), and the share v of log β in the
# logarithm of its variance, of which β̃ has the rest. Improved DDPM's v is given. DDIM's steps have the fraction ETA of
# the noise of β̃, and the mean that belongs to it.
STEPS_BACK = {"ddpm": 0.0, "ddpm_large": 1.0, "ddpm_learned": 0.25, "ddim": 0.0}
ETA = 0.5
# The number of points whose steps back are compared.
MOVED = 256
# The number of steps of Heun's method for one step of the exact path.
PARTS = 4
# The first steps of a run, in which a multistep method does not have all of its predictions yet.
FIRST_STEPS = 3


def step_back_error(samplers: Sequence[str], path: NoisePath) -> float:
    """Return the largest error of a sampler's step back, compared with q(x_{t−1} | x_t, x_0) by Bayes' rule, and DDIM's
    with the member η = ETA of its family (Song et al. 2021, equations 12 and 16).

    The error of the mean is divided by the standard deviation of q, and the error of the step's standard deviation by
    its exact value. Samplers that are not in STEPS_BACK are left out.
    """
    rng = np.random.default_rng(0)
    true, noise = (torch.from_numpy(rng.normal(size=(1, 1, MOVED, 2))) for _ in range(2))
    errors = []
    for name in STEPS_BACK.keys() & set(samplers):
        for at, to in pairwise(path[:-1]):
            x = at.alpha * true + at.sigma * noise
            mean, deviation = step_back(name, true, x, at, to)
            kept = at.alpha / to.alpha
            added = at.sigma**2 - (kept * to.sigma) ** 2
            least = 1 / (kept**2 / added + 1 / to.sigma**2)
            exact = least * (kept / added * x + to.alpha / to.sigma**2 * true)
            share = STEPS_BACK[name]
            wanted = math.sqrt(added**share * least ** (1 - share))
            if name == "ddim":
                wanted *= ETA
                eps = (x - at.alpha * true) / at.sigma
                exact = to.alpha * true + math.sqrt(to.sigma**2 - wanted**2) * eps
            errors.append(float((mean - exact).square().mean().sqrt()) / math.sqrt(least))
            errors.append(float((deviation / wanted - 1).abs().max()))
    # Without the error of rounding, which depends on the processor.
    return round(max(errors), 9)


def step_back(name: str, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> tuple[Tensor, Tensor]:
    """Return the mean and the standard deviation of a sampler's step from x to level `to`, for the prediction x0."""
    settings: Mapping[str, Any] = {}
    if SAMPLERS[name].needs == "learned_variance":
        settings = {"learned_variance": lambda x, at: torch.full_like(x, STEPS_BACK[name])}
    elif name == "ddim":
        settings = {"eta": ETA}

    def moved(value: float) -> Tensor:
        def noise(step: int, like: Tensor, draw: int = 0) -> Tensor:
            return torch.full_like(like, value)

        found: Tensor = next(iter(SAMPLERS[name].fn(lambda *_: x0, x, (at, to), noise, **settings))).x
        return found

    mean = moved(0.0)
    return mean, moved(1.0) - mean


def local_error(plane: Plane, samplers: Sequence[str], path: NoisePath, seed: int) -> float:
    """Return the mean error of a solver's single steps, each of which starts on the exact path of the ODE, as a
    multiple of DDIM's error.

    The first steps of the run and its last step are left out. Of several solvers, the largest error counts. Samplers of
    order 1 and samplers that add noise are left out.
    """
    solvers = [name for name in samplers if SAMPLERS[name].order > 1 and not SAMPLERS[name].stochastic]
    states = _compute_exact_states(plane, path, seed)
    plain = _measure_step_errors(plane, "ddim", states, path, seed)
    return max(float(np.mean(_measure_step_errors(plane, name, states, path, seed) / plain)) for name in solvers)


def _compute_exact_states(plane: Plane, path: NoisePath, seed: int) -> list[Tensor]:
    """Return the points on the exact path of the ODE at every noise level of `path` except the clean one."""
    states = [plane.start(path, seed)]
    for at, to in pairwise(path[:-1]):
        shares = (part / PARTS for part in range(PARTS + 1))
        levels = tuple(on_curve(at.ratio ** (1 - share) * to.ratio**share, at) for share in shares)
        with torch.no_grad():
            *_, last = SAMPLERS["heun"].fn(plane.denoiser(levels, seed), states[-1], levels, _no_noise)
        states.append(last.x)
    return states


def _measure_step_errors(
    plane: Plane, name: str, states: Sequence[Tensor], path: NoisePath, seed: int
) -> NDArray[np.float64]:
    """Return, for each step after the first FIRST_STEPS, the mean distance between the sampler's points and the exact
    ones. Every step starts from the exact points.
    """
    denoise = plane.denoiser(path, seed)
    history: tuple[Tensor, ...] = ()
    errors = []
    with torch.no_grad():
        for index, (before, after) in enumerate(pairwise(states)):
            steps = SAMPLERS[name].fn(denoise, before, path, _no_noise, start=index, history=history)
            step = next(iter(steps))
            history = step.history
            errors.append(float((step.x - after).square().sum(dim=-1).sqrt().mean()))
    return np.array(errors[FIRST_STEPS:])


def _no_noise(step: int, like: Tensor, draw: int = 0) -> Tensor:
    return torch.zeros_like(like)
