"""Set mode at work: a list of things carried through one job to pictures looked over, and one collection kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.request import SEED_LIMIT, Request
from gdm_studio.run import Result, State, View
from gdm_studio.studio.work import Work
from gdm_studio.ui.create.collected import Collected, Keeper
from gdm_studio.ui.create.progress import progress_text
from gdm_studio.ui.create.sets.model import Item
from gdm_studio.workers.making import singles as singles_of

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.ui.create.desk import Desk

NAMED = 3  # things that a set is named after


@dataclass
class _Set:
    """A set as it stands beside its pictures, which are the sheet's."""

    asked: Request  # what the controls said
    things: list[str]
    collected: Collected  # its pictures in the gallery
    rolled: int = 0  # seeds taken beyond those of the list


class Sets:
    """One set at a time, and what the sheet's buttons do to it; each picture is in the gallery once it is made."""

    def __init__(self, desk: Desk) -> None:
        page, tasks = desk.page, desk.tasks
        self._page, self._controls, self._sheet = page, page.controls, page.sheet
        self._lane, self._settings = desk.lane, desk.settings
        self._making, self._tasks, self._say = desk.making, tasks, desk.say
        self.on = False
        self.lent_style = ""  # chosen for the set alone: who turns back has the style that was there before, none
        self.job: Work | None = None
        self.on_export: Callable[[list[Picture]], object] | None = None
        self._keeper = Keeper(desk.shelf, tasks)
        self._set: _Set | None = None
        sheet = self._sheet
        sheet.redo_asked.connect(self.redo)
        sheet.remove_asked.connect(self._remove)
        sheet.name.editingFinished.connect(lambda: tasks.start(self._rename(sheet.name.text())))
        sheet.discard_asked.connect(self._put_aside)
        sheet.export_asked.connect(lambda: tasks.start(self._export()))
        sheet.grid.selectionModel().selectionChanged.connect(self._show_beside)
        page.controls.stop.connect(self.stop)

    @property
    def collection(self) -> str:
        """That of the set on the sheet; "" before there is a picture of it."""
        return self._set.collected.name if self._set else ""

    def toggle(self, on: bool) -> None:
        """Turns to the sheet and the list, or back; not while a set is being made."""
        if self.job is not None:
            on = True
        self.on = on
        self._controls.show_set(on)
        self._page.show_sheet(on)
        card, draft = self._settings.card, self._controls.draft
        if on and card is not None and card.styles and not draft["style"]:
            self.lent_style = draft.default("style") or card.styles[0].id
            draft.put(style=self.lent_style)  # without one, the pictures would not be drawn alike
        elif not on and self.lent_style:
            if draft["style"] == self.lent_style:
                draft.put(style="")
            self.lent_style = ""
        (self._controls.things if on else self._controls.prompt).editor.setFocus()

    def generate(self) -> None:
        """Makes the set of the list: what is missing of the one on the sheet, or else a new one."""
        if self.job is not None or not self._controls.button.isEnabled():
            return
        things = self._controls.things.things()
        if not things:
            self._say("The list is empty", "Write what the set shows, one thing a line.")
            return
        if not self._goes_on(things):
            self._put_aside()
            self._begin(things)
        self._make(self._sheet.model.unfinished())

    def stop(self) -> None:
        """Ends the run before its next step; Generate goes on with what is missing."""
        if self.job is not None:
            self._controls.button.set_stopping()
            self.job.cancel()

    def redo(self, rows: Sequence[int]) -> None:
        """Makes these pictures again, each with the next seed of the set's family."""
        ours, model = self._set, self._sheet.model
        if ours is None or self.job is not None:
            return
        before = list(model.items)
        for row in rows:
            ours.rolled += 1
            seed = (ours.asked.seed + len(ours.things) - 1 + ours.rolled) % SEED_LIMIT
            model.begin_anew(row, replace(model.items[row].request, seed=seed))
        self._make(list(rows), before)

    async def leave(self) -> None:
        """Puts what is finished and in no file yet into the gallery; raises StorageError."""
        await self._keeper.leave()

    async def _export(self) -> None:
        ours = self._set
        if ours is not None and self.on_export is not None:
            await self._keeper.settle(ours.collected)
            self.on_export(list(ours.collected.pictures.values()))

    def _show_beside(self) -> None:
        """The gallery's panel speaks of the picture that is selected on the sheet."""
        results = [self._sheet.model.items[row].result for row in self._sheet.selected()]
        digest = results[0].request.digest() if len(results) == 1 and results[0] else ""
        self._page.gallery.ring(self._keeper.picture_id(digest))

    def _collect(self) -> None:
        """The collection holds what the sheet shows."""
        if self._set is not None:
            self._set.collected.hold({result.request.digest(): result for result in self._sheet.model.results()})

    def _drop(self, digest: str) -> Result | None:
        """Its picture was taken back, and is to be made again by the next Generate."""
        items = self._sheet.model.items
        gone = next((item.result for item in items if item.result and item.result.request.digest() == digest), None)
        self._sheet.model.set_items([replace(one, result=None) if one.result is gone else one for one in items])
        return gone

    def _take_in(self, digest: str, result: Result) -> None:
        """Its picture was brought back."""
        wanted = result.request.prompt, result.request.seed
        for row, item in enumerate(self._sheet.model.items):
            if item.result is None and (item.request.prompt, item.request.seed) == wanted:
                self._sheet.model.finish(row, result)

    async def _rename(self, wanted: str) -> None:
        ours = self._set
        if ours is None or not wanted.strip() or wanted.strip() == (ours.collected.name or ours.collected.wanted):
            return
        try:
            await ours.collected.rename(wanted.strip())
        finally:
            if ours is self._set:
                self._sheet.name.setText(ours.collected.name or ours.collected.wanted)

    def _goes_on(self, things: list[str]) -> bool:
        """Whether the set on the sheet is the one that is asked for, and not complete."""
        ours = self._set
        if ours is None or not self._sheet.model.unfinished():
            return False
        return ours.things == things and ours.asked == replace(self._controls.request(), seed=ours.asked.seed)

    def _begin(self, things: list[str]) -> None:
        asked = self._settings.next_request()
        family = replace(asked, count=len(things), batch=0, image="", mask="")
        self._set = _Set(asked, things, self._keeper.collection(_name(things)))
        self._set.collected.on_change = self._show_state
        self._set.collected.on_gone, self._set.collected.on_back = self._drop, self._take_in
        self._sheet.model.set_items([Item(replace(family.picture(i), prompt=thing)) for i, thing in enumerate(things)])
        self._sheet.name.setText(self._set.collected.wanted)

    def _make(self, rows: list[int], before: list[Item] | None = None) -> None:
        """Makes the pictures of these rows; of those made again, `before` are the items as they were."""
        singles = [self._sheet.model.items[row].request for row in rows]
        whole = replace(singles[0], count=len(singles))
        self.job = self._lane.submit(Work(whole, orders=singles_of(singles)))
        self._show_state()
        self._controls.modes.set_enabled(False)
        self._controls.button.set_running(0.0, "starting…")
        self._making.lend(True)  # what runs comes to its end before the set; what waits in the queue, after it
        self._tasks.start(self._carry_through(self.job, rows, before))

    async def _carry_through(self, job: Work, rows: list[int], before: list[Item] | None) -> None:
        """One job, top to bottom: run's picture i is the sheet's picture rows[i]."""
        model = self._sheet.model
        try:
            async for newest in job:
                if newest is not None and model.items[rows[newest.image]].result is None:
                    model.show_step(rows[newest.image], newest.predicted)
                fresh = job.fresh()
                for result in fresh:
                    model.finish(rows[result.image], result)
                if fresh:
                    self._collect()
                self._show_progress(job, newest)
        finally:
            self._end(job, before)
        if before is not None and job.run.state is State.DONE:
            what = model.items[rows[0]].thing if len(rows) == 1 else f"{len(rows)} pictures"
            ours = self._set
            self._say(f"Made {what} again", undo=lambda: self._bring_back(ours, before))
        elif self._set is not None:
            await self._set.collected.end()

    def _show_progress(self, job: Work, newest: View | None) -> None:
        self._show_state()
        if not job.cancelled:
            text = progress_text(job.run, newest, job.seconds_left())
            self._controls.button.set_running(job.share_done(), text)

    def _end(self, job: Work, before: list[Item] | None) -> None:
        job.cancel()  # changes nothing unless following it failed
        self._lane.spare(job)
        self.job = None
        model = self._sheet.model
        if before is not None and model.unfinished():  # what was to be made again, and was not, is what it was
            pairs = zip(model.items, before, strict=True)
            model.set_items([item if item.result is not None else former for item, former in pairs])
        self._collect()
        self._controls.button.set_idle()
        self._controls.modes.set_enabled(True)
        self._making.lend(False)
        self._show_state()
        missing = len(model.unfinished())
        if job.run.state is State.STOPPED and missing:
            what = "1 picture is" if missing == 1 else f"{missing} pictures are"
            self._say("Stopped", f"{what} still to make; Generate goes on.")

    def _show_state(self) -> None:
        self._sheet.show_state(busy=self.job is not None, kept=bool(self._set and self._set.collected.words()))

    def _remove(self, rows: Sequence[int]) -> None:
        """Takes pictures out of the set, which stay in the gallery; they can be brought back."""
        model = self._sheet.model
        before, ours = list(model.items), self._set
        model.remove(list(rows))
        self._collect()
        self._show_state()
        what = before[rows[0]].thing if len(rows) == 1 else f"{len(rows)} pictures"
        self._say(f"Removed {what}", undo=lambda: self._bring_back(ours, before))

    def _put_aside(self) -> None:
        """An empty sheet; the set that gives way can be brought back."""
        model, ours = self._sheet.model, self._set
        items = list(model.items)
        if ours is not None and model.results():
            words = f"It is the collection “{ours.collected.name or ours.collected.wanted}”."
            back = partial(self._bring_back, ours, items)
            self._say("The set was put aside", words, action="Bring it back", undo=back)
        self._set = None
        model.set_items([])
        self._show_state()

    def _bring_back(self, ours: _Set | None, items: list[Item]) -> None:
        if self.job is not None:
            raise BadRequest("A set is being made. Stop it, or wait for its end; then bring the other one back.")
        if ours is not None:
            if self._set is not None and self._set is not ours:
                self._put_aside()
            self._set = ours
            self._sheet.model.set_items(items)
            self._sheet.name.setText(ours.collected.name or ours.collected.wanted)
            self._collect()
            self._show_state()


def _name(things: list[str]) -> str:
    """A name for a set, after its first things."""
    first = ", ".join(things[:NAMED])
    return f"{first[:1].upper()}{first[1:]}" + (" …" if len(things) > NAMED else "")
