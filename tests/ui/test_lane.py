"""The lane: jobs in order, between whose steps everything is decided."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gdm_studio import paths
from gdm_studio.engine import previews, resuming
from gdm_studio.engine.generate import generate
from gdm_studio.errors import ModelError
from gdm_studio.maths.path import Point
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, State, View
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from gdm_studio.ui.lane import Lane
from tests.helpers import tiny_model
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.tiny_model import TinyLibrary

if TYPE_CHECKING:
    import torch

REQUEST = Request(model="gaussian", prompt="a red disc", steps=8, guidance_scale=1.0, seed=7)


class Cramped(GaussianModel):
    """Runs out of memory once, in the fifth step of two pictures made together."""

    steps_made = 0

    def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
        if len(x) == 2:
            Cramped.steps_made += 1
            if Cramped.steps_made == 5:
                raise MemoryError
        return super().denoised(x, at, conditioning)


class Fragile(GaussianModel):
    """Decodes two pictures, slowly; one alone, as previews are made in spare time, breaks it."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        time.sleep(0.05)
        if len(x0) == 1:
            raise ValueError("cannot")
        return super().decode(x0)


class Counting(GaussianModel):
    """Counts its evaluations."""

    calls = 0

    def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
        Counting.calls += 1
        return super().denoised(x, at, conditioning)


