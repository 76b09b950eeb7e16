"""Line icons from Lucide, in the colours of the theme and sharp at any scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gdm_studio.common.paths import resources
from gdm_studio.ui.theme.theme import Theme


def icon(
    theme: Theme,
    name: str,
    colour: str = "muted",
    *,
    active: str = "text",
    size: int = 16,
    filled: bool = False,
    at_rest: bool = False,
) -> QIcon:
    """Create a QIcon from a named line icon in a theme colour, or an empty icon if there is no name.

    `colour` and `active` (for a hovered button) are names of theme colours. Recreate the icon when the theme or the
    screen changes. With `at_rest`, the icon has only its normal state, which is faster.
    """
    result = QIcon()
    if not name:
        return result
    ratio = theme.pixel_ratio()
    states = {QIcon.Mode.Normal: colour}
    if not at_rest:
        states |= {QIcon.Mode.Active: active, QIcon.Mode.Disabled: "faint"}
    for mode, token in states.items():
        result.addPixmap(pixmap(theme, name, size, token, ratio, filled=filled), mode)
    return result


def pixmap(
    theme: Theme, name: str, size: int, colour: str = "muted", ratio: float = 1.0, *, filled: bool = False
) -> QPixmap:
    """Draw a named icon as a square pixmap of `size` logical pixels.

    `ratio` is the number of device pixels per logical pixel.
    """
    argb = theme.colour(colour).name(QColor.NameFormat.HexArgb)
    return QPixmap(_draw(name, argb, round(size * ratio), ratio=ratio, filled=filled))


@lru_cache(maxsize=512)
def _draw(name: str, colour: str, side: int, *, ratio: float, filled: bool) -> QPixmap:
    """Draw an icon as a cached pixmap `side` device pixels wide.

    Qt caches data for each pixmap, so that creating new ones would increase memory use.
    """
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(picture.rect()), name, QColor(colour), filled=filled)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def paint(painter: QPainter, rect: QRectF, name: str, colour: QColor, *, filled: bool = False) -> None:
    """Paint a named icon into the rectangle `rect`.

    If `filled` is True, the outline is filled, as for a favourite's star.
    """
    renderer = _create_renderer(name, colour.name(), filled)
    painter.save()
    painter.setOpacity(painter.opacity() * colour.alphaF())
    renderer.render(painter, rect)
    painter.restore()


@lru_cache(maxsize=256)
def _create_renderer(name: str, colour: str, filled: bool) -> QSvgRenderer:
    file = resources() / "icons" / "lucide" / f"{name}.svg"
    source = file.read_text("utf-8").replace("currentColor", colour)
    if filled:
        source = source.replace('fill="none"', f'fill="{colour}"')
    return QSvgRenderer(QByteArray(source.encode()))
