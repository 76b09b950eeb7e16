"""Main module of the gateway, a child process that connects its parent process to a Ray cluster.

Ray kills a process when its computer leaves the cluster, so only the gateway imports Ray.
`messages.TO_CLUSTER` and `messages.FROM_CLUSTER` list the messages.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any

from gdm_studio import preferences
from gdm_studio.common import crash_log
from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, PromptLine
from gdm_studio.jobs.ray.cluster_workers import SECONDS_TO_LOOK, Cluster
from gdm_studio.jobs.workers import messages
from gdm_studio.jobs.workers.message_frames import Frame
from gdm_studio.jobs.workers.pipes import OutputPipe, ProgramConnection, open_pipes, send_heartbeats
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request

# Seconds between two checks for messages of the parent process while the cluster is busy.
SECONDS_BETWEEN_CHECKS = 0.1
# Seconds without work after which the gateway ends, so that other users can have the cluster's devices. While it has no
# device, it waits for one without limit, because a new connection would lose its place in the cluster's queue.
SECONDS_IDLE = 300.0


class Gateway:
    """Main loop of the gateway process, which passes assigned images to the cluster and results back to the parent
    process.

    The parent may send as many assignments as the "room" messages have granted in total.
    """

    def __init__(self, cluster: Cluster, library: Library, inbox: SimpleQueue[Frame], out: OutputPipe) -> None:
        self._cluster = cluster
        self._library = library
        self._inbox = inbox
        self._output = out
        # Number of shares that the parent process may still send.
        self._allowed = 0
        # Number of workers that the parent process knows.
        self._worker_count = 0
        # Number of unfinished images of each share that is still wanted.
        self._wanted_counts: dict[int, int] = {}
        self._callbacks = Callbacks(lambda note: out.send({"kind": "note", "share": 0, "text": note}))

    def serve(self) -> None:
        """Pass messages between the parent process and the cluster until the gateway has been idle for SECONDS_IDLE.

        Raises DeviceError if no worker can be used.
        """
        self._output.send({"kind": "connected", "share": 0})
        worked_at = time.monotonic()
        while not self._is_idle or time.monotonic() - worked_at < SECONDS_IDLE:
            if not self._is_idle:
                worked_at = time.monotonic()
            for facts, _ in self._receive_messages():
                self._handle(facts)
            for line, event in self._cluster.advance(self._callbacks, SECONDS_BETWEEN_CHECKS):
                self._send(line.number, event)
            if (room := self._cluster.room - self._allowed) > 0:
                self._allowed += room
                self._output.send({"kind": "room", "share": 0, "count": room})
            if self._cluster.worker_count != self._worker_count:
                self._worker_count = self._cluster.worker_count
                self._output.send({"kind": "workers", "share": 0, "count": self._worker_count})

    @property
    def _is_idle(self) -> bool:
        """True if the cluster can accept more images and has finished all images that the parent process sent."""
        return self._allowed > 0 and not self._wanted_counts

    def _receive_messages(self) -> Iterator[Frame]:
        """Yield the messages that the parent process has sent. If the cluster has no work, first wait for a message."""
        if not self._cluster.is_busy and self._allowed:
            try:
                yield self._inbox.get(timeout=SECONDS_TO_LOOK)
            except Empty:
                return
        while not self._inbox.empty():
            yield self._inbox.get()

    def _handle(self, facts: dict[str, Any]) -> None:
        number = facts["share"]
        if facts["kind"] == "stop":
            self._cluster.discard(number)
            self._wanted_counts.pop(number, None)
            return
        self._allowed -= 1
        self._wanted_counts[number] = len(facts["images"])
        try:
            # "auto" is saved with the images: none of this computer's devices generates them.
            request = replace(Request.from_json(facts["request"]), device="auto")
            request = self._library.card(request.model).checked(request)
        except StudioError as error:
            self._fail(number, error)
            return
        self._cluster.submit(PromptLine(number, request, tuple(facts["images"])))

    def _send(self, number: int, event: Result | StudioError) -> None:
        if number not in self._wanted_counts:
            return
        if isinstance(event, StudioError):
            self._fail(number, event)
            return
        self._wanted_counts[number] -= 1
        if not self._wanted_counts[number]:
            del self._wanted_counts[number]
        facts, blobs = messages.Encoder().result(event)
        self._output.send(facts | {"share": number}, blobs)

    def _fail(self, number: int, error: StudioError) -> None:
        self._cluster.discard(number)
        self._wanted_counts.pop(number, None)
        self._output.send(messages.of_error(error) | {"share": number})


def main(address: str = "") -> int:
    """Connect to a cluster, by default the one in the user's settings, and serve the parent process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, stdout = open_pipes()
    crash_log.enable("gateway of the cluster")
    inbox: SimpleQueue[Frame] = SimpleQueue()
    out = OutputPipe(stdout)
    connection = ProgramConnection(source, inbox, messages.TO_CLUSTER)
    threading.Thread(target=connection.listen, daemon=True).start()
    threading.Thread(target=send_heartbeats, args=(out,), daemon=True).start()
    library = Library()
    try:
        with Cluster(address or preferences.load().cluster, library) as cluster:
            Gateway(cluster, library, inbox, out).serve()
        out.send({"kind": "idle", "share": 0})
    except StudioError as error:
        out.send(messages.of_error(error) | {"share": 0})
        # The parent ends this process once it has read the error.
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
