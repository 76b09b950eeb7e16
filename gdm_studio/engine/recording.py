"""Keeping the steps of a run as it goes on, as many as there is room for."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from torch import Tensor

from gdm_studio import preferences
from gdm_studio.engine import step_codec
from gdm_studio.engine.starts import Start
from gdm_studio.engine.steplog import Entry, StepLog, digest_of, falls, whole
from gdm_studio.engine.steps import row_taker
from gdm_studio.engine.trajectory import replayed
from gdm_studio.maths.path import Step
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.fingerprint import fingerprint, is_known, of_named, of_parts
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Result

LEAST = 32  # latents of a picture: the predictions of thirty steps, where they begin, and what is said of them
SPARE = 4  # times the room is held while a run goes on: its predictions alone may fit


def recorded(events: Iterable[Start | Event], request: Request, *, budget: int | None) -> Generator[Event, None, None]:
    """The events of pictures made together, whose Start comes first: each Advance with the record so far, each Result
    with its log.
    """
    start: Start | None = None
    record: Recorder | None = None
    for event in events:
        if isinstance(event, Start):
            start = event
            continue
        if isinstance(event, Advance) and start is not None:
            record = record or Recorder(event.model, request, event.images, start, budget=budget)
            record.add(event.step)
            event = replace(event, record=record)
        elif isinstance(event, Result) and record is not None:
            event = replace(event, steps=record.to_bytes(record.row_of(event.image)))
        yield event


class Recorder:
    """The steps of pictures made together. Nothing is copied before a picture is done, nor a device waited for."""

    def __init__(
        self, model: LoadedModel, request: Request, images: Sequence[int], start: Start, *, budget: int | None
    ) -> None:
        """`budget` in bytes a picture, 0 to keep nothing; None for what people set, or LEAST where that is more."""
        self._card, self._process = model.card, model.stages[0].diffusion.process  # a stopped run lets go of the model
        self._request, self._images, self.start = request, tuple(images), start
        self._budget = preferences.load().steps_budget if budget is None else budget
        self._least = LEAST if budget is None else 0
        self._steps: list[Step] = []
        self._held: dict[int, Tensor] = {}  # by identity, since steps share some
        self._largest = start.x[0].nbytes
        self._stride = 1
        self._digests: dict[int, list[str]] = {}  # by step that was let go of, of each picture

    def row_of(self, image: int) -> int:
        """Where that picture of the request stands among those made together."""
        return self._images.index(image)

    @property
    def has_to_wait(self) -> bool:
        """Whether the weights that a log names are still being read to be known."""
        return not is_known(self._card)

    def log(self) -> StepLog:
        """That of all the pictures, as it begins."""
        start, weights = whole(self.start.step), fingerprint(self._card)
        parts = of_parts(self._card) | of_named(self._card, self._request)
        return StepLog(self._request, (start,), self.start.path, self._images, weights, parts)

    def add(self, step: Step) -> None:
        """The next step of all the pictures."""
        if not self._budget:
            return
        self._steps.append(step)
        self._held |= {id(tensor): tensor for tensor in step.arrays}
        self._largest = max(self._largest, step.x[0].nbytes)
        if sum(tensor.nbytes for tensor in self._held.values()) > SPARE * self._room() * len(self._images):
            self._thin()

    def to_bytes(self, row: int, *, last: Step | None = None) -> bytes:
        """The log of the picture in that row, up to the step `last` where its run was stopped there.

        By its predictions where the rest can be made of them, else with every k-th step; b"" where not even the last
        fits into the budget.
        """
        if not self._steps:
            return b""
        less = self._ever_less(self._row(row, last or self._steps[-1]))
        return next(filter(None, (step_codec.to_bytes(log, room=self._room()) for log in less)), b"")

    def _room(self) -> int:
        return self._budget and max(self._budget, self._least * self._largest)

    def _row(self, row: int, end: Step) -> StepLog:
        """That of the picture in the row, whole as far as its steps are held."""
        take, request = row_taker(row), self._request.picture(self._images[row])
        steps = [self.start.step, *(step for step in self._steps if step.index < end.index), end]
        kept = [whole(step.each(take)) for step in steps]
        kept += [Entry(index, digest=rows[row]) for index, rows in self._digests.items() if index < end.index]
        entries = tuple(sorted(kept, key=lambda entry: entry.index))
        weights, parts = fingerprint(self._card), of_parts(self._card)
        return StepLog(request, entries, self.start.path, weights=weights, parts=parts)

    def _ever_less(self, log: StepLog) -> Iterator[StepLog]:
        if len(log.entries) * log.start.x.nbytes < self._room():
            yield from _by_predictions(log, self._card, self._process)
        yield log
        stride = self._stride
        while stride < len(log.path):
            stride *= 2
            log = _thinned(log, stride)
            yield log

    def _thin(self) -> None:
        """Lets go of every second step."""
        self._stride *= 2
        *steps, last = self._steps
        self._steps = [step for step in steps if (step.index - self.start.index) % self._stride == 0] + [last]
        kept = {step.index for step in self._steps}
        for step in steps:
            if step.index not in kept:
                self._digests[step.index] = [digest_of(step.each(row_taker(row))) for row in range(len(self._images))]
        self._held = {id(tensor): tensor for step in self._steps for tensor in step.arrays}


def _by_predictions(log: StepLog, card: ModelCard, process: Process) -> Iterator[StepLog]:
    """The same kept by its predictions, if the sampler makes the very same steps of them."""
    if SAMPLERS[log.request.sampler].needs == "learned_variance":
        return  # which is not among the predictions
    start, *entries = log.entries
    steps = [entry.step for entry in entries if entry.step is not None and not entry.step.memory]
    if len(steps) == len(entries) and falls(log.path):
        lean = [replace(entry, step=None, prediction=step.denoised) for entry, step in zip(entries, steps, strict=True)]
        log = replace(log, entries=(start, *lean))
        if [digest_of(step) for step in replayed(log, card, process)] == [entry.digest for entry in entries]:
            yield log


def _thinned(log: StepLog, stride: int) -> StepLog:
    """The same with every `stride`-th step, and the last."""
    start, last = log.entries[0].index, log.entries[-1].index
    on_grid = {*range(start, last, stride), last}
    entries = [each if each.index in on_grid else Entry(each.index, digest=each.digest) for each in log.entries]
    return replace(log, entries=tuple(entries))
