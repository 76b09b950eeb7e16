"""Number of images that are generated together on a device, if the request leaves it to the program."""

from __future__ import annotations

import torch

from gdm_studio.models.memory.memory_limit import free_memory
from gdm_studio.models.memory.parallel_rows import evaluates_whole_batches
from gdm_studio.models.model_card import ModelCard
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


def largest_size(request: Request, card: ModelCard) -> tuple[int, int]:
    """Return the size (width, height) of the largest image that the networks see in a run of a checked request."""
    size = card.second_pass_size(request) if has_second_pass(request) else request.size or card.sizes()[0]
    # The networks see no more than a window.
    return (min(size[0], request.tile), min(size[1], request.tile)) if request.tile else size


def automatic_batch(device: torch.device, size: tuple[int, int], bytes_per_image: int = 0) -> int:
    """Return the number of images of `size` (width, height) for the next batch on a device: as many as are useful and
    fit into its free memory.

    `bytes_per_image` is the measured memory use of one image, or 0 if unknown.
    """
    fitting = batch_that_fits(free_memory(device), bytes_per_image, size)
    return min(max_batch(device.type), fitting)


def max_batch(kind: str) -> int:
    """Return the largest useful number of images in a batch on a type of device ("cpu", "cuda", …), regardless of
    memory.
    """
    if kind != "cpu" or evaluates_whole_batches():
        return MAX_BATCH
    # With guidance an image is two rows, so this batch keeps every core busy. A larger one only delays the first image.
    return min(FIRST_BATCH, max(1, torch.get_num_threads() // 2))


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
