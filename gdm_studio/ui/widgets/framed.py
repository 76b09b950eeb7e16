"""A field with a line of text and small buttons inside one frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.look.theme import SPACE
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.number_edit import NumberEdit


class Framed(QFrame):
    """Looks focused while its text is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "field")
        self.setFixedHeight(SPACE.control)

    def hold(self, edit: NumberEdit, *beside: QWidget) -> None:
        """Lays the text and what stands beside it out in a row."""
        edit.installEventFilter(self)
        edit.setTextMargins(-2, 0, 0, 0)  # a line edit's own two pixels: the text begins where other fields' does
        self.setFocusProxy(edit)
        in_row((edit, 1), *beside, on=self, spacing=1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Beside the text is in the text."""
        if self.focusProxy() is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.style().unpolish(self)
            self.style().polish(self)
        return super().eventFilter(watched, event)
