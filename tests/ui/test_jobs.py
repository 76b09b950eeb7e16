"""Running jobs in the window: shown and stopped in the top bar and the queue, and named where queued items wait."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import Gallery
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.queue.job_list import JobLine
from gdm_studio.ui.create.queue.queue_list_model import STATE
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.test_flow import generated, pictures

SLOW = 0.04


def bar_text(window: Window) -> str:
    """Return the top bar's text about running jobs, or "" if it shows none."""
    bar = window.top.jobs
    return bar.title.text() if bar.title.isVisible() else ""


def item_states(window: Window) -> dict[str, str]:
    """Return the state of each item in the queue's panel by its prompt."""
    model = window.queue.panel.model
    return {item.request.prompt: model.index(row).data(STATE) for row, item in enumerate(model.items)}


def job_lines(window: Window) -> list[str]:
    """Return the jobs listed at the top of the queue's panel."""
    return [line.accessibleName() for line in window.queue.panel.jobs.findChildren(JobLine) if line.isVisible()]


def test_the_top_bar_and_the_generate_button_show_the_same_time_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the steps of the run update the top bar.
    monkeypatch.setattr("gdm_studio.ui.running_jobs.REFRESH_MS", 10**6)

    async def play(window: Window) -> None:
        button = window.create_page.controls.button
        window.create_page.controls.request_draft.change(steps=60)
        click(button)
        # A step that ends between the two updates is shown by both at the next one.
        await until(lambda: " left" in (text := button.accessibleDescription()) and text in bar_text(window))

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def start_grid(window: Window, seeds: str = "1-9") -> None:
    """Start a grid and open its sheet."""
    window.create_page.controls.request_draft.change(steps=20)
    grids = window.tools.boards.grid
    grids.make(("seed", seeds), ("", ""))
    grids.open()


async def wait_for_the_end(window: Window, home: Path) -> None:
    """Wait until no job is listed and check that no further image is saved."""
    await until(lambda: not window.jobs.jobs)
    await until(lambda: not bar_text(window))
    await window.tools.boards.leave()
    there = len(pictures(home))
    # Another image would take less time than this.
    window._context.library.hurry()  # type: ignore[attr-defined]
    await asyncio.sleep(0.4)
    assert len(pictures(home)) == there and window.worker is not None


