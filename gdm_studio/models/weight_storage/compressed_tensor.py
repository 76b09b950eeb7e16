"""Weights that are compressed in memory but look like ordinary tensors to layers, adapters and hooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils._pytree import tree_map

from gdm_studio.networks.convolution import convolve

# Function that writes the weights of the stored tensors to a tensor with one axis, in its number type.
Expand = Callable[[tuple[Tensor, ...], Tensor], object]
# Rows of a weight: a slice, or their indices (n,).
Rows = slice | Tensor
# Function that returns the stored tensors of some rows of a weight and the function that expands them, or None if the
# rows are not stored as whole blocks.
Take = Callable[[tuple[Tensor, ...], Rows], "tuple[Sequence[Tensor], Expand] | None"]
_Context = tuple[Expand, torch.dtype, torch.memory_format, Take | None]


class CompressedTensor(Tensor):
    """Weight that stays compressed in memory. Each operation expands it to a temporary ordinary tensor.

    The object has the shape, number type and device of the expanded weight. It stays compressed when it is moved to
    another device or converted to another number type or memory format. `parts` are the stored tensors from which
    `expand` computes the weight. `take` selects rows.
    """

    parts: tuple[Tensor, ...]
    _expand: Expand
    _format: torch.memory_format
    _take: Take | None

    @staticmethod
    def __new__(
        cls,
        parts: Sequence[Tensor],
        expand: Expand,
        shape: Sequence[int],
        dtype: torch.dtype = torch.float32,
        memory_format: torch.memory_format = torch.contiguous_format,
        take: Take | None = None,
        device: torch.device | None = None,
    ) -> CompressedTensor:
        strides = torch.empty(tuple(shape), device="meta").contiguous(memory_format=memory_format).stride()
        found: CompressedTensor = Tensor._make_wrapper_subclass(
            cls, tuple(shape), strides=strides, dtype=dtype, device=device or parts[0].device
        )
        found.parts = tuple(parts)
        found._expand = expand
        found._format = memory_format
        found._take = take
        return found

    def expanded(self) -> Tensor:
        """Decompress the weight to a new ordinary tensor."""
        return self._expand_into(torch.empty(self.numel(), dtype=self.dtype, device=self.device))

    def _expand_into(self, memory: Tensor) -> Tensor:
        self._expand(self.parts, memory)
        return memory.view(self.shape).contiguous(memory_format=self._format)

    def for_layer(self) -> Tensor:
        """Expand the weight, in scratch memory that the next layer reuses, for a layer that is computed immediately.

        On a CPU, allocating new memory would take longer than expanding the weight.
        """
        if self.device.type != "cpu" or torch.is_grad_enabled():
            return self.expanded()
        return self._expand_into(_SCRATCH.memory(self.numel(), self.dtype))

    def reshaped(self, shape: Sequence[int]) -> CompressedTensor:
        """Return the compressed weight with another shape. Raises ValueError if the number of elements differs."""
        if prod(shape) != self.numel():
            raise ValueError(f"{tuple(self.shape)} cannot have the shape {tuple(shape)}")
        take = self._take if tuple(shape[:1]) == self.shape[:1] else None
        return CompressedTensor(self.parts, self._expand, shape, self.dtype, take=take)

    def rows(self, rows: Rows) -> CompressedTensor | None:
        """Return some rows of the weight, still compressed, or None if the rows are not stored as whole blocks."""
        found = self._take(self.parts, rows) if self._take is not None else None
        if found is None:
            return None
        parts, expand = found
        count = len(range(*rows.indices(self.shape[0]))) if isinstance(rows, slice) else len(rows)
        return CompressedTensor(parts, expand, (count, *self.shape[1:]), self.dtype)

    def with_parts(self, parts: Sequence[Tensor]) -> CompressedTensor:
        """Return a copy of the weight with different stored tensors, for example copies on another device."""
        return CompressedTensor(parts, self._expand, self.shape, self.dtype, self._format, self._take)

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        """Return the memory that the compressed weight takes, in bytes."""
        return sum(part.nbytes for part in self.parts)

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return f"CompressedTensor({tuple(self.shape)}, {self.dtype}, {self.nbytes} bytes)"

    @property
    def plain(self) -> Tensor | None:
        """Return the stored tensor of a weight that is not quantised, in its stored number type, or None for a
        quantised weight.
        """
        return self.parts[0] if self._expand is _widen else None

    def like(
        self,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
        memory_format: torch.memory_format | None = None,
    ) -> CompressedTensor:
        """Return a copy of the compressed weight on another device, or a copy that expands to a different number type
        or memory format.
        """
        parts = [part.to(device) if device is not None else part for part in self.parts]
        if memory_format is None or memory_format == torch.preserve_format:
            memory_format = self._format
        return CompressedTensor(parts, self._expand, self.shape, dtype or self.dtype, memory_format, self._take)

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        # Outside of this block, every attribute access would be dispatched to this function again, and results would be
        # instances of this class.
        with torch._C.DisableTorchFunctionSubclass():
            if func is Tensor.detach:
                # Torch's own dispatch would import its package for distributed tensors, which takes seconds.
                return args[0].like()
            if func is Tensor.to:
                device, dtype, _, memory_format = torch._C._nn._parse_to(*args[1:], **(kwargs or {}))
                return args[0].like(device, dtype, memory_format)
            if func is F.embedding and isinstance(args[1], CompressedTensor):
                # A token embedding can be larger than all layers together, but a prompt needs few of its rows.
                numbers, places = args[0].unique(return_inverse=True)
                if (few := args[1].rows(numbers)) is not None:
                    args = (places, few.expanded(), *args[2:])
            # These functions are composed of smaller operations. With expanded weights they choose the same operations
            # as for ordinary tensors, so that the results are bit-identical.
            if func in _LAYERS:
                # A second weight, such as a bias, must not overwrite the first.
                first = next((at for at, each in enumerate(args) if isinstance(each, CompressedTensor)), -1)
                args = tuple(each.for_layer() if at == first else _expand_all(each) for at, each in enumerate(args))
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in _PRESERVING:
            moved = {name: (kwargs or {}).get(name) for name in ("device", "dtype", "memory_format")}
            return args[0].like(**moved)
        args, kwargs = tree_map(_expand_all, (args, dict(kwargs or {})))
        return func(*args, **kwargs)

    def __tensor_flatten__(self) -> tuple[list[str], _Context]:
        """Return the names of the stored tensors, and the context from which torch.compile rebuilds the compressed
        weight.
        """
        context = self._expand, self.dtype, self._format, self._take
        return [f"part_{number}" for number in range(len(self.parts))], context

    def __getattr__(self, name: str) -> Tensor:
        prefix, _, number = name.partition("part_")
        if prefix or not number.isdigit() or int(number) >= len(self.parts):
            raise AttributeError(name)
        return self.parts[int(number)]

    @staticmethod
    def __tensor_unflatten__(
        inner: Mapping[str, Tensor], context: _Context, shape: Any, strides: Any
    ) -> CompressedTensor:
        expand, dtype, memory_format, take = context
        return CompressedTensor(tuple(inner.values()), expand, shape, dtype, memory_format, take)


def widened(
    weight: Tensor,
    dtype: torch.dtype = torch.float32,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> CompressedTensor:
    """Wrap a weight that is not quantised, so that each operation converts it to another number type or memory format
    when it is used.
    """
    return CompressedTensor([weight], _widen, weight.shape, dtype, memory_format, _take_plain)


def _widen(parts: tuple[Tensor, ...], out: Tensor) -> None:
    out.copy_(parts[0].flatten())


def _take_plain(parts: tuple[Tensor, ...], rows: Rows) -> tuple[Sequence[Tensor], Expand]:
    return [parts[0][rows]], _widen


def _expand_all(value: Any) -> Any:
    return value.expanded() if isinstance(value, CompressedTensor) else value


class _Scratch(threading.local):
    """Scratch memory, one per thread, for expanding one layer's weights at a time. It grows to the size of the largest
    layer.
    """

    def __init__(self) -> None:
        self._buffers: dict[torch.dtype, Tensor] = {}

    def memory(self, count: int, dtype: torch.dtype) -> Tensor:
        """Return uninitialised memory for `count` numbers of type `dtype`. The next call returns the same memory."""
        if dtype not in self._buffers or len(self._buffers[dtype]) < count:
            self._buffers.pop(dtype, None)
            with torch.inference_mode(False):
                self._buffers[dtype] = torch.empty(count, dtype=dtype)
        return self._buffers[dtype][:count]


_SCRATCH = _Scratch()
# Layer functions with one weight, whose results do not share its memory.
_LAYERS = {F.linear, F.conv2d, F.embedding, convolve}
_PRESERVING = {torch.ops.aten.detach.default, torch.ops.aten._to_copy.default}
