"""Shapes that several hand-painted widgets share."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QImage, QPaintDevice, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.look.theme import SPACE, Theme


def smooth(device: QPaintDevice) -> QPainter:
    """A painter whose edges are smooth."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def field(painter: QPainter, widget: QWidget, theme: Theme) -> None:
    """The raised ground of an input, with its line in the colour of its state."""
    tokens = theme.tokens
    line = tokens.accent if widget.hasFocus() else tokens.edge if widget.underMouse() else tokens.line
    frame = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    rounded(painter, frame, SPACE.radius, ground=QColor(tokens.raised), line=QColor(line))


def rounded(
    painter: QPainter, rect: QRectF | QRect, radius: float, *, ground: QBrush | QColor | QGradient | None = None,
    line: QColor | None = None, width: float = 1,
) -> None:  # fmt: skip
    """A rounded rectangle, filled or not, with a line around it or none."""
    painter.setPen(Qt.PenStyle.NoPen if line is None else QPen(line, width))
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
    painter.drawRoundedRect(rect, radius, radius)


def round_path(rect: QRectF, radius: float) -> QPainterPath:
    """The outline of a rounded rectangle."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def popup(widget: QWidget, theme: Theme) -> None:
    """The ground of a small window over the others, with a line around it."""
    painter = smooth(widget)
    frame = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    rounded(painter, frame, 10, ground=theme.colour("panel"), line=theme.colour("edge"))


def checker(theme: Theme, side: int, ratio: float) -> QBrush:
    """A brush of two quiet squares, `side` logical pixels each, that shows what is transparent."""
    return QBrush(_checker(theme.tokens.checker_a, theme.tokens.checker_b, side, ratio))


def veil(painter: QPainter, rect: QRect, theme: Theme) -> None:
    """A ground for what has to be read over a picture, of which it leaves a little to be seen."""
    ground = theme.colour("background")
    ground.setAlpha(215)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rounded(painter, rect, SPACE.radius, ground=ground)


def shadow(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    """A soft shadow around and below a rounded rectangle."""
    blur = 36
    tile = _shadow(theme.tokens.shadow, round(radius), blur)
    corner = blur + round(radius)
    target = rect.adjusted(-blur, -blur + 12, blur, blur + 12)
    _nine_patch(painter, target, tile, corner)


def _nine_patch(painter: QPainter, target: QRectF, tile: QPixmap, corner: int) -> None:
    size = tile.width()
    xs = (target.left(), target.left() + corner, target.right() - corner, target.right())
    ys = (target.top(), target.top() + corner, target.bottom() - corner, target.bottom())
    cuts = (0, corner, size - corner, size)
    for row in range(3):
        for column in range(3):
            to = QRectF(xs[column], ys[row], xs[column + 1] - xs[column], ys[row + 1] - ys[row])
            take = QRectF(cuts[column], cuts[row], cuts[column + 1] - cuts[column], cuts[row + 1] - cuts[row])
            painter.drawPixmap(to, tile, take)


@lru_cache(maxsize=16)
def _checker(light: str, dark: str, side: int, ratio: float) -> QPixmap:
    cell = max(1, round(side * ratio))
    tile = QPixmap(2 * cell, 2 * cell)
    tile.fill(QColor(light))
    painter = QPainter(tile)
    painter.fillRect(cell, 0, cell, cell, QColor(dark))
    painter.fillRect(0, cell, cell, cell, QColor(dark))
    painter.end()
    tile.setDevicePixelRatio(ratio)
    return tile


@lru_cache(maxsize=8)
def _shadow(strength: int, radius: int, blur: int) -> QPixmap:
    """A soft rounded square of black: rounded squares inside each other, darker and darker along a smooth step."""
    size = 2 * (blur + radius) + 8
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = smooth(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setPen(Qt.PenStyle.NoPen)
    for inset in range(min(2 * blur, size // 2)):
        depth = inset / (2 * blur)
        painter.setBrush(QColor(0, 0, 0, round(strength * depth * depth * (3 - 2 * depth))))
        corner = max(radius + blur - inset, 2)
        painter.drawRoundedRect(QRectF(inset, inset, size - 2 * inset, size - 2 * inset), corner, corner)
    painter.end()
    return QPixmap.fromImage(image)
