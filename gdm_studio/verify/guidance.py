"""Checks of guidance on data with two modes: identities that hold up to rounding errors, and the distribution of the
samples.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.exact import Mixture, two_modes
from gdm_studio.maths.exact.distance import normal_quantiles
from gdm_studio.maths.guidance import guided
from gdm_studio.maths.guidance.classifier_free import classifier_guided
from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.check_result import Row, at_least, at_most, close
from gdm_studio.verify.sampler_cases import last_x, no_noise

LINEAR = vp("linear")
NARROW = two_modes()
WIDE = two_modes(0.1)
# Index of the requested mode.
RIGHT = 1
SAMPLES = 4001
STEPS = 400
# Mean and deviation of samples at guidance 1 + w, for modes at −1 and 1 of variance 0.1, with Heun in 400 steps.
KNOWN = {0: (0.993, 0.316), 1: (1.199, 0.227), 3: (1.424, 0.183), 7: (1.706, 0.156)}


def check_guidance() -> Iterator[Row]:
    """Check classifier and classifier-free guidance: exact identities, and the distribution of the samples."""
    x = np.linspace(-3, 3, 61)[:, None]
    for t in (50, 300, 700):
        at = LINEAR.coordinates(LINEAR.ratios[t])
        steered = classifier_guided(NARROW.denoise, _compute_gradient, 1.0)(x, at)
        away = np.abs(steered - NARROW.only(RIGHT).denoise(x, at)).max()
        yield at_most(f"timestep {t}: classifier guidance 1, from the conditional denoiser", away, 1e-10)
        free = guided(_denoise_pair, 4.0)(x, at)
        score = NARROW.only(RIGHT).denoise(x, at) + 3.0 * at.sigma * at.ratio * _compute_gradient(x, at)
        away = np.abs(free - score).max()
        yield at_most(f"timestep {t}: guidance 4, from score + 3·grad log p(y | x)", away, 1e-10)
    yield from _check_classifier()
    yield from _check_tilted()
    for w, (mean, deviation) in KNOWN.items():
        x = _sample(guided(_denoise_wide_pair, 1.0 + w))
        yield close(f"guidance {1 + w}: mean", x.mean(), mean, share=0.01)
        yield close(f"guidance {1 + w}: deviation", x.std(), deviation, share=0.01)


def _check_classifier() -> Iterator[Row]:
    last = np.inf
    for scale in (1.0, 2.0, 4.0):
        x = _sample(classifier_guided(NARROW.denoise, _compute_gradient, scale))
        yield at_least(f"classifier guidance {scale:g}: share of the mode asked for", np.mean(x > 0), 1.0)
        yield at_most(f"classifier guidance {scale:g}: deviation, against less guidance", x.std(), last)
        last = float(x.std())


def _check_tilted() -> Iterator[Row]:
    """Check guidance by a classifier that is uncertain about the class. The samples must follow the mixture with its
    modes reweighted by the classifier, which is known in closed form.
    """
    three = Mixture(np.array([0.2, 0.5, 0.3]), np.array([[-1.5], [0.0], [1.2]]), np.array([0.02, 0.01, 0.04]))
    odds = np.array([0.9, 0.1, 0.5])
    tilted = three.tilted(odds)
    x = _sample(classifier_guided(three.denoise, lambda x, at: three.classifier_gradient(x, at, odds), 1.0))
    for mode, (weight, share) in enumerate(zip(tilted.weights, three.mode_shares(x), strict=True)):
        yield close(f"classifier guidance 1: share of mode {mode}, of the tilted mixture's", share, weight, share=0.02)
    mean = float(tilted.weights @ tilted.means[:, 0])
    variance = float(tilted.weights @ (tilted.variances + tilted.means[:, 0] ** 2)) - mean**2
    yield close("classifier guidance 1: mean, of the tilted mixture's", x.mean(), mean, share=0.02)
    yield close("classifier guidance 1: variance, of the tilted mixture's", x.var(), variance, share=0.02)


def _sample(denoise: Denoise) -> np.ndarray:
    return last_x(SAMPLERS["heun"].fn(denoise, normal_quantiles(SAMPLES), LINEAR.path("linspace", STEPS), no_noise))


def _compute_gradient(x: Array, at: NoiseLevel) -> Array:
    return NARROW.classifier_gradient(x, at, np.eye(2)[RIGHT])


def _denoise_pair(x: Array, at: NoiseLevel) -> tuple[Array, Array]:
    return NARROW.only(RIGHT).denoise(x, at), NARROW.denoise(x, at)


def _denoise_wide_pair(x: Array, at: NoiseLevel) -> tuple[Array, Array]:
    return WIDE.only(RIGHT).denoise(x, at), WIDE.denoise(x, at)
