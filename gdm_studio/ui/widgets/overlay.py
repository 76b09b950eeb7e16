"""A panel that lies over the whole window until it is chosen from or left; the window behind it is dimmed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import shadow, smooth

DIM = {True: 120, False: 60}  # alpha of what lies over the window, dark and light
RADIUS = 12
WITH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Overlay(QWidget):
    """Signals: `closed()`. `hold(panel)` once, then `open_up()`; `place(room)` says where in the window it lies.

    The focus goes back to where it was. A click beside the panel closes it, and so do Escape and the `keys` of what
    opened it. Other plain keys are nobody else's meanwhile.
    """

    closed = Signal()
    keys = ""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._held = theme, QWidget(self)
        self._focus = QApplication.focusWidget()
        self.hide()
        parent.installEventFilter(self)
        theme.changed.connect(self.update)

    def hold(self, panel: QWidget) -> None:
        """What it shows."""
        self._held.deleteLater()
        self._held = panel
        panel.setParent(self)

    def place(self, room: QRect) -> QRect:
        """Where the panel lies in a window of the size of `room`."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Puts the panel in its place anew."""
        self._held.setGeometry(self.place(self.rect()))
        self.update()

    def open_up(self) -> None:
        """Shows it over everything."""
        self.setGeometry(self.window().rect())
        self.arrange()
        self.show()
        self.raise_()

    def close_up(self) -> None:
        """Takes it away."""
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
            event.accept()  # it is nobody else's meanwhile
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if QKeySequence(event.key()).toString() in {"Esc", *self.keys.split("; ")} - {""}:  # "" is a key without a name
            self.close_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self.window().rect())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._held.geometry().contains(event.position().toPoint()):
            self.close_up()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, DIM[self._theme.dark]))
        shadow(painter, QRectF(self._held.geometry()), RADIUS, self._theme)


def centred(room: QRect, width: int, height: int) -> QRect:
    """In the middle of the window, as large as that where there is room."""
    place = QRect(0, 0, min(width, room.width() - 48), min(height, room.height() - 48))
    place.moveCenter(room.center())
    return place
