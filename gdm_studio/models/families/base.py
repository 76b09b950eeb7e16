"""What a checkpoint family is; torch-free, so that models can be listed before torch is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.maths.processes import Process
from gdm_studio.models.card import ModelCard
from gdm_studio.models.header import Header

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel


@dataclass(frozen=True)
class Family:
    """How files of one kind are recognised, described and loaded; `load` imports torch, nothing else here does."""

    name: str
    matches: Callable[[Header], bool]
    card: Callable[[Path, Header], ModelCard]  # raises ModelError
    process: Callable[[ModelCard], Process]  # raises ModelError
    weights: Callable[[ModelCard], tuple[Path, ...]]  # all files that decide what the model makes; raises ModelError
    load: Callable[[ModelCard, torch.device, torch.dtype], LoadedModel]  # raises ModelError
    offers: frozenset[str] = frozenset({"reverse_variance"})  # of maths.samplers.NEEDS: what its models may have
