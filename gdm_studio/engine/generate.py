"""From a request to pictures: the page a newcomer reads first."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import torch

from gdm_studio.engine import devices
from gdm_studio.engine.beginning import beginning
from gdm_studio.engine.course import Course
from gdm_studio.engine.decoding import decoded, decoding
from gdm_studio.engine.denoising import denoising
from gdm_studio.engine.fitting import fitting
from gdm_studio.engine.loading import loading
from gdm_studio.engine.recording import recorded
from gdm_studio.engine.sources import source_of
from gdm_studio.engine.starts import Start, at_step, rows_of
from gdm_studio.engine.timing import timed
from gdm_studio.errors import BadRequest, NotFinite
from gdm_studio.maths.path import Step
from gdm_studio.models.fingerprint import fingerprint, of_parts
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel, Remarking, stage_of
from gdm_studio.models.precision import name_of
from gdm_studio.models.weights import check_files
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Made, Phase, Result


def generate(
    request: Request,
    library: Library,
    *,
    resume: Step | None = None,
    images: Sequence[int] | None = None,
    made: Sequence[Advance] = (),
    steps_budget: int | None = None,
) -> Generator[Event, None, None]:
    """Makes the pictures of `request`, or those named: phases, one Advance a denoising step, one Result a picture.

    Every `next()` is one step, so pausing is not calling it and stopping is `close()`. Raises BadRequest,
    ModelError or DeviceError. Where memory runs out, other models are let go, then the pictures in hand are begun
    again in smaller batches, and at last on the CPU; noise is keyed, so they come out the same. Decoding has remedies
    of its own before that.

    With `resume`, a step of these pictures (a row each, or one for all) or the one they branch from, only the steps
    after it are made, to the same bits. Without, a branch goes its parent's way again up to where it leaves it.
    `made` are steps that a run which ended early made after that: they come again as they were, and the rest follows.

    Every Result carries its trajectory, of at most `steps_budget` bytes, else as `Recorder` has it; 0 keeps none.
    """
    request = library.card(request.model).checked(request)
    images = tuple(range(request.count)) if images is None else tuple(images)
    if resume is not None and len(resume.x) not in (1, len(images)):
        raise BadRequest(f"The step holds {len(resume.x)} pictures, not {len(images)}; ask for as many.")
    row_of = {image: row for row, image in enumerate(images)}

    def make(batch: tuple[int, ...], device: torch.device) -> Iterator[Event]:
        model = yield from loading(request, library, device)
        if batch[0] == images[0]:
            yield from (Phase("preparing", note=note) for note in _remarks(model, request))
        rows = [row_of[image] for image in batch]
        before = [replace(each, step=rows_of(each.step, rows)) for each in made]
        events = denoised_and_decoded(Course(model, request, batch), resume and rows_of(resume, rows), before)
        yield from recorded(events, request, budget=steps_budget)

    yield from fitting(request, library, images, make)


def denoised_and_decoded(
    course: Course, resume: Step | None, before: Sequence[Advance]
) -> Generator[Start | Event, None, None]:
    """The pictures of a course: their Start, the steps that were made `before` and those that follow, the Results."""
    model, request, images = course.model, course.request, course.images
    start = yield from beginning(course, resume)
    yield start
    again = [(_there(course, each.step), each.seconds) for each in before]
    there = at_step(course, again[-1][0]) if again else start
    x, spent = there.x, 0.0
    for step, seconds in chain(again, timed(denoising(course, there))):
        x, spent = step.x, spent + seconds
        yield Advance(images, step, course.path, seconds, model, spent, first=start.index)
    _check_finite(x, model)

    yield Phase("decoding")
    began = time.perf_counter()
    pictures = (yield from decoding(model.stages[-1], x)).numpy()
    made = _made(model, (spent + time.perf_counter() - began) / len(images))
    for image, picture in zip(images, pictures, strict=True):
        finished = course.source.finished(picture) if course.source else picture
        yield Result(image, request.picture(image), finished, made=made)


def reached(request: Request, advance: Advance) -> list[Result]:
    """What the pictures of a stopped run had become: the predictions of the last step made, decoded."""
    began = time.perf_counter()
    model: LoadedModel = advance.model
    request = model.card.checked(request)  # with the size of the picture that it leaves, as a finished one has
    pictures = decoded(stage_of(model, advance.step), advance.step.denoised).numpy()
    source = source_of(model.card, request)
    made = _made(model, (advance.spent + time.perf_counter() - began) / len(advance.images))
    return [
        Result(
            image,
            request.picture(image),
            source.finished(picture) if source else picture,
            stopped_at=advance.step.index,
            made=made,
            steps=advance.record.to_bytes(row, last=advance.step) if advance.record else b"",
        )
        for row, (image, picture) in enumerate(zip(advance.images, pictures, strict=True))
    ]


def _remarks(model: LoadedModel, request: Request) -> Iterator[str]:
    """What its stages leave out of the request, each once."""
    stages = (stage for stage in model.stages if isinstance(stage, Remarking))
    yield from dict.fromkeys(note for stage in stages for note in stage.remarks(request))


def _there(course: Course, step: Step) -> Step:
    """A step that was made before, on the model's device; raises BadRequest where it is none of this course."""
    there = at_step(course, step)
    denoised = step.denoised.to(course.model.device)
    return replace(step, x=there.x, denoised=denoised, carry=there.carry, memory=there.memory)


def _check_finite(x: torch.Tensor, model: LoadedModel) -> None:
    """Raises ModelError where it is the weights that are no numbers, else NotFinite with what helps against it."""
    if not bool(torch.isfinite(x).all()):
        check_files(model.card.weights)
        remedy = "fp32" if model.dtype != torch.float32 else "cpu" if model.device.type != "cpu" else "calm"
        way_out = {
            "fp32": "make it again in full precision",
            "cpu": "make it again on the CPU",
            "calm": "try more steps, another scheduler or less guidance",
        }[remedy]
        raise NotFinite(f"The picture ended in numbers beyond all bounds; {way_out}.", remedy=remedy)


def _made(model: LoadedModel, seconds: float) -> Made:
    device, dtype = devices.describe(str(model.device)), name_of(model.dtype)
    return Made(device, dtype, seconds, model_hash=fingerprint(model.card), parts=of_parts(model.card))
