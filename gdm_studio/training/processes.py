"""Training in several processes that `torchrun` starts. They share each batch, and take the same steps.

Each process has all networks and optimizers, draws the same batch, and computes the gradients of its part. The
gradients are summed over the processes, so the weights stay the same in all of them. Only the first process writes
files.
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
def joined(device: str) -> Iterator[None]:
    """Connect the processes of `torchrun` in a `with` block. Does nothing without `torchrun`.

    `device` is "cpu" or "cuda", where each process on a computer uses another GPU. Raises DeviceError.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield
        return
    if device == "cuda":
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if local >= torch.cuda.device_count():
            raise DeviceError(f"There are {torch.cuda.device_count()} GPUs; start as many processes on this computer.")
        torch.cuda.set_device(local)
    distributed.init_process_group("nccl" if device == "cuda" else "gloo", timeout=TIMEOUT)
    try:
        yield
    finally:
        distributed.destroy_process_group()


def count() -> int:
    """Return the number of processes, which is 1 without `torchrun`."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def is_first() -> bool:
    """Return True in the process that writes the files, and in a process without others."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def any_true(value: bool) -> bool:
    """Return True if `value` is True in any process. All processes must call this, and wait for each other."""
    if count() == 1:
        return value
    flag = torch.tensor(float(value), device=_device())
    distributed.all_reduce(flag, distributed.ReduceOp.MAX)
    return bool(flag)


def own_part(batch: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the rows of a batch that belong to this process. There are none if the batch has fewer rows."""
    if count() == 1:
        return tuple(batch)
    return tuple(tensor.tensor_split(count())[distributed.get_rank()] for tensor in batch)


def summed(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Return the sums of tensors over all processes. All processes must pass tensors of the same shapes."""
    if count() == 1:
        return list(tensors)
    together = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
    distributed.all_reduce(together)
    parts = together.split([tensor.numel() for tensor in tensors])
    return [part.view(tensor.shape).to(tensor.dtype) for part, tensor in zip(parts, tensors, strict=True)]


def _device() -> torch.device:
    return torch.device("cuda" if distributed.get_backend() == "nccl" else "cpu")
