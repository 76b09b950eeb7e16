"""Fast: the quicker version that a model may have, and the way back to the settings one had without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request, Role


def fast_version(card: ModelCard, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The quicker version of a model, or of the one that `card` is the quicker version of."""
    name = card.fast_of or card.name
    return next((other for other in cards if other.fast_of == name), None)


def full_version(card: ModelCard, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The model that `card` is the quicker version of."""
    return next((other for other in cards if other.name == card.fast_of), None) if card.fast_of else None


def apart(cards: Sequence[ModelCard]) -> list[ModelCard]:
    """The models to choose from: without the quicker versions of others; Fast turns to the first of them."""
    names = {card.name for card in cards}
    return [card for card in cards if card.fast_of not in names]


def with_pace_of(request: Request, other: Request) -> Request:
    """`request` with the settings of `other` that belong to one version of a model and not to the other."""
    return replace(request.with_settings(other, Role.PACE), model=other.model)
