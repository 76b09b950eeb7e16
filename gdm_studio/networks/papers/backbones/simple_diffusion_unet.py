"""Network of simple diffusion: a convolutional U-Net whose coarsest level is a transformer.

Hoogeboom, Heek and Salimans 2023, arXiv:2301.11093, sections 3.3 and 3.4. Only the coarsest level is scaled up, because
this is cheapest there, and only that level has dropout.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Downsample, ResBlock, Upsample, group_norm, zero_init
from gdm_studio.networks.papers.backbones.dit import DiTBlock
from gdm_studio.networks.papers.backbones.transformer_layers import (
    SquareConfig,
    TimeEmbedding,
    head_count,
    patches_per_side,
    position_encoding,
)


@dataclass(frozen=True)
class SimpleUNetConfig(SquareConfig):
    """Hyperparameters of the denoising network `SimpleUNet`, such as its layer widths. They are saved with its
    weights.
    """

    # Side in pixels of the blocks that become channels.
    patch: int = 2
    # Width of each convolutional level, the finest first. The transformer has the last width.
    widths: tuple[int, ...] = (64, 80)
    blocks: int = 1
    # Number of transformer layers.
    depth: int = 2
    head: int = 40
    # Dropout probability of the transformer.
    dropout: float = 0.0
    backbone: str = "simple"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))


class SimpleUNet(nn.Module):
    """U-Net of simple diffusion, which denoises square images with the side `config.size` and has a transformer at its
    coarsest level. It is called as `network(x, time, cond) -> F`.
    """

    def __init__(self, config: SimpleUNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        numbers = config.channels * config.patch**2
        width = widths[-1]
        self.side = patches_per_side(config.size, config.patch * 2 ** (len(widths) - 1))
        self.time = TimeEmbedding(width, features=64)
        self.told = nn.Linear(config.told, width, bias=False) if config.told else None
        self.conv_in = nn.Conv2d(numbers, widths[0], 3, padding=1)
        self.down = nn.ModuleList(Blocks(each, config.blocks, width) for each in widths[:-1])
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        heads = width // config.head if width % config.head == 0 else head_count(width)
        self.middle = nn.ModuleList(DiTBlock(width, heads, dropout=config.dropout) for _ in range(config.depth))
        self.grow = nn.ModuleList(Upsample(b, a) for a, b in zip(widths, widths[1:], strict=False))
        self.merges = nn.ModuleList(Conv1x1(2 * each, each) for each in widths[:-1])
        self.up = nn.ModuleList(Blocks(each, config.blocks, width) for each in widths[:-1])
        self.norm_out = group_norm(widths[0])
        self.conv_out = zero_init(nn.Conv2d(widths[0], numbers * config.answers, 3, padding=1))

    def forward(self, x: Tensor, time: Tensor, cond: Tensor | None = None) -> Tensor:
        embedding = self.time(time).to(x.dtype)  # (N, D)
        if self.told is not None and cond is not None:
            embedding = embedding + self.told(cond)
        embedding = F.silu(embedding)
        h = self.conv_in(F.pixel_unshuffle(x, self.config.patch).contiguous(memory_format=torch.channels_last))
        skips = []
        for blocks, shrink in zip(self.down, self.shrink, strict=True):
            skips.append(blocks(h, embedding))
            h = shrink(skips[-1])
        tokens = h.flatten(2).transpose(1, 2) + position_encoding(self.side, h.shape[1]).to(h)
        for block in self.middle:
            tokens = block(tokens, embedding)  # (N, side², D)
        h = tokens.transpose(1, 2).unflatten(2, (self.side, self.side))
        for level in reversed(range(len(self.up))):
            h = self.merges[level](torch.cat([self.grow[level](h), skips.pop()], dim=1))
            h = self.up[level](h, embedding)
        answers = self.conv_out(F.silu(self.norm_out(h))).chunk(self.config.answers, dim=1)
        return torch.cat([F.pixel_shuffle(each, self.config.patch) for each in answers], dim=1)


class Blocks(nn.Module):
    """Residual blocks of one level of a U-Net, conditioned on an embedding (N, E)."""

    def __init__(self, width: int, count: int, embedding: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResBlock(width, width, embedding=embedding) for _ in range(count))

    def forward(self, h: Tensor, embedding: Tensor) -> Tensor:
        for block in self.blocks:
            h = block(h, embedding)
        return h
