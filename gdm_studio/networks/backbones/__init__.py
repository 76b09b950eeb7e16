"""The backbones: networks that any system can denoise with, all called alike and sized by the same few numbers.

`backbone(x, time, told) -> F` with x (N, C, H, W), time (N,) of order one and told (N, T), all zero for nothing;
F has as many pictures' channels as the backbone gives answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import nn

from gdm_studio.networks.backbones.context_unet import ContextUNet, ContextUNetConfig
from gdm_studio.networks.backbones.dit import DiT, DiTConfig
from gdm_studio.networks.backbones.picture_unet import PictureUNet, PictureUNetConfig
from gdm_studio.networks.backbones.rin import RIN, RINConfig
from gdm_studio.networks.backbones.simple import SimpleUNet, SimpleUNetConfig
from gdm_studio.networks.backbones.uvit import UViT, UViTConfig


@dataclass(frozen=True)
class Sizes:
    """What every backbone is made by; each reads them in its own way."""

    size: int  # side of the pictures in pixels
    channels: int
    answers: int  # pictures that it gives for one
    told: int  # width of what it is told
    patch: int  # side of the squares of pixels that a U-Net sees as one; a transformer's are twice that
    widths: tuple[int, ...]  # of a U-Net's levels, the finest first; a transformer has twice the last
    blocks: int  # residual ones of a level; a transformer has four times as many
    dropout: float

    @property
    def tokens(self) -> dict[str, Any]:
        """What the transformers have in common."""
        shared = {name: getattr(self, name) for name in ("size", "channels", "answers", "told")}
        return shared | {"patch": 2 * self.patch, "width": 2 * self.widths[-1], "dropout": self.dropout}

    @property
    def pixels(self) -> dict[str, Any]:
        """What the U-Nets have in common."""
        shared = {name: getattr(self, name) for name in ("channels", "answers", "told", "patch", "widths", "dropout")}
        return shared | {"head": next(head for head in (40, 32, 16) if self.widths[-1] % head == 0)}


    @property
    def sketched(self) -> dict[str, Any]:
        """What a U-Net draws first, of what it is told."""
        return {"sketch": 32, "side": self.size // self.patch} if self.told else {}


class Backbone(NamedTuple):
    """A network, its sizes as they are saved, and how these follow from the numbers that all have in common."""

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
    """One of BACKBONES, with random weights; raises ValueError where it cannot be of these sizes.

    `changes` are fields of its config that are otherwise than they follow from `sizes`.
    """
    kind = BACKBONES[name]
    return kind.network(kind.config(backbone=name, **{**kind.sized(sizes), **changes}))


def saved_backbone(sizes: Mapping[str, Any]) -> nn.Module:
    """One of the sizes that were saved with its weights; raises LookupError, TypeError or ValueError."""
    kind = BACKBONES[sizes.get("backbone", "unet")]
    return kind.network(kind.config(**sizes))
