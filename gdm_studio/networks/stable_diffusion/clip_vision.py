"""CLIP's image encoder (Radford et al. 2021, arXiv:2103.00020), a vision transformer, as IP-Adapters use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from gdm_studio.networks.stable_diffusion.clip import Layer, create_embedding

# Side of the images in pixels.
SIDE = 224
# Mean and standard deviation of the training images' red, green and blue, which are in 0 … 1.
MEAN = 0.48145466, 0.4578275, 0.40821073
DEVIATION = 0.26862954, 0.26130258, 0.27577711


@dataclass(frozen=True)
class ClipVisionConfig:
    """Hyperparameters of CLIP's image encoder `ClipVision`, such as its layer widths."""

    width: int
    layers: int
    heads: int
    # Width of the hidden layer of the feed-forward networks.
    hidden: int
    # Side of a patch in pixels, and number of patches.
    patch: int
    patches: int
    # True for sigmoid(1.702·x)·x, as in OpenAI's weights, instead of GELU, as in OpenCLIP's.
    quick: bool = False
    # Width of the pooled image; 0 for none.
    projection: int = 0


class EncodedImage(NamedTuple):
    """Output of CLIP's image encoder for a batch of images."""

    # Hidden states (N, 1 + patches, width) before the last layer.
    hidden: Tensor
    # The pooled images (N, projection). None for an encoder without projection.
    pooled: Tensor | None


class ClipVision(nn.Module):
    """CLIP's image encoder, called as `vision(normalise(levels))`."""

    def __init__(self, config: ClipVisionConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.patch_embedding = nn.Conv2d(3, width, config.patch, stride=config.patch, bias=False)
        self.position_embedding = create_embedding(1 + config.patches, width)
        self.pre_layer_norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            Layer(width, config.heads, config.hidden, quick=config.quick, is_causal=False) for _ in range(config.layers)
        )
        self.post_layer_norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, config.projection, bias=False) if config.projection else None

    def forward(self, images: Tensor) -> EncodedImage:
        """Encode normalised images (N, 3, SIDE, SIDE)."""
        patches = self.patch_embedding(images).flatten(2).transpose(1, 2)  # (N, patches, width)
        first = self.class_embedding.expand(len(patches), 1, -1)
        h = self.pre_layer_norm(torch.cat([first, patches], dim=1) + self.position_embedding.weight[:])
        before = h
        for layer in self.layers:
            before, h = h, layer(h)
        pooled = self.projection(self.post_layer_norm(h[:, 0])) if self.projection is not None else None
        return EncodedImage(before, pooled)


def normalise(levels: Tensor) -> Tensor:
    """Normalise images (N, 3, H, W) in 0 … 1 to the mean and the standard deviation of the training images."""
    mean, deviation = (levels.new_tensor(each)[:, None, None] for each in (MEAN, DEVIATION))
    return (levels - mean) / deviation
