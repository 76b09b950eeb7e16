"""Samplers that can run the Gaussian model, and their cheapest parameters."""

from __future__ import annotations

from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.gaussian_model import CARD

SUITABLE_SAMPLERS = [name for name, spec in SAMPLERS.items() if not spec.needs or spec.needs in CARD.sampler_features()]


def least_counts(sampler: str) -> dict[str, float]:
    """Return the smallest values of a sampler's count parameters, such as its inner steps.

    With them, a step takes as few network evaluations as possible.
    """
    return {knob.name: knob.low for knob in SAMPLERS[sampler].params if knob.default > 2}
