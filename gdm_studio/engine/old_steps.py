"""The files in which 0.1.0 kept steps, each one safetensors file, read as the log that there is now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch import Tensor

from gdm_studio.engine.steplog import Entry, StepLog, path_in
from gdm_studio.maths.path import Path, Step
from gdm_studio.models.fingerprint import noted
from gdm_studio.request import Request

KINDS = {"gdm-studio step": "step", "gdm-studio steps": "steps"}  # what they call themselves and their facts

Tensors = Mapping[str, Tensor]


def read(told: Mapping[str, str], tensors: Tensors) -> tuple[StepLog, Iterator[Entry]]:
    """The log without its entries, and these; raises one of DAMAGES where it is none."""
    kind = KINDS[told["format"]]
    facts, request = json.loads(told[kind]), Request.from_json(told["request"])
    path = path_in(facts["path"])
    entries = _of_one(facts, tensors, path) if kind == "step" else _of_all(facts, tensors, path)
    log = StepLog(request, (), path, weights=noted(facts, request.model))
    return log, iter(sorted(entries, key=lambda entry: entry.index))


def _of_one(facts: Mapping[str, Any], tensors: Tensors, path: Path) -> Iterator[Entry]:
    carry = [f"carry.{place}" for place in range(len(tensors) - 2)]
    yield _whole(tensors, path, facts["index"], "x", "denoised", carry)


def _of_all(facts: Mapping[str, Any], tensors: Tensors, path: Path) -> Iterator[Entry]:
    start = facts["start"]
    yield _whole(tensors, path, start["index"], start["x"], start["x"], start["carry"])
    for index, *names in facts["whole"]:
        yield _whole(tensors, path, index, *names)
    digests = facts["digests"]
    predictions: list[Tensor | None] = [tensors[name] for name in facts["predictions"]] or [None] * len(digests)
    for (index, digest), prediction in zip(digests.items(), predictions, strict=True):
        yield Entry(int(index), prediction=prediction, digest=str(digest))


def _whole(tensors: Tensors, path: Path, index: int, x: str, denoised: str, carry: Iterable[str]) -> Entry:
    history = tuple(tensors[name] for name in carry)
    return Entry(index, Step(index, len(path) - 1, path[index], tensors[x], tensors[denoised], history))
