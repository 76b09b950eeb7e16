"""Set mode in the window: a list becomes one job, one board, and one collection of the gallery."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.gallery import Gallery, Picture, read
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_events import Result, State
from gdm_studio.request.generation_request import Request
from gdm_studio.request.regions import Region
from gdm_studio.ui.create.board.board_collections import BoardSaver
from gdm_studio.ui.create.panel.subject_list_editor import subjects_of
from gdm_studio.ui.gallery.service import GalleryService
from gdm_studio.ui.gallery.sidebar import PLACE, Sidebar, SidebarEntry, search_of
from gdm_studio.ui.gallery.sidebar_controller import SidebarController
from gdm_studio.ui.shell.palette import Palette
from gdm_studio.ui.shell.window import Window
from tests.helpers import gaussian_model
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("fox\nowl\n\nred apple", ["fox", "owl", "red apple"]),
        ("fox, owl , a red apple,", ["fox", "owl", "a red apple"]),
        ("sun, moon\nrain cloud; fog,\n", ["sun", "moon", "rain cloud", "fog"]),
        ("- fox\n* owl\n3. star\n4) 2 cats", ["fox", "owl", "star", "2 cats"]),
        ("Fox\nowl\nfox\nOWL", ["Fox", "owl"]),
        (" \n ", []),
    ],
)
def test_things_are_read_from_lines_commas_and_bullets(text: str, things: list[str]) -> None:
    assert subjects_of(text) == things


def members() -> set[str]:
    """Return the prompts of the images in the newest collection."""
    gallery = Gallery.open()
    name = gallery.collections.all()[0].name
    return {picture.request.prompt for picture in gallery.page(f'collection:"{name}"') if picture.request}


def cells(window: Window) -> list[tuple[Request, Result | None]]:
    """Return the request and the result of each cell of the set."""
    board = window.sets.board
    if board is None:
        return []
    return [(request, board.result(place)) for place, request in enumerate(board.requests) if request is not None]


def results(window: Window) -> list[Result]:
    """Return the finished results of the set."""
    return [result for _, result in cells(window) if result is not None]


def things(window: Window) -> list[str]:
    """Return what the cells of the set show."""
    assert len(window.create_page.set_view.cells) == len(cells(window))
    return [request.prompt for request, _ in cells(window)]


async def generate_set(window: Window, things: str = "fox\nowl\nstar") -> None:
    """Turn set mode on and generate a set from a list."""
    click(window.create_page.controls.modes.set)
    window.create_page.controls.things.set_text(things)
    click(window.create_page.controls.button)
    assert window.sets.job is not None
    await until(lambda: window.create_page.set_view._gallery.isEnabled())


def test_a_list_becomes_one_job_of_images_in_one_style(home: Path) -> None:
    async def play(window: Window) -> None:
        view, controls = window.create_page.set_view, window.create_page.controls
        assert not view.isVisible()
        await generate_set(window)
        assert view.isVisible() and not controls.prompt.isVisible()
        requests = [result.request for result in results(window)]
        assert [request.prompt for request in requests] == ["fox", "owl", "star"]
        first = requests[0].seed
        assert [request.seed for request in requests] == [first, first + 1, first + 2]
        # Set mode has chosen a style, because a set needs one.
        assert {request.style for request in requests} == {"plain"}
        # A member shows the thing alone, but the next single picture is drawn as before.
        assert {request.plain_icon for request in requests} == {True}
        assert not controls.request_draft.request.plain_icon
        assert len(pictures(home)) == 3 and view.name.text() == window.sets.collection == "Fox, owl, star"
        controls.request_draft.change(steps=2)
        click(controls.button)
        await until(lambda: window.sets.job is None and view.name.text() == "Fox, owl, star 2")

    run_in_window(play)


def test_the_first_pictures_of_a_set_are_typical_and_redrawn_ones_vary(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        default = draft.default("temperature")
        await generate_set(window)
        assert [request.temperature for request, _ in cells(window)] == [round(default / 3, 2)] * 3
        assert draft.request.temperature == default
        # The panel says which temperature the set has.
        row = window.create_page.controls.temperature
        assert row.hint.text() == f"{default / 3:.2g} in a new set" and not row.offer_button.isVisibleTo(row)
        window.modes.turn_set(False)
        assert not row.hint.isVisibleTo(row)
        window.modes.turn_set(True)
        seeds = [request.seed for request, _ in cells(window)]
        window.sets.redo([1])
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        assert [request.temperature for request, _ in cells(window)][1] == default
        assert [request.seed for request, _ in cells(window)][1] not in seeds
        # The window says so on the button, in the cell and in the notice.
        view, said = window.create_page.set_view, f"temperature {default:g}"
        view.area.select([1])
        assert said in view._redo.toolTip() and said in view.notices.shown[-1].text
        assert [said in cell.accessibleName() for cell in view.cells] == [False, True, False]
        # A temperature that was chosen applies to the whole set.
        draft.change(temperature=0.9)
        assert not row.hint.isVisibleTo(row)
        window.create_page.controls.things.set_text("moon\nsun")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and len(results(window)) == 2)
        assert [request.temperature for request, _ in cells(window)] == [0.9] * 2

    run_in_window(play)


def test_a_region_of_one_picture_is_not_drawn_in_every_member(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        draft.change(regions=(Region("a hat", (0.0, 0.0, 0.5, 1.0)),))
        await generate_set(window)
        assert [request.regions for request, _ in cells(window)] == [()] * 3
        assert len(draft.request.regions) == 1

    run_in_window(play)


@pytest.mark.parametrize("width", [1024, 1366])
def test_the_state_of_a_set_is_not_cut_off(home: Path, width: int) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        window.resize(width, 700)
        await generate_set(window)
        view.set_state(running=False, saved=True, finished=3, note="drawn with Icons Fast")
        words = "3 pictures · in the gallery · drawn with Icons Fast"
        await until(lambda: view._words.shown() == words)
        assert view.name.width() > 250
        # The last step of the work has a label in every width.
        assert view._export.text().strip() == "Export set…"
        # A narrow view has two rows, and shows fewer labels there.
        assert (view._export.y() > view._redo.y()) == (width == 1024)
        # A label of another language may be longer than there is room.
        view._labels[view._redo] *= 3
        view._show_labels()
        buttons = view._bar.findChildren(QPushButton)
        if width > 1024:
            await until(lambda: all(button.width() >= button.sizeHint().width() for button in buttons))

    run_in_window(play)


def test_a_set_is_a_named_collection_in_the_gallery(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        await generate_set(window)
        view.name.setText("Forest")
        view.name.editingFinished.emit()
        await until(lambda: window.sets.collection == "Forest")
        click(view._gallery)
        page = window.gallery_page
        await until(
            lambda: window.gallery.page_model.rowCount() == 3 and page.sidebar.choice() == 'collection:"Forest"'
        )
        window.create_page.controls.modes.set_toggled.emit(False)
        window.open_page("create")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4)
        # The collection is still open and does not contain the new image.
        assert window.gallery.page_model.rowCount() == 3

    run_in_window(play)
    kept = {read(path).request.prompt for path in pictures(home)}  # type: ignore[union-attr]
    assert kept == {"fox", "owl", "star", "a cheerful red disc"}
    (collection,) = Gallery.open().collections.all()
    assert (collection.name, collection.count) == ("Forest", 3)


def test_one_image_is_generated_again_with_another_seed(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        await generate_set(window)
        before = cells(window)
        click(view.cells[1])
        beside = window.create_page.gallery.grid.current()
        assert beside is not None and beside.request.prompt == "owl" and window.sets.on
        press(window, Qt.Key.Key_R)
        assert window.sets.job is not None
        await until(lambda: window.sets.job is None)
        after = cells(window)
        assert after[0] == before[0] and after[2] == before[2]
        (first, earlier), (again, later), (last, _) = before[1], after[1], before[2]
        assert again.prompt == first.prompt == "owl" and again.seed == last.seed + 1
        assert earlier is not None and later is not None
        assert not np.array_equal(later.rgba, earlier.rgba)
        act(window, "Undo")
        await until(lambda: cells(window) == before)
        await until(lambda: members() == {"fox", "owl", "star"})
        # Generated images stay in the gallery.
        await until(lambda: len(pictures(home)) == 4)

    run_in_window(play)


def test_a_removed_image_and_a_cleared_set_can_be_restored(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        listed = window.create_page.controls.things.things
        await generate_set(window)
        click(view.cells[0])
        press(window, Qt.Key.Key_Delete)
        assert things(window) == ["owl", "star"] == listed()
        await until(lambda: members() == {"owl", "star"})
        act(window, "Undo")
        await until(lambda: things(window) == ["fox", "owl", "star"] == listed())
        window.redo()
        await until(lambda: things(window) == ["owl", "star"])
        window.undo()
        await until(lambda: things(window) == ["fox", "owl", "star"])
        click(view._clear)
        assert not view.cells
        act(window, "Restore it")
        await until(lambda: len(results(window)) == 3)
        await until(lambda: members() == {"fox", "owl", "star"})
        assert len(pictures(home)) == 3
        window.create_page.controls.things.set_text("car, ship")
        click(window.create_page.controls.button)
        # By then, undo would take the new images back.
        await until(lambda: len(pictures(home)) == 5 and window.sets.job is None and view._gallery.isEnabled())
        # The displayed set is replaced and can be restored.
        act(window, "Restore it")
        for expected in (["fox", "owl", "star"], ["car", "ship"]):
            await until(lambda expected=expected: things(window) == expected)  # type: ignore[misc]
            assert len(results(window)) == len(expected)
            assert listed() == expected
            window.redo()
        window.create_page.controls.things.set_text("car, ship, a new one")
        window.undo()
        await until(lambda: things(window) == ["fox", "owl", "star"])
        assert listed() == ["fox", "owl", "star", "a new one"], "what was typed is not lost"
        window.redo()
        await until(lambda: things(window) == ["car", "ship"])

    run_in_window(play)


def test_redo_of_a_change_of_a_set_shows_what_undo_replaced(home: Path) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        view, stack = window.create_page.set_view, window._notifier.undo_stack
        await generate_set(window)
        for _ in range(2):
            click(view.cells[0])
            press(window, Qt.Key.Key_Delete)
        assert things(window) == ["star"]
        await stack.undo(stack._actions[-2])
        assert things(window) == ["fox", "owl", "star"]
        await stack.redo()
        assert things(window) == ["star"]
        # A set that is generated is not cleared.
        click(view._clear)
        await stack.undo()
        library.step_seconds = 1.0
        click(view.cells[0])
        press(window, Qt.Key.Key_R)
        with pytest.raises(BadRequest, match="Stop it"):
            await stack.redo()
        assert window.sets.job is not None and things(window) == ["star"]
        library.hurry()
        await until(lambda: window.sets.job is None)

    run_in_window(play, library=library)


def _bring_back(window: Window) -> QPushButton:
    shown = window.create_page.set_view.notices.shown
    buttons = [button for notice in shown for button in notice.findChildren(QPushButton)]
    return next((button for button in buttons if button.text() == "Restore"), None)  # type: ignore[return-value]


def test_images_of_a_set_are_saved_at_once_and_undo_removes_all_of_them(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car")
        click(window.create_page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() > 0)
        assert window.sets.job is not None, "the first was there before the last"
        await until(lambda: window.create_page.set_view._words.text() == "4 pictures · in the gallery")
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not pictures(home) and not Gallery.open().collections.all())
        await until(lambda: window.gallery.panel_model.rowCount() == 0)
        await until(lambda: window.create_page.set_view._words.text() == "0 of 4 pictures")
        assert not any(cell.is_finished() for cell in window.create_page.set_view.cells), (
            "the sheet shows what was taken back"
        )
        await until(lambda: _bring_back(window))
        click(_bring_back(window))
        await until(lambda: window.create_page.set_view._words.text() == "4 pictures · in the gallery")
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [4])
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.create_page.set_view._words.text() == "0 of 4 pictures")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4 and [one.count for one in Gallery.open().collections.all()] == [4])

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))


def test_the_view_of_a_set_fits_a_narrow_window(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        window.resize(1024, 640)
        await until(lambda: window.width() == 1024)
        view = window.create_page.set_view
        assert window.create_page.gallery.width() == 264 and view.width() < 460
        right = view._gallery.mapTo(view, view._gallery.rect().topRight()).x()
        assert view._gallery.isVisible() and right <= view.width() - 16
        # No label is squeezed: a narrow view shows only the icons.
        assert all(button.width() >= button.sizeHint().width() for button in view._bar.findChildren(QPushButton))
        window.open_page("gallery")
        if focused := window.focusWidget():
            focused.clearFocus()
        window.open_page("create")
        assert window.focusWidget() is window.create_page.controls.things.editor

    run_in_window(play)


def test_all_cells_of_a_set_are_visible_if_they_fit(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car, sun, cat, dog")
        click(window.create_page.controls.button)
        job = window.sets.job
        assert job is not None
        await until(lambda: window.sets.job is None and job.settled)
        window.resize(1280, 800)
        await until(lambda: view.width() > 600 and view.area.verticalScrollBar().maximum() == 0)
        assert view.cells[6].geometry().bottom() <= view.area.viewport().height()

    run_in_window(play)


def test_a_file_dropped_on_the_list_is_left_to_the_window(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        things = window.create_page.controls.things
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "fox.png"))])
        mime.setText("fox.png")
        args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(things.editor.viewport(), QDropEvent(QPointF(9, 9), *args))
        assert things.text() == ""

    run_in_window(play)


def test_generate_estimates_the_images_that_an_edited_set_lacks(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await generate_set(window)
        # Without a cluster in the settings, none is offered.
        assert controls.picture_count() == 3 and window.create_page.set_view.cluster.isHidden()
        controls.things.set_text("fox, owl, moon")
        assert controls.picture_count() == 1
        controls.things.set_text("fox, owl, moon, sun")
        assert controls.picture_count() == 2
        window.sets.toggle_lock([0])
        controls.things.set_text("fox, owl, star")
        assert controls.picture_count() == 2, "the locked one stays"
        controls.request_draft.change(steps=7)
        assert controls.picture_count() == 3, "other settings make a new set"

    run_in_window(play)


def test_a_stopped_set_continues_with_the_missing_images(home: Path) -> None:
    async def play(window: Window) -> None:
        button = window.create_page.controls.button
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car")
        click(button)
        job = window.sets.job
        assert job is not None
        await until(lambda: len(results(window)) == 1)
        assert "of 4 done" in button.text()
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.sets.job is None)
        assert job.run.state is State.STOPPED
        first = results(window)
        click(button)
        await until(lambda: window.sets.job is None)
        assert len(results(window)) == 4 and results(window)[: len(first)] == first
        assert len({request.seed for request, _ in cells(window)}) == 4

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_escape_stops_a_run_that_started_before_set_mode(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        job = window.generation.job
        assert job is not None
        window.modes.turn_set(True)
        window.create_page.set_view.area.setFocus()
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.generation.job is None)
        assert job.run.state is State.STOPPED

    run_in_window(play, library=library)


def test_images_that_the_disk_refused_are_saved_on_closing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        def refuse(gallery: Gallery, result: Result, **named: str) -> Picture:
            raise StorageError("The disk is full.")

        save = Gallery.save
        # `undo` would also reset the home folder, because it undoes all patches.
        monkeypatch.setattr(Gallery, "save", refuse)
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and window.create_page.notices().shown)
        assert not pictures(home)
        monkeypatch.setattr(Gallery, "save", save)

    run_in_window(play)
    assert len(pictures(home)) == 3 and [c.count for c in Gallery.open().collections.all()] == [3]


def test_set_mode_chooses_a_style_if_there_is_none_and_removes_it_again(home: Path) -> None:
    async def play(window: Window) -> None:
        style, turned = window.create_page.controls.style_box, window.create_page.controls.modes.set_toggled
        for chosen in ("", "dark"):
            window.create_page.controls.request_draft.change(style=chosen)
            turned.emit(True)
            assert style.choice() == (chosen or "plain")
            turned.emit(False)
            assert style.choice() == chosen
        window.create_page.controls.request_draft.change(style="")
        turned.emit(True)
        window.create_page.controls.request_draft.change(style="dark")
        turned.emit(False)
        assert style.choice() == "dark", "what people chose in the place of the one that was lent stays"

    run_in_window(play)


def test_the_key_of_live_mode_names_the_reason_why_it_does_nothing_in_set_mode(home: Path) -> None:
    async def play(window: Window) -> None:
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert window.sets.on
        press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        (notice,) = window.create_page.notices().shown
        assert (notice.title, notice.text) == (
            "“Live” cannot be used now",
            "It updates a single picture. Leave the set with Ctrl+T.",
        )
        assert window.sets.on and not window.live.on and not window.create_page.controls.modes.live.isChecked()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert window.live.on

    run_in_window(play)


def test_the_palette_names_an_action_that_a_set_does_not_allow(home: Path) -> None:
    async def play(window: Window) -> None:
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        palette = window.commands.palette
        assert palette is not None
        for typed, shown in (
            (
                "interpol",
                "“Pictures between two seeds or prompts” cannot be used now.\nLeave the set with Ctrl+T first.",
            ),
            ("goes by no name", "No action found."),
        ):
            palette.field.setText(typed)
            assert shown in [each.text() for each in palette.findChildren(QLabel) if each.isVisible()]
        palette.close_up()

    run_in_window(play)


def test_the_palette_runs_the_actions_of_a_set(home: Path) -> None:
    async def play(window: Window) -> None:
        def palette() -> Palette:
            press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
            assert window.commands.palette is not None
            return window.commands.palette

        opened = palette()
        opened.field.setText("export set")
        assert "Export set…" not in [action.title for action in opened._actions]
        opened.close_up()
        await generate_set(window)
        window.create_page.set_view.area.select([1])
        seeds = [request.seed for request, _ in cells(window)]
        for typed in ("redraw", "export set"):
            opened = palette()
            QTest.keyClicks(opened.field, typed)
            press(window, Qt.Key.Key_Return)
            await until(lambda: window.commands.palette is None and window.sets.job is None)
        assert [request.seed == seed for (request, _), seed in zip(cells(window), seeds, strict=True)] == [
            True,
            False,
            True,
        ]
        await until(lambda: window.export_controller.dialog is not None)
        assert window.export_controller.dialog.form.choice() == "iconset"
        window.export_controller.dialog.reject()

    run_in_window(play)


def test_the_export_keys_export_the_set_that_is_shown(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        await until(lambda: window.sets.can_export())
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.export_controller.dialog is not None)
        assert window.export_controller.dialog.form.choice() == "iconset"
        window.export_controller.dialog.reject()

    run_in_window(play)


def test_the_panel_beside_a_set_describes_no_other_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        panel = window.create_page.gallery
        await generated(window)
        await until(lambda: panel.details.isVisible())
        picture = panel.details.picture()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert window.sets.on and not panel.details.isVisible()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert not window.sets.on and panel.details.isVisible() and panel.details.picture() == picture

    run_in_window(play)


def test_the_selection_in_the_panel_is_restored_after_a_set(home: Path) -> None:
    async def play(window: Window) -> None:
        grid = window.create_page.gallery.grid
        for _ in range(3):
            await generated(window)
        await until(lambda: window.gallery.panel_model.rowCount() == 3)
        first, second, third = grid.listed_moments()
        grid.select_moments([second, first])
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert window.sets.on and not grid.selected_rows()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert grid.selected_moments() == [second, first]
        grid.select_moments([third, second])
        deleted = [picture.id for picture in grid.selected() if picture.id == grid.current().id]
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        await window.gallery.commands.delete(deleted)
        await until(lambda: window.gallery.panel_model.rowCount() == 2)
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert grid.selected_moments() == [second]

    run_in_window(play)


def test_the_panel_describes_a_cell_made_again_that_is_saved_late(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window learns of the saved image after the end of the job."""
    on_saved, held, late = BoardSaver._on_saved, list[bool](), list[Callable[[], None]]()

    def hold(saver: BoardSaver, *saved: Any) -> None:
        late.append(partial(on_saved, saver, *saved))
        if not held:
            late.pop()()

    monkeypatch.setattr(BoardSaver, "_on_saved", hold)

    async def play(window: Window) -> None:
        await generate_set(window)
        click(window.create_page.set_view.cells[1])
        held.append(True)
        press(window, Qt.Key.Key_R)
        await until(lambda: window.sets.job is None and late)
        late.pop()()
        seed = cells(window)[1][0].seed
        details = window.create_page.gallery.details
        await until(lambda: (picture := details.picture()) is not None and picture.request.seed == seed)
        # A click on the image leaves the set.
        grid = window.create_page.gallery.grid
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(grid.currentIndex()).center())
        assert not window.sets.on

    run_in_window(play)


