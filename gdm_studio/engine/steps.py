"""Steps as files: all that is needed to go on from one with the same bits, or to branch off."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path as File

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from gdm_studio import atomic
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.path import Path, Point, Step
from gdm_studio.models.fingerprint import fingerprint, noted
from gdm_studio.models.library import Library, exact
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance

SUFFIX = ".step"
FORMAT = "gdm-studio step"
VERSION = 1

# what a file that lies can make of being read
DAMAGES = (
    SafetensorError, BadRequest, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
    struct.error,
)  # fmt: skip

_SAME_BITS = ("device", "dtype", "batch", "count")  # of these fields a step does not depend


@dataclass(frozen=True)
class SavedStep:
    """A step of one picture, that of `request`, on its way along `path`; tensors have one row, on the CPU."""

    step: Step
    path: Path
    request: Request
    weights: str = ""  # that made it, as models.fingerprint has them; "" where there is no telling

    def exactly(self, library: Library) -> SavedStep:
        """The same, its request naming the very weights that made it; raises ModelError where they are not here."""
        return replace(self, request=self.request.made_by(exact(library, self.request.model, self.weights)))

    def continued(self, request: Request) -> Request:
        """`request` as one that goes on from here: as it is where nothing was changed, else as a branch."""
        branch = replace(request, branch=Branch(self.request, self.step.index))
        names = [each.name for each in fields(Request) if each.name not in _SAME_BITS]
        unchanged = all(getattr(request, name) == getattr(self.request, name) for name in names)
        return request if unchanged and request.count == 1 else branch


def saved_steps(advance: Advance, request: Request) -> list[SavedStep]:
    """The step of a run of `request`, picture by picture."""
    weights = fingerprint(advance.model.card)
    return [
        SavedStep(row_of(advance.step, row), advance.path, request.picture(image), weights)
        for row, image in enumerate(advance.images)
    ]


def save(file: File, saved: SavedStep) -> None:
    """Writes the step as safetensors, whole or not at all; raises StorageError."""
    step = saved.step
    tensors = {"x": step.x, "denoised": step.denoised}
    tensors |= {f"carry.{place}": each for place, each in enumerate(step.carry)}
    facts = {"version": VERSION, "index": step.index, "path": saved.path, "weights": saved.weights}
    metadata = {"format": FORMAT, "step": json.dumps(facts), "request": saved.request.to_json()}
    atomic.write(file, to_bytes({name: each.cpu().contiguous() for name, each in tensors.items()}, metadata))


def load(file: File) -> SavedStep:
    """What `save` wrote; raises StorageError where it is missing, damaged or something else."""
    try:
        atomic.open_file(file).close()  # safetensors does not say what is wrong with a path, and waits for a pipe
        with safe_open(file, "pt") as opened:
            metadata = opened.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise StorageError(f"{file} is not a step that was kept; choose a file ending in {SUFFIX}.")
            tensors: dict[str, Tensor] = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        facts = json.loads(metadata["step"])
        check_rows(tensors.values())
        path = path_in(facts["path"])
        index, of = facts["index"], len(path) - 1
        if type(index) is not int or not 0 < index <= of:
            raise ValueError(index)
        carry = tuple(tensors[f"carry.{place}"] for place in range(len(tensors) - 2))
        step = Step(index, of, path[index], tensors["x"], tensors["denoised"], carry)
        request = Request.from_json(metadata["request"])
        return SavedStep(step, path, request, noted(facts, request.model))
    except OSError as error:
        raise atomic.problem(file, error) from error
    except DAMAGES as error:
        raise StorageError(f"{file} is damaged, or no step that was kept; choose a file ending in {SUFFIX}.") from error


def path_in(points: Iterable[Iterable[float]]) -> Path:
    """The path that a file has; raises ValueError, TypeError or OverflowError where it is none."""
    path = tuple(Point(float(alpha), float(sigma)) for alpha, sigma in points)
    numbers, ratios = [number for point in path for number in point], [point.ratio for point in path]
    if len(path) < 2 or not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("no path")
    if any(later >= ratio for ratio, later in pairwise(ratios)):
        raise ValueError("its noise does not fall")
    return path


def check_rows(tensors: Iterable[Tensor]) -> None:
    """Raises ValueError unless all are latents (1, C, h, w) of one shape."""
    for tensor in (kept := list(tensors)):
        whole = tensor.layout is torch.strided and tensor.is_floating_point() and tensor.ndim == 4
        if not whole or len(tensor) != 1 or tensor.shape != kept[0].shape:
            raise ValueError("no latents of one picture")


def row_of(step: Step, row: int) -> Step:
    """The step of one of its pictures, copied to the CPU: a slice would keep all of the batch in memory."""
    return _each(step, lambda rows: rows[row : row + 1].to("cpu", copy=True))


def on(step: Step, device: torch.device) -> Step:
    """The step with its tensors on that device."""
    return _each(step, lambda rows: rows.to(device))


def _each(step: Step, change: Callable[[Tensor], Tensor]) -> Step:
    return replace(step, x=change(step.x), denoised=change(step.denoised), carry=tuple(map(change, step.carry)))
