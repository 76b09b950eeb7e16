"""Shapes that several hand-painted widgets share."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme import SPACE, Theme


def field(painter: QPainter, widget: QWidget, theme: Theme) -> None:
    """The raised ground of an input, with its line in the colour of its state."""
    tokens = theme.tokens
    line = tokens.accent if widget.hasFocus() else tokens.edge if widget.underMouse() else tokens.line
    painter.setPen(QPen(QColor(line), 1))
    painter.setBrush(QColor(tokens.raised))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5), SPACE.radius, SPACE.radius)


def checker(theme: Theme, side: int, ratio: float) -> QBrush:
    """A brush of two quiet squares, `side` logical pixels each, that shows what is transparent."""
    return QBrush(_checker(theme.tokens.checker_a, theme.tokens.checker_b, side, ratio))


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
    """A rounded square of black, blurred by three running means (close to a Gaussian)."""
    corner = blur + radius
    size = 2 * corner + 8
    stencil = QImage(size, size, QImage.Format.Format_Grayscale8)
    stencil.fill(0)
    painter = QPainter(stencil)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawRoundedRect(QRectF(blur, blur, size - 2 * blur, size - 2 * blur), radius, radius)
    painter.end()
    stride = stencil.bytesPerLine()
    alpha = np.frombuffer(stencil.constBits(), np.uint8).reshape(size, stride)[:, :size].astype(np.float32)
    kernel = np.ones(blur * 2 // 3) / (blur * 2 // 3)
    for axis in (0, 1):
        for _ in range(3):
            alpha = np.apply_along_axis(np.convolve, axis, alpha, kernel, mode="same")
    rgba = np.zeros((size, size, 4), np.uint8)
    rgba[..., 3] = (alpha * strength / 255).astype(np.uint8)
    return QPixmap.fromImage(QImage(rgba.data, size, size, 4 * size, QImage.Format.Format_RGBA8888).copy())
