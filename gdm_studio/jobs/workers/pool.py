"""Pool of worker processes that divide the images of work items among them."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue

from gdm_studio.common import error_log, remote_device
from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.reconnection import Reconnection
from gdm_studio.jobs.workers.ssh import SshWorker
from gdm_studio.jobs.workers.work_items import Ended, WorkEvent, WorkItem, WorkList
from gdm_studio.jobs.workers.worker_handle import Loss, Message, Share, Worker, unreadable
from gdm_studio.request.generation_events import Phase, Progress, Result

# Seconds to wait for the last messages of stopped workers.
SECONDS_TO_STOP = 10.0
# Seconds without a heartbeat after which a worker is replaced.
SECONDS_OF_SILENCE = 8.0
# Seconds between two checks for silent workers.
TICK = 0.5
# Maximum number of replacements for the same work item, and on the same device without a finished image.
MAX_REPLACEMENTS = 3


class Pool:
    """Pool of worker processes that generate images, one per device, or two for a device that is named twice. Workers
    cache their models until `close`. All methods except `wake` must be called from the same thread.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        # Messages of the workers. `wake` adds None.
        self._inbox: SimpleQueue[Message | None] = SimpleQueue()
        # Messages about paused work items.
        self._postponed_messages: deque[Message] = deque()
        self.workers = [self._start_worker(device) for device in self.devices]
        # Notes that were reported already, by work item.
        self._reported_notes: set[tuple[WorkItem, str]] = set()
        # Sentences about lost workers that are not reported yet, and the most recent sentence of all.
        self._loss_messages: list[str] = []
        self._last_lost = ""
        self._last_error: StudioError | None = None
        # Connections to other computers, by the place of their worker.
        self._connections = [Reconnection() for _ in self.devices]
        # Replacements per device since the last image that was finished there.
        self._replacement_counts = [0] * len(self.devices)
        self._checked_at = time.monotonic()
        # Work items in progress, with the partial images of those that were dropped.
        self._in_progress: dict[WorkItem, list[Result]] = {}

    @property
    def worker_count(self) -> int:
        """The number of worker processes."""
        return len(self.workers)

    def run(
        self, more: Callable[[], WorkItem | None], *, previews: float | None = None
    ) -> Generator[WorkEvent | None, None, None]:
        """Generate the images of work items on the worker processes and yield their events.

        `more` is called for another item when a worker is free. The last event of an item is an Ended or an error.
        Workers run at most two steps ahead: not calling `next()` pauses them, and `close()` ends all items. After a
        `wake`, None is yielded and `more` is called again. `previews` is the fraction of a step's duration to spend on
        previews, or None for no previews. If a worker process ends, a Phase event reports it, other workers take over
        its images, and a new worker starts with the next item. A worker that sends an invalid message or no heartbeat
        is killed and replaced immediately. A work item that caused MAX_REPLACEMENTS replacements fails. A lost
        connection to another computer is reestablished after SECONDS_TO_RECONNECT, and its images resume at their last
        step. Raises DeviceError if no worker is left, and the errors of `more` and `keep_steps`.
        """
        self._loss_messages.clear()
        self._replacement_counts = [0] * len(self.devices)
        self._last_error = None
        for connection in self._connections:
            connection.attempts = 0
            connection.due = None
        self._postponed_messages.clear()
        self._reported_notes.clear()
        self._in_progress.clear()
        for worker in self.workers:
            if worker.has_ended:
                worker.reap()
        items = WorkList(partial(self._take_next_item, more))
        is_news = True
        try:
            while True:
                if is_news:
                    yield from self._end_finished()
                    self._assign(items, previews)
                if not any(worker.share for worker in self.workers):
                    if items.next() is None and not self._in_progress:
                        return
                    is_left = any(worker.is_alive for worker in self.workers)
                    if not is_left and not any(each.due for each in self._connections):
                        if self._last_error is not None:
                            raise self._last_error
                        sentence = f"{self._last_lost} No worker is left; try again on one device."
                        raise DeviceError(sentence, remedy="cpu")
                if (message := self._receive()) is not None:
                    is_news = yield from self._handle(*message, items)
                else:
                    is_news = True
                    yield None
        finally:
            self._stop()

    def wake(self) -> None:
        """Make a waiting `run` check for new or resumed work items. May be called from any thread."""
        self._inbox.put(None)

    def drop(self, item: WorkItem, *, decode: bool = False) -> None:
        """Stop generating the images of a work item. If `decode` is true, the item's `Ended` event contains its
        unfinished images.
        """
        item.left = []
        item.is_dropped = True
        for worker in self._find_workers_on(item):
            worker.stop(decode=decode)
        self.wake()

    def close(self) -> None:
        """End all worker processes of the pool, even in the middle of a step."""
        for worker in self.workers:
            worker.request_end()
        for worker in self.workers:
            worker.close()

    def _start_worker(self, device: str) -> Worker:
        if not remote_device.is_remote(device):
            here = sum(not remote_device.is_remote(each) for each in self.devices)
            return Worker(device, here, self._inbox)
        host = remote_device.parse(device).host
        others = [remote_device.parse(each).host for each in self.devices if remote_device.is_remote(each)]
        return SshWorker(device, others.count(host), self._inbox)

    def _restart_workers(self) -> None:
        """Start a new worker process for each device whose process has ended."""
        for place, worker in enumerate(self.workers):
            if not worker.is_alive:
                self._connections[place].due = None
                self.workers[place] = self._start_worker(worker.device)

    def _take_next_item(self, more: Callable[[], WorkItem | None]) -> WorkItem | None:
        if (item := more()) is not None:
            self._in_progress[item] = []
            if item.refusal is not None:
                # `run` reports it before it waits for a message.
                item.left = []
                self.wake()
            else:
                self._restart_workers()
        return item

    def _end_finished(self) -> Iterator[WorkEvent]:
        """Remove the work items that are finished, cancelled or failed. Yields the last event of each item: `Ended` or
        an error.
        """
        for item in list(self._in_progress):
            if item.refusal is not None:
                del self._in_progress[item]
                yield item, item.refusal
            elif not item.left and not self._find_workers_on(item):
                yield item, Ended(tuple(self._in_progress.pop(item)))

    def _assign(self, items: WorkList, previews: float | None) -> None:
        """Give images of the next work items to all workers that have nothing to do."""
        alive = sum(worker.is_alive for worker in self.workers)
        for worker in self.workers:
            if worker.is_free and (item := items.next()) is not None:
                fair = min(math.ceil(len(item.left) / alive), item.request.batch or worker.pictures)
                # After a crash, the images of one worker resume. The images of the other workers start again.
                is_recorded = any(other.share and other.share.keeps_steps for other in self._find_workers_on(item))
                keeps_steps = item.keep_steps is not None and not is_recorded
                worker.generate(Share(item, item.take(fair), keeps_steps), previews=previews)

    def _receive(self) -> Message | None:
        """Wait for the next message from a worker whose work item is not paused, or for the loss of any worker, and
        return it.

        Returns None after a `wake`.
        """
        while True:
            for place, (worker, _) in enumerate(self._postponed_messages):
                if not worker.is_paused:
                    message = self._postponed_messages[place]
                    del self._postponed_messages[place]
                    return message
            self._reconnect()
            if (silent := self._find_silent()) is not None:
                return silent, silent.silence_loss
            try:
                found = self._inbox.get(timeout=TICK)
            except Empty:
                continue
            if found is None:
                return None
            worker, frame = found
            if isinstance(frame, Loss):
                # A pause may last for hours. Until its end, the worker would be taken for one that hangs.
                return found
            if not worker.is_paused and all(worker is not other for other, _ in self._postponed_messages):
                return found
            self._postponed_messages.append(found)

    def _find_silent(self) -> Worker | None:
        """Return a worker process that has sent no heartbeat for too long, or None. The check runs at most once per
        TICK.

        Time during which this process was suspended counts as at most two ticks.
        """
        now = time.monotonic()
        if (waited := now - self._checked_at) < TICK:
            return None
        self._checked_at = now
        alive = [worker for worker in self.workers if worker.is_alive]
        silences = [(worker.add_silence(min(waited, 2 * TICK)), worker) for worker in alive]
        return next((each for silence, each in silences if silence > SECONDS_OF_SILENCE + each.extra_patience), None)

    def _reconnect(self) -> None:
        """Start the workers on other computers for which an attempt to reconnect is due."""
        for place, connection in enumerate(self._connections):
            if connection.due is not None and connection.due <= time.monotonic():
                connection.due = None
                try:
                    self.workers[place] = self._start_worker(self.devices[place])
                except DeviceError as error:
                    # Without ssh, the other workers continue. If there are none, `run` raises this error.
                    self._last_error = error
                    self.wake()

    def _handle(self, worker: Worker, message: Frame | Loss, items: WorkList) -> Generator[WorkEvent, None, bool]:
        """Handle a message from a worker process and yield the resulting events.

        Return True if the worker may accept new work now.
        """
        worker.note_handled(message)
        if isinstance(message, Loss):
            yield from self._handle_loss(worker, message, items)
            return True
        if worker not in self.workers:
            # The worker has been replaced, and its images were assigned again.
            return False
        facts, _ = message
        if facts["kind"] == "ready":
            worker.pictures = facts["pictures"]
            self._connections[self.workers.index(worker)].was_ready = True
            return True
        try:
            if not worker.is_current(facts) or worker.share is None:
                # The message belongs to a run that was stopped.
                return False
            event = _extract_event(message, worker, worker.share)
        except BadFrame as error:
            error_log.record_error(error)
            yield from self._handle_loss(worker, unreadable(error), items)
            return True
        yield from self._handle_progress(worker, worker.share, message, event)
        return worker.share is None

    def _handle_progress(
        self, worker: Worker, share: Share, frame: Frame, event: Phase | Progress | Result | None
    ) -> Iterator[WorkEvent]:
        """Handle a worker's valid progress message, and yield the resulting events of its work item."""
        facts, _ = frame
        item = share.item
        yield from self._report_losses(item)
        if facts["kind"] == "ended":
            worker.share = None
        elif facts["kind"] in ("failed", "missing"):
            error = worker.error_in(facts)
            worker.share = None
            if self._in_progress.pop(item, None) is not None:
                # Steps of the other workers were generated with the settings that failed.
                item.keep_steps = None
                self.drop(item)
                yield item, error
        elif event is not None:
            yield from self._forward(worker, share, event)

    def _forward(self, worker: Worker, share: Share, event: Phase | Progress | Result) -> Iterator[WorkEvent]:
        """Yield a worker's event (step, phase or finished image), unless its work item was cancelled."""
        item = share.item
        if isinstance(event, Result):
            share.images.remove(event.image)
            place = self.workers.index(worker)
            self._replacement_counts[place] = 0
            self._connections[place].note_image()
        if item.is_dropped:
            if isinstance(event, Result) and item in self._in_progress:
                self._in_progress[item].append(event)
            return
        if isinstance(event, Phase) and event.note:
            if (item, event.note) in self._reported_notes:
                return
            # This note concerns the request on every device; other notes concern one device.
            if event.title == "preparing":
                self._reported_notes.add((item, event.note))
            event = replace(event, note=f"{worker.device}: {event.note}")
        yield item, event
        if isinstance(event, Progress):
            self._connections[self.workers.index(worker)].note_step(item, event.index)
            worker.allow_step()

    def _handle_loss(self, worker: Worker, loss: Loss, items: WorkList) -> Iterator[WorkEvent]:
        """Remove a failed worker and return its images to the queue. A new worker is started if the failed one hung or
        sent invalid messages.
        """
        if not worker.is_alive:
            return
        share = worker.share
        place = self.workers.index(worker)
        recorded_steps = worker.resume_point()
        worker.reap()
        if share is not None and share.item.is_dropped:
            share = None
        can_return = self._schedule_return(worker, place, loss)
        if share is not None and loss.is_fault:
            share.item.replacements += 1
            if share.item.replacements >= MAX_REPLACEMENTS:
                yield from self._fail(share.item, worker, loss)
                share = None
        self._last_error = loss.error
        if loss.error is not None and not (loss.may_pass and can_return):
            self._last_lost = str(loss.error)
        else:
            self._last_lost = f"The worker on {worker.device} {loss.reason}."
        if share is not None and share.images and not (worker.is_remote and can_return):
            self._last_lost += f" Its unfinished images are generated again ({len(share.images)})."
        if loss.reason or not can_return:
            self._loss_messages.append(self._last_lost)
        if share is not None:
            items.put_back(share.item, share.images, recorded_steps)
        active = next((item for item in self._in_progress if not item.is_dropped), None)
        if active is not None:
            yield from self._report_losses(active)

    def _schedule_return(self, worker: Worker, place: int, loss: Loss) -> bool:
        """Replace a failed worker now, or schedule a reconnection to its computer.

        Return False if neither is possible.
        """
        connection = self._connections[place]
        if worker.is_remote:
            # A computer that could never be used is tried again only if that may help.
            return (loss.error is None or loss.may_pass or connection.was_ready) and connection.retry()
        if loss.is_fault:
            self._replace(place)
        return loss.is_fault

    def _replace(self, place: int) -> None:
        """Start a new worker process in place of a failed one, unless its device has failed too often."""
        self._replacement_counts[place] += 1
        if self._replacement_counts[place] < MAX_REPLACEMENTS:
            # Without a replacement the other workers continue.
            with suppress(DeviceError):
                self.workers[place] = self._start_worker(self.devices[place])

    def _fail(self, item: WorkItem, worker: Worker, loss: Loss) -> Iterator[WorkEvent]:
        """Yield the error that ends a work item because several workers failed while they generated it."""
        if self._in_progress.pop(item, None) is None:
            return
        item.keep_steps = None
        self.drop(item)
        times = f"{MAX_REPLACEMENTS} workers failed on this; the last one, on {worker.device}, {loss.reason}."
        yield item, DeviceError(f"{times} Try again on one device.", remedy="cpu")

    def _report_losses(self, item: WorkItem) -> Iterator[WorkEvent]:
        while self._loss_messages and not item.is_dropped:
            yield item, Phase("", self._loss_messages.pop(0))

    def _find_workers_on(self, item: WorkItem) -> list[Worker]:
        """Return the worker processes that are generating images of a work item."""
        return [worker for worker in self.workers if worker.share is not None and worker.share.item is item]

    def _stop(self) -> None:
        """Stop all workers of the pool and save the denoising steps that they send before they stop, so that the images
        can resume.
        """
        for worker in self.workers:
            if worker.share is not None:
                worker.stop()
        for message in self._postponed_messages:
            _handle_last(*message)
        end = time.monotonic() + SECONDS_TO_STOP
        while any(worker.share for worker in self.workers) and (left := end - time.monotonic()) > 0:
            if (silent := self._find_silent()) is not None:
                silent.reap()
            try:
                received = self._inbox.get(timeout=min(left, TICK))
            except Empty:
                continue
            if received is not None:
                _handle_last(*received)
        for worker in self.workers:
            worker.share = None


