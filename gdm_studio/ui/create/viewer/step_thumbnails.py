"""Thumbnails of the denoising steps of an image, in one or two rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleValueChangeEvent,
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
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.theme.imaging import create_thumbnail, sparse
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect, round_path

if TYPE_CHECKING:
    from gdm_studio.request.generation_events import View

CELL = 58
# Gap between the two rows of noisy and predicted images.
ROW_GAP = 3
EDGE = 16
RADIUS = 9
# Minimum gap between cells. The actual gap makes whole cells fill the width.
GAP = 5
# Distance between a cell's border and its image.
INSET = 3
# Height of the scroll indicator.
BAR = 4
# Heights of the widget in an ordinary window and in a tall one. Cells fill them in one row or in two.
HEIGHT, TALL_HEIGHT = 84, 128
# Space below the cells, and total space above and below a single row.
FOOT, AIR = BAR + 2, HEIGHT - CELL
# Maximum number of cached thumbnails, about ten times the number of visible cells.
CACHED = 256
NO_VIEWS: Sequence[View] = ()


class Strip(QAbstractSlider):
    """Scrollable row with a thumbnail for each of an image's denoising steps. Only visible thumbnails are painted.

    Keys: ← and → move one step, Page Up and Page Down move by a page, Home selects the first step, and End shows the
    newest one. The wheel and dragging also move through the steps. Signals when the user acts: `scrubbed(int)` with a
    step, counted from 1, `live_asked()` to show the newest step, and `menu_asked(QPoint)` for the selected step, in
    screen coordinates.
    """

    scrubbed = Signal(int)
    live_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views = NO_VIEWS
        self._total = 0
        self._count = 0
        self._message = ""
        self._view_mode = view_modes.PREDICTED
        self._follows_run = True
        self._selected = 0
        self._hover = 0
        self._shared_count = 0
        # Number of cells that are scrolled out of sight on the left.
        self._first = 0
        self._wheel_delta = 0
        self._is_dragging = False
        self._cache: OrderedDict[tuple[int, str, int], tuple[view_modes.Sources, QPixmap]] = OrderedDict()
        # Arrangement of the row at the last refresh, and the content of each visible cell.
        self._arrangement: tuple[object, ...] = ()
        self._cell_states: dict[int, tuple[object, ...]] = {}
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 0)
        self.setAccessibleName(self.tr("Steps of the picture"))
        self.setToolTip(self.tr("Move the mouse along it, or use ← →, to see how the picture formed"))
        # A screen reader sets the value.
        self.valueChanged.connect(self._select_by_user)
        theme.changed.connect(self.update)

    def set_views(self, views: Sequence[View], of: int) -> None:
        """Show thumbnails of another image's denoising steps, out of `of` steps in total.

        `views` may grow; `refresh` reads it again.
        """
        self._views = views
        self._total = of
        self._cache.clear()
        self._follows_run = True
        self._selected = len(views)
        self._first = 0
        self._hover = 0
        self.refresh()

    def set_message(self, message: str) -> None:
        """Set the message that is shown in place of the thumbnails while there are none. "" shows empty cells."""
        self._message = message
        self.refresh()
        self.update()

    def message(self) -> str:
        return self._message

    def set_steps(self, of: int, *, lead: int = 0) -> None:
        """Set the image's total number of denoising steps, including those that are not computed yet.

        `lead` is the number of hidden steps that a branch shares with its parent; the branch's own steps are numbered
        after them.
        """
        self._total = of
        self._shared_count = lead
        self.refresh()

    def refresh(self) -> None:
        """Read the list of denoising steps again, and show thumbnails of new and changed steps. In live mode, also
        select the newest step.
        """
        self._count = len(self._views)
        # Without steps, Tab has nothing to stop at.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if self._count or self.hasFocus() else Qt.FocusPolicy.NoFocus)
        if self._follows_run:
            self._selected = self._count
            self._reveal()
        if self._total:
            text = self.tr("Step {number} of {steps}").format(
                number=self._shared_count + self._selected, steps=self._shared_count + self._total
            )
        else:
            text = self._message or self.tr("No steps yet")
        self.setAccessibleDescription(text)
        with QSignalBlocker(self):
            self.setRange(min(1, self._count), self._count)
            self.setValue(self._selected)
        self._update_changed()

    def select(self, index: int) -> None:
        """Select a denoising step, counted from 1, and leave live mode, in which each new step is selected."""
        self._selected = min(max(index, 1), self._count) if self._count else 0
        self._follows_run = False
        self._reveal()
        self.refresh()

    def go_live(self) -> None:
        """Start live mode: select the newest denoising step, now and whenever another one arrives."""
        self._follows_run = True
        self.refresh()

    def set_tall(self, is_tall: bool) -> None:
        """Use large thumbnails of the denoising steps if `is_tall`, or else thumbnails of normal size."""
        self.setFixedHeight(TALL_HEIGHT if is_tall else HEIGHT)

    def selected(self) -> int:
        return self._selected

    def is_live(self) -> bool:
        return self._follows_run

    def count(self) -> int:
        """Return the number of finished denoising steps, each of which has a thumbnail."""
        return self._count

    def set_view_mode(self, view_mode: str) -> None:
        """Set the view mode of the thumbnails, such as noisy or predicted.

        BOTH shows two rows, with the noisy images above the predicted ones.
        """
        if view_mode != self._view_mode:
            self._view_mode = view_mode
            self._reveal()
            self.update()

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            # The arrow keys then move from the clicked step.
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._is_dragging = True
            self._scrub_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._is_dragging:
            self._scrub_to(x)
            return
        hover = self._index_at(event.position())
        if hover != self._hover:
            self._hover = hover
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = 0
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        self._wheel_delta -= delta.y() or delta.x()
        steps = int(self._wheel_delta / 120)
        if steps:
            self._wheel_delta -= steps * 120
            self._select_by_user(self._selected + steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(self._count_that_fit() - 1, 1)
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
            self._select_by_user(moves[Qt.Key(event.key())])
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the denoising step under the pointer or, if a key was pressed, of the selected step."""
        if event.reason() is not QContextMenuEvent.Reason.Mouse:
            self.menu_asked.emit(self.mapToGlobal(self._rect_of(self._selected).center().toPoint()))
        elif 1 <= self._index_at(QPointF(event.pos())) <= self._count:
            self._scrub_to(event.pos().x())
            self.menu_asked.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._index_at(QPointF(event.pos()))
            if 1 <= index <= self._count:
                QToolTip.showText(event.globalPos(), step_text(self._views[index - 1], lead=self._shared_count), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._follows_run:
            # In live mode, show as many steps before the newest one as fit.
            self._first = 0
        self._reveal()

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Report the selected step to screen readers. Qt would also repaint all thumbnails."""
        if change is QAbstractSlider.SliderChange.SliderValueChange:
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, self.value()))

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    # Navigation

    def _select_by_user(self, index: int) -> None:
        if not self._count:
            return
        index = min(max(index, 1), self._count)
        if index != self._selected or self._follows_run:
            self.select(index)
            self.scrubbed.emit(index)

    def _scrub_to(self, x: float) -> None:
        self._select_by_user(self._index_beside(x))

    def _index_at(self, position: QPointF) -> int:
        if not 0 <= position.y() <= self.height() - BAR:
            return 0
        index = self._index_beside(position.x())
        return index if 1 <= index <= self._total else 0

    def _index_beside(self, x: float) -> int:
        """Return the number (from 1) of the denoising step whose thumbnail is at or nearest to the horizontal position
        `x`.

        Each half of a gap belongs to the adjacent thumbnail.
        """
        pitch = self._pitch()
        return self._first + int((x - EDGE + (pitch - self._cell_side()) / 2) // pitch) + 1

    def _cell_side(self) -> int:
        """Return the side of a thumbnail's cell in logical pixels, which depends on the number of rows."""
        is_single = len(view_modes.rows(self._view_mode)) == 1
        return self.height() - AIR if is_single else (self.height() - FOOT - ROW_GAP - 1) // 2

    def _count_that_fit(self) -> int:
        """Return the number of whole thumbnails that fit into the width of the row."""
        return max((self.width() - 2 * EDGE + GAP) // (self._cell_side() + GAP), 1)

    def _pitch(self) -> float:
        """Return the distance between the left edges of adjacent thumbnails, chosen so that the thumbnails fill the
        row's width.
        """
        fitting, side = self._count_that_fit(), self._cell_side()
        return (self.width() - 2 * EDGE - side) / (fitting - 1) if fitting > 1 else side + GAP

    def _rect_of(self, index: int) -> QRectF:
        """Return the rectangle that the thumbnails of one denoising step occupy, which includes all rows."""
        side, count = self._cell_side(), len(view_modes.rows(self._view_mode))
        height = count * side + (count - 1) * ROW_GAP
        left = EDGE + round((index - 1 - self._first) * self._pitch())
        return QRectF(left, (self.height() - FOOT - height + 1) // 2, side, height)

    def _reveal(self) -> None:
        """Scroll until the selected thumbnail and the neighbours on both sides of it are visible."""
        fitting, cell = self._count_that_fit(), max(self._selected, 1) - 1
        low, high = cell + 2 - fitting, cell - 1
        first = min(max(self._first, low), high) if low <= high else cell
        self._first = min(max(first, 0), max(self._total - fitting, 0))

    # Painting

    def _visible_steps(self) -> range:
        """Return the range of denoising steps, counted from 1, whose cells are in view."""
        last = self._first + self._count_that_fit()
        return range(self._first + 1, (min(last, self._total) if self._total else last) + 1)

    def _update_changed(self) -> None:
        """Repaint only the cells that have changed since the last refresh or, if the row was rearranged or scrolled,
        all of them.

        Repainting the whole row for each new step would slow down the run.
        """
        arrangement = (self._first, self._total, self._view_mode, self.size())
        contents = {index: self._describe_cell(index) for index in self._visible_steps()}
        if arrangement != self._arrangement:
            self.update()
        else:
            for index, content in contents.items():
                if not view_modes.is_same(content, self._cell_states[index]):
                    self.update(self._rect_of(index).toAlignedRect().adjusted(-1, -1, 1, 1))
        self._arrangement = arrangement
        self._cell_states = contents

    def _describe_cell(self, index: int) -> tuple[object, ...]:
        """Return everything that determines how a cell is painted: its images, and whether its step is selected or
        under the pointer.
        """
        if index > self._count:
            return ()
        modes = view_modes.rows(self._view_mode)
        images = (image for mode in modes for image in view_modes.sources(self._views, index, mode))
        return (index == self._selected, index == self._hover, *images)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        if self._message and not self._count:
            self._paint_message(painter)
            return
        for index in self._visible_steps():
            if event.region().intersects(self._rect_of(index).toAlignedRect()):
                self._paint_step(painter, index)
        self._paint_bar(painter)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font(13))
        painter.setPen(self._theme.colour("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(EDGE, 0, -EDGE, -FOOT), flags, plain(self._message))

    def _paint_step(self, painter: QPainter, index: int) -> None:
        whole = self._rect_of(index)
        side = self._cell_side()
        for row, mode in enumerate(view_modes.rows(self._view_mode)):
            cell = QRectF(whole.left(), whole.top() + row * (side + ROW_GAP), side, side)
            self._paint_cell(painter, cell, index, mode)
        if index <= self._count and index == self._selected:
            width = 2.5 if self.hasFocus() else 2
            accent = self._theme.colour("accent")
            paint_rounded_rect(painter, whole.adjusted(1, 1, -1, -1), RADIUS - 1, line=accent, width=width)

    def _paint_cell(self, painter: QPainter, cell: QRectF, index: int, mode: str) -> None:
        tokens = self._theme.tokens
        is_done = index <= self._count
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(tokens.hover if index == self._hover and is_done else tokens.raised)
        ground.setAlphaF(1.0 if is_done else 0.55 if self._total else 0.3)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, RADIUS, RADIUS)
        # Empty cells need an outline to be visible on white.
        if not is_done and not self._theme.dark:
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if is_done:
            self._paint_view(painter, cell.adjusted(INSET, INSET, -INSET, -INSET), index, mode)

    def _paint_view(self, painter: QPainter, rect: QRectF, index: int, mode: str) -> None:
        ratio = self.devicePixelRatioF()
        side = round(rect.width() * ratio)
        shape = round_path(rect, RADIUS - 3)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        picture = self._scaled(index, side, mode)
        # All steps have the background of the last one.
        last = self._scaled(self._count, side, mode)
        painter.fillPath(shape, self._theme.colour(self._theme.plate("raised", last)))
        wide, high = picture.width() / ratio, picture.height() / ratio
        target = QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
        painter.drawPixmap(target, picture, QRectF())
        painter.restore()

    def _scaled(self, index: int, side: int, mode: str) -> QPixmap:
        key = (index, mode, side)
        sources = view_modes.sources(self._views, index, mode)
        cached = self._cache.get(key)
        if cached is None or not view_modes.is_same(cached[0], sources):
            cached = (sources, create_thumbnail(sparse(view_modes.picture(sources, side), side), side))
            self._cache[key] = cached
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return cached[1]

    def _paint_bar(self, painter: QPainter) -> None:
        """Paint a scroll indicator while the pointer is over the thumbnails, unless all of them fit into the width."""
        room, fitting = self.width() - 2 * EDGE, self._count_that_fit()
        if self._total <= fitting or not (self.underMouse() or self._is_dragging):
            return
        wide = max(room * fitting / self._total, 24)
        left = EDGE + (room - wide) * self._first / (self._total - fitting)
        bar = QRectF(left, self.height() - BAR, wide, BAR)
        paint_rounded_rect(painter, bar, BAR / 2, ground=QColor(self._theme.tokens.edge))


def step_text(view: View, *, lead: int = 0) -> str:
    """Return a denoising step's tooltip, with its number, noise level and duration.

    `lead`, the number of a branch's inherited steps that are not shown, is added to the number.
    """
    step = translate("Strip", "Step {number} of {steps}").format(number=lead + view.index, steps=lead + view.of)
    parts = [step, f"σ {sigma_text(view.at.ratio)}"]
    if view.ms:
        parts.append(translate("Strip", "{milliseconds} ms").format(milliseconds=f"{view.ms:.0f}"))
    if not view.decoded:
        parts.append(translate("Strip", "rough preview"))
    return " · ".join(parts)


def sigma_text(sigma: float) -> str:
    """Format a noise level σ with three significant digits."""
    if sigma == 0:
        return "0"
    return number_text(sigma, 0) if sigma >= 100 else number_text(float(sigma), digits=3)
