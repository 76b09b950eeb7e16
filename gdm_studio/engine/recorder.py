"""Recorder of a run's denoising steps in memory, which packs them into a steps file of limited size for each image."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from torch import Tensor

from gdm_studio import preferences
from gdm_studio.denoising_steps import file_format
from gdm_studio.denoising_steps.saved_step import row_taker
from gdm_studio.denoising_steps.step_log import Entry, StepLog, digest_of, full_entry, is_decreasing
from gdm_studio.engine.guided_denoiser import replay
from gdm_studio.engine.initial_state import RunState
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.processes import Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.fingerprint import fingerprint, is_known, named_files_stamp, part_hashes, reading_of
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_events import Event, Result, StepEvent
from gdm_studio.request.generation_request import Request

# The minimum budget, in multiples of an image's latents. It holds about thirty predictions, the initial state and the
# metadata.
MIN_BUDGET = 32
# During a run, the full steps may use this multiple of the budget, since they may later be reduced to predictions.
RUN_BUDGET_FACTOR = 4


def record_events(
    events: Iterable[RunState | Event], request: Request, *, budget: int | None
) -> Generator[Event, None, None]:
    """Record the denoising steps of a batch while passing on its events. A Recorder is added to each StepEvent, and the
    recorded steps to each Result. The first event, the initial RunState, is not passed on.
    """
    start: RunState | None = None
    record: Recorder | None = None
    for event in events:
        if isinstance(event, RunState):
            start = event
            continue
        if isinstance(event, StepEvent) and start is not None:
            process = event.model.stages[0].diffusion.process
            record = record or Recorder(event.model.card, process, request, event.images, start, budget=budget)
            record.add(event.step)
            event = replace(event, record=record)
        elif isinstance(event, Result) and record is not None:
            event = replace(event, steps=record.to_bytes(record.row_of(event.image)))
        yield event


class Recorder:
    """Recorder of a batch's denoising steps. Adding a step neither copies data nor waits for the device.

    It references the model's card and process but not the model, so that a stopped run releases the model.
    """

    def __init__(
        self,
        card: ModelCard,
        process: Process,
        request: Request,
        images: Sequence[int],
        start: RunState,
        *,
        budget: int | None,
    ) -> None:
        """Start recording a run, with a limit of `budget` bytes per image. A budget of 0 records nothing. None uses the
        user's setting, but at least MIN_BUDGET.
        """
        self.card = card
        self._process = process
        self._request = request
        self._images = tuple(images)
        self.start = start
        self._budget = preferences.load().steps_budget if budget is None else budget
        self._min_budget = MIN_BUDGET if budget is None else 0
        self._steps: list[Step] = []
        # The tensors of all steps, by identity, since steps share tensors.
        self._tensors_by_id: dict[int, Tensor] = {}
        self._largest_bytes = start.x[0].nbytes
        self._stride = 1
        # The digests of dropped steps, by step, one per image.
        self._digests: dict[int, list[str]] = {}

    def row_of(self, image: int) -> int:
        """Return the row of an image in the tensors of this batch. `image` is its index in the request."""
        return self._images.index(image)

    @property
    def is_hash_pending(self) -> bool:
        """True while the hash of the model's weights is being computed. Steps cannot be saved before it is known,
        because every step log contains it.
        """
        return not is_known(self.card)

    @property
    def steps(self) -> list[Step]:
        """The recorded steps that are in memory, without the initial state."""
        return self._steps

    def log(self) -> StepLog:
        """Create the step log of the batch. It contains only the initial state; the caller appends later steps."""
        start = full_entry(self.start.step)
        weights = fingerprint(self.card)
        parts = part_hashes(self.card) | named_files_stamp(self.card, self._request) | reading_of(self.card)
        return StepLog(self._request, (start,), self.start.path, self._images, weights, parts)

    def add(self, step: Step) -> None:
        """Record the next denoising step of the batch. If the recorded steps exceed the memory budget, every second one
        is dropped.
        """
        if not self._budget:
            return
        self._steps.append(step)
        self._tensors_by_id |= {id(tensor): tensor for tensor in step.arrays}
        self._largest_bytes = max(self._largest_bytes, step.x[0].nbytes)
        if sum(
            tensor.nbytes for tensor in self._tensors_by_id.values()
        ) > RUN_BUDGET_FACTOR * self._budget_per_image() * len(self._images):
            self._drop_alternate_steps()

    def to_bytes(self, row: int, *, last: Step | None = None) -> bytes:
        """Serialise the recorded steps of one image of the batch, up to the step `last` if the run was stopped there.

        The log contains only predictions if everything else can be recomputed from them, else every k-th step. Returns
        b"" if even the last step exceeds the budget.
        """
        if not self._steps:
            return b""
        less = self._iter_smaller_logs(self._create_log_of_row(row, last or self._steps[-1]))
        return next(filter(None, (file_format.to_bytes(log, room=self._budget_per_image()) for log in less)), b"")

    def _budget_per_image(self) -> int:
        """Return the number of bytes that the recorded steps of one image may use."""
        return self._budget and max(self._budget, self._min_budget * self._largest_bytes)

    def _create_log_of_row(self, row: int, end: Step) -> StepLog:
        """Return the step log of one image of the batch, up to the step `end`, with all steps that
        are still in memory.
        """
        take = row_taker(row)
        request = self._request.picture(self._images[row])
        steps = [self.start.step, *(step for step in self._steps if step.index < end.index), end]
        kept = [full_entry(step.each(take)) for step in steps]
        kept += [Entry(index, digest=rows[row]) for index, rows in self._digests.items() if index < end.index]
        entries = tuple(sorted(kept, key=lambda entry: entry.index))
        weights = fingerprint(self.card)
        parts = part_hashes(self.card)
        return StepLog(request, entries, self.start.path, weights=weights, parts=parts)

    def _iter_smaller_logs(self, log: StepLog) -> Iterator[StepLog]:
        """Yield alternative step logs of the same run, of which the caller stores the first that fits into the budget:
        predictions only (if they suffice), then all steps, then every k-th step.
        """
        if len(log.entries) * log.start.x.nbytes < self._budget_per_image():
            yield from _reduce_to_predictions(log, self.card, self._process)
        yield log
        stride = self._stride
        while stride < len(log.path):
            stride *= 2
            log = _thin_log(log, stride)
            yield log

    def _drop_alternate_steps(self) -> None:
        """Drop every second recorded step to free memory. The digests of dropped steps are stored, so that a recomputed
        step can be verified.
        """
        self._stride *= 2
        *steps, last = self._steps
        self._steps = [step for step in steps if (step.index - self.start.index) % self._stride == 0] + [last]
        kept = {step.index for step in self._steps}
        for step in steps:
            if step.index not in kept:
                self._digests[step.index] = [digest_of(step.each(row_taker(row))) for row in range(len(self._images))]
        self._tensors_by_id = {id(tensor): tensor for step in self._steps for tensor in step.arrays}


def _reduce_to_predictions(log: StepLog, card: ModelCard, process: Process) -> Iterator[StepLog]:
    """Yield the step log with every step reduced to the model's prediction. Yields nothing if the sampler cannot
    restore bit-identical steps from the predictions.
    """
    # A learned variance is not stored with the predictions.
    if SAMPLERS[log.request.sampler].needs == "learned_variance":
        return
    start, *entries = log.entries
    steps = [entry.step for entry in entries if entry.step is not None and not entry.step.memory]
    if len(steps) == len(entries) and is_decreasing(log.path):
        lean = [replace(entry, step=None, prediction=step.denoised) for entry, step in zip(entries, steps, strict=True)]
        log = replace(log, entries=(start, *lean))
        if [digest_of(step) for step in replay(log, card, process)] == [entry.digest for entry in entries]:
            yield log


def _thin_log(log: StepLog, stride: int) -> StepLog:
    """Return a step log that stores every `stride`-th step and the last one in full, and all others as digests."""
    start = log.entries[0].index
    last = log.entries[-1].index
    on_grid = {*range(start, last, stride), last}
    entries = [each if each.index in on_grid else Entry(each.index, digest=each.digest) for each in log.entries]
    return replace(log, entries=tuple(entries))
