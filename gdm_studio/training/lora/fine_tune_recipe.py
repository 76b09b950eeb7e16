"""Training recipe that fine-tunes the whole U-Net of an Icons model, and writes a new model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import torch
from safetensors.torch import save
from torch import Tensor, nn

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.icons.family import BASE, PARTS, PRIOR_PART, base_norms, config_of, part_file
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.icons.export import CARD, shipped_weights
from gdm_studio.training.lora.base_models import IconsBase, LoraBase
from gdm_studio.training.lora.recipe import LoraModel, LoraRecipe
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, LearningRate, Samples, Warmup

# Prefix of the weights of the network that draws drafts, which is not trained.
_SKETCH = "sketch."
# Maximum bytes of the card of an Icons model.
MOST_CARD = 10_000_000


class WholeNetwork(nn.Module):
    """Weights of the whole U-Net, which fine-tuning trains, except those of its draft network."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        named = {name: weight for name, weight in network.named_parameters() if not name.startswith(_SKETCH)}
        self.names = tuple(named)
        for weight in named.values():
            weight.requires_grad_(True)
        self.weights = nn.ParameterList(named.values())
        self._initial = [weight.detach().clone() for weight in self.weights]

    def unchanged(self) -> tuple[str, ...]:
        """Return the names of the matrices and kernels that have not changed at all since the start of training."""
        pairs = zip(self.names, self.weights, self._initial, strict=True)
        return tuple(
            name
            for name, weight, initial in pairs
            if weight.ndim > 1 and torch.equal(weight, initial.to(weight.device))
        )


@dataclass(frozen=True, kw_only=True)
class FineTuneRecipe(LoraRecipe):
    """Training recipe that fine-tunes the U-Net of an Icons model on the user's images, resulting in a new model.

    The text encoder, autoencoder and draft network are not trained.
    """

    name: ClassVar[str] = "fine-tune"

    base: Annotated[str, Option("Base", "Icons model that is fine-tuned")] = BUILT_IN
    title: Annotated[str, Option("Name", "name of the new model", may_change=True)] = "my-icons"
    samples: Samples = 16_000
    batch: Batch = 8
    learning_rate: LearningRate = 1e-4
    warmup: Warmup = 400
    # Settings of LoRAs, which are no options here.
    rank: int = 1
    alpha: float = 1.0
    layers: str = "default"
    layout: str = "kohya"

    @property
    def product(self) -> str:  # type: ignore[override]
        """Name of the fine-tuned model's output folder."""
        return self.title

    def new_weights(self, base: LoraBase) -> Any:
        if not isinstance(base, IconsBase) or BASE in read_header(_get_file(base.card)).metadata:
            raise BadRequest(f"{base.card.name} cannot be fine-tuned; choose Icons, or train a LoRA.")
        return WholeNetwork(base.network)

    def fixed_settings(self, model: LoraModel) -> dict[str, Any]:
        return {"model": self.base, "layers": list(model.lora.names)}

    def _write_product(self, model: LoraModel, out: Path) -> None:
        write_fine_tuned(out / self.product, self.title, model.base.card, model.base.network)


def write_fine_tuned(folder: Path, title: str, card: ModelCard, network: nn.Module) -> Path:
    """Write a copy of an Icons model with a fine-tuned U-Net to a folder, and return the path of its file.

    The parts that are not trained are copied once. Raises StorageError.
    """
    source = _get_file(card)
    path = folder / f"{title}.safetensors"
    atomic_files.make_folder(folder)
    weights = shipped_weights({PARTS[0]: network})
    if part_file(source, PRIOR_PART).is_file():
        weights = {name: value for name, value in weights.items() if not name.startswith(f"{PARTS[0]}.{_SKETCH}")}
    for file in card.files:
        is_part = file.name.startswith(f"{source.stem}.")
        target = folder / (title + file.name.removeprefix(source.stem) if is_part else file.name)
        if file != source and file.name != CARD and not target.exists():
            _copy(file, target)
    facts = json.loads(atomic_files.read(source.with_name(CARD), max_bytes=MOST_CARD))
    facts |= {"name": title, "title": title, "summary": f"{card.title}, fine-tuned.", "examples": [], "figures": {}}
    # They were measured with the other weights, but temperature still needs them.
    facts |= {"base_norms": base_norms(facts), "score_norms": []}
    atomic_files.write(folder / CARD, json.dumps(facts, ensure_ascii=False).encode())
    config = json.dumps(config_of(source), ensure_ascii=False)
    metadata: Mapping[str, str] = {**read_header(source).metadata, "config": config}
    atomic_files.write(path, save(_make_contiguous(weights), dict(metadata)))
    return path


def _get_file(card: ModelCard) -> Path:
    # Every model of a library is read from a file.
    assert card.path is not None
    return card.path


def _copy(file: Path, target: Path) -> None:
    try:
        with file.open("rb") as source, atomic_files.open_replacement(target) as out:
            shutil.copyfileobj(source, out)
    except OSError as error:
        raise atomic_files.storage_error(target, error) from error


def _make_contiguous(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in weights.items()}
