"""Steps as files: all that is needed to go on from one with the same bits, or to branch off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path as File

import torch
from torch import Tensor

from gdm_studio import atomic
from gdm_studio.engine import step_codec
from gdm_studio.engine.steplog import DAMAGES, StepLog, whole
from gdm_studio.errors import StorageError
from gdm_studio.maths.path import Path, Step
from gdm_studio.models.fingerprint import fingerprint, of_parts
from gdm_studio.models.library import Library, as_made
from gdm_studio.request import Branch, Request, Role
from gdm_studio.run import Advance

SUFFIX = ".step"


@dataclass(frozen=True)
class SavedStep:
    """A step of one picture, that of `request`, on its way along `path`; tensors have one row, on the CPU."""

    step: Step
    path: Path
    request: Request
    weights: str = ""  # that made it, as models.fingerprint has them; "" where there is no telling
    parts: Mapping[str, str] = field(default_factory=dict)  # and those beside them, as fingerprint.of_parts has them

    def exactly(self, library: Library) -> SavedStep:
        """The same, its request naming the very weights that made it; raises ModelError where they are not here."""
        made_with = {**self.parts, "model_hash": self.weights}
        return replace(self, request=as_made(library, self.request, made_with))

    def continued(self, request: Request) -> Request:
        """`request` as one that goes on from here: as it is where nothing was changed, else as a branch."""
        branch = replace(request, branch=Branch(self.request, self.step.index))
        elsewhere = self.request.with_settings(request, Role.MACHINE)  # a step does not depend on where it was made
        return request if replace(elsewhere, count=1) == request else branch


def saved_steps(advance: Advance, request: Request) -> list[SavedStep]:
    """The step of a run of `request`, picture by picture."""
    weights, parts = fingerprint(advance.model.card), of_parts(advance.model.card)
    return [
        SavedStep(advance.step.each(row_taker(row)), advance.path, request.picture(image), weights, parts)
        for row, image in enumerate(advance.images)
    ]


def save(file: File, saved: SavedStep) -> None:
    """Writes the step as a log of it alone, whole or not at all; raises StorageError."""
    log = StepLog(saved.request, (whole(saved.step),), saved.path, weights=saved.weights, parts=saved.parts)
    atomic.write(file, step_codec.to_bytes(log))


def load(file: File) -> SavedStep:
    """What `save` wrote; raises StorageError where it is missing, damaged or something else."""
    data = atomic.read(file)
    try:
        log = step_codec.read(data)
        if len(log.entries) > 1 or len(log.images) > 1 or not (log.path and log.start.index):
            raise ValueError("not one step")
        return SavedStep(log.start, log.path, log.request, log.weights, log.parts)
    except DAMAGES as error:
        raise StorageError(f"{file} is damaged, or no step that was kept; choose a file ending in {SUFFIX}.") from error


def row_taker(row: int) -> Callable[[Tensor], Tensor]:
    """Copies that row of tensors to the CPU, once each: a slice would keep all of the batch in memory."""
    return cache(lambda rows: rows[row : row + 1].to("cpu", copy=True))


def on(step: Step, device: torch.device) -> Step:
    """The step with its tensors on that device."""
    return step.each(lambda rows: rows.to(device))
