"""Back to a picture that was made: its settings in the controls, or itself on the canvas."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import StorageError
from gdm_studio.gallery.metadata.ours import TOOL
from gdm_studio.studio.draft import ROLLED_LIMIT
from gdm_studio.ui.create.settings import TAKEN_OVER
from gdm_studio.ui.gallery.close_to import less_like

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.request import Request
    from gdm_studio.studio.restoring import Restored
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.create.steps.steps import Steps
    from gdm_studio.ui.create.tools import Tools
    from gdm_studio.ui.create.ways import Ways
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

NAMED = 4  # of what is not used; the report names all


class Recalling:
    """What a picture of the gallery, or a file that is dropped, does to the Create page; `open_page` turns to it.

    `report(path)` tells field by field what is read in a file, `restored(metadata)` what the models here make of it.
    """

    def __init__(
        self, viewer: Viewer, *, steps: Steps, shelf: Shelf, ways: Ways, tools: Tools, tasks: Tasks, say: Say,
        open_page: Callable[[], object], report: Callable[[Path], object], restored: Callable[[Metadata], Restored],
    ) -> None:  # fmt: skip
        self._viewer, self._steps, self._shelf = viewer, steps, shelf
        self._ways, self._tools, self._tasks, self._say = ways, tools, tasks, say
        self._open_page, self._report, self._restored = open_page, report, restored

    def begin_with_last(self, page: CreatePage) -> None:
        """Shows the newest picture once it is known, unless something else has come on the stage by then."""
        model = self._shelf.beside

        def look(number: int) -> None:
            if number:
                model.found.disconnect(look)
                model.with_pictures([0], show)

        def show(found: list[Picture]) -> None:
            empty = page.stage.canvas.picture() is None and self._viewer.on_stage is None and not page.stage.mode()
            if found and empty and not page.gallery.grid.selected_rows() and not self._ways.sets.on:
                model.fill(found)
                page.gallery.grid.select(found[0].id)

        model.found.connect(look)

    def take(self, path: Path, use: str) -> None:
        """A file for what `use` says: its "settings", or to "start" from it."""
        if use == "start":
            self._tasks.start(self._tools.starting.use(path))
        else:
            self._tasks.start(self.restore_from(path))

    async def restore_from(self, path: Path, *, title: str = "") -> None:
        """Sets everything as the picture file at `path` says it was made, and tells what was used, under that title.

        One that says nothing becomes the picture to start from.
        """
        metadata = await self._shelf.read(path)
        if metadata.request is None:
            await self._tools.starting.use(path)
            self._open_page()
            text = "It does not say how it was made; the next pictures grow out of it."
            self._say(f"Starting from {path.name}", text)
            return
        found = await asyncio.to_thread(self._restored, metadata)
        assert found.metadata.request is not None
        before = self._ways.draft.written
        left_out = [name for name in self._steps.use(found.metadata.request) if name != "model" or not found.missing]
        left_out = [*found.missing, *left_out, *found.unused, *metadata.unknown]
        self._ways.live.refresh()
        self._open_page()
        self._say(
            title or f"Settings of {path.name} restored",
            f"{_outlook(left_out, metadata.stopped_at)} {found.warning}".strip(),
            kind="success",
            action="What was read",
            on_action=lambda: self._report(path),
            undo=self._back_to(before),
        )

    def use(self, picture: Picture) -> None:
        """Sets everything as it was for a picture of the gallery."""
        if picture.tool == TOOL:
            self.use_request(picture.request, picture.stopped_at)
        else:
            self._tasks.start(self._use_anothers(picture))

    async def _use_anothers(self, picture: Picture) -> None:
        """By its file, which tells more of its model than a request has room for, or by that where it is away."""
        try:
            await self.restore_from(picture.path, title=TAKEN_OVER)
        except StorageError:
            self.use_request(picture.request, picture.stopped_at)

    def use_request(self, request: Request, stopped_at: int = 0) -> None:
        """Sets everything as `request` says, and turns to the page where it is seen."""
        before, left_out = self._ways.draft.written, self._steps.use(request)
        self._ways.live.refresh()
        self._open_page()
        what = _outlook(left_out, stopped_at)
        self._say(TAKEN_OVER, what, kind="success", undo=self._back_to(before))

    def _back_to(self, before: Request) -> Callable[[], object]:
        return self._ways.settings.back_to(before, self._ways.draft.departure)

    def less_like(self, picture: Picture) -> None:
        """Draws the same words without a style, more freely and with another seed, and with these settings from now."""
        before, now = self._ways.draft.written, less_like(picture.request, secrets.randbelow(ROLLED_LIMIT))
        self._steps.use(now)
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        self._open_page()
        how = f"The picture's settings without a style, temperature {now.temperature:g}, seed {now.seed}."
        self._say("Drawn less like that", how, action="Former settings", undo=self._back_to(before))
        self._ways.generate()

    def vary(self, picture: Picture) -> None:
        """Opens variations around a picture of the gallery."""
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        self._open_page()
        self._tools.sheets.vary(picture.request)

    def show(self, picture: Picture | None) -> None:
        """Puts a picture of the gallery on the canvas: with its steps where it is of the run at hand."""
        if picture is None:
            return
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        if not self._viewer.choose_picture(picture.id):
            self._steps.show(picture)


def _outlook(left_out: list[str], stopped_at: int) -> str:
    """What Generate will do with settings taken from a picture."""
    if left_out:
        return f"Not used: {_listed(left_out)}."
    return "Generate goes on to its end." if stopped_at else "Generate makes the same picture again."


def _listed(names: list[str]) -> str:
    """The first of the names, each once, in small letters but for abbreviations, and how many more there are."""
    small = list(dict.fromkeys(name.lower() if name[1:].islower() else name for name in names))
    more = len(small) - NAMED
    return ", ".join(small[:NAMED]) + (f" and {more} more" if more > 0 else "")
