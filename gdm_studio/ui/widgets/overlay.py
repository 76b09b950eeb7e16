"""Base class of overlays such as the palette, which show a panel over the dimmed window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_shadow

# Alpha of the cover over the window, in a dark theme and in a light one.
DIM = {True: 120, False: 60}
RADIUS = 12
WITH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Overlay(QWidget):
    """Base class of dialogs that dim the window and show a panel over it, such as the command palette.

    Call `set_panel(panel)` once, then `open_up()`. Subclasses implement `place(room)`. Escape, a click outside the
    panel, or the `keys` of the action that opened the overlay close it; it then emits `closed()` and restores the
    focus. While it is open, keys without modifiers do not reach the window.
    """

    closed = Signal()
    keys = ""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._panel = QWidget(self)
        self._focus = QApplication.focusWidget()
        self.hide()
        parent.installEventFilter(self)
        theme.changed.connect(self.update)

    def set_panel(self, panel: QWidget) -> None:
        """Set the widget that the overlay shows over the dimmed window."""
        self._panel.deleteLater()
        self._panel = panel
        panel.setParent(self)

    def place(self, room: QRect) -> QRect:
        """Return the panel's rectangle within the window's rectangle `room`. Subclasses implement this."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Move the overlay's panel to the rectangle that `place` returns, for example after the window was resized."""
        self._panel.setGeometry(self.place(self.rect()))
        self.update()

    def open_up(self) -> None:
        """Dim the window and show the panel over it."""
        self.setGeometry(self.window().rect())
        self.arrange()
        self.show()
        self.raise_()

    def close_up(self) -> None:
        """Close and delete the overlay, emit `closed`, and restore the keyboard focus."""
        if self.isHidden():
            return
        self.hide()
        if self._focus is not None and self._focus.isVisible():
            self._focus.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and not event.modifiers() & WITH:
            # Otherwise the key would run a shortcut of the window.
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Keys without a name have the text "".
        if QKeySequence(event.key()).toString() in {"Esc", *self.keys.split("; ")} - {""}:
            self.close_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self.window().rect())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.close_up()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, DIM[self._theme.dark]))
        paint_shadow(painter, QRectF(self._panel.geometry()), RADIUS, self._theme)


def centred_rect(room: QRect, width: int, height: int) -> QRect:
    """Return a rectangle of the given size, or smaller if necessary, in the centre of `room`."""
    place = QRect(0, 0, min(width, room.width() - 48), min(height, room.height() - 48))
    place.moveCenter(room.center())
    return place
