"""What a checkpoint family is; torch-free, so that models can be listed before torch is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.errors import ModelError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Entry

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.models.store import Store


class NotWhole(ModelError):
    """A model of a known kind, the `nearest`, that lacks something or has something else; by its own files alone."""

    def __init__(self, sentence: str, nearest: str) -> None:
        super().__init__(sentence)
        self.nearest = nearest


@dataclass(frozen=True)
class Family:
    """How models of one kind are recognised, described and loaded; `load` imports torch, nothing else here does.

    `card` names all files that it depends on: it is made anew when one of them has changed. `load` takes from the
    store what another model has loaded from the same files.
    """

    name: str
    matches: Callable[[Entry], bool]
    card: Callable[[Entry], ModelCard]  # raises ModelError
    load: Callable[[ModelCard, torch.device, torch.dtype, Store], LoadedModel]  # raises ModelError
    offers: frozenset[str] = frozenset({"reverse_variance"})  # of maths.samplers.NEEDS: what its models may have
    group: str = ""  # the name that its models stand together under, after those of others
