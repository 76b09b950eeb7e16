"""What the stage shows of a run: which of its pictures, which step, predicted or noisy, live or looking back."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

from gdm_studio.maths.path import Path
from gdm_studio.run import Run, State, View
from gdm_studio.ui.stage import caption_of

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.curve import NoiseCurve
    from gdm_studio.ui.stage import Stage

REPLAY_SECONDS = (2.5, 8.0)  # a replay lasts as long as the run did, within these
FRAMES = 60  # a second, at most


class Viewer:
    """Follows one run on the stage and the noise curve; it reads `run.views` and nothing else of the lane.

    `live` is True while the newest step is shown as it comes; looking back at a step or at another picture
    leaves the run alone.
    """

    def __init__(self, stage: Stage, curve: NoiseCurve) -> None:
        self._stage = stage
        self._curve = curve
        self.run: Run | None = None
        self.image = 0
        self.live = True
        self._index = 0  # the step shown while not live
        self._image_chosen = False
        self._noisy = False
        self._shown_before = ""  # predicted or noisy, to go back to with the next run
        self._still = False  # a picture of the gallery is on the canvas, not the run
        self._replay = 0  # which replay is under way; anything else the person turns to takes the next number
        self._newest: View | None = None
        self._drawn: Path = ()  # the noise path on the curve
        self._kept: dict[str, int] = {}  # ids in the gallery of the run's pictures
        stage.filmstrip.scrubbed.connect(self.look_at)
        stage.filmstrip.live_asked.connect(self.go_live)
        stage.filmstrip.image_chosen.connect(self.choose_image)
        stage.bar.shown.connect(self.set_shown)
        curve.picked.connect(self.look_at)

    def shows(self, run: Run, image: int) -> bool:
        """Whether picture `image` of `run` is on the canvas as it comes."""
        return self.shows_run and self.run is run and self.image == image and self.live

    @property
    def shows_run(self) -> bool:
        return self.run is not None and not self._still

    @property
    def shown(self) -> str:
        """Which picture of a step is shown, as `set_shown` takes it."""
        return "noisy" if self._noisy else "predicted"

    @property
    def shown_next(self) -> str:
        """The same for the next run."""
        return self._shown_before or self.shown

    def follow(self, run: Run) -> None:
        """Turns to a run that has just begun."""
        self.set_shown(self.shown_next)
        self.run, self.image, self._newest = run, 0, None
        self._replay += 1
        self._stage.set_mode("")
        self._stage.set_finished(False)
        self.live, self._image_chosen, self._still = True, False, False
        self._drawn = ()
        self._kept = {}
        self._stage.filmstrip.set_running(True)
        self._take_image(0)
        self._curve.set_current(0)
        self._stage.set_caption(run.request.prompt or "No prompt", "")

    def refresh(self, newest: View | None) -> None:
        """Takes up what is new: `newest` is the step just made, of the picture being made."""
        if self.run is None or newest is None:
            return
        self._newest = newest
        if self._drawn is not self.run.path:
            self._drawn = self.run.path
            self._curve.take_up(self.run.path)
            self._stage.filmstrip.set_steps(self.run.steps)
        self._stage.filmstrip.set_running(not self.run.state.ended)
        if not self.shows_run or self._stage.mode():
            return
        if not self._image_chosen and newest.image != self.image:
            self._take_image(newest.image)
        self._stage.filmstrip.refresh()
        self._show()

    def look_at(self, index: int) -> None:
        """Shows step `index` (1 …) as far as it has been made, while the run goes on."""
        self._replay += 1
        self._stage.set_mode("")
        self._turn_to(index)

    def step(self, by: int) -> None:
        """One step back or on from the one shown; on from the newest is live again."""
        newest = len(self._views())
        index = (newest if self.live else self._index) + by
        if index >= newest:
            self.go_live()
        else:
            self.look_at(index)

    def go_live(self) -> None:
        """Shows the newest step, now and as it comes."""
        self._replay += 1
        self._stage.set_mode("")
        if self.run is None:
            return
        if self._still:
            self._still = False
            self._take_image(self.image)
        self.live = True
        self._stage.filmstrip.go_live()
        self._show()

    def choose_image(self, image: int) -> None:
        """Shows picture `image` of the run and its steps; the choice holds until the next run."""
        if self.run is None or not 0 <= image < len(self.run.views):
            return
        self._image_chosen, self._still, self.live = True, False, True
        self._replay += 1
        self._stage.set_mode("")
        self._take_image(image)
        self._show()

    def kept(self, run: Run, image: int, picture_id: str) -> None:
        """Remembers under which id a picture of the run went into the gallery."""
        if run is self.run:
            self._kept[picture_id] = image

    def choose_picture(self, picture_id: str) -> bool:
        """Turns to the picture of the run that has this id in the gallery; False where the run has none."""
        if picture_id not in self._kept:
            return False
        self.choose_image(self._kept[picture_id])
        return True

    def set_shown(self, which: str) -> None:
        """Shows x0 ("predicted") or x ("noisy")."""
        self._shown_before = ""
        self._apply_shown(which)

    def show_for_this_run(self, which: str) -> None:
        """As `set_shown`, until another run is followed."""
        before = self.shown_next
        self._apply_shown(which)
        self._shown_before = before

    def _apply_shown(self, which: str) -> None:
        self._noisy = which == "noisy"
        self._stage.bar.set_shown(which)
        self._stage.filmstrip.show_noisy(self._noisy)
        if self.shows_run:
            self._show()

    def show_still(self, rgba: np.ndarray, strong: str, rest: str) -> None:
        """Shows a picture that is no step of the run; a run that is going on goes on unseen."""
        self._still = True
        self._replay += 1
        self._stage.set_mode("")
        self._stage.set_finished(True)
        self._stage.filmstrip.set_images(1, 0)
        self._stage.filmstrip.set_views([], 0)
        self._stage.canvas.show_picture(rgba)
        self._stage.set_caption(strong, rest)

    async def replay(self) -> None:
        """Plays the steps of the picture shown at a pace one can watch; anything the person turns to ends it."""
        views = self._views()
        if not self.shows_run or len(views) < 2:
            return
        shortest, longest = REPLAY_SECONDS
        seconds = min(max(sum(view.ms for view in views) / 1000, shortest), longest)
        self._replay += 1
        ours, began, index = self._replay, time.perf_counter(), 0
        while self._replay == ours and index < len(views):
            index = min(len(views), 1 + math.floor((time.perf_counter() - began) / seconds * len(views)))
            self._turn_to(index)
            await asyncio.sleep(max(1 / FRAMES, seconds / len(views) / 2))
        if self._replay == ours:
            self.go_live()

    def view(self) -> View | None:
        """The step on the canvas."""
        views = self._views()
        if not views or not self.shows_run:
            return None
        if not self.live:
            return views[self._index - 1]
        newest = self._newest
        # the step just made is not the last of the list while pictures go through their steps again
        return views[newest.index - 1] if newest is not None and newest.image == self.image else views[-1]

    def seed(self) -> int | None:
        """The seed of the run's picture on the canvas."""
        return None if self.run is None else self.run.request.picture(self.image).seed

    def _from_where(self) -> str:
        """What the run's picture comes out of: a seed, unless it is on its way to its noise."""
        inverts = self.run is not None and bool(self.run.path) and self.run.path[-1].sigma > 0
        return "to its noise" if inverts else f"seed {self.seed()}"

    def _paused(self) -> bool:
        return self.run is not None and self.run.state is State.PAUSED

    def _views(self) -> list[View]:
        return [] if self.run is None else self.run.views[self.image]

    def _turn_to(self, index: int) -> None:
        views = self._views()
        if not self.shows_run or not views:
            return
        self.live, self._index = False, min(max(index, 1), len(views))
        self._stage.filmstrip.select(self._index)
        self._show()

    def _take_image(self, image: int) -> None:
        assert self.run is not None
        self.image = image
        self._stage.filmstrip.set_images(len(self.run.views), image)
        self._stage.filmstrip.set_views(self.run.views[image], self.run.steps)

    def _show(self) -> None:
        view = self.view()
        if view is None:
            return
        self._stage.canvas.show_picture(view.noisy if self._noisy else view.predicted)
        caption = caption_of(view, self._from_where(), paused=self.live and self._paused())
        self._stage.set_caption(*caption)
        self._curve.set_current(view.index)
        self._stage.set_finished(self.run is not None and self.run.state.ended)
