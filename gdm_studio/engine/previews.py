"""What a step looks like, within a budget: decoded when due, a linear reading otherwise, decoded later on demand."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from gdm_studio.run import Advance, View

EVERY = 4  # the longest stretch of steps without a decoded one
MEMORY = 256 * 2**20  # bytes of picture arrays kept for one run; past that, steps share their neighbour's


@dataclass(frozen=True)
class _Rough:
    """A view shown only linearly so far, and the latent it can be decoded from."""

    view: View
    denoised: torch.Tensor  # (1, C, h, w), on the CPU
    model: Any


class Previews:
    """Turns the steps of one run into views.

    `budget` is the share of the network's time that decoding may take; the model's decoder is timed as it goes.
    """

    def __init__(self, budget: float = 0.25) -> None:
        self._budget = budget
        self._rough: dict[tuple[int, int], _Rough] = {}
        self._last: dict[int, View] = {}
        self._decoding = 0.0  # seconds that decoding one step took last time
        self._stepping = math.inf

    def views(self, advance: Advance) -> list[View]:
        """One view a picture of this step."""
        step = advance.step
        self._stepping = min(self._stepping, advance.seconds)
        if self._shares(advance):
            return [self._again(image, advance) for image in advance.images]
        model = advance.model
        due = (step.index - 1) % self._stride() == 0 or step.index == step.of
        noisy = model.preview(step.x / math.hypot(step.at.alpha, step.at.sigma) if step.at.sigma else step.x).numpy()
        predicted = self._decoded(model, step.denoised) if due else model.preview(step.denoised).numpy()
        found = []
        for row, image in enumerate(advance.images):
            view = View(
                image=image,
                index=step.index,
                of=step.of,
                at=step.at,
                ms=1000 * advance.seconds,
                predicted=_frozen(predicted[row]),
                noisy=_frozen(noisy[row]),
                decoded=due,
            )
            if not due:
                self._rough[image, step.index] = _Rough(view, step.denoised[row : row + 1].cpu(), model)
            self._last[image] = view
            found.append(view)
        return found

    def develop(self) -> Iterator[View]:
        """Decodes, one by one, the steps that were shown only linearly; call when the run rests or has ended."""
        for key in sorted(self._rough):
            rough = self._rough.pop(key)
            picture = _rgba(rough.model.decode(rough.denoised).numpy())[0]
            yield replace(rough.view, predicted=_frozen(picture), decoded=True)

    def _decoded(self, model: Any, denoised: torch.Tensor) -> np.ndarray:
        began = time.perf_counter()
        pictures = _rgba(model.decode(denoised).numpy())
        self._decoding = time.perf_counter() - began
        return pictures

    def _stride(self) -> int:
        return min(EVERY, max(1, math.ceil(self._decoding / (self._budget * self._stepping))))

    def _shares(self, advance: Advance) -> bool:
        """Whether this step's pixels would go beyond what a run may hold; every k-th step then has its own."""
        last = self._last.get(advance.images[0])
        if last is None or advance.step.index == advance.step.of:
            return False
        needed = 2 * last.predicted.nbytes * advance.step.of * len(advance.images)
        return (advance.step.index - 1) % math.ceil(needed / MEMORY) != 0

    def _again(self, image: int, advance: Advance) -> View:
        step = advance.step
        return replace(self._last[image], index=step.index, at=step.at, ms=1000 * advance.seconds, decoded=False)


def _rgba(pictures: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, 3 or 4) with an alpha channel."""
    if pictures.shape[-1] == 4:
        return pictures
    return np.concatenate([pictures, np.full_like(pictures[..., :1], 255)], axis=-1)


def _frozen(picture: np.ndarray) -> np.ndarray:
    picture = np.ascontiguousarray(picture)
    picture.flags.writeable = False
    return picture
