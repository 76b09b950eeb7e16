"""Spacings: which points of a noise curve a sampler visits. To add one: a function here, a decorator, done."""

from gdm_studio.maths.spacings.curves import exponential, karras
from gdm_studio.maths.spacings.spec import SPACINGS, SpacingSpec, spacing
from gdm_studio.maths.spacings.uniform import leading, linspace, trailing

__all__ = ["SPACINGS", "SpacingSpec", "spacing", "karras", "exponential", "leading", "linspace", "trailing"]
