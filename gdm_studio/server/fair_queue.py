"""Queue that gives clients equal shares of the work, so that a client with many requests does not delay the others."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")
# Number of its own requests by which a client with a high priority may be ahead of its share.
MAX_LEAD = 2
# Number of other requests that start before one with a low priority counts as normal.
MAX_YIELDS = 32


class Priority(IntEnum):
    """Priority of a request. The most urgent is the smallest."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


@dataclass(eq=False)
class _Entry(Generic[T]):
    value: T
    cost: float
    priority: Priority
    # Number of requests that had started when this one arrived.
    arrived: int

    def rank(self, taken: int) -> Priority:
        """Return the priority, which is NORMAL once a LOW entry has yielded to MAX_YIELDS others."""
        has_yielded = self.priority is Priority.LOW and taken - self.arrived >= MAX_YIELDS
        return Priority.NORMAL if has_yielded else self.priority


@dataclass(eq=False)
class _Client(Generic[T]):
    """Program with waiting requests, by priority. `work` is the cost of its started requests."""

    address: str
    work: float
    waiting: dict[Priority, deque[_Entry[T]]] = field(default_factory=lambda: {each: deque() for each in Priority})

    def __len__(self) -> int:
        return sum(map(len, self.waiting.values()))

    def find_next(self, taken: int) -> _Entry[T] | None:
        """Return the most urgent entry, or None. `taken` is the number of requests that have started."""
        heads = [entries[0] for entries in self.waiting.values() if entries]
        return min(heads, key=lambda entry: (entry.rank(taken), entry.arrived), default=None)


class FairQueue(Generic[T]):
    """Queue of requests that divides the work equally among the addresses with waiting requests, and the share of an
    address among its programs (start-time fair queueing: Goyal et al. 1996, with the work of started requests as time).

    A program is identified by its turn, any string. Its requests start by priority, and those of the same priority in
    the order of their arrival. Across programs, HIGH overtakes NORMAL while its program is ahead of its share by at
    most MAX_LEAD such requests, and LOW starts when nothing else is waiting, or after MAX_YIELDS other requests. So
    priorities change the order, not the shares. Not thread-safe.
    """

    def __init__(self) -> None:
        # Programs by their turns. The one that was served last is at the end.
        self._clients: OrderedDict[str, _Client[T]] = OrderedDict()
        # Work of each address, also of those that were ahead when their last waiting request started.
        self._address_work: dict[str, float] = {}
        # Work of programs without waiting requests that are ahead of the others at their address, by their turns.
        self._idle: dict[str, tuple[str, float]] = {}
        self._taken = 0

    def __len__(self) -> int:
        return sum(map(len, self._clients.values()))

    def count_of(self, client_id: str) -> int:
        """Return the number of a program's requests that are waiting in the queue."""
        return len(self._clients.get(client_id, ()))

    def counts_by_address(self) -> dict[str, int]:
        """Return the numbers of waiting requests of each address."""
        counts: dict[str, int] = {}
        for client in self._clients.values():
            counts[client.address] = counts.get(client.address, 0) + len(client)
        return counts

    def first_of(self, client_id: str) -> T | None:
        """Return the next of a program's waiting requests, or None. It stays in the queue."""
        client = self._clients.get(client_id)
        entry = client.find_next(self._taken) if client is not None else None
        return None if entry is None else entry.value

    def add(
        self, client_id: str, entry: T, *, address: str = "", cost: float = 1.0, priority: Priority = Priority.NORMAL
    ) -> None:
        """Add a request of a program at an address. `cost` is its work, in any unit."""
        client = self._clients.get(client_id)
        if client is None:
            # A program that was idle gets no share for that time.
            least, by_address = self._find_least_work()
            self._address_work[address] = max(self._address_work.get(address, 0.0), least)
            work = max(self._idle.pop(client_id, ("", 0.0))[1], by_address.get(address, 0.0))
            client = self._clients[client_id] = _Client(address, work)
        client.waiting[priority].append(_Entry(entry, cost, priority, self._taken))

    def take(self) -> T | None:
        """Remove the next request from the queue and return it, or None if the queue is empty."""
        if not self._clients:
            return None
        least, by_address = self._find_least_work()

        def rank(client_id: str) -> tuple[int, float, float]:
            client = self._clients[client_id]
            entry = client.find_next(self._taken)
            assert entry is not None
            work = self._address_work[client.address]
            priority = entry.rank(self._taken)
            lead = max(work - least, client.work - by_address[client.address])
            if priority is Priority.HIGH and lead > MAX_LEAD * entry.cost:
                priority = Priority.NORMAL
            return priority, work, client.work

        turn = min(self._clients, key=rank)
        client = self._clients[turn]
        entry = client.find_next(self._taken)
        assert entry is not None
        client.waiting[entry.priority].remove(entry)
        self._taken += 1
        client.work += entry.cost
        self._address_work[client.address] += entry.cost
        self._clients.move_to_end(turn)
        self._drop_idle(turn)
        return entry.value

    def remove(self, client_id: str, entry: T) -> bool:
        """Remove a program's request from the queue. Return False if it is not waiting there."""
        client = self._clients.get(client_id)
        for entries in client.waiting.values() if client is not None else ():
            found = next((each for each in entries if each.value is entry or each.value == entry), None)
            if found is not None:
                entries.remove(found)
                self._drop_idle(client_id)
                return True
        return False

    def clear(self) -> list[T]:
        """Remove all waiting requests from the queue and return them."""
        clients = list(self._clients.values())
        found = [entry.value for client in clients for entries in client.waiting.values() for entry in entries]
        self._clients.clear()
        self._forget()
        return found

    def _find_least_work(self) -> tuple[float, dict[str, float]]:
        """Return the least work of the addresses with waiting requests, or 0, and of the programs at each of them."""
        by_address: dict[str, float] = {}
        for client in self._clients.values():
            by_address[client.address] = min(by_address.get(client.address, client.work), client.work)
        return min((self._address_work[address] for address in by_address), default=0.0), by_address

    def _drop_idle(self, client_id: str) -> None:
        """Remove a program without waiting requests, and forget the work of all that are not ahead of the others."""
        client = self._clients[client_id]
        if len(client):
            return
        del self._clients[client_id]
        self._idle[client_id] = client.address, client.work
        self._forget()

    def _forget(self) -> None:
        least, by_address = self._find_least_work()
        for turn, (address, work) in list(self._idle.items()):
            if work <= by_address.get(address, work):
                del self._idle[turn]
        for address, work in list(self._address_work.items()):
            if address not in by_address and (not by_address or work <= least):
                del self._address_work[address]
