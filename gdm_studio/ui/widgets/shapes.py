"""Shapes and brushes for widgets that paint themselves."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBitmap,
    QBrush,
    QColor,
    QGradient,
    QImage,
    QKeyEvent,
    QPaintDevice,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from gdm_studio.ui.theme.theme import SPACE, Theme

# Radii of the corners of popups, and of menus and open lists as in the style sheet.
POPUP_RADIUS, MENU_RADIUS = 10, 9
# Colours of the named plain canvases.
CANVAS_COLOURS = {"dark": "#15171c", "light": "#f3f4f7"}


def antialiased_painter(device: QPaintDevice) -> QPainter:
    """Create a QPainter for a device with antialiasing switched on."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def paint_field(painter: QPainter, widget: QWidget, theme: Theme) -> None:
    """Paint an input field's background and its border, whose colour shows focus and hovering."""
    tokens = theme.tokens
    line = tokens.accent if widget.hasFocus() else tokens.edge if widget.underMouse() else tokens.line
    frame = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    paint_rounded_rect(painter, frame, SPACE.radius, ground=QColor(tokens.raised), line=QColor(line))


def paint_rounded_rect(
    painter: QPainter,
    rect: QRectF | QRect,
    radius: float,
    *,
    ground: QBrush | QColor | QGradient | None = None,
    line: QColor | None = None,
    width: float = 1,
) -> None:
    """Paint a rectangle with rounded corners, filled with `ground` and outlined with `line`, if given."""
    painter.setPen(Qt.PenStyle.NoPen if line is None else QPen(line, width))
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
    painter.drawRoundedRect(rect, radius, radius)


def round_path(rect: QRectF, radius: float) -> QPainterPath:
    """Return the outline of a rectangle with rounded corners as a QPainterPath."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def paint_popup(widget: QWidget, theme: Theme) -> None:
    """Paint a popup's background and border in the theme's colours."""
    painter = antialiased_painter(widget)
    frame = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    paint_rounded_rect(painter, frame, POPUP_RADIUS, ground=theme.colour("panel"), line=theme.colour("edge"))


class RoundCorners(QObject):
    """Event filter that gives a translucent popup rounded corners with a mask.

    Without a compositor, for example on remote desktops, the corners would be black. Antialiased edge pixels are
    retained.
    """

    def __init__(self, widget: QWidget, radius: float) -> None:
        super().__init__(widget)
        self._radius = radius
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The list of a combo box removes its mask when it is resized, which is before it is shown.
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and isinstance(watched, QWidget):
            watched.setMask(_rounded_region(watched.width(), watched.height(), self._radius))
        return False


class Popup(QFrame):
    """Translucent popup with rounded corners in the theme's colours, which closes when the user clicks elsewhere."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        RoundCorners(self, POPUP_RADIUS)
        self.setProperty("role", "popup")
        self._theme = theme

    def show_at(self, position: QPoint) -> None:
        """Show the popup with its top left corner at a screen position, or as near to it as possible."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = min(position.x(), room.right() - self.width() - 8)
        top = min(position.y(), room.bottom() - self.height() - 8)
        self.move(max(left, room.left() + 8), max(top, room.top() + 8))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button with the focus at Return, as in a dialog; Qt does this only at Space."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QAbstractButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_popup(self, self._theme)


def _rounded_region(width: int, height: int, radius: float) -> QRegion:
    """Return the region of all pixels that a rounded rectangle covers at least partly."""
    mask = QBitmap(width, height)
    mask.fill(Qt.GlobalColor.color0)
    painter = QPainter(mask)
    painter.setPen(QPen(Qt.GlobalColor.color1, 1))
    painter.setBrush(Qt.GlobalColor.color1)
    painter.drawRoundedRect(QRectF(0, 0, width - 1, height - 1), radius, radius)
    painter.end()
    return QRegion(mask)


def checkerboard_brush(theme: Theme, side: int, ratio: float) -> QBrush:
    """Return a checkerboard brush for the background of transparent images, with squares of `side` logical pixels."""
    return QBrush(_create_checkerboard(theme.tokens.checker_a, theme.tokens.checker_b, side, ratio))


def canvas_ground(theme: Theme, side: int, ratio: float) -> QBrush:
    """Return the brush for the background of a transparent image: a checkerboard or the user's colour."""
    if theme.canvas == "checker":
        return checkerboard_brush(theme, side, ratio)
    return QBrush(QColor(CANVAS_COLOURS.get(theme.canvas, theme.canvas)))


def paint_veil(painter: QPainter, rect: QRect, theme: Theme) -> None:
    """Paint a slightly transparent rectangle over an image to make text on it readable."""
    ground = theme.colour("background")
    ground.setAlpha(215)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_rounded_rect(painter, rect, SPACE.radius, ground=ground)


def paint_shadow(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    """Paint a soft shadow around and below a rectangle with rounded corners, for popups and floating bars."""
    blur = 36
    tile = _create_shadow(theme.tokens.shadow, round(radius), blur)
    corner = blur + round(radius)
    target = rect.adjusted(-blur, -blur + 12, blur, blur + 12)
    _paint_nine_patch(painter, target, tile, corner)


def _paint_nine_patch(painter: QPainter, target: QRectF, tile: QPixmap, corner: int) -> None:
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
def _create_checkerboard(light: str, dark: str, side: int, ratio: float) -> QPixmap:
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
def _create_shadow(strength: int, radius: int, blur: int) -> QPixmap:
    """Create the pixmap from which shadows of any size are painted. It darkens towards the middle along a smoothstep
    curve.
    """
    size = 2 * (blur + radius) + 8
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = antialiased_painter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setPen(Qt.PenStyle.NoPen)
    for inset in range(min(2 * blur, size // 2)):
        depth = inset / (2 * blur)
        painter.setBrush(QColor(0, 0, 0, round(strength * depth * depth * (3 - 2 * depth))))
        corner = max(radius + blur - inset, 2)
        painter.drawRoundedRect(QRectF(inset, inset, size - 2 * inset, size - 2 * inset), corner, corner)
    painter.end()
    return QPixmap.fromImage(image)
