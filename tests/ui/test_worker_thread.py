"""The worker thread: jobs in order, which can be paused, stopped and joined by tasks between their steps."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine import preview_memory, resume
from gdm_studio.engine.generation_loop import generate
from gdm_studio.jobs import run_calls
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.runner import Runner
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import State, StepEvent, View
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.worker_thread import WorkerThread
from tests.helpers import beats, tiny_model
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.tiny_model import TinyLibrary

if TYPE_CHECKING:
    import torch

REQUEST = Request(model="gaussian", prompt="a red disc", steps=8, guidance_scale=1.0, seed=7)


class OutOfMemoryModel(GaussianModel):
    """Model that runs out of memory once, in the fifth step of a batch of two."""

    steps_made = 0

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        if len(x) == 2:
            OutOfMemoryModel.steps_made += 1
            if OutOfMemoryModel.steps_made == 5:
                raise MemoryError
        return super().denoised(x, at, conditioning)


class FailingDecoder(GaussianModel):
    """Model that decodes batches slowly and fails on single images, such as previews in idle time."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        time.sleep(0.05)
        if len(x0) == 1:
            raise ValueError("cannot")
        return super().decode(x0)


class CountingModel(GaussianModel):
    """Model that counts its evaluations."""

    calls = 0

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        CountingModel.calls += 1
        return super().denoised(x, at, conditioning)


