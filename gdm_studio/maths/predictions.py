"""What a network predicts and how it becomes x0: one truth for sampling and training.

With F = network(c_in·x, …), every parameterisation is x0 = c_skip·x + c_out·F.

A point is of numbers in sampling. In training it is of arrays, a place for each sample of a batch: the same formulas
then run in the arrays' own precision and on their device, which nothing here waits for; what is refused of numbers
comes out infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gdm_studio.errors import BadRequest
from gdm_studio.maths.elementwise import hypot, is_number, log
from gdm_studio.maths.path import Array, Point
from gdm_studio.maths.processes import Process


class Scales(NamedTuple):
    """Coefficients at a point of the path: numbers, or arrays that broadcast with the point's."""

    c_skip: Array
    c_out: Array
    c_in: Array


Prediction = Callable[[Point, float], Scales]  # (at, data_scale) -> Scales


def epsilon(at: Point, data_scale: float) -> Scales:
    """F = eps (Ho et al. 2020, eq. 11): x0 = (x − sigma·F) / alpha; refuses alpha = 0, where x holds no picture."""
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("A noise-predicting model cannot start where alpha = 0; choose another spacing.")
    return Scales(1 / at.alpha, -at.sigma / at.alpha, 1.0)


def x0(at: Point, data_scale: float) -> Scales:
    """F = x0."""
    return Scales(0.0, 1.0, 1.0)


def v(at: Point, data_scale: float) -> Scales:
    """F = alpha·eps − sigma·x0 (Salimans and Ho 2022, appendix D), alpha² + sigma² = 1 assumed of the training."""
    norm = at.alpha**2 + at.sigma**2
    return Scales(at.alpha / norm, -at.sigma / norm, 1.0)


def flow(at: Point, data_scale: float) -> Scales:
    """F = eps − x0, the velocity of the straight line (Liu et al. 2022, eq. 1), trained where alpha + sigma = 1."""
    norm = at.alpha + at.sigma
    return Scales(1 / norm, -at.sigma / norm, 1.0)


def score(at: Point, data_scale: float) -> Scales:
    """F = the score of the noisy pictures, −eps/sigma: x0 = (x + sigma²·F) / alpha (Song and Ermon 2019, section 2)."""
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("A score-predicting model cannot start where alpha = 0; choose another spacing.")
    return Scales(1 / at.alpha, at.sigma**2 / at.alpha, 1.0)


def previous(at: Point, before: Point) -> Scales:
    """F = the mean of q(x_before | x, x0), one timestep nearer to the picture (Ho et al. 2020, equation 7)."""
    kept = at.alpha / before.alpha * (before.sigma / at.sigma) ** 2
    return Scales(-kept / (before.alpha - kept * at.alpha), 1 / (before.alpha - kept * at.alpha), 1.0)


def edm(at: Point, data_scale: float) -> Scales:
    """Unit-variance input and target (Karras et al. 2022, table 1), carried to any alpha by x / alpha."""
    s = data_scale
    norm = hypot(at.sigma, at.alpha * s)
    return Scales(at.alpha * (s * s / norm**2), at.sigma * s / norm, 1 / norm)


def edm_noise(at: Point) -> Array:
    """What an EDM network is told of the noise: log(ratio) / 4 (Karras et al. 2022, table 1, c_noise).

    Refuses alpha = 0, where it is infinite.
    """
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("An EDM model cannot start where alpha = 0; choose another spacing.")
    return log(at.sigma / at.alpha) / 4


PREDICTIONS: dict[str, Prediction] = {"epsilon": epsilon, "x0": x0, "v": v, "flow": flow, "edm": edm, "score": score}
WORDS = {  # for people
    "epsilon": "the noise (ε)", "x0": "the picture (x₀)", "v": "noise and picture (v)", "flow": "the way (flow)",
    "edm": "the picture, scaled (EDM)", "score": "the score",
}  # fmt: skip
PREVIOUS = "previous"  # the one that depends on the process as well


def c_noise(prediction: str, process: Process, at: Point) -> Array:
    """What the network of that prediction is told of the noise.

    EDM's log-ratio; a flow's time, 1000·sigma / (alpha + sigma); for all others the timestep of the process.
    """
    if prediction == "edm":
        return edm_noise(at)
    return 1000 * at.sigma / (at.alpha + at.sigma) if prediction == "flow" else process.timestep(at)
