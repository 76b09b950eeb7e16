"""Builder of the stored training images of `icons`: all memorised images, coded by a cosine transform.

Principal components of whole images need a large basis, and leave out fine detail such as faces. The transform needs
almost no room, so that all its components of an image can be stored.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, quantized
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.denoiser_recipe import drawings_of_styles
from gdm_studio.training.icons.networks import (
    PROTOTYPES,
    RARE_PROTOTYPES,
    load_averaged,
    save_averaged,
    with_other_draft_network,
)
from gdm_studio.training.table_builders.memorised_training_images import PROBABILITY_POWER, latent_metric

# The quantisation step of the components. With it, a drawing takes about 740 bytes.
STEP = 0.75
# The number of images that are encoded together.
ENCODED = 64


@torch.no_grad()
def build(data: Path, vae: Path, table: Path, run: Path, out: Path, *, subset: str) -> int:
    """Store the memorised training images of a run, and all others of the dataset subset, by a `DrawingTransform`.

    The result is written to `out` as a training run. Memorised images that the dataset lacks are left out. The draft of
    prompts without a memorised image is the one that the run predicts for the empty prompt. Returns the number of
    drawings. Raises StudioError, for example if the run has no memorised images.
    """
    pictures = open_pictures(data)
    model, seen = load_averaged(run, table)
    if model.prototypes is None or model.unet.sketch is None or model.unet.config.transform:
        raise BadRequest(f"The model in {run} has no principal components of drawings; choose a run of `recall`.")
    found, chosen, odds = drawings_of_styles(pictures, model.tokenizer, subset)
    first = {row: found[row] for row in map(tuple, model.prototypes.rows.tolist()) if row in found}
    places = [*(first | found).values()]
    if not first:
        raise BadRequest(f"The images in {data} have none of the drawings that the model has memorised.")
    decoder = autoencoder_training.load(vae)
    latents = _encode_images(decoder, pictures, chosen[places])
    shape = latents.shape[1:]
    config = replace(model.unet.config, components=latents[0].numel(), transform=True)
    unet = with_other_draft_network(model.unet, config)
    assert unet.sketch is not None and unet.sketch.transform is not None
    transform = unet.sketch.transform
    empty = torch.tensor([model.tokenizer.encode("")])
    transform.mean.copy_(model.draft(model.text(empty), latents[:1])[0])
    weights = torch.from_numpy(odds[places]).float() ** PROBABILITY_POWER
    transform.fit(latents, weights, latent_metric(decoder, shape))
    levels = quantized(transform.components_of(latents), STEP)
    rows = torch.tensor([*(first | found)], dtype=torch.int16)
    make_folder(out)
    # A table of an earlier run would be added to the new one.
    (out / RARE_PROTOTYPES).unlink(missing_ok=True)
    for name, part in ((PROTOTYPES, slice(len(first))), (RARE_PROTOTYPES, slice(len(first), None))):
        if len(rows[part]):
            PrototypeBasis.of(rows[part], levels[part], STEP, model.prototypes.blended).write(out / name)
    save_averaged(out, replace(model, unet=unet), seen)
    return len(rows)


def _encode_images(vae: AutoencoderKL, pictures: Pictures, images: NDArray[np.int64]) -> Tensor:
    """Encode images of the dataset to latents (n, C, h, w)."""
    parts = np.array_split(images, -(-len(images) // ENCODED))
    return torch.cat([vae.encode(autoencoder_training.to_tensor(pictures.rgba(part))) for part in parts])
