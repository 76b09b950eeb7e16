"""Time of a slow model, which passes only while the event loop of the test runs.

A model of a fixed speed would overtake the test on a busy machine, where the window handles every event late.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# Time of the model between two beats, and shortest real time between them.
BEAT_SECONDS = 0.01
REAL_SECONDS = 0.005


class _Beats:
    """Number of beats of the event loop since the start of the tests."""

    count = 0
    is_beating = False


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Let `pause` measure time by the running event loop inside an `async with` block."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(REAL_SECONDS)
            _Beats.count += 1

    task = asyncio.create_task(beat())
    _Beats.is_beating = True
    try:
        yield
    finally:
        _Beats.is_beating = False
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def pause(seconds: float, ended: threading.Event) -> None:
    """Wait until so many seconds have passed by the beats, or by the clock if no event loop runs, or until the event is
    set.
    """
    if not _Beats.is_beating:
        ended.wait(seconds)
        return
    last = _Beats.count + round(seconds / BEAT_SECONDS)
    while _Beats.is_beating and _Beats.count < last and not ended.wait(REAL_SECONDS / 2):
        pass
