"""Streaming of weights, which are fetched from their files at each use, within a memory limit.

A network whose weights do not fit into memory is computed layer by layer. As many weights as the limit allows, starting
with the first, stay in memory. The others are fetched when their layers are computed, or prefetched in the order of the
last evaluation. Streamed weights are bit-identical to those of a network in memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol
from weakref import WeakSet

import torch
from torch import Tensor, nn

from gdm_studio.common import memory
from gdm_studio.models.files.mapped_memory import forget_pages, is_mapped, read_ahead
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor, Rows, widened

# Number of weights that are fetched ahead of use.
AHEAD = 2
# Number of weights for which there is always enough memory: the weight in use and the prefetched ones.
LEAST = AHEAD + 1
# Fraction of the computer's memory that must be free for pages of files to stay mapped after they were copied to a
# device.
PLENTY = 0.25


# All streams of this process.
STREAMS: WeakSet[WeightStream] = WeakSet()


class Transfer(Protocol):
    """Copier of a network's stored weights from a file to the device."""

    def begin(self, weight: CompressedTensor) -> Any:
        """Start to copy a weight to the device. Returns an object that identifies the copy for `finish`."""
        ...

    def finish(self, begun: Any) -> CompressedTensor:
        """Wait until the copy of a weight to the device is complete, and return the weight there."""
        ...

    def end(self, weight: CompressedTensor) -> None:
        """Release the memory of a weight that was copied to the device and is no longer needed."""
        ...


class PageTransfer:
    """Transfer for networks on a CPU, which computes directly on the memory-mapped file. Pages are read ahead and
    released after use.
    """

    def begin(self, weight: CompressedTensor) -> CompressedTensor:
        for part in weight.parts:
            read_ahead(part)
        return weight

    def finish(self, begun: CompressedTensor) -> CompressedTensor:
        return begun

    def end(self, weight: CompressedTensor) -> None:
        for part in weight.parts:
            forget_pages(part)


