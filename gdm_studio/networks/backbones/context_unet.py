"""The context U-Net: on the way up, time is added and what it is told is multiplied, h ← told · h + time.

The small U-Net by which many have learned conditional diffusion; a context of zeros is no zero here, for the layer that
embeds it has a bias, so that pictures without a class have a way up as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Downsample, FourierEmbedding, ResBlock, Upsample, group_norm, zeroed


@dataclass(frozen=True)
class ContextUNetConfig:
    """Sizes of a `ContextUNet`; saved with its weights."""

    channels: int = 4
    answers: int = 1
    told: int = 0
    patch: int = 2  # side of the squares of pixels that become channels
    widths: tuple[int, ...] = (64, 80)  # of each level, the finest first
    blocks: int = 1
    head: int = 40
    dropout: float = 0.0
    adds: bool = False  # it adds what it is told as well: the ablation
    backbone: str = "context-unet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))


class ContextUNet(nn.Module):
    """`network(x, time, told) -> F`; height and width are multiples of patch · 2^(levels − 1)."""

    def __init__(self, config: ContextUNetConfig) -> None:
        super().__init__()
        self.config = config
        widths, numbers = config.widths, config.channels * config.patch**2
        self.features = FourierEmbedding(64)
        self.conv_in = nn.Conv2d(numbers, widths[0], 3, padding=1)
        self.down = nn.ModuleList(_blocks(width, config) for width in widths)
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.time = nn.ModuleList(_embedding(64, width) for width in widths)
        # told nothing, it begins by leaving h as it is
        begun = 0.0 if config.adds else 1.0
        self.context = nn.ModuleList(_embedding(max(config.told, 1), width, begun=begun) for width in widths)
        self.merges = nn.ModuleList(Conv1x1(2 * width, width) for width in widths)
        self.up = nn.ModuleList(_blocks(width, config) for width in widths)
        self.grow = nn.ModuleList(Upsample(b, a) for a, b in zip(widths, widths[1:], strict=False))
        self.norm_out = group_norm(widths[0])
        self.conv_out = zeroed(nn.Conv2d(widths[0], numbers * config.answers, 3, padding=1))

    def forward(self, x: Tensor, time: Tensor, told: Tensor | None = None) -> Tensor:
        features = self.features(time).to(x.dtype)                              # (N, 64)
        if told is None or not self.config.told:
            told = x.new_zeros(len(x), max(self.config.told, 1))
        h = self.conv_in(F.pixel_unshuffle(x, self.config.patch).contiguous(memory_format=torch.channels_last))
        skips = []
        for level, blocks in enumerate(self.down):
            h = blocks(self.shrink[level - 1](h) if level else h)
            skips.append(h)
        for level in reversed(range(len(self.up))):
            added = self.time[level](features)[:, :, None, None]
            context = self.context[level](told)[:, :, None, None]
            h = h + context + added if self.config.adds else torch.addcmul(added, context, h)
            h = self.up[level](self.merges[level](torch.cat([h, skips.pop()], dim=1)))
            h = self.grow[level - 1](h) if level else h
        answers = self.conv_out(F.silu(self.norm_out(h))).chunk(self.config.answers, dim=1)
        return torch.cat([F.pixel_shuffle(each, self.config.patch) for each in answers], dim=1)


def _embedding(width: int, wider: int, *, begun: float | None = None) -> nn.Sequential:
    """Of what is told; at first all of it `begun`, where that is given."""
    last = nn.Linear(wider, wider)
    if begun is not None:
        nn.init.zeros_(last.weight)
        nn.init.constant_(last.bias, begun)
    return nn.Sequential(nn.Linear(width, wider), nn.GELU(), last)


def _blocks(width: int, config: ContextUNetConfig) -> nn.Sequential:
    return nn.Sequential(*(ResBlock(width, width, dropout=config.dropout) for _ in range(config.blocks)))
