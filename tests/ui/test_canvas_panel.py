"""Canvas, film strip and noise curve, checked by their pixels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import View
from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
from gdm_studio.ui.create.panel.tile_popup import Tile, paint_sample
from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.create.viewer.canvas_panel import CanvasBar, CanvasPanel, caption_of
from gdm_studio.ui.create.viewer.filmstrip import Filmstrip
from gdm_studio.ui.create.viewer.step_thumbnails import CELL, EDGE, GAP, Strip
from gdm_studio.ui.models.sample_loader import Samples
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, image_scaler
from tests.helpers.languages import language
from tests.helpers.widgets import drag, flat_image, make_view, record_signal, show_widget, theme, wait_until
from tests.helpers.window import turn_wheel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look() -> Theme:
    return theme()


def _colour(widget: QWidget, x: int, y: int) -> tuple[int, int, int]:
    picture = widget.grab().toImage()
    ratio = picture.devicePixelRatio()
    colour = QColor(picture.pixel(round(x * ratio), round(y * ratio)))
    return colour.red(), colour.green(), colour.blue()


def _canvas(look: Theme) -> Canvas:
    return show_widget(Canvas(look), width=400, height=400)


def test_an_image_is_shown_in_its_colours_and_chequered_if_transparent(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(10, 200, 30)
    picture[:, :8, 3] = 0
    canvas.show_picture(picture)
    assert _colour(canvas, 240, 200) == (10, 200, 30)
    seen = {QColor(*_colour(canvas, x, 200)).name() for x in range(150, 190, 3)}
    assert seen == {QColor(look.tokens.checker_a).name(), QColor(look.tokens.checker_b).name()}


def test_transparent_edges_do_not_darken(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(255, 255, 255)
    # Wrong mixing of transparent black and opaque white would show a dark seam.
    picture[:, :8] = 0
    canvas.show_picture(picture)
    darkest_ground = min(QColor(look.tokens.checker_a).value(), QColor(look.tokens.checker_b).value())
    assert min(QColor(*_colour(canvas, x, 200)).value() for x in range(170, 230)) >= darkest_ground - 2


def test_the_next_image_keeps_zoom_and_position(look: Theme) -> None:
    canvas = _canvas(look)
    canvas.show_picture(flat_image(9, 9, 9))
    canvas.show_actual_size()
    canvas.zoom_by(3.0)
    canvas.show_picture(flat_image(7, 7, 7))
    assert canvas.zoom() == pytest.approx(3.0) and not canvas.is_fitted()


def test_the_wheel_zooms_around_the_pointer(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(0, 0, 255, side=64)
    picture[20:24, 20:24] = (255, 0, 0, 255)
    canvas.show_picture(picture)
    canvas.zoom_by(1.0)
    seen = canvas.grab().toImage()
    places = [(x, y) for x in range(100, 300, 4) for y in range(100, 300, 4)]
    spot = next(place for place in places if QColor(seen.pixel(*place)).red() > 240)
    before = canvas.zoom()
    turn_wheel(canvas, *spot, 2)
    assert canvas.zoom() == pytest.approx(before * 2**0.5)
    assert _colour(canvas, *spot)[0] > 240


@pytest.mark.parametrize("turned", [False, True])
def test_both_halves_of_a_zoomed_long_image_are_visible(look: Theme, turned: bool) -> None:
    canvas = _canvas(look)
    picture = np.zeros((80, 160, 4), np.uint8)
    picture[:40], picture[40:] = (255, 0, 0, 255), (0, 0, 255, 255)
    canvas.show_picture(np.ascontiguousarray(picture.swapaxes(0, 1)) if turned else picture)
    canvas.show_actual_size()
    canvas.zoom_by(8.0)
    for place, colour in ((150, (255, 0, 0)), (250, (0, 0, 255))):
        assert _colour(canvas, *((place, 200) if turned else (200, place))) == colour


def test_a_drag_moves_the_image_and_fit_resets_it(look: Theme) -> None:
    canvas = _canvas(look)
    canvas.show_picture(flat_image(200, 0, 0))
    ground = _colour(canvas, 120, 200)
    # The whole image is visible: there is nothing to move, and later images stay fitted.
    drag(canvas, QPoint(200, 200), QPoint(150, 200))
    assert canvas.is_fitted() and _colour(canvas, 120, 200) == ground
    canvas.zoom_by(0.999)
    drag(canvas, QPoint(200, 200), QPoint(150, 200))
    assert _colour(canvas, 120, 200) == (200, 0, 0) != ground
    canvas.fit()
    assert canvas.is_fitted() and _colour(canvas, 120, 200) == ground


def test_a_double_click_toggles_between_fit_and_actual_size(look: Theme) -> None:
    canvas = _canvas(look)
    canvas.show_picture(flat_image(1, 2, 3))
    QTest.mouseDClick(canvas, LEFT)
    assert canvas.zoom() == 1.0 and not canvas.is_fitted()
    QTest.mouseDClick(canvas, LEFT)
    assert canvas.is_fitted() and canvas.zoom() > 5


def test_zoomed_pixels_are_squares(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(0, 0, 0)
    picture[:, ::2, :3] = 255
    canvas.show_picture(picture)
    canvas.show_actual_size()
    canvas.zoom_by(20.0)
    row = {_colour(canvas, x, 200)[0] for x in range(120, 280, 7)}
    assert row == {0, 255}


def test_the_zoom_bar_is_shown_only_with_an_image(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=700, height=700)
    assert not canvas_panel.bar.isVisible()
    canvas_panel.canvas.show_picture(flat_image(1, 2, 3))
    assert canvas_panel.bar.isVisible()
    QTest.keyClick(canvas_panel, Qt.Key.Key_1)
    assert canvas_panel.canvas.zoom() == 1.0
    assert "100 %" in [child.text() for child in canvas_panel.bar.findChildren(type(canvas_panel.bar._size_button))]
    QTest.keyClick(canvas_panel, Qt.Key.Key_0)
    assert canvas_panel.canvas.is_fitted()


def test_the_key_of_the_actual_size_works_in_a_narrow_window_too(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=420, height=500)
    canvas_panel.bar.unfold_modes(True)
    canvas_panel.canvas.show_picture(flat_image(1, 2, 3))
    assert not canvas_panel.bar._size_button.isVisible() and canvas_panel.canvas.is_fitted()
    QTest.keyClick(canvas_panel, Qt.Key.Key_1)
    assert canvas_panel.canvas.zoom() == 1.0


def test_the_caption_of_a_step_shows_index_noise_and_time(look: Theme) -> None:
    assert caption_of(make_view(12, 20), "seed 7") == ("Step 12", "of 20 · seed 7 · σ 8 · 31 ms a step")
    paused = caption_of(make_view(12, 20), "seed 7", paused=True)
    assert paused == ("Paused", "at step 12 of 20 · seed 7 · σ 8 · 31 ms a step")


def test_a_caption_drops_its_last_facts_without_room(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=700, height=500)
    caption = canvas_panel._area.caption
    canvas_panel.set_caption("Step 12", "of 20 · seed 7 · σ 8 · 31 ms a step")
    assert caption._shown_parts[1] == "of 20 · seed 7 · σ 8 · 31 ms a step" and not caption.toolTip()
    caption.resize(150, caption.height())
    assert caption._shown_parts == ("Step 12", "of 20 · seed 7")
    assert caption.toolTip() == "Step 12 of 20 · seed 7 · σ 8 · 31 ms a step"


@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "ja", "zh_CN"])
@pytest.mark.parametrize("width", [290, 640, 700, 1200])
def test_the_tools_fit_on_the_canvas_in_every_language(look: Theme, code: str, width: int) -> None:
    with language(code):
        canvas_panel = show_widget(CanvasPanel(look), width=width, height=500)
        canvas_panel.tools.show()
        canvas_panel.tools.set_back("Back to the sheet")
        assert canvas_panel.tools.x() >= 0 and canvas_panel.tools.width() <= width
        assert all(button.width() >= button.sizeHint().width() for button in canvas_panel.tools.buttons.values())
        assert bool(canvas_panel.tools.buttons["noise_menu"].text()) or width < 1200


def test_a_narrow_canvas_has_room_for_the_caption_beside_the_tools(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=290, height=500)
    canvas_panel.canvas.show_picture(flat_image(1, 2, 3))
    canvas_panel.set_caption("Step 12", "of 20 · seed 7")
    canvas_panel.filmstrip.set_views([make_view(index, 20) for index in (1, 2)], 20)
    assert canvas_panel.filmstrip.title.shown() == "Steps · drag to look back"
    canvas_panel.set_finished(True)
    caption, tools = canvas_panel._area.caption, canvas_panel.tools
    assert caption._shown_parts == ("Step 12", "of 20 · seed 7")
    assert not caption.geometry().intersects(tools.geometry())
    canvas_panel.resize(900, 500)
    assert canvas_panel.filmstrip.title.shown().endswith("right-click to branch")


def _strip(look: Theme, made: int, of: int) -> tuple[Strip, list[View]]:
    strip = show_widget(Strip(look), width=EDGE * 2 + 8 * (CELL + GAP))
    views = [make_view(index, of) for index in range(1, made + 1)]
    strip.set_views(views, of)
    return strip, views


def _middle_of(cell: int) -> int:
    return EDGE + cell * (CELL + GAP) + CELL // 2


def test_the_last_image_of_a_series_is_scaled_as_well_as_a_single_one(look: Theme) -> None:
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 256, (16, 16, 4), np.uint8) for _ in range(2))
    single = _canvas(look)
    single.show_picture(second)
    canvas = _canvas(look)
    canvas.show_picture(first)
    canvas.show_picture(second)
    assert canvas.grab().toImage() != single.grab().toImage()
    wait_until(lambda: canvas.grab().toImage() == single.grab().toImage())


def test_large_images_are_scaled_on_another_thread(look: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled = record_scalings(monkeypatch)
    canvas = _canvas(look)
    canvas.show_picture(flat_image(200, 0, 0, side=1024))
    # Without a filter, a part of the image is shown at once.
    assert _colour(canvas, 200, 200) == (200, 0, 0)
    wait_until(lambda: canvas._scaler._is_current)
    for shade in range(0, 100, 10):
        canvas.show_picture(flat_image(0, shade, 200, side=1024))
        assert _colour(canvas, 200, 200)[0] in (0, 200)
    wait_until(lambda: _colour(canvas, 200, 200) == (0, 90, 200))
    canvas.zoom_by(3.3)
    assert _colour(canvas, 200, 200) == (0, 90, 200)
    wait_until(lambda: canvas._scaler._is_current and not canvas._scaler._is_busy)
    assert _colour(canvas, 200, 200) == (0, 90, 200)
    assert scaled and threading.main_thread() not in scaled


def record_scalings(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Return the list to which each scaling of an image appends its thread."""
    threads: list[threading.Thread] = []

    def recording(scale: Callable[..., object]) -> Callable[..., object]:
        def record(*args: object, **more: object) -> object:
            threads.append(threading.current_thread())
            return scale(*args, **more)

        return record

    for name in ("scale_quickly", "scale_to_pixmap", "scaled_image", "scaled_quickly"):
        monkeypatch.setattr(image_scaler, name, recording(getattr(image_scaler, name)))
    return threads


