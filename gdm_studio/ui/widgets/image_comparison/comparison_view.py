"""Widget that compares images: side by side, with a slider, alternating or as a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.image_comparison.compared_image import LETTERS, Item
from gdm_studio.ui.widgets.image_comparison.difference import Difference
from gdm_studio.ui.widgets.image_comparison.shared_zoom import Lens, divide_into_panes
from gdm_studio.ui.widgets.image_scaler import ImageScaler, Scaling
from gdm_studio.ui.widgets.shapes import antialiased_painter, canvas_ground, paint_rounded_rect

if TYPE_CHECKING:
    import numpy as np

# Space between panes.
GAP = 2
# Height reserved for the title of a pane, above a fitted picture.
HEAD = 40
# From this zoom on, in logical pixels per pixel of a picture, pixels are shown as squares.
SQUARES = 8.0
# Radius of the slider's handle, and the distance from its line within which it can be dragged.
GRIP = 13
REACH = 18
FLICKER_MS = 650
# Distance of a badge from the corner of its pane, its height, and the space beside its text.
BADGE_EDGE = 12
BADGE_HEIGHT = 26
BADGE_AIR = 9
# Distances by which an arrow key moves the slider, without and with Shift.
STEP = 0.02
FAR = 0.1
# Logical pixels that an arrow key moves the pictures.
PUSH = 40


@dataclass(frozen=True)
class _Pane:
    """Part of the comparison view that shows one image: its area, clipping rectangle, pixels and title."""

    area: QRectF
    clip: QRectF
    rgba: np.ndarray
    letter: str
    title: str
    # True if the title is at the right.
    right: bool = False


class Panes(QWidget):
    """View that compares images in one of four modes.

    The modes are "side" (side by side), "slider", "flicker" (alternating) and "difference". It emits `zoomed()`, and
    `difference_asked()` to request the difference for `set_difference`. `split` is the position of the slider (0 to 1),
    and `shown` the index of the image in flicker mode. Arrow keys move the slider, change the image in flicker mode, or
    pan. Space pauses the flicker, and + and − zoom.
    """

    zoomed = Signal()
    difference_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lens = Lens()
        self._items: list[Item] = []
        self._mode = "side"
        self.split = 0.5
        self.shown = 0
        self._drag_position: QPointF | None = None
        self._on_grip = self._has_tab_focus = False
        # Scalers by the place and the identity of an image. Alternating images each have one.
        self._scalers: dict[tuple[int, int], ImageScaler] = {}
        self._difference: Difference | None = None
        self._flicker_timer = QTimer(self, interval=FLICKER_MS)
        self._flicker_timer.timeout.connect(lambda: self.show_next(+1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Compared pictures"))
        theme.changed.connect(self.update)

    def set_items(self, items: Sequence[Item]) -> None:
        self._items = list(items)
        for scaler in self._scalers.values():
            scaler.clear()
            scaler.deleteLater()
        self._scalers = {}
        self._difference = None
        self.shown = 0
        if items:
            sizes = [QSizeF(item.rgba.shape[1], item.rgba.shape[0]) for item in items]
            self._lens.set_box(max(sizes, key=lambda size: size.width() * size.height()))
            self._refit()
        self._describe()
        self._request_difference()

    def set_mode(self, mode: str) -> None:
        self._mode = mode
        self._keep_turning()
        self._refit()
        self._describe()
        self._request_difference()

    def set_difference(self, found: Difference) -> None:
        self._difference = found
        self._describe()

    def shown_difference(self) -> Difference | None:
        """Return the difference of the two images if it is shown."""
        return self._difference if self._actual_mode == "difference" else None

    def zoom(self) -> float:
        """Return the zoom factor in device pixels per pixel of the largest compared image."""
        return self._lens.scale * self.devicePixelRatioF()

    def is_fitted(self) -> bool:
        return self._lens.fits

    def fit(self) -> None:
        self._lens.fits = True
        self._refit()

    def show_actual_size(self) -> None:
        """Zoom the images so that one pixel of the largest fills exactly one device pixel."""
        self._zoom_to(1 / self.devicePixelRatioF())

    def zoom_by(self, factor: float) -> None:
        self._zoom_to(self._lens.scale * factor)

    def show_next(self, by: int) -> None:
        """Show the image `by` positions further on in flicker mode: 1 for the next image, -1 for the previous one."""
        if self._items:
            self.shown = (self.shown + by) % len(self._items)
            self._describe()

    def toggle_turning(self) -> None:
        """Pause or resume the automatic alternation of images in flicker mode."""
        if self._mode != "flicker":
            return
        if self._flicker_timer.isActive():
            self._flicker_timer.stop()
        else:
            self._flicker_timer.start()

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refit()

    def showEvent(self, event: QShowEvent) -> None:
        self._keep_turning()

    def hideEvent(self, event: QHideEvent) -> None:
        self._flicker_timer.stop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._has_tab_focus = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        angle = event.angleDelta().y() or event.pixelDelta().y() * 4
        if self._items and angle:
            pane = next((area for area in self._areas() if area.contains(event.position())), QRectF(self.rect()))
            self._zoom_to(self._lens.scale * 2 ** (angle / 480), event.position() - _below_title(pane).center())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._items:
            self._drag_position = event.position()
            left = event.button() == Qt.MouseButton.LeftButton
            self._on_grip = left and self._is_grip(event.position())
            if not self._on_grip:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_position is None:
            grip = self._is_grip(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
        elif self._on_grip:
            self._split_at(event.position().x())
        else:
            self._lens.drag(event.position() - self._drag_position)
            self._drag_position = event.position()
            self._on_view_changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_position = None
        self._on_grip = False
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_grip(event.position()):
            self.set_split(0.5)
        elif self.is_fitted():
            self.show_actual_size()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        text = event.text()
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS and self._items:
            self._on_arrow(ARROWS[key], far)
        elif key == Qt.Key.Key_Space:
            self.toggle_turning()
        elif text and text in "+=":
            self.zoom_by(1.25)
        elif text == "-":
            self.zoom_by(0.8)
        else:
            super().keyPressEvent(event)

    def _on_arrow(self, direction: QPointF, is_large_step: bool) -> None:
        if self._actual_mode == "slider" and direction.x():
            self.set_split(self.split + direction.x() * (FAR if is_large_step else STEP))
        elif self._mode == "flicker" and direction.x():
            self._flicker_timer.stop()
            self.show_next(round(direction.x()))
        else:
            self._lens.drag(-direction * PUSH)
            self._on_view_changed()

    def set_split(self, split: float) -> None:
        """Move the slider between two images to a fraction (0 to 1) of their width."""
        self.split = min(max(split, 0.0), 1.0)
        self._describe()

    def _split_at(self, x: float) -> None:
        seen = self._slider_rect()
        self.set_split((x - seen.left()) / max(seen.width(), 1))

    def _slider_rect(self) -> QRectF:
        """Return the visible rectangle of the first image in slider mode, within which the slider moves."""
        return self._frame(self._items[0].rgba, QRectF(self.rect())) & QRectF(self.rect())

    def _slider_line(self) -> QLineF:
        seen = self._slider_rect()
        x = seen.left() + self.split * seen.width()
        return QLineF(x, 0, x, self.height())

    def _is_grip(self, position: QPointF) -> bool:
        return self._actual_mode == "slider" and abs(position.x() - self._slider_line().x1()) <= REACH

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), self._theme.colour("background"))
        shown = self._visible_panes()
        for place, pane in enumerate(shown):
            self._paint_picture(painter, pane, place)
        if self._actual_mode == "side":
            painter.setPen(QPen(self._theme.colour("line"), 1))
            for pane in shown:
                if pane.area.left() > 0:
                    painter.drawLine(pane.area.topLeft() - QPointF(1, 0), pane.area.bottomLeft() - QPointF(1, 0))
                if pane.area.top() > 0:
                    painter.drawLine(pane.area.topLeft() - QPointF(0, 1), pane.area.topRight() - QPointF(0, 1))
        if self._actual_mode == "slider":
            self._paint_slider(painter)
        for pane in shown:
            room = pane.area.width() / (2 if self._actual_mode == "slider" else 1)
            _paint_badge(painter, self._theme, pane.area, (pane.letter, pane.title), room=room, right=pane.right)
        if self.hasFocus() and self._has_tab_focus:
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _visible_panes(self) -> list[_Pane]:
        """Return the panes of all images shown in the current mode, in painting order."""
        whole = QRectF(self.rect())
        letters = LETTERS if len(self._items) > 1 else " "
        named = [(item.rgba, letters[place].strip(), item.title) for place, item in enumerate(self._items)]
        if not named:
            return []
        if self._actual_mode == "slider":
            x = self._slider_line().x1()
            left = QRectF(0, 0, x, self.height())
            right = QRectF(x, 0, self.width() - x, self.height())
            return [_Pane(whole, left, *named[0]), _Pane(whole, right, *named[1], right=True)]
        if self._actual_mode == "flicker":
            return [_Pane(whole, whole, *named[self.shown])]
        if self._actual_mode == "difference":
            difference = self._difference
            return [_Pane(whole, whole, difference.rgba, "A – B", difference.words)] if difference is not None else []
        return [_Pane(area, area, *name) for area, name in zip(self._areas(), named, strict=True)]

    def _request_difference(self) -> None:
        if self._actual_mode == "difference" and self._difference is None:
            self.difference_asked.emit()

    def _paint_picture(self, painter: QPainter, pane: _Pane, index: int) -> None:
        ratio = self.devicePixelRatioF()
        frame = self._frame(pane.rgba, pane.area)
        inside = frame & pane.area
        painter.save()
        painter.setClipRect(pane.clip)
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(inside, canvas_ground(self._theme, 14, ratio))
        wide = round(inside.width() * ratio)
        high = round(inside.height() * ratio)
        if wide >= 1 and high >= 1:
            scale = frame.width() / pane.rgba.shape[1]
            corner = (inside.topLeft() - frame.topLeft()) / scale
            part = QRectF(corner, inside.size() / scale) & QRectF(0, 0, pane.rgba.shape[1], pane.rgba.shape[0])
            target = QRectF(inside.left(), inside.top(), wide / ratio, high / ratio)
            squares = not self.is_fitted() and scale >= SQUARES
            scaling = Scaling.of(part, wide, high, squares=squares)
            self._scaler_of(index, pane.rgba).paint(painter, target, pane.rgba, scaling)
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.restore()

    def _scaler_of(self, index: int, rgba: np.ndarray) -> ImageScaler:
        key = index, id(rgba)
        if key not in self._scalers:
            self._scalers[key] = ImageScaler(self)
            self._scalers[key].improved.connect(self.update)
        return self._scalers[key]

    def _paint_slider(self, painter: QPainter) -> None:
        line = self._slider_line()
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.drawLine(line)
        middle = QPointF(line.x1(), self.height() / 2)
        painter.setPen(QPen(self._theme.colour("on_accent"), 1.5))
        painter.setBrush(self._theme.colour("action"))
        painter.drawEllipse(middle, GRIP, GRIP)
        for side in (-1, 1):
            tip = middle + QPointF(side * 7, 0)
            painter.drawLine(tip, tip - QPointF(side * 3.5, 3.5))
            painter.drawLine(tip, tip - QPointF(side * 3.5, -3.5))

    @property
    def _actual_mode(self) -> str:
        """Comparison mode in use. It is "side" instead of "slider" or "difference" unless there are exactly two
        images.
        """
        return "side" if self._mode in OF_TWO and len(self._items) != 2 else self._mode

    def _areas(self) -> list[QRectF]:
        whole = QRectF(self.rect())
        if self._actual_mode != "side" or not self._items:
            return [whole]
        return list(divide_into_panes(len(self._items), whole, self._lens.box, GAP))

    def _frame(self, rgba: np.ndarray, area: QRectF) -> QRectF:
        return self._lens.frame(_below_title(area), QSizeF(rgba.shape[1], rgba.shape[0]), self.devicePixelRatioF())

    def _zoom_to(self, scale: float, center: QPointF = QPointF()) -> None:  # noqa: B008 - never written to
        if self._items:
            self._lens.zoom_to(scale, center)
            self._on_view_changed()

    def _refit(self) -> None:
        if self._lens.fits and self._items:
            self._lens.fit(_below_title(self._areas()[0]).size())
        self._on_view_changed()

    def _on_view_changed(self) -> None:
        self.zoomed.emit()
        self.update()

    def _keep_turning(self) -> None:
        if self._mode == "flicker" and self.isVisible():
            self._flicker_timer.start()
        else:
            self._flicker_timer.stop()

    def _describe(self) -> None:
        """Update the description for screen readers, which names the images and the slider's position."""
        description = "; ".join(f"{pane.letter}: {pane.title}" for pane in self._visible_panes())
        if self._actual_mode == "slider":
            text = self.tr("{pictures}, slider at {share} %")
            description = text.format(pictures=description, share=f"{self.split * 100:.0f}")
        self.setAccessibleDescription(description)
        self.update()


