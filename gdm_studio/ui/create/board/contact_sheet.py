"""Contact sheets: several images drawn as one labelled image, and saved as a PNG with their settings."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLocale, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gdm_studio import __version__, preferences
from gdm_studio.common.atomic_files import NewFile
from gdm_studio.engine.grids import SAMPLER_WITH_DEFAULTS, Grid
from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.ui.create.board.value_labels import value_label
from gdm_studio.ui.setting_texts import count_of_steps, setting_label
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import ENGLISH, Catalogue, translate, within_text
from gdm_studio.ui.widgets.shapes import checkerboard_brush, round_path

if TYPE_CHECKING:
    import numpy as np

# All sizes are pixels: maximum and minimum side of an image, and the preferred width of a sheet.
MAX_SIDE = 384
MIN_SIDE = 192
TARGET_WIDTH = 3200
# The gap between images, the margin around them, and the height of the heading.
GAP = 28
EDGE = 48
HEAD = 96
RADIUS = 18
# Maximum length of the prompt in a file name, in characters.
SLUG = 40
# Key of the PNG text chunk that contains the settings and the axes as JSON.
CHUNK = "gdm_studio_sheet"
# Width up to which the fonts have the sizes below. On wider sheets the fonts are scaled up.
DESIGN_WIDTH = 1400
TITLE = 28
NOTE = 19
LABEL = 20
SMALL = 16
MIN_FONT = 13
# The maximum number of lines of a column label.
MAX_LINES = 3
# Height larger than any label, so that text is measured without a limit.
UNBOUNDED = 10_000


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """Image on a contact sheet, with a title and a note as its labels.

    `rgba` has the shape (height, width, channels), or is None if the image is missing.
    """

    title: str
    note: str
    rgba: np.ndarray | None


@dataclass(frozen=True)
class AxisLabels:
    """Labels of the columns and rows of a contact sheet that shows a grid of images."""

    across: Sequence[str]
    down: Sequence[str]


def draw_sheet(
    theme: Theme, title: str, note: str, pictures: Sequence[LabelledImage], axes: AxisLabels | None = None
) -> QImage:
    """Draw a contact sheet: several images as one large image, under a title and a note, in the theme's colours.

    `axes` labels the columns and rows. Without `axes`, the layout is roughly square, with title and note below each
    image.
    """
    page = _Page(theme, pictures, axes)
    sheet = QImage(page.width, page.height, QImage.Format.Format_RGB32)
    sheet.fill(theme.colour("background"))
    painter = QPainter(sheet)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    page.draw_head(painter, title, note)
    if axes is not None:
        page.draw_axes(painter, axes)
    for index, picture in enumerate(pictures):
        page.draw(painter, index, picture)
    painter.end()
    return sheet


def draw_grid(
    theme: Theme, grid: Grid, requests: Sequence[Request | None], rgbas: Sequence[np.ndarray | None]
) -> QImage:
    """Draw a grid of images as one large labelled contact sheet. In a grid with a single axis, missing images leave no
    gap.
    """
    pictures = [
        LabelledImage(title, steps_text(request) if request is not None else "", rgba)
        for title, request, rgba in zip(grid.titles(value_label), requests, rgbas, strict=True)
        if rgba is not None or grid.y is not None
    ]
    axes = AxisLabels(grid.x.labels(value_label), grid.y.labels(value_label)) if grid.y is not None else None
    return draw_sheet(theme, grid.base.title, " · ".join(shared_settings(grid)), pictures, axes)


def grid_png(grid: Grid, requests: Sequence[Request], rgbas: Sequence[np.ndarray]) -> bytes:
    """Return a grid of images as one PNG file, with its settings and axes in the metadata.

    This works without a window or a screen.
    """
    # Qt reads this variable when the application is created.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance()
    if app is None:
        app = QApplication([])
        # The sheet is in English, whatever the language of the system is.
        QLocale.setDefault(QLocale(ENGLISH))
        app.installTranslator(Catalogue(ENGLISH, app))
    assert isinstance(app, QApplication)
    theme = app.findChild(Theme) or Theme(app)
    return sheet_png(draw_grid(theme, grid, requests, rgbas), grid.base, kind="grid", note=grid.note())


def shared_settings(grid: Grid) -> list[str]:
    """Return the settings that all images of a grid share, as phrases for the heading of the grid's contact sheet."""
    base = grid.base
    shown = [
        setting
        for setting in with_role(SETTINGS, Role.TITLE)
        if Role.MODEL_DEFAULT in setting.role or setting.value_in(base) != setting.default
    ]
    texts = [setting_label(setting, setting.value_in(base)) for setting in shown if not grid.varies(setting.name)]
    return [*shared_summary(grid), *texts, *([] if grid.varies("model") else [base.model])]


