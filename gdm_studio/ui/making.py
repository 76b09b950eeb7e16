"""Making pictures: one coroutine a job carries it from the button to the gallery."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSignalBlocker

from gdm_studio.errors import StudioError
from gdm_studio.request import Request
from gdm_studio.run import Result, Run, State, View
from gdm_studio.ui.progress import progress_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.ui.jobs import Job, Work
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.settings import Settings
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.topbar import TopBar
    from gdm_studio.ui.viewer import Viewer

FLIES_BY = 2.0  # seconds; a run shorter than this can hardly be watched, so replaying it is offered


class Say(Protocol):
    """Shows a notice, with a button where there is an action."""

    def __call__(
        self,
        title: str,
        text: str = "",
        *,
        kind: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None: ...


@dataclass(eq=False)
class _Waiting:
    """A finished picture that is not in its file yet."""

    result: Result
    run: Run


class Making:
    """The Create page at work: at most one job at a time, and what its buttons do to it."""

    def __init__(
        self,
        page: CreatePage,
        viewer: Viewer,
        top: TopBar,
        *,
        lane: Lane,
        shelf: Shelf,
        settings: Settings,
        tasks: Tasks,
        say: Say,
    ) -> None:
        self._page, self._viewer, self._top, self._settings = page, viewer, top, settings
        self._lane, self._shelf, self._tasks, self._say = lane, shelf, tasks, say
        self.device = ""  # in words, once known
        self.job: Job | None = None  # the one that is running
        self._stopped: Job | None = None  # the latest one, while its unfinished pictures can still be kept
        self._offered = ""  # title of the notice that offers it
        self._run: Run | None = None  # of the latest job
        self._taken = 0  # pictures of it that are saved or among the unsaved
        self._notes = 0  # notes of it that were shown
        self._unsaved: list[_Waiting] = []
        self._writing = asyncio.Lock()
        page.controls.stop.connect(self.stop)
        page.stage.bar.pause_clicked.connect(self.toggle_pause)
        page.stage.bar.keep_clicked.connect(self.keep)
        page.stage.bar.replay_clicked.connect(lambda: tasks.start(viewer.replay()))

    def set_device(self, described: str) -> None:
        """The device in words, once it is known."""
        self.device = described
        self.show_busy(self.job is not None)

    def show_busy(self, busy: bool) -> None:
        """Whether the device is at work."""
        self._top.set_device(self.device, "busy" if busy else "idle")

    def generate(self) -> asyncio.Task[None] | None:
        """Starts a run of what the controls say and returns its task; None while one is going on."""
        if self.job is not None or not self._page.controls.button.isEnabled():
            return None
        job = self._begin(self._settings.next_request())
        return self._tasks.start(self._carry_through(job))

    def carry_out(self, request: Request, work: Work, *, then: Callable[[Run], object]) -> None:
        """Starts other work on the stage than generating, unless a run is going on; `then` once it is done."""
        if self.job is None:
            job = self._begin(request, work)
            self._tasks.start(self._carry_through(job, then))

    async def _carry_through(self, job: Job, then: Callable[[Run], object] | None = None) -> None:
        """One job, top to bottom."""
        try:
            async for newest in job:
                self._viewer.refresh(newest)
                self._show_progress(job, newest)
                await self._save(self._take_new())
        finally:
            self._end(job)
        if job.run.state is State.STOPPED and job.work is None:
            self._offer(job)
        if job.run.state is State.DONE and then is not None:
            then(job.run)
        async for newest in job.developing():
            self._viewer.refresh(newest)

    def stop(self) -> None:
        """Ends the run before its next step; says so at once."""
        if self.job is not None:
            self._page.controls.button.set_stopping()
            self.job.cancel()

    def toggle_pause(self) -> None:
        if self.job is None:
            return
        if self.job.paused:
            self.job.resume()
        else:
            self.job.pause()
        self._page.stage.bar.set_pause(True, self.job.paused)

    def step_once(self) -> None:
        """Makes one step of a paused run."""
        if self.job is not None and self.job.paused:
            self._viewer.go_live()
            self.job.step_once()

    def keep(self) -> None:
        """Puts what the run that was stopped last has got to into the gallery."""
        if self._stopped is not None:
            self._tasks.start(self._keep_reached(self._stopped))

    async def _keep_reached(self, job: Job) -> None:
        if job is self._stopped:
            self._stopped = None
            self._page.stage.bar.set_keep(False)
        if job.offered:
            job.offered = False
            reached = [_Waiting(result, job.run) for result in await self._lane.reached(job)]
            self._unsaved += reached
            await self._save(reached)

    def _begin(self, request: Request, work: Work | None = None) -> Job:
        job = self.job = self._lane.submit(request, work=work)
        self._stopped = None
        self._page.stage.notices.withdraw(self._offered)
        self._run, self._taken, self._notes = job.run, 0, 0
        self._viewer.follow(job.run)
        self._page.gallery.clear_selection()  # none of its pictures is on the canvas now
        bar = self._page.stage.bar
        bar.set_pause(True, False)
        bar.set_replay(False)
        bar.set_keep(False)
        self._page.controls.button.set_running(0.0, "starting…")
        self._settings.hold_curve(True)
        self.show_busy(True)
        return job

    def _show_progress(self, job: Job, newest: View | None) -> None:
        for note in job.run.notes[self._notes :]:
            self._say(note)
        self._notes = len(job.run.notes)
        if not job.cancelled:
            text = progress_text(job.run, newest, job.seconds_left())
            self._page.controls.button.set_running(job.steps_done() / job.run.steps_total, text)

    def _end(self, job: Job) -> None:
        job.cancel()  # changes nothing unless following it failed
        self.job = None
        self._page.controls.button.set_idle()
        self._settings.hold_curve(False)
        self.show_busy(False)
        bar = self._page.stage.bar
        bar.set_pause(False, False)
        took = sum(view.ms for view in job.run.views[self._viewer.image]) / 1000
        bar.set_replay(job.run.state is State.DONE and took < FLIES_BY)

    def _offer(self, job: Job) -> None:
        newest = job.newest()
        if newest is None:
            return
        self._stopped, job.offered = job, True
        self._page.stage.bar.set_keep(True)
        self._offered = f"Stopped at step {newest.index} of {newest.of}"
        self._say(
            self._offered,
            "What was reached is not in the gallery yet.",
            action="Keep it" if job.run.request.count == 1 else "Keep them",
            on_action=lambda: self._tasks.start(self._keep_reached(job)),
        )

    async def keep_run(self, run: Run) -> None:
        """Puts the pictures of a run that was only for show into the gallery."""
        pictures = [_Waiting(result, run) for result in run.results]
        self._unsaved += pictures
        await self._save(pictures)

    async def save_unsaved(self) -> None:
        """Writes every finished picture that is in no file yet, those that could not be written once included."""
        self._take_new()
        await self._save(list(self._unsaved))

    def _take_new(self) -> list[_Waiting]:
        """Pictures that have been finished since the last look: unsaved until they are in their files."""
        if self._run is None:
            return []
        new = [_Waiting(result, self._run) for result in self._run.results[self._taken :]]
        self._taken += len(new)
        self._unsaved += new
        return new

    async def _save(self, pictures: list[_Waiting]) -> None:
        for waiting in pictures:
            # closing may cancel the one who waits, but never the writing: nothing is lost and nothing written twice
            await asyncio.shield(self._write(waiting))

    async def _write(self, waiting: _Waiting) -> None:
        async with self._writing:
            if waiting not in self._unsaved:
                return
            try:
                picture = await self._shelf.keep(waiting.result, self.device)
            except StudioError as error:
                self._say(
                    error.title,
                    f"{error} The picture is not lost yet.",
                    kind="error",
                    action="Try again",
                    on_action=lambda: self._tasks.start(self.save_unsaved()),
                )
                return
            self._unsaved.remove(waiting)
        self._viewer.kept(waiting.run, waiting.result.image, picture.id)
        if self._viewer.shows(waiting.run, waiting.result.image):
            with QSignalBlocker(self._page.gallery):  # it is on the canvas already
                self._page.gallery.select(picture.id)
