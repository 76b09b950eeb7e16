"""Cost of the built-in model's networks per batch row, and the memory of their weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import torch

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.memory.memory_and_time_estimate import (
    CALLS_PER_WEIGHT,
    META,
    ImageCost,
    Work,
    measure_cost,
)
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.icons.unet import UNet, UNetConfig

FP32 = 4
# Bytes of the tables of words and drawings in memory, relative to their compressed files.
TABLES = 3
# Bytes of the files that are read and decompressed in the time of one tensor operation.
BYTES_PER_CALL = 240


def compute_image_cost(card: ModelCard, config: Mapping[str, Any], size: tuple[int, int]) -> ImageCost:
    """Return the memory and work that the built-in model needs for images of `size` (width, height). Its weights are
    fp32 for any number type. `config` contains the sizes of the networks. Raises ModelError.
    """
    assert card.path is not None
    try:
        with META:
            unet = UNet(UNetConfig(**config["unet"]))
            vae = AutoencoderKL(AutoencoderConfig(**config["vae"]))
            text = TextEncoder(TextConfig(**config["text"]))
            latents = torch.empty(1, unet.config.in_channels, *(side // vae.config.factor for side in reversed(size)))
            pictures = torch.empty(1, vae.config.picture_channels, *reversed(size))
            ids = torch.zeros(1, text.config.length, dtype=torch.long)
            time = torch.empty(1)
    except (LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
    encoded: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
    of_text = measure_cost(lambda: encoded.append(text(ids)))
    deep = DeepFeatures()
    step, reused = (measure_cost(lambda: unet(latents, time, *encoded[0], deep=deep)) for _ in range(2))
    decoding = measure_cost(lambda: vae.decode(latents))
    encoding = measure_cost(lambda: vae.encode(pictures))
    weights = sum(weight.numel() for weight in unet.parameters())
    headers = [read_header(file) for file in card.weights]
    stored = sum(prod(shape) for header in headers for shape in header.shapes.values())
    size_of_files = sum(file.stat().st_size for file in card.files)
    calls = CALLS_PER_WEIGHT * sum(len(header.shapes) for header in headers) + size_of_files // BYTES_PER_CALL
    return ImageCost(
        denoiser=FP32 * weights,
        text_encoders=TABLES * size_of_files,
        vae=FP32 * sum(weight.numel() for weight in vae.parameters()),
        step_memory=step.peak,
        decoding_memory=decoding.peak,
        step=step.work.plus(Work(read=FP32 * weights)),
        reused=reused.work,
        decoding=decoding.work,
        encoding=encoding.work,
        text=of_text.work,
        loading=Work(written=FP32 * stored, calls=calls),
        weights=weights,
        # Every image starts from a drawing, which is decoded, posed and encoded.
        draft=of_text.work.plus(decoding.work).plus(encoding.work),
    )
