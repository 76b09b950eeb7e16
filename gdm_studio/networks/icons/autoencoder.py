"""KL-regularised autoencoder between RGBA images and latents, built around a linear transform of image patches."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, Downsample, ResBlock, Upsample, group_norm, zero_init


@dataclass(frozen=True)
class AutoencoderConfig:
    """Hyperparameters of the KL-regularised autoencoder `AutoencoderKL`, such as its layer widths. They are saved with
    its weights.
    """

    picture_channels: int = 4
    latent_channels: int = 16
    # Side in pixels of the blocks that are folded into channels before the encoder's first convolution.
    fold: int = 4
    # Widths of the encoder's levels, at 1/fold, 1/(2 fold), … of the image's resolution.
    encoder: tuple[int, ...] = (96, 128)
    # Widths of the decoder's levels. The first has the resolution of the latents, and each other one twice that before
    # it.
    decoder: tuple[int, ...] = (128, 112, 64)
    decoder_blocks: tuple[int, ...] = (1, 1, 2)

    def __post_init__(self) -> None:
        for name in ("encoder", "decoder", "decoder_blocks"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def factor(self) -> int:
        """Side of the square of image pixels that one latent pixel represents."""
        return self.fold * 2 ** (len(self.encoder) - 1)

    @property
    def unfold(self) -> int:
        """Pixel-shuffle factor of the decoder: each position of its last feature map becomes a square of image pixels
        with this side.
        """
        return self.factor // 2 ** (len(self.decoder) - 1)


class AutoencoderKL(nn.Module):
    """Network that compresses images (N, C, H, W) with values −1 … 1 to latents and decodes them. H and W must be
    multiples of `config.factor`.

    Encoder and decoder are each a linear transform of image patches plus a learned correction. The corrections are zero
    at initialisation, so that training can start from principal components. `encode` returns latents scaled per
    channel, as a denoiser expects them.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        pictures = config.picture_channels
        latents = config.latent_channels
        factor = config.factor
        self.patch = nn.Conv2d(pictures, latents, factor, stride=factor)
        self.unpatch = Conv1x1(latents, pictures * factor**2)
        self.encoder = _create_encoder(config)
        self.decoder = _create_decoder(config)
        self.register_buffer("shift", torch.zeros(1, latents, 1, 1))
        self.register_buffer("scale", torch.ones(1, latents, 1, 1))

    def encode(self, pictures: Tensor) -> Tensor:
        """Encode images to scaled latents (N, latent_channels, H/factor, W/factor). The result is the mean of the
        posterior, without random noise.
        """
        mean, _ = self.posterior(pictures)
        return (mean - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Decode scaled latents to images with values of about −1 … 1."""
        return self.reconstruct(latents / self.scale + self.shift)

    def decode_linear(self, latents: Tensor) -> Tensor:
        """Decode scaled latents with only the decoder's linear branch, for a rough preview of the image at almost no
        cost.
        """
        return F.pixel_shuffle(self.unpatch(latents / self.scale + self.shift), self.config.factor)

    def linear_decoder(self) -> Tensor:
        """Return the decoder's linear branch as a matrix (latent channels + 1, channels · factor²).

        The scaled latents of one position, followed by 1, times this matrix are a patch of the image, ordered by
        channel, row and column.
        """
        weight = self.unpatch.weight.flatten(1)
        assert self.unpatch.bias is not None
        bias = self.unpatch.bias + weight @ self.shift.flatten()
        return torch.cat([(weight / self.scale.flatten()).t(), bias[None]])

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Encode images to the mean and the log-variance of the distribution q(z | x), each shaped like the latents
        (Kingma and Welling 2014).
        """
        correction, log_variance = self.encoder(pictures).chunk(2, dim=1)
        # This is a 1 × 1 convolution of unshuffled pixels. A 16 × 16 convolution with stride 16 returns noise in bf16
        # on CPUs with matrix units.
        patches = F.pixel_unshuffle(pictures, self.config.factor)
        linear = F.conv2d(patches, self.patch.weight.flatten(1)[:, :, None, None], self.patch.bias)
        return linear + correction, (log_variance.float() - 6).clamp(-14, 4)

    def reconstruct(self, z: Tensor) -> Tensor:
        """Decode unscaled latents, such as samples of the posterior during training, to images."""
        return F.pixel_shuffle(self.unpatch(z), self.config.factor) + self.decoder(z)


def _create_encoder(config: AutoencoderConfig) -> nn.Sequential:
    widths = config.encoder
    layers: list[nn.Module] = [
        nn.PixelUnshuffle(config.fold),
        nn.Conv2d(config.picture_channels * config.fold**2, widths[0], 3, padding=1),
        ResBlock(widths[0], widths[0]),
    ]
    for before, width in zip(widths, widths[1:], strict=False):
        layers += [Downsample(before, width), ResBlock(width, width)]
    head = zero_init(Conv1x1(widths[-1], 2 * config.latent_channels))
    return nn.Sequential(*layers, group_norm(widths[-1]), nn.SiLU(), head)


def _create_decoder(config: AutoencoderConfig) -> nn.Sequential:
    widths = config.decoder
    layers: list[nn.Module] = [nn.Conv2d(config.latent_channels, widths[0], 3, padding=1)]
    for level, (width, blocks) in enumerate(zip(widths, config.decoder_blocks, strict=True)):
        layers += [Upsample(widths[level - 1], width)] if level else []
        layers += [ResBlock(width, width) for _ in range(blocks)]
    head = zero_init(nn.Conv2d(widths[-1], config.picture_channels * config.unfold**2, 3, padding=1))
    return nn.Sequential(*layers, group_norm(widths[-1]), nn.SiLU(), head, nn.PixelShuffle(config.unfold))
