"""Event logs of single requests. A client that has lost its connection reads the missed events from the log."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdm_studio.server.client_requests import Ticket

# Events that end a request.
LAST_EVENTS = frozenset({"done", "stopped", "failed"})
# Maximum number of events of a request. Of more, the oldest steps are dropped.
MAX_EVENTS = 600
# Maximum number of logs of ended requests, and size in bytes of the previews of all logs.
MAX_ENDED = 64
MAX_PREVIEW_BYTES = 32 * 2**20

Event = Mapping[str, Any]


class RequestLog:
    """Numbered events of one request. Not thread-safe: `RequestLogs` holds the lock."""

    def __init__(self, ticket: Ticket, first: int = 1) -> None:
        """Create a log whose first event has the number `first`."""
        self.ticket = ticket
        self.has_ended = False
        self.events: deque[tuple[int, Event]] = deque()
        self._count = first - 1
        # Functions that wake the readers.
        self.wake_ups: list[Callable[[], object]] = []

    def add(self, event: Event) -> None:
        self._count += 1
        self.events.append((self._count, event))
        self.has_ended = self.has_ended or event["event"] in LAST_EVENTS
        if len(self.events) > MAX_EVENTS:
            place = next((i for i, (_, each) in enumerate(self.events) if each["event"] == "step"), 0)
            del self.events[place]


class RequestLogs:
    """Thread-safe event logs of the requests that clients follow by id.

    The log of an ended request is removed after MAX_ENDED further requests have ended, and its previews earlier.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logs: OrderedDict[str, RequestLog] = OrderedDict()
        # Ids of the running requests that have a log.
        self._running_ids: set[str] = set()
        self._is_closed = False
        # Events with previews, the oldest first.
        self._previews: deque[dict[str, Any]] = deque()
        self._preview_bytes = 0

    @property
    def wants_previews(self) -> bool:
        """True while a request with a log is running: its client may read the previews later."""
        return bool(self._running_ids)

    @property
    def reader_count(self) -> int:
        """Number of clients that are reading a log now."""
        with self._lock:
            return sum(len(log.wake_ups) for log in self._logs.values())

    def find(self, request_id: str) -> RequestLog | None:
        return self._logs.get(request_id)

    def begin(self, request_id: str, ticket: Ticket, first: int = 1) -> None:
        """Create the log of a request that was accepted. `first` is the number of its first event."""
        with self._lock:
            self._logs[request_id] = RequestLog(ticket, first)
            ended = [key for key, each in self._logs.items() if each.has_ended]
            for key in ended[: max(0, len(ended) - MAX_ENDED)]:
                del self._logs[key]

    def close(self) -> None:
        """End all readers after the events that have arrived."""
        with self._lock:
            self._is_closed = True
            wake_ups = [wake_up for log in self._logs.values() for wake_up in log.wake_ups]
        for wake_up in wake_ups:
            wake_up()

    def put(self, event: Event) -> None:
        """Add an event of the server to the log of its request, if it has one. May be called from any thread."""
        with self._lock:
            log = self._logs.get(event["id"])
            if log is None:
                return
            copy = dict(event)
            log.add(copy)
            self._limit_previews(copy)
            if event["event"] == "started":
                self._running_ids.add(event["id"])
            elif event["event"] in LAST_EVENTS:
                self._running_ids.discard(event["id"])
            wake_ups = list(log.wake_ups)
        for wake_up in wake_ups:
            wake_up()

    def _limit_previews(self, event: dict[str, Any]) -> None:
        if not event.get("preview"):
            return
        self._previews.append(event)
        self._preview_bytes += len(event["preview"])
        while self._preview_bytes > MAX_PREVIEW_BYTES:
            self._preview_bytes -= len(self._previews.popleft().pop("preview"))

    async def read(self, log: RequestLog, after: int, seconds: float) -> AsyncIterator[list[tuple[int, Event]]]:
        """Yield the events of a log with numbers above `after`, and then new ones as they come, until the request ends
        or `close` is called. Yields an empty list after `seconds` without an event.
        """
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake_up() -> None:
            # The loop may just have ended.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(news.set)

        with self._lock:
            log.wake_ups.append(wake_up)
        try:
            while True:
                news.clear()
                with self._lock:
                    found: list[tuple[int, Event]] = [(n, dict(event)) for n, event in log.events if n > after]
                    has_ended = log.has_ended or self._is_closed
                if found:
                    after = found[-1][0]
                    yield found
                if has_ended:
                    return
                try:
                    async with asyncio.timeout(seconds):
                        await news.wait()
                except TimeoutError:
                    yield []
        finally:
            with self._lock:
                log.wake_ups.remove(wake_up)
