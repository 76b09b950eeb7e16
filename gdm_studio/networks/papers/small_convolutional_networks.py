"""Convolutional generator and encoder of small images, for VAEs, GANs and classifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.convolution import Conv3x3
from gdm_studio.networks.layers import Conv1x1, Downsample, ResBlock, Upsample, group_norm

# Side of the smallest feature map, in pixels.
SMALLEST = 4


@dataclass(frozen=True)
class GeneratorConfig:
    """Hyperparameters of the image generator `Generator`, such as its layer widths. They are saved with its weights."""

    # Width of the latent vector.
    latent: int = 64
    # Width of the conditioning vector.
    told: int = 0
    channels: int = 4
    # Side of the images in pixels, 4 · 2^n.
    size: int = 32
    # Width at full size. It doubles with every halving of the size, up to `widest`.
    width: int = 32
    widest: int = 96


@dataclass(frozen=True)
class EncoderConfig:
    """Hyperparameters of the image encoder `Encoder`, such as its layer widths. They are saved with its weights."""

    # Number of values that the network outputs.
    answers: int = 1
    # Width of the conditioning onto which a discriminator's output is projected; 0 for none.
    told: int = 0
    # Width of the conditioning that shifts the output of a VAE's encoder; 0 for none.
    moved: int = 0
    channels: int = 4
    size: int = 32
    width: int = 32
    widest: int = 96
    # True for a discriminator that also measures how much the images of a batch differ.
    spread: bool = False


class Sized(Protocol):
    """Protocol of network configurations that have an image size and layer widths."""

    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def widest(self) -> int: ...


def widths_of(config: Sized) -> list[int]:
    """Return the number of channels for each resolution of a convolutional network, from the smallest feature map to
    full size.

    Raises ValueError unless the size is 4 · 2^n.
    """
    levels = (config.size // SMALLEST).bit_length()
    if config.size != SMALLEST << (levels - 1):
        raise ValueError(f"pictures of {config.size} pixels are not 4 · 2^n")
    return [min(config.width << level, config.widest) for level in reversed(range(levels))]


class Generator(nn.Module):
    """Convolutional network that generates images with values −1 … 1 from a latent vector, called as `generator(z,
    cond) -> image`.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths = widths_of(config)
        self.given = nn.Linear(config.latent + config.told, widths[0] * SMALLEST**2)
        self.blocks = nn.ModuleList(ResBlock(width, width) for width in widths)
        self.grow = nn.ModuleList(Upsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.norm_out = group_norm(widths[-1])
        self.conv_out = Conv3x3(widths[-1], config.channels)

    def forward(self, z: Tensor, cond: Tensor | None = None) -> Tensor:
        # A one-hot class is scaled to the length of z. Otherwise the class would be learned too late, when z already
        # encodes everything.
        given = z if cond is None else torch.cat([z, cond * z.shape[1] ** 0.5], dim=1)  # (N, latent + config.told)
        h = self.given(given).unflatten(1, (-1, SMALLEST, SMALLEST))  # (N, W, 4, 4)
        for level, block in enumerate(self.blocks):
            h = block(self.grow[level - 1](h) if level else h)
        return torch.tanh(self.conv_out(F.silu(self.norm_out(h))))  # (N, C, H, W)


class Encoder(nn.Module):
    """Convolutional network that maps images to vectors, used as an encoder, discriminator or classifier. It is called
    as `encoder(image, cond) -> outputs`.

    Its method `features` returns the last hidden layer, (N, widest).
    """

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
        # Without this shift z would encode the image's class, and a z drawn for one class could belong to any other.
        self.moved = nn.Linear(config.moved, config.answers, bias=False) if config.moved else None

    def features(self, pictures: Tensor) -> Tensor:
        h = self.conv_in(pictures)
        for level, block in enumerate(self.blocks):
            h = block(self.shrink[level - 1](h) if level else h)
        # Minibatch deviation (Karras et al. 2018, section 3).
        if self.config.spread:
            spread = (h.var(dim=0, unbiased=False) + 1e-8).sqrt().mean()
            h = torch.cat([h, spread.expand(len(h), 1, *h.shape[2:])], dim=1)
        return F.silu(self.seen(F.silu(self.narrow(h)).flatten(1)))

    def forward(self, pictures: Tensor, cond: Tensor | None = None) -> Tensor:
        features = self.features(pictures)
        answers: Tensor = self.answer(features)
        # Projection discriminator (Miyato and Koyama 2018, equation 3).
        if self.told is not None and cond is not None:
            answers = answers + (features * self.told(cond)).sum(dim=1, keepdim=True)
        if self.moved is not None and cond is not None:
            answers = answers + self.moved(cond)
        return answers
