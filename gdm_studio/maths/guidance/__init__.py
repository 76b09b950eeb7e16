"""Guidance: functions that change the predictions of a denoiser, or combine several predictions."""

from gdm_studio.maths.guidance.classifier_free import classifier_guided, guided, limited_interval
from gdm_studio.maths.guidance.compose import apply_guidance
from gdm_studio.maths.guidance.temperature import tempered
from gdm_studio.maths.guidance.thresholding import clipped, thresholded
from gdm_studio.maths.guidance_params import GUIDANCE

__all__ = [
    "GUIDANCE",
    "classifier_guided",
    "clipped",
    "guided",
    "tempered",
    "thresholded",
    "apply_guidance",
    "limited_interval",
]
