"""The fast version of a model in Live mode, grids, sets and variations, unless the user chooses otherwise."""

from __future__ import annotations

from pathlib import Path

from gdm_studio import preferences
from gdm_studio.gallery import read
from gdm_studio.ui.create.board.grid_controller import NO_AXIS
from gdm_studio.ui.shell.window import Window
from tests.helpers.fast_model import FastLibrary
from tests.helpers.window import click, run_in_window, until
from tests.ui.test_flow import pictures
from tests.ui.test_grids import wait_for_grid

SEEDS = ("seed", "1, 2")


def models_of_grid(window: Window) -> set[str]:
    board = window.tools.boards.grid.board
    assert board is not None
    return {request.model for request in board.requests if request is not None}


def test_a_grid_uses_the_fast_version_unless_the_user_chose_otherwise(home: Path) -> None:
    async def play(window: Window) -> None:
        grid, controls = window.tools.boards.grid, window.create_page.controls
        grid.show()
        grid.make(SEEDS, NO_AXIS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian-fast"}
        assert "Quick version (Gaussian Fast, 2 steps)" in grid.view._words.text()
        await until(lambda: len(pictures(home)) == 2)
        saved = [read(path).request for path in pictures(home)]
        assert {(each.model, each.steps) for each in saved if each} == {("gaussian-fast", 2)}
        assert controls.request().model == "gaussian", "the panel still has the full model"
        # An axis over a setting that the fast version defines needs the full model.
        grid.make(("steps", "1, 2"), SEEDS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian"} and "Quick version" not in grid.view._words.text()
        grid.make(("sampler_own", "euler, heun"), NO_AXIS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian"}
        # A setting that the user has changed would be lost.
        controls.request_draft.change(steps=3)
        grid.make(SEEDS, NO_AXIS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian"}
        controls.request_draft.change(steps=controls.request_draft.default("steps"))
        window.settings_controller.change("fast_drafts", False)
        grid.make(SEEDS, NO_AXIS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian"}
        await until(lambda: not preferences.load().fast_drafts)
        assert not window.tools.boards.variations.fast
        window.modes.turn_live(True)
        assert controls.request().model == "gaussian" and not controls.modes.fast.isChecked()
        window.modes.turn_live(False)

    run_in_window(play, library=FastLibrary())


def test_a_set_and_its_redrawn_images_use_the_fast_version(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, sets = window.create_page.controls, window.sets
        window.modes.turn_set(True)
        assert controls.request().model == "gaussian-fast", "the panel shows what will be used"
        assert controls.modes.fast.isChecked() and controls.steps.value() == 2
        assert controls.model_box.shown_text() == "Gaussian Fast"
        controls.things.set_text("fox\nowl")
        click(controls.button)
        await until(lambda: sets.job is None and sets.board is not None and not sets.board.missing())
        board = sets.board
        assert board is not None
        sets.redo([0])
        await until(lambda: sets.job is None and not board.missing())
        made = [result.request.model for result in board.finished().values()]
        assert made == ["gaussian-fast"] * 2
        window.modes.turn_set(False)
        assert controls.request().model == "gaussian" and not controls.modes.fast.isChecked()
        # The set goes on with it.
        window.modes.turn_set(True)
        assert controls.request().model == "gaussian-fast"
        controls.things.set_text("fox\nowl\nbee")
        assert controls.picture_count() == 1
        controls.things.set_text("fox\nowl")
        window.modes.turn_set(False)

    async def play_again(window: Window) -> None:
        controls, sets = window.create_page.controls, window.sets
        window.modes.turn_set(True)
        # Without the fast version, the full model draws the set.
        click(controls.modes.fast)
        assert controls.request().model == "gaussian"
        click(controls.modes.fast)
        assert controls.request().model == "gaussian-fast"
        controls.model_box.pick("gaussian")
        assert controls.request().model == "gaussian" and controls.model_box.shown_text() == "Gaussian"
        controls.things.set_text("fox")
        click(controls.button)
        await until(lambda: sets.job is None and sets.board is not None and not sets.board.missing())
        assert sets.board is not None
        assert [result.request.model for result in sets.board.finished().values()] == ["gaussian"]
        window.modes.turn_set(False)
        window.modes.turn_set(True)
        assert controls.request().model == "gaussian", "the panel shows the settings of the set"
        click(window.create_page.set_view._clear)
        window.modes.turn_set(False)
        window.modes.turn_set(True)

    async def restarted(window: Window) -> None:
        controls = window.create_page.controls
        assert window.sets.on and controls.request().model == "gaussian-fast"
        window.modes.turn_set(False)
        assert controls.request().model == "gaussian", "the mode takes back what it selected"

    for part in (play, play_again, restarted):
        run_in_window(part, library=FastLibrary())


def test_a_model_without_a_fast_version_draws_its_grids_itself(home: Path) -> None:
    async def play(window: Window) -> None:
        grid = window.tools.boards.grid
        grid.show()
        grid.make(SEEDS, NO_AXIS)
        await wait_for_grid(window)
        assert models_of_grid(window) == {"gaussian"} and "Quick version" not in grid.view._words.text()

    run_in_window(play)
