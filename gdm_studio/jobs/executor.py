"""Executor of jobs, in this process or in one worker process per device."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.common.errors import BadRequest, ModelError, StorageError, StudioError
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.job import Job, WakeUp
from gdm_studio.jobs.workers.work_items import generate_here, place_on_devices
from gdm_studio.request.generation_events import Event, Result, State

if TYPE_CHECKING:
    from gdm_studio.jobs.ray.pool import ClusterPool
    from gdm_studio.jobs.workers.multi_device import BetweenSteps, JobEvent, MultiDeviceRun
    from gdm_studio.jobs.workers.pool import Pool
    from gdm_studio.maths.noise_path import Step
    from gdm_studio.models.library import Library
    from gdm_studio.request.generation_request import Request


def sleep_between_steps(seconds: float, jobs: Sequence[Job]) -> bool:
    """Sleep for `seconds` after a step to limit the CPU use of a run. Always returns True, so that the run continues.

    Default of `between_steps`.
    """
    if seconds > 0:
        time.sleep(seconds)
    return True


def no_more() -> None:
    """Return None, which means that there is no further job to start. Default of the callback `more`."""


class Executor:
    """Executor that generates the images of one job after another in one thread.

    Worker processes stay alive until `close`. Jobs share the condition variable `bell`, which other threads use to wake
    the executor when they pause, resume or cancel a job.
    """

    def __init__(self, library: Library) -> None:
        torch_startup.prepare()
        self.library = library
        self.bell = WakeUp()
        self._pool: Pool | ClusterPool | None = None
        # True while the worker processes are busy with a job.
        self._pool_is_busy = False
        self.bell.also = self._wake_pool

    def run(
        self, job: Job, places: Sequence[str] = (), *, previews: float | None = None
    ) -> Generator[Event, None, None]:
        """Run one job and yield its events (steps, phases and finished images).

        Raises the job's error. See `run_all` for `places` and `previews`.
        """
        with closing(self.run_all(job, places, previews=previews)) as events:
            for _, event in events:
                if isinstance(event, StudioError):
                    raise event
                if event is not None:
                    yield event

    def run_all(
        self,
        first: Job,
        places: Sequence[str] = (),
        *,
        more: Callable[[], Job | None] = no_more,
        between_steps: BetweenSteps = sleep_between_steps,
        previews: float | None = None,
    ) -> Generator[JobEvent, None, None]:
        """Run a job, and further jobs after it or in parallel. Yields (job, event) pairs.

        The last pair of a job is (job, None) or (job, error). `places` are the devices to use, by default the
        request's. With worker processes, `more` is called when a worker is idle and may return another job; the events
        of all jobs are then interleaved. `previews` is the fraction of a step's duration that workers may spend on
        previews. Every `next()` takes one step. Not calling `next()` pauses the jobs, and `close()` stops them after
        recording their steps. `between_steps(seconds, jobs)` is called before every step, with the seconds to rest and
        the jobs in progress, and ends all jobs by returning False. Unexpected errors, and errors that affect all jobs,
        such as the loss of every worker, are recorded in the jobs and then raised.
        """
        try:
            settings = preferences.load()
            from gdm_studio.models.memory import devices

            devices.use_threads(settings.threads)
            if first.source is None:
                places = list(places) or devices.device_names(first.run.request.device)
            first.is_distributed = _needs_workers(first, places)
            workers = self._create_multi_device_run(places, more, between_steps) if first.is_distributed else None
        except Exception as error:
            first.fail(error)
            raise
        if workers is None:
            yield from self._run_here(first, places, between_steps, settings.cpu_share)
            return
        self._pool_is_busy = True
        try:
            yield from workers.run(first, previews=previews, cpu_share=settings.cpu_share)
        finally:
            self._pool_is_busy = False

    def partial_results(self, job: Job) -> list[Result]:
        """Decode the images of a stopped job from their last step, and return them with `stopped_at` set to the number
        of that step.
        """
        from gdm_studio.engine.decoding import decode_partial_results
        from gdm_studio.models.library import load_for_request
        from gdm_studio.models.memory.devices import resolve_dtype

        step = job.last_step
        if step is None or job.is_distributed:
            return job.partial_results
        request = job.run.request
        device = step.step.denoised.device
        dtype = resolve_dtype(request.dtype, self.library.card(request.model), device)
        model = step.model or load_for_request(self.library, request, device=device, dtype=dtype)
        unfinished = decode_partial_results(request, replace(step, model=model))
        return [result for result in unfinished if result.image not in job.run.made]

    def resume_point(self, request: Request, step: Step) -> bytes:
        """Serialise a denoising step together with the hash of the model's weights, so that a queue item can resume
        from it.
        """
        from gdm_studio.engine.resume import resume_point
        from gdm_studio.models.fingerprint import fingerprint

        weights = ""
        # If the model is missing, the run itself reports it.
        with suppress(ModelError):
            weights = fingerprint(self.library.card(request.model))
        return resume_point(request, step, weights)

    def close(self) -> None:
        """End all worker processes that this executor started."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _run_here(
        self, job: Job, places: Sequence[str], between_steps: BetweenSteps, cpu_share: float
    ) -> Generator[JobEvent, None, None]:
        """Run a job in this process, without worker processes, and yield its events."""
        failure = None
        rest = 0.0
        if places and not self._pool_is_busy and self._pool is not None and self._pool.devices != tuple(places):
            # The job may need the memory that idle workers on other devices hold.
            self.close()
        try:
            job.start()
            with closing(self._generate_events(job, places)) as events:
                while between_steps(rest, [job]) and not job.should_stop:
                    job.run.state = State.RUNNING
                    began = time.perf_counter()
                    if (event := next(events, None)) is None:
                        job.run.state = State.DONE
                        break
                    job.record(event, began - rest)
                    rest = (time.perf_counter() - began) * (1 / cpu_share - 1)
                    yield job, event
        except Exception as error:
            job.fail(error)
            if not isinstance(error, StudioError):
                raise
            failure = error
        finally:
            if not job.run.state.ended:
                # An error while writing must not hide the reason for the end.
                with suppress(StorageError):
                    job.flush()
                # The state is set last, because a reader of this state assumes that all steps are recorded.
                job.run.state = State.STOPPED
            # A job with previews is settled later, when all previews are decoded.
            if job.previews is None:
                job.settle()
        yield job, failure

    def _generate_events(self, job: Job, places: Sequence[str]) -> Generator[Event, None, None]:
        if job.source is not None:
            return job.source(job.run.request, self.library)
        work_items = [
            replace(work_item, request=place_on_devices(work_item.request, places)) for work_item in job.work_items
        ]
        return generate_here(work_items, self.library)

    def _create_multi_device_run(
        self, places: Sequence[str], more: Callable[[], Job | None], between_steps: BetweenSteps
    ) -> MultiDeviceRun:
        """Return a new `MultiDeviceRun`, which runs jobs on worker processes for these devices or on a cluster.

        Worker processes for the same devices are reused. Raises BadRequest while they are busy.
        """
        # Imported here, because few jobs need worker processes, and the window starts faster without them.
        from gdm_studio.jobs.ray.pool import ClusterPool
        from gdm_studio.jobs.workers.multi_device import MultiDeviceRun
        from gdm_studio.jobs.workers.pool import Pool

        if self._pool_is_busy:
            raise BadRequest("Several devices are busy with another request; wait for it, or stop it.")
        if self._pool is not None and self._pool.devices != tuple(places):
            self.close()
        is_cluster = tuple(places) == (remote_device.CLUSTER,)
        self._pool = self._pool or (ClusterPool() if is_cluster else Pool(places))
        return MultiDeviceRun(self._pool, more, between_steps, self.library)

    def _wake_pool(self) -> None:
        """Make the pool of worker processes check for paused, resumed or new jobs. May be called from any thread."""
        if (pool := self._pool) is not None:
            pool.wake()


def _needs_workers(job: Job, places: Sequence[str]) -> bool:
    """Return True if a job must be run by worker processes instead of this process.

    A single image runs in this process, so that its steps can be edited, unless its job shares devices with other jobs.
    (Workers on other computers send their steps, which can be edited too.)
    """
    images = sum(len(work_item.left) for work_item in job.work_items)
    if job.source is None and any(map(remote_device.is_remote, places)):
        return images > 0
    return job.source is None and len(places) > 1 and (images > 1 or (job.shares and images > 0))
