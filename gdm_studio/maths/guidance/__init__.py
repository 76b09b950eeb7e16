"""Guidance: functions from denoiser to denoiser, or from several predictions to one."""

from gdm_studio.maths.guidance.classifier import classifier_guided, guided, within
from gdm_studio.maths.guidance.compose import GUIDANCE, under_guidance
from gdm_studio.maths.guidance.temperature import tempered
from gdm_studio.maths.guidance.thresholding import clipped, thresholded

__all__ = ["GUIDANCE", "classifier_guided", "clipped", "guided", "tempered", "thresholded", "under_guidance", "within"]
