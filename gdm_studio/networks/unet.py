"""The U-Net that denoises: convolutions and attention, told the noise level, text tokens and a pooled text vector."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import (
    Attention2d,
    Conv1x1,
    Downsample,
    FourierEmbedding,
    ResBlock,
    Upsample,
    group_norm,
    zeroed,
)


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of a `UNet`; saved with its weights."""

    in_channels: int = 16
    out_channels: int = 16
    channels: tuple[int, ...] = (128, 192)  # width of each level, full resolution first
    blocks: int = 2  # residual blocks of a level, on the way down and again on the way up
    attention: tuple[bool, ...] = (False, True)  # levels whose blocks are followed by attention
    head: int = 32  # channels of one attention head
    embedding: int = 192  # width of the conditioning vector
    context: int = 192  # width of the text tokens; 0 for none
    pooled: int = 192  # width of the pooled text or class vector; 0 for none
    sketch: int = 0  # width of the narrowest layer of the `Sketch`; 0 for none
    components: int = 0  # of drawings, that the sketch is put together from; 0 where it draws freely
    sketch_side: int = 16  # height and width at which it is drawn
    dropout: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        object.__setattr__(self, "attention", tuple(self.attention))
        if len(self.channels) != len(self.attention):
            raise ValueError("UNetConfig: channels and attention speak of the same levels and must be equally long")


@dataclass(frozen=True)
class Condition:
    """What every block is told."""

    embedding: Tensor  # (N, E) noise level and pooled text
    context: Tensor | None  # (N, L, context)
    mask: Tensor | None  # (N, L) true where there is a token


class UNet(nn.Module):
    """`unet(x, c_noise, context, mask, pooled) -> F`, the raw network F of Karras et al. 2022, equation 7.

    Height and width must be multiples of 2^(levels - 1).
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        channels, width = config.channels, config.embedding
        self.noise = nn.Sequential(FourierEmbedding(64), nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.pooled = nn.Linear(config.pooled, width, bias=False) if config.pooled else None
        self.sketch = Sketch(config) if config.sketch else None
        self.conv_in = nn.Conv2d(config.in_channels * (2 if config.sketch else 1), channels[0], 3, padding=1)
        self.down = nn.ModuleList(Level(config, level) for level in range(len(channels)))
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(channels, channels[1:], strict=False))
        self.up = nn.ModuleList(Level(config, level, merges=True) for level in range(len(channels)))
        self.grow = nn.ModuleList(Upsample(b, a) for a, b in zip(channels, channels[1:], strict=False))
        self.norm_out = group_norm(channels[0])
        self.conv_out = zeroed(nn.Conv2d(channels[0], config.out_channels, 3, padding=1))

    def forward(
        self,
        x: Tensor,  # (N, in_channels, H, W), scaled by c_in
        c_noise: Tensor,  # (N,), in fp32 whatever x is in: bf16 would blur the noise level
        context: Tensor | None = None,  # (N, L, context)
        mask: Tensor | None = None,  # (N, L), true where there is a token
        pooled: Tensor | None = None,  # (N, pooled)
        sketch: Tensor | None = None,  # (N, in_channels, H, W); None for the one drawn from `pooled`
    ) -> Tensor:
        features = self.noise[0](c_noise).to(x.dtype)                           # (N, 64)
        embedding = self.noise[1:](features)                                    # (N, E)
        if self.pooled is not None and pooled is not None:
            embedding = embedding + self.pooled(pooled)
        told = Condition(F.silu(embedding), context, mask)
        if self.sketch is not None and pooled is not None:
            sketch = self.sketch(pooled, x.shape[-2:]) if sketch is None else sketch
            x = torch.cat([x, sketch.to(x.dtype)], dim=1)                       # (N, 2 in_channels, H, W)
        h = self.conv_in(x.contiguous(memory_format=torch.channels_last))       # (N, C, H, W)
        skips: list[Tensor] = []
        for level, down in enumerate(self.down):
            h = self.shrink[level - 1](h) if level else h
            h = down(h, told, skips)
        for level in reversed(range(len(self.up))):
            h = self.up[level](h, told, skips)
            h = self.grow[level - 1](h) if level else h
        out = self.conv_out(F.silu(self.norm_out(h)))                           # (N, out_channels, H, W)
        if sketch is None:
            return out
        # F of data N(sketch, I) is this part of the sketch, less that of x, which the network sees (sigma = e^4c_noise)
        trust = torch.sigmoid(8 * c_noise).sqrt()[:, None, None, None]          # sigma / sqrt(1 + sigma²)
        return out + trust * sketch


class Sketch(nn.Module):
    """Latents guessed from the pooled text alone: what pictures of a prompt have in common.

    Where noise hides the picture, a convolution has to learn prompt by prompt what belongs where; a plain network
    learns that in a hundredth of the time, and the U-Net starts from its guess.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.shape = (config.in_channels, config.sketch_side, config.sketch_side)
        self.layers = nn.Sequential(
            nn.Linear(config.pooled, 3 * config.sketch),
            nn.SiLU(),
            nn.Linear(3 * config.sketch, config.sketch),
            nn.SiLU(),
            *([nn.Linear(config.sketch, config.components)] if config.components else []),
            zeroed(nn.Linear(config.components or config.sketch, config.in_channels * config.sketch_side**2)),
        )

    def forward(self, pooled: Tensor, size: torch.Size) -> Tensor:
        return self.drawn(self.layers[:-1](pooled), size)

    def drawn(self, components: Tensor, size: torch.Size) -> Tensor:
        """Latents (N, C, *size) put together from components (N, K)."""
        drawn = self.layers[-1](components).unflatten(1, self.shape)            # (N, C, side, side)
        return drawn if drawn.shape[-2:] == size else F.interpolate(drawn, size, mode="bilinear")


class Level(nn.Module):
    """The blocks of one resolution; the way down leaves a skip after each block, the way up merges one before each."""

    def __init__(self, config: UNetConfig, level: int, *, merges: bool = False) -> None:
        super().__init__()
        channels, count = config.channels[level], range(config.blocks)
        self.merges = nn.ModuleList(Conv1x1(2 * channels, channels) for _ in count) if merges else None
        self.blocks = nn.ModuleList(
            ResBlock(channels, channels, embedding=config.embedding, dropout=config.dropout) for _ in count
        )
        self.attention = (
            nn.ModuleList(Attention2d(channels, head=config.head, context=config.context) for _ in count)
            if config.attention[level]
            else None
        )

    def forward(self, h: Tensor, told: Condition, skips: list[Tensor]) -> Tensor:
        for index, block in enumerate(self.blocks):
            if self.merges is not None:
                h = self.merges[index](torch.cat([h, skips.pop()], dim=1))
            h = block(h, told.embedding)
            if self.attention is not None:
                h = self.attention[index](h, told.context, told.mask)
            if self.merges is None:
                skips.append(h)
        return h
