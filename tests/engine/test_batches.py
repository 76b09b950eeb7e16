"""How many pictures are made at once, and in which number type."""

from __future__ import annotations

import sys
from dataclasses import replace
from queue import SimpleQueue

import pytest
import torch

from gdm_studio import memory
from gdm_studio.engine import devices
from gdm_studio.engine.batches import Place, room_for
from gdm_studio.models.precision import is_fast
from gdm_studio.request import Request
from gdm_studio.workers.worker import Said, Worker
from tests.helpers.gaussian_model import CARD

GIB = 2**30
CPU, GPU = torch.device("cpu"), torch.device("cuda:0")


@pytest.mark.parametrize(
    ("free", "each", "side", "at_once"),
    [
        (None, 0, 128, 16),  # a device that does not tell
        (2 * GIB, 0, 128, 16), (130 * GIB, 0, 128, 16), (8 * GIB, 0, 1024, 1), (22 * GIB, 0, 1024, 4),
        (130 * GIB, 64 * 2**20, 128, 64), (8 * GIB, GIB, 1024, 6), (GIB // 2, GIB, 1024, 1), (0, 0, 64, 1),
    ],
)  # fmt: skip
def test_a_batch_is_as_large_as_the_memory_allows(free: int | None, each: int, side: int, at_once: int) -> None:
    assert room_for(free, each, (side, side)) == at_once


def test_a_tall_picture_takes_as_much_as_a_wide_one() -> None:
    assert room_for(GIB, 0, (512, 128)) == room_for(GIB, 0, (128, 512)) == room_for(GIB, 0, (256, 256)) == 3


def test_what_a_picture_took_is_remembered_and_a_wish_is_followed() -> None:
    place = Place(CPU, 0, (128, 128))
    assert 1 <= place.batch <= 16 and replace(place, wished=5).batch == 5
    assert place.after(4, 4 * GIB).after(2, GIB).each == GIB
    assert devices.measuring(CPU)() == 0
    assert Place(GPU, 8, (64, 64)).smaller(1)[0] == Place(CPU, 0, (64, 64))


@pytest.mark.parametrize(
    ("device", "free", "each", "at_once"),
    [
        ("cpu", 8 * GIB, 6 * GIB, 1), ("cpu", 40 * GIB, 6 * GIB, 5), ("cpu", 400 * GIB, 6 * GIB, 16), ("cpu", -1, 0, 1),
        ("cpu", 400 * GIB, 0, 5), ("cpu", None, 6 * GIB, 16), ("mps", 8 * GIB, 6 * GIB, 1), ("mps", 400 * GIB, GIB, 64),
    ],
)  # fmt: skip
def test_the_memory_of_the_machine_is_what_the_cpu_and_mps_have(
    device: str, free: int | None, each: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free", lambda: free)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 32)
    assert Place(torch.device(device), 0, (4096, 4096), each).batch == at_once


def test_macos_tells_what_this_program_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    free, total = memory.free(), memory.total()
    assert free is not None and total is not None and 0 < total - free < 8 * GIB


@pytest.mark.parametrize(("device", "pictures"), [("cuda:1", 64), ("mps", 64), ("cpu", 1)])
def test_a_worker_has_as_many_in_hand_as_a_device_may_make_at_once(device: str, pictures: int) -> None:
    inbox: SimpleQueue[Said | None] = SimpleQueue()
    worker = Worker(device, devices.USUAL_THREADS, inbox)
    try:
        said = inbox.get(timeout=60)
    finally:
        worker.close()
    assert said is not None and said[1] is not None and said[1][0]["pictures"] == pictures


def test_automatic_is_the_first_number_type_of_the_card_that_the_device_is_fast_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half, mps = replace(CARD, dtypes=("bf16", "fp16", "fp32")), torch.device("mps")
    assert devices.resolve_dtype("auto", CARD, CPU) == devices.resolve_dtype("auto", CARD, GPU) == torch.float32
    for name, capability, dtype in (
        ("H200", (9, 0), torch.bfloat16), ("A100", (8, 0), torch.bfloat16), ("RTX 2080", (7, 5), torch.float16),
        ("GTX 1660", (7, 5), torch.float32), ("GTX 1080", (6, 1), torch.float32),  # slow with it, or lost in it
    ):  # fmt: skip
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, has=capability: has)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device, name=name: f"NVIDIA {name}")
        assert devices.resolve_dtype("auto", half, GPU) == dtype
        assert devices.resolve_dtype("auto", replace(half, dtypes=("bf16", "fp32")), GPU) == (
            torch.float32 if dtype == torch.float16 else dtype  # a card of before 2020 emulates it
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
    assert devices.place_of(Request(device="cpu"), CARD) == devices.nearest_place(Request(device="cpu"), CARD)
    assert devices.nearest_place(Request(device="cuda:77"), half)[0] == devices.resolve("auto")
