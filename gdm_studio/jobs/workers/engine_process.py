"""Engine in a separate process, so that a crash of torch or its drivers does not end the window."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio import preferences
from gdm_studio.common import error_log
from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.jobs.engine_service import MAX_RUNS
from gdm_studio.jobs.workers import engine_messages, message_frames, messages, process_start
from gdm_studio.jobs.workers.message_frames import BadFrame, Frame
from gdm_studio.jobs.workers.process_start import WorkerProcess
from gdm_studio.jobs.workers.work_items import Ended
from gdm_studio.jobs.workers.worker_handle import Loss, Message, Share, Worker, unreadable
from gdm_studio.request.generation_events import Phase, Progress, Result, View

if TYPE_CHECKING:
    from gdm_studio.jobs.workers.work_items import WorkEvent, WorkItem

T = TypeVar("T")

# Number of steps that the engine may compute before this process has handled the first of them.
AHEAD = 4
# Seconds without a heartbeat after which the engine is replaced, once it is ready and before that. Importing torch from
# a slow disk holds the interpreter lock, for which the heartbeat waits.
SECONDS_OF_SILENCE = 10.0
SECONDS_TO_START = 120.0
# Seconds between two checks for silence.
TICK = 0.5
# Seconds to wait for the last steps of a run that is stopped because the window closes.
SECONDS_TO_STOP = 2.0
# Number of deaths at the same step after which a run fails, and number of engines that may hear the same call.
MAX_DEATHS = 2
# Number of engines in a row that may end before they are ready.
MAX_FAILED_STARTS = 5
# Size in bytes of a run's recorded steps beyond which they are in a temporary file.
MAX_STEPS_IN_MEMORY = 64 * 2**20


@dataclass(eq=False)
class _Call:
    """Call of the engine that waits for its answer."""

    number: int
    data: bytes
    between_jobs: bool
    # Number of engines that have received it.
    tries: int = 0
    future: Future[Any] = field(default_factory=Future)


class EngineStartError(DeviceError):
    """Error raised when several engine processes in succession have ended before they were ready."""


class RecordedSteps:
    """Recorded steps of a run that the engine has sent, from which another engine continues the run."""

    def __init__(self, data: bytes = b"") -> None:
        # The file is deleted when it is closed, even if this process is killed.
        self._file = tempfile.SpooledTemporaryFile(MAX_STEPS_IN_MEMORY)  # noqa: SIM115
        self._file.write(data)

    def add(self, data: bytes, *, from_start: bool) -> None:
        """Append recorded steps, or replace all earlier ones."""
        if from_start:
            self._file.seek(0)
            self._file.truncate()
        self._file.write(data)

    def read(self) -> bytes:
        """Return all recorded steps."""
        self._file.seek(0)
        data = self._file.read()
        return bytes(data)


class EngineWorker(Worker):
    """Handle of an engine process. Answers of calls are passed to `on_answer` in the thread that reads them."""

    _kinds = messages.FROM_ENGINE

    def __init__(
        self,
        inbox: SimpleQueue[Message | None],
        on_answer: Callable[[Frame], object],
        started: WorkerProcess | None,
    ) -> None:
        """Start an engine, or take over one that was started."""
        self._on_answer = on_answer
        self._started = started
        self.is_ready = False
        # Physical memory of the process in bytes.
        self.memory = 0
        # True if it was killed because it sent no heartbeat.
        self.is_silent = False
        super().__init__("engine", 1, inbox)

    def allow(self, steps: int) -> None:
        """Allow the engine to compute the steps of the current share up to number `steps`, counted from the share's
        start.
        """
        self._send("allow", steps=steps)

    def call(self, call: _Call) -> None:
        """Send a call to the engine."""
        facts = {"kind": "call", "share": 0, "call": call.number, "between_jobs": call.between_jobs}
        self._outbox.put(message_frames.pack(facts, [call.data]))

    def settle(self, key: str, *, keeps_step: bool) -> None:
        """Release the model and the previews of a run."""
        facts = {"kind": "settle", "share": 0, "key": key, "keeps_step": keeps_step}
        self._outbox.put(message_frames.pack(facts, []))

    def kill(self) -> None:
        """Kill the engine process. A Loss then arrives as its last message."""
        self._kill()

    def _start_process(self, sharing: int) -> WorkerProcess:
        return self._started or process_start.start_engine()

    def _start_error(self, error: OSError) -> DeviceError:
        return DeviceError(f"The engine cannot be started: {error.strerror or error}; restart the program.")

    def _collect_extras(self, share: Share) -> tuple[dict[str, Any], list[bytes]]:
        item = share.item
        source = [engine_messages.pack(item.source)] if item.source is not None else []
        facts = {"key": item.key, "first": item.first, "source": bool(source)}
        return facts | {"cpu_share": preferences.load().cpu_share}, source

    def _take_heartbeat(self, facts: dict[str, Any]) -> None:
        self.memory = facts["memory"]

    def _put_into_inbox(self, frame: Frame, inbox: SimpleQueue[Message | None]) -> None:
        if frame[0]["kind"] == "ready":
            self.is_ready = True
        if frame[0]["kind"] == "answer":
            self._on_answer(frame)
        else:
            super()._put_into_inbox(frame, inbox)


class _Inbox(SimpleQueue["Message | None"]):
    """Queue of the messages of an engine. It calls `replace` before its reader gets the last message of an engine, so
    that the reader finds the next engine, and `on_message` after each message.
    """

    def __init__(self, replace: Callable[[Worker], object], on_message: Callable[[], object]) -> None:
        super().__init__()
        self._replace = replace
        self._on_message = on_message

    def put(self, item: Message | None, block: bool = True, timeout: float | None = None) -> None:
        if item is not None and isinstance(item[1], Loss):
            self._replace(item[0])
        super().put(item)
        self._on_message()


class ProcessEngine:
    """Engine in a separate process, with the methods of a `Pool`. The process is started at once, and restarted
    whenever it ends.

    Call `run`, `poll` and `close` from a single thread. `call`, `submit` and `wake` may be called from any thread.
    """

    # True if the engine works while its caller waits, in a separate process.
    is_process = True
    devices: tuple[str, ...] = ()

    def __init__(self, started: WorkerProcess | None = None) -> None:
        """Start an engine, or take over the process of `process_start.start_engine`."""
        # Called from any thread when a message has come.
        self.on_message: Callable[[], object] = lambda: None
        # Called with the key of a run and a view that was decoded exactly or drawn with its noise.
        self.on_view: Callable[[str, View], object] = lambda key, view: None
        # Called with the key of a run that has no further previews to decode.
        self.on_settled: Callable[[str], object] = lambda key: None
        # Called with a sentence if the engine has ended while no images were generated.
        self.on_death: Callable[[str], object] = lambda sentence: None
        self._inbox = _Inbox(lambda worker: self._replace(worker), lambda: self.on_message())
        self._numbers = count(1)
        self._calls: dict[int, _Call] = {}
        self._lock = threading.RLock()
        self._failed_starts = 0
        self._is_closed = False
        # Engines that end because the user has freed the memory.
        self._dismissed: set[Worker] = set()
        # Recorded steps of the last runs.
        self._steps: OrderedDict[str, RecordedSteps] = OrderedDict()
        self._worker: EngineWorker | None = None
        self._start(started)
        threading.Thread(target=self._watch_heartbeats, name="engine-watch", daemon=True).start()

    @property
    def pid(self) -> int:
        """The id of the engine's process, or 0 if there is none."""
        worker = self._worker
        return worker.pid if worker is not None else 0

    @property
    def memory(self) -> int:
        """Physical memory of the engine's process in bytes, as of its last heartbeat."""
        worker = self._worker
        return worker.memory if worker is not None else 0

    def run(
        self, more: Callable[[], WorkItem | None], *, previews: float | None = None
    ) -> Generator[WorkEvent | None, None, None]:
        """Generate the images of work items and yield their events. The last event of an item is an Ended or an error.

        If the engine ends, another one continues the images at their last recorded step. After a `wake`, None is
        yielded. `previews` is the fraction of a step's duration to spend on previews of items that `has_previews`.
        """
        while (item := more()) is not None:
            error = yield from self._generate(item, previews if item.has_previews else None)
            if not isinstance(error, EngineStartError):
                item.left = []
            yield item, error or Ended()

    def wake(self) -> None:
        """Make a waiting `run` yield None, and pause or resume its item. May be called from any thread."""
        SimpleQueue.put(self._inbox, None)

    def drop(self, item: WorkItem, *, decode: bool = False) -> None:
        """Stop generating the images of a work item before its next step."""
        item.left = []
        item.is_dropped = True
        worker = self._worker
        if worker is not None and worker.share is not None and worker.share.item is item:
            worker.stop()
        self.wake()

    def close(self) -> None:
        """End the engine at once, and cancel the calls that are waiting for an answer."""
        with self._lock:
            self._is_closed = True
            worker = self._worker
            self._worker = None
            calls = list(self._calls.values())
            self._calls.clear()
        for call in calls:
            call.future.cancel()
        if worker is not None:
            worker.reap()

    def free_memory(self) -> None:
        """End the engine process, which frees all of its memory. Another one is then started."""
        with self._lock:
            if self._worker is not None:
                self._dismissed.add(self._worker)
                self._worker.kill()

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function of the engine, whose first parameter is its `EngineService`, and wait for the result."""
        try:
            return self.submit(function, *args).result()
        except CancelledError:
            raise DeviceError("The engine has ended.") from None

    def submit(self, function: Callable[..., T], *args: Any, between_jobs: bool = False) -> Future[T]:
        """Call a function in the engine before its next step or, with `between_jobs`, after the running job. Return a
        future of the result.

        The function must be defined at module level, and its arguments and result must be plain data. If the engine
        ends before it has answered, the next engine gets the call again.
        """
        call = self._create_call(function, args, between_jobs=between_jobs)
        with self._lock:
            if self._is_closed:
                call.future.cancel()
                return call.future
            if self._worker is None:
                self._failed_starts = 0
                self._start()
            self._calls[call.number] = call
            self._send_call(call)
        return call.future

    def _create_call(self, function: Callable[..., Any], args: tuple[Any, ...], *, between_jobs: bool) -> _Call:
        return _Call(next(self._numbers), engine_messages.pack((function, args)), between_jobs)

    def poll(self) -> bool:
        """Handle one message that has arrived while no images were being generated. Return False if there is none."""
        if self._inbox.empty():
            return False
        if (received := self._inbox.get()) is not None:
            worker, message = received
            worker.note_handled(message)
            if isinstance(message, Loss):
                self._report_death(worker)
            else:
                self._handle_news(message)
        return True

    def flush(self) -> None:
        """Do nothing, because the engine sends all recorded steps when it is paused."""

    def improve_preview(self, key: str) -> View | None:
        """Return None, because the engine decodes previews itself and reports them by `on_view`."""

    def settle(self, key: str, *, keeps_step: bool) -> None:
        """Release the model and the previews of an ended run."""
        with self._lock:
            if not keeps_step:
                self._steps.pop(key, None)
            if self._worker is not None:
                self._worker.settle(key, keeps_step=keeps_step)

    def recorded_steps(self, key: str) -> bytes:
        """Return the recorded steps of a run, or b"" if there are none."""
        with self._lock:
            return self._steps[key].read() if key in self._steps else b""

    # Generating images

    def _generate(
        self, item: WorkItem, previews: float | None
    ) -> Generator[WorkEvent | None, None, StudioError | None]:
        """Generate the images of a work item, on several engines one after another if they end. Return an error or
        None.
        """
        steps = RecordedSteps(item.recorded_steps)
        images = list(item.left)
        count = len(images)
        # The finished images and the step that an engine had reached, and the number of engines that came no further.
        furthest, deaths = (-1, 0), 0
        # Number of engines in a row that ended before they were ready.
        starts = 0
        with self._lock:
            self._steps[item.key] = steps
            self._steps.move_to_end(item.key)
            while len(self._steps) > MAX_RUNS:
                self._steps.popitem(last=False)
        while not item.is_dropped:
            item.recorded_steps = steps.read()
            worker = self._find_worker()
            if worker is None:
                return _start_error()
            share = Share(item, images, keeps_steps=True)
            worker.generate(share, previews=previews)
            reached, loss = yield from self._follow_images(worker, share, steps)
            images = item.left = share.images
            if not isinstance(loss, Loss):
                return loss
            if item.is_dropped or worker in self._dismissed:
                self._dismissed.discard(worker)
                continue
            if not worker.is_ready:
                # It has not begun to generate, so the images are not to blame.
                starts += 1
                if starts >= MAX_FAILED_STARTS:
                    return _start_error()
                continue
            starts = 0
            here = (count - len(images), reached)
            deaths = 1 if here > furthest else deaths + 1
            furthest = max(furthest, here)
            if deaths >= MAX_DEATHS:
                return _create_death_error(item, furthest[1])
            yield item, Phase("", _death_note(worker, is_recorded=bool(steps.read())))
        return None

    def _follow_images(
        self, worker: EngineWorker, share: Share, steps: RecordedSteps
    ) -> Generator[WorkEvent | None, None, tuple[int, Loss | StudioError | None]]:
        """Yield the events of the images that an engine generates. Return the number of the last step, and the reason
        for the end: a Loss, an error, or None.
        """
        handled, reached = 0, 0
        allowed = -1
        fault: Loss | None = None
        item = share.item
        has_ended = False
        try:
            while True:
                if (allows := handled + _steps_ahead(item)) != allowed and not item.is_dropped:
                    worker.allow(allows)
                    allowed = allows
                if (received := self._inbox.get()) is None:
                    yield None
                    continue
                sender, message = received
                sender.note_handled(message)
                if isinstance(message, Loss):
                    if sender is worker:
                        has_ended = True
                        return reached, fault or message
                    continue
                facts, blobs = message
                if facts["kind"] in ("view", "settled"):
                    self._handle_news(message)
                if sender is not worker or facts["share"] != share.number:
                    continue
                if facts["kind"] == "steps":
                    steps.add(blobs[0], from_start=facts["anew"])
                    if item.keep_steps is not None:
                        item.keep_steps(blobs[0], from_start=facts["anew"])
                elif facts["kind"] == "ended":
                    has_ended = True
                    return reached, None
                elif facts["kind"] == "failed":
                    has_ended = True
                    return reached, worker.error_in(facts)
                elif fault is None:
                    try:
                        event = _event_in(message, worker)
                    except BadFrame as error:
                        error_log.record_error(error)
                        fault = unreadable(error)
                        # Its last message, a Loss, follows.
                        worker.kill()
                        continue
                    # The step that was being computed when the images were stopped is still finished.
                    if event is None or (item.is_dropped and not isinstance(event, Progress)):
                        continue
                    if isinstance(event, Progress):
                        handled += 1
                        reached = event.index
                    elif isinstance(event, Result):
                        share.images.remove(event.image - item.first)
                    yield item, event
        except StudioError as error:
            return reached, error
        finally:
            if not has_ended:
                self._stop(worker, share, steps)
            worker.share = None

    def _stop(self, worker: EngineWorker, share: Share, steps: RecordedSteps) -> None:
        """Stop the images of an engine, and record the last steps that it sends."""
        worker.stop()
        item = share.item
        end = time.monotonic() + SECONDS_TO_STOP
        while (left := end - time.monotonic()) > 0:
            try:
                received = self._inbox.get(timeout=left)
            except Exception:  # the queue is empty
                return
            if received is None or received[0] is not worker:
                continue
            worker.note_handled(received[1])
            if isinstance(received[1], Loss):
                return
            facts, blobs = received[1]
            if facts["share"] != share.number:
                continue
            if facts["kind"] in ("ended", "failed"):
                return
            if facts["kind"] == "steps":
                steps.add(blobs[0], from_start=facts["anew"])
                if item.keep_steps is not None:
                    with suppress(StudioError):
                        item.keep_steps(blobs[0], from_start=facts["anew"])

    def _handle_news(self, frame: Frame) -> None:
        facts, blobs = frame
        if facts["kind"] == "view":
            with suppress(ValueError):
                self.on_view(facts["key"], messages.Decoder().view(facts, iter(blobs)))
        elif facts["kind"] == "settled":
            self.on_settled(facts["key"])

    def _report_death(self, worker: Worker) -> None:
        if worker in self._dismissed:
            self._dismissed.discard(worker)
        elif not self._is_closed:
            if _is_silent(worker):
                self.on_death(translatable("The engine did not answer. It was started again."))
            else:
                self.on_death(translatable("The engine ended unexpectedly. It was started again."))

    # Engine processes

    def _find_worker(self) -> EngineWorker | None:
        with self._lock:
            if self._worker is None and not self._is_closed:
                self._failed_starts = 0
                self._start()
            return self._worker

    def _start(self, started: WorkerProcess | None = None) -> None:
        """Start an engine, which gets all calls that wait for an answer."""
        with self._lock:
            try:
                self._worker = EngineWorker(self._inbox, self._take_answer, started)
            except DeviceError as error:
                self._worker = None
                self._fail_calls(error)
                return
            for call in list(self._calls.values()):
                self._send_call(call)

    def _send_call(self, call: _Call) -> None:
        if self._worker is None:
            return
        call.tries += 1
        if call.tries > MAX_DEATHS:
            del self._calls[call.number]
            call.future.set_exception(
                DeviceError(translatable("The engine ended twice while it worked on this; try again."))
            )
            return
        self._worker.call(call)

    def _fail_calls(self, error: StudioError) -> None:
        calls = list(self._calls.values())
        self._calls.clear()
        for call in calls:
            call.future.set_exception(error)

    def _take_answer(self, frame: Frame) -> None:
        facts, (data, *buffers) = frame
        with self._lock:
            call = self._calls.pop(facts["call"], None)
        if call is None or not call.future.set_running_or_notify_cancel():
            return
        try:
            if facts["is_error"]:
                raise engine_messages.unpack_error(data)
            answer = engine_messages.unpack(data, buffers)
        except Exception as error:  # any error is passed to the caller
            call.future.set_exception(error)
        else:
            call.future.set_result(answer)

    def _replace(self, worker: Worker) -> None:
        """Start another engine when one has ended. Called in the thread that has read its messages."""
        with self._lock:
            worker.is_alive = False
            if worker is not self._worker or self._is_closed:
                return
            self._failed_starts = 0 if self._worker.is_ready else self._failed_starts + 1
            if not self._worker.is_ready:
                # It has not begun with the calls, so they are not to blame.
                for call in self._calls.values():
                    call.tries -= 1
            self._worker = None
            if self._failed_starts < MAX_FAILED_STARTS:
                self._start()
            else:
                self._fail_calls(_start_error())

    def _watch_heartbeats(self) -> None:
        """Kill an engine that has sent no heartbeat for SECONDS_OF_SILENCE, or for SECONDS_TO_START while it starts.

        Time during which this process was suspended counts as at most two ticks.
        """
        checked_at = time.monotonic()
        while not self._is_closed:
            time.sleep(TICK)
            now = time.monotonic()
            waited, checked_at = now - checked_at, now
            worker = self._worker
            if worker is None:
                continue
            patience = SECONDS_OF_SILENCE if worker.is_ready else SECONDS_TO_START
            if worker.add_silence(min(waited, 2 * TICK)) > patience:
                worker.is_silent = True
                worker.kill()


def _event_in(frame: Frame, worker: EngineWorker) -> Phase | Progress | Result | None:
    """Return the event in a message of an engine, or None if it contains none. Raises BadFrame if it is invalid."""
    return worker.event(frame) if frame[0]["kind"] in ("phase", "progress", "result") else None


def _steps_ahead(item: WorkItem) -> int:
    """Return the number of steps that an engine may take before this process has handled the next one."""
    steps = item.single_steps()
    return AHEAD if steps is None else steps


def _death_note(worker: Worker, *, is_recorded: bool) -> str:
    if _is_silent(worker):
        if is_recorded:
            return translatable("The engine did not answer; another one continues at the last recorded step.")
        return translatable("The engine did not answer; another one begins again.")
    if is_recorded:
        return translatable("The engine ended unexpectedly; another one continues at the last recorded step.")
    return translatable("The engine ended unexpectedly; another one begins again.")


def _is_silent(worker: Worker) -> bool:
    return isinstance(worker, EngineWorker) and worker.is_silent


def _create_death_error(item: WorkItem, step: int) -> DeviceError:
    request = item.request
    if request.count > 1 and request.batch != 1:
        sentence = translatable("The engine ended twice at step {step}; generate fewer images at a time.", step=step)
        return DeviceError(sentence, remedy="batch")
    if request.device == "cpu":
        sentence = translatable("The engine ended twice at step {step}; try a smaller size.", step=step)
        return DeviceError(sentence, remedy="again")
    sentence = translatable("The engine ended twice at step {step}; use another device.", step=step)
    return DeviceError(sentence, remedy="cpu")


def _start_error() -> EngineStartError:
    return EngineStartError(translatable("The engine cannot be started; restart the program."))
