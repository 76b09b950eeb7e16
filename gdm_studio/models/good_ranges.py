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
    """Return the settings of a request that have an effect with a model and exceed the limits on its card, as {field:
    value}. The steps that suit a sampler are no limit of the model.
    """
    acting = {"guidance_scale": card.accepts.guidance, "steps": card.accepts.steps}
    values: dict[str, float] = {name: getattr(request, name) for name in RANGED if acting.get(name, True)}
    lows, highs = card.good_from, card.good_until
    return {
        name: value for name, value in values.items() if not lows.get(name, value) <= value <= highs.get(name, value)
    }
