"""What a log of steps holds: where pictures began, and every step after that as far as it is kept."""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Path, Point, Step
from gdm_studio.request import Request

# what a file that lies can make of being read
DAMAGES = (
    SafetensorError, BadRequest, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A step: whole, or by its prediction and its digest, or by its digest alone."""

    index: int
    step: Step | None = None
    prediction: Tensor | None = None
    digest: str = ""
    seconds: float = 0.0  # that it took; 0 where nobody asks


@dataclass(frozen=True)
class StepLog:
    """Steps of the pictures `images` of `request`, made together; tensors have a row each.

    The first entry is the step they begin at, whole, one row of which may serve all; the others follow one by one.
    """

    request: Request
    entries: tuple[Entry, ...]
    path: Path = ()  # () where no more is known of it than what the steps say
    images: tuple[int, ...] = (0,)
    weights: str = ""  # that made it, as models.fingerprint has them; "" where there is no telling
    parts: Mapping[str, str] = field(default_factory=dict)  # and those beside them, as fingerprint.of_parts has them

    @property
    def start(self) -> Step:
        start = self.entries[0].step
        assert start is not None
        return start


def whole(step: Step, seconds: float = 0.0) -> Entry:
    """The entry of a step of which all is kept."""
    return Entry(step.index, step, digest=digest_of(step), seconds=seconds)


def digest_of(step: Step) -> str:
    """Of all that the step holds, bit by bit: 16 hex digits."""
    found = hashlib.blake2b(digest_size=8)
    for tensor in step.arrays:
        found.update(_bits(tensor))
    return found.hexdigest()


def name_of(tensor: Tensor) -> str:
    """The same for equal tensors alone: 16 hex digits."""
    kind = f"{tensor.dtype} {tuple(tensor.shape)}".encode()
    return hashlib.blake2b(_bits(tensor), digest_size=8, key=kind[:64]).hexdigest()


def path_in(points: Iterable[Iterable[float]]) -> Path:
    """The path that a file has, () for none; raises ValueError, TypeError or OverflowError where it is none."""
    path = tuple(Point(float(alpha), float(sigma)) for alpha, sigma in points)
    if len(path) == 1 or not all(math.isfinite(number) and number >= 0 for point in path for number in point):
        raise ValueError("no path")
    if not all(falls(pair) for pair in pairwise(path) if pair[0].sigma):  # where one stage has ended another begins
        raise ValueError("its noise does not fall")
    return path


def falls(path: Iterable[Point]) -> bool:
    """Whether the noise becomes less with every step, as it does within a stage."""
    return all(later.ratio < point.ratio for point, later in pairwise(path))


def checked(entries: Iterable[Entry], path: Path, rows: int) -> Iterator[Entry]:
    """The entries of a log of so many pictures as they come; raises ValueError at the first that cannot be there."""
    found: list[Entry] = []
    one_stage = falls(path)
    for entry in entries:
        start = found[0].step if found else entry.step
        if start is None or {type(entry.index), type(start.of)} != {int} or not 0 <= entry.index <= start.of:
            raise ValueError(entry.index)
        if found and entry.index != found[-1].index + 1:
            raise ValueError("steps are missing")
        if len(found) > 1 and (found[1].prediction is None) != (entry.prediction is None):
            raise ValueError("predictions are missing")
        if not 0 <= entry.seconds < math.inf:
            raise ValueError(entry.seconds)
        if entry.step is not None:
            _check_step(entry, entry.step, path, (rows,) if found else (1, rows))
        elif not (entry.digest and path):
            raise ValueError("no step")
        elif entry.prediction is not None and (entry.prediction.shape != start.x.shape or not one_stage):
            raise ValueError("predictions that no step can be made of")
        found.append(entry)
        yield entry


def _check_step(entry: Entry, step: Step, path: Path, rows: tuple[int, ...]) -> None:
    """Raises ValueError unless it is on the path, as it was written, and its tensors belong together."""
    if path and (step.of != len(path) - 1 or step.at != path[step.index]):
        raise ValueError("a step beside the path")
    if not all(each.layout is torch.strided and each.ndim > 1 and len(each) == len(step.x) for each in step.arrays):
        raise ValueError("rows are missing")
    alike = (step.x, step.denoised, *step.carry)
    if len(step.x) not in rows or not all(each.is_floating_point() and each.shape == step.x.shape for each in alike):
        raise ValueError("no data of these pictures")
    if entry.digest and digest_of(step) != entry.digest:
        raise ValueError("altered")


def _bits(tensor: Tensor) -> Any:
    """Its bytes, wherever it is, as a buffer."""
    return tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
