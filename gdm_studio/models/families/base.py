"""Interface of a model family. This module does not import torch, so that models can be listed quickly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.model_card import ModelCard

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.memory.loaded_model_cache import Store
    from gdm_studio.models.memory.memory_and_time_estimate import CostFunction
    from gdm_studio.models.prompts.prompt_reading import PromptReader


class IncompleteModel(ModelError):
    """Error for a file that is recognised as a model of the kind `nearest`, but has missing or unknown weights."""

    def __init__(self, sentence: str, nearest: str) -> None:
        super().__init__(sentence)
        self.nearest = nearest


@dataclass(frozen=True)
class Family:
    """Supported kind of checkpoint, defined by functions that recognise, describe and load its files. Only `load` and
    `image_cost` import torch.

    `card` returns the model's description, which lists all files that it depends on, and is called again after one of
    them has changed. `load` reuses parts that another model has already loaded from the same files.
    """

    name: str
    matches: Callable[[Entry], bool]
    # May raise ModelError.
    card: Callable[[Entry], ModelCard]
    # May raise ModelError.
    load: Callable[[ModelCard, torch.device, torch.dtype, Store], LoadedModel]
    # Features that its models may have for samplers: names from maths.samplers.NEEDS.
    offers: frozenset[str] = frozenset({"reverse_variance"})
    # Returns the reader of a model's prompts, or None if the effect of their words is unknown. Raises ModelError.
    reader: Callable[[ModelCard], PromptReader | None] = lambda card: None
    # Models of this family that can use control models, as `files.recognition` names them.
    control_bases: frozenset[str] = frozenset()
    # Checks a control model for one of them. Raises ModelError if it cannot be used.
    check_control: Callable[[Entry], object] = lambda entry: None
    # Returns the cost of an image of a size (width, height) with a number type. None for small models, whose cost is
    # not estimated. May raise ModelError.
    image_cost: CostFunction | None = None
    # Names, from `files.recognition`, of the models that this family can load.
    recognised: frozenset[str] = frozenset()
    # The heading under which the family's models are listed, after those of other families.
    group: str = ""
