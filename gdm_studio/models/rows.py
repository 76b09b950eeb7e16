"""Evaluating a network picture by picture, a core each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor


class Rows:
    """`rows(network, *inputs)` = network(*inputs), on a CPU computed one row at a time, a core a row.

    Rows are then computed by the very same operations however many stand side by side, so a picture does not depend
    on its batch, to the last bit; a single row has all cores to itself. Nothing waits for a slower core at the end
    of each operator either: beside another busy program that is far faster than both cores on every operator. On
    other devices the whole batch goes at once.
    """

    def __init__(self, device: torch.device) -> None:
        cores = torch.get_num_threads() if device.type == "cpu" else 1
        # the number of intra-operator threads belongs to the calling thread: one for each worker
        self._pool = ThreadPoolExecutor(cores, "row", torch.set_num_threads, (1,)) if cores > 1 else None

    def __call__(self, network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        if self._pool is None or len(inputs[0]) == 1:
            return network(*inputs)
        singles = zip(*(tensor.split(1) for tensor in inputs), strict=True)
        return torch.cat(list(self._pool.map(lambda single: network(*single), singles)))