def test_a_closed_grid_is_shown_in_the_top_bar_and_queue_until_stopped(home: Path) -> None:
    async def play(window: Window) -> None:
        grids, bar = window.tools.boards.grid, window.top.jobs
        start_grid(window)
        await until(grids.items)
        press(window, Qt.Key.Key_Escape)
        assert not grids.view.isVisible() and window.tools.boards.runner.job is not None
        for page in ("create", "gallery", "compare", "models", "settings"):
            window.open_page(page)
            assert bar.stop.isVisible() and bar.stop.isEnabled()
            assert bar_text(window).startswith("Grid: 9 pictures · ") and "of 9" in bar_text(window)
        assert bar.stop.accessibleName() == "Stop Grid: 9 pictures" and bar.stop.toolTip()
        window.queue.toggle()
        assert len(job_lines(window)) == 1 and job_lines(window)[0].startswith("Grid: 9 pictures, ")
        click(bar.title)
        assert window.page() == "create" and grids.view.isVisible()
        press(window, Qt.Key.Key_Escape)
        click(bar.stop)
        await wait_for_the_end(window, home)
        assert 0 < len(pictures(home)) < 9 and not job_lines(window)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_escape_closes_the_sheet_first_and_then_stops_the_job(home: Path) -> None:
    async def play(window: Window) -> None:
        start_grid(window)
        await until(window.tools.boards.grid.items)
        job = window.tools.boards.runner.job
        assert job is not None
        press(window, Qt.Key.Key_Escape)
        assert not job.cancelled and not window.create_page.canvas_panel.mode()
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Escape)
        assert job.cancelled
        await wait_for_the_end(window, home)
        assert len(pictures(home)) < 9

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_closed_variations_can_be_stopped_from_the_queue(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        explore = window.tools.boards.variations
        explore.fast = False
        window.create_page.controls.request_draft.change(steps=20)
        window.tools.boards.vary(Request(prompt="a disc", model="gaussian", seed=5, steps=20))
        await until(lambda: "of 9" in bar_text(window))
        press(window, Qt.Key.Key_Escape)
        assert not explore.view.isVisible() and bar_text(window).startswith("Variations: a disc · ")
        window.queue.toggle()
        (line,) = window.queue.panel.jobs.lines.values()
        assert line.isVisible()
        click(line.open)
        assert explore.view.isVisible()
        line.stop.setFocus()
        QTest.keyClick(line.stop, Qt.Key.Key_Space)
        await wait_for_the_end(window, home)
        assert len(pictures(home)) < 1 + 9

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_set_stays_visible_and_continues_after_leaving_set_mode(home: Path) -> None:
    async def play(window: Window) -> None:
        page, controls = window.create_page, window.create_page.controls
        controls.request_draft.change(steps=20)
        click(controls.modes.set)
        controls.things.set_text("\n".join("abcdefghijklmnopqrstuvwxyz"))
        click(controls.button)
        await until(lambda: window.sets.board and window.sets.board.finished())
        click(controls.modes.set)
        assert not page.set_view.isVisible() and window.sets.job is not None and not window.sets.on
        assert bar_text(window).startswith("Set: 26 pictures · ")
        assert controls.button.text() == "Add to the queue"
        click(controls.button)
        await until(lambda: len(window.backlog.waiting) == 1)
        window.queue.toggle()
        await until(lambda: "Set: 26 pictures" in "".join(item_states(window).values()))
        assert job_lines(window)[0].startswith("Set: 26 pictures, ")
        await window.queue.clear()
        click(window.top.jobs.title)
        assert page.set_view.isVisible() and window.sets.on
        await until(lambda: "of 26 done" in controls.button.text())
        click(controls.modes.set)
        click(window.top.jobs.stop)
        await wait_for_the_end(window, home)
        assert 0 < len(pictures(home)) < 26 and controls.button.text() == "Generate"

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_a_queued_item_shows_its_current_reason_for_waiting(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(count=4)
        start_grid(window, "1-4")
        press(window, Qt.Key.Key_Escape)
        # The first item runs until it is stopped, however late the queue's file is written.
        controls.request_draft.change(steps=1000)
        for prompt in ("first", "second"):
            controls.prompt.set_text(prompt)
            click(controls.button)
            await until(lambda prompt=prompt: prompt in [item.request.prompt for item in window.backlog.items])
        window.queue.toggle()
        seen: list[str] = []
        grid = window.jobs.jobs[0]
        while window.generation.job is None:
            words = item_states(window).get("first", "")
            # Between the last picture and the end of the grid, nothing is left.
            if grid.done < grid.total and words.startswith("Waiting for: Grid") and words not in seen:
                assert item_states(window)["second"] == f"{words} and 1 more"
                seen.append(words)
            await asyncio.sleep(0.01)
        left = [number for number in range(4, 0, -1) if f"Waiting for: Grid: 4 pictures ({number} left)" in seen]
        assert len(left) > 1 and len(left) == len(seen)
        await until(lambda: window.generation.job is not None)
        await until(lambda: item_states(window).get("second", "").startswith("Waiting for: first ("))
        window.queue.toggle_pause()
        await until(lambda: item_states(window)["second"] == "Waiting: the queue is paused")
        window.queue.toggle_pause()
        await until(lambda: item_states(window)["second"].startswith("Waiting for: first ("))
        held = next(item for item in window.backlog.items if item.request.prompt == "second")
        await window.backlog.ask(lambda queue: queue.set_paused(held.id, True))
        assert item_states(window)["second"] == "Paused"
        await window.backlog.ask(lambda queue: queue.set_paused(held.id, False))
        window.jobs.stop_all()
        await until(lambda: window.generation.item is not None and window.generation.item.request.prompt == "second")
        window.jobs.stop_all()
        await until(lambda: not window.jobs.jobs)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_an_item_waits_for_the_model_to_load(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_begun, is_loaded = threading.Event(), threading.Event()

    def load_model(library: object, request: object) -> None:
        is_begun.set()
        is_loaded.wait(60)

    async def play(window: Window) -> None:
        monkeypatch.setattr(window_calls, "load_model", load_model)
        controls = window.create_page.controls
        loading = asyncio.ensure_future(window.settings.load_model())
        # Loading is skipped for a job that already waits.
        await until(is_begun.is_set)
        for prompt in ("first", "second"):
            controls.prompt.set_text(prompt)
            click(controls.button if prompt == "first" else controls.button.add)
        await until(lambda: len(window.backlog.items) == 2)
        window.queue.toggle()
        await until(lambda: item_states(window).get("second") == "Waiting for the model to load")
        assert bar_text(window) == "first · waiting for the model to load"
        is_loaded.set()
        await loading
        await until(lambda: item_states(window).get("second", "").startswith("Waiting for: first ("))
        await until(lambda: len(pictures(home)) == 2)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))


def test_several_jobs_are_counted_and_stopped_one_by_one(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.top.jobs
        controls.request_draft.change(steps=40)
        click(controls.button)
        await until(lambda: window.generation.job is not None and window.generation.job.run.steps_done > 0)
        run = window.generation.job.run if window.generation.job else None
        start_grid(window, "1-2")
        press(window, Qt.Key.Key_Escape)
        assert bar_text(window).startswith("2 jobs · ") and bar.stop.text() == "Stop…"
        click(bar.stop)
        panel = window.queue.panel
        assert panel.isVisible()
        (line,) = panel.jobs.lines.values()
        assert job_lines(window) == ["Grid: 2 pictures, waiting for: a cheerful red disc"]
        click(line.stop)
        # The job ends at once, although it had not started.
        await until(lambda: len(window.jobs.jobs) == 1)
        assert run is not None and run.state is State.RUNNING and bar.stop.text() == "Stop"
        button = panel.rows.indexWidget(panel.model.index(0))
        assert button is not None and button.accessibleName() == "Stop a cheerful red disc"
        click(button)
        await until(lambda: not window.jobs.jobs)
        assert run.state is State.STOPPED and not pictures(home)

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))
    assert not Gallery.open().collections.all()


