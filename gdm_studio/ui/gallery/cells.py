"""Geometry and painting of the gallery grid's cells."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Width in logical pixels of the selection ring around a cell.
RING = 2


@dataclass(frozen=True)
class Heading:
    """Heading of a date section in the image grid, with its distance from the grid's top in logical pixels."""

    title: str
    top: int


class Cells:
    """Geometry of the gallery grid, which arranges square cells in sections.

    The grid has `columns` columns, each `pitch` logical pixels wide. A section is a pair (title, number of cells). It
    begins with a heading of `heading` pixels or, without a title, with space for the outline of a selected cell.
    Queries take time logarithmic in the number of sections.
    """

    def __init__(self, sections: Sequence[tuple[str, int]], *, columns: int, pitch: int, heading: int) -> None:
        self.columns = columns
        self.pitch = pitch
        self._titles = [title for title, _ in sections]
        self._heading = heading if any(self._titles) else RING
        counts = [count for _, count in sections]
        lines = [-(-count // columns) for count in counts]
        # Number of the first cell of each section.
        self._first_cells = list(itertools.accumulate(counts, initial=0))
        self._section_tops = list(itertools.accumulate((self._heading + pitch * line for line in lines), initial=0))

    @property
    def count(self) -> int:
        return self._first_cells[-1]

    @property
    def height(self) -> int:
        return self._section_tops[-1]

    def rect(self, cell: int) -> QRect:
        """Return the rectangle of an image grid cell in grid coordinates, including the gap to its neighbours."""
        section = self._section_of(cell)
        line, column = divmod(cell - self._first_cells[section], self.columns)
        top = self._section_tops[section] + self._heading + line * self.pitch
        return QRect(column * self.pitch, top, self.pitch, self.pitch)

    def at(self, position: QPoint) -> int:
        """Return the index of the grid cell at a position, or -1 if there is none."""
        column = position.x() // self.pitch
        if not 0 <= column < self.columns or not 0 <= position.y() < self.height:
            return -1
        section = self._section_at(position.y())
        below = position.y() - self._section_tops[section] - self._heading
        cell = self._first_cells[section] + below // self.pitch * self.columns + column
        return cell if below >= 0 and cell < self._first_cells[section + 1] else -1

    def within(self, top: int, bottom: int) -> range:
        """Return the range of cells in grid lines that overlap the vertical span from `top` to `bottom`, such as the
        visible part of the grid.
        """
        if not self.count or bottom < 0 or top >= self.height:
            return range(0)
        first, last = (self._section_at(min(max(edge, 0), self.height - 1)) for edge in (top, bottom))
        start = self._first_cells[first] + self._lines_above(first, top) * self.columns
        end = self._first_cells[last] + (self._lines_above(last, bottom) + 1) * self.columns
        return range(min(start, self.count), min(end, self._first_cells[last + 1]))

    def inside(self, box: QRect) -> Iterator[range]:
        """Yield the ranges of cells that a rectangle (such as a rubber band) overlaps, one range per line of the
        grid.
        """
        left = max(box.left() // self.pitch, 0)
        right = min(box.right() // self.pitch, self.columns - 1)
        cells = self.within(box.top(), box.bottom())
        cell = cells.start
        while cell < cells.stop and self.rect(cell).top() <= box.bottom():
            section = self._section_of(cell)
            line_end = min(cell + self.columns, self._first_cells[section + 1])
            if left <= right and cell + left < line_end:
                yield range(cell + left, min(cell + right + 1, line_end))
            cell = line_end

    def lines(self, cells: range) -> Iterator[range]:
        """Yield the part of a range of cells that is in each line of the grid."""
        cell = cells.start
        while cell < cells.stop:
            section = self._section_of(cell)
            column = (cell - self._first_cells[section]) % self.columns
            end = min(cell - column + self.columns, self._first_cells[section + 1], cells.stop)
            yield range(cell, end)
            cell = end

    def headings(self, top: int, bottom: int) -> list[Heading]:
        """Return the section headings to paint between the vertical positions `top` and `bottom`."""
        if not any(self._titles) or not self.count:
            return []
        first, last = (self._section_at(min(max(edge, 0), self.height - 1)) for edge in (top, bottom))
        return [Heading(self._titles[section], self._section_tops[section]) for section in range(first, last + 1)]

    def above(self, cell: int, lines: int) -> int:
        """Return the index of the cell that is `lines` lines above the given cell, or below it if `lines` is negative,
        for keyboard navigation.

        The column is the same, or the nearest one in a shorter line.
        """
        for _ in range(abs(lines)):
            following = self._next_line(cell, -1 if lines > 0 else 1)
            if following == cell:
                break
            cell = following
        return cell

    def _next_line(self, cell: int, step: int) -> int:
        section = self._section_of(cell)
        first = self._first_cells[section]
        end = self._first_cells[section + 1]
        column = (cell - first) % self.columns
        wanted = cell + step * self.columns
        if first <= wanted < end:
            return wanted
        if step > 0:
            last_line = end - 1 - (end - 1 - first) % self.columns
            if cell < last_line:
                return end - 1
            return cell if end == self.count else min(end + column, self._first_cells[section + 2] - 1)
        if section == 0:
            return cell
        before = self._first_cells[section - 1]
        return min(first - 1 - (first - 1 - before) % self.columns + column, first - 1)

    def _lines_above(self, section: int, edge: int) -> int:
        """Return the number of lines of cells in a section that are completely above the vertical position `edge`."""
        return max(0, (edge - self._section_tops[section] - self._heading) // self.pitch)

    def _section_of(self, cell: int) -> int:
        return bisect_right(self._first_cells, cell) - 1

    def _section_at(self, y: int) -> int:
        return bisect_right(self._section_tops, y) - 1


GAP = 9
RADIUS = 10
# Share of a cell's side that its picture takes.
SHARE = 0.78
STAR = 11
# Height of the progress bar of a picture that is being generated.
BAR = 3
# Side of the warning sign of a damaged picture.
MARK = 22


# Height of the badge of a stack, and its width per character and beside the text.
BADGE, CHARACTER, BADGE_EDGE = 18, 8, 10
# Maximum number on a badge.
MOST_COUNTED = 999


def card_rect(cell: QRect) -> QRect:
    """Return the rectangle of a grid cell's background, which is the cell without the gaps to the next cells."""
    return cell.adjusted(0, 0, -GAP, -GAP)


def ring_rect(card: QRect) -> QRect:
    """Return the rectangle of a grid cell's background together with the selection ring around it."""
    return card.adjusted(-RING, -RING, RING, RING)


def badge_text(count: int) -> str:
    return f"{min(count, MOST_COUNTED)}{'+' if count > MOST_COUNTED else ''}"


def badge_rect(cell: QRect, count: int) -> QRect:
    """Return the rectangle of the badge in a grid cell's bottom right corner, which shows the size of a stack of
    images.
    """
    width = BADGE_EDGE + CHARACTER * len(badge_text(count))
    return QRect(cell.right() - width - 3, cell.bottom() - BADGE - 3, width, BADGE)


@dataclass(frozen=True)
class CellState:
    """State of a grid cell: whether its image is a favourite, selected and so on."""

    is_damaged: bool = False
    is_starred: bool = False
    is_selected: bool = False
    is_current: bool = False
    is_hovered: bool = False
    # The number of images in the image's stack, and True if the stack is open.
    stack: tuple[int, bool] | None = None


class CellPainter:
    """Painter of the gallery grid's cells and headings in the theme's colours.

    `ground` names the theme colour behind a cell.
    """

    def __init__(self, theme: Theme, ground: str) -> None:
        self._theme = theme
        self._ground = ground
        self._cards: dict[tuple[str, int, float], QPixmap] = {}
        theme.changed.connect(self._cards.clear)

    def inner_side(self, side: int, ratio: float) -> int:
        """Return the side of the square into which a cell's image is fitted, in device pixels.

        `side` is the cell's side in logical pixels.
        """
        return max(16, round(side * SHARE * ratio))

    def paint_cell(self, painter: QPainter, cell: QRect, picture: QPixmap | None, state: CellState) -> None:
        """Paint a grid cell: its background, its image, and symbols such as the star of a favourite."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(
            cell.topLeft(), self._create_card(self._ground_of(picture, state.is_hovered), cell.width(), ratio)
        )
        if picture is not None:
            self._paint_picture(painter, cell, picture, ratio)
        elif state.is_damaged:
            middle = QRectF(cell).center()
            place = QRectF(middle.x() - MARK / 2, middle.y() - MARK / 2, MARK, MARK)
            icons.paint(painter, place, "triangle-alert", self._theme.colour("muted"))
            self._paint_caption(painter, cell, place.toRect(), translate("GalleryCells", "Cannot be shown"))
        if state.is_starred:
            place = QRectF(cell.right() - STAR - 3, cell.top() + 4, STAR, STAR)
            icons.paint(painter, place, "star", self._theme.colour("star"), filled=True)
        if state.stack is not None:
            self._paint_badge(painter, badge_rect(cell, state.stack[0]), *state.stack)
        if state.is_selected or state.is_current:
            line = self._theme.colour("accent" if state.is_selected else "edge")
            paint_rounded_rect(painter, QRectF(cell).adjusted(-1, -1, 1, 1), RADIUS + 1, line=line, width=2)

    def _paint_caption(self, painter: QPainter, cell: QRect, symbol: QRect, words: str) -> None:
        """Paint a caption below the symbol in the middle of a cell."""
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(11))
        room = QRect(cell.left() + 4, symbol.bottom() + 2, cell.width() - 8, cell.bottom() - symbol.bottom() - 4)
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def _paint_badge(self, painter: QPainter, place: QRect, count: int, is_open: bool) -> None:
        ground = self._theme.colour("accent" if is_open else "raised")
        paint_rounded_rect(painter, QRectF(place), BADGE / 2, ground=ground, line=self._theme.colour("edge"))
        painter.setPen(self._theme.colour("primary_text" if is_open else "text"))
        painter.setFont(self._theme.font(11, 600))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, badge_text(count))

    def paint_forming(self, painter: QPainter, cell: QRect, picture: QPixmap, share: float) -> None:
        """Paint an image that is still being generated, with a progress bar for the finished fraction `share` (0 to
        1).
        """
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(cell.topLeft(), self._create_card(self._ground_of(picture, False), cell.width(), ratio))
        self._paint_picture(painter, cell, picture, ratio)
        line = QRectF(cell.left() + RADIUS, cell.bottom() - BAR, cell.width() - 2 * RADIUS, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((line.width(), "edge"), (line.width() * share, "accent")):
            painter.setBrush(self._theme.colour(colour))
            painter.drawRoundedRect(QRectF(line.left(), line.top(), width, BAR), BAR / 2, BAR / 2)

    def heading(self, painter: QPainter, line: QRect, words: str) -> None:
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        painter.drawText(line.adjusted(0, 0, 0, -6), Qt.AlignmentFlag.AlignVCenter, words)

    def paint_message(self, painter: QPainter, room: QRect, words: str) -> None:
        """Paint a centred message in place of the images, for example because no image matches the search."""
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap.value, words)

    def band(self, painter: QPainter, box: QRect) -> None:
        accent = QColor(self._theme.tokens.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(36)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _paint_picture(self, painter: QPainter, cell: QRect, picture: QPixmap, ratio: float) -> None:
        inner = self.inner_side(cell.width(), ratio)
        scale = inner / max(picture.width(), picture.height(), 1) / ratio
        width = picture.width() * scale
        height = picture.height() * scale
        left = cell.x() + (cell.width() - width) / 2
        top = cell.y() + (cell.height() - height) / 2
        if max(picture.width(), picture.height()) == inner:
            # At one image pixel per device pixel, the image is aligned to the pixel grid, so that it stays sharp.
            picture.setDevicePixelRatio(ratio)
            painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), picture)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(left, top, width, height), picture, QRectF(picture.rect()))

    def _ground_of(self, picture: QPixmap | None, hovered: bool) -> str:
        """Return the name of the theme colour for a cell's background."""
        ground = "hover" if hovered else self._ground
        return ground if picture is None else self._theme.plate(ground, picture)

    def _create_card(self, ground: str, side: int, ratio: float) -> QPixmap:
        """Return the rounded background of a grid cell as a pixmap, which is cached by colour, size and device pixel
        ratio.
        """
        key = (ground, side, ratio)
        if key not in self._cards:
            pixels = round(side * ratio)
            card = QPixmap(pixels, pixels)
            card.fill(Qt.GlobalColor.transparent)
            painter = antialiased_painter(card)
            paint_rounded_rect(painter, card.rect(), RADIUS * ratio, ground=self._theme.colour(ground))
            painter.end()
            card.setDevicePixelRatio(ratio)
            self._cards[key] = card
        return self._cards[key]
