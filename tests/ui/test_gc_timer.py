"""Garbage collection by a timer of the window: garbage is collected, and imported modules are not scanned."""

from __future__ import annotations

import gc
import importlib
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from gdm_studio.ui.shell.gc_timer import GcTimer
from tests.helpers.widgets import theme, wait_until


class Knot:
    """An object that refers to itself, and keeps enough others alive that a collection is due."""

    def __init__(self) -> None:
        self.itself = self
        self.others = [[] for _ in range(20_000)]  # type: ignore[var-annotated]


@pytest.fixture
def timer() -> Iterator[GcTimer]:
    theme()
    parent = QObject()
    timer = GcTimer(parent)
    timer.begin()
    yield timer
    timer.end()


@pytest.mark.slow
def test_garbage_is_collected(timer: GcTimer) -> None:
    knot = weakref.ref(Knot())
    assert knot() is not None and not gc.isenabled()
    assert wait_until(lambda: knot() is None)


@pytest.mark.slow
def test_objects_of_imported_modules_are_not_scanned(
    timer: GcTimer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large_module.py").write_text("ROWS = [[number] for number in range(50_000)]")
    monkeypatch.syspath_prepend(str(tmp_path))
    scanned: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            scanned.append(gc.get_count()[0])

    gc.callbacks.append(note)
    try:
        frozen = gc.get_freeze_count()
        importlib.import_module("large_module")
        assert wait_until(lambda: gc.get_freeze_count() >= frozen + 50_000)
        knot = weakref.ref(Knot())
        assert wait_until(lambda: knot() is None), "later garbage is collected"
    finally:
        gc.callbacks.remove(note)
        sys.modules.pop("large_module", None)
    assert scanned and max(scanned) < 50_000
