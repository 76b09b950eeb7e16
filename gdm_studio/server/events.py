"""Distribution of the server's events to the clients that listen to them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Protocol

# Maximum number of events that wait for a slow listener. The oldest are dropped.
BACKLOG = 64


class Follower(Protocol):
    """Protocol of objects that receive the server's events, such as steps and finished images. `put` is called on the
    thread that sends the event.
    """

    @property
    def previews(self) -> bool: ...

    def put(self, event: Mapping[str, Any]) -> None: ...


class Listener:
    """Queue of the server's events for one client that reads them in a coroutine.

    If the client reads too slowly, the oldest events are dropped. With `request_id`, only the events of that request
    are received.
    """

    def __init__(self, *, previews: bool, request_id: str = "") -> None:
        self.previews = previews
        self.request_id = request_id
        self._loop = asyncio.get_running_loop()
        self._unsent_events: deque[Mapping[str, Any]] = deque(maxlen=BACKLOG)
        self._event_added = asyncio.Event()

    def put(self, event: Mapping[str, Any]) -> None:
        """Add an event of the server to the queue. May be called from any thread."""
        if self.request_id and event["id"] != self.request_id:
            return
        self._unsent_events.append(event if self.previews else {k: v for k, v in event.items() if k != "preview"})
        # The loop may just have ended.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._event_added.set)

    async def get(self, seconds: float) -> list[Mapping[str, Any]]:
        """Wait for events of the server and return all that have arrived, or an empty list after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._event_added.wait()
        except TimeoutError:
            return []
        self._event_added.clear()
        found = []
        while self._unsent_events:
            found.append(self._unsent_events.popleft())
        return found


class Broadcast:
    """Thread-safe distributor of the server's events to all clients that follow them."""

    def __init__(self) -> None:
        # Number of events of each kind since the start.
        self.counts: Counter[str] = Counter()
        self._followers: list[Follower] = []
        # Followers that belong to the server.
        self._server_followers: list[Follower] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._followers)

    @property
    def wants_previews(self) -> bool:
        """True if at least one client wants to receive preview images with the steps."""
        return any(follower.previews for follower in list(self._followers))

    def attach(self, follower: Follower) -> None:
        """Add a follower that belongs to the server and does not count as a client. It wants no previews."""
        with self._lock:
            self._server_followers.append(follower)

    def add(self, follower: Follower) -> None:
        with self._lock:
            self._followers.append(follower)

    def remove(self, follower: Follower) -> None:
        with self._lock:
            self._followers.remove(follower)

    def send(self, event: Mapping[str, Any]) -> None:
        """Send an event, such as a step or a finished image, to all clients that follow the events."""
        with self._lock:
            self.counts[event["event"]] += 1
            for follower in (*self._server_followers, *self._followers):
                follower.put(event)
