"""The window opens with the models of the last scan and adds others while a new scan finds them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gdm_studio.common import paths
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.installed import scanner
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.ui.shell.app import Application, application, event_loop, open_window, run_window
from gdm_studio.ui.shell.single_instance import SingleInstance
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import Session
from tests.helpers import tiny_model
from tests.helpers.window import SECONDS, notices, until, wait_for_notice

REMEMBERED = Request(model="tiny", prompt="a red fox", steps=7, size=(64, 64))
SLOW = "slow.safetensors"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Return an event; reading the slow model file blocks until it is set."""
    go = threading.Event()

    def read(path: Path) -> Entry:
        if path.name == SLOW:
            go.wait(SECONDS)
        return read_entry(path)

    monkeypatch.setattr(scanner, "read_entry", read)
    yield go
    go.set()


def model(folder: str, name: str = "tiny") -> None:
    """Copy a model into a folder of the models folder, with an old modification time."""
    for file in tiny_model.write(paths.models_dir() / folder, card={"name": name}).parent.iterdir():
        os.utime(file, (86_400, 86_400))


def slow_file(folder: str) -> Path:
    path = paths.models_dir() / folder / SLOW
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"junk")
    return path


def remember(request: Request) -> None:
    Session(request=request).save(paths.data_dir())


def names(window: Window) -> set[str]:
    return {choice.id for choice in window.create_page.controls.model_box.choices()}


def start(play: Callable[[Window], Coroutine[Any, Any, None]]) -> None:
    """Start the program as `gdm-studio` does, run `play` once its window is painted, and close the window."""
    app = QApplication.instance() or application()
    assert isinstance(app, Application)

    async def all_of_it(window: Window) -> None:
        running = asyncio.ensure_future(run_window(app, window, SingleInstance(app), None))
        try:
            await asyncio.wait_for(play(window), SECONDS)
        finally:
            window.close()
            await asyncio.wait_for(running, SECONDS)
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    window = open_window(app, Library())
    with event_loop(app) as loop:
        loop.run_until_complete(all_of_it(window))
    asyncio.set_event_loop(None)


@pytest.mark.slow
def test_the_window_is_painted_and_filled_while_a_file_is_read(home: Path, slow: threading.Event) -> None:
    model("a")
    path = slow_file("b")
    model("c", "late")
    remember(REMEMBERED)

    async def play(window: Window) -> None:
        request_draft = window.request_draft
        assert BUILT_IN in names(window)
        await until(lambda: request_draft["model"] == "tiny", 30)
        assert (request_draft["prompt"], request_draft["steps"]) == ("a red fox", 7)
        assert "late" not in names(window) and not slow.is_set()
        slow.set()
        await until(lambda: "late" in names(window), 30)
        assert path in [one.path for one in window.library.refused()] and request_draft["model"] == "tiny"

    start(play)


def test_models_of_the_last_scan_are_there_from_the_first_paint(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model("a")
    Library().refresh()
    remember(REMEMBERED)
    go, entries_in = threading.Event(), scanner.find_entries

    def held(folders: list[Path]) -> Iterator[str]:
        if paths.models_dir() in folders:
            go.wait(SECONDS)
        return entries_in(folders)

    monkeypatch.setattr(scanner, "find_entries", held)

    async def play(window: Window) -> None:
        assert (
            "tiny" in names(window) and window.request_draft["model"] == "tiny" and window.request_draft["steps"] == 7
        )
        go.set()

    try:
        start(play)
    finally:
        go.set()


@pytest.mark.slow
def test_a_model_that_is_still_being_read_is_restored_with_its_edits(home: Path, slow: threading.Event) -> None:
    slow_file("a")
    model("b")
    remember(REMEMBERED)

    async def play(window: Window) -> None:
        assert window.request_draft["model"] != "tiny"
        window.request_draft.change(prompt="a blue owl")

    # The window closes although the file is still being read.
    start(play)
    assert not slow.is_set()
    request = Session.load(paths.data_dir()).request
    assert request is not None
    assert (request.model, request.prompt, request.steps) == ("tiny", "a blue owl", 7)


@pytest.mark.slow
def test_a_model_chosen_during_the_scan_stays_chosen(home: Path, slow: threading.Event) -> None:
    slow_file("a")
    model("b")
    remember(REMEMBERED)
    other = BUILT_IN

    async def play(window: Window) -> None:
        await until(lambda: other in {card.name for card in window.library.cards()})
        await window.settings.choose_model(other)
        slow.set()
        await until(lambda: "tiny" in names(window), 30)
        assert window.request_draft["model"] == other

    start(play)


@pytest.mark.slow
def test_a_selected_model_whose_file_is_gone_is_replaced_with_a_notice(home: Path) -> None:
    model("b")
    remember(REMEMBERED)

    async def play(window: Window) -> None:
        await until(lambda: window.request_draft["model"] == "tiny")
        assert window._first_scan is not None
        await window._first_scan
        assert not any("tiny" in notice for notice in notices(window))
        (paths.models_dir() / "b").rename(paths.models_dir().parent / "away")
        await window.scan_models()
        assert window.request_draft["model"] != "tiny"
        await wait_for_notice(window, "tiny is not installed")

    start(play)


@pytest.mark.slow
def test_a_restored_model_that_no_scan_finds_is_replaced_with_a_notice(home: Path) -> None:
    remember(REMEMBERED)

    async def play(window: Window) -> None:
        await wait_for_notice(window, "tiny is not installed")
        assert window.request_draft["model"] != "tiny"

    start(play)
