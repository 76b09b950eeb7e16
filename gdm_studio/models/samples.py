"""Small pictures that may lie beside a model: what each of its styles and example prompts looks like."""

from __future__ import annotations

import re
from pathlib import Path

from gdm_studio.models.card import ModelCard

SIDE = 96  # pixels
FOLDERS = {"style": "styles", "example": "examples"}


def sample_of_style(card: ModelCard, style: str) -> Path | None:
    """The file with a picture in that style; None where the model has none."""
    return _existing(sample_path(card, "style", style))


def sample_of_example(card: ModelCard, prompt: str) -> Path | None:
    """The file with a picture of that example prompt; None where the model has none."""
    return _existing(sample_path(card, "example", prompt))


def sample_path(card: ModelCard, kind: str, name: str) -> Path | None:
    """Where a sample of `kind` ("style" or "example") belongs; None for a model that has no folder."""
    plain = re.sub(r"[^\w]+", "-", name.lower()).strip("-")
    return card.path.parent / FOLDERS[kind] / f"{plain}.png" if card.path and plain else None


def _existing(path: Path | None) -> Path | None:
    return path if path is not None and path.is_file() else None
