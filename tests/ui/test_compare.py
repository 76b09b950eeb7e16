"""The compare page in the real window, its view of several images, and the differences between their settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gdm_studio.request.conditioning import ControlImage
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.ui.compare.page import ComparePage
from gdm_studio.ui.compare.setting_differences import differing, facts
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.image_comparison.compared_image import MOST, Item
from gdm_studio.ui.widgets.image_comparison.comparison_view import Panes
from gdm_studio.ui.widgets.image_comparison.difference import compute_difference
from gdm_studio.ui.widgets.image_comparison.shared_zoom import Lens, divide_into_panes
from tests.helpers.languages import language
from tests.helpers.widgets import drag, flat_image, show_widget, theme
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated, pictures

BASE = Request(prompt="a red fox", model="gaussian", seed=4)
RED, BLUE = (
    Item("red", flat_image(255, 0, 0), BASE),
    Item("blue", flat_image(0, 0, 255), replace(BASE, seed=5, steps=7)),
)


def test_pictures_come_from_files_and_their_settings_are_used(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        await generated(window)
        # Opening the window is faster without the page.
        assert window.findChild(ComparePage) is None
        window.open_page("compare")
        page = window.compare_controller.page
        assert page._empty_state.isVisible() and not page.panes.isVisible()
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in pictures(home)])
        args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        page.dropEvent(QDropEvent(QPointF(9, 9), *args))
        await until(lambda: len(window.compare_controller.items) == 2)
        assert page.panes.isVisible() and not page._empty_state.isVisible()
        seeds = [item.request.seed for item in window.compare_controller.items if item.request]
        assert len(set(seeds)) == 2
        window.create_page.controls.request_draft.change(seed=99)
        click(page.table.heads[1].use)
        assert window.page() == "create" and window.create_page.controls.request().seed == seeds[1]

    run_in_window(play)


def test_compared_images_are_remembered_as_far_as_their_files_exist(home: Path) -> None:
    async def leave(window: Window) -> None:
        await generated(window)
        await generated(window)
        window.compare_controller.add_files(pictures(home))
        await until(lambda: len(window.compare_controller.items) == 2)

    async def return_to(window: Window) -> None:
        assert window.findChild(ComparePage) is None
        window.open_page("compare")
        await until(lambda: [item.caption for item in window.compare_controller.items] == [kept.name])
        assert window.page() == "compare" and window.compare_controller.page.panes.isVisible()

    run_in_window(leave)
    removed, kept = pictures(home)
    removed.unlink()

    async def look_away(window: Window) -> None:
        window.open_page("create")

    # A session in which the page is not opened forgets nothing.
    run_in_window(look_away)
    run_in_window(return_to)


async def _check_images_are_reordered_removed_and_restored(window: Window) -> None:
    comparing = window.compare_controller
    comparing.open([RED, BLUE])
    page = comparing.page
    press(window, Qt.Key.Key_S)
    assert [item.title for item in comparing.items] == ["blue", "red"]
    comparing.open([replace(BLUE, request=replace(BASE, style="dark")), RED])
    assert {fact.name: fact.values for fact in facts(comparing.items)}["Style"] == ("Dark", "Any style")
    comparing.open([BLUE, RED])
    click(page.table.heads[0].right)
    assert [item.title for item in comparing.items] == ["red", "blue"]
    click(page.table.heads[0].remove)
    assert [item.title for item in comparing.items] == ["blue"] and page._hint.isVisible()
    window._notices.shown[-1]._button.click()
    await until(lambda: [item.title for item in comparing.items] == ["red", "blue"])
    comparing.open([RED, BLUE, RED])
    click(page.table.heads[2].remove)
    assert [item.title for item in comparing.items] == ["red", "blue"], "the same picture beside it stays"
    click(page.clear)
    assert page._empty_state.isVisible()
    comparing.open([RED] * (MOST + 3))
    assert len(comparing.items) == MOST


async def _check_an_image_can_be_moved_only_towards_a_neighbour(window: Window) -> None:
    comparing = window.compare_controller
    for count in (1, 2, 3):
        comparing.open([RED, BLUE, RED][:count])
        heads = comparing.page.table.heads
        assert [head.left.isEnabled() for head in heads] == [place > 0 for place in range(count)]
        assert [head.right.isEnabled() for head in heads] == [place + 1 < count for place in range(count)]


def test_a_comparison_is_saved_as_a_labelled_picture(home: Path) -> None:
    async def play(window: Window) -> None:
        window.compare_controller.open([RED, BLUE])
        await window.compare_controller.save()

        window.compare_controller.page.panes.set_mode("difference")
        await until(window.compare_controller.page.panes.shown_difference)
        await window.compare_controller.save()
        await until(lambda: window.gallery.page_model.rowCount() == 2)

    run_in_window(play)
    plain, with_difference = sorted(
        map(Image.open, (home / "pictures").glob("*comparison*.png")), key=lambda it: it.height
    )
    assert plain.width > 2 * 384 and with_difference.height > plain.height + 384


def test_a_comparison_is_taken_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.compare.controller.exports_folder", lambda: tmp_path)
    foreign = Item("a <photo>", flat_image(0, 255, 0))

    async def play(window: Window) -> None:
        comparing = window.compare_controller
        comparing.open([RED, BLUE, foreign])
        await comparing.save_handout(".html")
        await comparing.save_handout(".ipynb")
        page = (tmp_path / "comparison.html").read_text("utf-8")
        assert page.count("<figure>") == 3 and "3. a &lt;photo&gt;" in page
        assert "<h2>Noise" not in page and 'class="bar" hidden' in page, "there are no steps"
        cells = json.loads((tmp_path / "comparison.ipynb").read_bytes())["cells"]
        code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert "request_1" in code and "request_2" in code and "request_3" not in code

    run_in_window(play)


def test_the_page_of_a_comparison_has_the_recorded_steps(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gdm_studio.ui.compare.controller.exports_folder", lambda: tmp_path)

    async def play(window: Window) -> None:
        comparing = window.compare_controller
        for _ in range(2):
            await generated(window)
        comparing.add_files(pictures(home))
        await until(lambda: len(comparing.items) == 2)
        first, second = comparing.items
        assert first.request is not None and first.steps is not None and first.steps.is_file()
        steps = first.request.steps
        await comparing.save_handout(".html")
        page = (tmp_path / "comparison.html").read_text("utf-8")
        assert page.count("<img ") == 2 * steps and "<h2>Noise" in page and 'class="bar">' in page
        assert page.count(f"Step {steps} of {steps}") == 2 and page.count("https:") == 0
        first.steps.write_bytes(b"damaged")
        await comparing.save_handout(".html")
        (other,) = (path for path in tmp_path.glob("*.html") if path.name != "comparison.html")
        assert other.read_text("utf-8").count("<img ") == 1 + steps

    run_in_window(play)


def test_slider_and_difference_require_two_images() -> None:
    page = show_widget(ComparePage(theme()), 1200, 700)
    page.set_items([RED, BLUE])
    page.mode._group.button(1).click()
    assert page.mode.choice() == "slider"
    page.set_items([RED, BLUE, RED])
    assert page.mode.choice() == "side"
    modes = page.mode._group.buttons()
    assert [mode.isEnabled() for mode in modes] == [True, False, True, False]
    assert ["two pictures" in mode.toolTip() for mode in modes] == [False, True, False, True]
    page.set_items([RED, BLUE])
    assert "drag the line" in modes[1].toolTip()
    page.close()


async def _check_the_difference_is_computed_when_it_is_shown(window: Window) -> None:
    page, comparing = window.compare_controller.page, window.compare_controller
    comparing.open([RED, BLUE])
    page.mode._group.button(3).click()
    await until(lambda: "100 % of the pixels" in page.panes.accessibleDescription())
    comparing.open([RED, RED])
    await until(lambda: "pixel for pixel" in page.panes.accessibleDescription())


def read_pixel(view: Panes, x: int, y: int) -> tuple[int, int, int]:
    colour = view.grab().toImage().pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


def test_the_slider_is_dragged_and_moved_by_keys() -> None:
    view = show_widget(Panes(theme()), 400, 440)
    view.set_items([RED, BLUE])
    view.set_mode("slider")
    assert read_pixel(view, 160, 240) == (255, 0, 0) and read_pixel(view, 240, 240) == (0, 0, 255)
    drag(view, QPoint(200, 240), QPoint(230, 240))
    assert read_pixel(view, 222, 240) == (255, 0, 0) and read_pixel(view, 240, 240) == (0, 0, 255)
    before = view.split
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.split == pytest.approx(before - 0.02)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.split == pytest.approx(before + 0.08)
    view.close()


def test_flicker_is_switched_and_paused_by_keys() -> None:
    view = show_widget(Panes(theme()), 400, 440)
    view.set_items([RED, BLUE])
    view.set_mode("flicker")
    assert view._flicker_timer.isActive()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.shown == 1 and not view._flicker_timer.isActive() and read_pixel(view, 200, 240) == (0, 0, 255)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view._flicker_timer.isActive()
    view.hide()
    # A hidden view does not flicker.
    assert not view._flicker_timer.isActive()
    view.close()


def test_zoom_and_pan_are_shared_and_enlarged_pixels_stay_square() -> None:
    half = np.concatenate([flat_image(255, 0, 0, side=8)[:, :4], flat_image(0, 255, 0, side=8)[:, :4]], axis=1)
    view = show_widget(Panes(theme()), 804, 440)
    view.set_items([Item("one", half), Item("two", half)])
    for _ in range(14):
        QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Right)
    image = view.grab().toImage()
    left = [image.pixelColor(x, 240).rgb() for x in range(20, 380)]
    right = [image.pixelColor(x + 403, 240).rgb() for x in range(20, 380)]
    # No interpolated colour appears.
    assert set(left) == {0xFFFF0000, 0xFF00FF00} == set(right)
    assert abs(left.index(0xFF00FF00) - right.index(0xFF00FF00)) <= 1
    assert not view.is_fitted()
    view.fit()
    assert view.is_fitted()
    view.close()


def test_zooming_keeps_the_point_under_the_pointer() -> None:
    lens = Lens()
    lens.set_box(QSizeF(100, 100))
    pane = QRectF(0, 0, 300, 300)
    lens.fit(pane.size())
    about = QPointF(60, -30)

    def under() -> QPointF:
        frame = lens.frame(pane, QSizeF(100, 100), 1.0)
        return (pane.center() + about - frame.topLeft()) / frame.width()

    before = under()
    lens.zoom_to(2 * lens.scale, about)
    assert (under() - before).manhattanLength() < 0.01
    lens.drag(QPointF(-10_000, 0))
    # The image cannot be dragged out of view.
    assert lens.frame(pane, QSizeF(100, 100), 1.0).right() >= pane.center().x() - 1


def test_images_of_different_sizes_fit_into_one_box() -> None:
    lens = Lens()
    lens.set_box(QSizeF(256, 256))
    lens.fit(QSizeF(500, 500))
    large = lens.frame(QRectF(0, 0, 500, 500), QSizeF(256, 256), 1.0)
    small = lens.frame(QRectF(0, 0, 500, 500), QSizeF(64, 64), 1.0)
    wide = lens.frame(QRectF(0, 0, 500, 500), QSizeF(64, 32), 1.0)
    assert small == large and wide.width() == large.width() and abs(wide.height() - large.height() / 2) <= 1


@pytest.mark.parametrize(("rows", "columns"), [(8, 32), (32, 8)])
def test_an_image_of_any_shape_is_visible_to_its_corners(rows: int, columns: int) -> None:
    rgba = np.concatenate([flat_image(255, 0, 0, side=32)[:rows, :columns]])
    rgba[-2:, -2:] = 0, 255, 0, 255
    view = show_widget(Panes(theme()), 804, 440)
    view.set_items([Item("one", rgba)])
    image = view.grab().toImage()
    assert 0xFF00FF00 in {image.pixelColor(x, y).rgb() for x in range(0, 804, 4) for y in range(0, 440, 4)}
    view.close()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 12])
def test_panes_fit_the_space_and_do_not_overlap(count: int) -> None:
    room = QRectF(0, 0, 1200, 500)
    found = list(divide_into_panes(count, room, QSizeF(100, 100), 2))
    assert len(found) == count and all(room.contains(pane) for pane in found)
    assert not any(one.intersects(other) for one in found for other in found if one is not other)


def test_differing_settings_are_marked() -> None:
    unknown = Item("from a file", flat_image(0, 0, 0))
    found = {fact.name: fact for fact in facts([RED, BLUE, unknown])}
    assert {name for name, fact in found.items() if fact.differs} == {"Seed", "Steps"}
    assert found["Seed"].values == ("4", "5", "")
    near = Item("near", RED.rgba, replace(BASE, toward=Interpolation("a red fox", 9, 0.15), knobs={}))
    assert {fact.name for fact in facts([RED, near]) if fact.differs} == {"Towards"}
    partly = replace(RED, request=replace(BASE, steps=99), unstated=frozenset({"steps"}))
    assert not [fact for fact in facts([RED, partly]) if fact.differs], "an unknown value differs from none"
    stated = {fact.name for fact in facts([replace(RED, unstated=frozenset({"temperature", "tile"}))] * 2)}
    assert "Steps" in stated and not stated & {"Temperature", "Tile"}, "no file states them"
    chain = Interpolation("a pear", 9, 0.15, then=Interpolation("a red fox", 7, 1.0))
    assert {fact.name: fact.values for fact in facts([replace(near, request=replace(BASE, toward=chain))])}[
        "Towards"
    ] == ("15 %, “a pear”, seed 9 → 100 %, seed 7",)
    assert differing([RED, BLUE]) == ["seed 4 · steps 20", "seed 5 · steps 7"]
    stopped = replace(RED, stopped_at=12)
    assert differing([RED, stopped]) == ["steps 20", "steps 12 of 20"]


def test_settings_and_numbers_are_in_the_language_of_the_window() -> None:
    request = replace(BASE, negative_prompt="dull", temperature=0.6, hints=(ControlImage("edges", "a" * 64, 0.8),))
    items = [Item("a", RED.rgba, request), Item("b", RED.rgba, replace(request, spacing="leading"))]
    look = theme()
    with language("de"):
        found = {fact.name: fact.values[0] for fact in facts(items)}
        assert found["Negativer Prompt"] == "dull" and found["Modell"] == "gaussian" and "Schritte" in found
        assert found["Temperatur"] == "0,6" and found["Vorgaben"] == "edges 0,8"
        page = show_widget(ComparePage(look), 1200, 700)
        page.set_items(items)
        alike = page.table.alike
        assert alike is not None
        words = [each.text() for each in alike.findChildren(QLabel)]
        assert "Schritte" in words and "Steps" not in words
        page.close()


def test_the_difference_is_measured_on_visible_colours() -> None:
    one = flat_image(100, 100, 100)
    other = one.copy()
    other[:8, :, 0] = 110
    found = compute_difference(one, other)
    assert found.share == 0.5 and found.mean == pytest.approx(5.0)
    assert found.rgba[0, 0].tolist() == [160, 0, 0, 255] and "× 16" in found.words
    clear, tinted = flat_image(10, 20, 30, alpha=0), flat_image(200, 100, 50, alpha=0)
    # Colours of fully transparent pixels are ignored.
    assert compute_difference(clear, tinted).words == "the same, pixel for pixel"
    assert compute_difference(one, flat_image(100, 100, 100, side=32)).share == 0
    assert compute_difference(one[:8], flat_image(100, 100, 100, side=32)[:16]).rgba.shape == (8, 16, 4)


def test_the_key_of_the_page_compares_the_selected_pictures(home: Path) -> None:
    async def play(window: Window) -> None:
        for _ in range(2):
            await generated(window)
        window.open_page("gallery")
        await until(lambda: window.gallery_page.grid.model().rowCount() == 2)
        window.gallery_page.grid.selectAll()
        action = next(action for action in window.commands.actions() if action.keys == "Ctrl+3")
        action.act()
        await until(lambda: window.page() == "compare" and len(window.compare_controller.items) == 2)

    run_in_window(play)


async def _check_images_that_are_loaded_later_do_not_take_the_focus_from_another_page(window: Window) -> None:
    for on in (False, True):
        window.modes.turn_set(on)
        controls = window.create_page.controls
        editor = controls.things.editor if on else controls.prompt.editor
        editor.setFocus()
        press(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        window.compare_controller.page.set_items([RED, BLUE])
        assert window.focusWidget() is editor
        press(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is window.compare_controller.page.panes
        press(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is editor
    # Nor do they from the palette.
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.commands.palette
    assert palette is not None and window.focusWidget() is palette.field
    window.compare_controller.page.set_items([])
    window.compare_controller.page.set_items([RED, BLUE])
    assert window.focusWidget() is palette.field
    palette.close_up()


def test_the_compare_page_in_one_window(home: Path) -> None:
    """Check the Compare page in one window."""
    run_in_window(
        _check_images_are_reordered_removed_and_restored,
        _check_an_image_can_be_moved_only_towards_a_neighbour,
        _check_the_difference_is_computed_when_it_is_shown,
        _check_images_that_are_loaded_later_do_not_take_the_focus_from_another_page,
    )
