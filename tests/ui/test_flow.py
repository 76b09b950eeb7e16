"""The window end to end, by clicks and keys, with an exact and instant model."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Metadata, Picture, read, save
from gdm_studio.request.generation_events import Result, State
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.settings_import import RestoredRequest
from gdm_studio.ui.create.generation import notices as generation_notices
from gdm_studio.ui.create.viewer import controller as viewer_controller
from gdm_studio.ui.gallery.image_details import facts_of
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.keys import takes_letters
from gdm_studio.ui.widgets.notices import Notice
from gdm_studio.ui.window_state_file import Session
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import record_signal
from tests.helpers.window import (
    click,
    drop,
    notice_button,
    notices,
    pause_run,
    press,
    run_in_window,
    until,
    wait_for_notice,
)


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def generate(window: Window) -> None:
    click(window.create_page.controls.button)
    assert window.generation.job is not None


async def generated(window: Window, count: int = 1) -> None:
    """Click Generate and wait until the images are in the gallery."""
    # Images of an earlier window are counted by then.
    await until(lambda: window.gallery.is_scanned)
    before = window.gallery.panel_model.rowCount()
    generate(window)
    await until(lambda: window.gallery.panel_model.rowCount() >= before + count and window.generation.job is None)


def _press_again(widget: QWidget) -> None:
    """Send the second press of a double-click to a button."""
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton)


def test_a_double_click_starts_one_job_and_deletes_one_image(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: window.gallery.is_scanned)
        page = window.create_page
        click(page.controls.count.plus)
        _press_again(page.controls.count.plus)
        assert page.controls.request_draft.request.count == 3
        click(page.controls.button)
        _press_again(page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 3 and window.generation.job is None)
        button = page.gallery.details._delete_button
        deleted = record_signal(page.gallery.signals.delete)
        click(button)
        # By then, the neighbour is selected.
        await until(lambda: window.gallery.panel_model.rowCount() == 2 and len(page.gallery.grid.selected()) == 1)
        _press_again(button)
        assert len(deleted) == 1

    run_in_window(play)


@pytest.mark.everyday
def test_a_first_run_has_a_prompt_a_model_and_one_button(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.request().prompt == "a cheerful red disc"
        assert controls.request().model == "gaussian" and controls.request().steps == 8
        assert controls.button.isEnabled() and window.gallery.panel_model.rowCount() == 0

    run_in_window(play)


@pytest.mark.everyday
def test_generate_shows_every_step_and_saves_the_image(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        run = window.viewer.run
        assert run is not None and run.state is State.DONE
        assert [view.index for view in run.views[0]] == list(range(1, 9))
        (path,) = pictures(home)
        request = read(path).request
        assert request is not None and request.prompt == "a cheerful red disc"
        assert request.seed == window.create_page.controls.seed.value()
        assert np.array_equal(np.asarray(Image.open(path)), run.results[0].rgba)
        assert np.array_equal(window.create_page.canvas_panel.canvas.picture(), run.results[0].rgba)

    run_in_window(play)


def test_the_file_names_the_device_that_made_the_picture(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        # As if this device had run out of memory.
        window.generation.set_device("NVIDIA H200")
        await generated(window)
        (result,) = window.viewer.run.results
        assert result.made is not None and result.made.device.startswith("CPU")
        assert read(pictures(home)[0]).made_with["device"] == result.made.device
        pictures(home)[0].parent.rename(home / "away")
        (home / "pictures").write_text("a file where the folder should be")
        generate(window)
        await until(lambda: any("The picture is not lost" in notice for notice in notices(window)))
        await window.generation.saves.save_elsewhere(tmp_path)
        (elsewhere,) = tmp_path.glob("*.png")
        assert read(elsewhere).made_with["device"] == result.made.device

    run_in_window(play)


@pytest.mark.everyday
def test_every_run_has_a_new_seed_unless_it_is_locked_or_typed(home: Path) -> None:
    async def play(window: Window) -> None:
        seed = window.create_page.controls.seed
        seeds = []
        for _ in range(2):
            await generated(window)
            seeds.append(seed.value())
        assert seeds[0] != seeds[1]
        click(seed.lock)
        await generated(window)
        assert seed.value() == seeds[1]
        click(seed.lock)
        seed.edit.setFocus()
        seed.edit.selectAll()
        QTest.keyClicks(seed.edit, "4321")
        QTest.keyClick(seed.edit, Qt.Key.Key_Return)
        await generated(window)
        assert seed.value() == 4321
        seed.edit.selectAll()
        QTest.keyClicks(seed.edit, "987")
        # A click on the button leaves the focus in the field.
        await generated(window)
        assert seed.value() == 987
        assert {read(path).request.seed for path in pictures(home)} == {*seeds, 4321, 987}  # type: ignore[union-attr]

    run_in_window(play)


def test_enter_in_a_number_field_returns_the_keyboard_to_the_image(home: Path) -> None:
    async def play(window: Window) -> None:
        page = window.create_page
        await generated(window)
        edit = page.controls.steps.edit
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, "15")
        press(window, Qt.Key.Key_Return)
        assert window.request_draft["steps"] == 15 and QApplication.focusWidget() is page.canvas_panel
        edit.setFocus()
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert edit.hasFocus()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        edit.setFocus()
        press(window, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
        assert window.sets.on and QApplication.focusWidget() is page.set_view
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        page.canvas_panel.setFocus()
        window.viewer.show_step(2)
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)

    run_in_window(play)


def test_escape_in_a_number_field_stops_no_paused_run(home: Path) -> None:
    async def play(window: Window) -> None:
        page = window.create_page
        run = await pause_run(window)
        edit = page.controls.guidance.edit
        edit.setFocus()
        assert edit.hasFocus()
        press(window, Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is page.canvas_panel and run.state is State.PAUSED
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.generation.job is None)
        click(page.controls.button)
        edit.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert window.generation.job.cancelled

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


@pytest.mark.everyday
def test_stop_takes_effect_within_a_step_and_its_image_can_be_saved(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=60)
        generate(window)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.steps_done >= 2)
        click(window.create_page.controls.button)
        made = run.steps_done
        assert "Stopping" in window.create_page.controls.button.text()
        await until(lambda: window.generation.job is None)
        assert run.state is State.STOPPED and run.steps_done <= made + 1
        assert not pictures(home)
        await wait_for_notice(window, "Stopped at step")
        window.create_page.canvas_panel.bar.keep_clicked.emit()
        await until(lambda: pictures(home))
        assert read(pictures(home)[0]).stopped_at == run.steps_done

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


@pytest.mark.everyday
def test_space_pauses_and_resumes_and_right_makes_one_step(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=30)
        generate(window)
        run = window.viewer.run
        assert run is not None
        window.create_page.canvas_panel.canvas.setFocus()
        await until(lambda: run.steps_done >= 1)
        press(window, Qt.Key.Key_Space)
        await until(lambda: run.state is State.PAUSED)
        made = run.steps_done
        press(window, Qt.Key.Key_Right)
        await until(lambda: run.steps_done == made + 1 and run.state is State.PAUSED)
        await until(lambda: all(view.decoded for view in run.views[0]) and window.viewer.view() is run.views[0][-1])
        press(window, Qt.Key.Key_Left)
        assert not window.viewer.live and window.viewer.view() is run.views[0][-2]
        press(window, Qt.Key.Key_Right)
        assert window.viewer.live and window.viewer.view() is run.views[0][-1]
        press(window, Qt.Key.Key_Space)
        await until(lambda: run.state is State.DONE)
        await until(lambda: pictures(home))

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_space_pauses_a_run_started_from_the_prompt_without_typing(home: Path) -> None:
    async def play(window: Window) -> None:
        prompt = window.create_page.controls.prompt
        prompt.set_text("a calm disc")
        prompt.setFocus()
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.viewer.view() is not None)
        press(window, Qt.Key.Key_Space)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state is State.PAUSED)
        assert prompt.text() == "a calm disc"

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))


def test_saving_is_offered_only_for_the_image_on_the_canvas(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, keep = window.create_page.controls, window.create_page.canvas_panel.bar._keep_button
        await generated(window)
        earlier = window.gallery.panel_model.picture(0)
        controls.request_draft.change(steps=60)
        library.step_seconds = 0.05
        generate(window)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 2)
        controls.stop.emit()
        await until(keep.isVisible)
        window.create_page.gallery.grid.select(earlier.id)
        await until(lambda: window.steps.loaded_steps.history() is not None)
        assert not keep.isVisible()
        press(window, Qt.Key.Key_K)
        window.viewer.go_live()
        assert keep.isVisible() and window.viewer.on_canvas is run
        window.viewer.show_image(np.zeros((8, 8, 4), np.uint8), "Start picture", "")
        assert not keep.isVisible() and len(pictures(home)) == 1
        window.viewer.go_live()
        assert np.array_equal(window.create_page.canvas_panel.canvas.picture(), window.viewer.view().predicted)

    library = GaussianLibrary()
    run_in_window(play, library=library)


def test_typing_goes_on_in_the_prompt_after_ctrl_enter(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        editor = controls.prompt.editor
        editor.setFocus()
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.viewer.view() is not None)
        assert editor.hasFocus()
        # A click on the button gives the keys to the run.
        await until(lambda: window.generation.job is None)
        click(controls.button)
        await until(lambda: window.create_page.canvas_panel.hasFocus())

    run_in_window(play)


def test_a_new_run_withdraws_the_offer_to_save_the_last_image(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.button)
        await until(lambda: window.viewer.view() is not None)
        for prompt in ("the next one", controls.request().prompt):
            controls.request_draft.change(prompt=prompt)
            controls.prompt.editor.setFocus()
            press(window, Qt.Key.Key_Escape)
            assert window.create_page.canvas_panel.hasFocus()
            assert window.generation.job.cancelled == (prompt != "the next one")
        await wait_for_notice(window, "Stopped at step")
        click(controls.button)
        await until(lambda: window.generation.job is not None)
        await until(lambda: not any("Stopped at step" in notice for notice in notices(window)))

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))


@pytest.mark.parametrize("page", ["create", "gallery"])
def test_the_offer_to_save_a_stopped_image_lasts(home: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def titles(window: Window) -> list[str]:
        return [notice.title for notice in window.findChildren(Notice) if notice.isVisible()]

    async def play(window: Window) -> None:
        monkeypatch.setattr("gdm_studio.ui.notifier.OFFER_SECONDS", 0.01)
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.view() is not None)
        window.open_page(page)
        click(window.top.jobs.stop)
        await until(lambda: titles(window))
        assert "Stopped at step" in titles(window)[0]
        window.notify("Deleted", action="Undo")
        await until(lambda: "Deleted" not in titles(window))
        for other in ("compare", "gallery", "create"):
            window.open_page(other)
        assert "Stopped at step" in titles(window)[0]
        # A later picture is not covered for long, but the offer is not lost.
        monkeypatch.setattr("gdm_studio.ui.notifier.ERROR_SECONDS", 0.01)
        window.notify("Stopped for a moment", lasts=True)
        await until(lambda: not titles(window))
        assert window.top.unread.accessibleName().startswith("2 unread notice")
        click(window.top.unread)
        assert "Stopped at step" in titles(window)[0]
        # The button below the picture keeps it too.
        window.create_page.canvas_panel.bar.keep_clicked.emit()
        assert not titles(window)
        await until(lambda: pictures(home))

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))


def test_viewing_earlier_steps_does_not_stop_the_run_and_end_returns(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=60)
        generate(window)
        run = window.viewer.run
        assert run is not None
        window.create_page.canvas_panel.canvas.setFocus()
        await until(lambda: run.steps_done >= 3)
        press(window, Qt.Key.Key_Home)
        made = run.steps_done
        assert window.viewer.view() is run.views[0][0]
        # There is no step before the first.
        for key, index in ((Qt.Key.Key_Left, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0)):
            press(window, key)
            assert window.viewer.view() is run.views[0][index] and not window.viewer.live
        await until(lambda: run.steps_done >= made + 2)
        assert window.viewer.view() is run.views[0][0]
        press(window, Qt.Key.Key_End)
        await until(lambda: window.generation.job is None)
        await until(lambda: window.viewer.live and window.viewer.view() is run.views[0][-1])

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_the_next_run_does_not_replace_a_step_that_the_user_looks_back_at(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=20)
        generate(window)
        run = window.viewer.run
        assert run is not None
        window.generation.generate()
        await until(lambda: len(window.backlog.items) == 2 and run.steps_done >= 3)
        window.create_page.canvas_panel.canvas.setFocus()
        press(window, Qt.Key.Key_Home)
        # On a busy machine, its exact preview comes later.
        await until(lambda: run.views[0][0].decoded)
        canvas = window.create_page.canvas_panel.canvas
        await until(lambda: np.array_equal(canvas.picture(), run.views[0][0].predicted))
        shown = canvas.picture()
        await until(lambda: (job := window.generation.job) and job.run is not run and job.run.steps_done >= 2)
        assert window.viewer.run is run and window.viewer.view() is run.views[0][0]
        assert np.array_equal(canvas.picture(), shown)
        press(window, Qt.Key.Key_End)
        assert window.viewer.run is window.generation.job.run and window.viewer.live

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def read_late(window: Window, monkeypatch: pytest.MonkeyPatch, only: Picture | None = None) -> asyncio.Event:
    """Let the gallery read the pixels of its images, or of one, only while the returned event is set."""
    read_pixels, may_read = window.gallery.pixels_unless_deleted, asyncio.Event()

    async def read(picture: Picture) -> np.ndarray | None:
        if only in (None, picture):
            await may_read.wait()
        return await read_pixels(picture)

    monkeypatch.setattr(window.gallery, "pixels_unless_deleted", read)
    return may_read


def test_an_image_that_is_read_late_replaces_no_newer_view(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        await generated(window)
        first, grid = window.gallery.panel_model.picture(0), window.create_page.gallery.grid
        await generated(window)
        may_read = read_late(window, monkeypatch)

        async def choose_first() -> None:
            may_read.clear()
            grid.select(first.id)
            await until(lambda: window.viewer.awaited_choice is not None)

        await choose_first()
        await generated(window)
        may_read.set()
        await asyncio.sleep(0.05)
        assert window.viewer.shows_run and grid.current().id == window.viewer.picture_id() != first.id
        # A run that starts by itself leaves the canvas to the image.
        library.step_seconds = 1.0
        generate(window)
        run = window.generation.job.run
        window.generation.generate()
        await until(lambda: len(window.backlog.waiting) == 1 and run.steps_done > 0)
        await choose_first()
        window.generation.stop()
        await until(lambda: (job := window.generation.job) and job.run is not run)
        assert window.viewer.run is run
        may_read.set()
        await until(lambda: not window.viewer.shows_run)
        assert grid.current() is not None and grid.current().id == first.id
        library.hurry()

    run_in_window(play, library=library)


def test_steps_that_are_read_late_do_not_replace_a_newer_choice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        for _ in range(2):
            await generated(window)
        steps, model, start = window.steps.loaded_steps, window.gallery.panel_model, window.tasks.start
        newer, older = (model.picture(row) for row in range(2))
        load, loading, may_load = steps.load_history, asyncio.Event(), asyncio.Event()

        async def load_late(*args: Any, **options: Any) -> Any:
            history = await load(*args, **options)
            loading.set()
            await may_load.wait()
            return history

        monkeypatch.setattr(steps, "load_history", load_late)
        may_read = read_late(window, monkeypatch, newer)
        first = start(steps.show(older))
        await loading.wait()
        second = start(steps.show(newer))
        await until(lambda: window.viewer.awaited_choice)
        may_load.set()
        await first
        may_read.set()
        await second
        history = steps.history()
        assert history is not None and history.run.request.seed == newer.request.seed != older.request.seed

    run_in_window(play)


def test_an_earlier_step_stays_shown_with_the_details_of_its_image(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=40, count=2, batch=1)
        generate(window)
        run, details = window.viewer.run, window.create_page.gallery.details
        assert run is not None
        window.create_page.canvas_panel.canvas.setFocus()
        for image in (0, 1):
            await until(lambda image=image: len(run.views[image]) >= 3 and window.viewer.image == image)
            press(window, Qt.Key.Key_Home)
            await until(lambda image=image: details.isVisible() and details.picture().id == run.kept.get(image))
            await until(lambda image=image: window.generation.job is None or any(map(len, run.views[image + 1 :])))
            assert window.viewer.view() is run.views[image][0]
            press(window, Qt.Key.Key_End)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))


def test_a_finished_picture_of_a_batch_shows_its_own_steps(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=3)
        await generated(window, 3)
        run = window.viewer.run
        assert run is not None and len(pictures(home)) == 3
        second = next(path for path in pictures(home) if read(path).request.seed == run.request.seed + 1)
        picture = next(p for p in map(window.gallery.panel_model.picture, range(3)) if p.path == second)
        grid = window.create_page.gallery.grid
        # The newest image is selected when it is listed; an earlier selection would be replaced.
        await until(lambda: grid.current() is not None and grid.current().id == run.kept[2])
        grid.select(picture.id)
        await until(lambda: window.viewer.view() is run.views[1][-1])
        assert window.viewer.seed() == run.request.seed + 1

    run_in_window(play)


def test_the_gallery_marks_no_other_image_during_a_run(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        panel = window.create_page.gallery
        first = panel.grid.current()
        assert first is not None and panel.details.isVisible()
        window.create_page.controls.button.click()
        await until(lambda: window.generation.job is not None)
        assert panel.grid.current() is None and not panel.grid.selected() and not panel.details.isVisible()
        await until(lambda: window.generation.job is None and panel.grid.current() is not None)
        newest = panel.grid.current()
        assert newest is not None and newest.id != first.id and panel.details.picture() is newest

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


@pytest.mark.everyday
def test_a_dropped_image_restores_its_settings_and_is_reproduced(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (path,) = pictures(home)
        first = np.asarray(Image.open(path))
        controls = window.create_page.controls
        controls.prompt.set_text("something else")
        await generated(window)
        drop(window, path)
        await until(lambda: controls.request().prompt == "a cheerful red disc")
        await wait_for_notice(window, "restored")
        undo = notice_button(window, "Undo")
        assert undo is not None
        click(undo)
        await until(lambda: controls.request().prompt == "something else")
        drop(window, path)
        await until(lambda: controls.request().prompt == "a cheerful red disc")
        await generated(window)
        newest = window.gallery.panel_model.picture(0).path
        assert newest != path and np.array_equal(np.asarray(Image.open(newest)), first)
        chunks = PngInfo()
        settings = "Steps: 5, Sampler: Euler, CFG scale: 2, Seed: 9, Size: 128x128, Model: gaussian"
        chunks.add_text("parameters", f"a foreign disc\n{settings}")
        Image.new("RGB", (128, 128)).save(home / "foreign.png", pnginfo=chunks)
        drop(window, home / "foreign.png")
        await wait_for_notice(window, "Generate makes a similar picture; another program made this one.")

    run_in_window(play)


def test_settings_that_are_used_while_a_dropped_image_is_read_stay(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_reading, may_read = threading.Event(), threading.Event()
    request = Request(model="gaussian", prompt="dropped", size=(128, 128))
    path = save(Result(0, request, np.zeros((128, 128, 4), np.uint8)), tmp_path).path

    async def play(window: Window) -> None:
        restorer = window.settings_restorer
        restored = restorer.restored

        def read_late(metadata: Metadata) -> RestoredRequest:
            is_reading.set()
            may_read.wait(60)
            return restored(metadata)

        monkeypatch.setattr(restorer, "restored", read_late)
        restoring = window.tasks.start(restorer.restore_from(path))
        await until(is_reading.is_set)
        restorer.use_request(replace(request, prompt="used"))
        may_read.set()
        await restoring
        assert window.request_draft["prompt"] == "used"

    run_in_window(play)


def test_a_dropped_image_of_another_model_lists_unused_settings(home: Path, tmp_path: Path) -> None:
    request = Request(model="elsewhere", style="noto", prompt="a green disc", steps=5, size=(64, 64))
    picture = save(Result(0, request, np.zeros((64, 64, 4), np.uint8)), tmp_path)

    async def play(window: Window) -> None:
        drop(window, picture.path)
        await until(lambda: window.create_page.controls.request().prompt == "a green disc")
        assert window.create_page.controls.request().steps == 5
        assert window.settings.unusable_fields(request) == {"model", "style", "size"}
        await wait_for_notice(window, "Not used: model, style, size")
        await generated(window)

    run_in_window(play)


def test_a_dropped_image_without_settings_becomes_the_start_image(home: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (8, 8)).save(plain)

    async def play(window: Window) -> None:
        drop(window, plain)
        await wait_for_notice(window, "The file has no settings")
        assert window.create_page.controls.request().image

    run_in_window(play)


@pytest.mark.everyday
def test_an_error_is_shown_as_a_notice_and_the_window_keeps_working(home: Path) -> None:
    class Broken(GaussianLibrary):
        broken = False

        def load(self, name, *, device, dtype):  # type: ignore[no-untyped-def]
            if self.broken:
                self.card("gone")
            return super().load(name, device=device, dtype=dtype)

    library = Broken()

    async def play(window: Window) -> None:
        library.broken = True
        generate(window)
        await until(lambda: window.generation.job is None)
        await wait_for_notice(window, "There is no model called 'gone'")
        window.resize(872, 600)
        area, (error,) = window.create_page.canvas_panel, window.create_page.canvas_panel.notices.shown
        window.notify("Exported", "word " * 99, kind="success")
        success = area.notices.shown[1]
        await until(lambda: error.geometry() == success.geometry())
        assert error.isAncestorOf(area.childAt(error.geometry().center())), "an error is in front"
        # A notice that is read is in front of all.
        success._more_button.setFocus()
        press(window, Qt.Key.Key_Space)
        for _ in range(2):
            window.notify("Deleted")
            assert success.isVisible() and success.has_focus() and success is area.childAt(success.pos() + QPoint(9, 9))
        success.dismiss()
        library.broken = False
        await generated(window)
        assert len(pictures(home)) == 1

    run_in_window(play, library=library)


def test_images_are_saved_when_the_disk_returns_and_the_notice_is_removed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_notices, "RETRY_MS", 20)
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await wait_for_notice(window, "The picture is not lost")
        assert window.generation.saves.is_blocked
        (home / "pictures").unlink()
        await until(lambda: len(pictures(home)) == 1 and not window.generation.saves.is_blocked)
        await until(lambda: not any("The picture is not lost" in notice for notice in notices(window)))

    run_in_window(play)


def test_a_folder_that_cannot_be_written_loses_no_image(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await wait_for_notice(window, "The picture is not lost")
        # Both buttons leave the image unsaved.
        for close_tip in ("Try again", "Save elsewhere…", "Try again"):
            await until(lambda close_tip=close_tip: notice_button(window, close_tip))
            if close_tip == "Try again":
                click(notice_button(window, close_tip))  # type: ignore[arg-type]
            else:
                # Like cancelling the folder dialog.
                await window.generation.saves.save_again()
        await until(lambda: notice_button(window, "Save elsewhere…"))
        (home / "pictures").unlink()
        await window.generation.saves.save_again()
        await until(lambda: len(pictures(home)) == 1)

    run_in_window(play)


def test_a_run_that_waits_for_an_unsaved_image_says_so(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await wait_for_notice(window, "The picture is not lost")
        await until(lambda: window.generation.job is None)
        for notice in list(window.create_page.canvas_panel.notices.shown):
            click(notice._close_button)
        await asyncio.sleep(0)
        assert not any("The picture is not lost" in notice for notice in notices(window))
        generate(window)
        await wait_for_notice(window, "The picture is not lost")
        (home / "pictures").unlink()
        await until(lambda: notice_button(window, "Try again"))
        click(notice_button(window, "Try again"))  # type: ignore[arg-type]
        await until(lambda: len(pictures(home)) == 2 and window.generation.job is None)

    run_in_window(play)


def test_a_picture_that_could_not_be_saved_is_saved_on_closing(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await until(lambda: window.generation.job is None)
        (home / "pictures").unlink()

    run_in_window(play)
    assert len(pictures(home)) == 1


@pytest.mark.everyday
def test_deleting_can_be_undone(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        picture = window.gallery.panel_model.picture(0)
        window.create_page.gallery.signals.delete.emit([picture.id])
        await until(lambda: window.gallery.panel_model.rowCount() == 0)
        assert not picture.path.exists()
        window.create_page.gallery.grid.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and picture.path.exists())

    run_in_window(play)


def test_a_picture_deleted_while_it_is_opened_is_no_error(home: Path) -> None:
    async def play(window: Window) -> None:
        for _ in range(2):
            await generated(window)
        await until(lambda: window.gallery.panel_model.rowCount() == 2)
        deleted, damaged = map(window.gallery.panel_model.picture, range(2))
        await window.gallery.commands.delete([deleted.id])
        await window.steps.loaded_steps.show(deleted)
        damaged.path.write_bytes(b"no picture")
        with pytest.raises(StorageError, match="is damaged"):
            await window.steps.loaded_steps.show(damaged)

    run_in_window(play)


@pytest.mark.everyday
def test_window_state_is_restored(home: Path) -> None:
    async def first(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a calm blue disc")
        controls.request_draft.change(steps=5)
        click(controls.seed.lock)
        window.gallery_page.set_look(160, oldest_first=True)
        window.resize(window.width(), 700)

    async def second(window: Window) -> None:
        request = window.create_page.controls.request()
        assert (request.prompt, request.steps) == ("a calm blue disc", 5)
        assert window.create_page.controls.seed.lock.isChecked()
        assert window.height() == 700
        assert window.gallery_page.search.cell() == 160 and window.gallery.page_model.is_oldest_first()

    run_in_window(first)
    run_in_window(second)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"geometry": 3}', '{"request": {"steps": -1}}'])
def test_damaged_state_gives_the_defaults(home: Path, damage: str) -> None:
    (home / "data").mkdir()
    (home / "data" / "window.json").write_text(damage)

    async def play(window: Window) -> None:
        assert window.create_page.controls.request().prompt == "a cheerful red disc"

    run_in_window(play)
    assert json.loads((home / "data" / "window.json").read_text())["request"]["steps"] == 8


def test_the_window_closes_if_its_state_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "data").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        generate(window)
        await until(lambda: window.generation.job is None)

    run_in_window(play)
    assert "data is a file, not a folder" in capsys.readouterr().err


@pytest.mark.everyday
def test_closing_during_a_run_saves_finished_images(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=2)
        window.create_page.controls.request_draft.change(batch=1)
        generate(window)
        run = window.viewer.run
        assert run is not None
        await until(lambda: len(run.results) == 1 and len(run.views[1]) >= 1)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.2))
    assert len(pictures(home)) == 1


def test_a_short_run_can_be_replayed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        # A clock that goes on at each look, however busy the machine is, and passes each of the eight steps.
        monkeypatch.setattr(viewer_controller, "PLAY_SECONDS", (0.4, 0.4))
        ticks = count(step=0.04)
        clock = SimpleNamespace(perf_counter=lambda: next(ticks))
        monkeypatch.setattr("gdm_studio.ui.create.viewer.controller.time", clock)
        window.create_page.canvas_panel.canvas.setFocus()
        seen = []
        turn_to = window.viewer._turn_to
        monkeypatch.setattr(window.viewer, "_turn_to", lambda index: (seen.append(index), turn_to(index)))
        press(window, Qt.Key.Key_R)
        await until(lambda: window.viewer.is_playing)
        await until(lambda: not window.viewer.is_playing)
        assert sorted(set(seen)) == list(range(1, 9)) and seen[:8] == sorted(seen[:8])
        assert window.viewer.live

    run_in_window(play)


def test_a_second_replay_request_restarts_the_replay(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # No replay ends by itself before the test has looked, on a busy machine either.
    monkeypatch.setattr(viewer_controller, "PLAY_SECONDS", (10.0, 10.0))

    async def play(window: Window) -> None:
        await generated(window)
        first = window.tasks.start(window.viewer.replay())
        await until(lambda: not window.viewer.live)
        second = window.tasks.start(window.viewer.replay())
        await first
        assert not second.done() and not window.viewer.live and window.viewer.view().index < 8
        window.viewer.go_live()
        while not second.done():
            assert window.viewer.live, "the replay continues"
            await asyncio.sleep(0.01)
        assert window.viewer.live

    run_in_window(play)


def test_keys_switch_pages_and_focus_the_search(home: Path) -> None:
    async def play(window: Window) -> None:
        press(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.currentWidget() is window.models_page
        press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.currentWidget() is window.create_page
        window.create_page.canvas_panel.canvas.setFocus()
        press(window, Qt.Key.Key_Slash)
        assert QApplication.focusWidget() is window.create_page.gallery.search

    run_in_window(play)


def test_letters_are_commands_only_beside_the_picture(home: Path) -> None:
    """A letter that was meant for a text field changes no setting and the picture neither."""

    async def play(window: Window) -> None:
        controls, canvas_panel = window.create_page.controls, window.create_page.canvas_panel
        await generated(window)
        await until(canvas_panel.tools.isVisible)
        before = controls.request()
        for box in (controls.sampler_box, controls.steps.track):
            box.setFocus()
            for key in (Qt.Key.Key_H, Qt.Key.Key_N, Qt.Key.Key_B):
                press(window, key)
        focused = window.focusWidget()
        assert focused is not None
        focused.clearFocus()
        QTest.keyClick(window, Qt.Key.Key_N)
        assert canvas_panel.mode() == "" and controls.request() == before and not notices(window)
        canvas_panel.setFocus()
        # A letter after a click beside a field was meant for the field.
        QTest.mouseClick(controls._column, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
        assert not takes_letters(window.focusWidget())
        press(window, Qt.Key.Key_N)
        await asyncio.sleep(0.05)
        assert canvas_panel.mode() == "" and controls.request() == before and not notices(window)
        canvas_panel.setFocus()
        press(window, Qt.Key.Key_N)
        await until(lambda: canvas_panel.mode() == "noise")
        press(window, Qt.Key.Key_Escape)
        window.create_page.gallery.grid.setFocus()
        press(window, Qt.Key.Key_M)
        await until(lambda: canvas_panel.mode() == "mask")

    run_in_window(play)


def test_a_picture_can_be_dropped_on_any_field(home: Path, tmp_path: Path) -> None:
    request = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128))
    picture = save(Result(0, request, np.zeros((128, 128, 4), np.uint8)), tmp_path)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        search = window.create_page.gallery.search
        for field in (controls.prompt.editor.viewport(), controls.steps.edit, search):
            controls.request_draft.change(prompt="a red disc", steps=8)
            drop(window, picture.path, on=field)
            await until(lambda: controls.request().prompt == "a green disc")
            assert controls.request().steps == 5 and not search.text()

    run_in_window(play)


def test_settings_of_a_stopped_image_resume_it_in_its_precision(home: Path, tmp_path: Path) -> None:
    request = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128), dtype="bf16")
    picture = save(Result(0, request, np.zeros((128, 128, 4), np.uint8), stopped_at=3), tmp_path)

    async def play(window: Window) -> None:
        drop(window, picture.path)
        await until(lambda: window.create_page.controls.request().dtype == "bf16")
        await wait_for_notice(window, "Generate continues it to its end.")

    run_in_window(play)


def test_the_device_is_remembered_and_the_view_mode_is_reset(home: Path) -> None:
    async def first(window: Window) -> None:
        window.create_page.controls.request_draft.change(device="cpu")
        window.viewer.set_view_mode("noisy")
        await generated(window)

    async def second(window: Window) -> None:
        assert window.create_page.controls.request().device == "cpu"
        assert window.viewer.view_mode == "predicted"
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        await generated(window)
        run = window.viewer.run
        assert run is not None and run.request.device == "cpu"
        shown, result = window.create_page.canvas_panel.canvas.picture, run.results[0].rgba
        await until(lambda: np.array_equal(shown(), result))

    run_in_window(first)
    run_in_window(second)


@pytest.mark.slow
def test_closing_before_devices_are_detected_keeps_the_chosen_device(home: Path) -> None:
    (home / "data").mkdir()
    remembered = Session(request=Request(model="gaussian", device="cuda:3"))
    remembered.save(home / "data")

    async def play() -> None:
        window = Window(app.findChild(Theme) or Theme(app), GaussianLibrary())
        window.show()
        await window.painted.wait()
        window.start()
        window.close()
        await window.closed.wait()
        window.deleteLater()

    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    with event_loop(app) as loop:
        loop.run_until_complete(play())
    kept = Session.load(home / "data").request
    assert kept is not None and kept.device == "cuda:3"


def test_each_notice_restores_its_own_images(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=3)
        await generated(window, 3)
        model = window.gallery.panel_model
        one, *two = [model.picture(row) for row in range(3)]
        for pictures in ([one], two):
            left = model.rowCount() - len(pictures)
            window.create_page.gallery.signals.delete.emit([picture.id for picture in pictures])
            await until(lambda left=left: model.rowCount() == left)
        shown = window.create_page.canvas_panel.notices.shown
        await until(lambda: [notice.title for notice in shown] == ["Picture deleted", "2 pictures deleted"])
        click(shown[0]._button)
        await until(lambda: model.rowCount() == 1)
        assert model.picture(0).id == one.id and not any(picture.path.exists() for picture in two)
        window.create_page.gallery.grid.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: all(picture.path.exists() for picture in (one, *two)))
        await until(lambda: not any("deleted" in notice for notice in notices(window)))

    run_in_window(play)


def test_a_retouched_picture_is_shown_and_not_deleted_with_the_original(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window, 1)
        model = window.gallery.panel_model
        original = model.picture(0)
        info = PngInfo()
        with Image.open(original.path) as image:
            for keyword, value in image.text.items():
                info.add_text(keyword, value)
            changed = Image.eval(image, lambda level: 255 - level)
        retouched = original.path.with_name("my hour of retouching.png")
        changed.save(retouched, pnginfo=info)
        original.path.with_name("copy.png").write_bytes(original.path.read_bytes())
        await window.gallery.scan()
        await until(lambda: model.rowCount() == 2)
        window.create_page.gallery.signals.delete.emit([original.id])
        await until(lambda: any("Picture deleted (2 files)" in notice for notice in notices(window)))
        await until(lambda: model.rowCount() == 1 and model.picture(0) is not None)
        assert model.picture(0).path == retouched and not original.path.exists()
        assert ("Edited", "in another program") in facts_of(model.picture(0))
        page = window.gallery_page
        window.open_page("gallery")
        await until(
            lambda: window.gallery.page_model.rowCount() == 1 and window.gallery.page_model.picture(0) is not None
        )
        page.select(model.picture(0).id)
        await until(lambda: page.side._original.isVisible())
        assert page.side._original._button.text() == "not in the gallery"

    run_in_window(play)
    assert [path.name for path in pictures(home)] == ["my hour of retouching.png"]
    trash = home / "share" / "Trash" / "files"
    assert "my hour of retouching.png" not in [path.name for path in trash.glob("*")]


def test_a_search_is_unchanged_by_new_images(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        model, found = window.gallery.panel_model, window.gallery.panel_model.picture(0)
        model.set_query("cheerful")
        await until(lambda: not model.is_waiting())
        window.create_page.gallery.grid.select(found.id)
        resets = []
        model.modelReset.connect(lambda: resets.append(True))
        generate(window)
        await until(lambda: model.rowCount() == 2 and window.generation.job is None)
        window.create_page.controls.prompt.set_text("something else")
        generate(window)
        await until(lambda: len(pictures(home)) == 3 and window.generation.job is None)
        # Queued behind all other disk tasks.
        await window.gallery.save_session(Session(), home / "data")
        assert model.rowCount() == 2 and not resets

    run_in_window(play)
