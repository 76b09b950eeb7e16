"""Autoencoder of flow models: Stable Diffusion's network, with latents scaled as the denoiser expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder

# Added to the variances of FLUX.2's latents before the square root. ERNIE-Image, which has the same autoencoder, adds
# another number.
EPSILON = 1e-4


@dataclass(frozen=True)
class LatentScale:
    """Normalisation of latents: the denoiser receives (z − shift) · scale, where z is the output of the autoencoder."""

    shift: float
    scale: float


# FLUX.1, Z-Image, Chroma and Lumina 2.
FLUX_1 = LatentScale(0.1159, 0.3611)
STABLE_DIFFUSION_3 = LatentScale(0.0609, 1.5305)


# Mean and standard deviation of each channel of Qwen-Image's latents, which are also those of Wan 2.1.
QWEN_IMAGE_MEAN = (
    -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632, -0.1922,
    -0.9497, 0.2503, -0.2921,
)  # fmt: skip
QWEN_IMAGE_DEVIATION = (
    2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253,
    2.8251, 1.916,
)  # fmt: skip


class ScaledAutoencoder(nn.Module):
    """Autoencoder for images (N, 3, H, W) with values −1 … 1, whose latents are normalised as a flow model expects. H
    and W are multiples of `factor`.

    Its latents are (N, `channels`, H/`factor`, W/`factor`). Each `fold` × `fold` block of the inner autoencoder's
    latents becomes one position with `fold`² times the channels, in the order channel, row, column.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, autoencoder: Autoencoder, shift: Tensor, scale: Tensor, fold: int = 1) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.fold = fold
        self.register_buffer("shift", shift.reshape(1, -1, 1, 1))
        self.register_buffer("scale", scale.reshape(1, -1, 1, 1))

    @property
    def channels(self) -> int:
        return self.autoencoder.config.latent * self.fold**2

    @property
    def factor(self) -> int:
        """Return the side of the square of image pixels that one latent pixel represents."""
        return self.fold * 2 ** (len(self.autoencoder.config.widths) - 1)

    def encode(self, pictures: Tensor) -> Tensor:
        """Encode images to normalised latents: the mean of the encoder's distribution, so nothing is random."""
        mean, _ = self.autoencoder.encode(pictures)
        return (F.pixel_unshuffle(mean, self.fold) - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Decode normalised latents to images with values of about −1 … 1."""
        return self.autoencoder.decode(F.pixel_shuffle(latents / self.scale + self.shift, self.fold))


def with_latent_scale(autoencoder: Autoencoder, scale: LatentScale) -> ScaledAutoencoder:
    """Wrap an autoencoder so that all latent channels are normalised by the same shift and scale."""
    return ScaledAutoencoder(autoencoder, torch.tensor(scale.shift), torch.tensor(scale.scale))


def with_channel_statistics(
    autoencoder: Autoencoder, means: Sequence[float], deviations: Sequence[float]
) -> ScaledAutoencoder:
    """Wrap an autoencoder, such as that of Qwen-Image, so that its latents are normalised by the mean and the standard
    deviation of each channel.
    """
    return ScaledAutoencoder(autoencoder, torch.tensor(means), 1 / torch.tensor(deviations))


def with_batch_norm(
    autoencoder: Autoencoder, mean: Tensor, variance: Tensor, epsilon: float = EPSILON
) -> ScaledAutoencoder:
    """Wrap FLUX.2's autoencoder. Its latents are folded in blocks of 2 × 2 and normalised by the mean and variance of
    each of the 4 · latent resulting channels; `epsilon` is added to the variance.
    """
    return ScaledAutoencoder(autoencoder, mean, (variance + epsilon).rsqrt(), fold=2)
