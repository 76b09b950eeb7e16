"""Noise curve: a plot of the noise level at each denoising step of a job."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QLinearGradient, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gdm_studio.maths.noise_path import NoisePath
from gdm_studio.ui.create.viewer.step_thumbnails import sigma_text
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Height and padding in logical pixels, and the maximum number of steps that are drawn with dots.
HEIGHT = 74
PAD = 12
MAX_DOTS = 60


class NoiseCurve(QWidget):
    """Plot of the logarithmic noise level log σ over a job's denoising steps.

    A click emits `picked(int)` with the step, counted from 1. A job that starts from an image skips the first noise
    levels, and its steps are counted after them.
    """

    picked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._path: NoisePath = ()
        self._plot_heights: list[float] = []
        self._sigmas: list[float] = []
        self._first = 0
        self._current_index: int | None = None
        self._hover: int | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Noise curve"))
        theme.changed.connect(self.update)

    def set_path(self, path: NoisePath, first: int = 0) -> None:
        """Plot the noise levels `path` of all denoising steps. Steps before index `first` are marked as skipped.

        An infinite or zero level is drawn one step beyond its neighbour.
        """
        self._path = path
        self._sigmas = [point.ratio for point in path]
        self._plot_heights = _plot_heights(self._sigmas)
        self._first = min(first, max(len(path) - 2, 0))
        self._current_index = None
        self._hover = None
        steps = max(len(path) - 1 - self._first, 0)
        if steps:
            text = self.tr("%n step(s) from σ {first} to {last}", "", steps)
            ends = {"first": sigma_text(self._sigmas[self._first]), "last": sigma_text(self._sigmas[-2])}
            self.setAccessibleDescription(text.format(**ends))
        self.update()

    def show_run(self, path: NoisePath) -> None:
        """Plot the noise levels of a running or saved run.

        If they are the end of the path that is already plotted, its earlier levels remain visible as skipped.
        """
        before = len(self._path) - len(path)
        if self._path[self._first :] == path:
            return
        if before > 0 and self._path[before:] == path:
            self.set_path(self._path, before)
        else:
            self.set_path(path)

    def set_current(self, index: int | None) -> None:
        """Mark the noise level after `index` denoising steps in the plot, or remove the mark if it is None."""
        last = max(len(self._plot_heights) - 1, 0)
        self._current_index = None if index is None else min(max(index + self._first, 0), last)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._index_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hover = self._index_at(event.position().x())
        self._pick()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x())
            if index is None:
                text = self.tr("The noise left after each step")
            else:
                sigma = sigma_text(self._sigmas[index])
                text = self.tr("{step}: noise σ {sigma}").format(step=self._step_text(index), sigma=sigma)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = antialiased_painter(self)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_rounded_rect(painter, frame, SPACE.radius, ground=QColor(tokens.raised), line=QColor(tokens.line))
        painter.setFont(self._theme.font(11))
        painter.setPen(QColor(tokens.muted))
        corner = QRectF(self.rect()).adjusted(PAD, 8, -PAD, 0)
        # The curve of an inversion rises, so the text is in the upper left corner.
        rises = len(self._plot_heights) > 1 and self._plot_heights[-1] > self._plot_heights[0]
        side = Qt.AlignmentFlag.AlignLeft if rises else Qt.AlignmentFlag.AlignRight
        painter.drawText(corner, side | Qt.AlignmentFlag.AlignTop, self._caption())
        if len(self._plot_heights) > 1:
            self._paint_curve(painter)

    def _caption(self) -> str:
        if self._hover is not None and self._plot_heights:
            return f"{self._step_text(self._hover)} · σ {sigma_text(self._sigmas[self._hover])}"
        return self.tr("noise σ · step")

    def _step_text(self, index: int) -> str:
        number = index - self._first
        if number < 0:
            return self.tr("Skipped")
        steps = len(self._plot_heights) - 1 - self._first
        return self.tr("Step {number} of {steps}").format(number=number, steps=steps)

    def _paint_curve(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        points = [self._point_of(index) for index in range(len(self._plot_heights))]
        accent, left_out = QColor(tokens.accent), QColor(tokens.edge)
        self._paint_area(painter, points[self._first :])
        for part, colour in ((points[: self._first + 1], left_out), (points[self._first :], accent)):
            cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(colour, 1.75, Qt.PenStyle.SolidLine, cap, join))
            painter.drawPolyline(part)
        painter.setPen(Qt.PenStyle.NoPen)
        if len(points) <= MAX_DOTS:
            for index, point in enumerate(points):
                painter.setBrush(accent if index >= self._first else left_out)
                painter.drawEllipse(point, 2.4, 2.4)
        painter.setBrush(accent)
        if self._hover is not None:
            painter.drawEllipse(points[self._hover], 4, 4)
        if self._current_index is not None:
            painter.setPen(QPen(accent, 2.5))
            painter.setBrush(QColor("#ffffff"))
            painter.drawEllipse(points[self._current_index], 4.5, 4.5)

    def _paint_area(self, painter: QPainter, points: list[QPointF]) -> None:
        area = QPainterPath(points[0])
        for point in points[1:]:
            area.lineTo(point)
        area.lineTo(points[-1].x(), self.height() - 1)
        area.lineTo(points[0].x(), self.height() - 1)
        shade = QLinearGradient(0, PAD, 0, self.height())
        for place, alpha in ((0.0, 42), (1.0, 0)):
            colour = QColor(self._theme.tokens.accent)
            colour.setAlpha(alpha)
            shade.setColorAt(place, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(area, shade)

    def _point_of(self, index: int) -> QPointF:
        across = index / (len(self._plot_heights) - 1)
        x = PAD + across * (self.width() - 2 * PAD)
        return QPointF(x, PAD + (1 - self._plot_heights[index]) * (self.height() - 2 * PAD))

    def _index_at(self, x: float) -> int | None:
        steps = len(self._plot_heights) - 1
        if steps < 1:
            return None
        return min(max(round((x - PAD) / (self.width() - 2 * PAD) * steps), 0), steps)

    def _pick(self) -> None:
        if self._hover is not None and self._hover > self._first:
            self.picked.emit(self._hover - self._first)


def _plot_heights(sigmas: list[float]) -> list[float]:
    """Convert noise levels σ to heights in the plot, from 0 to 1 on a logarithmic scale.

    An infinite or zero σ is drawn one average step beyond its neighbour.
    """
    finite = [math.log(sigma) for sigma in sigmas if 0 < sigma < math.inf]
    if not finite:
        return [0.0 for _ in sigmas]
    low, high = min(finite), max(finite)
    pace = (high - low) / max(len(finite) - 1, 1) if high > low else 1.0
    low, high = low - pace * (0.0 in sigmas), high + pace * (math.inf in sigmas)
    span = high - low or 1.0
    logs = [low if sigma == 0 else high if sigma == math.inf else math.log(sigma) for sigma in sigmas]
    return [(value - low) / span for value in logs]
