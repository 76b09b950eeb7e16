"""Pipes between a child process that generates images and its parent process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import IO, Any

from gdm_studio.jobs.workers import message_frames, messages
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.shared_file import Blob, SharedFile

SECONDS_BETWEEN_BEATS = 2.0
# Seconds without a message after which a worker ends because the connection to the computer that started it is lost.
SECONDS_OF_LOST_PROGRAM = 60.0


def open_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the worker's input and output pipes, which connect it to the parent process. They replace stdin and
    stdout, which are redirected so that libraries cannot write into the pipes.
    """
    source = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return source, out


class OutputPipe:
    """Thread-safe pipe for a worker's messages to its parent process. Large data go through the file `shared`."""

    def __init__(self, stream: IO[bytes], shared: SharedFile | None = None) -> None:
        self._stream = stream
        self._shared = shared
        self._lock = threading.Lock()

    def send(self, facts: dict[str, Any], blobs: Sequence[Blob] = ()) -> None:
        """Write one message to the parent process. Ends this worker process if the parent has ended. Raises BadFrame if
        the message is too large.
        """
        with self._lock:
            try:
                message_frames.write(self._stream, facts, blobs, self._shared)
            except OSError:
                os._exit(0)


def send_heartbeats(out: OutputPipe, read_facts: Callable[[], dict[str, Any]] = dict) -> None:
    """Send a heartbeat to the parent process every SECONDS_BETWEEN_BEATS, also during a long step. It contains the
    fields that `read_facts` returns.

    The parent restarts a worker that sends none.
    """
    while True:
        out.send({"kind": "alive", "share": 0, **read_facts()})
        time.sleep(SECONDS_BETWEEN_BEATS)


class ProgramConnection:
    """Connection of a worker to its parent process, over stdin and stdout."""

    def __init__(
        self, source: IO[bytes], inbox: SimpleQueue[Frame], kinds: Mapping[str, Mapping[str, messages.Check]]
    ) -> None:
        self._source = source
        self._inbox = inbox
        self._kinds = kinds
        self._has_spoken = True

    def listen(self) -> None:
        """Read messages from the parent process into the inbox. Ends this worker process when the connection is
        closed.
        """
        # The parent has ended, so nobody needs the images in progress.
        status = 0
        try:
            while (frame := message_frames.read(self._source, self._note_life)) is not None:
                messages.check(frame, self._kinds)
                if frame[0]["kind"] != "alive":
                    self._inbox.put(frame)
        except (OSError, BadFrame):
            status = 1
        os._exit(status)

    def watch(self) -> None:
        """End this worker process if the parent process has sent no message for SECONDS_OF_LOST_PROGRAM seconds. A lost
        network connection would otherwise remain unnoticed.
        """
        while self._has_spoken:
            self._has_spoken = False
            time.sleep(SECONDS_OF_LOST_PROGRAM)
        os._exit(0)

    def _note_life(self) -> None:
        self._has_spoken = True
