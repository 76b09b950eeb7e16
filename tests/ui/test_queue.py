"""The queue in the window: what is added while a run goes on, what people do to it, what a new start goes on with."""

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
from PySide6.QtWidgets import QWidget

from gdm_studio.engine.generate import generate
from gdm_studio.gallery import Gallery, Picture, read
from gdm_studio.maths.path import Point
from gdm_studio.queueing import Item, ItemState, Queue
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Result, State
from gdm_studio.ui.create.queue import desk
from gdm_studio.ui.shell import window as window_room
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.opened import click, notices, offered, opened, press, told, until

ALT, CTRL, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SLOW = 0.03


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def seeds(home: Path) -> set[int]:
    return {read(path).request.seed for path in pictures(home)}  # type: ignore[union-attr]


def prompts(window: Window) -> list[str]:
    return [item.request.prompt for item in window.backlog.items]


async def submitted(window: Window, prompt: str) -> None:
    """Writes a prompt and presses Ctrl+Enter in it; waits until it runs or stands in the queue."""
    controls = window.create_page.controls
    controls.prompt.set_text(prompt)
    controls.prompt.editor.setFocus()
    press(window, Qt.Key.Key_Return, CTRL)
    await until(lambda: prompt in prompts(window))


async def filled(window: Window, *prompts_: str, steps: int = 200) -> None:
    """A long run, and the others behind it."""
    window.create_page.controls.draft.change(steps=steps)
    for prompt in prompts_:
        await submitted(window, prompt)
    await until(lambda: window.making.job is not None and window.making.job.run.steps_done > 0)


async def opened_panel(window: Window) -> None:
    press(window, Qt.Key.Key_J, CTRL)
    await until(lambda: window.queue.panel.isVisible())


def test_what_is_asked_for_in_mid_run_is_made_after_it(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=20)
        await submitted(window, "first")
        await until(lambda: window.making.job is not None)
        await submitted(window, "second")
        await told(window, "Queued · 1 second")
        window.create_page.controls.prompt.set_text("third")
        click(window.create_page.controls.button.add)
        await until(lambda: prompts(window) == ["first", "second", "third"])
        await told(window, "Queued · 2 third")
        assert not any("Queued · 1" in notice for notice in notices(window))
        assert window.top.queue.text() == "Queue 3"
        await until(lambda: len(pictures(home)) == 3 and not window.backlog.items)
        await until(lambda: window.making.job is None and window.top.queue.text() == "Queue")
        assert window.viewer.run is not None and window.viewer.run.request.prompt == "third"

    opened(play, library=GaussianLibrary(step_seconds=SLOW))
    assert [read(path).request.prompt for path in sorted(pictures(home), key=lambda path: path.stat().st_mtime)] == [
        "first", "second", "third",
    ]  # fmt: skip
    assert not list((home / "data" / "queue").rglob("*.*"))


