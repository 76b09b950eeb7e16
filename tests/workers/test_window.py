"""The window on several devices: the chosen devices generate the images of the stage and of grids."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benches.workers import generate_with
from gdm_studio.gallery import read
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.workers.pool import Pool
from gdm_studio.jobs.workers.work_items import WorkItem, generate_here
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Progress, State
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.queue.panel import QueuePanel
from gdm_studio.ui.create.queue.queue_list_model import PROGRESS
from gdm_studio.ui.shell.window import Window
from tests.helpers.paused_job import pause_after
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.window import click, run_in_window, until, wait_for_notice
from tests.workers.test_pool import results

no_kill = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
PROMPTS = ("a red disc", "a blue disc", "a red fox", "a blue fox", "a fox")
STEPS = 60


@pytest.fixture(autouse=True)
def _two(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace all devices, GPUs included, with two CPU workers."""
    monkeypatch.setattr("gdm_studio.jobs.workers.pool.Pool", lambda devices: pool)
    monkeypatch.setattr(pool, "close", lambda: None)
    monkeypatch.setattr(window_calls, "find_devices", lambda service: ["cuda:0", "cuda:1", "cpu"])
    ready = Request(model="tiny", steps=1, device="cpu")
    while not all(worker.pictures and not worker.has_ended for worker in pool.workers):
        # Replacing a worker that another test has killed takes a while.
        list(generate_with(pool, [WorkItem.of(ready)]))
    both = {"all": list(pool.devices)}
    monkeypatch.setattr("gdm_studio.models.memory.devices.device_names", lambda name: both.get(name, ["cpu"]))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return an empty dictionary of prompts and steps. A job with such a prompt pauses at its step, in the thread that
    receives the steps, so that it waits for a window that is late.
    """
    steps: dict[str, int] = {}
    record = Job.record

    def record_and_pause(job: Job, event: Event, began: float) -> None:
        record(job, event, began)
        if isinstance(event, Progress) and steps.get(job.run.request.prompt) == event.index:
            job.pause()

    monkeypatch.setattr(Job, "record", record_and_pause)
    return steps


@pytest.mark.slow
@no_kill
def test_all_devices_share_a_batch_and_a_lost_worker_is_reported(_own_home: Path, pool: Pool) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert [choice.title for choice in controls.device_box.choices()][-2:] == ["CPU", "All devices"]
        controls.device_box.pick("all")
        await until(lambda: window.generation.device == "2 × CPU")
        controls.request_draft.change(count=3, steps=60, prompt="a red fox")
        click(controls.button)
        job = window.generation.job
        assert job is not None
        pause_after(job, 1)
        # The job pauses as well before its first step, if its first worker is late.
        await until(lambda: job.run.state is State.PAUSED and any(job.run.views))
        os.kill(next(worker.pid for worker in pool.workers if worker.share), signal.SIGKILL)
        job.resume()
        await until(lambda: window.gallery.panel_model.rowCount() == 3 and window.generation.job is None)
        assert job.is_distributed and len(job.run.notes) == 1 and "ended unexpectedly" in job.run.notes[0]
        assert [len(views) for views in job.run.views] == [60, 60, 60]

    run_in_window(play, library=TinyLibrary())
    made = [read(path) for path in (_own_home / "pictures").glob("*.png")]
    assert len({one.request.seed for one in made}) == 3 and {one.request.device for one in made} == {"cpu"}
    assert all(one.made_with["device"].startswith("CPU · 1 thread") for one in made)


@pytest.mark.slow
@no_kill
def test_the_queue_keeps_every_worker_busy(_own_home: Path, pool: Pool, pauses: dict[str, int]) -> None:
    asked = [
        Request(model="tiny", prompt=prompt, seed=seed, steps=STEPS, sampler="euler_a", device="all")
        for seed, prompt in enumerate(PROMPTS)
    ]

    async def play(window: Window) -> None:
        making, panel = window.generation, window.queue.panel
        await window.generation.set_queue_paused(True)
        for request in asked:
            await window.backlog.ask(lambda queue, request=request: queue.add(request))
        pauses.update({PROMPTS[0]: 1, PROMPTS[1]: 1, PROMPTS[3]: 1})
        window.queue.toggle()
        window.queue.toggle_pause()
        await until(lambda: [job.run.state for job, _ in making.running] == [State.PAUSED] * 2)
        assert [item.request.prompt for _, item in making.running if item] == list(PROMPTS[:2])
        (held, item), (other, _) = making.running
        del pauses[PROMPTS[0]]
        assert making.job is held and window.viewer.run is held.run and item is not None
        await until(lambda: len(shown := _pictures(panel)) == 2 and all(shown))
        grid = window.gallery_page.grid
        for job, tile in ((other, 1), (held, 0)):
            window.open_page("gallery")
            await until(lambda: grid._in_progress_count == 2)
            QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid._cells.rect(tile).center())
            await until(lambda job=job: window.create_page.isVisible() and window.viewer.run is job.run)
        with held.bell:
            # The lock keeps the job from finishing between its pauses.
            making.set_paused(False)
            panel.asked.emit("pause", item.id)
        await until(lambda: _kept(window))
        there = held.run.steps_done
        await until(
            lambda: len(_kept(window)) == 2 and [job.run.state for job, _ in making.running] == [State.PAUSED] * 2
        )
        fourth, _ = making.running[1]
        assert _kept(window) == list(PROMPTS[1:3])
        assert held.run.steps_done == there < STEPS and held.run.state is State.PAUSED and making.job is held
        await window.queue.remove([window.backlog.items[-1].id])
        held.step_once()
        await until(lambda: held.run.steps_done == there + 1 and held.run.state is State.PAUSED)
        os.kill(next(one.pid for one in pool.workers if one.share and not one.share.item.request.seed), signal.SIGKILL)
        await wait_for_notice(window, "ended unexpectedly")
        fourth.resume()
        panel.asked.emit("pause", item.id)
        await until(lambda: making.job is None and not window.backlog.items and len(_kept(window)) == 4)
        assert held.run.state is State.DONE and [view.index for view in held.run.views[0]] == [*range(1, STEPS + 1)]
        assert sorted(_kept(window)) == sorted(PROMPTS[:4])

    run_in_window(play, library=TinyLibrary())
    (here,) = results(list(generate_here([WorkItem.of(replace(asked[0], device="cpu"))], Library()))).values()
    (kept,) = (path for path in (_own_home / "pictures").glob("*.png") if read(path).request.prompt == PROMPTS[0])
    with Image.open(kept) as picture:
        assert np.array_equal(np.asarray(picture), here.rgba)


@pytest.mark.slow
def test_runs_interrupted_by_closing_resume_on_both_workers(_own_home: Path, pauses: dict[str, int]) -> None:
    pauses["a red fox"] = 12
    found: list[dict[str, list[float]]] = []

    async def look(window: Window) -> None:
        """Note the milliseconds of each step, which differ if a step is computed again."""
        making = window.generation
        await until(lambda: [job.run.state for job, _ in making.running] == [State.PAUSED] * 2)
        found.append({item.id: [view.ms for view in job.run.views[0]] for job, item in making.running if item})

    async def first(window: Window) -> None:
        await window.generation.set_queue_paused(True)
        for seed in (3, 9):
            asked = Request(model="tiny", prompt="a red fox", seed=seed, steps=40, device="all")
            await window.backlog.ask(lambda queue, asked=asked: queue.add(asked))
        window.queue.toggle_pause()
        await look(window)

    async def second(window: Window) -> None:
        await look(window)
        window.generation.set_paused(False)
        await until(lambda: window.gallery.panel_model.rowCount() == 2)

    run_in_window(first, library=TinyLibrary())
    run_in_window(second, library=TinyLibrary())
    before, after = found
    assert before == after and all(len(milliseconds) == 12 for milliseconds in before.values())


def _kept(window: Window) -> list[str]:
    """Return the prompts of the gallery's images, oldest first."""
    model = window.gallery.panel_model
    return [model.picture(row).request.prompt for row in reversed(range(model.rowCount()))]


def _pictures(panel: QueuePanel) -> list[bool]:
    """Return for each running row whether it shows a preview."""
    rows = (panel.model.index(row).data(PROGRESS) for row in range(panel.model.rowCount()))
    return [shown.picture is not None for shown in rows if shown is not None]
