"""Head of a chart: its legend on the left, and a caption for both axes on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gdm_studio.ui.theme.theme import SPACE, Theme

# Length of the sample of a line, and width that the caption leaves to a longer title, in logical pixels.
SAMPLE, LEAST_TITLE = 16, 40


@dataclass(frozen=True)
class LegendEntry:
    """Legend entry of a chart: a line's title, the token of its colour, and whether the line is dashed."""

    title: str
    colour: str
    is_dashed: bool = False


def paint_head(painter: QPainter, theme: Theme, room: QRectF, entries: Sequence[LegendEntry], caption: str) -> None:
    """Paint a chart's legend and caption in one row.

    Titles that do not fit beside the caption are cut off with an ellipsis, the longest first. The caption is cut off
    only if it leaves too little room even for short titles.
    """
    metrics = painter.fontMetrics()
    middle = Qt.AlignmentFlag.AlignVCenter
    advances = [metrics.horizontalAdvance(each.title) for each in entries]
    fixed = len(entries) * (SAMPLE + SPACE.hair + SPACE.medium)
    least = sum(min(advance + 1, LEAST_TITLE) for advance in advances)
    caption = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(room.width() - fixed - least))
    painter.setPen(theme.colour("muted"))
    painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, caption)
    widths = fitting_widths(advances, room.width() - metrics.horizontalAdvance(caption) - fixed)
    across = room.left()
    for entry, width in zip(entries, widths, strict=True):
        style = Qt.PenStyle.DashLine if entry.is_dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(theme.colour(entry.colour), 1 if entry.is_dashed else 2, style))
        painter.drawLine(QPointF(across, room.center().y()), QPointF(across + SAMPLE, room.center().y()))
        across += SAMPLE + SPACE.hair
        painter.setPen(theme.colour(entry.colour))
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(across, room.top(), width, room.height()), middle, title)
        across += width + SPACE.medium


def fitting_widths(wanted: Sequence[float], room: float) -> list[float]:
    """Return the widths `wanted`, reduced so that their sum fits into `room`. The largest widths are reduced first, to
    a common value.
    """
    remaining, widths = max(room, 0.0), [0.0] * len(wanted)
    for done, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        # One pixel more than the text, since its advance is rounded.
        widths[index] = min(wanted[index] + 1, remaining / (len(wanted) - done))
        remaining -= widths[index]
    return widths
