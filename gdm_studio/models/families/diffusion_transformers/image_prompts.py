"""Image prompts of a run: images that FLUX.1 Redux converts to tokens beside those of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.diffusion_transformers.conditioning import Prompt
from gdm_studio.models.families.shared_parts.loader import load_siglip_vision
from gdm_studio.models.families.stable_diffusion.image_prompts import create_image_encoders
from gdm_studio.models.families.stable_diffusion.loader import TextEncoders
from gdm_studio.models.loaded_model import LoadedControlImage
from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.diffusion_transformers.redux import Redux, SiglipVision

# Image encoders of Redux, by the name of its file.
ImageEncoders = TextEncoders[str, SiglipVision]


@dataclass(frozen=True)
class ImagePrompt:
    """Image prompt with its tokens (1, P, C), which are used in all rows and steps."""

    image: LoadedControlImage
    tokens: Tensor


def load_image_encoders(card: ModelCard, files: Mapping[str, Path], placement: Placement) -> ImageEncoders:
    """Return the image encoders of Redux, given its files by name. They are loaded on first use. Raises ModelError if a
    file contains no suitable image encoder.
    """
    return create_image_encoders(card, files, load_siglip_vision, placement)


def check_fits(name: str, redux: Redux, context: int) -> None:
    """Raise ModelError if Redux was made for text tokens of another width."""
    if redux.config.context != context:
        raise ModelError(f"{name} has other sizes than this model; choose a control model that was made for it.")


@torch.no_grad()
def encode_image_prompts(
    networks: Mapping[str, Redux],
    encoders: ImageEncoders,
    images: Sequence[LoadedControlImage],
    device: torch.device,
    dtype: torch.dtype,
) -> list[ImagePrompt]:
    """Encode the image prompts of a run. Images of weight 0 are skipped, and the tokens of others are multiplied by
    their weights.
    """
    found = []
    for image in images:
        if image.weight:
            encoder = encoders[image.kind]
            place = encoder.post_layer_norm.weight.device
            levels = image.rgba[..., :3].to(place).permute(0, 3, 1, 2).float() / 127.5 - 1
            tokens = networks[image.kind](encoder(levels).to(device, dtype))
            found.append(ImagePrompt(image, image.weight * tokens))
    encoders.rest()
    return found


def with_image_prompts(prompts: Sequence[Prompt], images: Sequence[ImagePrompt]) -> list[Prompt]:
    """Return encoded prompts with the tokens of images after those of the text."""
    if not images:
        return list(prompts)
    tokens = [image.tokens for image in images]
    return [replace(prompt, context=torch.cat([prompt.context, *tokens], dim=1)) for prompt in prompts]
