"""The frame of an outpainting on the canvas: its edges are drawn outwards from those of the picture."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gdm_studio.request import MAX_SIDE
from gdm_studio.ui.look.theme import Theme

REACH = 12.0  # logical pixels from an edge, within which it is taken hold of
MOST = 0.5  # of the picture's longer side that may be added at one side
TINT = 70  # alpha of what is added, 0 … 255
HANDLE = (26.0, 5.0)  # logical pixels

_KEYS = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "above", Qt.Key.Key_Down: "below"}


class Sides(NamedTuple):
    """Pixels that are added."""

    left: int = 0
    above: int = 0
    right: int = 0
    below: int = 0


NONE = Sides()


class Frame(QObject):
    """A tool of the canvas, which shows the picture with `room()` pixels around it, all made smaller by `scale`.

    An edge is dragged, or drawn to where the canvas is pressed outside of the frame; the arrow keys add a step at
    their side, Delete takes all off, Return says that it is done.

    Signals: `changed()`, `done()`. Setters: `begin(size, unit, sides, scale)`, `set_sides(sides)`, `undo()`. Readers:
    `sides()`, with what is left over to a multiple of the unit at the right and below; `size()`, `room()`,
    `part()`, `held()`, `can_undo()`.
    """

    changed = Signal()
    done = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture, self._unit, self._shown = (1, 1), 8, 1.0
        self._sides = NONE
        self._before: list[Sides] = []
        self._near: frozenset[str] = frozenset()  # the edges under the pointer, or that it holds
        self._dragging = False
        self._scale = 1.0  # logical pixels a pixel of the canvas

    def begin(self, size: tuple[int, int], unit: int, sides: Sides = NONE, *, scale: float = 1.0) -> None:
        """Around a picture (width, height), in steps of `unit` pixels; nothing can be undone yet."""
        self._picture, self._unit, self._shown = size, unit, scale
        self._before, self._near, self._dragging = [], frozenset(), False
        self._sides = self._fitting(self._drawn(sides))
        self.changed.emit()

    def sides(self) -> Sides:
        over, under = self._over()
        sides = self._sides
        return sides._replace(right=sides.right + over, below=sides.below + under) if any(sides) else sides

    def size(self) -> tuple[int, int]:
        """Of the whole, (width, height)."""
        sides, (width, height) = self.sides(), self._picture
        return width + sides.left + sides.right, height + sides.above + sides.below

    def part(self) -> tuple[int, int, int, int]:
        """Where the whole lies on the canvas: left, top, right and bottom in its pixels."""
        room, sides, (width, height) = self.room(), self.sides(), self._picture
        ends = (room - sides.left, room - sides.above, room + width + sides.right, room + height + sides.below)
        left, top, right, bottom = (max(round(end * self._shown), 0) for end in ends)
        return left, top, right, bottom

    def can_undo(self) -> bool:
        return bool(self._before)

    def room(self) -> int:
        """Pixels around the picture that there are to draw edges to, and a little."""
        return self.most() + 2 * self._unit

    def most(self) -> int:
        """Pixels that can be added at a side."""
        return max(int(MOST * max(self._picture)) // self._unit, 1) * self._unit

    def held(self) -> frozenset[str]:
        """The names of the edges under the pointer."""
        return self._near

    def set_sides(self, sides: Sides) -> None:
        """Other edges, as `sides` tells them: brought to whole steps, and not beyond what there may be."""
        self._turn_to(self._drawn(sides))

    def _turn_to(self, drawn: Sides) -> None:
        fitting = self._fitting(drawn)
        if fitting != self._sides:
            self._before.append(self._sides)
            self._sides = fitting
        self.changed.emit()

    def undo(self) -> None:
        """Takes back what was changed last."""
        if self._before:
            self._sides = self._before.pop()
            self.changed.emit()

    # what the canvas asks of a tool

    def press(self, place: QPointF, button: Qt.MouseButton) -> None:
        at = self._at(place)
        self._near = self._edges_at(at) or self._edges_towards(at)
        self._dragging = bool(self._near)
        if self._dragging:
            self._before.append(self._sides)
            self._drag(at)

    def move(self, place: QPointF) -> None:
        at = self._at(place)
        if self._dragging:
            self._drag(at)
        elif (near := self._edges_at(at)) != self._near:
            self._near = near
            self.changed.emit()

    def release(self) -> None:
        if self._dragging and self._before[-1] == self._sides:
            self._before.pop()
        self._dragging = False

    def leave(self) -> None:
        if not self._dragging:
            self._near = frozenset()
            self.changed.emit()

    def wheel(self, notches: float) -> None:
        """Has no use for it."""

    def key(self, key: Qt.Key) -> bool:
        if side := _KEYS.get(key):
            self._turn_to(self._sides._replace(**{side: getattr(self._sides, side) + self._unit}))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._turn_to(NONE)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        self._scale = scale
        each = self._shown * scale  # logical pixels a pixel of the picture itself
        room, sides, (width, height) = self.room(), self.sides(), self._picture
        picture = QRectF(frame.left() + room * each, frame.top() + room * each, width * each, height * each)
        corner = picture.topLeft() - QPointF(sides.left * each, sides.above * each)
        whole = QRectF(corner, QSizeF(self.size()[0] * each, self.size()[1] * each))
        outside, added = QPainterPath(), QPainterPath()
        outside.addRect(frame.adjusted(-1, -1, 1, 1))
        outside.addRect(whole)
        added.addRect(whole)
        added.addRect(picture)
        painter.fillPath(outside, self._theme.colour("background"))
        tint = self._theme.colour("accent2")
        tint.setAlpha(TINT)
        painter.fillPath(added, tint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("accent"), 1.5))
        painter.drawRect(whole)
        self._paint_handles(painter, whole)

    def _paint_handles(self, painter: QPainter, whole: QRectF) -> None:
        long, thick = HANDLE
        middle = whole.center()
        for name, x, y, upright in (
            ("left", whole.left(), middle.y(), True),
            ("right", whole.right(), middle.y(), True),
            ("above", middle.x(), whole.top(), False),
            ("below", middle.x(), whole.bottom(), False),
        ):
            more = 3.0 if name in self._near else 0.0
            wide, high = (thick + more, long) if upright else (long, thick + more)
            painter.setPen(QPen(QColor("#ffffff"), 1))
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(x - wide / 2, y - high / 2, wide, high), 2.5, 2.5)

    # places, in the picture's own pixels

    def _at(self, place: QPointF) -> QPointF:
        return place / self._shown - QPointF(self.room(), self.room())

    def _whole(self) -> QRectF:
        sides = self.sides()
        return QRectF(-sides.left, -sides.above, *map(float, self.size()))

    def _edges_at(self, at: QPointF) -> frozenset[str]:
        whole, reach = self._whole(), REACH / (self._shown * self._scale)
        if not whole.adjusted(-reach, -reach, reach, reach).contains(at):
            return frozenset()
        ends = {"left": at.x() - whole.left(), "right": at.x() - whole.right()}
        ends |= {"above": at.y() - whole.top(), "below": at.y() - whole.bottom()}
        return frozenset(name for name, far in ends.items() if abs(far) <= reach)

    def _edges_towards(self, at: QPointF) -> frozenset[str]:
        """Those that a place outside of the frame lies beyond."""
        whole = self._whole()
        beyond = {"left": at.x() < whole.left(), "right": at.x() > whole.right()}
        beyond |= {"above": at.y() < whole.top(), "below": at.y() > whole.bottom()}
        return frozenset(name for name, is_beyond in beyond.items() if is_beyond)

    def _drag(self, at: QPointF) -> None:
        width, height = self._picture
        wanted = {"left": -at.x(), "right": at.x() - width, "above": -at.y(), "below": at.y() - height}
        pulled = {name: round(wanted[name] / self._unit) * self._unit for name in self._near}
        self._sides = self._fitting(self._sides._replace(**pulled))
        self.changed.emit()

    def _over(self) -> tuple[int, int]:
        """What is left over to a multiple of the unit, at the right and below."""
        width, height = self._picture
        return -width % self._unit, -height % self._unit

    def _drawn(self, sides: Sides) -> Sides:
        over, under = self._over()
        return sides._replace(right=sides.right - over, below=sides.below - under)

    def _fitting(self, sides: Sides) -> Sides:
        most = self.most()
        left, above, right, below = (min(max(-(-side // self._unit) * self._unit, 0), most) for side in sides)
        width, height = (MAX_SIDE - self._unit - side for side in self._picture)
        left, above = min(left, max(width, 0)), min(above, max(height, 0))
        return Sides(left, above, min(right, max(width - left, 0)), min(below, max(height - above, 0)))
