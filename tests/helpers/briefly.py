"""Every sampler that the Gaussian model can be run by, with as few evaluations a step as its settings allow."""

from __future__ import annotations

from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.gaussian_model import CARD

SUITABLE = [name for name, spec in SAMPLERS.items() if not spec.needs or spec.needs in CARD.offers()]


def fewest(sampler: str) -> dict[str, float]:
    """Its settings that are counts, or as large as counts, at their least."""
    return {knob.name: knob.low for knob in SAMPLERS[sampler].knobs if knob.default > 2}
