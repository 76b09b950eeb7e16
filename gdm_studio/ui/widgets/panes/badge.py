"""What a compared picture is called: its letter and its title, on a ground of their own."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import rounded

EDGE, HEIGHT, AIR = 12, 26, 9  # from the pane's corner; of the badge; beside its words


def paint_badge(
    painter: QPainter, theme: Theme, area: QRectF, words: tuple[str, str], *, room: float, right: bool
) -> None:
    """Paints (letter, title), either of which may be "", in the upper left corner of `area`, or in the right one.

    The title is cut short where both need more than `room` logical pixels.
    """
    letter, title = words
    bold, plain = theme.font(12, 600), theme.font(12)
    first = QFontMetrics(bold).horizontalAdvance(letter)
    gap = AIR - 1 if letter and title else 0
    left = max(0, int(room - 2 * EDGE - 2 * AIR - first - gap))
    title = QFontMetrics(plain).elidedText(title, Qt.TextElideMode.ElideRight, left)
    width = ceil(2 * AIR + first + gap + QFontMetrics(plain).horizontalAdvance(title))
    x = area.right() - width - EDGE if right else area.left() + EDGE
    box = QRectF(x, area.top() + EDGE, width, HEIGHT)
    rounded(painter, box, 8, ground=theme.colour("panel"), line=theme.colour("line"))
    for text, font, colour, dx in ((letter, bold, "text", 0), (title, plain, "muted", first + gap)):
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        painter.drawText(box.adjusted(AIR + dx, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
