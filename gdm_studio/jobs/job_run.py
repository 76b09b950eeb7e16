"""Run of jobs in an engine, on several devices with one worker process each, or on a cluster."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.common import remote_device
from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.workers.work_items import Ended, WorkEvent, WorkItem, place_on_devices, renumber
from gdm_studio.request.generation_events import Event, State

if TYPE_CHECKING:
    from gdm_studio.jobs.ray.cluster_pool import ClusterPool
    from gdm_studio.jobs.thread_engine import ThreadEngine
    from gdm_studio.jobs.workers.engine_process import ProcessEngine
    from gdm_studio.jobs.workers.pool import Pool
    from gdm_studio.models.model_library import Library

# A job and one of its events. The last event of a job is None or an error.
JobEvent = tuple[Job, Event | StudioError | None]
# Callback that gets the seconds to rest and the jobs in progress. It returns False to end all jobs.
BetweenSteps = Callable[[float, Sequence[Job]], bool]
# Seconds after which `between_steps` is called again while a job is paused.
PAUSE_TICK = 0.1


class JobRun:
    """Run of one or several jobs in an engine, on a pool of worker processes or on a cluster, until no job is left.

    `take_next` returns another job for an idle worker, or None. See `Executor.run_all` for `between_steps`.
    """

    def __init__(
        self,
        pool: ThreadEngine | ProcessEngine | Pool | ClusterPool,
        take_next: Callable[[], Job | None],
        between_steps: BetweenSteps,
        library: Library,
        *,
        engine: ThreadEngine | ProcessEngine | None = None,
        places: Sequence[str] = (),
    ) -> None:
        """Create a run. `engine` is the pool if it is an engine, and `places` are its devices."""
        self._pool = pool
        self._engine = engine
        self._places = list(places)
        self._next_job = take_next
        self._between_steps = between_steps
        # Names the files that workers on other computers need.
        self._library = library
        # Unfinished work items of each job in progress.
        self._unfinished_items: dict[Job, list[WorkItem]] = {}
        # Time of the last event of each job.
        self._last_event_times: dict[Job, float] = {}
        # Work items that the pool has not received yet.
        self._waiting_items: deque[WorkItem] = deque()
        self._job_of: dict[WorkItem, Job] = {}
        # Jobs that were stopped.
        self._stopped_jobs: set[Job] = set()

    def run(self, first: Job, *, previews: float | None, cpu_share: float) -> Generator[JobEvent, None, None]:
        """Run the jobs on the pool and yield their events. The last event of a job is None or an error. Raises errors
        that affect all jobs.
        """
        rest = 0.0
        try:
            self._start(first)
            with closing(self._pool.run(self._take_next, previews=previews)) as events:
                while self._between_steps(rest, list(self._unfinished_items)):
                    # A job may have been paused, resumed or cancelled meanwhile.
                    yield from self._update_jobs()
                    if (paused := self._find_paused_job()) is not None:
                        with paused.bell:
                            paused.bell.wait_for(lambda: not paused.is_waiting or paused.cancelled, PAUSE_TICK)
                        rest = 0.0
                        continue
                    began = time.perf_counter()
                    try:
                        received = next(events)
                    except StopIteration:
                        break
                    news = self._handle(received) + self._update_jobs()
                    # Time spent waiting for the end of a pause does not count as work.
                    is_work = any(event is not None for _, event in news)
                    worked = time.perf_counter() - began if is_work else 0.0
                    # A process rests itself.
                    is_process = self._engine is not None and self._engine.is_process
                    rest = 0.0 if is_process else worked * (1 / cpu_share - 1)
                    yield from news
        except Exception as error:
            for job in list(self._unfinished_items):
                self._end_job(job, State.FAILED, error)
            raise
        finally:
            for job in list(self._unfinished_items):
                self._end_job(job, State.STOPPED)

    def _find_paused_job(self) -> Job | None:
        """Return the paused job whose next step would be computed in this thread, or None."""
        if self._engine is None or self._engine.is_process:
            return None
        return next((job for job in self._unfinished_items if job.run.state is State.PAUSED), None)

    def _take_next(self) -> WorkItem | None:
        if not self._waiting_items and (job := self._next_job()) is not None:
            self._start(job)
        if not self._waiting_items:
            return None
        work_item = self._waiting_items.popleft()
        if any(map(remote_device.is_ssh, self._pool.devices)):
            from gdm_studio.jobs.workers.request_files import RequestFiles

            try:
                work_item.files = RequestFiles.of(self._library, work_item.request)
            except StudioError as error:
                work_item.refusal = error
        return work_item

    def _start(self, job: Job) -> None:
        # An engine runs a single job.
        is_engine = self._engine is not None
        job.is_distributed = not is_engine
        job.receives_steps = len(self._pool.devices) == 1 and remote_device.is_ssh(self._pool.devices[0])
        job.run.state = State.RUNNING
        if job.source is not None:
            work_items = [WorkItem.of(job.run.request)]
        else:
            work_items = [replace(each) for each in job.work_items if each.left]
        for work_item in work_items:
            work_item.is_paused = lambda: job.is_waiting
            work_item.single_steps = lambda: job.single_steps if job.paused and not job.is_past_steps else None
            if is_engine and job.source is None:
                work_item.request = place_on_devices(work_item.request, self._places)
            work_item.source = job.source
            work_item.key = job.run.id
            work_item.has_previews = job.previews is not None
        for work_item in work_items[:1]:
            work_item.keep_steps = job.keep_steps
        self._unfinished_items[job] = list(work_items)
        self._last_event_times[job] = time.perf_counter()
        self._waiting_items.extend(work_items)
        self._job_of |= dict.fromkeys(work_items, job)

    def _handle(self, received: WorkEvent | None) -> list[JobEvent]:
        """Record an event from the worker pool in its job, and return the (job, event) pairs to yield."""
        if received is None:
            return []
        work_item, event = received
        job = self._job_of.get(work_item)
        # Another work item of this job has failed, which ended the job.
        if job is None:
            return []
        if isinstance(event, StudioError):
            self._drop(job, decode=False)
            return [self._end_job(job, State.FAILED, event)]
        if isinstance(event, Ended):
            job.partial_results += [replace(each, image=work_item.first + each.image) for each in event.partial_results]
            self._unfinished_items[job].remove(work_item)
            return []
        # An engine has numbered the images already.
        job_event = renumber(event, work_item.first) if job.is_distributed else event
        try:
            job.record(job_event, self._last_event_times[job])
        except StudioError as error:
            self._drop(job, decode=False)
            return [self._end_job(job, State.FAILED, error)]
        self._last_event_times[job] = time.perf_counter()
        return [(job, job_event)]

    def _update_jobs(self) -> list[JobEvent]:
        """End the jobs that are finished, stop the work of cancelled jobs, and update which jobs are paused.

        Return the (job, event) pairs to yield.
        """
        ended: list[JobEvent] = []
        for job, left in list(self._unfinished_items.items()):
            if job.should_stop and not all(work_item.is_dropped for work_item in left):
                self._drop(job, decode=job.keep_steps is not None)
            if not self._unfinished_items[job]:
                is_done = job.is_complete or job not in self._stopped_jobs
                ended.append(self._end_job(job, State.DONE if is_done else State.STOPPED))
                continue
            state = State.PAUSED if job.is_waiting and not job.cancelled else State.RUNNING
            if state is not job.run.state:
                if state is State.PAUSED and self._engine is not None:
                    # A paused job may never continue.
                    self._engine.flush()
                job.run.state = state
                self._last_event_times[job] = time.perf_counter()
                job.wake()
        return ended

    def _drop(self, job: Job, *, decode: bool) -> None:
        """Cancel all work items of a job. Items that no worker has started are removed immediately, the remaining ones
        when their workers confirm it. With `decode`, the workers return their unfinished images.
        """
        self._stopped_jobs.add(job)
        for work_item in list(self._unfinished_items[job]):
            if work_item in self._waiting_items:
                self._waiting_items.remove(work_item)
                self._unfinished_items[job].remove(work_item)
            else:
                self._pool.drop(work_item, decode=decode)

    def _end_job(self, job: Job, state: State, error: Exception | None = None) -> JobEvent:
        """Remove a finished or failed job from the run and set its final state. Returns the last (job, event) pair to
        yield, in which the event is the error or None.
        """
        for work_item in [work_item for work_item, other in self._job_of.items() if other is job]:
            del self._job_of[work_item]
        del self._unfinished_items[job]
        del self._last_event_times[job]
        job.run.error = error
        job.run.state = state
        if self._engine is None:
            job.settle()
        # A job with previews is settled later, when all previews are decoded.
        elif job.previews is None:
            self._engine.settle(job.run.id, keeps_step=state is State.STOPPED)
            job.settle()
        return job, error if isinstance(error, StudioError) else None
