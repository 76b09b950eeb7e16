"""Enlargement of the displayed image in the real window: the popup, the refinement in tiles, and the tile's setting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import read
from gdm_studio.ui.shell.window import Window
from tests.helpers import gaussian_model
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.window import click, run_in_window, until, use_tool, wait_for_notice
from tests.ui.test_detail import shows
from tests.ui.test_flow import generated, pictures


def test_a_picture_is_enlarged_and_refined_in_tiles(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_model, "CARD", replace(CARD, accepts=replace(CARD.accepts, tiles=True)))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(prompt="a red disc")
        await generated(window)
        (original,) = pictures(home)
        # The next picture still gets the seed that the user has written.
        controls.request_draft.change(seed=42)
        use_tool(window, "enlarge")
        popup = window.tools.enlarge.popup
        await until(popup.isVisible)
        assert controls.request_draft["seed"] == 42 and controls.request_draft.is_seed_given
        assert popup.factor.choice() == "2" and not popup.upscaler.isVisible()
        popup.strength.set_value(0.4)
        QTest.keyClick(popup.run, Qt.Key.Key_Return)
        await until(lambda: len(pictures(home)) == 2)
        await until(lambda: window.generation.job is None)
        (larger,) = set(pictures(home)) - {original}
        request = read(larger).request
        assert request is not None and (request.tile, request.size, request.strength) == (128, (256, 256), 0.4)
        assert request.seed == read(original).request.seed  # type: ignore[union-attr]
        assert controls.request_draft["seed"] == 42 and controls.request_draft.is_seed_given
        assert Image.open(larger).size == (256, 256)
        assert window.viewer.shows_run
        assert np.array_equal(window.viewer.run.results[0].rgba, np.asarray(Image.open(larger)))  # type: ignore[union-attr]
        await shows(window, larger)

        # The settings of a large picture come back with its size, and large sizes are offered with a tile only.
        more = controls.more
        more.set_open(True)
        controls.set_request(request)
        assert (more.tile_box.choice(), more.size_box.choice()) == ("128", "256x256")
        assert controls.request().size == (256, 256)
        controls.set_request(replace(request, size=(128, 128)))
        assert more.size_box.choice() == "128x128" and more.size_box.offers("512x512")
        click(more.tile_overlap.plus)
        assert controls.request().tile_overlap == request.tile_overlap + 1
        assert more.tile_overlap.isVisibleTo(more.tile_overlap.window())
        more.tile_box.pick("0")
        assert not more.tile_overlap.isVisibleTo(more.tile_overlap.window())
        assert controls.request().size is None and controls.request().tile == 0

    run_in_window(play, library=GaussianLibrary())


def test_a_model_without_tiles_is_reported(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        use_tool(window, "enlarge")
        await wait_for_notice(window, "cannot refine a picture in tiles")

    run_in_window(play, library=GaussianLibrary())
