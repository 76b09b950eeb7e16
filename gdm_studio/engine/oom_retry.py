"""Generation in batches that fit into memory. If memory runs out, smaller batches and then the CPU are used."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace

import torch

from gdm_studio.common.errors import DeviceError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.engine.decoding import DecodingError
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.batch_size import automatic_batch, largest_size
from gdm_studio.models.model_library import Library, load_arguments
from gdm_studio.request.generation_events import Event, Phase, Result
from gdm_studio.request.generation_request import Request


def run_in_batches(
    request: Request,
    library: Library,
    images: tuple[int, ...],
    generate_batch: Callable[[tuple[int, ...], torch.device], Generator[Event, None, None]],
) -> Generator[Event, None, None]:
    """Generate images in batches that fit into memory, yielding the events.

    If memory runs out, the other loaded models are released. Unfinished images are then retried in smaller batches, and
    finally on the CPU. Raises DeviceError if the device is not available, does not support the number type, or cannot
    hold a single image.
    """
    card = library.card(request.model)
    device, _ = devices.device_and_dtype(request, card)
    plan = BatchPlan(device, request.batch, largest_size(request, card))
    while images:
        batch = images[: plan.batch]
        failed = 0
        used_bytes = devices.measure_memory(plan.device)
        finished = set[int]()
        try:
            yield from _record_finished(generate_batch(batch, plan.device), finished)
            plan = plan.after(len(batch), used_bytes())
        except (RuntimeError, MemoryError) as error:
            if not devices.is_out_of_memory(error):
                raise
            # An image that could not be decoded in tiles does not fit in a smaller batch either.
            failed = 1 if isinstance(error, DecodingError) else len(batch)
        if failed:
            remedy = "Out of memory: releasing other models."
            if not _release_others(request, library, plan.device):
                plan, remedy = plan.smaller(failed)
            yield Phase("making room", note=remedy)
            images = tuple(image for image in images if image not in finished)
        else:
            images = images[len(batch) :]


@dataclass(frozen=True)
class BatchPlan:
    """Plan for the next batch: its device and number of images. If memory runs out, a plan with a smaller batch or a
    different device replaces it.
    """

    device: torch.device
    # The requested batch size, or 0 to let the device decide.
    requested: int
    # (width, height) in pixels.
    size: tuple[int, int]
    # The measured memory use of one image in bytes, or 0 if unknown.
    bytes_per_image: int = 0

    @property
    def batch(self) -> int:
        """The number of images in the next batch: the most that fit into the device's free memory."""
        return self.requested or automatic_batch(self.device, self.size, self.bytes_per_image)

    def after(self, count: int, used_bytes: int) -> BatchPlan:
        """Return the plan for the next batch, given that the last batch of `count` images used at most `used_bytes` of
        memory (0 if unknown).
        """
        return replace(self, bytes_per_image=max(self.bytes_per_image, used_bytes // count))

    def smaller(self, failed: int) -> tuple[BatchPlan, str]:
        """Return the plan to try after `failed` images together ran out of memory, and a notice for the user.

        The batch is halved down to one image, then the CPU is used. Raises DeviceError if a single image does not fit
        on the CPU.
        """
        if failed > 1:
            half = failed // 2
            return replace(self, requested=half), f"Out of memory: continuing with {half} at a time."
        if self.device.type != "cpu":
            return BatchPlan(torch.device("cpu"), 0, self.size), "Out of memory on the device: continuing on the CPU."
        sentence = translatable("There is not enough memory for even one picture; close other programs and try again.")
        raise DeviceError(sentence, remedy="again")


def _record_finished(events: Generator[Event, None, None], finished: set[int]) -> Generator[Event, None, None]:
    """Pass on the events of a batch and add the index of each finished image to `finished`.

    Closes `events` at the end to release its memory.
    """
    with closing(events):
        for event in events:
            if isinstance(event, Result):
                finished.add(event.image)
            yield event


def _release_others(request: Request, library: Library, device: torch.device) -> bool:
    """Free memory on a device by releasing the loaded models that this run does not need.

    Returns True if there were any.
    """
    dtype = devices.resolve_dtype(request.dtype, library.card(request.model), device)
    some = library.make_room(request.model, device=device, dtype=dtype, **load_arguments(request))
    # The cache is released after the except block, since until then the traceback holds references to the tensors.
    devices.release(device)
    return some
