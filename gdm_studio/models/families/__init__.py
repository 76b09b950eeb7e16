"""Model families: the kinds of checkpoints that can be loaded.

The first family that matches a file is used. To add a family, write a module here and list it in `FAMILIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.models.families.base import Family
from gdm_studio.models.families.diffusion_transformers.family import FAMILY as DIFFUSION_TRANSFORMERS
from gdm_studio.models.families.icons.family import ICONS
from gdm_studio.models.families.papers.family import SYSTEMS
from gdm_studio.models.families.stable_diffusion.family import FAMILY as STABLE_DIFFUSION
from gdm_studio.models.family_facts import group_of, usable_samplers
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.prompt_reading import PromptReading
from gdm_studio.request.prompts import is_too_long

if TYPE_CHECKING:
    from gdm_studio.models.memory.memory_and_time_estimate import CostEstimate
    from gdm_studio.request.generation_request import Request

FAMILIES: tuple[Family, ...] = (ICONS, STABLE_DIFFUSION, DIFFUSION_TRANSFORMERS, SYSTEMS)


def family_of(card: ModelCard) -> Family | None:
    """Return the family of a model, or None for a family that this version does not know."""
    return next((family for family in FAMILIES if family.name == card.family), None)


def read_prompt(
    card: ModelCard, prompt: str, style: str = "", *, is_icon: bool = False, shown: str = ""
) -> PromptReading:
    """Predict the effect of each word of a prompt on the image, using the same code that conditions the model. With
    `is_icon`, the image is an icon of a set. `shown` is the prompt of the start image around a mask.

    The reading is empty if the effect of words is unknown or the prompt is too long. Raises ModelError if the model's
    files are damaged.
    """
    family = family_of(card)
    reader = family.reader(card) if family is not None and not is_too_long(prompt) else None
    return (
        PromptReading() if reader is None else reader.read(prompt, card.style_for(style), is_icon=is_icon, shown=shown)
    )


def estimate_cost(
    card: ModelCard, device: str = "auto", request: Request | None = None, *, is_loaded: bool = False
) -> CostEstimate | None:
    """Estimate the memory and the time of a run on a device: of a request, or of one image with the model's default
    settings. If the model is loaded already, loading takes no time. Returns None for small models.

    Takes up to a few seconds for a model or size that has not been estimated before. Raises BadRequest, ModelError and
    DeviceError.
    """
    family = family_of(card)
    if family is None or family.image_cost is None:
        return None
    from gdm_studio.models.memory import memory_and_time_estimate

    return memory_and_time_estimate.estimate_cost(card, family.image_cost, device, request, is_loaded=is_loaded)


__all__ = [
    "FAMILIES",
    "Family",
    "estimate_cost",
    "family_of",
    "group_of",
    "read_prompt",
    "usable_samplers",
]
