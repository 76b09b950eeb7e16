"""The expansion of quantised blocks against the `gguf` package, bit for bit."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.header import BLOCKS
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.weight_storage import ggml_blocks
from gdm_studio.models.weight_storage.ggml_blocks import EXPANSIONS, expand_blocks
from tests.parity import by_ggml


def check(kind: str, blocks: np.ndarray, weights: np.ndarray) -> None:
    """Check the expansion in every number type. Weights that are no numbers need not have the same bits."""
    wanted = torch.from_numpy(weights)
    for dtype, bits in ((torch.float32, torch.int32), (torch.float16, torch.int16), (torch.bfloat16, torch.int16)):
        found = torch.empty(wanted.shape, dtype=dtype)
        expand_blocks(kind, torch.from_numpy(blocks), found.view(-1))
        assert torch.equal(found.isnan(), wanted.isnan())
        assert torch.equal(_without_nan(found).view(bits), _without_nan(wanted.to(dtype)).view(bits)), (kind, dtype)


def _without_nan(weights: Tensor) -> Tensor:
    return torch.where(weights.isnan(), 0, weights)


def test_every_type_can_be_expanded() -> None:
    assert set(EXPANSIONS) == set(BLOCKS) == set(by_ggml.TYPES)


@pytest.mark.parametrize("kind", by_ggml.TYPES)
def test_blocks_expand_to_the_saved_bits(kind: str) -> None:
    with np.load(by_ggml.FILE) as saved:
        blocks, weights = saved[f"{kind} blocks"], saved[f"{kind} weights"]
    assert blocks.shape[1] == BLOCKS[kind][1] and weights.shape[1] == BLOCKS[kind][0]
    check(kind, blocks, weights)


@pytest.mark.parametrize("kind", by_ggml.TYPES)
def test_a_block_alone_expands_as_among_others(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with np.load(by_ggml.FILE) as saved:
        blocks, weights = saved[f"{kind} blocks"], saved[f"{kind} weights"]
    for index in range(3):
        check(kind, blocks[index : index + 1], weights[index : index + 1])
    # The last part of a tensor may have a single block.
    monkeypatch.setattr(ggml_blocks, "PART", 2 * BLOCKS[kind][0])
    check(kind, blocks[:5], weights[:5])


def test_a_file_of_the_package_is_read() -> None:
    weights = Weights(read_entry(by_ggml.GGUF_FILE))
    assert set(weights) == set(by_ggml.TYPES)
    with np.load(by_ggml.FILE) as saved:
        for kind in by_ggml.TYPES:
            wanted = torch.from_numpy(saved[f"{kind} weights"][: by_ggml.IN_FILE])
            compressed = weights.compressed(kind)
            assert compressed is not None and compressed.nbytes == by_ggml.IN_FILE * BLOCKS[kind][1]
            for found in (weights[kind], compressed.expanded()):
                assert torch.equal(_without_nan(found).view(torch.int32), _without_nan(wanted).view(torch.int32)), kind


@pytest.mark.skipif(find_spec("gguf") is None, reason="the saved bits are checked without the package")
@pytest.mark.parametrize("kind", by_ggml.TYPES)
def test_random_blocks_expand_to_the_bits_of_the_package(kind: str) -> None:
    blocks = by_ggml.blocks(kind, seed=1000, count=2000)
    check(kind, blocks, by_ggml.weights(kind, blocks))
