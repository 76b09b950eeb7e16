"""List view of the queue, which can be reordered by dragging or with Alt and the arrow keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.jobs.queue import Item, ItemState
from gdm_studio.ui.create.queue.queue_list_model import ITEM, PROGRESS, STATE, Progress, QueueModel, facts_of, title_of
from gdm_studio.ui.gallery.list_model import fit_pixmap
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, translate
from gdm_studio.ui.widgets.icon_button import ActionButton
from gdm_studio.ui.widgets.item_models import EntryPainter, Index
from gdm_studio.ui.widgets.job_bar import STOP_TIP
from gdm_studio.ui.widgets.keys import key_sequences
from gdm_studio.ui.widgets.layouts import OverlayScrollBar
from gdm_studio.ui.widgets.shapes import paint_rounded_rect, round_path
from gdm_studio.ui.window_actions import QUEUED

# Sizes in logical pixels.
ROW = 74
THUMB = 52
EDGE = 8
GAP = 12
SIGNS = {ItemState.WAITING: "image", ItemState.PAUSED: "pause", ItemState.FAILED: "circle-alert"}
KEYS = {sequence[0].key(): name for name, each in QUEUED.items() for sequence in key_sequences(each.keys)}  # type: ignore[index]
KEYS[Qt.Key.Key_Backspace] = "remove"


class QueueRows(QListView):
    """List view of the queue, which the user can reorder by dragging or with Alt and the arrow keys.

    Signals: `move_asked(offset)` to move the selected item by `offset` rows, `key(action)` when a key requests an
    action on the selected item, and `stop_asked(id)` when an item's Stop button is clicked.
    """

    move_asked = Signal(int)
    key = Signal(str)
    stop_asked = Signal(str)

    def __init__(self, theme: Theme, model: QueueModel) -> None:
        super().__init__()
        self._theme = theme
        self._queue = model
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("The queue"))
        self._scroll_bar = OverlayScrollBar(self)
        model.modelAboutToBeReset.connect(self._take_focus)
        theme.changed.connect(self.viewport().update)

    def chosen(self) -> Item | None:
        """Return the queue item in the selected row, or None if no row is selected."""
        index = self.currentIndex()
        return index.data(ITEM) if index.isValid() and self.selectionModel().isSelected(index) else None

    def show_stops(self, stopping: Mapping[str, bool]) -> None:
        """Show a Stop button in the row of each queue item that is being generated.

        `stopping` maps the ids of running items to True if they are already stopping, which disables the button.
        """
        for row, item in enumerate(self._queue.items):
            index = self._queue.index(row)
            button = self.indexWidget(index)
            if button is not None and stopping.get(item.id, True):
                self._take_focus(button)
            if item.id not in stopping:
                if button is not None:
                    self.setIndexWidget(index, None)  # type: ignore[arg-type]
                continue
            if button is None:
                button = ActionButton(
                    self._theme,
                    self.tr("Stop"),
                    tooltip=translate("JobBar", STOP_TIP),
                    role="stop",
                    parent=self.viewport(),
                )
                button.setAccessibleName(self.tr("Stop {job}").format(job=title_of(item)))
                button.clicked.connect(lambda _=False, item_id=item.id: self.stop_asked.emit(item_id))
                self.setIndexWidget(index, button)
            button.setEnabled(not stopping[item.id])

    def edit(self, *args: Any) -> bool:  # type: ignore[override]
        # Qt would open the Stop button of the new current row as an editor: it would take the keyboard focus, and the
        # key that pauses the row would stop its run.
        return False

    def _take_focus(self, button: QWidget | None = None) -> None:
        """Move the keyboard focus from a Stop button, by default from any, to the list before the button is removed or
        disabled.
        """
        focused = self.viewport().focusWidget()
        if focused is not None and focused.hasFocus() and focused is not self.viewport() and button in (None, focused):
            self.setFocus()

    def choose(self, row: int) -> None:
        """Select a row of the queue by its number, or the last row if the number is too high."""
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
        painter.drawText(room.adjusted(0, 0, 0, -44), Qt.AlignmentFlag.AlignCenter, self.tr("Nothing is waiting"))
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        hint = self.tr("While a picture is being made, Ctrl+Enter puts the next one here.")
        painter.drawText(room.adjusted(20, 24, -20, 0), words, hint)


class _Row(EntryPainter[QueueRows]):
    """Item delegate that paints a queue item: thumbnail, three lines of text and, during generation, a progress bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Place a queue item's Stop button at the right end of its row."""
        size = editor.sizeHint()
        row = option.rect
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(row.center())
        place.moveRight(row.right() - 12)
        editor.setGeometry(place)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(ITEM)
        progress = index.data(PROGRESS)
        place = QRectF(option.rect).adjusted(0, 1, 0, -1)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, place, state)
        thumb = QRectF(place.left() + EDGE, place.center().y() - THUMB / 2, THUMB, THUMB)
        self._paint_picture(painter, thumb, item, progress)
        button = self.view.indexWidget(index) if isinstance(index, QModelIndex) else None
        right = place.right() - 12 - (button.width() + GAP if button is not None else 0)
        words = QRectF(thumb.right() + GAP, place.top() + 8, right - thumb.right() - GAP, place.height())
        self._paint_words(painter, words, item, progress, index.data(STATE))
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
        paint_rounded_rect(painter, place, 8, ground=self.theme.colour("background"))
        if progress is not None and progress.picture is not None:
            shape = round_path(place, 8)
            painter.setClipPath(shape)
            sharp = fit_pixmap(progress.picture, THUMB, painter.device().devicePixelRatioF())
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

    def _paint_words(self, painter: QPainter, room: QRectF, item: Item, progress: Progress | None, state: str) -> None:
        """Paint a queue item's three lines of text: its title, its size and steps, and its state or error."""
        failed = item.state is ItemState.FAILED
        strong = self.theme.font(13, 500)
        small = self.theme.font(12)
        last = labelled(state, plain(item.error)) if failed and item.error else state
        colour = "danger" if failed else "accent" if progress is not None else "muted"
        # Prompts of similar pictures often differ only at the end.
        middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        lines = (
            (title_of(item), middle, strong, "text", -1),
            (facts_of(item), right, small, "muted", 18),
            (last, right, small, colour, 36),
        )
        top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for text, elide_mode, font, token, top in lines:
            fitting = QFontMetrics(font).elidedText(text, elide_mode, int(room.width()))
            painter.setFont(font)
            painter.setPen(self.theme.colour(token))
            painter.drawText(room.adjusted(0, top, 0, 0), top_left, fitting)

    def _paint_progress(self, painter: QPainter, line: QRectF, share: float) -> None:
        paint_rounded_rect(painter, line, 1.5, ground=self.theme.colour("line"))
        done = QRectF(line.left(), line.top(), max(line.width() * min(share, 1.0), 3), line.height())
        tokens = self.theme.tokens
        gradient = QLinearGradient(line.topLeft(), line.topRight())
        gradient.setColorAt(0, QColor(tokens.accent))
        gradient.setColorAt(1, QColor(tokens.accent2))
        painter.setBrush(gradient)
        painter.drawRoundedRect(done, 1.5, 1.5)
