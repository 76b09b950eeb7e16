"""Quantised weights are expanded to the same bits on a GPU as on the CPU, and a compressed network can be moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.models.weight_storage.ggml_blocks import expand_blocks
from gdm_studio.models.weight_storage.weight_stream import LEAST, WeightStream, streamable
from tests.helpers.gpu import MARKS
from tests.models.test_compressed_weights import CASES
from tests.parity import by_ggml


@pytest.mark.parametrize("kind", by_ggml.TYPES)
def test_blocks_expand_to_the_saved_bits(kind: str, device: torch.device) -> None:
    with np.load(by_ggml.FILE) as saved:
        blocks, wanted = (torch.from_numpy(saved[f"{kind} {what}"]) for what in ("blocks", "weights"))
    found = torch.empty(wanted.shape, device=device)
    expand_blocks(kind, blocks.to(device), found.view(-1))
    assert torch.equal(found.cpu().nan_to_num(), wanted.nan_to_num())


@pytest.mark.parametrize(("tensors", "wanted", "storage"), CASES.values(), ids=CASES)
@torch.no_grad()
def test_a_compressed_layer_can_be_moved(
    tensors: dict[str, Tensor], wanted: Tensor, storage: str, device: torch.device, tmp_path: Path
) -> None:
    save_file(tensors, tmp_path / "a.safetensors")
    weight = Weights(read_entry(tmp_path / "a.safetensors")).compressed("l.weight")
    layer = nn.Linear(wanted.shape[1], wanted.shape[0], bias=False, device="meta")
    layer.load_state_dict({"weight": weight}, assign=True)
    layer.to(device)
    assert isinstance(layer.weight, CompressedTensor) and layer.weight.device.type == device.type
    # A rotation adds 16 products, in another order on a GPU. Sums that cancel are wrong by the rounding of the largest.
    assert (layer.weight.expanded().cpu() - wanted).abs().max() <= 1e-6 * wanted.abs().max()
    assert layer(torch.ones(2, wanted.shape[1], device=device)).shape == (2, wanted.shape[0])


@pytest.mark.parametrize("gpu", [pytest.param("cuda", marks=MARKS)])
def test_streamed_weights_do_not_collect_on_a_slow_gpu(gpu: str, tmp_path: Path) -> None:
    """The computation is queued, so that all weights could be copied before the first layer is computed."""
    side, count = 2048, 16
    file = tmp_path / "a.safetensors"
    save_file({f"{number}": torch.full((side, side), 0.01).half() for number in range(count)}, file)
    weights = Weights(read_entry(file))
    stream = WeightStream(torch.device(gpu, 0))
    layers = [streamable(weights[name], torch.float16, torch.contiguous_format) for name in map(str, range(count))]
    streamed = [stream.add(weight) for weight in layers if weight is not None]
    stream.resize(0)
    x = torch.ones(1, side, dtype=torch.float16, device=gpu)
    for _ in range(2):
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        for weight in streamed:
            x = nn.functional.linear(x, weight) / 20
            torch.cuda._sleep(20_000_000)
    # One more weight may be in use while its place is taken.
    assert torch.cuda.max_memory_allocated() - before <= (LEAST + 2) * 2 * side * side
