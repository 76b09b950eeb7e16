"""Facts about the model families that menus show, listed so that they need not import the families."""

from __future__ import annotations

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.models.model_card import ModelCard

# The headings under which the model menu lists families, by name of the family. The other families have no heading.
HEADINGS = {"systems": QT_TRANSLATE_NOOP("ModelKind", "From the literature")}
# Features that samplers need, which at least one family provides.
OFFERS = frozenset({"reverse_variance"})


def group_of(card: ModelCard) -> str:
    """Return the heading under which the model menu lists models of the card's family, or "" for families without a
    heading of their own.
    """
    return HEADINGS.get(card.family, "")


def usable_samplers(card: ModelCard | None = None) -> list[SamplerSpec]:
    """Return the samplers that the model described by `card` supports. Without a card, return the samplers that at
    least one model family supports.
    """
    offered = OFFERS.union(card.sampler_features() if card else ())
    return [spec for spec in SAMPLERS.values() if not spec.needs or spec.needs in offered]