def test_the_panel_describes_the_cell_made_again_and_then_the_picture_on_the_canvas(home: Path) -> None:
    async def play(window: Window) -> None:
        panel = window.create_page.gallery

        def described() -> tuple[str, int] | None:
            picture = panel.details.picture() if panel.details.isVisible() else None
            return None if picture is None else (picture.request.prompt, picture.request.seed)

        await generated(window)
        await until(described)
        on_canvas = described()
        await generate_set(window)
        view = window.create_page.set_view
        click(view.cells[1])
        old = described()
        assert old is not None and old[0] == "owl"
        press(window, Qt.Key.Key_R)
        await until(lambda: window.sets.job is None)
        again = cells(window)[1][0]
        await until(lambda: described() == ("owl", again.seed))
        assert again.seed != old[1]
        act(window, "Undo")
        await until(lambda: described() == old)
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert not window.sets.on and described() == on_canvas
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert window.sets.on and described() == old
        window.sets.redo([1])
        await until(lambda: window.sets.job is None)
        await until(lambda: described() == ("owl", cells(window)[1][0].seed) != old)
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: described() == on_canvas)
        # The change of the set is undone while the canvas shows the single picture.
        await window._notifier.undo()
        assert cells(window)[1][0].seed == old[1] and described() == on_canvas
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert view.area.selected() == [1] and described() == old
        # The selection follows the subject, and is gone with it.
        window.create_page.controls.things.set_text("cat\nfox\nowl")
        window.sets.generate()
        await until(lambda: window.sets.job is None and len(view.cells) == 3)
        assert view.area.selected() == [2] and described() == old
        act(window, "Undo")
        await until(lambda: view.area.selected() == [1])
        click(view._clear)
        await until(lambda: not view.cells)
        assert described() is None and not panel.grid.selected_rows()

    run_in_window(play)


