"""What somebody meets who has never seen the window: no key goes astray, no number changes unsaid, ways lead back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QToolTip, QWidget

from gdm_studio.gallery import Gallery
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import click, opened, press, until
from tests.ui.test_flow import generated, pictures


def focused() -> QWidget | None:
    return QApplication.focusWidget()


def test_a_notice_takes_no_keys_and_gives_none_away(home: Path) -> None:
    """Clicked away it left the focus to the next button in order: the page "Create", with a ring."""

    async def play(window: Window) -> None:
        stage = window.create_page.stage
        stage.setFocus()
        for way in ("click", "keys"):
            acted: list[int] = []
            window.say("Deleted", action="Undo", on_action=lambda acted=acted: acted.append(1))
            button = stage.notices.shown[-1]._button
            if way == "click":
                click(button)
            else:
                button.setFocus()
                press(window, Qt.Key.Key_Space)
            assert acted and focused() is stage, way

    opened(play)


def test_notices_leave_the_tools_of_the_picture_free_and_are_read_whole(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(872, 600)
        await generated(window)
        stage = window.create_page.stage
        window.say("A title that is a good deal longer than there is room for on a single line of it", action="Undo")
        await asyncio.sleep(0.05)
        notice = stage.notices.shown[-1]
        tools = stage.tools.geometry()
        assert notice.geometry().top() > tools.bottom() and tools.height() > 0
        titles = [part for part in notice.findChildren(QWidget) if part.property("role") == "strong"]
        assert titles[0].height() >= titles[0].heightForWidth(titles[0].width())

    opened(play)


def test_from_a_cell_of_a_grid_one_comes_back_to_it_and_the_keys_stay_on_the_stage(home: Path) -> None:
    async def play(window: Window) -> None:
        grids, stage = window.tools.sheets.grids, window.create_page.stage
        grids.make(("steps", "1, 2"), ("", ""))
        grids.open()
        await until(lambda: window.tools.sheets.batch.job is None and len(grids.items()) == 2)
        grids.view.cells[1].setFocus()
        click(grids.view.cells[1])
        assert not grids.view.isVisible() and focused() is stage.canvas
        await until(lambda: window.viewer.on_stage is not None and len(window.viewer.views()) == 2)
        assert stage.tools.back.isVisible() and stage.tools.back.toolTip() == "Back to the grid"
        assert "No steps" not in stage.filmstrip._title.text()
        click(stage.tools.back)
        assert grids.view.isVisible()
        click(grids.view.cells[0])
        await generated(window)
        assert not stage.tools.back.isVisible(), "another picture is on the stage"

    opened(play)


def test_every_setting_of_a_grid_begins_with_values_that_can_be_made(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = window.tools.sheets.grids
        grids.open_axes()
        setup = grids.setup
        names = [choice.id for choice in setup.across.box.choices()]
        assert len(names) > 8
        setup.down.box.pick("")
        for name in names:
            setup.across.box.pick(name)
            title = setup.across.box.currentText()
            hint = setup.across._hint.text()
            assert "_" not in title + hint, "the name that the program has for it"
            if name != "prompt":
                assert setup.across.text() and setup.make.isEnabled(), (name, setup._words.text())

    opened(play)


@pytest.mark.parametrize(
    ("typed", "becomes", "said"),
    [
        ("-5", 0, "Seed goes from 0 to"),
        ("abc", 42, "“abc” is no number; it is 42 still"),
        ("9" * 20, 2**63 - 1, "it is 9223372036854775807 now"),
    ],
)
def test_a_seed_that_cannot_be_is_answered(home: Path, typed: str, becomes: int, said: str) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.draft.change(seed=42)
        edit = controls.seed.edit
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, typed)
        press(window, Qt.Key.Key_Return)
        assert controls.request().seed == becomes
        assert said in QToolTip.text()
        QToolTip.hideText()

    opened(play)


def test_a_grid_says_where_its_pictures_are_and_undo_takes_them_back(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = window.tools.sheets.grids
        grids.make(("steps", "1-3"), ("", ""))
        grids.open()
        await until(lambda: "in the gallery as “Steps: a cheerful red disc”" in grids.view._words.text())
        assert len(pictures(home)) == 3 and [one.count for one in Gallery.open().collections()] == [3]
        grids.view.cells[0].setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not pictures(home) and not Gallery.open().collections())
        await until(lambda: "in the gallery" not in grids.view._words.text())
        await until(lambda: window.shelf.beside.rowCount() == 0)

    opened(play)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_what_an_empty_field_says_can_be_read(home: Path, scheme: str) -> None:
    """A style sheet that gives the colour of a text makes that of its placeholder, half as strong, by itself."""

    async def play(window: Window) -> None:
        window.theme.set_scheme(scheme)
        window.ways.turn_set(True)
        await asyncio.sleep(0.05)
        fields = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
        said = [field for field in fields if field.placeholderText()]
        assert len(said) > 5
        for field in said:
            field.ensurePolished()
            colour = field.palette().color(QPalette.ColorRole.PlaceholderText)
            assert colour.alpha() == 255 and colour.name() == window.theme.tokens.muted, field.accessibleName()
        window.theme.set_scheme("system")

    opened(play)


def test_out_of_a_set_one_comes_by_the_list_itself(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        window.ways.turn_set(True)
        assert controls.things.isVisible()
        assert controls.things.leave.mapTo(controls, QPoint(24, 0)).x() <= controls.width()
        click(controls.things.leave)
        assert controls.prompt.isVisible() and not window.sets.on

    opened(play)
