"""Checkpoints, single files with the state of a training run."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch

from gdm_studio.common.atomic_files import PART, open_replacement, remove_abandoned
from gdm_studio.common.errors import StorageError


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write the state of a training run to a checkpoint file.

    The file is replaced atomically, so that a killed process leaves either the old or the new file intact. Raises
    StorageError.
    """
    with open_replacement(path) as out:
        torch.save(state, out)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Load the state of a training run from a checkpoint file, or return None if there is no file.

    Temporary files left by a killed writer are deleted. Raises StorageError for a damaged file.
    """
    for part in path.parent.glob(f".*{PART}"):
        remove_abandoned(part)
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise StorageError(f"The checkpoint {path} cannot be read; delete it to start again.") from error
    return state
