"""Evaluation of networks row by row, in parallel on a CPU's cores, so that images do not depend on their batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
_WHOLE_BATCHES = ContextVar("together", default=False)


@contextmanager
def whole_batches() -> Iterator[None]:
    """Evaluate whole batches at once on every device while this context is active, instead of row by row.

    For small networks this is several times faster, but the last bits of an image then depend on the other images in
    its batch. Use it only for statistics over many images that need not be reproduced individually.
    """
    before = _WHOLE_BATCHES.set(True)
    try:
        yield
    finally:
        _WHOLE_BATCHES.reset(before)


def evaluates_whole_batches() -> bool:
    """Return True within `whole_batches`."""
    return _WHOLE_BATCHES.get()


@contextmanager
def one_thread() -> Iterator[None]:
    """Restrict torch to one CPU thread while this context is active: for operations whose rounding depends on the
    number of threads, and for small ones, which take less time than waking a second thread.
    """
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class RowEvaluator:
    """Callable that evaluates a network on a batch. On a CPU, each row is computed separately, so that an image does
    not depend on the rest of its batch.

    The rows share the cores. Each row is computed by the same operations for any batch size. The result is
    bit-identical for 1, 2, 4, 8 … threads per row; with three, for example, the last bits may differ, by far less than
    1/255. Since no core waits for a slower one after each operator, this is much faster while other processes are busy.
    On other devices the whole batch is computed at once.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._is_cpu = device.type == "cpu"
        self._cores = 1
        self._pool: ThreadPoolExecutor | None = None

    def rows_at_once(self, count: int) -> int:
        """Return how many of `count` batch rows are computed simultaneously, so that the caller can estimate the memory
        use.
        """
        return count if not self._is_cpu or _WHOLE_BATCHES.get() else min(count, torch.get_num_threads())

    def __call__(self, network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        return _join(self._evaluate_parts(network, *inputs))

    def evaluate_pair(self, network: Callable[..., tuple[Tensor, Tensor]], *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Evaluate a network that returns two tensors, in the same way as a call."""
        first, second = zip(*self._evaluate_parts(network, *inputs), strict=True)
        return _join(first), _join(second)

    def _evaluate_parts(self, network: Callable[..., T], *inputs: Tensor) -> list[T]:
        """Return the network's results for the parts of a batch that are computed separately: the rows, or all."""
        count = len(inputs[0])
        if count == 1 or not self._is_cpu or _WHOLE_BATCHES.get():
            return [network(*inputs)]
        self._set_cores(torch.get_num_threads())
        singles = zip(*(tensor.split(1) for tensor in inputs), strict=True)
        if self._pool is None:
            return [network(*single) for single in singles]
        threads = max(1, self._cores // count)

        def row(single: tuple[Tensor, ...]) -> T:
            # Both settings apply only to the current thread.
            torch.set_num_threads(threads)
            with torch.no_grad():
                return network(*single)

        rows = list(self._pool.map(row, singles))
        # New threads start with the thread count that was last set by any thread.
        torch.set_num_threads(self._cores)
        return rows

    def _set_cores(self, cores: int) -> None:
        """Resize the pool of worker threads, one per core, if the number of cores that torch uses has changed."""
        if cores != self._cores:
            if self._pool is not None:
                self._pool.shutdown()
            self._cores = cores
            self._pool = ThreadPoolExecutor(cores, "row") if cores > 1 else None


def _join(parts: Sequence[Tensor]) -> Tensor:
    """Concatenate the parts of a batch. A single part is returned itself."""
    return parts[0] if len(parts) == 1 else torch.cat(list(parts))
