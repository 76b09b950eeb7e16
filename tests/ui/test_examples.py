"""Example prompts: a click writes one into the prompt, Enter makes it at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import read
from gdm_studio.ui.create.panel.tiles import TILE
from gdm_studio.ui.shell.window import Window
from tests.helpers.looks import platform_unheard
from tests.helpers.opened import click, opened, until


def test_a_click_fills_the_prompt_and_enter_makes_the_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        popup = controls.examples.popup
        with platform_unheard():
            click(controls.examples)
            view = popup.view
            assert popup.isVisible()
            index = view.model().index(1, 0)
            assert index.data(TILE).id == "a calm blue disc"
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
            assert controls.prompt.text() == "a calm blue disc" and not popup.isVisible()
            assert (controls.style_box.choice(), controls.seed.value()) == ("dark", 21)
            assert window.making.job is None
            controls.examples.open()
            QTest.keyClicks(popup.search, "red")
            QTest.keyClick(popup.search, Qt.Key.Key_Return)
        assert controls.prompt.text() == "a cheerful red disc"
        await until(lambda: list((home / "pictures").glob("*.png")))
        (path,) = (home / "pictures").glob("*.png")
        made = read(path).request
        assert made is not None and made.prompt == "a cheerful red disc"
        assert (made.style, made.seed) == ("", 8)

    opened(play)


def test_a_first_picture_is_the_one_that_the_model_shows(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is None and window.shelf.beside.rowCount() == 1)
        picture = window.shelf.beside.picture(0)
        assert picture is not None
        example = window.library.cards()[0].examples[0]
        request = picture.request
        assert (request.prompt, request.style, request.seed) == (example.prompt, example.style, example.seed)
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is None and window.shelf.beside.rowCount() == 2)
        assert window.shelf.beside.picture(0).request.seed != example.seed

    opened(play)


def test_escape_leaves_the_prompt_as_it_was(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("my own words")
        with platform_unheard():
            controls.examples.open()
            QTest.keyClick(controls.examples.popup.search, Qt.Key.Key_Escape)
        assert not controls.examples.popup.isVisible() and controls.prompt.text() == "my own words"

    opened(play)
