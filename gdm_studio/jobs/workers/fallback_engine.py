"""Engine in a separate process that is replaced by one in the calling thread if no process can be started."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio.common.errors import DeviceError, StudioError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.engine import torch_startup
from gdm_studio.jobs.thread_engine import ThreadEngine
from gdm_studio.jobs.workers import engine_messages
from gdm_studio.jobs.workers.engine_process import EngineStartError, EngineWorker, ProcessEngine

if TYPE_CHECKING:
    from gdm_studio.jobs.workers.process_start import WorkerProcess
    from gdm_studio.jobs.workers.work_items import WorkEvent, WorkItem
    from gdm_studio.jobs.workers.worker_handle import Worker
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_events import View

T = TypeVar("T")


class FallbackEngine(ProcessEngine):
    """Engine process that is replaced by a `ThreadEngine` if several processes in succession end before they are ready.

    The images in progress continue at their last recorded step. An engine that was killed, or that ends after it was
    ready, is restarted as a process, because whatever ended it could also end the window.
    """

    def __init__(self, started: WorkerProcess | None, library: Library) -> None:
        """Start an engine, or take over a process. `library` is the one of the `ThreadEngine`."""
        self._library = library
        self._thread: ThreadEngine | None = None
        # It has a result once no engine can be started.
        self._failure: Future[None] = Future()
        # True if the last engine was killed.
        self._was_killed = False
        super().__init__(started)

    @property
    def is_process(self) -> bool:  # type: ignore[override]
        """True until images are generated in the calling thread."""
        return self._thread is None

    def run(
        self, more: Callable[[], WorkItem | None], *, previews: float | None = None
    ) -> Generator[WorkEvent | None, None, None]:
        """Generate the images of work items and yield their events. See `ProcessEngine.run`."""
        while (item := more()) is not None:
            for event in super().run(_yield_once(item), previews=previews):
                if event is not None and isinstance(event[1], EngineStartError) and not self._was_killed:
                    self._fail_calls(event[1])
                    yield from self._switch().run(_yield_once(item), previews=previews)
                    break
                yield event

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function of the engine and wait for the result, in the thread that uses `run`."""
        if self._thread is not None:
            return self._thread.call(function, *args)
        future = self.submit(function, *args)
        waiting: list[Future[Any]] = [future, self._failure]
        wait(waiting, return_when=FIRST_COMPLETED)
        if not future.done():
            self._switch()
        return future.result()

    def submit(self, function: Callable[..., T], *args: Any, between_jobs: bool = False) -> Future[T]:
        """Call a function of the engine. See `ProcessEngine.submit`."""
        if not self._failure.done():
            return super().submit(function, *args, between_jobs=between_jobs)
        call = self._create_call(function, args, between_jobs=between_jobs)
        if self._thread is None:
            self._calls[call.number] = call
            self.on_message()
        else:
            call.future.set_exception(DeviceError(translatable("The engine has ended; try again.")))
        return call.future

    def poll(self) -> bool:
        """Handle one message that has arrived while no images were being generated. Return False if there is none."""
        if self._failure.done() and self._thread is None:
            self._switch()
            return True
        return super().poll()

    def flush(self) -> None:
        """Write the recorded steps of the run in progress."""
        if self._thread is not None:
            self._thread.flush()

    def improve_preview(self, key: str) -> View | None:
        """Decode one approximate preview of a run exactly, if the engine is in this thread."""
        return None if self._thread is None else self._thread.improve_preview(key)

    def settle(self, key: str, *, keeps_step: bool) -> None:
        """Release the model and the previews of an ended run."""
        super().settle(key, keeps_step=keeps_step)
        if self._thread is not None:
            self._thread.settle(key, keeps_step=keeps_step)

    def _find_worker(self) -> EngineWorker | None:
        return None if self._failure.done() else super()._find_worker()

    def _replace(self, worker: Worker) -> None:
        self._was_killed = worker.was_killed()
        super()._replace(worker)

    def _fail_calls(self, error: StudioError) -> None:
        if self._was_killed:
            super()._fail_calls(error)
            return
        # The calls wait for the engine in the thread.
        with self._lock:
            if not self._failure.done():
                self._failure.set_result(None)

    def _switch(self) -> ThreadEngine:
        """Create the engine in this thread, if there is none yet, and answer the calls that wait."""
        if self._thread is not None:
            return self._thread
        torch_startup.load_libraries()
        thread = ThreadEngine(self._library)
        with self._lock:
            self._thread = thread
            calls = list(self._calls.values())
            self._calls.clear()
        self.on_death(translatable("No engine process can be started; the window generates images itself, but slower."))
        for call in calls:
            if not call.future.set_running_or_notify_cancel():
                continue
            try:
                function, args = engine_messages.unpack(call.data)
                call.future.set_result(thread.call(function, *args))
            except Exception as error:  # any error is passed to the caller
                call.future.set_exception(error)
        return thread


def _yield_once(item: WorkItem) -> Callable[[], WorkItem | None]:
    """Return a function that returns a work item once, and then None."""
    items = [item]
    return lambda: items.pop() if items else None
