"""The window's tests fail if a widget is shown as a window of its own, even briefly."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QWidget

from gdm_studio.ui.shell.window import Window
from tests.helpers.window import run_in_window


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
