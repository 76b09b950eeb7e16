"""Base class of charts: the frame, the plot area, and the labels of both axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets.chart_legend import LegendEntry, paint_head
from gdm_studio.ui.widgets.shapes import paint_rounded_rect

# Height of a chart, and space for the labels of the axes, in logical pixels.
HEIGHT = 150
TOP, BOTTOM, RIGHT = 26, 24, 14
# Height of a label, and its largest width on the horizontal axis.
LABEL, WIDEST = 16, 120

# Positions of marks on an axis, from 0 to 1, with their labels.
Marks = Iterable[tuple[float, str]]


class Chart(QWidget):
    """Base class of charts with two axes. `left` is the width of the vertical axis's labels."""

    def __init__(self, theme: Theme, parent: QWidget | None, left: int = 44) -> None:
        super().__init__(parent)
        self._theme = theme
        self._left_margin = left
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, HEIGHT)

    def at(self, across: float, up: float) -> QPointF:
        """Convert fractions of the plot area to a position in the widget. (0, 0) is the lower left corner of the plot
        area, and (1, 1) the upper right corner.
        """
        wide, tall = self.width() - self._left_margin - RIGHT, self.height() - TOP - BOTTOM
        return QPointF(self._left_margin + across * wide, TOP + (1 - up) * tall)

    def paint_frame(self, painter: QPainter) -> QRectF:
        """Paint the chart's background and frame, set the font of its labels, and return the frame's rectangle."""
        theme = self._theme
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_rounded_rect(painter, frame, SPACE.radius, ground=theme.colour("card"), line=theme.colour("line"))
        painter.setFont(theme.font(11))
        return frame

    def paint_head(self, painter: QPainter, entries: Sequence[LegendEntry], caption: str) -> None:
        """Paint the chart's legend and a caption for both axes above the plot area."""
        room = QRectF(self._left_margin, TOP - 22, self.width() - self._left_margin - RIGHT, LABEL)
        paint_head(painter, self._theme, room, entries, caption)

    def paint_rows(self, painter: QPainter, marks: Marks) -> None:
        """Paint a horizontal line across the plot area, with a label on the left, for each (height, text) pair. Heights
        are fractions of the plot area.
        """
        for up, text in marks:
            start = self.at(0, up)
            painter.setPen(self._theme.colour("line"))
            painter.drawLine(start, self.at(1, up))
            painter.setPen(self._theme.colour("muted"))
            room = QRectF(0, start.y() - LABEL / 2, self._left_margin - 6, LABEL)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def paint_columns(self, painter: QPainter, marks: Marks) -> None:
        """Paint a label below the plot area for each (position, text) pair. Positions are fractions of its width."""
        painter.setPen(self._theme.colour("muted"))
        for across, text in marks:
            room = QRectF(0, self.height() - BOTTOM + 4, WIDEST, LABEL)
            place, side = self.at(across, 0).x(), Qt.AlignmentFlag.AlignHCenter
            room.moveLeft(place - WIDEST / 2)
            if across == 1:
                # The last label ends with the axis, since it would touch the frame in its middle.
                side = Qt.AlignmentFlag.AlignRight
                room.moveRight(place)
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
