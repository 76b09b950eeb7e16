"""A job: work in the lane's queue, steered from the window's thread and read with `async for`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from gdm_studio.errors import StorageError
from gdm_studio.request import Request
from gdm_studio.run import View
from gdm_studio.studio.work import Bell, Work
from gdm_studio.workers.orders import Order

if TYPE_CHECKING:
    from gdm_studio.engine.resuming import KeepSteps
    from gdm_studio.studio.work import Source

FRAME = 1 / 24  # seconds between two wakes of the reader: painting must not take the processor from the sampler
FORGOTTEN = "After a crash this run would begin again."


class Job(Work):
    """Work whose run the lane's thread writes, while the window's thread steers and reads.

    Where its steps cannot be kept for another time it goes on without, and says so.
    """

    def __init__(
        self,
        request: Request,
        bell: Bell,
        *,
        source: Source | None = None,
        orders: Sequence[Order] = (),
        keep_steps: KeepSteps | None = None,
    ) -> None:
        self._keep_steps = keep_steps
        keeps = None if keep_steps is None else self._keep
        super().__init__(request, source=source, orders=orders, keep_steps=keeps, bell=bell)
        self.offered = False  # stopped, and its unfinished pictures not kept yet
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._woken = False
        self._last_wake = 0.0

    async def __aiter__(self) -> AsyncIterator[View | None]:
        """The newest view whenever something is new, None before the first; raises what the run failed with.

        A slow reader gets fewer views, never a backlog; the last one is always given.
        """
        ended = False
        while not ended:
            await self._stirred()
            ended = self.run.state.ended
            yield self.newest()
        if self.run.error is not None:
            raise self.run.error

    async def developing(self) -> AsyncIterator[View | None]:
        """After the end: the newest view, each time previews of the run were made sharp, until none is left."""
        while not self.settled:
            await self._stirred()
            yield self.newest()

    async def _stirred(self) -> None:
        await self._news.wait()
        await asyncio.sleep(max(0.0, self._last_wake + FRAME - time.perf_counter()))
        self._last_wake = time.perf_counter()
        self._news.clear()
        self._woken = False

    # Called in the lane's thread.

    def wake(self) -> None:
        """Tells the reader, unless it has been told and has not looked yet."""
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._news.set)

    def _keep(self, data: bytes, *, anew: bool) -> None:
        if self._keep_steps is None:
            return
        try:
            self._keep_steps(data, anew=anew)
        except StorageError as error:
            self._keep_steps = None
            self.run.notes.append(f"{error} {FORGOTTEN}")
