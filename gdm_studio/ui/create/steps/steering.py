"""A run that is held can be steered: what is changed meanwhile holds for the steps left, as a branch."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.studio.fitting import branched, differing, steered
from gdm_studio.ui.create.steps.changes import changes, part_of

if TYPE_CHECKING:
    from gdm_studio.maths.path import Step
    from gdm_studio.request import Request
    from gdm_studio.run import Advance
    from gdm_studio.studio.work import Work
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.steps.branching import Branching
    from gdm_studio.ui.create.steps.locks import Locks

WHY = "The steps of the run that is paused cannot change; go on or stop it first"
ADVICE = "Change the prompt or guidance"


class Steering:
    """Watches the controls while a run is held, and goes on with what they say."""

    def __init__(self, desk: Desk, branching: Branching, locks: Locks) -> None:
        self._controls, self._bar = desk.page.controls, desk.page.stage.bar
        self._lane, self._making, self._tasks = desk.lane, desk.making, desk.tasks
        self._branching, self._locks = branching, locks
        self._on, self._going = False, False
        self._asked: Request | None = None  # what the controls said when another run was asked for while this is held
        self._bar.held.connect(self._on_held)
        self._bar.held.connect(self._controls.button.set_paused)
        self._controls.button.resume.connect(self.toggle_pause)
        self._bar.continue_clicked.connect(lambda: self._tasks.start(self.go_on()))
        self._controls.changed.connect(self._show_changes)
        branching.on_left = self._show_changes
        desk.making.on_queued = self._on_queued

    def toggle_pause(self) -> None:
        """Holds the run, or lets it go on, with what was changed meanwhile."""
        if self._on and self._changes():
            self._tasks.start(self.go_on())
        else:
            self._making.toggle_pause()

    async def go_on(self) -> None:
        """Makes the steps left of the pictures in hand with the changed settings, as branches of them."""
        if not self._going:  # a second click comes before the first has had its effect
            self._going = True
            try:
                await self._go_on()
            finally:
                self._going = False

    async def _go_on(self) -> None:
        job = self._making.job
        advance = await self._lane.ask(partial(_newest, job)) if job is not None else None
        if job is None or advance is None or advance.step.index >= advance.step.of:
            self._making.toggle_pause()  # nothing has begun yet, or nothing is left
            return
        wanted, images = self._wanted(job), advance.images
        parent, count = part_of(job.run.request, images)
        branch = branched(parent, advance.step.index, _from_seed(wanted, images[0], count))
        begun = job.run.made | set(images[:count])
        left = [image for image in range(job.run.request.count) if image not in begun]
        step = await self._lane.ask(partial(_rows, advance, count))
        rests: list[Request] = []
        while left:  # which have no steps yet: they are made with the changes from the beginning
            rest, count = part_of(job.run.request, tuple(left))
            rests.insert(0, steered(rest, _from_seed(wanted, left[0], count)))
            left = left[count:]
        for rest in rests:
            await self._making.add(rest, first=True)
        await self._making.continue_from(branch, step, steering=True)

    def _on_held(self, held: bool) -> None:
        job = self._making.job
        self._on, self._asked = held and self._making.item is not None and job is not None and not job.spread, None
        self._locks.hold(self, WHY if self._on else "")
        if self._on:
            self._show_changes()
        elif not self._branching.on:
            self._controls.chip.withdraw()
            self._set_changes("")

    def _changes(self) -> list[str]:
        """What going on would change; nothing while the controls are those of a branch or of what waits."""
        job, others = self._making.job, self._branching.on or self._making.editing.item is not None
        if job is None or not self._on or others:
            return []
        return changes(job.run.request, steered(job.run.request, self._wanted(job)))

    def _wanted(self, job: Work) -> Request:
        """What the controls say of the run that is held: what was asked of another one meanwhile is none of it."""
        now = self._controls.request()
        if self._asked is None:
            return now
        changes = differing(self._asked, now)
        return replace(job.run.request, **changes | ({"knobs": now.knobs} if "sampler" in changes else {}))

    def _on_queued(self) -> None:
        self._asked = self._controls.request() if self._on else None
        self._show_changes()

    def _show_changes(self) -> None:
        job = self._making.job
        if not self._on or job is None:
            return
        found = self._changes()
        self._set_changes(", ".join(found))
        if self._branching.on:
            return
        title = "Paused, changed for the steps left" if found else "Paused"
        way_out = ("Drop these changes" if self._asked else "Back to the settings of the run") if found else ""
        self._controls.chip.say(title, " · ".join(found) or ADVICE, way_out=way_out, leave=self._put_back)

    def _set_changes(self, words: str) -> None:
        self._bar.set_changes(words)
        self._controls.button.set_changes(words)

    def _put_back(self) -> None:
        """The settings of the run in the controls again, or of the one that was queued since."""
        job = self._making.job
        if self._on and job is not None:
            now = self._controls.request()
            back = differing(now, self._asked or steered(now, job.run.request))
            self._controls.set_request(replace(self._controls.draft.written, **back))
            self._show_changes()


def _from_seed(wanted: Request, image: int, count: int) -> Request:
    """What is wanted for `count` pictures from `image` on: their seeds follow that of the first."""
    return replace(wanted, seed=wanted.picture(image).seed, count=count)


def _newest(job: Work) -> Advance | None:
    return job.advance


def _rows(advance: Advance, count: int) -> Step:
    from gdm_studio.engine.starts import rows_of

    return rows_of(advance.step, range(count))
