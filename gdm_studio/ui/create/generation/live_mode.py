"""Live mode, which regenerates the image from the same noise whenever the prompt or a setting changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal

from gdm_studio.jobs.job import NOTHING, Collection, Job
from gdm_studio.request.generation_events import Result, State
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.undoable_commands import generation_command
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.ui.create.context import CreateContext

# Seconds without a change after which the image is saved.
SAVE_AFTER_SECONDS = 2.0
# Number of steps of a draft if the model has no fast version.
DRAFT_STEPS = 4
# Number of steps of an image of a sketch. With fewer, it is a copy of the sketch.
SKETCH_STEPS = 8
# With so few steps, samplers of higher order overshoot, while DDIM comes close to the full image.
DRAFT_SAMPLER = "ddim"


class Live(QObject):
    """Controller of Live mode, which regenerates the image after each change of the settings.

    Each new job replaces the previous one. An image that stays unchanged for a while is saved, except in Sketch, and
    all images of a Live session go into one collection. `toggled(bool)` is emitted when Live is turned on or off.
    """

    toggled = Signal(bool)

    def __init__(self, context: CreateContext, stop: Callable[[], object]) -> None:
        super().__init__(context.page)
        self._context = context
        self._page = context.page
        self._viewer = context.viewer
        self._runner = context.worker.runner
        self.on = False
        self._entry = RunningJob("", stop=stop, show=self._close_board, is_silent=True)
        # Last job, running or ended.
        self.job: Job | None = None
        # Name of the stored sketch from which the images start, "" for a blank sketch, or None without a sketch.
        self._sketch: str | None = None
        # Returns the size (width, height) that suits the sketch, or None for that of the settings.
        self._sketch_size: Callable[[], tuple[int, int] | None] = lambda: None
        # Start images of the images that were saved or exported.
        self._saved_inputs: set[str] = set()
        # Jobs that have not ended.
        self._unfinished_jobs: set[Job] = set()
        # Time that the last finished image took, in seconds, including the wait for its predecessor's last step.
        self.seconds = 0.0
        # Last job whose image is saved, or will be saved when the job ends.
        self._job_to_save: Job | None = None
        # Jobs whose image is being saved and has no undo command yet.
        self._jobs_being_saved = WeakSet[Job]()
        # Collection of the images since Live mode was turned on.
        self._collection: Collection | None = None
        # Images saved in this session, by the digest of their request. An image that Generate has saved is not saved
        # a second time.
        self._saved_pictures: dict[str, Picture] = {}
        # Ids of these images.
        self._saved_ids: set[str] = set()
        context.generation.saves.image_saved.connect(self._on_saved)
        context.page.controls.changed.connect(self.refresh)
        context.page.canvas_panel.bar.keep_clicked.connect(self.keep)

    def toggle(self, on: bool) -> None:
        """Turn Live mode on or off.

        While it is on, the seed is locked, so that only changed settings affect the image. Turning it off saves the
        finished image.
        """
        self._page.controls.modes.live.setChecked(on)
        self._page.controls.request_draft.hold_lock(on)
        if self.on and not on:
            self.keep_finished()
            self._cancel_unsaved()
        elif on and self.job is not None and self._viewer.on_canvas is not self.job.run:
            # Another image was chosen since Live was turned off.
            self.job = None
        self.on = on
        self._collection = None
        self.refresh()
        self.toggled.emit(on)

    def draw_from(self, sketch: str | None, size: Callable[[], tuple[int, int] | None] = lambda: None) -> None:
        """Start the images from the stored sketch with this name. With "" for a blank sketch, or None without a sketch,
        the start image of the settings applies. `size()` returns the size (width, height) that suits the sketch, or
        None for that of the settings.
        """
        self._sketch = sketch
        self._sketch_size = size
        self.refresh()

    def keep_start_image(self, name: str) -> None:
        """Keep the stored sketch with this name, because a copy or an export of its image names it."""
        self._saved_inputs.add(name)

    def images_in_use(self) -> set[str]:
        """Return the names of the start images of the saved and exported images, of the jobs that have not ended, and
        of the last job.
        """
        jobs = {*self._unfinished_jobs, *([self.job] if self.job is not None else [])}
        return self._saved_inputs | {job.run.request.image for job in jobs}

    def refresh(self) -> None:
        """Generate an image with the current settings, unless that image is already shown or another job is running."""
        if not self.on or self._context.generation.job is not None or self._context.worker.isFinished():
            return
        request = self._draft_request()
        if self.job is None or self.job.run.request != request:
            replaced_job = None if self.job is self._job_to_save else self.job
            was_offered = self.job is not None and self._viewer.on_canvas is self.job.run
            self.job = self._runner.submit(request, NOTHING, instead_of=replaced_job)
            self._unfinished_jobs.add(self.job)
            # An image that was chosen before is not wanted any more.
            self._viewer.awaited_choice = None
            # Until its first step, the previous image remains visible.
            self._viewer.offer_saving(self._viewer.on_canvas if was_offered else None, self._unfinished_text())
            self._show_in_job_list(self.job)
            self._context.tasks.start(self._follow_job(self.job))

    def take(self) -> bool:
        """Accept the current Live image by saving it, if the Generate button would only generate the same image again.

        Return False if a new job is needed.
        """
        request = replace(self._page.controls.request(), batch=0)
        is_running = self._context.generation.job is not None
        if not self.on or is_running or self.job is None or self.job.run.request != request:
            self._cancel_unsaved()
            return False
        self.keep_or_notify()
        return True

    def keep_or_notify(self) -> None:
        """Save the current Live image, or inform the user that it is in the gallery."""
        if self.job is not None and self._job_to_save is self.job:
            self._context.notify(
                self.tr("This picture is in the gallery"),
                self.tr("Change the words, or roll the seed, for another one."),
            )
        else:
            self.keep()

    def keep(self) -> None:
        """Save the current Live image to the gallery as soon as it is finished."""
        job = self.job
        if not self.on or job is None or job is self._job_to_save:
            return
        if self._sketch is None and self._viewer.run is not job.run:
            return
        self._job_to_save = job
        self._saved_inputs.add(job.run.request.image)
        self._viewer.offer_saving(job.run, self.tr("This picture is in the gallery"))
        if self._collection is None:
            request = job.run.request
            subject = request.subject or self.tr("seed {seed}").format(seed=request.seed)
            self._collection = Collection(
                self.tr("Live: {subject}").format(subject=subject), known=self._saved_pictures
            )
        self._jobs_being_saved.add(job)
        self._runner.save_results(job, self._collection)

    def keep_finished(self) -> None:
        """Save the current Live image if it is finished. An image of a blank sketch or without a subject is not
        saved.
        """
        job = self.job
        if (
            self._sketch != ""
            and job is not None
            and job.run.state is State.DONE
            and self._has_subject(job.run.request)
        ):
            self.keep()

    def _unfinished_text(self) -> str:
        """Return the reason why a draft cannot be saved before its last step."""
        return translate("Steps", "Wait until the picture is finished.")

    def _has_subject(self, request: Request) -> bool:
        """Return True if a request states what to draw, or the model reads no prompt."""
        card = self._context.settings.card
        reads_prompt = card is not None and card.accepts.prompt
        return bool(request.subject or request.image or request.hints or request.regions or not reads_prompt)

    async def _follow_job(self, job: Job) -> None:
        """Show the denoising steps of a Live job until it ends or is replaced. Its finished image is saved if no
        setting changes afterwards.
        """
        began = time.perf_counter()
        try:
            await self._context.jobs.follow(self._entry, lambda newest: self._show(job))
        finally:
            self._unfinished_jobs.discard(job)
        is_done = job.run.state is State.DONE
        if is_done:
            self.seconds = time.perf_counter() - began
        if is_done and job is self.job and job is not self._job_to_save:
            self._viewer.offer_saving(job.run if self.on else None)
        async for _ in job.developing():
            self._show(job)
        if is_done and job is self.job and self._sketch is None:
            await asyncio.sleep(SAVE_AFTER_SECONDS)
            if job is self.job and self._has_subject(job.run.request):
                self.keep()

    def _on_saved(self, job: Job, result: Result, picture: Picture | None) -> None:
        """Record an image that was saved to the gallery, and add an undo command if it is a new Live image."""
        if picture is None or result.stopped_at:
            self._jobs_being_saved.discard(job)
            return
        digest = result.request.digest()
        is_new = picture.id not in self._saved_ids
        self._saved_ids.add(picture.id)
        self._saved_pictures[digest] = picture
        if job not in self._jobs_being_saved:
            return
        self._jobs_being_saved.discard(job)
        if is_new and isinstance(job.into, Collection):
            self._context.gallery.commands.note_done(generation_command(job.into.name, (picture.id,)))

    def _show_in_job_list(self, job: Job) -> None:
        """Show a Live job in the window's list of running jobs, in the single entry that all Live jobs share."""
        self._entry.title = self.tr("Live: {subject}").format(subject=job.run.request.title)
        self._entry.work = job
        self._entry.is_stopped = False
        if self._entry not in self._context.jobs.jobs:
            self._context.jobs.begin(self._entry)

    def _close_board(self) -> None:
        """Close any board that covers the main image view, so that the Live image becomes visible."""
        if self._page.canvas_panel.mode() == "sheet":
            self._page.canvas_panel.set_mode("")

    def _show(self, job: Job) -> None:
        """Show the newest denoising step of a Live job. Until its first step, the previous image remains visible."""
        newest = job.newest()
        if job is not self.job or newest is None or self._context.generation.job is not None:
            return
        if self._viewer.run is not job.run:
            self._page.gallery.mark("")
            self._viewer.follow(job.run, is_draft=True)
            if self.on and job is not self._job_to_save:
                self._viewer.offer_saving(job.run, self._unfinished_text())
        self._viewer.refresh(newest)

    def _draft_request(self) -> Request:
        """Return the request for a draft: the current settings, but few steps and a fast sampler unless the model is
        already fast.
        """
        request = replace(self._page.controls.request(), count=1, batch=0)
        if self._sketch:
            size = self._sketch_size() or request.size
            request = replace(request, image=self._sketch, mask="", image_prompt="", inverted=False, size=size)
        steps = DRAFT_STEPS if self._sketch is None else SKETCH_STEPS
        if self._context.settings.is_fast() or request.steps <= steps:
            return request
        return replace(request, sampler=DRAFT_SAMPLER, knobs={}, steps=steps)

    def _cancel_unsaved(self) -> None:
        """Cancel the Live job unless its image is to be saved. Its last preview remains visible until another image is
        shown.
        """
        if self.job is not None and self.job is not self._job_to_save:
            self._runner.cancel(self.job)
            self.job = None
            self._viewer.offer_saving(None)
