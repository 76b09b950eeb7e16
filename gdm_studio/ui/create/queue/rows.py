"""The list of the queue: one row an item, painted, dragged with the mouse or moved with Alt and the arrows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.queueing import Item, ItemState
from gdm_studio.ui.actions import QUEUED
from gdm_studio.ui.create.queue.model import ITEM, PROGRESS, Progress, QueueModel, facts_of, state_of, title_of
from gdm_studio.ui.gallery.list_model import fitted
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.index import EntryPainter, Index
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.keys import sequences
from gdm_studio.ui.widgets.painting import round_path, rounded
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

ROW, THUMB, EDGE, GAP = 62, 44, 8, 12
SIGNS = {ItemState.WAITING: "image", ItemState.PAUSED: "pause", ItemState.FAILED: "circle-alert"}
KEYS = {sequence[0].key(): name for name, each in QUEUED.items() for sequence in sequences(each.keys)}  # type: ignore[index]
KEYS[Qt.Key.Key_Backspace] = "remove"
EMPTY = ("The queue is empty", "While a picture is being made, Ctrl+Enter puts the next one here.")


class Rows(QListView):
    """Signals: `move_asked(int)` by so many rows, `key(str)`: what a key asks for of the selected row."""

    move_asked = Signal(int)
    key = Signal(str)

    def __init__(self, theme: Theme, model: QueueModel) -> None:
        super().__init__()
        self._theme, self._queue = theme, model
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("The queue")
        self._bar = OverlayScrollBar(self)
        theme.changed.connect(self.viewport().update)

    def chosen(self) -> Item | None:
        """The item of the selected row."""
        index = self.currentIndex()
        return index.data(ITEM) if index.isValid() and self.selectionModel().isSelected(index) else None

    def choose(self, row: int) -> None:
        """Selects a row, or the last one where there are fewer."""
        self.setCurrentIndex(self._queue.index(min(row, self._queue.rowCount() - 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        key = Qt.Key(event.key())
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_asked.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.key.emit(KEYS[key])
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._queue.rowCount():
            return
        painter = QPainter(self.viewport())
        room = self.viewport().rect().adjusted(24, 0, -24, 0)
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font(13, 600))
        painter.drawText(room.adjusted(0, 0, 0, -44), Qt.AlignmentFlag.AlignCenter, EMPTY[0])
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room.adjusted(20, 24, -20, 0), words, EMPTY[1])


class _Row(EntryPainter[QWidget]):
    """Picture, prompt over facts, state at the right; under what is being made a line of its progress."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, progress = index.data(ITEM), index.data(PROGRESS)
        place = QRectF(option.rect).adjusted(0, 1, 0, -1)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, place, state)
        thumb = QRectF(place.left() + EDGE, place.center().y() - THUMB / 2, THUMB, THUMB)
        self._paint_picture(painter, thumb, item, progress)
        words = QRectF(thumb.right() + GAP, place.top() + 9, place.right() - thumb.right() - GAP - 12, place.height())
        self._paint_words(painter, words, item, progress)
        if progress is not None:
            self._paint_progress(painter, QRectF(words.left(), place.bottom() - 7, words.width(), 3), progress.share)
        painter.restore()

    def _paint_ground(self, painter: QPainter, place: QRectF, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(self.theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        if selected or hovered or focused:
            painter.setBrush(self.theme.colour("raised" if selected else "hover"))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)

    def _paint_picture(self, painter: QPainter, place: QRectF, item: Item, progress: Progress | None) -> None:
        rounded(painter, place, 8, ground=self.theme.colour("background"))
        if progress is not None and progress.picture is not None:
            shape = round_path(place, 8)
            painter.setClipPath(shape)
            sharp = fitted(progress.picture, THUMB, painter.device().devicePixelRatioF())
            size = sharp.deviceIndependentSize()
            spot = QRectF(0, 0, size.width(), size.height())
            spot.moveCenter(place.center())
            painter.drawPixmap(spot.topLeft(), sharp)
            painter.setClipping(False)
            return
        failed = item.state is ItemState.FAILED
        sign = QRectF(0, 0, 18, 18)
        sign.moveCenter(place.center())
        name = SIGNS.get(item.state, "image")
        icons.paint(painter, sign, name, self.theme.colour("danger" if failed else "faint"))

    def _paint_words(self, painter: QPainter, room: QRectF, item: Item, progress: Progress | None) -> None:
        small, failed = self.theme.font(12), item.state is ItemState.FAILED
        state = state_of(item, progress)
        wide = QFontMetrics(small).horizontalAdvance(state)
        painter.setFont(small)
        painter.setPen(self.theme.colour("danger" if failed else "accent" if progress is not None else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, state)
        strong = self.theme.font(13, 500)
        title = QFontMetrics(strong).elidedText(
            title_of(item), Qt.TextElideMode.ElideRight, int(room.width() - wide - 12)
        )
        painter.setFont(strong)
        painter.setPen(self.theme.colour("text"))
        painter.drawText(room.adjusted(0, -1, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        facts = plain(item.error) if failed else facts_of(item)
        line = QFontMetrics(small).elidedText(facts, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setFont(small)
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(room.adjusted(0, 19, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, line)

    def _paint_progress(self, painter: QPainter, line: QRectF, share: float) -> None:
        rounded(painter, line, 1.5, ground=self.theme.colour("line"))
        done = QRectF(line.left(), line.top(), max(line.width() * min(share, 1.0), 3), line.height())
        tokens = self.theme.tokens
        gradient = QLinearGradient(line.topLeft(), line.topRight())
        gradient.setColorAt(0, QColor(tokens.accent))
        gradient.setColorAt(1, QColor(tokens.accent2))
        painter.setBrush(gradient)
        painter.drawRoundedRect(done, 1.5, 1.5)