def test_the_brush_bar_is_fully_visible_in_a_narrow_canvas(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), 318, 470)
    canvas_panel.canvas.show_picture(flat_image(1, 2, 3))
    canvas_panel.set_mode("mask")
    bar = canvas_panel.mask_bar
    assert wait_until(bar.isVisible)
    parts = [part for part in bar.findChildren(QAbstractButton) if part.isVisible()]
    assert len(parts) == 5 and all(part.width() >= part.sizeHint().width() for part in parts)
    canvas_panel.resize(800, 470)
    assert wait_until(bar.undo.isVisible) and bar._done_button.text() == "Use mask"


def test_a_narrow_bar_is_styled_again_only_when_its_room_or_content_changes(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=290, height=500)
    bar = canvas_panel.bar
    bar.unfold_modes(True)
    bar.set_pause(True, False)
    changes: list[QObject] = []

    class Listener(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.DynamicPropertyChange:
                changes.append(watched)
            return False

    listener = Listener()
    modes = bar._choice.findChildren(QAbstractButton)
    for each in modes:
        each.installEventFilter(listener)
    assert all(each.property("tight") for each in modes)
    for _ in range(3):
        bar.set_pause(True, False)
    assert not changes
    bar.set_keep(True)
    assert changes and bar.widths()[1] <= 290
    canvas_panel.resize(1200, 500)
    assert not any(each.property("tight") for each in modes) and bar._fit_button.text()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_text_over_a_zoomed_image_has_its_own_background(look: Theme, scheme: str) -> None:
    """Text in theme colours is readable on both white and black images."""
    look.set_scheme(scheme)
    canvas_panel = show_widget(CanvasPanel(look), width=900, height=600)
    canvas_panel.set_caption("Step 3", "of 20")
    canvas_panel.set_finished(True)
    ground = QColor(look.tokens.background)
    for shade in (255, 0):
        canvas_panel.canvas.show_picture(flat_image(shade, shade, shade, side=128))
        canvas_panel.canvas.fit()
        assert not canvas_panel.canvas.overlaps(canvas_panel.tools.geometry())
        canvas_panel.canvas.show_actual_size()
        canvas_panel.canvas.zoom_by(20)
        for place in (QPoint(11, 22), canvas_panel.tools.geometry().topLeft() + QPoint(10, 2)):
            found = QColor(*_colour(canvas_panel, place.x(), place.y()))
            assert abs(found.value() - ground.value()) < 60, (shade, place, found.name())
        # The image itself is unchanged.
        assert QColor(*_colour(canvas_panel, 450, 300)).value() == shade
    look.set_scheme("system")


def test_a_click_focuses_the_canvas_without_a_focus_ring(look: Theme) -> None:
    canvas = _canvas(look)
    canvas.show_picture(flat_image(9, 9, 9))
    canvas.window().activateWindow()
    QTest.mouseClick(canvas, LEFT, pos=QPoint(200, 200))
    assert canvas.hasFocus() and _colour(canvas, 0, 200) == QColor(look.tokens.background).getRgb()[:3]
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert _colour(canvas, 0, 200) == QColor(look.tokens.accent).getRgb()[:3]


def test_cells_fill_with_steps_and_the_newest_is_selected(look: Theme) -> None:
    strip, views = _strip(look, made=2, of=6)
    assert strip.selected() == 2
    assert _colour(strip, _middle_of(1), 30) == (255, 0, 0)
    empty = _colour(strip, _middle_of(2), 30)
    assert empty != (255, 0, 0)
    views.append(make_view(3, 6))
    strip.refresh()
    assert strip.selected() == 3
    assert _colour(strip, _middle_of(2), 30) == (255, 0, 0)


def test_a_replaced_view_and_the_noisy_one_are_shown(look: Theme) -> None:
    strip, views = _strip(look, made=2, of=6)
    assert _colour(strip, _middle_of(0), 30) == (255, 0, 0)
    views[0] = make_view(1, 6, predicted=flat_image(0, 255, 0))
    strip.refresh()
    assert _colour(strip, _middle_of(0), 30) == (0, 255, 0)
    strip.set_view_mode("noisy")
    assert _colour(strip, _middle_of(0), 30) == (0, 0, 255)


def test_click_drag_keys_and_wheel_scrub(look: Theme) -> None:
    strip, _ = _strip(look, made=6, of=8)
    scrubbed = record_signal(strip.scrubbed)
    QTest.mouseClick(strip, LEFT, pos=QPoint(_middle_of(1), 30))
    assert scrubbed == [(2,)] and not strip.is_live()
    drag(strip, QPoint(_middle_of(1), 30), QPoint(_middle_of(4), 30))
    assert scrubbed[-1] == (5,)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert scrubbed[-1] == (4,)
    turn_wheel(strip, 50, 30, -1)
    assert scrubbed[-1] == (5,)
    QTest.mouseClick(strip, LEFT, pos=QPoint(_middle_of(7), 30))
    assert scrubbed[-1] == (6,), "a step that is not made yet gives the newest"


def test_a_click_on_the_newest_step_keeps_it_selected(look: Theme) -> None:
    strip, views = _strip(look, made=4, of=8)
    scrubbed = record_signal(strip.scrubbed)
    QTest.mouseClick(strip, LEFT, pos=QPoint(_middle_of(3), 30))
    views.append(make_view(5, 8))
    strip.refresh()
    assert scrubbed == [(4,)] and strip.selected() == 4 and not strip.is_live()


def test_an_earlier_step_stays_selected_until_live_is_pressed(look: Theme) -> None:
    strip, views = _strip(look, made=4, of=8)
    asked = record_signal(strip.live_asked)
    strip.select(2)
    views.append(make_view(5, 8))
    strip.refresh()
    assert strip.selected() == 2
    QTest.keyClick(strip, Qt.Key.Key_End)
    assert len(asked) == 1
    strip.go_live()
    assert strip.selected() == 5 and strip.is_live()


@pytest.mark.slow
def test_a_thousand_steps_paint_and_cache_only_a_few(look: Theme) -> None:
    strip, _ = _strip(look, made=1000, of=1000)
    for index in (1, 400, 1000):
        strip.select(index)
        strip.grab()
    seen = strip.width() // (CELL + GAP) + 2
    assert len(strip._cache) <= 3 * seen
    for index in range(1, 1001, 5):
        strip.select(index)
        strip.grab()
    assert len(strip._cache) <= 256


def test_the_strip_shows_the_selected_cell_wherever_it_is(look: Theme) -> None:
    strip, views = _strip(look, made=100, of=100)
    views[49] = make_view(50, 100, predicted=flat_image(0, 255, 0))
    strip.select(50)
    assert any(_colour(strip, x, 30) == (0, 255, 0) for x in range(EDGE, strip.width(), 20))


@pytest.mark.parametrize("beside", [49, 51])
def test_the_neighbours_of_the_selected_step_are_visible(look: Theme, beside: int) -> None:
    strip, views = _strip(look, made=100, of=100)
    views[beside - 1] = make_view(beside, 100, predicted=flat_image(0, 255, 0))
    for before in (1, 100):
        strip.select(before)
        strip.select(50)
        assert any(_colour(strip, x, 30) == (0, 255, 0) for x in range(EDGE, strip.width(), 20))


def test_a_wider_strip_shows_more_steps(look: Theme) -> None:
    strip = show_widget(Strip(look), width=EDGE * 2 + 3 * (CELL + GAP))
    strip.set_views([make_view(index, 20) for index in range(1, 11)], 20)
    strip.resize(EDGE * 2 + 8 * (CELL + GAP), strip.height())
    strip.grab()
    assert all(_colour(strip, _middle_of(cell), 30) == (255, 0, 0) for cell in range(6))


@pytest.mark.parametrize("width", [400, 536, 698, 1977])
def test_whole_cells_fill_a_strip_of_any_width(look: Theme, width: int) -> None:
    strip = show_widget(Strip(look), width=width)
    strip.set_views([make_view(index, 200) for index in range(1, 201)], 200)
    seen = strip.grab().toImage()
    ratio = seen.devicePixelRatio()
    row = [QColor(seen.pixel(round(x * ratio), round(30 * ratio))).name() == "#ff0000" for x in range(width)]
    assert any(row[width - EDGE - 8 : width - EDGE]) and not any(row[: EDGE + 1] + row[width - EDGE :])
    runs = "".join("x" if red else " " for red in row).split()
    assert len({len(run) for run in runs[:-1]}) == 1, "a cell is cut"


class _PaintedRegions(QObject):
    """Event filter that records the regions that a widget paints."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.seen: list[QRegion] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.seen.append(event.region())
        return False


def test_a_new_step_repaints_only_the_cells_that_it_changes(look: Theme) -> None:
    strip, views = _strip(look, 3, 8)
    painted = _PaintedRegions(strip)
    QApplication.processEvents()

    def cells_painted_by(change: Callable[[], object]) -> set[int]:
        painted.seen.clear()
        change()
        strip.refresh()
        QApplication.processEvents()
        places = {cell: QPoint(_middle_of(cell), 30) for cell in range(8)}
        return {cell for cell, place in places.items() if any(region.contains(place) for region in painted.seen)}

    assert cells_painted_by(lambda: None) == set()
    # The selection leaves the third cell.
    assert cells_painted_by(lambda: views.append(make_view(4, 8))) == {2, 3}
    # The first two previews are decoded later.
    sharp = [make_view(index, 8, predicted=flat_image(0, 255, 0)) for index in (1, 2)]
    assert cells_painted_by(lambda: views.__setitem__(slice(0, 2), sharp)) == {0, 1}
    assert cells_painted_by(lambda: strip.select(2)) == {1, 3}
    assert cells_painted_by(lambda: strip.set_steps(12)) == set(range(8))


def test_images_of_a_batch_can_be_selected_and_live_shows_during_a_run(look: Theme) -> None:
    panel = show_widget(Filmstrip(look), width=600)
    panel.set_views([make_view(i, 9) for i in (1, 2, 3)], 9)
    panel.set_images(3, 1)
    chosen, asked = record_signal(panel.image_chosen), record_signal(panel.live_asked)
    QTest.keyClick(panel, Qt.Key.Key_BracketRight)
    QTest.keyClick(panel, Qt.Key.Key_BracketLeft)
    assert chosen == [(2,), (0,)]
    live = next(child for child in panel.findChildren(QWidget) if child.accessibleName() == "Latest")
    assert not live.isVisible()
    panel.set_running(True)
    assert live.isVisible() and not live.isEnabled()
    panel.select(1)
    QTest.mouseClick(live, LEFT)
    assert len(asked) == 1


def _path(*sigmas: float) -> tuple[NoiseLevel, ...]:
    return tuple(NoiseLevel(1.0, sigma) for sigma in sigmas)


def test_the_curve_falls_and_a_click_picks_a_step(look: Theme) -> None:
    curve = show_widget(NoiseCurve(look), width=300)
    picked = record_signal(curve.picked)
    curve.set_path(_path(80.0, 5.0, 0.5, 0.05, 0.0))
    curve.set_current(2)
    accent = QColor(look.tokens.accent)

    def height_at(x: int) -> int:
        column = [QColor(*_colour(curve, x, y)) for y in range(2, curve.height() - 2)]
        return min(range(len(column)), key=lambda y: _distance(column[y], accent))

    heights = [height_at(x) for x in (14, 81, 218, 286)]
    assert heights == sorted(heights) and heights[0] < heights[-1] - 20
    QTest.mouseClick(curve, LEFT, pos=QPoint(150, 30))
    assert picked == [(2,)]


@pytest.mark.parametrize(
    "path",
    [
        (),
        _path(0.0),
        _path(1.0, 0.0),
        (NoiseLevel(0.0, 1.0), NoiseLevel(0.6, 0.8), NoiseLevel(1.0, 0.0)),
        _path(*[1.0] * 1000, 0.0),
    ],
)
def test_every_noise_path_can_be_drawn(look: Theme, path: tuple[NoiseLevel, ...]) -> None:
    curve = show_widget(NoiseCurve(look), width=300)
    curve.set_path(path)
    curve.set_current(len(path))
    assert not curve.grab().isNull()


def _distance(one: QColor, other: QColor) -> int:
    return int(np.abs(np.array(one.getRgb()[:3]) - np.array(other.getRgb()[:3])).sum())


def test_enlarged_edges_use_only_colours_of_the_image(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(255, 140, 0)
    # Bicubic interpolation overshoots here, in colour and in alpha.
    picture[:8, :8, 3] = 0
    picture[4, 12, 3] = 90
    canvas.show_picture(picture)
    seen = canvas.grab().toImage()
    blues = [QColor(seen.pixel(x, y)).blue() for x in range(150, 250) for y in range(150, 250)]
    assert max(blues) <= max(QColor(look.tokens.checker_a).blue(), QColor(look.tokens.checker_b).blue())


def test_the_text_of_a_narrow_empty_canvas_is_fully_visible(look: Theme) -> None:
    def inked(width: int) -> int:
        canvas = show_widget(Canvas(look), width=width, height=300)
        canvas.set_empty("Your picture will appear here", "")
        ground = canvas.grab().toImage().pixel(2, 150)
        picture = canvas.grab().toImage()
        return sum(picture.pixel(x, y) != ground for x in range(picture.width()) for y in range(picture.height()))

    assert inked(170) > 0.95 * inked(400), "the title is clipped"


def test_black_drawings_are_visible_on_every_default_ground(look: Theme) -> None:
    try:
        for scheme in ("dark", "light"):
            look.set_scheme(scheme)
            grounds = (look.tokens.checker_a, look.tokens.checker_b, look.colour(look.plate("raised")).name())
            assert all(_contrast_with_black(QColor(ground)) >= 3 for ground in grounds), scheme
    finally:
        look.set_scheme("dark")


def _contrast_with_black(colour: QColor) -> float:
    """Return the contrast ratio of WCAG 2, which requires 3 for graphics."""
    shares = np.array(colour.getRgbF()[:3])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float((linear @ [0.2126, 0.7152, 0.0722] + 0.05) / 0.05)


def test_the_canvas_shows_the_chosen_colour_behind_a_transparent_image(look: Theme) -> None:
    canvas = _canvas(look)
    picture = flat_image(10, 200, 30)
    picture[:, :8, 3] = 0
    canvas.show_picture(picture)
    try:
        for choice, colour in (("#ff8800", "#ff8800"), ("light", "#f3f4f7"), ("dark", "#15171c")):
            look.set_canvas(choice)
            seen = {QColor(*_colour(canvas, x, 200)).name() for x in range(150, 190, 3)}
            assert seen == {colour}
    finally:
        look.set_canvas("checker")


def test_a_style_tile_shows_a_black_drawing(look: Theme, tmp_path: Path) -> None:
    drawing = tmp_path / "ink.png"
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(drawing)
    samples = Samples(look)
    samples.picture(drawing)
    assert wait_until(lambda: not samples.picture(drawing).isNull())
    panel = QPixmap(40, 40)
    panel.fill(look.colour("panel"))
    painter = QPainter(panel)
    paint_sample(painter, QRectF(0, 0, 40, 40), Tile("ink", "Ink", picture=drawing), look, samples)
    painter.end()
    assert _contrast_with_black(QColor(panel.toImage().pixel(20, 20))) >= 3


def test_the_last_step_fades_in(look: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = _canvas(look)
    canvas.show_picture(flat_image(255, 0, 0))
    assert _colour(canvas, 200, 200) == (255, 0, 0)
    monkeypatch.setattr(look, "duration", lambda milliseconds: 60_000)
    canvas.show_picture(flat_image(0, 0, 255), fades=True)
    red, _, blue = _colour(canvas, 200, 200)
    assert red > blue, "the former image is still visible"
    canvas._fade.setCurrentTime(30_000)
    red, _, blue = _colour(canvas, 200, 200)
    assert abs(red - blue) < 40
    monkeypatch.setattr(look, "duration", lambda milliseconds: 0)
    canvas.show_picture(flat_image(0, 255, 0), fades=True)
    assert _colour(canvas, 200, 200) == (0, 255, 0), "reduced motion"


def test_the_bar_does_not_move_when_a_run_ends(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), width=760, height=500)
    canvas_panel.canvas.show_picture(flat_image(9, 9, 9))
    for width in (760, 420, 300):
        canvas_panel.resize(width, 500)
        places = []
        for is_running in (True, False):
            canvas_panel.bar.set_pause(is_running, False)
            canvas_panel.layout().activate()
            parts = (canvas_panel.bar._choice, canvas_panel.bar._fit_button)
            places.append([part.mapTo(canvas_panel, QPoint()).x() for part in parts])
        assert places[0] == places[1], width


def test_a_narrow_bar_gives_up_its_zoom_before_its_view_modes(look: Theme) -> None:
    bar = show_widget(CanvasBar(look))
    bar.unfold_modes(True)
    fitted = record_signal(bar.fit_clicked)
    modes = bar._choice.findChildren(QAbstractButton)
    # The width of the canvas in a window of 1024 pixels.
    bar.fit_in(426)
    assert len(modes) == 5 and all(mode.isVisible() for mode in modes)
    assert bar._fit_button.isHidden() and bar.widths()[1] <= 426
    QTest.keyClick(bar, Qt.Key.Key_0)
    assert len(fitted) == 1, "its key still works"
    bar.fit_in(2000)
    assert bar._fit_button.isVisible()


def test_the_only_button_of_the_view_modes_is_as_wide_as_its_label(look: Theme) -> None:
    canvas_panel = show_widget(CanvasPanel(look), 700, 500)
    canvas_panel.canvas.show_picture(flat_image(200, 0, 0))
    for mode in ("both", "predicted", "noisy"):
        canvas_panel.bar.set_view_mode(mode)
        canvas_panel.bar.layout().activate()
        (button,) = (each for each in canvas_panel.bar._choice.findChildren(QAbstractButton) if each.isVisible())
        assert button.width() >= button.sizeHint().width(), mode


def test_a_notice_covers_neither_the_image_nor_buttons(look: Theme) -> None:
    panel = show_widget(CanvasPanel(look), width=700, height=670)
    panel.canvas.show_picture(flat_image(10, 200, 30))
    panel.set_finished(True)
    text = "disc.png · #7\n" + "Long text. " * 40
    older = panel.notices.show_notice("Picture exported", text, seconds=0)
    notice = panel.notices.show_notice("Stopped", text, action="What was read", on_undo=len, seconds=0)

    def place(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(panel, QPoint()), widget.size())

    # The last is the size in the smallest window.
    for wide, tall in ((700, 670), (700, 1000), (290, 552)):
        panel.resize(wide, tall)
        panel.filmstrip.set_images(8, 1)
        QTest.qWait(1)
        parts = [each for each in panel.filmstrip.findChildren(QAbstractButton) if each.isVisible()]
        assert len(parts) >= 3
        parts += [panel.bar, panel.tools] if wide < 300 else [panel.bar, panel.tools, panel.filmstrip.strip]
        assert panel.tools.isVisible()
        shown = [place(each) for each in panel.notices.shown]
        assert len(shown) == 2 and all(panel.rect().contains(box) for box in shown)
        assert not [box for box in shown for part in parts if box.intersects(place(part))]
        title, message = (each for each in notice.findChildren(ElidedLabel) if each.isVisible())
        assert title.shown() == "Stopped" and len(message.shown()) > 15 and "\n" not in message.shown()
    QTest.mouseClick(older._more_button, LEFT)
    assert older.isHidden(), "it would be seen above the newer one"
    notice._more_button.setFocus()
    panel.resize(291, 552)
    QTest.keyClick(notice._more_button, Qt.Key.Key_Space)
    QTest.qWait(1)
    assert notice.isAncestorOf(QApplication.focusWidget()) and panel.rect().contains(notice.geometry())
    _, whole = (each for each in notice.findChildren(QLabel) if each.isVisible() and each.text())
    assert all(each.y() > whole.geometry().bottom() for each in notice.findChildren(QPushButton))
    notice.dismiss()
    short = panel.notices.show_notice("Deleted", on_undo=len, seconds=0)
    QTest.qWait(1)
    assert [each.text() for each in short.findChildren(QPushButton) if each.isVisible()] == ["Undo"]
