"""The steps of a request: its path, its denoiser under all controls, its noise, and the sampler that goes on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.starts import Source, Start
from gdm_studio.maths.analytic import ScoreNorms, analytic_variance
from gdm_studio.maths.controls import controlled
from gdm_studio.maths.path import Denoise, Path, Point, Step
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.loaded import LoadedModel, Prompt
from gdm_studio.request import Request


def denoising(
    model: LoadedModel, request: Request, images: Sequence[int], source: Source | None, start: Start
) -> Iterator[Step]:
    """The sampler's steps from `start` to the end of the path, for the pictures `images` of the request."""
    denoise = denoiser(model, request, len(images), start.path)
    if source is not None:
        denoise = source.known(denoise)
    noise = model.process.noise(noise_of(request, images), start.path)
    sampler, settings = SAMPLERS[request.sampler], {**request.knobs, **_needed(model, request)}
    return sampler.fn(denoise, start.x, start.path, noise, start=start.index, carry=start.carry, **settings)


def path_of(model: LoadedModel, request: Request) -> Path:
    """The points that the request visits."""
    return model.card.points(model.process, request.spacing, request.steps)


def noise_of(request: Request, images: Sequence[int]) -> KeyedNoise:
    """Normal numbers for these pictures of the request, a row each."""
    return KeyedNoise([request.picture(image).seed for image in images])


def denoiser(model: LoadedModel, request: Request, count: int, path: Path) -> Denoise:
    """The model under the request's prompt and controls, for `count` pictures."""
    # guidance strengthens how things are drawn as well as what: the style stands on one side only
    told, against = Prompt(request.prompt, request.style), Prompt(request.negative_prompt)
    alone = model.encode([told] * count)
    both = model.encode([told] * count + [against] * count) if request.guidance_scale != 1 else None

    def denoise(x: torch.Tensor, at: Point) -> torch.Tensor:
        return model.denoised(x, at, alone)

    def pair(x: torch.Tensor, at: Point) -> tuple[torch.Tensor, torch.Tensor]:
        with_prompt, without = model.denoised(torch.cat([x, x]), at, both).chunk(2)
        return with_prompt, without

    controls: dict[str, Any] = {"guidance_scale": request.guidance_scale, **request.controls}
    scale = model.card.data_scale
    return controlled(denoise, path, pair=pair, temperature=request.temperature, data_scale=scale, **controls)


def _needed(model: LoadedModel, request: Request) -> dict[str, Any]:
    """What the sampler needs of the model beside its denoiser, as the keyword argument it takes."""
    need = SAMPLERS[request.sampler].needs
    if need == "reverse_variance":
        norms, scale = ScoreNorms(model.card.score_norms), model.card.data_scale
        return {need: analytic_variance(norms, temperature=request.temperature, data_scale=scale)}
    return {need: model.process.degrade} if need == "degrade" else {}
