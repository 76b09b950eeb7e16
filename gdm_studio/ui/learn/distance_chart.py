"""Chart of the distance of samples from the true distribution, against the number of denoiser evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, number_text
from gdm_studio.ui.widgets.chart import Chart
from gdm_studio.ui.widgets.chart_legend import LegendEntry
from gdm_studio.ui.widgets.shapes import antialiased_painter

# Bounds of both axes.
EVALUATIONS = (2, 128)
DISTANCES = (0.004, 1.5)
EVALUATION_MARKS = (2, 4, 8, 16, 32, 64, 128)
DISTANCE_MARKS = (0.01, 0.1, 1.0)


@dataclass(frozen=True)
class DistanceCurve:
    """Curve of one sampler run in the chart: its title, its theme colour's name, and (denoiser evaluations, distance)
    pairs.
    """

    title: str
    colour: str
    points: Sequence[tuple[int, float]]


class DistanceChart(Chart):
    """Chart of the distance of samples from the true distribution, against the number of denoiser evaluations, with
    logarithmic axes.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._curves: Sequence[DistanceCurve] = ()
        self._sampling_distance = 0.0
        self._hint = ""
        self.setAccessibleName(self.tr("Distance from the true distribution"))

    def set_curves(self, curves: Sequence[DistanceCurve], floor: float, *, hint: str = "") -> None:
        """Show curves in the chart. `floor` is the distance between two samples of the true distribution, shown as a
        dashed line. Without curves, `hint` replaces the axes.
        """
        self._curves = curves
        self._sampling_distance = floor
        self._hint = hint
        ends = (labelled(curve.title, number_text(curve.points[-1][1], 3)) for curve in curves if curve.points)
        self.setAccessibleDescription(", ".join(ends))
        self.update()

    def curves(self) -> Sequence[DistanceCurve]:
        return self._curves

    def hint(self) -> str:
        return self._hint

    def legend(self) -> list[LegendEntry]:
        """Return the entries of the legend, one for each line that is shown."""
        entries = [LegendEntry(curve.title, curve.colour) for curve in self._curves]
        if self._sampling_distance:
            entries.append(LegendEntry(self.tr("Two true samples"), "muted", is_dashed=True))
        return entries

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        frame = self.paint_frame(painter)
        if self._hint and not self._curves:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._hint)
            return
        self.paint_columns(
            painter, ((_log_fraction(each, EVALUATIONS), number_text(each)) for each in EVALUATION_MARKS)
        )
        self.paint_rows(painter, ((_log_fraction(each, DISTANCES), number_text(each)) for each in DISTANCE_MARKS))
        caption = self.tr("distance from the truth · evaluations of the denoiser")
        self.paint_head(painter, self.legend(), caption)
        if self._sampling_distance:
            painter.setPen(QPen(self._theme.colour("muted"), 1, Qt.PenStyle.DashLine))
            left, right = (
                self._position_of(EVALUATIONS[0], self._sampling_distance),
                self._position_of(EVALUATIONS[1], self._sampling_distance),
            )
            painter.drawLine(left, right)
        for curve in self._curves:
            colour = self._theme.colour(curve.colour)
            painter.setPen(QPen(colour, 2))
            places = [self._position_of(evaluations, distance) for evaluations, distance in curve.points]
            painter.drawPolyline(QPolygonF(places))
            painter.setBrush(colour)
            for place in places:
                painter.drawEllipse(place, 2.5, 2.5)

    def _position_of(self, evaluations: float, distance: float) -> QPointF:
        return self.at(_log_fraction(evaluations, EVALUATIONS), _log_fraction(distance, DISTANCES))


def _log_fraction(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    limited = min(max(value, low), high)
    return math.log(limited / low) / math.log(high / low)
