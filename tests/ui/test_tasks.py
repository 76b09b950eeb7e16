"""Background tasks of the window: pauses end when the window closes."""

from __future__ import annotations

import asyncio
import time

from gdm_studio.ui.tasks import Tasks

# A pause that no test waits for.
LONG = 60.0


def test_closing_does_not_wait_for_a_pause() -> None:
    ended: list[str] = []

    async def pause(tasks: Tasks, name: str) -> None:
        await tasks.rest(LONG)
        ended.append(name)

    async def close() -> None:
        tasks = Tasks(lambda error: None)
        tasks.start(pause(tasks, "before"))
        await asyncio.sleep(0)
        assert not ended
        await tasks.finish(LONG)
        await pause(tasks, "after")

    begin = time.monotonic()
    asyncio.run(close())
    assert ended == ["before", "after"] and time.monotonic() - begin < LONG / 2


def test_closing_waits_for_tasks_that_others_start_at_their_end() -> None:
    ended: list[str] = []

    async def write() -> None:
        try:
            await asyncio.sleep(LONG)
        finally:
            ended.append("write")

    async def run(tasks: Tasks) -> None:
        try:
            await asyncio.sleep(LONG)
        finally:
            tasks.start(write())

    async def close() -> None:
        tasks = Tasks(lambda error: None)
        tasks.start(run(tasks))
        await asyncio.sleep(0)
        await tasks.finish(0.01)
        assert ended == ["write"]

    asyncio.run(close())


def test_a_pause_lasts_as_long_as_asked() -> None:
    async def pause() -> float:
        begin = time.monotonic()
        await Tasks(lambda error: None).rest(0.05)
        return time.monotonic() - begin

    assert asyncio.run(pause()) >= 0.045
