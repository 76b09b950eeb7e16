"""Main module of a worker process, which generates images on request until its input pipe is closed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from queue import SimpleQueue
from typing import IO, Any

from gdm_studio.common import crash_log, error_log, preferences
from gdm_studio.common.errors import StudioError
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.workers import frames, messages
from gdm_studio.jobs.workers.frames import BadFrame, Frame
from gdm_studio.models.library import Library
from gdm_studio.request.events import Phase, Result, StepEvent
from gdm_studio.request.request import Request

SECONDS_BETWEEN_BEATS = 2.0
# Number of steps that the worker runs ahead of the program, and therefore after a pause.
AHEAD = 2


def main() -> int:
    """Run a worker: `python -m gdm_studio.jobs.workers.process DEVICE SHARING`. SHARING is the number of workers.

    The workers divide the CPU threads among them. A worker ignores Ctrl-C, which is meant for the program that started
    it, and ends when that program ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    device = sys.argv[1]
    sharing = int(sys.argv[2])
    source, stdout = _pipes()
    crash_log.enable(f"worker for {device}")
    inbox: SimpleQueue[Frame] = SimpleQueue()
    out = _Out(stdout)
    threading.Thread(target=_listen, args=(source, inbox), daemon=True).start()
    threading.Thread(target=_beat, args=(out,), daemon=True).start()
    torch_startup.prepare()
    # Loading the libraries here releases the interpreter lock, for which the heartbeat would otherwise wait.
    torch_startup.load_libraries()
    ShareRunner(device, sharing, inbox, out).serve()
    return 0


class _Out:
    """The output pipe to the program, which several threads can use."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, facts: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        """Write one message.

        Ends this process if the program has ended. Raises BadFrame if the message is too large.
        """
        with self._lock:
            try:
                frames.write(self._stream, facts, blobs or [])
            except OSError:
                os._exit(0)


def _beat(out: _Out) -> None:
    """Send a heartbeat every SECONDS_BETWEEN_BEATS, however long a step takes. A stopped process sends none."""
    while True:
        out.send({"kind": "alive", "share": 0})
        time.sleep(SECONDS_BETWEEN_BEATS)


class ShareRunner:
    """The loop of a worker, which generates the requested images and sends every event back.

    The worker runs at most AHEAD steps ahead of the program.
    """

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Frame], out: _Out) -> None:
        self._device = device
        self._sharing = sharing
        self._inbox = inbox
        self._out = out
        self._library = Library()
        # Number of the current share.
        self._share = 0
        self._steps_allowed = 0

    def serve(self) -> None:
        """Handle requests until the process ends. Never returns."""
        self._send({"kind": "ready", "pictures": self._use_threads()})
        while True:
            facts, blobs = self._inbox.get()
            if facts["kind"] == "make":
                self._share = facts["share"]
                self._steps_allowed = AHEAD
                self._generate_safely(facts, blobs[0])

    def _generate_safely(self, facts: dict[str, Any], recorded_steps: bytes) -> None:
        try:
            self._use_threads()
            self._generate(facts, recorded_steps)
            self._send({"kind": "ended"})
        except StudioError as error:
            self._send(messages.of_error(error))
        # The cause is a bug or a broken driver. The program gets the error, and this worker continues.
        except Exception as error:
            error_log.record_error(error)
            what = f"{type(error).__name__}: {error}"
            sentence = f"Something unforeseen happened on {self._device} ({what}); try again on another device."
            self._send(messages.of_error(StudioError(sentence)))

    def _generate(self, facts: dict[str, Any], recorded_steps: bytes) -> None:
        from gdm_studio.engine.decoding import partial_results
        from gdm_studio.engine.previews import Previews
        from gdm_studio.engine.resume import StepWriter, resume_run

        request = replace(Request.from_json(facts["request"]), device=self._device)
        others = set(range(request.count)) - set(facts["images"])
        previews = Previews(facts["previews"]) if facts["previews"] is not None else None
        writer = StepWriter(self._send_steps) if facts["keep"] else None
        encoder = messages.Encoder()
        latest = None
        finished = set()
        with closing(resume_run(request, self._library, finished=others, progress=recorded_steps)) as events:
            for event in events:
                if isinstance(event, StepEvent):
                    latest = event
                    self._send(*encoder.step(event, previews.views(event) if previews is not None else ()))
                    if writer is not None:
                        writer.add(event)
                    self._steps_allowed -= 1
                elif isinstance(event, Phase):
                    self._send(*encoder.phase(event))
                elif isinstance(event, Result):
                    finished.add(event.image)
                    self._send(*encoder.result(event))
                if stopped := self._stop_message():
                    break
            else:
                return
        if writer is not None:
            writer.flush()
        if stopped["reach"] and latest is not None:
            for result in partial_results(request, latest):
                if result.image not in finished:
                    self._send(*encoder.result(result))

    def _stop_message(self) -> dict[str, Any] | None:
        """Wait until another step is allowed and return None. If a stop message arrives first, return that message."""
        while not (self._steps_allowed > 0 and self._inbox.empty()):
            facts, _ = self._inbox.get()
            if facts["share"] == self._share and facts["kind"] == "stop":
                return facts
            if facts["share"] == self._share and facts["kind"] == "more":
                self._steps_allowed += 1
        return None

    def _send_steps(self, data: bytes, *, from_start: bool) -> None:
        self._send({"kind": "steps", "anew": from_start}, [data])

    def _send(self, facts: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        self._out.send(facts | {"share": self._share}, blobs)

    def _use_threads(self) -> int:
        """Use this worker's share of the CPU threads, and return the maximum number of images to generate at a time.

        The number of threads is a power of two, which gives exactly the same results as one thread
        (`devices.threads_of`).
        """
        from gdm_studio.engine import devices, oom_retry

        count = (preferences.load().threads or devices.DEFAULT_THREADS) // self._sharing
        devices.use_threads(1 << (max(1, count).bit_length() - 1))
        return oom_retry.max_batch(self._device.partition(":")[0])


def _listen(source: IO[bytes], inbox: SimpleQueue[Frame]) -> None:
    # The program has ended, so nobody needs the images in progress.
    status = 0
    try:
        while (frame := frames.read(source)) is not None:
            messages.check(frame, messages.TO_WORKER)
            inbox.put(frame)
    except (OSError, BadFrame):
        status = 1
    os._exit(status)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the pipes for requests and answers.

    stdin and stdout are redirected, so that libraries cannot write into the pipes.
    """
    source = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return source, out


if __name__ == "__main__":
    sys.exit(main())
