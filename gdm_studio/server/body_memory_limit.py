"""Limit on the memory that request bodies take together while they arrive and are decoded."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gdm_studio.server.access_control import HttpError

# Number of bytes that count as progress. A smaller body is not worth dropping.
BLOCK = 64 * 2**10
BUSY = "Too many large requests are arriving; try again later."


class IncomingBodies:
    """Request bodies that are in memory now, together at most `max_bytes`.

    Only the bytes that have arrived are counted, so a client that sends nothing delays no other client. If there is no
    room for more, the server drops the incomplete body whose last BLOCK bytes arrived the longest ago.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bodies: set[_Body] = set()
        self._memory_freed = asyncio.Event()
        self._turn_numbers = itertools.count()

    @asynccontextmanager
    async def receive(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Context manager that yields the whole body of a request. Its memory counts until the block ends.

        Raises HttpError if the body was dropped.
        """
        body = _Body(next(self._turn_numbers))
        self._bodies.add(body)
        try:
            try:
                async with body.deadline:
                    async for part in stream:
                        if (body.size + len(part)) // BLOCK > body.size // BLOCK:
                            body.turn = next(self._turn_numbers)
                        await self._make_room(body, len(part))
                        body.parts.append(part)
                        body.size += len(part)
            except TimeoutError as error:
                raise HttpError(503, BUSY) from error
            body.is_complete = True
            data = b"".join(body.parts)
            body.parts.clear()
            yield data
        finally:
            self._remove(body)

    async def _make_room(self, body: _Body, size: int) -> None:
        while sum(each.size for each in self._bodies) + size > self._max_bytes:
            arriving = [each for each in self._bodies if not each.is_complete and (each is body or each.size >= BLOCK)]
            slowest = min(arriving, key=lambda each: each.turn)
            if len(arriving) == 1:
                # The others are complete and are decoded soon.
                self._memory_freed.clear()
                await self._memory_freed.wait()
            elif slowest is body:
                raise HttpError(503, BUSY)
            else:
                slowest.drop()
                self._remove(slowest)

    def _remove(self, body: _Body) -> None:
        self._bodies.discard(body)
        self._memory_freed.set()


class _Body:
    """Body of one request, as far as it has arrived."""

    def __init__(self, turn_number: int) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        # Grows with every block of every body.
        self.turn = turn_number
        self.is_complete = False
        # Expires if the body is dropped.
        self.deadline = asyncio.timeout(None)

    def drop(self) -> None:
        """Free the memory, and end the coroutine that receives the body."""
        self.parts.clear()
        self.deadline.reschedule(asyncio.get_running_loop().time())
