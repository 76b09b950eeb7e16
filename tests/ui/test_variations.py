"""Variations of an image and interpolations between two, in the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from gdm_studio.ui.create.board import variations_controller as variations_module
from gdm_studio.ui.create.board.variations_view import CELLS, MIDDLE
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.labels import ElidedLabel
from tests.helpers.fast_model import FastLibrary
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, notices, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated, pictures

BASE = Request(prompt="a cheerful red disc", model="gaussian", seed=11, steps=4)


async def wait_for_variations(window: Window) -> None:
    view, batch = window.tools.boards.variations.view, window.tools.boards.runner
    await until(lambda: batch.job is None and all(cell.isEnabled() for cell in view.cells))


def test_eight_variations_have_the_chosen_distance_from_the_middle(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        (first,) = pictures(home)
        explore = window.tools.boards.variations
        press(window, Qt.Key.Key_Y)
        assert explore.view.isVisible() and len(explore.view.cells) == CELLS
        await wait_for_variations(window)
        nine = explore.requests()
        assert nine[MIDDLE].seed == window.create_page.controls.request().seed and nine[MIDDLE].toward is None
        amounts = {one.toward.amount for one in nine if one.toward}
        seeds = {one.toward.seed for one in nine if one.toward}
        assert amounts == {0.2} and len(seeds) == 8
        middle = explore._picture(nine[MIDDLE])
        assert middle is not None and np.array_equal(middle, np.asarray(Image.open(first)))
        near = _mean_difference(window, middle)
        explore.view.distance.changed.emit(0.5)
        explore.view.distance.set_value(0.5)
        explore.view._settle_timer.timeout.emit()
        await wait_for_variations(window)
        assert {one.toward.amount for one in explore.requests() if one.toward} == {0.5}
        assert seeds == {one.toward.seed for one in explore.requests() if one.toward}
        assert _mean_difference(window, middle) > 1.5 * near

    run_in_window(play)


def test_variations_of_a_branch_leave_variations_of_its_parent(home: Path) -> None:
    branch = replace(BASE, prompt="a calm blue disc", branch=Branch(BASE, 3))

    async def play(window: Window) -> None:
        boards = window.tools.boards
        boards.vary(branch)
        await wait_for_variations(window)
        explore = boards.variations
        middle, *around = [explore.board.requests[place] for place in (MIDDLE, 0, 8)]
        library = GaussianLibrary()
        events = generate(library.card("gaussian").checked(branch), library)
        (result,) = (event for event in events if isinstance(event, Result))
        assert np.array_equal(explore._picture(explore.requests()[MIDDLE]), result.rgba)
        assert middle.branch.parent.toward is None and not any("branch" in notice for notice in notices(window))
        for varied in around:
            parent = varied.branch.parent
            assert (varied.branch.step, parent.prompt, varied.prompt) == (3, BASE.prompt, branch.prompt)
            assert parent.toward.amount == 0.2 and parent.toward.seed == varied.toward.seed
        assert _mean_difference(window, result.rgba) > 0
        click(explore.view.cells[2])
        await wait_for_variations(window)
        used = explore.board.requests[MIDDLE]
        click(explore.view.cells[MIDDLE])
        request_draft = window.request_draft
        assert request_draft.branch_point == used.branch and not explore.view.isVisible()
        assert request_draft.next_request().checked().digest() == used.digest()

    run_in_window(play)


async def _check_a_notice_says_that_an_interpolation_leaves_a_branch_out(window: Window) -> None:
    boards = window.tools.boards
    boards.vary(replace(BASE, prompt="a calm disc", branch=Branch(BASE, 2)))
    await wait_for_variations(window)
    assert not any("branch" in notice for notice in notices(window))
    boards.variations.view.interpolation_requested.emit(0)
    await wait_for_notice(window, "without the branch")
    assert all(frame.branch is None for frame in boards.interpolation.frames)
    await until(lambda: boards.runner.job is None)


def _mean_difference(window: Window, middle: np.ndarray) -> float:
    """Return the mean difference of the eight variations from the middle."""
    explore = window.tools.boards.variations
    others = [explore._picture(request) for place, request in enumerate(explore.requests()) if place != MIDDLE]
    return float(np.mean([np.abs(one.astype(float) - middle).mean() for one in others if one is not None]))


def test_the_oldest_results_are_freed_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variations_module, "MAX_RESULTS", 14)

    async def play(window: Window) -> None:
        explore = window.tools.boards.variations
        explore.open(BASE)
        await wait_for_variations(window)
        first = explore.requests()
        click(explore.view.cells[8])
        await wait_for_variations(window)
        assert all(explore._picture(request) is not None for request in explore.requests())
        assert [explore._picture(first[place]) is None for place in (MIDDLE, 0, 7, 8)] == [True, True, False, False]

    run_in_window(play)


def test_the_path_of_variations_leads_back_and_a_variation_can_be_used(home: Path) -> None:
    async def play(window: Window) -> None:
        explore = window.tools.boards.variations
        explore.open(BASE)
        await wait_for_variations(window)
        there, picture = explore.requests()[2], explore._picture(explore.requests()[2])
        click(explore.view.cells[2])
        assert explore.requests()[MIDDLE].toward == there.toward
        # It is not generated again.
        assert explore._picture(explore.requests()[MIDDLE]) is picture
        await wait_for_variations(window)
        click(explore.view.cells[0])
        await wait_for_variations(window)
        assert len(explore.view.crumbs) == 3
        far = explore.requests()[MIDDLE].toward
        assert far is not None and far.then is not None
        click(explore.view.crumbs[1])
        assert len(explore.path) == 2 and explore.requests()[MIDDLE].toward == there.toward
        # All images are still cached.
        assert window.tools.boards.runner.job is None
        press(window, Qt.Key.Key_F)
        await until(lambda: Gallery.open().count("is:favorite") == 1)
        click(explore.view.cells[MIDDLE])
        assert not explore.view.isVisible() and window.create_page.controls.main_settings.toward.isVisible()
        await generated(window)

    run_in_window(play)
    gallery = Gallery.open()
    (walk,) = gallery.collections.all()
    # Nine images, then eight around each of two.
    assert walk.count == 25 and walk.name == f"Variations: {BASE.prompt}"
    (liked,) = gallery.page("is:favorite")
    assert isinstance(liked.request.toward, Interpolation)
    newest = gallery.page(limit=1)[0]
    assert newest.id != liked.id
    assert np.array_equal(np.asarray(Image.open(newest.path)), np.asarray(Image.open(liked.path)))


def test_other_variations_use_the_fast_variant_if_there_is_one(home: Path) -> None:
    async def play(window: Window) -> None:
        explore = window.tools.boards.variations
        explore.open(BASE)
        assert explore.view.fast.isVisible() and explore.view.fast.isChecked()
        await wait_for_variations(window)
        assert explore._complete(explore.requests()[0]).model == "gaussian-fast"
        first = {one.toward.seed for one in explore.requests() if one.toward}
        click(explore.view.again)
        await wait_for_variations(window)
        assert not first & {one.toward.seed for one in explore.requests() if one.toward}
        click(explore.view.fast)
        assert explore._complete(explore.requests()[0]).model == "gaussian"
        await wait_for_variations(window)

    run_in_window(play, library=FastLibrary())


def test_an_image_of_a_missing_model_is_varied_with_the_chosen_model(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        window.open_page("gallery")
        page = window.gallery_page
        await until(lambda: window.gallery.page_model.rowCount() == 1)
        page.signals.vary.emit(window.gallery.page_model.picture(0))
        explore = window.tools.boards.variations
        assert window.page() == "create" and explore.view.isVisible()
        await wait_for_variations(window)
        window.tools.boards.vary(Request(prompt="a fox", model="from elsewhere", seed=3))
        assert explore.requests()[MIDDLE].model == "gaussian"
        await wait_for_variations(window)

    run_in_window(play)


async def _check_the_interpolation_is_removed_below_the_seed(window: Window) -> None:
    controls = window.create_page.controls
    controls.set_request(BASE.with_target(Interpolation(BASE.prompt, 7, 0.2)))
    assert controls.request().toward == Interpolation(BASE.prompt, 7, 0.2)
    controls.prompt.set_text("a calm blue disc")
    # The interpolation follows the prompt.
    assert controls.request().toward == Interpolation("a calm blue disc", 7, 0.2)
    click(controls.main_settings.toward._close_button)
    assert controls.request().toward is None and not controls.main_settings.toward.isVisible()


async def _check_the_row_below_the_seed_names_the_other_prompt_of_an_interpolation(window: Window) -> None:
    controls = window.create_page.controls
    row = controls.main_settings.toward
    controls.set_request(BASE.with_target(Interpolation("a calm blue disc", 7, 0.2)))
    (words,) = row.findChildren(ElidedLabel)
    assert words.text() == "20 % towards “a calm blue disc”, seed 7"
    controls.prompt.set_text("a grey disc")
    assert words.text() == "20 % towards “a calm blue disc”, seed 7"
    controls.prompt.set_text("a calm blue disc")
    assert words.text() == "Variation 20 % of seed 7"
    controls.set_request(BASE.with_target(Interpolation(BASE.prompt, 7, 0.2)))
    controls.prompt.set_text("a grey disc")
    assert words.text() == "Variation 20 % of seed 7", "the target follows the prompt"


def test_an_interpolation_between_prompts_is_scrubbed_and_saved_as_a_film(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        between = window.tools.boards.interpolation
        between.open(BASE, Interpolation("a calm blue disc", BASE.seed, 1.0))
        await until(lambda: window.tools.boards.runner.job is None and between.view.film.isEnabled())
        rows = [between._picture(place) for place in range(len(between.frames))]
        colours = np.array([row[64, 64, :3] for row in rows if row is not None], float)
        assert len(colours) == 9
        ways = np.abs(colours - colours[0]).sum(axis=1)
        # The distance from the first frame never decreases.
        assert ways[0] == 0 and (np.diff(ways) >= 0).all() and ways[-1] > 100
        between.view.track.setFocus()
        press(window, Qt.Key.Key_Right)
        assert between.view.track.value() == 1 and between.view.panes._items[0].rgba is rows[1]
        await between.film(tmp_path / "way.gif")
        press(window, Qt.Key.Key_F)
        await until(lambda: Gallery.open().count("is:favorite") == 1)

    run_in_window(play)
    film = Image.open(tmp_path / "way.gif")
    # Identical frames are merged.
    assert film.n_frames > 4  # type: ignore[attr-defined]
    (liked,) = Gallery.open().page("is:favorite")
    assert liked.request.toward == Interpolation("a calm blue disc", BASE.seed, 0.125)
    assert [collection.count for collection in Gallery.open().collections.all()] == [9]


LIMITS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, ""),
    ({"image": "a" * 64, "strength": 1.0}, ""),
    ({"image": "a" * 64, "strength": 0.6}, "every frame begins with the start picture · "),
    ({"image": "a" * 64, "mask": "b" * 64}, "only the masked part changes · "),
)


async def _check_an_interpolation_says_that_a_mask_or_a_start_picture_limits_its_changes(window: Window) -> None:
    between = window.tools.boards.interpolation
    for inputs, text in LIMITS:
        window.request_draft.change(steps=3)
        between.open(replace(BASE, steps=5, **inputs))
        assert between.view._words.text() == f"{text}From “{BASE.prompt}”, seed {BASE.seed} · 5 steps · press Make"
        between.view._words.resize(150, 20)
        assert between.view._words.shown().startswith(text[:8] or "From “")


async def _check_the_prompt_of_an_interpolation_has_room_in_a_narrow_window(window: Window) -> None:
    window.tools.boards.interpolate()
    view = window.tools.boards.interpolation.view
    prompt = view._line
    for width in (1024, 1500, 1024):
        window.resize(width, 700)
        await until(lambda width=width: window.width() == width and prompt.width() > 250)
        # The numbers are beside it where there is room.
        is_below = width == 1024
        await until(
            lambda is_below=is_below: (view.make.y() > prompt.mapTo(view, QPoint()).y() + prompt.height()) == is_below
        )


async def _check_an_interpolation_opened_in_the_palette_waits_for_its_prompt(window: Window) -> None:
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.commands.palette
    assert palette is not None
    QTest.keyClicks(palette.field, "interpol")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    view = window.tools.boards.interpolation.view
    assert view.isVisible() and QApplication.focusWidget() is view._line


def test_variations_in_the_window(home: Path) -> None:
    """Check variations in one window."""
    run_in_window(
        _check_a_notice_says_that_an_interpolation_leaves_a_branch_out,
        _check_the_interpolation_is_removed_below_the_seed,
        _check_the_row_below_the_seed_names_the_other_prompt_of_an_interpolation,
        _check_an_interpolation_says_that_a_mask_or_a_start_picture_limits_its_changes,
        _check_the_prompt_of_an_interpolation_has_room_in_a_narrow_window,
        _check_an_interpolation_opened_in_the_palette_waits_for_its_prompt,
    )


def test_a_stopped_interpolation_continues(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        between = window.tools.boards.interpolation
        window.tools.boards.interpolate()
        QTest.keyClicks(between.view._line, "a calm blue disc")
        for _ in range(2):
            press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            assert between.view.make.text() == "Stop"
        await until(lambda: between._results)
        click(between.view.make)
        await until(lambda: window.tools.boards.runner.job is None)
        there = len(between._results)
        assert 0 < there < 9 and between.view.make.text() == "Make"
        click(between.view.make)
        library.hurry()
        await until(lambda: len(between._results) == 9)

    run_in_window(play, library=library)
