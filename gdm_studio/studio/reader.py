"""A reader: who follows a work in an event loop while another thread carries it out."""

from __future__ import annotations

import asyncio
import time

FRAME = 1 / 24  # seconds between two looks: painting must not take the processor from the sampler


class Reader:
    """Is told that there is news, and looks when it has time: a slow one sees less, and has no backlog."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._told = False
        self._looked = 0.0  # when it did last

    def tell(self) -> None:
        """From any thread; nothing happens where it has been told and has not looked yet."""
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._news.set)

    async def news(self) -> None:
        """Once there is some."""
        await self._news.wait()
        await asyncio.sleep(max(0.0, self._looked + FRAME - time.perf_counter()))
        self._looked = time.perf_counter()
        self._news.clear()
        self._told = False
