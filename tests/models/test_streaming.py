"""Streams of weights: the results of networks in memory, within a limit of memory."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio import preferences
from gdm_studio.common import memory
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.mapped_memory import is_mapped
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.memory.loaded_model_cache import Store, key_of
from gdm_studio.models.memory.memory_limit import chosen_limit, default_budget, free_memory
from gdm_studio.models.memory.residency import fit_streams, place_network, release_streams
from gdm_studio.models.weight_storage import weight_stream
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.models.weight_storage.weight_stream import (
    LEAST,
    DeviceTransfer,
    PageTransfer,
    StreamedTensor,
    Transfer,
    WeightStream,
    stream_of,
    stream_weights,
    streamable,
)

CPU = torch.device("cpu")
WIDTH, DEPTH = 96, 24
SIZE = 2 * WIDTH * WIDTH
TRANSFERS: list[Callable[[], Transfer]] = [PageTransfer, lambda: DeviceTransfer(CPU)]


class Residual(nn.Module):
    """Residual network of linear layers, with a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(DEPTH))
        self.convolution = nn.Conv2d(WIDTH, WIDTH, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(x).relu()
        out: Tensor = self.convolution(x.transpose(1, 2).unflatten(2, (4, -1)))
        return out


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(3)
    save_file({name: weight.half() for name, weight in Residual().state_dict().items()}, tmp_path / "net.safetensors")
    return tmp_path / "net.safetensors"


def network(file: Path) -> Residual:
    """Return the network with its weights in fp16, in the mapped file."""
    found = Residual().eval().requires_grad_(False)
    weights = Weights(read_entry(file))
    found.load_state_dict({name: weights[name] for name in weights}, assign=True)
    return found


def streamed(file: Path, transfer: Transfer | None = None) -> tuple[Residual, WeightStream]:
    found = network(file)
    stream = WeightStream(CPU, transfer)
    sources = []
    for name, weight in found.named_parameters():
        order = torch.channels_last if weight.ndim == 4 else torch.contiguous_format
        if weight.ndim > 1 and (source := streamable(weight.data, torch.float32, order)) is not None:
            sources.append((name, source))
    assert len(sources) == DEPTH + 1
    stream_weights(found, sources, stream)
    return found.float(), stream


def evaluate(net: nn.Module) -> Tensor:
    with torch.no_grad():
        return net(torch.linspace(-1, 1, 2 * 16 * WIDTH).view(2, 16, WIDTH))


@pytest.mark.parametrize("transfer", TRANSFERS)
@pytest.mark.parametrize("kept", [0, 5, 1000])
def test_results_have_the_same_bits_at_every_capacity(transfer: Callable[[], Transfer], kept: int, file: Path) -> None:
    wanted = evaluate(place_network(network(file), CPU, torch.float32))
    net, stream = streamed(file, transfer())
    stream.resize(kept * 2 * SIZE)
    for _ in range(3):
        assert torch.equal(evaluate(net), wanted)
    if kept == 1000:
        assert stream.resident_bytes == stream.nbytes == stream.allocated_bytes
    stream.release()
    assert stream.resident_bytes == 0 and torch.equal(evaluate(net), wanted)


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_a_stream_stays_within_its_capacity(transfer: Callable[[], Transfer], file: Path) -> None:
    net, stream = streamed(file, transfer())
    most = 0

    def look(*_: object) -> None:
        nonlocal most
        most = max(most, stream.resident_bytes)

    for layer in net.layers:
        layer.register_forward_hook(look)
    # Three of the largest weights, of which one is the convolution, and a few of the others in fp32.
    least = 9 * SIZE + (LEAST - 1) * SIZE
    for capacity in (least + 10 * SIZE, least + 4 * SIZE, 0):
        stream.resize(capacity)
        evaluate(net)
        assert 0 < most <= max(capacity, least)
        most = 0


def test_weights_are_released_before_others_are_fetched(file: Path) -> None:
    class Counting(PageTransfer):
        held = most = 0

        def begin(self, weight: CompressedTensor) -> CompressedTensor:
            self.held += weight.parts[0].nbytes
            self.most = max(self.most, self.held)
            return super().begin(weight)

        def end(self, weight: CompressedTensor) -> None:
            self.held -= weight.parts[0].nbytes

    transfer = Counting()
    net, stream = streamed(file, transfer)
    stream.resize(0)
    for _ in range(2):
        evaluate(net)
    # The convolution is as large as nine other weights.
    assert transfer.most == (9 + LEAST - 1) * SIZE


def test_each_weight_is_copied_once_if_all_fit(file: Path) -> None:
    class Counting(PageTransfer):
        copies = 0

        def begin(self, weight: CompressedTensor) -> CompressedTensor:
            self.copies += 1
            return super().begin(weight)

    transfer = Counting()
    net, stream = streamed(file, transfer)
    stream.resize(2**40)
    for _ in range(2):
        transfer.copies = 0
        evaluate(net)
        assert transfer.copies == DEPTH + 1
        stream.release()


def test_a_weight_is_fetched_again_after_an_error(file: Path) -> None:
    class Failing(DeviceTransfer):
        fails = True

        def _copy(self, weight: CompressedTensor) -> tuple[CompressedTensor, object]:
            if self.fails:
                raise torch.OutOfMemoryError("out of memory")
            return super()._copy(weight)

    transfer = Failing(CPU)
    net, stream = streamed(file, transfer)
    stream.resize(4 * SIZE)
    with pytest.raises(torch.OutOfMemoryError):
        evaluate(net)
    transfer.fails = False
    assert torch.equal(evaluate(net), evaluate(place_network(network(file), CPU, torch.float32)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's table of pages")
def test_the_pages_of_a_streamed_weight_are_given_back(file: Path) -> None:
    """The pages of mapped files that this process has in memory do not grow with the network."""
    net, stream = streamed(file)
    stream.resize(0)
    evaluate(net)
    used = sum(_resident_pages(weight) for weight in net.parameters() if isinstance(weight, StreamedTensor))
    assert 0 < used < SIZE * DEPTH
    stream.release()


@pytest.mark.parametrize(("free", "forgotten"), [(80, 0), (5, DEPTH + 1)])
def test_copied_pages_stay_mapped_while_memory_is_free(
    free: int, forgotten: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Tensor] = []
    monkeypatch.setattr(weight_stream, "forget_pages", calls.append)
    monkeypatch.setattr(memory, "total", lambda: 100)
    monkeypatch.setattr(memory, "free", lambda: free)
    net, stream = streamed(file, DeviceTransfer(CPU))
    stream.resize(0)
    evaluate(net)
    assert len(calls) == forgotten
    stream.release()


def _resident_pages(weight: StreamedTensor) -> int:
    """Return the bytes of a weight's file that are mapped into this process, by the table of pages."""
    (part,) = weight.parts
    assert is_mapped(part)
    begin = part.data_ptr() // 4096
    with Path("/proc/self/pagemap").open("rb") as table:
        table.seek(8 * begin)
        entries = table.read(8 * (part.nbytes // 4096 + 1))
    return 4096 * sum(entries[place + 7] >> 7 for place in range(0, len(entries), 8))


def test_weights_outside_files_are_not_streamed() -> None:
    assert streamable(torch.zeros(4, 4), torch.float32, torch.contiguous_format) is None


def test_a_limit_decides_whether_a_network_is_streamed(file: Path) -> None:
    assert stream_of(place_network(network(file), CPU, torch.float32)) is None
    preferences.change({"memory_gb": 0.001})
    net = place_network(network(file), CPU, torch.float32)
    stream = stream_of(net)
    assert stream is not None and chosen_limit() == default_budget(CPU) == 10**6
    assert free_memory(CPU) == 0
    preferences.change({"memory_gb": 1000.0})
    fit_streams([net], CPU, 1, lambda: 0)
    evaluate(net)
    assert stream.allocated_bytes == stream.nbytes
    fit_streams([net], CPU, 1, lambda: 10**12)
    evaluate(net)
    assert stream.allocated_bytes == 0
    fit_streams([net], CPU, 1, lambda: 0)
    evaluate(net)
    release_streams(CPU)
    assert stream.allocated_bytes == 0


def test_a_model_of_another_limit_is_not_found(file: Path) -> None:
    before = key_of("net", [file], CPU, torch.float32)
    preferences.change({"memory_gb": 6.0})
    after = key_of("net", [file], CPU, torch.float32)
    assert before != after
    store = Store()

    class Model:
        """A loaded model, which can be referred to weakly."""

    for key in (before, after):
        store.model(key, Model)  # type: ignore[arg-type]
    assert store.has(after) and not store.has(before)
