"""Batch sizes and number types by device."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from queue import SimpleQueue

import pytest
import torch

from gdm_studio.common import memory
from gdm_studio.engine.oom_retry import BatchPlan
from gdm_studio.jobs.workers.worker_handle import Message, Worker
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.batch_size import batch_that_fits
from gdm_studio.models.memory.precision import is_fast
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD

GIB = 2**30
CPU, GPU = torch.device("cpu"), torch.device("cuda:0")


@pytest.mark.parametrize(
    ("free", "each", "side", "at_once"),
    [
        # The device does not report its memory.
        (None, 0, 128, 16),
        (2 * GIB, 0, 128, 16), (130 * GIB, 0, 128, 16), (8 * GIB, 0, 1024, 1), (22 * GIB, 0, 1024, 4),
        (130 * GIB, 64 * 2**20, 128, 64), (8 * GIB, GIB, 1024, 6), (GIB // 2, GIB, 1024, 1), (0, 0, 64, 1),
    ],
)  # fmt: skip
def test_the_batch_size_depends_on_the_memory(free: int | None, each: int, side: int, at_once: int) -> None:
    assert batch_that_fits(free, each, (side, side)) == at_once


def test_tall_and_wide_images_take_equal_memory() -> None:
    assert (
        batch_that_fits(GIB, 0, (512, 128))
        == batch_that_fits(GIB, 0, (128, 512))
        == batch_that_fits(GIB, 0, (256, 256))
        == 3
    )


def test_measured_memory_is_recorded_and_a_requested_batch_used() -> None:
    place = BatchPlan(CPU, 0, (128, 128))
    assert 1 <= place.batch <= 16 and replace(place, requested=5).batch == 5
    assert place.after(4, 4 * GIB).after(2, GIB).bytes_per_image == GIB
    assert devices.measure_memory(CPU)() == 0
    assert BatchPlan(GPU, 8, (64, 64)).smaller(1)[0] == BatchPlan(CPU, 0, (64, 64))


def test_memory_is_measured_on_a_device_that_was_not_used_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA refuses to reset the peak before it is initialised."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(torch.cuda, "init", lambda *given: calls.append(given))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda *given: calls.append(given))
    devices.measure_memory(GPU)
    assert calls == [(), (GPU,)]


@pytest.mark.parametrize(
    ("device", "free", "each", "at_once"),
    [
        ("cpu", 8 * GIB, 6 * GIB, 1), ("cpu", 40 * GIB, 6 * GIB, 5), ("cpu", 400 * GIB, 6 * GIB, 16), ("cpu", -1, 0, 1),
        ("cpu", 400 * GIB, 0, 5), ("cpu", None, 6 * GIB, 16), ("mps", 8 * GIB, 6 * GIB, 1), ("mps", 400 * GIB, GIB, 64),
    ],
)  # fmt: skip
def test_cpu_and_mps_use_the_memory_of_the_machine(
    device: str, free: int | None, each: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free", lambda: free)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 32)
    assert BatchPlan(torch.device(device), 0, (4096, 4096), each).batch == at_once


def test_macos_reports_free_memory() -> None:
    # A process of its own: this one has grown by the tests before.
    code = (
        "import sys; from gdm_studio.common import memory; sys.platform = 'darwin';print(memory.free(), memory.total())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    free, total = map(int, done.stdout.split())
    assert 0 < total - free < 8 * GIB


@pytest.mark.slow
@pytest.mark.parametrize(("device", "pictures"), [("cuda:1", 64), ("mps", 64), ("cpu", 1)])
def test_a_worker_accepts_as_many_images_as_its_device_allows(device: str, pictures: int) -> None:
    inbox: SimpleQueue[Message | None] = SimpleQueue()
    worker = Worker(device, devices.DEFAULT_THREADS, inbox)
    try:
        said = inbox.get(timeout=60)
    finally:
        worker.close()
    assert said is not None and said[1] is not None and said[1][0]["pictures"] == pictures


def test_auto_selects_the_first_dtype_of_the_card_that_is_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half, mps = replace(CARD, dtypes=("bf16", "fp16", "fp32")), torch.device("mps")
    assert devices.resolve_dtype("auto", CARD, CPU) == devices.resolve_dtype("auto", CARD, GPU) == torch.float32
    for name, capability, dtype in (
        ("H200", (9, 0), torch.bfloat16), ("A100", (8, 0), torch.bfloat16), ("RTX 2080", (7, 5), torch.float16),
        # These are slow with it, or lose accuracy.
        ("GTX 1660", (7, 5), torch.float32), ("GTX 1080", (6, 1), torch.float32),
    ):  # fmt: skip
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, has=capability: has)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device, name=name: f"NVIDIA {name}")
        assert devices.resolve_dtype("auto", half, GPU) == dtype
        assert devices.resolve_dtype("auto", replace(half, dtypes=("bf16", "fp32")), GPU) == (
            # A GPU from before 2020 emulates bf16.
            torch.float32 if dtype == torch.float16 else dtype
        )
    for newer, dtype in ((True, torch.bfloat16), (False, torch.float16)):
        monkeypatch.setattr(torch.backends.mps, "is_macos_or_newer", lambda *version, newer=newer: newer)
        assert devices.resolve_dtype("auto", half, mps) == dtype
    assert devices.resolve_dtype("auto", half, torch.device("xpu")) == torch.float32
    quick = is_fast(torch.bfloat16, CPU)
    assert devices.resolve_dtype("auto", half, CPU) == (torch.bfloat16 if quick else torch.float32)
    assert devices.resolve_dtype("bf16", CARD, CPU) == torch.bfloat16
    assert devices.resolve_dtype("fp16", CARD, GPU) == torch.float16
    assert devices.resolve_dtype("fp16", CARD, CPU) == torch.float32, "of a run that has come there for want of memory"
    assert devices.device_and_dtype(Request(device="cpu"), CARD) == devices.nearest_device_and_dtype(
        Request(device="cpu"), CARD
    )
    assert devices.nearest_device_and_dtype(Request(device="cuda:77"), half)[0] == devices.resolve("auto")
