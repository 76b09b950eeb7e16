"""Controls: functions from denoiser to denoiser, or from several predictions to one."""

from gdm_studio.maths.controls.guidance import guided
from gdm_studio.maths.controls.temperature import tempered

__all__ = ["guided", "tempered"]
