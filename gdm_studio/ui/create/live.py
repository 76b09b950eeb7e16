"""Live: the picture follows the prompt as it is typed and the sliders as they are dragged, from the same noise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import State
from gdm_studio.studio.work import Work
from gdm_studio.ui.gallery.deeds import made

if TYPE_CHECKING:
    from gdm_studio.ui.create.making import Making
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.settings import Settings
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

REST = 2.0  # seconds for which a picture is looked at before it goes into the gallery by itself
STEPS = 4  # of a sketch, where the model has no fast version
SKETCHED_BY = "ddim"  # in so few steps methods of a higher order overshoot; this one comes close to the full picture


class Live:
    """At most one job: a change of the controls puts another in its place, whose first step shows within one step.

    What one rests at goes into the gallery, all of it one collection; at once by `keep`, and by `take`, which Generate
    asks before it makes anything.
    """

    def __init__(
        self, page: CreatePage, viewer: Viewer, *, lane: Lane, shelf: Shelf, settings: Settings, making: Making,
        tasks: Tasks, say: Say,
    ) -> None:  # fmt: skip
        self._page, self._viewer, self._lane, self._shelf = page, viewer, lane, shelf
        self._settings, self._making, self._tasks, self._say = settings, making, tasks, say
        self.on = False
        self.job: Work | None = None  # the latest, going on or ended
        self._kept: Work | None = None  # the latest that is in the gallery, or will be once it ends
        self._finished: Work | None = None  # the latest that has been followed to its end
        self._collection = ""  # of what was made since Live was turned on
        self._turn = asyncio.Lock()  # one after another: the second finds the collection that the first has begun
        page.controls.changed.connect(self.refresh)
        page.stage.bar.keep_clicked.connect(self.keep)

    def toggle(self, on: bool) -> None:
        """Begins or ends following; the seed stays as it is for so long."""
        self._page.controls.modes.live.setChecked(on)
        self._page.controls.draft.hold_lock(on)
        if self.on and not on:
            self._give_up()
        self.on, self._collection = on, ""
        self.refresh()

    def refresh(self) -> None:
        """Makes what the controls say now, unless that is under way or shown already, or a run has the lane."""
        if not self.on or self._making.job is not None or self._lane.isFinished():
            return
        request = self._wanted()
        if self.job is None or self.job.run.request != request:
            replaced = None if self.job is self._kept else self.job
            self.job = self._lane.submit(Work(request), instead_of=replaced)
            self._viewer.offer_to_keep(None)
            self._tasks.start(self._follow(self.job))

    def take(self) -> bool:
        """Keeps the picture shown where it is just what Generate would make; False where it has to be made."""
        asked = replace(self._page.controls.request(), batch=0)
        if not self.on or self._making.job is not None or self.job is None or self.job.run.request != asked:
            self._give_up()
            return False
        if self._kept is self.job:
            self._say("This picture is in the gallery", "Change the words, or roll the seed, for another one.")
        else:
            self.keep()
        return True

    def keep(self) -> None:
        """Puts the picture shown into the gallery, as soon as it is finished."""
        job = self.job
        if not self.on or job is None or job is self._kept or self._viewer.run is not job.run:
            return
        self._kept = job
        self._viewer.offer_to_keep(None)
        if job is self._finished:  # else it is kept once it is
            self._tasks.start(self._put_away(job))

    async def _follow(self, job: Work) -> None:
        """One job, as far as it is not replaced."""
        async for _ in job:
            self._show(job)
        if job.run.state is State.DONE:
            self._finished = job
            if job is self._kept:
                await self._put_away(job)
            elif job is self.job:
                self._viewer.offer_to_keep(job.run if self.on else None)
        async for _ in job.developing():
            self._show(job)
        if job is self._finished and job is self.job:
            await asyncio.sleep(REST)
            if job is self.job:
                self.keep()

    async def _put_away(self, job: Work) -> None:
        """Into the gallery, and into the collection of this time; Ctrl+Z takes it back."""
        await self._making.keep_run(job.run)
        ids = tuple(job.run.kept.values())
        if not ids:
            return
        async with self._turn:
            if name := self._collection:
                await self._shelf.ask(lambda gallery: gallery.collect(name, ids))
            else:
                words = job.run.request.subject or f"seed {job.run.request.seed}"
                name = self._collection = await self._shelf.new_collection(f"Live: {words}", ids)
        self._shelf.deeds.note_done(made(name, ids))

    def _show(self, job: Work) -> None:
        """The canvas keeps the picture before until there is a step of this one."""
        newest = job.newest()
        if job is not self.job or newest is None or self._making.job is not None:
            return
        if self._viewer.run is not job.run:
            self._page.gallery.grid.clear_selection()
            self._viewer.follow(job.run)
        self._viewer.refresh(newest)

    def _wanted(self) -> Request:
        """What the controls say, or a sketch of it where that would take long."""
        request = replace(self._page.controls.request(), count=1, batch=0)
        if self._settings.is_fast() or request.steps <= STEPS:
            return request
        return replace(request, sampler=SKETCHED_BY, knobs={}, steps=STEPS)

    def _give_up(self) -> None:
        """Leaves the lane to others; what was made stays on the canvas until something else is shown."""
        if self.job is not None and self.job is not self._kept:
            self.job.cancel()
            self.job = None
            self._viewer.offer_to_keep(None)
