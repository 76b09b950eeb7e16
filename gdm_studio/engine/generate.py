"""From a request to pictures: the page a newcomer reads first."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import torch

from gdm_studio.engine.attention import with_attention
from gdm_studio.engine.beginning import beginning
from gdm_studio.engine.course import Course
from gdm_studio.engine.denoising import steps_from
from gdm_studio.engine.fitting import fitting
from gdm_studio.engine.loading import loading
from gdm_studio.engine.recording import recorded
from gdm_studio.engine.results import results
from gdm_studio.engine.starts import Start, rows_of
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Step
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel, StageWithRemarks
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Phase


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

    places, remarked = {image: row for row, image in enumerate(images)}, False

    def make(batch: tuple[int, ...], device: torch.device) -> Generator[Event, None, None]:
        nonlocal remarked
        model = yield from loading(request, library, device)
        if not remarked:  # by a batch before, or before memory ran out
            yield from (Phase("preparing", note=note) for note in dict.fromkeys(_remarks(model, request)))
            remarked = True
        rows = [places[image] for image in batch]
        before = [replace(each, step=rows_of(each.step, rows)) for each in made]
        course = Course(model, request, batch)
        events = recorded(made_together(course, resume and rows_of(resume, rows), before), request, budget=steps_budget)
        yield from with_attention(events, course) if request.attention else events

    yield from fitting(request, library, images, make)


def made_together(
    course: Course, resume: Step | None, before: Sequence[Advance]
) -> Generator[Start | Event, None, None]:
    """The pictures of a course: their Start, the steps that were made `before` and those that follow, the Results."""
    start = yield from beginning(course, resume)
    yield start
    x, spent = start.x, 0.0
    for step, seconds in steps_from(start, course, before):
        x, spent = step.x, spent + seconds
        yield Advance(course.images, step, course.path, seconds, course.model, spent, first=start.index)
    yield from results(course, x, spent)


def _remarks(model: LoadedModel, request: Request) -> Iterator[str]:
    """What its stages leave out of the request."""
    for stage in model.stages:
        if isinstance(stage, StageWithRemarks):
            yield from stage.remarks(request)
