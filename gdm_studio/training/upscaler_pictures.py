"""The pictures that the upscaler learns from: at three sizes, sharp, and as soft as an autoencoder leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gdm_studio.engine.upscale import premultiplied
from gdm_studio.models.families.icons_model import straight
from gdm_studio.models.precision import quickly
from gdm_studio.training.data.dataset import Pictures
from gdm_studio.training.icons_vae import encode_means, load
from gdm_studio.training.schedule import normal


@dataclass(frozen=True)
class Softener:
    """Pictures as an autoencoder gives them back: encoded, disturbed by noise up to that deviation, and decoded."""

    vae: Path
    noise: float
    seed: int

    @torch.inference_mode()
    def __call__(self, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(N, H, W, 4), straight alpha as given."""
        autoencoder = load(self.vae)
        rng = np.random.default_rng(self.seed)
        latents = (torch.from_numpy(encode_means(autoencoder, rgba)) - autoencoder.shift) * autoencoder.scale
        strength = torch.from_numpy(rng.uniform(0, self.noise, len(rgba))).float()[:, None, None, None]
        with quickly(torch.device("cpu")):
            decoded = autoencoder.decode(latents + strength * normal(rng, *latents.shape))
        return levels_of((decoded.float() + 1) / 2)


@dataclass(frozen=True)
class Pyramid:
    """The chosen pictures at a quarter, half and full size, and at half size as an autoencoder gives them back."""

    levels: tuple[NDArray[np.uint8], ...]  # each (count, side, side, 4), straight alpha
    decoded: NDArray[np.uint8] | None

    @classmethod
    def of(cls, pictures: Pictures, chosen: NDArray[np.int64], soften: Softener | None) -> Pyramid:
        """Reads and reduces every picture; a third of a gigabyte for a thousand of them."""
        full, halves, quarters, decoded = [], [], [], []
        for start in range(0, len(chosen), 64):
            rgba = pictures.rgba(chosen[start : start + 64])
            x = premultiplied(rgba)
            full.append(rgba)
            halves.append(levels_of(reduced(x, 2)))
            quarters.append(levels_of(reduced(x, 4)))
            if soften:
                decoded.append(soften(halves[-1]))
        levels = tuple(map(np.concatenate, (quarters, halves, full)))
        return cls(levels, np.concatenate(decoded) if decoded else None)


def levels_of(x: Tensor) -> NDArray[np.uint8]:
    """Premultiplied 0..1 (N, 4, H, W) to straight-alpha uint8 (N, H, W, 4)."""
    return straight(2 * x - 1).numpy()


def reduced(x: Tensor, factor: int) -> Tensor:
    """Lanczos, as the training pictures themselves are reduced from their drawings."""
    return _resampled(x, x.shape[-1] // factor)


def lanczos(x: Tensor) -> Tensor:
    """Doubled."""
    return _resampled(x, 2 * x.shape[-1])


def _resampled(x: Tensor, side: int) -> Tensor:
    """Pillow's Lanczos, channel by channel in float."""
    channels = x.clamp(0, 1).flatten(0, 1).numpy()
    size = (side, side)
    made = [np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.LANCZOS)) for channel in channels]
    return torch.from_numpy(np.stack(made)).view(*x.shape[:2], side, side).clamp(0, 1)
