"""The window at its start: the last image, and no claim that is not yet known to be true."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, save
from gdm_studio.models.model_card import ModelCard, Style
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.shell import window as window_module
from gdm_studio.ui.shell import window_state
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import MARK, Session
from tests.helpers.fast_model import FastLibrary
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.window import Play, click, pause_run, press, run_in_window, until

REQUEST = Request(model="gaussian", prompt="a green disc", steps=5, size=(16, 16))
OTHER = replace(CARD, name="other", title="Other")
# The canvas shows this text without an image.
EMPTY = "Your picture"


def kept(home: Path, *shades: int) -> None:
    """Save images in an earlier session and remove the index."""
    (home / "pictures").mkdir(exist_ok=True)
    for shade in shades:
        save(Result(0, REQUEST, np.full((16, 16, 4), shade, np.uint8)), home / "pictures")


def said(window: Window) -> list[str]:
    page = window.create_page
    return [page.gallery.grid.accessibleDescription(), page.canvas_panel.canvas.accessibleDescription()]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Return an event; scanning the library blocks until it is set."""
    go, syncing = threading.Event(), Gallery.sync_in_steps

    def held(gallery: Gallery) -> Iterator[tuple[int, int]]:
        for step in syncing(gallery):
            go.wait(60)
            yield step

    monkeypatch.setattr(Gallery, "sync_in_steps", held)
    yield go
    go.set()


def test_the_library_is_not_called_empty_while_it_is_scanned(home: Path, reading: threading.Event) -> None:
    kept(home, 10, 20)

    async def play(window: Window) -> None:
        for _ in range(10):
            await asyncio.sleep(0.02)
            assert not any(EMPTY in words for words in said(window)), said(window)
        reading.set()
        await until(lambda: window.create_page.canvas_panel.canvas.picture() is not None)
        assert not any(EMPTY in words for words in said(window))

    run_in_window(play)


def test_an_empty_library_is_called_empty_after_the_scan(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: all(EMPTY in words for words in said(window)))

    run_in_window(play)


def test_the_last_picture_is_shown_again(home: Path) -> None:
    kept(home, 10, 20)

    async def play(window: Window) -> None:
        canvas = window.create_page.canvas_panel.canvas
        await until(lambda: canvas.picture() is not None)
        assert int(canvas.picture()[0, 0, 0]) == 20
        current = window.create_page.gallery.grid.current()
        assert current is not None and current.id == window.gallery.panel_model.picture(0).id

    run_in_window(play)


def test_the_first_run_does_not_show_an_earlier_picture_as_its_own(home: Path) -> None:
    kept(home, 10)

    async def play(window: Window) -> None:
        stage = window.create_page.canvas_panel
        await until(lambda: stage.canvas.picture() is not None and window.steps.loaded_steps.picture is not None)
        go = threading.Event()
        window.worker.ask(go.wait)
        try:
            click(window.create_page.controls.button)
            await until(lambda: window.viewer.run is not None)
            assert stage.caption[0] == window.viewer.run.request.title and stage.canvas.picture() is None
        finally:
            go.set()
        await until(lambda: stage.canvas.picture() is not None)
        # A later run replaces the image at its first step, so that the canvas does not flicker.
        await until(lambda: window.generation.job is None)
        caption = stage.caption
        window.create_page.controls.prompt.set_text("a green disc")
        go.clear()
        window.worker.ask(go.wait)
        try:
            click(window.create_page.controls.button)
            assert window.viewer.run.request.prompt == "a green disc"
            # The caption still belongs to that image.
            assert stage.canvas.picture() is not None and stage.caption == caption
        finally:
            go.set()
        await until(lambda: stage.caption != caption)

    run_in_window(play)


def test_a_run_started_early_stays_on_the_canvas(home: Path, reading: threading.Event) -> None:
    kept(home, 10)

    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.view() is not None)
        run = window.viewer.on_canvas
        reading.set()
        await until(lambda: window.gallery.panel_model.rowCount() == 2 and window.generation.job is None)
        assert window.viewer.on_canvas is run

    run_in_window(play)


