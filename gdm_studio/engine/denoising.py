"""The steps of a request: its path, its denoiser under all controls, its noise, and the sampler that goes on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from gdm_studio.engine.noise import KeyedNoise, blended
from gdm_studio.engine.starts import Source, Start
from gdm_studio.maths.analytic import ScoreNorms, analytic_variance
from gdm_studio.maths.controls import controlled
from gdm_studio.maths.path import Denoise, Noise, Path, Point, Step
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import LoadedModel, Prompt
from gdm_studio.request import Request


def denoising(
    model: LoadedModel, request: Request, images: Sequence[int], source: Source | None, start: Start
) -> Iterator[Step]:
    """The sampler's steps from `start` to the end of the path, for the pictures `images` of the request."""
    denoise = denoiser(model, request, len(images), start.path)
    if source is not None:
        denoise = source.known(denoise)
    return sampled(denoise, request, images, start, card=model.card, process=model.process)


def sampled(
    denoise: Denoise, request: Request, images: Sequence[int], start: Start, *, card: ModelCard, process: Process
) -> Iterator[Step]:
    """The steps that the request's sampler makes of the answers of `denoise`."""
    noise = process.noise(noise_of(request, images), start.path)
    sampler, settings = SAMPLERS[request.sampler], {**request.knobs, **_needed(request, card, process)}
    return sampler.fn(denoise, start.x, start.path, noise, start=start.index, carry=start.carry, **settings)


def path_of(model: LoadedModel, request: Request) -> Path:
    """The points that the request visits."""
    return model.card.points(model.process, request.spacing, request.steps)


def noise_of(request: Request, images: Sequence[int]) -> Noise:
    """Normal numbers for these pictures of the request, a row each; on the way from one seed to another, a blend."""
    seeds = zip(*(request.picture(image).seed_weights() for image in images), strict=True)
    weights = request.seed_weights().values()  # those of every picture
    return blended([(weight, KeyedNoise(rows)) for weight, rows in zip(weights, seeds, strict=True)])


def denoiser(model: LoadedModel, request: Request, count: int, path: Path) -> Denoise:
    """The model under the request's prompt and controls, for `count` pictures."""
    # guidance strengthens how things are drawn as well as what: the style stands on one side only
    weights = request.prompt_weights()
    told, against = [Prompt(text, request.style) for text in weights], Prompt(request.negative_prompt)
    alone = model.encode([each for each in told for _ in range(count)])
    guides = request.guidance_scale != 1
    both = model.encode([each for each in (*told, against) for _ in range(count)]) if guides else None

    def denoise(x: torch.Tensor, at: Point) -> torch.Tensor:
        return mixed(_predictions(model, x, at, alone, len(told)))

    def pair(x: torch.Tensor, at: Point) -> tuple[torch.Tensor, torch.Tensor]:
        *with_prompts, without = _predictions(model, x, at, both, len(told) + 1)
        return mixed(with_prompts), without

    def mixed(predictions: Sequence[torch.Tensor]) -> torch.Tensor:
        if len(predictions) == 1:
            return predictions[0]
        first, *rest = (weight * each for weight, each in zip(weights.values(), predictions, strict=True))
        return sum(rest, first)

    controls: dict[str, Any] = {"guidance_scale": request.guidance_scale, **request.controls}
    scale = model.card.data_scale
    return controlled(denoise, path, pair=pair, temperature=request.temperature, data_scale=scale, **controls)


def _predictions(
    model: LoadedModel, x: torch.Tensor, at: Point, conditioning: Any, each: int
) -> tuple[torch.Tensor, ...]:
    """x0 of the pictures x under `each` prompts, whose rows of conditioning follow each other prompt by prompt."""
    return model.denoised(torch.cat([x] * each) if each > 1 else x, at, conditioning).chunk(each)


def _needed(request: Request, card: ModelCard, process: Process) -> dict[str, Any]:
    """What the sampler needs of the model beside its denoiser, as the keyword argument it takes."""
    need = SAMPLERS[request.sampler].needs
    if need == "reverse_variance":
        norms, scale = ScoreNorms(card.score_norms), card.data_scale
        return {need: analytic_variance(norms, temperature=request.temperature, data_scale=scale)}
    return {need: process.degrade} if need == "degrade" else {}
