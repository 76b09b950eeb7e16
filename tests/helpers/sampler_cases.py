"""Samplers that can run the Gaussian model, and their cheapest parameters."""

from __future__ import annotations

from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.gaussian_model import CARD

SUITABLE_SAMPLERS = [name for name, spec in SAMPLERS.items() if not spec.needs or spec.needs in CARD.offers()]


def least_counts(sampler: str) -> dict[str, float]:
    """Return the least value of each parameter that is a count, so that a step takes as few evaluations as possible."""
    return {knob.name: knob.low for knob in SAMPLERS[sampler].params if knob.default > 2}
