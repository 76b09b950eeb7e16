"""Fields of text and dropped files: a file is the window's, wherever it is let go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


def leave_files_to_window(field: QWidget) -> None:
    """Has a field of text pass over files that are dragged on it, which it would take for their names."""
    field.installEventFilter(_Passing(field))


class _Passing(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():  # entering, moving and letting go alike
            event.ignore()
            return True
        return super().eventFilter(watched, event)
