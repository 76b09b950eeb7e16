"""Main loop of an engine process, which generates images and answers calls until its input pipe is closed."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from typing import Any

from gdm_studio.common import crash_log, error_log, memory
from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.engine_run import EngineRun
from gdm_studio.jobs.engine_service import EngineService
from gdm_studio.jobs.workers import engine_messages, messages
from gdm_studio.jobs.workers.message_frames import Frame
from gdm_studio.jobs.workers.pipes import OutputPipe, ProgramConnection, open_pipes, send_heartbeats
from gdm_studio.jobs.workers.shared_file import Blob, SharedFile
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Phase, Result, StepEvent, View
from gdm_studio.request.generation_request import Request

# Seconds of a pause after which the recorded steps are sent, because a paused run may never continue.
SECONDS_TO_FLUSH = 0.05


def serve(shared: SharedFile | None = None) -> None:
    """Run the engine over stdin and stdout, with large data in the file `shared`. Never returns, because the process
    ends with its parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, stdout = open_pipes()
    crash_log.enable("engine")
    inbox: SimpleQueue[Frame] = SimpleQueue()
    out = OutputPipe(stdout, shared)
    connection = ProgramConnection(source, inbox, messages.TO_ENGINE)
    threading.Thread(target=connection.listen, daemon=True).start()
    threading.Thread(target=send_heartbeats, args=(out, _memory_facts), daemon=True).start()
    library = Library()
    # The models of the last scan, as in the window. A model that is not among them is searched for.
    library.restore()
    _import_early()
    EngineLoop(inbox, out, library).serve()


