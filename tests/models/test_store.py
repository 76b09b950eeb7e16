"""Models in memory: shared parts are loaded once, the least recently used go first, and models in use stay."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.common import memory, paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.memory.loaded_model_cache import Store, key_of
from gdm_studio.models.memory.memory_limit import default_budget
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Phase, Result
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_model

CPU = torch.device("cpu")
HERE: dict[str, Any] = {"device": CPU, "dtype": torch.float32}
NAMES = ("one", "two", "three")


@pytest.fixture
def models(_own_home: Path) -> list[Path]:
    """Write three models of the same size, each with its own files."""
    folders = []
    for seed, name in enumerate(NAMES):
        path = tiny_model.write(paths.models_dir() / name, seed=seed, card={"name": name})
        folders.append(path.parent)
    return folders


def size_of_one() -> int:
    library = Library()
    library.load("one", **HERE)
    return library.store.bytes_on(CPU)


def loaded(library: Library) -> list[str]:
    gc.collect()
    return [name for name in NAMES if library.is_loaded(name, **HERE)]


@pytest.mark.slow
def test_over_the_budget_the_least_recently_used_goes(models: list[Path]) -> None:
    each = size_of_one()
    library = Library(store=Store(lambda device: 2 * each))
    for name in ("one", "two", "one"):
        library.load(name, **HERE)
    assert loaded(library) == ["one", "two"] and library.store.bytes_on(CPU) == 2 * each
    library.load("three", **HERE)
    assert loaded(library) == ["one", "three"] and library.store.bytes_on(CPU) == 2 * each


@pytest.mark.slow
def test_a_model_in_use_is_neither_released_nor_loaded_twice(models: list[Path]) -> None:
    library = Library(store=Store(lambda device: 0))
    one = library.load("one", **HERE)
    used = one.unet.state_dict()  # type: ignore[attr-defined]
    library.load("two", **HERE)
    assert loaded(library) == ["one", "two"], "the one is used here, the other was asked for last"
    library.load("three", **HERE)
    assert loaded(library) == ["one", "three"]
    assert library.load("one", **HERE) is one
    assert all(torch.equal(value, used[name]) for name, value in one.unet.state_dict().items())  # type: ignore[attr-defined]
    del one
    library.load("two", **HERE)
    assert loaded(library) == ["two"]


def test_loading_a_part_releases_only_unused_models(models: list[Path]) -> None:
    library = Library(store=Store(lambda device: 0))
    one, two = library.load("one", **HERE), library.load("two", **HERE)
    key = key_of("a text encoder", [models[1] / "tiny.text.safetensors"], CPU, torch.float32)
    part = library.store.part(key, 2**20, lambda: torch.nn.Linear(8, 8))
    assert library.store.part(key, 2**20, lambda: torch.nn.Linear(8, 8)) is part
    del one, two
    assert loaded(library) == ["two"], "the one asked for last is held however large it is"


def test_dtypes_share_weights_and_changed_files_do_not(models: list[Path]) -> None:
    library = Library()
    one = library.load("one", **HERE)
    half = library.load("one", device=CPU, dtype=torch.bfloat16)
    assert half is not one and half.unet is one.unet and half.dtype == torch.bfloat16  # type: ignore[attr-defined]
    before = library.store.bytes_on(CPU)
    path = models[0] / "tiny.vae.safetensors"
    save_file({name: value + 1 for name, value in load_file(path).items()}, path)
    anew = library.load("one", **HERE)
    assert anew.vae is not one.vae and anew.text is one.text and anew.unet is one.unet  # type: ignore[attr-defined]
    assert library.store.bytes_on(CPU) > before


def test_the_default_budget_is_half_of_the_memory() -> None:
    total = memory.total()
    assert total is not None and total > 2**28 and default_budget(CPU) == total // 2


def test_other_models_are_released_before_batches_are_halved(models: list[Path]) -> None:
    library = Library()
    request = Request(model="one", prompt="a red disc", steps=2, count=2, batch=2, device="cpu")
    wanted = [event.rgba.tobytes() for event in generate(request, library) if isinstance(event, Result)]
    library.load("two", **HERE)
    one = library.load("one", **HERE)
    crowded = True

    def refusing(module: torch.nn.Module, inputs: object) -> None:
        if crowded and library.is_loaded("two", **HERE):
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    handle = one.unet.register_forward_pre_hook(refusing)  # type: ignore[attr-defined]
    try:
        events = list(generate(request, library))
    finally:
        handle.remove()
    notes = [event.note for event in events if isinstance(event, Phase) and event.note]
    assert notes == ["Out of memory: releasing other models."] and loaded(library) == ["one"]
    assert [event.rgba.tobytes() for event in events if isinstance(event, Result)] == wanted
