"""Checkpoint families, first match wins. To add one: a file here and its name in the list."""

from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.base import Family
from gdm_studio.models.families.icons import ICONS
from gdm_studio.models.families.stable_diffusion.family import FAMILY as STABLE_DIFFUSION
from gdm_studio.models.families.systems import SYSTEMS

FAMILIES: tuple[Family, ...] = (ICONS, STABLE_DIFFUSION, SYSTEMS)


def group_of(card: ModelCard) -> str:
    """The name that the models of its family stand together under; "" for most."""
    return next((family.group for family in FAMILIES if family.name == card.family), "")


def runnable(card: ModelCard | None = None) -> list[SamplerSpec]:
    """The samplers that a model of some family, or that of `card`, can be run by: those to be offered at all."""
    offered = frozenset[str]().union(*(family.offers for family in FAMILIES), card.offers() if card else ())
    return [spec for spec in SAMPLERS.values() if not spec.needs or spec.needs in offered]


__all__ = ["FAMILIES", "Family", "group_of", "runnable"]
