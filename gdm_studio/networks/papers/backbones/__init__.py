"""Backbones: interchangeable denoising networks with the same call signature.

A backbone is called as `backbone(x, time, cond) -> F`. x has the shape (N, C, H, W). `time` (N,) is of order one.
`cond` (N, T) is the conditioning, all zero for unconditional denoising. F has the channels of x once for each output,
such as prediction and variance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import nn

from gdm_studio.networks.papers.backbones.context_unet import ContextUNet, ContextUNetConfig
from gdm_studio.networks.papers.backbones.dit import DiT, DiTConfig
from gdm_studio.networks.papers.backbones.rin import RIN, RINConfig
from gdm_studio.networks.papers.backbones.simple_diffusion_unet import SimpleUNet, SimpleUNetConfig
from gdm_studio.networks.papers.backbones.small_image_unet import PictureUNet, PictureUNetConfig
from gdm_studio.networks.papers.backbones.uvit import UViT, UViTConfig


@dataclass(frozen=True)
class Sizes:
    """Architecture-independent sizes of a denoising network, such as image size and widths. Each architecture derives
    its configuration from them.
    """

    # Side of the images in pixels.
    size: int
    channels: int
    # Number of output images per input image, such as 2 for prediction and variance.
    answers: int
    # Width of the conditioning vector.
    told: int
    # Side in pixels of the blocks that a U-Net folds into channels. A transformer's patches are twice as large.
    patch: int
    # Widths of a U-Net's levels, the finest first. A transformer is twice as wide as the last.
    widths: tuple[int, ...]
    # Number of residual blocks per level of a U-Net. A transformer has four times as many blocks.
    blocks: int
    dropout: float

    @property
    def tokens(self) -> dict[str, Any]:
        """Configuration values for a transformer backbone, as a dictionary of the fields that all transformer
        architectures share.
        """
        shared = {name: getattr(self, name) for name in ("size", "channels", "answers", "told")}
        return shared | {"patch": 2 * self.patch, "width": 2 * self.widths[-1], "dropout": self.dropout}

    @property
    def pixels(self) -> dict[str, Any]:
        """Configuration values for a U-Net backbone, as a dictionary of the fields that all U-Net architectures
        share.
        """
        shared = {name: getattr(self, name) for name in ("channels", "answers", "told", "patch", "widths", "dropout")}
        return shared | {"head": next(head for head in (40, 32, 16) if self.widths[-1] % head == 0)}

    @property
    def sketched(self) -> dict[str, Any]:
        """Configuration values for a U-Net's prior network, which estimates the image from the conditioning before
        denoising. The dictionary is empty for a network without conditioning.
        """
        return {"sketch": 32, "side": self.size // self.patch} if self.told else {}


class Backbone(NamedTuple):
    """Entry in the table of denoising architectures: the network class, its configuration class, and a function that
    derives the configuration's fields from `Sizes`.
    """

    network: Callable[[Any], nn.Module]
    config: Callable[..., Any]
    sized: Callable[[Sizes], Mapping[str, Any]]


BACKBONES = {
    "unet": Backbone(PictureUNet, PictureUNetConfig, lambda of: of.pixels | of.sketched | {"blocks": of.blocks}),
    "cross-attention": Backbone(
        PictureUNet, PictureUNetConfig, lambda of: of.pixels | {"blocks": of.blocks, "tokens": 4 if of.told else 0}
    ),
    "context-unet": Backbone(ContextUNet, ContextUNetConfig, lambda of: of.pixels | {"blocks": of.blocks}),
    "dit": Backbone(DiT, DiTConfig, lambda of: of.tokens | {"depth": 4 * of.blocks}),
    "u-vit": Backbone(UViT, UViTConfig, lambda of: of.tokens | {"depth": 4 * of.blocks + 1}),
    "simple": Backbone(
        SimpleUNet,
        SimpleUNetConfig,
        lambda of: of.pixels | {"size": of.size, "blocks": of.blocks, "depth": 2 * of.blocks},
    ),
    "rin": Backbone(RIN, RINConfig, lambda of: of.tokens | {"blocks": of.blocks}),
}


def new_backbone(name: str, sizes: Sizes, **changes: Any) -> nn.Module:
    """Create a denoising network of the architecture `name` (a key of BACKBONES) with random weights, for training.
    Raises ValueError if the sizes are impossible.

    `changes` override configuration fields derived from `sizes`.
    """
    kind = BACKBONES[name]
    return kind.network(kind.config(backbone=name, **{**kind.sized(sizes), **changes}))


def saved_backbone(sizes: Mapping[str, Any]) -> nn.Module:
    """Create a denoising network from the configuration that was saved with its weights. Raises LookupError, TypeError
    or ValueError if the configuration is invalid.
    """
    kind = BACKBONES[sizes.get("backbone", "unet")]
    return kind.network(kind.config(**sizes))
