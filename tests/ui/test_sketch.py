"""Sketch: the picture follows each stroke, is kept with its sketch, and the sketch outlives the window."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.jobs.job import NOTHING
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.generation import live_mode
from gdm_studio.ui.create.generation.live_mode import SKETCH_STEPS
from gdm_studio.ui.create.sketch import controller
from gdm_studio.ui.create.sketch.bar import CLEAR
from gdm_studio.ui.create.sketch.brush import ERASE, FILL, SketchBrush
from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import Session
from tests.helpers import tiny_stable
from tests.helpers.fast_model import FastLibrary
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import flat_image, record_signal, show_widget, theme
from tests.helpers.window import click, notices, press, run_in_window, until

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SIDE = 64


def stroke(window: Window, colour: str = "#ff0000", *, release: bool = True) -> None:
    """Draw a line across the middle of the sketch with the mouse."""
    window.tools.sketch.brush.set_colour(QColor(colour))
    canvas = window.create_page.canvas_panel.sketch_canvas
    middle = canvas._frame().center().toPoint()
    QTest.mousePress(canvas, LEFT, pos=middle - QPoint(20, 0))
    QTest.mouseMove(canvas, middle + QPoint(20, 0))
    if release:
        QTest.mouseRelease(canvas, LEFT, pos=middle + QPoint(20, 0))


def drawn_from(window: Window) -> str:
    """Return the stored sketch of the finished picture, or "" if there is none."""
    job = window.live.job
    return job.run.request.image if job is not None and job.run.state is State.DONE else ""


async def next_picture(window: Window, before: str = "") -> str:
    """Wait until the picture of another sketch is finished and shown, and return its stored sketch."""

    def is_shown() -> bool:
        return window.live.job is not None and window.viewer.run is window.live.job.run

    await until(lambda: drawn_from(window) not in ("", before) and is_shown())
    return drawn_from(window)


def middle_of(name: str) -> tuple[int, ...]:
    image = image_inputs.load(name)
    return image.getpixel((image.width // 2, image.height // 2))  # type: ignore[return-value]


def test_each_stroke_redraws_and_the_kept_picture_reproduces(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, stage = window.create_page.controls, window.create_page.canvas_panel
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: window.live.job is not None and window.live.job.run.state is State.DONE)
        assert window.live.on and controls.modes.sketch.isChecked() and stage.sketch_bar.isVisible()
        assert stage.sketch_bar.colour.accessibleDescription() == "Black"
        assert drawn_from(window) == "", "a blank sketch is no start image"
        seed = controls.seed.value()
        stroke(window)
        first = await next_picture(window)
        assert middle_of(first) == (255, 0, 0, 255)
        stroke(window, "#0000ff")
        second = await next_picture(window, first)
        stage.sketch_bar.strength.track.setValue(80)
        await until(lambda: drawn_from(window) == second and window.live.job.run.request.strength == 0.8)  # type: ignore[union-attr]
        assert window.viewer.seed() == seed
        press(window, Qt.Key.Key_K)
        await until(lambda: list((home / "pictures").glob("*.png")))
        [file] = (home / "pictures").glob("*.png")
        kept = read(file).request
        assert kept is not None and (kept.image, kept.strength, kept.seed) == (second, 0.8, seed)
        again = window.runner.submit(kept, NOTHING)
        await until(lambda: again.run.state is State.DONE)
        assert np.array_equal(again.run.results[0].rgba, np.asarray(Image.open(file)))
        press(window, Qt.Key.Key_Z, CONTROL)
        assert middle_of(await next_picture(window, second)) == (255, 0, 0, 255)
        press(window, Qt.Key.Key_Y, CONTROL)
        assert await next_picture(window, first) == second
        press(window, Qt.Key.Key_Escape)
        assert not window.live.on and not stage.is_sketching() and stage.noisy() is None and stage.bar.isVisible()
        assert controls.request().image == "" and len(list((home / "pictures").glob("*.png"))) == 1

    run_in_window(play)


def test_a_sketch_is_drawn_by_the_full_model(home: Path) -> None:
    """A fast version ignores the sketch at the default denoising strength."""

    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        draft.change(steps=20)
        await window.settings.load_model()
        for is_live in (False, True):
            window.modes.turn_live(is_live)
            assert draft["model"] == ("gaussian-fast" if is_live else "gaussian")
            press(window, Qt.Key.Key_D, CONTROL)
            await until(lambda: window.tools.sketch.is_open and window.live.on)
            stroke(window, "#0000ff" if is_live else "#ff0000")
            name = await next_picture(window)
            assert window.live.job is not None
            drawn = window.live.job.run.request
            assert (drawn.image, drawn.model, drawn.sampler, drawn.steps) == (name, "gaussian", "ddim", SKETCH_STEPS)
            press(window, Qt.Key.Key_Escape)
            await until(lambda: not window.tools.sketch.is_open)
            assert window.live.on == is_live and draft["model"] == ("gaussian-fast" if is_live else "gaussian")

    run_in_window(play, library=FastLibrary())


@pytest.mark.parametrize("is_live", [False, True])
def test_leaving_a_sketch_saves_its_finished_picture_once(
    home: Path, is_live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_mode, "SAVE_AFTER_SECONDS", 600.0)

    def sketches() -> list[str]:
        requests = [read(file).request for file in (home / "pictures").glob("*.png")]
        return [request.image for request in requests if request is not None]

    async def play(window: Window) -> None:
        window.live.toggle(is_live)
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: window.tools.sketch.is_open)
        stroke(window)
        await next_picture(window)
        # A picture of a blank sheet is not saved.
        press(window, Qt.Key.Key_Z, CONTROL)
        await until(lambda: window.live.job.run.request.image == "" and window.live.job.run.state is State.DONE)  # type: ignore[union-attr]
        press(window, Qt.Key.Key_Escape)
        names: list[str] = []
        for colour, keeps in (("#ff0000", False), ("#0000ff", True), ("#00ff00", False)):
            press(window, Qt.Key.Key_D, CONTROL)
            await until(lambda: window.tools.sketch.is_open)
            name = await next_picture(window) if names else ""
            assert names[-1:] in ([], [name])
            # The picture returns with the sketch.
            await until(lambda: not names or window.viewer.shows_run)
            stroke(window, colour)
            names.append(await next_picture(window, name))
            if keeps:
                press(window, Qt.Key.Key_K)
            press(window, Qt.Key.Key_Escape)
            await until(lambda: len(sketches()) == len(names) and (is_live or window.viewer.picture_id()))
            window.viewer.show_image(flat_image(0, 0, 0), "", "")
        assert sorted(sketches()) == sorted(names)

    run_in_window(play)


def test_a_sketch_has_not_the_strength_of_the_masked_area(home: Path) -> None:
    async def play(window: Window) -> None:
        draft, bar = window.create_page.controls.request_draft, window.create_page.canvas_panel.sketch_bar
        picture, mask = (image_inputs.store(np.full((SIDE, SIDE, 4), grey, np.uint8)) for grey in (99, 255))
        usual = draft["strength"]
        draft.put(image=picture, mask=mask, strength=1.0)
        for _ in range(2):
            press(window, Qt.Key.Key_D, CONTROL)
            await until(lambda: window.tools.sketch.is_open)
            assert usual < 1 and bar.strength.value() == usual
            bar.strength.track.setValue(80)
            press(window, Qt.Key.Key_Escape)
            await until(lambda: not window.tools.sketch.is_open)
            assert (draft["mask"], draft["strength"]) == (mask, 1.0)
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: window.tools.sketch.is_open)
        stroke(window)
        bar.strength.track.setValue(80)
        press(window, Qt.Key.Key_Return)
        await until(lambda: draft["image"] not in ("", picture) and not window.tools.sketch.is_open)
        assert (draft["mask"], draft["strength"]) == ("", 0.8)
        await window._notifier.undo()
        assert (draft["image"], draft["mask"], draft["strength"]) == (picture, mask, 1.0)
        # Settings that replace all others while the sketch is open have their own strength.
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: window.tools.sketch.is_open)
        window.settings.use(replace(draft.written, strength=0.3))
        window.tools.sketch.leave()
        assert (draft["mask"], draft["strength"]) == (mask, 0.3)
        # The next session begins without the sketch beside the mask.
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: window.tools.sketch.is_open)
        assert draft["strength"] == usual

    run_in_window(play, library=GaussianLibrary())
    saved = Session.load(home / "data").request
    assert saved.mask and saved.strength == 0.3


def test_the_panel_shows_that_a_sketch_replaces_the_masked_start_image(home: Path) -> None:
    async def play(window: Window) -> None:
        draft, start = window.request_draft, window.create_page.controls.start
        image, mask = (image_inputs.store(np.full((SIDE, SIDE, 4), grey, np.uint8)) for grey in (99, 255))
        draft.put(image=image, mask=mask)
        press(window, Qt.Key.Key_D, CONTROL)
        await until(lambda: drawn_from(window) == image)
        assert start._strength.isEnabled(), "a blank sketch replaces nothing"
        stroke(window)
        await next_picture(window, image)
        assert not window.live.job.run.request.mask
        assert not start._strength.isEnabled() and not start._area.isEnabled()
        assert start._title.text() == "Replaced by the sketch"
        # Such a lock, as of a branch, restores the state that it has found.
        window.steps.branching._locks.lock(play, "locked")
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.tools.sketch.is_open)
        window.steps.branching._locks.unlock(play)
        assert start._strength.isEnabled() and start._area.isEnabled() and start._title.text() == "Inpaint"

    run_in_window(play)


def test_a_sketch_outlives_the_window_and_leaves_few_files(home: Path) -> None:
    async def first(window: Window) -> None:
        click(window.create_page.controls.modes.sketch)
        await until(lambda: window.live.job is not None)
        window.tools.sketch._on_paper(CLEAR)
        name = ""
        brush = window.tools.sketch.brush

        async def draw(colour: str) -> str:
            # No event is handled during such a stroke, so that the change of paper is not stored with half of it.
            brush.set_colour(QColor(colour))
            line(brush, y=64)
            return await next_picture(window, name)

        for colour in ("#ff0000", "#00ff00", "#0000ff"):
            name = await draw(colour)
        for turn in (brush.undo, brush.redo):
            turn()
            name = await next_picture(window, name)
        await draw("#ffff00")

    async def second(window: Window) -> None:
        click(window.create_page.controls.modes.sketch)
        name = await next_picture(window)
        assert middle_of(name) == (255, 255, 0, 255) and image_inputs.load(name).getpixel((0, 0))[3] == 0  # type: ignore[index]
        # Returning to a blank sketch can be undone.
        window.tools.sketch._on_paper(CLEAR)
        assert "A new sketch It replaces the one before." in notices(window)
        await until(lambda: window.live.job is not None and window.live.job.run.request.image == "")

    run_in_window(first)
    # The newest sketch is its own strokes here; those before the one on the canvas are gone.
    assert len(list(paths.inputs_dir().glob("*.png"))) <= 2
    run_in_window(second)


def test_a_finished_stroke_survives_a_crash_and_a_replaced_sketch_returns(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    messages: list[str] = []

    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.sketch)
        await until(lambda: window.live.job is not None)
        stroke(window)

        def is_saved(colour: tuple[int, ...]) -> bool:
            _, _, strokes = Session.load(paths.data_dir()).sketch or ("", "", "")
            return bool(strokes) and middle_of(strokes) == colour

        await until(lambda: is_saved((255, 0, 0, 255)))
        window.tools.sketch._on_paper(CLEAR)
        await until(lambda: Session.load(paths.data_dir()).sketch == (CLEAR, "", ""))
        # Undo returns to the sketch once no stroke is left.
        stroke(window, "#00ff00")
        await until(lambda: is_saved((0, 255, 0, 255)))
        for _ in range(2):
            press(window, Qt.Key.Key_Z, CONTROL)
        assert window.tools.sketch.brush.strokes().pixelColor(window.tools.sketch.brush.strokes().rect().center()).red()
        await until(lambda: is_saved((255, 0, 0, 255)))

        # A full disk is reported when the window closes.
        def store(*_: object) -> None:
            raise StorageError("The disk is full.")

        monkeypatch.setattr(image_inputs, "store_temporarily", store)
        monkeypatch.setattr(window.generation.idle, "notify", lambda title, text: messages.append(text))

    run_in_window(play)
    assert messages == ["The disk is full."] and "The disk is full." in capfd.readouterr().err


def test_generate_starts_from_the_sketch_and_drawing_continues(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is None and window.viewer.picture_id())
        window.create_page.canvas_panel.tools.entries("edit_menu")[1].act()
        await until(lambda: window.create_page.canvas_panel.is_sketching())
        paper = await next_picture(window)
        stroke(window)
        name = await next_picture(window, paper)
        assert middle_of(name) == (255, 0, 0, 255)
        corner = image_inputs.load(name).getpixel((1, 1))
        click(window.create_page.controls.button)
        await until(lambda: len(list((home / "pictures").glob("*.png"))) == 2 and window.generation.job is None)
        made = read(max((home / "pictures").glob("*.png"), key=lambda file: file.stat().st_mtime_ns)).request
        assert made is not None and (made.image, made.steps) == (name, 8) and corner != (255, 255, 255, 255)
        # The settings of a picture in the strip need its sketch.
        taken = ""
        for colour in ("#00ff00", "#0000ff", "#ffff00", "#00ffff"):
            stroke(window, colour)
            name = await next_picture(window, name)
            if colour == "#00ff00":
                taken = name
                window.settings_restorer.use_request(window.live.job.run.request)  # type: ignore[union-attr]
        assert window.create_page.controls.request().image == taken and middle_of(taken) == (0, 255, 0, 255)

    run_in_window(play)


def test_a_slow_model_waits_until_the_pen_rests(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controller, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(controller, "REST_SECONDS", 0.02)

    async def play(window: Window) -> None:
        click(window.create_page.controls.modes.sketch)
        await until(lambda: window.live.job is not None and window.live.seconds > 0)
        blank = window.live.job
        stroke(window)
        stroke(window, "#00ff00", release=False)
        await asyncio.sleep(0.2)
        assert window.live.job is blank
        window.create_page.canvas_panel.sketch_canvas.tool().release()  # type: ignore[union-attr]
        name = await next_picture(window)
        assert middle_of(name) == (0, 255, 0, 255)
        # A stroke ends with the sketch that is left, and the window can be closed during one.
        brush = window.tools.sketch.brush
        stroke(window, release=False)
        press(window, Qt.Key.Key_Escape)
        assert not brush.is_drawing() and not window.create_page.canvas_panel.is_sketching()
        click(window.create_page.controls.modes.sketch)
        assert middle_of(await next_picture(window, name)) == (255, 0, 0, 255)
        stroke(window)
        stroke(window, release=False)

    run_in_window(play)


def test_the_size_of_the_pictures_and_that_of_the_sketch_agree(home: Path, shipped: Library) -> None:
    tiny_stable.write(home / "data" / "models" / "tiny.safetensors")
    # Of 64 × 64 pixels.
    Session(request=Request(model="tiny", steps=2, device="cpu", dtype="fp32")).save(home / "data")

    async def play(window: Window) -> None:
        sketch, controls = window.tools.sketch, window.create_page.controls
        await until(lambda: controls.request().model == "tiny" and window.generation.device)
        await sketch.open()
        controls.offer_size((96, 64))
        assert sketch.brush.strokes().size() == QSize(96, 64), "nothing is drawn yet"
        controls.offer_size((64, 64))
        await sketch.draw_on(flat_image(10, 200, 30, side=160)[:80])
        await next_picture(window)
        assert window.live.job is not None and window.live.job.run.request.size == (160, 80)
        # A size that the user chose applies.
        controls.offer_size((96, 96))
        controls.changed.emit()
        await until(lambda: window.live.job is not None and window.live.job.run.request.size == (96, 96))

    run_in_window(play, library=shipped)


def test_a_model_without_start_pictures_has_no_sketch(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.sketch)
        await until(lambda: window.live.job is not None)
        card = controls.request_draft.card
        assert card is not None
        controls.set_model(replace(card, accepts=replace(card.accepts, picture=False)))
        assert not window.create_page.canvas_panel.is_sketching() and not window.live.on
        assert not controls.modes.sketch.isEnabled() and any(
            "cannot start from a picture" in each for each in notices(window)
        )

    run_in_window(play, library=GaussianLibrary())


@pytest.fixture
def brush() -> SketchBrush:
    brush = SketchBrush(theme())
    brush.begin((SIDE, SIDE))
    brush.set_size(0.25)
    brush.set_colour(QColor("#ff0000"))
    return brush


def line(brush: SketchBrush, button: Qt.MouseButton = LEFT, *, y: int = 32) -> None:
    brush.press(QPointF(16, y), button)
    brush.move(QPointF(3 * y // 2, y))
    brush.release()


def alpha(brush: SketchBrush) -> np.ndarray:
    return controller._composite(np.zeros((SIDE, SIDE, 4), np.uint8), brush.strokes())[..., 3]


def test_erasing_uncovers_the_paper_and_filling_stops_at_strokes(brush: SketchBrush) -> None:
    paper = flat_image(10, 200, 30, side=SIDE)
    edited = record_signal(brush.edited)
    line(brush)
    drawn = controller._composite(paper, brush.strokes())
    assert tuple(drawn[32, 32]) == (255, 0, 0, 255) and tuple(drawn[2, 2]) == (10, 200, 30, 255)
    brush.set_tool(ERASE)
    line(brush)
    assert np.array_equal(controller._composite(paper, brush.strokes()), paper)
    brush.undo()
    brush.set_tool(FILL)
    asked = record_signal(brush.fill_asked)
    brush.press(QPointF(32, 4), LEFT)
    brush.release()
    brush.set_colour(QColor("#0000ff"))
    brush.fill(controller._area_at(paper, brush.strokes(), asked[0][0]))
    filled = controller._composite(paper, brush.strokes())
    assert tuple(filled[2, 2]) == (0, 0, 255, 255) and tuple(filled[32, 32]) == (255, 0, 0, 255)
    assert len(edited) == 4


def test_a_pen_draws_as_wide_as_it_is_pressed_and_erases_with_its_other_end(brush: SketchBrush) -> None:
    canvas = show_widget(Canvas(theme()), width=400, height=400)
    canvas.show_picture(flat_image(255, 255, 255, side=SIDE))
    canvas.set_tool(brush)
    canvas.pressure_changed.connect(brush.set_pressure)

    def dab(pressure: float, kind: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen) -> int:
        device = QPointingDevice(
            "pen", 1, QPointingDevice.DeviceType.Stylus, kind, QPointingDevice.Capability.Pressure, 1, 1
        )
        place, held = QPointF(200, 200), (LEFT, Qt.MouseButton.NoButton)
        for event, buttons in zip((QEvent.Type.TabletPress, QEvent.Type.TabletRelease), held, strict=True):
            force = pressure if buttons == LEFT else 0.0
            args = (event, device, place, place, force, 0.0, 0.0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(canvas, QTabletEvent(*args, LEFT, buttons))
        return int((alpha(brush) > 127).sum())

    light = dab(0.2)
    assert 0 < light < dab(1.0) / 3
    assert dab(1.0, QPointingDevice.PointerType.Eraser) == 0
    QTest.mouseClick(canvas, LEFT, pos=QPoint(200, 200))
    assert (alpha(brush) > 127).sum() > 3 * light, "a mouse has no pressure"
