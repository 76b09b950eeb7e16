"""The lane's workers on several devices, and the jobs that they carry out side by side."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from gdm_studio.errors import StudioError
from gdm_studio.preferences import Preferences
from gdm_studio.run import Event, State
from gdm_studio.studio.work import Bell
from gdm_studio.ui.jobs import Job
from gdm_studio.workers.making import numbered
from gdm_studio.workers.orders import Order, placed
from gdm_studio.workers.pool import Ended, Pool, Told

NextJob = Callable[[str], Job | None]  # is given the name of the devices
Breathe = Callable[[float, Sequence[Job]], bool]  # is given seconds to rest, and the jobs; False to end


class JobCrew:
    """Carries out a job, and for as long as it does so others that may share the devices with it."""

    def __init__(self, next_job: NextJob, breathe: Breathe, bell: Bell) -> None:
        self._next_job, self._breathe = next_job, breathe
        self._pool: Pool | None = None  # the latest workers
        self._left: dict[Job, list[Order]] = {}  # by jobs under way, what of them is not over
        self._heard: dict[Job, float] = {}  # when there was news of it the last time
        self._line: deque[Order] = deque()  # that the workers have not been given
        self._job_of: dict[Order, Job] = {}
        bell.also = self._nudge

    def takes(self, job: Job, places: Sequence[str]) -> bool:
        """Whether the job is for workers: one picture alone is made without, since it can then be steered."""
        pictures = sum(len(order.left) for order in job.orders)
        return job.source is None and len(places) > 1 and (pictures > 1 or (job.shares and pictures > 0))

    def carry_out(self, first: Job, places: Sequence[str], wanted: Preferences) -> None:
        """Returns once nothing is left of it, nor of those that came beside it."""
        try:
            with closing(self._told(first, places, wanted)) as told:
                rest = 0.0
                while self._breathe(rest, list(self._left)):
                    began = time.perf_counter()
                    try:
                        said = next(told)
                    except StopIteration:
                        break
                    if said is not None:
                        self._take_up(*said)
                    self._look_after()
                    worked = time.perf_counter() - began if said is not None else 0.0  # a pause is no work
                    rest = worked * (1 / wanted.cpu_share - 1)
        except Exception as error:  # shown by whoever reads the jobs
            for job in list(self._left):
                job.run.error = error
                self._end(job, State.FAILED)
        for job in list(self._left):
            self._end(job, State.STOPPED)

    def let_go(self) -> None:
        """Ends the workers."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _nudge(self) -> None:
        if (pool := self._pool) is not None:
            pool.nudge()

    def _told(self, first: Job, places: Sequence[str], wanted: Preferences) -> Generator[Told | None, None, None]:
        if self._pool is not None and self._pool.devices != tuple(places):
            self.let_go()
        self._begin(first, places, wanted)
        self._pool = self._pool or Pool(places)

        def more() -> Order | None:
            if not self._line and (job := self._next_job(first.run.request.device)) is not None:
                self._begin(job, places, wanted)
            return self._line.popleft() if self._line else None

        return self._pool.carry_out(more, previews=wanted.preview_share)

    def _begin(self, job: Job, places: Sequence[str], wanted: Preferences) -> None:
        from gdm_studio.engine.previews import Previews

        job.spread, job.previews, job.run.state = True, Previews(wanted.preview_share), State.RUNNING
        orders = [replace(each, request=placed(each.request, places)) for each in job.orders if each.left]
        for order in orders:
            order.is_held = job.is_held
        if job.keep_steps is not None:
            orders[0].keep_steps = job.keep_steps
        self._left[job], self._heard[job] = list(orders), time.perf_counter()
        self._line.extend(orders)
        self._job_of |= dict.fromkeys(orders, job)

    def _take_up(self, order: Order, said: Event | StudioError | Ended) -> None:
        job = self._job_of.get(order)
        if job is None:
            return  # it has failed by another of its orders
        if isinstance(said, StudioError):
            job.run.error = said
            self._drop(job, reach=False)
            self._end(job, State.FAILED)
        elif isinstance(said, Ended):
            job.reached += [replace(result, image=order.first + result.image) for result in said.reached]
            self._left[job].remove(order)
        else:
            event = numbered(said, order.first)
            job.record(event, self._heard[job])
            self._heard[job] = time.perf_counter()
            job.wake()

    def _look_after(self) -> None:
        """Ends the jobs that are over, gives up those that are cancelled, and tells of pauses."""
        for job, left in list(self._left.items()):
            run = job.run
            if job.cancelled and not all(order.is_dropped for order in left):
                self._drop(job, reach=job.keep_steps is not None)
            if not self._left[job]:
                self._end(job, State.DONE if len(run.made) == run.request.count else State.STOPPED)
                continue
            state = State.PAUSED if job.is_held() and not job.cancelled else State.RUNNING
            if state is not run.state:
                run.state, self._heard[job] = state, time.perf_counter()
                job.wake()

    def _drop(self, job: Job, *, reach: bool) -> None:
        """Has nothing more made of it: what the workers know of is over once they say so, the rest at once."""
        assert self._pool is not None
        for order in list(self._left[job]):
            if order in self._line:
                self._line.remove(order)
                self._left[job].remove(order)
            else:
                self._pool.drop(order, reach=reach)

    def _end(self, job: Job, state: State) -> None:
        for order in [order for order, other in self._job_of.items() if other is job]:
            del self._job_of[order]
        del self._left[job], self._heard[job]
        job.previews, job.run.state, job.settled = None, state, True
        job.wake()
