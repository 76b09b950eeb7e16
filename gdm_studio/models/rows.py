"""Evaluating a network picture by picture, side by side on the cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor

_TOGETHER = ContextVar("together", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Within, a batch goes at once on every device: several times as fast for small networks, and what stands beside
    a picture shows in its last bits. For figures over many pictures, which nobody makes again by one."""
    before = _TOGETHER.set(True)
    try:
        yield
    finally:
        _TOGETHER.reset(before)


class Rows:
    """`rows(network, *inputs)` = network(*inputs), on a CPU computed one row at a time, the rows sharing the cores.

    A row is then computed by the very same operations however many stand beside it, so a picture does not depend on
    its batch, to the last bit wherever a row has one thread, two, four, eight … each time; with three, say, what is
    left over at the end of a thread's share is rounded otherwise in its last bit, far below 1/255. Nothing
    waits for a slower core at the end of each operator either: beside another busy program that is far faster than
    all cores on every operator. On other devices the whole batch goes at once.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._alone = device.type == "cpu"
        self._cores = 1
        self._pool: ThreadPoolExecutor | None = None

    def __call__(self, network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        count = len(inputs[0])
        if count == 1 or not self._alone or _TOGETHER.get():
            return network(*inputs)
        self._follow(torch.get_num_threads())
        singles = zip(*(tensor.split(1) for tensor in inputs), strict=True)
        if self._pool is None:
            return torch.cat([network(*single) for single in singles])
        threads = max(1, self._cores // count)

        def row(single: tuple[Tensor, ...]) -> Tensor:
            torch.set_num_threads(threads)  # of the calling thread
            with torch.no_grad():  # which each thread has to say for itself
                return network(*single)

        rows = list(self._pool.map(row, singles))
        torch.set_num_threads(self._cores)  # threads that are yet to come begin with the number set last, by any
        return torch.cat(rows)

    def _follow(self, cores: int) -> None:
        """Shares as many cores as torch is allowed now."""
        if cores != self._cores:
            if self._pool is not None:
                self._pool.shutdown()
            self._cores, self._pool = cores, ThreadPoolExecutor(cores, "row") if cores > 1 else None