def _extract_event(frame: Frame, worker: Worker, share: Share) -> Phase | Progress | Result | None:
    """Extract the engine event (phase, progress or finished image) from a worker's message. Returns None for messages
    of any other kind.

    Denoising steps in the message are saved. Raises BadFrame if the event does not match the worker's images.
    """
    kind = frame[0]["kind"]
    if kind == "steps":
        worker.save_steps(frame)
    if kind == "ended" and share.images and not share.item.is_dropped:
        raise BadFrame("it ended before all was made")
    if kind not in ("phase", "progress", "result"):
        return None
    event = worker.event(frame)
    wrong = isinstance(event, Result) and event.image not in share.images
    if isinstance(event, Progress):
        wrong = not share.given.issuperset([*event.images, *(view.image for view in event.views)])
    if wrong:
        raise BadFrame("it made an image that was not requested")
    return event


def _handle_last(worker: Worker, frame: Frame | Loss) -> None:
    """Handle the last messages of a worker process that is being stopped, so that its last denoising steps are
    saved.
    """
    worker.note_handled(frame)
    if isinstance(frame, Loss):
        worker.reap()
        return
    facts, _ = frame
    share = worker.share
    if facts["kind"] == "ready":
        worker.pictures = facts["pictures"]
    elif share is None or facts["share"] != share.number:
        return
    elif facts["kind"] == "steps":
        with suppress(BadFrame):
            worker.save_steps(frame)
    elif facts["kind"] in ("ended", "failed", "missing"):
        worker.share = None
