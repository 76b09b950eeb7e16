"""Order of convergence of an ODE solver on the exact predictions of a distribution of points.

The solver starts from noisy points and stops at a noise level above 0, where the solution is known almost exactly. With
the exact predictions, no error of a network hides the solver's own one.

The points' slopes hardly depend on their positions, so that the stages of a Runge-Kutta step hardly count. They do in
exponential growth, whose solution is known in closed form.
"""

from __future__ import annotations

import math

import numpy as np

from gdm_studio.maths.likelihood import solve_flow
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.papers.claims.toy_point_measurements import Plane

# The noise ratios between which the ODE is solved: all modes of the grid take part, and none is decided yet.
HIGH, LOW = 1.0, 0.4
# The numbers of steps whose errors are compared, and the number of points.
STEPS, POINTS = (20, 80), 64
# The tolerance of the solution that counts as exact.
TOLERANCE = 1e-10
# The rate of an exponential growth per unit of the noise ratio, and the exponents of the steps whose errors are
# compared. At this rate the ratio hardly changes in a step, so that only the dependence on x counts.
RATE, EXPONENTS = 1e6, (0.25, 0.125)


def convergence_order(plane: Plane, sampler: str, seed: int, *, even_ratios: bool) -> float:
    """Return the order of convergence of a solver without parameters: p, where the error falls with the number n of
    steps as n^(−p).

    The steps are equally long in the noise ratio, or else in log-SNR. A solver for steps of equal length begins with
    steps of another method. If their order is lower, it is the result.
    """
    coordinates = plane.stage.diffusion.process.coordinates
    first = coordinates(HIGH)
    rng = np.random.default_rng(seed)
    x = first.alpha * plane.mixture.sample(POINTS, seed=seed) + first.sigma * rng.normal(size=(POINTS, 2))
    denoise = plane.mixture.denoise
    exact = solve_flow(denoise, x, coordinates=coordinates, ratios=(HIGH, LOW), tolerance=TOLERANCE)
    errors = []
    for count in STEPS:
        ratios = (np.linspace if even_ratios else np.geomspace)(HIGH, LOW, count + 1)
        path = tuple(coordinates(float(ratio)) for ratio in ratios)
        *_, last = SAMPLERS[sampler].fn(denoise, x, path, _no_noise)
        errors.append(float(np.sqrt(np.square(last.x - exact).mean())))
    order = math.log(errors[0] / errors[1]) / math.log(STEPS[1] / STEPS[0])
    return min(order, first_step_order(sampler)) if even_ratios else order


def first_step_order(sampler: str) -> float:
    """Return the order of a solver's first step, p where its error falls with its length h as h^(p + 1), for the
    exponential growth dx/dr = RATE·x over the noise ratio r, at α = 1.
    """

    def growing(x: Array, at: NoiseLevel) -> Array:
        return x - at.sigma * RATE * x

    errors = []
    for exponent in EXPONENTS:
        path = NoiseLevel(1.0, HIGH), NoiseLevel(1.0, HIGH + exponent / RATE)
        (step,) = SAMPLERS[sampler].fn(growing, np.ones((1, 1)), path, _no_noise)
        errors.append(abs(step.x.item() / math.exp(exponent) - 1))
    return math.log(errors[0] / errors[1]) / math.log(EXPONENTS[0] / EXPONENTS[1]) - 1


def _no_noise(step: int, like: Array, draw: int = 0) -> Array:
    return 0 * like
