"""Line icons (Lucide), recoloured from the tokens and drawn sharp at any scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gdm_studio.paths import resources
from gdm_studio.ui.look.theme import Theme


def icon(
    theme: Theme, name: str, colour: str = "muted", *, active: str = "text", size: int = 16, filled: bool = False,
    at_rest: bool = False,
) -> QIcon:  # fmt: skip
    """An icon in a token's colour, in `active` under the pointer, as sharp as the sharpest screen needs.

    Its owner makes it again when the theme changes or a sharper screen comes. `at_rest` leaves out the looks of what
    is under the pointer or disabled, for whoever asks again when it is.
    """
    result = QIcon()
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
    """The icon `size` logical pixels wide, for a screen of `ratio` device pixels to a logical one."""
    argb = theme.colour(colour).name(QColor.NameFormat.HexArgb)
    return QPixmap(_drawn(name, argb, round(size * ratio), ratio=ratio, filled=filled))


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, side: int, *, ratio: float, filled: bool) -> QPixmap:
    """Drawn once: Qt keeps what icons make of each new pixmap, which adds up where one is set again and again."""
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(picture.rect()), name, QColor(colour), filled=filled)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def paint(painter: QPainter, rect: QRectF, name: str, colour: QColor, *, filled: bool = False) -> None:
    """Draws the icon into `rect`; `filled` fills its outline too (a star that is given)."""
    renderer = _renderer(name, colour.name(), filled)
    painter.save()
    painter.setOpacity(painter.opacity() * colour.alphaF())
    renderer.render(painter, rect)
    painter.restore()


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str, filled: bool) -> QSvgRenderer:
    file = resources() / "icons" / "lucide" / f"{name}.svg"
    source = file.read_text("utf-8").replace("currentColor", colour)
    if filled:
        source = source.replace('fill="none"', f'fill="{colour}"')
    return QSvgRenderer(QByteArray(source.encode()))
