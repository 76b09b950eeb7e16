"""Start of the window: what is imported before its first paint, and input before its controllers exist."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from gdm_studio.models.installed import saved_model_list
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.shell.app import event_loop
from gdm_studio.ui.shell.startup_modules import LATER_MODULES, STARTUP_MODULES
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.window_state_file import Session
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import SECONDS, until

ROOT = Path(__file__).parents[2]
# The most modules of the program that the first paint may need.
MOST = 130
# Packages that the first paint does not need, except for the modules of their names.
BANNED = (
    "torch",
    "asyncio",
    "qasync",
    "concurrent",
    "numpy",
    "PIL",
    "safetensors",
    "tokenizers",
    "gdm_studio.maths.samplers.ddim",
    "gdm_studio.maths.processes",
    "gdm_studio.maths.guidance.compose",
    "gdm_studio.networks",
    "gdm_studio.models.families",
    "gdm_studio.models.model_library",
    "gdm_studio.models.files",
    "gdm_studio.gallery",
    "gdm_studio.jobs.executor",
    "gdm_studio.jobs.queue",
    "gdm_studio.jobs.runner",
    "gdm_studio.jobs.workers.engine_process",
    "gdm_studio.engine.pipeline",
)


SESSION = Session(request=Request(prompt="a fox", steps=7), usual=Request(), recent=("generate",))


@pytest.mark.slow
@pytest.mark.parametrize("session", (None, SESSION), ids=("first start", "later start"))
def test_the_first_paint_imports_little(home: Path, session: Session | None) -> None:
    if session is not None:
        session.save(home / "data")
    environment = os.environ | {"GDM_STUDIO_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, "-m", "tests.helpers.first_paint"]
    done = subprocess.run(program, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=SECONDS, check=True)
    importers: dict[str, list[str]] = json.loads(done.stdout)
    chains = [
        " <- ".join([name, *chain])
        for name, chain in importers.items()
        if any(name == banned or name.startswith(f"{banned}.") for banned in BANNED)
    ]
    assert not chains, "before the first paint:\n" + "\n".join(chains)
    ours = sorted(name for name in importers if name.split(".")[0] == "gdm_studio")
    assert len(ours) <= MOST, f"{len(ours)} modules before the first paint: {', '.join(ours)}"
    assert "gdm_studio.cli.main" in ours, "the program starts there"


def test_the_list_of_built_in_models_is_up_to_date(home: Path) -> None:
    listing = saved_model_list.listing_of(Library())
    advice = "run `python -m tests.models.listing_writer`"
    assert saved_model_list.built_in() == listing, advice
    # A saved list is read again as it was.
    saved_model_list.save(listing)
    assert saved_model_list.load() == listing


def test_a_damaged_list_of_models_is_replaced(home: Path) -> None:
    saved_model_list.save(saved_model_list.ModelListing())
    assert saved_model_list.load() == saved_model_list.ModelListing()
    for file in home.rglob("listing.json"):
        file.write_bytes(file.read_bytes()[:-20])
    assert saved_model_list.load() == saved_model_list.built_in()


def test_modules_that_are_imported_later_exist() -> None:
    names = (*STARTUP_MODULES, *LATER_MODULES)
    assert [name for name in names if not (ROOT / f"{name.replace('.', '/')}.py").is_file()] == []


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _theme() -> Theme:
    return _application().findChild(Theme) or Theme(_application())


def _run(use: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a coroutine in an event loop of its own."""
    try:
        with event_loop(_application()) as loop:
            loop.run_until_complete(use())
    finally:
        asyncio.set_event_loop(None)


async def _close(window: Window) -> None:
    window.close()
    await asyncio.wait_for(window.closed.wait(), SECONDS)
    assert await asyncio.to_thread(window.worker.wait, int(1000 * SECONDS))
    window.deleteLater()


@pytest.mark.slow
def test_input_right_after_the_first_paint_acts(home: Path) -> None:
    """Letters appear at once. Clicks and commands are noticed at once, and carried out when the start is complete."""

    async def use() -> None:
        library = GaussianLibrary()
        Session(page="settings").save(home / "data")
        window = Window(_theme(), library)  # type: ignore[arg-type]
        window.show()
        window.activateWindow()
        await window.painted.wait()
        start = asyncio.ensure_future(window.start_gradually())
        await asyncio.sleep(0)
        controls = window.create_page.controls
        controls.prompt.editor.setFocus()
        before = controls.prompt.editor.toPlainText()
        QTest.keyClicks(controls.prompt.editor, "xy")
        assert "xy" in controls.prompt.editor.toPlainText() != before
        QTest.mouseClick(controls.button, Qt.MouseButton.LeftButton)
        assert controls.button.text().startswith("Starting")
        await start
        assert window.page() == "create"
        # The click has started a run.
        assert window.viewer.run is not None and window.viewer.run.request.prompt.count("xy") == 1
        await until(lambda: window.generation.job is None)
        assert not controls.button.text().startswith("Starting")
        await _close(window)

    _run(use)


