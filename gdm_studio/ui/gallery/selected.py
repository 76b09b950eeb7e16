"""What the gallery page does with the selected picture: shows itself and its steps, tells whether it reproduces."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.errors import StorageError, StudioError
from gdm_studio.run import Phase
from gdm_studio.ui.gallery.list_model import title_of

if TYPE_CHECKING:
    from gdm_studio.engine.reproduce import Verdict
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.models.library import Library
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

REST = 0.2  # seconds that a picture stays selected before its steps are read
COLOURS = {"exactly": "ok", "nearly": "warning", "no": "danger"}
Asking = Generator[Any, None, "Verdict"]


class Selected:
    """Fills the column beside the grid of `page`."""

    def __init__(
        self, page: GalleryPage, *, shelf: Shelf, lane: Lane, library: Library, tasks: Tasks, say: Say
    ) -> None:
        self._page, self._side = page, page.side
        self._shelf, self._lane, self._library, self._tasks, self._say = shelf, lane, library, tasks, say
        self._answers: dict[str, Verdict] = {}  # by the picture's id
        self._steps: dict[str, str] = {}
        page.selected.connect(lambda picture: tasks.start(self._show(picture)))
        page.large_asked.connect(lambda picture: tasks.start(self._show_large(picture)))
        page.asks.parent_of.connect(lambda picture: tasks.start(self._open_parent(picture)))
        page.asks.reproduce.connect(lambda picture: tasks.start(self._reproduce(picture)))
        page.noted.connect(lambda picture, text: tasks.start(shelf.deeds.note(picture.id, text)))
        page.tag.connect(lambda ids, name, on: tasks.start(shelf.deeds.tag(ids, name, on)))

    async def _show(self, picture: Picture | None) -> None:
        if picture is None:
            return
        branch = picture.request.branch
        if branch is not None:
            self._side.show_origin(picture.id, f"step {branch.step} of #{branch.parent.seed}")
        if picture.id in self._answers:
            self._tell(picture, self._answers[picture.id])
        await asyncio.sleep(0)  # of pictures run through with an arrow key, only the last is read
        if not self._is_selected(picture):
            return
        try:
            rgba = await self._shelf.pixels(picture)
        except StorageError:
            if self._shelf.all.row_of(picture.id) >= 0:  # not just deleted
                raise
            return
        self._side.show_pixels(picture.id, rgba)
        file = await self._shelf.ask(lambda gallery: gallery.steps_file(picture.id))
        if not await asyncio.to_thread(file.exists) or not self._is_selected(picture):
            return
        self._side.steps.show_kept("Its steps are kept")
        await asyncio.sleep(REST)
        if self._is_selected(picture):
            await self._show_steps(picture, file)

    async def _show_steps(self, picture: Picture, file: Path) -> None:
        """The kept steps: read where their model is loaded and nothing is being made, else only told of."""
        from gdm_studio.ui.gallery.reel import Reel, is_loaded

        if not await self._lane.ask(partial(is_loaded, self._library, picture.request), between_jobs=True):
            return
        if not self._is_selected(picture):
            return
        try:
            reel = await self._lane.ask(partial(Reel, file, self._library), between_jobs=True)
        except StudioError as error:
            if self._is_selected(picture):
                self._side.steps.show_kept(str(error))
            return
        if self._is_selected(picture):
            self._side.steps.show_views(list(reel.run.views[0]))

    async def _show_large(self, picture: Picture) -> None:
        rgba = await self._shelf.pixels(picture)
        if self._is_selected(picture):
            width, height = picture.size
            self._page.large.open(rgba, f"{title_of(picture)} · {width} × {height}")

    async def _open_parent(self, picture: Picture) -> None:
        """Selects the picture that this one is a branch of."""
        parent = await self._shelf.ask(lambda gallery: _parent(gallery, picture))
        if parent is None:
            self._say("It is not in the gallery", "The picture that this one leaves was deleted, or was never kept.")
            return
        self._page.reveal(parent)

    async def _reproduce(self, picture: Picture) -> None:
        """Makes it again step by step, between whatever else is made, as long as it is selected."""
        from gdm_studio.engine.reproduce import reproducing

        self._side.show_reproduces(picture.id, "waiting…", "muted")
        rgba = await self._shelf.pixels(picture)
        asking = reproducing(
            rgba, picture.request, self._library, stopped_at=picture.stopped_at, made_with=picture.made_with,
            jpeg=picture.path.suffix.lower() in (".jpg", ".jpeg"),
        )  # fmt: skip
        try:
            while self._is_selected(picture):
                answer = await self._lane.ask(partial(_next, asking), between_jobs=True)
                if not isinstance(answer, str):
                    self._answers[picture.id] = answer
                    self._tell(picture, answer)
                    break
                self._side.show_reproduces(picture.id, answer, "muted")
        except StudioError as error:
            self._side.show_reproduces(picture.id, "not here", "warning", str(error))
            self._say("It cannot be made again here", str(error))
        finally:
            self._lane.ask(asking.close, between_jobs=True)

    def _tell(self, picture: Picture, verdict: Verdict) -> None:
        reasons = "\n".join(verdict.reasons)
        self._side.show_reproduces(picture.id, verdict.answer, COLOURS[verdict.answer], f"{verdict}\n{reasons}".strip())
        self._side.show_reasons(picture.id, [str(verdict), *verdict.reasons] if verdict.reasons else [])

    def _is_selected(self, picture: Picture) -> bool:
        shown = self._side.picture()
        return shown is not None and shown.id == picture.id


def _next(asking: Asking) -> Verdict | str:
    """The verdict, or how far it is."""
    try:
        event = next(asking)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict
    if isinstance(event, Phase):
        return f"{event.title}…"
    step = getattr(event, "step", None)
    path = getattr(event, "path", ())
    return f"step {step.index} of {len(path) - 1}" if step is not None else "comparing…"


def _parent(gallery: Gallery, picture: Picture) -> Picture | None:
    return next((one for one in gallery.family(picture.id) if one.digest == picture.parent), None)
