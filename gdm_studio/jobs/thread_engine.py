"""Engine in the thread of its caller, for scripts, the command line, the server and tests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.engine_service import EngineService
from gdm_studio.jobs.workers.work_items import Ended
from gdm_studio.request.generation_events import View

if TYPE_CHECKING:
    from gdm_studio.jobs.engine_run import EngineRun
    from gdm_studio.jobs.workers.work_items import WorkEvent, WorkItem
    from gdm_studio.models.model_library import Library

T = TypeVar("T")


class ThreadEngine:
    """Engine in the thread that calls it, with the methods of a `Pool`. Every `next()` of `run` computes one step."""

    # True if the engine works while its caller waits, in a process of its own.
    is_process = False
    devices: tuple[str, ...] = ()

    def __init__(self, library: Library) -> None:
        self._service = EngineService(library)
        # The key of the run in progress, or of the last one.
        self._key = ""

    def run(
        self, take_next: Callable[[], WorkItem | None], *, previews: float | None = None
    ) -> Generator[WorkEvent | None, None, None]:
        """Generate the images of work items and yield their events. The last event of an item is an Ended or an error.

        A step has previews if its item `has_previews`.
        """
        while (item := take_next()) is not None:
            self._key = item.key
            error = None
            try:
                run = self._service.begin(item.key, previews if item.has_previews else None)
                yield from self._generate(run, item)
            except StudioError as problem:
                error = problem
            item.left = []
            yield item, error or Ended()

    def _generate(self, run: EngineRun, item: WorkItem) -> Iterator[WorkEvent]:
        """Generate the images of a work item and yield their events, until it is dropped."""
        if item.is_dropped:
            return
        with closing(run.generate(item)) as events:
            for event in events:
                yield item, event
                if item.is_dropped:
                    break

    def wake(self) -> None:
        """Do nothing. This engine runs in the thread of its caller and never waits."""

    def drop(self, item: WorkItem, *, decode: bool = False) -> None:
        """Stop generating the images of a work item before its next step."""
        item.left = []
        item.is_dropped = True

    def close(self) -> None:
        """Do nothing. The models are released when the engine is garbage-collected."""

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function of the engine, whose first parameter is its `EngineService`, and return the result."""
        return self._service.call(function, args)

    def flush(self) -> None:
        """Write the recorded steps of the run in progress. Raises the errors of `keep_steps`."""
        if (run := self._service.find_run(self._key)) is not None:
            run.flush()

    def improve_preview(self, key: str) -> View | None:
        """Decode one approximate preview of a run exactly. Returns None if none is left to decode."""
        return self._service.improve_preview(key)

    def settle(self, key: str, *, keeps_step: bool) -> None:
        """Release the model and the previews of an ended run."""
        self._service.settle(key, keeps_step=keeps_step)
