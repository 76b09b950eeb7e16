"""Networks that make a small picture of a few numbers, or a few numbers of a picture: of VAEs, GANs and judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Conv3x3, Downsample, ResBlock, Upsample, group_norm

SMALLEST = 4  # side at which pictures begin and end


@dataclass(frozen=True)
class GeneratorConfig:
    """Sizes of a `Generator`; saved with its weights."""

    latent: int = 64  # numbers that a picture is made of
    told: int = 0
    channels: int = 4
    size: int = 32  # 4 · 2^n
    width: int = 32  # at full size, twice as much at half of it
    widest: int = 96


@dataclass(frozen=True)
class EncoderConfig:
    """Sizes of an `Encoder`; saved with its weights."""

    answers: int = 1  # numbers that it gives
    told: int = 0  # width of what a discriminator's answer is projected by
    moved: int = 0  # width of what a VAE's answers are moved by
    channels: int = 4
    size: int = 32
    width: int = 32
    widest: int = 96
    spread: bool = False  # it is shown how much pictures of a batch differ, as a discriminator needs


class Sized(Protocol):
    """What has pictures and widths of these sizes."""

    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def widest(self) -> int: ...


def widths_of(config: Sized) -> list[int]:
    """From the smallest side to the full one; raises ValueError where there is no such side."""
    levels = (config.size // SMALLEST).bit_length()
    if config.size != SMALLEST << (levels - 1):
        raise ValueError(f"pictures of {config.size} pixels are not 4 · 2^n")
    return [min(config.width << level, config.widest) for level in reversed(range(levels))]


class Generator(nn.Module):
    """`generator(z, told) -> picture` in −1 … 1."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths = widths_of(config)
        self.given = nn.Linear(config.latent + config.told, widths[0] * SMALLEST**2)
        self.blocks = nn.ModuleList(ResBlock(width, width) for width in widths)
        self.grow = nn.ModuleList(Upsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.norm_out = group_norm(widths[-1])
        self.conv_out = Conv3x3(widths[-1], config.channels)

    def forward(self, z: Tensor, told: Tensor | None = None) -> Tensor:
        # a class, one 1 among many 0, is made as long as z, or it would be learned long after z says all by itself
        given = z if told is None else torch.cat([z, told * z.shape[1] ** 0.5], dim=1)  # (N, latent + told)
        h = self.given(given).unflatten(1, (-1, SMALLEST, SMALLEST))            # (N, W, 4, 4)
        for level, block in enumerate(self.blocks):
            h = block(self.grow[level - 1](h) if level else h)
        return torch.tanh(self.conv_out(F.silu(self.norm_out(h))))              # (N, C, H, W)


class Encoder(nn.Module):
    """`encoder(picture, told) -> answers`; `features` are what it answers by, (N, widest)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        widths = widths_of(config)[::-1]
        self.conv_in = Conv3x3(config.channels, widths[0])
        self.blocks = nn.ModuleList(ResBlock(width, width) for width in widths)
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.narrow = Conv1x1(widths[-1] + config.spread, widths[-1])
        self.seen = nn.Linear(widths[-1] * SMALLEST**2, config.widest)
        self.answer = nn.Linear(config.widest, config.answers)
        self.told = nn.Linear(config.told, config.widest, bias=False) if config.told else None
        # without it z would say what a picture's class is, and one drawn for a class would be of any
        self.moved = nn.Linear(config.moved, config.answers, bias=False) if config.moved else None

    def features(self, pictures: Tensor) -> Tensor:
        h = self.conv_in(pictures)
        for level, block in enumerate(self.blocks):
            h = block(self.shrink[level - 1](h) if level else h)
        if self.config.spread:  # minibatch deviation (Karras et al. 2018, section 3)
            spread = (h.var(dim=0, unbiased=False) + 1e-8).sqrt().mean()
            h = torch.cat([h, spread.expand(len(h), 1, *h.shape[2:])], dim=1)
        return F.silu(self.seen(F.silu(self.narrow(h)).flatten(1)))

    def forward(self, pictures: Tensor, told: Tensor | None = None) -> Tensor:
        features = self.features(pictures)
        answers: Tensor = self.answer(features)
        if self.told is not None and told is not None:  # a projection (Miyato and Koyama 2018, equation 3)
            answers = answers + (features * self.told(told)).sum(dim=1, keepdim=True)
        if self.moved is not None and told is not None:
            answers = answers + self.moved(told)
        return answers