def test_the_stop_button_is_visible_in_the_narrowest_window(home: Path) -> None:
    async def play(window: Window) -> None:
        narrowest = window.minimumSizeHint().width()
        assert narrowest < 900
        start_grid(window)
        await until(lambda: bool(bar_text(window)))
        window.generation.set_device("NVIDIA GeForce RTX 4090 Laptop GPU · 24 GB")
        window.top.set_queue(1)
        for width in (narrowest, 1280, 1920):
            window.resize(width, 700)
            await asyncio.sleep(0.05)
            stop, bar = window.top.jobs.stop, window.top
            assert stop.isVisible() and stop.width() >= stop.sizeHint().width()
            # In the narrowest window, the title of the job gives way.
            parts = [part for part in (bar.jobs.title, stop, bar.search, bar.queue, bar.gear) if part.isVisible()]
            assert {stop, bar.queue, bar.gear} <= {*parts}
            edges = [(part.mapTo(bar, part.rect().topLeft()).x(), part.width()) for part in parts]
            assert all(left + wide <= after for (left, wide), (after, _) in zip(edges, edges[1:], strict=False))
            assert edges[-1][0] + edges[-1][1] <= bar.width()
        window.jobs.stop_all()

    run_in_window(play, library=GaussianLibrary(step_seconds=SLOW))
