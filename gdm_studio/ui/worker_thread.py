"""Thread of the window that runs jobs in an engine.

Only engines use torch, so no other part of the window does.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QThread, Signal

from gdm_studio import preferences
from gdm_studio.engine import torch_startup
from gdm_studio.engine.preview_memory import PreviewMemory
from gdm_studio.jobs import run_calls
from gdm_studio.jobs.engine_service import EngineObject, next_of, stream_of
from gdm_studio.jobs.executor import reference_to
from gdm_studio.jobs.thread_engine import ThreadEngine
from gdm_studio.request.generation_events import Run, State, View
from gdm_studio.studio import window_calls

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.jobs.runner import Runner
    from gdm_studio.jobs.workers.engine_process import ProcessEngine
    from gdm_studio.request.generation_request import Request

T = TypeVar("T")
# A function to run on the thread, and a function that cancels its future.
Task = tuple[Callable[[], object], Callable[[], object]]

# Secondary threads get 512 KiB on macOS, too little for a network.
STACK_BYTES = 16 * 2**20


class EngineStream(Generic[T]):
    """Stream of values that an engine computes one by one, between two steps of a running job or after the job."""

    def __init__(self, worker: WorkerThread, handle: EngineObject) -> None:
        self._worker = worker
        self.handle = handle

    async def next(self, *, between_jobs: bool = False) -> T | None:
        """Compute and return the next value, or None at the end of the stream."""
        value: T | None = await self._worker.call(next_of, self.handle, between_jobs=between_jobs)
        return value


class WorkerThread(QThread):
    """Background thread of the window that generates images job by job in the engine, and decodes previews when idle.

    Pause, cancel and stop take effect between two `next()` calls of the engine's generator.
    """

    # A worker process is idle and could take the next job of the queue.
    capacity_available = Signal()
    # The engine has ended while no images were generated. The sentence says why.
    engine_died = Signal(object)

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self.setObjectName("lane")
        self.setStackSize(STACK_BYTES)
        self.runner = runner
        self._engine = runner.executor.engine
        self._wake_up = runner.executor.bell
        # Tasks to run between two steps.
        self._tasks: deque[Task] = deque()
        # Tasks to run between two jobs.
        self._tasks_between_jobs: deque[Task] = deque()
        # True while a worker process is idle.
        self._is_worker_idle = False
        # The running or last job. Its previews are decoded in idle time.
        self._current_job: Job | None = None
        self._is_stopping = False
        # True if the engine has sent a message since the last sleep.
        self._has_message = False
        if (process := self._process) is not None:
            process.on_message = self._on_message
            process.on_view = self._on_view
            process.on_settled = self._on_previews_finished
            process.on_death = self._on_death

    @property
    def has_capacity(self) -> bool:
        """True while a worker process is idle and no waiting job would use it, so that another job can start."""
        return self._is_worker_idle and not self.runner.has_waiting

    @property
    def engine_memory(self) -> int:
        """Physical memory in bytes of the engine's process, or 0 if the engine has none of its own."""
        return 0 if self._process is None else self._process.memory

    @property
    def _process(self) -> ProcessEngine | None:
        """The engine if it is a process, or None if it is in this thread, to which it can change."""
        engine = self._engine
        return None if isinstance(engine, ThreadEngine) or not engine.is_process else engine

    def ask(self, function: Callable[[], T], *, between_jobs: bool = False) -> asyncio.Future[T]:
        """Call `function()` on the worker thread before its next step, and return a future of the result.

        With `between_jobs`, the function is called after the running job instead. The future is cancelled if the thread
        ends first.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def resolve(value: T | None, error: Exception | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(value)  # type: ignore[arg-type]

        def run() -> None:
            value = None
            error = None
            try:
                value = function()
            except Exception as caught:  # any error is passed to the caller
                error = caught
            loop.call_soon_threadsafe(resolve, value, error)

        def cancel() -> None:
            loop.call_soon_threadsafe(future.cancel)

        with self._wake_up:
            (self._tasks_between_jobs if between_jobs else self._tasks).append((run, cancel))
            self._wake_up.notify_all()
        return future

    def call(self, function: Callable[..., T], *args: Any, between_jobs: bool = False) -> asyncio.Future[T]:
        """Call a function of the engine before its next step, and return a future of the result.

        `function` is a function of a module, whose first parameter is the `EngineService`. Its other arguments and its
        result are plain data or handles (`EngineObject`). With `between_jobs`, it is called after the running job
        instead. The future is cancelled if the thread ends first.
        """
        if (process := self._process) is None:
            return self.ask(partial(self._engine.call, function, *args), between_jobs=between_jobs)
        return asyncio.wrap_future(process.submit(function, *args, between_jobs=between_jobs))

    async def load_model(self, request: Request) -> None:
        """Load the model of a request after the running job, unless another job waits, which loads its own model.

        Raises ModelError or DeviceError.
        """

        def load() -> None:
            if not self.runner.has_waiting:
                self._engine.call(window_calls.load_model, request)

        if self._process is None:
            await self.ask(load, between_jobs=True)
        elif not self.runner.has_waiting:
            await self.call(window_calls.load_model, request, between_jobs=True)

    def call_about(self, job: Job, function: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Call a function of the engine about the run of a job. The function gets a reference to the run before the
        other arguments.
        """
        return self.call(function, reference_to(job), *args)

    @contextmanager
    def stream(self, function: Callable[..., Iterator[T]], *args: Any) -> Iterator[EngineStream[T]]:
        """Context manager for a stream of values that an engine computes one by one. `function` returns an iterator."""
        stream = EngineStream[T](self, stream_of(function, *args))
        try:
            yield stream
        finally:
            self.release(stream.handle)

    def release(self, handle: EngineObject) -> None:
        """Release the object of a handle in the engine. May be called from any thread."""
        self._call_without_result(run_calls.forget, handle.key)

    def refresh_library(self) -> None:
        """Let an engine that has its own list of models scan the models folders again."""
        if self._process is not None:
            self._call_without_result(window_calls.refresh_library)

    def free_memory(self) -> None:
        """Release all memory of the engine. A run in progress continues at its last recorded step."""
        if (process := self._process) is None:
            self._call_without_result(window_calls.release_models)
        else:
            process.free_memory()

    def show_noise(self, run: Run) -> None:
        """Draw the noise of a run's steps, which is left out until somebody looks at it."""
        self._call_without_result(run_calls.show_noise, run.id)

    def stop_previews(self, job: Job) -> None:
        """Stop decoding previews of a job whose steps the user will not view again."""
        self._call_without_result(run_calls.stop_previews, job.run.id)

    async def save_partial_results(self, job: Job) -> None:
        """Decode the unfinished images of a stopped job and save them in the gallery."""
        await self.ask(partial(self.runner.save_partial_results, job))

    async def decode_preview(self, views: Sequence[View], index: int) -> View | None:
        """Decode the preview of the denoising step with index `index` in `views`, before all other waiting previews.

        The result is None if the latents of the step are no longer in memory.
        """
        job = self._current_job
        if views[index].decoded or job is None or job.settled:
            return views[index] if views[index].decoded else None
        image = next((image for image, own in enumerate(job.run.views) if own is views), None)
        if image is None:
            return None
        view = await self.call(run_calls.decode_preview, job.run.id, image, index + 1)
        if view is not None:
            job.replace_view(view)
        return view

    def stop(self) -> None:
        """End the worker thread before its next step, because the window closes.

        Queued jobs end as stopped. `wait()` waits for the end of the thread.
        """
        with self._wake_up:
            self._is_stopping = True
            self._wake_up.notify_all()

    def run(self) -> None:
        """Run the loop of the worker thread: tasks first, then jobs, then previews. It sleeps if there is nothing
        to do.
        """
        if self._process is None:
            torch_startup.load_libraries()
        while not self._is_stopping:
            self._run_tasks()
            if self._tasks_between_jobs:
                self._tasks_between_jobs.popleft()[0]()
            elif self.runner.has_waiting:
                self._release_job()
                self._current_job = None
                self._run_jobs()
            elif not self._work_in_idle_time():
                self._sleep_until(lambda: bool(self.runner.has_waiting or self._tasks or self._tasks_between_jobs))
        self._release_job()
        self.runner.stop_waiting()
        self.runner.executor.close()
        for _, cancel in (*self._tasks, *self._tasks_between_jobs):
            cancel()

    def _run_jobs(self) -> None:
        """Run the next job of the queue, together with other jobs that fit onto the same devices."""
        share = preferences.load().preview_share

        def on_start(job: Job) -> None:
            self._is_worker_idle = False
            if self._current_job is None:
                self._current_job = job
            job.previews = PreviewMemory(partial(self._call_without_result, run_calls.forget_previews, job.run.id))
            if (process := self._process) is not None:
                job.recorded_steps = partial(process.recorded_steps, job.run.id)

        # An error is in the jobs that it ended, whose readers show it.
        with suppress(Exception):
            events = self.runner.run_next(
                on_start=on_start, refill=self._announce_capacity, between_steps=self._between_steps, previews=share
            )
            for job, _ in events:
                job.wake()
        self._is_worker_idle = False

    def _announce_capacity(self, running_job: Job | None) -> None:
        """Emit `capacity_available` once if a worker process is idle while a job is running, so that another job can
        start.
        """
        if running_job is not None and not self._is_worker_idle:
            self._is_worker_idle = True
            self.capacity_available.emit()

    def _between_steps(self, seconds: float, works: Sequence[Job]) -> bool:
        """Sleep for `seconds` between two denoising steps, run waiting tasks, and wait while the job is paused. Return
        False if all jobs must end.

        Only jobs in this thread are paused here; other processes pause their own. While worker processes generate,
        tasks that wait for the end of a job also run, because the workers have their own models and may run for hours.
        """
        self._sleep_for(seconds, works)
        self._run_tasks()
        if len(works) == 1 and not works[0].is_distributed:
            if self._process is None:
                self._wait_while_paused(works[0])
            return not self._is_stopping
        while self._tasks_between_jobs and not self._is_stopping:
            self._tasks_between_jobs.popleft()[0]()
        return not self._is_stopping

    def _wait_while_paused(self, job: Job) -> None:
        """Decode previews and run tasks while a job is paused, until it is resumed, advanced by one step or
        cancelled.
        """
        while job.run.state is State.PAUSED and job.is_waiting and not (self._is_stopping or job.cancelled):
            if not self._improve_preview():
                self._sleep_until(lambda: bool(job.cancelled or not job.is_waiting or self._tasks))
            self._run_tasks()

    def _sleep_for(self, seconds: float, jobs: Sequence[Job]) -> None:
        """Sleep for `seconds` so that other programs can use the computer. Return early if the jobs are cancelled or
        paused.
        """

        def is_interrupted() -> bool:
            return self._is_stopping or any(job.cancelled for job in jobs) or all(job.paused for job in jobs)

        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not is_interrupted():
            self._run_tasks()
            with self._wake_up:
                self._wake_up.wait_for(lambda: is_interrupted() or bool(self._tasks), timeout=left)

    def _improve_preview(self) -> bool:
        """Replace one approximate preview of the current job by a fully decoded one. Return False if none are left to
        decode.
        """
        job = self._current_job
        view = self._engine.improve_preview(job.run.id) if job is not None and not job.settled else None
        if job is None or view is None:
            return False
        job.replace_view(view)
        return True

    def _work_in_idle_time(self) -> bool:
        """Decode a preview of the last job, or handle a message of the engine that decodes it. Return False if there is
        nothing to do.
        """
        if (process := self._process) is not None:
            return process.poll()
        if self._improve_preview():
            return True
        self._release_job()
        return False

    def _call_without_result(self, function: Callable[..., object], *args: Any) -> None:
        """Call a function of the engine whose result nobody needs. May be called from any thread."""
        if (process := self._process) is None:
            with self._wake_up:
                self._tasks.append((partial(self._engine.call, function, *args), lambda: None))
                self._wake_up.notify_all()
        else:
            process.submit(function, *args)

    def _on_view(self, key: str, view: View) -> None:
        """Show the exactly decoded picture or the noise of a step."""
        job = self._current_job
        if job is not None and job.run.id == key:
            job.replace_view(view)

    def _on_previews_finished(self, key: str) -> None:
        if self._current_job is not None and self._current_job.run.id == key and self._current_job.run.state.ended:
            self._release_job()

    def _on_death(self, sentence: str) -> None:
        # The previews that were not decoded yet remain approximate.
        self._release_job()
        self.engine_died.emit(sentence)

    def _on_message(self) -> None:
        with self._wake_up:
            self._has_message = True
            threading.Condition.notify_all(self._wake_up)

    def _release_job(self) -> None:
        """Release an ended job and its model from memory. Its previews do not change after this."""
        if self._current_job is not None and not self._current_job.settled:
            self.runner.executor.settle(self._current_job)

    def _run_tasks(self) -> None:
        while self._tasks:
            run, _ = self._tasks.popleft()
            run()

    def _sleep_until(self, condition: Callable[[], bool]) -> None:
        with self._wake_up:
            self._wake_up.wait_for(lambda: self._is_stopping or self._has_message or condition())
            self._has_message = False
