"""Live and Fast modes: the image follows the prompt, outdated runs are dropped, and settled images are saved."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import Gallery, read
from gdm_studio.gallery.collections import Collections
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.generation import live_mode
from gdm_studio.ui.create.generation.live_mode import DRAFT_STEPS
from gdm_studio.ui.shell.window import Window
from tests.helpers.fast_model import FAST, FastLibrary
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated, pictures, read_late


@pytest.fixture(autouse=True)
def _settled_images_are_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save no image by itself, however long a busy machine takes. Tests of this saving set another time."""
    monkeypatch.setattr(live_mode, "SAVE_AFTER_SECONDS", 3600.0)


async def wait_for_image(window: Window, prompt: str) -> None:
    """Wait until the finished image of this prompt is shown."""

    def is_shown() -> bool:
        run = window.viewer.run
        if run is None or run.request.prompt != prompt or run.state is not State.DONE:
            return False
        # The worker thread ends the run before the window shows its last step.
        return np.array_equal(window.create_page.canvas_panel.canvas.picture(), run.views[0][-1].predicted)

    await until(is_shown)


def test_the_image_follows_the_prompt_with_one_seed_and_is_not_saved(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.live)
        assert controls.seed.lock.isChecked()
        await wait_for_image(window, "a cheerful red disc")
        seed, first = window.viewer.seed(), window.create_page.canvas_panel.canvas.picture()
        controls.prompt.editor.setFocus()
        controls.prompt.editor.selectAll()
        QTest.keyClicks(controls.prompt.editor, "a green disc")
        await wait_for_image(window, "a green disc")
        assert window.viewer.seed() == seed == controls.seed.value()
        assert not np.array_equal(first, window.create_page.canvas_panel.canvas.picture())
        assert window.viewer.run is not None and window.viewer.run.request.steps == DRAFT_STEPS
        controls.request_draft.change(guidance_scale=7.0)
        # Like dragging the slider.
        controls.guidance.changed.emit(7.0)
        await until(lambda: window.viewer.run.request.guidance_scale == 7.0)  # type: ignore[union-attr]
        assert window.generation.job is None and not pictures(home)
        click(controls.modes.live)
        assert not controls.seed.lock.isChecked()

    run_in_window(play)


def test_the_last_of_a_change_and_a_choice_of_an_image_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        picture, prompt = window.gallery.panel_model.picture(0), window.create_page.controls.prompt
        may_read = read_late(window, monkeypatch)
        window.modes.turn_live(True)
        choosing = window.tasks.start(window.steps.loaded_steps.show(picture))
        await until(lambda: window.viewer.awaited_choice is not None)
        prompt.set_text("a change")
        await wait_for_image(window, "a change")
        may_read.set()
        await choosing
        assert window.viewer.shows_run
        may_read.clear()
        prompt.set_text("another change")
        choosing = window.tasks.start(window.steps.loaded_steps.show(picture))
        await wait_for_image(window, "another change")
        may_read.set()
        await choosing
        assert not window.viewer.shows_run

    run_in_window(play)


class PermitModel(GaussianModel):
    """Model that makes one step per permit; the first permit is for preloading.

    `waiting` is set while a step waits for its permit.
    """

    permits = threading.Semaphore(1)
    waiting = threading.Event()

    def denoised(self, x, at, conditioning):  # type: ignore[no-untyped-def]
        if not self.permits.acquire(blocking=False):
            self.waiting.set()
            self.permits.acquire(timeout=90)
            self.waiting.clear()
        return super().denoised(x, at, conditioning)


def test_only_the_run_of_the_newest_prompt_is_finished(home: Path) -> None:
    async def play(window: Window) -> None:
        submitted = []
        submit = window.runner.enqueue

        def record_submission(request, **kind):  # type: ignore[no-untyped-def]
            submitted.append(submit(request, **kind))
            return submitted[-1]

        window.runner.enqueue = record_submission  # type: ignore[method-assign]
        window.live.toggle(True)
        await until(PermitModel.waiting.is_set)
        for letter in "abcdef":
            window.create_page.controls.prompt.set_text(letter)
        PermitModel.permits.release(1 + DRAFT_STEPS)
        await wait_for_image(window, "f")
        assert [job.run.state for job in submitted] == [State.STOPPED] * 6 + [State.DONE]
        # The first run ended after its current step; all others but the last were dropped before they started.
        assert [job.run.steps_done for job in submitted] == [1, 0, 0, 0, 0, 0, DRAFT_STEPS]

    run_in_window(play, library=GaussianLibrary(kind=PermitModel))


