"""Grids in the real window: scheduler comparison, two axes, saved sheets, collections, and axis labels."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gdm_studio.engine.grids import list_axis_settings
from gdm_studio.gallery import Gallery, read
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.board.cell_scroll_area import FOOT, GAP, cell_side, columns_that_fit
from gdm_studio.ui.create.board.contact_sheet import CHUNK, AxisLabels, LabelledImage, draw_sheet
from gdm_studio.ui.create.board.grid_axis_editor import GridSetup
from gdm_studio.ui.create.board.grid_controller import GridController
from gdm_studio.ui.shell.window import Window
from tests.helpers import gaussian_model
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.languages import language
from tests.helpers.widgets import flat_image, show_widget, theme, wait_until
from tests.helpers.window import click, notice_button, notices, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated, pictures

FEW = ("sampler", "euler, heun, euler_a"), ("", "")
# Width in pixels of the screen on which a sheet is viewed.
SEEN = 1200
STEPS_BY_GUIDANCE = ("steps", "1-3"), ("guidance_scale", "1, 2")


def grids_of(window: Window) -> GridController:
    return window.tools.boards.grid


async def wait_for_grid(window: Window) -> None:
    await until(lambda: window.tools.boards.runner.job is None and grids_of(window).items())


def test_the_collection_of_a_grid_of_class_labels_is_named_after_its_axis_and_label(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepts = Capabilities(prompt="", labels=("cat", "owl"))
    monkeypatch.setattr(gaussian_model, "CARD", replace(CARD, accepts=accepts))

    async def play(window: Window) -> None:
        window.request_draft.change(label="cat")
        grids_of(window).make(("label", "owl, cat"), ("", ""))
        await wait_for_grid(window)
        await until(lambda: [one.name for one in Gallery.open().collections.all()] == ["Class: cat"])

    run_in_window(play)


def test_the_icon_beside_the_scheduler_prepares_a_comparison_of_schedulers(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, grids = window.create_page.controls, grids_of(window)
        controls.request_draft.change(seed=11)
        controls.request_draft.change(steps=3)
        click(controls.main_settings.compare)
        view = grids.view
        assert view.setup.isVisible() and view.setup.across.chips.chips["heun"].isChecked()
        assert window.tools.boards.runner.job is None and not view.cells
        click(view.setup.make)
        assert view.isVisible() and view.cells and not view.save.isEnabled()
        await wait_for_grid(window)
        requests = [item.request for item in grids.items()]
        names = [request.sampler for request in requests if request]
        assert len(names) >= 8 and len(names) == len(view.cells) and set(names) <= set(SAMPLERS)
        assert {request.seed for request in requests if request} == {11}
        # Each image is saved at once.
        await until(lambda: len(pictures(home)) == len(names))
        made_before = set(pictures(home))
        await until(lambda: window.gallery.panel_model.rowCount() == len(names))
        window.create_page.gallery.grid.setCurrentIndex(window.gallery.panel_model.index(0))
        grids.show()
        click(view.cells[names.index("heun")])
        beside = window.create_page.gallery.grid.current()
        assert beside is not None and beside.request.sampler == "heun", "the panel speaks of another picture"
        request = controls.request()
        assert (request.sampler, request.seed) == ("heun", 11) and not view.isVisible()
        shown = window.create_page.canvas_panel.canvas.picture()
        await generated(window)
        (again,) = set(pictures(home)) - made_before
        assert np.array_equal(np.asarray(Image.open(again)), shown)

    run_in_window(play)


@pytest.mark.parametrize("fast_of", ["", "whole"])
def test_suggested_values_are_in_the_range_in_which_the_model_is_good(
    home: Path, monkeypatch: pytest.MonkeyPatch, fast_of: str
) -> None:
    limited = replace(CARD, fast_of=fast_of, good_until={"guidance_scale": 2.5, "temperature": 1.3})
    monkeypatch.setattr(gaussian_model, "CARD", limited)

    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        across, down = grids.setup.across, grids.setup.down
        # The sampler is good from 10 steps on, and with the model's own 8, which a distilled model needs.
        assert (across.kind(), across.text()) == ("steps", "8, 12")
        assert (down.kind(), down.text()) == ("guidance_scale", "1, 2, 2.5")
        across.set_axis("temperature", None)
        assert across.text() == "0.5, 1, 1.3"

    run_in_window(play)


def test_a_two_axis_grid_is_saved_as_a_sheet_and_one_collection(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        assert grids.setup.isVisible()
        grids.setup.set_axes(*STEPS_BY_GUIDANCE)
        assert grids.setup._words.text() == "6 pictures"
        grids.setup.down.box.setFocus()
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await wait_for_grid(window)
        assert [(one.request.steps, one.request.guidance_scale) for one in grids.items() if one.request] == [
            *((1, 1.0), (2, 1.0), (3, 1.0)),
            *((1, 2.0), (2, 2.0), (3, 2.0)),
        ]
        await window.gallery.first_scan.wait()
        # Only the new files are read.
        monkeypatch.setattr(window.gallery, "scan", None)
        click(grids.view.save)
        await wait_for_notice(window, "Sheet saved")
        words = grids.view._words.text()
        assert "click one to use it" in words
        grids.open_axes()
        assert grids.setup.isVisible() and grids.view._words.text().startswith("One picture for each value")
        click(grids.view.axes)
        assert not grids.setup.isVisible() and grids.view._words.text() == words
        await grids.save()
        # The sheets are listed too, as copies of each other.
        await until(lambda: window.gallery.page_model.rowCount() == 6 + 1)

    run_in_window(play)
    sheets = sorted((home / "pictures").glob("*grid*.png"))
    # Each single image is saved once.
    assert len(sheets) == 2 and len(pictures(home)) == 6 + 2
    texts = Image.open(sheets[0]).text  # type: ignore[attr-defined]
    assert json.loads(texts[CHUNK])["x"] == {"setting": "steps", "values": [1, 2, 3]}
    (collection,) = Gallery.open().collections.all()
    assert collection.count == 6 and collection.name.startswith("Steps × guidance")
    singles = [path for path in pictures(home) if path not in sheets]
    assert {read(path).request.steps for path in singles} == {1, 2, 3}  # type: ignore[union-attr]


def test_an_undone_grid_is_cleared_and_can_be_regenerated(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        grids.make(("steps", "1-3"), ("", ""))
        for _ in range(2):
            await until(lambda: "in the gallery" in grids.view._words.text() and len(pictures(home)) == 3)
            window.create_page.canvas_panel.setFocus()
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: not pictures(home) and not any(cell.isEnabled() for cell in grids.view.cells))
            assert not grids.items() and not grids.view.save.isEnabled() and grids.view.stop.text() == "Continue"
            click(grids.view.stop)
        await until(lambda: "in the gallery" in grids.view._words.text() and len(pictures(home)) == 3)
        name = Gallery.open().collections.all()[0].name
        window.create_page.canvas_panel.notices.clear()
        for _ in range(2):
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await wait_for_notice(window, "3 pictures taken back")
            assert any(name in notice for notice in notices(window)), "which pictures"
            await until(lambda: not grids.items() and not Gallery.open().collections.all())
            back = notice_button(window, "Restore")
            assert back is not None
            click(back)
            await until(lambda: len(pictures(home)) == 3 and len(grids.items()) == 3)
            assert [(one.name, one.count) for one in Gallery.open().collections.all()] == [(name, 3)]
            await until(lambda: "in the gallery" in grids.view._words.text())
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not Gallery.open().collections.all())
        window.open_page("gallery")
        await until(lambda: window.gallery.page_model.rowCount() == 0)
        await window.gallery_controller.restore_action.restore_last()
        await until(lambda: [(one.name, one.count) for one in Gallery.open().collections.all()] == [(name, 3)])

    run_in_window(play)


def test_restored_images_stay_in_the_collection_of_later_images(home: Path) -> None:
    async def play(window: Window) -> None:
        board = window.tools.boards.saver.collection("Board", {}, lambda: None)

        def list_collections() -> list[tuple[str, int]]:
            return [(one.name, one.count) for one in Gallery.open().collections.all()]

        for number in (1, 2):
            request = Request(model="gaussian", seed=number, steps=3, size=(16, 16))
            board.add(request.digest(), Result(0, request, np.full((16, 16, 4), number, np.uint8)))
            await board.end()
            assert list_collections() == [("Board", number)]
            window.create_page.canvas_panel.notices.clear()
            window.create_page.canvas_panel.setFocus()
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await wait_for_notice(window, "1 picture taken back")
            assert len(board.pictures) == number - 1
            click(notice_button(window, "Restore"))
            await until(lambda number=number: len(board.pictures) == number)
            assert list_collections() == [("Board", number)]

    run_in_window(play)


def test_a_changed_grid_generates_only_missing_images(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.compare_schedulers()
        grids.make(*FEW)
        await wait_for_grid(window)
        euler = grids.items()[0]
        click(grids.view.axes)
        chips = grids.setup.across.chips.chips
        assert chips["euler"].isVisible() and not chips["analytic_ddim"].isEnabled()
        for name, chip in chips.items():
            if chip.isChecked() != (name in ("euler", "ddim")) and chip.isEnabled():
                chip.click()
        click(grids.setup.make)
        await wait_for_grid(window)
        assert [item.title for item in grids.items()] == ["Euler", "DDIM"]
        assert grids.items()[0].rgba is euler.rgba
        grids.view.scheduler_mode._group.button(1).click()
        await wait_for_grid(window)
        assert [item.request.spacing for item in grids.items() if item.request][1] == "trailing"

    run_in_window(play)


async def _check_invalid_values_are_reported_while_typing_and_in_their_cells(window: Window) -> None:
    grids = grids_of(window)
    grids.open_axes()
    line, setup = grids.setup.across.line, grids.setup
    line.clear()
    QTest.keyClicks(line, "4, four")
    assert "four" in setup._words.text() and not setup.make.isEnabled()
    line.clear()
    QTest.keyClicks(line, "1-2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await wait_for_grid(window)
    assert len(grids.view.cells) == 2 * 3
    grids.make(("sampler", "euler, analytic_ddim"), ("seed", "1, 2"))
    await wait_for_grid(window)
    assert "measured score norms" in grids.view.cells[1].toolTip()
    assert len(grids.items()) == 2 and grids.view.save.isEnabled()


def test_a_stopped_grid_keeps_its_images_and_can_be_continued(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        grids, stage = grids_of(window), window.create_page.canvas_panel
        grids.make(("seed", "1-8"), ("", ""))
        grids.open()
        await until(grids.items)
        click(grids.view.stop)
        await until(lambda: window.tools.boards.runner.job is None)
        there = len(grids.items())
        assert 0 < there < 8 and grids.view.stop.text() == "Continue" and grids.view.save.isEnabled()
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not grids.view.isVisible()
        grids.open()
        click(grids.view.stop)
        assert window.tools.boards.runner.job is not None and len(window.tools.boards.runner.requests) == 8 - there
        library.hurry()
        await wait_for_grid(window)
        assert len(grids.items()) == 8

    run_in_window(play, library=library)
    assert len(pictures(home)) == 8
    # A grid that was stopped and continued is one collection.
    assert [collection.count for collection in Gallery.open().collections.all()] == [8]


def test_generate_waits_for_a_grid_and_a_replaced_grid_can_be_restored(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("seed", "1-3"), ("", ""))
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4)
        # The grid was not cancelled.
        assert len(grids.items()) == 3
        window.create_page.controls.prompt.set_text("a calm blue disc")
        grids.make(("seed", "1, 2"), ("", ""))
        await wait_for_grid(window)
        notice = next(one for one in window.create_page.notices().shown if "Previous grid" in one.title)
        notice._button.click()
        await until(lambda: [one.request.prompt for one in grids.items() if one.request] == ["a cheerful red disc"] * 3)
        # All images of both grids and of the run.
        await until(lambda: len(pictures(home)) == 6)

    run_in_window(play)


def test_each_grid_is_a_collection_and_shared_images_are_saved_once(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("seed", "1, 2"), ("", ""))
        await wait_for_grid(window)
        grids.view.favourite_requested.emit(0)
        # A second request changes nothing.
        grids.view.favourite_requested.emit(0)
        await until(lambda: Gallery.open().count("is:favorite") == 1)
        grids.make(("seed", "1, 3"), ("", ""))
        await until(lambda: len(grids.items()) == 2)
        await until(lambda: window.tools.boards.runner.job is None)
        await asyncio.gather(grids.save(), grids.save())

    run_in_window(play)
    gallery = Gallery.open()
    # The sheet is an image without a seed.
    made = gallery.page(query="is:settings")
    assert sorted(picture.request.seed for picture in made) == [1, 2, 3] and gallery.count() == 4
    assert [collection.count for collection in gallery.collections.all()] == [2, 2]


def test_a_grid_that_replaces_an_unfinished_one_has_its_own_collection(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.05)

    async def play(window: Window) -> None:
        grids = grids_of(window)
        window.create_page.controls.request_draft.change(steps=4)
        grids.make(("seed", "1-40"), ("", ""))
        await until(grids.items)
        grids.make(("seed", "1-4"), ("", ""))
        library.hurry()
        await until(lambda: "in the gallery" in grids.view._words.text())
        assert len(grids.items()) == 4

    run_in_window(play, library=library)
    assert 4 in [one.count for one in Gallery.open().collections.all()] and len(pictures(home)) < 40


def test_a_grid_waits_until_an_earlier_picture_can_be_saved(home: Path) -> None:
    (home / "pictures").write_text("a file where the folder should be")

    async def play(window: Window) -> None:
        grids = grids_of(window)
        click(window.create_page.controls.button)
        await wait_for_notice(window, "The picture is not lost")
        await until(lambda: window.generation.job is None)
        grids.make(("seed", "1, 2"), ("", ""))
        grids.open()
        await until(lambda: "waits until a picture can be saved" in grids.view._words.text())
        (home / "pictures").unlink()
        await window.generation.saves.save_again()
        await wait_for_grid(window)
        await until(lambda: len(pictures(home)) == 3)
        assert "waits" not in grids.view._words.text()

    run_in_window(play)


def test_a_grid_shows_that_it_waits_for_a_paused_run(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        grids = grids_of(window)
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.view() is not None)
        window.generation.toggle_pause()
        grids.make(("seed", "1, 2"), ("", ""))
        grids.open()
        assert "waits while the run is paused" in grids.view._words.text()
        window.generation.toggle_pause()
        library.hurry()
        await wait_for_grid(window)
        assert "waits" not in grids.view._words.text()

    run_in_window(play, library=library)


def test_arrow_keys_move_between_cells_and_space_uses_one(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(*STEPS_BY_GUIDANCE)
        grids.open()
        await wait_for_grid(window)
        cells = grids.view.cells
        cells[0].setFocus()
        for _ in range(3):
            press(window, Qt.Key.Key_Right)
        # The row ends at its third cell.
        assert cells[2].hasFocus()
        press(window, Qt.Key.Key_Left)
        press(window, Qt.Key.Key_Down)
        assert cells[4].hasFocus()
        press(window, Qt.Key.Key_Right)
        press(window, Qt.Key.Key_Right)
        # The row ends at its last cell.
        assert cells[5].hasFocus()
        press(window, Qt.Key.Key_Space)
        assert window.create_page.controls.request().steps == 3

    run_in_window(play)


async def _check_arrow_keys_reach_the_cells_when_the_axes_are_collapsed(window: Window) -> None:
    grids = grids_of(window)
    grids.open_axes()
    assert grids.setup.make.isVisible()
    grids.setup.set_axes(*STEPS_BY_GUIDANCE)
    grids.setup.make.setFocus()
    press(window, Qt.Key.Key_Space)
    await wait_for_grid(window)
    assert not grids.setup.isVisible()
    press(window, Qt.Key.Key_Right)
    assert window.focusWidget() is grids.view.cells[0]
    grids.open_axes()
    grids.setup.make.setFocus()
    grids.view.axes.setChecked(False)
    press(window, Qt.Key.Key_Down)
    assert window.focusWidget() is grids.view.cells[0]


async def _check_a_grid_is_compared_side_by_side(window: Window) -> None:
    grids = grids_of(window)
    grids.make(("seed", "1, 2"), ("", ""))
    grids.open()
    await wait_for_grid(window)
    click(grids.view.compare)
    assert window.page() == "compare" and [item.title for item in window.compare_controller.items] == [
        "seed 1",
        "seed 2",
    ]


def test_grids_in_the_window(home: Path) -> None:
    """Check grids of images in one window."""
    run_in_window(
        _check_invalid_values_are_reported_while_typing_and_in_their_cells,
        _check_arrow_keys_reach_the_cells_when_the_axes_are_collapsed,
        _check_a_grid_is_compared_side_by_side,
    )


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12, 24])
@pytest.mark.parametrize("room", [(400, 500), (700, 640), (1900, 1200)])
def test_cells_fit_the_available_space(count: int, room: tuple[int, int]) -> None:
    columns, side = columns_that_fit(count, *room)
    rows = -(-count // columns)
    assert columns * (side + GAP) - GAP <= room[0] and side >= 100
    if side > 112 and count < 12:
        assert rows * (side + FOOT + GAP) - GAP <= room[1]


def test_no_cells_scroll_by_a_few_pixels() -> None:
    for width, height in product(range(400, 1000, 10), range(300, 700)):
        columns, side = columns_that_fit(12, width, height)
        excess = -(-12 // columns) * (side + FOOT + GAP) - GAP - height
        assert excess <= 0 or excess > 20, (width, height)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (3, 3), (2, 6), (12, 1)])
def test_all_cells_are_visible_unless_they_would_be_too_small(columns: int, rows: int) -> None:
    side = cell_side(columns, rows, (700, 600), 64)
    whole = columns * (side + GAP) - GAP <= 700 and rows * (side + GAP) - GAP <= 600
    assert whole if side > 64 else (columns * (64 + GAP) > 700 or rows * (64 + GAP) > 600)


@pytest.mark.parametrize("columns", [2, 5, 12])
def test_labels_of_a_sheet_are_legible_in_few_and_in_many_columns(columns: int) -> None:
    across = [f"DPM++ 2M SDE, {number} steps" for number in range(columns)]
    pictures = [LabelledImage("", "", flat_image(90, 90, 90)) for _ in range(columns)]
    image = draw_sheet(theme(), "", "", pictures, AxisLabels(across, ["seed 1"]))
    grey = image.convertToFormat(image.Format.Format_Grayscale8)
    levels = np.frombuffer(grey.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width()].astype(int)
    inked = (np.abs(levels - levels[2, 2]) > 50).any(axis=1)
    # The first inked line is a label, because there is no title.
    first = np.flatnonzero(inked)[0]
    high = np.flatnonzero(~inked[first:])[0]
    # Height of capitals and descenders in screen pixels.
    assert high * SEEN / max(image.width(), SEEN) >= 9
    assert image.width() <= 4000


def test_the_settings_of_the_axes_are_translated() -> None:
    with language("de"):
        setup = GridSetup(theme())
        setup.set_kinds(list_axis_settings(Request(model="gaussian"), [CARD]), {})
        titles = {choice.id: choice.title for choice in setup.across.box.choices()}
    assert (titles["steps"], titles["temperature"]) == ("Schritte", "Temperatur")
    assert titles["prompt"] != "Prompt part" and titles["sampler_own"] != "Scheduler at its best"


@pytest.mark.parametrize(
    ("name", "typed", "parsed"),
    [
        ("guidance_scale", "1,5, 2,5", "1.5, 2.5"),
        ("guidance_scale", "1,5; 2", "1.5, 2"),
        ("guidance_scale", "1,5, 2; 3", "1.5, 2, 3"),
        ("guidance_scale", "1,2,3", "1,2,3"),
        ("guidance_scale", "1-7 (+1,5)", "1-7 (+1.5)"),
        ("steps", "4,8", "4,8"),
        ("steps", "4,8;16", "4,8, 16"),
        ("prompt", "fox,owl", "fox,owl"),
    ],
)
def test_values_may_have_decimal_commas(name: str, typed: str, parsed: str) -> None:
    with language("de"):
        setup = GridSetup(theme())
        setup.set_kinds(list_axis_settings(Request(model="gaussian"), [CARD]), {})
        setup.across.set_axis(name, typed)
        assert setup.across.text() == parsed
        setup.across.set_axis("guidance_scale", "")
        assert "(+1,5)" in setup.across.line.placeholderText()


def test_suggested_values_have_the_notation_of_the_hint() -> None:
    with language("de"):
        setup = GridSetup(theme())
        setup.set_kinds(list_axis_settings(Request(model="gaussian"), [CARD]), {})
        setup.across.set_axis("guidance_scale", None)
        shown = setup.across.line.text()
        assert shown and "; " in shown and setup.across.line.placeholderText().startswith(shown)
        assert setup.across.text() == shown.replace(",", ".").replace("; ", ", ")


def test_a_long_reason_why_a_grid_is_refused_is_shown_whole() -> None:
    setup = show_widget(GridSetup(theme()), 560, 400)
    reason = "'1-1000000 (+1)' has too many values; a grid has at most 400 pictures, 20 across and 20 down."
    setup.set_summary(reason, is_valid=False)
    (shown,) = (each for each in setup.findChildren(QLabel) if each.text() == reason)
    assert wait_until(
        lambda: shown.height() >= shown.heightForWidth(shown.width()) > 1.5 * shown.fontMetrics().height()
    )
    assert not setup.make.isEnabled()
