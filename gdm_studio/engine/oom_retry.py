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
from gdm_studio.models.memory.memory_limit import free_memory
from gdm_studio.models.model_library import Library, load_arguments
from gdm_studio.request.generation_events import Event, Phase, Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import has_second_pass

# The maximum batch size before the memory use of an image has been measured.
FIRST_BATCH = 16
# The maximum batch size afterwards. Larger batches are hardly faster and delay the first image.
MAX_BATCH = 64
# The assumed memory for one pixel of an image, in bytes, before a batch has been measured.
BYTES_PER_PIXEL = 4096
# The fraction of the free memory that a batch may use.
MEMORY_SHARE = 0.8


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
    assert request.size is not None
    card = library.card(request.model)
    size = card.second_pass_size(request) if has_second_pass(request) else request.size
    if request.tile:
        # The networks see no more than a window.
        size = min(size[0], request.tile), min(size[1], request.tile)
    device, _ = devices.device_and_dtype(request, card)
    plan = BatchPlan(device, request.batch, size)
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
        if self.requested:
            return self.requested
        fitting = batch_that_fits(free_memory(self.device), self.bytes_per_image, self.size)
        return min(max_batch(self.device.type), fitting)

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


def max_batch(kind: str) -> int:
    """Return the largest useful number of images in a batch on a type of device ("cpu", "cuda", …), regardless of
    memory.
    """
    # With guidance an image is two rows, so this batch keeps every core busy. A larger one only delays the first image.
    return min(FIRST_BATCH, max(1, torch.get_num_threads() // 2)) if kind == "cpu" else MAX_BATCH


def batch_that_fits(free: int | None, bytes_per_image: int, size: tuple[int, int]) -> int:
    """Return the number of images of `size` (width, height) that fit into `free` bytes of device memory, at least 1.

    `bytes_per_image` is the measured memory use of one image. If it is 0, it is estimated, and at most FIRST_BATCH
    images are returned.
    """
    if free is None:
        return FIRST_BATCH
    width, height = size
    limit = MAX_BATCH if bytes_per_image else FIRST_BATCH
    count = int(MEMORY_SHARE * free) // (bytes_per_image or BYTES_PER_PIXEL * width * height)
    return max(1, min(limit, count))


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
