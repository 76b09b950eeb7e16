"""Where the cells of a grid lie: days of cells under headings, reckoned from their numbers, not held one by one."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

RING = 2  # logical pixels of a ring around a cell


@dataclass(frozen=True)
class Heading:
    """A section's name and where its line begins, in logical pixels from the top of all."""

    title: str
    top: int


class Cells:
    """Square cells of `pitch` logical pixels in `columns`, in sections of (title, number of cells).

    A titled section begins with a line of `heading` pixels, an untitled one with room for the ring of a selected cell.
    Every question costs the logarithm of the sections.
    """

    def __init__(self, sections: Sequence[tuple[str, int]], *, columns: int, pitch: int, heading: int) -> None:
        self.columns, self.pitch = columns, pitch
        self._titles = [title for title, _ in sections]
        self._heading = heading if any(self._titles) else RING
        counts = [count for _, count in sections]
        lines = [-(-count // columns) for count in counts]
        self._firsts = list(itertools.accumulate(counts, initial=0))  # number of the first cell of each section
        self._tops = list(itertools.accumulate((self._heading + pitch * line for line in lines), initial=0))

    @property
    def count(self) -> int:
        return self._firsts[-1]

    @property
    def height(self) -> int:
        return self._tops[-1]

    def rect(self, cell: int) -> QRect:
        """Where a cell lies, its gap included."""
        section = self._section_of(cell)
        line, column = divmod(cell - self._firsts[section], self.columns)
        top = self._tops[section] + self._heading + line * self.pitch
        return QRect(column * self.pitch, top, self.pitch, self.pitch)

    def at(self, place: QPoint) -> int:
        """The cell at a place; -1 between and beside them."""
        column = place.x() // self.pitch
        if not 0 <= column < self.columns or not 0 <= place.y() < self.height:
            return -1
        section = self._section_at(place.y())
        below = place.y() - self._tops[section] - self._heading
        cell = self._firsts[section] + below // self.pitch * self.columns + column
        return cell if below >= 0 and cell < self._firsts[section + 1] else -1

    def within(self, top: int, bottom: int) -> range:
        """The cells whose lines meet the stretch from `top` to `bottom`."""
        if not self.count or bottom < 0 or top >= self.height:
            return range(0)
        first, last = (self._section_at(min(max(edge, 0), self.height - 1)) for edge in (top, bottom))
        start = self._firsts[first] + self._lines_above(first, top) * self.columns
        end = self._firsts[last] + (self._lines_above(last, bottom) + 1) * self.columns
        return range(min(start, self.count), min(end, self._firsts[last + 1]))

    def inside(self, box: QRect) -> Iterator[range]:
        """Runs of cells that a box meets, line by line."""
        left = max(box.left() // self.pitch, 0)
        right = min(box.right() // self.pitch, self.columns - 1)
        cells = self.within(box.top(), box.bottom())
        cell = cells.start
        while cell < cells.stop and self.rect(cell).top() <= box.bottom():
            section = self._section_of(cell)
            line_end = min(cell + self.columns, self._firsts[section + 1])
            if left <= right and cell + left < line_end:
                yield range(cell + left, min(cell + right + 1, line_end))
            cell = line_end

    def headings(self, top: int, bottom: int) -> list[Heading]:
        """The headings in sight between `top` and `bottom`."""
        if not any(self._titles) or not self.count:
            return []
        first, last = (self._section_at(min(max(edge, 0), self.height - 1)) for edge in (top, bottom))
        return [Heading(self._titles[section], self._tops[section]) for section in range(first, last + 1)]

    def above(self, cell: int, lines: int) -> int:
        """The cell `lines` lines above (below where negative) in its column, or the nearest there is."""
        for _ in range(abs(lines)):
            following = self._next_line(cell, -1 if lines > 0 else 1)
            if following == cell:
                break
            cell = following
        return cell

    def _next_line(self, cell: int, step: int) -> int:
        section = self._section_of(cell)
        first, end = self._firsts[section], self._firsts[section + 1]
        column = (cell - first) % self.columns
        wanted = cell + step * self.columns
        if first <= wanted < end:
            return wanted
        if step > 0:
            last_line = end - 1 - (end - 1 - first) % self.columns
            if cell < last_line:
                return end - 1
            return cell if end == self.count else min(end + column, self._firsts[section + 2] - 1)
        if section == 0:
            return cell
        before = self._firsts[section - 1]
        return min(first - 1 - (first - 1 - before) % self.columns + column, first - 1)

    def _lines_above(self, section: int, edge: int) -> int:
        """Whole lines of a section above an edge."""
        return max(0, (edge - self._tops[section] - self._heading) // self.pitch)

    def _section_of(self, cell: int) -> int:
        return bisect_right(self._firsts, cell) - 1

    def _section_at(self, y: int) -> int:
        return bisect_right(self._tops, y) - 1
