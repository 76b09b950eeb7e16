"""Time estimates of the queue, step durations, and batches in which an image is already finished."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.progress import duration
from gdm_studio.ui.shell.window import Window
from tests.helpers import beats
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, run_in_window, until

REQUEST = Request(model="gaussian", prompt="later", count=3, steps=700)
STARTED = Item(request=REQUEST, id="begun", made=(1,), pictures=1)
FAILED = Item(request=replace(REQUEST, steps=500), id="failed", state=ItemState.FAILED, error="Too large.")
PAUSED = Item(request=replace(REQUEST, count=1, steps=11), id="held", state=ItemState.PAUSED)


def test_the_queue_estimates_the_time_left_for_all_items(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, panel, ask = window.create_page.controls, window.queue.panel, window.backlog.ask
        summary = panel._summary.text
        controls.request_draft.change(steps=200)
        click(controls.button)
        await until(lambda: window.generation.job is not None and window.generation.job.steps_done() > 2)
        job = window.generation.job
        assert job is not None
        window.generation.toggle_pause()
        await until(lambda: job.run.state is State.PAUSED)
        for item in (STARTED, FAILED, PAUSED):
            await ask(lambda queue, item=item: queue.put(item))
        window.queue.toggle()

        def expected() -> str:
            pace = job.seconds_a_step()
            return f"about {duration((job.seconds_left() or 0) + (pace or 0) * (2 * 700 + 1 * 11))} left"

        await until(lambda: summary().endswith(expected()))
        assert window.top.queue.text() == "Queue 4"
        assert job.newest() is not None and job.steps_done() == len(job.run.views[0])
        assert job.seconds_left() == job.seconds_a_step() * (200 - job.steps_done())  # type: ignore[operator]
        await ask(lambda queue: queue.set_endless("begun", True))
        await until(lambda: "left" not in summary())
        await ask(lambda queue: queue.set_endless("begun", False))
        await until(lambda: "about " in summary())
        await ask(Queue.pause)
        await until(lambda: summary().endswith("Paused"))
        await ask(Queue.resume)
        await ask(lambda queue: queue.remove(["begun", "failed"]))
        await until(lambda: window.top.queue.text() == "Queue 2")

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))


def test_step_durations_are_per_image_and_exclude_pauses(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that advances only with the model's steps, and in the pause.
    now, pause = 0.0, beats.pause

    def step(seconds: float, ended: threading.Event) -> None:
        nonlocal now
        pause(seconds, ended)
        now += seconds

    async def play(window: Window) -> None:
        nonlocal now
        monkeypatch.setattr(beats, "pause", step)
        monkeypatch.setattr(time, "perf_counter", lambda: now)
        controls = window.create_page.controls
        controls.request_draft.change(steps=40, count=3, batch=3)
        click(controls.button)
        job = window.generation.job
        assert job is not None
        # The first step may be over by now.
        assert job.steps_done() or (job.seconds_a_step() is None and job.seconds_left() is None)
        await until(lambda: len(job.run.views[2]) >= 3)
        window.generation.toggle_pause()
        await until(lambda: job.run.state is State.PAUSED)
        there = len(job.run.views[2])
        now += 4.0
        pace = job.seconds_a_step()
        assert pace == pytest.approx(0.03 / 3)
        assert job.seconds_left() == pace * (3 * 40 - job.steps_done())
        window.generation.toggle_pause()
        await until(lambda: len(job.run.views[2]) >= there + 2)
        assert job.seconds_a_step() == pytest.approx(pace)
        job.cancel()

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_steering_a_batch_with_a_gap_branches_its_first_image_and_keeps_all(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, making = window.create_page.controls, window.generation
        asked = Request(model="gaussian", prompt="a disc", seed=50, count=4, batch=4, steps=30, guidance_scale=2.0)
        await window.backlog.ask(lambda queue: queue.put(Item(request=asked, id="begun", made=(1,), pictures=1)))
        window.queue.toggle()
        await until(lambda: making.job is not None and len(making.job.run.views[3]) >= 2)
        job = making.job
        assert job is not None and [len(views) > 0 for views in job.run.views] == [True, False, True, True]
        making.toggle_pause()
        await until(lambda: job.run.state is State.PAUSED)
        there = len(job.run.views[0])
        assert job.steps_done() == 30 + 3 * there, "what was made before counts as made"
        controls.set_request(replace(asked, guidance_scale=5.0))
        controls.changed.emit()
        window.steps.paused_run.toggle_pause()
        await until(
            lambda: window.gallery.panel_model.rowCount() == 3 and making.job is None and not window.backlog.items
        )
        made = sorted((window.gallery.panel_model.picture(row).request for row in range(3)), key=lambda each: each.seed)
        assert [(each.seed, each.guidance_scale) for each in made] == [(50, 5.0), (52, 5.0), (53, 5.0)]
        assert [each.branch and each.branch.step for each in made] == [there, None, None]
        assert made[0].branch and made[0].branch.parent == replace(asked.picture(0), size=made[0].branch.parent.size)

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))
