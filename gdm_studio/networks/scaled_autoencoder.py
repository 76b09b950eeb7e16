"""Autoencoder of flow models: Stable Diffusion's network, with latents scaled as the denoiser expects."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder

# Added to the variances of FLUX.2's latents before the square root.
EPSILON = 1e-4


@dataclass(frozen=True)
class LatentScale:
    """Shift and scale of latents. The denoiser's are (z − shift) · scale, where z is the autoencoder's output."""

    shift: float
    scale: float


# FLUX.1, Z-Image, Chroma and Lumina 2.
FLUX_1 = LatentScale(0.1159, 0.3611)
STABLE_DIFFUSION_3 = LatentScale(0.0609, 1.5305)


class ScaledAutoencoder(nn.Module):
    """Autoencoder of images (N, 3, H, W) in −1 … 1. H and W are multiples of `factor`.

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
        """Return the side, in pixels, of the area covered by one latent position."""
        return self.fold * 2 ** (len(self.autoencoder.config.widths) - 1)

    def encode(self, pictures: Tensor) -> Tensor:
        """Encode images to scaled latents, using the posterior mean."""
        mean, _ = self.autoencoder.encode(pictures)
        return (F.pixel_unshuffle(mean, self.fold) - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Decode scaled latents to images, in about −1 … 1."""
        return self.autoencoder.decode(F.pixel_shuffle(latents / self.scale + self.shift, self.fold))


def with_latent_scale(autoencoder: Autoencoder, scale: LatentScale) -> ScaledAutoencoder:
    """Return an autoencoder with one shift and scale for all channels."""
    return ScaledAutoencoder(autoencoder, torch.tensor(scale.shift), torch.tensor(scale.scale))


def with_batch_norm(autoencoder: Autoencoder, mean: Tensor, variance: Tensor) -> ScaledAutoencoder:
    """Return FLUX.2's autoencoder, with latents folded 2 × 2 and normalised by these statistics (4 · latent)."""
    return ScaledAutoencoder(autoencoder, mean, (variance + EPSILON).rsqrt(), fold=2)
