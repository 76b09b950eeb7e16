"""Sets that another one has replaced are opened again from the gallery."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from gdm_studio.common import paths
from gdm_studio.gallery import Gallery
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.sidebar import PLACE, search_of
from gdm_studio.ui.shell.palette import ACTION
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated
from tests.ui.test_set_mode import act, cells, generate_set, names, pictures, results, things


def _requests(window: Window) -> list[Request]:
    return [request for request, _ in cells(window)]


def _locked(window: Window) -> list[bool]:
    return ["locked" in cell.accessibleName() for cell in window.create_page.set_view.cells]


async def _replace_set(window: Window, things: str, *, style: str) -> None:
    """Generate a set of other things in another style, in the place of the set that is shown."""
    controls = window.create_page.controls
    controls.things.set_text(things)
    controls.request_draft.change(style=style)
    click(controls.button)
    await until(lambda: window.sets.job is None and window.create_page.set_view._gallery.isEnabled())


async def _menu_of(window: Window, collection: str, *, is_set: bool = True) -> QMenu:
    """Open the menu of a collection in the gallery's sidebar."""
    window.open_page("gallery")
    view = window.gallery_page.sidebar.view
    model = view.model()

    def row() -> int:
        places = [model.index(row, 0).data(PLACE) for row in range(model.rowCount())]
        found = (row for row, place in enumerate(places) if place and place.name == collection)
        return next((row for row in found if places[row].is_set == is_set), -1)

    await until(lambda: row() >= 0)
    return view.show_menu(model.index(row(), 0), QPoint(0, 0))


def _entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


async def _open_as_set(window: Window, collection: str) -> None:
    menu = await _menu_of(window, collection)
    next(action for action in menu.actions() if action.text() == "Open as set").trigger()
    await until(lambda: window.sets.collection == collection and len(results(window)) == len(cells(window)))


def test_a_replaced_set_is_opened_again_with_its_list_style_seeds_and_locks(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(style="dark", prompt="a lone tree")
        await generate_set(window)
        window.sets.redo([2])
        await until(lambda: window.sets.job is None and len(results(window)) == 3)
        window.sets.toggle_lock([1])
        before = cells(window)
        await _replace_set(window, "car\nship", style="plain")
        others = cells(window)
        window.modes.turn_set(False)
        await _open_as_set(window, "Fox, owl, star")
        assert window.page() == "create" and window.sets.on
        assert cells(window) == before and _locked(window) == [False, True, False]
        assert controls.things.text() == "fox\nowl\nstar" and controls.style_box.choice() == "dark"
        assert controls.request_draft["prompt"] == "a lone tree", "the single picture keeps its prompt"
        assert controls.picture_count() == 2, "Generate goes on with this set, and keeps the locked one"
        # Ctrl+Z in the list has no change of the list to undo.
        if (menu := QApplication.activePopupWidget()) is not None:
            menu.close()
        controls.things.editor.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: cells(window) == others)
        window.redo()
        await until(lambda: cells(window) == before)
        # The set that was shown is reached in the same way, and by undo. What was typed since stays in the list.
        controls.things.set_text("fox\nowl\nstar\nmoon")
        act(window, "Undo")
        await until(lambda: cells(window) == others)
        assert controls.things.text() == "car\nship\nmoon" and controls.style_box.choice() == "plain"
        controls.things.set_text("car\nship")
        window.redo()
        await until(lambda: cells(window) == before)
        await _open_as_set(window, "Car, ship")
        assert cells(window) == others and controls.style_box.choice() == "plain"
        # A new set of the same list has other seeds.
        click(controls.button)
        await until(lambda: window.sets.job is None and len(pictures(home)) == 8)

    run_in_window(play)


