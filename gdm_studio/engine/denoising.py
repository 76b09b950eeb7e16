"""The steps of a course: each stage's denoiser under guidance, its noise, and the sampler that goes on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from gdm_studio.engine.course import Course, Leg
from gdm_studio.engine.noise import keyed_beyond, noise_of, of_denoiser
from gdm_studio.engine.starts import Start, at_step, begun
from gdm_studio.engine.timing import timed
from gdm_studio.errors import BadRequest
from gdm_studio.maths.analytic import ScoreNorms, analytic_variance
from gdm_studio.maths.guidance import under_guidance
from gdm_studio.maths.path import Denoise, Path, Point, Step
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import DenoiserWithMemory, DenoiserWithVariance
from gdm_studio.request import Request
from gdm_studio.run import Advance


def steps_from(start: Start, course: Course, before: Sequence[Advance] = ()) -> Iterator[tuple[Step, float]]:
    """The steps that were made `before`, as they were, and those that follow to the end, each with its seconds.

    Raises BadRequest where one of those before is none of this course.
    """
    again = [(_there(course, each.step), each.seconds) for each in before]
    yield from again
    yield from timed(denoising(course, at_step(course, again[-1][0]) if again else start))


def denoising(course: Course, start: Start) -> Iterator[Step]:
    """The steps from `start` to the end of the course, stage after stage."""
    for leg in course.legs:
        if start.index >= leg.last:
            continue
        if leg.number and start.index == leg.first and not leg.joined:
            start = begun(course, leg, before=start.x)
        for step in denoising_in(leg, course, start):
            yield step
            start = Start(step.x, course.path, step.index)


def denoising_in(leg: Leg, course: Course, start: Start) -> Iterator[Step]:
    """The sampler's steps from `start` to the end of the leg; what is asked is encoded before the first."""
    request, count = course.request, len(course.images)
    given, remembered = start.memory[: leg.given], start.memory[leg.given :]
    asks = course.asks(leg, *given, guided=request.guidance_scale != 1)
    bound = leg.stage.denoiser(asks, leg.path, of_denoiser(course.noise(leg), leg.path, count))
    if isinstance(bound, DenoiserWithMemory):
        bound.memory = tuple(rows.transpose(0, 1).flatten(0, 1) for rows in remembered)
        if any(len(rows) != len(asks) for rows in bound.memory):
            raise BadRequest("The step was made with other settings than these; go on with those it was made with.")
    denoise = under_controls(bound, request, leg.path, data_scale=leg.stage.diffusion.data_scale)
    if leg.known is not None:
        denoise = leg.known.under(denoise)
    own = Start(start.x, leg.path, start.index - leg.first, start.carry)
    process, skipped = leg.stage.diffusion.process, leg.first + leg.number
    steps = sampled(
        denoise, request, course.images, own, card=course.model.card, process=process, skipped=skipped, bound=bound
    )

    def counted() -> Iterator[Step]:
        for step in steps:
            index, of = leg.first + step.index, len(course.path) - 1
            memory, carry = given, step.carry
            if isinstance(bound, DenoiserWithMemory):
                memory += tuple(rows.unflatten(0, (-1, count)).transpose(0, 1) for rows in bound.memory)
            if index == leg.last != of:  # another stage goes on from x alone
                memory, carry = (), ()
            yield replace(step, index=index, of=of, carry=carry, memory=memory)

    return counted()


def sampled(
    denoise: Denoise,
    request: Request,
    images: Sequence[int],
    start: Start,
    *,
    card: ModelCard,
    process: Process,
    skipped: int = 0,
    bound: Denoise | None = None,
) -> Iterator[Step]:
    """The steps that the request's sampler makes of the answers of `denoise`; so many steps' noise is `skipped`.

    `bound` is the stage's own denoiser, under all guidance, where it may be `DenoiserWithVariance`.
    """
    noise = process.noise(keyed_beyond(skipped, noise_of(request, images)), start.path)
    sampler = SAMPLERS[request.sampler]
    settings = {**request.knobs, **_needed(request, card, process), **_told(request, bound)}
    return sampler.fn(denoise, start.x, start.path, noise, start=start.index, carry=start.carry, **settings)


def under_controls(bound: Denoise, request: Request, path: Path, *, data_scale: float) -> Denoise:
    """A stage's denoiser under the request's prompts and guidance.

    Its rows are the pictures once for each prompt and, where it is guided, once more for the negative one.
    """
    weights = request.prompt_weights().values()

    def predictions(x: Tensor, at: Point, sides: int) -> tuple[Tensor, ...]:
        found: Tensor = bound(torch.cat([x] * sides) if sides > 1 else x, at)
        return found.chunk(sides)

    def denoise(x: Tensor, at: Point) -> Tensor:
        return mixed(predictions(x, at, len(weights)))

    def pair(x: Tensor, at: Point) -> tuple[Tensor, Tensor]:
        *with_prompts, without = predictions(x, at, len(weights) + 1)
        return mixed(with_prompts), without

    def mixed(found: Sequence[Tensor]) -> Tensor:
        if len(found) == 1:
            return found[0]
        first, *rest = (weight * each for weight, each in zip(weights, found, strict=True))
        return sum(rest, first)

    controls: dict[str, Any] = {"guidance_scale": request.guidance_scale, **request.controls}
    return under_guidance(denoise, path, pair=pair, temperature=request.temperature, data_scale=data_scale, **controls)


def _there(course: Course, step: Step) -> Step:
    """A step that was made before, on the model's device."""
    there = at_step(course, step)
    denoised = step.denoised.to(course.model.device)
    return replace(step, x=there.x, denoised=denoised, carry=there.carry, memory=there.memory)


def _needed(request: Request, card: ModelCard, process: Process) -> dict[str, Any]:
    """What the sampler needs of the model beside its denoiser, as the keyword argument it takes."""
    need = SAMPLERS[request.sampler].needs
    if need == "reverse_variance":
        norms, scale = ScoreNorms(card.score_norms), card.data_scale
        return {need: analytic_variance(norms, temperature=request.temperature, data_scale=scale)}
    return {need: process.degrade} if need == "degrade" else {}


def _told(request: Request, bound: Denoise | None) -> dict[str, Any]:
    """What the sampler needs of the denoiser beside its pictures, of the first prompt's side."""
    need = SAMPLERS[request.sampler].needs
    if need != "learned_variance" or not isinstance(bound, DenoiserWithVariance):
        return {}
    told: DenoiserWithVariance = bound
    return {need: lambda x, at: told.variance[: len(x)]}
