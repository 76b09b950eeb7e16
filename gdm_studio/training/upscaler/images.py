"""The training images of the upscaler at three sizes, sharp or softened by an autoencoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.straight_alpha import to_straight_alpha
from gdm_studio.models.upscalers.stepwise_upscaling import premultiply
from gdm_studio.training.data.dataset import Pictures
from gdm_studio.training.icons.autoencoder_training import encode_means, load
from gdm_studio.training.learning_rate_schedule import normal


@dataclass(frozen=True)
class Softener:
    """Filter that gives training images the defects of generated images, by encoding and decoding them with the
    autoencoder.

    Noise with a standard deviation of up to `noise` is added to the latents.
    """

    vae: Path
    noise: float
    seed: int

    @torch.inference_mode()
    def __call__(self, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return softened copies of images (N, H, W, 4) with straight alpha, by encoding and decoding them with the
        autoencoder.
        """
        autoencoder = load(self.vae)
        rng = np.random.default_rng(self.seed)
        latents = (torch.from_numpy(encode_means(autoencoder, rgba)) - autoencoder.shift) * autoencoder.scale
        strength = torch.from_numpy(rng.uniform(0, self.noise, len(rgba))).float()[:, None, None, None]
        with fast_autocast(torch.device("cpu")):
            decoded = autoencoder.decode(latents + strength * normal(rng, *latents.shape))
        return to_uint8((decoded.float() + 1) / 2)


@dataclass(frozen=True)
class Pyramid:
    """Training images of the upscaler at quarter, half and full size. They may include softened copies at half size."""

    # The images at each size, (count, side, side, 4) with straight alpha. The smallest size is first.
    levels: tuple[NDArray[np.uint8], ...]
    # The softened images at half size.
    decoded: NDArray[np.uint8] | None

    @classmethod
    def of(cls, pictures: Pictures, chosen: NDArray[np.int64], soften: Softener | None) -> Pyramid:
        """Load the selected images and reduce them to all sizes. A thousand images need about 330 MB of memory."""
        full, halves, quarters, decoded = [], [], [], []
        for start in range(0, len(chosen), 64):
            rgba = pictures.rgba(chosen[start : start + 64])
            x = premultiply(rgba)
            full.append(rgba)
            halves.append(to_uint8(downscale(x, 2)))
            quarters.append(to_uint8(downscale(x, 4)))
            if soften:
                decoded.append(soften(halves[-1]))
        levels = tuple(map(np.concatenate, (quarters, halves, full)))
        return cls(levels, np.concatenate(decoded) if decoded else None)


def to_uint8(x: Tensor) -> NDArray[np.uint8]:
    """Convert premultiplied images in 0 … 1 (N, 4, H, W) to straight-alpha uint8 (N, H, W, 4)."""
    return to_straight_alpha(2 * x - 1).numpy()


def downscale(x: Tensor, factor: int) -> Tensor:
    """Reduce images (N, 4, H, W) by `factor` with a Lanczos filter, in the same way as the training images are
    rendered.
    """
    return _resample(x, x.shape[-1] // factor)


def lanczos(x: Tensor) -> Tensor:
    """Double the size of images (N, 4, H, W) with a Lanczos filter, the baseline for the upscaler."""
    return _resample(x, 2 * x.shape[-1])


def _resample(x: Tensor, side: int) -> Tensor:
    """Resize images to `side` pixels with Pillow's Lanczos filter, each channel as floats."""
    channels = x.clamp(0, 1).flatten(0, 1).numpy()
    size = (side, side)
    images = [np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.LANCZOS)) for channel in channels]
    return torch.from_numpy(np.stack(images)).view(*x.shape[:2], side, side).clamp(0, 1)
