"""Panes side by side, with dividers that can be moved by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import Theme

# Distance in logical pixels by which an arrow key moves a divider, and width of a divider under the pointer.
STEP = 16
HIGHLIGHT = 3
HORIZONTAL = Qt.Orientation.Horizontal
BACKWARDS = (Qt.Key.Key_Left, Qt.Key.Key_Up)
FORWARDS = (Qt.Key.Key_Right, Qt.Key.Key_Down)


class Splitter(QSplitter):
    """Row of panels separated by dividers that the user can move by mouse or, when focused, with the arrow keys.

    Signals: `splitterMoved` of Qt, `pressed()` when a mouse button goes down on a divider, and `reset_asked()` after a
    double click or Home on a divider.
    """

    pressed = Signal()
    reset_asked = Signal()

    def __init__(self, theme: Theme, *, names: Sequence[str], width: int, parent: QWidget | None = None) -> None:
        """Create an empty splitter.

        `names` are the accessible names of its dividers, which say what each resizes, and `width` is their width in
        pixels.
        """
        super().__init__(HORIZONTAL, parent)
        self._theme = theme
        # The first handle of a splitter is never visible.
        self._names = iter(("", *names))
        self._header_height = 0
        self.setHandleWidth(width)
        self.setChildrenCollapsible(False)

    def set_head(self, height: int) -> None:
        """Set the height of a header that all panels share. Vertical dividers are painted below it."""
        if height != self._header_height:
            self._header_height = height
            for place in range(self.count()):
                self.handle(place).update()

    def head(self) -> int:
        """Return the height of the header that all panels share."""
        return self._header_height

    def createHandle(self) -> QSplitterHandle:
        return _Divider(self._theme, next(self._names), self)


class _Divider(QSplitterHandle):
    """Divider between two panels, painted as a thin line that is highlighted while hovered or focused."""

    def __init__(self, theme: Theme, name: str, parent: Splitter) -> None:
        super().__init__(parent.orientation(), parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setAccessibleDescription(self.tr("Arrow keys move it"))
        self.setToolTip(tip(self.tr("Drag to resize; double-click for the default size")))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        is_active = self.hasFocus() or self.underMouse()
        wide = HIGHLIGHT if is_active else 1
        middle = QRectF(self.rect()).center()
        line = QRectF(self.rect())
        if self.orientation() == HORIZONTAL:
            line.setLeft(round(middle.x() - wide / 2))
            line.setWidth(min(wide, self.width()))
            splitter = self.splitter()
            line.setTop(splitter.head() if isinstance(splitter, Splitter) else 0)
        else:
            line.setTop(round(middle.y() - wide / 2))
            line.setHeight(min(wide, self.height()))
        painter.fillRect(line, self._theme.colour("accent" if is_active else "line"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt extends a thin divider by margins, in which the mouse reaches it.
        margins = self.contentsMargins()
        position = self.x() + margins.left() if self.orientation() == HORIZONTAL else self.y() + margins.top()
        splitter = self.splitter()
        if event.key() in (*BACKWARDS, *FORWARDS):
            self.moveSplitter(position + (STEP if event.key() in FORWARDS else -STEP))
        elif event.key() == Qt.Key.Key_Home and isinstance(splitter, Splitter):
            splitter.reset_asked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        splitter = self.splitter()
        if isinstance(splitter, Splitter):
            splitter.pressed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        splitter = self.splitter()
        if isinstance(splitter, Splitter):
            splitter.reset_asked.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()
