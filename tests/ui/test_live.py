"""Live and Fast in the window: the picture follows what is typed, older work goes, what one rests at is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import Gallery, read
from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request
from gdm_studio.run import State
from gdm_studio.ui.create import live
from gdm_studio.ui.create.live import STEPS
from gdm_studio.ui.shell.window import Window
from tests.helpers.fast_model import FAST, FastLibrary
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.opened import click, opened, press, until


def pictures(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


async def followed(window: Window, prompt: str) -> None:
    """Waits until the finished picture of that prompt is on the canvas."""
    run = lambda: window.viewer.run  # noqa: E731
    await until(lambda: run() is not None and run().request.prompt == prompt and run().state is State.DONE)  # type: ignore[union-attr]


def test_the_picture_follows_the_words_from_the_same_noise_and_is_not_saved(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.live)
        assert controls.seed.lock.isChecked()
        await followed(window, "a cheerful red disc")
        seed, first = window.viewer.seed(), window.create_page.stage.canvas.picture()
        controls.prompt.editor.setFocus()
        controls.prompt.editor.selectAll()
        QTest.keyClicks(controls.prompt.editor, "a green disc")
        await followed(window, "a green disc")
        assert window.viewer.seed() == seed == controls.seed.value()
        assert not np.array_equal(first, window.create_page.stage.canvas.picture())
        assert window.viewer.run is not None and window.viewer.run.request.steps == STEPS
        controls.draft.change(guidance_scale=7.0)
        controls.guidance.changed.emit(7.0)  # as a drag does
        await until(lambda: window.viewer.run.request.guidance_scale == 7.0)  # type: ignore[union-attr]
        assert window.making.job is None and not pictures(home)
        click(controls.modes.live)
        assert not controls.seed.lock.isChecked() and window.live.job is None

    opened(play)


class Held(GaussianModel):
    """Makes a step for each permit it is given; the first one is for the model's warming up."""

    permits = threading.Semaphore(1)

    def denoised(self, x, at, conditioning):  # type: ignore[no-untyped-def]
        self.permits.acquire(timeout=20)
        return super().denoised(x, at, conditioning)


def test_only_the_newest_words_are_carried_through(home: Path) -> None:
    async def play(window: Window) -> None:
        submitted = []
        submit = window.lane.submit

        def noted(request, **kind):  # type: ignore[no-untyped-def]
            submitted.append(submit(request, **kind))
            return submitted[-1]

        window.lane.submit = noted  # type: ignore[method-assign]
        window.live.toggle(True)
        await until(lambda: submitted[0].run.state is State.RUNNING)
        for letter in "abcdef":
            window.create_page.controls.prompt.set_text(letter)
        Held.permits.release(1 + STEPS)
        await followed(window, "f")
        assert [job.run.state for job in submitted] == [State.STOPPED] * 6 + [State.DONE]
        # the first was under way and ended with its step; all others but the last were dropped before they had begun
        assert [job.run.steps_done for job in submitted] == [1, 0, 0, 0, 0, 0, STEPS]

    opened(play, library=GaussianLibrary(kind=Held))


def test_a_live_picture_is_kept_when_asked_and_as_it_is_shown(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.stage.bar
        window.live.toggle(True)
        await until(lambda: window.live.job is not None and window.live.job.run.state is State.DONE)
        await until(lambda: bar._keep.isVisible())
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_K)
        await until(lambda: len(pictures(home)) == 1)
        kept = read(pictures(home)[0]).request
        assert kept is not None and kept.steps == STEPS and kept.seed == controls.seed.value()
        assert not bar._keep.isVisible()

    opened(play)


def test_what_one_rests_at_is_kept_in_one_collection_and_taken_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "REST", 0.1)

    async def play(window: Window) -> None:
        window.live.toggle(True)
        await until(lambda: len(pictures(home)) == 1)
        assert not window.create_page.stage.bar._keep.isVisible()
        window.create_page.controls.prompt.set_text("a calm blue disc")
        await until(lambda: [one.count for one in Gallery.open().collections()] == [2])
        await asyncio.sleep(0.05)
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: [one.count for one in Gallery.open().collections()] == [1])

    opened(play)
    assert Gallery.open().collections()[0].name == "Live: a cheerful red disc"


