"""Models for which a LoRA can be trained, and the names that it can have. Imports no torch."""

from __future__ import annotations

import re

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.card import ModelCard

# Names that can be a file name and stand in a prompt.
_TITLE = re.compile(r"\w[\w ()-]{0,63}")
_BASES = ("Stable Diffusion 1", "Stable Diffusion 2", "SDXL")


def is_trainable(card: ModelCard) -> bool:
    """Return True if a LoRA can be trained for a model: Icons, or a Stable Diffusion with its text encoders.

    Models distilled for few steps without guidance are excluded, since training would undo their distillation.
    """
    is_plain = not card.few_steps and float(str(card.defaults.get("guidance_scale", 1.0))) > 1.0
    is_known = card.family == "icons" or (card.base in _BASES and not card.accepts.sees_rest and not card.needs)
    return is_plain and is_known


def check_title(title: str) -> None:
    """Raise BadRequest if a LoRA cannot have the name `title`."""
    if not _TITLE.fullmatch(title):
        raise BadRequest(f"A LoRA cannot be called {title!r}; use letters, digits and hyphens.")
