"""Zoom and position shared by several images."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSizeF

# Limits of the zoom in logical pixels per pixel of the box.
NEAREST = 64.0
FURTHEST = 0.05
# Largest scale of a fitted picture.
LARGEST_FIT = 7.0
# Margin around a fitted picture.
AIR = 12


class Lens:
    """Zoom and scroll position shared by all images of a comparison, each scaled to fill the same box.

    `scale` is the number of logical pixels per pixel of the box. The centre is a fraction (0 to 1) of the box.
    """

    def __init__(self) -> None:
        self.box = QSizeF(1, 1)
        self.scale = 1.0
        self.fits = True
        self._centre = QPointF(0.5, 0.5)

    def set_box(self, box: QSizeF) -> None:
        """Set the size of the shared box to that of the largest image, without changing zoom and position."""
        self.box = box

    def fit(self, room: QSizeF) -> None:
        """Zoom and centre the images so that each fits completely into a pane of the size `room`."""
        self.fits = True
        self._centre = QPointF(0.5, 0.5)
        across = room.width() - 2 * AIR
        down = room.height() - 2 * AIR
        self._set_scale(min(across / self.box.width(), down / self.box.height(), LARGEST_FIT))

    def zoom_to(self, scale: float, center: QPointF = QPointF()) -> None:  # noqa: B008 - never written to
        """Set the zoom of all images, with the point `center` staying under the mouse pointer.

        `center` is relative to the centre of a pane.
        """
        before = self.scale
        self.fits = False
        self._set_scale(scale)
        shift = center / before - center / self.scale
        self._move(shift.x() / self.box.width(), shift.y() / self.box.height())

    def drag(self, by: QPointF) -> None:
        """Scroll all images by a distance in logical pixels, keeping the centre of the view within them."""
        self.fits = False
        self._move(-by.x() / self.scale / self.box.width(), -by.y() / self.scale / self.box.height())

    def frame(self, pane: QRectF, size: QSizeF, ratio: float) -> QRectF:
        """Return an image's rectangle in a pane, aligned to whole device pixels.

        `ratio` is the number of device pixels per logical pixel.
        """
        width = self.box.width() * self.scale
        height = self.box.height() * self.scale
        left = pane.center().x() - self._centre.x() * width
        top = pane.center().y() - self._centre.y() * height
        share = min(width / size.width(), height / size.height())
        wide = size.width() * share
        high = size.height() * share
        left, top = left + (width - wide) / 2, top + (height - high) / 2
        numbers = (round(number * ratio) / ratio for number in (left, top, wide, high))
        return QRectF(*numbers)

    def _set_scale(self, scale: float) -> None:
        self.scale = min(max(scale, FURTHEST), NEAREST)

    def _move(self, across: float, down: float) -> None:
        x = self._centre.x() + across
        y = self._centre.y() + down
        self._centre = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))


def divide_into_panes(count: int, room: QRectF, box: QSizeF, gap: float) -> Iterator[QRectF]:
    """Divide a rectangle into `count` equal panes, arranged so that images of the size `box` are as large as possible
    in them.
    """

    def side(columns: int) -> float:
        across = (room.width() - gap * (columns - 1)) / columns / box.width()
        rows = ceil(count / columns)
        return min(across, (room.height() - gap * (rows - 1)) / rows / box.height())

    columns = max(range(1, count + 1), key=side)
    rows = ceil(count / columns)
    width = (room.width() - gap * (columns - 1)) / columns
    height = (room.height() - gap * (rows - 1)) / rows
    for place in range(count):
        row, column = divmod(place, columns)
        yield QRectF(room.left() + column * (width + gap), room.top() + row * (height + gap), width, height)
