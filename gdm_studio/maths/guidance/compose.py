"""All that guides a request's pictures, in the one order it is applied: "what happens to a prediction"."""

from __future__ import annotations

from typing import Annotated

from gdm_studio.maths.guidance.classifier import DenoisePair, Gradient, classifier_guided, guided, within
from gdm_studio.maths.guidance.temperature import tempered
from gdm_studio.maths.guidance.thresholding import clipped, thresholded
from gdm_studio.maths.knobs import Knob, knobs_of
from gdm_studio.maths.path import Denoise, Path

WIDEST = 3.0  # standard deviations that pictures reach, where `clip` does not say otherwise

Rescale = Annotated[float, Knob("Guidance rescale", 0.0, 1.0, "Takes back the glare that strong guidance brings.")]
From = Annotated[float, Knob("Guide from", 0.0, 1.0, "Share of the steps done before guidance begins.")]
Until = Annotated[float, Knob("Guide until", 0.0, 1.0, "Share of the steps after which guidance ends.")]
Threshold = Annotated[
    float, Knob("Dynamic threshold", 0.0, 1.0, "Share of each picture left unclipped, such as 0.995; 0 is off.")
]
Clip = Annotated[
    float, Knob("Clip", 0.0, 10.0, "Largest value of the prediction, in standard deviations of the data; 0 is off.")
]


def under_guidance(
    denoise: Denoise,
    path: Path,
    *,
    pair: DenoisePair | None = None,
    guidance_scale: float = 1.0,
    gradient: Gradient | None = None,
    classifier_scale: float = 1.0,
    temperature: float = 1.0,
    data_scale: float = 1.0,
    guidance_rescale: Rescale = 0.0,
    guidance_from: From = 0.0,
    guidance_until: Until = 1.0,
    dynamic_threshold: Threshold = 0.0,
    clip: Clip = 0.0,
) -> Denoise:
    """`denoise` under all of these, in this order: guidance (rescaled, in its interval), classifier guidance,
    temperature, dynamic threshold, clip. With everything at its default it is `denoise` itself.

    `denoise` is the model with the prompt; `pair`, needed where guidance_scale is not 1, gives it with and without.
    Outside guidance's interval only `denoise` is asked, which costs half. `gradient` is that of log p(y | x).
    """
    if guidance_scale != 1 and pair is not None:
        strong = guided(pair, guidance_scale, rescale=guidance_rescale)
        denoise = within(strong, denoise, path, (guidance_from, guidance_until))
    if gradient is not None:
        denoise = classifier_guided(denoise, gradient, classifier_scale)
    denoise = tempered(denoise, temperature, data_scale)
    if dynamic_threshold:
        denoise = thresholded(denoise, dynamic_threshold, (clip or WIDEST) * data_scale)
    return clipped(denoise, clip * data_scale) if clip else denoise


GUIDANCE: tuple[Knob, ...] = knobs_of(under_guidance, preset={})  # what `Request.controls` may hold