class Slow(GaussianModel):
    """Takes its time to decode."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        time.sleep(0.05)
        return super().decode(x0)


def played(
    play: Callable[[Lane], Coroutine[Any, Any, None]],
    *,
    step_seconds: float = 0.0,
    kind: type[GaussianModel] = GaussianModel,
) -> None:
    """Runs `play(lane)` on a plain asyncio loop with a lane that is stopped and waited for afterwards."""

    async def main() -> None:
        async with started(GaussianLibrary(step_seconds=step_seconds, kind=kind)) as lane:
            await asyncio.wait_for(play(lane), 90)

    asyncio.run(main())


@asynccontextmanager
async def started(library: GaussianLibrary | TinyLibrary) -> AsyncIterator[Lane]:
    lane = Lane(Crew(library))
    lane.start()
    try:
        yield lane
    finally:
        lane.stop()
        assert await asyncio.to_thread(lane.wait, 60_000), "the lane did not stop"


async def read(job: Work) -> list[View | None]:
    return [view async for view in job]


async def until(job: Work, reason: Callable[[], bool]) -> None:
    async for _ in job:
        if reason():
            return
    raise AssertionError("the run ended first")


def test_a_run_gives_every_step_and_the_picture() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        views = await read(job)
        assert job.run.state is State.DONE
        assert [view.index for view in job.run.views[0]] == list(range(1, 9))
        assert views[-1] is job.run.views[0][-1]
        (result,) = job.run.results
        assert result.rgba.shape == (128, 128, 4) and result.request.seed == 7 and result.stopped_at == 0

    played(play)


def test_a_slow_reader_sees_fewer_views_and_no_backlog() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(Request(model="gaussian", steps=300, guidance_scale=1.0)))
        seen = []
        async for view in job:
            seen.append(view)
            made = job.run.steps_done
            while not job.run.state.ended and job.run.steps_done < made + 3:  # however fast steps are made here
                await asyncio.sleep(0.01)
        assert len(job.run.views[0]) == 300
        assert len(seen) < 150 and seen[-1] is not None and seen[-1].index == 300

    played(play)


def test_cancel_takes_effect_within_a_step_and_keeps_what_was_reached() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        await until(job, lambda: job.run.steps_done >= 3)
        job.cancel()
        made = job.run.steps_done
        await read(job)
        assert job.run.state is State.STOPPED
        assert job.run.steps_done <= made + 1
        (result,) = await lane.reached(job)
        assert result.stopped_at == job.run.steps_done and result.rgba.shape == (128, 128, 4)
        assert job.run.results == []

    played(play, step_seconds=0.05)


def test_pause_holds_steps_single_and_resume_ends_as_if_never_paused() -> None:
    async def play(lane: Lane) -> None:
        plain = lane.submit(Work(REQUEST))
        await read(plain)
        job = lane.submit(Work(REQUEST))
        job.pause()
        await until(job, lambda: job.run.state is State.PAUSED)
        assert job.run.steps_done == 0
        job.step_once()
        await until(job, lambda: job.run.steps_done == 1 and job.run.state is State.PAUSED)
        job.resume()
        await read(job)
        assert (job.run.results[0].rgba == plain.run.results[0].rgba).all()

    played(play)


def test_every_preview_is_sharp_once_paused_or_ended() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        await until(job, lambda: job.run.steps_done >= 3)
        job.pause()
        await until(job, lambda: job.run.state is State.PAUSED and all(view.decoded for view in job.run.views[0]))
        job.resume()
        await read(job)
        async for _ in job.developing():
            pass
        assert all(view.decoded for view in job.run.views[0])

    played(play, step_seconds=0.02)


def test_the_next_job_does_not_wait_for_previews_of_the_last() -> None:
    async def play(lane: Lane) -> None:
        first = lane.submit(Work(Request(model="gaussian", steps=200, guidance_scale=1.0)))
        second = lane.submit(Work(REQUEST))
        await read(second)
        assert first.settled and first.run.state is State.DONE and second.run.state is State.DONE

    played(play)


def test_an_error_reaches_the_reader_and_the_next_job_works() -> None:
    async def play(lane: Lane) -> None:
        broken = lane.submit(Work(Request(model="missing")))
        with pytest.raises(ModelError, match="missing"):
            await read(broken)
        assert broken.run.state is State.FAILED
        job = lane.submit(Work(REQUEST))
        await read(job)
        assert job.run.state is State.DONE

    played(play)


def test_errands_run_in_the_lane_between_steps() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        thread = await lane.ask(threading.get_ident)
        assert thread != threading.get_ident() and not job.run.state.ended
        with pytest.raises(ZeroDivisionError):
            await lane.ask(lambda: 1 // 0)
        job.cancel()
        await read(job)

    played(play, step_seconds=0.05)


def test_stopping_the_lane_ends_running_and_waiting_jobs() -> None:
    async def play(lane: Lane) -> None:
        running, waiting = lane.submit(Work(REQUEST)), lane.submit(Work(REQUEST))
        await until(running, lambda: running.run.steps_done > 0)
        lane.stop()
        await asyncio.gather(read(running), read(waiting))
        assert running.run.state is State.STOPPED and waiting.run.state is State.STOPPED

    played(play, step_seconds=0.05)


def test_a_long_run_gives_up_the_steps_of_its_oldest_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    eight_steps = 8 * 3 * 128 * 128 * 4
    monkeypatch.setattr(previews, "MEMORY", 5 * eight_steps // 2)

    async def play(lane: Lane) -> None:
        job = lane.submit(Work(replace(REQUEST, count=4, batch=1)))
        await read(job)
        own = [len({id(view.predicted) for view in views}) for views in job.run.views]
        assert own == [1, 1, 8, 8]
        assert [len(views) for views in job.run.views] == [8, 8, 8, 8]

    played(play)


def test_after_running_out_of_memory_steps_take_their_old_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cramped, "steps_made", 0)

    async def play(lane: Lane) -> None:
        job = lane.submit(Work(replace(REQUEST, count=2, batch=2)))
        counts, newest = [], []
        async for view in job:
            counts.append(job.steps_done())
            newest.append((view.image, view.index) if view else (0, 0))
        assert job.run.state is State.DONE and len(job.run.results) == 2
        assert any("Out of memory" in note for note in job.run.notes)
        assert [[view.index for view in views] for views in job.run.views] == [list(range(1, 9))] * 2
        assert job.run.views[0][0].ms >= 100, "the first attempt's steps, of two pictures, took half as long for each"
        assert max(counts) == counts[-1] == job.run.steps_total
        again = max(i for i in range(1, len(counts)) if counts[i] < counts[i - 1])
        assert counts[again:] == sorted(counts[again:]) and newest[again] < newest[again - 1]
        assert newest[-1] == (1, 8)

    played(play, step_seconds=0.1, kind=Cramped)


def test_a_decoder_that_breaks_in_spare_time_leaves_the_lane_working() -> None:
    async def play(lane: Lane) -> None:
        first = lane.submit(Work(replace(REQUEST, count=2, batch=2)))
        await read(first)
        async for _ in first.developing():
            pass
        assert first.run.state is State.DONE and not all(view.decoded for view in first.run.views[0])
        second = lane.submit(Work(replace(REQUEST, count=2, batch=2)))
        await read(second)
        assert second.run.state is State.DONE

    played(play, kind=Fragile)


@pytest.mark.parametrize("spared", [True, False])
def test_a_job_that_is_not_looked_at_again_takes_no_spare_time(spared: bool) -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        await read(job)
        if spared:
            lane.spare(job)
        async for _ in job.developing():
            pass
        assert all(view.decoded for view in job.run.views[0]) != spared

    played(play, kind=Slow)


def test_a_run_paused_in_its_last_step_ends() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        job.pause()
        for made in range(1, 9):
            job.step_once()
            await until(job, lambda made=made: job.run.steps_done == made)
        while not job.run.state.ended:
            await asyncio.sleep(0.01)
        assert job.run.state is State.DONE and len(job.run.results) == 1

    played(play)


@pytest.mark.parametrize("ending", ["cancelled", "paused", "lane stopped"])
def test_every_step_made_is_kept_for_another_time_once_a_run_stands_still(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "EVERY", 3600.0)  # however seldom steps are written while it runs
    kept, request = [], replace(REQUEST, steps=60)

    async def play(lane: Lane) -> None:
        job = lane.submit(Work(request, keep_steps=lambda data, *, anew: kept.append(data)))
        await until(job, lambda: job.run.steps_done >= 3)
        if ending == "paused":
            job.pause()
            await until(job, lambda: job.run.state is State.PAUSED)
            await lane.ask(lambda: None)
        else:
            job.cancel() if ending == "cancelled" else lane.stop()
            await read(job)
        went_on = resuming.going_on(request, GaussianLibrary(kind=Counting), stood=b"".join(kept))
        Counting.calls, made = 0, job.run.steps_done
        assert len([event for event in went_on if isinstance(event, Advance)]) == 60
        assert Counting.calls == 60 - made
        job.cancel()

    played(play, step_seconds=0.02)


def test_an_errand_between_jobs_waits_for_the_run_to_end() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        await until(job, lambda: job.run.steps_done >= 2)
        state = await lane.ask(lambda: job.run.state, between_jobs=True)
        assert state is State.DONE

    played(play, step_seconds=0.02)


def test_a_settled_run_holds_no_model_and_what_it_reached_can_still_be_kept() -> None:
    async def play(lane: Lane) -> None:
        job = lane.submit(Work(REQUEST))
        await until(job, lambda: job.run.steps_done >= 3)
        job.cancel()
        await read(job)
        (before,) = await lane.reached(job)
        async for _ in job.developing():
            pass
        assert job.advance is not None and job.advance.model is None
        (after,) = await lane.reached(job)
        assert (after.rgba == before.rgba).all() and after.stopped_at == before.stopped_at
        done = lane.submit(Work(REQUEST))
        await read(done)
        async for _ in done.developing():
            pass
        assert done.advance is None and done.newest() is done.run.views[0][-1]

    played(play, step_seconds=0.02)


def test_what_goes_on_from_a_step_names_the_weights_that_do_it() -> None:
    library, request = TinyLibrary(), Request(model="tiny", prompt="a red disc", steps=4, device="cpu")
    (first, *_) = [event for event in generate(request, library) if isinstance(event, Advance)]

    async def play() -> bytes:
        async with started(library) as lane:
            return await lane.standing(request, first.step)

    stood = asyncio.run(play())
    tiny_model.write(paths.models_dir() / "tiny", seed=9)
    anew = [event for event in resuming.going_on(request, Library(), stood=stood) if isinstance(event, Advance)]
    assert anew[0].step.index == 1, "a step of other weights is not gone on from"
