"""Saving a run's steps while it is running, and resuming the run after a restart."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator
from contextlib import suppress
from typing import Protocol

from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import translatable
from gdm_studio.denoising_steps.file_format import read_intact, record, records, to_bytes
from gdm_studio.denoising_steps.step_log import StepLog, full_entry
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.initial_state import rows_of
from gdm_studio.maths.noise_path import Step
from gdm_studio.models.fingerprint import READING, fingerprint, named_files_stamp, part_hashes, reading_of
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, card_for_request
from gdm_studio.request.generation_events import Event, Phase, StepEvent
from gdm_studio.request.generation_request import Request

# The time in seconds between two writes of the recorded steps.
WRITE_INTERVAL = 0.3
# The number of steps that may be buffered while the hash of the weights is being computed, so that no step waits for
# it.
MAX_BUFFERED = 64


class SaveSteps(Protocol):
    """Callback that saves the steps of a run to disk. It appends `data` to the previously saved data, or replaces them
    if `from_start` is True.
    """

    def __call__(self, data: bytes, *, from_start: bool) -> None: ...


class StepWriter:
    """Writer that saves the steps of a run a few times per second, through the callback `save`.

    Raises the errors of `save`.
    """

    def __init__(self, save: SaveSteps) -> None:
        self._save = save
        # The names of the tensors that are already in the log.
        self._written_names: set[str] = set()
        self._steps: list[StepEvent] = []
        self._written_at = time.perf_counter()

    def add(self, event: StepEvent) -> None:
        """Add a denoising step to the buffer, and save the buffered steps if the last save was long enough ago."""
        # This is the first step of a batch, whose images are new or were restarted.
        if event.step.index == event.first + 1:
            self._steps = []
        self._steps.append(event)
        is_due = time.perf_counter() - self._written_at > WRITE_INTERVAL
        if is_due and (len(self._steps) >= MAX_BUFFERED or not event.record.is_hash_pending):
            self.flush()

    def flush(self) -> None:
        """Save the buffered denoising steps now."""
        if not self._steps:
            return
        first = self._steps[0]
        data = b""
        from_start = first.step.index == first.first + 1
        if from_start:
            self._written_names = set()
            data = b"".join(records(first.record.log(), self._written_names))
        entries = [full_entry(each.step.each(Tensor.cpu), each.seconds) for each in self._steps]
        self._save(data + b"".join(record(entry, self._written_names) for entry in entries), from_start=from_start)
        self._steps = []
        self._written_at = time.perf_counter()

    def discard(self) -> None:
        """Discard the buffered steps. Called when the images of their batch are finished, so that no run will resume
        from them.
        """
        self._steps = []


def resume_point(request: Request, step: Step, card: ModelCard | None = None) -> bytes:
    """Serialise a denoising step, so that the images of a request can resume from it.

    The step has one row per image, or one row for all images. `card` is that of the model, or None if its weights are
    unknown.
    """
    weights, parts = (fingerprint(card), reading_of(card)) if card is not None else ("", {})
    images = tuple(range(request.count))
    return to_bytes(StepLog(request, (full_entry(step),), images=images, weights=weights, parts=parts))


def resume_run(
    request: Request, library: Library, *, finished: Collection[int] = (), progress: bytes = b""
) -> Generator[Event, None, None]:
    """Generate the images of a request that are not in `finished`, and yield the events. Images in `progress`, the step
    log of an interrupted run, resume from there if the log is intact and fits the request and the installed model. If
    it does not fit, a note says that the run starts again.
    """
    left = [image for image in range(request.count) if image not in finished]
    log = read_intact(progress, request)
    if log is not None and _is_usable(log, request, library):
        rows = [row for row, image in enumerate(log.images) if image in left]
        resumed = [log.images[row] for row in rows]
        if rows:
            # If a step is unsuitable for resuming, it is ignored and its images are started again.
            with suppress(BadRequest):
                before = [
                    StepEvent(tuple(resumed), rows_of(each.step, rows), (), each.seconds, None)
                    for each in log.entries[1:]
                    if each.step is not None
                ]
                there = rows_of(log.start, rows)
                yield from generate(request, library, resume=there, images=resumed, completed=before)
                left = [image for image in left if image not in resumed]
    elif log is not None and log.entries[-1].index > log.entries[0].index and not {*left}.isdisjoint(log.images):
        note = translatable(
            "The steps up to {step} do not fit the model as it is now, so the run starts again.",
            step=log.entries[-1].index,
        )
        yield Phase("preparing", note=note)
    if left:
        yield from generate(request, library, images=left)


def _is_usable(log: StepLog, request: Request, library: Library) -> bool:
    """Return True if a step log was recorded for `request` with the installed weights, so that the run can resume from
    it.
    """
    card = library.card(request.model)
    try:
        is_own = _is_log_of(log, card.checked(request), card)
    # An invalid request is reported later, when its images are generated.
    except BadRequest:
        return False
    same = log.weights in ("", fingerprint(card))
    parts = part_hashes(card_for_request(library, request)) | named_files_stamp(card, log.request)
    recorded = dict(log.parts)
    # Earlier versions read some files otherwise, and recorded no number.
    is_read_alike = recorded.pop(READING, "") == reading_of(card).get(READING, "")
    return is_own and same and is_read_alike and (not recorded or recorded == parts)


def _is_log_of(log: StepLog, request: Request, card: ModelCard) -> bool:
    """Return True if a step log was recorded for the whole request, or for images of it that share a prompt."""
    digest = card.checked(log.request).digest()
    if digest == request.digest():
        return bool(log.images)
    # Images with different prompts are generated separately, in groups whose request has the prompt of the group.
    by_prompts = {request.prompts_of(image): image for image in log.images}
    if len(by_prompts) != 1:
        return False
    (image,) = by_prompts.values()
    return digest == card.checked(request.with_prompt_of(image)).digest()
