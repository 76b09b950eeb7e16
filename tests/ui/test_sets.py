"""Set mode in the window: a list becomes one job, one sheet, one collection of the gallery."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, Picture, read
from gdm_studio.run import Result, State
from gdm_studio.ui.create.sets.things import things_of
from gdm_studio.ui.gallery.places import Places
from gdm_studio.ui.gallery.shelf import Shelf
from gdm_studio.ui.gallery.sidebar import PLACE, Place, Sidebar, search_of
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.opened import click, opened, press, until


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("fox\nowl\n\nred apple", ["fox", "owl", "red apple"]),
        ("fox, owl , a red apple,", ["fox", "owl", "a red apple"]),
        ("fox, young\nowl", ["fox, young", "owl"]),
        ("- fox\n* owl\n3. star\n4) 2 cats", ["fox", "owl", "star", "2 cats"]),
        ("Fox\nowl\nfox\nOWL", ["Fox", "owl"]),
        (" \n ", []),
    ],
)
def test_lists_are_read_as_people_write_them(text: str, things: list[str]) -> None:
    assert things_of(text) == things


def members() -> set[str]:
    """The prompts of what is in the newest collection."""
    gallery = Gallery.open()
    name = gallery.collections()[0].name
    return {picture.request.prompt for picture in gallery.page(f'collection:"{name}"') if picture.request}


async def made(window: Window, things: str = "fox\nowl\nstar") -> None:
    """Turns to set mode and makes the set of a list."""
    click(window.create_page.controls.modes.set)
    window.create_page.controls.things.set_text(things)
    click(window.create_page.controls.button)
    assert window.sets.job is not None
    await until(lambda: window.create_page.sheet._show.isEnabled())


def test_a_list_becomes_one_job_of_pictures_in_one_style(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet, controls = window.create_page.sheet, window.create_page.controls
        assert not sheet.isVisible()
        await made(window)
        assert sheet.isVisible() and not controls.prompt.isVisible()
        requests = [result.request for result in sheet.model.results()]
        assert [request.prompt for request in requests] == ["fox", "owl", "star"]
        first = requests[0].seed
        assert [request.seed for request in requests] == [first, first + 1, first + 2]
        assert {request.style for request in requests} == {"plain"}  # one was chosen: no set without a style
        assert len(pictures(home)) == 3 and sheet.name.text() == window.sets.collection == "Fox, owl, star"

    opened(play)


def test_a_set_is_a_collection_that_is_named_and_found_in_the_gallery(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.create_page.sheet
        await made(window)
        sheet.name.setText("Forest")
        sheet.name.editingFinished.emit()
        await until(lambda: window.sets.collection == "Forest")
        click(sheet._show)
        page = window.gallery_page
        await until(lambda: window.shelf.all.rowCount() == 3 and page.sidebar.choice() == 'collection:"Forest"')
        window.create_page.controls.modes.set_toggled.emit(False)
        window.turn_to("create")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4)
        assert window.shelf.all.rowCount() == 3  # the collection is still open, and the new picture not in it

    opened(play)
    kept = {read(path).request.prompt for path in pictures(home)}  # type: ignore[union-attr]
    assert kept == {"fox", "owl", "star", "a cheerful red disc"}
    (collection,) = Gallery.open().collections()
    assert (collection.name, collection.count) == ("Forest", 3)


def test_one_picture_is_made_again_with_another_seed(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.create_page.sheet
        await made(window)
        before = list(sheet.model.items)
        sheet.grid.setFocus()
        sheet.grid.setCurrentIndex(sheet.model.index(1))
        beside = window.create_page.gallery.grid.current()
        assert beside is not None and beside.request.prompt == "owl" and window.sets.on
        press(window, Qt.Key.Key_R)
        assert window.sets.job is not None
        await until(lambda: window.sets.job is None)
        after = list(sheet.model.items)
        assert after[0] is before[0] and after[2] is before[2]
        assert after[1].thing == "owl" and after[1].request.seed == before[2].request.seed + 1
        assert after[1].result is not None and before[1].result is not None
        assert not np.array_equal(after[1].result.rgba, before[1].result.rgba)
        act(window, "Undo")
        await until(lambda: sheet.model.items == before)
        await until(lambda: members() == {"fox", "owl", "star"})
        await until(lambda: len(pictures(home)) == 4)  # what was made stays in the gallery

    opened(play)


def test_a_removed_picture_and_a_set_put_aside_can_be_brought_back(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.create_page.sheet
        await made(window)
        sheet.grid.setFocus()
        sheet.grid.setCurrentIndex(sheet.model.index(0))
        press(window, Qt.Key.Key_Delete)
        assert [item.thing for item in sheet.model.items] == ["owl", "star"]
        await until(lambda: members() == {"owl", "star"})
        act(window, "Undo")
        await until(lambda: [item.thing for item in sheet.model.items] == ["fox", "owl", "star"])
        click(sheet._discard)
        assert not sheet.model.items
        act(window, "Bring it back")
        await until(lambda: len(sheet.model.results()) == 3)
        await until(lambda: members() == {"fox", "owl", "star"})
        assert len(pictures(home)) == 3
        window.create_page.controls.things.set_text("car, ship")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 5 and window.sets.job is None)
        for things in (["fox", "owl", "star"], ["car", "ship"]):  # the one on the sheet gives way, and can come back
            act(window, "Bring it back")
            await until(lambda things=things: [item.thing for item in sheet.model.items] == things)  # type: ignore[misc]
            assert len(sheet.model.results()) == len(things)

    opened(play)


def _bring_back(window: Window) -> QPushButton:
    shown = window.create_page.sheet.notices.shown
    buttons = [button for notice in shown for button in notice.findChildren(QPushButton)]
    return next((button for button in buttons if button.text() == "Bring back"), None)  # type: ignore[return-value]


def test_a_set_is_in_the_gallery_while_it_is_made_and_undo_takes_all_of_it_back(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car")
        click(window.create_page.controls.button)
        await until(lambda: window.shelf.beside.rowCount() > 0)
        assert window.sets.job is not None, "the first was there before the last"
        await until(lambda: window.create_page.sheet._count.text() == "4 pictures · in the gallery")
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not pictures(home) and not Gallery.open().collections())
        await until(lambda: window.shelf.beside.rowCount() == 0)
        await until(lambda: window.create_page.sheet._count.text() == "0 of 4 pictures")
        assert not window.create_page.sheet.model.results(), "the sheet shows what was taken back"
        await until(lambda: _bring_back(window))
        click(_bring_back(window))
        await until(lambda: window.create_page.sheet._count.text() == "4 pictures · in the gallery")
        await until(lambda: [one.count for one in Gallery.open().collections()] == [4])
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.create_page.sheet._count.text() == "0 of 4 pictures")
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4 and [one.count for one in Gallery.open().collections()] == [4])

    opened(play, library=GaussianLibrary(step_seconds=0.1))


def test_the_sheet_fits_a_narrow_window(home: Path) -> None:
    async def play(window: Window) -> None:
        await made(window)
        window.resize(1024, 640)
        await until(lambda: window.width() == 1024)
        sheet = window.create_page.sheet
        assert window.create_page.gallery.width() == 264 and sheet.width() < 460
        right = sheet._show.mapTo(sheet, sheet._show.rect().topRight()).x()
        assert sheet._show.isVisible() and right <= sheet.width() - 16

    opened(play)


def test_a_set_is_seen_whole_where_it_fits(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.create_page.sheet
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car, sun, cat, dog")
        click(window.create_page.controls.button)
        job = window.sets.job
        assert job is not None
        await until(lambda: window.sets.job is None and job.settled)
        window.resize(1280, 800)
        await until(lambda: sheet.width() > 600 and sheet.grid.verticalScrollBar().maximum() == 0)
        assert sheet.grid.visualRect(sheet.model.index(6, 0)).bottom() <= sheet.grid.viewport().height()

    opened(play)


def test_a_file_dropped_on_the_list_is_the_windows(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        things = window.create_page.controls.things
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "fox.png"))])
        mime.setText("fox.png")
        args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(things.editor.viewport(), QDropEvent(QPointF(9, 9), *args))
        assert things.text() == ""

    opened(play)


def test_a_stopped_set_goes_on_where_it_was(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet, button = window.create_page.sheet, window.create_page.controls.button
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star, car")
        click(button)
        job = window.sets.job
        assert job is not None
        await until(lambda: len(sheet.model.results()) == 1)
        assert "of 4 done" in button.text()
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.sets.job is None)
        assert job.run.state is State.STOPPED
        first = sheet.model.results()
        click(button)
        await until(lambda: window.sets.job is None)
        assert len(sheet.model.results()) == 4 and sheet.model.results()[: len(first)] == first
        assert len({item.request.seed for item in sheet.model.items}) == 4

    opened(play, library=GaussianLibrary(step_seconds=0.03))


def test_escape_stops_a_run_that_began_before_the_set(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        job = window.making.job
        assert job is not None
        window.ways.turn_set(True)
        window.create_page.sheet.grid.setFocus()
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.making.job is None)
        assert job.run.state is State.STOPPED

    opened(play, library=GaussianLibrary(step_seconds=0.05))


def test_what_the_disk_did_not_take_is_kept_on_closing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        async def refuse(result: Result) -> Picture:
            raise StorageError("The disk is full.")

        monkeypatch.setattr(window.shelf, "keep", refuse)  # and not undone as a whole: the home is one of them
        click(window.create_page.controls.modes.set)
        window.create_page.controls.things.set_text("fox, owl, star")
        click(window.create_page.controls.button)
        await until(lambda: window.sets.job is None and window.create_page.notices().shown)
        assert not pictures(home)
        monkeypatch.setattr(window.shelf, "keep", partial(Shelf.keep, window.shelf))

    opened(play)
    assert len(pictures(home)) == 3 and [c.count for c in Gallery.open().collections()] == [3]


def test_a_set_lends_a_style_where_there_is_none_and_takes_it_back(home: Path) -> None:
    async def play(window: Window) -> None:
        style, turned = window.create_page.controls.style_box, window.create_page.controls.modes.set_toggled
        for chosen in ("", "dark"):
            window.create_page.controls.draft.change(style=chosen)
            turned.emit(True)
            assert style.choice() == (chosen or "plain")
            turned.emit(False)
            assert style.choice() == chosen
        window.create_page.controls.draft.change(style="")
        turned.emit(True)
        window.create_page.controls.draft.change(style="dark")
        turned.emit(False)
        assert style.choice() == "dark", "what people chose in the place of the one that was lent stays"

    opened(play)


def test_an_empty_list_is_answered_with_a_word(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.set)
        click(window.create_page.controls.button)
        assert window.sets.job is None
        assert any("list is empty" in notice.title for notice in window.create_page.notices().shown)

    opened(play)


def test_an_undo_of_a_set_leaves_its_sheet_where_it_is(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.shelf.beside.rowCount() == 1 and window.making.job is None)
        await made(window)
        await until(lambda: window.create_page.sheet._count.text() == "3 pictures · in the gallery")
        grid = window.create_page.sheet.grid
        place = grid.visualRect(grid.model().index(1, 0)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        details = window.create_page.gallery.details
        await until(lambda: details.picture() is not None)
        window.undo()
        await until(lambda: "3 pictures taken back" in [one.title for one in window.create_page.notices().shown])
        await until(lambda: window.shelf.beside.rowCount() == 1)
        assert window.sets.on and details.picture() is None and not window.create_page.gallery.grid.selected()

    opened(play)


def test_collections_are_renamed_taken_apart_and_brought_back(home: Path) -> None:
    async def play(window: Window) -> None:
        await made(window)
        window.turn_to("gallery")
        sidebar = window.gallery_page.sidebar
        await until(lambda: "Fox, owl, star" in names(window))
        sidebar.rename(search_of("Fox, owl, star"))
        editor = window.focusWidget()
        assert editor is not None and editor.accessibleName() == "Name of the collection"
        QTest.keyClicks(editor, "Icons")  # over the old name, which is selected
        QTest.keyClick(editor, Qt.Key.Key_Return)
        await until(lambda: names(window) == ["Icons"])
        sidebar.choose('collection:"Icons"')
        window.undo()
        await until(lambda: sidebar.choice() == search_of("Fox, owl, star") and names(window) == ["Fox, owl, star"])
        assert window.gallery_page.bar._open == "Fox, owl, star", "out of which pictures can be taken"
        sidebar.rename_asked.emit(sidebar.place(), "Icons")
        await until(lambda: sidebar.choice() == search_of("Icons") and names(window) == ["Icons"])
        assert window.gallery_page.bar._open == "Icons"
        sidebar.view.setFocus()
        press(window, Qt.Key.Key_Delete)
        await until(lambda: names(window) == [] and sidebar.choice() == "")
        await until(lambda: window._notices.shown)
        window._notices.shown[-1]._button.click()
        await until(lambda: names(window) == ["Icons"])
        window.gallery_page.grid.selectAll()
        window.gallery_page.collect_asked.emit("", [one.id for one in window.gallery_page.grid.selected()[:2]])
        await until(lambda: len(names(window)) == 2)

    opened(play)
    assert {(c.name, c.count) for c in Gallery.open().collections()} == {("Icons", 3), ("New collection", 2)}


def test_places_that_were_counted_before_a_new_name_are_not_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, show, shown = Places._counted, Sidebar.show_places, []

    async def play(window: Window) -> None:
        await made(window)
        window.turn_to("gallery")
        sidebar, reached, gate = window.gallery_page.sidebar, asyncio.Event(), asyncio.Event()
        await until(lambda: "Fox, owl, star" in names(window))
        sidebar.choose(search_of("Fox, owl, star"))

        async def counted(places: Places, place: Place) -> Place:
            reached.set()
            await gate.wait()
            return await real(places, place)

        monkeypatch.setattr(Places, "_counted", counted)
        monkeypatch.setattr(Sidebar, "show_places", lambda *told: shown.append(show(*told)))
        window.gallery_desk.places.refresh()
        await reached.wait()  # the names are read
        await window.shelf.deeds.rename_collection("Fox, owl, star", "Icons")
        assert sidebar.choice() == search_of("Icons")
        gate.set()
        await until(lambda: shown)
        assert names(window) == ["Icons"] and sidebar.choice() == search_of("Icons")

    opened(play)


def names(window: Window) -> list[str]:
    """The collections that the gallery page lists."""
    model = window.gallery_page.sidebar.view.model()
    places = [place for row in range(model.rowCount()) if (place := model.index(row, 0).data(PLACE))]
    return [place.name for place in places if place.kind == "collection"]


def act(window: Window, words: str) -> None:
    """Presses the button of the newest notice."""
    notice = window.create_page.notices().shown[-1]
    assert notice._button.text() == words
    notice._button.click()
