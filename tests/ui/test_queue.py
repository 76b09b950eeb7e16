"""The queue in the window: adding items during a run, editing them, and resuming them after a restart."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, Picture, read
from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.jobs.run_calls import resume_point
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Result, State
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.studio.model_compatibility import branch_request
from gdm_studio.ui.create.queue import controller
from gdm_studio.ui.create.queue.queue_mirror import Backlog
from gdm_studio.ui.shell import window as window_room
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.notices import Notice
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.window import click, notice_button, notices, press, run_in_window, until, wait_for_notice

ALT, CTRL, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
# The window paints each step, which takes more time than the model: a long run has few steps.
SLOW = 0.1


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def seeds(home: Path) -> set[int]:
    return {read(path).request.seed for path in pictures(home)}  # type: ignore[union-attr]


def prompts(window: Window) -> list[str]:
    return [item.request.prompt for item in window.backlog.items]


async def submit(window: Window, prompt: str) -> None:
    """Type a prompt, press Ctrl+Enter, and wait until it runs or is in the queue."""
    controls = window.create_page.controls
    controls.prompt.set_text(prompt)
    controls.prompt.editor.setFocus()
    press(window, Qt.Key.Key_Return, CTRL)
    await until(lambda: prompt in prompts(window))


async def fill(window: Window, *prompts_: str, steps: int = 200) -> None:
    """Start a long run and queue the other prompts behind it."""
    window.create_page.controls.request_draft.change(steps=steps)
    for prompt in prompts_:
        await submit(window, prompt)
    await until(lambda: window.generation.job is not None and window.generation.job.run.steps_done > 0)


async def open_panel(window: Window) -> None:
    press(window, Qt.Key.Key_J, CTRL)
    await until(lambda: window.queue.panel.isVisible())


def test_a_request_submitted_during_a_run_is_generated_after_it(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=6)
        await submit(window, "first")
        await until(lambda: window.generation.job is not None)
        await submit(window, "second")
        await wait_for_notice(window, "Queued · 1 picture second")
        window.create_page.controls.prompt.set_text("third")
        click(window.create_page.controls.button.add)
        await until(lambda: prompts(window) == ["first", "second", "third"])
        await wait_for_notice(window, "Queued · 1 picture · 2 waiting in all third")
        assert not any("second" in notice for notice in notices(window))
        assert window.top.queue.text() == "Queue 3"
        await until(lambda: len(pictures(home)) == 3 and not window.backlog.items)
        await until(lambda: window.generation.job is None and window.top.queue.text() == "Queue")
        assert window.viewer.run is not None and window.viewer.run.request.prompt == "third"

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))
    assert [read(path).request.prompt for path in sorted(pictures(home), key=lambda path: path.stat().st_mtime)] == [
        "first", "second", "third",
    ]  # fmt: skip
    assert not list((home / "data" / "queue").rglob("*.*"))


def test_the_next_item_starts_without_file_system_notifications(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network drive, only the end of a run starts the next item."""
    monkeypatch.setattr(controller, "SOON_MS", 3_600_000)

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=6)
        for prompt in ("first", "second", "third"):
            await submit(window, prompt)
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "second")
        # It does not matter how the run ends.
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "third")
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_images_finished_on_a_slow_disk_are_saved_when_the_window_closes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_room, "TASKS_SECONDS", 0.1)
    closing, keep = threading.Event(), Gallery.save

    def keep_slowly(gallery: Gallery, *args: Any, **options: Any) -> Picture:
        if not closing.is_set():
            closing.wait(90)
            # By now, closing the window has waited without success.
            time.sleep(0.5)
        return keep(gallery, *args, **options)

    async def play(window: Window) -> None:
        monkeypatch.setattr(Gallery, "save", keep_slowly)
        window.create_page.controls.request_draft.change(count=3)
        click(window.create_page.controls.button)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state is State.DONE and len(run.results) == 3)
        assert not pictures(home)
        closing.set()

    run_in_window(play)
    assert len(pictures(home)) == 3


