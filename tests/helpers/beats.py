"""Time of a slow model, which passes only while the event loop of the test runs.

A model of a fixed speed would overtake the test on a busy machine, where the window handles every event late.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from PySide6.QtCore import Qt, QTimer

# Time of the model between two beats, and shortest real time between them.
BEAT_SECONDS = 0.01
REAL_SECONDS = 0.005


class _Beats:
    """Number of beats of the event loop since the start of the tests, and the tasks that wait for the next beat."""

    count = 0
    is_beating = False
    waiting: list[asyncio.Future[None]] = []


@contextmanager
def beating_in_qt() -> Iterator[None]:
    """Let `pause` measure time by the running event loop of Qt inside a `with` block. Its timer takes a tenth of the
    CPU time of a task that sleeps.
    """
    # It starts again after each beat, so that no two beats are closer than its interval.
    timer = QTimer(singleShot=True, interval=round(1000 * REAL_SECONDS), timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(timer.start)
    timer.timeout.connect(_beat)
    timer.start()
    _Beats.is_beating = True
    try:
        yield
    finally:
        _Beats.is_beating = False
        timer.stop()
        _wake()


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Let `pause` measure time by the running asyncio loop inside an `async with` block."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(REAL_SECONDS)
            _beat()

    task = asyncio.create_task(beat())
    _Beats.is_beating = True
    try:
        yield
    finally:
        _Beats.is_beating = False
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        _wake()


def _beat() -> None:
    _Beats.count += 1
    _wake()


def _wake() -> None:
    waiting, _Beats.waiting = _Beats.waiting, []
    for future in waiting:
        if not future.done():
            future.set_result(None)


async def next_beat() -> None:
    """Wait for the next beat, or for REAL_SECONDS if no event loop beats."""
    if not _Beats.is_beating:
        await asyncio.sleep(REAL_SECONDS)
        return
    future = asyncio.get_running_loop().create_future()
    _Beats.waiting.append(future)
    await future


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