@pytest.mark.slow
def test_letters_after_an_early_command_belong_to_what_it_opens(home: Path) -> None:
    async def use() -> None:
        window = Window(_theme(), GaussianLibrary())  # type: ignore[arg-type]
        window.show()
        window.activateWindow()
        await window.painted.wait()
        start = asyncio.ensure_future(window.start_gradually())
        await asyncio.sleep(0)
        editor = window.create_page.controls.prompt.editor
        editor.setFocus()
        before = editor.toPlainText()
        # The key that started the program is no use of the page.
        QTest.keyRelease(editor, Qt.Key.Key_Return)
        QTest.keyPress(editor, Qt.Key.Key_Control)
        early = window._early_input
        assert early is not None and not early.is_used
        assert not window.create_page.controls.button.text().startswith("Starting")
        QTest.keyClick(editor, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert early.is_used
        QTest.keyClicks(editor, "lea")
        # The last letters come from an input method.
        composed, committed = QInputMethodEvent("rn", []), QInputMethodEvent()
        committed.setCommitString("rn")
        for event in (composed, committed):
            QCoreApplication.sendEvent(editor, event)
        assert editor.toPlainText() == before
        await start
        palette = window.commands.palette
        assert palette is not None and palette.field.text() == "learn" and editor.toPlainText() == before
        palette.close_up()
        await _close(window)

    _run(use)


@pytest.mark.slow
def test_a_window_that_is_closed_during_its_start_ends(home: Path) -> None:
    async def use() -> None:
        window = Window(_theme(), GaussianLibrary())  # type: ignore[arg-type]
        window.show()
        await window.painted.wait()
        start = asyncio.ensure_future(window.start_gradually())
        await until(lambda: window._has_started)
        # Its controllers do not all exist yet.
        assert not window._is_complete
        QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
        window.close()
        await asyncio.wait_for(window.closed.wait(), SECONDS)
        await start
        assert await asyncio.to_thread(window.worker.wait, int(1000 * SECONDS))
        window.deleteLater()

    _run(use)


def test_the_first_frame_has_only_what_it_shows(home: Path) -> None:
    """The folded settings, three quarters of all widgets, do not exist yet. The draft alone has their values."""
    settings = Request(prompt="a fox", steps=7, negative_prompt="blurry", guidance_scale=3.5)
    Session(request=settings, more_open=True).save(home / "data")
    window = Window(_theme())
    controls = window.create_page.controls
    hidden = [widget for widget in window.findChildren(QWidget) if not widget.isVisibleTo(window)]
    assert not controls.is_filled and len(hidden) < 120
    request = controls.request()
    assert (request.steps, request.negative_prompt, request.guidance_scale) == (7, "blurry", 3.5)
    # Reading one of them creates all of them, with these values.
    assert controls.steps.value() == 7 and controls.is_filled
    assert controls.negative.text() == "blurry" and controls.guidance.value() == 3.5 and controls.more.is_open()
    assert controls.request() == request
    window.deleteLater()


def test_unfolding_creates_the_folded_settings(home: Path) -> None:
    window = Window(_theme())
    controls = window.create_page.controls
    assert not controls.is_filled
    QTest.mouseClick(controls.main_settings.head, Qt.MouseButton.LeftButton)
    assert controls.is_filled and controls.steps.isVisibleTo(window)
    window.deleteLater()


def test_a_start_image_of_the_last_session_is_in_the_first_frame(home: Path) -> None:
    Session(request=Request(image="0" * 64)).save(home / "data")
    window = Window(_theme())
    assert window.create_page.controls.start.isVisibleTo(window)
    window.deleteLater()


def test_folded_settings_of_the_last_session_are_in_their_widgets(home: Path) -> None:
    request = Request(
        device="cuda:7",
        dtype="fp32",
        batch=2,
        count=3,
        sampler="lms",
        spacing="karras",
        seed=99,
        steps=7,
        temperature=0.3,
    )
    Session(request=request).save(home / "data")
    window = Window(_theme())
    controls = window.create_page.controls
    boxes = {
        "device": controls.device_box,
        "dtype": controls.more.dtype_box,
        "sampler": controls.sampler_box,
        "spacing": controls.spacing_box,
    }
    numbers = {
        "batch": controls.batch,
        "count": controls.count,
        "seed": controls.seed,
        "steps": controls.steps,
        "temperature": controls.temperature,
    }
    shown = {name: box.choice() for name, box in boxes.items()} | {
        name: field.value() for name, field in numbers.items()
    }
    assert shown == {name: getattr(request, name) for name in shown}
    assert all(controls.request_draft[name] == value for name, value in shown.items())
    window.deleteLater()


def test_a_file_is_dropped_only_once_the_window_has_started(home: Path) -> None:
    path = home / "fox.png"
    path.write_bytes(b"")
    window = Window(_theme())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    data = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), *data)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()
    # The controller that reads the file does not exist yet.
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), *data))
    window.deleteLater()


def test_a_window_closed_before_its_event_loop_closes_in_it(home: Path) -> None:
    app = _application()
    window = Window(_theme(), GaussianLibrary())  # type: ignore[arg-type]
    QTimer.singleShot(0, window, window.close)
    window._is_painted = False
    window.show_first_frame()

    async def use() -> None:
        await window.start_gradually()
        await asyncio.wait_for(window.closed.wait(), SECONDS)
        window.deleteLater()

    assert app is not None
    _run(use)


def test_pages_are_prepared_once_nothing_is_scrolled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.shell.window.IDLE_SECONDS", 0.001)
    app = _application()
    window = Window(_theme(), GaussianLibrary())  # type: ignore[arg-type]
    bar, rest = QScrollBar(window.pages), window.tasks.rest
    early: list[bool] = []

    async def scroll_and_rest(seconds: float) -> None:
        if bar.value() < 20:
            bar.setValue(bar.value() + 1)
            early.append(window.pages.is_created("models"))
        await rest(seconds)

    async def use() -> None:
        window.show()
        await window.painted.wait()
        monkeypatch.setattr(window.tasks, "rest", scroll_and_rest)
        await window.start_gradually()
        await until(lambda: window.pages.is_created("models"))
        assert early == [False] * 20
        window.close()
        await asyncio.wait_for(window.closed.wait(), SECONDS)
        window.deleteLater()

    assert app is not None
    _run(use)
