"""Reader for steps saved by version 0.1.0, as one safetensors file per step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch import Tensor

from gdm_studio.common.json_reader import parse_json
from gdm_studio.denoising_steps.step_log import Entry, StepLog, path_in
from gdm_studio.maths.noise_path import NoisePath, Step
from gdm_studio.models.fingerprint import weights_in_record
from gdm_studio.request.generation_request import Request

# The formats' names, and the metadata keys that contain their values.
KINDS = {"gdm-studio step": "step", "gdm-studio steps": "steps"}

Tensors = Mapping[str, Tensor]


def read(metadata: Mapping[str, str], tensors: Tensors) -> tuple[StepLog, Iterator[Entry]]:
    """Read denoising steps that version 0.1.0 saved. Return a log without entries and an iterator over its entries.
    Raises one of READ_ERRORS for an invalid file.
    """
    kind = KINDS[metadata["format"]]
    facts = parse_json(metadata[kind])
    request = Request.from_json(metadata["request"])
    path = path_in(facts["path"])
    entries = _read_single_step(facts, tensors, path) if kind == "step" else _read_all_steps(facts, tensors, path)
    log = StepLog(request, (), path, weights=weights_in_record(facts, request.model))
    return log, iter(sorted(entries, key=lambda entry: entry.index))


def _read_single_step(facts: Mapping[str, Any], tensors: Tensors, path: NoisePath) -> Iterator[Entry]:
    history = [f"carry.{place}" for place in range(len(tensors) - 2)]
    yield _create_full_entry(tensors, path, facts["index"], "x", "denoised", history)


def _read_all_steps(facts: Mapping[str, Any], tensors: Tensors, path: NoisePath) -> Iterator[Entry]:
    start = facts["start"]
    yield _create_full_entry(tensors, path, start["index"], start["x"], start["x"], start["carry"])
    for index, *names in facts["whole"]:
        yield _create_full_entry(tensors, path, index, *names)
    digests = facts["digests"]
    predictions: list[Tensor | None] = [tensors[name] for name in facts["predictions"]] or [None] * len(digests)
    for (index, digest), prediction in zip(digests.items(), predictions, strict=True):
        yield Entry(int(index), prediction=prediction, digest=str(digest))


def _create_full_entry(
    tensors: Tensors, path: NoisePath, index: int, x: str, denoised: str, history: Iterable[str]
) -> Entry:
    """Create the log entry of a denoising step from the tensors with the given names in an old file."""
    step = Step(
        index, len(path) - 1, path[index], tensors[x], tensors[denoised], tuple(tensors[name] for name in history)
    )
    return Entry(index, step)