def test_an_empty_list_shows_a_notice(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        click(window.create_page.controls.button)
        assert window.sets.job is None
        assert any("list is empty" in notice.title for notice in window.create_page.notices().shown)

    run_in_window(play)


def test_a_set_that_another_list_replaced_is_restored_without_its_notice(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        window.create_page.controls.things.set_text("car, ship")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 5 and window.sets.job is None)
        for notice in list(window.create_page.set_view.notices.shown):
            notice.close()
        # The list has no changes to undo.
        window.create_page.controls.things.editor.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: things(window) == ["fox", "owl", "star"] and len(results(window)) == 3)

    run_in_window(play)


def test_settings_of_an_image_are_generated_instead_of_the_set(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        wanted = results(window)[1].request
        window.settings_restorer.use_request(wanted)
        request = window.create_page.controls.request()
        assert not window.sets.on and (request.prompt, request.seed) == (wanted.prompt, wanted.seed)
        click(window.create_page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 4 and window.generation.job is None)

    run_in_window(play)


def test_undoing_a_set_does_not_leave_set_mode(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        await generate_set(window)
        await until(lambda: window.create_page.set_view._words.text() == "3 pictures · in the gallery")
        click(window.create_page.set_view.cells[1])
        details = window.create_page.gallery.details
        await until(lambda: details.picture() is not None)
        window.undo()
        await until(lambda: "3 pictures taken back" in [one.title for one in window.create_page.notices().shown])
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        assert window.sets.on and details.picture() is None and not window.create_page.gallery.grid.selected()
        # Redo and the notice's button, which does the same, restore them once.
        stack = window._notifier.undo_stack
        await until(stack.can_redo)
        ((_, restore),) = stack._redos
        window.redo()
        await until(lambda: window.gallery.panel_model.rowCount() == 4)
        await cast(Awaitable[None], restore())
        await stack.undo()
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        assert await stack.undo() is None

    run_in_window(play)


def test_collections_are_renamed_deleted_and_restored(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        window.open_page("gallery")
        sidebar = window.gallery_page.sidebar
        await until(lambda: "Fox, owl, star" in names(window))
        sidebar.rename(search_of("Fox, owl, star"))
        editor = window.focusWidget()
        assert editor is not None and editor.accessibleName() == "Name of the collection"
        # Typing replaces the old name, which is selected.
        QTest.keyClicks(editor, "Icons")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        await until(lambda: names(window) == ["Icons"])
        sidebar.choose('collection:"Icons"')
        window.undo()
        await until(lambda: sidebar.choice() == search_of("Fox, owl, star") and names(window) == ["Fox, owl, star"])
        assert window.gallery_page.bar._open_name == "Fox, owl, star", "out of which pictures can be taken"
        sidebar.rename_asked.emit(sidebar.place(), "Icons")
        await until(lambda: sidebar.choice() == search_of("Icons") and names(window) == ["Icons"])
        assert window.gallery_page.bar._open_name == "Icons"
        sidebar.view.setFocus()
        press(window, Qt.Key.Key_Delete)
        await until(lambda: names(window) == [] and sidebar.choice() == "")
        await until(lambda: window._notices.shown)
        window._notices.shown[-1]._button.click()
        await until(lambda: names(window) == ["Icons"])
        window.gallery_page.grid.selectAll()
        window.gallery_page.collect_asked.emit("", [one.id for one in window.gallery_page.grid.selected()[:2]])
        await until(lambda: len(names(window)) == 2)

    run_in_window(play)
    assert {(c.name, c.count) for c in Gallery.open().collections.all()} == {("Icons", 3), ("New collection", 2)}


def test_counts_from_before_a_collection_was_renamed_are_not_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, show, shown = SidebarController._add_count, Sidebar.show_places, []

    async def play(window: Window) -> None:
        await generate_set(window)
        window.open_page("gallery")
        sidebar, reached, gate = window.gallery_page.sidebar, asyncio.Event(), asyncio.Event()
        await until(lambda: "Fox, owl, star" in names(window))
        sidebar.choose(search_of("Fox, owl, star"))

        async def counted(places: SidebarController, place: SidebarEntry) -> SidebarEntry:
            reached.set()
            await gate.wait()
            return await real(places, place)

        monkeypatch.setattr(SidebarController, "_add_count", counted)
        monkeypatch.setattr(Sidebar, "show_places", lambda *told: shown.append(show(*told)))
        window.gallery_controller.places.refresh()
        # By now, the names have been read.
        await reached.wait()
        await window.gallery.commands.rename_collection("Fox, owl, star", "Icons")
        assert sidebar.choice() == search_of("Icons")
        gate.set()
        await until(lambda: shown)
        assert names(window) == ["Icons"] and sidebar.choice() == search_of("Icons")

    run_in_window(play)


def names(window: Window) -> list[str]:
    """Return the names of the collections that the gallery page lists."""
    model = window.gallery_page.sidebar.view.model()
    places = [place for row in range(model.rowCount()) if (place := model.index(row, 0).data(PLACE))]
    return [place.name for place in places if place.kind == "collection"]


def act(window: Window, words: str) -> None:
    """Press the button of the newest notice."""
    notice = window.create_page.notices().shown[-1]
    assert notice._button.text() == words
    notice._button.click()


def test_cells_are_selected_with_click_shift_ctrl_and_dragging(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window, "fox\nowl\nstar\ncar")
        view = window.create_page.set_view
        area = view.area
        window.resize(1280, 800)
        await until(lambda: view.width() > 600)
        left = Qt.MouseButton.LeftButton
        shift = Qt.KeyboardModifier.ShiftModifier
        control = Qt.KeyboardModifier.ControlModifier
        assert not view._redo.isEnabled() and not view._remove.isEnabled()
        click(view.cells[1])
        assert area.selected() == [1] and view._redo.isEnabled() and view._remove.isEnabled()
        QTest.mouseClick(view.cells[3], left, shift)
        assert area.selected() == [1, 2, 3]
        QTest.mouseClick(view.cells[2], left, control)
        assert area.selected() == [1, 3]
        press(window, Qt.Key.Key_A, control)
        assert area.selected() == [0, 1, 2, 3]
        press(window, Qt.Key.Key_Escape)
        assert area.selected() == [] and not view._redo.isEnabled()
        click(view.cells[0])
        press(window, Qt.Key.Key_Right)
        assert area.selected() == [1] and view.cells[1].hasFocus()
        press(window, Qt.Key.Key_Left, shift)
        assert area.selected() == [0, 1]
        assert [cell.focusPolicy() is Qt.FocusPolicy.StrongFocus for cell in view.cells] == [True, False, False, False]
        drag(view.cells[1], view.cells[3])
        assert area.selected() == [1, 2, 3]
        QTest.mouseClick(area.viewport(), left, pos=area.viewport().rect().bottomLeft())
        assert area.selected() == []

    run_in_window(play)


def test_the_menu_of_a_cell_acts_on_the_selected_images(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        view = window.create_page.set_view
        click(view.cells[2])
        menu = view.show_menu(0, QPoint(1, 1))
        assert menu is not None and view.area.selected() == [0]
        entries = {action.text(): action for action in menu.actions()}
        assert list(entries) == ["Another seed", "Change…", "Lock", "Remove", "Favourite"]
        entries["Favourite"].trigger()
        await until(lambda: Gallery.open().count("is:favorite") == 1)
        assert [one.request.prompt for one in Gallery.open().page("is:favorite")] == ["fox"]
        entries["Another seed"].trigger()
        assert window.sets.job is not None
        assert all(cell._rgba is not None for cell in view.cells), "the former image is shown until there is a step"
        await until(lambda: window.sets.job is None)
        entries["Remove"].trigger()
        assert things(window) == ["owl", "star"]

    run_in_window(play)


def drag(start: QWidget, end: QWidget) -> None:
    """Press the mouse on a widget and move it to another."""
    left = Qt.MouseButton.LeftButton
    nothing = Qt.MouseButton.NoButton
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(start, left)
    target = end.mapToGlobal(end.rect().center())
    position = QPointF(start.mapFromGlobal(target))
    QApplication.sendEvent(start, QMouseEvent(QEvent.Type.MouseMove, position, QPointF(target), nothing, left, none))
    QTest.mouseRelease(start, left)


WEATHER = "sun, cloud, rain, snow, thunderstorm, fog, rainbow, umbrella, wind, moon, snowman, thermometer"


def test_twelve_icons_need_at_most_six_clicks_from_launch_to_a_written_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twelve large icons would take many seconds. Their look is tested in tests/gallery.
    monkeypatch.setattr("gdm_studio.gallery.export.icon_set_export.TRACED_SIDE", 96)

    async def play(window: Window) -> None:
        clicks = _Clicks(window)
        controls, view = window.create_page.controls, window.create_page.set_view
        if not controls.modes.set.isVisible():
            await clicks.click(controls.more.head)
        await clicks.click(controls.modes.set)
        QTest.keyClicks(controls.things.editor, WEATHER)
        await clicks.click(controls.button)
        await until(lambda: window.sets.job is None and view._export.isEnabled())
        await clicks.click(view._export)
        await until(lambda: window.export_controller.dialog is not None)
        dialog = window.export_controller.dialog
        assert dialog is not None and dialog.form.choice() == "iconset"
        dialog.set_folder(home / "out")
        # The preview shows all icons, in four columns, and the size of their files: until all are drawn, with an
        # ellipsis.
        shown = dialog.preview._size
        await until(lambda: shown.text().startswith("SVG ·") and not shown.text().endswith("…"))
        assert [picture.shape for picture in dialog.preview._picture._pictures] == [(534, 712, 4)]
        await clicks.click(dialog.run)
        await until(lambda: window.export_controller.dialog is None)
        await until(lambda: "12 pictures exported" in [notice.title for notice in view.notices.shown])
        names = [thing.strip() for thing in WEATHER.split(",")]
        (folder,) = [path.parent for path in (home / "out").rglob("contact-sheet.png")]
        assert window.sets.collection == "Sun, cloud, rain …" and folder.name == "Sun, cloud, rain"
        assert sorted(path.stem for path in (folder / "svg").iterdir()) == sorted(names)
        for name in names:
            assert (folder / "png" / f"{name}@3x.png").is_file() and (folder / "ico" / f"{name}.ico").is_file()
        assert (folder / "sprite.svg").read_text().count("<symbol ") == 12
        assert clicks.count <= 6

    run_in_window(play)


class _Clicks:
    """Counted clicks with the left mouse button on the middle of visible, enabled widgets of a window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.count = 0

    async def click(self, widget: QWidget) -> None:
        await until(lambda: widget.isVisible() and widget.isEnabled())
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                # The wheel is no click.
                parent.ensureWidgetVisible(widget)
            parent = parent.parentWidget()

        def hit() -> QWidget | None:
            under = widget.window().childAt(widget.mapTo(widget.window(), widget.rect().center()))
            return under if under is widget or widget.isAncestorOf(under) else None

        await until(hit)
        under = hit()
        assert under is not None
        QTest.mouseClick(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(widget, widget.rect().center()))
        self.count += 1


def test_tab_visits_the_cells_between_the_title_of_a_set_and_its_buttons(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        view = window.create_page.set_view
        view.name.setFocus()
        QTest.keyClick(view.name, Qt.Key.Key_Tab)
        assert view.cells[0].hasFocus()
        QTest.keyClick(view.cells[0], Qt.Key.Key_Tab)
        assert view._clear.hasFocus()

    run_in_window(play)


def test_locked_images_are_kept_when_the_others_are_made_again(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        await generate_set(window)
        before = cells(window)
        click(view.cells[1])
        press(window, Qt.Key.Key_L)
        assert "locked" in view.cells[1].accessibleName()
        press(window, Qt.Key.Key_R)
        assert window.sets.job is None, "the only selected image is locked"
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and len(pictures(home)) == 5)
        after = cells(window)
        assert after[1] == before[1]
        assert {request.seed for request, _ in after}.isdisjoint({before[place][0].seed for place in (0, 2)})
        act(window, "Undo")
        await until(lambda: cells(window) == before)
        view.area.select([1])
        click(view._lock)
        assert "locked" not in view.cells[1].accessibleName()

    run_in_window(play)


def test_a_member_is_changed_in_the_list_and_the_others_are_kept(home: Path) -> None:
    async def play(window: Window) -> None:
        view, controls = window.create_page.set_view, window.create_page.controls
        await generate_set(window)
        before = cells(window)
        name = window.sets.collection
        click(view.cells[1])
        click(view._change)
        assert controls.things.editor.textCursor().selectedText() == "owl"
        QTest.keyClicks(controls.things.editor, "bear")
        QTest.keyClick(controls.things.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        assert things(window) == ["fox", "bear", "star"]
        after = cells(window)
        assert after[0] == before[0] and after[2] == before[2]
        assert after[1][0].seed not in {request.seed for request, _ in before}
        await until(lambda: members() == {"fox", "bear", "star"})
        # A name that was made from the list follows it.
        await until(lambda: window.sets.collection == view.name.text() == "Fox, bear, star")
        assert name == "Fox, owl, star" and len(pictures(home)) == 4
        controls.things.set_text("star\nfox")
        click(controls.button)
        assert things(window) == ["star", "fox"] and window.sets.job is None

    run_in_window(play)


def test_the_name_of_a_set_follows_its_list_unless_people_chose_it(home: Path) -> None:
    async def change(window: Window, listed: str) -> None:
        window.create_page.controls.things.set_text(listed)
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and len(results(window)) == len(subjects_of(listed)))

    async def play(window: Window) -> None:
        sets, view = window.sets, window.create_page.set_view
        Gallery.open().collections.create("Moon, sun", [])
        await generate_set(window)
        await change(window, "star, moon")
        await change(window, "moon, sun")
        await until(lambda: sets.collection == view.name.text() == "Moon, sun 2")
        await until(lambda: members() == {"moon", "sun"})
        await window._notifier.undo()
        await until(lambda: sets.collection == "Star, moon")
        await window._notifier.redo()
        await until(lambda: sets.collection == "Moon, sun 2")
        view.name.setText("Sky")
        view.name.editingFinished.emit()
        await until(lambda: sets.collection == "Sky")
        await change(window, "sun, cloud")
        await until(lambda: members() == {"cloud", "sun"})
        assert sets.collection == view.name.text() == "Sky"

    run_in_window(play)


def test_another_style_of_a_set_is_undone_and_redone_in_one_press(home: Path) -> None:
    async def play(window: Window) -> None:
        stack, draft = window._notifier.undo_stack, window.create_page.controls.request_draft
        await generate_set(window)
        states = [cells(window)]
        draft.change(style="dark")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        states.append(cells(window))
        await until(lambda: len(pictures(home)) == 6 and window.create_page.set_view._gallery.isEnabled())
        for _ in range(2):
            await stack.undo()
            assert cells(window) == states[0] and draft["style"] == "plain"
            await stack.redo()
            assert cells(window) == states[1] and draft["style"] == "dark"
        await stack.undo()
        # The pictures of both sets stay in the gallery, and undo then takes back the first set.
        assert len(pictures(home)) == 6
        await stack.undo()
        await until(lambda: not results(window))

    run_in_window(play)


def test_settings_changed_for_the_next_set_are_remembered(home: Path) -> None:
    async def leave(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        await generate_set(window)
        window.modes.turn_set(False)
        window.modes.turn_set(True)
        draft.change(steps=3, style="dark")
        window.modes.turn_set(False)
        assert draft["steps"] != 3

    async def return_to(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        assert draft["steps"] != 3
        window.modes.turn_set(True)
        await until(lambda: len(results(window)) == 3)
        assert (draft["steps"], draft["style"]) == (3, "dark")
        window.modes.turn_set(False)

    for play in (leave, return_to, return_to):
        run_in_window(play)


def test_a_set_is_remembered_with_its_members(home: Path) -> None:
    seen: list[object] = []

    async def leave(window: Window) -> None:
        await generate_set(window)
        window.create_page.set_view.area.select([2])
        click(window.create_page.set_view._lock)
        seen.append([request for request, _ in cells(window)])
        seen.append(window.sets.collection)
        window.create_page.controls.things.set_text("")

    async def return_to(window: Window) -> None:
        view = window.create_page.set_view
        await until(lambda: len(results(window)) == 3)
        assert window.create_page.controls.things.things() == ["fox", "owl", "star"]
        assert [request for request, _ in cells(window)] == seen[0] and window.sets.collection == seen[1]
        assert "locked" in view.cells[2].accessibleName() and "locked" not in view.cells[0].accessibleName()
        view.area.select([0])
        click(view._redo)
        await until(lambda: window.sets.job is None and len(pictures(home)) == 4)
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [3])

    run_in_window(leave)
    run_in_window(return_to)


@pytest.mark.parametrize("is_indexed", [True, False])
def test_images_that_a_killed_program_had_saved_are_in_their_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_indexed: bool
) -> None:
    scan, may_scan = GalleryService.scan, asyncio.Event()

    async def scan_late(gallery: GalleryService) -> None:
        await may_scan.wait()
        await scan(gallery)

    async def leave(window: Window) -> None:
        await generate_set(window)

    async def return_to(window: Window) -> None:
        await until(lambda: window.sets.board is not None)
        assert len(results(window)) == (3 if is_indexed else 0)
        may_scan.set()
        await until(lambda: len(results(window)) >= 3)
        assert things(window) == ["fox", "owl", "star", "car"] and cells(window)[3][1] is None
        members = json.loads(window.sets.state())["members"]
        assert len({member["picture"] for member in members} - {""}) == len(pictures(home)) == 3

    run_in_window(leave)
    # The session was written before the images.
    session = paths.data_dir() / "window.json"
    values = json.loads(session.read_text())
    state = json.loads(values["image_set"])
    for member in state["members"]:
        member["picture"] = ""
    # No image was made of a car, but one with its seed.
    last = state["members"][2]
    state["members"].append({**last, "thing": "car", "request": {**last["request"], "prompt": "car"}})
    session.write_text(json.dumps({**values, "image_set": json.dumps(state)}))
    if not is_indexed:
        for file in paths.cache_dir().glob("gallery*"):
            file.unlink()
    monkeypatch.setattr(GalleryService, "scan", scan_late)
    run_in_window(return_to)


def test_an_unchanged_set_is_serialised_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Request] = []
    to_json = Request.to_json

    def counted(request: Request) -> str:
        written.append(request)
        return to_json(request)

    async def play(window: Window) -> None:
        await generate_set(window)
        sets = window.sets
        await until(lambda: all(member["picture"] for member in json.loads(sets.state())["members"]))
        monkeypatch.setattr(Request, "to_json", counted)
        before = sets.state()
        assert sets.state() == before and not written
        sets.toggle_lock([1])
        assert [member["locked"] for member in json.loads(sets.state())["members"]] == [False, True, False]
        assert written

    run_in_window(play)


def test_a_set_whose_collection_was_deleted_is_not_remembered(home: Path) -> None:
    async def leave(window: Window) -> None:
        await generate_set(window)
        await until(lambda: window.sets.job is None)

    async def return_to(window: Window) -> None:
        await until(lambda: not window.sets.storage.remembered)
        await asyncio.sleep(0.1)
        assert window.sets.board is None

    run_in_window(leave)
    gallery = Gallery.open()
    gallery.collections.delete(gallery.collections.all()[0].name)
    gallery.close()
    run_in_window(return_to)


def test_set_mode_shows_the_settings_of_the_set_and_the_single_picture_keeps_its_own(home: Path) -> None:
    async def leave(window: Window) -> None:
        controls = window.create_page.controls
        draft = controls.request_draft
        await generate_set(window)
        first = cells(window)
        window.modes.turn_set(False)
        draft.change(style="dark", steps=2, prompt="a lone tree", seed=7)
        window.modes.turn_set(True)
        assert controls.style_box.choice() == "plain" and draft["steps"] == first[0][0].steps
        # One picture is changed in the style of the set.
        controls.things.set_text("fox\nmoon\nstar")
        click(controls.button)
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        assert [cells(window)[place] for place in (0, 2)] == [first[0], first[2]]
        assert {request.style for request, _ in cells(window)} == {"plain"}
        # Settings chosen for the set are not those of the single picture.
        draft.change(steps=3)
        window.modes.turn_set(False)
        assert (draft["style"], draft["steps"], draft["prompt"], draft["seed"]) == ("dark", 2, "a lone tree", 7)
        assert draft.is_seed_given
        # They are still those of the set.
        window.modes.turn_set(True)
        assert (draft["style"], draft["steps"]) == ("plain", 3)
        draft.change(steps=first[0][0].steps)
        window.modes.turn_set(False)
        assert (draft["style"], draft["steps"], draft["seed"]) == ("dark", 2, 7)

    async def return_to(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        assert draft["style"] == "dark"
        window.modes.turn_set(True)
        await until(lambda: len(results(window)) == 3)
        assert draft["style"] == "plain" and window.create_page.controls.picture_count() == 3
        draft.change(steps=3)

    async def leave_again(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        await until(lambda: len(results(window)) == 3)
        assert window.sets.on and (draft["style"], draft["steps"]) == ("plain", 3), "the panel is as it was left"
        window.modes.turn_set(False)
        assert (draft["style"], draft["steps"], draft["prompt"]) == ("dark", 2, "a lone tree")

    for play in (leave, return_to, leave_again):
        run_in_window(play)


def test_a_restored_set_is_shown_with_its_settings(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        await generate_set(window)
        draft.change(style="dark")
        window.create_page.controls.things.set_text("car\nship")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and len(pictures(home)) == 5)
        act(window, "Restore it")
        await until(lambda: things(window) == ["fox", "owl", "star"])
        assert draft["style"] == "plain"

    run_in_window(play)


def test_settings_of_an_image_replace_those_that_set_mode_returns(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        await generate_set(window)
        wanted = results(window)[1].request
        window.modes.turn_set(False)
        draft.change(style="dark")
        window.modes.turn_set(True)
        window.settings_restorer.use_request(wanted)
        assert not window.sets.on and draft["style"] == "plain"
        window.undo()
        await until(lambda: draft["style"] == "dark")

    run_in_window(play)


class _PointsLibrary(GaussianLibrary):
    """Library with a second model, which draws without prompts."""

    def cards(self) -> list[ModelCard]:
        accepts = Capabilities(prompt="", negative=False, guidance=False)
        return [*super().cards(), replace(gaussian_model.CARD, name="points", accepts=accepts, styles=())]

    def card(self, name: str) -> ModelCard:
        return next(card for card in self.cards() if card.name == name)


def test_a_model_without_prompts_does_not_replace_a_set(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await generate_set(window)
        before = cells(window)
        await window.settings.choose_model("points")
        click(controls.button)
        assert window.sets.job is None and cells(window) == before
        assert any("draws without a prompt" in one.text for one in window.create_page.notices().shown)
        click(controls.modes.set)
        assert not window.sets.on and not controls.modes.set.isVisible()
        press(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert not window.sets.on
        notice = window.create_page.notices().shown[-1]
        assert notice.title == "“Set” cannot be used now" and "reads none" in notice.text

    run_in_window(play, library=_PointsLibrary())


def test_each_change_of_a_set_is_undone_by_itself(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, stack = window.create_page.controls, window._notifier.undo_stack
        states = []

        async def finish() -> None:
            await until(lambda: window.sets.job is None and len(results(window)) == 3)
            states.append(cells(window))
            await until(lambda: len(stack._actions) == len(states))

        await generate_set(window)
        await finish()
        window.sets.redo([0])
        await finish()
        controls.things.set_text("fox\nmoon\nstar")
        click(controls.button)
        await finish()
        window.sets.redo([2])
        await finish()
        for state in states[-2::-1]:
            await stack.undo()
            assert cells(window) == state
        for state in states[1:]:
            await stack.redo()
            assert cells(window) == state
        assert controls.things.things() == ["fox", "moon", "star"] and len(pictures(home)) == 6

    run_in_window(play)


def test_another_seed_that_was_stopped_is_undone_with_the_earlier_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        before = cells(window)
        window.sets.redo([0, 1, 2])
        await until(lambda: cells(window)[0][1] is not None)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        assert cells(window)[0] != before[0] and cells(window)[2] == before[2]
        await window._notifier.undo()
        assert cells(window) == before

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))