def test_no_set_is_renamed_when_another_one_is_opened(home: Path) -> None:
    async def leave(window: Window) -> None:
        await generate_set(window)
        await _replace_set(window, "car\nship", style="dark")
        window.modes.turn_set(False)

    async def return_to(window: Window) -> None:
        await _open_as_set(window, "Fox, owl, star")
        field = window.create_page.set_view.name
        assert field.text() == "Fox, owl, star"
        # A field that loses the focus reports the end of an edit, also without a change.
        field.editingFinished.emit()
        await window.modes.open_set("Car, ship")
        await until(lambda: field.text() == "Car, ship")
        await window.tasks.rest(0.05)
        assert not [notice for notice in window.create_page.notices().shown if notice.kind == "error"]
        assert sorted(names(window)) == ["Car, ship", "Fox, owl, star"]

    run_in_window(leave)
    run_in_window(return_to)


def test_a_set_is_opened_in_place_of_a_chosen_branch(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.request_draft
        await generate_set(window)
        window.modes.turn_set(False)
        draft.change(prompt="a lone tree")
        await generated(window)
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: draft.branch_point is not None)
        assert not window.create_page.controls.modes.set.isEnabled()
        draft.change(prompt="a lone tree at night")
        await _open_as_set(window, "Fox, owl, star")
        await until(lambda: window.sets.on)
        assert draft.branch_point is None and window.page() == "create"
        window.modes.turn_set(False)
        assert draft["prompt"] == "a lone tree at night"

    run_in_window(play)


def test_a_set_that_is_asked_for_twice_is_one_set(home: Path) -> None:
    async def leave(window: Window) -> None:
        await generate_set(window)
        await _replace_set(window, "car\nship", style="dark")

    async def ask_twice(window: Window) -> None:
        name = "Fox, owl, star"
        await asyncio.gather(window.modes.open_set(name), window.modes.open_set(name))
        assert window.sets.collection == name
        await until(lambda: len(results(window)) == 3)
        window.undo()
        await until(lambda: window.sets.collection == "Car, ship")

    run_in_window(leave)
    run_in_window(ask_twice)


def test_a_set_of_an_earlier_session_is_opened_as_it_was(home: Path) -> None:
    seen: list[object] = []

    async def leave(window: Window) -> None:
        await generate_set(window)
        window.sets.toggle_lock([0])
        seen.append(_requests(window))
        await _replace_set(window, "car\nship", style="dark")
        window.open_page("gallery")
        await until(lambda: len(names(window)) == 2)
        await window.gallery.commands.rename_collection("Fox, owl, star", "Forest")
        window.modes.turn_set(False)

    async def return_to(window: Window) -> None:
        # The set of the last session is not lost, although it has not been shown.
        await until(lambda: any(action.name == "Open as set: Forest" for action in window.commands.choices()))
        press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        palette = window.commands.palette
        assert palette is not None
        palette.field.setText("open as set forest")
        press(window, Qt.Key.Key_Return)
        await until(lambda: window.sets.collection == "Forest" and len(results(window)) == 3)
        assert _requests(window) == seen[0] and _locked(window) == [True, False, False]
        window.sets.redo([1])
        await until(lambda: window.sets.job is None and len(pictures(home)) == 6)
        act(window, "Undo")
        await until(lambda: _requests(window) == seen[0])
        await window._notifier.undo()
        await until(lambda: window.sets.collection == "Car, ship")

    run_in_window(leave)
    run_in_window(return_to)


