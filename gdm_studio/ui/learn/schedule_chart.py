"""Chart of noise schedules: the scale of the data after each step of the forward process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, number_text
from gdm_studio.ui.widgets.chart import Chart
from gdm_studio.ui.widgets.chart_legend import LegendEntry
from gdm_studio.ui.widgets.shapes import antialiased_painter

SHARE_MARKS = (0.0, 0.5, 1.0)
# Distances between two labels of the horizontal axis, in steps, and their largest number.
STRIDES = (1, 2, 5, 10, 20, 25, 50)
MOST_MARKS = 6


@dataclass(frozen=True)
class ScheduleCurve:
    """Noise schedule of one run: its title, its theme colour's name, and the values of α / √(α² + σ²) in the order from
    data to noise.
    """

    title: str
    colour: str
    shares: Sequence[float]


class ScheduleChart(Chart):
    """Chart of noise schedules against the number of steps, with a mark at the displayed step."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._curves: Sequence[ScheduleCurve] = ()
        self._steps = 1
        self._position = 0.0
        self.setAccessibleName(self.tr("Scale of the data at each step"))

    def set_curves(self, curves: Sequence[ScheduleCurve], steps: int) -> None:
        """Show the noise schedules of the runs. The horizontal axis has `steps` steps, those of the first run."""
        self._curves = curves
        self._steps = steps
        self._describe()

    def set_position(self, share: float) -> None:
        """Mark a position on the horizontal axis, from 0 (the data) to 1 (the noise)."""
        self._position = share
        self._describe()

    def curves(self) -> Sequence[ScheduleCurve]:
        return self._curves

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        self.paint_frame(painter)
        self._paint_axes(painter)
        painter.setPen(QPen(self._theme.colour("muted"), 1))
        painter.drawLine(self.at(self._position, 0), self.at(self._position, 1))
        for curve in self._curves:
            colour = self._theme.colour(curve.colour)
            last = len(curve.shares) - 1
            painter.setPen(QPen(colour, 2))
            painter.drawPolyline(QPolygonF([self.at(place / last, share) for place, share in enumerate(curve.shares)]))
            painter.setBrush(colour)
            painter.drawEllipse(self.at(self._position, _value(curve, self._position)), 3.5, 3.5)

    def _paint_axes(self, painter: QPainter) -> None:
        self.paint_rows(painter, ((share, number_text(share)) for share in SHARE_MARKS))
        stride = next((each for each in STRIDES if self._steps / each < MOST_MARKS), STRIDES[-1])
        steps = range(0, self._steps + 1, stride)
        self.paint_columns(painter, ((step / self._steps, number_text(step)) for step in steps))
        entries = [LegendEntry(curve.title, curve.colour) for curve in self._curves]
        self.paint_head(painter, entries, self.tr("scale of the data, α / √(α² + σ²) · steps"))

    def _describe(self) -> None:
        shares = (labelled(curve.title, number_text(_value(curve, self._position), 3)) for curve in self._curves)
        self.setAccessibleDescription(", ".join(shares))
        self.update()


def _value(curve: ScheduleCurve, position: float) -> float:
    """Return the value α / √(α² + σ²) of a noise schedule at a position from 0 (first step) to 1 (last step),
    interpolated linearly.
    """
    place = position * (len(curve.shares) - 1)
    before = min(int(place), len(curve.shares) - 2)
    return curve.shares[before] + (place - before) * (curve.shares[before + 1] - curve.shares[before])
