"""Controls: functions from denoiser to denoiser, or from several predictions to one."""

from gdm_studio.maths.controls.compose import CONTROLS, controlled
from gdm_studio.maths.controls.guidance import classifier_guided, guided, within
from gdm_studio.maths.controls.temperature import tempered
from gdm_studio.maths.controls.thresholding import clipped, thresholded

__all__ = ["CONTROLS", "classifier_guided", "clipped", "controlled", "guided", "tempered", "thresholded", "within"]