def test_the_set_of_an_earlier_version_is_read_from_its_pictures(home: Path) -> None:
    seen: list[Request] = []

    async def leave(window: Window) -> None:
        await generate_set(window)
        seen.extend(_requests(window))
        click(window.create_page.set_view._clear)
        await until(lambda: Gallery.open().collections.image_set("Fox, owl, star"))

    async def return_to(window: Window) -> None:
        controls = window.create_page.controls
        await _open_as_set(window, "Fox, owl, star")
        assert [request.seed for request in _requests(window)] == [request.seed for request in seen]
        assert controls.things.text() == "fox\nowl\nstar" and controls.style_box.choice() == "plain"
        assert controls.request_draft["temperature"] == controls.request_draft.default("temperature")
        controls.things.set_text("fox\nowl\nstar\nmoon")
        assert controls.picture_count() == 1
        click(controls.button)
        await until(lambda: window.sets.job is None and len(results(window)) == 4)
        first, *_, moon = _requests(window)
        assert (moon.temperature, moon.style, moon.plain_icon) == (first.temperature, "plain", True)
        assert moon.seed not in [request.seed for request in seen]
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [4])

    run_in_window(leave)
    with closing(sqlite3.connect(Gallery.open().user_data_path)) as db, db:
        db.execute("DELETE FROM image_sets")
    session = paths.data_dir() / "window.json"
    session.write_text(json.dumps({**json.loads(session.read_text()), "set_open": False}))
    run_in_window(return_to)


