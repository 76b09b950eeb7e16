"""What is offered of a run that ended early: to keep what it had reached, or to try it again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from gdm_studio.queueing import REMEDIES
from gdm_studio.studio.work import Work

if TYPE_CHECKING:
    from gdm_studio.errors import StudioError
    from gdm_studio.queueing import Item
    from gdm_studio.ui.create.keeping import Keeping
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

Retry = Callable[[str], Coroutine[Any, Any, None]]  # is given the id of an item


class Offers:
    """By a notice each, and the latest stopped run by the stage's button too, while it is on the stage."""

    def __init__(
        self, page: CreatePage, viewer: Viewer, *, lane: Lane, keeping: Keeping, tasks: Tasks, say: Say, retry: Retry
    ) -> None:
        self._page, self._viewer, self._lane, self._keeping = page, viewer, lane, keeping
        self._tasks, self._say, self._retry = tasks, say, retry
        self._stopped: Work | None = None  # the one that the button is for
        self._offered = WeakSet[Work]()  # whose unfinished pictures are not kept yet
        self._title = ""  # of the latest notice about one that was stopped
        page.stage.bar.keep_clicked.connect(self._keep)

    def offer_reached(self, job: Work) -> None:
        """To keep the unfinished pictures of a run that was stopped, if they have come to anything."""
        newest = job.newest()
        if newest is None:
            return
        self._stopped = job
        self._offered.add(job)
        self._viewer.offer_to_keep(job.run)
        self._title = f"Stopped at step {job.run.lead + newest.index} of {job.run.lead + newest.of}"
        self._say(
            self._title,
            "What was reached is not in the gallery yet.",
            action="Keep it" if job.run.request.count == 1 else "Keep them",
            on_action=lambda: self._tasks.start(self._keep_reached(job)),
        )

    def offer_again(self, item: Item, error: StudioError) -> None:
        """To try an item that failed again, changed as its remedy says where there is one."""
        remedy = REMEDIES.get(error.remedy)
        self._say(
            error.title,
            str(error),
            kind="error",
            action=remedy.title if remedy else "Try again",
            on_action=lambda: self._tasks.start(self._retry(item.id)),
        )

    def withdraw(self) -> None:
        """Takes away the notice about the latest run that was stopped."""
        self._page.stage.notices.withdraw(self._title)

    def leave_stage(self) -> None:
        """Another run is on the stage now: the button is not for the one before."""
        self._stopped = None
        self._viewer.offer_to_keep(None)

    def _keep(self) -> None:
        if self._stopped is not None:
            self._tasks.start(self._keep_reached(self._stopped))

    async def _keep_reached(self, job: Work) -> None:
        if job is self._stopped:
            self.leave_stage()
            self.withdraw()
        if job in self._offered:
            self._offered.discard(job)
            await self._keeping.save(job.run, await self._lane.reached(job))
