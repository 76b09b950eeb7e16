"""Builder of the prototypes of `icons`: memorised training images that are requested most often, stored as coefficients
of principal components.

The basis becomes the last layer of the draft network, so that drafts for all other prompts are combinations of the same
components.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, quantized
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.unet import PriorNetwork
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.denoiser_recipe import NEUTRAL_SETS, first_images
from gdm_studio.training.icons.networks import (
    PROTOTYPES,
    IconsNetworks,
    load_averaged,
    save_averaged,
    with_other_draft_network,
)

# The number of memorised drawings, which have the highest sampling probability. Of the images of the subset `best` in
# original colours that are shown in training, they are 98 %.
DRAWINGS = 6_000
# The quantisation step of the components. The basis vectors have unit length.
STEP = 1.0
# A drawing is weighted by its sampling probability to this power.
PROBABILITY_POWER = 0.5
# A latent channel is weighted by its effect on the image to this power.
CHANNEL_POWER = 0.5


def build(data: Path, vae: Path, table: Path, run: Path, out: Path, *, subset: str) -> int:
    """Let the draft network of a trained model memorise training images, which are stored as prototypes. The result is
    written to `out` as a training run.

    Training can continue from there. Returns the number of drawings. Raises StudioError, for example if the model has
    no draft network or already has prototypes.
    """
    pictures = open_pictures(data)
    model, seen = load_averaged(run, table)
    if (sketch := model.unet.sketch) is None or model.unet.config.components:
        raise BadRequest(f"The model in {run} has no sketch, or already has memorised drawings; choose another run.")
    rows, odds, places = select_drawings(model, pictures, subset=subset)
    latents = torch.from_numpy(autoencoder_training.load_latents(vae, pictures)[places]).float()
    mean, basis = components_of(
        latents, odds**PROBABILITY_POWER, autoencoder_training.load(vae), count=model.unet.config.sketch
    )
    levels = quantized((latents.flatten(1) - mean) @ torch.linalg.pinv(basis).T, STEP)
    config = replace(model.unet.config, components=basis.shape[1])
    unet = with_other_draft_network(model.unet, config)
    assert unet.sketch is not None
    initialise_draft_network(sketch, unet.sketch, mean, basis)
    make_folder(out)
    blended = [number for style, number in model.tokenizer.styles.items() if style in NEUTRAL_SETS]
    PrototypeBasis.of(rows, levels, STEP, blended).write(out / PROTOTYPES)
    save_averaged(out, replace(model, unet=unet), seen)
    return len(rows)


def select_drawings(
    model: IconsNetworks, pictures: Pictures, *, subset: str
) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
    """Select the training images that the model should memorise, the DRAWINGS images with the highest sampling
    probabilities.

    They have original colours, and there is one for each name and style. Returns the tokens of name and style (n, L)
    int16, the sampling probabilities, and the image indices.
    """
    found, chosen, odds = first_images(
        pictures, model.tokenizer, subset, lambda row: not row["tint"] and not row["tone"]
    )
    taken = dict(list(found.items())[:DRAWINGS])
    places = [*taken.values()]
    return torch.tensor([*taken], dtype=torch.int16), torch.from_numpy(odds[places]).float(), chosen[places]


@torch.no_grad()
def components_of(latents: Tensor, weights: Tensor, vae: AutoencoderKL, *, count: int) -> tuple[Tensor, Tensor]:
    """Compute principal components of the latents (n, C, h, w) of training images, so that each image can be stored as
    a few coefficients.

    Returns the mean (D,) and the `count` largest components (D, count), flattened; fewer than `count` drawings have as
    many components as drawings. Components have unit length. Their metric is that of `latent_metric`.
    """
    share = (weights / weights.sum())[:, None]
    channels = latents.shape[1]
    root = latent_metric(vae, latents.shape[1:])

    def transform(matrix: Tensor, latents: Tensor) -> Tensor:
        return torch.einsum("cd,nd...->nc...", matrix, latents.unflatten(1, (channels, -1))).flatten(1)

    mean = (share * latents.flatten(1)).sum(0)
    off = transform(root, latents.flatten(1) - mean)
    weighted = share.sqrt() * off
    if len(weighted) < weighted.shape[1]:
        # The singular vectors of a few drawings take a moment, and those of the matrix (D, D) half a minute.
        vectors = torch.linalg.svd(weighted, full_matrices=False).Vh
    else:
        vectors = torch.linalg.eigh(weighted.T @ weighted).eigenvectors.flip(1).T
    basis = transform(torch.linalg.inv(root), vectors[:count].contiguous()).T
    return mean, basis / basis.norm(dim=0)


@torch.no_grad()
def latent_metric(vae: AutoencoderKL, shape: Sequence[int]) -> Tensor:
    """Return the metric of errors, a matrix (C, C) by which the channels of latents of the given shape (C, h, w) are
    multiplied.

    It is halfway between the metric of the latents, which exaggerates fine detail, and that of the decoded images. The
    mean squared error of white noise stays the same.
    """
    channels, height, width = shape
    impulses = torch.zeros(channels + 1, *shape)
    impulses[range(channels), range(channels), height // 2, width // 2] = 1
    drawn = vae.decode_linear(impulses).flatten(1)
    change = drawn[:-1] - drawn[-1]
    strengths, ways = torch.linalg.eigh(change @ change.T)
    powers = strengths.clamp(min=1e-6 * float(strengths[-1])) ** (CHANNEL_POWER / 2)
    metric: Tensor = ways @ torch.diag(powers) @ ways.T
    return metric * (channels / metric.square().sum()).sqrt()


@torch.no_grad()
def initialise_draft_network(earlier: PriorNetwork, sketch: PriorNetwork, mean: Tensor, basis: Tensor) -> None:
    """Initialise a draft network from `earlier`, an already trained one. Its output becomes the mean plus a combination
    of basis vectors.
    """
    *narrow, last = (layer for layer in earlier.layers if isinstance(layer, nn.Linear))
    *first, mixing, drawing = (layer for layer in sketch.layers if isinstance(layer, nn.Linear))
    for layer, known in zip(first, narrow, strict=True):
        layer.load_state_dict(known.state_dict())
    inverse = torch.linalg.pinv(basis)
    mixing.weight.copy_(inverse @ last.weight)
    mixing.bias.copy_(inverse @ (last.bias - mean))
    drawing.weight.copy_(basis)
    drawing.bias.copy_(mean)