def test_stopping_an_item_starts_the_next_and_its_partial_image_can_be_saved(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "first", "second")
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "second")
        assert prompts(window) == ["second"]
        notice = next(one for one in window.create_page.canvas_panel.notices.shown if "Stopped at step" in one.title)
        click(notice.findChild(type(notice._button)))
        await until(lambda: pictures(home))
        assert read(pictures(home)[0]).stopped_at > 0
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.job is None)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_stopped_batch_offers_the_images_that_are_not_in_the_gallery(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=3, batch=1, steps=6)
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.run is not None)
        run, bar = window.viewer.run, window.create_page.canvas_panel.bar
        assert run is not None
        await until(lambda: len(run.kept) == 1 and len(run.views[1]) >= 2)
        window.create_page.controls.stop.emit()
        await wait_for_notice(window, "Stopped at step")
        (notice,) = window.create_page.canvas_panel.notices.shown
        seeds = [f"#{run.request.picture(image).seed}" for image in range(3)]
        assert [seed in notice.text for seed in seeds] == [False, True, False]
        assert "1 picture not finished" in notice.text and notice.action == "Keep it"
        shown = []
        for image in (0, 1):
            window.viewer.choose_image(image)
            shown.append(bar._keep_button.isVisible())
        assert shown == [False, True]

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_each_of_two_runs_stopped_at_the_same_step_can_be_saved(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offers(window: Window) -> list[Notice]:
        return [one for one in window.create_page.canvas_panel.notices.shown if one.title == "Stopped at step 3 of 200"]

    async def stop(window: Window, prompt: str) -> None:
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == prompt)
        job = window.generation.job
        assert job is not None
        await until(lambda: len(job.run.views[0]) >= 3)
        monkeypatch.setattr(job, "newest", lambda: job.run.views[0][2])
        window.create_page.controls.stop.emit()
        await until(lambda: any(prompt in one.text for one in offers(window)))

    async def play(window: Window) -> None:
        unread = window.top.unread
        await fill(window, "first", "second", "third")
        await stop(window, "first")
        assert not unread.isVisible()
        await stop(window, "second")
        (second,) = offers(window)
        assert "second" in second.text
        # Only one offer is shown at a time, and no other is lost.
        assert unread.isVisible() and unread.accessibleName().startswith("1 unread notice")
        click(second._button)
        await until(lambda: len(pictures(home)) == 1 and not offers(window))
        click(unread)
        (first,) = offers(window)
        assert "first" in first.text and not unread.isVisible()
        click(first._button)
        await until(lambda: len(pictures(home)) == 2 and not offers(window))
        assert not unread.isVisible()
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.job is None)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_keys_move_duplicate_pause_and_remove_items_in_the_panel(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", "b", "c")
        await open_panel(window)
        rows = window.queue.panel.rows
        rows.choose(2)
        QTest.keyClick(rows, Qt.Key.Key_Up, ALT)
        await until(lambda: prompts(window) == ["a", "c", "b"])
        assert rows.chosen().request.prompt == "c"
        QTest.keyClick(rows, Qt.Key.Key_Down, ALT)
        await until(lambda: prompts(window) == ["a", "b", "c"])
        QTest.keyClick(rows, Qt.Key.Key_D)
        await until(lambda: prompts(window) == ["a", "b", "c", "c"])
        seeds = [item.request.seed for item in window.backlog.items[2:]]
        assert seeds[1] == seeds[0] + 1
        QTest.keyClick(rows, Qt.Key.Key_E)
        await until(lambda: window.backlog.items[2].endless)
        QTest.keyClick(rows, Qt.Key.Key_Space)
        await until(lambda: window.backlog.items[2].state is ItemState.PAUSED)
        QTest.keyClick(rows, Qt.Key.Key_Delete)
        await until(lambda: prompts(window) == ["a", "b", "c"] and notice_button(window, "Undo"))
        click(notice_button(window, "Undo"))
        await until(lambda: prompts(window) == ["a", "b", "c", "c"])
        rows.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert not window.queue.panel.isVisible() and window.generation.job is not None

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_another_page_closes_the_panel(home: Path) -> None:
    async def play(window: Window) -> None:
        for page, is_open in (("create", True), ("gallery", False)):
            window.queue.open_panel()
            window.open_page(page)
            assert window.queue.panel.isVisible() == is_open

    run_in_window(play)


def test_closing_the_panel_restores_the_focus(home: Path) -> None:
    async def play(window: Window) -> None:
        editor = window.create_page.controls.prompt.editor
        for elsewhere in (None, window.create_page.controls.seed.edit):
            editor.setFocus()
            press(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
            assert window.queue.panel.isVisible() and not editor.hasFocus()
            if elsewhere is not None:
                elsewhere.setFocus()
            window.queue.toggle()
            assert not window.queue.panel.isVisible() and (elsewhere or editor).hasFocus()

    run_in_window(play)


def test_removing_an_item_selects_its_neighbour_and_keeps_the_focus(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", "b", "c", "d")
        await open_panel(window)
        rows = window.queue.panel.rows
        rows.choose(1)
        for left, chosen in (("acd", "c"), ("ad", "d"), ("a", "a")):
            QTest.keyClick(rows, Qt.Key.Key_Delete)
            await until(lambda left=left: prompts(window) == list(left) and rows.model().rowCount() == len(left))
            assert rows.chosen().request.prompt == chosen
        rows.choose(7)
        assert rows.chosen().request.prompt == "a"

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.parametrize("page", ["create", "gallery"])
def test_a_notice_is_beside_the_open_panel_and_centred_once_it_closes(home: Path, page: str) -> None:
    async def play(window: Window) -> None:
        window.resize(1200, 800)
        await fill(window, "one", "two")
        window.open_page(page)
        await open_panel(window)
        panel = window.queue.panel
        panel.rows.choose(1)
        press(window, Qt.Key.Key_Delete)
        stack = window._visible_notices()
        # This notice stays visible long enough.
        await until(lambda: any("Removed" in notice.title for notice in stack.shown))

        def apart() -> bool:
            covered = QRect(panel.mapToGlobal(QPoint()), panel.size())
            shown = [QRect(notice.mapToGlobal(QPoint()), notice.size()) for notice in stack.shown]
            return bool(shown) and not any(map(covered.intersects, shown))

        for width in (1200, 900, 1300):
            window.resize(width, 800)
            await until(lambda width=width: window.width() == width and apart())
        panel.close_up()
        room = stack.parent()
        assert isinstance(room, QWidget)

        def are_centred() -> bool:
            middle = stack._area().center().x()
            return bool(stack.shown) and all(abs(each.geometry().center().x() - middle) <= 1 for each in stack.shown)

        await until(are_centred)
        window.generation.stop()

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_rows_can_be_dragged_and_waiting_items_cleared(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", "b", "c")
        await open_panel(window)
        model = window.queue.panel.model
        data: QMimeData = model.mimeData([model.index(2)])
        model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
        for _ in range(2):
            await until(lambda: prompts(window) == ["a", "c", "b"])
            press(window, Qt.Key.Key_Z, CTRL)
            await until(lambda: prompts(window) == ["a", "b", "c"])
            press(window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: prompts(window) == ["a", "c", "b"])
        window.queue.panel.asked.emit("duplicate", window.backlog.items[1].id)
        await until(lambda: prompts(window) == ["a", "c", "c", "b"])
        press(window, Qt.Key.Key_Z, CTRL)
        await until(lambda: prompts(window) == ["a", "c", "b"])
        # The item that followed it may be gone by then.
        items = window.backlog.items
        await window.backlog.ask(lambda queue: queue.duplicate(items[2].id))
        await window.queue.move(items[1].id, "")
        await window.backlog.ask(lambda queue: queue.remove([items[2].id]))
        assert prompts(window) == ["a", "b", "c"]
        press(window, Qt.Key.Key_Z, CTRL)
        await until(lambda: prompts(window) == ["a", "c", "b"])
        window.queue.panel.clear_clicked.emit()
        await until(lambda: prompts(window) == ["a"])
        assert window.generation.job is not None
        for _ in range(2):
            press(window, Qt.Key.Key_Z, CTRL)
            await until(lambda: prompts(window) == ["a", "c", "b"])
            press(window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
            await until(lambda: prompts(window) == ["a"])

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_editing_restores_the_settings_and_generate_updates_the_item(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", "b", "c")
        controls = window.create_page.controls
        await open_panel(window)
        window.queue.panel.rows.choose(1)
        QTest.keyClick(window.queue.panel.rows, Qt.Key.Key_Return)
        assert controls.prompt.text() == "b"
        seed = controls.seed.value()
        assert seed == window.backlog.items[1].request.seed
        QTest.keyClick(controls.prompt.editor, Qt.Key.Key_Escape)
        job = window.generation.job
        assert job is not None and not job.cancelled, "it makes another picture"
        controls.prompt.set_text("b, better")
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: prompts(window) == ["a", "b, better", "c"])
        assert window.backlog.items[1].request.seed == seed
        # Generate adds a new item again.
        await submit(window, "d")
        assert prompts(window) == ["a", "b, better", "c", "d"]

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_the_keys_of_a_running_row_pause_its_run_and_keep_the_focus(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "ant", "bee")
        await open_panel(window)
        rows = window.queue.panel.rows
        job = window.generation.job
        for _ in range(2):
            press(window, Qt.Key.Key_Down)
            assert rows.chosen().request.prompt == "bee"
            press(window, Qt.Key.Key_Up)
            assert rows.chosen().request.prompt == "ant" and rows.hasFocus()
            paused = job.paused
            press(window, Qt.Key.Key_Space)
            await until(lambda paused=paused: job.paused is not paused)
        assert not job.cancelled
        stop = rows.indexWidget(rows.model().index(0))
        stop.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: prompts(window) == ["bee"])
        assert rows.hasFocus()

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_the_editing_of_an_item_ends_when_it_is_started(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "ant", "bee")
        await open_panel(window)
        controls, rows = window.create_page.controls, window.queue.panel.rows
        rows.choose(1)
        press(window, Qt.Key.Key_Return)
        assert controls.prompt.editor.hasFocus() and notice_button(window, "Cancel") is not None
        window.generation.stop()
        await until(lambda: window.generation.editor.item is None)
        await wait_for_notice(window, "“bee” no longer waits in the queue")
        assert notice_button(window, "Cancel") is None and prompts(window) == ["bee"]
        await submit(window, "bee, better")
        assert prompts(window) == ["bee", "bee, better"]
        # The settings of a run that is paused are changed beside its steps.
        window.queue.panel.rows.choose(0)
        window.generation.toggle_pause()
        await until(lambda: window.backlog.items[0].state is ItemState.PAUSED)
        rows.setFocus()
        press(window, Qt.Key.Key_Return)
        assert window.generation.editor.item is None
        # The settings of another item are not taken for those of the paused run or of the next picture.
        controls.prompt.set_text("a third picture")
        shown: list[tuple[str, str]] = []
        controls.changed.connect(lambda: shown.append(controls.status.texts()))
        rows.setFocus()
        rows.choose(1)
        press(window, Qt.Key.Key_Return)
        await until(lambda: controls.prompt.text() == "bee, better")
        assert shown and {*shown, controls.status.texts()} == {("Paused", "Editing a queued picture")}
        rows.setFocus()
        press(window, Qt.Key.Key_Return)
        assert controls.status.texts() == ("Paused", "Editing a queued picture")
        window.generation.editor.end()
        assert controls.status.texts() == ("Paused", "For the next picture: prompt")

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_an_edited_branch_stays_a_branch(home: Path) -> None:
    parent = Request(model="gaussian", prompt="a disc", steps=12).checked()
    queue = Queue(home / "data" / "queue")
    queue.add(replace(parent, prompt="a calm disc", branch=Branch(parent, 4)))
    queue.pause()

    async def play(window: Window) -> None:
        await until(lambda: prompts(window) == ["a calm disc"])
        await open_panel(window)
        QTest.keyClick(window.queue.panel.rows, Qt.Key.Key_Return)
        controls = window.create_page.controls
        assert controls.prompt.text() == "a calm disc" and not controls.steps.isEnabled()
        controls.prompt.set_text("a wild disc")
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: prompts(window) == ["a wild disc"])
        assert window.backlog.items[0].request.branch == Branch(parent, 4)
        assert window.generation.job is None

    run_in_window(play)


def test_the_end_key_shows_a_run_that_started_out_of_view(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "first", steps=6)
        window.viewer.show_step(1)
        await submit(window, "second")
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "second")
        first, second = window.viewer.run, window.generation.job.run
        await until(lambda: second.steps_done >= 2)
        assert first is not second and window.viewer.view() is first.views[0][0]
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_End)
        assert window.viewer.run is second and window.viewer.live
        window.create_page.controls.stop.emit()

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_the_steps_of_a_saved_image_are_released(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=2)
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)
        run = window.viewer.run
        await until(lambda: [result.steps for result in run.results] == [b"", b""])
        window.viewer.choose_image(0)
        window.viewer.show_step(3)
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        assert window.steps.branching._history is not None, "from the file beside the picture"

    run_in_window(play)


