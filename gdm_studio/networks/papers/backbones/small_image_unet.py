"""U-Net for small images, conditioned on the noise level, a class and factors. Pixel patches become channels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.icons.unet import PriorNetwork, UNet, UNetConfig


@dataclass(frozen=True)
class PictureUNetConfig:
    """Hyperparameters of the U-Net for small images, `PictureUNet`, such as its layer widths. They are saved with its
    weights.
    """

    # Channels of an image.
    channels: int = 4
    # Number of output images per input image: 2 for prediction and variance.
    answers: int = 1
    # Side in pixels of the blocks that become channels.
    patch: int = 2
    # Width of each level, the finest first. Only the coarsest has attention.
    widths: tuple[int, ...] = (64, 80)
    blocks: int = 1
    head: int = 40
    embedding: int = 96
    # Width of the conditioning vector, which contains the class and the factors.
    told: int = 0
    dropout: float = 0.0
    # Number of tokens into which the conditioning is also projected, for cross-attention; 0 for no cross-attention.
    tokens: int = 0
    # Width of the narrowest layer of the `PriorNetwork`, whose input is the conditioning; 0 for no such network.
    sketch: int = 0
    # Height and width of the prior network's output, in patches.
    side: int = 16
    backbone: str = "unet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))


class PictureUNet(nn.Module):
    """U-Net that denoises small images, with attention at its coarsest level. It is called as `network(x, time, cond)
    -> F`.

    Height and width of x must be multiples of patch · 2^(levels − 1).
    """

    def __init__(self, config: PictureUNetConfig) -> None:
        super().__init__()
        self.config = config
        numbers = config.channels * config.patch**2
        width = config.widths[-1] if config.tokens else 0
        sketched = bool(config.sketch and config.told)
        self.context = nn.Linear(config.told, config.tokens * width) if config.tokens else None
        self.sketch = PriorNetwork(UNetConfig(
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
        cond: Tensor | None = None,  # (N, config.told); zeros for no conditioning
        deep: DeepFeatures | None = None,  # those of the U-Net
    ) -> Tensor:
        patches = F.pixel_unshuffle(x, self.config.patch)  # (N, C · p², H/p, W/p)
        if self.sketch is not None:
            cond = x.new_zeros(len(x), self.config.told) if cond is None else cond
            patches = torch.cat([patches, self.sketch(cond, patches.shape[-2:])], dim=1)
        context = None
        if self.context is not None:
            cond = x.new_zeros(len(x), self.config.told) if cond is None else cond
            context = self.context(cond).unflatten(1, (self.config.tokens, -1))  # (N, tokens, width)
        answers = self.unet(patches, time, context, pooled=cond, deep=deep).chunk(self.config.answers, dim=1)
        return torch.cat([F.pixel_shuffle(each, self.config.patch) for each in answers], dim=1)
