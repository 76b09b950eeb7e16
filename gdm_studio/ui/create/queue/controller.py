"""Controller of the queue panel, and of the queue counter in the window's top bar."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from gdm_studio.common.remote_device import CLUSTER
from gdm_studio.jobs.queue import CRASHES_TO_PAUSE, Item, ItemState, Queue, Removed
from gdm_studio.jobs.ray.cluster_pool import check_cluster
from gdm_studio.request.hires import total_steps
from gdm_studio.ui import window_actions
from gdm_studio.ui.create.queue.panel import QueuePanel
from gdm_studio.ui.create.queue.queue_list_model import Progress, title_of
from gdm_studio.ui.create.queue.queue_list_view import THUMB
from gdm_studio.ui.progress import duration, progress_text
from gdm_studio.ui.theme.imaging import create_thumbnail_quickly
from gdm_studio.ui.translation import count_of_pictures
from gdm_studio.ui.undo_stack import NothingLeft
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.create.generation.controller import GenerationController
    from gdm_studio.ui.create.queue.queue_mirror import Backlog
    from gdm_studio.ui.running_jobs import RunningJob

# Milliseconds to wait after a change of the queue folder, so that several changes are read together.
SOON_MS = 300
# Milliseconds between updates of the progress while the panel is open.
REFRESH_MS = 200


class QueueController(QObject):
    """Controller of the queue panel and of the counter in the top bar that shows the number of queued images.

    `open_page()` is called to open the Create page.
    """

    def __init__(
        self,
        context: AppContext,
        panel: QueuePanel,
        backlog: Backlog,
        generation: GenerationController,
        *,
        open_page: Callable[[], object],
    ) -> None:
        super().__init__(panel)
        self.panel = panel
        self._jobs = jobs = context.jobs
        self._tasks = context.tasks
        self._notify = context.notify
        self._top_bar = context.top_bar
        self._backlog = backlog
        self._generation = generation
        self._open_page = open_page
        # True while the window connects to the cluster to check it.
        self._is_connecting = False
        self._refresh_timer = QTimer(self, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self._show_progress)
        # The command line can change the queue folder too.
        self._watch = QFileSystemWatcher(self)
        self._read_timer = QTimer(self, interval=SOON_MS, singleShot=True)
        self._watch.directoryChanged.connect(lambda _: self._read_timer.start())
        self._read_timer.timeout.connect(self._read_changes)
        backlog.changed.connect(self._show)
        self._top_bar.queue_asked.connect(self.toggle)
        jobs.changed.connect(self._show_progress)
        panel.jobs.stop_asked.connect(jobs.stop)
        panel.jobs.show_asked.connect(jobs.show)
        panel.rows.stop_asked.connect(self._stop_item)
        panel.asked.connect(self._on_asked)
        panel.move_asked.connect(lambda item_id, before: self._tasks.start(self.move(item_id, before)))
        panel.pause_clicked.connect(self.toggle_pause)
        panel.clear_clicked.connect(lambda: self._tasks.start(self.clear()))
        panel.cluster_clicked.connect(lambda: self._tasks.start(self.run_on_cluster()))
        panel.closed.connect(self._refresh_timer.stop)
        self._show()

    async def open(self) -> None:
        """Resume the last session's queue: read it, show a notice and start the next item.

        If the queue is paused because an item crashed the program repeatedly, open the panel instead of a notice.
        """
        crashed = await self._backlog.open()
        self._watch.addPath(self._backlog.folder)
        # Another program may have changed the queue before it was watched.
        await self._backlog.refresh()
        # The user may have generated before the queue was read.
        earlier = [item for item in self._backlog.items if item.id not in self._backlog.added]
        waiting = [item for item in earlier if item.state is ItemState.WAITING]
        paused = self._backlog.paused
        paused_ids = [item.id for item in earlier if item.state is ItemState.PAUSED]
        resume = self.tr("Resume")
        if paused and any(item.crashes >= CRASHES_TO_PAUSE for item in crashed):
            self._show()
            self.toggle()
        elif paused and waiting:
            self._notify(self.tr("The queue is paused"), action=resume, on_action=self.toggle_pause)
        elif waiting:
            pictures = sum(item.left for item in waiting)
            title = self.tr("Resuming %n picture(s)", "", pictures)
            self._notify(title, self.tr("Steps that are done already are shown again first."))
        elif paused_ids:
            title = self.tr("Paused where you left it")
            self._notify(title, action=resume, on_action=lambda: self._change_queue(partial(_resume, paused_ids)))
        await self._generation.start_next()

    def open_panel(self) -> None:
        """Open the queue panel unless it is already open."""
        if not self.panel.isVisible():
            self.toggle()

    def close_panel(self) -> None:
        """Close the queue panel if it is open."""
        if self.panel.isVisible():
            self.panel.close_up()

    def toggle(self) -> None:
        """Open the queue panel and reload the queue from disk, or close the panel."""
        self.panel.toggle()
        if self.panel.isVisible():
            self._generation.withdraw_hint()
            self._refresh_timer.start()
            self._show_progress()
            self._change_queue(lambda queue: None)

    def toggle_pause(self) -> None:
        """Pause the queue and the items that are being generated, or resume them."""
        self._tasks.start(self._generation.set_queue_paused(not self._backlog.paused))

    async def run_on_cluster(self) -> None:
        """Let the cluster configured in the settings generate the waiting queue items.

        Raises StudioError if the cluster cannot be used.
        """
        if self._is_connecting:
            return
        self._is_connecting = True
        self._show()
        try:
            await check_cluster()
        finally:
            self._is_connecting = False
            self._show()
        cluster_devices = {each.id: CLUSTER for each in self._cluster_candidates()}
        before = await self._backlog.ask(lambda queue: _place_items(queue, cluster_devices))
        if before:
            pictures = count_of_pictures(sum(item.left for item in before))
            title = self.tr("{pictures} will be made on the cluster").format(pictures=pictures)
            devices = {item.id: item.request.device for item in before}
            self._notify(title, undo=partial(self._backlog.ask, lambda queue: _place_items(queue, devices)))
        await self._generation.start_next()

    async def clear(self) -> None:
        """Remove all queue items except those that are being generated."""
        await self.remove(
            [
                item.id
                for item in self._backlog.items
                if item.state is not ItemState.RUNNING and not self._is_running_here(item)
            ]
        )

    async def remove(self, ids: list[str]) -> None:
        """Remove queue items, and offer to undo this. Items that are being generated are stopped instead."""
        running = [job for item_id in ids if (job := self._generation.job_of(item_id)) is not None]
        for job in running:
            self._generation.stop(job)
        others = [item_id for item_id in ids if self._generation.job_of(item_id) is None]
        removed = await self._backlog.ask(lambda queue: queue.remove(others))
        if not removed.items:
            return
        if len(removed.items) == 1:
            title = self.tr("Removed “{title}” from the queue").format(title=title_of(removed.items[0]))
        else:
            title = self.tr("Removed %n entry(entries) from the queue", "", len(removed.items))
        self._notify(title, undo=partial(self._restore, removed))

    async def move(self, item_id: str, before: str) -> None:
        """Move a queue item before the item `before`, or to the end if it is ""."""
        followers = await self._backlog.ask(partial(_move, item_id, [before]))
        # This runs as a separate task, because it ends only when the images are finished.
        self._tasks.start(self._generation.start_next())
        if followers is not None and before != item_id and before != "".join(followers[:1]):
            self._notify("", undo=partial(self._undo_move, item_id, followers, before))

    async def duplicate(self, item_id: str) -> None:
        """Add a copy of a queue item after it."""
        copy = await self._backlog.ask(lambda queue: queue.duplicate(item_id))
        if copy is not None:
            self._notify("", undo=partial(self._undo_copy, copy.id, item_id))
        self._tasks.start(self._generation.start_next())

    def actions(self) -> list[Action]:
        return [
            window_actions.QUEUE.bind(self.toggle),
            window_actions.STOP_JOBS.bind(self._jobs.stop_all, lambda: bool(self._jobs.jobs)),
            window_actions.PAUSE_QUEUE.bind(self.toggle_pause),
            window_actions.CLEAR_QUEUE.bind(lambda: self._tasks.start(self.clear()), lambda: bool(self._backlog.items)),
            window_actions.QUEUE_ON_CLUSTER.bind(
                lambda: self._tasks.start(self.run_on_cluster()), lambda: bool(self._cluster_candidates())
            ),
        ]

    async def _restore(self, removed: Removed) -> Callable[[], Coroutine[None, None, None]]:
        """Put removed queue items back, and return a function that removes them again."""
        await self._backlog.ask(lambda queue: queue.restore(removed))
        self._tasks.start(self._generation.start_next())
        return partial(self.remove, [item.id for item in removed.items])

    async def _undo_move(self, item_id: str, followers: list[str], before: str) -> object:
        moved = await self._backlog.ask(partial(_move, item_id, followers))
        self._tasks.start(self._generation.start_next())
        return NothingLeft.CHANGED_SINCE if moved is None else partial(self.move, item_id, before)

    async def _undo_copy(self, copy_id: str, item_id: str) -> object:
        if self._generation.job_of(copy_id) is not None:
            return NothingLeft.CHANGED_SINCE
        removed = await self._backlog.ask(lambda queue: queue.remove([copy_id]))
        return partial(self.duplicate, item_id) if removed.items else NothingLeft.CHANGED_SINCE

    def _on_asked(self, action_name: str, item_id: str) -> None:
        item = next((item for item in self._backlog.items if item.id == item_id), None)
        if item is None:
            return
        if action_name == "edit" and not self._is_running_here(item):
            self._open_page()
            self._generation.editor.begin(item)
        elif action_name in ("edit", "show"):
            # The settings of a paused run are changed beside its steps.
            self._open_page()
            self._generation.go_live(item_id)
        elif action_name == "pause":
            self._toggle_item_pause(item)
        elif action_name in ("retry", "mend"):
            self._tasks.start(self._generation.retry(item_id, mend=action_name == "mend"))
        elif action_name == "endless":
            self._change_queue(lambda queue: queue.set_endless(item_id, not item.endless))
        elif action_name == "duplicate":
            self._tasks.start(self.duplicate(item_id))
        elif action_name == "remove":
            self._tasks.start(self.remove([item_id]))
        else:
            self._tasks.start(self._handle_crash(item, again=action_name == "again"))

    def _toggle_item_pause(self, item: Item) -> None:
        """Pause or resume a queue item. While a running item is paused, the queue starts another one."""
        if self._is_running_here(item):
            self._generation.toggle_pause(item.id)
        else:
            self._change_queue(lambda queue: queue.set_paused(item.id, item.state is not ItemState.PAUSED))

    async def _handle_crash(self, item: Item, *, again: bool) -> None:
        self.panel.show_crash(None)
        if not again:
            await self.remove([item.id])
        elif item.state is ItemState.PAUSED:
            # It was paused when the program crashed, and would not start with the queue.
            await self._backlog.ask(lambda queue: queue.set_paused(item.id, False))
        await self._generation.set_queue_paused(False)

    def _change_queue(self, function: Callable[[Queue], object]) -> None:
        """Call `function(queue)` in a background task to change the queue, then start the items that can now run."""

        async def change() -> None:
            await self._backlog.ask(function)
            await self._generation.start_next()

        self._tasks.start(change())

    def _read_changes(self) -> None:
        """Reload the queue from disk after another process has changed its folder."""
        if not self._generation.closing:
            self._change_queue(lambda queue: None)

    def _is_running_here(self, item: Item) -> bool:
        return self._generation.job_of(item.id) is not None

    def _show(self) -> None:
        items = self._backlog.items
        paused = self._backlog.paused
        self._top_bar.set_queue(sum(item.left for item in self._unfinished_items()), paused=paused)
        self.panel.show_queue(items, paused=paused)
        self.panel.set_can_use_cluster(bool(self._cluster_candidates()) and not self._is_connecting)
        crashed = next((item for item in items if item.crashes >= CRASHES_TO_PAUSE), None)
        self.panel.show_crash(crashed if paused else None)
        self._show_progress()

    def _cluster_candidates(self) -> list[Item]:
        """Return the waiting queue items that could be assigned to the cluster."""
        waiting = [item for item in self._backlog.waiting if not self._is_running_here(item)]
        return [item for item in waiting if item.request.device != CLUSTER and item.request.branch is None]

    def _unfinished_items(self) -> list[Item]:
        return [item for item in self._backlog.items if item.state is not ItemState.FAILED]

    def _summary(self) -> str:
        """Return a summary for the top of the queue panel: why the queue is waiting, or the estimated time left.
        Returns "" if neither is known.
        """
        if self._is_connecting:
            return self.tr("Connecting to the cluster…")
        if self._generation.saves.is_blocked:
            return self.tr("Waiting until a picture can be saved")
        if self._backlog.paused:
            return self.tr("Paused")
        unfinished = self._unfinished_items()
        running = [job for job, _ in self._generation.running]
        steps = sum(_steps_left(item) for item in unfinished if not self._is_running_here(item))
        steps += sum(job.run.steps_total - job.steps_done() for job in running)
        steps_per_second = sum(1 / pace for job in running if (pace := job.seconds_a_step()))
        if not steps_per_second or any(item.endless for item in unfinished):
            return ""
        return self.tr("about {time} left").format(time=duration(steps / steps_per_second))

    def _show_progress(self) -> None:
        if not self.panel.isVisible():
            return
        # The list shows jobs, and the number on the button of the top bar counts their pictures.
        left = sum(item.left for item in self._unfinished_items())
        pictures = self.tr("%n picture(s) to make", "", left) if left else ""
        state = self._summary()
        self.panel.show_summary(" · ".join(filter(None, (pictures, state))), state or pictures)
        unsaved = self._generation.saves.blocking_item
        progress = {unsaved.id: Progress(1.0, self.tr("Not saved yet"))} if unsaved else {}
        progress |= {item.id: _progress_of(job) for job, item in self._generation.running if item is not None}
        self.panel.model.show_progress(progress)
        self.panel.model.show_waits(self._wait_reasons())
        self.panel.show_jobs([(job, self._jobs.view(job)) for job in self._jobs.jobs if not self._has_row(job)])
        self.panel.rows.show_stops({job.item_id: job.is_stopping for job in self._jobs.jobs if self._has_row(job)})

    def _wait_reasons(self) -> dict[str, str]:
        """Return the sentences that explain why waiting queue items have to wait, keyed by item id."""
        # Endless items start after all others.
        waiting = sorted(self._backlog.waiting, key=lambda item: item.endless)
        waiting = [item for item in waiting if not self._is_running_here(item)]
        if self._backlog.paused:
            return {item.id: self.tr("Waiting: the queue is paused") for item in waiting}
        if self._generation.saves.is_blocked:
            return {item.id: self.tr("Waiting: a picture could not be saved yet") for item in waiting}
        return {item.id: self._jobs.waiting_text(ahead) for ahead, item in enumerate(waiting)}

    def _has_row(self, job: RunningJob) -> bool:
        """Return whether the queue panel shows the queue item that a running job generates."""
        return bool(job.item_id) and self.panel.model.row_of(job.item_id) >= 0

    def _stop_item(self, item_id: str) -> None:
        for job in [job for job in self._jobs.jobs if job.item_id == item_id]:
            self._jobs.stop(job)


def _progress_of(job: Job) -> Progress:
    newest = job.newest()
    picture = create_thumbnail_quickly(newest.predicted, 2 * THUMB) if newest is not None else None
    text = progress_text(job.run, newest, job.seconds_left())
    return Progress(job.share_done(), text, picture)


def _steps_left(item: Item) -> int:
    """Return how many denoising steps of a queue item are left. On a cluster, each image counts as one step."""
    return item.left * (1 if item.request.device == CLUSTER else total_steps(item.request))


def _place_items(queue: Queue, devices: Mapping[str, str]) -> list[Item]:
    """Place waiting queue items on devices. `devices` maps item ids to device names. Returns the items as they were
    before.
    """
    items = [item for item in queue.items() if item.id in devices and item.state is ItemState.WAITING]
    return [item for item in items if queue.set_device(item.id, devices[item.id]) is not None]


def _move(item_id: str, followers: list[str], queue: Queue) -> list[str] | None:
    """Move a queue item before the first item of `followers` that is in the queue, or else to the end. Return the ids
    of the items that followed it, or None if it is not in the queue.
    """
    ids = [item.id for item in queue.items()]
    if item_id not in ids:
        return None
    queue.move(item_id, before=next((each for each in followers if each in ids), ""))
    return ids[ids.index(item_id) + 1 :]


def _resume(ids: list[str], queue: Queue) -> None:
    for item_id in ids:
        queue.set_paused(item_id, False)
