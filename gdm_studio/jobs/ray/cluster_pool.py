"""Pool that generates the images of jobs on a Ray cluster, like the pool of worker processes on this computer.

It connects through a gateway process (`ray.gateway`), so that Ray is not imported here.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from queue import Empty, SimpleQueue

from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.remote_device import CLUSTER
from gdm_studio.common.translation_markers import translatable
from gdm_studio.jobs.workers import message_frames, messages
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.pool import SECONDS_OF_SILENCE, TICK
from gdm_studio.jobs.workers.reconnection import SECONDS_TO_RECONNECT
from gdm_studio.jobs.workers.work_items import Ended, WorkEvent, WorkItem, WorkList
from gdm_studio.jobs.workers.worker_handle import Loss, Message, Share, Worker, unreadable
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Phase, Progress, Result, View

# Maximum number of images of a share, and of all shares together. The second limits the memory of finished images.
MAX_IMAGES = 16
MAX_IMAGES_IN_PROGRESS = 256
# Number of lost connections without a finished image after which the jobs fail.
MAX_LOSSES = 3
# Seconds added to the heartbeat timeout while the gateway loads Ray and connects.
SECONDS_TO_CONNECT = 60.0
# Seconds that `check_cluster` waits for the cluster.
SECONDS_TO_CHECK = 90.0


class GatewayProcess(Worker):
    """Handle of the gateway process, which forwards work items from this process to the cluster."""

    _kinds = messages.FROM_CLUSTER

    def __init__(self, inbox: SimpleQueue[Message | None], address: str = "") -> None:
        """Start the process. It connects to the cluster at `address`, by default the one in the settings."""
        self.is_connected = False
        self._address = address
        super().__init__(CLUSTER, 1, inbox)

    @property
    def extra_patience(self) -> float:
        return 0.0 if self.is_connected else SECONDS_TO_CONNECT

    def make(self, share: Share) -> None:
        """Make the cluster generate images of a work item, by sending them through the gateway."""
        facts = {"images": share.images, "request": share.item.request.to_json(), "keep": False, "previews": None}
        self._outbox.put(message_frames.pack({"kind": "make", "share": share.number, **facts}, [b""]))

    def discard(self, share: Share) -> None:
        """Cancel the images that `make` sent to the cluster. Images that have already been started are finished, but
        their results are ignored.
        """
        self._outbox.put(message_frames.pack({"kind": "stop", "share": share.number}))

    def _build_command(self, sharing: int) -> list[str]:
        return [sys.executable, "-P", "-m", "gdm_studio.jobs.ray.gateway", *filter(None, [self._address])]

    def _start_error(self, error: OSError) -> DeviceError:
        sentence = f"The connection to the cluster cannot be started: {error.strerror or error}; use another device."
        return DeviceError(sentence, remedy="here")


async def check_cluster() -> None:
    """Test the connection to the cluster in the user's settings. Takes several seconds.

    Raises StudioError if the cluster cannot be used.
    """
    inbox: SimpleQueue[Message | None] = SimpleQueue()
    try:
        await asyncio.to_thread(_connect_once, inbox)
    finally:
        # After a cancellation, the thread must not wait on.
        inbox.put(None)


def _connect_once(inbox: SimpleQueue[Message | None]) -> None:
    """Test the connection to the cluster by starting a gateway process and waiting for its first message, or for a None
    in the inbox, which cancels the test. Raises the gateway's error, or DeviceError if the cluster does not answer.
    """
    gateway = GatewayProcess(inbox)
    try:
        received = inbox.get(timeout=SECONDS_TO_CHECK)
    except Empty:
        received = None
    finally:
        gateway.reap()
    if received is None or isinstance(received[1], Loss):
        raise DeviceError(translatable("The cluster does not answer; check its address in Settings."))
    facts, _ = received[1]
    if facts["kind"] == "failed":
        raise messages.error_in(facts)


class ClusterPool:
    """Pool that generates work items on a Ray cluster, with the same methods as `Pool`.

    The cluster sends no steps, so a finished image counts as a single step, and an item resumes at an image instead of
    a step. `address` replaces the address in the settings. With `is_patient`, images wait for as long as the cluster
    cannot be used, instead of failing after SECONDS_TO_RECONNECT.
    """

    devices = (CLUSTER,)

    def __init__(self, address: str = "", *, is_patient: bool = False) -> None:
        self._address = address
        self._is_patient = is_patient
        # Number of workers that the cluster has started.
        self.worker_count = 0
        self._inbox: SimpleQueue[Message | None] = SimpleQueue()
        self._gateway: GatewayProcess | None = None
        # Number of further shares that the cluster can take.
        self._free_slots = 0
        self._shares: dict[int, Share] = {}
        self._in_progress: list[WorkItem] = []
        # Work items with at least one share sent.
        self._started_items: set[WorkItem] = set()
        # Notes that are not reported yet.
        self._notes: list[str] = []
        # Lost connections since the last finished image.
        self._losses = 0
        # True once a worker of the cluster was ready in this run.
        self._has_worked = False
        # Failed attempts to connect again, and the time of the next attempt.
        self._attempts = 0
        self._reconnect_at = 0.0
        self._checked_at = time.monotonic()

    def run(
        self, take_next: Callable[[], WorkItem | None], *, previews: float | None = None
    ) -> Generator[WorkEvent | None, None, None]:
        """Generate the images of work items on the cluster and yield their events.

        `take_next` is called for another item when the cluster has room. The last event of an item is an Ended or an
        error. `close()` ends all items. After a `wake`, None is yielded and `take_next` is called again. After a lost
        connection, the gateway is restarted and unfinished images are generated again. If a cluster becomes unusable,
        for example because its computers leave and rejoin, the connection is retried after SECONDS_TO_RECONNECT. Raises
        DeviceError if the cluster cannot be used, and the errors of `take_next`.
        """
        self._losses = 0
        self._has_worked = False
        self._attempts = 0
        self._reconnect_at = 0.0
        self._notes.clear()
        self._started_items.clear()
        if self._gateway is not None and self._gateway.has_ended:
            self._disconnect()
        items = WorkList(partial(self._take_next_item, take_next))
        try:
            while True:
                self._connect(items)
                yield from self._end_finished()
                yield from self._report_notes()
                yield from self._assign(items)
                if not self._shares and items.next() is None and not self._in_progress:
                    return
                if (message := self._receive()) is None:
                    yield None
                else:
                    yield from self._handle(*message, items, has_previews=previews is not None)
        finally:
            for share in self._shares.values():
                if self._gateway is not None:
                    self._gateway.discard(share)
            self._shares.clear()
            self._in_progress.clear()

    def wake(self) -> None:
        """Make a waiting `run` check for new or resumed work items. May be called from any thread."""
        self._inbox.put(None)

    def drop(self, item: WorkItem, *, decode: bool = False) -> None:
        """Stop generating the images of a work item on the cluster. `decode` has no effect, since a cluster sends no
        unfinished images.
        """
        item.left = []
        item.is_dropped = True
        for share in [share for share in self._shares.values() if share.item is item]:
            del self._shares[share.number]
            if self._gateway is not None:
                self._gateway.discard(share)
        self.wake()

    def close(self) -> None:
        """Disconnect from the cluster, which ends its worker processes."""
        if self._gateway is not None:
            self._gateway.close()
            self._gateway = None
            self._free_slots = 0
            self.worker_count = 0

    def _take_next_item(self, take_next: Callable[[], WorkItem | None]) -> WorkItem | None:
        if (item := take_next()) is not None:
            self._in_progress.append(item)
            if item.request.branch is not None:
                sentence = "A cluster cannot continue from the steps of another picture; choose another device."
                item.refusal = DeviceError(sentence, remedy="here")
                item.left = []
                self.wake()
        return item

    def _connect(self, items: WorkList) -> None:
        """Start the gateway process that connects to the cluster, unless it is already running or all remaining work
        items are paused.
        """
        if self._gateway is None and time.monotonic() >= self._reconnect_at and items.next() is not None:
            self._gateway = GatewayProcess(self._inbox, self._address)

    def _disconnect(self) -> None:
        """End the gateway process at once."""
        assert self._gateway is not None
        self._gateway.reap()
        self._gateway = None
        self._free_slots = 0
        self.worker_count = 0

    def _end_finished(self) -> Iterator[WorkEvent]:
        """Remove the work items whose images are all finished or cancelled, and yield the last event of each."""
        for item in list(self._in_progress):
            if item.refusal is not None:
                self._in_progress.remove(item)
                yield item, item.refusal
            elif not item.left and not any(share.item is item for share in self._shares.values()):
                self._in_progress.remove(item)
                yield item, Ended()

    def _assign(self, items: WorkList) -> Iterator[WorkEvent]:
        """Send images of the next work items to the cluster, as many as its free workers can accept."""
        if not self._free_slots and not self._shares and (item := items.next()) is not None:
            yield item, Phase("connecting to the cluster")
        while self._free_slots and (left := self._compute_capacity()) and (item := items.next()) is not None:
            fair = math.ceil(len(item.left) / self._free_slots)
            share = Share(item, item.take(min(fair, left, item.request.batch or MAX_IMAGES, MAX_IMAGES)), False)
            self._free_slots -= 1
            self._shares[share.number] = share
            assert self._gateway is not None
            self._gateway.make(share)
            if item not in self._started_items:
                self._started_items.add(item)
                yield item, Phase("generating on the cluster")

    def _compute_capacity(self) -> int:
        return MAX_IMAGES_IN_PROGRESS - sum(len(share.images) for share in self._shares.values())

    def _receive(self) -> Message | None:
        """Wait for the next message from the gateway process and return it. Returns None after a `wake`."""
        while True:
            try:
                return self._inbox.get(timeout=TICK)
            except Empty:
                pass
            now = time.monotonic()
            # If this process was suspended or the computer slept, that time counts as two ticks at most.
            waited = min(now - self._checked_at, 2 * TICK)
            self._checked_at = now
            gateway = self._gateway
            if gateway is None and self._reconnect_at and now >= self._reconnect_at:
                return None
            if gateway is not None and gateway.add_silence(waited) > SECONDS_OF_SILENCE + gateway.extra_patience:
                return gateway, gateway.silence_loss

    def _handle(
        self, gateway: Worker, message: Frame | Loss, items: WorkList, *, has_previews: bool
    ) -> Iterator[WorkEvent]:
        gateway.note_handled(message)
        if gateway is not self._gateway:
            return
        if isinstance(message, Loss):
            self._handle_loss(items)
            return
        facts, _ = message
        share = self._shares.get(facts["share"])
        if facts["kind"] == "connected":
            self._gateway.is_connected = True
        elif facts["kind"] == "room":
            self._free_slots += facts["count"]
            self._has_worked = True
            self._attempts = 0
        elif facts["kind"] == "workers":
            self.worker_count = facts["count"]
        elif facts["kind"] == "note":
            self._notes.append(facts["text"])
        elif facts["kind"] == "idle":
            self._disconnect()
            self._requeue_shares(items)
        elif facts["kind"] == "failed":
            error = messages.error_in(facts)
            if not facts["share"]:
                # It concerns the whole cluster.
                self._try_again(error, items)
                return
            if share is not None:
                self._in_progress.remove(share.item)
                self.drop(share.item)
                yield share.item, error
        elif facts["kind"] == "result" and share is not None:
            try:
                event = share.decoder.event(message)
                if not isinstance(event, Result) or event.image not in share.images:
                    raise BadFrame("it made an image that was not requested")
            except BadFrame as error:
                self._notes.append(f"The connection to the cluster {unreadable(error).reason}.")
                self._handle_loss(items)
                return
            self._losses = 0
            share.images.remove(event.image)
            if not share.images:
                del self._shares[share.number]
            yield share.item, _build_only_step(event, has_previews=has_previews)
            yield share.item, event

    def _handle_loss(self, items: WorkList) -> None:
        """Handle the failure of the gateway process: disconnect from it, and return its unfinished images to their work
        items.

        Raises DeviceError after MAX_LOSSES failures in a row without a finished image.
        """
        self._disconnect()
        self._losses += 1
        if self._losses >= MAX_LOSSES:
            sentence = f"The connection to the cluster was lost {MAX_LOSSES} times; use another device."
            error = DeviceError(sentence, remedy="here")
            if not self._is_patient:
                raise error
            self._try_again(error, items)
            return
        self._requeue_shares(items)
        if self._in_progress:
            self._notes.append("The connection to the cluster was lost; its unfinished images are generated again.")

    def _try_again(self, error: StudioError, items: WorkList) -> None:
        """Schedule the next attempt to connect to a cluster that cannot be used.

        Unless the pool is patient, raises the error if the cluster could never be used in this run, or after the last
        attempt.
        """
        most = len(SECONDS_TO_RECONNECT)
        if not self._is_patient and (not self._has_worked or self._attempts >= most):
            self.close()
            raise error
        if self._gateway is not None:
            self._disconnect()
        self._requeue_shares(items)
        if not self._attempts:
            self._notes.append(f"The connection to the cluster is tried again: {error}")
        self._reconnect_at = time.monotonic() + SECONDS_TO_RECONNECT[min(self._attempts, most - 1)]
        self._attempts += 1

    def _requeue_shares(self, items: WorkList) -> None:
        """Return all images that were sent to the cluster and are not finished to their work items, so that they are
        generated again.
        """
        for share in self._shares.values():
            items.put_back(share.item, share.images)
        self._shares.clear()

    def _report_notes(self) -> Iterator[WorkEvent]:
        while self._notes and self._in_progress:
            yield self._in_progress[0], Phase("", self._notes.pop(0))


def _build_only_step(result: Result, *, has_previews: bool) -> Progress:
    """Return a progress event that shows a finished image as the single step of its run, because a cluster sends no
    steps.
    """
    path = (NoiseLevel(0.0, 1.0), NoiseLevel(1.0, 0.0))
    seconds = result.made.seconds if result.made is not None else 0.0
    views: tuple[View, ...] = ()
    if has_previews:
        import numpy as np

        rgba = result.rgba
        if rgba.shape[2] == 3:
            rgba = np.dstack([rgba, np.full(rgba.shape[:2], 255, np.uint8)])
        noise = np.full_like(rgba, (128, 128, 128, 255))
        views = (View(result.image, 1, 1, path[1], 1000 * seconds, rgba, rgba, noise, decoded=True),)
    return Progress((result.image,), 1, 1, path, seconds, views=views)
