"""The steps on the stage and everything that can be done with them: the one object that the window makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from gdm_studio.errors import BadRequest
from gdm_studio.run import View
from gdm_studio.ui import actions, looks
from gdm_studio.ui.actions import Action
from gdm_studio.ui.create.steps.branching import Branching
from gdm_studio.ui.create.steps.earlier import Earlier
from gdm_studio.ui.create.steps.locks import Locks
from gdm_studio.ui.create.steps.relatives import Relatives
from gdm_studio.ui.create.steps.steering import Steering
from gdm_studio.ui.gallery.reel import Reel
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.widgets.menu import menu_of

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QMenu

    from gdm_studio.engine.attention import Attention
    from gdm_studio.gallery import Picture
    from gdm_studio.models.library import Library
    from gdm_studio.request import Request
    from gdm_studio.studio.work import Work
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.steps.filming import Filming
    from gdm_studio.ui.create.ways import Ways
    from gdm_studio.ui.widgets.panes.item import Item


class Steps:
    """Parts: `earlier`, `branching`, `steering`, `relatives`, `filming`. The window `close()`s it.

    `compare(items)` sends pictures to the Compare page.
    """

    def __init__(self, desk: Desk, ways: Ways, compare: Callable[[list[Item]], object]) -> None:
        self._desk, self._compare = desk, compare
        self._theme, self._page, self._viewer, self._lane = desk.theme, desk.page, desk.viewer, desk.lane
        self._library, self._making, self._tasks, self._say = desk.library, desk.making, desk.tasks, desk.say
        self._strip = desk.page.stage.filmstrip
        self.relatives = Relatives(desk, go=self._go_to)
        self.earlier = Earlier(desk, on_shown=lambda picture: self.relatives.look_up(picture.id))
        locks = Locks(desk.page.controls)
        self.branching = Branching(desk, ways, locks)
        self.steering = Steering(desk, self.branching, locks)
        self._connect()

    @cached_property
    def filming(self) -> Filming:
        """What exports films, made when it is first needed."""
        from gdm_studio.ui.create.steps.filming import Filming

        return Filming(self._desk)

    def show(self, picture: Picture) -> None:
        """Puts a picture of the gallery on the stage, with the steps that were kept of it."""
        self._tasks.start(self.earlier.show(picture))

    def show_steps(self, picture: Picture) -> None:
        """Puts the steps of a picture of the gallery under it, where it is on the stage already."""
        self._tasks.start(self.earlier.show_steps(picture))

    def generate(self) -> bool:
        """Makes a branch, where one is under way; False where Generate is to do what it always does."""
        return self.branching.generate()

    def use(self, request: Request) -> list[str]:
        """Sets everything to make the picture of `request` again, a branch too; what could not be set, in words."""
        return self.branching.use(request)

    def left_out(self, request: Request) -> list[str]:
        """What `use` could not set of it."""
        return self.branching.left_out(request)

    def branch(self) -> None:
        """The next pictures leave the path of the picture on the stage at the step that is shown."""
        self._tasks.start(self._branch())

    def keep(self) -> None:
        """Puts what the step that is shown predicts into the gallery."""
        self._tasks.start(self._keep())

    async def picture(self) -> np.ndarray | None:
        """What leaves the stage: its picture, or what the step that is shown predicts, decoded: RGBA or RGB (height,
        width, channels). None where there is none; raises as `sharp`."""
        run, view = self._viewer.on_stage, self._viewer.view()
        if run is None or view is None:
            return self._page.stage.canvas.picture()
        if view.index == view.of:
            result = next((result for result in run.results if result.image == view.image), None)
            if result is not None:
                return result.rgba
        return (await self.sharp(view)).predicted

    async def sharp(self, view: View) -> View:
        """A step of the picture on the stage, decoded: one that is shown only roughly never leaves it.

        Raises BadRequest where it cannot be had.
        """
        if view.decoded:
            return view
        views, place = self._viewer.made_of(view)
        reel = self.earlier.reel_with(views)
        sharp = await self._lane.sharp(views, place) if reel is None else None
        if sharp is None and reel is None and self._viewer.is_on_stage(views):
            reel = await self._reel()
        if sharp is None and reel is not None:
            picture = await self._lane.ask(partial(reel.decoded, place + 1))
            sharp = replace(view, predicted=picture, decoded=True)
        if sharp is None:
            raise BadRequest(f"Step {self._number(view)} was only drawn roughly and is not kept; take another one.")
        return sharp

    def compare(self) -> None:
        """The step that is shown beside the last one, on the Compare page."""
        self._tasks.start(self._beside_the_last())

    def copy(self) -> None:
        """The step as it is shown, on the clipboard."""
        self._tasks.start(self._copy())

    def film(self) -> None:
        """Asks how the steps are to be exported as a film."""
        self._tasks.start(self._film())

    def words(self) -> None:
        """Shows what each word of the prompt did, where that was kept."""
        self._tasks.start(self._words())

    def play(self) -> None:
        """Plays the steps, or stops where they are."""
        if self._viewer.is_playing:
            self._viewer.stop_playing()
        else:
            self._tasks.start(self._viewer.replay())

    def show_menu(self, place: QPoint) -> QMenu | None:
        """Opens what can be done with the step that is shown, at a place of the screen."""
        view = self._viewer.view()
        if view is None:
            return None
        title = f"Step {self._number(view)} of {view.of + self._viewer.lead()}"
        return menu_of(self._strip, self._theme, self._of_the_step(), title=title, at=place)

    def close(self) -> None:
        """Gives up the film that is being written."""
        if "filming" in vars(self):
            self.filming.close()

    def actions(self) -> list[Action]:
        """What the window's keys and its palette offer."""
        return [
            actions.PLAY.does(self.play, self._can_play),
            *self._of_the_step(),
            actions.LEAVE_BRANCH.does(self.branching.leave, lambda: self.branching.on),
            actions.FAMILY.does(self.relatives.open, lambda: len(self.relatives.pictures) > 1),
        ]

    def _of_the_step(self) -> list[Action]:
        """What can be done with the step that is shown, in the order of its menu."""
        return [
            actions.KEEP.does(self.keep, self._can_keep),
            actions.BRANCH.does(self.branch, self._can_branch),
            actions.COMPARE_FINAL.does(self.compare, self._can_compare),
            actions.COPY.does(self.copy, self._can_play),
            actions.WORDS.does(self.words, self._can_words),
            actions.FILM.does(self.film, self._can_film),
        ]

    async def _branch(self) -> None:
        request, view, run = self._request(), self._viewer.view(), self._viewer.on_stage
        if request is None or view is None or run is None or not self._can_branch():
            return
        branch = request.branch
        step = self._number(view) if branch else run.first + view.index
        if branch is not None and step <= branch.step:  # which is the other picture's still
            self.branching.begin(branch.parent, step)
        else:
            self.branching.begin(request, step, await self._reel())

    async def _beside_the_last(self) -> None:
        from gdm_studio.ui.widgets.panes.item import Item

        request, views, view = self._request(), self._viewer.views(), self._viewer.view()
        if request is not None and view is not None:
            shown = [(f"Step {self._number(view)}", await self.sharp(view)), ("Final", await self.sharp(views[-1]))]
            self._compare([Item(title, step.predicted, request) for title, step in shown])

    async def _copy(self) -> None:
        views, view, look = self._viewer.views(), self._viewer.view(), self._viewer.shown
        if view is None:
            return
        seen = views[max(view.index - 2, 0) : view.index] if look == looks.DIFFERENCE else [view]
        if look in (looks.PREDICTED, looks.DIFFERENCE):  # the others are read linearly
            seen = [await self.sharp(each) for each in seen]
        picture = looks.picture(looks.sources(seen, len(seen), look))
        QGuiApplication.clipboard().setImage(qimage(picture))
        self._say(f"Step {self._number(view)} copied", "Paste it into any program.", kind="success")

    async def _film(self) -> None:
        request = self._request()
        if request is not None:
            own = self._viewer.views()[self._viewer.shared() :]
            self.filming.open(request, own, await self._reel(), look=self._viewer.shown)

    async def _words(self) -> None:
        from gdm_studio.ui.create.steps.words_view import WordsView

        views, source = self._viewer.views(), await self._kept_bytes()
        told = await self._lane.ask(partial(_words_in, source)) if source is not None else None
        if told is None or not views:
            how = "Turn on “See what each word does” under More, and make it anew."
            self._say("Nothing was kept of its words", how)
            return
        WordsView(self._theme, views[-1].predicted, told, parent=self._page.window()).open_up()

    async def _kept_bytes(self) -> Path | bytes | None:
        """Where the steps of the picture on the stage are kept, or they themselves."""
        run, image = self._viewer.run, self._viewer.image
        if run is not None and self._viewer.shows_run:
            result = next((result for result in run.results if result.image == image), None)
            if result is not None and result.steps:
                return result.steps
        picture_id = self._viewer.picture_id() or (self.earlier.picture.id if self.earlier.picture else "")
        return await self.earlier.file_of(picture_id) if picture_id else None

    async def _keep(self) -> None:
        view, run = self._viewer.view(), self._viewer.on_stage
        reel = await self._reel()
        if reel is None or view is None or run is None:
            return
        result = await self._lane.ask(partial(reel.picture, view.index - self._viewer.shared()))
        await self._making.keep_run(replace(run, request=result.request, results=[result]))
        self._say(
            f"Step {self._number(view)} is in the gallery", "As the picture that was predicted there.", kind="success"
        )

    async def _reel(self) -> Reel | None:
        """The steps so far of the picture on the stage; None where none are at hand."""
        if (reel := self.earlier.reel()) is not None:
            return reel
        run, image = self._viewer.run, self._viewer.image
        if run is None or not self._viewer.shows_run:
            return None
        result = next((result for result in run.results if result.image == image), None)
        job = self._making.job
        if result is not None and result.steps:
            return await self._lane.ask(partial(Reel, result.steps, self._library))
        if picture_id := self._viewer.picture_id():  # its steps are in their file, and held no more
            return await self.earlier.reel_of(picture_id, run.request)
        if job is not None and job.run is run:
            return await self._lane.ask(partial(_so_far, job, image, self._library))
        return None

    def _number(self, view: View) -> int:
        """Of a step, as people count: a branch goes on from the steps of the picture it leaves."""
        return self._viewer.lead() + view.index

    def _request(self) -> Request | None:
        """What makes the picture on the stage, alone."""
        run = self._viewer.on_stage
        image = self._viewer.image if self._viewer.shows_run else 0
        return None if run is None else run.request.picture(image)

    def _go_to(self, picture: Picture) -> None:
        """Another picture of the family, in the gallery too where it is in its list."""
        self._page.gallery.ring(picture.id)
        if not self._viewer.choose_picture(picture.id):
            self.show(picture)

    def _on_picture(self) -> None:
        """What is said of the picture beside the canvas, and done to it there, is of that which people turned to."""
        picture_id = self._viewer.picture_id()
        self.relatives.look_up(picture_id)
        if self._viewer.shows_run and self._viewer.image_chosen:
            self._page.gallery.ring(picture_id)

    def _has_ended(self) -> bool:
        run = self._viewer.on_stage
        return run is not None and run.state.ended

    def _can_play(self) -> bool:
        return self._viewer.view() is not None

    def _can_branch(self) -> bool:
        """Not from the end, and not from what no request makes: a picture on its way to its noise."""
        run, view = self._viewer.on_stage, self._viewer.view()
        return run is not None and view is not None and view.index < view.of and run.path[-1].sigma == 0

    def _can_keep(self) -> bool:
        run, view = self._viewer.on_stage, self._viewer.view()
        job = self._making.job
        at_hand = run is not None and (bool(run.results) or (job is not None and job.run is run))
        own = view is not None and view.index > self._viewer.shared()
        return own and (self.earlier.reel() is not None or at_hand)

    def _can_film(self) -> bool:
        return len(self._viewer.views()) > 1 and self._has_ended()

    def _can_words(self) -> bool:
        return self._has_ended() and self._viewer.view() is not None

    def _can_compare(self) -> bool:
        view = self._viewer.view()
        return self._has_ended() and view is not None and view.index < len(self._viewer.views())

    def _connect(self) -> None:
        strip = self._strip
        self._viewer.on_picture = self._on_picture
        self.branching.on_begun = self._page.stage.setFocus  # out of the prompt, so that Space pauses
        strip.play_clicked.connect(self.play)
        strip.menu_asked.connect(self.show_menu)
        strip.live_asked.connect(self._page.gallery.grid.clear_selection)


def _words_in(source: Path | bytes) -> Attention | None:
    """In the lane's thread; raises StorageError."""
    from gdm_studio.engine.attention import read

    return read(source)


def _so_far(job: Work, image: int, library: Library) -> Reel | None:
    """In the lane's thread: the steps of a picture that is being made."""
    advance = job.advance
    if advance is None or advance.record is None or image not in advance.images:
        return None
    return Reel(advance.record.to_bytes(advance.images.index(image), last=advance.step), library)
