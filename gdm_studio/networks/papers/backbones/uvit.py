"""U-ViT: a plain transformer that treats time, class and patches as tokens, with long skips between its halves.

Bao et al. 2022, arXiv:2209.12152, section 3 and figure 1. Block i of the second half receives the output of block depth
− i of the first half, through a linear layer over both. The last layer is a 3×3 convolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gdm_studio.networks.convolution import Conv3x3
from gdm_studio.networks.papers.backbones.transformer_layers import (
    Attention,
    FeedForward,
    Patches,
    SquareConfig,
    TimeEmbedding,
    assemble_images,
    head_count,
    patches_per_side,
)


@dataclass(frozen=True)
class UViTConfig(SquareConfig):
    """Hyperparameters of the transformer `UViT`, such as its layer widths. They are saved with its weights."""

    patch: int = 4
    # Width of a token.
    width: int = 160
    # Number of blocks. It is odd: two equal halves, and the block between them.
    depth: int = 5
    # Number of attention heads; 0 to derive it from the width.
    heads: int = 0
    dropout: float = 0.0
    skips: bool = True
    backbone: str = "u-vit"

    def __post_init__(self) -> None:
        if self.depth % 2 == 0:
            raise ValueError(f"a U-ViT of {self.depth} blocks has no middle; give it an odd number")


class UViT(nn.Module):
    """U-ViT, a transformer with long skip connections that denoises square images with the side `config.size`. It is
    called as `network(x, time, cond) -> F`.
    """

    def __init__(self, config: UViTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        half = config.depth // 2
        self.side = patches_per_side(config.size, config.patch)
        self.patches = Patches(config.channels, config.patch, width)
        self.time = TimeEmbedding(width)
        self.told = nn.Linear(config.told, width, bias=False) if config.told else None
        # Number of tokens that are not patches: one for the time, and one for the conditioning if there is any.
        self.extra = 2 if config.told else 1
        self.positions = nn.Parameter(torch.randn(1, self.extra + self.side**2, width) * 0.02)
        blocks = [UViTBlock(config, joins=config.skips and place > half) for place in range(config.depth)]
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(width)
        numbers = config.channels * config.answers
        self.last = nn.Linear(width, numbers * config.patch**2)
        self.conv = Conv3x3(numbers, numbers)

    def forward(self, x: Tensor, time: Tensor, cond: Tensor | None = None) -> Tensor:
        patches = self.patches(x)  # (N, T, D)
        tokens = [self.time(time).to(patches.dtype)[:, None]]
        if self.told is not None:
            given = patches.new_zeros(len(x), self.config.told) if cond is None else cond
            tokens.append(self.told(given)[:, None])
        h = torch.cat([*tokens, patches], dim=1) + self.positions  # (N, extra + T, D)
        skips: list[Tensor] = []
        for place, block in enumerate(self.blocks):
            h = block(h, skips.pop()) if place > self.config.depth // 2 and self.config.skips else block(h)
            if place < self.config.depth // 2:
                skips.append(h)
        patches = self.last(self.norm(h[:, self.extra :]))
        return self.conv(assemble_images(patches, self.side, self.config.patch))  # (N, C · answers, H, W)


class UViTBlock(nn.Module):
    """Transformer layer of the network `UViT`. If `joins` is True, it also receives the output of the corresponding
    layer in the first half of the network by a long skip connection.
    """

    def __init__(self, config: UViTConfig, *, joins: bool) -> None:
        super().__init__()
        width = config.width
        self.join = nn.Linear(2 * width, width) if joins else None
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.attention = Attention(width, config.heads or head_count(width), bias=False)
        self.forward_network = FeedForward(width, dropout=config.dropout)

    def forward(self, tokens: Tensor, skip: Tensor | None = None) -> Tensor:
        if self.join is not None and skip is not None:
            tokens = self.join(torch.cat([tokens, skip], dim=-1))
        tokens = tokens + self.attention(self.norm1(tokens))
        return tokens + self.forward_network(self.norm2(tokens))
