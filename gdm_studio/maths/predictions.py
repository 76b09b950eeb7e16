"""Prediction types: the quantity that a network predicts, and its conversion to x0, for sampling and training.

With F = network(c_in·x, …), every type is x0 = c_skip·x + c_out·F. Noise levels are numbers in sampling, and arrays
with one entry per sample in training. The same formulas apply to both, without waiting for the device. Where numbers
raise an error, arrays become infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import hypot, is_number, log
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.posterior import posterior_mean
from gdm_studio.maths.processes import Process


class Scales(NamedTuple):
    """Coefficients that convert a network's output F to a clean image at a noise level: x0 = c_skip·x + c_out·F, with
    the network's input c_in·x. They are numbers, or arrays that broadcast with the arrays of the noise level.
    """

    c_skip: Array
    c_out: Array
    c_in: Array


# (at, data_scale) -> Scales
Prediction = Callable[[NoiseLevel, float], Scales]


def epsilon(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales for a network that predicts the noise, F = eps: x0 = (x − sigma·F) / alpha (Ho et al. 2020, eq.
    11).

    Raises BadRequest at alpha = 0, where x contains no signal.
    """
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("A noise-predicting model cannot start where alpha = 0; choose another spacing.")
    return Scales(1 / at.alpha, -at.sigma / at.alpha, 1.0)


def x0(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales for a network that predicts the clean image itself, F = x0."""
    return Scales(0.0, 1.0, 1.0)


def v(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales for a network that predicts the velocity v = alpha·eps − sigma·x0, trained at alpha² + sigma² =
    1 (Salimans and Ho 2022, app. D).
    """
    norm = at.alpha**2 + at.sigma**2
    return Scales(at.alpha / norm, -at.sigma / norm, 1.0)


def flow(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales for a flow-matching network, which predicts eps − x0 and was trained on straight lines, alpha +
    sigma = 1 (Liu et al. 2022, eq. 1).
    """
    norm = at.alpha + at.sigma
    return Scales(1 / norm, -at.sigma / norm, 1.0)


def score(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales for a network that predicts the score, F = −eps/sigma: x0 = (x + sigma²·F) / alpha.

    Song and Ermon 2019, section 2. Raises BadRequest at alpha = 0.
    """
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("A score-predicting model cannot start where alpha = 0; choose another spacing.")
    return Scales(1 / at.alpha, at.sigma**2 / at.alpha, 1.0)


def previous(at: NoiseLevel, before: NoiseLevel) -> Scales:
    """Return the scales for a network that predicts the image x at the previous, less noisy timestep (Ho et al. 2020).

    F is the mean of q(x_before | x, x0).
    """
    first, second = posterior_mean(at, before)
    return Scales(-second / first, 1 / first, 1.0)


def edm(at: NoiseLevel, data_scale: float) -> Scales:
    """Return the scales of EDM's preconditioning, in which the network predicts a mixture of image and noise that
    depends on the noise level. Works for any alpha.

    The network's input and target have unit variance (Karras et al. 2022, table 1).
    """
    s = data_scale
    norm = hypot(at.sigma, at.alpha * s)
    return Scales(at.alpha * (s * s / norm**2), at.sigma * s / norm, 1 / norm)


def edm_noise(at: NoiseLevel) -> Array:
    """Return the time input of an EDM network, log(ratio) / 4 (Karras et al. 2022, table 1, c_noise).

    Raises BadRequest at alpha = 0, where it is infinite.
    """
    if is_number(at.alpha) and at.alpha == 0:
        raise BadRequest("An EDM model cannot start where alpha = 0; choose another spacing.")
    return log(at.sigma / at.alpha) / 4


PREDICTIONS: dict[str, Prediction] = {"epsilon": epsilon, "x0": x0, "v": v, "flow": flow, "edm": edm, "score": score}
# Names of the prediction types, for the user.
WORDS = {
    "epsilon": QT_TRANSLATE_NOOP("Prediction", "the noise (ε)"),
    "x0": QT_TRANSLATE_NOOP("Prediction", "the picture (x₀)"),
    "v": QT_TRANSLATE_NOOP("Prediction", "noise and picture (v)"),
    "flow": QT_TRANSLATE_NOOP("Prediction", "the way (flow)"),
    "edm": QT_TRANSLATE_NOOP("Prediction", "the picture, scaled (EDM)"),
    "score": QT_TRANSLATE_NOOP("Prediction", "the score"),
}
# The only prediction whose scales also depend on the process.
PREVIOUS = "previous"


def c_noise(prediction: str, process: Process, at: NoiseLevel) -> Array:
    """Return the time input that a network with the given prediction type receives at a noise level.

    EDM uses the log ratio, flows 1000·sigma / (alpha + sigma), and all others the timestep of the process.
    """
    if prediction == "edm":
        return edm_noise(at)
    return 1000 * at.sigma / (at.alpha + at.sigma) if prediction == "flow" else process.timestep(at)
