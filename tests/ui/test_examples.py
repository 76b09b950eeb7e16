"""Example prompts: a click fills in the prompt, Enter also generates the image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gdm_studio.gallery import read
from gdm_studio.models.model_card import Example, ModelCard, sample_path
from gdm_studio.models.model_library import Library
from gdm_studio.ui.create.panel.tile_popup import TILE
from gdm_studio.ui.create.viewer.welcome import sentence_of
from gdm_studio.ui.models import controller
from gdm_studio.ui.shell.window import Window
from tests.helpers.fast_model import FastLibrary
from tests.helpers.gaussian_model import CARD
from tests.helpers.widgets import mute_platform
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated, pictures


def test_a_click_fills_the_prompt_and_enter_generates_the_image(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        popup = controls.examples.popup
        with mute_platform():
            click(controls.examples)
            view = popup.view
            assert popup.isVisible()
            assert (popup.accessibleName(), popup.search.placeholderText()) == ("Examples", "Search examples")
            index = view.model().index(1, 0)
            assert index.data(TILE).id == "a calm blue disc"
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
            assert controls.prompt.text() == "a calm blue disc" and not popup.isVisible()
            assert (controls.style_box.choice(), controls.seed.value()) == ("dark", 21)
            assert window.generation.job is None
            controls.examples.open()
            QTest.keyClicks(popup.search, "red")
            QTest.keyClick(popup.search, Qt.Key.Key_Return)
        assert controls.prompt.text() == "a cheerful red disc"
        await until(lambda: pictures(home))
        (path,) = pictures(home)
        made = read(path).request
        assert made is not None and made.prompt == "a cheerful red disc"
        assert (made.style, made.seed) == ("", 8)

    run_in_window(play)


def test_the_first_image_uses_the_first_example_of_the_model(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        picture = window.gallery.panel_model.picture(0)
        assert picture is not None
        example = window.library.cards()[0].examples[0]
        request = picture.request
        assert (request.prompt, request.style) == (example.prompt, example.style)
        first_seed = request.seed
        await generated(window)
        assert window.gallery.panel_model.picture(0).request.seed != first_seed

    run_in_window(play)


def test_escape_leaves_the_prompt_as_it_was(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("my own words")
        with mute_platform():
            controls.examples.open()
            QTest.keyClick(controls.examples.popup.search, Qt.Key.Key_Escape)
        assert not controls.examples.popup.isVisible() and controls.prompt.text() == "my own words"

    run_in_window(play)


def test_the_empty_canvas_shows_examples_and_a_click_draws_one(home: Path) -> None:
    async def play(window: Window) -> None:
        panel = window.create_page.canvas_panel
        await until(panel.welcome.isVisible)
        card = window.library.cards()[0]
        assert card.summary.rstrip(".") in panel.canvas.accessibleDescription()
        tiles = panel.welcome.tiles
        assert [tile.accessibleName() for tile in tiles] == [example.prompt for example in card.examples][:2]
        panel_rect = panel.welcome.parentWidget().rect()
        assert all(panel_rect.contains(tile.geometry()) for tile in tiles if tile.isVisible())
        tiles[0].setFocus()
        for following in (tiles[1], panel.welcome.add):
            press(window, Qt.Key.Key_Tab)
            assert window.focusWidget() is following
        click(tiles[1])
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        picture = window.gallery.panel_model.picture(0)
        assert picture is not None and picture.request.prompt == card.examples[1].prompt
        assert picture.request.seed == card.examples[1].seed
        assert not panel.welcome.isVisible()

    run_in_window(play)


def test_the_empty_canvas_shows_the_examples_of_another_model(home: Path) -> None:
    class TwoModels(FastLibrary):
        def cards(self) -> list[ModelCard]:
            drawings = tuple(Example(f"a drawing of {count} hats", seed=count) for count in range(3))
            return [*super().cards(), replace(CARD, name="drawings", title="Drawings", examples=drawings)]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        welcome = window.create_page.canvas_panel.welcome
        await until(welcome.isVisible)

        def shown() -> list[str]:
            return [tile.example.prompt for tile in welcome.tiles if tile.isVisible()]

        assert len(shown()) == 2
        controls.model_box.pick("drawings")
        await until(lambda: controls.request().model == "drawings")
        assert shown() == ["a drawing of 0 hats", "a drawing of 1 hats"]
        assert all(welcome.rect().contains(tile.geometry()) for tile in welcome.tiles)
        controls.model_box.pick("gaussian")
        await until(lambda: controls.request().model == "gaussian")
        assert len(shown()) == 2
        click(controls.modes.fast)
        await until(lambda: controls.request().model == "gaussian-fast")
        assert len(shown()) == 2

    run_in_window(play, library=TwoModels())


def test_the_empty_canvas_leads_to_adding_a_checkpoint(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        await until(window.create_page.canvas_panel.welcome.isVisible)
        asked: list[str] = []

        def answer(parent: QWidget, title: str, kinds: str, on_chosen: object, first: Path) -> None:
            asked.append(kinds)

        monkeypatch.setattr(controller, "ask_files", answer)
        click(window.create_page.canvas_panel.welcome.add)
        assert window.page() == "models" and "*.safetensors" in asked[0]

    run_in_window(play)


def test_the_built_in_model_says_what_it_draws() -> None:
    card = next(card for card in Library().cards() if card.family == "icons")
    assert sentence_of(card).startswith("Draws things and small scenes as icons, from words in English and twelve")
    pictures = [sample_path(card, "example", example.prompt) for example in card.examples[:12]]
    assert len(pictures) == 12 and all(path is not None and path.is_file() for path in pictures)
