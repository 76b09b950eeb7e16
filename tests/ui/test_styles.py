"""The style picker: preview images from the model card in a grid with search and arrow keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.models.model_card import SAMPLE_SIDE, ModelCard, Style, sample_path
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.ui.create.panel.style_picker import StylePicker, style_tiles
from gdm_studio.ui.create.panel.tile_popup import TILE
from gdm_studio.ui.theme.theme import Theme
from tests.helpers.gaussian_model import CARD
from tests.helpers.widgets import mute_platform, record_signal, show_widget, theme, wait_until

STYLES = (
    Style("flat", "Flat", "Flat"),
    Style("glossy", "Glossy 3D", "Shaded"),
    Style("bold", "Bold flat", "Flat"),
    Style("soft", "Soft gradient", "Shaded"),
)


@pytest.fixture
def look() -> Theme:
    return theme()


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    """Return the card of a model whose folder contains an image of one style."""
    (tmp_path / "styles").mkdir()
    Image.new("RGBA", (SAMPLE_SIDE, SAMPLE_SIDE), (255, 0, 0, 255)).save(tmp_path / "styles" / "glossy.png")
    return replace(CARD, styles=STYLES, path=tmp_path / "model.safetensors")


def _titles(picker: StylePicker) -> list[str]:
    """Return the titles in the open grid, headings included."""
    model = picker.popup.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def _opened(picker: StylePicker) -> StylePicker:
    with mute_platform():
        show_widget(picker, 160)
        QTest.mouseClick(picker, Qt.MouseButton.LeftButton)
        assert wait_until(picker.popup.isVisible)
    return picker


def test_styles_are_grouped_after_any_style(card: ModelCard) -> None:
    tiles = style_tiles(card)
    assert [tile.title for tile in tiles] == ["Any style", "Flat", "Bold flat", "Glossy 3D", "Soft gradient"]
    assert [tile.picture is not None and tile.picture.exists() for tile in tiles] == [False, False, False, True, False]
    assert style_tiles(replace(card, styles=())) == []


def test_the_list_opens_as_a_grid_with_headings(look: Theme, card: ModelCard) -> None:
    picker = StylePicker(look)
    picker.set_styles(card)
    picker.set_choice("bold")
    with mute_platform():
        _opened(picker)
        assert _titles(picker) == ["Any style", "Flat", "Flat", "Bold flat", "Shaded", "Glossy 3D", "Soft gradient"]
        assert picker.popup.view.currentIndex().data(TILE).id == "bold"
        rects = [picker.popup.view.visualRect(picker.popup.view.model().index(row, 0)) for row in range(7)]
        assert rects[2].top() == rects[3].top() and rects[3].left() >= rects[2].right()
        assert rects[4].top() > rects[3].top() and rects[5].top() > rects[4].top()
        picker.popup.hide()


def test_typing_finds_a_style_and_enter_selects_it(look: Theme, card: ModelCard) -> None:
    picker = StylePicker(look)
    picker.set_styles(card)
    chosen = record_signal(picker.chosen)
    with mute_platform():
        _opened(picker)
        QTest.keyClicks(picker.popup.search, "grad")
        assert _titles(picker) == ["Shaded", "Soft gradient"]
        QTest.keyClicks(picker.popup.search, "q")
        assert _titles(picker) == ["Nothing has this name"]
        QTest.keyClick(picker.popup.search, Qt.Key.Key_Backspace)
        QTest.keyClick(picker.popup.search, Qt.Key.Key_Return)
    assert chosen == [("soft",)] and picker.choice() == "soft" and not picker.popup.isVisible()


def test_arrow_keys_skip_headings(look: Theme, card: ModelCard) -> None:
    picker = StylePicker(look)
    picker.set_styles(card)
    picker.set_choice("flat")
    with mute_platform():
        _opened(picker)
        seen = []
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
            QTest.keyClick(picker.popup.search, key)
            seen.append(picker.popup.view.currentIndex().data(TILE).title)
        picker.popup.hide()
    assert seen[0] == "Bold flat" and seen[1] in ("Glossy 3D", "Soft gradient") and seen[3] == "Any style"


def test_a_click_selects_a_style_but_no_heading(look: Theme, card: ModelCard) -> None:
    picker = StylePicker(look)
    picker.set_styles(card)
    chosen = record_signal(picker.chosen)
    with mute_platform():
        _opened(picker)
        view = picker.popup.view
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(1, 0)).center()
        )
        assert picker.popup.isVisible() and not chosen
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(5, 0)).center()
        )
    assert chosen == [("glossy",)]


def test_the_shipped_model_has_an_image_of_every_style_and_example() -> None:
    shipped = Library().card(BUILT_IN)
    assert {example.style for example in shipped.examples} <= {style.id for style in shipped.styles}
    samples = [sample_path(shipped, "style", style.id) for style in shipped.styles]
    samples += [sample_path(shipped, "example", example.prompt) for example in shipped.examples]
    for sample in samples:
        assert sample is not None
        with Image.open(sample) as picture:
            assert picture.size == (SAMPLE_SIDE, SAMPLE_SIDE) and picture.convert("RGBA").getextrema()[3][0] == 0