def test_two_that_are_put_away_at_once_are_in_one_collection(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REST", 0.05)

    async def play(window: Window) -> None:
        collect, begun = window.shelf.new_collection, asyncio.Event()

        async def slowly(name: str, ids: Sequence[str]) -> str:
            begun.set()
            await until(lambda: len(pictures(home)) == 2)
            await asyncio.sleep(0.05)
            return await collect(name, ids)

        monkeypatch.setattr(window.shelf, "new_collection", slowly)
        window.live.toggle(True)
        await begun.wait()
        window.create_page.controls.prompt.set_text("a calm blue disc")
        await until(lambda: [one.count for one in Gallery.open().collections()] == [2])

    opened(play, seconds=30)


def test_generate_makes_the_full_picture_where_the_live_one_was_a_sketch(home: Path) -> None:
    async def play(window: Window) -> None:
        window.live.toggle(True)
        await followed(window, "a cheerful red disc")
        seed = window.viewer.seed()
        click(window.create_page.controls.button)
        await until(lambda: len(pictures(home)) == 1)
        made = read(pictures(home)[0]).request
        assert made is not None and (made.steps, made.seed) == (8, seed)

    opened(play)


def test_with_fast_the_live_picture_is_the_picture_and_enter_keeps_it(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.live)
        assert controls.modes.fast.isChecked() and controls.request().model == "gaussian-fast"
        await followed(window, "a cheerful red disc")
        job = window.live.job
        controls.prompt.editor.setFocus()
        press(window, Qt.Key.Key_Return)
        await until(lambda: len(pictures(home)) == 1)
        assert window.live.job is job and window.making.job is None  # it was not made a second time
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await asyncio.sleep(0.1)
        assert len(pictures(home)) == 1

    opened(play, library=FastLibrary())


def test_fast_brings_its_own_pace_and_gives_back_the_former(home: Path) -> None:
    async def first(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.modes.fast.isVisible()
        controls.draft.change(steps=31)
        controls.draft.change(guidance_scale=5.5)
        controls.draft.change(style="dark")
        click(controls.modes.fast)
        now = controls.request()
        assert (now.model, now.sampler, now.steps, now.guidance_scale) == ("gaussian-fast", "euler", 2, 1.0)
        controls.steps.set_value(3)
        controls.steps.changed.emit(3.0)
        assert not controls.steps.hint.text(), "a few steps are what it is made for"
        controls.draft.change(steps=2)
        assert now.style == "dark" and now.prompt == "a cheerful red disc"
        controls.draft.change(style="plain")

    async def second(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.modes.fast.isChecked() and controls.request().steps == 2
        click(controls.modes.fast)
        now = controls.request()
        assert (now.model, now.steps, now.guidance_scale, now.style) == ("gaussian", 31, 5.5, "plain")

    opened(first, library=FastLibrary())
    opened(second, library=FastLibrary())


def test_fast_that_people_turned_on_outlives_live(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        click(controls.modes.fast)
        for _ in range(2):
            click(controls.modes.live)
        assert controls.modes.fast.isChecked() and controls.request().model == "gaussian-fast"
        click(controls.modes.fast)
        for _ in range(2):
            click(controls.modes.live)  # which brings it along, and takes it away again
        assert not controls.modes.fast.isChecked() and controls.request().model == "gaussian"

    opened(play, library=FastLibrary())


def test_the_quicker_version_is_no_model_to_choose_beside_its_own(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [controls.model_box.itemData(row) for row in range(controls.model_box.count())] == ["gaussian"]
        click(controls.modes.fast)
        assert controls.model_box.choice() == "gaussian" and controls.request().model == "gaussian-fast"
        controls.model_box.activated.emit(0)  # chosen once more, which changes nothing
        assert controls.request().model == "gaussian-fast" and controls.modes.fast.isChecked()
        assert len(window.settings._cards) == 2  # the Models page has both

    opened(play, library=FastLibrary())


def test_of_several_quicker_versions_fast_turns_to_the_first_and_none_is_a_row(home: Path) -> None:
    class Library(FastLibrary):
        def cards(self) -> list[ModelCard]:
            return [*super().cards(), replace(FAST, name="gaussian + other", title="Another")]

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [choice.id for choice in controls.model_box.choices()] == ["gaussian"]
        window.settings.use(Request(model="gaussian + other", steps=2))  # of a picture that it made
        assert controls.request().model == "gaussian + other" and controls.model_box.choice() == "gaussian"
        assert controls.request().steps == 2 and controls.modes.fast.isChecked()
        click(controls.modes.fast)
        await until(lambda: controls.request().model == "gaussian" and not controls.modes.fast.isChecked())
        click(controls.modes.fast)
        await until(lambda: controls.request().model == "gaussian-fast")

    opened(play, library=Library())


def test_a_model_without_a_quicker_version_offers_none(home: Path) -> None:
    async def play(window: Window) -> None:
        assert not window.create_page.controls.modes.fast.isVisible()

    opened(play)


@pytest.mark.parametrize("locked", [False, True])
def test_live_leaves_the_lock_of_the_seed_as_people_had_it(home: Path, locked: bool) -> None:
    async def first(window: Window) -> None:
        lock = window.create_page.controls.seed.lock
        if locked:
            click(lock)
        window.live.toggle(True)
        assert lock.isChecked()

    async def second(window: Window) -> None:
        assert window.create_page.controls.seed.lock.isChecked() == locked

    opened(first)
    opened(second)


def test_who_unlocks_the_seed_while_live_has_it_unlocked(home: Path) -> None:
    async def play(window: Window) -> None:
        lock = window.create_page.controls.seed.lock
        click(lock)
        window.live.toggle(True)
        click(lock)
        window.live.toggle(False)
        assert not lock.isChecked()

    opened(play)
