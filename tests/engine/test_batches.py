"""How many pictures are made at once, and in which number type."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gdm_studio.engine import devices
from gdm_studio.engine.batches import Place, room_for
from gdm_studio.models.precision import is_fast
from gdm_studio.models.store import free_on
from gdm_studio.request import Request
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
    assert devices.measuring(CPU)() == 0 and free_on(CPU) is None
    assert Place(GPU, 8, (64, 64)).smaller(1)[0] == Place(CPU, 0, (64, 64))


def test_automatic_is_the_first_number_type_of_the_card_that_the_device_is_fast_with() -> None:
    half = replace(CARD, dtypes=("bf16", "fp32"))
    assert devices.resolve_dtype("auto", CARD, CPU) == devices.resolve_dtype("auto", CARD, GPU) == torch.float32
    assert devices.resolve_dtype("auto", half, GPU) == torch.bfloat16
    quick = is_fast(torch.bfloat16, CPU)
    assert devices.resolve_dtype("auto", half, CPU) == (torch.bfloat16 if quick else torch.float32)
    assert devices.resolve_dtype("bf16", CARD, CPU) == torch.bfloat16
    assert devices.place_of(Request(device="cpu"), CARD) == devices.nearest_place(Request(device="cpu"), CARD)
    assert devices.nearest_place(Request(device="cuda:77"), half)[0] == devices.resolve("auto")
