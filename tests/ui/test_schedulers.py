"""Same seed, many schedulers: the sheet through the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from gdm_studio.gallery import read
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.ui.schedulers.grid import FOOT, GAP, fitting
from gdm_studio.ui.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.opened import click, notices, opened, press, until
from tests.ui.test_flow import generated, pictures

FEW = ["euler", "heun", "euler_a"]


async def _made(window: Window) -> None:
    await until(lambda: window.tools.sheet.job is None and window.tools.sheet._results)


def test_one_click_makes_a_picture_with_each_and_one_more_takes_one_over(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, sheet = window.create_page.controls, window.tools.sheet
        controls.seed.set_seed(11)
        controls.steps.set_value(3)
        click(controls._compare)
        assert sheet.view.isVisible() and list(sheet.view.cells) and not sheet.view.save.isEnabled()
        await _made(window)
        made = {name for name, _ in sheet._results}
        assert len(made) >= 8 and made == set(sheet.view.cells) <= set(SAMPLERS)
        assert {result.request.seed for result in sheet._results.values()} == {11}
        assert not pictures(home)
        click(sheet.view.cells["heun"])
        request = controls.request()
        assert (request.sampler, request.seed) == ("heun", 11) and not sheet.view.isVisible()
        shown = window.create_page.stage.canvas.picture()
        await generated(window)
        assert np.array_equal(np.asarray(Image.open(pictures(home)[0])), shown)

    opened(play)


def test_the_sheet_is_saved_labelled_and_its_pictures_one_by_one(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.tools.sheet
        sheet.open()
        sheet.choose(FEW)
        await _made(window)
        click(sheet.view.save)
        await until(lambda: any("Sheet saved" in notice for notice in notices(window)))
        (labelled,) = (home / "pictures").glob("*schedulers.png")
        single = [path for path in pictures(home) if path != labelled]
        assert {read(path).request.sampler for path in single} == set(FEW)  # type: ignore[union-attr]
        wide, high = Image.open(labelled).size
        assert wide > 2 * 384 and high > 2 * 384
        await sheet.save()
        assert len(pictures(home)) == len(FEW) + 2  # the single ones are there already

    opened(play)


def test_others_are_chosen_and_only_what_is_missing_is_made(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet = window.tools.sheet
        sheet.open()
        sheet.choose(FEW)
        await _made(window)
        before = dict(sheet._results)
        click(sheet.view.choose)
        chips = sheet.chooser.chips
        assert chips["euler"].isVisible() and not chips["analytic_ddim"].isEnabled()
        for name, chip in chips.items():
            if chip.isChecked() != (name in ("euler", "ddim")) and chip.isEnabled():
                chip.click()
        click(sheet.chooser.make)
        assert list(sheet.view.cells) == ["euler", "ddim"]
        await until(lambda: ("ddim", False) in sheet._results and sheet.job is None)
        assert sheet._results["euler", False] is before["euler", False]
        sheet.view.pace._group.button(1).click()
        await until(lambda: ("ddim", True) in sheet._results and sheet.job is None)
        assert sheet._results["ddim", True].request.spacing == "trailing"

    opened(play)


def test_stopped_it_keeps_what_is_made_and_closed_it_gives_the_lane_back(home: Path) -> None:
    async def play(window: Window) -> None:
        sheet, stage = window.tools.sheet, window.create_page.stage
        sheet.open()
        await until(lambda: sheet._results)
        click(sheet.view.stop)
        await until(lambda: sheet.job is None)
        made = len(sheet._results)
        assert made < len(sheet.view.cells) and not sheet.view.stop.isVisible() and sheet.view.save.isEnabled()
        sheet.open()
        assert len(sheet._results) == made
        job = sheet.job
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and not sheet.view.isVisible()
        assert job is not None
        await until(lambda: job.run.state.ended)
        assert not pictures(home)

    opened(play, library=GaussianLibrary(step_seconds=0.02))


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12, 24])
@pytest.mark.parametrize("room", [(400, 500), (700, 640), (1900, 1200)])
def test_cells_fill_the_room_without_leaving_it(count: int, room: tuple[int, int]) -> None:
    columns, side = fitting(count, *room)
    rows = -(-count // columns)
    assert columns * (side + GAP) - GAP <= room[0] and side >= 100
    if side > 112 and count < 12:
        assert rows * (side + FOOT + GAP) - GAP <= room[1]