def test_the_next_begins_where_the_system_tells_of_no_change_in_the_queues_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a drive of the network: the end of a run itself is what begins the next."""
    monkeypatch.setattr(desk, "SOON_MS", 3_600_000)

    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=20)
        for prompt in ("first", "second", "third"):
            await submitted(window, prompt)
        await until(lambda: window.making.item is not None and window.making.item.request.prompt == "second")
        window.create_page.controls.stop.emit()  # however a run ends
        await until(lambda: window.making.item is not None and window.making.item.request.prompt == "third")
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_pictures_that_were_finished_while_the_disk_was_slow_are_written_as_the_window_closes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_room, "TASKS_SECONDS", 0.1)
    closing, keep = threading.Event(), Gallery.keep

    def keep_slowly(gallery: Gallery, *args: Any, **options: Any) -> Picture:
        if not closing.is_set():
            closing.wait(20)
            time.sleep(0.5)  # closing has waited in vain by now
        return keep(gallery, *args, **options)

    async def play(window: Window) -> None:
        monkeypatch.setattr(Gallery, "keep", keep_slowly)
        window.create_page.controls.draft.change(count=3)
        click(window.create_page.controls.button)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state is State.DONE and len(run.results) == 3)
        assert not pictures(home)
        closing.set()

    opened(play)
    assert len(pictures(home)) == 3


def test_stopping_one_goes_on_with_the_next_and_what_it_reached_can_still_be_kept(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "first", "second")
        window.create_page.controls.stop.emit()
        await until(lambda: window.making.item is not None and window.making.item.request.prompt == "second")
        assert prompts(window) == ["second"]
        notice = next(one for one in window.create_page.stage.notices.shown if "Stopped at step" in one.title)
        click(notice.findChild(type(notice._button)))
        await until(lambda: pictures(home))
        assert read(pictures(home)[0]).stopped_at > 0
        window.create_page.controls.stop.emit()
        await until(lambda: window.making.job is None)

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_the_panel_moves_duplicates_holds_and_removes_by_keys(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", "c")
        await opened_panel(window)
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
        await until(lambda: prompts(window) == ["a", "b", "c"] and offered(window, "Undo"))
        click(offered(window, "Undo"))
        await until(lambda: prompts(window) == ["a", "b", "c", "c"])
        rows.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert not window.queue.panel.isVisible() and window.making.job is not None

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_the_panel_gives_the_keys_back_to_where_they_were(home: Path) -> None:
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

    opened(play)


def test_what_was_removed_leaves_its_neighbour_selected_and_the_keys_go_on(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", "c", "d")
        await opened_panel(window)
        rows = window.queue.panel.rows
        rows.choose(1)
        for left, chosen in (("acd", "c"), ("ad", "d"), ("a", "a")):
            QTest.keyClick(rows, Qt.Key.Key_Delete)
            await until(lambda left=left: prompts(window) == list(left) and rows.model().rowCount() == len(left))
            assert rows.chosen().request.prompt == chosen
        rows.choose(7)
        assert rows.chosen().request.prompt == "a"

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.parametrize("page", ["create", "gallery"])
def test_a_notice_lies_beside_the_panel_and_back_in_the_middle_once_that_is_closed(home: Path, page: str) -> None:
    async def play(window: Window) -> None:
        window.resize(1200, 800)
        await filled(window, "one", "two")
        window.turn_to(page)
        await opened_panel(window)
        panel = window.queue.panel
        panel.rows.choose(1)
        press(window, Qt.Key.Key_Delete)
        stack = window._notices_here()
        await until(lambda: any("Removed" in notice.title for notice in stack.shown))  # which stays for half a minute

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
        middle = room.rect().center().x
        await until(lambda: all(abs(notice.geometry().center().x() - middle()) <= 1 for notice in stack.shown))
        window.making.stop()

    opened(play, library=GaussianLibrary(step_seconds=0.05))


def test_rows_are_dragged_and_all_that_waits_is_cleared(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", "c")
        await opened_panel(window)
        model = window.queue.panel.model
        data: QMimeData = model.mimeData([model.index(2)])
        model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
        await until(lambda: prompts(window) == ["a", "c", "b"])
        window.queue.panel.clear_clicked.emit()
        await until(lambda: prompts(window) == ["a"])
        assert window.making.job is not None

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_editing_brings_the_settings_back_and_generate_puts_them_in_their_place(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", "c")
        controls = window.create_page.controls
        await opened_panel(window)
        window.queue.panel.rows.choose(1)
        QTest.keyClick(window.queue.panel.rows, Qt.Key.Key_Return)
        assert controls.prompt.text() == "b"
        seed = controls.seed.value()
        assert seed == window.backlog.items[1].request.seed
        controls.prompt.set_text("b, better")
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: prompts(window) == ["a", "b, better", "c"])
        assert window.backlog.items[1].request.seed == seed
        await submitted(window, "d")  # Generate adds again
        assert prompts(window) == ["a", "b, better", "c", "d"]

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_branch_that_is_edited_stays_one(home: Path) -> None:
    parent = Request(model="gaussian", prompt="a disc", steps=12).checked()
    queue = Queue(home / "data" / "queue")
    queue.add(replace(parent, prompt="a calm disc", branch=Branch(parent, 4)))
    queue.pause()

    async def play(window: Window) -> None:
        await until(lambda: prompts(window) == ["a calm disc"])
        await opened_panel(window)
        QTest.keyClick(window.queue.panel.rows, Qt.Key.Key_Return)
        controls = window.create_page.controls
        assert controls.prompt.text() == "a calm disc" and not controls.steps.isEnabled()
        controls.prompt.set_text("a wild disc")
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: prompts(window) == ["a wild disc"])
        assert window.backlog.items[0].request.branch == Branch(parent, 4)
        assert window.making.job is None

    opened(play)


def test_what_began_while_people_looked_elsewhere_is_reached_by_the_end_key(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "first", steps=20)
        window.viewer.look_at(1)
        await submitted(window, "second")
        await until(lambda: window.making.item is not None and window.making.item.request.prompt == "second")
        first, second = window.viewer.run, window.making.job.run
        await until(lambda: second.steps_done >= 2)
        assert first is not second and window.viewer.view() is first.views[0][0]
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_End)
        assert window.viewer.run is second and window.viewer.live
        window.create_page.controls.stop.emit()

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_of_a_picture_in_its_file_no_steps_stay_in_memory(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=2)
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)
        run = window.viewer.run
        await until(lambda: [result.steps for result in run.results] == [b"", b""])
        window.viewer.choose_image(0)
        window.viewer.look_at(3)
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        assert window.steps.branching._reel is not None, "from the file beside the picture"

    opened(play)


def _put_folder(file: Path) -> None:
    """In the place of a file that is written again and again meanwhile."""
    while not file.is_dir():
        file.unlink(missing_ok=True)
        with suppress(FileExistsError):
            file.mkdir()


def test_a_queue_that_cannot_be_written_does_not_keep_the_next_from_beginning(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "first", "second", steps=40)
        item = window.making.item
        steps = home / "data" / "queue" / "running" / f"{item.id}.steps"
        _put_folder(steps)  # which is neither written nor removed as a file
        window.create_page.controls.stop.emit()
        await until(lambda: window.making.item is not None and window.making.item.request.prompt == "second")
        await told(window, "is a folder")
        steps.rmdir()

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


def test_pausing_the_queue_holds_what_runs_and_begins_nothing(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", steps=20)
        window.queue.toggle_pause()
        await until(lambda: window.backlog.paused and window.making.job.run.state is State.PAUSED)
        made = window.making.job.run.steps_done
        await asyncio.sleep(0.2)
        assert window.making.job.run.steps_done == made
        window.queue.toggle_pause()
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    opened(play, library=GaussianLibrary(step_seconds=0.1))


def test_a_set_asked_for_in_mid_run_comes_before_what_waits_in_the_queue(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", "b", steps=12)
        click(window.create_page.controls.modes.set)
        things = window.create_page.controls.things
        things.set_text("fox\nowl")
        things.editor.setFocus()
        press(window, Qt.Key.Key_Return, CTRL)
        await until(lambda: window.sets.job is None and len(window.create_page.sheet.model.results()) == 2)
        assert prompts(window) == ["b"] and len(pictures(home)) <= 3  # of the run, and of the set as they are written
        await until(lambda: len(pictures(home)) == 4 and not window.backlog.items)

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.slow
def test_until_stopped_goes_on_with_the_next_seeds(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.draft.change(count=2)
        controls.draft.change(steps=10)
        await window.queue.set_paused(True)
        item = await window.backlog.ask(lambda queue: queue.add(controls.request()))
        first = item.request.seed
        await window.backlog.ask(lambda queue: queue.set_endless(item.id, True))
        await window.queue.set_paused(False)
        await until(lambda: len(pictures(home)) >= 5)
        while window.backlog.items:  # a press of Stop between two rounds falls on nothing
            window.create_page.controls.stop.emit()
            await asyncio.sleep(0.05)
        await until(lambda: window.making.job is None)
        assert seeds(home) >= {first, first + 1, first + 2, first + 3, first + 4}

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.slow
def test_what_closing_broke_off_goes_on_where_it_stood(home: Path) -> None:
    """One picture is finished, the second half-way; the second window makes the rest, and nothing twice."""
    steps_made: list[int] = []

    class Counting(GaussianModel):
        def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
            steps_made.append(len(x))
            return super().denoised(x, at, conditioning)

    async def first(window: Window) -> None:
        controls = window.create_page.controls
        controls.draft.change(steps=30)
        controls.draft.change(count=2)
        controls.draft.change(batch=1)
        await submitted(window, "a disc")
        await submitted(window, "another")
        run = window.making.job.run
        await until(lambda: len(run.results) == 1 and len(run.views[1]) >= 12 and len(pictures(home)) == 1)

    async def second(window: Window) -> None:
        await until(lambda: window.making.job is not None)
        await told(window, "Going on with 3 pictures")
        run = window.making.job.run
        await until(lambda: len(pictures(home)) >= 2)
        assert run.request.prompt == "a disc" and [len(views) for views in run.views] == [0, 30]
        await until(lambda: len(pictures(home)) == 4 and not window.backlog.items)

    opened(first, library=GaussianLibrary(step_seconds=0.02, kind=Counting))
    opened(second, library=GaussianLibrary(kind=Counting))
    assert len(steps_made) == 4 * 30 + 2, "each step once, and one as each window warms up"
    library = GaussianLibrary()
    for path in pictures(home):
        request = read(path).request
        (plain,) = [event for event in generate(request, library) if isinstance(event, Result)]
        assert np.array_equal(np.asarray(Image.open(path)), plain.rgba)


def test_what_is_stopped_as_the_window_closes_stays_stopped(home: Path) -> None:
    """The step under way may outlast the window."""

    async def play(window: Window) -> None:
        await filled(window, "given up", "wanted", steps=12)
        window.create_page.controls.stop.emit()
        window.close()

    opened(play, library=GaussianLibrary(step_seconds=0.3))
    assert [item.request.prompt for item in Queue(home / "data" / "queue").items()] == ["wanted"]


def test_after_a_crash_the_run_goes_on_and_ends(home: Path, tmp_path: Path) -> None:
    """What lies on the disk in mid-run is what a killed process leaves."""
    queue, left = home / "data" / "queue", tmp_path / "left"

    async def first(window: Window) -> None:
        window.create_page.controls.draft.change(steps=40)
        await submitted(window, "a disc")
        await until(lambda: any(file.stat().st_size > 50_000 for file in queue.rglob("*.steps")))
        shutil.copytree(queue, left)

    async def second(window: Window) -> None:
        await until(lambda: window.making.job is not None)
        run = window.making.job.run
        await until(lambda: pictures(home) and not window.backlog.items)
        assert [view.index for view in run.views[0]] == list(range(1, 41)) and run.first == 0

    opened(first, library=GaussianLibrary(step_seconds=0.05))
    shutil.rmtree(queue)
    shutil.copytree(left, queue)
    assert not pictures(home)
    opened(second)


def test_what_was_kept_just_before_a_crash_is_not_made_again_and_the_next_is(home: Path) -> None:
    other = Queue(home / "data" / "queue")
    item = other.add(Request(model="gaussian", prompt="a", steps=4))
    file = other.folder / f"{item.id}.json"
    before = file.read_text()

    async def first(window: Window) -> None:
        await until(lambda: pictures(home) and not window.backlog.items)

    async def second(window: Window) -> None:
        await until(lambda: len(pictures(home)) == 2 and not window.backlog.items)

    opened(first)
    file.write_text(before)
    (other.folder / "running" / f"{item.id}.lock").touch()
    other.add(Request(model="gaussian", prompt="b", steps=4))
    opened(second)
    assert sorted(read(path).request.prompt for path in pictures(home)) == ["a", "b"]  # type: ignore[union-attr]


def test_what_was_paused_stays_so_until_people_let_it_go_on(home: Path) -> None:
    async def first(window: Window) -> None:
        await filled(window, "a disc", steps=120)
        window.create_page.stage.canvas.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.PAUSED])

    async def second(window: Window) -> None:
        await told(window, "Paused where you left it")
        assert window.making.job is None and prompts(window) == ["a disc"]
        notice = window.create_page.stage.notices.shown[-1]
        click(notice.findChild(type(notice._button)))
        await until(lambda: pictures(home) and not window.backlog.items)

    opened(first, library=GaussianLibrary(step_seconds=SLOW))
    opened(second)


def test_what_another_program_holds_stops_at_its_step_until_it_is_let_go_on(home: Path) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a", steps=40)
        await until(lambda: window.queue._watch.directories())
        other, run = Queue(home / "data" / "queue"), window.making.job.run
        (item,) = other.items()
        other.hold(item.id, True)
        await until(lambda: run.state is State.PAUSED)
        other.hold(item.id, False)
        await until(lambda: pictures(home) and not window.backlog.items)

    opened(play, library=GaussianLibrary(step_seconds=0.05))


def test_what_the_command_line_adds_is_made_too(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: window.queue._watch.directories())
        await window.backlog.ask(lambda queue: None)  # after what looks for something to begin with
        Queue(home / "data" / "queue").add(Request(model="gaussian", prompt="from outside", steps=5))
        await until(lambda: pictures(home))

    opened(play)


def test_a_queue_that_keeps_ending_the_program_waits_for_people(home: Path) -> None:
    queue = Queue(home / "data" / "queue")
    queue.put(Item(request=Request(model="gaussian", prompt="a bad one", steps=8), crashes=1))
    queue.put(Item(request=Request(model="gaussian", prompt="a good one", steps=8)))
    (home / "data" / "queue" / "running").mkdir(exist_ok=True)
    (home / "data" / "queue" / "running" / f"{queue.items()[0].id}.lock").touch()  # as a crash leaves it

    async def play(window: Window) -> None:
        await until(lambda: window.queue.panel.isVisible())
        panel = window.queue.panel
        assert "2 times while making “a bad one”" in panel._crash._text.text()
        assert window.making.job is None and not pictures(home)
        panel.asked.emit("give up", window.backlog.items[0].id)
        await until(lambda: len(pictures(home)) == 1 and not window.backlog.items)
        assert not window.backlog.paused

    opened(play)
    assert read(pictures(home)[0]).request.prompt == "a good one"  # type: ignore[union-attr]


def test_damaged_entries_do_not_keep_the_window_from_opening(home: Path) -> None:
    folder = home / "data" / "queue"
    folder.mkdir(parents=True)
    (folder / "damaged.json").write_text("{")

    async def play(window: Window) -> None:
        await told(window, "damaged")

    opened(play)
    assert (folder / "damaged" / "damaged.json").read_text() == "{"


class Overflowing(GaussianModel):
    """Has no room for its numbers in half precision."""

    def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
        found = super().denoised(x, at, conditioning)
        return found * torch.inf if self.dtype == torch.bfloat16 else found


def test_a_lost_picture_is_mended_with_one_click(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(dtype="bf16")
        window.create_page.controls.button.click()
        await told(window, "full precision")
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.FAILED])
        notice = window.create_page.stage.notices.shown[-1]
        click(notice.findChild(type(notice._button)))
        await until(lambda: len(pictures(home)) == 1 and not window.backlog.items)

    opened(play, library=GaussianLibrary(kind=Overflowing))
    assert read(pictures(home)[0]).request.dtype == "fp32"  # type: ignore[union-attr]


def test_a_picture_that_cannot_be_saved_stays_in_the_queue_until_it_is(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        await submitted(window, "a disc")
        await submitted(window, "another")
        await until(lambda: window.making.job is None and any("not lost" in notice for notice in notices(window)))
        await opened_panel(window)
        await until(lambda: window.queue.panel._summary.text() == "Waits until what is made can be saved")
        assert prompts(window) == ["a disc", "another"] and not window.backlog.paused
        await window.making.go_on()
        assert window.making.job is None, "the next picture would find no room either"
        (home / "pictures").unlink()
        notice = next(one for one in window.create_page.stage.notices.shown if "not lost" in one.text)
        click(notice.findChild(type(notice._button)))
        await until(lambda: len(pictures(home)) == 1 and prompts(window) == ["another"])

    opened(play, library=GaussianLibrary(step_seconds=SLOW))


@pytest.mark.parametrize("steering", [True, False])
def test_a_branch_goes_on_from_a_step_at_hand(home: Path, steering: bool) -> None:
    async def play(window: Window) -> None:
        await filled(window, "a disc", steps=12)
        window.making.toggle_pause()
        job = window.making.job
        await until(lambda: job.run.state is State.PAUSED)
        advance: Advance = await window.lane.ask(lambda: job.advance)
        from gdm_studio.engine.steps import saved_steps

        (saved,) = await window.lane.ask(lambda: saved_steps(advance, job.run.request))
        branch = saved.continued(replace(job.run.request, prompt="a calm disc"))
        window.making.continue_from(branch, saved.step, steering=steering)
        if not steering:
            await until(lambda: prompts(window) == ["a disc", "a calm disc"])
            window.viewer.look_at(1)  # looking back keeps nobody from what was asked for
            window.making.toggle_pause()
        await until(lambda: len(pictures(home)) == (1 if steering else 2) and not window.backlog.items)
        assert not any("Stopped at step" in notice for notice in notices(window))
        run = window.viewer.run
        assert run.request.prompt == "a calm disc" and run.first == advance.step.index

    opened(play, library=GaussianLibrary(step_seconds=0.05))
    branches = [path for path in pictures(home) if read(path).request.branch is not None]  # type: ignore[union-attr]
    (again,) = [event for event in generate(read(branches[0]).request, GaussianLibrary()) if isinstance(event, Result)]
    assert np.array_equal(np.asarray(Image.open(branches[0])), again.rgba)