def test_only_sets_are_offered_as_sets(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        window.create_page.controls.request_draft.change(prompt="a lone tree", steps=3)
        await generated(window)
        window.open_page("gallery")
        await until(lambda: window.gallery.page_model.rowCount() == 2)
        window.gallery_page.grid.selectAll()
        ids = [picture.id for picture in window.gallery_page.grid.selected()]
        await window.gallery.commands.new_collection(ids)
        assert _entries(await _menu_of(window, "New collection", is_set=False)) == ["Rename", "Remove collection"]
        window.gallery_page.sidebar.choose(search_of("New collection"))
        assert not window.gallery_page.can_open_set()
        window.gallery_page.grid.select(ids[0])
        await until(lambda: window.gallery_page.grid.current())
        assert "Open as set" not in [action.title for action in window.gallery_page.grid.entries()]

    run_in_window(play)


def test_a_picture_of_a_set_opens_it(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        before = cells(window)
        await _replace_set(window, "car\nship", style="dark")
        window.open_page("gallery")
        grid = window.gallery_page.grid
        fox = Gallery.open().page("fox")[0]
        await until(lambda: window.gallery.page_model.rowCount() == 5)
        grid.select(fox.id)
        await until(lambda: (current := grid.current()) is not None and current.id == fox.id)
        next(action for action in grid.entries() if action.title == "Open as set").act()
        await until(lambda: cells(window) == before)
        assert window.page() == "create"
        # Without its collection, there is no set to show.
        window.open_page("gallery")
        Gallery.open().collections.delete("Car, ship")
        window.gallery_page.signals.open_set.emit(Gallery.open().page("ship")[0])
        await until(lambda: "No set was found" in [one.title for one in window._notices.shown])

    run_in_window(play)


def test_no_set_is_opened_while_another_one_is_generated(home: Path) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        await generate_set(window)
        await _replace_set(window, "car\nship", style="dark")
        menu = await _menu_of(window, "Fox, owl, star")
        window.open_page("create")
        library.step_seconds = 1.0
        window.sets.redo([0])
        next(action for action in menu.actions() if action.text() == "Open as set").trigger()
        await until(lambda: any("Stop it" in one.text for one in window.create_page.notices().shown))
        assert things(window) == ["car", "ship"]
        library.hurry()
        await until(lambda: window.sets.job is None)

    run_in_window(play, library=library)


def test_a_set_renamed_in_the_gallery_goes_on_under_its_name(home: Path) -> None:
    async def play(window: Window) -> None:
        view = window.create_page.set_view
        await generate_set(window)
        await window.gallery.commands.rename_collection("Fox, owl, star", "Forest")
        await until(lambda: view.name.text() == "Forest" == window.sets.collection)
        view.area.select([0])
        click(view._redo)
        await until(lambda: window.sets.job is None and len(pictures(home)) == 4)
        await until(lambda: [(one.name, one.count) for one in Gallery.open().collections.all()] == [("Forest", 3)])

    run_in_window(play)


def test_a_set_stays_the_same_when_the_prompt_of_the_single_picture_changes(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await generate_set(window)
        window.modes.turn_set(False)
        controls.request_draft.change(prompt="a lone tree")
        window.modes.turn_set(True)
        controls.things.set_text("fox\nowl\nstar\nmoon")
        assert controls.picture_count() == 1

    run_in_window(play)


@pytest.mark.parametrize("things", ["fox\nowl\nstar", "car\nship"])
def test_the_notice_of_a_new_set_names_the_locked_pictures_that_stay(home: Path, things: str) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)
        window.sets.toggle_lock([0, 2])
        await _replace_set(window, things, style="dark")
        (notice,) = (one for one in window.create_page.notices().shown if one.title == "The set was cleared")
        assert notice.text == "It is the collection “Fox, owl, star”. Its 2 locked pictures stay there."
        act(window, "Restore it")
        await until(lambda: _locked(window) == [True, False, True])

    run_in_window(play)


def test_disabled_buttons_of_a_set_give_the_reason(home: Path) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        view = window.create_page.set_view
        await generate_set(window)
        choose = "Select the pictures to make again, or lock those to keep."
        assert not view._redo.isEnabled() and view._redo.toolTip() == choose
        for button in (view._lock, view._remove):
            assert not button.isEnabled() and button.toolTip() == "Select a picture first."
        # Its key says so, too.
        view.area.setFocus()
        press(window, Qt.Key.Key_R)
        notice = view.notices.shown[-1]
        assert (notice.title, notice.text) == ("“Another seed” cannot be used now", choose)
        window.sets.toggle_lock([0, 1, 2])
        assert view._redo.toolTip() == "These pictures are locked"
        window.sets.toggle_lock([0])
        assert view._redo.isEnabled() and "all that are not locked" in view._redo.toolTip()
        view.area.select([0, 1])
        assert view._change.toolTip() == "Select a single picture."
        library.step_seconds = 1.0
        window.sets.redo([0])
        for button in (view._redo, view._change, view._remove, view._clear, view._export):
            assert not button.isEnabled() and button.toolTip().startswith("Wait until the pictures are made")
        library.hurry()
        await until(lambda: window.sets.job is None)

    run_in_window(play, library=library)


def test_disabled_buttons_of_other_boards_give_the_reason(home: Path) -> None:
    async def play(window: Window) -> None:
        boards, bar = window.tools.boards, window.gallery_page.bar
        for button in (boards.grid.view.save, boards.grid.view.compare, boards.interpolation.view.film):
            assert not button.isEnabled() and button.toolTip().startswith("Wait until the pictures are made")
        bar.show_count(17)
        assert bar._compare_button.toolTip() == "Too many pictures to compare"
        bar.show_count(16)
        assert bar._compare_button.isEnabled() and "side by side" in bar._compare_button.toolTip()

    run_in_window(play)


def test_the_palette_finds_the_colours_of_a_set(home: Path) -> None:
    async def play(window: Window) -> None:
        def first(typed: str) -> str:
            press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
            palette = window.commands.palette
            assert palette is not None
            palette.field.setText(typed)
            shown: str = palette.list.model().index(0, 0).data(ACTION).title
            palette.close_up()
            return shown

        await generate_set(window)
        assert [first(typed) for typed in ("set palette", "set colours")] == ["Export set…"] * 2

    run_in_window(play)


def test_redo_removes_the_notice_that_a_set_was_taken_back(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_set(window)

        def titles() -> list[str]:
            return [one.title for one in window.create_page.notices().shown]

        window.undo()
        await until(lambda: "3 pictures taken back" in titles())
        await until(window.can_redo)
        window.redo()
        await until(lambda: len(pictures(home)) == 3 and len(results(window)) == 3)
        await until(lambda: "3 pictures taken back" not in titles())
        # The same is true of the notice that names what was undone.
        window.create_page.set_view.area.select([0])
        click(window.create_page.set_view._remove)
        window.undo()
        await until(lambda: "Undone" in titles())
        window.redo()
        await until(lambda: things(window) == ["owl", "star"] and "Undone" not in titles())

    run_in_window(play)
