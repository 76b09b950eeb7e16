"""The way to noise on the stage: the noise slider and the inversion, through the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdm_studio.engine import inputs
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.process import point_at, process_of, start_of
from gdm_studio.run import State
from gdm_studio.ui.create.forward import pixels_noised
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.looks import flat
from tests.helpers.opened import click, opened, press, told, until
from tests.ui.test_flow import generated, pictures


def test_the_noise_slider_drowns_the_picture_and_says_what_strength_starts_there(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        stage, bar = window.create_page.stage, window.create_page.stage.noise_bar
        run = window.viewer.run
        assert run is not None
        picture = run.results[0].rgba
        stage.setFocus()
        press(window, Qt.Key.Key_N)
        await until(lambda: stage.mode() == "noise" and not np.array_equal(stage.canvas.picture(), picture))
        assert bar.share() == 0.6 and "4 of 8 steps" in bar._words.text()
        distances = []
        for percent in (10, 50, 90):
            seen = stage.canvas.picture()
            bar.slider.track.setValue(percent)
            await until(lambda seen=seen: stage.canvas.picture() is not seen)
            distances.append(np.abs(stage.canvas.picture().astype(int) - picture).mean())  # type: ignore[union-attr]
        assert distances == sorted(distances) and distances[0] < distances[-1] / 2
        bar.slider.track.setValue(0)
        await until(lambda: np.array_equal(stage.canvas.picture(), picture))
        bar.slider.track.setValue(40)
        click(bar.start)
        controls = window.create_page.controls
        await until(lambda: controls.request().image)
        assert controls.request().image == inputs.keep(picture) and controls.request().strength == 0.4
        assert stage.mode() == "" and np.array_equal(stage.canvas.picture(), picture)

    opened(play)


def test_only_the_newest_place_of_the_slider_is_drawn(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        stage = window.create_page.stage
        drawn: list[float] = []
        noised = window.tools.forward._noised

        async def counted(share: float) -> np.ndarray:
            drawn.append(share)
            return await noised(share)

        window.tools.forward._noised = counted  # type: ignore[method-assign]
        await window.tools.forward.open_noise()
        for percent in range(1, 80):
            stage.noise_bar.slider.track.setValue(percent)
        await until(lambda: drawn[-1:] == [0.79] and not window.tools.forward._drawing)
        assert len(drawn) <= 3
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and stage.bar.isVisible()

    opened(play)


def test_inverting_runs_from_the_picture_to_noise_and_keeps_nothing(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        click(window.create_page.stage.tools.buttons["invert"])
        await told(window, "Its noise is found")
        run = window.viewer.run
        assert run is not None and run.state is State.DONE and len(run.views[0]) == run.steps
        ratios = [view.at.ratio for view in run.views[0]]
        assert ratios == sorted(ratios) and window.viewer.shown == "noisy"
        assert np.array_equal(window.create_page.stage.canvas.picture(), run.views[0][-1].noisy)
        assert len(pictures(home)) == 1
        notice = window.create_page.stage.notices.shown[-1]
        click(notice._button)
        controls = window.create_page.controls
        await until(lambda: controls.request().inverted)
        assert controls.request().strength == 1.0
        await generated(window)
        assert window.viewer.shown == "predicted" and len(pictures(home)) == 2

    opened(play)


def test_a_model_that_takes_no_pictures_still_shows_their_way_to_noise(home: Path) -> None:
    card = replace(CARD, accepts=Accepts(picture=False))

    class Decoder(GaussianLibrary):
        def cards(self) -> list[ModelCard]:
            return [card]

        def card(self, name: str) -> ModelCard:
            return card

    async def play(window: Window) -> None:
        await generated(window)
        stage = window.create_page.stage
        assert [name for name, button in stage.tools.buttons.items() if button.isEnabled()] == ["noise", "vary"]
        assert "cannot begin from a picture" in stage.tools.buttons["mask"].toolTip()
        assert not window.create_page.controls.start_mark.isEnabled()
        before = stage.canvas.picture()
        click(stage.tools.buttons["noise"])
        await until(lambda: stage.canvas.picture() is not before)
        assert stage.mode() == "noise" and not stage.noise_bar.start.isVisible()

    opened(play, library=Decoder())


def test_a_picture_of_no_model_is_drowned_in_its_pixels() -> None:
    picture = flat(200, 100, 50, side=64)
    little, much = (pixels_noised(picture, process_of(CARD), share, seed=3) for share in (0.3, 1.0))
    assert little.shape == picture.shape and little.dtype == np.uint8
    assert np.abs(little.astype(int) - picture).mean() < 10 < 50 < much.std()
    assert np.array_equal(pixels_noised(picture, None, 0.5, seed=3), pixels_noised(picture, None, 0.5, seed=3))


def test_strength_counts_from_the_end_of_the_path() -> None:
    process = process_of(CARD)
    path = process.path("karras", 20)
    starts = [start_of(process, path, strength) for strength in (1.0, 0.8, 0.5, 0.2, 0.0)]
    assert starts == sorted(starts) and starts[0] == 0 and starts[-1] == 19
    assert point_at(process, 1.0).ratio == pytest.approx(path[0].ratio)
