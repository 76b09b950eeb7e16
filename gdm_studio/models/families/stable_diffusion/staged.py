"""Stable Diffusion in several passes: up to some noise by itself, from there by a refiner, once more and larger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, Path
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import Ask, Attend, NoiseAt, Stage
from gdm_studio.models.process import point_at
from gdm_studio.passes import strength_of
from gdm_studio.request import MAX_STEPS, Request


class Draws(Stage, Protocol):
    """A model whose data are latents of pictures."""

    def latents(self, pictures: Tensor) -> Tensor: ...
    def pictures(self, latents: Tensor) -> Tensor: ...
    def remarks(self, request: Request) -> Sequence[str]: ...
    def attention(self, asks: Sequence[Ask], path: Path) -> Attend: ...


@dataclass(frozen=True)
class Passes:
    """A LoadedModel whose stages draw one request."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Part:
    """A stage that makes a part of the steps of one way; a `joined` one goes on from x as it stands there.

    So the experts of Balaji et al. 2022 (arXiv:2211.01324) share it out, and SDXL's refiner was made for the end of it
    (Podell et al. 2023, arXiv:2307.01952, section 2.5).
    """

    model: Draws
    joined: bool = False

    @property
    def diffusion(self) -> Diffusion:
        return self.model.diffusion

    def way(self, card: ModelCard, request: Request, first: int, last: int) -> Path:
        whole = card.points(self.diffusion.process, request.spacing, card.stage_ends(request.steps)[1])
        return whole[first : last + 1]

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.model.shape(request)

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        return self.model.start(asks, path, noise, like)

    def encode(self, rgba: Tensor) -> Tensor:
        return self.model.encode(rgba)

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        return self.model.denoiser(asks, path, noise)

    def attention(self, asks: Sequence[Ask], path: Path) -> Attend:
        return self.model.attention(asks, path)

    def decode(self, x0: Tensor) -> Tensor:
        return self.model.decode(x0)

    def glimpse(self, x0: Tensor) -> Tensor:
        return self.model.glimpse(x0)

    def preview(self, x0: Tensor) -> Tensor:
        return self.model.preview(x0)

    def remarks(self, request: Request) -> Sequence[str]:
        return self.model.remarks(request)


@dataclass(frozen=True)
class Again(Part):
    """A second pass over the picture that the first made: enlarged, noised part of the way, and denoised once more.

    Meng et al. 2022, arXiv:2108.01073; at a larger size it is what AUTOMATIC1111's web UI calls a high-resolution fix.
    """

    size: tuple[int, int] = (0, 0)  # (width, height) of what it makes

    def way(self, card: ModelCard, request: Request, first: int, last: int) -> Path:
        """The last so many steps of the shortest way of which they begin no further back than is told."""
        steps, process = last - first, self.diffusion.process
        furthest = point_at(process, strength_of(request.factors)).ratio
        for whole in range(steps, MAX_STEPS + 1):
            path = card.points(process, request.spacing, whole)[-steps - 1 :]
            if path[0].ratio <= furthest:
                break
        return path

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.model.shape(replace(request, size=self.size))

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        rows = [self._larger(ask.before) for ask in asks if ask.before is not None]
        x: Tensor = self.diffusion.process.degrade(torch.cat(rows), path[0], noise(0, like))
        return x

    def encode(self, rgba: Tensor) -> Tensor:
        levels = self._resized(rgba.permute(0, 3, 1, 2).float())
        return self.model.encode(levels.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1))

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        return self.model.denoiser([replace(ask, size=self.size) for ask in asks], path, noise)

    def _larger(self, latents: Tensor) -> Tensor:
        return self.model.latents(self._resized(self.model.pictures(latents)).clamp(-1, 1))

    def _resized(self, pictures: Tensor) -> Tensor:
        width, height = self.size
        return F.interpolate(pictures, (height, width), mode="bicubic", antialias=True)
