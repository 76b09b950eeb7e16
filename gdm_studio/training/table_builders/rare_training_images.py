"""Builder of the separate file with a model's rarer memorised training images, such as people in professions.

The model's weights contain only the most requested drawings. The network was trained with these drawings, but also
follows the drafts of all others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.family import ICONS, RARE_PART, card, part_file
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, quantized
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.icons.unet import PriorNetwork
from gdm_studio.training.icons.denoiser_recipe import drawings_of_styles
from gdm_studio.training.icons.export import BESIDE
from gdm_studio.training.table_builders.vocabulary import training_rows

# The number of images that are encoded together.
ENCODED = 32


def build(data: Path, card_file: Path, *, subset: str) -> int:
    """Write the training images that a model has not memorised to a separate file beside its card. Returns the number
    of images.

    They come from a dataset subset, one for each name and style, in original colours. Styles whose drawings all had
    their colours changed, such as one-colour styles, keep the changed colours. Raises StudioError.
    """
    facts, pictures, _ = training_rows(data, card_file, subset=subset)
    weights = card_file.with_name(f"{facts['name']}.safetensors")
    model = _load(card(read_entry(weights)))
    if model.recall is None or model.unet.sketch is None:
        raise ModelError(f"{facts['name']} has no memorised drawings; choose another model.")
    known = {tuple(row) for row in model.recall.rows.tolist()}
    first, chosen, _ = drawings_of_styles(pictures, model.tokenizer, subset)
    found = {name: int(chosen[place]) for name, place in first.items() if name not in known}
    if not found:
        raise ModelError(f"{facts['name']} has memorised all drawings in {data}; nothing is missing.")
    components_of = _make_converter(model.unet.sketch)
    levels = []
    for part in np.array_split([*found.values()], -(-len(found) // ENCODED)):
        latents = model.encode(torch.from_numpy(pictures.rgba(part)))
        levels.append(quantized(components_of(latents), model.recall.step))
    names = torch.tensor([*found], dtype=torch.int16)
    drawings = PrototypeBasis.of(names, torch.cat(levels), model.recall.step, model.recall.blended)
    drawings.write(part_file(weights, RARE_PART), **BESIDE)
    return len(found)


def _make_converter(prior: PriorNetwork) -> Callable[[Tensor], Tensor]:
    """Return the function that converts latents (n, C, h, w) to the components (n, K) of a draft network."""
    if prior.transform is not None:
        return prior.transform.components_of
    *_, last = (layer for layer in prior.layers if isinstance(layer, nn.Linear))
    inverse = torch.linalg.pinv(last.weight)
    return lambda latents: (latents.flatten(1) - last.bias) @ inverse.T


def _load(of: ModelCard) -> IconsModel:
    model = ICONS.load(of, torch.device("cpu"), torch.float32, Store())
    assert isinstance(model, IconsModel)
    return model
