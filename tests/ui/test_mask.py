"""The mask brush on the canvas, checked in the mask and in the pixels on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.create.viewer.mask import SIZES, MaskBrush
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
