"""Axes of a chart: its frame, its plot area, and the labels of the marks on both axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets.chart_head import LegendEntry, paint_head
from gdm_studio.ui.widgets.shapes import rounded

# Height of a chart, and the space beside its plot area for the labels of the axes, in logical pixels.
HEIGHT = 150
TOP, BOTTOM, RIGHT = 26, 24, 14
# Height of a label, and the largest width of a label of the horizontal axis.
LABEL, WIDEST = 16, 120

# Positions of marks on an axis, from 0 to 1, with their labels.
Marks = Iterable[tuple[float, str]]


class ChartAxes:
    """Axes of a chart widget. The space `left` of the plot area holds the labels of the vertical axis."""

    def __init__(self, widget: QWidget, theme: Theme, left: int = 44) -> None:
        self._widget = widget
        self._theme = theme
        self._left = left

    def at(self, across: float, up: float) -> QPointF:
        """Return a point of the plot area: (0, 0) is the lower left corner, and (1, 1) the upper right one."""
        wide = self._widget.width() - self._left - RIGHT
        tall = self._widget.height() - TOP - BOTTOM
        return QPointF(self._left + across * wide, TOP + (1 - up) * tall)

    def paint_frame(self, painter: QPainter) -> QRectF:
        """Paint the background, and set the font of the labels. Return the frame."""
        theme = self._theme
        frame = QRectF(self._widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        rounded(painter, frame, SPACE.radius, ground=theme.colour("card"), line=theme.colour("line"))
        painter.setFont(theme.font(11))
        return frame

    def paint_head(self, painter: QPainter, entries: Sequence[LegendEntry], caption: str) -> None:
        """Paint the legend and a caption for both axes above the plot area."""
        room = QRectF(self._left, TOP - 22, self._widget.width() - self._left - RIGHT, LABEL)
        paint_head(painter, self._theme, room, entries, caption)

    def paint_rows(self, painter: QPainter, marks: Marks) -> None:
        """Paint a horizontal line through the plot area at each mark, with its label on the left."""
        for up, text in marks:
            start = self.at(0, up)
            painter.setPen(self._theme.colour("line"))
            painter.drawLine(start, self.at(1, up))
            painter.setPen(self._theme.colour("muted"))
            room = QRectF(0, start.y() - LABEL / 2, self._left - 6, LABEL)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def paint_columns(self, painter: QPainter, marks: Marks) -> None:
        """Paint the label of each mark below the plot area."""
        painter.setPen(self._theme.colour("muted"))
        for across, text in marks:
            room = QRectF(0, self._widget.height() - BOTTOM + 4, WIDEST, LABEL)
            side = Qt.AlignmentFlag.AlignHCenter
            room.moveLeft(self.at(across, 0).x() - WIDEST / 2)
            if across == 1:
                # The last label ends with the axis, since it would touch the frame in its middle.
                side = Qt.AlignmentFlag.AlignRight
                room.moveRight(self.at(across, 0).x())
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
