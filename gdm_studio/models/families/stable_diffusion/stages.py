"""Stages of Stable Diffusion: the model, a refiner for the last steps, and a second pass at a larger size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, NoisePath
from gdm_studio.models.card import ModelCard
from gdm_studio.models.forward_process import noise_level_at
from gdm_studio.models.loaded_model import AttentionReader, Conditioning, NoiseAt, Stage
from gdm_studio.request.hires import second_pass_strength
from gdm_studio.request.request import MAX_STEPS, Request


class LatentImageModel(Stage, Protocol):
    """Protocol of a model whose data are latents of images."""

    def latents(self, pictures: Tensor) -> Tensor: ...
    def pictures(self, latents: Tensor) -> Tensor: ...
    def remarks(self, request: Request) -> Sequence[str]: ...
    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader: ...


@dataclass(frozen=True)
class StagedModel:
    """Loaded model with all stages that one request needs."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class PartialStage:
    """Stage that covers only a part of the steps of a noise path.

    If it is `joined`, it continues from the noisy data of the previous stage. Experts for parts of the path:
    Balaji et al. 2022, arXiv:2211.01324. SDXL's refiner was trained for the last part: Podell et al. 2023,
    arXiv:2307.01952, section 2.5.
    """

    model: LatentImageModel
    joined: bool = False

    @property
    def diffusion(self) -> Diffusion:
        return self.model.diffusion

    def noise_path(self, card: ModelCard, request: Request, first: int, last: int) -> NoisePath:
        whole = card.points(self.diffusion.process, request.spacing, card.stage_ends(request.steps)[1])
        return whole[first : last + 1]

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.model.shape(request)

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        return self.model.start(conditions, path, noise, like)

    def encode(self, rgba: Tensor) -> Tensor:
        return self.model.encode(rgba)

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        return self.model.denoiser(conditions, path, noise)

    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader:
        return self.model.attention(conditions, path)

    def decode(self, x0: Tensor) -> Tensor:
        return self.model.decode(x0)

    def fast_decode(self, x0: Tensor) -> Tensor:
        return self.model.fast_decode(x0)

    def preview(self, x0: Tensor) -> Tensor:
        return self.model.preview(x0)

    def remarks(self, request: Request) -> Sequence[str]:
        return self.model.remarks(request)


@dataclass(frozen=True)
class SecondPass(PartialStage):
    """Second pass, in which the finished image is enlarged, partly noised and denoised again.

    Meng et al. 2022, arXiv:2108.01073. At a larger size this is the "hires fix" of AUTOMATIC1111's web UI.
    """

    # Size (width, height) of the enlarged image.
    size: tuple[int, int] = (0, 0)

    def noise_path(self, card: ModelCard, request: Request, first: int, last: int) -> NoisePath:
        """Return the noise levels of the second pass, which are the last ones of a longer path.

        That path is the shortest one whose last levels start at the requested strength or below.
        """
        steps = last - first
        process = self.diffusion.process
        furthest = noise_level_at(process, second_pass_strength(request.factors)).ratio
        for whole in range(steps, MAX_STEPS + 1):
            path = card.points(process, request.spacing, whole)[-steps - 1 :]
            if path[0].ratio <= furthest:
                break
        return path

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.model.shape(replace(request, size=self.size))

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        rows = [self._larger(condition.before) for condition in conditions if condition.before is not None]
        x: Tensor = self.diffusion.process.degrade(torch.cat(rows), path[0], noise(0, like))
        return x

    def encode(self, rgba: Tensor) -> Tensor:
        levels = self._resize(rgba.permute(0, 3, 1, 2).float())
        return self.model.encode(levels.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1))

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        return self.model.denoiser([replace(condition, size=self.size) for condition in conditions], path, noise)

    def _larger(self, latents: Tensor) -> Tensor:
        return self.model.latents(self._resize(self.model.pictures(latents)).clamp(-1, 1))

    def _resize(self, pictures: Tensor) -> Tensor:
        width, height = self.size
        return F.interpolate(pictures, (height, width), mode="bicubic", antialias=True)
