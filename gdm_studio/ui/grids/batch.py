"""Pictures of different requests made as one job, for a sheet that shows them as they come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import Event, Result, View

if TYPE_CHECKING:
    from gdm_studio.models.library import Library
    from gdm_studio.ui.jobs import Job, Work
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.making import Making
    from gdm_studio.ui.tasks import Tasks

Taker = Callable[[Request, Result], object]  # is given each picture once it is finished


class Batch:
    """At most one job: another puts an end to it. `singles` are the requests of the one that goes on."""

    def __init__(self, *, lane: Lane, making: Making, tasks: Tasks) -> None:
        self._lane, self._making, self._tasks = lane, making, tasks
        self.job: Job | None = None
        self.singles: list[Request] = []
        self._lent = False  # the lane is ours: what else is to be made waits in the queue

    def begin(self, singles: Sequence[Request], take: Taker, show: Callable[[], object]) -> None:
        """Makes these, in their order, instead of what was being made.

        `show` is called whenever there is something new, the end included.
        """
        self.stop()
        self.job, self.singles = None, list(singles)
        if singles:
            self.job = self._lane.submit(replace(singles[0], count=len(singles)), work=_drawing(self.singles))
            self._tasks.start(self._follow(self.job, self.singles, take, show))

    def stop(self) -> None:
        """Gives up what is not made yet."""
        if self.job is not None:
            self.job.cancel()

    def is_making(self, singles: Sequence[Request]) -> bool:
        """Whether these are all being made already."""
        return self.job is not None and not self.job.cancelled and all(single in self.singles for single in singles)

    def views(self) -> list[tuple[Request, View]]:
        """How the pictures under way look now: the newest step of each that has one."""
        if self.job is None:
            return []
        return [(one, views[-1]) for one, views in zip(self.singles, self.job.run.views, strict=True) if views]

    def seconds_left(self) -> float | None:
        return self.job.seconds_left() if self.job is not None else None

    async def _follow(self, job: Job, singles: Sequence[Request], take: Taker, show: Callable[[], object]) -> None:
        """One job, from its first step to its last picture."""
        taken = 0
        if self._making.job is None:
            self._lent = True
            self._making.lend(True)
        try:
            async for _ in job:
                new = job.run.results[taken:]  # the lane may add to them meanwhile
                taken += len(new)
                for result in new:
                    take(singles[result.image], result)
                show()
        finally:
            job.cancel()  # changes nothing unless following it failed
            self._lane.spare(job)
            if job is self.job:
                self.job = None
            if self.job is None and self._lent:
                self._lent = False
                self._making.lend(False)
            show()


def _drawing(singles: Sequence[Request]) -> Work:
    """What the lane does with them; torch comes in there."""

    def work(request: Request, library: Library) -> Generator[Event, None, None]:
        from gdm_studio.engine.sets import generate_set

        return generate_set(singles, library)

    return work
