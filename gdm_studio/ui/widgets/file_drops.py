"""Dropped files: they are the window's, wherever they are let go, and stay where they come from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


def take_copy(event: QDropEvent) -> None:
    """Accepts what is dragged or dropped as a copy alone: told of a move, the program it comes from deletes it."""
    if event.possibleActions() & Qt.DropAction.CopyAction:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()


def leave_files_to_window(field: QWidget) -> None:
    """Has a field of text pass over files that are dragged on it, which it would take for their names."""
    field.installEventFilter(_Passing(field))


class _Passing(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():  # entering, moving and letting go alike
            event.ignore()
            return True
        return super().eventFilter(watched, event)
