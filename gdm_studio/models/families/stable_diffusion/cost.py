"""Cost of Stable Diffusion's networks per batch row, and the memory of their weights."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import torch

from gdm_studio.models.families.stable_diffusion.architecture import autoencoder_config, unet_config
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import TEXTS, Network, layout_with_parts
from gdm_studio.models.files.checkpoints import read_header
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
from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig

# Tokens of a prompt that is not split.
TOKENS = 77
# Pixels per latent, along each side, and bytes of a number in fp32 and in 16 bits.
PIXELS = 8
FP32 = 4
HALF = 2


def step_cost(config: UNetConfig, height: int, width: int, dtype: torch.dtype) -> NetworkCost:
    """Return the operations and memory of one U-Net evaluation with one batch row, for latents of the given height and
    width.
    """
    return step_costs(config, height, width, dtype)[0]


@lru_cache(maxsize=64)
def step_costs(config: UNetConfig, height: int, width: int, dtype: torch.dtype) -> tuple[NetworkCost, NetworkCost]:
    """Return the costs as `step_cost` does, of the whole network, and of an evaluation with reused deep features."""
    with META:
        unet = UNet(config).to(dtype)
        x = torch.empty(1, config.in_channels, height, width, dtype=dtype)
        context = torch.empty(1, TOKENS, config.context, dtype=dtype)
        vector = torch.empty(1, config.vector, dtype=dtype) if config.vector else None
        time = torch.empty(1)
    deep = DeepFeatures()
    whole = measure_cost(lambda: unet(x, time, context, vector, guidance=time, deep=deep))
    return whole, measure_cost(lambda: unet(x, time, context, vector, guidance=time, deep=deep))


@lru_cache(maxsize=64)
def decoding_cost(config: AutoencoderConfig, height: int, width: int) -> NetworkCost:
    """Return the operations and memory for decoding latents of the given height and width in fp32 with the
    autoencoder.
    """
    with META:
        autoencoder = Autoencoder(config)
        latents = torch.empty(1, config.latent, height, width)
    return measure_cost(lambda: autoencoder.decode(latents))


@lru_cache(maxsize=64)
def encoding_cost(config: AutoencoderConfig, height: int, width: int) -> NetworkCost:
    """Return the operations and memory for encoding an image of the given height and width in fp32 with the
    autoencoder.
    """
    with META:
        autoencoder = Autoencoder(config)
        pictures = torch.empty(1, 3, height, width)
    return measure_cost(lambda: autoencoder.encode(pictures))


def compute_image_cost(card: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the memory and work that a Stable Diffusion model needs for images of `size` (width, height). Raises
    ModelError.
    """
    networks = layout_with_parts(card).networks
    width, height = (side // PIXELS for side in size)
    unet, vae = networks["unet"], networks.get("vae")
    step, reused = step_costs(unet_config(unet.shapes), height, width, dtype)
    config = AutoencoderConfig() if vae is None else autoencoder_config(vae.shapes)
    decoding = decoding_cost(config, height, width)
    encoding = encoding_cost(config, PIXELS * height, PIXELS * width)
    denoiser = unet.bytes_in(dtype.itemsize)
    texts = [networks[part] for part in TEXTS if part in networks]
    autoencoder = 0 if vae is None else vae.bytes_in(FP32)
    return ImageCost(
        denoiser=denoiser,
        text_encoders=sum(text.bytes_in(FP32) for text in texts),
        vae=autoencoder,
        step_memory=step.peak,
        decoding_memory=decoding.peak,
        step=step.work.plus(Work(read=denoiser)),
        reused=reused.work.plus(Work(read=denoiser * reused.flops // step.flops)),
        decoding=decoding.work.plus(Work(read=autoencoder)),
        encoding=encoding.work.plus(Work(read=autoencoder)),
        text=text_work(sum(text.parameters for text in texts), TOKENS),
        loading=count_loading(card, denoiser + autoencoder, dtype),
        weights=unet.parameters,
        quantized=sum(prod(unet.shapes[name]) for name in unet.quantized),
        text_saving=sum(map(count_saving, texts)),
    )


def count_saving(text: Network) -> int:
    """Return the bytes that a text encoder's 16-bit weights save on a CPU, compared with fp32. Raises ModelError."""
    halves = count_half_weights(
        (read_header(file), place.name, text.shapes[name])
        for name, (file, place) in text.weights.items()
        if place.is_whole
    )
    return (FP32 - HALF) * halves


def text_work(parameters: int, tokens: int) -> Work:
    """Return the work of encoding a prompt with text encoders of `parameters` weights, which are converted at each
    use.
    """
    return Work(products=2 * tokens * parameters, written=FP32 * parameters)
