"""What a step looks like, within budgets of time and memory: decoded when due, else read linearly and decoded later."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from gdm_studio.engine import devices
from gdm_studio.maths.path import Step
from gdm_studio.models.loaded import Stage, stage_of
from gdm_studio.run import Advance, View

EVERY = 4  # the longest stretch of steps without a decoded one
MEMORY = 256 * 2**20  # bytes of picture arrays kept for one run; past that, steps share their neighbour's


@dataclass(frozen=True)
class _Rough:
    """A view that its own latent was not decoded for yet."""

    view: View
    denoised: torch.Tensor  # (1, …), on the CPU
    device: torch.device  # where it is to be decoded
    stage: Stage


class Previews:
    """Turns the steps of one run into views and owns the bytes of their pictures.

    `budget` is the share of a step's time that its views may take; decoder and linear readings are timed on the way.
    At 0 nothing is decoded before `develop`.
    """

    def __init__(self, budget: float = 0.25) -> None:
        self._budget = budget
        self._rough: dict[tuple[int, int], _Rough] = {}  # by image and step, in the order they were made
        self._sharing: dict[tuple[int, int], _Rough] = {}  # those whose pictures are a step's before them
        self._last: dict[int, View] = {}
        self._held: dict[int, dict[int, int]] = {}  # image -> step -> bytes that no other step has
        self._bytes = 0
        self._decoding = 0.0  # seconds that decoding one step took last time
        self._reading = 0.0  # the same of the linear readings
        self._stepping = math.inf
        self._linear_only = False

    def views(self, advance: Advance) -> list[View]:
        """One view a picture of this step; `ms` is the picture's share of the step's time."""
        self._stepping = min(self._stepping, advance.seconds)
        if self._shares(advance):
            return [self._again(row, advance) for row in range(len(advance.images))]
        step, stage = advance.step, stage_of(advance.model, advance.step)
        decoded = self._decoded(advance) if self._is_due(advance) else None
        began = time.perf_counter()
        latents = [*noisy_and_noise(step), *([step.denoised] if decoded is None else [])]
        noisy, noise, *linear = np.split(stage.preview(torch.cat(latents)).numpy(), len(latents))
        predicted = linear[0] if decoded is None else decoded
        self._reading = time.perf_counter() - began
        found = []
        for row, image in enumerate(advance.images):
            view = View(
                image=image,
                index=step.index - advance.first,
                of=step.of - advance.first,
                at=step.at,
                ms=1000 * advance.seconds / len(advance.images),
                predicted=_frozen(predicted[row]),
                noisy=_frozen(noisy[row]),
                noise=_frozen(noise[row]),
                decoded=decoded is not None,
            )
            self._note(view, advance, row, own=_size(view))
            self._last[image] = view
            found.append(view)
        return found

    def develop(self) -> Iterator[View]:
        """Decodes, one by one, the steps that were shown only linearly; call when the run rests or has ended.

        Steps that share a neighbour's picture come last and get their own as far as the memory allows.
        """
        while waiting := self._rough or self._sharing:
            key = next(iter(waiting))
            view, shares = waiting[key].view, waiting is self._sharing
            if shares and self._bytes + view.predicted.nbytes > MEMORY:
                del waiting[key]
                self._hold(view, 0)
            elif (sharp := self.developed(*key)) is not None:
                yield sharp

    def developed(self, image: int, index: int) -> View | None:
        """One of those steps decoded, before its turn; None where it does not wait for that, or memory lacks."""
        key = image, index
        shares = key in self._sharing
        rough = self._sharing.pop(key) if shares else self._rough.pop(key, None)
        if rough is None:
            return None
        try:
            latent = rough.denoised.to(rough.device)
            picture = _frozen(with_alpha(rough.stage.decode(latent).numpy())[0])
        except (RuntimeError, MemoryError) as error:
            self._refused(error, rough.device)
            return None
        view = replace(rough.view, predicted=picture, decoded=True)
        self._hold(view, picture.nbytes if shares else _size(view))
        return view

    def take(self, view: View) -> None:
        """Counts a view that another process made: nothing of it is decoded here."""
        last, self._last[view.image] = self._last.get(view.image), view
        self._hold(view, 0 if last is not None and last.predicted is view.predicted else _size(view))

    @property
    def held(self) -> int:
        """Bytes of the pictures of the run's steps, and of what is still to be decoded."""
        return self._bytes

    def is_full(self) -> bool:
        """Whether the pictures of the run's steps take more than MEMORY; `forget` some."""
        return self._bytes > MEMORY

    def forget(self, image: int) -> None:
        """Gives up the steps of a finished picture: whoever shows them lets go of all but the last view."""
        self._bytes -= sum(self._held.pop(image, {}).values())
        self._last.pop(image, None)
        for waiting in (self._rough, self._sharing):
            for key in [key for key in waiting if key[0] == image]:
                del waiting[key]

    def give_up(self) -> None:
        """Decodes nothing any more: what is rough stays so."""
        self._linear_only = True
        self._rough.clear()
        self._sharing.clear()

    def _decoded(self, advance: Advance) -> np.ndarray | None:
        """The predicted pictures by the model's decoder; None where there is not enough memory for it."""
        began = time.perf_counter()
        try:
            pictures = with_alpha(stage_of(advance.model, advance.step).glimpse(advance.step.denoised).numpy())
        except (RuntimeError, MemoryError) as error:
            self._refused(error, advance.step.denoised.device)
            return None
        self._decoding = time.perf_counter() - began
        return pictures

    def _refused(self, error: Exception, device: torch.device) -> None:
        """A preview is not worth failing a run for: out of memory, the rest of them stay linear."""
        if not devices.is_out_of_memory(error):
            raise error
        devices.release(device)
        self.give_up()

    def _is_due(self, advance: Advance) -> bool:
        step = advance.step
        made = step.index - advance.first
        if self._linear_only or not self._budget:
            return False
        return (made - 1) % self._stride() == 0 or step.index == step.of

    def _stride(self) -> int:
        left = self._budget * self._stepping - self._reading
        return EVERY if left <= 0 else min(EVERY, max(1, math.ceil(self._decoding / left)))

    def _shares(self, advance: Advance) -> bool:
        """Whether this step's pixels would go beyond what a run may hold; every k-th step then has its own."""
        last = self._last.get(advance.images[0])
        if last is None or advance.step.index == advance.step.of:
            return False
        made, of = advance.step.index - advance.first, advance.step.of - advance.first
        needed = _size(last) * of * len(advance.images)
        return (made - 1) % math.ceil(needed / MEMORY) != 0

    def _again(self, row: int, advance: Advance) -> View:
        step, last = advance.step, self._last[advance.images[row]]
        ms = 1000 * advance.seconds / len(advance.images)
        view = replace(last, index=step.index - advance.first, at=step.at, ms=ms, decoded=False)
        self._note(view, advance, row, own=0)
        return view

    def _note(self, view: View, advance: Advance, row: int, *, own: int) -> None:
        """Counts the view, `own` bytes of arrays, and keeps its latent if it can be decoded later."""
        key = view.image, view.index
        for waiting in (self._rough, self._sharing):
            waiting.pop(key, None)  # of an attempt that ran out of memory
        latent, stage = advance.step.denoised[row : row + 1], stage_of(advance.model, advance.step)
        room = MEMORY - self._bytes
        if not view.decoded and not self._linear_only and (own or latent.nbytes <= room):
            kept = latent.to("cpu", copy=True)  # a slice would hold the whole batch
            (self._rough if own else self._sharing)[key] = _Rough(view, kept, latent.device, stage)
            own += kept.nbytes
        self._hold(view, own)

    def _hold(self, view: View, size: int) -> None:
        """Counts the bytes that this step's pictures take."""
        held = self._held.setdefault(view.image, {})
        self._bytes += size - held.get(view.index, 0)
        held[view.index] = size


def noisy_and_noise(step: Step) -> tuple[torch.Tensor, torch.Tensor]:
    """x brought to the spread of a picture, and the noise (x - alpha x0) / sigma that is in it; none at sigma 0."""
    x, (alpha, sigma) = step.x, step.at
    if not sigma:
        return x, torch.zeros_like(x)
    return x / math.hypot(alpha, sigma), (x - alpha * step.denoised) / sigma


def _size(view: View) -> int:
    """Bytes of its pictures."""
    return view.predicted.nbytes + view.noisy.nbytes + view.noise.nbytes


def with_alpha(pictures: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, 3 or 4) with an alpha channel."""
    if pictures.shape[-1] == 4:
        return pictures
    return np.concatenate([pictures, np.full_like(pictures[..., :1], 255)], axis=-1)


def _frozen(picture: np.ndarray) -> np.ndarray:
    """A copy, read-only: a row of a batch would keep all of the batch in memory."""
    picture = np.array(picture, order="C")
    picture.flags.writeable = False
    return picture
