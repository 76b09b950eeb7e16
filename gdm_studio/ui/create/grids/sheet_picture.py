"""A sheet as one labelled picture, to keep or to show to others."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from gdm_studio import __version__, preferences
from gdm_studio.atomic import NewFile
from gdm_studio.engine.grids import AT_ITS_BEST, Grid
from gdm_studio.request import SETTINGS, Request, Role, with_role
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import checker, round_path

if TYPE_CHECKING:
    import numpy as np

LARGEST, SMALLEST, WIDE = 384, 192, 3200  # pixels: sides of a picture, and of the sheet they are made to fit
GAP, EDGE, HEAD = 28, 48, 96  # between pictures, around, above them
RADIUS = 18
SLUG = 40  # characters of the prompt in the file's name
CHUNK = "gdm_studio_sheet"  # its text in the PNG: the settings and the axes as JSON
DESIGN = 1400  # width of a sheet whose words have the sizes below; those of a wider one are larger
TITLE, NOTE, LABEL, SMALL, LEAST = 28, 19, 20, 16, 13  # pixels of fonts
LINES, FAR = 3, 10_000  # of a column's label at most; more pixels than any label is high


@dataclass(frozen=True, eq=False)
class Labelled:
    """A picture (height, width, channels) with two lines that go with it; None where there is none."""

    title: str
    note: str
    rgba: np.ndarray | None


@dataclass(frozen=True)
class Axes:
    """The labels of columns and rows."""

    across: Sequence[str]
    down: Sequence[str]


def drawn(theme: Theme, title: str, note: str, pictures: Sequence[Labelled], axes: Axes | None = None) -> QImage:
    """All pictures under a title, in the colours of the theme.

    With `axes` they stand in their columns and rows, which are labelled; else in nearly as many columns as rows, each
    with its own words below.
    """
    page = _Page(theme, pictures, axes)
    sheet = QImage(page.width, page.height, QImage.Format.Format_RGB32)
    sheet.fill(theme.colour("background"))
    painter = QPainter(sheet)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    page.draw_head(painter, title, note)
    if axes is not None:
        page.draw_axes(painter, axes)
    for place, picture in enumerate(pictures):
        page.draw(painter, place, picture)
    painter.end()
    return sheet


def of_grid(theme: Theme, grid: Grid, singles: Sequence[Request | None], rgbas: Sequence[np.ndarray | None]) -> QImage:
    """The pictures of a grid, each where it belongs; without a second axis those that are not made are left out."""
    pictures = [
        Labelled(title, pace(single) if single is not None else "", rgba)
        for title, single, rgba in zip(grid.titles(), singles, rgbas, strict=True)
        if rgba is not None or grid.y is not None
    ]
    axes = Axes(grid.x.labels(), grid.y.labels()) if grid.y is not None else None
    return drawn(theme, grid.base.title, " · ".join(alike(grid)), pictures, axes)


def alike(grid: Grid) -> list[str]:
    """What all pictures of a grid have in common, in words: what it takes to make them again."""
    base = grid.base
    head = [each for each in with_role(SETTINGS, Role.HEAD) if Role.PACE in each.role or each.of(base) != each.default]
    said = [each.in_words(each.of(base)) for each in head if not grid.goes_over(each.name)]
    return [*alike_in_short(grid), *said, *([] if grid.goes_over("model") else [base.model])]


def alike_in_short(grid: Grid) -> list[str]:
    """Of what they have in common, seed, steps and spacing."""
    base, own = grid.base, grid.goes_over(AT_ITS_BEST)
    steps, spacing = not grid.goes_over("steps"), not grid.goes_over("spacing")
    said = ["" if grid.goes_over("seed") else SETTINGS["seed"].in_words(base.seed)]
    said += ["" if own else pace(base, steps=steps, spacing=spacing)]
    return [words for words in said if words]


def pace(single: Request, *, steps: bool = True, spacing: bool = True) -> str:
    """Steps and spacing in words."""
    words = [SETTINGS["steps"].in_words(single.steps)] if steps else []
    return " · ".join([*words, *([SETTINGS["spacing"].said(single.spacing)] if spacing else [])])


def save(sheet: QImage, request: Request, *, kind: str, note: Mapping[str, Any] | None = None) -> Path:
    """Writes the sheet into the pictures folder, named after what it shows; its path. Raises StorageError.

    The file carries `request`, what all pictures have in common, and `note`, what else is to be known of it.
    """
    return NewFile(preferences.pictures_dir(), _names(request, kind)).write(png(sheet, request, kind=kind, note=note))


def png(sheet: QImage, request: Request, *, kind: str, note: Mapping[str, Any] | None = None) -> bytes:
    """The sheet as the bytes of a PNG with its texts."""
    sheet.setText("Title", request.subject or kind)
    sheet.setText("Software", f"GDM Studio {__version__}")
    sheet.setText(CHUNK, json.dumps({"kind": kind, "request": json.loads(request.to_json()), **(note or {})}))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


class _Page:
    """Where everything lies on the sheet."""

    def __init__(self, theme: Theme, pictures: Sequence[Labelled], axes: Axes | None) -> None:
        self._theme = theme
        columns = len(axes.across) if axes else ceil(len(pictures) ** 0.5)
        self._columns, rows = columns, ceil(len(pictures) / columns)
        self._side = min(LARGEST, max(SMALLEST, WIDE // columns - GAP))
        self._unit = max(1.0, columns * (self._side + GAP) / DESIGN)  # so that words are read when all is seen at once
        self._foot = 0 if axes else round(62 * self._unit)
        self._left = EDGE
        self._top = round(EDGE + HEAD * self._unit)
        self._label = round(LABEL * self._unit)
        self._above = 0  # height of the columns' labels
        if axes is not None:
            self._label = _size_for(theme, axes.across, self._side, self._label)
            most = LINES * QFontMetrics(theme.font(self._label, 600)).lineSpacing()
            wanted = _height(theme, axes.across, self._side, self._label)
            self._above = min(wanted, most) + round(self._label / 2)
            self._left += round(min(200 * self._unit, self._widest(axes.down) + 4) + 20 * self._unit)
            self._top += self._above
        self.width = max(self._left + columns * (self._side + GAP) - GAP + EDGE, 640)
        self.height = self._top + rows * (self._side + self._foot + GAP) - GAP + EDGE

    def draw_head(self, painter: QPainter, title: str, note: str) -> None:
        unit, room = self._unit, self.width - 2 * EDGE
        top = QRectF(EDGE, EDGE - 8, room, 40 * unit)
        _write(painter, self._theme, top, title, size=round(TITLE * unit), weight=600)
        below = QRectF(EDGE, EDGE - 8 + 40 * unit, room, 30 * unit)
        _write(painter, self._theme, below, note, size=round(NOTE * unit), colour="muted")

    def draw_axes(self, painter: QPainter, axes: Axes) -> None:
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font(self._label, 600))
        wrap = Qt.TextFlag.TextWordWrap
        for place, text in enumerate(axes.across):
            high = self._above - self._label / 2
            room = QRectF(self._frame(place).left(), self._top - self._above, self._side, high)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | wrap, text)
        for row, text in enumerate(axes.down):
            frame = self._frame(row * self._columns)
            room = QRectF(EDGE, frame.top(), self._left - EDGE - 20, self._side)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | wrap, text)

    def draw(self, painter: QPainter, place: int, picture: Labelled) -> None:
        frame = self._frame(place)
        outline = round_path(frame, RADIUS)
        painter.save()
        painter.setClipPath(outline)
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, checker(self._theme, 16, 1.0))
        if picture.rgba is not None:
            image = qimage(picture.rgba)
            scale = self._side / max(image.width(), image.height())
            target = QRectF(0, 0, image.width() * scale, image.height() * scale)
            target.moveCenter(frame.center())
            painter.drawImage(target, image)
        painter.restore()
        if self._foot:
            unit = self._unit
            below = QRectF(frame.left() + 4, frame.bottom() + 10, frame.width() - 8, 28 * unit)
            _write(painter, self._theme, below, picture.title, size=self._label, weight=600)
            below.translate(0, 26 * unit)
            _write(painter, self._theme, below, picture.note, size=round(SMALL * unit), colour="muted")

    def _frame(self, place: int) -> QRectF:
        row, column = divmod(place, self._columns)
        left = self._left + column * (self._side + GAP)
        return QRectF(left, self._top + row * (self._side + self._foot + GAP), self._side, self._side)

    def _widest(self, labels: Sequence[str]) -> int:
        metrics = QFontMetrics(self._theme.font(self._label, 600))
        return max((metrics.horizontalAdvance(text) for text in labels), default=0)


def _size_for(theme: Theme, labels: Sequence[str], width: int, wished: int) -> int:
    """The largest font, in pixels, up to `wished` in which every label fits in LINES lines of that width."""
    for size in range(wished, LEAST, -1):
        line = QFontMetrics(theme.font(size, 600)).lineSpacing()
        if _height(theme, labels, width, size) <= LINES * line:
            return size
    return LEAST


def _height(theme: Theme, labels: Sequence[str], width: int, size: int) -> int:
    """How high the highest of the labels is, wrapped; beyond any measure where a word is wider than `width`."""
    metrics = QFontMetrics(theme.font(size, 600))
    room = QRect(0, 0, width, FAR)
    boxes = [metrics.boundingRect(room, Qt.TextFlag.TextWordWrap.value, text) for text in labels]
    return max((FAR if box.width() > width else box.height() for box in boxes), default=0)


def _names(request: Request, kind: str) -> Iterator[str]:
    words = " ".join(re.findall(r"\w+", request.subject))[:SLUG].strip()
    stem = " ".join(filter(None, (time.strftime("%Y-%m-%d"), words, str(request.seed), kind)))
    yield f"{stem}.png"
    number = 2
    while True:
        yield f"{stem} {number}.png"
        number += 1


def _write(
    painter: QPainter, theme: Theme, room: QRectF, text: str, *, size: int, weight: int = 400, colour: str = "text"
) -> None:
    font = theme.font(size, weight)
    painter.setFont(font)
    painter.setPen(QColor(theme.colour(colour)))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignTop, shown)
