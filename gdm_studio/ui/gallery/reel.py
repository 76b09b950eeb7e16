"""The kept steps of one picture in the lane's hands: as a run to look through, to go on from, to keep one of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import ModelError
from gdm_studio.run import Advance, Result, Run, State, View

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.engine.steps import SavedStep
    from gdm_studio.models.library import Library
    from gdm_studio.models.loaded import LoadedModel
    from gdm_studio.request import Request


class Reel:
    """`run` is one that has ended, with a view of every step; all else is for the lane's thread.

    Steps that can be had without the network are read linearly at once. The others first look like the next of
    those; `sharpen` makes them, and decodes all, a little at each call. Steps are counted from 1 on, as in the views.
    """

    def __init__(self, source: Path | bytes, library: Library) -> None:
        """Raises StorageError where the steps cannot be read, ModelError where their model is not here."""
        from gdm_studio.engine.previews import Previews
        from gdm_studio.engine.trajectory import load

        self._library, self._previews = library, Previews(budget=0)
        self._trajectory = load(source).exactly(library)
        self.run = Run(self._trajectory.request, state=State.DONE)
        self.run.path, self.run.first = self._trajectory.path[self._trajectory.first :], self._trajectory.first
        self.run.views[0].extend(self._first_views())
        self._work = self._sharpened()

    @property
    def held(self) -> int:
        """Bytes that its views take."""
        return self._previews.held

    def sharpen(self) -> bool:
        """Makes one more view what it should be; False when all are."""
        view = next(self._work, None)
        if view is None:
            return False
        self.run.views[0][view.index - 1] = view
        self.run.revision += 1
        return True

    def saved(self, index: int) -> SavedStep:
        """A step to go on from or to branch off; raises BadRequest where this machine makes another of it."""
        return self._trajectory.saved(self._trajectory.first + index, self._library)

    def picture(self, index: int) -> Result:
        """What a step predicts, decoded, as a picture to keep; raises as `saved`."""
        return self._reached(self._advance(index, exact=True))

    def decoded(self, index: int) -> np.ndarray:
        """What a step predicts, as this machine makes it, decoded: RGBA (height, width, 4)."""
        from gdm_studio.engine.previews import with_alpha

        return with_alpha(self._reached(self._advance(index)).rgba)

    def frames(self, look: str) -> Iterator[np.ndarray]:
        """Every step, decoded, RGBA (height, width, 4) in one of the LOOKS."""
        from gdm_studio.engine.film import frames_of

        return frames_of(self._trajectory, self._library, look)

    def _reached(self, advance: Advance) -> Result:
        from gdm_studio.engine.results import reached

        (result,) = reached(self.run.request, advance)
        return result

    def _first_views(self) -> list[View]:
        views: list[View] = []
        for place in reversed(self._trajectory.indices):
            index = place - self._trajectory.first
            if self._trajectory.is_at_hand(place):
                views += self._previews.views(self._advance(index))
            else:
                views.append(replace(views[-1], index=index, at=self._trajectory.path[place], decoded=False))
        return views[::-1]

    def _sharpened(self) -> Iterator[View]:
        for place in self._trajectory.indices:
            if not self._trajectory.is_at_hand(place):
                yield from self._previews.views(self._advance(place - self._trajectory.first))
        yield from self._previews.develop()

    def _advance(self, index: int, *, exact: bool = False) -> Advance:
        from gdm_studio.engine.steps import on

        trajectory = self._trajectory
        step = trajectory.step(trajectory.first + index, self._library, exact=exact)
        model = loaded(self._library, trajectory.request)
        return Advance((0,), on(step, model.device), trajectory.path, 0.0, model, first=trajectory.first)


def loaded(library: Library, request: Request) -> LoadedModel:
    """The model of a request on its device or the nearest, from memory where it is there; raises ModelError."""
    from gdm_studio.engine import devices
    from gdm_studio.models.library import load_for

    device, dtype = devices.nearest_place(request, library.card(request.model))
    return load_for(library, request, device=device, dtype=dtype)


def is_loaded(library: Library, request: Request) -> bool:
    """Whether `loaded` would return at once."""
    from gdm_studio.engine import devices
    from gdm_studio.models.library import parts_of

    try:
        device, dtype = devices.nearest_place(request, library.card(request.model))
    except ModelError:
        return False
    return library.is_loaded(request.model, device=device, dtype=dtype, **parts_of(request))
