"""The step log: the initial state of a run and every later step, stored in full or in reduced form."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.json_reader import MALFORMED
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath, Step
from gdm_studio.request.generation_request import Request

# Errors that reading a malformed file can raise.
READ_ERRORS = (SafetensorError, BadRequest, *MALFORMED)


@dataclass(frozen=True)
class Entry:
    """Entry of a step log, which stores one denoising step: in full, as the model's prediction with a digest, or only
    as a digest.
    """

    index: int
    step: Step | None = None
    prediction: Tensor | None = None
    digest: str = ""
    # Duration of the step, or 0 if unknown.
    seconds: float = 0.0


@dataclass(frozen=True)
class StepLog:
    """The denoising steps of one batch (the images `images` of `request`).

    Each tensor has one row per image. The first entry is the initial state in full, possibly with a single row for all
    images. The other entries are the following steps, without gaps.
    """

    request: Request
    entries: tuple[Entry, ...]
    # () if the log records no path beyond its steps.
    path: NoisePath = ()
    images: tuple[int, ...] = (0,)
    # Fingerprint of the model's weights, or "" if unknown.
    weights: str = ""
    # Fingerprints of the model's other parts, as returned by `fingerprint.part_hashes`.
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def start(self) -> Step:
        start = self.entries[0].step
        assert start is not None
        return start


def full_entry(step: Step, seconds: float = 0.0) -> Entry:
    """Return a log entry that contains all tensors of a denoising step and their digest."""
    return Entry(step.index, step, digest=digest_of(step), seconds=seconds)


def digest_of(step: Step) -> str:
    """Return a digest (16 hex digits) of all tensors in a denoising step, for comparison with a recomputed step.

    It depends on every bit.
    """
    found = hashlib.blake2b(digest_size=8)
    for tensor in step.arrays:
        found.update(_bytes_of(tensor))
    return found.hexdigest()


def name_of(tensor: Tensor) -> str:
    """Return the name under which a tensor is stored in a file of saved steps: 16 hex digits of a hash of its content.

    Equal tensors have equal names and are stored once.
    """
    kind = f"{tensor.dtype} {tuple(tensor.shape)}".encode()
    return hashlib.blake2b(_bytes_of(tensor), digest_size=8, key=kind[:64]).hexdigest()


def path_in(levels: Iterable[Iterable[float]]) -> NoisePath:
    """Parse the path of a run (its sequence of noise levels) that was read from a file of saved steps. Returns () if
    the file contains none.

    Raises ValueError, TypeError or OverflowError if they are invalid.
    """
    path = tuple(NoiseLevel(float(alpha), float(sigma)) for alpha, sigma in levels)
    if len(path) == 1 or not all(math.isfinite(number) and number >= 0 for level in path for number in level):
        raise ValueError("no path")
    # Noise must decrease within a stage. At sigma 0, one stage ends and another may begin.
    if not all(is_decreasing(pair) for pair in pairwise(path) if pair[0].sigma):
        raise ValueError("its noise does not fall")
    return path


def is_decreasing(path: Iterable[NoiseLevel]) -> bool:
    """Return True if the noise-to-signal ratio decreases at every step of a noise path, as is required within one stage
    of a model.
    """
    return all(later.ratio < level.ratio for level, later in pairwise(path))


def validated_entries(entries: Iterable[Entry], path: NoisePath, rows: int) -> Iterator[Entry]:
    """Check the entries of a step log of `rows` images one after another, and yield them.

    Raises ValueError at the first invalid one.
    """
    start: Step | None = None
    last = -1
    by_predictions = False
    one_stage = is_decreasing(path)
    for count, entry in enumerate(entries):
        first = start or entry.step
        if first is None or {type(entry.index), type(first.of)} != {int} or not 0 <= entry.index <= first.of:
            raise ValueError(entry.index)
        if count and entry.index != last + 1:
            raise ValueError("steps are missing")
        if count > 1 and by_predictions != (entry.prediction is not None):
            raise ValueError("predictions are missing")
        if not 0 <= entry.seconds < math.inf:
            raise ValueError(entry.seconds)
        if entry.step is not None:
            _check_step(entry, entry.step, path, (rows,) if count else (1, rows))
        elif not (entry.digest and path):
            raise ValueError("no step")
        elif entry.prediction is not None and (entry.prediction.shape != first.x.shape or not one_stage):
            raise ValueError("predictions that no step can be computed from")
        start = first
        last = entry.index
        by_predictions = entry.prediction is not None
        yield entry


def _check_step(entry: Entry, step: Step, path: NoisePath, rows: tuple[int, ...]) -> None:
    """Check one step in a step log. Raises ValueError if its noise level is not one of the run's, its tensors have
    inconsistent shapes, or its digest is wrong.
    """
    if path and (step.of != len(path) - 1 or step.at != path[step.index]):
        raise ValueError("a step off the path")
    if not all(each.layout is torch.strided and each.ndim > 1 and len(each) == len(step.x) for each in step.arrays):
        raise ValueError("rows are missing")
    alike = (step.x, step.denoised, *step.history)
    if len(step.x) not in rows or not all(each.is_floating_point() and each.shape == step.x.shape for each in alike):
        raise ValueError("no data of these pictures")
    if entry.digest and digest_of(step) != entry.digest:
        raise ValueError("altered")


def _bytes_of(tensor: Tensor) -> Any:
    """Return the bytes of a tensor, on any device, as a buffer that can be hashed."""
    return tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
