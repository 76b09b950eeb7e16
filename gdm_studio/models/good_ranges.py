"""Ranges of settings in which a model's images are good, as its card and its sampler state them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gdm_studio.maths.samplers import SAMPLERS

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_request import Request

# The settings that can leave the good range of a model.
RANGED = ("guidance_scale", "temperature", "steps")


def good_range(card: ModelCard | None, name: str, sampler: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a setting of RANGED at which a model's images are good.

    The limits are infinite if none are known. The steps depend on the sampler, unless the model was distilled for its
    own number.
    """
    low, high = -math.inf, math.inf
    if name == "steps" and not (card is not None and card.fast_of):
        low, high = SAMPLERS[sampler].steps
        if card is not None and sampler == card.default_request().sampler:
            low, high = min(low, card.default_request().steps), max(high, card.default_request().steps)
    if card is None:
        return low, high
    return card.good_from.get(name, low), card.good_until.get(name, high)


def values_outside(request: Request, card: ModelCard) -> dict[str, float]:
    """Return the settings of a request that are outside the good range of a model and have an effect with it, as
    {field: value}.
    """
    acting = {"guidance_scale": card.accepts.guidance, "steps": card.accepts.steps}
    values = {name: getattr(request, name) for name in RANGED if acting.get(name, True)}
    ranges = {name: good_range(card, name, request.sampler) for name in values}
    return {name: value for name, value in values.items() if not ranges[name][0] <= value <= ranges[name][1]}
