"""Chips (short labels with a rounded border), and a layout that wraps widgets into lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLayout, QLayoutItem, QSizePolicy, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import escape_ampersands, plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import antialiased_painter

HEIGHT = 26
EDGE = 12
CROSS = 12
WIDEST = 220


class Chip(QAbstractButton):
    """Button drawn as a chip: a short label, such as a tag, with a rounded border.

    If removable, it emits `removed()` on a click, Delete or Backspace.
    """

    removed = Signal()

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        tooltip: str,
        icon: str = "",
        removable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._is_removable = removable
        self._text = plain(text)
        self.setText(escape_ampersands(text))
        self.setToolTip(tip(tooltip))
        self.setAccessibleName(self._text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        if removable:
            self.clicked.connect(self.removed)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._theme.font(12, 500)).horizontalAdvance(self._text)
        marks = (CROSS + 4 if self._is_removable else 0) + (CROSS + 4 if self._icon else 0)
        return QSize(min(words + marks + 2 * EDGE - 2, WIDEST), HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        lit = self.underMouse() or self.hasFocus()
        line = "accent" if self.hasFocus() else "edge" if lit else "line"
        painter.setPen(QPen(self._theme.colour(line), 1))
        painter.setBrush(self._theme.colour("hover" if lit else "card"))
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(body, HEIGHT / 2, HEIGHT / 2)
        room = self.rect().adjusted(EDGE - 1, 0, 1 - EDGE, 0)
        middle = self.height() / 2
        muted = self._theme.colour("muted")
        if self._icon:
            icons.paint(painter, QRectF(room.left() - 2, middle - CROSS / 2, CROSS, CROSS), self._icon, muted)
            room.setLeft(room.left() + CROSS + 4)
        if self._is_removable:
            place = QRectF(room.right() - CROSS + 3, middle - CROSS / 2, CROSS, CROSS)
            icons.paint(painter, place, "x", self._theme.colour("text") if lit else muted)
            room.setRight(room.right() - CROSS - 3)
        painter.setPen(self._theme.colour("text" if self._is_removable else "muted"))
        painter.setFont(self._theme.font(12, 500))
        words = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width() + 2)
        painter.drawText(room.adjusted(0, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, words)


class Flow(QLayout):
    """Qt layout that places widgets side by side, vertically centred, and wraps them into lines."""

    def __init__(self, *, gap: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def set_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Replace the widgets in the layout, and delete earlier widgets that are not in the new list."""
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget not in widgets:
                widget.hide()
                widget.deleteLater()
        self._items.clear()
        for widget in widgets:
            self.addWidget(widget)
            widget.show()
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        needed = QSize(0, 0)
        for item in self._items:
            needed = needed.expandedTo(item.minimumSize())
        return needed

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        """Return the total height of the wrapped lines of widgets if the layout has the width of `rect`.

        If `place` is True, also move the widgets to their positions.
        """
        left = rect.left()
        top = rect.top()
        line = max((item.sizeHint().height() for item in self._items), default=0)
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if left > rect.left() and left + size.width() > rect.right() + 1:
                left, top = rect.left(), top + line + self._gap
            if place:
                down = (line - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, top + down), size))
            left += size.width() + self._gap
        return top + line - rect.top()
