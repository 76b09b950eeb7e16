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
from gdm_studio.training.evaluation.lists import PROMPTS, fixed_prompts


def draw_fixed(drawings: Drawings, prompts: str = "prompts") -> NDArray[np.uint8]:
    """(64, H, W, 4) the pictures of a list of prompts, in order; prompt i has seed i, counted from 1."""
    base = drawings.base
    requests = [
        replace(base, prompt=asked.prompt, style=base.style if asked.style is None else asked.style, seed=seed)
        for seed, asked in enumerate(fixed_prompts(prompts), 1)
    ]
    return drawings.draw(f"sheet by {base.model}", requests)


def write_sheet(path: Path, drawings: Drawings, prompts: str = "prompts") -> None:
    """The pictures with their numbers alone, so that they can be named without a hint. Raises StorageError."""
    pictures = draw_fixed(drawings, prompts)
    contact_sheet(path, list(pictures), [str(number) for number in range(1, len(pictures) + 1)])


def write_answers(path: Path, drawings: Drawings, data: Path | None, prompts: str = "prompts") -> None:
    """The pictures with their prompts; with training pictures, the most alike beside each. Raises StudioError."""
    pictures = list(draw_fixed(drawings, prompts))
    training = open_pictures(data) if data else None
    beside = list(training.rgba(nearest(pictures, training))) if training else None
    contact_sheet(path, pictures, [asked.prompt for asked in fixed_prompts(prompts)], beside=beside)


def nearest(pictures: Sequence[np.ndarray], training: Pictures) -> list[int]:
    """For each picture (H, W, 4) the index of the training picture that looks most like it."""
    known = np.stack([similar.signature(picture) for picture in training.pixels])
    which, _ = similar.nearest(np.stack([similar.signature(picture) for picture in pictures]), known)
    return which.tolist()


def judged(count: int, prompts: str = "prompts") -> Measured:
    """What someone who had not seen the prompts could name; raises BadRequest."""
    of = len(fixed_prompts(prompts))
    if not 0 <= count <= of:
        raise BadRequest(f"--named must be from 0 to {of}, not {count}.")
    title = "named by someone who had not seen the prompts" + (f", {prompts}" if prompts != "prompts" else "")
    return Measured(PROMPTS[prompts], title, count, of, "prompts", "≥ 80 %")
