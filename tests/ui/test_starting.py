"""Pictures that start from pictures: chosen, dropped, taken from the stage, painted on, through the real window."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio import paths, preferences
from gdm_studio.engine import inputs
from gdm_studio.gallery import read
from gdm_studio.models.library import Library
from gdm_studio.picture_file import read_rgba
from gdm_studio.preferences import Preferences
from gdm_studio.request import BUILT_IN, Request
from gdm_studio.run import State
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.session import Session
from gdm_studio.ui.shell.window import Window
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.looks import drag
from tests.helpers.opened import click, offered, opened, press, told, until
from tests.ui.test_flow import drop, generate, generated, pictures


def _photo(folder: Path) -> Path:
    """A picture without settings: red at the left, green at the right."""
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[:, :64], pixels[:, 64:] = (200, 30, 30, 255), (30, 160, 30, 255)
    path = folder / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


def _drag_over(widget: QWidget, path: Path, place: QPoint, *, let_go: bool = False) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its successor is newer than the oldest Qt we run on
        enter = QDragEnterEvent(place, *args)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    if let_go:
        QApplication.sendEvent(widget, QDropEvent(QPointF(place), *args))


async def _started(window: Window, path: Path) -> None:
    await window.tools.starting.use(path)
    assert window.tools.starting._reading is not None
    await window.tools.starting._reading


def test_a_start_picture_that_stays_on_the_stage_is_called_what_it_is(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        page, starting = window.create_page, window.tools.starting
        await _started(window, _photo(tmp_path))
        click(page.controls.start.view)
        await until(lambda: page.stage.caption[0] == "Start picture")
        starting.put_aside()
        await until(lambda: page.stage.caption[0] == "Former start picture")
        window.undo()
        await until(lambda: page.stage.caption[0] == "Start picture")
        page.controls.start._remove.click()
        assert page.stage.caption[0] == "Former start picture"

    opened(play)


def test_a_picture_without_settings_becomes_the_start_and_is_let_go_again(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        start = window.create_page.controls.start
        assert not start.isVisible()
        drop(window, photo)
        await until(lambda: start.isVisible())
        await told(window, "does not say how it was made")
        assert start.picture_name == inputs.keep(photo)
        curve = window.create_page.controls.curve
        assert curve.accessibleDescription().startswith("4 steps")  # of 8, at strength 0.6 of this model's time
        await generated(window)
        request = read(pictures(home)[0]).request
        assert request is not None and request.image == start.picture_name and request.strength == 0.6
        run = window.viewer.run
        assert run is not None and len(run.views[0]) == run.steps == 4
        assert curve.accessibleDescription().startswith("4 steps")
        click(start._remove)
        assert not start.isVisible() and not window.create_page.controls.request().image

    opened(play)


def test_the_size_begins_as_the_start_pictures_unless_it_was_chosen(home: Path, tmp_path: Path) -> None:
    for name in ("base", "other"):
        tiny_stable.write(paths.models_dir() / f"{name}.safetensors", words=1)  # draws 64 x 64
    for name, side in {"wide": (101, 70), "huge": (3000, 2000), "tiny": (9, 18)}.items():
        Image.new("RGB", side, "red").save(tmp_path / f"{name}.png")

    async def play(window: Window) -> None:
        controls, draft = window.create_page.controls, window.draft
        window.settings.use(Request(model=BUILT_IN))
        before = draft["size"]
        await window.tools.starting.use(tmp_path / "wide.png")
        assert draft["size"] == before, "of a model with its own sizes"
        controls.model_box.pick("base")
        await until(lambda: draft["size"] == (104, 72))
        assert controls.more.size_box.choice() == "104x72"
        await window.tools.starting.use(tmp_path / "huge.png")
        assert draft["size"] == (160, 104), "not far from what it learnt"
        await window.tools.starting.use(tmp_path / "tiny.png")
        assert draft["size"] == (64, 64)
        await window.tools.starting.use(tmp_path / "wide.png")
        click(controls.start._remove)
        assert draft["size"] == (64, 64)
        await window.tools.starting.use(tmp_path / "wide.png")
        controls.model_box.pick("other")
        await until(lambda: controls.request().model == "other")
        assert draft["size"] == (104, 72)
        controls.more.size_box.pick("72x56")
        await window.tools.starting.use(tmp_path / "huge.png")
        assert draft["size"] == (72, 56), "as people chose it"
        window.settings.use(Request(model="base", image=inputs.keep(tmp_path / "wide.png"), size=(64, 64)))
        assert controls.request().size == (64, 64), "as it was made"

    opened(play, library=Library())


def test_pictures_go_to_the_clipboard_and_come_from_it(home: Path, tmp_path: Path) -> None:
    photo, ctrl = _photo(tmp_path), Qt.KeyboardModifier.ControlModifier

    async def play(window: Window) -> None:
        start, board = window.create_page.controls.start, QApplication.clipboard()
        await generated(window)
        window.create_page.stage.canvas.setFocus()
        board.clear()
        press(window, Qt.Key.Key_V, ctrl)
        await told(window, "No picture to paste")
        press(window, Qt.Key.Key_C, ctrl)
        await until(lambda: not board.image().isNull())
        press(window, Qt.Key.Key_V, ctrl)
        await until(lambda: start.isVisible())
        assert start.picture_name == inputs.keep(np.asarray(read_rgba(pictures(home)[0])))
        copied = QMimeData()
        copied.setUrls([QUrl.fromLocalFile(str(photo))])
        board.setMimeData(copied)
        press(window, Qt.Key.Key_V, ctrl)
        await until(lambda: start.picture_name == inputs.keep(photo))
        window.turn_to("gallery")
        grid = window.gallery_page.grid
        await until(lambda: grid.model().rowCount() == 1)
        grid.select(grid.model().picture(0).id)
        await until(lambda: bool(grid.selected_rows()))
        press(window, Qt.Key.Key_C, ctrl)
        await until(lambda: [url.toLocalFile() for url in board.mimeData().urls()] == [str(pictures(home)[0])])
        assert not board.image().isNull()
        press(window, Qt.Key.Key_F11)
        assert window.isFullScreen()
        press(window, Qt.Key.Key_F11)
        assert not window.isFullScreen()

    opened(play)


def test_over_the_canvas_a_dropped_picture_is_asked_what_it_is_for(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (path,) = pictures(home)
        controls, canvas = window.create_page.controls, window.create_page.stage.canvas
        controls.prompt.set_text("something else")
        left, right = QPoint(40, 200), QPoint(canvas.width() - 40, 200)
        zones = window.create_page.stage.drop_zones
        _drag_over(canvas, path, right)
        assert zones.isVisible() and not zones.grab().isNull()
        QApplication.sendEvent(canvas, QDragLeaveEvent())
        assert not zones.isVisible()
        _drag_over(canvas, path, right, let_go=True)
        await until(lambda: controls.start.isVisible())
        assert controls.request().prompt == "something else" and controls.request().image == inputs.keep(path)
        _drag_over(canvas, path, left, let_go=True)
        await until(lambda: controls.request().prompt == "a cheerful red disc")
        assert not controls.request().image  # the picture was not made from another

    opened(play)


def test_a_picture_on_the_stage_becomes_the_start_by_one_key_and_is_remembered(home: Path) -> None:
    async def first(window: Window) -> None:
        stage = window.create_page.stage
        assert not stage.tools.isVisible()
        await generated(window)
        assert stage.tools.isVisible()
        stage.setFocus()
        press(window, Qt.Key.Key_S)
        start = window.create_page.controls.start
        await until(lambda: start.picture_name)
        (path,) = pictures(home)
        assert start.picture_name == inputs.keep(path)
        window.create_page.controls.draft.change(strength=0.35)

    async def second(window: Window) -> None:
        start = window.create_page.controls.start
        assert start.isVisible() and window.create_page.controls.draft["strength"] == 0.35
        await generated(window)

    opened(first)
    opened(second)
    assert len(pictures(home)) == 2


class Late(GaussianModel):
    """Decodes what is shown only roughly once it has leave to."""

    leave = threading.Semaphore(0)

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        assert Late.leave.acquire(timeout=20)
        return super().decode(x0)


def test_a_step_that_is_shown_roughly_leaves_the_stage_decoded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.save(Preferences(preview_share=0.0))
    monkeypatch.setattr(Late, "leave", threading.Semaphore(1))  # for the model's warming up

    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=400)
        generate(window)
        run, viewer, stage = window.viewer.run, window.viewer, window.create_page.stage
        assert run is not None
        await until(lambda: run.steps_done >= 8)
        window.create_page.controls.stop.emit()  # as Esc does
        await until(lambda: window.making.job is None and viewer.view() is run.views[0][-1])
        start, views = window.create_page.controls.start, run.views[0]
        made = len(views)
        assert run.state is State.STOPPED and not any(view.decoded for view in views)

        async def left(key: Qt.Key, reason: Callable[[], object]) -> None:
            press(window, key)
            await asyncio.sleep(0.05)
            assert not reason()
            Late.leave.release(2)  # what spare time is at, and this step
            await until(reason)

        stage.setFocus()
        await left(Qt.Key.Key_S, lambda: start.picture_name)
        assert views[-1].decoded and start.picture_name == inputs.keep(views[-1].predicted)
        viewer.look_at(made - 1)
        QApplication.clipboard().clear()
        window.steps.copy()
        await left(Qt.Key.Key_Shift, lambda: not QApplication.clipboard().image().isNull())
        assert QApplication.clipboard().image() == qimage(views[-2].predicted) and views[-2].decoded
        viewer.look_at(made - 2)
        await left(Qt.Key.Key_N, lambda: stage.mode() == "noise")
        assert np.array_equal(window.tools.forward._picture, views[-3].predicted) and views[-3].decoded
        Late.leave.release(100)

    opened(play, library=GaussianLibrary(step_seconds=0.02, kind=Late))


def test_a_start_picture_that_is_gone_is_let_go_with_a_word(home: Path) -> None:
    (home / "data").mkdir()
    Session(request=Request(model="gaussian", image="0" * 64)).save(home / "data")

    async def play(window: Window) -> None:
        await told(window, "choose it again")
        assert not window.create_page.controls.request().image
        await generated(window)

    opened(play)


def test_what_is_masked_is_made_anew_and_every_other_pixel_stays(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await _started(window, photo)
        stage, controls = window.create_page.stage, window.create_page.controls
        click(controls.start._mask)
        await until(lambda: stage.mode() == "mask")
        assert stage.mask_bar.isVisible() and not stage.bar.isVisible() and not stage.mask_bar._done.isEnabled()
        middle = stage.canvas.rect().center()
        drag(stage.canvas, middle, middle + QPoint(60, 0))
        drag(stage.canvas, middle, middle - QPoint(80, 60))
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        mask = window.tools.starting.brush.mask()
        assert mask[64, 64] == 255 and mask[:, :40].max() == 0
        click(stage.mask_bar._done)
        await until(lambda: controls.request().mask)
        assert stage.mode() == "" and stage.canvas.tool() is None and controls.request().strength == 1.0
        await generated(window)
        made = np.asarray(Image.open(pictures(home)[0]))
        before = np.asarray(Image.open(photo))
        assert np.array_equal(made[mask == 0], before[mask == 0])
        assert np.abs(made[mask == 255].astype(int) - before[mask == 255]).max() > 20
        masked = controls.request()
        await window.tools.starting.use(np.full((64, 64, 4), 90, np.uint8))
        other = controls.request()
        assert other.image != masked.image and not other.mask and other.strength == Request().strength < 1.0
        await until(lambda: offered(window, "Bring both back"))
        click(offered(window, "Bring both back"))
        await until(lambda: controls.request() == masked)
        click(controls.start._unmask)
        assert not controls.request().mask and controls.request().image
        assert controls.request().strength == other.strength, "1 was for what was painted"
        controls.set_request(masked)
        click(controls.start._remove)
        assert not controls.draft["image"] and controls.draft["strength"] == other.strength
        window.undo()
        await until(lambda: controls.request() == masked)

    opened(play)


def test_a_brush_that_is_left_open_takes_no_undo_of_another_page(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await generated(window)
        await until(lambda: window.shelf.all.rowCount() == 1)
        await _started(window, photo)
        stage = window.create_page.stage
        click(window.create_page.controls.start._mask)
        await until(lambda: stage.mode() == "mask")
        middle = stage.canvas.rect().center()
        drag(stage.canvas, middle, middle + QPoint(60, 0))
        painted = window.tools.starting.brush.mask()
        window.turn_to("gallery")
        window.gallery_page.grid.setFocus()
        await window.shelf.deeds.delete([window.shelf.all.picture(0).id])
        assert window.shelf.all.rowCount() == 0
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.shelf.all.rowCount() == 1)
        assert np.array_equal(window.tools.starting.brush.mask(), painted) and painted.any()

    opened(play)


def test_what_is_painted_counts_whatever_takes_the_stage_but_escape(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await generated(window)
        await _started(window, photo)
        stage, controls = window.create_page.stage, window.create_page.controls

        async def paint(across: int) -> np.ndarray:
            click(controls.start._mask)
            await until(lambda: stage.mode() == "mask")
            middle = stage.canvas.rect().center()
            drag(stage.canvas, middle, middle + QPoint(across, 0))
            return window.tools.starting.brush.mask()

        await paint(40)
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not controls.request().mask
        painted = await paint(60)
        window.recalling.show(window.shelf.beside.picture(0))
        await until(lambda: stage.mode() == "" and controls.request().mask)
        assert np.array_equal(np.asarray(inputs.load(controls.request().mask).convert("L")), painted)
        former, painted = controls.request().mask, await paint(-60)
        click(controls.button)
        await until(lambda: window.making.job is not None)
        asked = window.making.job.run.request
        assert asked.mask != former and np.array_equal(np.asarray(inputs.load(asked.mask).convert("L")), painted)
        await until(lambda: window.making.job is None)

    opened(play)


def test_leaving_the_brush_leaves_the_mask_as_it_was(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await _started(window, photo)
        stage = window.create_page.stage
        await window.tools.starting.mask()
        QTest.mouseClick(stage.canvas, Qt.MouseButton.LeftButton)
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not window.create_page.controls.request().mask
        assert stage.bar.isVisible()
        await window.tools.starting.mask()
        assert window.tools.starting.brush.is_empty()
        click(window.create_page.controls.button)  # a run takes the stage
        await until(lambda: len(window.viewer.views()) > 0 and window.making.job is None)
        assert stage.mode() == "" and stage.canvas.tool() is None
        click(window.create_page.controls.start._remove)
        before, views = window.draft.written, list(window.viewer.views())
        assert views and not before.image
        for index in (len(views), 1):
            window.viewer.look_at(index)
            shown = stage.canvas.picture()
            stage.tools.clicked.emit("mask")
            await until(lambda: stage.mode() == "mask")
            assert window.draft["image"] and stage.caption[0] == "Mask"
            press(window, Qt.Key.Key_Escape)
            assert window.draft.written == before and list(window.viewer.views()) == views
            assert np.array_equal(stage.canvas.picture(), shown) and window.viewer.view() is views[index - 1]
            assert stage.caption[0] != "Mask"

    opened(play)
