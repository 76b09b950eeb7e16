"""View of two-dimensional points, with the true density, the score and the trail of one point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Half the width and height of the visible square, in standard deviations of the points.
REACH = 2.7
# Places of the density and of the arrows along one side.
DENSITY_SIDE = 72
ARROWS_SIDE = 13
# Length of the longest arrow in distances between two arrows.
LONGEST = 0.8
# Largest distance of a click from the point that it selects, in logical pixels.
NEAR = 12
# Tokens of the colours of both classes.
CLASS_COLOURS = ("accent", "warning")


def density_places() -> np.ndarray:
    """Return the points at which the density is painted, row by row from the top, of shape (DENSITY_SIDE², 2)."""
    return _grid_places(DENSITY_SIDE)


def arrow_places() -> np.ndarray:
    """Return the points at which arrows of the score are painted, of shape (ARROWS_SIDE², 2)."""
    return _grid_places(ARROWS_SIDE)


def _grid_places(side: int) -> np.ndarray:
    across = REACH * (2 * (np.arange(side) + 0.5) / side - 1)
    x, y = np.meshgrid(across, -across)
    return np.stack([x.ravel(), y.ravel()], axis=1)


@dataclass(frozen=True)
class PlaneFrame:
    """Contents of a view of two-dimensional points at one noise level: points, density, score arrows and the trail of
    one point.

    `points` is (n, 2), `classes` (n,), `density` (DENSITY_SIDE²,) from 0 to 1, `arrows` (ARROWS_SIDE², 2) or None, and
    `trail` the past positions (m, 2) of the selected point. `predicted` is the clean point predicted for it.
    """

    points: np.ndarray
    classes: np.ndarray
    density: np.ndarray
    arrows: np.ndarray | None = None
    trail: np.ndarray | None = None
    predicted: np.ndarray | None = None


class PlaneView(QWidget):
    """Square view of two-dimensional points. A click emits `point_chosen(index)` with the nearest point's index, or -1
    if no point is near.

    With `set_drawing(True)`, a mouse stroke emits `line_drawn(list)` with the corners of the line.
    """

    point_chosen = Signal(int)
    line_drawn = Signal(list)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame: PlaneFrame | None = None
        self._is_drawing = False
        self._stroke: list[QPointF] = []
        self._hint = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        theme.changed.connect(self.update)

    def show_frame(self, frame: PlaneFrame | None, hint: str = "") -> None:
        """Show the points and the density of one noise level, or only the message `hint` if `frame` is None."""
        self._frame = frame
        self._hint = hint
        self.update()

    def frame(self) -> PlaneFrame | None:
        return self._frame

    def set_drawing(self, drawing: bool) -> None:
        """Set whether dragging the mouse in the view draws a line. Otherwise a click selects a point."""
        self._is_drawing = drawing
        self._stroke = []
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_drawing:
            self._stroke = [event.position()]
        else:
            self.point_chosen.emit(self._nearest_point(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke:
            self._stroke.append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        stroke, self._stroke = self._stroke, []
        if len(stroke) > 1:
            self.line_drawn.emit([self._place_at(point) for point in stroke])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        square = self._square()
        paint_rounded_rect(
            painter, square, SPACE.radius, ground=self._theme.colour("card"), line=self._theme.colour("line")
        )
        painter.setClipRect(square)
        if self._frame is not None:
            self._paint_density(painter, square, self._frame.density)
            if self._frame.arrows is not None:
                self._paint_arrows(painter, self._frame.arrows)
            self._paint_points(painter, self._frame)
            self._paint_trail(painter, self._frame)
        if self._hint:
            painter.setPen(self._theme.colour("muted"))
            painter.setFont(self._theme.font(13))
            room = square.adjusted(SPACE.edge, 0, -SPACE.edge, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        if self._stroke:
            painter.setPen(QPen(self._theme.colour("accent"), 3))
            painter.drawPolyline(QPolygonF(self._stroke))

    def _square(self) -> QRectF:
        side = min(self.width(), self.height()) - 1
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _on_screen(self, places: np.ndarray) -> np.ndarray:
        square = self._square()
        scale = square.width() / (2 * REACH)
        middle = square.center()
        return np.array([middle.x(), middle.y()]) + scale * places * np.array([1.0, -1.0])

    def _place_at(self, point: QPointF) -> tuple[float, float]:
        square = self._square()
        scale = 2 * REACH / square.width()
        return (point.x() - square.center().x()) * scale, (square.center().y() - point.y()) * scale

    def _nearest_point(self, point: QPointF) -> int:
        if self._frame is None or not len(self._frame.points):
            return -1
        distances = np.linalg.norm(self._on_screen(self._frame.points) - [point.x(), point.y()], axis=1)
        index = int(distances.argmin())
        return index if distances[index] <= NEAR else -1

    def _paint_density(self, painter: QPainter, square: QRectF, density: np.ndarray) -> None:
        colour = self._theme.colour("muted")
        levels = np.empty((DENSITY_SIDE, DENSITY_SIDE, 4), np.uint8)
        levels[..., :3] = (colour.red(), colour.green(), colour.blue())
        levels[..., 3] = (110 * density).reshape(DENSITY_SIDE, DENSITY_SIDE)
        side = DENSITY_SIDE
        image = QImage(levels.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(square, image)

    def _paint_arrows(self, painter: QPainter, arrows: np.ndarray) -> None:
        places = arrow_places()
        lengths = np.linalg.norm(arrows, axis=1, keepdims=True)
        # Long arrows are shortened, so that all directions are visible.
        reach = LONGEST * 2 * REACH / ARROWS_SIDE
        shortened = arrows / np.maximum(lengths, 1e-9) * reach * np.tanh(lengths)
        starts, ends = self._on_screen(places), self._on_screen(places + shortened)
        colour = QColor(self._theme.colour("text"))
        colour.setAlpha(80)
        painter.setPen(QPen(colour, 1.2))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            painter.drawLine(QPointF(*start), QPointF(*end))
        painter.setPen(QPen(colour, 3.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(_to_polygon(ends))

    def _paint_points(self, painter: QPainter, frame: PlaneFrame) -> None:
        places = self._on_screen(frame.points)
        for label, token in enumerate(CLASS_COLOURS):
            colour = self._theme.colour(token)
            colour.setAlpha(170)
            painter.setPen(QPen(colour, 2.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(_to_polygon(places[frame.classes == label]))

    def _paint_trail(self, painter: QPainter, frame: PlaneFrame) -> None:
        if frame.trail is None or not len(frame.trail):
            return
        trail = self._on_screen(frame.trail)
        painter.setPen(QPen(self._theme.colour("text"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(_to_polygon(trail))
        if frame.predicted is not None:
            ((x, y),) = self._on_screen(frame.predicted[None]).tolist()
            painter.setPen(QPen(self._theme.colour("danger"), 1.8))
            painter.drawEllipse(QPointF(x, y), 6, 6)
        painter.setPen(QPen(self._theme.colour("background"), 1.5))
        painter.setBrush(self._theme.colour("text"))
        painter.drawEllipse(QPointF(*trail[-1].tolist()), 5, 5)


def _to_polygon(places: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places.tolist()])
