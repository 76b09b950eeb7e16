"""Pictures that were made before: on the stage with the steps that were kept of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.errors import StudioError
from gdm_studio.ui.gallery.reel import Reel, is_loaded

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.request import Request
    from gdm_studio.run import View
    from gdm_studio.ui.create.desk import Desk

KEPT = 6  # reels that stay in memory, for going to and fro between pictures
MEMORY = 256 * 2**20  # bytes that they may take, but for a picture and the one it branched from
NONE_KEPT = "No steps were kept with this picture"
LATER = "Its steps appear once the run has ended"


class Earlier:
    """Shows a picture of the gallery at once and its steps as soon as they are read, linearly at first.

    They are read between two steps of a run that is going on; where another model is needed, after it.
    """

    def __init__(self, desk: Desk, on_shown: Callable[[Picture], object]) -> None:
        """`on_shown` is told of the picture as soon as it is on the stage."""
        self._on_shown = on_shown
        self._viewer, self._strip, self._tools = desk.viewer, desk.page.stage.filmstrip, desk.page.stage.tools
        self._lane, self._library, self._shelf = desk.lane, desk.library, desk.shelf
        self._reels: OrderedDict[str, Reel] = OrderedDict()  # by the id of their picture
        self.picture: Picture | None = None  # the latest that was shown

    def reel(self) -> Reel | None:
        """That of the picture on the stage, where it is an earlier one with steps."""
        on_stage = self._viewer.on_stage
        return next((reel for reel in self._reels.values() if reel.run is on_stage), None)

    def reel_with(self, views: Sequence[View]) -> Reel | None:
        """That whose steps these are, of those in memory."""
        return next((reel for reel in self._reels.values() if reel.run.views[0] is views), None)

    async def show(self, picture: Picture) -> None:
        """Puts the picture on the stage, then its steps; raises StorageError where it cannot be read itself."""
        self.picture = picture
        self._tools.set_back("")
        if picture.id not in self._reels:
            rgba = await self._shelf.pixels(picture)
            if self.picture is not picture:
                return
            width, height = picture.size
            self._viewer.show_still(rgba, picture.request.title, f"{width} × {height} · seed {picture.request.seed}")
        self._on_shown(picture)
        await self.show_steps(picture)

    async def show_steps(self, picture: Picture) -> None:
        """Puts the steps of the picture that is on the stage there, unless something else is turned to meanwhile."""
        turn = self._viewer.turn
        reel = await self.reel_of(picture.id, picture.request, hint=self._strip.set_hint)
        parent = await self._parent_of(picture) if reel is not None else None
        if reel is None or self._viewer.turn != turn:
            return
        self._viewer.show_earlier(reel.run, parent.run if parent is not None else None)
        await self._sharpen(reel, reel)
        if parent is not None:
            await self._sharpen(parent, reel)

    async def file_of(self, picture_id: str) -> Path | None:
        """Where the steps of a picture of the gallery are kept; None where none are."""
        return await self._shelf.ask(partial(_file_of, picture_id=picture_id))

    async def reel_of(
        self, picture_id: str, request: Request, *, hint: Callable[[str], object] = lambda why: None
    ) -> Reel | None:
        """The steps of the picture of `request`; None where they cannot be had, `hint` being told why."""
        if picture_id in self._reels:
            self._reels.move_to_end(picture_id)
            return self._reels[picture_id]
        file = await self.file_of(picture_id)
        if file is None:
            hint(NONE_KEPT)
            return None
        here = await self._lane.ask(partial(is_loaded, self._library, request))
        if not here:
            hint(LATER)
        try:
            reel = await self._lane.ask(partial(Reel, file, self._library), between_jobs=not here)
        except StudioError as error:
            hint(str(error))
            return None
        self._reels[picture_id] = reel
        while len(self._reels) > KEPT or (len(self._reels) > 2 and self._held() > MEMORY):
            self._reels.popitem(last=False)
        return reel

    def _held(self) -> int:
        return sum(reel.held for reel in self._reels.values())

    async def _parent_of(self, picture: Picture) -> Reel | None:
        """The steps of the picture that this one branched from, where both are in the gallery."""
        if not picture.parent:
            return None
        family = await self._shelf.ask(lambda gallery: gallery.family(picture.id))
        parent = next((each for each in family if each.digest == picture.parent), None)
        return None if parent is None else await self.reel_of(parent.id, parent.request)

    async def _sharpen(self, reel: Reel, shown: Reel) -> None:
        """While the lane is free and the picture of the reel `shown` is looked at."""
        while self._viewer.on_stage is shown.run and await self._lane.ask(reel.sharpen, between_jobs=True):
            self._viewer.redraw(shown.run)


def _file_of(gallery: Gallery, *, picture_id: str) -> Path | None:
    file = gallery.steps_file(picture_id)
    return file if file.exists() else None
