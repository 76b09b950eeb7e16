"""Pictures of different requests made as one job, for a sheet that shows them as they come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.studio.work import Work
from gdm_studio.ui.create.progress import duration
from gdm_studio.workers.making import singles as singles_of

if TYPE_CHECKING:
    from gdm_studio.ui.create.collected import Collected
    from gdm_studio.ui.create.grids.cell import Cell
    from gdm_studio.ui.create.making import Making
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.tasks import Tasks

Taker = Callable[[str, Result], object]  # is given each finished picture and the digest of its request


class Batch:
    """At most one job: another puts an end to it. `singles` are the requests of the one that goes on, by digest."""

    def __init__(self, *, lane: Lane, making: Making, tasks: Tasks) -> None:
        self._lane, self._making, self._tasks = lane, making, tasks
        self.job: Work | None = None
        self.singles: dict[str, Request] = {}
        self._lent = False  # the lane is ours: what else is to be made waits in the queue

    def begin(
        self, singles: Mapping[str, Request], take: Taker, show: Callable[[], object], *, into: Collected
    ) -> None:
        """Makes these, in their order, instead of what was being made; each goes `into` its collection at once.

        `show` is called whenever there is something new, the end included.
        """
        self.stop()
        self.job, self.singles = None, dict(singles)
        if not singles:
            self._tasks.start(into.end())
            return
        ordered = list(singles.values())
        whole = replace(ordered[0], count=len(ordered))
        self.job = self._lane.submit(Work(whole, orders=singles_of(ordered)))
        self._tasks.start(self._follow(self.job, list(singles), take, show, into))

    def stop(self) -> None:
        """Gives up what is not made yet."""
        if self.job is not None:
            self.job.cancel()

    def is_making(self, missing: Collection[str]) -> bool:
        """Whether there are any of these, by digest, and all are being made already."""
        going_on = self.job is not None and not self.job.cancelled
        return going_on and bool(missing) and self.singles.keys() >= set(missing)

    def fill(self, cells: Sequence[Cell], digests: Sequence[str], made: Mapping[str, Result]) -> None:
        """Shows in each cell its picture, or the newest step of it; a digest of "" has none."""
        views = dict(zip(self.singles, self.job.run.views, strict=True)) if self.job is not None else {}
        for cell, digest in zip(cells, digests, strict=True):
            if digest in made:
                cell.set_picture(made[digest].rgba)
                cell.set_progress(1)
            elif steps := views.get(digest):
                cell.set_picture(steps[-1].predicted)
                cell.set_progress(min(steps[-1].index / steps[-1].of, 0.999))
            elif cell.isEnabled():  # its picture was taken back
                cell.clear()

    def far(self, there: int, of: int) -> str:
        """How far the pictures are that are being made, in words."""
        other = self._making.job
        if self.job is not None and not any(self.job.run.views) and other is not None:
            return "waits while the run is paused" if other.paused else "waits for the run"
        left = self.job.seconds_left() if self.job is not None else None
        return f"{there} of {of}" + (f" · {duration(left)} left" if left else "")

    async def _follow(
        self, job: Work, digests: Sequence[str], take: Taker, show: Callable[[], object], into: Collected
    ) -> None:
        """One job, from its first step to its last picture."""
        if self._making.job is None:
            self._lent = True
            self._making.lend(True)
        try:
            async for _ in job:
                for result in job.fresh():
                    take(digests[result.image], result)
                    into.add(digests[result.image], result)
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
            self._tasks.start(into.end())
