"""Steps of images in the window: shown, played, saved, branched and edited, for the current and earlier runs."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from gdm_studio.gallery import Picture, read
from gdm_studio.jobs import run_calls
from gdm_studio.request.generation_events import State
from gdm_studio.ui.create.prompt.prompt_chips import ChipLook, PromptChip
from gdm_studio.ui.create.viewer import filmstrip
from gdm_studio.ui.denoising_steps.step_history import StepHistory
from gdm_studio.ui.learn.step_numbers_view import StepNumbersView
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import mute_platform, record_signal
from tests.helpers.window import click, notice_button, notices, pause_run, press, run_in_window, until, wait_for_notice
from tests.ui.accessibility import problems
from tests.ui.test_flow import generated, pictures

PROMPT = "a cheerful red disc"


async def generate_image(window: Window) -> Picture:
    """Press Generate and wait for the image in the gallery."""
    before = window.gallery.panel_model.rowCount()
    click(window.create_page.controls.button)
    await until(lambda: window.gallery.panel_model.rowCount() > before and window.generation.job is None)
    return window.gallery.panel_model.picture(0)


async def open_image(window: Window, picture: Picture) -> None:
    """Click an image in the gallery and wait for its steps."""
    window.create_page.gallery.grid.select(picture.id)
    await until(
        lambda: window.steps.loaded_steps.history() is not None and window.steps.loaded_steps.picture.id == picture.id
    )


def test_an_earlier_image_shows_all_its_steps_for_scrubbing(home: Path) -> None:
    made: list[Picture] = []
    looks: list[np.ndarray] = []

    async def first(window: Window) -> None:
        made.append(await generate_image(window))
        run = window.viewer.run
        assert run is not None
        await until(lambda: all(view.decoded for view in run.views[0]))
        looks.extend(view.predicted for view in run.views[0])

    async def later(window: Window) -> None:
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        await open_image(window, made[0])
        strip, curve, viewer = (
            window.create_page.canvas_panel.filmstrip,
            window.create_page.controls.curve,
            window.viewer,
        )
        assert strip.strip.count() == 8 and strip.selected() == 8 and viewer.run is None
        await until(lambda: all(view.decoded for view in viewer.views()))
        assert all(np.array_equal(view.predicted, look) for view, look in zip(viewer.views(), looks, strict=True))
        strip.strip.setFocus()
        press(window, Qt.Key.Key_Home)
        assert viewer.view() is viewer.views()[0] and curve._current_index == 1
        press(window, Qt.Key.Key_Right)
        assert viewer.view() is viewer.views()[1] and curve._current_index == 2
        assert np.array_equal(window.create_page.canvas_panel.canvas.picture(), viewer.views()[1].predicted)
        press(window, Qt.Key.Key_End)
        assert viewer.view() is viewer.views()[7] and curve._current_index == 8
        assert np.array_equal(window.create_page.canvas_panel.canvas.picture(), looks[7])

    run_in_window(first)
    run_in_window(later)


def test_the_last_step_of_an_earlier_image_is_sharp_while_others_are_computed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sharpen_none(history: StepHistory) -> bool:
        return False

    # The decoding of the steps does not get as far as the last one.
    monkeypatch.setattr(StepHistory, "sharpen", sharpen_none)
    made: list[Picture] = []

    async def first(window: Window) -> None:
        made.append(await generate_image(window))

    async def later(window: Window) -> None:
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        await open_image(window, made[0])
        saved = np.asarray(Image.open(made[0].path).convert("RGBA"))
        viewer, canvas = window.viewer, window.create_page.canvas_panel.canvas
        await until(lambda: len(viewer.views()) == 8)
        assert [view.decoded for view in viewer.views()] == [False] * 7 + [True]
        assert np.array_equal(canvas.picture(), saved)
        viewer.step(-1)
        viewer.step(1)
        assert np.array_equal(canvas.picture(), saved)

    run_in_window(first)
    run_in_window(later)


def test_viewing_an_earlier_image_keeps_the_run_and_live_returns_to_it(home: Path) -> None:
    async def play(window: Window) -> None:
        picture = await generate_image(window)
        await generate_image(window)
        library.step_seconds = 0.05
        window.create_page.controls.request_draft.change(steps=40)
        click(window.create_page.controls.button)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.steps_done >= 2)
        await open_image(window, picture)
        assert run.state is State.RUNNING and window.viewer.run is run and not window.viewer.shows_run
        assert window.create_page.canvas_panel.filmstrip._play.isVisible()
        shown, made = window.viewer.view(), run.steps_done
        await until(lambda: run.steps_done >= made + 2)
        assert window.viewer.view().index == shown.index == 8
        click(window.create_page.canvas_panel.filmstrip._follow_button)
        assert window.viewer.shows_run and window.viewer.live
        await until(lambda: run.state is State.DONE)
        assert len(run.views[0]) == 40

    library = GaussianLibrary()
    run_in_window(play, library=library)


def test_v_cycles_through_the_view_modes_of_a_step(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(run_calls, "show_noise", lambda service, key: asked.append(key))

    async def play(window: Window) -> None:
        await generate_image(window)
        run, stage = window.viewer.run, window.create_page.canvas_panel
        assert run is not None
        await until(lambda: all(view.decoded for view in run.views[0]))
        stage.setFocus()
        window.viewer.show_step(3)
        seen = [stage.canvas.picture()]
        for _ in range(3):
            press(window, Qt.Key.Key_V)
            seen.append(stage.canvas.picture())
        view, before = run.views[0][2], run.views[0][1]
        assert seen[0] is view.predicted and seen[1] is view.noisy and seen[3] is view.noise
        unchanged = (view.predicted == before.predicted).all(axis=-1)
        assert unchanged.any() and not unchanged.all()
        assert (seen[2][unchanged] == (128, 128, 128, 255)).all() and seen[2][~unchanged].std() > 0
        press(window, Qt.Key.Key_V)
        assert window.viewer.view_mode == "both" and stage.noisy() is view.noisy
        press(window, Qt.Key.Key_V)
        assert window.viewer.view_mode == "predicted"
        press(window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
        press(window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
        assert window.viewer.view_mode == "noise" and not asked, "the way back"
        # The noise of a run in another process is drawn when it is looked at.
        window.viewer.show_step(1)
        run.views[0][3] = replace(drawn := run.views[0][3], noise=run.views[0][3].noisy)
        run.state = State.RUNNING
        window.viewer.show_step(4)
        await until(lambda: asked == [run.id])
        assert stage.canvas.picture() is run.views[0][2].noise
        # A run that has failed draws it no more.
        run.state = State.FAILED
        window.viewer.redraw(run)
        grey = stage.canvas.picture()
        assert (grey == (128, 128, 128, 255)).all() and "not drawn" in stage.canvas.title()
        assert stage.filmstrip.strip._describe_cell(4)[-1] is grey, "the strip does not show the noisy picture"
        run.state = State.DONE
        run.views[0][3] = drawn
        window.viewer.redraw(run)
        assert stage.canvas.picture() is drawn.noise and not stage.canvas.title()

    run_in_window(play)


def test_a_step_of_an_earlier_image_is_branched_with_another_prompt(home: Path) -> None:
    async def play(window: Window) -> None:
        picture = await generate_image(window)
        await generate_image(window)
        controls = window.create_page.controls
        await open_image(window, picture)
        # A branch of the first image must not use these settings.
        controls.request_draft.change(steps=5, prompt="an owl")
        window.viewer.show_step(4)
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_B)
        await until(controls.prompt.editor.hasFocus)
        # The letters of the next prompt are no commands.
        QTest.keyClicks(controls.prompt.editor, "a b")
        assert (controls.prompt.text(), window.request_draft.branch_point.step) == ("a b", 4)
        controls.prompt.set_text(PROMPT)
        # A click returns the keys of the film strip.
        QTest.mouseClick(window.create_page.canvas_panel.canvas, Qt.MouseButton.LeftButton)
        press(window, Qt.Key.Key_Left)
        assert window.viewer.view().index == 3
        window.viewer.show_step(4)
        window.undo()
        await until(lambda: not window.steps.branching.on)
        assert (controls.request_draft["steps"], controls.prompt.text()) == (5, "an owl"), (
            "nothing that was typed is lost"
        )
        assert not controls.request_draft.is_seed_given
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        assert "step 4" in controls.status.texts()[0] and controls.status.isVisible()
        assert not controls.steps.isEnabled() and controls.steps.value() == 8 and "branch" in controls.steps.toolTip()
        click(controls.button)
        await wait_for_notice(window, "Nothing is changed")
        controls.prompt.set_text("a green square")
        controls.changed.emit()
        assert controls.status.texts()[1] == "Changed: prompt"
        branch = await generate_image(window)
        made = branch.request.branch
        assert branch.request.prompt == "a green square" and branch.request.steps == 8
        assert made is not None and made.step == 4 and made.parent.digest() == picture.digest
        # The first four views are those of the parent image.
        views = window.viewer.views()
        assert [(view.index, view.of) for view in views] == [(index, 8) for index in range(1, 9)]
        own = window.viewer.run.views[0]
        assert len(own) == 4 and views[4].predicted is own[0].predicted
        window.viewer.show_step(3)
        acts = {action.title: action for action in window.steps.actions()}
        for title in ("Keep as picture", "This step, in numbers"):
            assert not acts[title].when() and "parent" in acts[title].disabled_reason(), title
        for step in (3, 8):
            window.viewer.show_step(step)
            refused = [action for action in window.steps._step_actions() if not action.when()]
            assert refused and all(action.disabled_reason() for action in refused)
        window.viewer.show_step(3)
        # This still branches the first image.
        window.steps.branch()
        request_draft = window.create_page.controls.request_draft
        await until(lambda: request_draft.branch_point.step == 3)
        assert request_draft.branch_point.parent.digest() == picture.digest and controls.prompt.text() == PROMPT
        assert controls.button.text() == "Generate branch" and "step 3" in controls.button.toolTip()
        assert "Esc" in controls.status.close_button.toolTip()
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert controls.steps.isEnabled() and not controls.status.isVisible()
        assert controls.button.accessibleName() == "Generate"
        again = await generate_image(window)
        assert again.request.branch is None

    run_in_window(play)


def test_a_chip_before_the_words_of_the_prompt_shows_and_leaves_the_branch(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        chips = controls.prompt.chips
        await generate_image(window)
        assert not any("Continues" in chip.text for chip in chips.chips())
        window.viewer.show_step(4)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        controls.request_draft.change(prompt="a white owl")
        await generate_image(window)
        controls.prompt.set_text("a pizza")
        # The chips of the prompt follow the chip of the branch.
        controls.prompt.show_chips([PromptChip("pizza", ChipLook.DRAWN, "pizza, drawn")])
        assert [button.text() for button in chips.buttons()] == [f"Continues step 4 of “{PROMPT}”", "pizza"]
        assert controls.button.text() == "Generate branch" and "Leave the branch" in chips.buttons()[0].toolTip()
        click(chips.buttons()[0])
        assert not window.steps.branching.on and controls.prompt.text() == "a pizza"
        assert not any("Continues" in chip.text for chip in chips.chips())
        assert (await generate_image(window)).request.branch is None

    run_in_window(play)


def test_a_new_image_that_the_search_of_the_sidebar_hides_is_shown_on_request(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, panel = window.create_page.controls, window.create_page.gallery
        await generate_image(window)
        panel.search.set_text("disc")
        controls.request_draft.change(prompt="a cheerful blue disc", seed=3)
        await generate_image(window)
        # The search lists it, and its details are shown.
        await until(lambda: panel.grid.current() is not None and panel.grid.current().request.seed == 3)
        assert panel.details.isVisible() and not panel.hidden_note.isVisible()
        panel.search.set_text("red")
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        click(controls.button)
        await until(lambda: panel.hidden_note.isVisible() and window.generation.job is None)
        assert window.gallery.panel_model.rowCount() == 1 and not panel.details.isVisible()
        click(panel.hidden_note.findChild(QPushButton))
        await until(lambda: window.gallery.panel_model.rowCount() == 3)
        await until(lambda: panel.grid.selected_rows() == [range(1)] and panel.details.isVisible())
        assert panel.search.text() == "" and not panel.hidden_note.isVisible()

    run_in_window(play)


def test_a_late_branch_warns_that_the_picture_will_hardly_change(home: Path) -> None:
    async def play(window: Window) -> None:
        status = window.create_page.controls.status
        picture = await generate_image(window)
        late = picture.request.steps - 1
        for step in (late, 4):
            window.viewer.show_step(step)
            window.steps.branch()
            await until(lambda step=step: f"step {step}" in status.texts()[0])
            assert ("the picture will hardly change" in status.note()) == (step == late)
            assert ("hardly change" in status.accessibleDescription()) == (step == late)

    run_in_window(play)


def test_changes_in_a_late_pause_warn_that_the_picture_will_hardly_change(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=12)
        run = await pause_run(window)
        controls.request_draft.change(prompt="a white owl")
        assert controls.status.texts() == ("Paused · changed", "prompt") and not controls.status.note()
        click(controls.status.close_button)
        for _ in range(run.steps - 1 - window.generation.job.newest().index):
            done = run.steps_done
            press(window, Qt.Key.Key_Right)
            await until(lambda done=done: run.steps_done > done and run.state is State.PAUSED)
        assert not controls.status.note()
        controls.request_draft.change(prompt="a white owl")
        assert controls.status.note() == "Only 1 step left: the picture will hardly change"
        click(controls.status.close_button)
        assert controls.status.texts()[0] == "Paused" and not controls.status.note()

    run_in_window(play, library=library)


def test_closing_a_branch_restores_the_settings_from_before_it(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        picture = await generate_image(window)
        controls.request_draft.change(steps=5, prompt="an owl", seed=3, guidance_scale=2.0)
        for step in (4, 2):
            # The second branch starts while the first one is open.
            window.viewer.show_step(step)
            window.steps.branch()
            await until(lambda step=step: window.steps.branching.on and f"step {step}" in controls.status.texts()[0])
            assert controls.request_draft["prompt"] == picture.request.prompt
        assert not window.create_page.canvas_panel.notices.shown, "no notice covers the picture"
        controls.request_draft.change(guidance_scale=7.0)
        click(controls.status.close_button)
        assert not window.steps.branching.on
        values = [controls.request_draft[name] for name in ("steps", "prompt", "seed", "guidance_scale")]
        assert values == [5, "an owl", 3, 7.0], "a setting that was changed in the branch stays"

    run_in_window(play)


def test_ctrl_z_reports_that_nothing_of_a_branch_is_left_to_undo(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.request_draft
        picture = await generate_image(window)
        draft.change(steps=5)
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        assert draft["steps"] == picture.request.steps != 5
        window.steps.branching.leave()
        draft.change(steps=7, seed=8)
        window.undo()
        await wait_for_notice(window, "Nothing to undo: you have changed it since")
        assert draft["steps"] == 7

    run_in_window(play)


def test_undoing_settings_leaves_only_the_branch_that_they_started(home: Path) -> None:
    async def play(window: Window) -> None:
        request_draft = window.request_draft
        await generate_image(window)
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        request_draft.change(guidance_scale=7.0)
        window.commands.do(next(one for one in window.commands.actions() if "defaults" in one.label))
        assert request_draft["guidance_scale"] != 7.0
        window.undo()
        await wait_for_notice(window, "Undone")
        assert window.steps.branching.on and request_draft["guidance_scale"] == 7.0
        request_draft.change(guidance_scale=3.0)
        branch = await generate_image(window)
        window.steps.branching.leave()
        window.settings_restorer.use(branch)
        assert window.steps.branching.on
        window.undo()
        await until(lambda: not window.steps.branching.on)

    run_in_window(play)


def test_a_paused_run_resumes_with_changed_settings(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=20)
        run = await pause_run(window, steps=3)
        at = run.steps_done
        assert not controls.steps.isEnabled() and controls.guidance.isEnabled()
        assert bar._pause_button.accessibleName() == "Resume"
        window.viewer.show_step(1)
        assert not window.steps._can_compare(), "there is no final picture yet"
        window.viewer.go_to_end()
        controls.prompt.set_text("a yellow star")
        controls.request_draft.change(guidance_scale=5.0)
        controls.changed.emit()
        for button in (bar._pause_button, controls.button):
            assert button.accessibleName() == "Continue with changes" and "guidance 2 → 5" in button.toolTip()
        click(bar._pause_button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        picture = window.gallery.panel_model.picture(0)
        request = read(picture.path).request
        assert request is not None and request.branch is not None
        assert (request.branch.step, request.branch.parent.prompt) == (at, "a cheerful red disc")
        assert (request.prompt, request.guidance_scale, request.seed) == ("a yellow star", 5.0, run.request.seed)
        assert run.state is State.STOPPED and not any("Stopped" in notice for notice in notices(window))
        views = window.viewer.views()
        assert len(views) == 20 and views[at - 1].predicted is run.views[0][at - 1].predicted
        assert views[19].predicted is window.viewer.run.views[0][-1].predicted and views[19].index == 20
        assert controls.steps.isEnabled() and not controls.status.isVisible()

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_enter_continues_a_paused_run_with_changes(home: Path, modifier: Qt.KeyboardModifier) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        click(controls.button)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 1)
        click(bar._pause_button)
        await until(lambda: run.state is State.PAUSED)
        assert "Enter" in controls.button.add.toolTip() and "Enter" not in controls.button.toolTip()
        controls.prompt.editor.setFocus()
        controls.prompt.set_text("a yellow star")
        assert controls.button.accessibleName() == "Continue with changes"
        assert "Enter" in controls.button.toolTip() and "Enter" not in controls.button.add.toolTip()
        resumed = record_signal(controls.button.resume)
        controls.button.set_available(False)
        press(window, Qt.Key.Key_Return, modifier)
        assert not resumed
        controls.button.set_available(True)
        press(window, Qt.Key.Key_Return, modifier)
        library.hurry()
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        request = window.gallery.panel_model.picture(0).request
        assert (request.prompt, request.branch.parent.prompt) == ("a yellow star", PROMPT)
        await until(lambda: not window.backlog.items)
        assert controls.prompt.editor.hasFocus()

    run_in_window(play, library=library)


def test_queueing_during_a_pause_does_not_change_the_paused_run(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.05)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=20, count=2, sampler="ddim", spacing="karras", knobs={"eta": 0.5})
        run = await pause_run(window, steps=3)
        controls.prompt.set_text("a yellow star")
        controls.request_draft.change(sampler="euler")
        controls.changed.emit()
        assert bar._pause_button.accessibleName() == "Continue with changes"
        window.generation.generate()
        await until(lambda: len(window.backlog.waiting) == 1)
        assert controls.request().seed != run.request.seed and bar._pause_button.accessibleName() == "Resume"
        controls.request_draft.change(guidance_scale=5.0)
        controls.changed.emit()
        assert "guidance 2 → 5" in bar._pause_button.toolTip() and "prompt" not in bar._pause_button.toolTip()
        click(controls.status.close_button)
        assert controls.request_draft["guidance_scale"] == 2 and controls.prompt.text() == "a yellow star"
        controls.request_draft.change(sampler="lms")
        controls.changed.emit()
        assert "DDIM → LMS" in bar._pause_button.toolTip(), "the numbers of the other run's scheduler do not go with it"
        click(controls.status.close_button)
        library.hurry()
        click(bar._pause_button)
        await until(lambda: window.gallery.panel_model.rowCount() == 4 and window.generation.job is None)
        made = [read(path).request for path in pictures(home)]
        seeds = {(request.prompt, request.seed) for request in made if request is not None and request.branch is None}
        first, second = run.request.seed, controls.request().seed
        assert seeds == {("a cheerful red disc", first), ("a cheerful red disc", first + 1),
                         ("a yellow star", second), ("a yellow star", second + 1)}  # fmt: skip

    run_in_window(play, library=library)


def test_edits_before_a_pause_do_not_change_the_paused_run(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=30)
        click(controls.button)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 2)
        controls.request_draft.change(prompt="a green frog")
        click(controls.button.add)
        await until(lambda: len(window.backlog.waiting) == 1)
        # The second pause follows an edit that is not queued.
        for prompt, guidance in (("a green frog", 5.0), ("a white owl", 6.0)):
            controls.request_draft.change(prompt=prompt)
            click(bar._pause_button)
            await until(lambda: run.state is State.PAUSED)
            for button in (bar._pause_button, controls.button):
                assert button.accessibleName() == "Resume"
            others = ["prompt", *(["guidance 2 → 5"] if prompt == "a white owl" else [])][:1]
            assert controls.status.texts() == ("Paused", f"For the next picture: {', '.join(others)}")
            before = controls.request_draft["guidance_scale"]
            controls.request_draft.change(guidance_scale=guidance)
            controls.changed.emit()
            assert controls.status.texts()[0] == "Paused · changed" and "prompt" not in controls.status.texts()[1]
            click(controls.status.close_button)
            assert controls.request_draft["guidance_scale"] == before and controls.prompt.text() == prompt
            click(bar._pause_button)
            await until(lambda: run.state is not State.PAUSED)
        library.hurry()
        await until(lambda: window.gallery.panel_model.rowCount() == 2 and window.generation.job is None)
        made = [window.gallery.panel_model.picture(row).request for row in (1, 0)]
        assert [(request.prompt, request.branch) for request in made] == [(PROMPT, None), ("a green frog", None)]

    run_in_window(play, library=library)


def test_edits_before_a_pause_change_the_paused_run_on_request(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=30)
        click(controls.button)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 1)
        controls.request_draft.change(prompt="a green frog", seed=5)
        click(bar._pause_button)
        await until(lambda: run.state is State.PAUSED)
        assert controls.status.action_button.text() == "Use for this picture"
        click(controls.status.action_button)
        assert (
            controls.status.texts() == ("Paused · changed", "prompt") and not controls.status.action_button.isVisible()
        )
        assert controls.button.accessibleName() == "Continue with changes"
        # This takes the decision back, not what was typed before.
        click(controls.status.close_button)
        assert (controls.prompt.text(), controls.request().seed) == ("a green frog", 5)
        assert controls.button.accessibleName() == "Resume"
        click(controls.status.action_button)
        library.hurry()
        click(controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        request = window.gallery.panel_model.picture(0).request
        assert (request.prompt, request.branch.parent.prompt) == ("a green frog", PROMPT)
        assert request.seed == run.request.seed

    run_in_window(play, library=library)


def test_editing_a_queue_item_during_a_pause_does_not_change_the_paused_run(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        click(controls.button)
        run = window.viewer.run
        controls.request_draft.change(prompt="a green frog")
        click(controls.button.add)
        await until(lambda: len(window.backlog.waiting) == 1 and run.steps_done >= 1)
        click(bar._pause_button)
        await until(lambda: run.state is State.PAUSED)
        window.generation.editor.begin(window.backlog.waiting[0])
        controls.request_draft.change(prompt="a white owl")
        click(controls.button.add)
        await until(lambda: window.backlog.waiting[0].request.prompt == "a white owl")
        controls.changed.emit()
        assert bar._pause_button.accessibleName() == "Resume" and controls.status.texts()[0] == "Paused"
        # The panel keeps the settings of the item if the editing is cancelled.
        controls.request_draft.change(prompt=PROMPT)
        controls.changed.emit()
        window.generation.editor.begin(window.backlog.waiting[0])
        window.generation.editor.end()
        controls.changed.emit()
        assert controls.prompt.text() == "a white owl"
        assert bar._pause_button.accessibleName() == "Resume" and controls.status.texts()[0] == "Paused"
        click(bar._pause_button)
        library.hurry()
        await until(lambda: run.state is State.DONE)

    run_in_window(play, library=library)


@pytest.mark.parametrize("way", ["close", "undo"])
def test_leaving_a_branch_during_a_pause_does_not_change_the_paused_run(home: Path, way: str) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=30)
        click(controls.button)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 2)
        controls.request_draft.change(prompt="a green frog")
        window.viewer.show_step(1)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        assert controls.prompt.text() == PROMPT
        window.viewer.go_to_end()
        click(bar._pause_button)
        await until(lambda: run.state is State.PAUSED)
        if way == "close":
            window.steps.branching.dismiss()
        else:
            window.undo()
            await until(lambda: not window.steps.branching.on)
        assert not window.steps.branching.on and controls.prompt.text() == "a green frog"
        assert bar._pause_button.accessibleName() == "Resume" and controls.status.texts()[0] == "Paused"
        controls.request_draft.change(guidance_scale=5.0)
        controls.changed.emit()
        assert controls.status.texts() == ("Paused · changed", "guidance 2 → 5")
        click(controls.status.close_button)
        click(bar._pause_button)
        library.hurry()
        await until(lambda: run.state is State.DONE)

    run_in_window(play, library=library)


def test_changes_made_during_a_pause_can_be_undone(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.3)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        run = await pause_run(window)
        controls.prompt.set_text("a yellow star")
        controls.changed.emit()
        click(controls.status.close_button)
        assert controls.prompt.text() == "a cheerful red disc" and bar._pause_button.accessibleName() == "Resume"
        press(window, Qt.Key.Key_Space)
        library.hurry()
        await until(lambda: run.state is State.DONE)

    run_in_window(play, library=library)


def test_the_family_tree_leads_from_a_branch_to_its_parent(home: Path) -> None:
    async def play(window: Window) -> None:
        parent = await generate_image(window)
        strip = window.create_page.canvas_panel.filmstrip
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        window.create_page.controls.prompt.set_text("a blue star")
        branch = await generate_image(window)
        await until(lambda: strip.family.isVisible())
        assert strip.family.text() == strip.family.accessibleName() == "Family · 2"
        with mute_platform():
            click(strip.family)
        view = window.steps.family.view
        assert view is not None
        # Without a compositor, whatever the popup does not paint is black.
        assert view.grab().toImage().pixelColor(view.width() // 2, view.height() - 3).alpha() == 255
        model = view.list.model()
        lines = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert lines[1] == "a blue star, from step 3" and lines[0].startswith("a cheerful red disc")
        assert view.list.currentIndex().row() == 1
        QTest.keyClick(view.list, Qt.Key.Key_Up)
        QTest.keyClick(view.list, Qt.Key.Key_Return)
        await until(lambda: window.viewer.on_canvas is not None and not window.viewer.shows_run)
        assert window.steps.loaded_steps.picture.id == parent.id != branch.id
        await until(lambda: strip.family.isVisible())

    run_in_window(play)


def test_a_step_is_saved_as_its_own_image(home: Path) -> None:
    async def play(window: Window) -> None:
        picture = await generate_image(window)
        await generate_image(window)
        await open_image(window, picture)
        window.viewer.show_step(3)
        leaves = await window.steps.picture()
        await until(lambda: window.viewer.views()[2].decoded)
        assert np.array_equal(leaves, window.viewer.views()[2].predicted)
        window.viewer.show_step(5)
        window.steps.keep()
        await until(lambda: window.gallery.panel_model.rowCount() == 3)
        kept = window.gallery.panel_model.picture(0)
        assert kept.stopped_at == 5 and kept.request.seed == picture.request.seed

    run_in_window(play)


def test_playback_loops_until_it_is_stopped(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_image(window)
        strip, viewer = window.create_page.canvas_panel.filmstrip, window.viewer
        window.create_page.canvas_panel.setFocus()
        click(strip._play)
        await until(lambda: viewer.is_playing and viewer.view().index in (2, 3))
        press(window, Qt.Key.Key_R)
        assert not viewer.is_playing and viewer.view().index in (2, 3, 4)

    run_in_window(play)


def test_the_menu_of_a_step_opens_by_key_and_by_mouse(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_image(window)
        menus: list[list[str]] = []
        show = window.steps.show_menu

        def shown(place: QPoint) -> None:
            with mute_platform():
                menu = show(place)
            assert menu is not None
            menus.append([action.text() for action in menu.actions() if action.isEnabled() and action.text()])
            menu.close()

        strip = window.create_page.canvas_panel.filmstrip
        strip.menu_asked.disconnect()
        strip.menu_asked.connect(shown)
        window.viewer.show_step(4)
        click(strip._menu_button)
        place = strip.strip._rect_of(2).center().toPoint()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, strip.strip.mapToGlobal(place))
        QApplication.sendEvent(strip.strip, event)
        assert window.viewer.view().index == 2
        assert menus[0] == menus[1] and "Branch from here" in menus[0] and "Compare with final" in menus[0]

    run_in_window(play)


def test_a_running_branch_shows_its_own_newest_step(home: Path) -> None:
    async def play(window: Window) -> None:
        viewer, canvas = window.viewer, window.create_page.canvas_panel.canvas
        await generate_image(window)
        viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        window.create_page.controls.prompt.set_text("a blue star")
        branch = await generate_image(window)
        assert viewer.live and (viewer.shared(), len(viewer.views())) == (3, 8)
        own = viewer.run.views[0]
        await until(lambda: own[-1].decoded)
        assert (viewer.view().index, viewer.view().of) == (8, 8)
        assert viewer.view().predicted is own[-1].predicted
        assert np.array_equal(canvas.picture(), np.asarray(Image.open(branch.path).convert("RGBA")))

    run_in_window(play)


def test_a_second_branch_from_the_same_step_shows_the_steps_before_it(home: Path) -> None:
    async def play(window: Window) -> None:
        viewer = window.viewer
        await generate_image(window)
        parent = viewer.run.views[0]
        viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        for prompt in ("a blue star", "a yellow star"):
            window.create_page.controls.prompt.set_text(prompt)
            branch = await generate_image(window)
            assert branch.request.prompt == prompt and (viewer.shared(), len(viewer.views())) == (3, 8)
            assert [viewer.views()[place].predicted is parent[place].predicted for place in range(3)] == [True] * 3
        # A branch of this branch has other steps before it.
        viewer.show_step(5)
        window.steps.branch()
        await until(lambda: window.request_draft.branch_point.step == 5)
        yellow = viewer.run.views[0]
        window.create_page.controls.prompt.set_text("a green star")
        await generate_image(window)
        assert (viewer.shared(), len(viewer.views())) == (2, 5) and viewer.lead() == 3
        assert viewer.views()[1].predicted is yellow[1].predicted

    run_in_window(play)


def test_the_settings_of_a_branch_reproduce_its_image(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_image(window)
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        window.create_page.controls.prompt.set_text("a blue star")
        branch = await generate_image(window)
        window.steps.branching.leave()
        window.create_page.controls.prompt.set_text("something else")
        window.settings_restorer.use(branch)
        assert window.steps.branching.on
        await wait_for_notice(window, "makes the same picture")
        again = await generate_image(window)
        assert again.digest == branch.digest and again.id != branch.id
        assert np.array_equal(np.asarray(Image.open(again.path)), np.asarray(Image.open(branch.path)))

    run_in_window(play)


@pytest.mark.slow
def test_changing_one_of_several_images_loses_none(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(count=3)
        controls.request_draft.change(batch=1)
        controls.request_draft.change(seed=70)
        click(controls.button)
        run = window.viewer.run
        assert run is not None
        await window.generation.add(replace(run.request, prompt="an owl", count=1, seed=90))
        await until(lambda: len(run.views[1]) >= 2)
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: run.state is State.PAUSED)
        controls.prompt.set_text("a yellow star")
        controls.changed.emit()
        press(window, Qt.Key.Key_Space)
        await until(lambda: window.gallery.panel_model.rowCount() == 4 and window.generation.job is None)
        last, *others = (window.gallery.panel_model.picture(row).request for row in range(4))
        assert last.prompt == "an owl", "what is left of the run goes before what waits"
        made = others[::-1]
        assert [each.seed for each in made] == [70, 71, 72]
        assert [each.prompt for each in made] == ["a cheerful red disc", "a yellow star", "a yellow star"]
        assert [each.branch is not None for each in made] == [False, True, False]

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_the_film_of_an_earlier_image_is_saved_as_a_file(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        # A GIF merges two frames that look the same.
        window.create_page.controls.request_draft.change(seed=70)
        picture = await generate_image(window)
        await generate_image(window)
        await open_image(window, picture)
        window.steps.film()
        await until(lambda: window.steps.film_export.dialog is not None)
        dialog = window.steps.film_export.dialog
        assert dialog is not None
        dialog.set_folder(tmp_path)
        dialog.loop.set_choice("once")
        dialog.loop.chosen.emit("once")
        # A video cannot be transparent, nor stop at its end. The choices of the user are kept.
        for form, loop, background in ((".mp4", "forever", (255, 255, 255)), (".gif", "once", None)):
            dialog.form.set_choice(form)
            dialog.form.chosen.emit(form)
            assert (dialog.settings().loop, dialog.settings().background) == (loop, background)
            assert (dialog.chosen_settings().loop, dialog.chosen_settings().background) == ("once", None)
        dialog.pixels.set_choice("0")
        click(dialog.run)
        await until(lambda: window.steps.film_export.dialog is None)
        (file,) = tmp_path.iterdir()
        with Image.open(file) as film:
            assert film.n_frames == 8 and film.size == (128, 128)
        await wait_for_notice(window, "Animation exported")

    run_in_window(play)


@pytest.mark.slow
def test_film_format_requirements_are_shown_before_writing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # This simulates a missing PyAV.
    monkeypatch.setitem(sys.modules, "av", None)

    async def play(window: Window) -> None:
        await generate_image(window)
        window.steps.film()
        await until(lambda: window.steps.film_export.dialog is not None)
        dialog = window.steps.film_export.dialog
        assert dialog is not None
        dialog.form.set_choice(".mp4")
        dialog.form.chosen.emit(".mp4")
        await until(lambda: not dialog.run.isEnabled())
        assert "to install it" in dialog._problem.text()
        dialog.form.set_choice(".webp")
        dialog.form.chosen.emit(".webp")
        await until(dialog.run.isEnabled)
        dialog.reject()

    run_in_window(play)


def test_a_step_is_sent_to_the_compare_page_beside_the_final_image(home: Path) -> None:
    async def play(window: Window) -> None:
        await generate_image(window)
        window.viewer.show_step(2)
        window.steps.compare()
        await until(lambda: window.page() == "compare")
        assert [item.title for item in window.compare_controller.items] == ["Step 2", "Final"]
        run = window.viewer.run
        assert run is not None and window.compare_controller.items[0].rgba is run.views[0][1].predicted

    run_in_window(play)


def test_an_image_without_steps_shows_a_message(home: Path) -> None:
    async def play(window: Window) -> None:
        picture = await generate_image(window)
        await generate_image(window)
        file = await window.gallery.ask(lambda gallery: gallery.steps.path(picture.id))
        file.unlink()
        window.create_page.gallery.grid.select(picture.id)
        strip = window.create_page.canvas_panel.filmstrip.strip
        await until(lambda: "No steps were saved" in strip.message())
        file.write_bytes(b"not steps")
        window.steps.show(picture)
        await until(lambda: "damaged" in strip.message())
        assert window.create_page.canvas_panel.canvas.picture() is not None and window.viewer.view() is None

    run_in_window(play)


def test_the_empty_strip_says_that_steps_are_being_loaded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[str] = []
    monkeypatch.setattr(filmstrip, "announce", lambda widget, text: announced.append(text))

    async def play(window: Window) -> None:
        picture = await generate_image(window)
        await generate_image(window)
        go = threading.Event()
        window.worker.ask(go.wait)
        window.steps.show(picture)
        strip = window.create_page.canvas_panel.filmstrip.strip
        try:
            await until(lambda: strip.message() == "Loading its steps…")
            assert strip.accessibleDescription() == strip.message() and announced == [strip.message()]
            seen = strip.grab().toImage()
            strip.set_message("")
            assert strip.count() == 0 and strip.grab().toImage() != seen
        finally:
            go.set()
        await until(lambda: strip.count() == picture.request.steps)
        assert not strip.message() and len(announced) == 1

    run_in_window(play)


@pytest.mark.slow
def test_a_branch_prepared_during_a_pause_does_not_mix_with_the_run(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=20)
        run = await pause_run(window, steps=4)
        window.viewer.show_step(2)
        press(window, Qt.Key.Key_B)
        await until(controls.prompt.editor.hasFocus)
        controls.prompt.set_text("a yellow star")
        controls.changed.emit()
        assert "step 2" in controls.status.texts()[0] and bar._pause_button.accessibleName() == "Resume"
        click(controls.status.close_button)
        assert not window.steps.branching.on and controls.prompt.text() == "a yellow star"
        # The prompt was written for the branch.
        assert controls.status.texts()[0] == "Paused" and not controls.steps.isEnabled()
        assert bar._pause_button.accessibleName() == "Resume"
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: window.generation.job is None)
        assert run.state is State.DONE
        assert controls.steps.isEnabled() and "paused run" not in controls.steps.toolTip()
        # A paused branch and another one from the same step do not mix either.
        window.viewer.show_step(2)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        controls.request_draft.change(prompt="a blue star")
        click(controls.button)
        await until(lambda: window.viewer.run is not run and window.viewer.run.views[0])
        branch = window.viewer.run
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: branch.state is State.PAUSED)
        window.viewer.show_step(2)
        press(window, Qt.Key.Key_B)
        await until(lambda: controls.request_draft["prompt"] == "a cheerful red disc")
        controls.request_draft.change(prompt="an owl")
        assert "step 2" in controls.status.texts()[0] and bar._pause_button.accessibleName() == "Resume"
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Space)
        await until(lambda: branch.state is State.DONE)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_a_branch_that_waits_for_a_paused_run_is_announced(home: Path) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        picture = await generate_image(window)
        library.step_seconds = 0.3
        click(controls.button)
        run = window.viewer.run
        await until(lambda: run.steps_done >= 1)
        click(bar._pause_button)
        await until(lambda: run.state is State.PAUSED)
        await open_image(window, picture)
        window.viewer.show_step(3)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        controls.request_draft.change(prompt="a white owl")
        click(controls.button.add)
        await wait_for_notice(window, "Queued · 1 picture a white owl · waits for the paused run")
        assert window.top.queue.text() == "Queue 2"
        library.hurry()
        click(bar._pause_button)
        await until(lambda: window.gallery.panel_model.rowCount() == 3 and not window.backlog.items)
        assert window.gallery.panel_model.picture(0).request.branch.step == 3
        assert (run.state, run.request.prompt) == (State.DONE, PROMPT)

    run_in_window(play, library=library)


def test_a_run_stopped_for_its_queued_branch_can_be_kept(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=20)
        run = await pause_run(window, steps=4)
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await wait_for_notice(window, "Nothing is changed yet")
        controls.request_draft.change(prompt="a white owl")
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await wait_for_notice(window, "waits for the paused run")
        assert not any("Nothing is changed yet" in notice for notice in notices(window))
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await wait_for_notice(window, "This branch is queued already")
        click(window.top.jobs.stop)
        await until(lambda: window.viewer.run is not run)
        branch = window.viewer.run
        assert run.state is State.STOPPED and branch.request.prompt == "a white owl"
        keep = notice_button(window, "Keep it")
        assert keep is not None and any("Stopped at step" in notice for notice in notices(window))
        click(keep)
        assert not any("Stopped at step" in notice for notice in notices(window))
        await until(lambda: branch.state is State.DONE and window.gallery.panel_model.rowCount() == 2)
        kept = {window.gallery.panel_model.picture(row).request.prompt for row in range(2)}
        assert kept == {PROMPT, "a white owl"}

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_a_branch_can_be_requested_again_unless_it_was_made(home: Path) -> None:
    library = GaussianLibrary()

    async def play(window: Window) -> None:
        controls = window.create_page.controls

        def is_idle() -> bool:
            return window.generation.job is None and not window.backlog.items

        await generate_image(window)
        window.viewer.show_step(3)
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        controls.request_draft.change(prompt="a white owl")
        library.step_seconds = 0.3
        for _ in range(2):
            # The step that the branch continues is still being read.
            window.create_page.canvas_panel.notices.clear()
            click(controls.button)
            click(controls.button)
            await wait_for_notice(window, "This branch is queued already")
            await until(lambda: window.generation.job is not None and window.viewer.run.request.branch is not None)
            window.generation.stop()
            await until(is_idle)
        library.hurry()
        click(controls.button)
        assert not any("already" in notice for notice in notices(window))
        await until(lambda: window.gallery.panel_model.rowCount() == 2 and is_idle())
        click(controls.button)
        await wait_for_notice(window, "This branch is made already")
        controls.request_draft.change(prompt="a blue owl")
        click(controls.button)
        assert not any("already" in notice for notice in notices(window))
        await until(lambda: window.gallery.panel_model.rowCount() == 3 and is_idle())

    run_in_window(play, library=library)


def test_a_branch_without_changes_finishes_a_stopped_run(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=20)
        run = await pause_run(window, steps=4)
        window.generation.stop()
        await until(lambda: run.state is State.STOPPED and window.generation.job is None)
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.gallery.panel_model.rowCount() == 1)
        made = window.gallery.panel_model.picture(0)
        assert made.request.prompt == PROMPT and made.request.seed == run.request.seed and not made.stopped_at

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_a_paused_branch_is_steered_while_its_card_is_open(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.05)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.request_draft.change(steps=30)
        await generate_image(window)
        window.viewer.show_step(2)
        window.steps.branch()
        await until(lambda: window.steps.branching.on)
        card = controls.status.texts()[0]
        click(controls.button)
        await wait_for_notice(window, "Nothing is changed")
        controls.request_draft.change(prompt="a yellow star")
        click(controls.button)
        # The second pause is in the run that continues with the first change.
        for before, prompt in (("a yellow star", "a blue star"), ("a blue star", "an owl")):
            await until(lambda prompt=before: window.viewer.run.request.prompt == prompt)
            run = window.viewer.run
            await until(lambda run=run: run.views[0])
            window.create_page.canvas_panel.setFocus()
            press(window, Qt.Key.Key_Space)
            await until(lambda run=run: run.state is State.PAUSED)
            assert bar._pause_button.accessibleName() == "Resume" and controls.status.texts()[0] == card
            controls.request_draft.change(prompt="a green star")
            assert controls.status.texts() == ("Paused · changed", "prompt")
            click(controls.status.close_button)
            assert controls.request_draft["prompt"] == before and controls.status.texts()[0] == card
            controls.request_draft.change(prompt=prompt)
            assert bar._pause_button.accessibleName() == controls.button.accessibleName() == "Continue with changes"
            click(bar._pause_button)
        library.hurry()
        await until(lambda: window.gallery.panel_model.rowCount() == 2 and window.generation.job is None)
        made = window.gallery.panel_model.picture(0).request
        assert [made.prompt, made.branch.parent.prompt] == ["an owl", "a blue star"]
        assert window.steps.branching.on and controls.status.texts()[0] == card

    run_in_window(play, library=library)


def test_a_step_of_an_image_is_shown_in_numbers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.model_library.Library", GaussianLibrary)

    async def play(window: Window) -> None:
        await generate_image(window)
        window.viewer.show_step(3)
        window.steps.show_numbers()
        await until(lambda: window.findChildren(StepNumbersView))
        (shown,) = window.findChildren(StepNumbersView)
        assert (shown.numbers().index, shown.numbers().of) == (3, 8)
        assert problems(shown) == []
        names: dict = {}
        exec(compile(shown.code.toPlainText(), "step", "exec"), names)
        assert float(abs(names["x_next"] - names["x_saved"]).max()) < 1e-5
        click(shown.measure)
        await until(lambda: any(each.symbol == "‖Δ‖" for each in shown.numbers().sizes))
        assert shown.measure.isHidden()

    run_in_window(play)


def test_the_steps_of_an_image_are_taken_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.studio.studio.Library", GaussianLibrary)

    async def play(window: Window) -> None:
        picture = await generate_image(window)
        for form in (".html", ".ipynb"):
            window.steps.film()
            await until(lambda: window.steps.film_export.dialog is not None)
            dialog = window.steps.film_export.dialog
            assert dialog is not None
            dialog.set_folder(tmp_path)
            dialog.form.set_choice(form)
            dialog.form.chosen.emit(form)
            assert not dialog.speed.isEnabled() and dialog.view_mode.isEnabled() == (form == ".html")
            click(dialog.run)
            await until(lambda: window.steps.film_export.dialog is None)
        page, notebook = sorted(tmp_path.iterdir())
        assert page.read_text("utf-8").count("data:image/webp;base64,") == 8
        names: dict = {}
        for cell in json.loads(notebook.read_bytes())["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
        assert np.array_equal(names["request_steps"][-1].image, np.asarray(Image.open(picture.path).convert("RGBA")))
        await wait_for_notice(window, "Steps exported")

    run_in_window(play)


def test_settings_applied_in_a_pause_are_said_to_change_the_paused_run(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        picture = window.gallery.panel_model.picture(0)
        window.create_page.controls.prompt.set_text("a blue disc")
        await pause_run(window)
        assert window.create_page.controls.button.text().startswith("Resume")
        window.settings_restorer.use(picture)
        await wait_for_notice(window, "They change the paused run; + adds this picture to the queue.")
        assert not any("Generate makes the same picture again." in notice for notice in notices(window))
        assert window.create_page.controls.button.text().startswith("Continue with changes")

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_no_key_and_no_entry_of_the_palette_changes_what_a_paused_run_locks(home: Path) -> None:
    async def play(window: Window) -> None:
        await pause_run(window)
        draft, controls = window.request_draft, window.create_page.controls
        before = draft.written
        locked = {"Live", "Set", "Sketch", "Fast", *(choice.title for choice in controls.spacing_box.choices())}
        found = [
            action
            for action in (*window.commands.actions(), *window.commands.choices())
            if action.title in locked or action.label in locked
        ]
        assert {"Live", "Set", "Sketch", "Karras"} <= {action.title for action in found}
        assert not [action.title for action in found if action.when()]
        for key in (Qt.Key.Key_L, Qt.Key.Key_D, Qt.Key.Key_T):
            press(window, key, Qt.KeyboardModifier.ControlModifier)
        assert draft.written == before and not window.live.on and not window.sets.on
        assert not window.tools.is_sketching()
        await wait_for_notice(window, "This cannot change in a paused run; resume or stop it first")
        click(controls.button)
        await until(lambda: window.generation.job is None)
        assert all(action.when() for action in found if action.title in ("Live", "Set", "Karras"))

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))
