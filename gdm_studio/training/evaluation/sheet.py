"""The sheet of fixed prompts, one picture each and none left out, for someone to name who has not seen the prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.errors import BadRequest
from gdm_studio.training.contact_sheet import contact_sheet
from gdm_studio.training.data import similar
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.figures import Measured
from gdm_studio.training.evaluation.lists import fixed_prompts


def draw_fixed(drawings: Drawings) -> NDArray[np.uint8]:
    """(64, H, W, 4) the pictures of the fixed prompts, in order; prompt i has seed i, counted from 1."""
    asked = fixed_prompts()
    return drawings.draw("sheet", [replace(drawings.base, prompt=a.prompt, seed=i) for i, a in enumerate(asked, 1)])


def write_sheet(path: Path, drawings: Drawings) -> None:
    """The pictures with their numbers alone, so that they can be named without a hint. Raises StorageError."""
    pictures = draw_fixed(drawings)
    contact_sheet(path, list(pictures), [str(number) for number in range(1, len(pictures) + 1)])


def write_answers(path: Path, drawings: Drawings, data: Path | None) -> None:
    """The pictures with their prompts; with training pictures, the most alike beside each. Raises StudioError."""
    pictures = list(draw_fixed(drawings))
    training = open_pictures(data) if data else None
    beside = list(training.rgba(nearest(pictures, training))) if training else None
    contact_sheet(path, pictures, [asked.prompt for asked in fixed_prompts()], beside=beside)


def nearest(pictures: Sequence[np.ndarray], training: Pictures) -> list[int]:
    """For each picture (H, W, 4) the index of the training picture that looks most like it."""
    known = np.stack([similar.signature(picture) for picture in training.pixels])
    which, _ = similar.nearest(np.stack([similar.signature(picture) for picture in pictures]), known)
    return which.tolist()


def judged(count: int) -> Measured:
    """What someone who had not seen the prompts could name; raises BadRequest."""
    of = len(fixed_prompts())
    if not 0 <= count <= of:
        raise BadRequest(f"--named must be from 0 to {of}, not {count}.")
    title, goal = "named by someone who had not seen the prompts", "≥ 80 %"
    return Measured("named_by_someone_new", title, count, of, "prompts", goal)
