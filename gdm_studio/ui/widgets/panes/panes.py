"""The pictures as they are compared: in panes side by side, under a slider, in turn, or by their difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.look.imaging import scaled
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import checker, smooth
from gdm_studio.ui.widgets.panes.badge import paint_badge
from gdm_studio.ui.widgets.panes.difference import Difference
from gdm_studio.ui.widgets.panes.item import LETTERS, Item
from gdm_studio.ui.widgets.panes.lens import Lens, panes

if TYPE_CHECKING:
    import numpy as np

GAP = 2  # between panes
HEAD = 40  # of a pane: room for its words, where a fitted picture does not lie
SQUARES = 8.0  # logical pixels a picture's own: from here on, zoomed by hand, they are shown as squares
GRIP, REACH = 13, 18  # radius of the slider's handle; how far from its line it can be taken
FLICKER_MS = 650
STEP, FAR = 0.02, 0.1  # of the slider by a key, and with Shift
PUSH = 40  # logical pixels that an arrow moves the pictures


@dataclass(frozen=True)
class _Pane:
    """Where a picture is shown, what of the pane it may cover, and what is written there."""

    area: QRectF
    clip: QRectF
    rgba: np.ndarray
    letter: str
    title: str
    right: bool = False  # on which side the words stand


class Panes(QWidget):
    """Signals: `zoomed()`, `difference_asked()` of the two, once it is to be shown. Setters: `set_items(items)`,
    `set_mode("side" | "slider" | "flicker" | "difference")`, `set_difference(found)`, `fit()`, `actual_size()`,
    `zoom_by(factor)`. Readers: `split` the slider's place 0 … 1, `zoom()` in device pixels a pixel of the largest
    picture, `is_fitted()`, `shown` the picture that is seen in turn.

    Keys: arrows move the slider, with it or in turn choose the picture, else move all; Space holds the flicker;
    + − zoom, 0 fits, 1 is 1:1.
    """

    zoomed = Signal()
    difference_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._lens = theme, Lens()
        self._items: list[Item] = []
        self._mode, self.split, self.shown = "side", 0.5, 0
        self._grabbed: QPointF | None = None
        self._on_grip = self._tabbed = False
        self._cache: dict[int, tuple[object, QPixmap]] = {}
        self._difference: Difference | None = None
        self._turn = QTimer(self, interval=FLICKER_MS)
        self._turn.timeout.connect(lambda: self.show_next(+1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures compared")
        theme.changed.connect(self.update)

    def set_items(self, items: Sequence[Item]) -> None:
        self._items = list(items)
        self._cache, self._difference, self.shown = {}, None, 0
        if items:
            sizes = [QSizeF(item.rgba.shape[1], item.rgba.shape[0]) for item in items]
            self._lens.set_box(max(sizes, key=lambda size: size.width() * size.height()))
            self._refit()
        self._describe()
        self._ask()

    def set_mode(self, mode: str) -> None:
        self._mode = mode
        self._keep_turning()
        self._refit()
        self._describe()
        self._ask()

    def set_difference(self, found: Difference) -> None:
        self._difference = found
        self._describe()

    def zoom(self) -> float:
        return self._lens.scale * self.devicePixelRatioF()

    def is_fitted(self) -> bool:
        return self._lens.fits

    def fit(self) -> None:
        self._lens.fits = True
        self._refit()

    def actual_size(self) -> None:
        """One pixel of the largest picture to one device pixel."""
        self._zoom_to(1 / self.devicePixelRatioF())

    def zoom_by(self, factor: float) -> None:
        self._zoom_to(self._lens.scale * factor)

    def show_next(self, by: int) -> None:
        """Turns to the next picture of the flicker, or with -1 to the one before."""
        if self._items:
            self.shown = (self.shown + by) % len(self._items)
            self._describe()

    def toggle_turning(self) -> None:
        """Holds the flicker, or lets it go on."""
        if self._mode != "flicker":
            return
        if self._turn.isActive():
            self._turn.stop()
        else:
            self._turn.start()

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refit()

    def showEvent(self, event: QShowEvent) -> None:
        self._keep_turning()

    def hideEvent(self, event: QHideEvent) -> None:
        self._turn.stop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._tabbed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.pixelDelta().y() * 4
        if self._items and turned:
            pane = next((area for area in self._areas() if area.contains(event.position())), QRectF(self.rect()))
            self._zoom_to(self._lens.scale * 2 ** (turned / 480), event.position() - _below_words(pane).center())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._items:
            self._grabbed = event.position()
            left = event.button() == Qt.MouseButton.LeftButton
            self._on_grip = left and self._is_grip(event.position())
            if not self._on_grip:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            grip = self._is_grip(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
        elif self._on_grip:
            self._split_at(event.position().x())
        else:
            self._lens.drag(event.position() - self._grabbed)
            self._grabbed = event.position()
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed, self._on_grip = None, False
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_grip(event.position()):
            self.set_split(0.5)
        elif self.is_fitted():
            self.actual_size()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = Qt.Key(event.key()), event.text()
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

    def _on_arrow(self, way: QPointF, far: bool) -> None:
        if self._way == "slider" and way.x():
            self.set_split(self.split + way.x() * (FAR if far else STEP))
        elif self._mode == "flicker" and way.x():
            self._turn.stop()
            self.show_next(round(way.x()))
        else:
            self._lens.drag(-way * PUSH)
            self._changed()

    # the slider

    def set_split(self, split: float) -> None:
        """Where the slider stands, as a share of the pictures' width."""
        self.split = min(max(split, 0.0), 1.0)
        self._describe()

    def _split_at(self, x: float) -> None:
        seen = self._slid()
        self.set_split((x - seen.left()) / max(seen.width(), 1))

    def _slid(self) -> QRectF:
        """What of the first picture's frame is in the widget: the slider goes over that."""
        return self._frame(self._items[0].rgba, QRectF(self.rect())) & QRectF(self.rect())

    def _line(self) -> QLineF:
        seen = self._slid()
        x = seen.left() + self.split * seen.width()
        return QLineF(x, 0, x, self.height())

    def _is_grip(self, place: QPointF) -> bool:
        return self._way == "slider" and abs(place.x() - self._line().x1()) <= REACH

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), self._theme.colour("background"))
        shown = self._shown()
        for place, pane in enumerate(shown):
            self._paint_picture(painter, pane, place)
        if self._way == "side":
            painter.setPen(QPen(self._theme.colour("line"), 1))
            for pane in shown:
                if pane.area.left() > 0:
                    painter.drawLine(pane.area.topLeft() - QPointF(1, 0), pane.area.bottomLeft() - QPointF(1, 0))
                if pane.area.top() > 0:
                    painter.drawLine(pane.area.topLeft() - QPointF(0, 1), pane.area.topRight() - QPointF(0, 1))
        if self._way == "slider":
            self._paint_slider(painter)
        for pane in shown:
            room = pane.area.width() / (2 if self._way == "slider" else 1)
            paint_badge(painter, self._theme, pane.area, (pane.letter, pane.title), room=room, right=pane.right)
        if self.hasFocus() and self._tabbed:
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _shown(self) -> list[_Pane]:
        """What is painted, in order."""
        whole = QRectF(self.rect())
        letters = LETTERS if len(self._items) > 1 else " "
        named = [(item.rgba, letters[place].strip(), item.title) for place, item in enumerate(self._items)]
        if not named:
            return []
        if self._way == "slider":
            x = self._line().x1()
            left, right = QRectF(0, 0, x, self.height()), QRectF(x, 0, self.width() - x, self.height())
            return [_Pane(whole, left, *named[0]), _Pane(whole, right, *named[1], right=True)]
        if self._way == "flicker":
            return [_Pane(whole, whole, *named[self.shown])]
        if self._way == "difference":
            found = self._difference
            return [_Pane(whole, whole, found.rgba, "A – B", found.words)] if found is not None else []
        return [_Pane(area, area, *name) for area, name in zip(self._areas(), named, strict=True)]

    def _ask(self) -> None:
        if self._way == "difference" and self._difference is None:
            self.difference_asked.emit()

    def _paint_picture(self, painter: QPainter, pane: _Pane, place: int) -> None:
        ratio = self.devicePixelRatioF()
        frame = self._frame(pane.rgba, pane.area)
        inside = frame & pane.area
        painter.save()
        painter.setClipRect(pane.clip)
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(inside, checker(self._theme, 14, ratio))
        wide, high = round(inside.width() * ratio), round(inside.height() * ratio)
        if wide >= 1 and high >= 1:
            scale = frame.width() / pane.rgba.shape[1]
            corner = (inside.topLeft() - frame.topLeft()) / scale
            part = QRectF(corner, inside.size() / scale) & QRectF(0, 0, pane.rgba.shape[1], pane.rgba.shape[0])
            target = QRectF(inside.left(), inside.top(), wide / ratio, high / ratio)
            squares = not self.is_fitted() and scale >= SQUARES
            painter.drawPixmap(target, self._scaled(place, pane.rgba, part, (wide, high, squares)), QRectF())
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.restore()

    def _scaled(self, place: int, rgba: np.ndarray, part: QRectF, to: tuple[int, int, bool]) -> QPixmap:
        wide, high, squares = to
        key = (id(rgba), part.getRect(), to)
        if place not in self._cache or self._cache[place][0] != key:
            self._cache[place] = (key, scaled(rgba, part, wide, high, squares=squares))
        return self._cache[place][1]

    def _paint_slider(self, painter: QPainter) -> None:
        line = self._line()
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

    # geometry

    @property
    def _way(self) -> str:
        """The mode, where there are the two pictures that it may need."""
        return "side" if self._mode in OF_TWO and len(self._items) != 2 else self._mode

    def _areas(self) -> list[QRectF]:
        whole = QRectF(self.rect())
        if self._way != "side" or not self._items:
            return [whole]
        return list(panes(len(self._items), whole, self._lens.box, GAP))

    def _frame(self, rgba: np.ndarray, area: QRectF) -> QRectF:
        return self._lens.frame(_below_words(area), QSizeF(rgba.shape[1], rgba.shape[0]), self.devicePixelRatioF())

    def _zoom_to(self, scale: float, about: QPointF = QPointF()) -> None:  # noqa: B008 - never written to
        if self._items:
            self._lens.zoom_to(scale, about)
            self._changed()

    def _refit(self) -> None:
        if self._lens.fits and self._items:
            self._lens.fit(_below_words(self._areas()[0]).size())
        self._changed()

    def _changed(self) -> None:
        self.zoomed.emit()
        self.update()

    def _keep_turning(self) -> None:
        if self._mode == "flicker" and self.isVisible():
            self._turn.start()
        else:
            self._turn.stop()

    def _describe(self) -> None:
        """In words, for those who do not see it."""
        words = "; ".join(f"{pane.letter}: {pane.title}" for pane in self._shown())
        at = f", slider at {self.split * 100:.0f} %" if self._way == "slider" else ""
        self.setAccessibleDescription(f"{words}{at}")
        self.update()


def _below_words(pane: QRectF) -> QRectF:
    return pane.adjusted(0, HEAD, 0, 0)


OF_TWO = ("slider", "difference")
ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
