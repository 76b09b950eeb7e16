"""Reuse of freed memory while an image is decoded: fewer pages from the system, all of which are returned."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common import memory
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.memory.cpu_allocator import reuse_freed_memory
from gdm_studio.models.memory.loaded_model_cache import Key, Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.residency import evaluate_within_limit, fit_streams, release_streams, stream_network
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig

HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
# Height and width of the latents. The largest feature maps take 34 MB.
SIDE = 64


def counts_pages() -> bool:
    """Return True if glibc gets its memory in pages of 4 kB."""
    if not sys.platform.startswith("linux") or "libc.so.6" not in Path("/proc/self/maps").read_text():
        return False
    return not (HUGE.is_file() and "[always]" in HUGE.read_text())


pytestmark = pytest.mark.skipif(not counts_pages(), reason="glibc's use of pages is measured")


def faults(work: Callable[[], object]) -> int:
    """Call `work` and return the number of pages that the system provided."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.slow
def test_decoding_reuses_its_memory_and_returns_it() -> None:
    torch.manual_seed(0)
    vae = Autoencoder(AutoencoderConfig(channels=32, widths=(1, 1, 1, 1), blocks=1)).requires_grad_(False)
    x = torch.randn(1, 4, SIDE, SIDE)
    rows = RowEvaluator(torch.device("cpu"))
    results: list[Tensor] = []

    def decode(*, keep: bool) -> None:
        with torch.inference_mode():
            found = evaluate_within_limit(rows, vae.decode, x, lambda: 0) if keep else rows(vae.decode, x)
        results.append(found.sum())

    plain, reusing = partial(decode, keep=False), partial(decode, keep=True)
    # After the first time, the allocator's settings are those of all later times.
    reusing()
    before = memory.allocated()
    pages = faults(plain)
    assert faults(reusing) < 0.5 * pages
    with reuse_freed_memory():
        # The end of an evaluation inside does not end the reuse.
        reusing()
        assert faults(plain) < 0.5 * pages
    after = memory.allocated()
    assert before is not None and after is not None and after < before + 2**24
    assert faults(plain) > 0.5 * pages
    assert all(torch.equal(each, results[0]) for each in results)


@pytest.mark.slow
def test_released_weights_are_returned_to_the_system(tmp_path: Path) -> None:
    # Blocks of 1 MB, which glibc does not return by itself as long as a later one is in use.
    layers = nn.Sequential(*(nn.Linear(512, 512, bias=False) for _ in range(64))).requires_grad_(False)
    save_file({name: weight.half() for name, weight in layers.state_dict().items()}, tmp_path / "net.safetensors")
    weights = Weights(read_entry(tmp_path / "net.safetensors"))
    layers.load_state_dict({name: weights[name] for name in weights}, assign=True)
    cpu, x = torch.device("cpu"), torch.randn(1, 512)
    stream_network(layers, cpu, torch.float32, changes_format=True)
    fit_streams([layers], cpu, 1, lambda: 0)
    last = layers(x).repeat(1024, 1)
    before = memory.allocated()
    release_streams(cpu)
    after = memory.allocated()
    assert before is not None and after is not None and after < before - 3 * 2**24
    assert torch.equal(layers(x), last[:1])


@pytest.mark.slow
def test_the_memory_of_an_evicted_model_is_returned_to_the_system() -> None:
    store, kept = Store(lambda device: 2**20), []

    def load(name: str, count: int) -> None:
        def create() -> nn.Module:
            # Blocks of 1 MB, between which smaller ones stay in use.
            layers = nn.ModuleList()
            for _ in range(count):
                layers.append(nn.Linear(512, 512, bias=False).requires_grad_(False))
                kept.append(torch.ones(1000))
            return layers

        key = Key(name, (), torch.device("cpu"), torch.float32, 0)
        store.model(key, lambda: cast(Any, nn.Sequential(store.part(key, 2**20 * count, create))))

    # Once a block of this size has been freed, blocks of 1 MB are no mappings of their own.
    torch.ones(8 * 2**20 - 64)
    load("large", 64)
    before = memory.allocated()
    load("small", 1)
    after = memory.allocated()
    assert before is not None and after is not None and after < before - 3 * 2**24
