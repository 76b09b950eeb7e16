"""Models that can be trained further: with a LoRA, or as a whole. Imports no torch."""

from __future__ import annotations

from gdm_studio.models.model_card import ModelCard

_BASES = ("Stable Diffusion 1", "Stable Diffusion 2", "SDXL")


def is_trainable(card: ModelCard) -> bool:
    """Return True if a LoRA can be trained for the model: an Icons model, or a Stable Diffusion model that includes its
    text encoders.

    Models distilled for few steps without guidance are excluded, because training would undo the distillation.
    """
    is_plain = not card.few_steps and float(str(card.defaults.get("guidance_scale", 1.0))) > 1.0
    is_known = card.family == "icons" or (card.base in _BASES and not card.accepts.sees_rest and not card.needs)
    return is_plain and is_known


def is_fine_tunable(card: ModelCard) -> bool:
    """Return True if all weights of the model's network can be trained. Only Icons is small enough for that."""
    return card.family == "icons" and is_trainable(card)
