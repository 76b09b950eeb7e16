"""What the stage shows of a run or an earlier picture: which step, in which look, live, looking back or playing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gdm_studio.run import Run, State, View
from gdm_studio.ui import looks
from gdm_studio.ui.create.stage.pictures_sheet import MOST as SIDE_BY_SIDE
from gdm_studio.ui.create.stage.stage import caption_of
from gdm_studio.ui.create.steps.way import NOTHING, Shared, Way, shared

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.create.panel.curve import NoiseCurve
    from gdm_studio.ui.create.stage.stage import Stage

PLAY_SECONDS = (2.5, 8.0)  # playing lasts as long as the run did, within these
REST_SECONDS = 0.8  # on the finished picture, before it is played again
FRAMES = 60  # a second, at most


class Viewer:
    """Follows one run on the stage and the noise curve; it reads `run.views` and nothing else of the lane.

    `run` is the one that is followed; `on_stage` is whose steps are shown: that run, an earlier one (`show_earlier`),
    or None for a picture without steps. `live` is True while the newest step is shown as it comes; looking back at a
    step or at another picture leaves the run alone.
    """

    def __init__(self, stage: Stage, curve: NoiseCurve) -> None:
        self._stage = stage
        self._curve = curve
        self.run: Run | None = None
        self.on_stage: Run | None = None
        self.image = 0  # of the run that is followed
        self.live = True
        self.looping = False
        self._index = 0  # the step shown while not live
        self.image_chosen = False  # whether people turned to that one
        self._look = looks.PREDICTED
        self._look_before = ""  # to go back to with the next run
        self._playing: object | None = None  # what stands for the playing under way; whatever is turned to ends it
        self._newest: View | None = None
        self._seen: looks.Sources = ()  # what is on the canvas
        self._marked: tuple[object, ...] = ()  # what the curve stands at
        self.on_picture: Callable[[], object] = lambda: None  # called when another picture is on the stage, or kept
        self.turn = 0  # counts whatever is turned to: whoever waited to show something sees that it is too late
        self._run_shared: list[Shared] = []  # of the run that is followed, by picture
        self._shared: list[Shared] = [NOTHING]  # by picture on the stage: the steps it has from the one it left
        self._offered: Run | None = None  # to be kept, by the bar's button
        self._connect()

    def offer_to_keep(self, run: Run | None) -> None:
        """The bar has a button to keep what this run has reached, for as long as that is on the stage."""
        self._offered = run
        self._show_offer()

    def shows(self, run: Run, image: int) -> bool:
        """Whether picture `image` of `run` is on the canvas, or one of its steps."""
        return self.shows_run and self.run is run and self.image == image

    @property
    def shows_run(self) -> bool:
        """Whether steps of the run that is followed are on the canvas."""
        return self.run is not None and self.on_stage is self.run

    @property
    def shown(self) -> str:
        """Which look of a step is shown, as `set_shown` takes it."""
        return self._look

    @property
    def shown_next(self) -> str:
        """The same for the next run."""
        return self._look_before or self._look

    def follow(self, run: Run) -> None:
        """Turns to a run that has just begun."""
        self.set_shown(self.shown_next)
        at_hand = (self.on_stage, self.run)
        self._run_shared = shared(run, at_hand)
        self.run, self._newest, self.image_chosen = run, None, False
        self._turn_away()
        self._stage.set_finished(False)
        self._stage.filmstrip.set_running(True)
        self._stage.filmstrip.set_earlier(False)
        self._take_image(0)
        if self._is_several():
            self._stage.pictures.begin(len(run.views))
            self._stage.set_together(True)
        self._curve.set_current(0)
        self._stage.set_caption(run.request.title, "")

    def refresh(self, newest: View | None) -> None:
        """Takes up what is new: `newest` is the step just made, of the picture being made."""
        if self.run is None or newest is None:
            return
        self._newest = newest
        self._stage.filmstrip.set_running(not self.run.state.ended)
        if not self.shows_run or self._stage.mode():
            return
        if self.live and not self.image_chosen and newest.image != self.image:
            self._take_image(newest.image)
        self._stage.filmstrip.set_steps(self._steps(), lead=self.lead())
        self._show()

    def look_at(self, index: int) -> None:
        """Shows step `index` (1 …) as far as it has been made, while the run goes on."""
        self._turn_away()
        self._turn_to(index)

    def step(self, by: int) -> None:
        """One step back or on from the one shown; on from the newest of a run is live again."""
        newest = len(self.views())
        index = (newest if self.live else self._index) + by
        if index >= newest:
            self.go_to_end()
        else:
            self.look_at(index)

    def go_to_end(self) -> None:
        """Shows the newest step: of the run, as it comes, or of the earlier picture that is on the stage."""
        if self.shows_run or self.on_stage is None:
            self.go_live()
        else:
            self.look_at(len(self.views()))

    def go_live(self) -> None:
        """Shows the newest step of the run, now and as it comes."""
        self._turn_away()
        if self.run is None:
            return
        if not self.shows_run:
            self._take_image(self.image)
        self.live = True
        self._stage.set_together(self._is_several() and not self.image_chosen)
        self._stage.filmstrip.go_live()
        self._show()

    def show_together(self) -> None:
        """All pictures of the run side by side."""
        self.image_chosen = False
        self.go_live()

    def choose_image(self, image: int) -> None:
        """Shows picture `image` of the run and its steps; the choice holds until the next run."""
        if self.run is None or not 0 <= image < len(self.run.views):
            return
        self.image_chosen = True
        self._turn_away()
        self._take_image(image)
        self._show()

    def kept(self, run: Run, image: int, picture_id: str) -> None:
        """Notes under which id a picture of a run went into the gallery."""
        run.kept[image] = picture_id
        if run is self.run:
            self.on_picture()

    def picture_id(self) -> str:
        """The id in the gallery of the run's picture on the stage; "" where it has none."""
        return self.run.kept.get(self.image, "") if self.run is not None and self.shows_run else ""

    def choose_picture(self, picture_id: str) -> bool:
        """Turns to the picture of the run that has this id in the gallery; False where the run has none."""
        found = [image for image, kept in self.run.kept.items() if kept == picture_id] if self.run is not None else []
        for image in found:
            self.choose_image(image)
        return bool(found)

    def set_shown(self, look: str) -> None:
        """Shows one of the LOOKS of a step."""
        self._look_before = ""
        self._apply_look(look)

    def show_for_this_run(self, look: str) -> None:
        """As `set_shown`, until another run is followed."""
        before = self.shown_next
        self._apply_look(look)
        self._look_before = before

    def show_still(self, rgba: np.ndarray, strong: str, rest: str) -> None:
        """Shows a picture without steps; a run that is going on goes on unseen."""
        self._turn_away()
        self._stage.tools.set_back("")
        self.on_stage, self._seen = None, ()
        self._show_offer()
        self._stage.set_finished(True)
        self._stage.filmstrip.set_images(1, 0)
        self._stage.filmstrip.set_earlier(True)
        self._stage.filmstrip.set_views([], 0)
        self._stage.canvas.show_picture(rgba)
        self._stage.set_caption(strong, rest)
        self.on_picture()

    def show_earlier(self, run: Run, parent: Run | None = None) -> None:
        """Shows the last step of a picture that was made before; a run that is going on goes on unseen.

        `parent` is that of the picture it branched from, where that is at hand.
        """
        self._turn_away()
        self.on_stage, self._shared = run, shared(run, [parent])
        self._show_offer()
        self._stage.filmstrip.set_images(1, 0)
        self._stage.filmstrip.set_earlier(True)
        self._show_strip()
        self._turn_to(len(self.views()))

    def redraw(self, run: Run) -> None:
        """Takes up views of `run` that have changed, where it is on the stage."""
        if self.on_stage is run and not self._stage.mode():
            self._stage.filmstrip.refresh()
            self._show()

    @property
    def is_playing(self) -> bool:
        return self._playing is not None

    def stop_playing(self) -> None:
        """Stays at the step that is shown."""
        self._playing = None
        self._stage.filmstrip.set_playing(False)

    async def replay(self) -> None:
        """Plays the steps of the picture shown at a pace one can watch; anything the person turns to ends it."""
        views = self.views()
        if len(views) < 2:
            return
        ours = self._playing = object()
        self._stage.filmstrip.set_playing(True)
        seconds = min(max(sum(view.ms for view in views) / 1000, PLAY_SECONDS[0]), PLAY_SECONDS[1])
        while await self._play_once(ours, seconds) and self.looping:
            await asyncio.sleep(REST_SECONDS)
        if self._playing is ours:
            self.go_to_end()

    async def _play_once(self, ours: object, seconds: float) -> bool:
        """From the first step to the last; False where something else was turned to meanwhile."""
        began, index, of = time.perf_counter(), 0, len(self.views())
        while self._playing is ours and index < of:
            index = min(of, 1 + math.floor((time.perf_counter() - began) / seconds * of))
            self._turn_to(index)
            await asyncio.sleep(max(1 / FRAMES, seconds / of / 2))
        return self._playing is ours

    def view(self) -> View | None:
        """The step on the canvas."""
        views = self.views()
        if not views:
            return None
        if not self.live:
            return views[self._index - 1]
        newest = self._newest
        # the step just made is not the last of the list while pictures go through their steps again
        is_here = newest is not None and newest.image == self.image
        return views[self.shared() + newest.index - 1] if newest is not None and is_here else views[-1]

    def lead(self) -> int:
        """Steps that the picture on the stage has from the one it branched from, and that are not shown."""
        branch = self.on_stage and self.on_stage.request.branch
        return branch.step - self.shared() if branch else 0

    def shared(self) -> int:
        """How many of the steps shown are those of the picture that the one on the stage branched from."""
        return self._shared[self._image()].count if self.on_stage is not None else 0

    def seed(self) -> int | None:
        """The seed of the picture on the canvas; None for one without steps."""
        return None if self.on_stage is None else self.on_stage.request.picture(self._image()).seed

    def views(self) -> Sequence[View]:
        """Those of the picture on the stage, after those it has from the one it branched from."""
        if self.on_stage is None:
            return []
        own, before = self.on_stage.views[self._image()], self._shared[self._image()]
        return Way(before, own, of=self._own_steps()) if before.count else own

    def made_of(self, view: View) -> tuple[Sequence[View], int]:
        """The views of the run that made a step of the picture on the stage, and its place among them."""
        assert self.on_stage is not None
        before, place = self._shared[self._image()], view.index - 1
        own = self.on_stage.views[self._image()]
        return (before.views, place) if place < before.count else (own, place - before.count)

    def is_on_stage(self, views: Sequence[View]) -> bool:
        """Whether these are those that the run on the stage made of its picture."""
        return self.on_stage is not None and views is self.on_stage.views[self._image()]

    def _is_several(self) -> bool:
        """Whether the run that is followed has pictures to be seen side by side."""
        return self.run is not None and 1 < len(self.run.views) <= SIDE_BY_SIDE

    def _image(self) -> int:
        return self.image if self.shows_run else 0

    def _own_steps(self) -> int:
        """Steps that the picture on the stage makes itself; before its run has begun, as its branch says."""
        run = self.on_stage
        assert run is not None
        branch = run.request.branch
        return run.steps if run.path or branch is None else run.steps - branch.step

    def _steps(self) -> int:
        return self.shared() + self._own_steps()

    def _show_strip(self) -> None:
        """The steps of the picture on the stage."""
        self._stage.filmstrip.set_views(self.views(), self._steps())
        self._stage.filmstrip.set_steps(self._steps(), lead=self.lead())

    def _turn_away(self) -> None:
        """From whatever is being played or laid over the stage."""
        self.turn += 1
        self.stop_playing()
        self._stage.set_mode("")
        self._stage.set_together(False)

    def _turn_to(self, index: int) -> None:
        if views := self.views():
            self.live, self._index = False, min(max(index, 1), len(views))
            self._stage.filmstrip.select(self._index)
            self._show()

    def _take_image(self, image: int) -> None:
        assert self.run is not None
        self._stage.tools.set_back("")
        self.on_stage, self.image, self.live = self.run, image, True
        self._show_offer()
        self._shared = self._run_shared
        self._stage.filmstrip.set_earlier(False)
        self._stage.filmstrip.set_images(len(self.run.views), image)
        self._show_strip()
        self.on_picture()

    def _show_offer(self) -> None:
        self._stage.bar.set_keep(self._offered is not None and self.on_stage is self._offered)

    def _apply_look(self, look: str) -> None:
        self._look = look
        self._stage.bar.set_shown(look)
        self._stage.filmstrip.strip.show_look(look)
        self._show()

    def _show(self) -> None:
        view, run = self.view(), self.on_stage
        if view is None or run is None:
            return
        if self._stage.pictures_together:
            self._stage.pictures.fill(run.views, self._look)
            self._stage.pictures.mark(self.image)
        found = looks.sources(self.views(), view.index, self._look)
        if len(found) != len(self._seen) or any(one is not other for one, other in zip(found, self._seen, strict=True)):
            self._seen = found
            self._stage.canvas.show_picture(looks.picture(found))
        paused = self.live and run.state is State.PAUSED
        self._stage.set_caption(*caption_of(view, self._from_where(run), lead=self.lead(), paused=paused))
        self._mark(run, view.index - self.shared())
        self._stage.set_finished(run.state.ended)

    def _mark(self, run: Run, index: int) -> None:
        """Brings the curve's point there, unless it is: meanwhile the curve may be that of changed settings."""
        if (here := (id(run), run.path, index)) != self._marked:
            self._marked = here
            self._curve.take_up(run.path)
            self._curve.set_current(index)

    def _from_where(self, run: Run) -> str:
        """What the picture comes out of: a seed, unless it is on its way to its noise."""
        inverts = bool(run.path) and run.path[-1].sigma > 0
        return "to its noise" if inverts else f"seed {self.seed()}"

    def _connect(self) -> None:
        strip = self._stage.filmstrip
        strip.scrubbed.connect(self.look_at)
        strip.image_chosen.connect(self.choose_image)
        strip.all_asked.connect(self.show_together)
        self._stage.pictures.chosen.connect(self.choose_image)
        strip.loop_toggled.connect(lambda on: setattr(self, "looping", on))
        self._stage.bar.shown.connect(self.set_shown)
        self._curve.picked.connect(lambda index: self.look_at(self.shared() + index))
