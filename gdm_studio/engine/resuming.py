"""A run that survives its end: its steps as bytes as they are made, and how what is left of it is made another time."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

import torch
from safetensors import SafetensorError
from safetensors.torch import load as from_safetensors
from safetensors.torch import save as to_safetensors

from gdm_studio.engine.generate import generate
from gdm_studio.engine.starts import Start, rows_of
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Point, Step
from gdm_studio.models.fingerprint import fingerprint, noted
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event

FACTS = "facts"  # the one tensor that is not of the step: what is said of it, as JSON in bytes
EVERY = 0.3  # seconds between two writings of the steps made
LENGTH = struct.Struct("<Q")  # of a record, before it: a torn last one is noticed


class KeepSteps(Protocol):
    """Keeps bytes that tell how far a run has come: after those before them, or `anew` in their place."""

    def __call__(self, data: bytes, *, anew: bool) -> None: ...


class StepsKept:
    """Gives the steps of a run to `keep` as they are made, a few times a second; raises what that does."""

    def __init__(self, keep: KeepSteps) -> None:
        self._keep = keep
        self._steps: list[Advance] = []
        self._kept_at = time.perf_counter()

    def add(self, advance: Advance) -> None:
        if advance.step.index == advance.first + 1:  # other pictures, or the same begun again
            self._steps = []
        self._steps.append(advance)
        if time.perf_counter() - self._kept_at > EVERY:
            self.flush()

    def flush(self) -> None:
        """Gives on what is held back."""
        if not self._steps:
            return
        first = self._steps[0]
        anew = first.step.index == first.first + 1
        weights = fingerprint(first.model.card)
        begin = start_to_bytes(first.record.start, first.images, weights) if anew else b""
        self._keep(begin + steps_to_bytes(self._steps), anew=anew)
        self._steps, self._kept_at = [], time.perf_counter()


def start_to_bytes(start: Start | Step, images: Sequence[int], weights: str = "") -> bytes:
    """Where these pictures began, a row each or one for all: what the bytes of a run begin with.

    `weights` are those that make it, as models.fingerprint has them; "" where there is no telling.
    """
    if isinstance(start, Start):
        start = Step(start.index, len(start.path) - 1, start.path[start.index], start.x, start.x, start.carry)
    return _record(Advance(tuple(images), start, (), 0.0, None), weights=weights)


def steps_to_bytes(advances: Sequence[Advance]) -> bytes:
    """Steps that follow, to be put after the bytes before them."""
    return b"".join(map(_record, advances))


def going_on(
    request: Request, library: Library, *, made: Collection[int] = (), stood: bytes = b""
) -> Generator[Event, None, None]:
    """The events of `generate` for the pictures that are not `made`; those that `stood` there go on from there.

    What `stood` says is left aside where it does not belong to the request, was made by other weights, or is damaged.
    """
    left = [image for image in range(request.count) if image not in made]
    read = list(_read(stood))
    if read and _weights(stood, request.model) in ("", fingerprint(library.card(request.model))):
        start, *steps = read
        rows = [row for row, image in enumerate(start.images) if image in left]
        resumed = [start.images[row] for row in rows]
        if rows:
            with suppress(BadRequest):  # what cannot be gone on from is begun again
                there = rows_of(start.step, rows)
                before = [_of_rows(each, rows) for each in steps if each.images == start.images]
                yield from generate(request, library, resume=there, images=resumed, made=before)
                left = [image for image in left if image not in resumed]
    if left:
        yield from generate(request, library, images=left)


def _of_rows(advance: Advance, rows: Sequence[int]) -> Advance:
    images = tuple(advance.images[row] for row in rows)
    return Advance(images, rows_of(advance.step, rows), (), advance.seconds, None)


def _record(advance: Advance, **more: str) -> bytes:
    step = advance.step
    tensors = (step.x, step.denoised, *step.carry)
    named = {id(tensor): str(place) for place, tensor in enumerate(tensors)}  # the history is often the prediction
    facts = {
        "images": advance.images,
        "index": step.index,
        "of": step.of,
        "at": step.at,
        "seconds": advance.seconds,
        "tensors": [named[id(tensor)] for tensor in tensors],
        **more,
    }
    kept = {named[id(tensor)]: tensor.cpu().contiguous().clone() for tensor in tensors}
    data = to_safetensors(kept | {FACTS: torch.tensor(list(json.dumps(facts).encode()), dtype=torch.uint8)})
    return LENGTH.pack(len(data)) + data


def _read(data: bytes) -> Iterator[Advance]:
    """The records as far as they are whole; those of a run, without its path and its model."""
    place = 0
    while place + LENGTH.size <= len(data):
        (length,) = LENGTH.unpack_from(data, place)
        place += LENGTH.size + length
        try:
            yield _advance(data[place - length : place])
        except (SafetensorError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
            return


def _weights(data: bytes, model: str) -> str:
    """Of the first record, which is whole; what no weights are called where it names none that can be."""
    (length,) = LENGTH.unpack_from(data)
    tensors = from_safetensors(data[LENGTH.size : LENGTH.size + length])
    try:
        return noted(json.loads(bytes(tensors[FACTS].tolist())), model)
    except ValueError:
        return "damaged"


def _advance(data: bytes) -> Advance:
    tensors = from_safetensors(data)
    facts = json.loads(bytes(tensors.pop(FACTS).tolist()))
    x, denoised, *carry = (tensors[name] for name in facts["tensors"])
    step = Step(facts["index"], facts["of"], Point(*facts["at"]), x, denoised, tuple(carry))
    return Advance(tuple(facts["images"]), step, (), facts["seconds"], None)