class DeviceTransfer:
    """Transfer to a device with its own memory, such as a GPU. It uses a thread that runs ahead of the computation.

    For CUDA, the thread copies through two pinned buffers on its own stream. Since the computation is queued, a
    released weight still takes memory until its layer has been computed. The thread waits for that before it copies
    another weight.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._thread = ThreadPoolExecutor(1, "weights")
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        # Pinned buffers, and the event after which each may be overwritten.
        self._pinned_buffers: list[tuple[Tensor, Any]] = []
        # Events after which the memory of released weights is free.
        self._release_events: deque[Any] = deque()

    def begin(self, weight: CompressedTensor) -> Future[tuple[CompressedTensor, Any]]:
        return self._thread.submit(self._copy, weight)

    def finish(self, begun: Future[tuple[CompressedTensor, Any]]) -> CompressedTensor:
        found, event = begun.result()
        if event is not None:
            current = torch.cuda.current_stream(self._device)
            current.wait_event(event)
            for part in found.parts:
                part.record_stream(current)
        return found

    def end(self, weight: CompressedTensor) -> None:
        """Record the point in the GPU's computation after which a weight is no longer needed. The memory itself is
        freed with the last reference to the weight.
        """
        if self._stream is not None:
            self._release_events.append(torch.cuda.current_stream(self._device).record_event())

    def _copy(self, weight: CompressedTensor) -> tuple[CompressedTensor, Any]:
        event = None
        with torch.no_grad(), torch.cuda.stream(self._stream):
            if self._stream is None:
                parts = [part.to(self._device, copy=True) for part in weight.parts]
            else:
                parts = [self._copy_through_pinned_memory(part) for part in weight.parts]
                event = torch.cuda.Event()
                event.record(self._stream)
        # Copying pages that are still mapped is twice as fast as mapping them again at each step.
        free, total = memory.free(), memory.total()
        if free is None or total is None or free < PLENTY * total:
            for part in weight.parts:
                forget_pages(part)
        return weight.with_parts(parts), event

    def _copy_through_pinned_memory(self, part: Tensor) -> Tensor:
        if len(self._pinned_buffers) < 2:
            buffer = torch.empty(part.nbytes, dtype=torch.uint8, pin_memory=True)
        else:
            buffer, event = self._pinned_buffers.pop(0)
            event.synchronize()
            if len(buffer) < part.nbytes:
                buffer = torch.empty(part.nbytes, dtype=torch.uint8, pin_memory=True)
        staged = buffer[: part.nbytes].view(part.dtype).view(part.shape)
        staged.copy_(part)
        while self._release_events:
            self._release_events.popleft().synchronize()
        found = staged.to(self._device, non_blocking=True)
        event = torch.cuda.Event()
        event.record(self._stream)
        self._pinned_buffers.append((buffer, event))
        return found


class WeightStream:
    """Manager of the weights of a network that does not fit into memory. It copies weights to the device when layers
    need them, within `capacity` bytes.

    Its methods are thread-safe.
    """

    def __init__(self, device: torch.device, transfer: Transfer | None = None) -> None:
        self.device = device
        self._transfer = transfer or (PageTransfer() if device.type == "cpu" else DeviceTransfer(device))
        self._weights: list[CompressedTensor] = []
        # Weights that stay ready for use.
        self._ready_weights: dict[int, Tensor] = {}
        # Number of weights, counted from the first, that may stay ready.
        self._kept_count = 0
        # Weights that are being fetched or were used most recently, oldest first.
        self._window: OrderedDict[int, Any] = OrderedDict()
        self._window_size = 0
        # Weight that was used after each weight.
        self._next_numbers: dict[int, int] = {}
        self._last_used = threading.local()
        self._lock = threading.RLock()
        STREAMS.add(self)

    def add(self, weight: CompressedTensor) -> StreamedTensor:
        """Register a weight that is stored in a file, and return the tensor that represents it in the network."""
        self._weights.append(weight)
        return StreamedTensor(self, len(self._weights) - 1, weight)

    @property
    def nbytes(self) -> int:
        """Memory, in bytes, that all weights of the streamed network together would need."""
        return sum(map(self._bytes_when_ready, self._weights))

    @property
    def scratch_bytes(self) -> int:
        """Memory, in bytes, for expanding the largest of the compressed weights."""
        sizes = (each.numel() * each.itemsize for each in self._weights if _find_plain(each) is None)
        return max(sizes, default=0)

    @property
    def resident_bytes(self) -> int:
        """Memory, in bytes, of the weights that are currently on the device."""
        with self._lock:
            ready = sum(self._bytes_when_ready(self._weights[number]) for number in self._ready_weights)
            return ready + sum(_stored_bytes(self._weights[number]) for number in self._window)

    @property
    def allocated_bytes(self) -> int:
        """Memory, in bytes, that is currently allocated for weights. Pages of memory-mapped files are not counted."""
        with self._lock:
            ready = sum(_allocated_bytes_of(weight) for weight in self._ready_weights.values())
            if self.device.type == "cpu":
                return ready
            return ready + sum(_stored_bytes(self._weights[number]) for number in self._window)

    def resize(self, capacity: int) -> None:
        """Change the memory limit of the stream, and release weights until they fit into it.

        The limit never falls below the size of the largest weights, without which nothing can be computed.
        """
        with self._lock:
            sizes = [self._bytes_when_ready(weight) for weight in self._weights]
            least = sum(sorted(map(_stored_bytes, self._weights))[-LEAST:])
            fits = sum(sizes) <= capacity
            # A pending copy becomes a weight that stays in memory, so no additional memory is needed if all weights
            # fit.
            self._window_size = least if fits else max(least, capacity // 8)
            room = capacity if fits else capacity - self._window_size
            self._kept_count = 0
            for size in sizes:
                room -= size
                if room < 0:
                    break
                self._kept_count += 1
            for number in [number for number in self._ready_weights if number >= self._kept_count]:
                self._release(number)
            self._shrink_window(self._window_size)

    def release(self) -> None:
        """Remove all weights of the stream from memory. They are copied from the file again at the next use."""
        with self._lock:
            for number in list(self._ready_weights):
                self._release(number)
            self._shrink_window(0)

    def source(self, number: int) -> CompressedTensor:
        """Return a weight in its stored form, as in the file. `number` is the index that `add` has assigned to the
        weight.
        """
        return self._weights[number]

    def fetch(self, number: int) -> Tensor:
        """Return a weight on the device, compressed or as an ordinary tensor (which must not be changed). The weights
        that will probably follow are prefetched.
        """
        with self._lock:
            previous = getattr(self._last_used, "number", None)
            if previous is not None:
                self._next_numbers[previous] = number
            self._last_used.number = number
            if (ready := self._ready_weights.get(number)) is None:
                found = self._finish_transfer(number)
                if number >= self._kept_count:
                    self._read_ahead(number)
                    return _prepare_for_use(found)
                ready = self._ready_weights[number] = self._make_ready(number, found)
            self._read_ahead(number)
            return ready

    def _finish_transfer(self, number: int) -> CompressedTensor:
        """Wait for the copy of a weight and return it. If the copy fails, for example due to lack of memory, the next
        use starts it again.
        """
        begun = self._begin_transfer(number)
        try:
            return self._transfer.finish(begun)
        except BaseException:
            self._window.pop(number, None)
            raise

    def _begin_transfer(self, number: int) -> Any:
        """Start to copy a weight to the device, unless it is already being copied, and return the transfer's handle."""
        if number not in self._window:
            # Memory is released before it is allocated.
            self._shrink_window(max(0, self._window_size - _stored_bytes(self._weights[number])))
            self._window[number] = self._transfer.begin(self._weights[number])
        self._window.move_to_end(number)
        return self._window[number]

    def _read_ahead(self, number: int) -> None:
        for _ in range(AHEAD):
            following = self._next_numbers.get(number)
            if following is None:
                return
            number = following
            if number not in self._ready_weights:
                self._begin_transfer(number)

    def _make_ready(self, number: int, found: CompressedTensor) -> Tensor:
        """Convert a weight that was copied to the device to the form in which it stays in memory, and remove it from
        the list of pending copies.
        """
        del self._window[number]
        if _find_plain(found) is not None or found.plain is None:
            return _prepare_for_use(found)
        # The converted weight replaces the stored one.
        with torch.inference_mode(False), torch.no_grad():
            converted = found.expanded()
        self._transfer.end(self._weights[number])
        return converted

    def _release(self, number: int) -> None:
        del self._ready_weights[number]
        self._transfer.end(self._weights[number])

    def _shrink_window(self, size: int) -> None:
        total = sum(_stored_bytes(self._weights[number]) for number in self._window)
        while total > size and self._window:
            number, _ = self._window.popitem(last=False)
            total -= _stored_bytes(self._weights[number])
            self._transfer.end(self._weights[number])

    def _bytes_when_ready(self, weight: CompressedTensor) -> int:
        if weight.plain is None or _find_plain(weight) is not None:
            return _stored_bytes(weight)
        return weight.numel() * weight.itemsize


