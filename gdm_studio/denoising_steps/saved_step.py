"""Files of a single denoising step, from which a run can resume with identical bits, or branch off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path as File

import torch
from torch import Tensor

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.denoising_steps import file_format
from gdm_studio.denoising_steps.step_log import READ_ERRORS, StepLog, full_entry
from gdm_studio.maths.noise_path import NoisePath, Step
from gdm_studio.models.fingerprint import fingerprint, part_hashes
from gdm_studio.models.model_library import Library, with_recorded_weights
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Branch, Request, Role

SUFFIX = ".step"


@dataclass(frozen=True)
class SavedStep:
    """One denoising step of the single image of `request`, from which a run can resume or branch.

    Its tensors have one row and are on the CPU.
    """

    step: Step
    path: NoisePath
    request: Request
    # Fingerprint of the model's weights, or "" if unknown.
    weights: str = ""
    # Fingerprints of the model's other parts, as returned by `fingerprint.part_hashes`.
    parts: Mapping[str, str] = field(default_factory=dict)

    def with_exact_weights(self, library: Library) -> SavedStep:
        """Return this denoising step with its request changed to name exactly the model weights that computed the step.

        Raises ModelError if they are not installed.
        """
        made_with = {**self.parts, "model_hash": self.weights}
        return replace(self, request=with_recorded_weights(library, self.request, made_with))

    def resume_or_branch(self, request: Request) -> Request:
        """Return the request that continues from this denoising step with the settings of `request`.

        This is `request` itself (to resume) if only device settings differ, and otherwise a branch.
        """
        branch = replace(request, branch=Branch(self.request, self.step.index))
        # A step does not depend on the machine that computed it.
        elsewhere = self.request.with_settings(request, Role.MACHINE)
        return request if replace(elsewhere, count=1) == request else branch


def split_batch(event: StepEvent, request: Request) -> list[SavedStep]:
    """Split a step of a batch into one SavedStep per image, from which a run can resume or branch."""
    # A step from another computer comes without the model, which is not loaded here.
    card = event.model.card if event.model is not None else event.record.card
    weights = fingerprint(card)
    parts = part_hashes(card)
    return [
        SavedStep(event.step.each(row_taker(row)), event.path, request.picture(image), weights, parts)
        for row, image in enumerate(event.images)
    ]


def save(file: File, saved: SavedStep) -> None:
    """Write a denoising step to a file atomically, as a log that contains only this step. Raises StorageError."""
    log = StepLog(saved.request, (full_entry(saved.step),), saved.path, weights=saved.weights, parts=saved.parts)
    atomic_files.write(file, file_format.to_bytes(log))


def load(file: File) -> SavedStep:
    """Read a denoising step that `save` wrote, to resume or branch from it.

    Raises StorageError if the file is missing, damaged or not a file of saved steps.
    """
    data = atomic_files.read(file)
    try:
        log = file_format.read(data)
        if len(log.entries) > 1 or len(log.images) > 1 or not (log.path and log.start.index):
            raise ValueError("not one step")
        return SavedStep(log.start, log.path, log.request, log.weights, log.parts)
    except READ_ERRORS as error:
        raise StorageError(f"{file} is damaged or not a saved step; choose a file ending in {SUFFIX}.") from error


def row_taker(row: int) -> Callable[[Tensor], Tensor]:
    """Return a function that copies row number `row` of a batch tensor, which belongs to one image, to the CPU. The
    copies are cached.

    (A slice would keep the whole batch in memory.)
    """
    return cache(lambda rows: rows[row : row + 1].to("cpu", copy=True))


def to_device(step: Step, device: torch.device) -> Step:
    """Return the denoising step with all its tensors moved to a torch device."""
    return step.each(lambda rows: rows.to(device))
