"""Serialisation of step logs as a sequence of records, one per step, so that truncation is detected.

A record contains a step's tensors, named by a hash of their content, and its other data as JSON. The first record also
contains the data of the whole log. Tensors that an earlier record contains are not written again.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from safetensors.torch import load as tensors_of
from safetensors.torch import save as to_safetensors
from torch import Tensor

from gdm_studio.common.json_reader import parse_json
from gdm_studio.denoising_steps import legacy_format
from gdm_studio.denoising_steps.length_prefixed_records import ATTENTION, is_unpacked, pack, read_header, unpack
from gdm_studio.denoising_steps.step_log import READ_ERRORS, Entry, StepLog, name_of, path_in, validated_entries
from gdm_studio.maths.noise_path import NoiseLevel, Step
from gdm_studio.models.fingerprint import parts_in_record, weights_in_record
from gdm_studio.request.generation_request import Request

FORMAT = "gdm-studio steps"
VERSION = 2


def to_bytes(log: StepLog, *, room: float = math.inf) -> bytes:
    """Serialise the log of a run's denoising steps. Returns b"" if the result would exceed `room` bytes."""
    size = 0
    found = []
    for each in records(log, set()):
        size += len(each)
        if size > room:
            return b""
        found.append(each)
    return b"".join(found)


def records(log: StepLog, written: set[str]) -> Iterator[bytes]:
    """Serialise a step log and yield one record per step. The names of all tensors are added to the set `written`, so
    that later records need not repeat them.
    """
    facts = {"version": VERSION, "path": log.path, "images": log.images, "weights": log.weights}
    facts |= {"parts": dict(log.parts)} if log.parts else {}
    # In ASCII, since a lone surrogate cannot be encoded as UTF-8.
    request = json.dumps(parse_json(log.request.to_json()))
    metadata = {"log": json.dumps(facts | {"last": log.entries[-1].index}), "request": request}
    first, *rest = log.entries
    yield record(first, written, format=FORMAT, **metadata)
    yield from (record(entry, written) for entry in rest)


def record(entry: Entry, written: set[str], **metadata: str) -> bytes:
    """Serialise one step of a log as a record. Tensors that an earlier record contains, whose names are in `written`,
    are left out; the names of new tensors are added to `written`.
    """
    facts: dict[str, Any] = {"index": entry.index, "digest": entry.digest, "seconds": entry.seconds}
    tensors = [] if entry.prediction is None else [entry.prediction]
    if (step := entry.step) is not None:
        tensors = list(step.arrays)
        facts |= {"of": step.of, "at": step.at, "carry": len(step.history)}
    names = [name_of(tensor) for tensor in tensors]
    facts["tensors"] = names
    new = {name: tensor for name, tensor in zip(names, tensors, strict=True) if name not in written}
    written.update(new)
    kept = {name: tensor.cpu().contiguous().clone() for name, tensor in new.items()}
    data = to_safetensors(kept, {**metadata, "step": json.dumps(facts)})
    return pack(data)


def read(data: bytes) -> StepLog:
    """Read a log of denoising steps, including logs in the format of version 0.1.0.

    Raises one of READ_ERRORS if it is invalid or truncated.
    """
    if is_unpacked(data):
        log, entries = legacy_format.read(read_header(data), tensors_of(data))
        last = 0
    else:
        log, entries, last = _read_head(data, None)
    log = replace(log, entries=tuple(validated_entries(entries, log.path, len(log.images))))
    if not log.entries or log.entries[-1].index < last:
        raise ValueError("torn")
    return log


def read_intact(data: bytes, request: Request) -> StepLog | None:
    """Read as many denoising steps as possible from the log of an interrupted run of `request`. Returns None if no step
    can be read. The format of version 0.1.0 is supported too.
    """
    found: list[Entry] = []
    with suppress(*READ_ERRORS):
        log, entries, _ = _read_head(data, request)
        for entry in validated_entries(entries, log.path, len(log.images)):
            found.append(entry)
    return replace(log, entries=tuple(found)) if found else None


