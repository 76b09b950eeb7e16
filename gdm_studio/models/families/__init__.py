"""Model families: the kinds of checkpoints that can be loaded.

The first family that matches a file is used. To add a family, write a module here and list it in `FAMILIES`.
"""

from gdm_studio.models.families.base import Family
from gdm_studio.models.families.diffusion_transformers.family import FAMILY as DIFFUSION_TRANSFORMERS
from gdm_studio.models.families.icons.family import ICONS
from gdm_studio.models.families.papers.family import SYSTEMS
from gdm_studio.models.families.stable_diffusion.family import FAMILY as STABLE_DIFFUSION
from gdm_studio.models.family_facts import group_of, usable_samplers
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.reading import PromptReading
from gdm_studio.request.prompts import is_too_long

FAMILIES: tuple[Family, ...] = (ICONS, STABLE_DIFFUSION, DIFFUSION_TRANSFORMERS, SYSTEMS)


def read_prompt(card: ModelCard, prompt: str, style: str = "") -> PromptReading:
    """Predict the effect of each word of a prompt on the image, using the same code that conditions the model.

    The reading is empty if the effect of words is unknown or the prompt is too long. Raises ModelError if the model's
    files are damaged.
    """
    family = next((family for family in FAMILIES if family.name == card.family), None)
    reader = family.reader(card) if family is not None and not is_too_long(prompt) else None
    return PromptReading() if reader is None else reader.read(prompt, card.style_for(style))


def prompt_note(card: ModelCard, prompt: str, style: str = "") -> str:
    """Return a sentence that tells the user which parts of a prompt the model will omit or draw differently, or "" if
    there are none.
    """
    return read_prompt(card, prompt, style).summary(card.title or card.name)


__all__ = ["FAMILIES", "Family", "group_of", "prompt_note", "read_prompt", "usable_samplers"]
