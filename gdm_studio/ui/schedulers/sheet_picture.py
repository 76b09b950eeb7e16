"""The sheet as one labelled picture, to keep or to show to others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath

from gdm_studio import atomic, paths
from gdm_studio.request import Request
from gdm_studio.ui.imaging import qimage
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets.painting import checker

if TYPE_CHECKING:
    import numpy as np

SIDE, GAP, EDGE, HEAD, FOOT = 384, 28, 48, 96, 62  # pixels: of a picture, between, around, above, below each
RADIUS = 18
SLUG = 40  # characters of the prompt in the file's name


@dataclass(frozen=True)
class Labelled:
    """A picture (height, width, channels) with two lines below it."""

    title: str
    note: str
    rgba: np.ndarray


def drawn(theme: Theme, title: str, note: str, pictures: Sequence[Labelled]) -> QImage:
    """All pictures in rows of nearly as many as there are rows, under a title; in the colours of the theme."""
    columns = ceil(len(pictures) ** 0.5)
    rows = ceil(len(pictures) / columns)
    width = 2 * EDGE + columns * (SIDE + GAP) - GAP
    height = EDGE + HEAD + rows * (SIDE + FOOT + GAP) - GAP + EDGE // 2
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(theme.colour("background"))
    painter = QPainter(sheet)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    _write(painter, theme, QRectF(EDGE, EDGE - 8, width - 2 * EDGE, 40), title, size=28, weight=600)
    _write(painter, theme, QRectF(EDGE, EDGE + 32, width - 2 * EDGE, 30), note, size=19, colour="muted")
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        left, top = EDGE + column * (SIDE + GAP), EDGE + HEAD + row * (SIDE + FOOT + GAP)
        _draw(painter, theme, QRectF(left, top, SIDE, SIDE), picture)
    painter.end()
    return sheet


def save(sheet: QImage, request: Request) -> str:
    """Writes the sheet into the pictures folder, named after what it compares; its path. Raises StorageError."""
    from gdm_studio.gallery import files  # brings Pillow and SQLite, which the first paint does not wait for

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.save(buffer, "PNG")  # type: ignore[call-overload]
    folder = paths.pictures_dir()
    atomic.make_folder(folder)
    path = files.free_name(folder, _names(request))
    atomic.write(path, bytes(data.data()))
    return str(path)


def _names(request: Request) -> Iterator[str]:
    words = " ".join(re.findall(r"\w+", request.prompt))[:SLUG].strip()
    stem = " ".join(filter(None, (time.strftime("%Y-%m-%d"), words, str(request.seed), "schedulers")))
    yield f"{stem}.png"
    number = 2
    while True:
        yield f"{stem} {number}.png"
        number += 1


def _draw(painter: QPainter, theme: Theme, frame: QRectF, picture: Labelled) -> None:
    outline = QPainterPath()
    outline.addRoundedRect(frame, RADIUS, RADIUS)
    painter.save()
    painter.setClipPath(outline)
    painter.setBrushOrigin(frame.topLeft())
    painter.fillRect(frame, checker(theme, 16, 1.0))
    image = qimage(picture.rgba)
    scale = min(SIDE / image.width(), SIDE / image.height())
    target = QRectF(0, 0, image.width() * scale, image.height() * scale)
    target.moveCenter(frame.center())
    painter.drawImage(target, image)
    painter.restore()
    below = QRectF(frame.left() + 4, frame.bottom() + 10, frame.width() - 8, 28)
    _write(painter, theme, below, picture.title, size=20, weight=600)
    _write(painter, theme, below.translated(0, 26), picture.note, size=16, colour="muted")


def _write(
    painter: QPainter,
    theme: Theme,
    room: QRectF,
    text: str,
    *,
    size: int,
    weight: int = 400,
    colour: str = "text",
) -> None:
    font = theme.font(size, weight)
    painter.setFont(font)
    painter.setPen(QColor(theme.colour(colour)))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignTop, shown)
