"""The family of a picture in a small panel above the film-strip: thumbnails along the lines of a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.index import Index
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import label
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.painting import round_path, rounded

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.create.steps.family import Member

WIDTH, ROW, MOST_ROWS = 372, 56, 7
SIDE, INDENT, RADIUS = 40, 26, 7
MEMBER = Qt.ItemDataRole.UserRole + 1


class FamilyView(QFrame):
    """Signals: `chosen(object picture)`. Setters: `set_thumbnails({id: RGBA})`. ↑ ↓ Enter choose, Esc closes."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, members: Sequence[Member], current: str, *, parent: QWidget) -> None:
        """`current` is the id of the picture that is on the stage."""
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "notice")
        self._members = list(members)
        self.list = QListView()
        self.list.setAccessibleName("Family of the picture")
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._rows = _Rows(theme, current, self.list)
        self.list.setItemDelegate(self._rows)
        model = QStandardItemModel(self)
        for member in self._members:
            item = QStandardItem(f"{member.title}, {member.text}")
            item.setData(member, MEMBER)
            item.setEditable(False)
            model.appendRow(item)
        self.list.setModel(model)
        self.list.clicked.connect(self._choose)
        self._lay_out()
        row = next((row for row, member in enumerate(self._members) if member.picture.id == current), 0)
        self.list.setCurrentIndex(model.index(row, 0))
        self.list.setFocus()

    def set_thumbnails(self, pictures: Mapping[str, np.ndarray | None]) -> None:
        """What the pictures look like."""
        ratio = self.devicePixelRatioF()
        for picture_id, rgba in pictures.items():
            if rgba is not None:
                self._rows.pictures[picture_id] = thumbnail(rgba, round(SIDE * ratio))
        self.list.viewport().update()

    def open_above(self, place: QPoint) -> None:
        """Shows it with its right edge and foot at a place of the screen."""
        self.adjustSize()
        self.move(place.x() - self.width(), place.y() - self.height() - 8)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: Index) -> None:
        picture = index.data(MEMBER).picture
        self.close()
        self.chosen.emit(picture)

    def _lay_out(self) -> None:
        title = label("Family · where each left the one above", "muted")
        title.setContentsMargins(8, 0, 8, 0)
        self.list.setFixedSize(WIDTH, ROW * min(len(self._members), MOST_ROWS) + 2)
        stacked(title, self.list, on=self, margins=(6, 10, 6, 6), spacing=6)


class _Rows(QStyledItemDelegate):
    """A line of the tree: its branches, the thumbnail, two lines of words."""

    def __init__(self, theme: Theme, current: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._current = theme, current
        self.pictures: dict[str, QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 16, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        member: Member = index.data(MEMBER)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        near = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        if near:
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -1), 7, ground=QColor(self._theme.tokens.hover))
        left = rect.left() + 10 + INDENT * member.generation
        self._paint_lines(painter, rect, member)
        cell = QRectF(left, rect.center().y() - SIDE / 2 + 0.5, SIDE, SIDE)
        self._paint_picture(painter, cell, member)
        self._paint_words(painter, rect.adjusted(left - rect.left() + SIDE + 12, 0, -10, 0), member)
        painter.restore()

    def _paint_lines(self, painter: QPainter, rect: QRect, member: Member) -> None:
        """From the parent's middle down, and round the corner to the picture."""
        if not member.generation:
            return
        painter.setPen(QPen(QColor(self._theme.tokens.edge), 1.5))
        top, middle, foot = rect.top(), rect.center().y() + 0.5, rect.bottom() + 1
        for generation, goes_on in enumerate(member.trunks[1:]):
            if goes_on:
                x = self._trunk(rect, generation)
                painter.drawLine(QPointF(x, top), QPointF(x, foot))
        x = self._trunk(rect, member.generation - 1)
        line = QPainterPath(QPointF(x, top - (ROW - SIDE) / 2))
        line.lineTo(x, middle - 8)
        line.quadTo(x, middle, x + 8, middle)
        line.lineTo(rect.left() + 10 + INDENT * member.generation - 3, middle)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)
        if not member.is_last:
            painter.drawLine(QPointF(x, middle - 8), QPointF(x, foot))

    def _trunk(self, rect: QRect, generation: int) -> float:
        """Where the line down from a picture of that generation runs."""
        return rect.left() + 10 + INDENT * generation + 13.5

    def _paint_picture(self, painter: QPainter, cell: QRectF, member: Member) -> None:
        tokens = self._theme.tokens
        shape = round_path(cell, RADIUS)
        painter.fillPath(shape, QColor(tokens.raised))
        picture = self.pictures.get(member.picture.id)
        if picture is not None:
            painter.save()
            painter.setClipPath(shape)
            ratio = cell.width() / max(picture.width(), picture.height())
            target = QRectF(0, 0, picture.width() * ratio, picture.height() * ratio)
            target.moveCenter(cell.center())
            painter.drawPixmap(target, picture, QRectF(picture.rect()))
            painter.restore()
        if member.picture.id == self._current:
            rounded(painter, cell, RADIUS, line=QColor(tokens.accent), width=2)

    def _paint_words(self, painter: QPainter, room: QRect, member: Member) -> None:
        for text, weight, colour, rise in ((member.title, 500, "text", -9), (member.text, 400, "muted", 10)):
            font = self._theme.font(12, weight)
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.translated(0, rise), Qt.AlignmentFlag.AlignVCenter, shown)