def _paint_badge(
    painter: QPainter, theme: Theme, area: QRectF, words: tuple[str, str], *, room: float, right: bool
) -> None:
    """Paint a badge with an image's letter and title (either may be "") in an upper corner of `area`.

    The title is cut off if both need more than `room` logical pixels.
    """
    letter, title = words
    bold = theme.font(12, 600)
    plain = theme.font(12)
    first = QFontMetrics(bold).horizontalAdvance(letter)
    gap = BADGE_AIR - 1 if letter and title else 0
    left = max(0, int(room - 2 * BADGE_EDGE - 2 * BADGE_AIR - first - gap))
    title = QFontMetrics(plain).elidedText(title, Qt.TextElideMode.ElideRight, left)
    width = ceil(2 * BADGE_AIR + first + gap + QFontMetrics(plain).horizontalAdvance(title))
    x = area.right() - width - BADGE_EDGE if right else area.left() + BADGE_EDGE
    box = QRectF(x, area.top() + BADGE_EDGE, width, BADGE_HEIGHT)
    paint_rounded_rect(painter, box, 8, ground=theme.colour("panel"), line=theme.colour("line"))
    for text, font, colour, dx in ((letter, bold, "text", 0), (title, plain, "muted", first + gap)):
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        painter.drawText(box.adjusted(BADGE_AIR + dx, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def _below_title(pane: QRectF) -> QRectF:
    return pane.adjusted(0, HEAD, 0, 0)


OF_TWO = ("slider", "difference")
ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
