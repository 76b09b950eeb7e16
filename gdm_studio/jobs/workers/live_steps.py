"""Denoising steps that a worker on another computer sends during a run.

The user can branch from these steps, and the images resume from them after a lost connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.jobs.workers.message_frames import BadFrame
from gdm_studio.request.generation_events import Progress, StepEvent
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.denoising_steps.file_format import LogReader
    from gdm_studio.denoising_steps.step_log import Entry
    from gdm_studio.engine.recorder import Recorder
    from gdm_studio.models.model_card import ModelCard

# Maximum bytes of a batch's steps for resuming with all of them. A larger batch resumes from its last step only.
MAX_BYTES = 256 * 2**20


class LiveStepWriter:
    """Step writer of a worker process that sends each denoising step to the parent process immediately, through the
    callback `send`.
    """

    def __init__(self, send: Callable[..., object]) -> None:
        from gdm_studio.denoising_steps.file_format import LogWriter

        self._send = send
        self._log = LogWriter()

    def add(self, event: StepEvent) -> None:
        from gdm_studio.denoising_steps.step_log import full_entry

        # The first step of a batch of new or restarted images.
        is_first = event.step.index == event.first + 1
        data = self._log.begin(event.record.log()) if is_first else b""
        step = event.step.each(lambda rows: rows.cpu())
        self._send(data + self._log.add(full_entry(step, event.seconds)), from_start=is_first)

    def flush(self) -> None:
        """Do nothing, because this writer sends every step immediately and buffers none."""


class LiveSteps:
    """Store of the denoising steps that a worker on another computer has sent for the images of `request`.

    `card` describes the model on this computer, which has the same weights as the worker's model.
    """

    def __init__(self, request: Request, card: ModelCard) -> None:
        self._request = request
        self._card = card
        self._reader: LogReader | None = None
        self._recorder: Recorder | None = None
        self._last: Entry | None = None
        self._seconds_spent = 0.0
        # All records so far, unless they became too large.
        self._data: list[bytes] = []
        self._is_whole = True

    def add(self, data: bytes, *, from_start: bool) -> None:
        """Add denoising steps that the worker has sent. With `from_start`, they replace all earlier steps. Raises
        BadFrame if the data are invalid.
        """
        from gdm_studio.denoising_steps.step_log import READ_ERRORS

        try:
            if from_start:
                entries = self._begin(data)
            elif self._reader is None:
                raise BadFrame("it sent steps without the initial state")
            else:
                entries = self._reader.read(data)
            self._record(entries)
        except READ_ERRORS as error:
            raise BadFrame("it sent steps that cannot be read") from error
        self._data.append(data)
        if self._is_whole and sum(map(len, self._data)) > MAX_BYTES:
            self._is_whole = False
        if not self._is_whole:
            self._data = []

    def complete(self, progress: Progress) -> Progress:
        """Complete a worker's progress event with the tensors of the denoising step that it reports, and return it.

        Raises BadFrame if the worker did not send the tensors.
        """
        if self._reader is None or self._last is None or self._last.step is None:
            raise BadFrame("it made a step without sending it")
        log = self._reader.log
        step = self._last.step
        assert self._recorder is not None
        known = (log.images, self._recorder.start.index, step.index, step.of)
        if known != (progress.images, progress.first, progress.index, progress.of):
            raise BadFrame("it sent another step than it made")
        full = StepEvent(
            progress.images,
            step,
            log.path,
            progress.seconds,
            model=None,
            spent=self._seconds_spent,
            first=progress.first,
            record=self._recorder,
        )
        return replace(progress, full=full)

    def resume_point(self) -> bytes:
        """Return the received denoising steps in serialised form, from which another worker can resume the images, or
        b"" if there are none.
        """
        from gdm_studio.denoising_steps.file_format import to_bytes
        from gdm_studio.denoising_steps.step_log import StepLog, full_entry

        if self._is_whole:
            return b"".join(self._data)
        if self._reader is None or self._last is None or self._last.step is None:
            return b""
        log = self._reader.log
        entries = (full_entry(self._last.step, self._last.seconds),)
        return to_bytes(StepLog(log.request, entries, log.path, log.images, log.weights, log.parts))

    def _begin(self, data: bytes) -> list[Entry]:
        """Start a new step log from the serialised records `data`. Returns its entries after the initial state."""
        from gdm_studio.denoising_steps.file_format import LogReader
        from gdm_studio.engine.recorded_run import start_recorder

        self._reader = None
        self._data = []
        self._is_whole = True
        self._last = None
        reader = LogReader(data, self._request)
        log = reader.log
        start = reader.start.step
        if start is None or not (log.path and log.images) or not set(log.images) <= set(range(self._request.count)):
            raise ValueError("not a batch of this request")
        self._recorder = start_recorder(log, start, self._request, self._card)
        self._reader = reader
        self._seconds_spent = 0.0
        return reader.first_entries

    def _record(self, entries: list[Entry]) -> None:
        assert self._recorder is not None
        for entry in entries:
            if entry.step is None:
                raise ValueError("a step is not in full")
            self._recorder.add(entry.step)
            self._seconds_spent += entry.seconds
            self._last = entry
