"""Controller that runs generation jobs from the queue and shows their progress on the Create page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.jobs.job import GALLERY, NOTHING, Job
from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.models.capabilities import CHOOSE_VAE
from gdm_studio.request.generation_events import Result, Run, State, View
from gdm_studio.request.generation_request import BUILT_IN, MAX_COUNT, SETTINGS, Request
from gdm_studio.request.prompt_expansion import undrawn
from gdm_studio.ui.card_translations import device_text
from gdm_studio.ui.create.generation.notices import RecoveryNotices, SaveNotices, short_prompt
from gdm_studio.ui.create.queue.sleep_prevention import IdleNotifier
from gdm_studio.ui.gallery.in_progress import InProgressTiles
from gdm_studio.ui.progress import duration, progress_text
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.translation import count_of_pictures, number_text, sentence_text

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.job import Into, Source
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.queue.editor import QueueEditor
    from gdm_studio.ui.create.queue.queue_mirror import Backlog
    from gdm_studio.ui.create.request_settings import RequestSettings
    from gdm_studio.ui.create.viewer.controller import Viewer


# Time in milliseconds after the last change of a setting until the run is estimated.
ESTIMATE_MS = 400


@dataclass(eq=False)
class _ActiveJob:
    """Generation job that is running, with its entry in the window's list of running jobs."""

    job: Job
    entry: RunningJob
    # True if the queue item is paused, by this window or by another program.
    is_paused: bool = False
    # Number of pauses and resumptions by this window that the queue has not confirmed.
    unconfirmed: int = 0