def test_ctrl_z_does_not_empty_a_prompt_of_the_last_session(home: Path) -> None:
    async def leave(window: Window) -> None:
        window.request_draft.change(prompt="a bee", negative_prompt="wings")

    async def return_to(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert controls.prompt.text() == "a bee" and not controls.negative.editor.document().isUndoAvailable()
        controls.prompt.editor.insertPlainText("two bees and ")
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert controls.prompt.text() == "a bee"

    run_in_window(leave)
    run_in_window(return_to)


def test_the_style_of_a_model_survives_a_restart_with_another_model(home: Path) -> None:
    class Library(FastLibrary):
        def cards(self) -> list[ModelCard]:
            return [replace(CARD, styles=(Style("flat", "Flat"), Style("glossy", "Glossy"))), OTHER]

    async def left(window: Window) -> None:
        window.create_page.controls.request_draft.change(style="glossy")
        await window.settings.choose_model(OTHER.name)
        assert window.create_page.controls.request().style == ""

    async def found(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.request().model == OTHER.name
        await window.settings.choose_model(CARD.name)
        assert controls.request().style == controls.style_box.choice() == "glossy"

    for play in (left, found):
        run_in_window(play, library=Library())


def test_set_mode_restores_its_list(home: Path) -> None:
    async def left(window: Window) -> None:
        window.modes.turn_set(True)
        window.create_page.controls.things.set_text("fox\nowl")

    async def found(window: Window) -> None:
        controls = window.create_page.controls
        assert window.sets.on and controls.modes.set.isChecked() and controls.things.isVisible()
        assert controls.things.things() == ["fox", "owl"] and not controls.prompt.isVisible()
        window.modes.turn_set(False)

    async def as_before(window: Window) -> None:
        assert not window.sets.on and window.create_page.controls.prompt.isVisible()

    for play in (left, found, as_before):
        run_in_window(play)


@pytest.mark.parametrize("locked", [False, True])
def test_a_seed_locked_by_live_mode_is_locked_again_only_if_the_user_locked_it(home: Path, locked: bool) -> None:
    async def left(window: Window) -> None:
        window.request_draft.change(seed_locked=locked)
        window.modes.turn_live(True)
        assert window.request_draft["seed_locked"]

    async def found(window: Window) -> None:
        assert not window.modes.live.on and window.request_draft["seed_locked"] == locked

    run_in_window(left)
    run_in_window(found)


def test_what_is_typed_is_saved_while_the_window_is_open(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session file has the prompt and the list of a set before Generate or the end, so a crash does not lose them.
    Without changes, it is not written again.
    """
    monkeypatch.setattr(window_state, "SESSION_SECONDS", 0.02)
    data = paths.data_dir()
    looks, saved_sessions = _observed(monkeypatch)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("")
        QTest.keyClicks(controls.prompt.editor, "a castle")
        await until(lambda: (saved := Session.load(data).request) is not None and saved.prompt == "a castle")
        window.modes.turn_set(True)
        QTest.keyClicks(controls.things.editor, "fox, owl")
        await until(lambda: (saved := Session.load(data)).things == "fox, owl" and saved.set_open)
        before = len(looks)
        await until(lambda: len(looks) > before + 9)
        assert all(former != saved for former, saved in pairwise(saved_sessions))
        window.open_page("gallery")
        await until(lambda: Session.load(data).page == "gallery")

    run_in_window(play)


def _observed(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Session], list[Session]]:
    """Return two lists that grow: the sessions that the window has collected, and those that it has saved."""
    collected: list[Session] = []
    saved: list[Session] = []
    collect, save_session = window_module.session_of, Session.save

    def session_of(window: Window, recent: Sequence[str]) -> Session:
        collected.append(collect(window, recent))
        return collected[-1]

    def save_counted(session: Session, folder: Path) -> None:
        save_session(session, folder)
        saved.append(session)

    monkeypatch.setattr(window_module, "session_of", session_of)
    monkeypatch.setattr(Session, "save", save_counted)
    return collected, saved


def test_changes_are_saved_once_the_disk_has_room_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_state, "SESSION_SECONDS", 0.02)
    tried: list[Session] = []

    def refuse(session: Session, folder: Path) -> None:
        tried.append(session)
        raise StorageError("The disk is full.")

    async def play(window: Window) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Session, "save", refuse)
            window.create_page.controls.prompt.set_text("a castle")
            await until(lambda: any(session.request and session.request.prompt == "a castle" for session in tried))
        await until(lambda: (saved := Session.load(paths.data_dir()).request) and saved.prompt == "a castle")

    run_in_window(play)


def test_a_session_that_cannot_be_collected_is_reported_once_and_later_changes_are_saved(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_state, "SESSION_SECONDS", 0.02)
    tried: list[int] = []

    def fail(window: Window, recent: Sequence[str]) -> Session:
        tried.append(1)
        raise RuntimeError("a widget is gone")

    async def play(window: Window) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(window_module, "session_of", fail)
            reported: list[BaseException] = []
            patched.setattr(window.tasks, "report", reported.append)
            await until(lambda: len(tried) > 3)
            assert [str(error) for error in reported] == ["a widget is gone"]
        window.create_page.controls.prompt.set_text("a castle")
        await until(lambda: (saved := Session.load(paths.data_dir()).request) and saved.prompt == "a castle")

    run_in_window(play)


def test_a_page_that_ended_the_program_is_not_opened_again(home: Path) -> None:
    session = Session(page="gallery", request=replace(REQUEST, prompt="a castle"))
    session.save(paths.data_dir())
    # The program was ended while it opened the page.
    session.begin_restoring(paths.data_dir())

    async def first(window: Window) -> None:
        assert window.page() == "create" and window.create_page.controls.prompt.text() == "a castle"
        await until(lambda: not (paths.data_dir() / MARK).exists())
        window.open_page("gallery")

    async def again(window: Window) -> None:
        assert window.page() == "gallery"

    run_in_window(first)
    run_in_window(again)


def test_a_disk_without_room_for_the_session_is_not_reported_for_each_word(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_state, "SESSION_SECONDS", 0.02)
    tried: list[Session] = []

    def refuse(session: Session, folder: Path) -> None:
        tried.append(session)
        raise StorageError("The disk is full.")

    async def play(window: Window) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Session, "save", refuse)
            window.create_page.controls.prompt.set_text("a castle")
            await until(lambda: tried)
            window.create_page.controls.prompt.set_text("a castle on a hill")
            await until(lambda: len(tried) > 1)
            assert not window._notices.shown and not window.create_page.notices().shown

    run_in_window(play)


def _crash(home: Path, play: Play, saved: Callable[[Session], object], *, library: GaussianLibrary) -> None:
    """Run `play` in a window, wait until the saved session fulfils `saved`, and leave the files as they are then."""

    async def interrupted(window: Window) -> None:
        await play(window)
        await until(lambda: saved(Session.load(home / "data")))
        # No call of the gallery writes to its database or to the session file meanwhile.
        unfinished = shutil.ignore_patterns("*.part")
        await window.gallery.ask(lambda _: shutil.copytree(home, home.with_name("crashed"), ignore=unfinished))

    run_in_window(interrupted, library=library)
    shutil.rmtree(home)
    home.with_name("crashed").rename(home)


@pytest.fixture
def _saved_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save the session sooner than the program does."""
    monkeypatch.setattr(window_state, "SESSION_SECONDS", 0.05)


@pytest.mark.usefixtures("_saved_soon")
def test_words_that_no_run_has_used_survive_a_crash(home: Path) -> None:
    words = "a lighthouse in thick fog at night"

    async def written(window: Window) -> None:
        window.create_page.controls.prompt.editor.setFocus()
        window.create_page.controls.prompt.editor.selectAll()
        QTest.keyClicks(window.create_page.controls.prompt.editor, words)
        click(window.create_page.controls.modes.set)
        QTest.keyClicks(window.create_page.controls.things.editor, "fox, owl")

    async def found(window: Window) -> None:
        assert window.create_page.controls.prompt.text() == words
        assert window.create_page.controls.things.things() == ["fox", "owl"]

    saved = lambda session: session.request and session.request.prompt == words and "owl" in session.things  # noqa: E731
    _crash(home, written, saved, library=GaussianLibrary())
    run_in_window(found)


@pytest.mark.usefixtures("_saved_soon")
def test_a_prompt_changed_in_a_paused_run_survives_a_crash(home: Path) -> None:
    async def changed(window: Window) -> None:
        await pause_run(window)
        window.create_page.controls.prompt.editor.setFocus()
        window.create_page.controls.prompt.editor.selectAll()
        QTest.keyClicks(window.create_page.controls.prompt.editor, "a blue disc")

    async def found(window: Window) -> None:
        assert window.create_page.controls.prompt.text() == "a blue disc"

    saved = lambda session: session.request and session.request.prompt == "a blue disc"  # noqa: E731
    _crash(home, changed, saved, library=GaussianLibrary(step_seconds=0.03))
    run_in_window(found)


@pytest.mark.usefixtures("_saved_soon")
def test_a_set_continues_after_a_crash_with_the_missing_images(home: Path) -> None:
    async def begun(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.collection)

    async def found(window: Window) -> None:
        await until(lambda: window.sets.board is not None)
        missing = len(window.sets.board.missing())
        assert 1 <= missing <= 2
        before = set((home / "pictures").glob("*.png"))
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and not window.sets.board.missing())
        await until(lambda: len(set((home / "pictures").glob("*.png")) - before) == missing)

    saved = lambda session: any(member["picture"] for member in _members(session))  # noqa: E731
    _crash(home, begun, saved, library=GaussianLibrary(step_seconds=0.1))
    run_in_window(found)


def _members(session: Session) -> list[dict[str, Any]]:
    """Return the members of the set that a session contains."""
    return list(json.loads(session.image_set)["members"]) if session.image_set else []
