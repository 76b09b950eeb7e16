"""Grids through the real window: many schedulers, two axes, what is saved of them, and the words below the axes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import Gallery, read
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.ui.create.grids.cells import FOOT, GAP, fitting, side_of_axes
from gdm_studio.ui.create.grids.grids import Grids
from gdm_studio.ui.create.grids.sheet_picture import CHUNK, Axes, Labelled, drawn
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.looks import flat, theme
from tests.helpers.opened import click, offered, opened, press, told, until
from tests.ui.test_flow import generated, pictures

FEW = ("sampler", "euler, heun, euler_a"), ("", "")
SEEN = 1200  # pixels of a screen that a sheet is looked at in
STEPS_BY_GUIDANCE = ("steps", "1-3"), ("guidance_scale", "1, 2")


def grids_of(window: Window) -> Grids:
    return window.tools.sheets.grids


async def made(window: Window) -> None:
    await until(lambda: window.tools.sheets.batch.job is None and grids_of(window).items())


def test_one_click_makes_a_picture_with_each_scheduler_and_one_more_takes_one_over(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, grids = window.create_page.controls, grids_of(window)
        controls.draft.change(seed=11)
        controls.draft.change(steps=3)
        click(controls.row.compare)
        view = grids.view
        assert view.isVisible() and view.cells and not view.save.isEnabled()
        await made(window)
        requests = [item.request for item in grids.items()]
        names = [request.sampler for request in requests if request]
        assert len(names) >= 8 and len(names) == len(view.cells) and set(names) <= set(SAMPLERS)
        assert {request.seed for request in requests if request} == {11}
        await until(lambda: len(pictures(home)) == len(names))  # in the gallery at once
        made_before = set(pictures(home))
        await until(lambda: window.shelf.beside.rowCount() == len(names))
        window.create_page.gallery.grid.setCurrentIndex(window.shelf.beside.index(0))
        window.tools.sheets.show(view)
        click(view.cells[names.index("heun")])
        beside = window.create_page.gallery.grid.current()
        assert beside is not None and beside.request.sampler == "heun", "the panel speaks of another picture"
        request = controls.request()
        assert (request.sampler, request.seed) == ("heun", 11) and not view.isVisible()
        shown = window.create_page.stage.canvas.picture()
        await generated(window)
        (again,) = set(pictures(home)) - made_before
        assert np.array_equal(np.asarray(Image.open(again)), shown)

    opened(play)


def test_two_axes_fill_and_are_saved_as_a_labelled_sheet_and_one_collection(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        assert grids.setup.isVisible()
        grids.setup.set_axes(*STEPS_BY_GUIDANCE)
        assert grids.setup._words.text() == "6 pictures"
        click(grids.setup.make)
        await made(window)
        assert [(one.request.steps, one.request.guidance_scale) for one in grids.items() if one.request] == [
            *((1, 1.0), (2, 1.0), (3, 1.0)),
            *((1, 2.0), (2, 2.0), (3, 2.0)),
        ]
        click(grids.view.save)
        await told(window, "Sheet saved")
        words = grids.view._words.text()
        assert "click one to use it" in words
        grids.open_axes()
        assert grids.setup.isVisible() and grids.view._words.text().startswith("One picture for each value")
        click(grids.view.axes)
        assert not grids.setup.isVisible() and grids.view._words.text() == words
        await grids.save()

    opened(play)
    sheets = sorted((home / "pictures").glob("*grid*.png"))
    assert len(sheets) == 2 and len(pictures(home)) == 6 + 2  # the single ones are kept once
    texts = Image.open(sheets[0]).text  # type: ignore[attr-defined]
    assert json.loads(texts[CHUNK])["x"] == {"setting": "steps", "values": [1, 2, 3]}
    (collection,) = Gallery.open().collections()
    assert collection.count == 6 and collection.name.startswith("Steps × guidance")
    singles = [path for path in pictures(home) if path not in sheets]
    assert {read(path).request.steps for path in singles} == {1, 2, 3}  # type: ignore[union-attr]


def test_a_grid_that_is_taken_back_is_gone_from_its_sheet_and_can_be_made_again(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        grids.make(("steps", "1-3"), ("", ""))
        for _ in range(2):
            await until(lambda: "in the gallery" in grids.view._words.text() and len(pictures(home)) == 3)
            window.create_page.stage.setFocus()
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: not pictures(home) and not any(cell.isEnabled() for cell in grids.view.cells))
            assert not grids.items() and not grids.view.save.isEnabled() and grids.view.stop.text() == "Go on"
            click(grids.view.stop)
        await until(lambda: "in the gallery" in grids.view._words.text() and len(pictures(home)) == 3)
        name = Gallery.open().collections()[0].name
        window.create_page.stage.notices.clear()
        for _ in range(2):
            press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            await told(window, "3 pictures taken back")
            await until(lambda: not grids.items() and not Gallery.open().collections())
            back = offered(window, "Bring back")
            assert back is not None
            click(back)
            await until(lambda: len(pictures(home)) == 3 and len(grids.items()) == 3)
            assert [(one.name, one.count) for one in Gallery.open().collections()] == [(name, 3)]
            await until(lambda: "in the gallery" in grids.view._words.text())
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not Gallery.open().collections())
        window.turn_to("gallery")
        await until(lambda: window.shelf.all.rowCount() == 0)
        await window.gallery_desk.restoring.restore_last()
        await until(lambda: [(one.name, one.count) for one in Gallery.open().collections()] == [(name, 3)])

    opened(play)


def test_others_are_chosen_and_only_what_is_missing_is_made(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.compare_schedulers()
        grids.make(*FEW)
        await made(window)
        euler = grids.items()[0]
        click(grids.view.axes)
        chips = grids.setup.across.chips.chips
        assert chips["euler"].isVisible() and not chips["analytic_ddim"].isEnabled()
        for name, chip in chips.items():
            if chip.isChecked() != (name in ("euler", "ddim")) and chip.isEnabled():
                chip.click()
        click(grids.setup.make)
        await made(window)
        assert [item.title for item in grids.items()] == ["Euler", "DDIM"]
        assert grids.items()[0].rgba is euler.rgba
        grids.view.pace._group.button(1).click()
        await made(window)
        assert [item.request.spacing for item in grids.items() if item.request][1] == "trailing"

    opened(play)


def test_what_cannot_be_made_is_said_while_it_is_typed_and_in_its_cell(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open_axes()
        line, setup = grids.setup.across.line, grids.setup
        line.clear()
        QTest.keyClicks(line, "4, four")
        assert "four" in setup._words.text() and not setup.make.isEnabled()
        line.clear()
        QTest.keyClicks(line, "1-2")
        QTest.keyClick(line, Qt.Key.Key_Return)
        await made(window)
        assert len(grids.view.cells) == 2 * 3
        grids.make(("sampler", "euler, analytic_ddim"), ("seed", "1, 2"))
        await made(window)
        assert "measured score norms" in grids.view.cells[1].toolTip()
        assert len(grids.items()) == 2 and grids.view.save.isEnabled()

    opened(play)


def test_stopped_it_keeps_what_is_made_and_opened_again_it_goes_on(home: Path) -> None:
    async def play(window: Window) -> None:
        grids, stage = grids_of(window), window.create_page.stage
        grids.make(("seed", "1-8"), ("", ""))
        grids.open()
        await until(grids.items)
        click(grids.view.stop)
        await until(lambda: window.tools.sheets.batch.job is None)
        there = len(grids.items())
        assert 0 < there < 8 and grids.view.stop.text() == "Go on" and grids.view.save.isEnabled()
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not grids.view.isVisible()
        grids.open()
        click(grids.view.stop)
        assert window.tools.sheets.batch.job is not None and len(window.tools.sheets.batch.singles) == 8 - there
        await made(window)
        assert len(grids.items()) == 8

    opened(play, library=GaussianLibrary(step_seconds=0.01))
    assert len(pictures(home)) == 8  # what was stopped and went on is one collection
    assert [collection.count for collection in Gallery.open().collections()] == [8]


def test_generate_waits_for_a_grid_and_a_grid_of_other_settings_can_be_brought_back(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("seed", "1-3"), ("", ""))
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 4)
        assert len(grids.items()) == 3  # it was not given up
        window.create_page.controls.prompt.set_text("a calm blue disc")
        grids.make(("seed", "1, 2"), ("", ""))
        await made(window)
        notice = next(one for one in window.create_page.notices().shown if "put aside" in one.title)
        notice._button.click()
        await until(lambda: [one.request.prompt for one in grids.items() if one.request] == ["a cheerful red disc"] * 3)
        await until(lambda: len(pictures(home)) == 6)  # of both grids and the run, each once

    opened(play)


def test_each_grid_is_a_collection_and_a_picture_of_two_of_them_is_kept_once(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("seed", "1, 2"), ("", ""))
        await made(window)
        grids.view.favoured.emit(0)
        grids.view.favoured.emit(0)  # twice is once
        await until(lambda: Gallery.open().count("is:favorite") == 1)
        grids.make(("seed", "1, 3"), ("", ""))
        await until(lambda: len(grids.items()) == 2)
        await until(lambda: window.tools.sheets.batch.job is None)
        await asyncio.gather(grids.save(), grids.save())

    opened(play)
    gallery = Gallery.open()
    assert sorted(picture.request.seed for picture in gallery.page()) == [1, 2, 3]
    assert [collection.count for collection in gallery.collections()] == [2, 2]


def test_a_grid_asked_for_while_another_fills_is_whole_in_a_collection_of_its_own(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        window.create_page.controls.draft.change(steps=4)
        grids.make(("seed", "1-40"), ("", ""))
        await until(grids.items)
        grids.make(("seed", "1-4"), ("", ""))
        await until(lambda: "in the gallery" in grids.view._words.text())
        assert len(grids.items()) == 4

    opened(play, library=GaussianLibrary(step_seconds=0.01))
    assert 4 in [one.count for one in Gallery.open().collections()] and len(pictures(home)) < 40


def test_a_grid_says_that_it_waits_for_a_run_that_is_paused(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.view() is not None)
        window.making.toggle_pause()
        grids.make(("seed", "1, 2"), ("", ""))
        grids.open()
        assert "waits while the run is paused" in grids.view._words.text()
        window.making.toggle_pause()
        await made(window)
        assert "waits" not in grids.view._words.text()

    opened(play, library=GaussianLibrary(step_seconds=0.01))


def test_arrow_keys_go_from_cell_to_cell_and_enter_takes_one(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(*STEPS_BY_GUIDANCE)
        grids.open()
        await made(window)
        cells = grids.view.cells
        cells[0].setFocus()
        for _ in range(3):
            press(window, Qt.Key.Key_Right)
        assert cells[2].hasFocus()  # the row ends there, and another follows
        press(window, Qt.Key.Key_Left)
        press(window, Qt.Key.Key_Down)
        assert cells[4].hasFocus()
        press(window, Qt.Key.Key_Right)
        press(window, Qt.Key.Key_Right)
        assert cells[5].hasFocus()  # the row ends there
        press(window, Qt.Key.Key_Space)
        assert window.create_page.controls.request().steps == 3

    opened(play)


def test_from_the_axes_that_are_folded_away_the_arrow_keys_lead_to_the_cells(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.open()
        grids.setup.set_axes(*STEPS_BY_GUIDANCE)
        grids.setup.make.setFocus()
        press(window, Qt.Key.Key_Space)
        await made(window)
        assert not grids.setup.isVisible()
        press(window, Qt.Key.Key_Right)
        assert window.focusWidget() is grids.view.cells[0]
        grids.open_axes()
        grids.setup.make.setFocus()
        grids.view.axes.setChecked(False)
        press(window, Qt.Key.Key_Down)
        assert window.focusWidget() is grids.view.cells[0]

    opened(play)


def test_a_grid_is_compared_side_by_side(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = grids_of(window)
        grids.make(("seed", "1, 2"), ("", ""))
        grids.open()
        await made(window)
        click(grids.view.compare)
        assert window.page() == "compare" and [item.title for item in window.comparing.items] == ["seed 1", "seed 2"]

    opened(play)


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12, 24])
@pytest.mark.parametrize("room", [(400, 500), (700, 640), (1900, 1200)])
def test_cells_fill_the_room_without_leaving_it(count: int, room: tuple[int, int]) -> None:
    columns, side = fitting(count, *room)
    rows = -(-count // columns)
    assert columns * (side + GAP) - GAP <= room[0] and side >= 100
    if side > 112 and count < 12:
        assert rows * (side + FOOT + GAP) - GAP <= room[1]


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (3, 3), (2, 6), (12, 1)])
def test_rows_and_columns_are_seen_whole_unless_they_would_be_too_small(columns: int, rows: int) -> None:
    side = side_of_axes(columns, rows, (700, 600), 64)
    whole = columns * (side + GAP) - GAP <= 700 and rows * (side + GAP) - GAP <= 600
    assert whole if side > 64 else (columns * (64 + GAP) > 700 or rows * (64 + GAP) > 600)


@pytest.mark.parametrize("columns", [2, 5, 12])
def test_labels_of_a_sheet_are_legible_in_few_and_in_many_columns(columns: int) -> None:
    across = [f"DPM++ 2M SDE, {number} steps" for number in range(columns)]
    pictures = [Labelled("", "", flat(90, 90, 90)) for _ in range(columns)]
    image = drawn(theme(), "", "", pictures, Axes(across, ["seed 1"]))
    grey = image.convertToFormat(image.Format.Format_Grayscale8)
    levels = np.frombuffer(grey.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width()].astype(int)
    inked = (np.abs(levels - levels[2, 2]) > 50).any(axis=1)
    first = np.flatnonzero(inked)[0]  # the topmost line of the labels: there is no title
    high = np.flatnonzero(~inked[first:])[0]
    assert high * SEEN / max(image.width(), SEEN) >= 9  # capitals and descenders, in pixels of a screen
    assert image.width() <= 4000
