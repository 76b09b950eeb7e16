"""Generation of images from a request.

A run loads the model, prepares the pipeline, takes the steps and decodes the images. Each part is a function below.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from weakref import WeakValueDictionary

import torch

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.attention_recording import with_attention
from gdm_studio.engine.decoding import decode_results
from gdm_studio.engine.draft_pull import MIN_START_RATIO, pull_to_drafts
from gdm_studio.engine.feature_cache import FeatureCache
from gdm_studio.engine.guided_denoiser import sample, temperature_norms, time_steps, wrap_denoiser
from gdm_studio.engine.initial_state import (
    RunState,
    is_history_valid,
    rows_of,
    state_after_stage,
    state_after_step,
    state_from_image,
    state_from_noise,
)
from gdm_studio.engine.inversion import inversion_steps
from gdm_studio.engine.noise import denoiser_noise
from gdm_studio.engine.oom_retry import run_in_batches
from gdm_studio.engine.pipeline import Pipeline, PipelineStage, load_model
from gdm_studio.engine.recorder import record_events
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.adapters.lookup import blank_adapters
from gdm_studio.models.batch_features import DenoiserWithFeatures
from gdm_studio.models.capabilities import PLAIN
from gdm_studio.models.families import family_of
from gdm_studio.models.forward_process import start_step
from gdm_studio.models.loaded_model import DenoiserWithDrafts, DenoiserWithMemory, LoadedModel, StageWithRemarks
from gdm_studio.models.memory.memory_and_time_estimate import busy_rows, check_memory, record_pace
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.mixed_prompts import has_attention_regions
from gdm_studio.models.region_adapters import denoiser_of
from gdm_studio.request.conditioning import covers_step
from gdm_studio.request.generation_events import Event, Phase, StepEvent
from gdm_studio.request.generation_request import AS_IN_DIFFUSERS, Branch, Request

# Models that have computed a step since they were loaded, by their id.
_started_models: WeakValueDictionary[int, LoadedModel] = WeakValueDictionary()


def generate(
    request: Request,
    library: Library,
    *,
    resume: Step | None = None,
    images: Sequence[int] | None = None,
    completed: Sequence[StepEvent] = (),
    steps_budget: int | None = None,
    is_warm_up: bool = False,
) -> Generator[Event, None, None]:
    """Generate the images of a request, yielding a Phase per activity, a StepEvent per step, and a Result per image.

    Each `next()` takes one step. To pause, do not call it. To stop, call `close()`. If memory runs out, other models
    are released. Then unfinished images are generated again in smaller batches, and finally on the CPU. Noise is keyed
    by image and step, so the images stay the same. Raises BadRequest, ModelError or DeviceError.

    `resume` is a step of the images (one row each, or one row for all) or of the parent they branch from. Only the
    steps after it are computed, with identical bits. Without it, a branch first repeats its parent's steps. `images`
    are the indices of the images to generate, all by default. `completed` are steps after `resume` from an interrupted
    run, which are yielded again unchanged. `steps_budget` is the size limit of each Result's step history in bytes: 0
    stores none, and None uses the user's setting. Time estimates ignore the durations of the steps of a warm-up.
    """
    card = library.card(request.model)
    request = card.checked(request)
    image_inputs.check_mask(request)
    family = family_of(card)
    images = tuple(range(request.count)) if images is None else tuple(images)
    if resume is not None and len(resume.x) not in (1, len(images)):
        raise BadRequest(f"The step contains {len(resume.x)} pictures, not {len(images)}; request as many.")

    row_of_image = {image: row for row, image in enumerate(images)}
    shown_remarks: set[str] = set()

    def run_batch(batch: tuple[int, ...], device: torch.device) -> Generator[Event, None, None]:
        if family is not None and family.image_cost is not None:
            check_memory(card, family.image_cost, request, device)
        model = yield from load_model(request, library, device)
        of_batch = request.with_prompt_of(batch[0])
        pipeline = Pipeline(model, of_batch, batch)
        # Each note is shown once, not again for every batch or retry.
        for note in chain(_iter_remarks(model, of_batch), _notes_on_control_images(pipeline)):
            if note not in shown_remarks:
                shown_remarks.add(note)
                yield Phase("preparing", note=note)
        rows = [row_of_image[image] for image in batch]
        before = [replace(event, step=rows_of(event.step, rows)) for event in completed]
        events = generate_batch(pipeline, resume and rows_of(resume, rows), before, is_warm_up=is_warm_up)
        recorded = record_events(events, of_batch, budget=steps_budget)
        yield from with_attention(recorded, pipeline) if request.attention else recorded

    for _, together in groupby(images, request.prompts_of):
        yield from run_in_batches(request, library, tuple(together), run_batch)


def generate_batch(
    pipeline: Pipeline, resume: Step | None, completed: Sequence[StepEvent], *, is_warm_up: bool = False
) -> Generator[RunState | Event, None, None]:
    """Generate one batch of images, all of which are denoised together.

    Yields the initial RunState, a StepEvent per step, and the Results. The steps in `completed` are not computed again.
    The durations of the steps of a warm-up are not recorded.
    """
    state = yield from initial_state(pipeline, resume)
    yield state
    x = state.x
    spent = 0.0
    paces = []
    for step, seconds in _time_run(pipeline, state, completed):
        if isinstance(step, Phase):
            spent += seconds
            yield step
            continue
        x = step.x
        spent += seconds
        paces.append(seconds)
        yield StepEvent(pipeline.images, step, pipeline.path, seconds, pipeline.model, spent, first=state.index)
    # The completed steps may come from another device.
    _record_pace(pipeline, paces[len(completed) :], is_warm_up=is_warm_up)
    yield from decode_results(pipeline, x, spent)


def _record_pace(pipeline: Pipeline, paces: Sequence[float], *, is_warm_up: bool) -> None:
    """Save the duration of the fastest step of this run as the basis of later time estimates.

    Runs with several stages, with cached features, with control images or in tiles are ignored, and models whose cost
    is not estimated. So is the first step of a model after it was loaded, which includes reading its weights, and a
    warm-up, whose only step is slow because another model has used the caches.
    """
    request, model = pipeline.request, pipeline.model
    if paces and id(model) not in _started_models:
        _started_models[id(model)] = model
        paces = paces[1:]
    is_plain = request.cache_interval == 1 and not request.tile and not request.hints
    if is_warm_up or not paces or len(pipeline.stages) > 1 or request.size is None or not is_plain:
        return
    family = family_of(model.card)
    if family is None or family.image_cost is None:
        return
    rows = len(pipeline.conditioning(pipeline.stages[0], guided=pipeline.stages[0].is_guided(request)))
    evaluations = busy_rows(rows, model.device) * SAMPLERS[request.sampler].calls_per_step
    record_pace(model.card, model.device, model.dtype, request.size, min(paces) / evaluations)


def initial_state(pipeline: Pipeline, resume: Step | None = None) -> Generator[Phase, None, RunState]:
    """Return the state of a run (noisy data and noise level) before its first step.

    The state is noise, a noisy start image, the step `resume`, or the step at which a branch leaves its parent. Yields
    a Phase while the start image is inverted or the parent is replayed. Raises BadRequest.
    """
    request = pipeline.request
    branch = request.branch
    first = pipeline.stages[0]
    if resume is not None:
        if branch is not None and resume.index < branch.step:
            raise BadRequest(f"The step is number {resume.index}, before the branch at {branch.step}.")
        return state_after_step(pipeline, resume, keeps_history=is_history_valid(request, resume.index))
    if branch is not None:
        return (yield from _rerun_parent(pipeline, branch))
    if first.start_image is None:
        return state_from_noise(pipeline, first)
    index = start_step(first.model.diffusion.process, pipeline.start_path, request.strength)
    sees_image = pipeline.model.card.accepts.edits or _does_model_keep_unmasked(pipeline, first)
    if request.strength == 1 and not request.inverted and sees_image:
        return state_from_noise(pipeline, first)
    if not request.inverted:
        return state_from_image(pipeline, first.start_image.data, index)
    x = first.start_image.data
    for step in inversion_steps(pipeline, index):
        x = step.x
        yield Phase("finding its noise")
    return RunState(x.expand_as(pipeline.empty_data(first)), pipeline.path, index)


def _does_model_keep_unmasked(pipeline: Pipeline, stage: PipelineStage) -> bool:
    """Return True if the model itself preserves the image outside the inpainting mask, as inpainting models do.

    Its prediction is then used unchanged, as in diffusers. Requests with earlier rules still insert the start image, as
    do models whose control models see it, which may be weak or act in a part of the steps.
    """
    sees_rest = stage.start_image is not None and stage.start_image.masked_data is not None
    return sees_rest and pipeline.model.card.accepts.sees_rest and pipeline.request.rules >= AS_IN_DIFFUSERS


def _decides_shapes(pipeline: Pipeline) -> bool:
    """Return True if a run decides on the shapes of its image, and False if a start image does."""
    if pipeline.start_image is None:
        return True
    index = start_step(pipeline.stages[0].model.diffusion.process, pipeline.start_path, pipeline.request.strength)
    return not pipeline.request.inverted and pipeline.start_path[index].ratio >= MIN_START_RATIO


def denoise_pipeline(pipeline: Pipeline, state: RunState) -> Iterator[Step]:
    """Yield the denoising steps from `state` to the end of the pipeline, through all stages of the model."""
    return (event for event in pipeline_events(pipeline, state) if isinstance(event, Step))


def pipeline_events(pipeline: Pipeline, state: RunState) -> Iterator[Step | Phase]:
    """Yield the denoising steps from `state` to the end of the pipeline, through all stages of the model, and a Phase
    whenever a stage prepares its initial data.
    """
    for stage in pipeline.stages:
        if state.index >= stage.last:
            continue
        if stage.number and state.index == stage.first and not stage.is_joined:
            state = yield from state_after_stage(pipeline, stage, state.x)
        for step in denoise_stage(stage, pipeline, state):
            yield step
            state = RunState(step.x, pipeline.path, step.index)


def denoise_stage(stage: PipelineStage, pipeline: Pipeline, state: RunState) -> Iterator[Step]:
    """Return the sampler's denoising steps from `state` to the end of one stage of the model.

    The conditioning is encoded when this function is called, before the first step is requested.
    """
    request = pipeline.request
    count = len(pipeline.images)
    inputs = state.memory[: stage.input_count]
    memory_before = state.memory[stage.input_count :]

    # This is the denoiser, with encoded conditioning, guidance, and the known part of a start image.
    conditioning = pipeline.conditioning(stage, *inputs, guided=stage.is_guided(request))
    noise = denoiser_noise(pipeline.noise(stage), stage.path, count)
    unguided = denoiser_of(stage.model, conditioning, stage.path, noise)
    if isinstance(unguided, DenoiserWithMemory):
        unguided.memory = tuple(rows.transpose(0, 1).flatten(0, 1) for rows in memory_before)
        if any(len(rows) != len(conditioning) for rows in unguided.memory):
            raise BadRequest("The step was made with other settings; continue with the settings it was made with.")
    cache = None
    if request.cache_interval > 1 and isinstance(unguided, DenoiserWithFeatures):
        cache = FeatureCache(unguided, stage.path, request.cache_interval, state.x.shape)
        cache.restore(memory_before)
    norms = temperature_norms(pipeline.model.card, request)
    denoise = wrap_denoiser(
        cache or unguided,
        request,
        stage.path,
        diffusion=stage.model.diffusion,
        norms=norms,
        normed_patch=pipeline.model.card.normed_patch,
        mixture=stage.mixture,
    )
    if isinstance(unguided, DenoiserWithDrafts) and _decides_shapes(pipeline):
        drafts = [draft for draft, row in zip(unguided.drafts, conditioning, strict=True) if not row.negative]
        mask = stage.start_image.mask if stage.start_image else None
        denoise = pull_to_drafts(denoise, drafts, count, mask)
    if stage.start_image is not None and not _does_model_keep_unmasked(pipeline, stage):
        denoise = stage.start_image.constrain(denoise)

    # The sampler numbers its steps within the stage.
    steps = sample(
        denoise,
        request,
        pipeline.images,
        RunState(state.x, stage.path, state.index - stage.first, state.history),
        card=pipeline.model.card,
        process=stage.model.diffusion.process,
        skipped=stage.first + stage.number,
        unguided=unguided,
    )

    def numbered_over_all_stages() -> Iterator[Step]:
        of = len(pipeline.path) - 1
        for step in steps:
            index = stage.first + step.index
            history = step.history
            memory = inputs
            if isinstance(unguided, DenoiserWithMemory):
                memory += tuple(rows.unflatten(0, (-1, count)).transpose(0, 1) for rows in unguided.memory)
            elif cache is not None:
                memory += cache.memory(step.index)
            # The next stage starts from x only.
            if index == stage.last != of:
                memory = ()
                history = ()
            yield replace(step, index=index, of=of, history=history, memory=memory)

    return numbered_over_all_stages()


def _time_run(
    pipeline: Pipeline, state: RunState, completed: Sequence[StepEvent]
) -> Iterator[tuple[Step | Phase, float]]:
    """Yield (step or phase, duration in seconds) for a run. The steps `completed` before an interruption come first and
    are not computed again. Raises BadRequest if one of them belongs to a different run.
    """
    again = [(_move_to_device(pipeline, event.step), event.seconds) for event in completed]
    yield from again
    yield from time_steps(pipeline_events(pipeline, state_after_step(pipeline, again[-1][0]) if again else state))


def _move_to_device(pipeline: Pipeline, step: Step) -> Step:
    """Move the tensors of a saved step to the model's device and return the step. Raises BadRequest if the step belongs
    to a different run.
    """
    state = state_after_step(pipeline, step)
    denoised = step.denoised.to(pipeline.model.device)
    return replace(step, x=state.x, denoised=denoised, history=state.history, memory=state.memory)


def _rerun_parent(pipeline: Pipeline, branch: Branch) -> Generator[Phase, None, RunState]:
    """Recompute the steps of the parent image up to the step at which the branch starts, and return the state of the
    run at this step.
    """
    images = pipeline.images if branch.parent.count > 1 else (0,)
    parent = replace(pipeline, request=branch.parent, images=images)
    state = yield from initial_state(parent)
    if branch.step < state.index:
        raise BadRequest(f"The picture to branch from begins at step {state.index}; branch from there or later.")
    events = pipeline_events(parent, state)
    while state.index < branch.step:
        yield Phase(f"going back to step {branch.step}")
        step = next(events)
        if isinstance(step, Phase):
            continue
        state = RunState(step.x, pipeline.path, step.index, step.history, step.memory)
    return state_after_step(pipeline, state.step, keeps_history=is_history_valid(pipeline.request, branch.step))


def _notes_on_control_images(pipeline: Pipeline) -> Iterator[str]:
    """Yield a note for the user about each control image that acts in no step, because its part of the run is shorter
    than a step or ends before an image-to-image run starts.
    """
    request = pipeline.request
    if not any(hint.weight and (hint.start, hint.end) != (0, 1) for hint in request.hints):
        return
    first, *later = pipeline.stages
    begin = 0
    if first.start_image is not None and request.branch is None:
        begin = start_step(first.model.diffusion.process, pipeline.start_path, request.strength)
    stages = [first, *(stage for stage in later if not stage.is_joined)]
    for number, hint in enumerate(request.hints, start=1):
        is_used = any(
            covers_step(hint.start, hint.end, step - stage.first, len(stage.path) - 1)
            for stage in stages
            for step in range(max(stage.first, begin) + 1, stage.last + 1)
        )
        if hint.weight and not is_used:
            part = f"{hint.start:g} to {hint.end:g}"
            yield f"Control image {number} ({hint.kind}) has no effect: no whole step is within {part} of the run."


def _iter_remarks(model: LoadedModel, request: Request) -> Iterator[str]:
    """Yield a note for the user about each part of the request that the model ignores."""
    for stage in model.stages:
        if isinstance(stage, StageWithRemarks):
            yield from stage.remarks(request)
    has_adapters = any(blank_adapters(region.prompt)[1] for region in request.regions)
    if has_attention_regions(request) and has_adapters and request.grammar != PLAIN:
        yield (
            "The LoRAs of regions act in the whole picture; set the region mode to predictions to keep them in place."
        )
