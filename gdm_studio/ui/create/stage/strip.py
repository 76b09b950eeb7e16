"""The film-strip: every step of a picture as a cell, filled as it comes, to look back through at any time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gdm_studio.run import View
from gdm_studio.ui import looks
from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import round_path, rounded, smooth

CELL, EDGE, RADIUS = 58, 16, 9
GAP = 5  # at least: it grows so that whole cells fill the room
INSET = 3  # between a cell's border and its picture
BAR = 4  # height of the mark that shows which part of a long strip is in sight
KEPT = 256  # scaled pictures kept, some ten times what is ever in sight
NO_VIEWS: Sequence[View] = ()


class Strip(QWidget):
    """The row of cells alone.

    Reads a list of views that may grow under it, and paints only what is in sight: a thousand steps cost what
    twenty do. Signals: `scrubbed(int)` a step, 1 … of, by people; `live_asked()`; `menu_asked(QPoint)` for what can be
    done with the selected step, at a place of the screen. Setters: `set_views(views, of)`, `set_steps(of)`,
    `refresh()`, `select(index)`, `go_live()`, `show_look(look)`. Readers: `selected()`, `is_live()`.
    Keys: ← → one step, Home, End (live), Menu. Wheel and drag run through the steps.
    """

    scrubbed = Signal(int)
    live_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views, self._of, self._made = NO_VIEWS, 0, 0
        self._look, self._live, self._selected, self._hover = looks.PREDICTED, True, 0, 0
        self._lead = 0
        self._first, self._turned, self._dragging = 0, 0, False  # cells scrolled out at the left
        self._kept: OrderedDict[tuple[int, str, int], tuple[looks.Sources, QPixmap]] = OrderedDict()
        self.setFixedHeight(CELL + 12 + BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Steps of the picture")
        theme.changed.connect(self.update)

    def set_views(self, views: Sequence[View], of: int) -> None:
        """Another picture's steps: those made so far, of `of` in all; the list is read again at each `refresh`."""
        self._views, self._of = views, of
        self._kept.clear()
        self._live, self._selected, self._first, self._hover = True, len(views), 0, 0
        self.refresh()

    def set_steps(self, of: int, *, lead: int = 0) -> None:
        """How many steps there will be; a run that starts from a picture has fewer than were asked for.

        `lead` are those that a branch shares with the picture it leaves: its own are counted on from them.
        """
        self._of, self._lead = of, lead
        self.refresh()

    def refresh(self) -> None:
        """Shows what has come or changed; while live, the newest step is the selected one."""
        self._made = len(self._views)
        if self._live:
            self._selected = self._made
            self._reveal()
        step = f"Step {self._lead + self._selected} of {self._lead + self._of}"
        self.setAccessibleDescription(step if self._of else "No steps yet")
        self.update()

    def select(self, index: int) -> None:
        """Looks back at step `index` (1 … steps made); the last one made is not live by itself."""
        self._selected = min(max(index, 1), self._made) if self._made else 0
        self._live = False
        self._reveal()
        self.refresh()

    def go_live(self) -> None:
        """Follows the newest step."""
        self._live = True
        self.refresh()

    def selected(self) -> int:
        return self._selected

    def is_live(self) -> bool:
        return self._live

    def made(self) -> int:
        """Steps made so far."""
        return self._made

    def show_look(self, look: str) -> None:
        """Which of the LOOKS of a step the cells show."""
        self._look = look
        self.update()

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # whoever has clicked a step goes on with the arrow keys
            self._dragging = True
            self._scrub_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragging:
            self._scrub_to(x)
            return
        hover = self._index_at(event.position())
        if hover != self._hover:
            self._hover = hover
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = 0
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        self._turned -= delta.y() or delta.x()
        steps = int(self._turned / 120)
        if steps:
            self._turned -= steps * 120
            self._go(self._selected + steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(self._fitting() - 1, 1)
        moves = {
            Qt.Key.Key_Left: self._selected - 1,
            Qt.Key.Key_Right: self._selected + 1,
            Qt.Key.Key_PageUp: self._selected - page,
            Qt.Key.Key_PageDown: self._selected + page,
            Qt.Key.Key_Home: 1,
        }
        if event.key() == Qt.Key.Key_End:
            self.live_asked.emit()
        elif event.key() in moves:
            self._go(moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Of the step that is pointed at, which is selected first, or by key of the selected one."""
        if event.reason() is not QContextMenuEvent.Reason.Mouse:
            self.menu_asked.emit(self.mapToGlobal(self._place_of(self._selected).center().toPoint()))
        elif 1 <= self._index_at(QPointF(event.pos())) <= self._made:
            self._scrub_to(event.pos().x())
            self.menu_asked.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._index_at(QPointF(event.pos()))
            if 1 <= index <= self._made:
                QToolTip.showText(event.globalPos(), step_words(self._views[index - 1], lead=self._lead), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._live:
            self._first = 0  # as many steps before the newest as there is room for now
        self._reveal()

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    # moving

    def _go(self, index: int) -> None:
        if not self._made:
            return
        index = min(max(index, 1), self._made)
        if index != self._selected or self._live:
            self.select(index)
            self.scrubbed.emit(index)

    def _scrub_to(self, x: float) -> None:
        self._go(self._index_beside(x))

    def _index_at(self, place: QPointF) -> int:
        if not 0 <= place.y() <= CELL + 8:
            return 0
        index = self._index_beside(place.x())
        return index if 1 <= index <= self._of else 0

    def _index_beside(self, x: float) -> int:
        """The cell at `x`, half a gap on either side included; it may lie outside the strip."""
        pitch = self._pitch()
        return self._first + int((x - EDGE + (pitch - CELL) / 2) // pitch) + 1

    def _fitting(self) -> int:
        """How many whole cells fit side by side."""
        return max((self.width() - 2 * EDGE + GAP) // (CELL + GAP), 1)

    def _pitch(self) -> float:
        """From one cell's left edge to the next one's, so that the last in sight ends where the room does."""
        fitting = self._fitting()
        return (self.width() - 2 * EDGE - CELL) / (fitting - 1) if fitting > 1 else CELL + GAP

    def _place_of(self, index: int) -> QRectF:
        return QRectF(EDGE + round((index - 1 - self._first) * self._pitch()), 2, CELL, CELL)

    def _reveal(self) -> None:
        """Scrolls so that the selected cell and a neighbour on either side are in sight."""
        fitting, cell = self._fitting(), max(self._selected, 1) - 1
        low, high = cell + 2 - fitting, cell - 1
        first = min(max(self._first, low), high) if low <= high else cell
        self._first = min(max(first, 0), max(self._of - fitting, 0))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        last = self._first + self._fitting()
        for index in range(self._first + 1, (min(last, self._of) if self._of else last) + 1):
            self._paint_cell(painter, index)
        self._paint_bar(painter)

    def _paint_cell(self, painter: QPainter, index: int) -> None:
        tokens = self._theme.tokens
        cell = self._place_of(index)
        made = index <= self._made
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(tokens.hover if index == self._hover and made else tokens.raised)
        ground.setAlphaF(1.0 if made else 0.55 if self._of else 0.3)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, RADIUS, RADIUS)
        if not made and not self._theme.dark:  # hardly seen on white without a line
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if made:
            self._paint_view(painter, cell.adjusted(INSET, INSET, -INSET, -INSET), index)
        if made and index == self._selected:
            width = 2.5 if self.hasFocus() else 2
            rounded(painter, cell.adjusted(1, 1, -1, -1), RADIUS - 1, line=QColor(tokens.accent), width=width)

    def _paint_view(self, painter: QPainter, rect: QRectF, index: int) -> None:
        ratio = self.devicePixelRatioF()
        side = round(rect.width() * ratio)
        shape = round_path(rect, RADIUS - 3)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        picture = self._scaled(index, side)
        wide, high = picture.width() / ratio, picture.height() / ratio
        target = QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
        painter.drawPixmap(target, picture, QRectF())
        painter.restore()

    def _scaled(self, index: int, side: int) -> QPixmap:
        key = (index, self._look, side)
        found = looks.sources(self._views, index, self._look)
        kept = self._kept.get(key)
        if kept is None or any(one is not other for one, other in zip(kept[0], found, strict=True)):
            kept = (found, thumbnail(looks.picture(found, side), side))
            self._kept[key] = kept
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return kept[1]

    def _paint_bar(self, painter: QPainter) -> None:
        """Which part of the steps is in sight, under the pointer only."""
        room, fitting = self.width() - 2 * EDGE, self._fitting()
        if self._of <= fitting or not (self.underMouse() or self._dragging):
            return
        wide = max(room * fitting / self._of, 24)
        left = EDGE + (room - wide) * self._first / (self._of - fitting)
        rounded(painter, QRectF(left, CELL + 7, wide, BAR), BAR / 2, ground=QColor(self._theme.tokens.edge))


def step_words(view: View, *, lead: int = 0) -> str:
    """A step in words: its number, after the `lead` ones that a branch did not make, noise level, time."""
    took = f" · {view.ms:.0f} ms" if view.ms else ""
    rough = "" if view.decoded else " · rough preview"
    return f"Step {lead + view.index} of {lead + view.of} · σ {sigma_words(view.at.ratio)}{took}{rough}"


def sigma_words(sigma: float) -> str:
    """A noise level with three figures that count."""
    if sigma == 0:
        return "0"
    return f"{sigma:.0f}" if sigma >= 100 else f"{sigma:.3g}"
