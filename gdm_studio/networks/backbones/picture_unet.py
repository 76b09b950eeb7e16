"""The U-Net of the systems: over small pictures whose patches are channels, told the noise, a class and factors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.unet import Sketch, UNet, UNetConfig


@dataclass(frozen=True)
class PictureUNetConfig:
    """Sizes of a `PictureUNet`; saved with its weights."""

    channels: int = 4  # of the pictures
    answers: int = 1  # pictures that it gives for one: 2 with a variance
    patch: int = 2  # side of the squares of pixels that become channels
    widths: tuple[int, ...] = (64, 80)  # of each level, the finest first; the coarsest has attention
    blocks: int = 1
    head: int = 40
    embedding: int = 96
    told: int = 0  # width of what it is told of the picture: classes and factors
    dropout: float = 0.0
    tokens: int = 0  # that what it is told is put into as well, for attention to look at
    sketch: int = 0  # width of the narrowest layer of the `Sketch` of what it is told; 0 for none
    side: int = 16  # height and width at which that is drawn, in patches
    backbone: str = "unet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))


class PictureUNet(nn.Module):
    """`network(x, time, told) -> F`; height and width are multiples of patch · 2^(levels − 1)."""

    def __init__(self, config: PictureUNetConfig) -> None:
        super().__init__()
        self.config = config
        numbers, width = config.channels * config.patch**2, config.widths[-1] if config.tokens else 0
        sketched = bool(config.sketch and config.told)
        self.context = nn.Linear(config.told, config.tokens * width) if config.tokens else None
        self.sketch = Sketch(UNetConfig(
            in_channels=numbers, pooled=config.told, sketch=config.sketch, sketch_side=config.side,
        )) if sketched else None  # fmt: skip
        self.unet = UNet(
            UNetConfig(
                in_channels=numbers * (2 if sketched else 1),
                out_channels=numbers * config.answers,
                channels=config.widths,
                blocks=config.blocks,
                attention=(False,) * (len(config.widths) - 1) + (True,),
                head=config.head,
                embedding=config.embedding,
                context=width,
                pooled=config.told,
                dropout=config.dropout,
            )
        )

    def forward(
        self,
        x: Tensor,  # (N, C, H, W), scaled by c_in
        time: Tensor,  # (N,), of order one
        told: Tensor | None = None,  # (N, told), all zero for nothing
    ) -> Tensor:
        patches = F.pixel_unshuffle(x, self.config.patch)                       # (N, C · p², H/p, W/p)
        if self.sketch is not None:
            told = x.new_zeros(len(x), self.config.told) if told is None else told
            patches = torch.cat([patches, self.sketch(told, patches.shape[-2:])], dim=1)
        context = None
        if self.context is not None:
            told = x.new_zeros(len(x), self.config.told) if told is None else told
            context = self.context(told).unflatten(1, (self.config.tokens, -1))  # (N, tokens, width)
        answers = self.unet(patches, time, context, pooled=told).chunk(self.config.answers, dim=1)
        return torch.cat([F.pixel_shuffle(each, self.config.patch) for each in answers], dim=1)
