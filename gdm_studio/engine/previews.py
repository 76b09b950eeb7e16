"""Previews of denoising steps, within limits of time and memory.

A preview is decoded immediately, or shown as a linear approximation first and decoded later.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from gdm_studio.engine import preview_memory
from gdm_studio.engine.preview_memory import image_bytes
from gdm_studio.maths.noise_path import Step
from gdm_studio.models.loaded_model import Stage, stage_of
from gdm_studio.models.memory import devices
from gdm_studio.models.tiled_model import reduce_for_preview
from gdm_studio.request.generation_events import StepEvent, View


@dataclass(frozen=True)
class _Approximation:
    """Preview that shows only a linear approximation of the image, or no noise, together with the latents from which it
    can be decoded exactly later.
    """

    view: View
    # The predicted latents (1, …), or those of the noise, on the CPU.
    latents: torch.Tensor
    # The device on which to decode them.
    device: torch.device
    stage: Stage
    # True if the view reuses the images of an earlier step.
    shares: bool = False


class Previews:
    """Preview images of the denoising steps of a run, limited in time and memory.

    `budget` is the fraction of the steps' duration that their previews may take. The first step is decoded whatever the
    budget, unless it is 0: then nothing is decoded before `decode_waiting` is called. With `leaves_noise`, the noise is
    left out of views until `draw_noise` is called.
    """

    def __init__(self, budget: float = 0.1, *, leaves_noise: bool = False) -> None:
        self._budget = budget
        self.leaves_noise = leaves_noise
        # Views without their noise, and its latents on the CPU, by image and step.
        self._undrawn_noise: dict[tuple[int, int], _Approximation] = {}
        # Views to decode later, by image and step, in the order of the steps.
        self._approximations: dict[tuple[int, int], _Approximation] = {}
        self._last_views: dict[int, View] = {}
        # The memory in bytes that each step uses alone, by image and step.
        self._bytes_by_step: dict[int, dict[int, int]] = {}
        self._bytes = 0
        # Duration of all steps and of all previews so far, and the shortest of a decoding, in seconds.
        self._step_seconds = 0.0
        self._preview_seconds = 0.0
        self._decoding_seconds = math.inf
        self._linear_only = False

    def views(self, advance: StepEvent) -> list[View]:
        """Return the preview of a denoising step for each image of the batch.

        `ms` of a preview is the duration of the step divided by the number of images.
        """
        began = time.perf_counter()
        self._step_seconds += advance.seconds
        if self._must_reuse(advance):
            found = [self._reuse(row, advance) for row in range(len(advance.images))]
        else:
            found = self._create(advance)
        self._preview_seconds += time.perf_counter() - began
        return found

    def _create(self, advance: StepEvent) -> list[View]:
        step = advance.step
        stage = stage_of(advance.model, step)
        decoded = self._decode(advance) if self._is_due(advance) else None
        noisy, noise = noisy_and_noise(step)
        leaves_noise = self._may_leave_noise(advance)
        latents = [noisy, *([step.denoised] if decoded is None else []), *([] if leaves_noise else [noise])]
        pictures = [each.numpy() for each in stage.preview(torch.cat(latents)).chunk(len(latents))]
        predicted = pictures[1] if decoded is None else decoded
        found = []
        for row, image in enumerate(advance.images):
            noisy_picture = _copy_read_only(pictures[0][row])
            view = View(
                image=image,
                index=step.index - advance.first,
                of=step.of - advance.first,
                at=step.at,
                ms=1000 * advance.seconds / len(advance.images),
                predicted=_copy_read_only(predicted[row]),
                noisy=noisy_picture,
                noise=noisy_picture if leaves_noise else _copy_read_only(pictures[-1][row]),
                decoded=decoded is not None,
            )
            self._record_preview(view, advance, row, own=image_bytes(view))
            if leaves_noise:
                kept = noise[row : row + 1].to("cpu", copy=True)
                self._undrawn_noise[image, view.index] = _Approximation(view, kept, noise.device, stage)
            self._last_views[image] = view
            found.append(view)
        return found

    def draw_noise(self) -> Iterator[View]:
        """Yield the views whose noise was left out, with their noise."""
        while self._undrawn_noise:
            yield self._draw_noise(self._undrawn_noise.pop(next(iter(self._undrawn_noise))))

    def decode_waiting(self) -> Iterator[View]:
        """Draw the noise that was left out, decode the previews that show only a linear approximation so far, and yield
        each new preview.

        Call this when the run is paused or finished. Views that reuse another step's images come last, and get their
        own images while memory allows.
        """
        yield from self.draw_noise()
        while self._approximations:
            key, rough = min(self._approximations.items(), key=lambda item: item[1].shares)
            if rough.shares and self._bytes + rough.view.predicted.nbytes > preview_memory.MEMORY_LIMIT:
                del self._approximations[key]
                self._record_memory(rough.view, 0)
            elif (sharp := self.decode_now(*key)) is not None:
                yield sharp

    def decode_now(self, image: int, index: int) -> View | None:
        """Decode the preview of step `index` of an image immediately, before all others. Returns None if the preview is
        not waiting to be decoded or memory runs out.
        """
        rough = self._approximations.pop((image, index), None)
        if rough is None:
            return None
        try:
            latent = rough.latents.to(rough.device)
            picture = _copy_read_only(with_alpha(rough.stage.decode(latent).numpy())[0])
        except (RuntimeError, MemoryError) as error:
            self._handle_out_of_memory(error, rough.device)
            return None
        view = replace(rough.view, predicted=picture, decoded=True)
        self._record_memory(view, picture.nbytes if rough.shares else image_bytes(view))
        return view

    @property
    def used_bytes(self) -> int:
        """Memory used by the previews and by the latents that wait to be decoded, in bytes."""
        return self._bytes

    def forget(self, image: int) -> None:
        """Stop counting the memory of a finished image's previews. The caller must then free all of them except the
        last.
        """
        self._bytes -= sum(self._bytes_by_step.pop(image, {}).values())
        self._last_views.pop(image, None)
        for waiting in (self._approximations, self._undrawn_noise):
            for key in [key for key in waiting if key[0] == image]:
                del waiting[key]

    def give_up(self) -> None:
        """Stop decoding previews for the rest of the run. Existing previews that show only a linear approximation
        remain approximate.
        """
        self._linear_only = True
        self._approximations.clear()

    def _decode(self, advance: StepEvent) -> np.ndarray | None:
        """Decode a step's predicted images with the model's fast decoder. Returns None if memory is short."""
        began = time.perf_counter()
        try:
            pictures = stage_of(advance.model, advance.step).fast_decode(advance.step.denoised)
        except (RuntimeError, MemoryError) as error:
            self._handle_out_of_memory(error, advance.step.denoised.device)
            return None
        self._decoding_seconds = min(self._decoding_seconds, time.perf_counter() - began)
        return None if pictures is None else with_alpha(pictures.numpy())

    def _handle_out_of_memory(self, error: Exception, device: torch.device) -> None:
        """Stop decoding previews after an out-of-memory error, because a preview must never cause a run to fail.

        Any other error is raised again.
        """
        if not devices.is_out_of_memory(error):
            raise error
        devices.release(device)
        self.give_up()

    def _is_due(self, advance: StepEvent) -> bool:
        if self._linear_only or not self._budget:
            return False
        if advance.step.index == advance.first + 1:
            return True
        # A step is decoded within the time that the previews may have taken so far, even if it takes twice as long as
        # others. The image follows the last step at once, so that its preview is no exception.
        return self._preview_seconds + 2 * self._decoding_seconds <= self._budget * self._step_seconds

    def _may_leave_noise(self, advance: StepEvent) -> bool:
        """Return True if the noise of a step can be drawn later, without more memory than its picture takes.

        The last step has its noise, since it is what remains of an image whose other previews are released.
        """
        last = self._last_views.get(advance.images[0])
        if not self.leaves_noise or last is None or advance.step.index == advance.step.of:
            return False
        latent = advance.step.x[0]
        return latent.nbytes <= last.noise.nbytes and self._count_steps_per_preview(advance, last) == 1

    def _must_reuse(self, advance: StepEvent) -> bool:
        """Return True if this step must reuse the preview of an earlier step, so that the previews of the run stay
        within MEMORY_LIMIT.
        """
        last = self._last_views.get(advance.images[0])
        if last is None or advance.step.index == advance.step.of:
            return False
        made = advance.step.index - advance.first
        return (made - 1) % self._count_steps_per_preview(advance, last) != 0

    def _count_steps_per_preview(self, advance: StepEvent, last: View) -> int:
        """Return the number of steps that share a preview, given the last one."""
        needed = image_bytes(last) * (advance.step.of - advance.first) * len(advance.images)
        return math.ceil(needed / preview_memory.MEMORY_LIMIT)

    def _draw_noise(self, left: _Approximation) -> View:
        picture = left.stage.preview(left.latents.to(left.device)).numpy()[0]
        view = replace(left.view, noise=_copy_read_only(picture))
        if self._last_views.get(view.image) is left.view:
            self._last_views[view.image] = view
        return view

    def _reuse(self, row: int, advance: StepEvent) -> View:
        step = advance.step
        last = self._last_views[advance.images[row]]
        if not last.has_noise:
            last = self._draw_noise(self._undrawn_noise[last.image, last.index])
        ms = 1000 * advance.seconds / len(advance.images)
        view = replace(last, index=step.index - advance.first, at=step.at, ms=ms, decoded=False)
        self._record_preview(view, advance, row, own=0)
        return view

    def _record_preview(self, view: View, advance: StepEvent, row: int, *, own: int) -> None:
        """Count the memory of a new preview (`own` bytes). If the preview can be decoded exactly later, its latents are
        stored for this purpose.
        """
        key = view.image, view.index
        # An earlier attempt that ran out of memory may have left entries.
        self._approximations.pop(key, None)
        self._undrawn_noise.pop(key, None)
        stage = stage_of(advance.model, advance.step)
        latent = reduce_for_preview(stage, advance.step.denoised[row : row + 1])
        room = preview_memory.MEMORY_LIMIT - self._bytes
        if not view.decoded and not self._linear_only and (own or latent.nbytes <= room):
            # This is a copy, because a slice would keep the whole batch in memory.
            kept = latent.to("cpu", copy=True)
            self._approximations[key] = _Approximation(view, kept, latent.device, stage, shares=not own)
            own += kept.nbytes
        self._record_memory(view, own)

    def _record_memory(self, view: View, size: int) -> None:
        """Record the memory (`size` in bytes) that one preview uses, and update the total."""
        held = self._bytes_by_step.setdefault(view.image, {})
        self._bytes += size - held.get(view.index, 0)
        held[view.index] = size


def noisy_and_noise(step: Step) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two tensors of a step to be shown as previews: the noisy data x, scaled to the variance of an image, and
    the predicted noise (x - alpha x0) / sigma, which is zero if sigma is 0.
    """
    x = step.x
    alpha, sigma = step.at
    if not sigma:
        return x, torch.zeros_like(x)
    return x / math.hypot(alpha, sigma), (x - alpha * step.denoised) / sigma


def with_alpha(pictures: np.ndarray) -> np.ndarray:
    """Add an opaque alpha channel to images (N, H, W, 3). Images with an alpha channel are returned unchanged."""
    if pictures.shape[-1] == 4:
        return pictures
    return np.concatenate([pictures, np.full_like(pictures[..., :1], 255)], axis=-1)


def _copy_read_only(picture: np.ndarray) -> np.ndarray:
    """Copy one image of a batch into a read-only array, so that it does not keep the whole batch in memory."""
    picture = np.array(picture, order="C")
    picture.flags.writeable = False
    return picture
