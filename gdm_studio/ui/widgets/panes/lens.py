"""What of several pictures is seen, and how large: one zoom and one place for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSizeF

NEAREST, FURTHEST = 64.0, 0.05  # logical pixels a reference pixel
LARGEST_FIT = 7.0  # a small picture is not blown up further on a large screen
AIR = 12  # around a fitted picture


class Lens:
    """Pictures of any size lie in one reference box, so that the same place of each is seen at the same time.

    `scale` is in logical pixels a reference pixel; the centre is a share (0 … 1) of the box.
    """

    def __init__(self) -> None:
        self.box = QSizeF(1, 1)
        self.scale = 1.0
        self.fits = True
        self._centre = QPointF(0.5, 0.5)

    def set_box(self, box: QSizeF) -> None:
        """The size of the largest picture; the view stays where it is."""
        self.box = box

    def fit(self, room: QSizeF) -> None:
        """All of the box in a pane of this size."""
        self.fits = True
        self._centre = QPointF(0.5, 0.5)
        across, down = room.width() - 2 * AIR, room.height() - 2 * AIR
        self._set_scale(min(across / self.box.width(), down / self.box.height(), LARGEST_FIT))

    def zoom_to(self, scale: float, about: QPointF = QPointF()) -> None:  # noqa: B008 - never written to
        """Another scale; what lies at `about`, counted from a pane's middle, stays there."""
        before = self.scale
        self.fits = False
        self._set_scale(scale)
        shift = about / before - about / self.scale
        self._move(shift.x() / self.box.width(), shift.y() / self.box.height())

    def drag(self, by: QPointF) -> None:
        """Moves the pictures by logical pixels, never out of sight."""
        self.fits = False
        self._move(-by.x() / self.scale / self.box.width(), -by.y() / self.scale / self.box.height())

    def frame(self, pane: QRectF, size: QSizeF, ratio: float) -> QRectF:
        """Where a picture of `size` lies about `pane`, on whole device pixels of `ratio` to a logical one."""
        width, height = self.box.width() * self.scale, self.box.height() * self.scale
        left = pane.center().x() - self._centre.x() * width
        top = pane.center().y() - self._centre.y() * height
        share = min(width / size.width(), height / size.height())
        wide, high = size.width() * share, size.height() * share
        left, top = left + (width - wide) / 2, top + (height - high) / 2
        numbers = (round(number * ratio) / ratio for number in (left, top, wide, high))
        return QRectF(*numbers)

    def _set_scale(self, scale: float) -> None:
        self.scale = min(max(scale, FURTHEST), NEAREST)

    def _move(self, across: float, down: float) -> None:
        x, y = self._centre.x() + across, self._centre.y() + down
        self._centre = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))


def panes(count: int, room: QRectF, box: QSizeF, gap: float) -> Iterator[QRectF]:
    """Rows of panes of one size in `room`, so that a fitted picture of the size `box` is as large as can be."""

    def side(columns: int) -> float:
        across = (room.width() - gap * (columns - 1)) / columns / box.width()
        rows = ceil(count / columns)
        return min(across, (room.height() - gap * (rows - 1)) / rows / box.height())

    columns = max(range(1, count + 1), key=side)
    rows = ceil(count / columns)
    width, height = (room.width() - gap * (columns - 1)) / columns, (room.height() - gap * (rows - 1)) / rows
    for place in range(count):
        row, column = divmod(place, columns)
        yield QRectF(room.left() + column * (width + gap), room.top() + row * (height + gap), width, height)
