"""The next pictures as branches of a picture: from one of its steps on, with other settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.request import Branch, Request
from gdm_studio.studio.fitting import differing, steered
from gdm_studio.ui.actions import LEAVE_BRANCH, STOP, said
from gdm_studio.ui.create.settings import TAKEN_OVER
from gdm_studio.ui.create.steps.changes import changes

if TYPE_CHECKING:
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.steps.locks import Locks
    from gdm_studio.ui.create.ways import Ways
    from gdm_studio.ui.gallery.reel import Reel

WHY = "A branch stays on the path of the picture it leaves; press × at the foot to change this"
ADVICE = "Change the prompt or guidance"
MAKE = "Make the branch"
NOTHING_CHANGED = "Nothing is changed yet"


class Branching:
    """While `on`, the controls say how a branch goes on, and Generate makes it.

    The steps before it are taken from the reel where there is one, else they are made again.
    """

    def __init__(self, desk: Desk, ways: Ways, locks: Locks) -> None:
        self._controls, self._lane, self._settings = desk.page.controls, desk.lane, desk.settings
        self._making, self._tasks, self._say = desk.making, desk.tasks, desk.say
        self._locks, self._ways = locks, ways
        self._reel: Reel | None = None
        self._made: Request | None = None  # the latest branch: once more it would be the same picture
        self.on_left: Callable[[], object] = lambda: None  # called when no branch is set up any more
        self.on_begun: Callable[[], object] = lambda: None  # called when one is about to be made
        desk.settings.on_use = self.leave
        self._controls.changed.connect(self._show_changes)

    @property
    def on(self) -> bool:
        return self._controls.draft.departure is not None

    def begin(self, parent: Request, step: int, reel: Reel | None = None) -> None:
        """Branches from the picture of `parent` after `step` steps of its path, `reel` holding them."""
        self._turn_to_one()
        before = self._controls.draft.written
        if "model" in self._settings.use(parent):
            self._say("Its model is not here", f"Put {parent.model} into the models folder to branch from it.")
            return
        self._leave_from(Branch(parent, step), reel)
        if differing(before, self._controls.draft.written):
            back = self._settings.back_to(before, self._controls.draft.departure)
            self._say(TAKEN_OVER, "The branch begins with those of its picture.", action="Bring mine back", undo=back)

    def use(self, request: Request) -> list[str]:
        """Sets everything to make the picture of `request` again; what could not be set, in words."""
        left_out = self._settings.use(request)
        if request.branch is None or "model" in left_out:
            return left_out
        self._turn_to_one()
        self._leave_from(request.branch, None)
        return [each for each in left_out if each != "branch"]

    def left_out(self, request: Request) -> list[str]:
        """What `use` could not set of it, in its words."""
        left_out = self._settings.left_out(request)
        return left_out if "model" in left_out else [each for each in left_out if each != "branch"]

    def _turn_to_one(self) -> None:
        """From Live and sets to one run after another."""
        if self._ways.live.on:
            self._ways.turn_live(False)
        if self._ways.sets.on:
            self._ways.turn_set(False)

    def _leave_from(self, departure: Branch, reel: Reel | None) -> None:
        self._controls.draft.departure, self._reel, self._made = departure, reel, None
        self._settings.draw_path()
        self._locks.hold(self, WHY)
        self._controls.button.set_purpose(self, MAKE, f"Go on from step {departure.step} with the settings above")
        self._show_changes()

    def leave(self) -> None:
        """The next pictures begin anew; the controls stay as they are."""
        if self.on:
            self._controls.draft.departure, self._reel = None, None
            self._settings.draw_path()
            self._locks.hold(self, "")
            self._controls.button.set_purpose(self, "", "")
            self._controls.chip.withdraw()
            self.on_left()

    def generate(self) -> bool:
        """Makes the branch that the controls say; False where Generate is to do what it always does."""
        departure = self._controls.draft.departure
        if departure is None:
            return False
        request = self._settings.next_request()
        if (request.count == 1 and not self._changes()) or request == self._made:
            self._say(
                NOTHING_CHANGED,
                "It would be the same picture again: change what comes after the step, or leave the branch by ×.",
            )
            return True
        self._made = request
        if self._reel is None:
            return False
        self.on_begun()
        self._tasks.start(self._go_on(request, departure.step, self._reel))
        return True

    async def _go_on(self, request: Request, step: int, reel: Reel) -> None:
        try:
            saved = await self._lane.ask(partial(reel.saved, step - reel.run.first))
        except BadRequest:  # made elsewhere: the way there is gone again, as this machine goes it
            self._making.generate()
            return
        self._making.continue_from(request, saved.step)

    def _changes(self) -> list[str]:
        departure = self._controls.draft.departure
        if departure is None:
            return []
        return changes(departure.parent, steered(departure.parent, self._controls.request()))

    def _show_changes(self) -> None:
        departure = self._controls.draft.departure
        if departure is not None:
            title = f"Branch from step {departure.step} of {departure.parent.subject or 'a picture without a prompt'}"
            text = " · ".join(self._changes()) or ADVICE
            self._controls.chip.say(title, text, way_out=said(LEAVE_BRANCH.tip, STOP.keys), leave=self.leave)
