"""Guidance of a denoiser, and sampling with the request's sampler."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import torch
from torch import Tensor

from gdm_studio.denoising_steps.step_log import StepLog
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.noise import noise_of, shift_steps
from gdm_studio.engine.prompt_mixture import PromptMixture, interpolation_mixture
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.guidance import apply_guidance
from gdm_studio.maths.noise_path import Denoise, NoiseLevel, NoiseLevelInStep, NoisePath, Step
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.loaded_model import DenoiserWithVariance
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import (
    AS_IN_DIFFUSERS,
    HAS_BASE_NORMS,
    SEED_CHOOSES,
    SWITCHES_BY_STEP,
    Request,
)

T = TypeVar("T")


def wrap_denoiser(
    unguided: Denoise,
    request: Request,
    path: NoisePath,
    *,
    diffusion: Diffusion,
    norms: ScoreNorms | None = None,
    normed_patch: int = 0,
    mixture: PromptMixture | None = None,
) -> Denoise:
    """Wrap a stage's denoiser so that it applies the prompt weights, the classifier-free guidance and the temperature
    of a request.

    The wrapped denoiser gets the batch once for each prompt of the `mixture` and, with guidance, once more for each
    negative prompt. Without a mixture, the prompts are those of the request's interpolation. With score norms, the
    temperature uses the variance that they give for each noise level. `normed_patch` is `ModelCard.normed_patch`.
    """
    mixed = mixture or interpolation_mixture(request)
    count = len(mixed.prompts)
    all_sides = count + len(mixed.negatives)

    def predictions(x: Tensor, at: NoiseLevel, sides: int) -> tuple[Tensor, ...]:
        found: Tensor = unguided(torch.cat([x] * sides) if sides > 1 else x, at)
        return found.chunk(sides)

    def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
        return mixed.combine(predictions(x, at, all_sides if mixed.needs_negative else count))[0]

    def pair(x: Tensor, at: NoiseLevel) -> tuple[Tensor, Tensor]:
        found, without = mixed.combine(predictions(x, at, all_sides))
        assert without is not None
        return found, without

    controls: dict[str, Any] = {"guidance_scale": request.guidance_scale, **request.controls}
    return apply_guidance(
        denoise,
        path,
        pair=pair,
        temperature=request.temperature,
        data_scale=diffusion.data_scale,
        skip=diffusion.skipped if request.rules >= AS_IN_DIFFUSERS else None,
        level_variance=norms and norms.level_variance,
        normed_patch=normed_patch,
        **controls,
    )


def temperature_norms(card: ModelCard, request: Request) -> ScoreNorms | None:
    """Return the score norms with which a request's temperature is applied: the model's own or, for a derived model,
    those of its base. Returns None if there are none, or if the request was created by a version that did not use them.
    """
    if card.score_norms:
        return ScoreNorms(card.score_norms) if request.rules >= SEED_CHOOSES else None
    return ScoreNorms(card.base_norms) if card.base_norms and request.rules >= HAS_BASE_NORMS else None


def sample(
    denoise: Denoise,
    request: Request,
    images: Sequence[int],
    state: RunState,
    *,
    card: ModelCard,
    process: Process,
    skipped: int = 0,
    unguided: Denoise | None = None,
) -> Iterator[Step]:
    """Return an iterator over the steps of the request's sampler with the denoiser `denoise`, starting at `state`.

    `skipped` is the number of noise draws of earlier stages. `unguided` is the stage's denoiser without guidance, which
    may predict the variance.
    """
    noise = process.noise(shift_steps(skipped, noise_of(request, images)), state.path)
    settings = {
        **request.knobs,
        **sampler_arguments(request, card, process),
        **_create_variance_argument(request, unguided),
    }
    run = partial(SAMPLERS[request.sampler].fn, start=state.index, history=state.history, **settings)
    if request.rules < SWITCHES_BY_STEP:
        return run(denoise, state.x, state.path, noise)
    return _number_evaluations(denoise, state, lambda numbered: run(numbered, state.x, state.path, noise))


def _number_evaluations(denoise: Denoise, state: RunState, run: Callable[[Denoise], Iterator[Step]]) -> Iterator[Step]:
    """Yield the steps of a sampler, started by `run`, which passes the number of its step to the denoiser.

    Samplers such as Heun also evaluate the denoiser at the end of a step. A scheduled prompt or a control image that
    changes with the next step must not change before.
    """
    now = state.index + 1

    def numbered(x: Tensor, at: NoiseLevel) -> Tensor:
        predicted: Tensor = denoise(x, NoiseLevelInStep.of(at, now))
        return predicted

    for step in run(numbered):
        now = step.index + 1
        yield step


def replay(log: StepLog, card: ModelCard, process: Process) -> Iterator[Step]:
    """Yield the denoising steps that the sampler computes from the model's predictions in a step log, without running
    the model. There are fewer steps than predictions if the sampler needs several predictions per step.
    """
    answers = [entry.prediction for entry in log.entries[:0:-1]]

    def answer(x: Tensor, at: NoiseLevel) -> Tensor | None:
        return answers.pop()

    state = RunState(log.start.x, log.path, log.start.index, log.start.history)
    steps = sample(answer, log.request, (0,), state, card=card, process=process)
    with suppress(IndexError):
        yield from islice(steps, len(answers))


def time_steps(steps: Iterable[T]) -> Iterator[tuple[T, float]]:
    """Yield (event, duration in seconds) for each event of a run. The time that the consumer takes between events is
    not counted.
    """
    began = time.perf_counter()
    for step in steps:
        yield step, time.perf_counter() - began
        began = time.perf_counter()


def sampler_arguments(request: Request, card: ModelCard, process: Process) -> dict[str, Any]:
    """Return the additional keyword argument that the request's sampler needs, such as the reverse variance, as {name:
    value}. Returns {} if it needs none.
    """
    need = SAMPLERS[request.sampler].needs
    if need == "reverse_variance":
        norms = ScoreNorms(card.score_norms)
        scale = None if temperature_norms(card, request) else card.data_scale
        return {need: analytic_variance(norms, temperature=request.temperature, data_scale=scale)}
    return {need: process.degrade} if need == "degrade" else {}


def _create_variance_argument(request: Request, unguided: Denoise | None) -> dict[str, Any]:
    """Return the keyword argument for a sampler that uses a learned variance: the variance that the model predicts for
    the first prompt. Returns {} for all other samplers.
    """
    need = SAMPLERS[request.sampler].needs
    if need != "learned_variance" or not isinstance(unguided, DenoiserWithVariance):
        return {}
    source: DenoiserWithVariance = unguided
    return {need: lambda x, at: source.variance[: len(x)]}
