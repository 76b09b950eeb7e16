"""Controller of folder edits, which reads and writes files in other threads and runs one job per picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.folder_edit import FolderEdit, Upscaling, default_output, list_pictures
from gdm_studio.jobs.job import NOTHING
from gdm_studio.studio import window_calls
from gdm_studio.studio.request_draft import LOCK
from gdm_studio.ui.create.folder_edit.dialog import FailureReport, FolderEditDialog
from gdm_studio.ui.folder_dialogs import ask_folder, open_folder
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.translation import error_text, translate

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.jobs.folder_edit import PreparedPicture
    from gdm_studio.jobs.job import Job
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Result
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext

T = TypeVar("T")


@dataclass
class _RunningEdit:
    """Edit of a folder that runs: its entry in the list of jobs, and the job of the current picture."""

    edit: FolderEdit
    entry: RunningJob
    # The thread of the edit, whose log belongs to one thread.
    disk: ThreadPoolExecutor
    job: Job | None = None
    is_stopped: bool = False
    done: int = 0
    saved: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


class FolderEditController:
    """Controller that opens the dialog for editing a folder and edits its pictures one after the other."""

    def __init__(self, context: CreateContext) -> None:
        self._context = context
        self._runner = context.worker.runner
        self._request_draft = context.page.controls.request_draft
        self.dialog: FolderEditDialog | None = None

    def choose(self) -> None:
        """Open a dialog in which the user chooses the folder to edit."""
        title = translate("FolderEdit", "Folder with the pictures to edit")
        ask_folder(self._context.page.window(), title, lambda folder: self._context.tasks.start(self.open(folder)))

    async def open(self, folder: Path) -> None:
        """Open the dialog for editing the pictures of a folder. Raises StorageError, and BadRequest if the folder has
        no pictures.
        """
        if self.dialog is not None:
            return
        out = default_output(folder)
        pictures = await asyncio.to_thread(list_pictures, folder, out=out)
        if not pictures:
            text = translate("FolderEdit", "{folder} contains no pictures; choose another folder.")
            raise BadRequest(text.format(folder=folder))
        card = self._request_draft.card
        dialog = FolderEditDialog(
            self._context.theme,
            pictures,
            self._request_draft.written,
            model=(card.title or card.name) if card is not None else "",
            default_strength=self._request_draft.default("strength"),
            fixed_size=_fixed_size_of(card, self._request_draft.written) if card is not None else None,
            out=out,
            upscalers=list(self._context.library.upscalers()),
            can_generate=card is not None and card.accepts.picture,
            parent=self._context.page.window(),
        )
        self.dialog = dialog
        dialog.asked.connect(lambda: self._context.tasks.start(self._start(folder, dialog)))
        dialog.finished.connect(self._on_closed)
        dialog.open()

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    async def _start(self, folder: Path, dialog: FolderEditDialog) -> None:
        """Start the edit that the dialog describes, and close the dialog. Errors are shown in it."""
        disk = ThreadPoolExecutor(1, thread_name_prefix="folder-edit")
        try:
            edit = await _run_on(disk, self._create_edit, folder, dialog.folder, self._edit_of(dialog))
        except StudioError as error:
            disk.shutdown(wait=False)
            dialog.show_problem(error_text(error))
            return
        dialog.accept()
        await self._run(edit, disk)

    def _edit_of(self, dialog: FolderEditDialog) -> Request | Upscaling:
        if (upscaling := dialog.upscaling()) is not None:
            return upscaling
        request = replace(self._request_draft.request, count=1, batch=0, toward=None, branch=None)
        return replace(
            request,
            strength=dialog.strength.value(),
            inpaint_area=dialog.area.choice(),
            inpaint_padding=round(dialog.padding.value()),
        )

    def _create_edit(self, folder: Path, out: Path, edit: Request | Upscaling) -> FolderEdit:
        # The chosen folder `out` may be inside the other one.
        pictures = list_pictures(folder, out=out)
        seed_given = bool(self._request_draft[LOCK])
        return FolderEdit(pictures, out, edit, self._request_draft.card, seed_given=seed_given)

    async def _run(self, edit: FolderEdit, disk: ThreadPoolExecutor) -> None:
        """Edit the pictures that are not finished, and report the result."""
        title = translate("FolderEdit", "Edit a folder")
        running = _RunningEdit(edit, RunningJob(title, stop=lambda: self._stop(running), show=lambda: None), disk)
        self._context.jobs.begin(running.entry)
        try:
            for picture in edit.pictures:
                if running.is_stopped:
                    break
                self._show_progress(running)
                try:
                    prepared = await _run_on(disk, edit.prepare, picture)
                    if running.is_stopped:
                        break
                    edited = await self._edit(running, prepared) if prepared is not None else None
                    if prepared is not None and edited is not None:
                        await _run_on(disk, edit.write, prepared, edited)
                        running.saved += 1
                    elif prepared is not None and running.is_stopped:
                        break
                except StudioError as error:
                    running.failures.append((picture.name, error_text(error)))
                running.done += 1
        finally:
            self._context.jobs.end(running.entry)
            # When the window closes, a picture may still be written.
            disk.submit(edit.close)
            disk.shutdown(wait=False)
        self._report(running)

    async def _edit(self, running: _RunningEdit, prepared: PreparedPicture) -> Result | np.ndarray | None:
        """Generate or upscale one picture. Returns None if the edit is stopped meanwhile."""
        if prepared.request is None:
            return await self._upscale(running, prepared)
        running.job = job = self._runner.submit(prepared.request, NOTHING)
        try:
            async for _ in job:
                self._show_progress(running, job.share_done())
        finally:
            job.cancel()
            running.job = None
            self._context.worker.stop_previews(job)
        return next((result for result in job.new_results() if not result.stopped_at), None)

    async def _upscale(self, running: _RunningEdit, prepared: PreparedPicture) -> np.ndarray | None:
        upscaling = running.edit.edit
        assert isinstance(upscaling, Upscaling)
        rgba = await _run_on(running.disk, running.edit.read_pixels, prepared)
        size = upscaling.size_of((rgba.shape[1], rgba.shape[0]))
        file = self._context.library.upscaler(upscaling.upscaler) if upscaling.upscaler else None
        with self._context.worker.stream(window_calls.upscale_to, upscaling.upscaler, file, rgba, size) as stream:
            while not running.is_stopped:
                step = await stream.next()
                assert step is not None
                share, image = step
                if image is not None:
                    return image
                self._show_progress(running, share)
        return None

    def _stop(self, running: _RunningEdit) -> None:
        running.is_stopped = True
        if running.job is not None:
            self._runner.cancel(running.job)

    def _show_progress(self, running: _RunningEdit, share: float = 0.0) -> None:
        total = len(running.edit.pictures)
        text = translate("FolderEdit", "{number} of {count}")
        running.entry.text = text.format(number=min(running.done + 1, total), count=total)
        running.entry.share = (running.done + share) / total

    def _report(self, running: _RunningEdit) -> None:
        """Show a notice with the number of edited pictures. If some could not be edited, the notice offers a list of
        them.
        """
        folder = running.edit.out
        failures = list(running.failures)
        title = translate("FolderEdit", "%n picture(s) edited", "", running.saved)
        left = len(running.edit.pictures) - running.done
        # A stop during the last write has stopped nothing.
        if left:
            title = translate("FolderEdit", "Stopped · {edited}, {count} left").format(edited=title, count=left)
        if failures:
            text = translate("FolderEdit", "%n picture(s) not edited", "", len(failures))
            action = translate("FolderEdit", "Show which")
            show = lambda: self._show_failures(folder, failures)  # noqa: E731 - a name for the line below
            self._context.notify(title, text, action=action, on_action=show, lasts=True)
            return
        self._context.notify(
            title,
            str(folder),
            kind="info" if left else "success",
            action=translate("FolderEdit", "Open folder"),
            on_action=lambda: self._context.tasks.start(open_folder(folder)),
        )

    def _show_failures(self, folder: Path, failures: list[tuple[str, str]]) -> None:
        report = FailureReport(self._context.theme, failures, out=folder, parent=self._context.page.window())
        report.finished.connect(report.deleteLater)
        report.open()


def _fixed_size_of(card: ModelCard, request: Request) -> tuple[int, int] | None:
    """Return the size (width, height) that a model gives every picture, or None if it has several sizes."""
    side = card.size
    sizes = {card.near(size, request.tile) for size in ((side, side), (2 * side, side), (side, 2 * side))}
    return sizes.pop() if len(sizes) == 1 else None


async def _run_on(thread: ThreadPoolExecutor, function: Callable[..., T], *args: object) -> T:
    """Call a function in the thread of an edit and return its value."""
    return await asyncio.get_running_loop().run_in_executor(thread, partial(function, *args))
