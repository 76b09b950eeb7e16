"""Cost of a diffusion transformer per batch row, and the memory of its weights."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import torch

from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import TensorLayout, layout_of
from gdm_studio.models.families.diffusion_transformers.configuration import Config
from gdm_studio.models.families.diffusion_transformers.loader import NETWORKS
from gdm_studio.models.families.diffusion_transformers.variants import Family
from gdm_studio.models.families.shared_parts.loader import STATISTICS
from gdm_studio.models.families.stable_diffusion.architecture import autoencoder_config
from gdm_studio.models.families.stable_diffusion.cost import (
    FP32,
    HALF,
    PIXELS,
    count_saving,
    decoding_cost,
    encoding_cost,
)
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.memory.memory_and_time_estimate import (
    META,
    ImageCost,
    NetworkCost,
    Work,
    count_half_weights,
    count_loading,
    measure_cost,
)
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.required_parts import UNCONDITIONAL
from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.diffusion_transformers.configurations import Flux1Config, Flux2Config, SD3Config

# Tokens of a prompt, which most models pad to this number.
TOKENS = 512


def compute_image_cost(card: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the memory and work that a diffusion transformer needs for images of `size` (width, height). Raises
    ModelError.
    """
    assert card.path is not None
    entry = read_entry(card.path)
    layout = layout_of(entry)
    parts = layout.find_parts(entry, card.beside)
    vae = parts.pop("vae")
    second = parts.pop(UNCONDITIONAL, None)
    width, height = size
    scale = layout.variant.pixels
    step, reused = step_costs(layout.variant.family, layout.config, (height // scale, width // scale), TOKENS, dtype)
    shapes = {name: shape for name, shape in vae.network.shapes.items() if name not in STATISTICS}
    config = autoencoder_config(shapes)
    decoding = decoding_cost(config, height // PIXELS, width // PIXELS)
    encoding = encoding_cost(config, height, width)
    denoiser = layout.bytes_in(dtype.itemsize) + (second.network.bytes_in(dtype.itemsize) if second else 0)
    texts = [part.network for part in parts.values()]
    autoencoder = vae.network.bytes_in(FP32)
    is_wide = dtype == torch.float32
    return ImageCost(
        denoiser=denoiser,
        text_encoders=sum(text.bytes_in(dtype.itemsize) for text in texts),
        vae=autoencoder,
        step_memory=step.peak,
        decoding_memory=decoding.peak,
        step=step.work.plus(Work(read=denoiser)),
        reused=reused.work.plus(Work(read=denoiser * reused.flops // step.flops)),
        decoding=decoding.work.plus(Work(read=autoencoder)),
        encoding=encoding.work.plus(Work(read=autoencoder)),
        text=Work(products=2 * TOKENS * sum(prod(shape) for text in texts for shape in text.shapes.values())),
        loading=count_loading(card, denoiser + autoencoder, dtype),
        weights=layout.parameters,
        quantized=layout.quantized_weight_count,
        denoiser_saving=_count_saving(entry, layout) + (count_saving(second.network) if second else 0)
        if is_wide
        else 0,
        text_saving=sum(map(count_saving, texts)) if is_wide else 0,
    )


def _count_saving(entry: Entry, layout: TensorLayout) -> int:
    """Return the bytes that a transformer's 16-bit weights save on a CPU, compared with fp32."""
    places = ((*layout.where[layout.source_of(weight).name], weight.shape) for weight in layout.weights)
    halves = count_half_weights((entry.headers[file], name, shape) for file, name, shape in places)
    return (FP32 - HALF) * halves


def step_cost(
    family: Family,
    config: Config,
    size: tuple[int, int],
    tokens: int,
    dtype: torch.dtype,
    references: tuple[tuple[int, int], ...] = (),
) -> NetworkCost:
    """Return the operations and memory of one evaluation of a diffusion transformer, for latents of `size` (height,
    width) and a prompt of `tokens` tokens.

    `references` contains the latent sizes (height, width) of reference images.
    """
    return step_costs(family, config, size, tokens, dtype, references)[0]


@lru_cache(maxsize=64)
def step_costs(
    family: Family,
    config: Config,
    size: tuple[int, int],
    tokens: int,
    dtype: torch.dtype,
    references: tuple[tuple[int, int], ...] = (),
) -> tuple[NetworkCost, NetworkCost]:
    """Return the costs as `step_cost` does, of the whole network, and of an evaluation with reused deep features."""
    pooled = config.pooled if isinstance(config, Flux1Config | SD3Config) else 0
    with META:
        network = NETWORKS[family](config).to(dtype)
        x, *others = (torch.empty(1, _count_input_channels(config), *each, dtype=dtype) for each in (size, *references))
        time = torch.empty(1)
        context = torch.empty(1, tokens, config.context, dtype=dtype)
        more: dict[str, Any] = {"pooled": torch.empty(1, pooled, dtype=dtype)} if pooled else {}
        if others:
            more["references"] = others
    deep = DeepFeatures()
    whole = measure_cost(lambda: network(x, time, context, guidance=time, deep=deep, **more))
    return whole, measure_cost(lambda: network(x, time, context, guidance=time, deep=deep, **more))


def _count_input_channels(config: Config) -> int:
    """Return the number of channels that the network takes as input. Fill networks (for inpainting) take more channels
    than the latents have.
    """
    if isinstance(config, Flux1Config):
        # A token has 2 × 2 latents.
        return config.inputs // 4
    return config.inputs if isinstance(config, Flux2Config) else config.channels