class LogReader:
    """Reader of a step log that arrives in parts, such as the steps of a run on another computer.

    A record may refer only to tensors in itself and in the previous record. The log is attributed to `request`,
    regardless of the request in its data. `data` contains the first records. Raises one of READ_ERRORS if they are
    invalid.
    """

    def __init__(self, data: bytes, request: Request) -> None:
        log, _, _ = _read_head(data, request)
        # The log without its entries.
        self.log = replace(log, request=request)
        # Tensors of the previous record.
        self._previous_tensors: dict[str, Tensor] = {}
        self._new_entries: deque[Entry] = deque()
        arriving = iter(self._new_entries.popleft, None)
        self._validated = validated_entries(arriving, log.path, len(log.images))
        self.start, *self.first_entries = self.read(data)

    def read(self, data: bytes) -> list[Entry]:
        """Decode the next records of a step log, and return their entries.

        Raises one of READ_ERRORS if they are invalid.
        """
        entries = []
        for metadata, tensors in _read_records(data):
            known = self._previous_tensors | tensors
            entry = _create_entry(_parse_facts(metadata, tensors), known)
            self._new_entries.append(entry)
            entries.append(next(self._validated))
            self._previous_tensors = (
                {name_of(each): each for each in entry.step.arrays} if entry.step is not None else {}
            )
        return entries


class LogWriter:
    """Writer that encodes the log of a run one step at a time, while the run continues. A `LogReader` decodes its
    output.
    """

    def __init__(self) -> None:
        # Names of the tensors of the previous record.
        self._previous_names: set[str] = set()

    def begin(self, log: StepLog) -> bytes:
        """Encode the start of a step log: its header and the initial state of the run."""
        self._previous_names = set()
        return b"".join(records(log, self._previous_names))

    def add(self, entry: Entry) -> bytes:
        """Encode the next denoising step of the run. `entry` must contain all its tensors."""
        assert entry.step is not None
        data = record(entry, self._previous_names)
        self._previous_names = {name_of(each) for each in entry.step.arrays}
        return data


def _read_head(data: bytes, request: Request | None) -> tuple[StepLog, Iterator[Entry], int]:
    """Read the start of a step log. Returns the log without entries, an iterator over its entries, and the index of the
    last step, for detecting truncation.
    """
    metadata, tensors = next(_read_records(data))
    head = parse_json(metadata["log"]) if metadata.get("format") == FORMAT else _parse_facts(metadata, tensors)
    request = Request.from_json(metadata["request"]) if "request" in metadata or request is None else request
    path = path_in(head.get("path", ()))
    images = tuple(map(int, head["images"]))
    weights = weights_in_record(head, request.model)
    log = StepLog(request, (), path, images, weights, parts_in_record(head))
    return log, _iter_entries(data), int(head.get("last", 0))


def _iter_entries(data: bytes) -> Iterator[Entry]:
    known: dict[str, Tensor] = {}
    for metadata, tensors in _read_records(data):
        if metadata.get("format") == ATTENTION:
            continue
        known |= tensors
        yield _create_entry(_parse_facts(metadata, tensors), known)


def _read_records(data: bytes) -> Iterator[tuple[dict[str, str], dict[str, Tensor]]]:
    """Yield the metadata and tensors of each record in a step log.

    Raises one of READ_ERRORS if a record is truncated or there are none.
    """
    for each in unpack(data):
        tensors = tensors_of(bytes(each))
        yield read_header(each), tensors


def _parse_facts(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Any:
    """Parse the JSON metadata ("facts") of a step in a log. They are stored as a string or, in queue files of version
    0.1.0, as a tensor of bytes.
    """
    return parse_json(metadata["step"] if "step" in metadata else bytes(tensors["facts"].tolist()))


def _create_entry(facts: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Entry:
    index = facts["index"]
    seconds = float(facts["seconds"])
    digest = str(facts.get("digest", ""))
    parts = [tensors[name] for name in facts["tensors"]]
    if "at" not in facts:
        (prediction,) = parts or (None,)
        return Entry(index, prediction=prediction, digest=digest, seconds=seconds)
    x, denoised, *rest = parts
    # The sampler's history is called "carry" in the file.
    count = facts.get("carry", len(rest))
    history = tuple(rest[:count])
    memory = tuple(rest[count:])
    step = Step(index, facts["of"], NoiseLevel(*facts["at"]), x, denoised, history, memory)
    return Entry(index, step, digest=digest, seconds=seconds)
