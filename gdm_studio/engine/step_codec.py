"""A log of steps as bytes, a record a step: each is put after those before it, and what is torn off is noticed.

A record holds the step: tensors, named by what they hold, and what is said of them as JSON. The first also says what is
true of all; a tensor that an earlier one holds is not written again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from safetensors.torch import load as tensors_of
from safetensors.torch import save as to_safetensors
from torch import Tensor

from gdm_studio import framing
from gdm_studio.engine import old_steps
from gdm_studio.engine.steplog import DAMAGES, Entry, StepLog, checked, name_of, path_in
from gdm_studio.maths.path import Point, Step
from gdm_studio.models.fingerprint import noted, parts_noted
from gdm_studio.request import Request

FORMAT, VERSION = "gdm-studio steps", 2
ATTENTION = "gdm-studio attention"  # the format of a record that is of no step, behind all of them


def to_bytes(log: StepLog, *, room: float = math.inf) -> bytes:
    """The log with all its entries; b"" where it takes more than `room` bytes."""
    size, found = 0, []
    for each in records(log, set()):
        size += len(each)
        if size > room:
            return b""
        found.append(each)
    return b"".join(found)


def records(log: StepLog, written: set[str]) -> Iterator[bytes]:
    """The same piece by piece; `written` names all its tensors afterwards, for the entries that are to follow."""
    facts = {"version": VERSION, "path": log.path, "images": log.images, "weights": log.weights}
    facts |= {"parts": dict(log.parts)} if log.parts else {}
    request = json.dumps(json.loads(log.request.to_json()))  # in ASCII: half a letter is no UTF-8
    told = {"log": json.dumps(facts | {"last": log.entries[-1].index}), "request": request}
    first, *rest = log.entries
    yield record(first, written, format=FORMAT, **told)
    yield from (record(entry, written) for entry in rest)


def record(entry: Entry, written: set[str], **told: str) -> bytes:
    """The entry, to be put after those before it; `written` names their tensors, and its own afterwards."""
    facts: dict[str, Any] = {"index": entry.index, "digest": entry.digest, "seconds": entry.seconds}
    tensors = [] if entry.prediction is None else [entry.prediction]
    if (step := entry.step) is not None:
        tensors = list(step.arrays)
        facts |= {"of": step.of, "at": step.at, "carry": len(step.carry)}
    facts["tensors"] = names = [name_of(tensor) for tensor in tensors]
    new = {name: tensor for name, tensor in zip(names, tensors, strict=True) if name not in written}
    written.update(new)
    kept = {name: tensor.cpu().contiguous().clone() for name, tensor in new.items()}
    data = to_safetensors(kept, {**told, "step": json.dumps(facts)})
    return framing.framed(data)


def read(data: bytes) -> StepLog:
    """The log, also one of 0.1.0; raises one of DAMAGES where it is none, or not all that was written."""
    if framing.is_bare(data):
        (log, entries), last = old_steps.read(framing.told(data), tensors_of(data)), 0
    else:
        log, entries, last = _begun(data, None)
    log = replace(log, entries=tuple(checked(entries, log.path, len(log.images))))
    if not log.entries or log.entries[-1].index < last:
        raise ValueError("torn")
    return log


def read_torn(data: bytes, request: Request) -> StepLog | None:
    """As much of the log of a run of `request` as is whole, also of one by 0.1.0; None where not even its start is."""
    found: list[Entry] = []
    with suppress(*DAMAGES):
        log, entries, _ = _begun(data, request)
        for entry in checked(entries, log.path, len(log.images)):
            found.append(entry)
    return replace(log, entries=tuple(found)) if found else None


def _begun(data: bytes, request: Request | None) -> tuple[StepLog, Iterator[Entry], int]:
    """The log without its entries, these as they come, and the last that there must be."""
    told, tensors = next(_read_records(data))
    head = json.loads(told["log"]) if told.get("format") == FORMAT else _said(told, tensors)
    request = Request.from_json(told["request"]) if "request" in told or request is None else request
    path, images, weights = path_in(head.get("path", ())), tuple(map(int, head["images"])), noted(head, request.model)
    log = StepLog(request, (), path, images, weights, parts_noted(head))
    return log, _entries(data), int(head.get("last", 0))


def _entries(data: bytes) -> Iterator[Entry]:
    known: dict[str, Tensor] = {}
    for told, tensors in _read_records(data):
        if told.get("format") == ATTENTION:
            continue
        known |= tensors
        yield _entry(_said(told, tensors), known)


def _read_records(data: bytes) -> Iterator[tuple[dict[str, str], dict[str, Tensor]]]:
    """What each record says beside its tensors, and these; raises one of DAMAGES where it is torn, or there is none."""
    for each in framing.unframed(data):
        tensors = tensors_of(bytes(each))
        yield framing.told(each), tensors


def _said(told: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Any:
    """The facts of a step; in the queue of 0.1.0 they stood among the tensors."""
    return json.loads(told["step"] if "step" in told else bytes(tensors["facts"].tolist()))


def _entry(facts: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Entry:
    index, seconds = facts["index"], float(facts["seconds"])
    digest, parts = str(facts.get("digest", "")), [tensors[name] for name in facts["tensors"]]
    if "at" not in facts:
        (prediction,) = parts or (None,)
        return Entry(index, prediction=prediction, digest=digest, seconds=seconds)
    x, denoised, *rest = parts
    carry = facts.get("carry", len(rest))
    step = Step(index, facts["of"], Point(*facts["at"]), x, denoised, tuple(rest[:carry]), tuple(rest[carry:]))
    return Entry(index, step, digest=digest, seconds=seconds)
