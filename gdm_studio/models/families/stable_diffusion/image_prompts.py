"""Image prompts of a run: images that an IP-Adapter encodes to tokens, to which the U-Net attends besides the text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.loader import load_clip_vision
from gdm_studio.models.families.shared_parts.part_layout import Part, part_in
from gdm_studio.models.families.stable_diffusion.loader import TextEncoders
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.ip_adapter import image_encoder_part, required_image_encoder
from gdm_studio.models.loaded_model import LoadedControlImage
from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.stable_diffusion.clip_vision import ClipVision, normalise
from gdm_studio.networks.stable_diffusion.ip_adapter import IPAdapter
from gdm_studio.networks.stable_diffusion.unet import Attention, ImageAttention, UNet

# Image encoders of IP-Adapters, by the adapter's name.
ImageEncoders = TextEncoders[str, ClipVision]
M = TypeVar("M", bound=nn.Module)
# Function that loads an image encoder from its part of a file.
LoadVision = Callable[[Part, Placement], M]


@dataclass(frozen=True)
class ImagePrompt:
    """Image prompt with its tokens, which are computed once and used in all rows and steps."""

    adapter: IPAdapter
    image: LoadedControlImage
    # Tokens of the image, (1, T, C).
    tokens: Tensor
    # Tokens that replace them in rows with the negative prompt, (1, T, C).
    negative: Tensor


def load_image_encoders(card: ModelCard, adapters: Mapping[str, Path], placement: Placement) -> ImageEncoders:
    """Return the image encoders of IP-Adapters, given the files of the adapters by name. They are loaded on first use.
    Raises ModelError if a file contains no suitable image encoder.
    """
    return create_image_encoders(card, adapters, load_clip_vision, placement)


def create_image_encoders(
    card: ModelCard, files: Mapping[str, Path], load: LoadVision[M], placement: Placement
) -> TextEncoders[str, M]:
    """Return the image encoders of the networks in `files`, by the same names. `load` reads one of them on first use.
    Raises ModelError if a file contains no suitable image encoder.
    """
    parts = {}
    for name, file in files.items():
        wanted = required_image_encoder(read_entry(file))
        parts[name] = part_in(card.beside[image_encoder_part(wanted)], wanted)
    sizes = {name: part.network.bytes_in(torch.float32.itemsize) for name, part in parts.items()}

    def read(name: str, device: torch.device) -> M:
        return load(parts[name], Placement(device, torch.float32, placement.store))

    return TextEncoders(read, sizes, placement.device)


@torch.no_grad()
def encode_image_prompts(
    adapters: Mapping[str, IPAdapter],
    encoders: ImageEncoders,
    images: Sequence[LoadedControlImage],
    device: torch.device,
    dtype: torch.dtype,
) -> list[ImagePrompt]:
    """Encode the image prompts of a run. Images of weight 0 are skipped. Raises ModelError if an image encoder has
    another width than the adapter was made for.
    """
    found = []
    for image in images:
        if not image.weight:
            continue
        adapter = adapters[image.kind]
        encoder = encoders[image.kind]
        place = encoder.class_embedding.device
        levels = normalise(image.rgba[..., :3].to(place).permute(0, 3, 1, 2).float() / 255)
        if adapter.sees_patches:
            encoded, nothing = encoder(levels).hidden, encoder(torch.zeros_like(levels)).hidden
        else:
            pooled = encoder(levels).pooled
            if pooled is None:
                raise ModelError(f"The image encoder of {image.kind} has no projection; choose another file of it.")
            encoded, nothing = pooled, torch.zeros_like(pooled)
        if encoded.shape[-1] != adapter.config.inputs:
            raise ModelError(f"{image.kind} was made for another image encoder; put that one into the models folder.")
        tokens, negative = (adapter(each.to(device, dtype)) for each in (encoded, nothing))
        found.append(ImagePrompt(adapter, image, tokens, negative))
    encoders.rest()
    return found


def with_image_prompts(
    network: Callable[..., Tensor], unet: UNet, prompts: Sequence[ImagePrompt]
) -> Callable[..., Tensor]:
    """Return a function that evaluates the U-Net with attention to image prompts. Its last positional argument (N,)
    states which rows have the negative prompt. Without image prompts, it is the network itself.
    """
    if not prompts:
        return network
    places: dict[nn.Module, int] = {layer: place for place, layer in enumerate(unet.cross_attentions())}
    adapters = list(dict.fromkeys(prompt.adapter for prompt in prompts))
    groups = [[prompt for prompt in prompts if prompt.adapter is adapter] for adapter in adapters]

    def answer(x: Tensor, *cond: Tensor, **more: Any) -> Tensor:
        *cond_of_text, is_negative = cond
        attentions = [_attention_to(group, is_negative, places) for group in groups]

        def attend(layer: nn.Module, query: Tensor) -> Tensor:
            first, *others = (attention(layer, query) for attention in attentions)
            return sum(others, first)

        return network(x, *cond_of_text, image_attention=attend, **more)

    return answer


def _attention_to(
    prompts: Sequence[ImagePrompt], is_negative: Tensor, places: Mapping[nn.Module, int]
) -> ImageAttention:
    """Return the attention to the tokens of all images of one IP-Adapter, (N, heads, T, C/heads).

    It is scaled by the largest weight. Images of smaller weights get a proportionally smaller share of the attention,
    so that an image vanishes as its weight approaches 0.
    """
    adapter = prompts[0].adapter
    weights = [prompt.image.weight for prompt in prompts]
    strongest = max(weights)
    rows = is_negative[:, None, None]
    tokens = torch.cat([torch.where(rows, prompt.negative, prompt.tokens) for prompt in prompts], dim=1)
    counts = torch.tensor([prompt.tokens.shape[1] for prompt in prompts])
    shares = torch.tensor([math.log(weight / strongest) for weight in weights]).repeat_interleave(counts)
    bias = None if len({*weights}) == 1 else shares.to(tokens.device, tokens.dtype)[None, None, None]

    def attend(layer: nn.Module, query: Tensor) -> Tensor:
        assert isinstance(layer, Attention)
        parts = adapter.layers[places[layer]](tokens)
        key, value = (part.unflatten(-1, (layer.heads, -1)).transpose(1, 2) for part in parts)
        return strongest * F.scaled_dot_product_attention(query, key, value, attn_mask=bias)

    return attend
