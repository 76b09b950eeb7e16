"""Small pictures that may lie beside a model: what each of its styles and example prompts looks like."""

from __future__ import annotations

import re
from pathlib import Path

from gdm_studio.models.card import ModelCard

SIDE = 96  # pixels
FOLDERS = {"style": "styles", "example": "examples"}


def sample_path(card: ModelCard, kind: str, name: str) -> Path | None:
    """Where a sample of `kind` ("style" or "example") belongs; None for a model that has no folder."""
    plain = re.sub(r"[^\w]+", "-", name.lower()).strip("-")
    return card.path.parent / FOLDERS[kind] / f"{plain}.png" if card.path and plain else None
