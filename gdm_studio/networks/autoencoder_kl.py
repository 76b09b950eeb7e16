"""The autoencoder between RGBA pictures and latents: a KL-regularised VAE around a linear patch transform."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Downsample, ResBlock, Upsample, group_norm, zeroed


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of an `AutoencoderKL`; saved with its weights."""

    picture_channels: int = 4
    latent_channels: int = 16
    fold: int = 4  # pixels folded into channels before the encoder's first convolution
    encoder: tuple[int, ...] = (96, 128)  # widths at 1/fold, 1/(2 fold), ... of the picture's resolution
    decoder: tuple[int, ...] = (128, 112, 64)  # widths from the latent's resolution upwards, doubling
    decoder_blocks: tuple[int, ...] = (1, 1, 2)

    def __post_init__(self) -> None:
        for name in ("encoder", "decoder", "decoder_blocks"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def factor(self) -> int:
        """Pixels of the picture to a side of one latent position."""
        return self.fold * 2 ** (len(self.encoder) - 1)

    @property
    def unfold(self) -> int:
        """Pixels made from channels after the decoder's last convolution."""
        return self.factor // 2 ** (len(self.decoder) - 1)


class AutoencoderKL(nn.Module):
    """Pictures (N, C, H, W) in -1..1, H and W multiples of `config.factor`, to latents and back.

    Mean and picture are each a linear patch transform plus a learned correction that starts at zero, so that training
    starts from principal components. Latents are scaled channel by channel: `encode` gives what a denoiser sees.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        pictures, latents, factor = config.picture_channels, config.latent_channels, config.factor
        self.patch = nn.Conv2d(pictures, latents, factor, stride=factor)
        self.unpatch = Conv1x1(latents, pictures * factor**2)
        self.encoder = _encoder(config)
        self.decoder = _decoder(config)
        self.register_buffer("shift", torch.zeros(1, latents, 1, 1))
        self.register_buffer("scale", torch.ones(1, latents, 1, 1))

    def encode(self, pictures: Tensor) -> Tensor:
        """Scaled latents (N, latent_channels, H/factor, W/factor): the posterior's mean, for a denoiser."""
        mean, _ = self.posterior(pictures)
        return (mean - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures, about -1..1, of scaled latents."""
        return self.reconstruct(latents / self.scale + self.shift)

    def linear(self, latents: Tensor) -> Tensor:
        """Pictures of scaled latents by the linear part alone: rough, and nearly free."""
        return F.pixel_shuffle(self.unpatch(latents / self.scale + self.shift), self.config.factor)

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z | x) (Kingma and Welling 2014), each shaped like the latents."""
        correction, log_variance = self.encoder(pictures).chunk(2, dim=1)
        # as a 1 x 1 convolution: one of 16 x 16 in strides of 16 comes out as noise in bf16 on CPUs with matrix units
        patches = F.pixel_unshuffle(pictures, self.config.factor)
        linear = F.conv2d(patches, self.patch.weight.flatten(1)[:, :, None, None], self.patch.bias)
        return linear + correction, (log_variance.float() - 6).clamp(-14, 4)

    def reconstruct(self, z: Tensor) -> Tensor:
        """Pictures of unscaled latents, as the posterior draws them."""
        return F.pixel_shuffle(self.unpatch(z), self.config.factor) + self.decoder(z)


def _encoder(config: AutoencoderConfig) -> nn.Sequential:
    widths = config.encoder
    layers: list[nn.Module] = [
        nn.PixelUnshuffle(config.fold),
        nn.Conv2d(config.picture_channels * config.fold**2, widths[0], 3, padding=1),
        ResBlock(widths[0], widths[0]),
    ]
    for before, width in zip(widths, widths[1:], strict=False):
        layers += [Downsample(before, width), ResBlock(width, width)]
    head = zeroed(Conv1x1(widths[-1], 2 * config.latent_channels))
    return nn.Sequential(*layers, group_norm(widths[-1]), nn.SiLU(), head)


def _decoder(config: AutoencoderConfig) -> nn.Sequential:
    widths = config.decoder
    layers: list[nn.Module] = [nn.Conv2d(config.latent_channels, widths[0], 3, padding=1)]
    for level, (width, blocks) in enumerate(zip(widths, config.decoder_blocks, strict=True)):
        layers += [Upsample(widths[level - 1], width)] if level else []
        layers += [ResBlock(width, width) for _ in range(blocks)]
    head = zeroed(nn.Conv2d(widths[-1], config.picture_channels * config.unfold**2, 3, padding=1))
    return nn.Sequential(*layers, group_norm(widths[-1]), nn.SiLU(), head, nn.PixelShuffle(config.unfold))