def _put_folder(file: Path) -> None:
    """Replace a file that is written repeatedly with a folder."""
    while not file.is_dir():
        file.unlink(missing_ok=True)
        with suppress(FileExistsError):
            file.mkdir()


def test_an_unwritable_queue_does_not_stop_the_next_item(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "first", "second", steps=20)
        item = window.generation.item
        steps = home / "data" / "queue" / "running" / f"{item.id}.steps"
        # A folder can be neither written nor removed as a file.
        _put_folder(steps)
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "second")
        await wait_for_notice(window, "is a folder")
        steps.rmdir()

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_pausing_the_queue_pauses_the_run_and_starts_no_item(home: Path) -> None:
    library = GaussianLibrary(step_seconds=SLOW)

    async def play(window: Window) -> None:
        await fill(window, "a", "b", steps=40)
        window.queue.toggle_pause()
        await until(lambda: window.backlog.paused and window.generation.job.run.state is State.PAUSED)
        made = window.generation.job.run.steps_done
        await asyncio.sleep(0.2)
        assert window.generation.job.run.steps_done == made
        window.queue.toggle_pause()
        library.hurry()
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    run_in_window(play, library=library)


def test_a_pause_that_the_queue_confirms_late_is_not_undone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to an earlier change arrives after a later one."""
    go = threading.Event()

    async def play(window: Window) -> None:
        await fill(window, "a")
        job = window.generation.job
        window.generation.toggle_pause()
        await until(lambda: window.backlog.items[0].state is ItemState.PAUSED)
        window.gallery.run_on_disk(lambda: go.wait(90))
        window.generation.toggle_pause()
        window.generation.toggle_pause()
        resumed: list[bool] = []
        monkeypatch.setattr(job, "resume", lambda: resumed.append(True))
        go.set()
        for _ in range(2):
            # Both changes have been requested before the second time.
            await window.backlog.refresh()
        await until(lambda: window.backlog.items[0].state is ItemState.PAUSED)
        assert job.paused and not resumed

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.parametrize("changes", [{}, {"prompt": "a white owl"}])
def test_resuming_the_run_resumes_the_paused_queue(home: Path, changes: dict[str, Any]) -> None:
    library = GaussianLibrary(step_seconds=SLOW)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await fill(window, "a", "b", steps=40)
        await open_panel(window)
        click(window.queue.panel._pause_button)
        await until(lambda: window.backlog.paused and window.generation.job.run.state is State.PAUSED)
        assert window.top.queue.text() == "Queue 2" and "paused" in window.top.queue.toolTip()
        assert "paused" in window.top.queue.accessibleDescription()
        # The controls show the settings of the item that waits.
        controls.request_draft.change(**changes)
        click(controls.button)
        await until(lambda: not window.backlog.paused and window.queue.panel._pause_button.text() == "Pause")
        assert "paused" not in window.top.queue.toolTip()
        library.hurry()
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    run_in_window(play, library=library)


def test_a_request_added_to_a_paused_queue_offers_to_resume_it(home: Path) -> None:
    library = GaussianLibrary(step_seconds=SLOW)

    async def play(window: Window) -> None:
        window.queue.toggle_pause()
        await until(lambda: window.backlog.paused)
        # A single request runs at once, and later ones wait.
        await fill(window, "a", "b", steps=20)
        await wait_for_notice(window, "b · waits for the paused queue")
        resume = notice_button(window, "Resume")
        assert resume is not None
        library.hurry()
        click(resume)
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    run_in_window(play, library=library)


def test_a_set_submitted_during_a_run_precedes_waiting_items(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", "b", steps=12)
        click(window.create_page.controls.modes.set)
        things = window.create_page.controls.things
        things.set_text("fox\nowl")
        things.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: window.sets.job is None and window.sets.board and len(window.sets.board.finished()) == 2)
        assert (
            prompts(window) == ["b"] and len(pictures(home)) <= 3
        )  # images of the run, and of the set as they are saved
        await until(lambda: len(pictures(home)) == 4 and not window.backlog.items)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.slow
def test_an_endless_item_continues_with_the_next_seeds(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(count=2)
        controls.request_draft.change(steps=10)
        await window.generation.set_queue_paused(True)
        item = await window.backlog.ask(lambda queue: queue.add(controls.request()))
        first = item.request.seed
        await window.backlog.ask(lambda queue: queue.set_endless(item.id, True))
        await window.generation.set_queue_paused(False)
        await until(lambda: len(pictures(home)) >= 5)
        # Pressing Stop between two rounds has no effect.
        while window.backlog.items:
            window.create_page.controls.stop.emit()
            await asyncio.sleep(0.05)
        await until(lambda: window.generation.job is None)
        assert seeds(home) >= {first, first + 1, first + 2, first + 3, first + 4}

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.slow
def test_a_run_interrupted_by_closing_resumes_at_its_step(home: Path) -> None:
    """One image is finished and the second half-way. The second window generates the rest, and nothing twice."""
    steps_made: list[int] = []

    class Counting(GaussianModel):
        def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
            steps_made.append(len(x))
            return super().denoised(x, at, conditioning)

    async def first(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=10)
        controls.request_draft.change(count=2)
        controls.request_draft.change(batch=1)
        await submit(window, "a disc")
        await submit(window, "another")
        run = window.generation.job.run
        await until(lambda: len(run.results) == 1 and len(run.views[1]) >= 4 and len(pictures(home)) == 1)

    async def second(window: Window) -> None:
        await until(lambda: window.generation.job is not None)
        await wait_for_notice(window, "Resuming 3 pictures")
        run = window.generation.job.run
        await until(lambda: len(pictures(home)) >= 2)
        assert run.request.prompt == "a disc" and [len(views) for views in run.views] == [0, 10]
        await until(lambda: len(pictures(home)) == 4 and not window.backlog.items)

    run_in_window(first, library=GaussianLibrary(step_seconds=0.06, kind=Counting))
    run_in_window(second, library=GaussianLibrary(kind=Counting))
    assert len(steps_made) == 4 * 10 + 2, "each step once, and one as each window warms up"
    library = GaussianLibrary()
    for path in pictures(home):
        request = read(path).request
        (plain,) = [event for event in generate(request, library) if isinstance(event, Result)]
        assert np.array_equal(np.asarray(Image.open(path)), plain.rgba)


def test_the_finished_images_of_a_resumed_run_are_shown(home: Path) -> None:
    async def first(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=10, count=4, batch=1)
        await submit(window, "a disc")
        run = window.generation.job.run
        await until(lambda: len(pictures(home)) == 2 and len(run.kept) == 2)

    async def second(window: Window) -> None:
        await until(
            lambda: window.generation.job is not None and len(window.create_page.canvas_panel.pictures.cells) == 4
        )
        cells = window.create_page.canvas_panel.pictures.cells
        saved = [np.asarray(Image.open(path)) for path in pictures(home)]
        await until(lambda: all(cell._rgba is not None for cell in cells[:2]))
        for cell in cells[:2]:
            assert any(np.array_equal(cell._rgba, rgba) for rgba in saved)

    run_in_window(first, library=GaussianLibrary(step_seconds=SLOW))
    run_in_window(second, library=GaussianLibrary(step_seconds=SLOW))


def test_finished_images_of_a_resumed_run_are_read_only_while_they_have_cells(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def first(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=10, count=4, batch=1)
        await submit(window, "a disc")
        run = window.generation.job.run
        await until(lambda: len(pictures(home)) == 2 and len(run.kept) == 2)

    async def second(window: Window) -> None:
        await until(lambda: window.generation.job is not None and window.viewer.run is not None)
        viewer, pixels, run = window.viewer, window.gallery.pixels, window.viewer.run
        assert run is not None and len(run.before) == 2
        task = asyncio.current_task()
        read_ids: list[str] = []

        async def read_then_leave(picture: Picture) -> np.ndarray:
            # Other tasks read images too.
            if asyncio.current_task() is task:
                read_ids.append(picture.id)
                viewer.run = None
            return await pixels(picture)

        monkeypatch.setattr(window.gallery, "pixels", read_then_leave)
        with monkeypatch.context() as few:
            few.setattr("gdm_studio.ui.create.viewer.controller.SIDE_BY_SIDE", 3)
            await window.steps._show_images_made_before(run)
        assert not read_ids, "they have no cells"
        await window.steps._show_images_made_before(run)
        assert len(read_ids) == 1, "another run is followed after the first image"
        viewer.run = run

    run_in_window(first, library=GaussianLibrary(step_seconds=SLOW))
    run_in_window(second, library=GaussianLibrary(step_seconds=SLOW))


def test_the_notice_at_the_start_counts_only_images_of_earlier_sessions(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Queue(home / "data" / "queue").add(Request(model="gaussian", prompt="earlier", count=2, steps=5))
    open_queue, has_submitted = Backlog.open, threading.Event()

    async def open_late(backlog: Backlog) -> list[Item]:
        await until(has_submitted.is_set)
        return await open_queue(backlog)

    monkeypatch.setattr(Backlog, "open", open_late)

    async def play(window: Window) -> None:
        await fill(window, "mine", "mine too")
        await until(lambda: len(window.backlog.items) == 3)
        has_submitted.set()
        await wait_for_notice(window, "Resuming 2 pictures")

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_run_stopped_while_closing_stays_stopped(home: Path) -> None:
    """The current step may outlast the window."""

    async def play(window: Window) -> None:
        await fill(window, "given up", "wanted", steps=12)
        window.create_page.controls.stop.emit()
        window.close()

    run_in_window(play, library=GaussianLibrary(step_seconds=0.3))
    assert [item.request.prompt for item in Queue(home / "data" / "queue").items()] == ["wanted"]


def test_a_run_resumes_and_finishes_after_a_crash(home: Path, tmp_path: Path) -> None:
    """The files on disk during a run are those that a killed process leaves."""
    queue, left = home / "data" / "queue", tmp_path / "left"

    async def first(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=40)
        await submit(window, "a disc")
        await until(lambda: any(file.stat().st_size > 50_000 for file in queue.rglob("*.steps")))
        shutil.copytree(queue, left)

    async def second(window: Window) -> None:
        await until(lambda: window.generation.job is not None)
        run = window.generation.job.run
        await until(lambda: pictures(home) and not window.backlog.items)
        assert [view.index for view in run.views[0]] == list(range(1, 41)) and run.first == 0

    run_in_window(first, library=GaussianLibrary(step_seconds=0.05))
    shutil.rmtree(queue)
    shutil.copytree(left, queue)
    assert not pictures(home)
    run_in_window(second)


def test_after_a_crash_a_saved_image_is_skipped_and_the_next_generated(home: Path) -> None:
    other = Queue(home / "data" / "queue")
    item = other.add(Request(model="gaussian", prompt="a", steps=4))
    file = other.folder / f"{item.id}.json"
    before = file.read_text()

    async def first(window: Window) -> None:
        await until(lambda: pictures(home) and not window.backlog.items)

    async def second(window: Window) -> None:
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    run_in_window(first)
    file.write_text(before)
    (other.folder / "running" / f"{item.id}.lock").touch()
    other.add(Request(model="gaussian", prompt="b", steps=4))
    run_in_window(second)
    assert sorted(read(path).request.prompt for path in pictures(home)) == ["a", "b"]  # type: ignore[union-attr]


def test_a_paused_item_stays_paused_until_the_user_resumes_it(home: Path) -> None:
    async def first(window: Window) -> None:
        await fill(window, "a disc", steps=40)
        window.create_page.canvas_panel.canvas.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.PAUSED])

    async def second(window: Window) -> None:
        await wait_for_notice(window, "Paused where you left it")
        assert window.generation.job is None and prompts(window) == ["a disc"]
        notice = window.create_page.canvas_panel.notices.shown[-1]
        click(notice.findChild(type(notice._button)))
        await until(lambda: pictures(home) and not window.backlog.items)

    run_in_window(first, library=GaussianLibrary(step_seconds=SLOW))
    run_in_window(second)


def test_a_change_while_the_queue_is_opened_is_noticed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a")
        await until(lambda: window.queue._watch.directories())
        window.queue._watch.removePath(window.backlog.folder)
        window.generation.toggle_pause()
        read = window.backlog.open

        async def read_before_a_change() -> list[Item]:
            crashed = await read()
            Queue(home / "data" / "queue").pause()
            return crashed

        monkeypatch.setattr(window.backlog, "open", read_before_a_change)
        await window.queue.open()
        assert window.backlog.paused and window.backlog.items[0].state is ItemState.PAUSED
        assert not any("Paused where you left it" in notice for notice in notices(window))

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_run_paused_by_another_process_stops_until_it_is_resumed(home: Path) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a", steps=20)
        await until(lambda: window.queue._watch.directories())
        other, run = Queue(home / "data" / "queue"), window.generation.job.run
        (item,) = other.items()
        other.set_paused(item.id, True)
        await until(lambda: run.state is State.PAUSED)
        other.set_paused(item.id, False)
        await until(lambda: pictures(home) and not window.backlog.items)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_items_added_by_the_command_line_are_generated(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: window.queue._watch.directories())
        # This waits until the queue has looked for the next item.
        await window.backlog.ask(lambda queue: None)
        Queue(home / "data" / "queue").add(Request(model="gaussian", prompt="from outside", steps=5))
        await until(lambda: pictures(home))

    run_in_window(play)


def test_a_queue_that_crashes_repeatedly_waits_for_the_user(home: Path) -> None:
    queue = Queue(home / "data" / "queue")
    queue.put(Item(request=Request(model="gaussian", prompt="a bad one", steps=8), crashes=1))
    queue.put(Item(request=Request(model="gaussian", prompt="a good one", steps=8)))
    (home / "data" / "queue" / "running").mkdir(exist_ok=True)
    # A crash leaves such a lock file.
    (home / "data" / "queue" / "running" / f"{queue.items()[0].id}.lock").touch()

    async def play(window: Window) -> None:
        await until(lambda: window.queue.panel.isVisible())
        panel = window.queue.panel
        assert "2 times while making “a bad one”" in panel._crash._text.text()
        assert window.generation.job is None and not pictures(home)
        panel.asked.emit("give up", window.backlog.items[0].id)
        await until(lambda: len(pictures(home)) == 1 and not window.backlog.items)
        assert not window.backlog.paused

    run_in_window(play)
    assert read(pictures(home)[0]).request.prompt == "a good one"  # type: ignore[union-attr]


def test_trying_again_resumes_an_item_that_was_paused_at_the_crash(home: Path) -> None:
    queue = Queue(home / "data" / "queue")
    held = Item(request=Request(model="gaussian", prompt="a held one", steps=8), crashes=2, state=ItemState.PAUSED)
    queue.put(held)
    (home / "data" / "queue" / "running").mkdir(exist_ok=True)
    (home / "data" / "queue" / "running" / f"{held.id}.lock").touch()

    async def play(window: Window) -> None:
        panel = window.queue.panel
        await until(lambda: panel.isVisible() and "2 times" in panel._crash._text.text())
        (button,) = (each for each in panel._crash.findChildren(QPushButton) if each.text() == "Try again")
        click(button)
        await until(lambda: len(pictures(home)) == 1 and not window.backlog.items)

    run_in_window(play)


def test_damaged_items_do_not_stop_the_window_from_opening(home: Path) -> None:
    folder = home / "data" / "queue"
    folder.mkdir(parents=True)
    (folder / "damaged.json").write_text("{")

    async def play(window: Window) -> None:
        await wait_for_notice(window, "damaged")

    run_in_window(play)
    assert (folder / "damaged" / "damaged.json").read_text() == "{"


class Overflowing(GaussianModel):
    """Model whose numbers overflow in half precision."""

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        found = super().denoised(x, at, conditioning)
        return found * torch.inf if self.dtype == torch.bfloat16 else found


def test_one_click_retries_a_failed_image(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(dtype="bf16")
        window.create_page.controls.button.click()
        await wait_for_notice(window, "full precision")
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.FAILED])
        notice = window.create_page.canvas_panel.notices.shown[-1]
        click(notice.findChild(type(notice._button)))
        await until(lambda: len(pictures(home)) == 1 and not window.backlog.items)

    run_in_window(play, library=GaussianLibrary(kind=Overflowing))
    assert read(pictures(home)[0]).request.dtype == "fp32"  # type: ignore[union-attr]


def test_an_image_stays_in_the_queue_until_it_is_saved(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        await submit(window, "a disc")
        await submit(window, "another")
        await until(lambda: window.generation.job is None and any("not lost" in notice for notice in notices(window)))
        await open_panel(window)
        await until(lambda: window.queue.panel._summary.text().endswith("Waiting until a picture can be saved"))
        assert prompts(window) == ["a disc", "another"] and not window.backlog.paused
        await window.generation.start_next()
        assert window.generation.job is None, "the next picture would find no room either"
        (home / "pictures").unlink()
        notice = next(one for one in window.create_page.canvas_panel.notices.shown if "not lost" in one.text)
        click(notice.findChild(type(notice._button)))
        await until(lambda: len(pictures(home)) == 1 and prompts(window) == ["another"])

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.parametrize("steering", [True, False])
def test_a_branch_continues_from_a_step_in_memory(home: Path, steering: bool) -> None:
    async def play(window: Window) -> None:
        await fill(window, "a disc", steps=12)
        window.generation.toggle_pause()
        job = window.generation.job
        await until(lambda: job.run.state is State.PAUSED)
        branch = branch_request(
            job.run.request, (index := job.last_step.index), replace(job.run.request, prompt="a calm disc")
        )
        saved_step = await window.worker.call_about(job, resume_point, branch, 1)
        window.generation.continue_from(branch, saved_step, steering=steering)
        if not steering:
            await until(lambda: prompts(window) == ["a disc", "a calm disc"])
            # Viewing an earlier step does not stop the requested branch.
            window.viewer.show_step(1)
            window.generation.toggle_pause()
        await until(lambda: len(pictures(home)) == (1 if steering else 2) and not window.backlog.items)
        assert not any("Stopped at step" in notice for notice in notices(window))
        run = window.viewer.run
        assert run.request.prompt == "a calm disc" and run.first == index

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))
    branches = [path for path in pictures(home) if read(path).request.branch is not None]  # type: ignore[union-attr]
    (again,) = [event for event in generate(read(branches[0]).request, GaussianLibrary()) if isinstance(event, Result)]
    assert np.array_equal(np.asarray(Image.open(branches[0])), again.rgba)
