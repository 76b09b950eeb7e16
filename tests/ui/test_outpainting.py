"""Outpainting: a frame drawn around the start image, alone and in the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.outpainting.frame import NONE, Frame, Sides
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import Session
from tests.helpers import tiny_stable
from tests.helpers.widgets import drag, theme
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated, pictures

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def _create_frame(size: tuple[int, int] = (60, 60), scale: float = 1.0) -> Frame:
    frame = Frame(theme())
    frame.begin(size, 8, scale=scale)
    seen = QImage(400, 400, QImage.Format.Format_RGB32)
    painter = QPainter(seen)
    frame.paint(painter, QRectF(0, 0, 400, 400), 4.0)
    painter.end()
    return frame


def _drag_frame(frame: Frame, start: tuple[float, float], end: tuple[float, float], scale: float = 1.0) -> None:
    """Drag from one point to another, both in pixels of the image."""
    room = frame.room()
    frame.press(QPointF(start[0] + room, start[1] + room) * scale, LEFT)
    frame.move(QPointF(end[0] + room, end[1] + room) * scale)
    frame.release()


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_edges_are_dragged_in_steps_and_undone(scale: float) -> None:
    frame = _create_frame(scale=scale)
    assert frame.sides() == NONE and frame.size() == (60, 60)
    _drag_frame(frame, (30, 30), (50, 30), scale)
    assert frame.sides() == NONE and not frame.can_undo(), "in its middle nothing is taken hold of"
    _drag_frame(frame, (60, 30), (60, 30), scale)
    assert frame.sides() == NONE and not frame.can_undo(), "nor is there anything to undo where none has moved"
    _drag_frame(frame, (60, 30), (81, 40), scale)
    assert frame.sides() == Sides(0, 0, 28, 4) and frame.size() == (88, 64), "24, and what is left over to eights"
    _drag_frame(frame, (0, 0), (-9, -30), scale)
    assert frame.sides() == Sides(8, 24, 28, 4) and frame.size() == (96, 88)
    _drag_frame(frame, (30, 70), (30, 60 + 16), scale)
    assert frame.sides()[3] == 20, "pressed outside, the edge comes there"
    _drag_frame(frame, (-8, 30), (-900, 30), scale)
    assert frame.sides().left == frame.most() == 24
    _drag_frame(frame, (-24, 30), (40, 30), scale)
    assert frame.sides().left == 0, "never into the picture"
    for _ in range(5):
        frame.undo()
    assert frame.sides() == NONE and not frame.can_undo()


def test_a_frame_stays_within_the_maximum_image_size() -> None:
    frame = Frame(theme())
    frame.begin((4000, 100), 8)
    frame.set_sides(Sides(500, 0, 500, 0))
    assert frame.size()[0] <= 4096 and frame.sides().left == 88 and frame.sides().right == 0
    frame.begin((100, 4000), 8)
    frame.set_sides(Sides(0, 500, 0, 500))
    assert frame.size()[1] <= 4096 and frame.sides()[1] == 88 and frame.sides().below == 0


def _select_tiny_model(home: Path) -> None:
    """Write the tiny model into the models folder and select it for the next window."""
    tiny_stable.write(home / "data" / "models" / "tiny.safetensors")
    asked = Request(model="tiny", prompt="a house", steps=2, guidance_scale=1.0, device="cpu", dtype="fp32")
    Session(request=asked).save(home / "data")


def test_outpainting_fills_the_frame_and_keeps_every_original_pixel(
    home: Path, tmp_path: Path, shipped: Library
) -> None:
    _select_tiny_model(home)
    drawing = np.random.default_rng(3).integers(0, 256, (60, 64, 3), np.uint8)
    file = tmp_path / "drawing.png"
    Image.fromarray(drawing).save(file)

    async def play(window: Window) -> None:
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        bar, frame = stage.extend_bar, window.tools.outpainting.frame
        await until(lambda: controls.request().model == "tiny" and window.generation.device)
        await window.tools.start_image.use(file)
        click(controls.start._extend_button)
        await until(lambda: stage.mode() == "extend")
        assert bar.isVisible() and not bar._done_button.isEnabled()
        middle = stage.canvas.rect().center()
        drag(stage.canvas, QPoint(stage.canvas.width() - 4, middle.y()), middle + QPoint(2000, 0))
        assert frame.sides() == Sides(0, 0, 32, 4) and bar.edits["right"].text() == "32"
        press(window, Qt.Key.Key_Left)
        assert bar.edits["left"].text() == "8" and frame.size() == (104, 64)
        press(window, Qt.Key.Key_Z, CTRL)
        assert frame.sides().left == 0
        bar.edits["left"].setFocus()
        bar.edits["left"].selectAll()
        QTest.keyClicks(bar.edits["left"], "13")
        QTest.keyClick(bar.edits["left"], Qt.Key.Key_Return)
        assert frame.sides() == Sides(16, 0, 32, 4) and bar.edits["left"].text() == "16"
        assert not stage.grab().isNull()
        press(window, Qt.Key.Key_Escape)
        shown = stage.canvas.picture()
        assert shown is not None and np.array_equal(shown[..., :3], drawing) and not controls.request().mask
        click(controls.start._extend_button)
        await until(lambda: stage.mode() == "extend")
        assert frame.sides() == NONE
        frame.set_sides(Sides(16, 0, 32, 4))
        click(bar._done_button)
        await until(lambda: controls.request().mask)
        request = controls.request()
        assert request.size == (112, 64) and request.strength == 1.0 and stage.mode() == ""
        assert stage.canvas.tool() is None
        assert controls.more.size_box.choice() == "112x64"
        click(controls.start._extend_button)
        await until(lambda: stage.mode() == "extend")
        assert frame.sides() == Sides(16, 0, 32, 4), "of the picture itself, as it was left"
        press(window, Qt.Key.Key_Escape)
        shown = stage.canvas.picture()
        assert shown is not None and shown.shape[:2] == (64, 112)
        assert stage.mode() == "" and replace(controls.request(), seed=request.seed) == request
        await generated(window)
        (path,) = pictures(home)
        made = np.asarray(Image.open(path))
        assert made.shape[:2] == (64, 112) and np.array_equal(made[:60, 16:80, :3], drawing)
        assert made[:, 96:, :3].std() > 2
        kept = read(path).request
        assert kept is not None and (kept.image, kept.mask, kept.size) == (request.image, request.mask, request.size)
        stage.setFocus()
        press(window, Qt.Key.Key_E)
        await until(lambda: stage.mode() == "extend")
        assert frame.size() == (112, 64) and frame.sides() == NONE and not controls.request().mask

    run_in_window(play, library=shipped)


def test_repeated_frame_changes_always_surround_the_first_image(home: Path, tmp_path: Path, shipped: Library) -> None:
    _select_tiny_model(home)
    drawing = np.random.default_rng(3).integers(0, 256, (64, 72, 3), np.uint8)
    file = tmp_path / "drawing.png"
    Image.fromarray(drawing).save(file)

    async def play(window: Window) -> None:
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        frame = window.tools.outpainting.frame
        await until(lambda: controls.request().model == "tiny" and window.generation.device)
        await window.tools.start_image.use(file)
        before = NONE
        for sides in (Sides(8, 0, 16, 0), Sides(8, 16, 0, 0), Sides(0, 0, 0, 24)):
            click(controls.start._extend_button)
            await until(lambda: stage.mode() == "extend")
            assert frame.sides() == before
            frame.set_sides(sides)
            last = controls.request().image
            click(stage.extend_bar._done_button)
            await until(lambda last=last: controls.request().image != last and stage.mode() == "")
            canvas = np.asarray(image_inputs.load(controls.request().image))
            assert canvas.shape[:2] == (64 + sides.above + sides.below, 72 + sides.left + sides.right)
            inside = canvas[sides.above : sides.above + 64, sides.left : sides.left + 72, :3]
            assert np.array_equal(inside, drawing)
            before = sides

    run_in_window(play, library=shipped)


def test_a_model_with_fixed_sizes_explains_why_it_cannot_outpaint(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        assert "only fixed sizes" in window.create_page.canvas_panel.tools.refusal("extend")
        assert "only fixed sizes" in window.create_page.controls.start._extend_button.toolTip()

    run_in_window(play)
