"""Handle of a worker process that generates images on one device. (`worker_main` is the code of that process.)"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import IO, Any

from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.jobs.workers import message_frames, messages, process_start
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.messages import Decoder
from gdm_studio.jobs.workers.process_start import WorkerProcess
from gdm_studio.jobs.workers.shared_file import Blob
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.request.generation_events import Phase, Progress, Result

# Seconds after which a worker that was asked to end is killed.
SECONDS_TO_END = 2.0
# Maximum bytes of a worker's stderr that are shown.
MAX_ERROR_OUTPUT = 2**18
MAX_LINE = 4096
# Maximum bytes of the messages of a worker that wait to be handled, and the bytes that even a small message counts.
MAX_UNHANDLED = 3 * 2**30
MIN_MESSAGE = 2**16
_numbers = count(1)


@dataclass(eq=False)
class Share:
    """Images of a work item that are assigned to one worker process."""

    item: WorkItem
    # Unfinished images.
    images: list[int]
    keeps_steps: bool
    decoder: Decoder = field(default_factory=Decoder)
    number: int = field(default_factory=_numbers.__next__)
    # All images of the share, including finished images.
    given: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.given = frozenset(self.images)


@dataclass(frozen=True)
class Loss:
    """Failure or end of a worker process. `reason` completes the sentence "The worker on cpu …" for the user. Without a
    reason, nothing is reported.
    """

    reason: str
    # True if the worker hangs or sends garbage, False if its process ended by itself.
    is_fault: bool = True
    # An error that another attempt would meet again, such as an unknown host. It replaces the reason.
    error: StudioError | None = None
    # True if a few further attempts may succeed despite the error.
    may_pass: bool = False


ENDED = Loss("ended unexpectedly", is_fault=False)
SILENT = Loss("does not answer")

# A worker and its message, or its end.
Message = tuple["Worker", Frame | Loss]


class Worker:
    """Handle of a worker process that generates images on one device. Valid messages from the process are put as
    (worker, message) into `inbox`; the last one is a Loss.

    Three threads serve the pipes, so that an unresponsive worker cannot block the caller. Raises DeviceError if the
    process cannot be started.
    """

    # True if the worker is on another computer, which is connected again after a loss.
    is_remote = False
    # Kinds of messages that the worker may send.
    _kinds = messages.FROM_WORKER

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Message | None]) -> None:
        self.device = device
        # Number of images that the worker generates at a time, or 0 until it is ready.
        self.pictures = 0
        self.share: Share | None = None
        self.is_alive = True
        # Number of the last share.
        self._last_share_number = 0
        self._silent_seconds = 0.0
        self._has_spoken = True
        # Total bytes of the messages that have not been handled yet.
        self._unhandled_bytes = 0
        self._count_lock = threading.Lock()
        try:
            self._process = self._start_process(sharing)
        except OSError as error:
            raise self._start_error(error) from error
        self._outbox: SimpleQueue[list[Blob] | None] = SimpleQueue()
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None and stdout is not None and stderr is not None
        self._threads = [
            threading.Thread(target=self._relay, args=(stderr,), daemon=True),
            threading.Thread(target=_send, args=(stdin, self._outbox), daemon=True),
            threading.Thread(target=self._listen, args=(stdout, inbox), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def is_free(self) -> bool:
        """True if the worker process is running and has no images to generate."""
        return self.is_alive and bool(self.pictures) and self.share is None

    @property
    def is_paused(self) -> bool:
        """True if the user has paused the worker's work item. The worker's messages are then handled later."""
        return self.share is not None and not self.share.item.is_dropped and self.share.item.is_paused()

    def was_killed(self) -> bool:
        """Return True if the process was killed from outside, for example because the computer ran out of memory. Call
        this after its output has ended.
        """
        with suppress(subprocess.TimeoutExpired):
            return sys.platform != "win32" and self._process.wait(SECONDS_TO_END) == -signal.SIGKILL
        return False

    def add_silence(self, seconds: float) -> float:
        """Add `seconds` to the time since the worker's last heartbeat and return the sum.

        The caller measures the time, so that times when this process was suspended do not count.
        """
        self._silent_seconds = 0.0 if self._has_spoken else self._silent_seconds + seconds
        self._has_spoken = False
        return self._silent_seconds

    def is_current(self, facts: dict[str, Any]) -> bool:
        """Return True if a message belongs to the images that the worker is generating now, and False if it belongs to
        earlier images. Raises BadFrame if these images were never sent to the worker.
        """
        if facts["share"] > self._last_share_number:
            raise BadFrame("a message is about an unknown share")
        return self.share is not None and facts["share"] == self.share.number

    def generate(self, share: Share, *, previews: float | None) -> None:
        """Send images of a work item to the worker process, which starts to generate them.

        `previews` is the fraction of a step's duration to spend on previews.
        """
        self.share = share
        item = share.item
        self._last_share_number = share.number
        facts = {"images": share.images, "request": item.request.to_json(), "keep": share.keeps_steps}
        more, blobs = self._collect_extras(share)
        self._send("make", [item.recorded_steps, *blobs], **facts, **more, previews=previews)

    def note_handled(self, message: Frame | Loss) -> None:
        """Record that a message of this worker has been handled, so that its size no longer counts towards the limit of
        unhandled data.
        """
        if not isinstance(message, Loss):
            with self._count_lock:
                self._unhandled_bytes -= _estimate_size(message)

    def event(self, frame: Frame) -> Phase | Progress | Result:
        """Decode the engine event in a message about the images that this worker generates.

        Raises BadFrame if it contradicts earlier messages.
        """
        assert self.share is not None
        return self.share.decoder.event(frame)

    def save_steps(self, frame: Frame) -> None:
        """Save the denoising steps in a message of this worker, so that its images can resume.

        Raises the errors of `keep_steps`.
        """
        assert self.share is not None
        facts, blobs = frame
        if self.share.item.keep_steps is not None and self.share.keeps_steps:
            self.share.item.keep_steps(blobs[0], from_start=facts["anew"])

    def resume_point(self) -> bytes:
        """Return the recorded steps that let another worker resume this worker's images, or b"" if they must start
        again.
        """
        return b""

    def error_in(self, facts: dict[str, Any]) -> StudioError:
        """Extract the error from a message in which the worker reports that it cannot generate its images."""
        return messages.error_in(facts)

    def allow_step(self) -> None:
        """Allow the worker process to compute one more step."""
        self._send("more")

    def stop(self, *, decode: bool = False) -> None:
        """Stop the worker from generating its current images. With `decode`, it returns the unfinished images."""
        self._send("stop", reach=decode)

    def reap(self) -> None:
        """Kill the worker process and wait until it has ended."""
        self.is_alive = False
        self.pictures = 0
        self.share = None
        self._kill()
        self.close()

    def request_end(self) -> None:
        """Ask the worker process to end, without waiting for it. `close` waits."""
        self._outbox.put(None)

    def close(self) -> None:
        """Ask the worker process to end and wait for it. After a timeout, kill it."""
        self.request_end()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        # The threads end with the pipes, unless a child process outside the process group keeps the pipes open.
        for thread in self._threads:
            thread.join(SECONDS_TO_END)

    @property
    def extra_patience(self) -> float:
        """Additional seconds to wait for a heartbeat of this worker, compared with a local worker."""
        return 0.0

    @property
    def silence_loss(self) -> Loss:
        """`Loss` to report if this worker process has sent no heartbeat for too long."""
        return SILENT

    def _start_process(self, sharing: int) -> WorkerProcess:
        return process_start.start(self._build_command(sharing), self._build_environment())

    def _build_command(self, sharing: int) -> list[str]:
        return process_start.command_of("gdm_studio.jobs.workers.worker_main", self.device, str(sharing))

    def _build_environment(self) -> dict[str, str]:
        return process_start.environment()

    def _start_error(self, error: OSError) -> DeviceError:
        sentence = f"A worker for {self.device} cannot be started: {error.strerror or error}; try again on one device."
        return DeviceError(sentence, remedy="cpu")

    def _collect_extras(self, share: Share) -> tuple[dict[str, Any], list[bytes]]:
        """Return the extra fields and binary data that this kind of worker needs with each request for images."""
        return {}, []

    def _kill(self) -> None:
        """Kill the worker process and its child processes, even if it is suspended."""
        if self._process.poll() is not None:
            return
        if sys.platform == "win32":
            self._process.kill()
        else:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _send(self, kind: str, blobs: list[bytes] | None = None, **facts: Any) -> None:
        assert self.share is not None
        self._outbox.put(message_frames.pack({"kind": kind, "share": self.share.number, **facts}, blobs or []))

    def _listen(self, stdout: IO[bytes], inbox: SimpleQueue[Message | None]) -> None:
        loss = ENDED
        try:
            with stdout, suppress(OSError):
                loss = self._read_all(stdout, inbox)
        except BadFrame as error:
            loss = unreadable(error)
        # Otherwise the pool would wait forever.
        finally:
            if self._process.shared_file is not None:
                self._process.shared_file.close()
            inbox.put((self, loss))

    def _read_all(self, stdout: IO[bytes], inbox: SimpleQueue[Message | None]) -> Loss:
        """Put all messages of the worker into the inbox until the worker's output ends, and return the `Loss` to
        report.

        Raises OSError, or BadFrame for a malformed message.
        """
        shared = self._process.shared_file
        while (frame := message_frames.read(stdout, self._note_life, shared=shared)) is not None:
            messages.check(frame, self._kinds)
            if frame[0]["kind"] != "alive":
                self._put_into_inbox(frame, inbox)
            else:
                self._take_heartbeat(frame[0])
        return ENDED

    def _take_heartbeat(self, facts: dict[str, Any]) -> None:
        """Read the fields of a heartbeat. Those of a worker have none."""

    def _put_into_inbox(self, frame: Frame, inbox: SimpleQueue[Message | None]) -> None:
        """Put a message of the worker into the inbox.

        Raises BadFrame if more unhandled data wait there than a correct worker can send.
        """
        with self._count_lock:
            self._unhandled_bytes += _estimate_size(frame)
            if self._unhandled_bytes > MAX_UNHANDLED:
                raise BadFrame("it sends more than it was asked for")
        inbox.put((self, frame))

    def _relay(self, stderr: IO[bytes]) -> None:
        """Print the error output of the worker process to this program's error output, up to a limit and without
        control characters.
        """
        left = MAX_ERROR_OUTPUT
        with stderr, suppress(OSError):
            while line := stderr.readline(MAX_LINE):
                if left > 0:
                    self._print(escape_unsafe(line.decode("utf-8", "replace").rstrip("\r\n")))
                left -= len(line)

    def _print(self, line: str) -> None:
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                print(line, file=sys.stderr, flush=True)

    def _note_life(self) -> None:
        self._has_spoken = True


def _estimate_size(frame: Frame) -> int:
    """Return a lower bound of the memory that a worker's message uses, in bytes."""
    return MIN_MESSAGE + sum(map(len, frame[1]))


def unreadable(error: BadFrame) -> Loss:
    """Return the `Loss` that reports an invalid message from a worker."""
    return Loss(f"sent what cannot be read: {error}")


def _send(stdin: IO[bytes], outbox: SimpleQueue[list[Blob] | None]) -> None:
    """Write messages from a queue to the input of a worker process. Ends when the queue returns None or the process has
    ended.
    """
    with suppress(OSError), stdin:
        while (parts := outbox.get()) is not None:
            for part in parts:
                stdin.write(part)
            stdin.flush()
