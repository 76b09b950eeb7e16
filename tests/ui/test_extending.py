"""Outpainting: a frame drawn around the start picture, alone and in the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from gdm_studio.gallery import read
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.ui.create.extending.frame import NONE, Frame, Sides
from gdm_studio.ui.session import Session
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_stable
from tests.helpers.looks import drag, theme
from tests.helpers.opened import click, opened, press, until
from tests.ui.test_flow import generated, pictures

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def _frame(size: tuple[int, int] = (60, 60), scale: float = 1.0) -> Frame:
    frame = Frame(theme())
    frame.begin(size, 8, scale=scale)
    seen = QImage(400, 400, QImage.Format.Format_RGB32)
    painter = QPainter(seen)
    frame.paint(painter, QRectF(0, 0, 400, 400), 4.0)
    painter.end()
    return frame


def _pull(frame: Frame, start: tuple[float, float], end: tuple[float, float], scale: float = 1.0) -> None:
    """Drags from a place to a place of the picture's own pixels."""
    room = frame.room()
    frame.press(QPointF(start[0] + room, start[1] + room) * scale, LEFT)
    frame.move(QPointF(end[0] + room, end[1] + room) * scale)
    frame.release()


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_edges_are_dragged_in_steps_and_undone(scale: float) -> None:
    frame = _frame(scale=scale)
    assert frame.sides() == NONE and frame.size() == (60, 60)
    _pull(frame, (30, 30), (50, 30), scale)
    assert frame.sides() == NONE and not frame.can_undo(), "in its middle nothing is taken hold of"
    _pull(frame, (60, 30), (60, 30), scale)
    assert frame.sides() == NONE and not frame.can_undo(), "nor is there anything to undo where none has moved"
    _pull(frame, (60, 30), (81, 40), scale)
    assert frame.sides() == Sides(0, 0, 28, 4) and frame.size() == (88, 64), "24, and what is left over to eights"
    _pull(frame, (0, 0), (-9, -30), scale)
    assert frame.sides() == Sides(8, 24, 28, 4) and frame.size() == (96, 88)
    _pull(frame, (30, 70), (30, 60 + 16), scale)
    assert frame.sides()[3] == 20, "pressed outside, the edge comes there"
    _pull(frame, (-8, 30), (-900, 30), scale)
    assert frame.sides().left == frame.most() == 24
    _pull(frame, (-24, 30), (40, 30), scale)
    assert frame.sides().left == 0, "never into the picture"
    for _ in range(5):
        frame.undo()
    assert frame.sides() == NONE and not frame.can_undo()


def test_a_frame_stays_within_what_pictures_may_be() -> None:
    frame = Frame(theme())
    frame.begin((4000, 100), 8)
    frame.set_sides(Sides(500, 0, 500, 0))
    assert frame.size()[0] <= 4096 and frame.sides().left == 88 and frame.sides().right == 0
    frame.begin((100, 4000), 8)
    frame.set_sides(Sides(0, 500, 0, 500))
    assert frame.size()[1] <= 4096 and frame.sides()[1] == 88 and frame.sides().below == 0


def _put(home: Path) -> None:
    """The tiny model where people have theirs, chosen when the window opens."""
    tiny_stable.write(home / "data" / "models" / "tiny.safetensors")
    asked = Request(model="tiny", prompt="a house", steps=2, guidance_scale=1.0, device="cpu", dtype="fp32")
    Session(request=asked).save(home / "data")


def test_what_is_added_is_painted_and_every_pixel_of_the_picture_stays(home: Path, tmp_path: Path) -> None:
    _put(home)
    drawing = np.random.default_rng(3).integers(0, 256, (60, 64, 3), np.uint8)
    file = tmp_path / "drawing.png"
    Image.fromarray(drawing).save(file)

    async def play(window: Window) -> None:
        stage, controls = window.create_page.stage, window.create_page.controls
        bar, frame = stage.extend_bar, window.tools.extending.frame
        await until(lambda: controls.request().model == "tiny" and window.making.device)
        await window.tools.starting.use(file)
        click(controls.start._extend)
        await until(lambda: stage.mode() == "extend")
        assert bar.isVisible() and not bar._done.isEnabled()
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
        click(controls.start._extend)
        await until(lambda: stage.mode() == "extend")
        assert frame.sides() == NONE
        frame.set_sides(Sides(16, 0, 32, 4))
        click(bar._done)
        await until(lambda: controls.request().mask)
        request = controls.request()
        assert request.size == (112, 64) and request.strength == 1.0 and stage.mode() == ""
        assert stage.canvas.tool() is None
        assert controls.more.size_box.choice() == "112x64"
        click(controls.start._extend)
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

    opened(play, library=Library())


def test_a_model_of_fixed_sizes_says_that_it_paints_nothing_around(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        button = window.create_page.stage.tools.buttons["extend"]
        assert not button.isEnabled() and "own sizes alone" in button.toolTip()
        assert "own sizes alone" in window.create_page.controls.start._extend.toolTip()

    opened(play)
