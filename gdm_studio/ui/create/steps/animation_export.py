"""Export of an image's denoising steps as a film. The worker thread decodes frames, and another thread writes
the file.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.atomic_files import NewFile
from gdm_studio.common.errors import StudioError
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.folder_dialogs import exports_folder, notify_saved
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.translation import error_text, handout_words, translate

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.generation_events import View
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.denoising_steps.animation_dialog import FilmDialog, FilmSettings
    from gdm_studio.ui.denoising_steps.step_history import StepHistory

# Formats that are not animations.
HANDOUTS = (".html", ".ipynb")
PATTERN = "{prompt} {seed} steps"


@dataclass
class _Session:
    """State of an open film export dialog: the dialog, the denoising steps and the progress of the export."""

    dialog: FilmDialog
    request: Request
    views: list[View]
    # Step history from which the frames are decoded. If it is None, the previews are exported.
    history: StepHistory | None
    # Number of steps before the first view.
    first: int
    ended: bool = False
    # Entry in the list of running jobs while the film is being written.
    entry: RunningJob | None = None


class FilmExport:
    """Controller that exports an image's denoising steps as a film. At most one dialog is open."""

    def __init__(self, context: CreateContext) -> None:
        self._window = context.page
        self._theme = context.theme
        self._worker = context.worker
        self._jobs = context.jobs
        self._tasks = context.tasks
        self._notify = context.notify
        self._last_settings: FilmSettings | None = None
        self._session: _Session | None = None

    @property
    def dialog(self) -> FilmDialog | None:
        """Film export dialog that is open, or None if there is none."""
        return self._session.dialog if self._session else None

    def open(
        self, request: Request, views: Sequence[View], history: StepHistory | None, *, first: int, view_mode: str
    ) -> None:
        """Open the dialog that exports an image's denoising steps as a film, with `view_mode` preselected.

        `first` is the number of steps before the first of `views`.
        """
        if not views or self._session is not None:
            return
        from gdm_studio.ui.denoising_steps.animation_dialog import FilmDialog

        steps = translate("FilmExport", "%n step(s)", "", len(views))
        what = f"{request.title} · {steps}"
        dialog = FilmDialog(self._theme, what=what, view_mode=view_mode, folder=exports_folder(), parent=self._window)
        if self._last_settings is not None:
            dialog.set_settings(self._last_settings)
        self._session = session = _Session(dialog, request, list(views), history, first)
        dialog.view_mode_chosen.connect(lambda: self._show_frames(session))
        dialog.form_chosen.connect(lambda: self._tasks.start(self._check(session)))
        dialog.asked.connect(lambda: self._tasks.start(self._export(session)))
        dialog.finished.connect(lambda: self._end(session))
        dialog.open()
        self._show_frames(session)
        self._tasks.start(self._check(session))

    def close(self) -> None:
        """Close the film export dialog, and cancel an export in progress."""
        if self._session is not None:
            self._session.dialog.reject()

    async def _check(self, session: _Session) -> None:
        """Check whether this computer can write the selected film format. If not, show the reason in the dialog."""
        form = session.dialog.settings().form
        try:
            await asyncio.to_thread(_check, form)
            why = ""
        except StudioError as error:
            why = error_text(error)
        if not session.ended and session.dialog.settings().form == form:
            session.dialog.set_refused(why)

    def _show_frames(self, session: _Session) -> None:
        """Play the image's step previews in the film export dialog, in the selected view mode."""
        session.dialog.show_frames(
            len(session.views), partial(_frame, session.views, session.dialog.settings().view_mode)
        )

    async def _export(self, session: _Session) -> None:
        """Decode all denoising steps and write the film. A notice reports success, and the dialog reports errors."""
        settings, dialog = session.dialog.settings(), session.dialog
        self._last_settings = dialog.chosen_settings()
        dialog.show_problem("")
        title = translate("FilmExport", "Animation of {title}").format(title=session.request.title)
        session.entry = self._jobs.begin(RunningJob(title, stop=dialog.reject, show=dialog.activateWindow))
        try:
            frames = await self._decode_frames(session, settings)
            file = None if session.ended else await self._write(session, frames, settings)
        except StudioError as error:
            if session.ended:
                raise
            dialog.set_busy(0, 0, "")
            dialog.show_problem(error_text(error))
            return
        finally:
            self._jobs.end(session.entry)
        if file is None or session.ended:
            return
        dialog.accept()
        if settings.form in HANDOUTS:
            title = translate("FilmExport", "Steps exported")
        else:
            title = translate("FilmExport", "Animation exported")
        notify_saved(self._notify, self._tasks, title, file.name, file.parent)

    async def _decode_frames(self, session: _Session, settings: FilmSettings) -> list[np.ndarray]:
        """Return the film's frames as RGBA arrays, decoded at full quality if the denoising steps are stored.

        The worker thread decodes them one by one, so that a running job can continue in between.
        """
        count = len(session.views)
        if session.history is None:
            return await asyncio.to_thread(_frames, session.views, settings.view_mode)
        if settings.form == ".ipynb":
            # A notebook contains no pictures, so full decoding is not necessary.
            return [view.predicted for view in session.views]
        decoded: list[np.ndarray] = []
        with session.history.frames(settings.view_mode) as frames:
            while not session.ended:
                text = translate("FilmExport", "Step {number} of {count}…").format(number=len(decoded) + 1, count=count)
                self._show_busy(session, len(decoded), 2 * count, text)
                frame = await frames.next()
                if frame is None:
                    break
                decoded.append(frame)
        return decoded

    async def _write(self, session: _Session, frames: list[np.ndarray], settings: FilmSettings) -> Path | None:
        """Write the frames to a new film file, and return its path, or None if the user cancelled the export."""
        count = len(frames)
        file = await asyncio.to_thread(_create_file, session.request, settings)
        if settings.form in HANDOUTS:
            self._show_busy(session, count, count + 1, translate("FilmExport", "Writing…"))
            return await asyncio.to_thread(_write_handout, session, frames, file, settings)
        writing = await asyncio.to_thread(_write_frames, frames, file, settings)
        done: int | None = 0
        while done is not None:
            if session.ended:
                return None
            self._show_busy(session, count + done, 2 * count, translate("FilmExport", "Writing…"))
            done = await asyncio.to_thread(next, writing, None)
        return file.path

    def _show_busy(self, session: _Session, done: int, of: int, text: str) -> None:
        """Show the progress of the film export in the dialog and in the list of running jobs."""
        session.dialog.set_busy(done, of, text)
        if session.entry is not None:
            session.entry.text = text
            session.entry.share = done / of

    def _end(self, session: _Session) -> None:
        session.ended = True
        self._session = None
        session.dialog.deleteLater()


