"""Start images in the real window: chosen, dropped, taken from the stage, and masked."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QColorSpace, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QWidget

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.image_file import read_rgba
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.jobs import run_calls
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.ui.create.inputs import start_image, unfinished_mask
from gdm_studio.ui.create.queue.controller import QueueController
from gdm_studio.ui.folder_dialogs import FolderDialog
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.undo_stack import UndoableAction
from gdm_studio.ui.window_state_file import Session
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.widgets import drag
from tests.helpers.window import click, notice_button, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import drop, generate, generated, pictures


def _photo(folder: Path) -> Path:
    """Write an image without settings: red on the left, green on the right."""
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
        # The replacement is newer than the oldest supported Qt.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(place, *args)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    if let_go:
        QApplication.sendEvent(widget, QDropEvent(QPointF(place), *args))


async def _started(window: Window, path: Path) -> None:
    await window.tools.start_image.use(path)
    assert window.tools.start_image._read_task is not None
    await window.tools.start_image._read_task


class _IconLibrary(GaussianLibrary):
    """Library of a model that draws clean pictures from a photo at a noise strength of 0.8 and above."""

    def cards(self) -> list[ModelCard]:
        return [replace(card, photo_strength=0.8) for card in super().cards()]

    def card(self, name: str) -> ModelCard:
        return replace(super().card(name), photo_strength=0.8)


def test_a_photo_names_the_noise_from_which_a_model_of_icons_draws_it(home: Path, tmp_path: Path) -> None:
    assert Library().card(BUILT_IN).photo_strength == 0.8
    y, x = np.mgrid[:96, :96]
    colours = np.stack([2 * x, 2 * y, x + y, np.full_like(x, 255)], -1).astype(np.uint8)
    Image.fromarray(colours).convert("RGB").save(tmp_path / "view.jpg", quality=80)

    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        await _started(window, _photo(tmp_path))
        (row,) = window.create_page.controls.start.rows()
        assert row.value() == 0.6 and not row.hint.isVisibleTo(row), "it is a drawing"
        await _started(window, tmp_path / "view.jpg")
        await until(lambda: row.hint.isVisibleTo(row))
        assert row.hint.text() == "photos smear below 0.8" and row.offer_button.text() == "Use 0.8"
        row.offer_button.click()
        assert draft["strength"] == 0.8 and not row.hint.isVisibleTo(row)
        draft.change(strength=0.3)
        assert row.hint.isVisibleTo(row)
        window.tools.start_image.remove()
        assert not row.hint.isVisibleTo(row)

    run_in_window(play, library=_IconLibrary())


def test_a_start_image_on_the_canvas_is_labelled_as_such(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        page, starting = window.create_page, window.tools.start_image
        await _started(window, _photo(tmp_path))
        click(page.controls.start.view)
        await until(lambda: page.canvas_panel.caption[0] == "Start picture")
        starting.remove()
        await until(lambda: page.canvas_panel.caption[0] == "Former start picture")
        window.undo()
        await until(lambda: page.canvas_panel.caption[0] == "Start picture")
        page.controls.start._remove_button.click()
        assert page.canvas_panel.caption[0] == "Former start picture"

    run_in_window(play)


def test_an_image_without_settings_becomes_the_start_image_and_is_removed(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        start = window.create_page.controls.start
        assert not start.isVisible()
        drop(window, photo)
        await until(lambda: start.isVisible())
        await wait_for_notice(window, "The file has no settings")
        assert start.picture_name == image_inputs.store(photo)
        curve = window.create_page.controls.curve
        # These are 4 of 8 steps, at strength 0.6 of this model's time.
        assert curve.accessibleDescription().startswith("4 steps")
        await generated(window)
        request = read(pictures(home)[0]).request
        assert request is not None and request.image == start.picture_name and request.strength == 0.6
        run = window.viewer.run
        assert run is not None and len(run.views[0]) == run.steps == 4
        assert curve.accessibleDescription().startswith("4 steps")
        click(start._remove_button)
        assert not start.isVisible() and not window.create_page.controls.request().image

    run_in_window(play)


def test_the_size_follows_the_start_image_unless_the_user_chose_one(
    home: Path, tmp_path: Path, shipped: Library
) -> None:
    for name in ("base", "other"):
        # This model generates 64 x 64 pixels.
        tiny_stable.write(paths.models_dir() / f"{name}.safetensors", words=1)
    for name, side in {"wide": (101, 70), "huge": (600, 400), "tiny": (9, 18)}.items():
        Image.new("RGB", side, "red").save(tmp_path / f"{name}.png")

    async def play(window: Window) -> None:
        controls, request_draft = window.create_page.controls, window.request_draft
        window.settings.use(Request(model=BUILT_IN))
        before = request_draft["size"]
        await window.tools.start_image.use(tmp_path / "wide.png")
        assert request_draft["size"] == before, "of a model with its own sizes"
        controls.model_box.pick("base")
        await until(lambda: request_draft["size"] == (104, 72))
        assert controls.more.size_box.choice() == "104x72"
        await window.tools.start_image.use(tmp_path / "huge.png")
        assert request_draft["size"] == (160, 104), "not far from what it learnt"
        await window.tools.start_image.use(tmp_path / "tiny.png")
        assert request_draft["size"] == (64, 64)
        await window.tools.start_image.use(tmp_path / "wide.png")
        click(controls.start._remove_button)
        assert request_draft["size"] == (64, 64)
        await window.tools.start_image.use(tmp_path / "wide.png")
        controls.model_box.pick("other")
        await until(lambda: controls.request().model == "other")
        assert request_draft["size"] == (104, 72)
        controls.more.size_box.pick("72x56")
        await window.tools.start_image.use(tmp_path / "huge.png")
        assert request_draft["size"] == (72, 56), "as people chose it"
        window.settings.use(Request(model="base", image=image_inputs.store(tmp_path / "wide.png"), size=(64, 64)))
        assert controls.request().size == (64, 64), "as it was made"

    run_in_window(play, library=shipped)


def test_images_are_copied_to_and_pasted_from_the_clipboard(home: Path, tmp_path: Path) -> None:
    photo, ctrl = _photo(tmp_path), Qt.KeyboardModifier.ControlModifier

    async def play(window: Window) -> None:
        start, board = window.create_page.controls.start, QApplication.clipboard()
        await generated(window)
        window.create_page.canvas_panel.canvas.setFocus()
        board.clear()
        press(window, Qt.Key.Key_V, ctrl)
        await wait_for_notice(window, "No picture to paste")
        press(window, Qt.Key.Key_C, ctrl)
        await until(lambda: not board.image().isNull())
        press(window, Qt.Key.Key_V, ctrl)
        await until(lambda: start.isVisible())
        assert start.picture_name == image_inputs.store(np.asarray(read_rgba(pictures(home)[0])))
        copied = QMimeData()
        copied.setUrls([QUrl.fromLocalFile(str(photo))])
        board.setMimeData(copied)
        press(window, Qt.Key.Key_V, ctrl)
        await until(lambda: start.picture_name == image_inputs.store(photo))
        window.open_page("gallery")
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

    run_in_window(play)


def test_dropping_an_image_on_the_canvas_offers_its_uses(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (path,) = pictures(home)
        controls, canvas = window.create_page.controls, window.create_page.canvas_panel.canvas
        controls.prompt.set_text("something else")
        left, right = QPoint(40, 200), QPoint(canvas.width() - 40, 200)
        zones = window.create_page.canvas_panel.drop_zones
        _drag_over(canvas, path, right)
        assert zones.isVisible() and not zones.grab().isNull()
        QApplication.sendEvent(canvas, QDragLeaveEvent())
        assert not zones.isVisible()
        # The other program ends during the drag.
        _drag_over(canvas, path, right)
        QTest.mousePress(canvas, Qt.MouseButton.RightButton)
        QTest.mouseRelease(canvas, Qt.MouseButton.RightButton)
        assert not zones.isVisible()
        _drag_over(canvas, path, right, let_go=True)
        await until(lambda: controls.start.isVisible())
        assert controls.request().prompt == "something else" and controls.request().image == image_inputs.store(path)
        _drag_over(canvas, path, left, let_go=True)
        await until(lambda: controls.request().prompt == "a cheerful red disc")
        # The image was not generated from another image.
        assert not controls.request().image

    run_in_window(play)


def test_one_key_makes_the_stage_image_the_start_image_and_it_is_restored(home: Path) -> None:
    async def first(window: Window) -> None:
        stage = window.create_page.canvas_panel
        assert not stage.tools.isVisible()
        await generated(window)
        assert stage.tools.isVisible()
        stage.setFocus()
        press(window, Qt.Key.Key_S)
        start = window.create_page.controls.start
        await until(lambda: start.picture_name)
        (path,) = pictures(home)
        assert start.picture_name == image_inputs.store(path)
        window.create_page.controls.request_draft.change(strength=0.35)

    async def second(window: Window) -> None:
        start = window.create_page.controls.start
        assert start.isVisible() and window.create_page.controls.request_draft["strength"] == 0.35
        await generated(window)

    run_in_window(first)
    run_in_window(second)
    assert len(pictures(home)) == 2


class Late(GaussianModel):
    """Model that shows fast previews and decodes fully only once it is allowed to."""

    leave = threading.Semaphore(0)

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        assert Late.leave.acquire(timeout=90)
        return super().decode(x0)


def test_a_step_shown_as_a_fast_preview_is_decoded_when_taken_from_the_canvas(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.save(Preferences(preview_share=0.0))
    # One decoding is allowed for the model's warm-up.
    monkeypatch.setattr(Late, "leave", threading.Semaphore(1))

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=400)
        generate(window)
        run, viewer, stage = window.viewer.run, window.viewer, window.create_page.canvas_panel
        assert run is not None
        await until(lambda: run.steps_done >= 8)
        # Esc emits the same signal.
        window.create_page.controls.stop.emit()
        await until(lambda: window.generation.job is None and viewer.view() is run.views[0][-1])
        start, views = window.create_page.controls.start, run.views[0]
        made = len(views)
        assert run.state is State.STOPPED and not any(view.decoded for view in views)

        ask, asked = window.worker.ask, list[object]()

        def note(function: Any, **options: bool) -> Any:
            asked.extend(getattr(function, "args", ())[:1])
            return ask(function, **options)

        monkeypatch.setattr(window.worker, "ask", note)

        async def left(act: Callable[[], object], reason: Callable[[], object]) -> None:
            act()
            # Otherwise the idle-time decoding could take both permits.
            await until(lambda: run_calls.decode_preview in asked)
            asked.clear()
            assert not reason()
            # One permit is for the idle-time decoding, the other for this step.
            Late.leave.release(2)
            await until(reason)

        stage.setFocus()
        await left(partial(press, window, Qt.Key.Key_S), lambda: start.picture_name)
        assert views[-1].decoded and start.picture_name == image_inputs.store(views[-1].predicted)
        viewer.show_step(made - 1)
        QApplication.clipboard().clear()
        await left(window.steps.copy, lambda: not QApplication.clipboard().image().isNull())
        assert QApplication.clipboard().image() == to_qimage(views[-2].predicted) and views[-2].decoded
        viewer.show_step(made - 2)
        await left(partial(press, window, Qt.Key.Key_N), lambda: stage.mode() == "noise")
        assert np.array_equal(window.tools.inversion._picture, views[-3].predicted) and views[-3].decoded
        Late.leave.release(100)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02, kind=Late))


def test_borders_and_unusable_profiles_of_a_start_image_are_announced(home: Path, tmp_path: Path) -> None:
    Image.new("RGB", (200, 100), "red").save(tmp_path / "wide.png", icc_profile=b"noise" * 50)

    async def play(window: Window) -> None:
        window.settings.use(Request(model=BUILT_IN))
        await window.tools.start_image.use(tmp_path / "wide.png")
        await wait_for_notice(window, "200 × 100 does not fill")

    run_in_window(play)


def test_an_image_pasted_into_the_prompt_is_the_start_image_in_srgb(home: Path, tmp_path: Path) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(234, 51, 35))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))

    async def play(window: Window) -> None:
        QApplication.clipboard().setImage(image)
        editor = window.create_page.controls.prompt.editor
        text = editor.toPlainText()
        editor.paste()
        await until(lambda: window.request_draft["image"])
        pasted = window.request_draft["image"]
        found = np.asarray(image_inputs.load(window.request_draft["image"]))[0, 0].astype(int)
        assert np.abs(found - (255, 0, 0, 255)).max() <= 3
        file = QMimeData()
        file.setUrls([QUrl.fromLocalFile(str(_photo(tmp_path)))])
        QApplication.clipboard().setMimeData(file)
        editor.paste()
        await until(lambda: window.request_draft["image"] != pasted)
        assert editor.toPlainText() == text

    run_in_window(play)


def test_a_missing_start_image_is_removed_with_a_notice(home: Path) -> None:
    (home / "data").mkdir()
    Session(request=Request(prompt="a fox", model="gaussian", image="0" * 64)).save(home / "data")

    async def play(window: Window) -> None:
        await wait_for_notice(window, "choose it again")
        assert not window.create_page.controls.request().image
        await generated(window)

    run_in_window(play)


def test_masked_pixels_are_generated_and_all_others_stay(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await _started(window, photo)
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        click(controls.start._mask)
        await until(lambda: stage.mode() == "mask")
        assert stage.mask_bar.isVisible() and not stage.bar.isVisible() and not stage.mask_bar._done_button.isEnabled()
        middle = stage.canvas.rect().center()
        bare = stage.canvas.grab().toImage().pixelColor(middle)
        drag(stage.canvas, middle, middle + QPoint(60, 0))
        drag(stage.canvas, middle, middle - QPoint(80, 60))
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        mask = window.tools.start_image.brush.mask()
        assert mask[64, 64] == 255 and mask[:, :40].max() == 0
        # The picture is red on the left, and a click selects this area.
        stage.mask_bar.tools.choose("area")
        QTest.mouseClick(stage.canvas, Qt.MouseButton.LeftButton, pos=middle - QPoint(60, 0))
        assert (window.tools.start_image.brush.mask()[:, :63] == 255).all()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        stage.mask_bar.tools.choose("brush")
        assert (window.tools.start_image.brush.mask() == mask).all()
        click(stage.mask_bar._done_button)
        await until(lambda: controls.request().mask)
        assert stage.mode() == "" and stage.canvas.tool() is None and controls.request().strength == 1.0
        # A start picture has no noisy or predicted view.
        assert not stage.bar._choice.isEnabled()
        # The mask stays in sight until the run, and is read again from its file.
        assert stage.canvas.grab().toImage().pixelColor(middle) != bare
        await until(lambda: window.tools.start_image._mask is not None)
        assert stage.canvas.grab().toImage().pixelColor(middle) != bare
        click(controls.start._remove_mask_mark)
        await until(lambda: stage.canvas.grab().toImage().pixelColor(middle) == bare)
        window.undo()
        await until(lambda: stage.canvas.grab().toImage().pixelColor(middle) != bare)
        await generated(window)
        assert stage.bar._choice.isEnabled()
        made = np.asarray(Image.open(pictures(home)[0]))
        before = np.asarray(Image.open(photo))
        assert np.array_equal(made[mask == 0], before[mask == 0])
        assert np.abs(made[mask == 255].astype(int) - before[mask == 255]).max() > 20
        masked = controls.request()
        await window.tools.start_image.use(np.full((64, 64, 4), 90, np.uint8))
        other = controls.request()
        assert other.image != masked.image and not other.mask and other.strength == Request().strength < 1.0
        await until(lambda: notice_button(window, "Restore both"))
        click(notice_button(window, "Restore both"))
        await until(lambda: controls.request() == masked)
        click(controls.start._remove_mask_mark)
        assert not controls.request().mask and controls.request().image
        assert controls.request().strength == other.strength, "1 was for what was painted"
        controls.set_request(masked)
        click(controls.start._remove_button)
        assert not controls.request_draft["image"] and controls.request_draft["strength"] == other.strength
        window.undo()
        await until(lambda: controls.request() == masked)

    run_in_window(play)


def test_a_word_selects_what_it_describes(home: Path, shipped: Library) -> None:
    async def play(window: Window) -> None:
        stage, brush = window.create_page.canvas_panel, window.tools.start_image.brush
        picture = np.zeros((64, 64, 4), np.uint8)
        picture[16:40, 20:50] = (200, 30, 30, 255)
        made_by = Request(prompt="a red apple", seed=3)
        await window.tools.start_image.paint_mask(picture, made_by=made_by)
        assert window.request_draft["image_prompt"] == "a red apple"
        tools = stage.mask_bar.tools
        assert tools.words == ["red apple"], "a name of two words is one entry"
        menu = tools.open_menu()
        words = next(each for each in menu.actions() if each.text() == "Select by word").menu()
        assert isinstance(words, QMenu)
        next(each for each in words.actions() if each.text() == "red apple").trigger()
        menu.close()
        await until(lambda: "apple" in stage.caption[1])
        await until(lambda: not brush.is_empty())
        selected = brush.mask() > 0
        assert selected[16:40, 20:50].mean() > 0.9 > 0.1 > selected[picture[..., 3] == 0].mean()
        assert "apple" not in stage.caption[1]
        brush.set_erasing(True)
        menu = tools.open_menu()
        (field,) = menu.findChildren(QLineEdit)
        field.setText(" Apple ")
        field.returnPressed.emit()
        await until(brush.is_empty)
        brush.undo()
        assert (brush.mask() > 0).tolist() == selected.tolist()
        window.request_draft.change(model="gaussian")
        window.tools.start_image._source_requests.clear()
        tools.word_asked.emit("apple")
        await wait_for_notice(window, "There is no model called 'gaussian'")
        assert brush.mask().any() and stage.mode() == "mask"

    run_in_window(play, library=shipped)


def test_only_the_masked_area_is_chosen_beside_the_mask(home: Path, tmp_path: Path, shipped: Library) -> None:
    tiny_stable.write(paths.models_dir() / "base.safetensors")
    Image.new("RGB", (300, 200), "red").save(tmp_path / "photo.png")
    mask = np.zeros((200, 300), np.uint8)
    mask[80:120, 100:200] = 255

    async def play(window: Window) -> None:
        controls, draft = window.create_page.controls, window.request_draft
        controls.model_box.pick("base")
        await until(lambda: controls.request().model == "base")
        await _started(window, tmp_path / "photo.png")
        whole = draft["size"]
        assert controls.start._area is None
        await window.tools.start_image._store_mask(mask)
        area = controls.start._area
        assert area is not None and area.isVisible() and not area.padding.isVisible() and draft["size"] == whole
        area._area.pick("masked")
        await until(lambda: draft["size"] != whole)
        assert area.padding.isVisible() and controls.request().inpaint_area == "masked"
        card = window.request_draft.card
        assert card is not None and draft["size"] == image_inputs.region_size(card, (164, 104))
        await generated(window)
        made = np.asarray(Image.open(pictures(home)[0]))
        assert made.shape[:2] == (200, 300) and (made[mask == 0][:, :3] == (255, 0, 0)).all()
        area._area.pick("whole")
        await until(lambda: draft["size"] == whole)
        controls.start.turn_to("")
        assert not area.isVisible() and controls.request().inpaint_area == "whole"

    run_in_window(play, library=shipped)


def test_an_open_brush_does_not_handle_undo_on_another_page(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await generated(window)
        await until(lambda: window.gallery.page_model.rowCount() == 1)
        await _started(window, photo)
        stage = window.create_page.canvas_panel
        click(window.create_page.controls.start._mask)
        await until(lambda: stage.mode() == "mask")
        middle = stage.canvas.rect().center()
        drag(stage.canvas, middle, middle + QPoint(60, 0))
        painted = window.tools.start_image.brush.mask()
        window.open_page("gallery")
        window.gallery_page.grid.setFocus()
        await window.gallery.commands.delete([window.gallery.page_model.picture(0).id])
        assert window.gallery.page_model.rowCount() == 0
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.gallery.page_model.rowCount() == 1)
        assert np.array_equal(window.tools.start_image.brush.mask(), painted) and painted.any()

    run_in_window(play)


def test_escape_in_the_prompt_leaves_the_brush_open(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await _started(window, photo)
        stage = window.create_page.canvas_panel
        click(window.create_page.controls.start._mask)
        await until(lambda: stage.mode() == "mask")
        editor = window.create_page.controls.prompt.editor
        editor.setFocus()
        await until(editor.hasFocus)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not editor.hasFocus())
        assert stage.mode() == "mask"
        press(window, Qt.Key.Key_Escape)
        await until(lambda: stage.mode() == "")

    run_in_window(play)


def test_a_painted_mask_is_applied_unless_escape_is_pressed(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await generated(window)
        await _started(window, photo)
        stage, controls = window.create_page.canvas_panel, window.create_page.controls

        async def paint(across: int) -> np.ndarray:
            click(controls.start._mask)
            await until(lambda: stage.mode() == "mask")
            middle = stage.canvas.rect().center()
            drag(stage.canvas, middle, middle + QPoint(across, 0))
            return window.tools.start_image.brush.mask()

        painted = await paint(40)
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not controls.request().mask
        await wait_for_notice(window, "The painted mask is not used")
        button = notice_button(window, "Use mask")
        assert button is not None
        click(button)
        await until(lambda: controls.request().mask)
        assert np.array_equal(np.asarray(image_inputs.load(controls.request().mask).convert("L")), painted)
        click(controls.start._remove_mask_mark)
        painted = await paint(60)
        window.settings_restorer.show(window.gallery.panel_model.picture(0))
        await until(lambda: stage.mode() == "" and controls.request().mask)
        assert np.array_equal(np.asarray(image_inputs.load(controls.request().mask).convert("L")), painted)
        former, painted = controls.request().mask, await paint(-60)
        click(controls.button)
        await until(lambda: window.generation.job is not None)
        asked = window.generation.job.run.request
        assert asked.mask != former and np.array_equal(np.asarray(image_inputs.load(asked.mask).convert("L")), painted)
        await until(lambda: window.generation.job is None)

    run_in_window(play)


@pytest.mark.parametrize("shape", [(96, 128), (128, 96)])
def test_a_mask_of_an_image_of_any_shape_is_restored(home: Path, shape: tuple[int, int]) -> None:
    async def play(window: Window) -> None:
        starting, stage = window.tools.start_image, window.create_page.canvas_panel
        controls = window.create_page.controls
        await starting.use(np.full((*shape, 4), 90, np.uint8))
        await starting.paint_mask()
        middle = stage.canvas.rect().center()
        drag(stage.canvas, middle, middle + QPoint(40, 0))
        painted = starting.brush.mask()
        assert painted.shape == shape and painted.any()
        await starting.finish()
        await until(lambda: controls.request().mask)
        assert image_inputs.load(controls.request().mask).size == shape[::-1]
        await starting.paint_mask()
        assert np.array_equal(starting.brush.mask(), painted)
        press(window, Qt.Key.Key_Escape)

    run_in_window(play)


def test_masking_an_old_image_offers_its_prompt(home: Path) -> None:
    async def play(window: Window) -> None:
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        controls.prompt.set_text("a red disc")
        await generated(window)
        stage.tools.clicked.emit("mask")
        await until(lambda: stage.mode() == "mask")
        assert notice_button(window, "Use its prompt") is None
        press(window, Qt.Key.Key_Escape)
        controls.prompt.set_text("a blue disc")
        grid = window.create_page.gallery.grid
        grid.select(grid.model().picture(0).id)
        stage.tools.clicked.emit("mask")
        await wait_for_notice(window, "Your prompt is not the picture's")
        assert controls.prompt.text() == "a blue disc"
        button = notice_button(window, "Use its prompt")
        assert button is not None
        click(button)
        assert controls.prompt.text() == "a red disc" and controls.request().image

    run_in_window(play)


def test_cancelling_the_brush_keeps_the_previous_mask(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await _started(window, photo)
        stage = window.create_page.canvas_panel
        await window.tools.start_image.paint_mask()
        QTest.mouseClick(stage.canvas, Qt.MouseButton.LeftButton)
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not window.create_page.controls.request().mask
        assert stage.bar.isVisible()
        await window.tools.start_image.paint_mask()
        assert window.tools.start_image.brush.is_empty()
        # The stage switches to the run.
        click(window.create_page.controls.button)
        await until(lambda: len(window.viewer.views()) > 0 and window.generation.job is None)
        assert stage.mode() == "" and stage.canvas.tool() is None
        click(window.create_page.controls.start._remove_button)
        before, views = window.request_draft.written, list(window.viewer.views())
        assert views and not before.image
        for index in (len(views), 1):
            window.viewer.show_step(index)
            shown = stage.canvas.picture()
            stage.tools.clicked.emit("mask")
            await until(lambda: stage.mode() == "mask")
            assert window.request_draft["image"] and stage.caption[0] == "Mask"
            press(window, Qt.Key.Key_Escape)
            assert window.request_draft.written == before and list(window.viewer.views()) == views
            assert np.array_equal(stage.canvas.picture(), shown) and window.viewer.view() is views[index - 1]
            assert stage.caption[0] != "Mask"

    run_in_window(play)


async def _paint(window: Window) -> None:
    """Paint a line into the mask of the start image, and leave the brush open."""
    canvas_panel = window.create_page.canvas_panel
    await window.tools.start_image.paint_mask()
    middle = canvas_panel.canvas.rect().center()
    drag(canvas_panel.canvas, middle, middle + QPoint(40, 0))


def test_a_mask_that_is_being_painted_survives_the_end_of_the_program(home: Path, tmp_path: Path) -> None:
    async def paint(window: Window) -> None:
        await _started(window, _photo(tmp_path))
        await _paint(window)
        # A crash loses no stroke.
        await until(lambda: Session.load(paths.data_dir()).painted)
        _, first, kind = Session.load(paths.data_dir()).painted
        assert kind == unfinished_mask.TEMPORARY
        canvas = window.create_page.canvas_panel.canvas
        drag(canvas, canvas.rect().center(), canvas.rect().center() + QPoint(0, 40))
        await until(lambda: Session.load(paths.data_dir()).painted[1] != first)
        await until(lambda: not (paths.inputs_dir() / f"{first}.png").exists())
        assert not window.request_draft["mask"]

    async def go_on(window: Window) -> None:
        await until(lambda: notice_button(window, "Use mask"))
        click(notice_button(window, "Use mask"))
        await until(lambda: window.request_draft["mask"])
        assert (window.request_draft["image"], window.request_draft["mask"], unfinished_mask.TEMPORARY) == names
        await window.tools.start_image.paint_mask()
        assert not window.tools.start_image.brush.is_empty()

    run_in_window(paint)
    names = Session.load(paths.data_dir()).painted
    run_in_window(go_on)
    assert Session.load(paths.data_dir()).painted == ()


def test_redo_while_a_mask_is_painted_repeats_strokes_only(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        stack, done = window._notifier.undo_stack, list[str]()
        stack.push(UndoableAction("clear", lambda: lambda: done.append("clear")))
        await stack.undo()
        assert window.can_redo()
        await _started(window, _photo(tmp_path))
        await _paint(window)
        assert not window.can_redo()
        window.redo()
        window.undo()
        assert window.tools.start_image.brush.is_empty() and window.can_redo()
        window.redo()
        await asyncio.sleep(0)
        assert not window.tools.start_image.brush.is_empty() and done == []
        press(window, Qt.Key.Key_Escape)
        # The offer to use the mask is a new action.
        assert not window.can_redo()

    run_in_window(play)


def _stored() -> set[str]:
    return {file.stem for file in paths.inputs_dir().iterdir()}


def test_a_mask_that_was_stored_for_a_crash_is_deleted_once_it_is_used_or_cancelled(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete, named = image_inputs.delete, list[str]()

    def delete_if_unnamed(name: str) -> None:
        named.extend({name} & {*Session.load(paths.data_dir()).painted})
        delete(name)

    async def play(window: Window) -> None:
        starting, canvas = window.tools.start_image, window.create_page.canvas_panel.canvas
        await _started(window, _photo(tmp_path))
        before = _stored()
        await _paint(window)
        await until(lambda: Session.load(paths.data_dir()).painted)
        assert _stored() != before
        press(window, Qt.Key.Key_Escape)
        await until(lambda: _stored() == before)
        await _paint(window)
        await until(lambda: starting.painted.names)
        drag(canvas, canvas.rect().center(), canvas.rect().center() + QPoint(0, 40))
        await starting.painted.save()
        drag(canvas, canvas.rect().center(), canvas.rect().center() - QPoint(0, 40))
        await starting.finish()
        mask = window.request_draft["mask"]
        await until(lambda: _stored() == before | {mask})
        # A crash must not take the mask for one that nothing uses.
        assert mask and Session.load(paths.data_dir()).painted == ()
        assert named == [], "the session on the disk named a mask when it was deleted"

    monkeypatch.setattr(image_inputs, "delete", delete_if_unnamed)
    run_in_window(play)


def test_a_stored_mask_is_offered_beside_the_queue_and_deleted_with_its_start_image(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def paint(window: Window) -> None:
        await _started(window, _photo(tmp_path))
        await _paint(window)

    async def remove(window: Window) -> None:
        await until(lambda: notice_button(window, "Use mask"))
        window.tools.start_image.remove()
        finished.set()

    async def look(window: Window) -> None:
        await until(lambda: name not in _stored())
        assert notice_button(window, "Use mask") is None

    async def wait(_: QueueController) -> None:
        # The images of the queue are not finished.
        await finished.wait()

    run_in_window(paint)
    finished, name = asyncio.Event(), Session.load(paths.data_dir()).painted[1]
    monkeypatch.setattr(QueueController, "open", wait)
    run_in_window(remove)
    assert name in _stored()
    run_in_window(look)


def test_names_of_a_damaged_session_delete_nothing(home: Path, tmp_path: Path) -> None:
    victim = paths.data_dir() / "victim.png"

    async def prepare(window: Window) -> None:
        await _started(window, _photo(tmp_path))

    async def look(window: Window) -> None:
        await until(lambda: window.tools.start_image.painted.names == ())

    run_in_window(prepare)
    session = Session.load(paths.data_dir())
    assert session.request is not None
    victim.write_bytes(_photo(tmp_path).read_bytes())
    kept = _stored()
    for name in ("../victim", "", "a\0b", "x" * 5000):
        painted = (session.request.image, name, unfinished_mask.TEMPORARY)
        replace(session, painted=painted).save(paths.data_dir())
        run_in_window(look)
        assert victim.exists() and _stored() == kept


def test_undo_puts_no_mask_on_another_start_image(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        starting, draft = window.tools.start_image, window.request_draft
        canvas_panel = window.create_page.canvas_panel
        await generated(window)
        await _started(window, _photo(tmp_path))
        await _paint(window)
        await starting.finish()
        await until(lambda: draft.written.mask)
        masked = draft.written
        starting.remove()
        # Another image becomes the start image, by the key of the canvas.
        window.settings_restorer.show(window.gallery.panel_model.picture(0))
        await until(lambda: canvas_panel.caption[0] != "Former start picture")
        canvas_panel.setFocus()
        press(window, Qt.Key.Key_S)
        await until(lambda: draft.written.image)
        other = draft.written
        assert other.image != masked.image and not other.mask
        removed = notice_button(window, "Undo")
        assert removed is not None
        click(removed)
        await wait_for_notice(window, "Nothing to undo: you have changed it since Start picture removed")
        assert draft.written == other, "the mask of one image came to another"
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not draft.written.image)
        assert not draft.written.mask and draft.written.strength == Request().strength

    run_in_window(play)


def test_undo_takes_back_a_start_image_that_was_chosen_by_a_key(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.request_draft
        await generated(window)
        await _started(window, _photo(tmp_path))
        former = draft.written
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_S)
        await until(lambda: draft.written.image != former.image)
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: draft.written == former)

    run_in_window(play)


@pytest.mark.parametrize("way", ["start", "mask", "settings"])
def test_undo_keeps_what_was_typed_while_the_image_was_stored(
    home: Path, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, store, go = _photo(tmp_path), start_image._store, threading.Event()
    stored: list[object] = []

    def store_late(source: Path | np.ndarray) -> object:
        # The disk is slow.
        stored.append(source)
        assert go.wait(90)
        return store(source)

    monkeypatch.setattr(start_image, "_store", store_late)

    async def play(window: Window) -> None:
        starting, draft, prompt = window.tools.start_image, window.request_draft, window.create_page.controls.prompt
        prompt.set_text("a fox")
        start: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "start": lambda: starting.start_from(photo),
            "mask": lambda: starting.paint_mask(np.asarray(Image.open(photo))),
            "settings": lambda: window.settings_restorer.restore_from(photo),
        }
        task = asyncio.ensure_future(start[way]())
        await until(lambda: stored)
        prompt.set_text("a fox in the snow")
        go.set()
        await task
        assert draft.written.image
        if way == "mask":
            window.create_page.canvas_panel.mask_bar.closed.emit()
        else:
            window.undo()
        await until(lambda: not draft.written.image)
        assert prompt.text() == draft.written.prompt == "a fox in the snow"

    run_in_window(play)


def test_ctrl_z_reports_a_start_image_that_was_replaced_since(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        starting, draft = window.tools.start_image, window.request_draft
        await starting.start_from(_photo(tmp_path))
        await starting.start_from(_photo(tmp_path))
        starting.remove()
        window.undo()
        await wait_for_notice(window, "Undone Start picture removed")
        # The second use of the same image has changed nothing.
        window.undo()
        await until(lambda: not draft.written.image)
        await starting.start_from(_photo(tmp_path))
        starting._start.turn_to("")
        window.undo()
        await wait_for_notice(window, "Nothing to undo: you have changed it since")

    run_in_window(play)


def test_the_canvas_shows_a_run_that_was_started_while_a_mask_was_painted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, has_started = start_image.load_for_display, threading.Event()

    def read_late(image: str, mask: str) -> tuple[np.ndarray, np.ndarray | None]:
        # The mask is read again for its thumbnail, on a slow disk, while the first steps are made.
        assert not mask or has_started.wait(90)
        return read(image, mask)

    async def play(window: Window) -> None:
        # The first run of a window clears the canvas.
        await generated(window)
        await _started(window, _photo(tmp_path))
        await _paint(window)
        monkeypatch.setattr(start_image, "load_for_display", read_late)
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.generation.job is not None)
        assert window.generation.job.run.request.mask
        has_started.set()
        await until(lambda: window.tools.start_image._mask is not None and window.generation.job is None)
        assert window.viewer.shows_run and window.viewer.views()
        assert window.create_page.canvas_panel.caption[0] != "Start picture"

    # The image is read again before the first step replaces it on the canvas.
    run_in_window(play, library=GaussianLibrary(step_seconds=0.3))


@pytest.mark.parametrize(("image_side", "mask_side"), [(128, 32), (64, 256), (1500, 1500)])
def test_a_mask_of_another_size_is_shown_over_its_start_image(home: Path, image_side: int, mask_side: int) -> None:
    async def play(window: Window) -> None:
        starting, controls = window.tools.start_image, window.create_page.controls
        white = np.zeros((mask_side, mask_side), np.uint8)
        white[: mask_side // 2] = 255
        image = image_inputs.store(np.full((image_side, image_side, 4), 90, np.uint8))
        request = Request(prompt="a fox", model="gaussian", image=image, mask=image_inputs.store_mask(white))
        window.settings_restorer.use_request(request)
        await until(lambda: starting._mask is not None)
        click(controls.start.view)
        await until(lambda: window.create_page.canvas_panel.caption[0] == "Start picture")
        shown = window.create_page.canvas_panel.canvas.picture()
        assert starting._mask.shape == shown.shape[:2] and starting._mask[0].min() == 255
        assert starting._mask[-1].max() == 0

    run_in_window(play)


def test_a_start_image_chosen_in_a_branch_leaves_the_branch(home: Path, tmp_path: Path) -> None:
    photo = _photo(tmp_path)

    async def play(window: Window) -> None:
        await generated(window)
        window.viewer.show_step(2)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        drop(window, photo)
        await wait_for_notice(window, "it is the start picture of the next run")
        assert not window.steps.branching.on and window.create_page.controls.start._strength.isEnabled()
        await generated(window)
        made = read(max(pictures(home), key=lambda path: path.stat().st_mtime_ns)).request
        assert made is not None and made.image == image_inputs.store(photo) and made.branch is None

    run_in_window(play)


def test_file_dialogs_start_in_the_pictures_folder_and_then_in_that_of_the_last_choice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    show = QFileDialog.open

    def open_dialog(chooser: QFileDialog) -> None:
        # What is set later, a dialog of the system does not show.
        offered.extend(chooser.nameFilters())
        show(chooser)

    async def play(window: Window) -> None:
        (home / "pictures").mkdir(exist_ok=True)
        for folder in (home / "pictures", home):
            window.tools.start_image.choose()
            chooser = window.findChildren(QFileDialog)[-1]
            assert Path(chooser.directory().absolutePath()) == folder
            assert len(offered) == 1 and "*.png" in offered.pop()
            chooser.filesSelected.emit([str(home / "none.png")])
            chooser.reject()
        window.compare_controller._ask_for_files()
        chooser = window.findChildren(QFileDialog)[-1]
        assert Path(chooser.directory().absolutePath()) == home
        chooser.reject()
        # A dialog that shows its folder offers another one from there.
        dialog = FolderDialog(window.theme, "Export", "", home, window)
        for folder in (home / "pictures", home, home / "pictures"):
            shown = dialog.folder
            dialog._choose_button.click()
            chooser = dialog.findChildren(QFileDialog)[-1]
            assert Path(chooser.directory().absolutePath()) == shown
            chooser.filesSelected.emit([str(folder)])
            chooser.reject()

    monkeypatch.setattr(QFileDialog, "open", open_dialog)
    run_in_window(play)
