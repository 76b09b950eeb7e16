"""The mask brush on the canvas, checked in the mask and in the pixels on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from gdm_studio.ui.create.viewer.brush import SIZES
from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.create.viewer.canvas_bars import MaskBar
from gdm_studio.ui.create.viewer.mask import MaskBrush
from gdm_studio.ui.theme.theme import Theme
from tests.helpers.widgets import flat_image, record_signal, show_widget, theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SIDE = 64


@pytest.fixture
def look() -> Theme:
    return theme()


@pytest.fixture
def brush(look: Theme) -> MaskBrush:
    brush = MaskBrush(look)
    brush.begin(np.zeros((SIDE, SIDE), np.uint8))
    brush.set_size(0.25)
    return brush


def _dab(brush: MaskBrush, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
    brush.press(QPointF(x, y), button)
    brush.release()


def test_a_dab_is_a_disc_of_the_brush_and_a_stroke_a_line_of_them(brush: MaskBrush) -> None:
    _dab(brush, 32, 32)
    assert (brush.mask() > 127).sum() == pytest.approx(np.pi * 8**2, rel=0.08)
    brush.clear()
    brush.press(QPointF(16, 32), LEFT)
    brush.move(QPointF(48, 32))
    brush.release()
    assert (brush.mask() > 127).sum() == pytest.approx(np.pi * 8**2 + 32 * 16, rel=0.05)
    assert brush.mask()[32, 16:48].min() == 255 and brush.mask()[:20].max() == 0


def test_the_right_button_and_the_eraser_remove_paint(brush: MaskBrush) -> None:
    _dab(brush, 32, 32)
    _dab(brush, 32, 32, RIGHT)
    assert brush.is_empty()
    _dab(brush, 32, 32)
    brush.set_erasing(True)
    _dab(brush, 32, 32)
    assert brush.is_empty()


def test_strokes_and_clearing_can_be_undone(brush: MaskBrush) -> None:
    assert not brush.can_undo()
    _dab(brush, 16, 16)
    once = brush.mask()
    _dab(brush, 48, 48)
    brush.clear()
    brush.undo()
    brush.undo()
    assert np.array_equal(brush.mask(), once)
    brush.undo()
    assert brush.is_empty() and not brush.can_undo()


def test_undo_removes_the_latest_of_many_strokes_first(brush: MaskBrush) -> None:
    brush.set_size(SIZES[0])
    for stroke in range(60):
        before = brush.mask()
        _dab(brush, stroke + 2, 32)
        # Even the narrowest brush paints on the smallest image.
        assert not np.array_equal(brush.mask(), before)
    brush.undo()
    assert np.array_equal(brush.mask(), before)


def test_keys_alone_paint_and_erase_and_finish(brush: MaskBrush) -> None:
    done = record_signal(brush.done)
    assert not brush.key(Qt.Key.Key_A)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space):
        assert brush.key(key)
    painted = brush.mask()
    assert painted[32, 28] == 255 and painted[:, 48:].max() == 0
    brush.key(Qt.Key.Key_Delete)
    assert brush.is_empty()
    brush.key(Qt.Key.Key_Return)
    assert len(done) == 1


@pytest.mark.parametrize(("rows", "columns"), [(96, 32), (32, 96)])
def test_keys_move_the_brush_to_the_edges_of_any_image_and_no_further(look: Theme, rows: int, columns: int) -> None:
    brush = MaskBrush(look)
    brush.begin(np.zeros((rows, columns), np.uint8))
    for key in (*[Qt.Key.Key_Down] * 40, *[Qt.Key.Key_Right] * 40, Qt.Key.Key_Space):
        brush.key(key)
    assert brush.mask()[-1, -1] == 255
    assert brush.mask()[: rows // 2].max() == brush.mask()[:, : columns // 2].max() == 0


def test_the_wheel_changes_the_brush_size_within_its_limits(brush: MaskBrush) -> None:
    sizes = record_signal(brush.size_changed)
    brush.wheel(1)
    assert sizes[-1][0] > 0.25
    brush.wheel(-100)
    assert sizes[-1][0] == SIZES[0]


def test_a_mask_can_be_edited_again(look: Theme, brush: MaskBrush) -> None:
    _dab(brush, 20, 40)
    other = MaskBrush(look)
    other.begin(brush.mask())
    assert np.array_equal(other.mask(), brush.mask()) and not other.can_undo()


def test_undo_leaves_strokes_of_another_mask_alone(brush: MaskBrush) -> None:
    _dab(brush, 32, 32)
    assert brush.can_undo()
    painted = np.zeros((24, 48), np.uint8)
    painted[4:8, 10:20] = 255
    brush.begin(painted)
    assert not brush.can_undo()
    brush.undo()
    assert np.array_equal(brush.mask(), painted)
    _dab(brush, 40, 12)
    brush.undo()
    assert np.array_equal(brush.mask(), painted) and not brush.can_undo()


def test_the_mouse_paints_without_moving_the_image(look: Theme, brush: MaskBrush) -> None:
    canvas = show_widget(Canvas(look), width=400, height=400)
    canvas.show_picture(flat_image(255, 255, 255, side=SIDE))
    canvas.set_tool(brush)
    QTest.mousePress(canvas, LEFT, pos=QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(240, 200))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(240, 200))
    assert canvas.is_fitted() and brush.mask()[32, 34] == 255
    seen = QColor(canvas.grab().toImage().pixel(215, 200))
    assert seen.name() != "#ffffff" and seen.blue() > seen.green()
    canvas.set_tool(None)
    assert QColor(canvas.grab().toImage().pixel(215, 200)).name() == "#ffffff"


def test_outlines_fill_an_area_and_erase_it(brush: MaskBrush) -> None:
    brush.set_tool("rectangle")
    brush.press(QPointF(10, 12), LEFT)
    brush.move(QPointF(40, 33))
    brush.release()
    expected = np.zeros((SIDE, SIDE), bool)
    expected[12:33, 10:40] = True
    assert ((brush.mask() > 127) == expected).all()
    brush.set_tool("lasso")
    for point in ((0, 0), (20, 0), (20, 64), (0, 64)):
        (brush.move if brush._outline else lambda at: brush.press(at, Qt.MouseButton.RightButton))(QPointF(*point))
    brush.release()
    expected[:, :20] = False
    assert ((brush.mask() > 127) == expected).all()
    brush.undo()
    brush.undo()
    assert brush.is_empty() and not brush.can_undo()


def test_keys_draw_an_outline(brush: MaskBrush) -> None:
    brush.set_tool("rectangle")
    brush.move(QPointF(8, 8))
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space):
        assert brush.key(key)
    assert (brush.mask() > 127).sum() == 16 and brush.mask()[8:12, 8:12].all()


def test_a_click_selects_an_area_or_a_colour_of_the_picture(brush: MaskBrush) -> None:
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    picture[10:20, 10:20] = picture[40:50, 40:50] = (200, 20, 20, 255)
    brush.begin(np.zeros((SIDE, SIDE), np.uint8), picture)
    brush.set_tool("area")
    _dab(brush, 15, 15)
    assert (brush.mask() > 0).sum() == 100 and brush.mask()[10:20, 10:20].all()
    brush.set_tool("colour")
    _dab(brush, 15, 15)
    assert (brush.mask() > 0).sum() == 200
    brush.set_tool("area")
    _dab(brush, 45, 45, Qt.MouseButton.RightButton)
    assert (brush.mask() > 0).sum() == 100
    before = brush.mask()
    brush.edit("invert")
    assert (brush.mask() == 255 - before).all()
    brush.undo()
    brush.edit("grow")
    assert (brush.mask() > 0).sum() == 144
    brush.edit("soften")
    assert len(np.unique(brush.mask())) > 3
    brush.edit("clear")
    assert brush.is_empty()
    for _ in range(3):
        brush.undo()
    assert (brush.mask() == before).all()


def test_the_menu_of_the_mask_chooses_tools_and_edits(look: Theme) -> None:
    bar = MaskBar(look)
    heard: list[str] = []
    bar.tools.tool_chosen.connect(heard.append)
    bar.tools.edit_asked.connect(heard.append)
    menu = bar.tools.open_menu()
    entries = [entry for entry in menu.actions() if not entry.isSeparator()]
    assert [entry.isChecked() for entry in entries] == [True] + [False] * 9
    entries[3].trigger()
    entries[6].trigger()
    menu.close()
    assert heard == ["area", "invert"] and bar.tools.tool == "area"
    bar.begin()
    assert bar.tools.tool == "brush"
