"""Popup with the family tree of the displayed image, and the button that opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
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
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gdm_studio.ui.denoising_steps.image_ancestry import Member, build_family_tree, without_repeats
from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel
from gdm_studio.ui.widgets.item_models import Index
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.shapes import Popup, paint_rounded_rect, round_path

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.ui.create.context import CreateContext

WIDTH = 372
ROW = 56
MOST_ROWS = 7
SIDE = 40
INDENT = 26
RADIUS = 7
MEMBER = Qt.ItemDataRole.UserRole + 1
# Size of a thumbnail in pixels, sufficient for high-density (2×) screens.
THUMBNAIL_SIDE = 96


class FamilyView(Popup):
    """Popup that shows an image's family tree: the images that it was branched from, and their branches.

    Emits `chosen(picture)`. Up and Down move the selection, Enter chooses the image, and Esc closes the popup.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, members: Sequence[Member], current: str, *, parent: QWidget) -> None:
        """Create a family tree popup with the rows `members`. `current` is the displayed image's gallery id."""
        super().__init__(theme, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._members = list(members)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Family of the picture"))
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
        """Show thumbnails in the family tree, given as RGBA arrays keyed by image id.

        An image with None keeps its placeholder.
        """
        ratio = self.devicePixelRatioF()
        for picture_id, rgba in pictures.items():
            if rgba is not None:
                self._rows.pictures[picture_id] = create_thumbnail(rgba, round(SIDE * ratio))
        self.list.viewport().update()

    def open_above(self, position: QPoint) -> None:
        """Open the family tree popup with its bottom right corner just above `position`, in screen coordinates."""
        self.adjustSize()
        self.move(position.x() - self.width(), position.y() - self.height() - 8)
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
        title = ElidedLabel(self.tr("Family · the step at which each picture branched off"), "muted")
        title.setContentsMargins(8, 0, 8, 0)
        self.list.setFixedSize(WIDTH, ROW * min(len(self._members), MOST_ROWS) + 2)
        stacked(title, self.list, on=self, margins=(6, 10, 6, 6), spacing=6)


class _Rows(QStyledItemDelegate):
    """Item delegate that paints a row of a family tree: connecting lines, thumbnail and two lines of text."""

    def __init__(self, theme: Theme, current: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._current_id = current
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
            paint_rounded_rect(painter, QRectF(rect).adjusted(1, 1, -1, -1), 7, ground=QColor(self._theme.tokens.hover))
        left = rect.left() + 10 + INDENT * member.generation
        self._paint_lines(painter, rect, member)
        cell = QRectF(left, rect.center().y() - SIDE / 2 + 0.5, SIDE, SIDE)
        self._paint_picture(painter, cell, member)
        self._paint_words(painter, rect.adjusted(left - rect.left() + SIDE + 12, 0, -10, 0), member)
        painter.restore()

    def _paint_lines(self, painter: QPainter, rect: QRect, member: Member) -> None:
        """Paint the lines that connect an image to its parent and siblings in the family tree."""
        if not member.generation:
            return
        painter.setPen(QPen(QColor(self._theme.tokens.edge), 1.5))
        top = rect.top()
        middle = rect.center().y() + 0.5
        foot = rect.bottom() + 1
        for generation, has_more in enumerate(member.trunks[1:]):
            if has_more:
                x = self._trunk_x(rect, generation)
                painter.drawLine(QPointF(x, top), QPointF(x, foot))
        x = self._trunk_x(rect, member.generation - 1)
        line = QPainterPath(QPointF(x, top - (ROW - SIDE) / 2))
        line.lineTo(x, middle - 8)
        line.quadTo(x, middle, x + 8, middle)
        line.lineTo(rect.left() + 10 + INDENT * member.generation - 3, middle)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)
        if not member.is_last:
            painter.drawLine(QPointF(x, middle - 8), QPointF(x, foot))

    def _trunk_x(self, rect: QRect, generation: int) -> float:
        """Return the x coordinate of the vertical line in the family tree that leads to the children of images in this
        generation.
        """
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
        if member.picture.id == self._current_id:
            paint_rounded_rect(painter, cell, RADIUS, line=QColor(tokens.accent), width=2)

    def _paint_words(self, painter: QPainter, room: QRect, member: Member) -> None:
        for text, weight, colour, rise in ((member.title, 500, "text", -9), (member.text, 400, "muted", 10)):
            font = self._theme.font(12, weight)
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.translated(0, rise), Qt.AlignmentFlag.AlignVCenter, elided)


class FamilyController:
    """Controller of the popup with the displayed image's family tree, and of the button that opens it.

    `open_picture(picture)` is called with the image that the user chooses in the popup.
    """

    def __init__(self, context: CreateContext, open_picture: Callable[[Picture], object]) -> None:
        self._theme = context.theme
        self._strip = context.page.canvas_panel.filmstrip
        self._show_picture = open_picture
        self._gallery = context.gallery
        self._tasks = context.tasks
        self._picture_id = ""
        self.pictures: Sequence[Picture] = ()
        # The popup while it is open, or None.
        self.view: FamilyView | None = None
        self._strip.family_clicked.connect(self.open)

    def show_family_of(self, picture_id: str) -> None:
        """Show the number of images in a gallery image's family on a button above the filmstrip.

        "" hides the button.
        """
        self._picture_id = picture_id
        self.pictures = ()
        self._strip.set_family(0)
        if picture_id:
            self._tasks.start(self._count(picture_id))

    def open(self) -> None:
        """Open the popup with the displayed image's family tree above its button, if the image has relatives."""
        if len(self.pictures) < 2:
            return
        self.view = view = FamilyView(
            self._theme, build_family_tree(self.pictures), self._picture_id, parent=self._strip
        )
        view.chosen.connect(self._show_picture)
        view.destroyed.connect(self._on_closed)
        button = self._strip.family
        view.open_above(button.mapToGlobal(QPoint(button.width(), 0)))
        self._tasks.start(self._show_thumbnails(view))

    async def _count(self, picture_id: str) -> None:
        family = await self._gallery.ask(lambda gallery: gallery.family(picture_id))
        if self._picture_id == picture_id:
            self.pictures = without_repeats(family, picture_id)
            self._strip.set_family(len(self.pictures))

    async def _show_thumbnails(self, view: FamilyView) -> None:
        thumbnails = await self._gallery.ask(partial(_read_thumbnails, pictures=self.pictures))
        if self.view is view:
            view.set_thumbnails(thumbnails)

    def _on_closed(self) -> None:
        self.view = None


def _read_thumbnails(gallery: Gallery, *, pictures: Sequence[Picture]) -> dict[str, np.ndarray | None]:
    return gallery.thumbnails.get(pictures, THUMBNAIL_SIDE)