class EngineLoop:
    """Main loop of an engine process: calls first, then images, then calls between jobs, then previews."""

    def __init__(self, inbox: SimpleQueue[Frame], out: OutputPipe, library: Library) -> None:
        self._inbox = inbox
        self._output = out
        self._service = EngineService(library)
        self._calls: deque[Frame] = deque()
        self._calls_between_jobs: deque[Frame] = deque()
        # The next request for images.
        self._order: Frame | None = None
        # Number of the current share.
        self._share = 0
        self._steps_made = 0
        self._steps_allowed = 0
        self._is_stopped = False
        # The key of the run whose previews are decoded.
        self._key = ""
        # True once its previews are decoded, or if it has none.
        self._is_settled = True

    def serve(self) -> None:
        """Receive messages and act on them until the process ends. Never returns."""
        self._send({"kind": "ready", "pictures": 1})
        while True:
            self._receive_waiting()
            if self._calls:
                self._answer(self._calls.popleft())
            elif self._order is not None:
                self._generate(*self._order)
            elif self._calls_between_jobs:
                self._answer(self._calls_between_jobs.popleft())
            elif not self._improve_preview():
                if not self._is_settled:
                    self._is_settled = True
                    self._send({"kind": "settled", "key": self._key})
                self._receive(None)

    def _receive_waiting(self) -> None:
        while self._receive(0.0):
            pass

    def _receive(self, timeout: float | None) -> bool:
        """Receive the next message. Return False if none has come within `timeout` seconds."""
        try:
            frame = self._inbox.get(timeout=timeout) if timeout != 0 else self._inbox.get_nowait()
        except Empty:
            return False
        facts, _ = frame
        if facts["kind"] == "call":
            (self._calls_between_jobs if facts["between_jobs"] else self._calls).append(frame)
        elif facts["kind"] == "make":
            self._order = frame
            self._share = facts["share"]
            self._steps_made = self._steps_allowed = 0
            self._is_stopped = False
        elif facts["kind"] == "settle":
            self._service.settle(facts["key"], keeps_step=facts["keeps_step"])
        elif facts["share"] == self._share and facts["kind"] == "stop":
            self._is_stopped = True
        elif facts["share"] == self._share and facts["kind"] == "allow":
            self._steps_allowed = facts["steps"]
        return True

    def _answer(self, frame: Frame) -> None:
        """Answer a call with its result or its error."""
        facts, (data,) = frame
        is_error = False
        try:
            function, args = engine_messages.unpack(data)
            answer = engine_messages.pack_parts(self._service.call(function, args))
        except StudioError as error:
            is_error = True
            answer = [engine_messages.pack_error(error)]
        # The cause is a bug or a broken driver. The parent gets the error, and this engine continues.
        except Exception as error:
            error_log.record_error(error)
            is_error = True
            answer = [engine_messages.pack_error(_unexpected_error(error))]
        parts = {"parts": len(answer)}
        self._output.send({"kind": "answer", "share": 0, "call": facts["call"], "is_error": is_error, **parts}, answer)

    def _generate(self, facts: dict[str, Any], blobs: list[bytes]) -> None:
        self._order = None
        self._key = facts["key"]
        self._is_settled = facts["previews"] is None
        try:
            self._generate_images(facts, blobs)
            self._send({"kind": "ended"})
        except StudioError as error:
            self._send(messages.of_error(error))
        except Exception as error:
            error_log.record_error(error)
            self._send(messages.of_error(_unexpected_error(error)))

    def _generate_images(self, facts: dict[str, Any], blobs: list[bytes]) -> None:
        item = WorkItem(
            Request.from_json(facts["request"]),
            facts["images"],
            recorded_steps=blobs[0],
            keep_steps=self._send_steps if facts["keep"] else None,
            first=facts["first"],
            source=engine_messages.unpack(blobs[1]) if facts["source"] else None,
        )
        run = self._service.begin(self._key, facts["previews"], leaves_noise=True)
        encoder = messages.Encoder()
        rest = 0.0
        try:
            with closing(run.generate(item)) as events:
                while self._may_continue(run, rest):
                    began = time.perf_counter()
                    if (event := next(events, None)) is None:
                        break
                    rest = (time.perf_counter() - began) * (1 / facts["cpu_share"] - 1)
                    self._send_event(encoder, event)
                    if isinstance(event, Result):
                        # If this engine ends, another one does not repeat the steps of finished images.
                        self._send_noise(run)
        finally:
            # Another run may follow at once, and these latents are released.
            self._send_noise(run)

    def _send_noise(self, run: EngineRun, *, only_shown: bool = False) -> None:
        for view in run.draw_noise(only_shown=only_shown):
            self._send_view(view)

    def _send_event(self, encoder: messages.Encoder, event: Event) -> None:
        if isinstance(event, StepEvent):
            self._steps_made += 1
            self._send(*encoder.step(event, event.views))
        elif isinstance(event, Phase):
            self._send(*encoder.phase(event))
        elif isinstance(event, Result):
            self._send(*encoder.result(event))

    def _may_continue(self, run: EngineRun, rest: float) -> bool:
        """Rest for `rest` seconds, answer calls, and wait until the parent allows the next step. Return False if the
        parent has stopped the run.
        """
        end = time.monotonic() + rest
        is_flushed = False
        while True:
            self._receive_waiting()
            while self._calls:
                self._answer(self._calls.popleft())
            self._send_noise(run, only_shown=True)
            if self._is_stopped:
                return False
            left = end - time.monotonic()
            if self._steps_made < self._steps_allowed:
                if left <= 0:
                    return True
                self._receive(left)
            elif not is_flushed:
                # The parent may just be slow.
                if not self._receive(SECONDS_TO_FLUSH):
                    run.flush()
                    is_flushed = True
            elif not self._improve_preview():
                self._receive(None)

    def _improve_preview(self) -> bool:
        """Decode one preview of the last run exactly, and send it. Return False if none is left to decode."""
        view = self._service.improve_preview(self._key)
        if view is None:
            return False
        self._send_view(view)
        return True

    def _send_view(self, view: View) -> None:
        blobs: list[Blob] = []
        facts = messages.Encoder().view(view, blobs)
        self._send({"kind": "view", "key": self._key, **facts}, blobs)

    def _send_steps(self, data: bytes, *, from_start: bool) -> None:
        self._send({"kind": "steps", "anew": from_start}, [data])

    def _send(self, facts: dict[str, Any], blobs: Sequence[Blob] = ()) -> None:
        self._output.send(facts | {"share": self._share}, blobs)


def _import_early() -> None:
    """Import torch and the modules of a run while the window is built. If that fails, the first call reports it."""
    with suppress(Exception):
        from gdm_studio.engine import decoding, previews, resume  # noqa: F401
        from gdm_studio.models.memory import devices

        devices.available()


def _memory_facts() -> dict[str, Any]:
    return {"memory": memory.in_use() or 0}


def _unexpected_error(error: Exception) -> StudioError:
    what = f"{type(error).__name__}: {error}"
    return StudioError(f"Something unforeseen happened in the engine ({what}); try again, or use another device.")
