"""Finds out which training drawing a picture is close to, once it has rested where it is shown."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from gdm_studio.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.models.library import Library
    from gdm_studio.models.origins import Origin
    from gdm_studio.ui.gallery.close_to import CloseTo
    from gdm_studio.ui.gallery.list_model import PictureLike
    from gdm_studio.ui.tasks import Tasks

REST = 0.1  # seconds that a picture stays selected before it is compared


class Beside(Protocol):
    """Where a picture's facts are shown."""

    close_to: CloseTo

    def picture(self) -> PictureLike | None: ...


class Nearness:
    """Fills the `close_to` of places where a picture is shown, once it has rested there."""

    def __init__(self, pixels: Callable[[Picture], Awaitable[np.ndarray]], library: Library, tasks: Tasks) -> None:
        self._pixels, self._library, self._tasks = pixels, library, tasks
        self._found: dict[Any, Origin | None] = {}  # by the picture's id

    def look(self, place: Beside, picture: Picture | None) -> None:
        """Begins to find out what `picture` is close to."""
        place.close_to.show_origin(self._found.get(picture.id) if picture is not None else None)
        if picture is not None and picture.id not in self._found:
            self._tasks.start(self._look(place, picture))

    async def _look(self, place: Beside, picture: Picture) -> None:
        await asyncio.sleep(REST)
        if not _is_shown(place, picture):
            return
        try:
            rgba = await self._pixels(picture)
            found = await asyncio.to_thread(partial(_close_to, self._library, picture.request.model, rgba))
        except StudioError:  # deleted meanwhile, or made by a model that is not here
            return
        self._found[picture.id] = found
        if _is_shown(place, picture):
            place.close_to.show_origin(found)


def _is_shown(place: Beside, picture: Picture) -> bool:
    shown = place.picture()
    return shown is not None and shown.id == picture.id


def _close_to(library: Library, model: str, rgba: np.ndarray) -> Origin | None:
    from gdm_studio.models.origins import close_to

    return close_to(library.card(model), rgba)
