"""How the cells of the grid look: a picture on its card, a star, a ring, the name of a day."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import rounded, smooth

GAP, RADIUS = 9, 10
SHARE = 0.78  # of a cell's side that its picture takes
STAR = 11
BAR = 3  # height of the line that says how much of a picture is made
MARK = 22  # of a picture that cannot be shown


class CellPainter:
    """Paints onto any painter with antialiasing, in the colours of the theme at the time; `ground` is a token's."""

    def __init__(self, theme: Theme, ground: str) -> None:
        self._theme, self._ground = theme, ground
        self._cards: dict[tuple[str, int, float], QPixmap] = {}
        theme.changed.connect(self._cards.clear)

    def inner_side(self, side: int, ratio: float) -> int:
        """The side of the picture in a cell of `side` logical pixels, in device pixels."""
        return max(16, round(side * SHARE * ratio))

    def cell(
        self, painter: QPainter, cell: QRect, picture: QPixmap | None, *, damaged: bool = False, starred: bool,
        selected: bool, current: bool, hovered: bool,
    ) -> None:  # fmt: skip
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(cell.topLeft(), self._card("hover" if hovered else self._ground, cell.width(), ratio))
        if picture is not None:
            self._picture(painter, cell, picture, ratio)
        elif damaged:
            middle = QRectF(cell).center()
            place = QRectF(middle.x() - MARK / 2, middle.y() - MARK / 2, MARK, MARK)
            icons.paint(painter, place, "triangle-alert", self._theme.colour("muted"))
        if starred:
            place = QRectF(cell.right() - STAR - 3, cell.top() + 4, STAR, STAR)
            icons.paint(painter, place, "star", self._theme.colour("star"), filled=True)
        if selected or current:
            line = self._theme.colour("accent" if selected else "edge")
            rounded(painter, QRectF(cell).adjusted(-1, -1, 1, 1), RADIUS + 1, line=line, width=2)

    def forming(self, painter: QPainter, cell: QRect, picture: QPixmap, share: float) -> None:
        """A picture that is being made, and how much of it is."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(cell.topLeft(), self._card(self._ground, cell.width(), ratio))
        self._picture(painter, cell, picture, ratio)
        line = QRectF(cell.left() + RADIUS, cell.bottom() - BAR, cell.width() - 2 * RADIUS, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((line.width(), "edge"), (line.width() * share, "accent")):
            painter.setBrush(self._theme.colour(colour))
            painter.drawRoundedRect(QRectF(line.left(), line.top(), width, BAR), BAR / 2, BAR / 2)

    def heading(self, painter: QPainter, line: QRect, words: str) -> None:
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        painter.drawText(line.adjusted(0, 0, 0, -6), Qt.AlignmentFlag.AlignVCenter, words)

    def words(self, painter: QPainter, room: QRect, words: str) -> None:
        """In place of pictures."""
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap.value, words)

    def band(self, painter: QPainter, box: QRect) -> None:
        accent = QColor(self._theme.tokens.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(36)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _picture(self, painter: QPainter, cell: QRect, picture: QPixmap, ratio: float) -> None:
        inner = self.inner_side(cell.width(), ratio)
        scale = inner / max(picture.width(), picture.height(), 1) / ratio
        width, height = picture.width() * scale, picture.height() * scale
        left, top = cell.x() + (cell.width() - width) / 2, cell.y() + (cell.height() - height) / 2
        if max(picture.width(), picture.height()) == inner:  # pixel for pixel
            picture.setDevicePixelRatio(ratio)
            painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), picture)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(left, top, width, height), picture, QRectF(picture.rect()))

    def _card(self, ground: str, side: int, ratio: float) -> QPixmap:
        """A rounded square, painted once."""
        key = (ground, side, ratio)
        if key not in self._cards:
            pixels = round(side * ratio)
            card = QPixmap(pixels, pixels)
            card.fill(Qt.GlobalColor.transparent)
            painter = smooth(card)
            rounded(painter, card.rect(), RADIUS * ratio, ground=self._theme.colour(ground))
            painter.end()
            card.setDevicePixelRatio(ratio)
            self._cards[key] = card
        return self._cards[key]
