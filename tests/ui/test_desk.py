"""What the queue says of all that it holds, how long it takes, and of pictures that do not follow each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gdm_studio.queueing import Item, ItemState, Queue
from gdm_studio.request import Request
from gdm_studio.ui.progress import duration
from gdm_studio.ui.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.opened import click, opened, until

ASKED = Request(model="gaussian", prompt="later", count=3, steps=7)
BEGUN = Item(request=ASKED, id="begun", made=(1,), pictures=1)
FAILED = Item(request=replace(ASKED, steps=500), id="failed", state=ItemState.FAILED, error="Too large.")
HELD = Item(request=replace(ASKED, count=1, steps=11), id="held", state=ItemState.PAUSED)


def test_the_queue_reckons_with_what_is_left_of_each(home: Path) -> None:
    async def play(window: Window) -> None:
        controls, panel, ask = window.create_page.controls, window.queue.panel, window.backlog.ask
        summary = panel._summary.text
        controls.draft.change(steps=200)
        click(controls.button)
        await until(lambda: window.making.job is not None and window.making.job.steps_done() > 2)
        job = window.making.job
        assert job is not None
        window.making.toggle_pause()
        for item in (BEGUN, FAILED, HELD):
            await ask(lambda queue, item=item: queue.put(item))
        window.queue.toggle()

        def expected() -> str:
            pace = job.seconds_a_step()
            return f"about {duration((job.seconds_left() or 0) + (pace or 0) * (2 * 7 + 1 * 11))} left"

        await until(lambda: summary() == expected())
        assert window.top.queue.text() == "Queue 4"
        assert job.newest() is not None and job.steps_done() == len(job.run.views[0])
        assert job.seconds_left() == job.seconds_a_step() * (200 - job.steps_done())  # type: ignore[operator]
        await ask(lambda queue: queue.set_endless("begun", True))
        await until(lambda: summary() == "")
        await ask(lambda queue: queue.set_endless("begun", False))
        await until(lambda: summary().startswith("about "))
        await ask(Queue.pause)
        await until(lambda: summary() == "Paused")
        await ask(Queue.resume)
        await ask(lambda queue: queue.remove(["begun", "failed"]))
        await until(lambda: window.top.queue.text() == "Queue 2")

    opened(play, library=GaussianLibrary(step_seconds=0.02))
