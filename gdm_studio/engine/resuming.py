"""A run that survives its end: its steps as bytes as they are made, and how what is left of it is made another time."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator
from contextlib import suppress
from typing import Protocol

from torch import Tensor

from gdm_studio.engine.generate import generate
from gdm_studio.engine.starts import rows_of
from gdm_studio.engine.step_codec import read_torn, record, records, to_bytes
from gdm_studio.engine.steplog import StepLog, whole
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Step
from gdm_studio.models.fingerprint import fingerprint, of_named, of_parts
from gdm_studio.models.library import Library, card_of
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event

EVERY = 0.3  # seconds between two writings of the steps made
MOST_BACK = 64  # steps that are held back while the weights are still read to be known: no step waits for that


class KeepSteps(Protocol):
    """Keeps bytes that tell how far a run has come: after those before them, or `anew` in their place."""

    def __call__(self, data: bytes, *, anew: bool) -> None: ...


class StepsKept:
    """Gives the log of a run to `keep` as its steps are made, a few times a second; raises what that does."""

    def __init__(self, keep: KeepSteps) -> None:
        self._keep = keep
        self._written: set[str] = set()  # tensors that are in the log, by name
        self._steps: list[Advance] = []
        self._kept_at = time.perf_counter()

    def add(self, advance: Advance) -> None:
        if advance.step.index == advance.first + 1:  # other pictures, or the same begun again
            self._steps = []
        self._steps.append(advance)
        is_due = time.perf_counter() - self._kept_at > EVERY
        if is_due and (len(self._steps) >= MOST_BACK or not advance.record.has_to_wait):
            self.flush()

    def flush(self) -> None:
        """Gives on what is held back."""
        if not self._steps:
            return
        first, data = self._steps[0], b""
        anew = first.step.index == first.first + 1
        if anew:
            self._written = set()
            data = b"".join(records(first.record.log(), self._written))
        entries = [whole(each.step.each(Tensor.cpu), each.seconds) for each in self._steps]
        self._keep(data + b"".join(record(entry, self._written) for entry in entries), anew=anew)
        self._steps, self._kept_at = [], time.perf_counter()


def standing(request: Request, step: Step, weights: str = "") -> bytes:
    """What the pictures of `request` are to go on from: a step of theirs, a row each, or one for all.

    `weights` are those that are to do it, as models.fingerprint has them; "" where there is no telling.
    """
    return to_bytes(StepLog(request, (whole(step),), images=tuple(range(request.count)), weights=weights))


def going_on(
    request: Request, library: Library, *, made: Collection[int] = (), stood: bytes = b""
) -> Generator[Event, None, None]:
    """The events of `generate` for the pictures that are not `made`; those that `stood` there go on from there.

    What `stood` says is left aside where it does not belong to the request, was made by other weights or by a model
    that was taken to predict something else, or is damaged.
    """
    left = [image for image in range(request.count) if image not in made]
    log = read_torn(stood, request)
    if log is not None and _goes_with(log, request, library):
        rows = [row for row, image in enumerate(log.images) if image in left]
        resumed = [log.images[row] for row in rows]
        if rows:
            with suppress(BadRequest):  # what cannot be gone on from is begun again
                before = [
                    Advance(tuple(resumed), rows_of(each.step, rows), (), each.seconds, None)
                    for each in log.entries[1:]
                    if each.step is not None
                ]
                there = rows_of(log.start, rows)
                yield from generate(request, library, resume=there, images=resumed, made=before)
                left = [image for image in left if image not in resumed]
    if left:
        yield from generate(request, library, images=left)


def _goes_with(log: StepLog, request: Request, library: Library) -> bool:
    """Whether these are steps of that request, made by the weights that are here."""
    card = library.card(request.model)
    try:
        is_its_own = card.checked(log.request).digest() == card.checked(request).digest()
    except BadRequest:  # what is wrong with the request is said where it is made
        return False
    same = log.weights in ("", fingerprint(card))
    parts = of_parts(card_of(library, request)) | of_named(card, request)
    return is_its_own and same and (not log.parts or dict(log.parts) == parts)
