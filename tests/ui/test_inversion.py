"""Noise on the stage: the noise slider and the inversion, in the real window."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdm_studio.engine import image_inputs
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.forward_process import forward_process, noise_level_at, start_step
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_events import State
from gdm_studio.ui.create.inputs.inversion_tool import add_noise_to_pixels
from gdm_studio.ui.create.viewer.canvas_bars import TOOLS
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_actions import BRANCH
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.widgets import flat_image
from tests.helpers.window import click, press, run_in_window, until, use_tool, wait_for_notice
from tests.ui.test_flow import generate, generated, pictures
from tests.ui.test_steps import open_image


def test_the_noise_slider_adds_noise_and_sets_the_strength(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        stage, bar = window.create_page.canvas_panel, window.create_page.canvas_panel.noise_bar
        run = window.viewer.run
        assert run is not None
        picture = run.results[0].rgba
        stage.setFocus()
        press(window, Qt.Key.Key_N)
        await until(lambda: stage.mode() == "noise" and not np.array_equal(stage.canvas.picture(), picture))
        assert bar.share() == 0.6 and bar._words.text().startswith("60 % noise · 4 steps left · σ ")
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
        assert controls.request().image == image_inputs.store(picture) and controls.request().strength == 0.4
        assert stage.mode() == "" and np.array_equal(stage.canvas.picture(), picture)

    run_in_window(play)


def test_only_the_latest_slider_value_is_drawn(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        stage = window.create_page.canvas_panel
        drawn: list[float] = []
        add_noise = window.tools.inversion._add_noise

        async def count_drawings(share: float) -> np.ndarray:
            drawn.append(share)
            return await add_noise(share)

        window.tools.inversion._add_noise = count_drawings  # type: ignore[method-assign]
        await window.tools.inversion.open_noise()
        for percent in range(1, 80):
            stage.noise_bar.slider.track.setValue(percent)
        await until(lambda: drawn[-1:] == [0.79] and not window.tools.inversion._is_drawing)
        assert len(drawn) <= 3
        press(window, Qt.Key.Key_Escape)
        assert stage.mode() == "" and stage.bar.isVisible()

    run_in_window(play)


def test_noise_tools_leave_what_is_shown_while_they_store_the_image(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, store = threading.Event(), threading.Event(), image_inputs.store
    library = GaussianLibrary()

    def store_late(picture: np.ndarray) -> str:
        begun.set()
        go.wait(60)
        return store(picture)

    async def play(window: Window) -> None:
        stage, tool = window.create_page.canvas_panel, window.tools.inversion
        await generated(window)
        monkeypatch.setattr(image_inputs, "store", store_late)
        opening = window.tasks.start(tool.open_noise())
        await until(begun.is_set)
        other = flat_image(9, 9, 9, side=128)
        window.viewer.show_image(other, "Start picture", "")
        go.set()
        await opening
        assert stage.mode() == "" and stage.canvas.picture() is other
        begun.clear()
        go.clear()
        window.viewer.go_live()
        inverting = window.tasks.start(tool.invert())
        await until(begun.is_set)
        library.step_seconds = 1.0
        generate(window)
        go.set()
        await inverting
        await wait_for_notice(window, "A run is in progress")
        assert window.viewer.view_mode != "noisy"
        library.hurry()

    run_in_window(play, library=library)


def test_inversion_runs_from_the_image_to_noise_and_saves_nothing(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        use_tool(window, "invert")
        await wait_for_notice(window, "Ready: new words, same layout")
        run = window.viewer.run
        assert run is not None and run.state is State.DONE and len(run.views[0]) == run.steps
        ratios = [view.at.ratio for view in run.views[0]]
        assert ratios == sorted(ratios) and window.viewer.view_mode == "noisy"
        canvas = window.create_page.canvas_panel.canvas
        # The exact preview replaces the first one later.
        await until(lambda: np.array_equal(canvas.picture(), run.views[0][-1].noisy))
        assert len(pictures(home)) == 1
        window.viewer.show_step(2)
        branch = next(action for action in window.steps.actions() if action.keys == BRANCH.keys)
        assert not branch.when() and "add noise" in branch.disabled_reason()
        await open_image(window, window.gallery.panel_model.picture(0))
        await until(lambda: window.viewer.view() is not None and not window.viewer.shows_run)
        assert window.viewer.view_mode == "predicted", "only the inversion is shown as noise"
        window.viewer.go_live()
        assert window.viewer.view_mode == "noisy"
        notice = window.create_page.canvas_panel.notices.shown[-1]
        click(notice._button)
        controls = window.create_page.controls
        await until(lambda: controls.request().inverted)
        assert controls.request().strength == 1.0
        await generated(window)
        assert window.viewer.view_mode == "predicted" and len(pictures(home)) == 2

    run_in_window(play)


def test_a_stopped_inversion_returns_to_the_image(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        stage, viewer = window.create_page.canvas_panel, window.viewer
        shown = window.create_page.gallery.grid.current()
        assert shown is not None
        picture = stage.canvas.picture()
        window.create_page.controls.request_draft.change(steps=500)
        use_tool(window, "invert")
        await until(lambda: window.generation.job is not None and window.generation.job.run.steps_done > 0)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window.generation.job is None)
        await until(lambda: np.array_equal(stage.canvas.picture(), picture) and not viewer.shows_run)
        await until(lambda: viewer.view() is not None)
        assert viewer.view_mode == "predicted" and np.array_equal(stage.canvas.picture(), picture)
        current = window.create_page.gallery.grid.current()
        assert current is not None and current.id == shown.id

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))


def test_a_model_without_img2img_still_offers_the_noise_slider(home: Path) -> None:
    card = replace(CARD, accepts=Capabilities(picture=False))

    class Decoder(GaussianLibrary):
        def cards(self) -> list[ModelCard]:
            return [card]

        def card(self, name: str) -> ModelCard:
            return card

    async def play(window: Window) -> None:
        await generated(window)
        stage = window.create_page.canvas_panel
        assert [name for name in TOOLS if not stage.tools.refusal(name)] == ["noise", "vary"]
        assert "cannot start from a picture" in stage.tools.refusal("mask")
        assert not any(action.when() for action in stage.tools.entries("edit_menu"))
        assert not window.create_page.controls.start_mark.isEnabled()
        before = stage.canvas.picture()
        use_tool(window, "noise")
        await until(lambda: stage.mode() == "noise" and stage.canvas.picture() is not before)
        assert not stage.noise_bar.start.isVisible()

    run_in_window(play, library=Decoder())


def test_noise_is_added_to_pixels_with_and_without_a_forward_process() -> None:
    picture = flat_image(200, 100, 50, side=64)
    little, much = (add_noise_to_pixels(picture, forward_process(CARD), share, seed=3) for share in (0.3, 1.0))
    assert little.shape == picture.shape and little.dtype == np.uint8
    assert np.abs(little.astype(int) - picture).mean() < 10 < 50 < much.std()
    assert np.array_equal(
        add_noise_to_pixels(picture, None, 0.5, seed=3), add_noise_to_pixels(picture, None, 0.5, seed=3)
    )


def test_strength_counts_from_the_end_of_the_path() -> None:
    process = forward_process(CARD)
    path = process.path("karras", 20)
    starts = [start_step(process, path, strength) for strength in (1.0, 0.8, 0.5, 0.2, 0.0)]
    assert starts == sorted(starts) and starts[0] == 0 and starts[-1] == 19
    assert noise_level_at(process, 1.0).ratio == pytest.approx(path[0].ratio)
