"""Composition of all kinds of guidance into one denoiser, in a fixed order."""

from __future__ import annotations

from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.guidance.classifier_free import (
    DenoisePair,
    Gradient,
    Skip,
    classifier_guided,
    guided,
    limited_interval,
)
from gdm_studio.maths.guidance.temperature import LevelVariance, tempered
from gdm_studio.maths.guidance.thresholding import clipped, thresholded
from gdm_studio.maths.noise_path import Denoise, NoisePath
from gdm_studio.maths.numeric_parameters import Param

# The bound of dynamic thresholding if `clip` is 0, in standard deviations of the data.
WIDEST = 3.0

Rescale = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Guidance rescale"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Takes back the glare that strong guidance brings."),
    ),
]
From = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Guidance starts"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Share of the steps done before guidance begins."),
    ),
]
Until = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Guidance ends"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Share of the steps after which guidance ends."),
    ),
]
Threshold = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Dynamic threshold"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Share of each picture left unclipped, such as 0.995; 0 is off."),
    ),
]
Clip = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Clip"),
        0.0,
        10.0,
        QT_TRANSLATE_NOOP("Setting", "Largest value of the prediction, in standard deviations of the data; 0 is off."),
    ),
]


def apply_guidance(
    denoise: Denoise,
    path: NoisePath,
    *,
    pair: DenoisePair | None = None,
    guidance_scale: float = 1.0,
    gradient: Gradient | None = None,
    classifier_scale: float = 1.0,
    temperature: float = 1.0,
    data_scale: float = 1.0,
    level_variance: LevelVariance | None = None,
    skip: Skip | None = None,
    normed_patch: int = 0,
    guidance_rescale: Rescale = 0.0,
    guidance_from: From = 0.0,
    guidance_until: Until = 1.0,
    dynamic_threshold: Threshold = 0.0,
    clip: Clip = 0.0,
) -> Denoise:
    """Change a denoiser's predictions by all requested controls, in this order: classifier-free guidance (rescaled, in
    its interval), classifier guidance, temperature, dynamic threshold and clipping.

    With default values, the result is `denoise` itself.

    `denoise` predicts with the prompt. `pair` returns the predictions with and without the prompt, and is required
    unless guidance_scale is 1. Outside the guidance interval only `denoise` is called, at half the cost. `gradient` is
    the gradient of log p(y | x). The temperature uses `level_variance` or, without it, the variance of the data.
    Guidance is rescaled on the network's own prediction if `skip` is given, otherwise on x0. `normed_patch` is the side
    of the patches whose norm guidance does not change, or 0.
    """
    if guidance_scale != 1 and pair is not None:
        strong = guided(pair, guidance_scale, rescale=guidance_rescale, skip=skip, normed_patch=normed_patch)
        denoise = limited_interval(strong, denoise, path, (guidance_from, guidance_until))
    if gradient is not None:
        denoise = classifier_guided(denoise, gradient, classifier_scale)
    denoise = tempered(denoise, temperature, data_scale, level_variance)
    if dynamic_threshold:
        denoise = thresholded(denoise, dynamic_threshold, (clip or WIDEST) * data_scale)
    return clipped(denoise, clip * data_scale) if clip else denoise
