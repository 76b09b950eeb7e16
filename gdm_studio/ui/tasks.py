"""Background coroutines of the window, whose errors are always reported."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gdm_studio.common.lazy_import import LazyModule

if TYPE_CHECKING:
    import asyncio
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")

# How long closing waits for cancelled tasks.
SECONDS_TO_CANCEL = 1.0


class Tasks:
    """Set of running asyncio tasks of the window. If a task ends with an exception, the exception is passed to
    `report`.
    """

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self.report = report
        self._running: set[asyncio.Task[Any]] = set()

    @cached_property
    def _is_finishing(self) -> asyncio.Event:
        """Event that is set when the window closes."""
        return asyncio.Event()

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine as a background task. If it raises an exception, the exception is reported to the user."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def rest(self, seconds: float) -> None:
        """Wait for `seconds`, or until `finish()` is called, so that closing the window does not wait for a pause."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_finishing.wait(), seconds)

    async def finish(self, seconds: float) -> None:
        """Wait up to `seconds` for all other tasks to end, also for those that they start at their end. Then cancel the
        remaining tasks, and wait until they end.

        Called when the window closes, while its widgets exist.
        """
        self._is_finishing.set()
        await self._wait_for_others(seconds)
        await self._wait_for_others(SECONDS_TO_CANCEL, is_cancelling=True)

    async def _wait_for_others(self, seconds: float, *, is_cancelling: bool = False) -> None:
        """Wait up to `seconds` until no other task is running. Each is first cancelled if the wait `is_cancelling`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (others := self._running - {asyncio.current_task()}) and (left := end - loop.time()) > 0:
            for task in others if is_cancelling else ():
                task.cancel()
            await asyncio.wait(others, timeout=left)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report(error)


class CoalescedTask:
    """Background task that runs its coroutine at most once at a time. However often it is requested during a run, it
    runs only once more afterwards.
    """

    def __init__(self, tasks: Tasks, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks = tasks
        self._run_once = run
        self._task: asyncio.Task[Any] | None = None
        self._is_requested = False
        self._is_closed = False

    @property
    def is_outdated(self) -> bool:
        """True if a further run is requested or the task is closed, so that the result of the active run will not be
        used. Any thread may read it.
        """
        return self._is_requested or self._is_closed

    def request(self) -> None:
        """Start a run of the coroutine now, or one further run after the active one. After `close`, nothing happens."""
        if self._is_closed:
            return
        self._is_requested = True
        if self._task is None or self._task.done():
            self._task = self._tasks.start(self._repeat())

    def close(self) -> None:
        """Cancel the active run of the coroutine, and ignore later requests, because the window closes."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()

    async def _repeat(self) -> None:
        while self._is_requested:
            self._is_requested = False
            await self._run_once()
