"""Background scans of the model folders."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library


class ModelScanner:
    """Background scanner of the model folders. It uses daemon threads, so that slow disks never block the window.

    `on_progress` is called on the window's thread whenever a running scan finds a model.
    """

    def __init__(self, library: Library, on_progress: Callable[[], object]) -> None:
        self._library = library
        self._on_progress = on_progress
        self._running_scan: asyncio.Task[bool] | None = None
        self._next_scan: asyncio.Task[bool] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def scan(self) -> bool:
        """Scan the model folders, and return True if new models were found. The scan starts after this call, even if an
        earlier one is still running.

        Several calls can share one scan.
        """
        self._loop = asyncio.get_running_loop()
        self._library.on_progress = self._report
        if self._next_scan is None:
            self._next_scan = self._loop.create_task(self._scan(self._running_scan))
        return await asyncio.shield(self._next_scan)

    def stop(self) -> None:
        """Cancel all scans of the model folders. Their threads can no longer affect the window."""
        self._loop = None
        for task in (self._running_scan, self._next_scan):
            if task is not None:
                task.cancel()

    async def _scan(self, before: asyncio.Task[bool] | None) -> bool:
        if before is not None:
            await asyncio.wait([before])
        self._running_scan, self._next_scan = self._next_scan, None
        result: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._run_scan, args=(result,), name="model scan", daemon=True).start()
        return await result

    def _run_scan(self, result: asyncio.Future[bool]) -> None:
        try:
            has_new = self._library.refresh()
        except Exception as error:
            self._call(_end, result, error)
        else:
            self._call(_end, result, has_new)

    def _report(self) -> None:
        self._call(self._notify_progress)

    def _notify_progress(self) -> None:
        if self._loop is not None:
            self._on_progress()

    def _call(self, function: Callable[..., object], *args: object) -> None:
        """Call a function on the window's thread. Nothing happens if the window has closed."""
        loop = self._loop
        if loop is not None:
            # The event loop may have been closed meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(function, *args)


def _end(result: asyncio.Future[bool], outcome: bool | Exception) -> None:
    if result.done():
        return
    if isinstance(outcome, Exception):
        result.set_exception(outcome)
    else:
        result.set_result(outcome)
