"""Residency of networks: how much memory they may use on a device, and which of their weights stay in that memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import TypeVar

import torch
from torch import Tensor, nn

from gdm_studio.models.memory.cpu_allocator import return_freed_memory, reuse_freed_memory
from gdm_studio.models.memory.memory_limit import allocated_memory, chosen_limit, free_memory, memory_limit
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.models.weight_storage.weight_stream import STREAMS, WeightStream, stream_of, stream_weights, streamable
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, in_stripes

N = TypeVar("N", bound=nn.Module)

# A network is streamed if it would take more than this fraction of the memory that is left for this process.
WHOLE = 0.5
# Number of bytes reserved for the buffers of libraries.
MARGIN = 15 * 10**7
# Weights with fewer bytes always stay in memory. Together they make up a thousandth of a network.
SMALL = 2**14
# Number of rows of a weight that are converted at a time.
PART = 64


def place_network(network: N, device: torch.device, dtype: torch.dtype) -> N:
    """Move a network to a device and convert it to a number type. Convolutions get the faster channels-last memory
    order.

    Memory-mapped networks are left as they are, except autoencoders, which are small. For other networks, number type
    and memory order are changed in one pass, because writing fresh memory costs more than reading. The weights of a
    network that does not fit into memory are fetched from its files at each use.
    """
    on_cpu = device.type == "cpu"
    is_there = on_cpu and all(weight.dtype == dtype for weight in network.parameters())
    if isinstance(network, Autoencoder):
        is_there = False
    elif _is_too_large(network, device, dtype, is_there=is_there):
        stream_network(network, device, dtype, changes_format=not is_there)
    if is_there:
        return network
    for weight in network.parameters() if on_cpu and dtype == torch.bfloat16 else ():
        if weight.dtype == torch.float16:
            weight.data = _to_bf16(weight.data)
    laid_out: N = network.to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return laid_out


def stream_network(network: nn.Module, device: torch.device, dtype: torch.dtype, *, changes_format: bool) -> None:
    """Replace the large weights of a network, which do not fit into memory, by placeholders that read them from its
    files at each use. Weights that no file contains stay in memory.

    With `changes_format`, convolutions are in channels-last order.
    """
    found: list[tuple[str, CompressedTensor]] = []
    for name, weight in network.named_parameters():
        is_convolution = changes_format and weight.ndim == 4
        order = torch.channels_last if is_convolution else torch.contiguous_format
        source = streamable(weight.detach(), dtype, order) if _is_large(weight) else None
        if source is not None:
            found.append((name, source))
    stream = WeightStream(device)
    stream_weights(network, found, stream)
    # Until a run needs the network, there is memory only for the weights in use.
    stream.resize(0)


def fit_streams(networks: Iterable[nn.Module], device: torch.device, rows: int, row_bytes: Callable[[], int]) -> None:
    """Divide the memory of a device among the given networks, whose weights are streamed from files. Cached weights of
    all other networks on the device are freed.

    `rows` batch rows are evaluated at the same time, each needing `row_bytes()` bytes besides the weights. `row_bytes`
    is called only if any network is streamed.
    """
    # A Control-LoRA shares its U-Net's weights, and therefore also the stream.
    streams = list({id(stream): stream for network in networks if (stream := stream_of(network)) is not None}.values())
    for other in [other for other in STREAMS if other.device == device and other not in streams]:
        other.release()
    limit = memory_limit(device) if streams else None
    if limit is None:
        return
    others = allocated_memory(device) - sum(stream.allocated_bytes for stream in streams)
    expanded = max(stream.scratch_bytes for stream in streams)
    room = max(0, limit - others - MARGIN - rows * (row_bytes() + expanded))
    total = sum(stream.nbytes for stream in streams)
    for stream in streams:
        stream.resize(room * stream.nbytes // total)


def release_streams(device: torch.device) -> None:
    """Free the cached weights of all streamed networks on a device, to make room for other data."""
    for stream in list(STREAMS):
        if stream.device == device:
            stream.release()
    if device.type == "cpu":
        return_freed_memory()


def leaves_streams(device: torch.device, needed: Callable[[], int]) -> bool:
    """Return True if the cached weights of streamed networks can stay on a device while `needed()` more bytes are
    allocated. Always True if no network is streamed.
    """
    streams = [each for each in list(STREAMS) if each.device == device and each.resident_bytes]
    free = free_memory(device) if streams else None
    # Pages of files are not allocated, but the limit includes them.
    return free is None or needed() + sum(each.resident_bytes - each.allocated_bytes for each in streams) <= free


def evaluate_within_limit(
    rows: RowEvaluator, network: Callable[[Tensor], Tensor], inputs: Tensor, row_bytes: Callable[[], int]
) -> Tensor:
    """Run the encoder or decoder of an autoencoder within the memory limit. Cached weights of streamed networks are
    freed if the memory does not suffice.

    Under a memory limit of the user that is too low for all rows at once, they are computed one by one, if necessary in
    stripes. `row_bytes` returns the memory of a row.
    """
    count = rows.rows_at_once(len(inputs))
    if not leaves_streams(rows.device, lambda: count * row_bytes()):
        release_streams(rows.device)
    free = free_memory(rows.device) if chosen_limit() else None
    with reuse_freed_memory() if rows.device.type == "cpu" else nullcontext():
        if free is None or count * row_bytes() <= free:
            return rows(network, inputs)
        with in_stripes() if row_bytes() > free else nullcontext():
            return torch.cat([network(row) for row in inputs.split(1)])


def _is_too_large(network: nn.Module, device: torch.device, dtype: torch.dtype, *, is_there: bool) -> bool:
    limit = memory_limit(device)
    if limit is None:
        return False
    needed = 0
    for weight in network.parameters():
        # The system can reclaim the pages of a file. They count only if the user has set a limit.
        is_page = device.type == "cpu" and (is_there or isinstance(weight, CompressedTensor))
        if not is_page or chosen_limit():
            needed += weight.nbytes if isinstance(weight, CompressedTensor) else weight.numel() * dtype.itemsize
    return needed > WHOLE * (limit - allocated_memory(device))


def _is_large(weight: Tensor) -> bool:
    return weight.ndim > 1 and weight.numel() * weight.itemsize >= SMALL


def _to_bf16(weight: Tensor) -> Tensor:
    """Convert a weight from fp16 to bf16 via fp32, in blocks that fit into the CPU's cache.

    Torch's own conversion takes three times as long on a CPU.
    """
    found = torch.empty_like(weight, dtype=torch.bfloat16)
    for ours, theirs in zip(found.split(PART), weight.split(PART), strict=True):
        ours.copy_(theirs.float())
    return found
