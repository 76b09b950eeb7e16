"""Making pictures: one coroutine a job carries it from the queue to the gallery."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from textwrap import shorten
from typing import TYPE_CHECKING

from gdm_studio.errors import ModelError, StudioError
from gdm_studio.models.accepts import CHOOSE_VAE
from gdm_studio.queueing import Item, ItemState
from gdm_studio.request import Request
from gdm_studio.run import Run, State, View
from gdm_studio.studio.work import Work
from gdm_studio.ui.create.keeping import Keeping, Unsaved
from gdm_studio.ui.create.offers import Offers
from gdm_studio.ui.create.progress import progress_text
from gdm_studio.ui.create.queue.editing import Editing
from gdm_studio.ui.gallery.forming import FormingTiles
from gdm_studio.workers.orders import Order

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from gdm_studio.maths.path import Step
    from gdm_studio.studio.work import Source
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.queue.away import Away
    from gdm_studio.ui.create.queue.backlog import Backlog
    from gdm_studio.ui.create.settings import Settings
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.widgets.topbar import TopBar

HINT = 56  # characters of a prompt in a notice
READY = "Your pictures are ready"


@dataclass(eq=False)
class _Followed:
    """A job, and the item of the queue that it carries out."""

    job: Work
    item: Item | None
    held: bool = False  # in the queue, by whomever


class Making:
    """The Create page at work: jobs taken from the queue, and what its buttons do to the first of them.

    There is one at a time, or, where several workers make the pictures, one for each that has nothing else to do.
    """

    def __init__(
        self, page: CreatePage, viewer: Viewer, top: TopBar, *, lane: Lane, shelf: Shelf, backlog: Backlog,
        settings: Settings, tasks: Tasks, say: Say,
    ) -> None:  # fmt: skip
        self._page, self._viewer, self._top, self._settings = page, viewer, top, settings
        self._lane, self._shelf, self._backlog, self._tasks, self._say = lane, shelf, backlog, tasks, say
        self.device = ""  # in words, once known
        self.editing = Editing(page, settings.use, say=say)
        self.lent = False  # the lane and the button are another's: nothing is begun by itself
        self.closing = False
        self.on_queued: Callable[[], object] = lambda: None  # called when a run was asked for that has to wait
        self.keeping = Keeping(page, viewer, shelf=shelf, backlog=backlog, tasks=tasks, say=say)
        self.forming = FormingTiles()
        self.away: Away | None = None  # what is told when work begins and when all of it is done
        retry = partial(self.retry, mend=True)
        self._offers = Offers(page, viewer, lane=lane, keeping=self.keeping, tasks=tasks, say=say, retry=retry)
        self._hint = ""  # title of the notice that counts what was queued
        self._next = ""  # id of the item that is to follow, before all others
        self._wished = ""  # id of the item that people want to see, whoever begins it
        self._silent: Work | None = None  # one that gave way to its own branch: nothing of it is offered
        self._followed: list[_Followed] = []  # jobs that are running, the first of them on the stage
        self._left: list[_Followed] = []  # those that have ended before all of their pictures were taken up
        lane.room.connect(lambda: tasks.start(self.go_on()))
        backlog.changed.connect(self._follow_queue)
        page.controls.stop.connect(lambda: self.stop())
        page.stage.bar.pause_clicked.connect(lambda: self.toggle_pause())
        page.stage.filmstrip.live_asked.connect(lambda: self.go_live())
        page.stage.filmstrip.end_asked.connect(self.go_to_end)

    @property
    def job(self) -> Work | None:
        """The one that is running, of several the first."""
        return self._followed[0].job if self._followed else None

    @property
    def item(self) -> Item | None:
        """Of the queue, that the job carries out."""
        return self._followed[0].item if self._followed else None

    @property
    def under_way(self) -> list[tuple[Work, Item | None]]:
        """All that are running, with their items."""
        return [(each.job, each.item) for each in self._followed]

    def job_of(self, item_id: str) -> Work | None:
        """The job that carries out this item of the queue."""
        return next((job for job, item in self.under_way if item is not None and item.id == item_id), None)

    def set_device(self, described: str) -> None:
        """The device in words, once it is known."""
        self.device = described
        self.show_busy(self.job is not None)

    def show_busy(self, busy: bool) -> None:
        """Whether the device is at work."""
        self._top.set_device(self.device, "busy" if busy else "idle")

    def generate(self) -> asyncio.Task[None] | None:
        """Starts a run of what the controls say and returns its task; None where it has to wait in the queue."""
        if not self._page.controls.button.isEnabled():
            return None
        request = self._settings.next_request()
        if self.job is not None or self.lent:
            self._tasks.start(self.add(request))
            self.on_queued()
            return None
        item = self._backlog.begin(request)
        return self._tasks.start(self._carry_through(self._begin(request, item, asked=True), item))

    def save_edited(self) -> bool:
        """Puts what is edited back into the queue; False where nothing is, and Generate is to make pictures."""
        if self.editing.item is None or not self._page.controls.button.isEnabled():
            return False
        self._tasks.start(self._put_back(self.editing.item, self._settings.next_request()))
        self.editing.end()
        return True

    async def add(self, request: Request, *, first: bool = False) -> None:
        """Puts a request at the end of the queue, or before all others, and says how many wait."""
        await self._backlog.ask(lambda queue: queue.add(request, first=first))
        self.withdraw_hint()
        self._hint = f"Queued · {len(self._backlog.waiting)}"
        self._say(self._hint, shorten(request.title, HINT, placeholder="…"))
        await self.go_on()

    def withdraw_hint(self) -> None:
        """Takes away what says how many wait."""
        self._page.notices().withdraw(self._hint)

    async def go_on(self, wanted: str = "") -> None:
        """Begins what is next in the queue, or the item asked for, unless something runs or the queue is held."""
        if self._is_taken():
            return
        found = await self._backlog.take_next(wanted, device=self.job.run.request.device if self.job else "")
        if found is None:
            if self.away is not None and self.job is None and not self._is_taken():
                failed = sum(item.state is ItemState.FAILED for item in self._backlog.items)
                self.away.rest(READY, f"{failed} failed and can be tried again." if failed else "All is made.")
            return
        item, stood = found
        beside = self.job
        if self._is_taken() or (beside and beside.run.request.device != item.request.device):
            # something else was begun meanwhile
            await self._backlog.ask(lambda queue: queue.put_down(item.id))
            return
        orders = [Order.of(item.request, made=item.made, stood=stood)]
        asked = bool(wanted) or item.id == self._wished
        others = any(each.request.device == item.request.device for each in self._backlog.waiting)
        shares = beside is not None or (others and not asked)  # one picture that was asked for can be steered
        await self._carry_through(self._begin(item.request, item, orders=orders, shares=shares, asked=asked), item)

    def continue_from(self, request: Request, step: Step, *, steering: bool = False) -> asyncio.Task[None]:
        """Makes the steps of `request`, usually a branch (`SavedStep.continued`), that come after `step`.

        While something runs it waits in the queue; with `steering` it takes the place of what runs.
        """
        return self._tasks.start(self._continue_from(request, step, steering=steering))

    async def _continue_from(self, request: Request, step: Step, *, steering: bool) -> None:
        stood = await self._lane.standing(request, step)
        item = await self._backlog.ask(lambda queue: queue.add(request, first=steering, steps=stood))
        self._wished = item.id
        if steering and self.job is not None:
            self._next, self._silent = item.id, self.job
            self.job.cancel()
        else:
            self.on_queued()
            await self.go_on(item.id)

    def carry_out(self, request: Request, source: Source, *, then: Callable[[Run], object]) -> None:
        """Starts other work on the stage than generating, unless a run is going on; `then` once it is done."""
        if self.job is None:
            self._tasks.start(self._carry_through(self._begin(request, source=source, asked=True), then=then))

    def lend(self, lent: bool) -> None:
        """Leaves lane and button to another, or takes them back and goes on."""
        self.lent = lent
        self.show_busy(lent)
        if not lent:
            self._tasks.start(self.go_on())

    async def _carry_through(
        self, job: Work, item: Item | None = None, *, then: Callable[[Run], object] | None = None
    ) -> None:
        """One job, top to bottom."""
        try:
            async for newest in job:
                self._show(job, newest)
                await self.keeping.write(self._take_new(job))
                self._tell_forming()
        except StudioError as error:
            if item is None or self._has_other_ways(error, item):
                raise
            self._offers.offer_again(item, error)
        finally:
            given_up = job.cancelled  # by people: closing stops the lane alone, and the run goes on another time
            self._end(job)
            self._tasks.start(self._settle(job, item, given_up=given_up))
        if job.run.state is State.STOPPED and item is not None and job is not self._silent:
            self._offers.offer_reached(job)
        if job.run.state is State.DONE and then is not None:
            then(job.run)
        async for newest in job.developing():
            if self._viewer.run is job.run:
                self._viewer.refresh(newest)

    def _has_other_ways(self, error: StudioError, item: Item) -> bool:
        """Whether there is more to do about it than to try again."""
        if error.remedy == CHOOSE_VAE:  # which is chosen for the chosen model alone
            return self._settings.card is not None and self._settings.card.name == item.request.model
        return isinstance(error, ModelError)

    async def _settle(self, job: Work, item: Item | None, *, given_up: bool) -> None:
        """What the end of a job means for the queue, which goes on whatever the disk says of that."""
        try:
            if item is not None and (given_up or not self.closing):
                await self._put_away(job, item, given_up=given_up)
        finally:
            wanted, self._next = self._next, ""
            self._tasks.start(self.go_on(wanted))

    async def _put_away(self, job: Work, item: Item, *, given_up: bool) -> None:
        error = job.run.error
        if error is not None or not job.run.state.ended:
            remedy = error.remedy if isinstance(error, StudioError) else ""
            sentence = str(error) if error else "It could not be followed to its end."
            await self._backlog.ask(lambda queue: queue.fail(item.id, sentence, remedy=remedy))
        elif job.run.state is State.STOPPED:
            await self._backlog.remove([item.id])
        else:
            if self.keeping.is_stuck and self.away is not None:
                self.away.rest("A picture could not be saved", "The queue waits until it is.")
            await self.keeping.settled()
            if given_up:  # as its last picture was being decoded
                await self._backlog.remove([item.id])
                return
            await self._backlog.ask(lambda queue: queue.put_down(item.id))  # another round of it is to come, if any

    def stop(self, job: Work | None = None) -> None:
        """Ends a run before its next step, the first where it is not said which; says so at once."""
        job = job or self.job
        if job is not None:
            if job is self.job:
                self._page.controls.button.set_stopping()
            job.cancel()

    def toggle_pause(self, item_id: str = "") -> None:
        """Holds a run before its next step, the first or that of an item, or lets it go on.

        By itself it stays held when the window opens again.
        """
        job = self.job_of(item_id) if item_id else self.job
        if job is not None:
            self._set_paused(job, not job.paused)
            if (item := self._of(job).item) is not None:
                self._tasks.start(self._hold(item, job.paused))

    def set_paused(self, paused: bool) -> None:
        """Holds all that runs before its next step, or lets it go on."""
        for job, _ in self.under_way:
            self._set_paused(job, paused)

    def _set_paused(self, job: Work, paused: bool) -> None:
        if paused:
            job.pause()
        else:
            job.resume()
        if job is self.job:
            self._page.stage.bar.set_pause(True, paused)

    def _follow_queue(self) -> None:
        """Holds what another program holds in the queue, and lets go on what it does."""
        held = {item.id: item.state is ItemState.PAUSED for item in self._backlog.items}
        for each in self._followed:
            if each.item is not None and held.get(each.item.id, each.held) != each.held:
                each.held = not each.held
                if each.job.paused != each.held:
                    self._set_paused(each.job, each.held)

    async def _hold(self, item: Item, held: bool) -> None:
        await self._backlog.ask(lambda queue: queue.hold(item.id, held))

    def step_once(self) -> None:
        """Makes one step of a paused run."""
        if self.job is not None and self.job.paused:
            self.go_live()
            self.job.step_once()

    def go_live(self, item_id: str = "") -> None:
        """Shows the newest step of what runs, also where something else had the stage when it began."""
        if (asked := self.job_of(item_id)) is not None and asked is not self.job:
            self._followed.sort(key=lambda each: each.job is not asked)
            self._page.stage.bar.set_pause(True, asked.paused)
        if self.job is not None and self._viewer.run is not self.job.run:
            self._viewer.follow(self.job.run)
            self._viewer.refresh(self.job.newest())
        else:
            self._viewer.go_live()

    def go_to_end(self) -> None:
        """The newest step: of the earlier picture whose steps are on the stage, or else of what runs."""
        if self._viewer.on_stage is None or self._viewer.shows_run:
            self.go_live()
        else:
            self._viewer.go_to_end()

    async def keep_run(self, run: Run) -> None:
        """Puts the pictures of a run that was only for show into the gallery."""
        await self.keeping.save(run, run.results)

    async def leave(self) -> None:
        """Writes what is finished and puts down what is not: it goes on another time. The lane has ended by now."""
        for each in (*self._left, *self._followed):
            self._take_new(each.job)
        await self.keeping.leave()
        await self._backlog.close()
        if self.away is not None:
            await self.away.close(0 if self._backlog.paused else sum(item.left for item in self._backlog.waiting))

    async def _put_back(self, item: Item, request: Request) -> None:
        """What was edited in the place of what it was; behind all others where that is being made by now."""
        if await self._backlog.ask(lambda queue: queue.edit(item.id, request)) is None:
            await self.add(request)
        await self.go_on()

    def _take_new(self, job: Work) -> list[Unsaved]:
        """Pictures that have been finished since the last look: unsaved until they are in their files."""
        return self.keeping.take(job.run, job.fresh(), self._of(job).item)

    def _of(self, job: Work) -> _Followed:
        return next(each for each in (*self._followed, *self._left) if each.job is job)

    def _stage_is_free(self) -> bool:
        """Whether the stage shows the end of the run before, or nothing: else it stays with what is looked at."""
        viewer = self._viewer
        return viewer.run is None or (viewer.shows_run and viewer.live and not self._page.stage.mode())

    def _is_taken(self) -> bool:
        """Whether nothing may be begun now."""
        is_busy = self.job is not None and not self._lane.has_room
        return is_busy or self.lent or self.closing or self.keeping.is_stuck

    def _begin(
        self, request: Request, item: Item | None = None, *, source: Source | None = None, orders: Sequence[Order] = (),
        shares: bool = False, asked: bool,
    ) -> Work:  # fmt: skip
        """`asked` where people have just pressed a button for it, and want to see it whatever the stage shows."""
        job = Work(request, source=source, orders=orders, shares=shares)
        if item is not None:
            job.keep_steps, job.run.before = self._backlog.keeper(item, job.run), item.made
        self._lane.submit(job)
        place = len(self._followed) if self._followed and not asked else 0
        self._followed.insert(place, _Followed(job, item))
        if self.away is not None:
            self.away.work()
        if asked:
            self._offers.withdraw()
        if place == 0:
            self._put_in_front(job, asked=asked)
        self._settings.hold_curve(True)
        self.show_busy(True)
        return job

    def _put_in_front(self, job: Work, *, asked: bool = False) -> None:
        """The stage shows it, unless something else is looked at, and the buttons are for it."""
        if asked or self._stage_is_free():
            self._offers.leave_stage()
            self._viewer.follow(job.run)
            self._page.gallery.grid.clear_selection()  # none of its pictures is on the canvas now
            self._viewer.refresh(job.newest())
        self._page.stage.bar.set_pause(True, job.paused)
        if not self.lent:
            self._page.controls.button.set_running(0.0, "starting…")

    def _show(self, job: Work, newest: View | None) -> None:
        if self._viewer.run is job.run:
            self._viewer.refresh(newest)
        for note in job.fresh_notes():
            self._say(note)
        if job is self.job and not job.cancelled and not self.lent:
            text = progress_text(job.run, newest, job.seconds_left())
            self._page.controls.button.set_running(job.share_done(), text)

    def _tell_forming(self) -> None:
        """Shows what is being made for the gallery in it."""
        self.forming.show({item.id: job.run for job, item in self.under_way if item is not None})

    def _end(self, job: Work) -> None:
        job.cancel()  # changes nothing unless following it failed
        ended, was_first = self._of(job), job is self.job
        self._followed.remove(ended)
        self._tell_forming()
        self._left = [each for each in (*self._left, ended) if not each.job.is_taken]
        if self.job is not None:
            if was_first:
                self._put_in_front(self.job)
            return
        if not self.lent:
            self._page.controls.button.set_idle()
        self._settings.hold_curve(False)
        self.show_busy(self.lent)
        self._page.stage.bar.set_pause(False, False)

    async def retry(self, item_id: str, *, mend: bool = False) -> None:
        """Tries an item that failed again, with `mend` changed as its remedy says."""
        await self._backlog.ask(lambda queue: queue.retry(item_id, mend=mend))
        await self.go_on()