class StreamedTensor(CompressedTensor):
    """Tensor that represents a streamed weight in a network: its values are copied from the file at each use. It has
    the shape, number type and device of the weight.
    """

    _stream: WeightStream
    _number: int

    @staticmethod
    def __new__(cls, stream: WeightStream, number: int, weight: CompressedTensor) -> StreamedTensor:
        found = CompressedTensor.__new__(
            cls, weight.parts, weight._expand, weight.shape, weight.dtype, weight._format, weight._take, stream.device
        )
        assert isinstance(found, StreamedTensor)
        found._stream = stream
        found._number = number
        return found

    @property
    def stream(self) -> WeightStream:
        return self._stream

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        """Return 0, because the memory of a streamed weight belongs to its stream and is counted there."""
        return 0

    def expanded(self) -> Tensor:
        """Return the weight as an ordinary tensor on the device. The tensor must not be changed."""
        found = self._stream.fetch(self._number)
        return found.expanded() if isinstance(found, CompressedTensor) else found

    def for_layer(self) -> Tensor:
        found = self._stream.fetch(self._number)
        return found.for_layer() if isinstance(found, CompressedTensor) else found

    def rows(self, rows: Rows) -> CompressedTensor | None:
        """Return some rows of the weight on the device, or None if the rows are not stored as whole blocks."""
        some = rows.cpu() if isinstance(rows, Tensor) else rows
        found = self._stream.source(self._number).rows(some)
        return None if found is None else found.like(self._stream.device)

    def like(
        self,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
        memory_format: torch.memory_format | None = None,
    ) -> CompressedTensor:
        """Return the weight with the requested device, number type and memory format. It is still streamed if they are
        the same as before; otherwise it is a compressed weight that is converted at each use.
        """
        own = device in (None, self.device) and dtype in (None, self.dtype)
        if own and memory_format in (None, torch.preserve_format, self._format):
            return StreamedTensor(self._stream, self._number, self._stream.source(self._number))
        return self._stream.source(self._number).like(device or self.device, dtype, memory_format)


def stream_weights(network: nn.Module, weights: Sequence[tuple[str, CompressedTensor]], stream: WeightStream) -> None:
    """Replace the named parameters of a network with weights that `stream` reads from files at each use."""
    for name, weight in weights:
        place, _, own = name.rpartition(".")
        layer = network.get_submodule(place)
        layer._parameters[own] = nn.Parameter(stream.add(weight), requires_grad=False)


def stream_of(network: nn.Module) -> WeightStream | None:
    """Return the stream that provides a network's weights, or None if all of them are in memory."""
    return next((weight.stream for weight in network.parameters() if isinstance(weight, StreamedTensor)), None)


def streamable(weight: Tensor, dtype: torch.dtype, memory_format: torch.memory_format) -> CompressedTensor | None:
    """Wrap a memory-mapped weight so that it is converted to a number type and memory format at each use. Returns None
    if the weight is not memory-mapped.
    """
    parts = weight.parts if isinstance(weight, CompressedTensor) else (weight,)
    if not all(map(is_mapped, parts)):
        return None
    if isinstance(weight, CompressedTensor):
        return weight.like(dtype=dtype, memory_format=memory_format)
    return widened(weight, dtype, memory_format)


def _allocated_bytes_of(weight: Tensor) -> int:
    parts = weight.parts if isinstance(weight, CompressedTensor) else (weight,)
    return sum(part.nbytes for part in parts if not is_mapped(part))


def _stored_bytes(weight: CompressedTensor) -> int:
    return sum(part.nbytes for part in weight.parts)


def _find_plain(weight: CompressedTensor) -> Tensor | None:
    """Return the stored tensor of a weight that can be used without conversion, or None if it must be converted or
    expanded.
    """
    stored = weight.plain
    if stored is None or stored.dtype != weight.dtype or stored.stride() != weight.stride():
        return None
    return stored.view(weight.shape)


def _prepare_for_use(weight: CompressedTensor) -> Tensor:
    stored = _find_plain(weight)
    return weight if stored is None else stored
