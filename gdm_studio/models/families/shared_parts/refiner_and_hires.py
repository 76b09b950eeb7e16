"""Optional stages after an image's first pass: a refiner for the last steps, and a second pass at a larger size."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoisePath
from gdm_studio.models.forward_process import noise_level_at
from gdm_studio.models.loaded_model import (
    AttentionReader,
    Conditioning,
    NoiseAt,
    Stage,
    StageWithRemarks,
    StageWithWords,
)
from gdm_studio.models.memory.precision import check_finite, image_levels
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.upscalers.network import UpscalingNetwork
from gdm_studio.models.upscalers.stepwise_upscaling import enlarge, enlarge_to
from gdm_studio.request.generation_request import MAX_STEPS, Request
from gdm_studio.request.hires import second_pass_strength, total_steps


class LatentImageModel(Stage, Protocol):
    """Protocol of a model whose data are latents, with methods that encode images to latents and decode latents to
    images.
    """

    @property
    def card(self) -> ModelCard: ...
    def encode_latents(self, pictures: Tensor) -> Tensor: ...
    def pictures(self, latents: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class StagedModel:
    """Loaded model with additional stages for one request, such as a refiner or a second pass."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class PartialStage:
    """Stage that runs a model on only a part of a noise path, such as the last steps.

    If `is_joined`, it continues from the previous stage's noisy data. Expert models for parts of the path: Balaji et
    al. 2022, arXiv:2211.01324. SDXL's refiner was trained for the last part: Podell et al. 2023, arXiv:2307.01952,
    section 2.5.
    """

    model: LatentImageModel
    is_joined: bool = False

    @property
    def diffusion(self) -> Diffusion:
        return self.model.diffusion

    @property
    def is_opaque(self) -> Literal[True]:
        return True

    def noise_path(self, card: ModelCard, request: Request, first: int, last: int) -> NoisePath:
        whole = card.points(self.diffusion.process, request.spacing, card.stage_ends(total_steps(request))[1])
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
        """Return the function that computes attention maps for the prompt's words. Raises BadRequest if the model does
        not support them.
        """
        if not isinstance(self.model, StageWithWords):
            raise BadRequest("This model cannot record where words act; turn that off.")
        return self.model.attention(conditions, path)

    def decode(self, x0: Tensor) -> Tensor:
        return self.model.decode(x0)

    def fast_decode(self, x0: Tensor) -> Tensor | None:
        return self.model.fast_decode(x0)

    def preview(self, x0: Tensor) -> Tensor:
        return self.model.preview(x0)

    def remarks(self, request: Request) -> Sequence[str]:
        return self.model.remarks(request) if isinstance(self.model, StageWithRemarks) else ()


@dataclass(frozen=True)
class SecondPass(PartialStage):
    """Stage that enlarges a finished image, adds noise to it and denoises it again, to add detail.

    Meng et al. 2022, arXiv:2108.01073. At a larger size this is the "hires fix" of AUTOMATIC1111's web UI.
    """

    # Size (width, height) of the enlarged image.
    size: tuple[int, int] = (0, 0)
    # Network that enlarges the image. Without one, its pixels are interpolated.
    upscaler: UpscalingNetwork | None = None

    def noise_path(self, card: ModelCard, request: Request, first: int, last: int) -> NoisePath:
        """Return the noise levels of the second pass. These are the last levels of a longer noise path.

        That is the shortest path whose last levels start at or below the requested strength.
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
        work = self.start_steps(conditions, path, noise, like)
        while True:
            try:
                next(work)
            except StopIteration as end:
                x: Tensor = end.value
                return x

    def start_steps(
        self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor
    ) -> Generator[float, None, Tensor]:
        results = [condition.before for condition in conditions if condition.before is not None]
        rows = []
        for number, latents in enumerate(results):
            work = self._enlarge(latents)
            while True:
                try:
                    yield (number + next(work)) / len(results)
                except StopIteration as end:
                    rows.append(end.value)
                    break
        x: Tensor = self.diffusion.process.degrade(torch.cat(rows), path[0], noise(0, like))
        return x

    def encode(self, rgba: Tensor) -> Tensor:
        levels = self._resize(rgba.permute(0, 3, 1, 2).float())
        return self.model.encode(levels.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1))

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        return self.model.denoiser([replace(condition, size=self.size) for condition in conditions], path, noise)

    def _enlarge(self, latents: Tensor) -> Generator[float, None, Tensor]:
        """Decode an image from latents, enlarge it and return the latents (1, …) of the result. As a generator, it
        yields the finished fraction after each tile.
        """
        pictures = self.model.pictures(latents)
        if self.upscaler is None:
            return self.model.encode_latents(self._resize(pictures).clamp(-1, 1))
        network = self.upscaler
        levels = image_levels(check_finite(pictures))[0].numpy()
        rgba = np.dstack([levels[..., :3], np.full_like(levels[..., :1], 255)])
        larger = yield from enlarge_to(self.size, rgba, network.scale, lambda image: enlarge(network, image))
        found = torch.from_numpy(larger[None, ..., :3].copy()).to(latents.device).permute(0, 3, 1, 2).float()
        return self.model.encode_latents(found / 127.5 - 1)

    def _resize(self, pictures: Tensor) -> Tensor:
        width, height = self.size
        return F.interpolate(pictures, (height, width), mode="bicubic", antialias=True)


def second_pass(model: LatentImageModel, request: Request, upscaler: UpscalingNetwork | None) -> SecondPass:
    """Create the second-pass stage for a request, in which `model` denoises the enlarged image."""
    return SecondPass(model, size=model.card.second_pass_size(request), upscaler=upscaler)
