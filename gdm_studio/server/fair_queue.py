"""Round-robin queue over clients, so that a client with many requests does not delay the others."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Queue of requests that serves its clients in turn, so that no client waits for all of another client's requests.

    The requests of one client are first in, first out. Not thread-safe.
    """

    def __init__(self) -> None:
        # The waiting entries of each client, in the order of the next turns.
        self._of_client: OrderedDict[str, deque[T]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._of_client.values()))

    def count_of(self, client: str) -> int:
        """Return the number of a client's requests that are waiting in the queue."""
        return len(self._of_client.get(client, ()))

    def first_of(self, client: str) -> T | None:
        """Return the first of a client's waiting requests, or None. It stays in the queue."""
        return next(iter(self._of_client.get(client, ())), None)

    def add(self, client: str, entry: T) -> None:
        """Add a request to the end of its client's waiting requests."""
        self._of_client.setdefault(client, deque()).append(entry)

    def take(self) -> T | None:
        """Remove the next request from the queue and return it, or None if the queue is empty.

        Its client then has to wait until all other clients have had their turn.
        """
        if not self._of_client:
            return None
        client, entries = self._of_client.popitem(last=False)
        entry = entries.popleft()
        if entries:
            self._of_client[client] = entries
        return entry

    def remove(self, client: str, entry: T) -> bool:
        """Remove a client's request from the queue. Return False if it is not waiting there."""
        entries = self._of_client.get(client)
        if entries is None or entry not in entries:
            return False
        entries.remove(entry)
        if not entries:
            del self._of_client[client]
        return True

    def clear(self) -> list[T]:
        """Remove all waiting requests from the queue and return them."""
        found = [entry for entries in self._of_client.values() for entry in entries]
        self._of_client.clear()
        return found