class GenerationController(QObject):
    """Controller that takes requests from the queue, runs them as jobs, and shows the first job in the main image view.

    One job runs at a time, or one per worker process if there are several.
    """

    # Emitted when a requested job has to wait in the queue.
    queued = Signal()

    def __init__(
        self,
        context: AppContext,
        page: CreatePage,
        viewer: Viewer,
        settings: RequestSettings,
        backlog: Backlog,
        editor: QueueEditor,
    ) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._viewer = viewer
        self._settings = settings
        self._backlog = backlog
        self._tasks = context.tasks
        # Description of the device, or "" until it is known.
        self.device = ""
        self.editor = editor
        # True if another controller uses the worker thread, so that no job is started here.
        self.is_reserved = False
        # True if the Generate button shows the progress of another controller's job.
        self._is_button_reserved = False
        self.closing = False
        self._runner = context.worker.runner
        self.saves = SaveNotices(context, page)
        self.in_progress = InProgressTiles()
        self.idle = IdleNotifier(page.window(), tasks=context.tasks)
        self._recovery = RecoveryNotices(context, page, viewer, partial(self.retry, mend=True))
        # Title of the notice that counts the queued items.
        self._queued_notice = ""
        # Id of the item to run before all others.
        self._next_item_id = ""
        # Id of the item that the user wants to see as soon as it starts.
        self._awaited_id = ""
        # Job that was replaced by its own branch. Its partial results are not offered.
        self._replaced_job: Job | None = None
        # Requests that are about to be added to the queue.
        self._requests_being_added: list[Request] = []
        # Running jobs. The first one is shown on the canvas.
        self._active: list[_ActiveJob] = []
        # True after the first run of this session.
        self._has_started_run = False
        # Timer that estimates the next run after the settings have changed.
        self._estimate_soon = QTimer(self, singleShot=True, interval=ESTIMATE_MS)
        self._estimate_soon.timeout.connect(lambda: self._tasks.start(self._show_estimate()))
        for name in SETTINGS:
            page.controls.request_draft.listen(name, lambda _: self._estimate_soon.start())
        settings.model_chosen.connect(lambda _: self._estimate_soon.start())
        page.controls.subjects_changed.connect(self._estimate_soon.start)
        context.worker.capacity_available.connect(self._start_next_soon)
        self.saves.image_saved.connect(self._on_image_saved)
        self.saves.unblocked.connect(self._start_next_soon)
        backlog.changed.connect(self._follow_queue)
        page.controls.stop.connect(lambda: self.stop())
        page.prompt_left.connect(self._on_prompt_left)
        page.canvas_panel.bar.pause_clicked.connect(lambda: self.toggle_pause())
        page.canvas_panel.filmstrip.live_asked.connect(lambda: self.go_live())
        page.canvas_panel.filmstrip.end_asked.connect(self.go_to_end)

    @property
    def job(self) -> Job | None:
        """First running generation job, which the buttons below the main image control, or None if nothing is
        running.
        """
        return self._active[0].job if self._active else None

    @property
    def item(self) -> Item | None:
        """Queue item that the first running job generates. None if no job is running or the job does not come from the
        queue.
        """
        return self._active[0].job.item if self._active else None

    @property
    def running(self) -> list[tuple[Job, Item | None]]:
        """All running generation jobs with their queue items. The item is None for a job that is not in the queue."""
        return [(each.job, each.job.item) for each in self._active]

    def job_of(self, item_id: str) -> Job | None:
        """Return the job that generates the queue item with this id, or None if it is not running."""
        return next((job for job, item in self.running if item is not None and item.id == item_id), None)

    def set_device(self, description: str) -> None:
        """Show a description of the compute device in the top bar, such as the name of the GPU."""
        self.device = description
        self.show_busy(self.job is not None)

    def show_busy(self, busy: bool) -> None:
        """Show in the top bar whether the compute device is generating images."""
        self._context.top_bar.set_device(device_text(self.device), "busy" if busy else "idle")

    def generate(self, request: Request | None = None) -> asyncio.Task[None] | None:
        """Generate images from `request` or, by default, from the panel's current settings. Returns the task that waits
        for the job.

        Returns None if the job has to wait in the queue, if the Generate button is disabled, or if the settings are
        invalid, which a notice reports.
        """
        if not self._page.controls.button.isEnabled():
            return None
        request = request or self._settings.next_request()
        if not self._is_valid(request):
            return None
        if self.job is not None or self.is_reserved:
            self._tasks.start(self.add(request))
            self.queued.emit()
            return None
        item = self._backlog.begin(request)
        return self._tasks.start(self._run(self._begin_job(item, steps=b"", asked=True)))

    async def _show_estimate(self) -> None:
        """Estimate the time and the memory of the next run, and show them on the Generate button.

        Nothing is shown while the settings are invalid, nor for the built-in model before the first run: the first
        estimate takes the engine a second, in which it can make the image.
        """
        button = self._page.controls.button
        draft = self._page.controls.request_draft
        if self._is_estimate_hidden():
            return
        if draft.card is None:
            button.set_estimate("")
            return
        # Not needed before the first paint.
        from gdm_studio.studio import window_calls
        from gdm_studio.ui.models.card_view import gigabytes

        request, count = draft.request, self._page.controls.picture_count()
        found = None
        if not count or request.model == BUILT_IN and not self._has_started_run:
            button.set_estimate("")
            return
        with suppress(StudioError):
            counted = replace(request, count=min(count, MAX_COUNT))
            found = await self._context.worker.call(window_calls.estimate_run, counted)
        if (draft.request, self._page.controls.picture_count()) != (request, count) or self._is_estimate_hidden():
            # The timer runs again.
            return
        if found is None:
            button.set_estimate("")
            return
        text = self.tr("about {time} · {size}")
        button.set_estimate(text.format(time=duration(found.seconds), size=gigabytes(found.expected_memory)))

    def _is_estimate_hidden(self) -> bool:
        """Return True while the Generate button shows a run that is starting or running."""
        return self.job is not None or self.is_reserved or self.closing

    def save_edited(self) -> bool:
        """Save the panel's current settings to the queue item being edited. Return False if no item is being edited.

        If the settings are invalid, a notice reports it and the item remains in the editor.
        """
        if self.editor.item is None or not self._page.controls.button.isEnabled():
            return False
        request = self._settings.next_request()
        if self._is_valid(request):
            self._tasks.start(self._requeue(self.editor.item, request))
            self.editor.end()
        return True

    async def add(self, request: Request, *, first: bool = False) -> None:
        """Add a generation request to the end of the queue or, with `first`, to its front.

        A notice shows how many images were added, and how many wait now.
        """
        self._requests_being_added.append(request)
        try:
            await self._backlog.add(request, first=first)
        finally:
            self._requests_being_added.remove(request)
        self._announce_queued(request, starts_next=first)
        await self.start_next()

    def is_queued(self, request: Request) -> bool:
        """Return True if this generation request is being generated, or waits in the queue or is being added to it."""
        queued = [item.request for item in self._backlog.items if item.state is not ItemState.FAILED]
        return request in (*self._requests_being_added, *queued)

    def _announce_queued(self, request: Request, *, starts_next: bool = False) -> None:
        """Show in a notice how many images of a request were added to the queue, how many wait now and, unless the
        request starts next, for which pause they wait.
        """
        self.withdraw_hint()
        added = count_of_pictures(request.count)
        total = sum(item.left for item in self._backlog.waiting)
        text = self.tr("Queued · {count}")
        if total > request.count:
            text = self.tr("Queued · {count} · {total} waiting in all")
        self._queued_notice = text.format(count=added, total=number_text(total))
        title = short_prompt(request.title)
        if self._backlog.paused and not starts_next:
            title = self.tr("{title} · waits for the paused queue").format(title=title)
            self._context.notify(
                self._queued_notice,
                title,
                action=self.tr("Resume"),
                on_action=lambda: self._tasks.start(self.set_queue_paused(False)),
            )
            return
        if not starts_next and self._is_blocked_by_pause():
            title = self.tr("{title} · waits for the paused run").format(title=title)
        self._context.notify(self._queued_notice, title)

    def withdraw_hint(self) -> None:
        """Close the notice that shows how many images wait in the queue."""
        self._page.notices().withdraw(self._queued_notice)

    def _start_next_soon(self) -> None:
        self._tasks.start(self.start_next())

    async def start_next(self, wanted: str = "") -> None:
        """Start generating the next queue item, or the one with the id `wanted`, unless no further job can start
        now.
        """
        if self._is_blocked():
            return
        device = self.job.run.request.device if self.job else ""
        claimed = await self._backlog.take_next(wanted, device=device)
        if claimed is None:
            if self.job is None and not self._is_blocked():
                self._report_idle()
            return
        item, saved_step = claimed
        beside = self.job
        if self._is_blocked() or (beside and beside.run.request.device != item.request.device):
            # Another job was started while the queue was read.
            await self._backlog.ask(lambda queue: queue.unlock(item.id))
            return
        asked = bool(wanted) or item.id == self._awaited_id
        others = any(each.request.device == item.request.device for each in self._backlog.waiting)
        # An image that the user has just asked for runs in this process. There, its settings can be changed during a
        # pause.
        shares = beside is not None or (others and not asked)
        # An image that was asked for before the stop of another leaves the offer to keep that one.
        work = self._begin_job(item, steps=saved_step, shares=shares, asked=asked, keeps_offer=not wanted)
        await self._run(work)

    def _report_idle(self) -> None:
        failed = sum(item.state is ItemState.FAILED for item in self._backlog.items)
        text = self.tr("%n failed and can be tried again.", "", failed) if failed else self.tr("Everything is made.")
        self.idle.rest(self.tr("Your pictures are ready"), text)

    def continue_from(self, request: Request, saved_step: bytes, *, steering: bool = False) -> asyncio.Task[None]:
        """Generate the remaining denoising steps of `request`, starting from a recorded step of an earlier image.

        The request is usually a branch of that image (see `SavedStep.resume_or_branch`). With `steering`, it replaces a
        running job; otherwise it waits in the queue until that job ends.
        """
        self._requests_being_added.append(request)
        return self._tasks.start(self._continue_from(request, saved_step, steering=steering))

    async def _continue_from(self, request: Request, saved_step: bytes, *, steering: bool) -> None:
        try:
            item = await self._backlog.add(request, first=steering, steps=saved_step)
        finally:
            self._requests_being_added.remove(request)
        self._awaited_id = item.id
        if steering and self.job is not None:
            self._next_item_id = item.id
            self._replaced_job = self.job
            self._runner.cancel(self.job)
            self._tasks.start(self._resume_queue())
        else:
            self.queued.emit()
            if self._is_blocked():
                self._announce_queued(request)
            await self.start_next(item.id)

    def carry_out(self, request: Request, source: Source, *, title: str, then: Callable[[Run], object]) -> None:
        """Run a task other than image generation, such as an inversion, as a job shown in the main image view.

        `title` names the task in the list of running jobs, and `then` is called with the finished or stopped run. Does
        nothing while another job is running.
        """
        if self.job is None:
            active = self._begin_job(request, source=source, title=title, asked=True)
            self._tasks.start(self._run(active, then=then))

    def refuse_unqueued(self) -> bool:
        """Return True if no job can start now without the queue, and show why: another one is running, or an image of
        an earlier one could not be saved.
        """
        is_busy = self.job is not None or self.is_reserved
        if is_busy:
            text = self.tr("Try again once it has ended, or stop it first.")
            self._context.notify(self.tr("A run is in progress"), text)
        elif self.saves.is_blocked:
            self._context.notify(self.tr("A picture could not be saved"), self.tr("Try again once it is saved."))
        return is_busy or self._is_blocked()

    async def generate_unqueued(self, request: Request, *, into: Into = NOTHING, title: str = "") -> Run | None:
        """Generate an image without the queue, save it `into` the gallery or nowhere, under a `title` if it is not to
        be the request's, and wait for the end of the job.

        Returns None if the job cannot start; see `refuse_unqueued`.
        """
        if self.refuse_unqueued():
            return None
        active = self._begin_job(request, into=into, image_title=title, asked=True)
        await self._run(active)
        return active.job.run

    def reserve_thread(self, is_reserved: bool) -> None:
        """Reserve the worker thread for another controller's job, during which no queue item is started.

        False releases the thread and starts the next queue item.
        """
        self.is_reserved = is_reserved
        self.show_busy(is_reserved or self.job is not None)
        self._show_purpose()
        if not is_reserved:
            # Settings that changed meanwhile were not estimated.
            self._estimate_soon.start()
            self._start_next_soon()

    def reserve_button(self, is_reserved: bool) -> None:
        """Let another controller use the Generate button to show the progress of its job.

        False returns the button to this controller.
        """
        self._is_button_reserved = is_reserved
        self._show_purpose()
        if is_reserved:
            return
        self._page.controls.button.set_idle()
        if self.job is not None and self.job.cancelled:
            self._page.controls.button.set_stopping()
        elif self.job is not None:
            self._show(self.job, self.job.newest())

    def _show_purpose(self) -> None:
        """Label the Generate button "Add to the queue" while another controller has reserved the worker thread."""
        if self.is_reserved and not self._is_button_reserved:
            purpose = (self.tr("Add to the queue"), self.tr("It starts after the running jobs"))
        else:
            purpose = ("", "")
        self._page.controls.button.set_purpose(self, *purpose)

    async def _run(self, active: _ActiveJob, *, then: Callable[[Run], object] | None = None) -> None:
        """Show the progress of a generation job until its last preview is decoded, and start the next queue item when
        the job ends.

        `then` is called with the finished or stopped run. An error of a queue item is shown in a notice that offers a
        retry.
        """
        job = active.job
        item = job.item
        try:
            await self._context.jobs.follow(active.entry, partial(self._on_progress, job))
        except StudioError as error:
            if item is None or self._needs_other_remedy(error, item):
                raise
            self._recovery.offer_retry(item, error)
        finally:
            self._end_job(active)
            self._tasks.start(self._update_after(job))
        if job.run.state is State.STOPPED and item is not None and job is not self._replaced_job:
            self._recovery.offer_partial_results(job)
        if job.run.state.ended and then is not None:
            then(job.run)
        async for newest in job.developing():
            if self._viewer.run is job.run:
                self._viewer.refresh(newest)

    def _needs_other_remedy(self, error: StudioError, item: Item) -> bool:
        """Return True if a queue item's error needs a remedy other than a retry, for example the choice of a VAE by the
        user.
        """
        if error.remedy == CHOOSE_VAE:
            # A VAE can be chosen only for the selected model.
            return self._settings.card is not None and self._settings.card.name == item.request.model
        return isinstance(error, ModelError)

    async def _update_after(self, job: Job) -> None:
        """Update the queue after a job has ended, and start the next queue item, even if the update fails."""
        try:
            item = job.item
            if item is not None and not job.is_closed and not self.closing:
                message = self.tr("It could not be followed to its end.")
                await self._backlog.ask(lambda queue: queue.fail(item.id, message))
            else:
                await self._backlog.refresh()
            if self.saves.is_blocked:
                self.idle.rest(self.tr("A picture could not be saved"), self.tr("The queue waits until it is."))
        finally:
            wanted = self._next_item_id
            self._next_item_id = ""
            self._tasks.start(self.start_next(wanted))

    def _on_prompt_left(self) -> None:
        """Let Escape in a prompt or a number stop the run, unless the prompt is another one: of the next run, which the
        user has just written, or of a queue item.
        """
        job = self.job
        if job is None or job.paused or self.editor.item is not None:
            return
        written, of_run = undrawn(self._page.controls.request_draft.request), undrawn(job.run.request)
        if (written.prompt, written.negative_prompt) == (of_run.prompt, of_run.negative_prompt):
            self.stop()

    def stop(self, job: Job | None = None) -> None:
        """Stop a generation job, by default the first running one, before its next denoising step.

        Until then, the Generate button shows that it is stopping.
        """
        job = job or self.job
        if job is not None:
            if job is self.job and not self._is_button_reserved:
                self._page.controls.button.set_stopping()
            self._runner.cancel(job)

    def toggle_pause(self, item_id: str = "") -> None:
        """Pause or resume the job of a queue item, by default the first running job. A pause begins before the next
        denoising step.

        A paused item stays paused in the next session. Resuming a job also resumes a paused queue.
        """
        job = self.job_of(item_id) if item_id else self.job
        if job is not None:
            self._set_paused(job, not job.paused)
            if job.item is not None:
                active = next(each for each in self._active if each.job is job)
                active.unconfirmed += 1
                self._tasks.start(self._pause_item(active, job.item, job.paused))
            if not job.paused:
                self._tasks.start(self._resume_queue())

    def set_paused(self, paused: bool) -> None:
        """Pause all running generation jobs before their next denoising step, or resume them."""
        for job, _ in self.running:
            self._set_paused(job, paused)

    async def set_queue_paused(self, paused: bool) -> None:
        """Pause the queue and the items that are being generated, or resume them and start the next item."""
        self.set_paused(paused)
        await self._backlog.ask(Queue.pause if paused else Queue.resume)
        await self.start_next()

    async def _resume_queue(self) -> None:
        """Resume the queue if it is paused. A run that continues would otherwise hide that later items never start."""
        if self._backlog.paused:
            await self.set_queue_paused(False)

    def _set_paused(self, job: Job, paused: bool) -> None:
        if paused:
            job.pause()
        else:
            job.resume()
        if job is self.job:
            self._page.canvas_panel.bar.set_pause(True, paused)

    def _follow_queue(self) -> None:
        """Pause or resume running jobs whose queue items were paused or resumed by another program, and end the editing
        of an item that no longer waits.
        """
        running = {item.id for _, item in self.running if item is not None}
        waits = {item.id for item in self._backlog.items if item.state is not ItemState.RUNNING}
        self.editor.follow(waits - running)
        paused = {item.id: item.state is ItemState.PAUSED for item in self._backlog.items}
        for each in self._active:
            item = each.job.item
            if each.unconfirmed:
                # The queue may still have an earlier state than the job.
                continue
            if item is not None and paused.get(item.id, each.is_paused) != each.is_paused:
                each.is_paused = not each.is_paused
                if each.job.paused != each.is_paused:
                    self._set_paused(each.job, each.is_paused)

    async def _pause_item(self, active: _ActiveJob, item: Item, paused: bool) -> None:
        try:
            await self._backlog.ask(lambda queue: queue.set_paused(item.id, paused))
        finally:
            active.unconfirmed -= 1
            self._follow_queue()

    def step_once(self) -> None:
        """Run a single denoising step of the paused job, and then pause the job again."""
        if self.job is not None and self.job.paused:
            self.go_live()
            self.job.step_once()

    def go_live(self, item_id: str = "") -> None:
        """Show the newest denoising step of a running job in the main image view: the job of queue item `item_id` or,
        by default, the first job.
        """
        if (job := self.job_of(item_id)) is not None:
            self._put_first(job)
        if self.job is not None and self._viewer.run is not self.job.run:
            self._viewer.follow(self.job.run)
            self._viewer.refresh(self.job.newest())
        else:
            self._viewer.go_live()

    def _show_job(self, job: Job) -> None:
        """Show a job's newest denoising step in the main image view, closing any board that covers it."""
        if self._page.canvas_panel.mode() == "sheet":
            self._page.canvas_panel.set_mode("")
        self._put_first(job)
        self.go_live()

    def _put_first(self, job: Job) -> None:
        """Move a job to the front of the list of running jobs, so that the buttons below the main image control it."""
        if job is not self.job and any(each.job is job for each in self._active):
            self._active.sort(key=lambda each: each.job is not job)
            self._page.canvas_panel.bar.set_pause(True, job.paused)

    def go_to_end(self) -> None:
        """Show the last denoising step of the gallery image that is displayed. If none is displayed, show the newest
        step of the running job.
        """
        if self._viewer.on_canvas is None or self._viewer.shows_run:
            self.go_live()
        else:
            self._viewer.go_to_end()

    async def save(self, result: Result, *, title: str = "") -> bool:
        """Save an image that no job has generated, such as one denoising step, under a `title` if it is given.

        Return False if it cannot be saved yet.
        """
        job = self._runner.save(result, title=title)
        await self._context.gallery.flush()
        return bool(job.run.kept)

    async def leave(self) -> None:
        """Save finished images and return unfinished items to the queue before the window closes.

        Call this after the worker thread has ended.
        """
        await self.saves.close()
        await self._backlog.close()
        await self.idle.close(0 if self._backlog.paused else sum(item.left for item in self._backlog.waiting))

    def _is_valid(self, request: Request) -> bool:
        """Return whether the settings of a request are valid, or report in a notice why they are not.

        The queue validates each item when it reads the file, and would report an invalid one as damaged.
        """
        try:
            request.checked()
        except BadRequest as error:
            self._context.tasks.report(error)
            return False
        return True

    async def _requeue(self, item: Item, request: Request) -> None:
        """Replace the request of a queue item that still waits. If it has already started, add the request as a new
        item.
        """
        if await self._backlog.ask(lambda queue: queue.edit(item.id, request)) is None:
            await self.add(request)
        await self.start_next()

    def _is_canvas_free(self) -> bool:
        """Return True if the main image view is free for a new job, so that the job replaces no image or board that the
        user is viewing or has just chosen.
        """
        viewer = self._viewer
        if viewer.run is None:
            return True
        return viewer.shows_run and viewer.live and not (viewer.awaited_choice or self._page.canvas_panel.mode())

    def _is_blocked(self) -> bool:
        """Return whether no generation job can start now.

        This is the case if all workers are busy or reserved, images cannot be saved, or the window is closing.
        """
        is_busy = self.job is not None and not self._context.worker.has_capacity
        return is_busy or self.is_reserved or self.closing or self.saves.is_blocked

    def _is_blocked_by_pause(self) -> bool:
        """Return True if no generation job can start now and all running jobs are paused."""
        return self._is_blocked() and bool(self.running) and all(job.paused for job, _ in self.running)

    def _begin_job(
        self,
        work: Request | Item,
        *,
        source: Source | None = None,
        steps: bytes | None = None,
        shares: bool = False,
        title: str = "",
        into: Into = GALLERY,
        image_title: str = "",
        asked: bool,
        keeps_offer: bool = False,
    ) -> _ActiveJob:
        """Submit a generation job, whose images are saved `into` the gallery or nowhere, under `image_title` if it is
        given, and add it to the list of running jobs.

        `asked` is True if the user has just requested the job, which then replaces whatever the main image view shows
        and, unless `keeps_offer` is True, the notice that offers to save a stopped job's unfinished images.
        """
        job = self._runner.submit(work, into, source=source, steps=steps, shares=shares, title=image_title)
        entry = RunningJob(
            title or job.run.request.title,
            stop=partial(self.stop, job),
            show=partial(self._show_job, job),
            work=job,
            total=job.run.request.count,
            item_id=job.item.id if job.item is not None else "",
        )
        place = len(self._active) if self._active and not asked else 0
        active = _ActiveJob(job, entry)
        self._active.insert(place, active)
        self._context.jobs.begin(entry)
        self.idle.work()
        if asked and not keeps_offer:
            self._recovery.withdraw()
        if asked and into is not NOTHING:
            self.saves.remind()
        if place == 0:
            self._put_on_canvas(job, asked=asked)
        self._settings.lock_curve(True)
        self.show_busy(True)
        return active

    def _put_on_canvas(self, job: Job, *, asked: bool = False) -> None:
        """Connect the buttons below the main image to a job, and show the job unless the user is viewing an earlier
        image or a board.
        """
        if asked or self._is_canvas_free():
            self._recovery.leave_canvas()
            self._viewer.follow(job.run)
            # The canvas no longer shows an image of the gallery.
            self._page.gallery.mark("")
            self._viewer.refresh(job.newest())
        self._page.canvas_panel.bar.set_pause(True, job.paused)
        if not self._is_button_reserved:
            self._page.controls.button.set_running(0.0, self.tr("starting…"))

    def _on_progress(self, job: Job, newest: View | None) -> None:
        self._show(job, newest)
        self._show_in_progress()

    def _on_image_saved(self, job: Job, _: Result, picture: Picture | None) -> None:
        """Update the gallery and the queue after a generation job's image was saved."""
        self._show_in_progress()
        if job.item is not None:
            self._tasks.start(self._backlog.refresh())
        if picture is None or self.closing:
            return
        # The displayed image is selected in the gallery if it is this one.
        self._viewer.on_saved(job.run)

    def _show(self, job: Job, newest: View | None) -> None:
        if self._viewer.run is job.run:
            self._viewer.refresh(newest)
        for note in job.new_notes():
            self._context.notify(sentence_text(note))
        if job is self.job and not job.cancelled and not self._is_button_reserved:
            text = progress_text(job.run, newest, job.seconds_left())
            self._page.controls.button.set_running(job.share_done(), text)

    def _show_in_progress(self) -> None:
        """Show the images that are being generated as tiles in the galleries."""
        self.in_progress.show({item.id: job.run for job, item in self.running if item is not None})

    def _end_job(self, active: _ActiveJob) -> None:
        was_first = active.job is self.job
        self._active.remove(active)
        self._show_in_progress()
        if self.job is not None:
            if was_first:
                self._put_on_canvas(self.job)
            return
        if not self._is_button_reserved:
            self._page.controls.button.set_idle()
        # A loaded model takes less time.
        self._has_started_run = True
        self._estimate_soon.start()
        self._settings.lock_curve(False)
        self.show_busy(self.is_reserved)
        self._page.canvas_panel.bar.set_pause(False, False)

    async def retry(self, item_id: str, *, mend: bool = False) -> None:
        """Generate a failed queue item again. With `mend`, first change its settings as its error suggests."""
        await self._backlog.ask(lambda queue: queue.retry(item_id, mend=mend))
        await self.start_next()