def shared_summary(grid: Grid) -> list[str]:
    """Return a summary of a grid of images as short phrases: the seed, the steps and the spacing, except those that the
    grid varies.
    """
    base = grid.base
    texts = []
    if not grid.varies("seed"):
        texts.append(f"{within_text(translate('Setting', SETTINGS['seed'].title))} {base.seed}")
    if not grid.varies(SAMPLER_WITH_DEFAULTS):
        texts.append(steps_text(base, steps=not grid.varies("steps"), spacing=not grid.varies("spacing")))
    return [text for text in texts if text]


def steps_text(request: Request, *, steps: bool = True, spacing: bool = True) -> str:
    """Return a short phrase with the number of steps and the spacing of a generation request."""
    texts = []
    if steps:
        texts.append(count_of_steps(request.steps))
    if spacing:
        texts.append(translate("Setting", SETTINGS["spacing"].text(request.spacing)))
    return " · ".join(texts)


def save_sheet(sheet: QImage, request: Request, *, kind: str, note: Mapping[str, Any] | None = None) -> Path:
    """Save a contact sheet as a PNG in the user's pictures folder, and return its path. Raises StorageError.

    `request` contains the shared settings. It determines the file name and, with `note`, is stored in the PNG's
    metadata.
    """
    return NewFile(preferences.pictures_dir(), _file_names(request, kind)).write(
        sheet_png(sheet, request, kind=kind, note=note)
    )


def sheet_png(sheet: QImage, request: Request, *, kind: str, note: Mapping[str, Any] | None = None) -> bytes:
    """Encode a contact sheet as PNG bytes, with the settings that its images share and `note` as metadata."""
    sheet.setText("Title", request.subject or kind)
    sheet.setText("Software", f"GDM Studio {__version__}")
    sheet.setText(CHUNK, json.dumps({"kind": kind, "request": json.loads(request.to_json()), **(note or {})}))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


