"""Data-parallel training in several processes started by `torchrun`.

Each process has a copy of all networks and optimizers, draws the same batch, and computes the gradients of its own
rows. The gradients are summed over the processes, so that the weights stay equal. Only the first process writes files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import Tensor, distributed

from gdm_studio.common.errors import DeviceError

# The first process may measure or prepare files for hours, while the others wait for it.
TIMEOUT = timedelta(days=7)


@contextmanager
def process_group(device: str) -> Iterator[None]:
    """Connect the training processes that `torchrun` has started, within a `with` block.

    Does nothing without `torchrun`. `device` is "cpu" or "cuda". With "cuda", each process on a computer uses its own
    GPU. Raises DeviceError if there are fewer GPUs than processes.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield
        return
    if device == "cuda":
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if local >= torch.cuda.device_count():
            raise DeviceError(f"This computer has {torch.cuda.device_count()} GPUs; start at most as many processes.")
        torch.cuda.set_device(local)
    distributed.init_process_group("nccl" if device == "cuda" else "gloo", timeout=TIMEOUT)
    try:
        yield
    finally:
        distributed.destroy_process_group()


def process_count() -> int:
    """Return the number of processes that train together, 1 without `torchrun`."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def is_first() -> bool:
    """Return True if this is the first training process, the only one that writes files. Without `torchrun`, the result
    is always True.
    """
    return rank() == 0


def rank() -> int:
    """Return the number of this training process, 0 for the first one and without `torchrun`."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def any_true(value: bool) -> bool:
    """Return True if `value` is True in any training process, so that all processes make the same decision.

    Blocks until all processes have called it.
    """
    if process_count() == 1:
        return value
    flag = torch.tensor(float(value), device=_get_device())
    distributed.all_reduce(flag, distributed.ReduceOp.MAX)
    return bool(flag)


def own_rows(batch: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return this process's own rows of a training batch, as slices of the batch's tensors.

    There may be none, if the batch has fewer rows than there are processes.
    """
    if process_count() == 1:
        return tuple(batch)
    return tuple(tensor.tensor_split(process_count())[rank()] for tensor in batch)


def sum_over_processes(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Add up each tensor over all training processes, which must pass tensors of equal shapes."""
    if process_count() == 1:
        return list(tensors)
    together = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
    distributed.all_reduce(together)
    parts = together.split([tensor.numel() for tensor in tensors])
    return [part.view(tensor.shape).to(tensor.dtype) for part, tensor in zip(parts, tensors, strict=True)]


def _get_device() -> torch.device:
    return torch.device("cuda" if distributed.get_backend() == "nccl" else "cpu")