def test_a_live_image_is_saved_on_request_as_it_is_shown(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        window.live.toggle(True)
        await until(lambda: window.live.job is not None and window.live.job.run.state is State.DONE)
        await until(lambda: bar._keep_button.isVisible() and bar._keep_button.isEnabled())
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_K)
        await until(lambda: len(pictures(home)) == 1)
        kept = read(pictures(home)[0]).request
        assert kept is not None and kept.steps == DRAFT_STEPS and kept.seed == controls.seed.value()
        assert not bar._keep_button.isEnabled() and "is in the gallery" in bar._keep_button.toolTip()

    run_in_window(play)


def test_turning_live_off_saves_the_finished_image_that_is_shown_and_drops_an_unfinished_one(
    home: Path,
) -> None:
    class OwnPermitModel(PermitModel):
        permits = threading.Semaphore(1)

    async def play(window: Window) -> None:
        live = window.create_page.controls.modes.live
        OwnPermitModel.permits.release(DRAFT_STEPS)
        click(live)
        await wait_for_image(window, "a cheerful red disc")
        click(live)
        await until(lambda: len(pictures(home)) == 1)
        click(live)
        window.create_page.controls.prompt.set_text("a green disc")
        await until(lambda: window.live.job is not None and window.live.job.run.state is State.RUNNING)
        click(live)
        assert window.live.job is None
        OwnPermitModel.permits.release(1)
        window.live.toggle(True)
        OwnPermitModel.permits.release(DRAFT_STEPS)
        await wait_for_image(window, "a green disc")
        assert len(pictures(home)) == 1

    run_in_window(play, library=GaussianLibrary(kind=OwnPermitModel))
    made = [read(each).request for each in pictures(home)]
    assert [each.prompt for each in made if each is not None] == ["a cheerful red disc"]


def test_settled_images_are_saved_in_one_collection_and_can_be_undone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_mode, "SAVE_AFTER_SECONDS", 0.1)

    async def play(window: Window) -> None:
        window.live.toggle(True)
        await until(lambda: len(pictures(home)) == 1)
        keep = window.create_page.canvas_panel.bar._keep_button
        # A click meant for it presses no other button.
        assert keep.isVisible() and not keep.isEnabled()
        window.create_page.controls.prompt.set_text("a calm blue disc")
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [2])
        # The window learns of a saved image after the gallery.
        await until(lambda: len(window._notifier.undo_stack._actions) == 2)
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [1])
        # An image without a subject is not saved, and neither is it when Live ends.
        window.create_page.controls.prompt.set_text("")
        await until(lambda: not window.live.job.run.request.prompt and window.live.job.run.state is State.DONE)
        await asyncio.sleep(0.5)
        window.live.toggle(False)
        assert not window.live._jobs_being_saved and len(pictures(home)) == 1

    run_in_window(play)
    assert Gallery.open().collections.all()[0].name == "Live: a cheerful red disc"


def test_an_image_that_generate_has_saved_is_not_saved_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_mode, "SAVE_AFTER_SECONDS", 0.0)

    def in_collections() -> list[int]:
        return [one.count for one in Gallery.open().collections.all()]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.fast)
        click(controls.button)
        await until(lambda: window.viewer.picture_id() and window.generation.job is None)
        [made] = pictures(home)
        click(controls.modes.live)
        await until(lambda: in_collections() == [1])
        assert pictures(home) == [made]
        # Undo takes back only what Live has saved.
        assert await window._notifier.undo_stack.undo() is None

    run_in_window(play, library=FastLibrary())


def test_two_images_saved_at_once_share_one_collection(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_mode, "SAVE_AFTER_SECONDS", 0.05)

    async def play(window: Window) -> None:
        create, begun = Collections.create, threading.Event()

        def create_slowly(collections: Collections, name: str, ids: Sequence[str]) -> str:
            begun.set()
            time.sleep(0.3)
            return create(collections, name, ids)

        monkeypatch.setattr(Collections, "create", create_slowly)
        window.live.toggle(True)
        await until(begun.is_set)
        window.create_page.controls.prompt.set_text("a calm blue disc")
        await until(lambda: [one.count for one in Gallery.open().collections.all()] == [2])

    run_in_window(play)


def test_generate_makes_the_full_image_after_a_live_draft(home: Path) -> None:
    async def play(window: Window) -> None:
        window.live.toggle(True)
        await wait_for_image(window, "a cheerful red disc")
        seed = window.viewer.seed()
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 1)
        made = read(pictures(home)[0]).request
        assert made is not None and (made.steps, made.seed) == (8, seed)

    run_in_window(play)


def test_with_fast_the_live_image_is_final_and_enter_saves_it(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.live)
        assert controls.modes.fast.isChecked() and controls.request().model == "gaussian-fast"
        await wait_for_image(window, "a cheerful red disc")
        job = window.live.job
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return)
        await until(lambda: len(pictures(home)) == 1)
        # The image was not generated again.
        assert window.live.job is job and window.generation.job is None
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await asyncio.sleep(0.1)
        assert len(pictures(home)) == 1

    run_in_window(play, library=FastLibrary())


