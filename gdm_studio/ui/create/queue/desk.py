"""The queue's panel at work: what its buttons do, and what it says of what runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from gdm_studio.queueing import CRASHES_TO_PAUSE, Item, ItemState, Queue, Removed
from gdm_studio.ui import actions
from gdm_studio.ui.actions import Action
from gdm_studio.ui.create.progress import duration, progress_text
from gdm_studio.ui.create.queue.away import in_words
from gdm_studio.ui.create.queue.model import Progress, title_of
from gdm_studio.ui.create.queue.panel import QueuePanel
from gdm_studio.ui.create.queue.rows import THUMB
from gdm_studio.ui.look.imaging import glance

if TYPE_CHECKING:
    from gdm_studio.studio.work import Work
    from gdm_studio.ui.create.making import Making
    from gdm_studio.ui.create.queue.backlog import Backlog
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.widgets.topbar import TopBar

SOON_MS = 300  # after a change of the queue's folder, within which others come with it
REFRESH_MS = 200  # between two looks at what runs, while the panel is open


class Desk(QObject):
    """Connects the panel, the count in the top bar, and the queue; `open_page` brings the controls into view."""

    def __init__(
        self, panel: QueuePanel, top: TopBar, backlog: Backlog, making: Making, *, tasks: Tasks, say: Say,
        open_page: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(panel)
        self.panel, self._top, self._backlog, self._making = panel, top, backlog, making
        self._tasks, self._say, self._open_page = tasks, say, open_page
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self._show_progress)
        self._watch = QFileSystemWatcher(self)  # the command line adds to the queue too
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._watch.directoryChanged.connect(lambda _: self._soon.start())
        self._soon.timeout.connect(self._look)
        backlog.changed.connect(self._show)
        top.queue_asked.connect(self.toggle)
        panel.asked.connect(self._on_asked)
        panel.move_asked.connect(lambda item_id, before: self._do(lambda queue: queue.move(item_id, before=before)))
        panel.pause_clicked.connect(self.toggle_pause)
        panel.clear_clicked.connect(lambda: tasks.start(self.clear()))
        panel.closed.connect(self._clock.stop)
        self._show()

    async def open(self) -> None:
        """Goes on with what was left the last time, and says so; where it keeps ending the program, people decide."""
        crashed = await self._backlog.open()
        self._watch.addPath(self._backlog.folder)
        waiting, paused = self._backlog.waiting, self._backlog.paused
        if paused and any(item.crashes >= CRASHES_TO_PAUSE for item in crashed):
            self._show()
            self.toggle()
        elif paused and waiting:
            self._say("The queue is paused", action="Go on", on_action=self.toggle_pause)
        elif waiting:
            pictures = sum(item.left for item in waiting)
            self._say(f"Going on with {in_words(pictures)}", "Steps that were made already are shown again first.")
        elif held := [item.id for item in self._backlog.items if item.state is ItemState.PAUSED]:
            self._say("Paused where you left it", action="Go on", on_action=lambda: self._do(partial(_let_go_on, held)))
        await self._making.go_on()

    def toggle(self) -> None:
        """Opens the panel, fresh from the disk, or closes it."""
        self.panel.toggle()
        if self.panel.isVisible():
            self._making.withdraw_hint()
            self._clock.start()
            self._show_progress()
            self._do(lambda queue: None)

    def toggle_pause(self) -> None:
        """Holds the whole queue, what runs too, or lets it go on."""
        self._tasks.start(self.set_paused(not self._backlog.paused))

    async def set_paused(self, paused: bool) -> None:
        self._making.set_paused(paused)
        await self._backlog.ask(Queue.pause if paused else Queue.resume)
        await self._making.go_on()

    async def clear(self) -> None:
        """Takes out everything that is not being made."""
        resting = [item for item in self._backlog.items if item.state is not ItemState.RUNNING and not self._runs(item)]
        await self.remove([item.id for item in resting])

    async def remove(self, ids: list[str]) -> None:
        """Takes items out; they can be brought back. What runs is stopped."""
        under_way = [job for item_id in ids if (job := self._making.job_of(item_id)) is not None]
        for job in under_way:
            self._making.stop(job)
        resting = [item_id for item_id in ids if self._making.job_of(item_id) is None]
        removed = await self._backlog.ask(lambda queue: queue.remove(resting))
        if removed.items:
            what = f"“{title_of(removed.items[0])}”" if len(removed.items) == 1 else f"{len(removed.items)} entries"
            self._say(f"Removed {what}", "from the queue.", undo=partial(self._bring_back, removed))

    def actions(self) -> list[Action]:
        return [
            actions.QUEUE.does(self.toggle),
            actions.PAUSE_QUEUE.does(self.toggle_pause),
            actions.CLEAR_QUEUE.does(lambda: self._tasks.start(self.clear())),
        ]

    async def _bring_back(self, removed: Removed) -> None:
        await self._backlog.ask(lambda queue: queue.restore(removed))
        self._tasks.start(self._making.go_on())  # which lasts as long as what is made then

    def _on_asked(self, what: str, item_id: str) -> None:
        item = next((item for item in self._backlog.items if item.id == item_id), None)
        if item is None:
            return
        if what == "edit":
            self._open_page()
            self._making.editing.begin(item)
        elif what == "show":
            self._open_page()
            self._making.go_live(item_id)
        elif what == "pause":
            self._hold(item)
        elif what in ("retry", "mend"):
            self._tasks.start(self._making.retry(item_id, mend=what == "mend"))
        elif what == "endless":
            self._do(lambda queue: queue.set_endless(item_id, not item.endless))
        elif what == "duplicate":
            self._do(lambda queue: queue.duplicate(item_id))
        elif what == "remove":
            self._tasks.start(self.remove([item_id]))
        else:
            self._tasks.start(self._after_crash(item, again=what == "again"))

    def _hold(self, item: Item) -> None:
        """One that runs is held where it stands; of the others, the queue begins another in its place."""
        if self._runs(item):
            self._making.toggle_pause(item.id)
        else:
            self._do(lambda queue: queue.hold(item.id, item.state is not ItemState.PAUSED))

    async def _after_crash(self, item: Item, *, again: bool) -> None:
        self.panel.say_crashed(None)
        if not again:
            await self.remove([item.id])
        await self.set_paused(False)

    def _do(self, work: Callable[[Queue], object]) -> None:
        """Changes the queue, and begins what may be begun now."""

        async def change() -> None:
            await self._backlog.ask(work)
            await self._making.go_on()

        self._tasks.start(change())

    def _look(self) -> None:
        """Takes up what was changed outside this window."""
        if not self._making.closing:
            self._do(lambda queue: None)

    def _runs(self, item: Item) -> bool:
        return self._making.job_of(item.id) is not None

    def _show(self) -> None:
        items, paused = self._backlog.items, self._backlog.paused
        self._top.set_queue(sum(item.left for item in self._to_make()))
        self.panel.show_queue(items, paused=paused)
        crashed = next((item for item in items if item.crashes >= CRASHES_TO_PAUSE), None)
        self.panel.say_crashed(crashed if paused else None)
        self._show_progress()

    def _to_make(self) -> list[Item]:
        return [item for item in self._backlog.items if item.state is not ItemState.FAILED]

    def _summary(self) -> str:
        """What it waits for, or how long all of it takes at the pace of what runs."""
        if self._making.keeping.is_stuck:
            return "Waits until what is made can be saved"
        if self._backlog.paused:
            return "Paused"
        to_make, under_way = self._to_make(), self._making.under_way
        steps = sum(item.left * item.request.steps for item in to_make if not self._runs(item))
        steps += sum(job.run.steps_total - job.steps_done() for job, _ in under_way)
        a_second = sum(1 / pace for job, _ in under_way if (pace := job.seconds_a_step()))
        if not a_second or any(item.endless for item in to_make):
            return ""
        return f"about {duration(steps / a_second)} left"

    def _show_progress(self) -> None:
        if not self.panel.isVisible():
            return
        self.panel.show_summary(self._summary())
        stuck = self._making.keeping.stuck_item
        seen = {stuck.id: Progress(1.0, "Not saved yet")} if stuck else {}
        under_way = {item.id: _progress_of(job) for job, item in self._making.under_way if item is not None}
        self.panel.model.show_progress(seen | under_way)


def _progress_of(job: Work) -> Progress:
    newest = job.newest()
    picture = glance(newest.predicted, 2 * THUMB) if newest is not None else None
    text = progress_text(job.run, newest, job.seconds_left())
    return Progress(job.share_done(), text, picture)


def _let_go_on(ids: list[str], queue: Queue) -> None:
    for item_id in ids:
        queue.hold(item_id, False)
