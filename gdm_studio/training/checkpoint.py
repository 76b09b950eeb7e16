"""Checkpoints: the state of a training run in one file, whole at every moment."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch

from gdm_studio.atomic import PART, remove_abandoned, replacing
from gdm_studio.errors import StorageError


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` so that a kill at any moment leaves the old file or the new one, whole."""
    with replacing(path) as out:
        torch.save(state, out)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state saved at `path`, or None where there is none yet; what a killed writer left is cleared away."""
    for part in path.parent.glob(f".*{PART}"):
        remove_abandoned(part)
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise StorageError(f"The checkpoint {path} cannot be read; remove it to begin again.") from error
    return state
