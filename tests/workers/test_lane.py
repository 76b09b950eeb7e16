"""The window's lane with workers: jobs are followed, paused, stopped and kept as those of one device."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gdm_studio.engine.resuming import going_on
from gdm_studio.errors import DeviceError, ModelError
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, State
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from gdm_studio.ui.lane import Lane
from gdm_studio.workers.making import made_here, singles
from gdm_studio.workers.orders import Order
from gdm_studio.workers.pool import Pool
from gdm_studio.workers.worker import Share, Worker
from tests.workers.test_pool import no_kill, results

REQUEST = Request(model="tiny", prompt="a red fox", seed=3, steps=4, count=4, device="cpu,cpu")
LONG = replace(REQUEST, steps=300)


def played(play: Callable[[Lane], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        lane = Lane(Crew(Library()))
        lane.start()
        try:
            await asyncio.wait_for(play(lane), 120)
        finally:
            lane.stop()
            assert await asyncio.to_thread(lane.wait, 60_000), "the lane did not stop"

    asyncio.run(main())


@pytest.fixture(autouse=True)
def _hired(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lane's workers are those that are there."""
    monkeypatch.setattr("gdm_studio.studio.crew.Pool", lambda devices: pool)
    monkeypatch.setattr(pool, "close", lambda: None)


async def until(job: Work, reason: Callable[[], bool]) -> None:
    async for _ in job:
        if reason():
            return
    raise AssertionError("the run ended first")


def test_a_batch_and_a_set_are_followed_step_by_step() -> None:
    sheet = [replace(REQUEST, count=1, prompt=prompt) for prompt in ("a fox", "an owl", "a disc")]

    async def play(lane: Lane) -> None:
        for job, orders in (
            (lane.submit(Work(REQUEST)), [Order.of(replace(REQUEST, device="cpu"))]),
            (lane.submit(Work(replace(REQUEST, count=3), orders=singles(sheet))), singles(sheet)),
        ):
            done = [job.steps_done() async for _ in job]
            run, here = job.run, results(list(made_here(orders, Library())))
            assert run.state is State.DONE and job.spread and done[-1] == run.steps_total == run.steps_done
            assert [[view.index for view in views] for views in run.views] == [[1, 2, 3, 4]] * run.request.count
            made = {result.image: result for result in run.results}
            assert made.keys() == here.keys()
            assert all(np.array_equal(made[image].rgba, here[image].rgba) for image in made)
            assert {result.request.device for result in run.results} == {"cpu"}

    played(play)


@pytest.mark.slow
@no_kill
def test_what_failed_leaves_nothing_to_make(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that no worker had been given are not made for nobody by those that come next."""
    asked: list[int] = []
    make = Worker.make

    def making(worker: Worker, share: Share, *, previews: float | None) -> None:
        asked.append(share.order.request.seed)
        make(worker, share, previews=previews)

    monkeypatch.setattr(Worker, "make", making)
    sheet = [replace(LONG, count=1, seed=seed) for seed in range(100, 106)]

    async def play(lane: Lane) -> None:
        lost = lane.submit(Work(replace(LONG, count=6), orders=singles(sheet)))
        await until(lost, lambda: any(lost.run.views))
        for worker in pool.workers:
            os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="No worker is left"):
            await until(lost, lambda: False)
        asked.clear()
        job = lane.submit(Work(REQUEST))
        await until(job, lambda: job.is_made)

    played(play)
    assert set(asked) == {REQUEST.seed}


def test_a_pause_holds_and_what_was_stopped_can_be_kept_and_gone_on_with() -> None:
    kept: list[bytes] = []

    def keep_steps(data: bytes, *, anew: bool) -> None:
        if anew:
            kept.clear()
        kept.append(data)

    async def play(lane: Lane) -> None:
        job = lane.submit(Work(LONG, keep_steps=keep_steps))
        await until(job, lambda: len(job.run.views[0]) >= 3)
        job.pause()
        await until(job, lambda: job.run.state is State.PAUSED)
        stands = job.run.steps_done
        job.step_once()
        await until(job, lambda: job.run.steps_done == stands + 1 and job.run.state is State.PAUSED)
        job.cancel()
        assert [view async for view in job][-1] is not None and job.run.state is State.STOPPED
        reached = await lane.reached(job)
        assert reached and all(0 < result.stopped_at < LONG.steps for result in reached)
        assert {result.image for result in reached} <= set(range(LONG.count))
        again = lane.submit(Work(REQUEST))
        assert [view async for view in again] and len(again.run.results) == LONG.count

    played(play)
    stood = b"".join(kept)
    first, second = (seconds_of_three_steps(stood) for _ in range(2))
    assert first == second, "steps that were kept are not made again, which would take another time"


def test_jobs_that_share_the_devices_are_made_side_by_side_and_each_ends_by_itself() -> None:
    asked = [replace(LONG, count=1, steps=60, seed=seed) for seed in (3, 9)]

    async def play(lane: Lane) -> None:
        first = lane.submit(Work(asked[0], shares=True, keep_steps=lambda data, *, anew: None))
        gone = lane.submit(Work(replace(asked[0], model="gone"), shares=True))
        second = lane.submit(Work(asked[1], shares=True))
        alone = lane.submit(Work(replace(REQUEST, count=2)))
        with pytest.raises(ModelError, match="no model called 'gone'"):
            await until(gone, lambda: False)
        await until(second, lambda: bool(first.run.views[0] and second.run.views[0]))
        assert first.run.state is second.run.state is State.RUNNING and not lane.has_room
        first.cancel()
        async for _ in first:
            pass
        (reached,) = await lane.reached(first)
        assert first.run.state is State.STOPPED and 0 < reached.stopped_at < 60 and not first.run.results
        assert alone.run.state is State.QUEUED, "what shares no device waits for its turn"
        async for _ in second:
            pass
        assert second.run.state is State.DONE and [view.index for view in second.run.views[0]] == [*range(1, 61)]
        here = results(list(made_here([Order.of(replace(asked[1], device="cpu"))], Library())))
        assert np.array_equal(second.run.results[0].rgba, here[0].rgba)
        async for _ in alone:
            pass
        assert alone.run.state is State.DONE and first.spread and second.spread

    played(play)


def test_what_shares_other_devices_is_not_given_to_these() -> None:
    async def play(lane: Lane) -> None:
        here = lane.submit(Work(replace(LONG, count=1, steps=20), shares=True))
        elsewhere = lane.submit(Work(replace(REQUEST, count=1, device="cpu"), shares=True))
        for work in (here, elsewhere):
            async for _ in work:
                pass
            assert work.run.state is State.DONE
        assert here.spread and not elsewhere.spread

    played(play)


def seconds_of_three_steps(stood: bytes) -> list[float]:
    request, found = replace(LONG, device="cpu"), []
    with closing(going_on(request, Library(), made=[1, 2, 3], stood=stood)) as events:
        while len(found) < 3:
            if isinstance(event := next(events), Advance):
                found.append(event.seconds)
    return found
