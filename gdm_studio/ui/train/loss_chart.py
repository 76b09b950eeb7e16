"""Chart of a training run's loss and its average, or of its errors compared with an earlier run's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text
from gdm_studio.ui.widgets.chart import Chart
from gdm_studio.ui.widgets.chart_legend import LegendEntry
from gdm_studio.ui.widgets.shapes import antialiased_painter

# Space for the labels of the vertical axis, in logical pixels.
LEFT = 52
# Positions of the marks on both axes, from 0 to 1.
MARKS = (0.0, 0.5, 1.0)
# Weight of the earlier points in the exponential moving average.
KEEP = 0.9


@dataclass(frozen=True)
class Overlay:
    """Comparison of two training runs: the (samples, error) points of both, and the band (samples, low, high) in which
    differences are not significant.
    """

    name: str
    curve: Sequence[tuple[int, float]]
    earlier: Sequence[tuple[int, float]]
    band: Sequence[tuple[int, float, float]]


class LossChart(Chart):
    """Chart of a training run's loss with its moving average, or of the run's errors beside those of an earlier run."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, LEFT)
        self._points: Sequence[tuple[int, float]] = ()
        self._last_step = 1
        self._overlay: Overlay | None = None
        self.setAccessibleName(self.tr("Loss"))

    def set_points(self, points: Sequence[tuple[int, float]], end: int) -> None:
        """Show (samples, loss) points of a training run. `end` is the number of samples at the end of the run."""
        self._points = points
        self._last_step = max(end, 1)
        self.setAccessibleDescription(number_text(moving_averages(points)[-1], 3) if points else "")
        self.update()

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Show the errors of two training runs instead of the loss. None shows the loss again."""
        self._overlay = overlay
        self.update()

    def is_empty(self) -> bool:
        """Return True if there is no curve to show."""
        return len(self._points) < 2 and self._overlay is None

    def legend(self) -> list[LegendEntry]:
        """Return the legend entries for the two runs of an overlay. Without an overlay there are none, because the
        caption explains the curves.
        """
        if self._overlay is None:
            return []
        return [LegendEntry(self.tr("This run"), "accent"), LegendEntry(self._overlay.name, "muted")]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        self.paint_frame(painter)
        overlay = self._overlay
        caption = self.tr("loss and its average · samples")
        if overlay is not None:
            caption = self.tr("error at the same noise · samples · {run} with a 95 % band").format(run=overlay.name)
        self.paint_head(painter, self.legend(), caption)
        losses = [loss for _, loss in self._points]
        if overlay is not None:
            losses = [error for _, error in (*overlay.curve, *overlay.earlier)]
            losses += [bound for _, *bounds in overlay.band for bound in bounds]
        if not losses:
            return
        low, high = _axis_range(losses)
        # More decimals would not fit beside the axis.
        decimals = min(4, max(0, 2 - math.floor(math.log10(high - low))))
        levels = ((share, low + share * (high - low)) for share in MARKS)
        self.paint_rows(painter, ((share, number_text(level, decimals)) for share, level in levels))
        self.paint_columns(painter, ((share, number_text(round(share * self._last_step))) for share in MARKS))
        if overlay is not None:
            self._paint_overlay(painter, overlay, (low, high))
            return
        seen = [each for each, _ in self._points]
        self._paint_curve(painter, seen, losses, (low, high), "faint", 1)
        self._paint_curve(painter, seen, moving_averages(self._points), (low, high), "accent", 2)

    def _paint_overlay(self, painter: QPainter, overlay: Overlay, bounds: tuple[float, float]) -> None:
        low, high = bounds
        upper = [self._position_of(seen, (above - low) / (high - low)) for seen, _, above in overlay.band]
        lower = [self._position_of(seen, (below - low) / (high - low)) for seen, below, _ in overlay.band]
        shade = QColor(self._theme.colour("muted"))
        shade.setAlphaF(0.25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for points, colour, width in ((overlay.earlier, "muted", 1), (overlay.curve, "accent", 2)):
            self._paint_curve(
                painter, [seen for seen, _ in points], [error for _, error in points], bounds, colour, width
            )

    def _paint_curve(
        self,
        painter: QPainter,
        seen: Sequence[int],
        losses: Sequence[float],
        bounds: tuple[float, float],
        colour: str,
        width: int,
    ) -> None:
        low, high = bounds
        points = [(each, loss) for each, loss in zip(seen, losses, strict=True) if math.isfinite(loss)]
        places = [self._position_of(each, (loss - low) / (high - low)) for each, loss in points]
        painter.setPen(QPen(self._theme.colour(colour), width))
        painter.drawPolyline(QPolygonF(places))

    def _position_of(self, seen: float, share: float) -> QPointF:
        """Return the position in the chart for a number of training samples and a fraction (0 to 1) of its height. Both
        are limited to the range of the axes.
        """
        return self.at(min(seen / self._last_step, 1.0), min(max(share, 0.0), 1.0))


def moving_averages(points: Sequence[tuple[int, float]]) -> list[float]:
    """Return the exponential moving average of the losses at each of the (samples, loss) points."""
    losses = (loss for _, loss in points)
    return list(accumulate(losses, lambda mean, loss: KEEP * mean + (1 - KEEP) * loss))


def _axis_range(losses: Sequence[float]) -> tuple[float, float]:
    """Return the range (low, high) of the chart's vertical axis. The highest 1 % of the losses, and infinite or
    undefined losses, are ignored.
    """
    # Without a finite loss, the axis goes from 0 to 1.
    ordered = sorted(filter(math.isfinite, losses)) or [0.5]
    low, high = ordered[0], ordered[max(0, round(0.99 * len(ordered)) - 1)]
    return (low, high) if high > low else (low - 0.5, low + 0.5)