def _frames(views: Sequence[View], view_mode: str) -> list[np.ndarray]:
    """Return the frames of a film, all in the size of the first. The last step shows the finished image, which can be
    larger than the previews of the others, or show more than the masked area: then it is fitted into their size.
    """
    frames = [_frame(views, view_mode, place) for place in range(len(views))]
    return [_fit(frame, frames[0].shape) for frame in frames]


def _fit(frame: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Fit an RGBA image into the middle of a transparent one of this shape, unless it has it already."""
    if frame.shape == shape:
        return frame
    import numpy as np
    from PIL import Image, ImageOps

    fitted = ImageOps.pad(Image.fromarray(frame).convert("RGBa"), (shape[1], shape[0]), Image.Resampling.LANCZOS)
    return np.asarray(fitted.convert("RGBA"))


def _frame(views: Sequence[View], view_mode: str, index: int) -> np.ndarray:
    return view_modes.picture(view_modes.sources(views, index + 1, view_mode))


def _check(form: str) -> None:
    if form in HANDOUTS:
        return
    from gdm_studio.engine import animation_file

    animation_file.check(Path(f"film{form}"))


def _write_handout(session: _Session, frames: list[np.ndarray], file: NewFile, settings: FilmSettings) -> Path:
    from gdm_studio.learning.handout import WRITERS
    from gdm_studio.learning.handout.image_handout import ImageRun, image_handout

    views, first = session.views, session.first
    of = first + views[0].of - views[0].index + 1
    handout = image_handout(
        [ImageRun(session.request, frames, [view.at for view in views], first, of)], handout_words()
    )
    return file.write(WRITERS[settings.form](handout))


def _write_frames(frames: list[np.ndarray], file: NewFile, settings: FilmSettings) -> Iterator[int]:
    from gdm_studio.engine.animation_file import Film, write_film

    film = Film(fps=settings.fps, size=settings.size, loop=settings.loop, background=settings.background)
    return write_film(frames, file, film)


def _create_file(request: Request, settings: FilmSettings) -> NewFile:
    from gdm_studio.gallery.filename_pattern import NameParts, iter_candidate_names

    parts = NameParts(request, "", time.time(), (0, 0))
    return NewFile(settings.folder, (f"{name}{settings.form}" for name in iter_candidate_names(PATTERN, parts)))