class _Page:
    """Layout of a contact sheet, which computes all positions and draws the images with their labels."""

    def __init__(self, theme: Theme, pictures: Sequence[LabelledImage], axes: AxisLabels | None) -> None:
        self._theme = theme
        columns = len(axes.across) if axes else ceil(len(pictures) ** 0.5)
        self._columns = columns
        rows = ceil(len(pictures) / columns)
        self._cell_side = min(MAX_SIDE, max(MIN_SIDE, TARGET_WIDTH // columns - GAP))
        # Fonts grow with the width, so that they stay readable when a wide sheet is scaled down to the screen.
        self._unit = max(1.0, columns * (self._cell_side + GAP) / DESIGN_WIDTH)
        self._footer_height = 0 if axes else round(62 * self._unit)
        self._cells_left = EDGE
        self._cells_top = round(EDGE + HEAD * self._unit)
        self._label_size = round(LABEL * self._unit)
        # The height of the column labels.
        self._column_label_height = 0
        if axes is not None:
            self._label_size = _font_size(theme, axes.across, self._cell_side, self._label_size)
            most = MAX_LINES * QFontMetrics(theme.font(self._label_size, 600)).lineSpacing()
            wanted = _label_height(theme, axes.across, self._cell_side, self._label_size)
            self._column_label_height = min(wanted, most) + round(self._label_size / 2)
            self._cells_left += round(min(200 * self._unit, self._widest_label(axes.down) + 4) + 20 * self._unit)
            self._cells_top += self._column_label_height
        self.width = max(self._cells_left + columns * (self._cell_side + GAP) - GAP + EDGE, 640)
        self.height = self._cells_top + rows * (self._cell_side + self._footer_height + GAP) - GAP + EDGE

    def draw_head(self, painter: QPainter, title: str, note: str) -> None:
        unit = self._unit
        room = self.width - 2 * EDGE
        top = QRectF(EDGE, EDGE - 8, room, 40 * unit)
        _write(painter, self._theme, top, title, size=round(TITLE * unit), weight=600)
        below = QRectF(EDGE, EDGE - 8 + 40 * unit, room, 30 * unit)
        _write(painter, self._theme, below, note, size=round(NOTE * unit), colour="muted")

    def draw_axes(self, painter: QPainter, axes: AxisLabels) -> None:
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font(self._label_size, 600))
        wrap = Qt.TextFlag.TextWordWrap
        for index, text in enumerate(axes.across):
            high = self._column_label_height - self._label_size / 2
            room = QRectF(
                self._cell_rect(index).left(), self._cells_top - self._column_label_height, self._cell_side, high
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | wrap, text)
        for row, text in enumerate(axes.down):
            frame = self._cell_rect(row * self._columns)
            room = QRectF(EDGE, frame.top(), self._cells_left - EDGE - 20, self._cell_side)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | wrap, text)

    def draw(self, painter: QPainter, index: int, picture: LabelledImage) -> None:
        frame = self._cell_rect(index)
        outline = round_path(frame, RADIUS)
        painter.save()
        painter.setClipPath(outline)
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, checkerboard_brush(self._theme, 16, 1.0))
        if picture.rgba is not None:
            image = to_qimage(picture.rgba)
            scale = self._cell_side / max(image.width(), image.height())
            target = QRectF(0, 0, image.width() * scale, image.height() * scale)
            target.moveCenter(frame.center())
            painter.drawImage(target, image)
        painter.restore()
        if self._footer_height:
            unit = self._unit
            below = QRectF(frame.left() + 4, frame.bottom() + 10, frame.width() - 8, 28 * unit)
            _write(painter, self._theme, below, picture.title, size=self._label_size, weight=600)
            below.translate(0, 26 * unit)
            _write(painter, self._theme, below, picture.note, size=round(SMALL * unit), colour="muted")

    def _cell_rect(self, index: int) -> QRectF:
        row, column = divmod(index, self._columns)
        left = self._cells_left + column * (self._cell_side + GAP)
        return QRectF(
            left,
            self._cells_top + row * (self._cell_side + self._footer_height + GAP),
            self._cell_side,
            self._cell_side,
        )

    def _widest_label(self, labels: Sequence[str]) -> int:
        metrics = QFontMetrics(self._theme.font(self._label_size, 600))
        return max((metrics.horizontalAdvance(text) for text in labels), default=0)


def _font_size(theme: Theme, labels: Sequence[str], width: int, maximum: int) -> int:
    """Return the largest font size, at most `maximum`, at which each label fits on MAX_LINES lines of `width`
    pixels.
    """
    for size in range(maximum, MIN_FONT, -1):
        line = QFontMetrics(theme.font(size, 600)).lineSpacing()
        if _label_height(theme, labels, width, size) <= MAX_LINES * line:
            return size
    return MIN_FONT


def _label_height(theme: Theme, labels: Sequence[str], width: int, size: int) -> int:
    """Return the height in pixels of the tallest label after wrapping, or UNBOUNDED if a word is wider than `width`."""
    metrics = QFontMetrics(theme.font(size, 600))
    room = QRect(0, 0, width, UNBOUNDED)
    boxes = [metrics.boundingRect(room, Qt.TextFlag.TextWordWrap.value, text) for text in labels]
    return max((UNBOUNDED if box.width() > width else box.height() for box in boxes), default=0)


def _file_names(request: Request, kind: str) -> Iterator[str]:
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
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignTop, elided)
