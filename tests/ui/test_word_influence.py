"""The influence of each prompt word in the window, by word, by place and by step, and its storage on request."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gdm_studio.engine.attention_maps import Attention
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.generation.notices import SaveNotices
from gdm_studio.ui.denoising_steps.words_view import LitPicture, WordRow, WordsView
from gdm_studio.ui.shell.window import Window
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.widgets import unfold
from tests.helpers.window import hover, notice_button, press, run_in_window, until, wait_for_notice
from tests.ui.accessibility import problems


def said(window: Window) -> str:
    return " ".join(each.text() for each in window.findChildren(QLabel) if each.isVisible())


def test_word_influence_is_shown_if_it_was_recorded(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, steps = window.create_page.controls, window.steps
        window.settings.use(Request(model="tiny", prompt="a red fox", steps=3, count=1))
        controls.button.click()
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() == 1)
        assert not window.create_page.canvas_panel.bar.words.isVisible()
        unfold(controls)
        controls.more.attention.click()
        assert controls.request().attention
        await until(lambda: "The effect of its words was not recorded" in said(window))
        controls.button.click()
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() == 2)
        await until(lambda: steps._can_show_words())
        press(window, Qt.Key.Key_W)
        await until(lambda: window.findChildren(WordsView))
        (view,) = window.findChildren(WordsView)
        assert [row.accessibleName() for row in view.rows] == ["a", "red", "fox"] and problems(view) == []
        assert view.rows[1].hasFocus() and "acted where the picture is not faded" in said(window)
        for key in (Qt.Key.Key_S, Qt.Key.Key_M, Qt.Key.Key_V):
            press(window, key)
        stage = window.create_page.canvas_panel
        view_mode = window.viewer.view_mode
        assert (controls.request().image, stage.mode(), view_mode) == ("", "", "predicted"), "what lies below"
        press(window, Qt.Key.Key_W)
        await until(lambda: not window.findChildren(WordsView))
        press(window, Qt.Key.Key_V)
        assert window.viewer.view_mode != "predicted", "hears them again"
        press(window, Qt.Key.Key_W)
        await until(lambda: len(window.findChildren(WordsView)) == 1)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.findChildren(WordsView))

    run_in_window(play, library=TinyLibrary())


def test_an_image_without_recorded_words_is_generated_again_with_them(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        window.settings.use(Request(model="tiny", prompt="a red fox", steps=3, count=1, seed=5))
        controls.button.click()
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() == 1)
        window.steps.show_words()
        await until(lambda: notice_button(window, "Generate it again"))
        button = notice_button(window, "Generate it again")
        assert button is not None
        button.click()
        await until(lambda: window.findChildren(WordsView))
        run = window.viewer.run
        assert run is not None and run.request.seed == 5 and run.request.attention
        assert not controls.request().attention, "the next pictures do not pay for it"
        await window.gallery.flush()
        assert window.gallery.page_model.rowCount() == 1, "the same picture is not saved twice"
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.findChildren(WordsView))
        assert bar.words.isVisible()
        bar.words.click()
        await until(lambda: window.findChildren(WordsView))

    run_in_window(play, library=TinyLibrary())


def test_an_image_is_not_generated_again_while_another_one_waits_to_be_saved(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(window: Window) -> None:
        window.settings.use(Request(model="tiny", prompt="a red fox", steps=3, count=1, seed=5))
        window.create_page.controls.button.click()
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() == 1)
        run = window.viewer.run
        window.steps.show_words()
        await until(lambda: notice_button(window, "Generate it again"))
        button = notice_button(window, "Generate it again")
        assert button is not None
        monkeypatch.setattr(SaveNotices, "is_blocked", True)
        button.click()
        await wait_for_notice(window, "A picture could not be saved Try again once it is saved.")
        assert window.viewer.run is run and window.generation.job is None

    run_in_window(play, library=TinyLibrary())


def test_a_word_highlights_its_region_and_a_region_names_its_words(home: Path) -> None:
    maps = np.zeros((2, 2, 4, 4), np.uint8)
    # The first word acts at the top left, mostly at step 3.
    maps[0, 0, 0, 0] = maps[1, 0, 0, 0] = 255
    # The second word acts at the bottom right, only at step 1.
    maps[0, 1, 3, 3] = 255
    told = Attention(("left", "right"), (1, 3), maps, np.array([[0.2, 0.5], [0.4, 0.0]], np.float32))
    picture = np.full((64, 64, 4), 255, np.uint8)

    async def play(window: Window) -> None:
        window.resize(1100, 700)
        view = WordsView(window.theme, picture, told, parent=window)
        view.open_up()
        lit: LitPicture = view.picture
        view.rows[1].setFocus()
        await until(lambda: "most at step 1" in said(window))
        shown = lit.grab().toImage()
        room = lit.room()
        assert (
            lit._heat_map is not None
            and lit._heat_map.pixelColor(3, 3).alpha() == 0 < lit._heat_map.pixelColor(0, 0).alpha()
        )
        assert shown.pixelColor(room.center().toPoint()).lightness() < 200, "dark where it did not act"
        view.slider.setValue(2)
        assert lit._heat_map.pixelColor(3, 3).alpha() == 225, "nor anywhere at step 3"
        view.slider.setValue(0)
        hover(lit, room.topLeft() + QPointF(5, 5))
        await until(lambda: "Words that acted here: “left” 30 %" in said(window))
        lit.setFocus()
        for key in (Qt.Key.Key_Down,) * 4 + (Qt.Key.Key_Right,) * 4:
            QTest.keyClick(lit, key)
        assert "Words that acted here: “right” 25 %" in said(window)
        rows: list[WordRow] = view.rows
        assert rows[1]._share == 1 and rows[0]._share == 0
        assert problems(view) == []
        view.close_button.click()

    run_in_window(play)
