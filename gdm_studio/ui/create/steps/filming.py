"""Exporting the steps of a picture as a film: its frames come from the lane, its file from a thread of the disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.atomic import NewFile
from gdm_studio.errors import StudioError
from gdm_studio.ui import looks
from gdm_studio.ui.folders import exports_folder, say_saved

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request import Request
    from gdm_studio.run import View
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.steps.film_dialog import FilmDialog, Wish
    from gdm_studio.ui.gallery.reel import Reel

PATTERN = "{prompt} {seed} steps"


@dataclass
class _Sitting:
    """One opening of the dialog."""

    dialog: FilmDialog
    request: Request
    views: list[View]
    reel: Reel | None  # of which every frame is decoded; else the frames are the views
    ended: bool = False


class Filming:
    """One dialog at a time."""

    def __init__(self, desk: Desk) -> None:
        self._window, self._theme, self._lane = desk.page, desk.theme, desk.lane
        self._tasks, self._say = desk.tasks, desk.say
        self._last: Wish | None = None
        self._sitting: _Sitting | None = None

    @property
    def dialog(self) -> FilmDialog | None:
        """The one that is open."""
        return self._sitting.dialog if self._sitting else None

    def open(self, request: Request, views: Sequence[View], reel: Reel | None, *, look: str) -> None:
        """Asks how the steps of the picture of `request` are to be filmed, in that look at first."""
        if not views or self._sitting is not None:
            return
        from gdm_studio.ui.create.steps.film_dialog import FilmDialog

        what = f"{request.title} · {len(views)} steps"
        dialog = FilmDialog(self._theme, what=what, look=look, folder=exports_folder(), parent=self._window)
        if self._last is not None:
            dialog.set_wish(self._last)
        self._sitting = sitting = _Sitting(dialog, request, list(views), reel)
        dialog.look_chosen.connect(lambda: self._show_frames(sitting))
        dialog.form_chosen.connect(lambda: self._tasks.start(self._check(sitting)))
        dialog.asked.connect(lambda: self._tasks.start(self._carry_out(sitting)))
        dialog.finished.connect(lambda: self._end(sitting))
        dialog.open()
        self._show_frames(sitting)
        self._tasks.start(self._check(sitting))

    def close(self) -> None:
        """Gives up what is being written."""
        if self._sitting is not None:
            self._sitting.dialog.reject()

    async def _check(self, sitting: _Sitting) -> None:
        """Says at once where a form cannot be written on this machine, and what helps."""
        form = sitting.dialog.wish().form
        try:
            await asyncio.to_thread(_check, form)
            why = ""
        except StudioError as error:
            why = str(error)
        if not sitting.ended and sitting.dialog.wish().form == form:
            sitting.dialog.set_refused(why)

    def _show_frames(self, sitting: _Sitting) -> None:
        """Previews the steps as they are known here."""
        sitting.dialog.show_frames(len(sitting.views), partial(_frame, sitting.views, sitting.dialog.wish().look))

    async def _carry_out(self, sitting: _Sitting) -> None:
        """Takes every frame, then writes the film; ends with a notice, or with what went wrong in the dialog."""
        wish, dialog = sitting.dialog.wish(), sitting.dialog
        self._last = wish
        dialog.show_problem("")
        try:
            frames = await self._taken(sitting, wish)
            file = None if sitting.ended else await self._written(sitting, frames, wish)
        except StudioError as error:
            if sitting.ended:
                raise
            dialog.set_busy(0, 0, "")
            dialog.show_problem(str(error))
            return
        if file is None or sitting.ended:
            return
        dialog.accept()
        say_saved(self._say, self._tasks, "Film exported", file.name, file.parent)

    async def _taken(self, sitting: _Sitting, wish: Wish) -> list[np.ndarray]:
        """The frames, every one decoded where the steps are kept: in the lane, between steps of a run."""
        count = len(sitting.views)
        if sitting.reel is None:
            return await asyncio.to_thread(_frames, sitting.views, wish.look)
        frames = sitting.reel.frames(wish.look)
        taken: list[np.ndarray] = []
        while not sitting.ended:
            sitting.dialog.set_busy(len(taken), 2 * count, f"Step {len(taken) + 1} of {count}…")
            frame = await self._lane.ask(partial(next, frames, None))
            if frame is None:
                break
            taken.append(frame)
        return taken

    async def _written(self, sitting: _Sitting, frames: list[np.ndarray], wish: Wish) -> Path | None:
        """The film as a file; None where it was given up before its last frame."""
        count = len(frames)
        file = await asyncio.to_thread(_new_file, sitting.request, wish)
        writing = await asyncio.to_thread(_writing, frames, file, wish)
        done: int | None = 0
        while done is not None:
            if sitting.ended:
                return None
            sitting.dialog.set_busy(count + done, 2 * count, "Writing…")
            done = await asyncio.to_thread(next, writing, None)
        return file.path

    def _end(self, sitting: _Sitting) -> None:
        sitting.ended = True
        self._sitting = None
        sitting.dialog.deleteLater()


def _frames(views: Sequence[View], look: str) -> list[np.ndarray]:
    return [_frame(views, look, place) for place in range(len(views))]


def _frame(views: Sequence[View], look: str, place: int) -> np.ndarray:
    return looks.picture(looks.sources(views, place + 1, look))


def _check(form: str) -> None:
    from gdm_studio.engine import film

    film.check(Path(f"film{form}"))


def _writing(frames: list[np.ndarray], file: NewFile, wish: Wish) -> Iterator[int]:
    from gdm_studio.engine.film import Film, filming

    asked = Film(fps=wish.fps, size=wish.size, loop=wish.loop, background=wish.background)
    return filming(frames, file, asked)


def _new_file(request: Request, wish: Wish) -> NewFile:
    from gdm_studio.gallery.naming import Named, names

    named = Named(request, "", time.time(), (0, 0))
    return NewFile(wish.folder, (f"{name}{wish.form}" for name in names(PATTERN, named)))