def test_fast_applies_its_own_settings_and_restores_the_former_ones(home: Path) -> None:
    async def first(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.modes.fast.isVisible()
        controls.request_draft.change(steps=31)
        controls.request_draft.change(guidance_scale=5.5)
        controls.request_draft.change(style="dark")
        click(controls.modes.fast)
        now = controls.request()
        assert (now.model, now.sampler, now.steps, now.guidance_scale) == ("gaussian-fast", "euler", 2, 1.0)
        controls.steps.set_value(3)
        controls.steps.changed.emit(3.0)
        assert not controls.steps.hint.text(), "a few steps are what it is made for"
        controls.request_draft.change(steps=2)
        assert now.style == "dark" and now.prompt == "a cheerful red disc"
        controls.request_draft.change(style="plain")

    async def second(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.modes.fast.isChecked() and controls.request().steps == 2
        click(controls.modes.fast)
        now = controls.request()
        assert (now.model, now.steps, now.guidance_scale, now.style) == ("gaussian", 31, 5.5, "plain")

    run_in_window(first, library=FastLibrary())
    run_in_window(second, library=FastLibrary())


def test_fast_stays_on_after_live_if_the_user_turned_it_on(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.fast)
        for _ in range(2):
            click(controls.modes.live)
        assert controls.modes.fast.isChecked() and controls.request().model == "gaussian-fast"
        click(controls.modes.fast)
        for _ in range(2):
            # Live turns Fast on and off again.
            click(controls.modes.live)
        assert not controls.modes.fast.isChecked() and controls.request().model == "gaussian"

    run_in_window(play, library=FastLibrary())


def test_the_fast_variant_is_not_listed_as_a_model(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [controls.model_box.itemData(row) for row in range(controls.model_box.count())] == ["gaussian"]
        click(controls.modes.fast)
        assert controls.model_box.choice() == "gaussian" and controls.request().model == "gaussian-fast"
        # Choosing the whole model leaves the fast version.
        controls.model_box.activated.emit(0)
        assert controls.request().model == "gaussian" and not controls.modes.fast.isChecked()
        # The Models page lists both.
        assert len(window.settings._cards) == 2

    run_in_window(play, library=FastLibrary())


def test_fast_selects_the_first_of_several_variants_and_lists_none(home: Path) -> None:
    class Library(FastLibrary):
        def cards(self) -> list[ModelCard]:
            return [*super().cards(), replace(FAST, name="gaussian + other", title="Another")]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [choice.id for choice in controls.model_box.choices()] == ["gaussian"]
        # Like restoring an image of this model.
        window.settings.use(Request(model="gaussian + other", steps=2))
        assert controls.request().model == "gaussian + other" and controls.model_box.choice() == "gaussian"
        assert controls.request().steps == 2 and controls.modes.fast.isChecked()
        click(controls.modes.fast)
        await until(lambda: controls.request().model == "gaussian" and not controls.modes.fast.isChecked())
        click(controls.modes.fast)
        await until(lambda: controls.request().model == "gaussian-fast")

    run_in_window(play, library=Library())


def test_a_model_without_a_fast_variant_does_not_offer_fast(home: Path) -> None:
    async def play(window: Window) -> None:
        assert not window.create_page.controls.modes.fast.isVisible()

    run_in_window(play)


@pytest.mark.parametrize("locked", [False, True])
def test_live_restores_the_seed_lock_of_the_user(home: Path, locked: bool) -> None:
    async def first(window: Window) -> None:
        lock = window.create_page.controls.seed.lock
        if locked:
            click(lock)
        window.live.toggle(True)
        assert lock.isChecked()

    async def second(window: Window) -> None:
        assert window.create_page.controls.seed.lock.isChecked() == locked

    run_in_window(first)
    run_in_window(second)


def test_a_seed_unlocked_during_live_stays_unlocked(home: Path) -> None:
    async def play(window: Window) -> None:
        lock = window.create_page.controls.seed.lock
        click(lock)
        window.live.toggle(True)
        click(lock)
        window.live.toggle(False)
        assert not lock.isChecked()

    run_in_window(play)


def test_the_keys_of_the_modes_do_nothing_on_other_pages(home: Path) -> None:
    async def play(window: Window) -> None:
        control = Qt.KeyboardModifier.ControlModifier
        window.open_page("settings")
        for key in (Qt.Key.Key_L, Qt.Key.Key_T):
            press(window, key, control)
        assert not window.live.on and not window.sets.on and not window.create_page.controls.modes.fast.isChecked()
        window.open_page("create")
        press(window, Qt.Key.Key_L, control)
        assert window.live.on and window.create_page.controls.modes.fast.isChecked()

    run_in_window(play, library=FastLibrary())
