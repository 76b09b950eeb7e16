"""Cell positions and day headings of the gallery's grid, compared with a layout computed cell by cell."""

from __future__ import annotations

import random
from array import array
from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from gdm_studio.ui.gallery.cells import CellPainter, Cells, CellState
from gdm_studio.ui.gallery.date_sections import days_of, sections_of
from gdm_studio.ui.gallery.list_model import list_differences
from gdm_studio.ui.theme.imaging import are_lost_on
from tests.helpers.widgets import theme

TODAY = date(2026, 11, 20)


def _lay_out(sections: list[tuple[str, int]], columns: int, pitch: int, heading: int) -> list[QRect]:
    """Return the rectangle of every cell, computed one by one."""
    found, top = [], 0
    for _, count in sections:
        top += heading
        for cell in range(count):
            line, column = divmod(cell, columns)
            found.append(QRect(column * pitch, top + line * pitch, pitch, pitch))
        top += -(-count // columns) * pitch
    return found


@pytest.mark.parametrize("seed", range(12))
def test_cell_positions_match_the_plain_layout(seed: int) -> None:
    rng = random.Random(seed)
    sections = [(f"day {n}", rng.choice((1, 2, 5, 8, 17, 40))) for n in range(rng.randrange(1, 9))]
    columns, pitch, heading = rng.randrange(1, 9), 50, 30
    cells = Cells(sections, columns=columns, pitch=pitch, heading=heading)
    rects = _lay_out(sections, columns, pitch, heading)
    assert cells.count == len(rects) and cells.height == max(rect.bottom() for rect in rects) + 1
    for cell, rect in enumerate(rects):
        assert cells.rect(cell) == rect and cells.at(rect.center()) == cell
    for _ in range(40):
        top = rng.randrange(-60, cells.height + 60)
        stretch = QRect(0, top, columns * pitch, rng.randrange(1, 300))
        sight = {cell for cell, rect in enumerate(rects) if rect.intersects(stretch)}
        assert sight <= set(cells.within(top, stretch.bottom()))
        box = QRect(rng.randrange(columns * pitch), top, rng.randrange(1, 200), stretch.height())
        met = {cell for run in cells.inside(box) for cell in run}
        assert met == {cell for cell, rect in enumerate(rects) if rect.intersects(box)}
        some = range(*sorted(rng.randrange(len(rects) + 1) for _ in range(2)))
        lines = list(cells.lines(some))
        assert [cell for line in lines for cell in line] == list(some)
        tops = [{rects[cell].top() for cell in line} for line in lines]
        assert all(len(each) == 1 for each in tops) and len(set.union(set(), *tops)) == len(lines)
    assert [heading.title for heading in cells.headings(0, cells.height)] == [title for title, _ in sections]
    assert cells.at(QPoint(5, 10)) == -1, "a heading is no cell"


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("colour", ["#3e7cd6", "#000000", "#ffffff"])
def test_a_thumbnail_of_points_differs_from_its_background(scheme: str, colour: str) -> None:
    look = theme()
    look.set_scheme(scheme)
    picture = QPixmap(96, 96)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    for place in range(8, 96, 8):
        painter.fillRect(place - 2, place - 2, 4, 4, QColor(colour))
    painter.end()
    shown = QImage(100, 100, QImage.Format.Format_RGB32)
    painter = QPainter(shown)
    CellPainter(look, "raised").paint_cell(painter, QRect(0, 0, 100, 100), picture, CellState())
    painter.end()
    greys = {shown.pixelColor(place, 50).lightness() for place in range(20, 80)}
    # White on the light theme's own background is as faint as it is on the canvas.
    if (scheme, colour) != ("light", "#ffffff"):
        assert max(greys) - min(greys) > 60, "the points are clearly visible"


def test_up_and_down_keep_the_column_across_days() -> None:
    cells = Cells([("a", 5), ("b", 2), ("c", 4)], columns=4, pitch=50, heading=30)
    assert [cells.above(cell, -1) for cell in (0, 1, 4, 5, 7)] == [4, 4, 5, 7, 7]
    assert [cells.above(cell, 1) for cell in (10, 7, 6, 5, 4, 3)] == [6, 5, 4, 4, 0, 3]
    assert [cells.above(1, -9), cells.above(10, 9)] == [7, 0]


def test_days_follow_local_time() -> None:
    rng = random.Random(4)
    # Daylight saving time starts in these weeks.
    start = datetime(2026, 3, 20).timestamp()
    moments = sorted(round((start + rng.uniform(0, 40 * 86_400)) * 1e6) for _ in range(500))
    expected: dict[date, int] = {}
    for moment in moments:
        day = datetime.fromtimestamp(moment / 1e6).date()
        expected[day] = expected.get(day, 0) + 1
    assert days_of(moments) == list(expected.items())


def test_days_have_names_and_sparse_days_are_grouped_into_months() -> None:
    days = [(TODAY - timedelta(days=n), 40) for n in (0, 1, 4)] + [(date(2025, 12, 31), 40)]
    assert [title for title, _ in sections_of(days, TODAY, 8)] == [
        "Today",
        "Yesterday",
        "Monday, 16 November",
        "Wednesday, 31 December 2025",
    ]
    sparse = [(TODAY - timedelta(days=n), 1) for n in range(30)]
    assert sections_of(sparse, TODAY, 8) == [("November", 20), ("October", 10)]


def test_differences_turn_one_list_into_the_other() -> None:
    rng = random.Random(2)
    for size in (0, 10, 9000):
        before = sorted(rng.sample(range(10 * size + 1), size))
        after = sorted({*rng.sample(before, max(size - 3, 0)), *rng.sample(range(10 * size + 1), min(size, 4))})
        gone, come = list_differences(array("q", before), array("q", after))
        left = [moment for place, moment in enumerate(before) if not any(place in run for run in gone)]
        for run in come:
            left[run.start : run.start] = after[run.start : run.stop]
        assert left == after


def test_a_large_coloured_drawing_keeps_the_usual_background() -> None:
    look = theme()
    look.set_scheme("dark")
    picture = QPixmap(96, 96)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(20, 20, 60, 60, QColor("#38c060").darker(115))
    painter.end()
    assert look.plate("raised", picture) == "plate"


@pytest.mark.parametrize("colour", ["#ff4000", "#0040ff", "#101418"])
def test_whether_a_drawing_is_lost_does_not_depend_on_its_pixel_format(colour: str) -> None:
    picture = QImage(300, 420, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), 24))
    painter.drawEllipse(40, 60, 220, 280)
    painter.end()
    formats = [
        QImage.Format.Format_ARGB32,
        QImage.Format.Format_ARGB32_Premultiplied,
        QImage.Format.Format_RGBA8888,
        QImage.Format.Format_RGBA64,
    ]
    # The luminance of the blue one is that of this grey.
    lost = are_lost_on([picture.convertToFormat(each) for each in formats], QColor("#5d5d5d"))
    assert lost == [colour == "#0040ff"] * 4
