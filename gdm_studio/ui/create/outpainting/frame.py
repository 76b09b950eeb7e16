"""Outpainting frame: a canvas tool with edges that can be dragged outwards from the image."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gdm_studio.request.generation_request import MAX_SIDE
from gdm_studio.ui.theme.theme import Theme

# Distance in logical pixels within which the pointer grabs an edge.
REACH = 12.0
# Largest addition at one side, as a fraction of the image's longer side.
MAX_SHARE = 0.5
# Alpha of the tint over the added area, from 0 to 255.
TINT = 70
# Length and thickness of an edge's handle in logical pixels.
HANDLE = (26.0, 5.0)

_KEYS = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "above", Qt.Key.Key_Down: "below"}


class Sides(NamedTuple):
    """Number of pixels that outpainting adds at each side of an image."""

    left: int = 0
    above: int = 0
    right: int = 0
    below: int = 0


NONE = Sides()


class Frame(QObject):
    """Canvas tool for drawing the outpainting frame, the area to which an image is extended.

    Dragging moves an edge. A press outside the frame moves the nearest edges there. Each arrow key adds one step at its
    side, Delete removes all additions, and Return finishes. The canvas shows the image reduced by `scale`, with
    `room()` pixels of empty space around it. Signals: `changed()`, `done()`.
    """

    changed = Signal()
    done = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = (1, 1)
        self._unit = 8
        self._display_scale = 1.0
        self._sides = NONE
        self._undo_stack: list[Sides] = []
        # Edges under the pointer, or being dragged.
        self._edges: frozenset[str] = frozenset()
        self._is_dragging = False
        # Logical pixels per canvas pixel.
        self._scale = 1.0

    def begin(self, size: tuple[int, int], unit: int, sides: Sides = NONE, *, scale: float = 1.0) -> None:
        """Start editing the outpainting frame of an image of `size` (width, height) in steps of `unit` pixels.

        `scale` is the number of canvas pixels per image pixel. The undo history is cleared.
        """
        self._picture = size
        self._unit = unit
        self._display_scale = scale
        self._undo_stack = []
        self._edges = frozenset()
        self._is_dragging = False
        self._sides = self._round_up(self._without_excess(sides))
        self.changed.emit()

    def sides(self) -> Sides:
        """Return the pixels that outpainting adds at each side of the image.

        The right and lower sides are rounded up so that the total size is a multiple of the unit.
        """
        over, under = self._rounding_excess()
        sides = self._sides
        return sides._replace(right=sides.right + over, below=sides.below + under) if any(sides) else sides

    def size(self) -> tuple[int, int]:
        """Return the size (width, height) in pixels of the image after outpainting."""
        sides, (width, height) = self.sides(), self._picture
        return width + sides.left + sides.right, height + sides.above + sides.below

    def part(self) -> tuple[int, int, int, int]:
        """Return the outpainting frame as (left, top, right, bottom) in pixels of the displayed image.

        The displayed image includes the empty space around it.
        """
        room = self.room()
        sides = self.sides()
        width, height = self._picture
        ends = (room - sides.left, room - sides.above, room + width + sides.right, room + height + sides.below)
        left, top, right, bottom = (max(round(end * self._display_scale), 0) for end in ends)
        return left, top, right, bottom

    def can_undo(self) -> bool:
        return bool(self._undo_stack)

    def room(self) -> int:
        """Return the width of the empty space that the canvas shows at each side of the image for enlarging the frame,
        in image pixels.

        This is `most()` plus twice the unit by which the frame's edges move.
        """
        return self.most() + 2 * self._unit

    def most(self) -> int:
        """Return the maximum number of pixels that outpainting can add at one side of the image."""
        return max(int(MAX_SHARE * max(self._picture)) // self._unit, 1) * self._unit

    def active_edges(self) -> frozenset[str]:
        """Return the names of the frame's edges that are under the mouse pointer or being dragged."""
        return self._edges

    def set_sides(self, sides: Sides) -> None:
        """Set the pixels to add at each side of the image, rounded up to whole steps and limited to the maximum."""
        self._change_to(self._without_excess(sides))

    def _change_to(self, drawn: Sides) -> None:
        rounded = self._round_up(drawn)
        if rounded != self._sides:
            self._undo_stack.append(self._sides)
            self._sides = rounded
        self.changed.emit()

    def undo(self) -> None:
        """Undo the user's last change of the outpainting frame."""
        if self._undo_stack:
            self._sides = self._undo_stack.pop()
            self.changed.emit()

    # Tool interface of the canvas

    def press(self, position: QPointF, button: Qt.MouseButton) -> None:
        at = self._position_of(position)
        self._edges = self._edges_at(at) or self._edges_towards(at)
        self._is_dragging = bool(self._edges)
        if self._is_dragging:
            self._undo_stack.append(self._sides)
            self._drag(at)

    def move(self, position: QPointF) -> None:
        at = self._position_of(position)
        if self._is_dragging:
            self._drag(at)
        elif (near := self._edges_at(at)) != self._edges:
            self._edges = near
            self.changed.emit()

    def release(self) -> None:
        if self._is_dragging and self._undo_stack[-1] == self._sides:
            self._undo_stack.pop()
        self._is_dragging = False

    def leave(self) -> None:
        if not self._is_dragging:
            self._edges = frozenset()
            self.changed.emit()

    def wheel(self, notches: float) -> None:
        """Ignore the mouse wheel, which has no function in outpainting."""

    def key(self, key: Qt.Key) -> bool:
        if side := _KEYS.get(key):
            self._change_to(self._sides._replace(**{side: getattr(self._sides, side) + self._unit}))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._change_to(NONE)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        self._scale = scale
        # Logical pixels per pixel of the full-size image.
        each = self._display_scale * scale
        room = self.room()
        sides = self.sides()
        width, height = self._picture
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
            more = 3.0 if name in self._edges else 0.0
            wide, high = (thick + more, long) if upright else (long, thick + more)
            painter.setPen(QPen(QColor("#ffffff"), 1))
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(x - wide / 2, y - high / 2, wide, high), 2.5, 2.5)

    # Geometry in full-size image pixels

    def _position_of(self, position: QPointF) -> QPointF:
        return position / self._display_scale - QPointF(self.room(), self.room())

    def _extended_rect(self) -> QRectF:
        sides = self.sides()
        return QRectF(-sides.left, -sides.above, *map(float, self.size()))

    def _edges_at(self, at: QPointF) -> frozenset[str]:
        whole, reach = self._extended_rect(), REACH / (self._display_scale * self._scale)
        if not whole.adjusted(-reach, -reach, reach, reach).contains(at):
            return frozenset()
        ends = {"left": at.x() - whole.left(), "right": at.x() - whole.right()}
        ends |= {"above": at.y() - whole.top(), "below": at.y() - whole.bottom()}
        return frozenset(name for name, far in ends.items() if abs(far) <= reach)

    def _edges_towards(self, at: QPointF) -> frozenset[str]:
        """Return the names of the frame's edges nearest to a position outside the frame, such as "left", or none for a
        position inside.
        """
        whole = self._extended_rect()
        beyond = {"left": at.x() < whole.left(), "right": at.x() > whole.right()}
        beyond |= {"above": at.y() < whole.top(), "below": at.y() > whole.bottom()}
        return frozenset(name for name, is_beyond in beyond.items() if is_beyond)

    def _drag(self, at: QPointF) -> None:
        width, height = self._picture
        distances = {"left": -at.x(), "right": at.x() - width, "above": -at.y(), "below": at.y() - height}
        pulled = {name: round(distances[name] / self._unit) * self._unit for name in self._edges}
        self._sides = self._round_up(self._sides._replace(**pulled))
        self.changed.emit()

    def _rounding_excess(self) -> tuple[int, int]:
        """Return the pixels (width, height) to add to the original image so that its size becomes a multiple of the
        unit.
        """
        width, height = self._picture
        return -width % self._unit, -height % self._unit

    def _without_excess(self, sides: Sides) -> Sides:
        """Subtract the pixels at the right and bottom that merely round the image size up to a multiple of the unit."""
        over, under = self._rounding_excess()
        return sides._replace(right=sides.right - over, below=sides.below - under)

    def _round_up(self, sides: Sides) -> Sides:
        """Round the pixels added at each side up to multiples of the unit, limited by `most()` and the largest image
        size.
        """
        most = self.most()
        left, above, right, below = (min(max(-(-side // self._unit) * self._unit, 0), most) for side in sides)
        width, height = (MAX_SIDE - self._unit - side for side in self._picture)
        left, above = min(left, max(width, 0)), min(above, max(height, 0))
        return Sides(left, above, min(right, max(width - left, 0)), min(below, max(height - above, 0)))
