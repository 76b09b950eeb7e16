"""Workload of a network evaluation: its floating-point operations and the memory of its feature maps.

They are counted on torch's meta device, whose tensors have shapes but no values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

META = torch.device("meta")


class Workload(NamedTuple):
    """Cost of one evaluation of a network: its floating-point operations and its peak memory."""

    # Floating-point operations of matrix products, convolutions and attention.
    flops: int
    # Largest sum of the tensors that are in memory at a time, in bytes, without weights and inputs.
    peak: int


def measure_workload(evaluate: Callable[[], object]) -> Workload:
    """Count the operations and the peak memory of `evaluate`, which must compute on torch's meta device."""
    counter = _Counter()
    with torch.no_grad(), _FusedAttention(counter), counter:
        evaluate()
    return Workload(counter.flops, counter.peak)


class _Counter(TorchDispatchMode):
    """Torch dispatch mode that counts the floating-point operations of all tensor functions and tracks the memory of
    their results.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0
        self.peak = 0
        # Memory of each result, by its storage.
        self._sizes: dict[StorageWeakRef, int] = {}
        self._total = 0
        self._allowed = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        found = func(*args, **(kwargs or {}))
        if (count := flop_registry.get(func.overloadpacket)) is not None:
            self.flops += count(*args, **(kwargs or {}), out_val=found)
        given = {_storage_of(each) for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)}
        for each in tree_leaves(found):
            if isinstance(each, Tensor) and (storage := _storage_of(each)) not in given and storage not in self._sizes:
                self._sizes[storage] = each.untyped_storage().nbytes()
                self._total += self._sizes[storage]
        if self._total > self.peak:
            for storage in [storage for storage in self._sizes if storage.expired()]:
                self._total -= self._sizes.pop(storage)
            self.peak = max(self.peak, self._total)
        return found


class _FusedAttention(TorchFunctionMode):
    """Torch function mode that counts attention as a fused kernel, which needs no memory for the attention weights."""

    def __init__(self, counter: _Counter) -> None:
        super().__init__()
        self._counter = counter

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value = args[:3]
        rows, width = prod(query.shape[:-1]), query.shape[-1] + value.shape[-1]
        self._counter.flops += 2 * rows * key.shape[-2] * width
        return query.new_empty(*query.shape[:-1], value.shape[-1])


def _storage_of(tensor: Tensor) -> StorageWeakRef:
    return StorageWeakRef(tensor.untyped_storage())
