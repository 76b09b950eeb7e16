"""Context U-Net: on the upward path, the embedded conditioning multiplies the features, and the embedded time is added
to them.

This is the small U-Net of many introductions to conditional diffusion, h ← context · h + time. The embedding of the
context has a bias, so that a context of zeros (no class) does not zero the features.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Downsample, FourierEmbedding, ResBlock, Upsample, group_norm, zero_init


@dataclass(frozen=True)
class ContextUNetConfig:
    """Hyperparameters of the denoising network `ContextUNet`, such as its layer widths. They are saved with its
    weights.
    """

    channels: int = 4
    answers: int = 1
    told: int = 0
    # Side in pixels of the blocks that become channels.
    patch: int = 2
    # Width of each level, the finest first.
    widths: tuple[int, ...] = (64, 80)
    blocks: int = 1
    head: int = 40
    dropout: float = 0.0
    # Ablation: the conditioning is added instead of multiplied.
    adds: bool = False
    backbone: str = "context-unet"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))


class ContextUNet(nn.Module):
    """Small U-Net that denoises images, called as `network(x, time, cond) -> F`. On the upward path, the embedded
    conditioning multiplies the features, and the embedded time is added.

    Height and width of x must be multiples of patch · 2^(levels − 1).
    """

    def __init__(self, config: ContextUNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        numbers = config.channels * config.patch**2
        self.features = FourierEmbedding(64)
        self.conv_in = nn.Conv2d(numbers, widths[0], 3, padding=1)
        self.down = nn.ModuleList(_create_blocks(width, config) for width in widths)
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.time = nn.ModuleList(_create_embedding(64, width) for width in widths)
        # Initially the conditioning leaves h unchanged.
        neutral = 0.0 if config.adds else 1.0
        self.context = nn.ModuleList(
            _create_embedding(max(config.told, 1), width, constant=neutral) for width in widths
        )
        self.merges = nn.ModuleList(Conv1x1(2 * width, width) for width in widths)
        self.up = nn.ModuleList(_create_blocks(width, config) for width in widths)
        self.grow = nn.ModuleList(Upsample(b, a) for a, b in zip(widths, widths[1:], strict=False))
        self.norm_out = group_norm(widths[0])
        self.conv_out = zero_init(nn.Conv2d(widths[0], numbers * config.answers, 3, padding=1))

    def forward(self, x: Tensor, time: Tensor, cond: Tensor | None = None) -> Tensor:
        features = self.features(time).to(x.dtype)  # (N, 64)
        if cond is None or not self.config.told:
            cond = x.new_zeros(len(x), max(self.config.told, 1))
        h = self.conv_in(F.pixel_unshuffle(x, self.config.patch).contiguous(memory_format=torch.channels_last))
        skips = []
        for level, blocks in enumerate(self.down):
            h = blocks(self.shrink[level - 1](h) if level else h)
            skips.append(h)
        for level in reversed(range(len(self.up))):
            added = self.time[level](features)[:, :, None, None]
            context = self.context[level](cond)[:, :, None, None]
            h = h + context + added if self.config.adds else torch.addcmul(added, context, h)
            h = self.up[level](self.merges[level](torch.cat([h, skips.pop()], dim=1)))
            h = self.grow[level - 1](h) if level else h
        answers = self.conv_out(F.silu(self.norm_out(h))).chunk(self.config.answers, dim=1)
        return torch.cat([F.pixel_shuffle(each, self.config.patch) for each in answers], dim=1)


def _create_embedding(width: int, wider: int, *, constant: float | None = None) -> nn.Sequential:
    """Create a two-layer perceptron that embeds the time or the conditioning.

    With `constant`, its output is that constant before training.
    """
    last = nn.Linear(wider, wider)
    if constant is not None:
        nn.init.zeros_(last.weight)
        nn.init.constant_(last.bias, constant)
    return nn.Sequential(nn.Linear(width, wider), nn.GELU(), last)


def _create_blocks(width: int, config: ContextUNetConfig) -> nn.Sequential:
    return nn.Sequential(*(ResBlock(width, width, dropout=config.dropout) for _ in range(config.blocks)))
