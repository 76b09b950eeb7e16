"""The window of the tests: a flash of another window fails a test, and several plays start alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QWidget

from gdm_studio.ui.shell.window import Window
from tests.helpers.window import notices, run_in_window


def test_a_widget_that_is_briefly_a_window_fails_the_test(home: Path) -> None:
    async def play(window: Window) -> None:
        adopted, hidden, menu, tool = QLabel(), QLabel(), QMenu(), QWidget(window, Qt.WindowType.Window)
        for name, widget in {"adopted": adopted, "hidden": hidden, "menu": menu, "tool": tool}.items():
            widget.setObjectName(name)
        adopted.show()
        adopted.setParent(window)
        hidden.setVisible(True)
        hidden.hide()
        menu.addAction("Entry")
        menu.popup(QPoint(0, 0))
        menu.hide()
        tool.show()
        tool.hide()

    with pytest.raises(AssertionError, match="shown as windows of their own") as failure:
        run_in_window(play)
    for name in ("adopted", "hidden", "menu", "tool"):
        assert f'name="{name}"' in str(failure.value)


def test_menus_and_dialogs_of_the_window_are_no_windows_of_their_own(home: Path) -> None:
    async def play(window: Window) -> None:
        menu, dialog, label = QMenu(window), QDialog(window), QLabel(window)
        menu.addAction("Entry")
        menu.popup(QPoint(0, 0))
        menu.hide()
        dialog.open()
        dialog.hide()
        label.show()

    run_in_window(play)


def test_each_of_several_plays_finds_the_settings_and_searches_of_a_new_window(home: Path) -> None:
    found = []

    async def play(window: Window) -> None:
        page, draft = window.gallery_page, window.request_draft
        words = window.create_page.controls.prompt.text(), page.search.text()
        found.append((window.page(), window.sets.on, draft.request.steps, *words, notices(window)))
        window.notify("A notice")
        assert notices(window)
        draft.change(prompt="a red fox", steps=3)
        page.search.set_text("owl")
        window.modes.turn_set(True)
        window.open_page("gallery")

    async def fail(window: Window) -> None:
        raise ValueError

    with pytest.raises(ValueError) as failure:
        run_in_window(play, play, fail)
    assert found[0] == found[1] and found[0][0] == "create"
    assert "Failed in fail, number 3 of 3 in this window" in failure.value.__notes__