class SlowDecoder(GaussianModel):
    """Model with a slow decoder."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        time.sleep(0.05)
        return super().decode(x0)


def run_on_worker(
    play: Callable[[WorkerThread], Coroutine[Any, Any, None]],
    *,
    step_seconds: float = 0.0,
    kind: type[GaussianModel] = GaussianModel,
) -> None:
    """Run `play(worker)` on a plain asyncio loop, then stop the worker thread and wait for it."""

    async def main() -> None:
        async with start_worker(GaussianLibrary(step_seconds=step_seconds, kind=kind)) as worker, beats.beating():
            await asyncio.wait_for(play(worker), 90)

    asyncio.run(main())


@asynccontextmanager
async def start_worker(library: GaussianLibrary | TinyLibrary) -> AsyncIterator[WorkerThread]:
    worker = WorkerThread(Runner(Executor(library), keeps_results=True))
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        assert await asyncio.to_thread(worker.wait, 60_000), "the lane did not stop"


async def read(job: Job) -> list[View | None]:
    return [view async for view in job]


async def until(job: Job, reason: Callable[[], bool]) -> None:
    async for _ in job:
        if reason():
            return
    raise AssertionError("the run ended first")


def test_a_run_yields_every_step_and_the_image() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        views = await read(job)
        assert job.run.state is State.DONE
        assert [view.index for view in job.run.views[0]] == list(range(1, 9))
        assert views[-1] is job.run.views[0][-1]
        (result,) = job.run.results
        assert result.rgba.shape == (128, 128, 4) and result.request.seed == 7 and result.stopped_at == 0

    run_on_worker(play)


@pytest.mark.slow
def test_a_slow_reader_sees_fewer_views_and_no_backlog() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(Request(model="gaussian", steps=300, guidance_scale=1.0)))
        seen = []
        async for view in job:
            seen.append(view)
            made = job.run.steps_done
            # Steps may be faster than this loop.
            while not job.run.state.ended and job.run.steps_done < made + 3:
                await asyncio.sleep(0.01)
        assert len(job.run.views[0]) == 300
        assert len(seen) < 150 and seen[-1] is not None and seen[-1].index == 300

    run_on_worker(play)


def test_cancel_takes_effect_within_a_step_and_keeps_the_partial_result() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        await until(job, lambda: job.run.steps_done >= 3)
        job.cancel()
        made = job.run.steps_done
        await read(job)
        assert job.run.state is State.STOPPED
        assert job.run.steps_done <= made + 1
        (result,) = await worker.ask(partial(worker.runner.partial_results, job))
        assert result.stopped_at == job.run.steps_done and result.rgba.shape == (128, 128, 4)
        assert job.run.results == []

    run_on_worker(play, step_seconds=0.05)


def test_pausing_stepping_and_resuming_do_not_change_the_result() -> None:
    async def play(worker: WorkerThread) -> None:
        plain = worker.runner.enqueue(Job(REQUEST))
        await read(plain)
        job = worker.runner.enqueue(Job(REQUEST))
        job.pause()
        await until(job, lambda: job.run.state is State.PAUSED)
        assert job.run.steps_done == 0
        job.step_once()
        await until(job, lambda: job.run.steps_done == 1 and job.run.state is State.PAUSED)
        job.resume()
        await read(job)
        assert (job.run.results[0].rgba == plain.run.results[0].rgba).all()

    run_on_worker(play)


def test_every_preview_is_decoded_after_a_pause_or_the_end() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        await until(job, lambda: job.run.steps_done >= 3)
        job.pause()
        await until(job, lambda: job.run.state is State.PAUSED and all(view.decoded for view in job.run.views[0]))
        job.resume()
        await read(job)
        async for _ in job.developing():
            pass
        assert all(view.decoded for view in job.run.views[0])

    run_on_worker(play, step_seconds=0.02)


@pytest.mark.slow
def test_the_next_job_does_not_wait_for_previews_of_the_last() -> None:
    async def play(worker: WorkerThread) -> None:
        first = worker.runner.enqueue(Job(Request(model="gaussian", steps=200, guidance_scale=1.0)))
        second = worker.runner.enqueue(Job(REQUEST))
        await read(second)
        assert first.settled and first.run.state is State.DONE and second.run.state is State.DONE

    run_on_worker(play)


def test_an_error_reaches_the_reader_and_the_next_job_works() -> None:
    async def play(worker: WorkerThread) -> None:
        broken = worker.runner.enqueue(Job(Request(model="missing")))
        with pytest.raises(ModelError, match="missing"):
            await read(broken)
        assert broken.run.state is State.FAILED
        job = worker.runner.enqueue(Job(REQUEST))
        await read(job)
        assert job.run.state is State.DONE

    run_on_worker(play)


def test_tasks_run_on_the_worker_thread_between_steps() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        thread = await worker.ask(threading.get_ident)
        assert thread != threading.get_ident() and not job.run.state.ended
        with pytest.raises(ZeroDivisionError):
            await worker.ask(lambda: 1 // 0)
        job.cancel()
        await read(job)

    run_on_worker(play, step_seconds=0.05)


def test_stopping_the_worker_thread_ends_running_and_waiting_jobs() -> None:
    async def play(worker: WorkerThread) -> None:
        running, waiting = worker.runner.enqueue(Job(REQUEST)), worker.runner.enqueue(Job(REQUEST))
        await until(running, lambda: running.run.steps_done > 0)
        worker.stop()
        await asyncio.gather(read(running), read(waiting))
        assert running.run.state is State.STOPPED and waiting.run.state is State.STOPPED

    run_on_worker(play, step_seconds=0.05)


def test_a_long_run_frees_the_steps_of_its_oldest_images(monkeypatch: pytest.MonkeyPatch) -> None:
    eight_steps = 8 * 3 * 128 * 128 * 4
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 5 * eight_steps // 2)

    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(replace(REQUEST, count=4, batch=1)))
        await read(job)
        own = [len({id(view.predicted) for view in views}) for views in job.run.views]
        assert own == [1, 1, 8, 8]
        assert [len(views) for views in job.run.views] == [8, 8, 8, 8]

    run_on_worker(play)


@pytest.mark.slow
def test_steps_repeated_after_running_out_of_memory_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OutOfMemoryModel, "steps_made", 0)

    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(replace(REQUEST, count=2, batch=2)))
        counts, newest = [], []
        async for view in job:
            counts.append(job.steps_done())
            newest.append((view.image, view.index) if view else (0, 0))
        assert job.run.state is State.DONE and len(job.run.results) == 2
        assert any("Out of memory" in note for note in job.run.notes)
        assert [[view.index for view in views] for views in job.run.views] == [list(range(1, 9))] * 2
        # A step takes ten beats, and thus at least 50 ms.
        assert job.run.views[0][0].ms > 40, "the first attempt's steps, of two pictures, took half as long for each"
        assert max(counts) == counts[-1] == job.run.steps_total
        again = max(i for i in range(1, len(counts)) if counts[i] < counts[i - 1])
        assert counts[again:] == sorted(counts[again:]) and newest[again] < newest[again - 1]
        assert newest[-1] == (1, 8)

    run_on_worker(play, step_seconds=0.1, kind=OutOfMemoryModel)


@pytest.mark.slow
def test_a_preview_decoding_error_leaves_the_worker_thread_running() -> None:
    async def play(worker: WorkerThread) -> None:
        first = worker.runner.enqueue(Job(replace(REQUEST, count=2, batch=2)))
        await read(first)
        async for _ in first.developing():
            pass
        assert first.run.state is State.DONE and not all(view.decoded for view in first.run.views[0])
        second = worker.runner.enqueue(Job(replace(REQUEST, count=2, batch=2)))
        await read(second)
        assert second.run.state is State.DONE

    run_on_worker(play, kind=FailingDecoder)


@pytest.mark.parametrize("spared", [True, False])
def test_stopped_previews_are_not_decoded_in_idle_time(spared: bool) -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        await read(job)
        if spared:
            worker.stop_previews(job)
        async for _ in job.developing():
            pass
        assert all(view.decoded for view in job.run.views[0]) != spared

    run_on_worker(play, kind=SlowDecoder)


def test_a_run_paused_in_its_last_step_ends() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        job.pause()
        for made in range(1, 9):
            job.step_once()
            await until(job, lambda made=made: job.run.steps_done == made)
        while not job.run.state.ended:
            await asyncio.sleep(0.01)
        assert job.run.state is State.DONE and len(job.run.results) == 1

    run_on_worker(play)


@pytest.mark.parametrize("ending", ["cancelled", "paused", "lane stopped"])
def test_every_step_is_saved_when_a_run_pauses_or_stops(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # No step is written while the job runs.
    monkeypatch.setattr(resume, "WRITE_INTERVAL", 3600.0)
    kept, request = [], replace(REQUEST, steps=60)

    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(request, keep_steps=lambda data, *, from_start: kept.append(data)))
        await until(job, lambda: job.run.steps_done >= 3)
        if ending == "paused":
            job.pause()
            await until(job, lambda: job.run.state is State.PAUSED)
            await worker.ask(lambda: None)
        else:
            job.cancel() if ending == "cancelled" else worker.stop()
            await read(job)
        resumed = resume.resume_run(request, GaussianLibrary(kind=CountingModel), progress=b"".join(kept))
        CountingModel.calls, made = 0, job.run.steps_done
        assert len([event for event in resumed if isinstance(event, StepEvent)]) == 60
        assert CountingModel.calls == 60 - made
        job.cancel()

    run_on_worker(play, step_seconds=0.02)


def test_a_task_between_jobs_waits_for_the_run_to_end() -> None:
    async def play(worker: WorkerThread) -> None:
        job = worker.runner.enqueue(Job(REQUEST))
        await until(job, lambda: job.run.steps_done >= 2)
        state = await worker.ask(lambda: job.run.state, between_jobs=True)
        assert state is State.DONE

    run_on_worker(play, step_seconds=0.02)


def test_a_settled_run_frees_its_model_and_can_still_be_saved() -> None:
    async def play(worker: WorkerThread) -> None:
        # It has not ended by itself when a busy machine cancels it.
        job = worker.runner.enqueue(Job(replace(REQUEST, steps=200)))
        await until(job, lambda: job.run.steps_done >= 3)
        job.cancel()
        await read(job)
        (before,) = await worker.ask(partial(worker.runner.partial_results, job))
        async for _ in job.developing():
            pass
        assert job.last_step is not None
        (after,) = await worker.ask(partial(worker.runner.partial_results, job))
        assert (after.rgba == before.rgba).all() and after.stopped_at == before.stopped_at
        done = worker.runner.enqueue(Job(REQUEST))
        await read(done)
        async for _ in done.developing():
            pass
        assert done.last_step is None and done.newest() is done.run.views[0][-1]

    run_on_worker(play, step_seconds=0.02)


@pytest.mark.slow
def test_a_resume_point_records_the_weights_of_its_model() -> None:
    library, request = TinyLibrary(), Request(model="tiny", prompt="a red disc", steps=4, device="cpu")
    (first, *_) = [event for event in generate(request, library) if isinstance(event, StepEvent)]

    async def play() -> bytes:
        async with start_worker(library) as worker:
            return await worker.ask(partial(run_calls.resume_point_of, library, request, first.step))

    resume_point = asyncio.run(play())
    tiny_model.write(paths.models_dir() / "tiny", seed=9)
    from_start = [
        event for event in resume.resume_run(request, Library(), progress=resume_point) if isinstance(event, StepEvent)
    ]
    assert from_start[0].step.index == 1, "a step of other weights is not gone on from"
