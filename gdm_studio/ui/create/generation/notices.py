"""Notices about images that could or could not be saved, and about stopped or failed jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from gdm_studio.jobs.job import Job
from gdm_studio.jobs.queue import REMEDIES
from gdm_studio.ui.folder_dialogs import ask_folder
from gdm_studio.ui.translation import error_text, error_title, translate

if TYPE_CHECKING:
    from gdm_studio.common.errors import StudioError
    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.queue import Item
    from gdm_studio.jobs.runner import UnsavedImage
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.viewer.controller import Viewer

# Milliseconds between two automatic retries to save an image.
RETRY_MS = 4000
# Maximum length of a prompt in a notice, in characters.
PROMPT_CHARACTERS = 56
# Maximum number of seeds in a notice.
MOST_SEEDS = 3
# A coroutine function that takes the id of a queue item.
Retry = Callable[[str], Coroutine[Any, Any, None]]


def short_prompt(prompt: str) -> str:
    """Return a prompt for a notice, ending with an ellipsis if it is longer than PROMPT_CHARACTERS."""
    return shorten(prompt, PROMPT_CHARACTERS, placeholder="…")


class SaveNotices(QObject):
    """Controller that announces saved images and shows a notice if an image cannot be saved. It belongs to the
    window's thread.

    If an image cannot be saved, a notice offers to retry and, after another failure, to choose another folder. Saving
    is also retried automatically.
    """

    # Emitted with (job, result, picture) after an image was saved. `picture` is None outside the gallery.
    image_saved = Signal(object, object, object)
    # Emitted when no unsaved image is left.
    unblocked = Signal()

    def __init__(self, context: AppContext, page: CreatePage) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._runner = runner = context.worker.runner
        self._loop = asyncio.get_running_loop()
        # Title of the notice about an unsaved image, or "".
        self._notice = ""
        # Shows that notice again.
        self._show_again: Callable[[], object] | None = None
        self._timer = QTimer(page, interval=RETRY_MS)
        self._timer.timeout.connect(lambda: runner.save_unsaved(quietly=True))
        runner.on_saved = lambda job, result, picture: self._call(self._on_saved, job, result, picture)
        runner.on_saved_elsewhere = lambda job, result: self._call(self._on_saved, job, result, None)
        runner.on_storage_error = lambda image, error: self._call(self._show_error, image, error)
        runner.on_queue_error = lambda error: self._call(self._context.tasks.report, error)

    @property
    def is_blocked(self) -> bool:
        """True if generated images remain in memory because they could not be saved."""
        return self._runner.is_blocked

    @property
    def blocking_item(self) -> Item | None:
        """Queue item whose image could not be saved, or None."""
        return next((image.job.item for image in self._runner.unsaved if image.failures and image.job.item), None)

    def remind(self) -> None:
        """Show the notice about an unsaved image again, if there is one, because the next job waits for it."""
        if self.is_blocked and self._show_again is not None:
            self._show_again()

    async def save_again(self) -> None:
        """Retry saving all generated images that could not be saved."""
        self._runner.save_unsaved()
        await self._context.gallery.flush()

    async def save_elsewhere(self, folder: Path) -> None:
        """Save the images that the gallery could not store to another folder, and inform the user."""
        self._runner.save_unsaved_in(folder)
        await self._context.gallery.flush()
        if not self._runner.unsaved:
            self._context.notify(
                self.tr("Saved elsewhere"),
                self.tr("The pictures are in {folder}.").format(folder=folder),
                kind="success",
            )

    async def close(self) -> None:
        """Retry saving all unsaved images one last time before the window closes."""
        await self.save_again()
        self._timer.stop()

    def _call(self, function: Callable[..., None], *values: object) -> None:
        """Run a function in the window's thread, when called from another thread.

        Callbacks that run in the gallery's thread use this to update widgets.
        """
        self._loop.call_soon_threadsafe(function, *values)

    def _on_saved(self, job: Job, result: Result, picture: Picture | None) -> None:
        if picture is not None:
            self._context.gallery.add(picture)
        self.image_saved.emit(job, result, picture)
        if self._notice and not self._runner.is_blocked:
            self._timer.stop()
            self._page.notices().withdraw(self._notice)
            self._notice = ""
            self.unblocked.emit()

    def _show_error(self, image: UnsavedImage, error: StudioError) -> None:
        """Show a notice about an image that could not be saved. Its button offers a retry. After every second failure,
        it offers another folder instead.
        """
        offers_retry = image.failures % 2 == 1
        self._notice = error_title(error)
        self._timer.start()
        self._show_again = partial(
            self._context.notify,
            error_title(error),
            self.tr("{error} The picture is not lost yet.").format(error=error_text(error)),
            kind="error",
            action=self.tr("Try again") if offers_retry else self.tr("Save elsewhere…"),
            on_action=self._start_saving if offers_retry else self._choose_folder,
        )
        self._show_again()

    def _start_saving(self) -> None:
        self._context.tasks.start(self.save_again())

    def _choose_folder(self) -> None:
        ask_folder(
            self._page,
            self.tr("Folder for pictures that the library cannot store"),
            lambda chosen: self._context.tasks.start(self.save_elsewhere(chosen)),
            otherwise=self._start_saving,
        )


class RecoveryNotices(QObject):
    """Notices that offer to save a stopped job's partial results, or to retry a failed queue item.

    While the job that was stopped last is shown in the main image view, the Keep button there also saves its partial
    results.
    """

    def __init__(self, context: AppContext, page: CreatePage, viewer: Viewer, retry: Retry) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._viewer = viewer
        self._retry = retry
        # Job whose partial result the Keep button saves, or None.
        self._stopped_job: Job | None = None
        # Titles and messages of the notices about stopped jobs whose unfinished images are not saved yet.
        self._offers = WeakKeyDictionary[Job, tuple[str, str]]()
        page.canvas_panel.bar.keep_clicked.connect(self._save)

    def offer_partial_results(self, job: Job) -> None:
        """Show a notice that offers to save a stopped job's unfinished images, if it completed at least one step.

        The offer ends when the user closes the notice or starts another job.
        """
        run = job.run
        newest = job.newest()
        unfinished = [image for image, views in enumerate(run.views) if views and image not in run.made]
        if newest is None or not unfinished:
            return
        self._stopped_job = job
        self._viewer.offer_saving(job.run)
        step = job.run.lead + newest.index
        steps = job.run.lead + newest.of
        title = self.tr("Stopped at step {step} of {steps}").format(step=step, steps=steps)
        request = job.run.request
        # An identical text would replace the notice about another job that was stopped at the same step.
        seeds = ", ".join(f"#{request.picture(image).seed}" for image in unfinished[:MOST_SEEDS])
        name = f"{short_prompt(request.title)} · {seeds}{' …' * (len(unfinished) > MOST_SEEDS)}"
        reached = self.tr("What was reached is not in the gallery yet.")
        if run.made:
            reached = self.tr("%n picture(s) not finished and not in the gallery yet.", "", len(unfinished))
        text = f"{name}\n{reached}"
        self._offers[job] = (title, text)
        self._context.notify(
            title,
            text,
            action=self.tr("Keep it") if len(unfinished) == 1 else self.tr("Keep them"),
            on_action=lambda: self._save_partial_results(job),
            lasts=True,
        )

    def offer_retry(self, item: Item, error: StudioError) -> None:
        """Show a notice about a failed queue item, with a button to retry it.

        If the error suggests a remedy, the settings are changed before the retry.
        """
        remedy = REMEDIES.get(error.remedy)
        self._context.notify(
            error_title(error),
            error_text(error),
            kind="error",
            action=translate("Remedy", remedy.title) if remedy else self.tr("Try again"),
            on_action=lambda: self._context.tasks.start(self._retry(item.id)),
        )

    def withdraw(self) -> None:
        """Remove the notices that offer to save the unfinished images of stopped jobs."""
        for title, text in {*self._offers.values()}:
            self._context.withdraw(title, text)

    def leave_canvas(self) -> None:
        """Disable the Keep button of the job that was stopped last, because the main view now shows another image."""
        self._stopped_job = None
        self._viewer.offer_saving(None)

    def _save(self) -> None:
        if self._stopped_job is not None:
            self._save_partial_results(self._stopped_job)

    def _save_partial_results(self, job: Job) -> None:
        if job is self._stopped_job:
            self._stopped_job = None
            self._viewer.offer_saving(job.run, translate("Live", "This picture is in the gallery"))
        if offer := self._offers.pop(job, None):
            self._context.withdraw(*offer)
            self._context.tasks.start(self._context.worker.save_partial_results(job))
