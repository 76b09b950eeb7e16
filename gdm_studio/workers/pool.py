"""Workers, and how orders are shared out among them."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue

from gdm_studio.errors import DeviceError, StudioError
from gdm_studio.run import Phase, Progress, Result
from gdm_studio.workers.frames import Frame
from gdm_studio.workers.messages import error_in
from gdm_studio.workers.orders import Order, Orders
from gdm_studio.workers.worker import Said, Share, Worker

SECONDS_TO_STOP = 10.0  # how long is waited for what stopped workers still have to say


@dataclass(frozen=True)
class Ended:
    """The last that is heard of an order: all of it is made, or it was dropped."""

    reached: tuple[Result, ...] = ()  # where it was dropped, what the pictures in hand had become


Told = tuple[Order, Phase | Progress | Result | StudioError | Ended]


class Pool:
    """Worker processes, one for each of the devices; those of a device that is named twice share it.

    Each holds the models that it needs, and keeps them until `close`. All calls but `nudge` come from one thread.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        self._inbox: SimpleQueue[Said | None] = SimpleQueue()  # None is a nudge
        self._aside: deque[Said] = deque()  # what was said of orders that are held
        self.workers = [self._hired(device) for device in self.devices]
        self._remarked: set[tuple[Order, str]] = set()  # what was said of an order already
        self._lost: list[str] = []  # sentences about workers that ended in this run, not said yet
        self._under_way: dict[Order, list[Result]] = {}  # and what became of the pictures of those that were dropped

    def carry_out(
        self, more: Callable[[], Order | None], *, previews: float | None = None
    ) -> Generator[Told | None, None, None]:
        """The events of orders in the order in which they come: `more` is asked for one whenever a worker is free.

        Of each order the last is an Ended, or one error. Workers make two steps more than were looked at: not calling
        `next()` is a pause, `close()` ends all. After a `nudge` there is None, and `more` is asked anew. `previews` is
        the share of a step's time for views of it; without, there are none.

        A worker that ends has its pictures made again by the others, which a Phase tells, and another in its place
        with the next order. Raises DeviceError where none is left, and what `more` and the orders' `keep_steps` do.
        """
        self._lost.clear()
        self._aside.clear()
        self._remarked.clear()
        self._under_way.clear()
        for worker in self.workers:
            if worker.has_ended:
                worker.bury()
        orders, is_news = Orders(partial(self._next_of, more)), True
        try:
            while True:
                if is_news:
                    yield from self._ended()
                    self._hand_out(orders, previews)
                if not any(worker.share for worker in self.workers):
                    if orders.next() is None and not self._under_way:
                        return
                    if not any(worker.is_alive for worker in self.workers):
                        raise DeviceError(f"{self._lost[-1]} No worker is left; try again on one device.", remedy="cpu")
                if (said := self._hear()) is not None:
                    is_news = yield from self._heard(*said, orders)
                else:
                    is_news = True
                    yield None
        finally:
            self._stop()

    def nudge(self) -> None:
        """Has `carry_out` look about, from any thread: there is more to make, or an order is held no more."""
        self._inbox.put(None)

    def drop(self, order: Order, *, reach: bool = False) -> None:
        """Has nobody make more of it; with `reach` its Ended tells what the pictures in hand had become."""
        order.left, order.is_dropped = [], True
        for worker in self._those_with(order):
            worker.stop(reach=reach)
        self.nudge()

    def close(self) -> None:
        """Ends the workers, whatever they do."""
        for worker in self.workers:
            worker.let_go()
        for worker in self.workers:
            worker.close()

    def _hired(self, device: str) -> Worker:
        return Worker(device, len(self.devices), self._inbox)

    def _hire_again(self) -> None:
        """Puts others in the places of workers that were buried."""
        for place, worker in enumerate(self.workers):
            if not worker.is_alive:
                self.workers[place] = self._hired(worker.device)

    def _next_of(self, more: Callable[[], Order | None]) -> Order | None:
        if (order := more()) is not None:
            self._under_way[order] = []
            self._hire_again()
        return order

    def _ended(self) -> Iterator[Told]:
        """Of the orders under way those of which nothing is left and nothing in hand, from now on no more."""
        for order in list(self._under_way):
            if not order.left and not self._those_with(order):
                yield order, Ended(tuple(self._under_way.pop(order)))

    def _hand_out(self, orders: Orders, previews: float | None) -> None:
        alive = sum(worker.is_alive for worker in self.workers)
        for worker in self.workers:
            if worker.is_free and (order := orders.next()) is not None:
                fair = min(math.ceil(len(order.left) / alive), order.request.batch or worker.pictures)
                # one worker's pictures go on after a crash; those of the others begin again
                keeping = any(other.share and other.share.keeps_steps for other in self._those_with(order))
                keeps = order.keep_steps is not None and not keeping
                worker.make(Share(order, order.take(fair), keeps), previews=previews)

    def _hear(self) -> Said | None:
        """What a worker said, of an order that is not held, each in its turn; None after a nudge."""
        while True:
            for place, (worker, _) in enumerate(self._aside):
                if not worker.is_held:
                    said = self._aside[place]
                    del self._aside[place]
                    return said
            found = self._inbox.get()
            if found is None:
                return None
            if not found[0].is_held and all(found[0] is not worker for worker, _ in self._aside):
                return found
            self._aside.append(found)

    def _heard(self, worker: Worker, frame: Frame | None, orders: Orders) -> Generator[Told, None, bool]:
        """Takes up what a worker said; whether one is free now."""
        if frame is None:
            self._bury(worker, orders)
            return True
        facts, _ = frame
        if facts["kind"] == "ready":
            worker.pictures = facts["pictures"]
            return True
        share = worker.share
        if share is None or facts["share"] != share.number:
            return False  # of a run that was given up
        order = share.order
        while self._lost and not order.is_dropped:
            yield order, Phase("", self._lost.pop(0))
        if facts["kind"] == "ended":
            worker.share = None
        elif facts["kind"] == "failed":
            worker.share = None
            if self._under_way.pop(order, None) is not None:
                order.keep_steps = None  # what others still have of it is of settings that failed
                self.drop(order)
                yield order, error_in(facts)
        elif facts["kind"] == "steps":
            _keep(share, frame)
        else:
            yield from self._took_up(worker, share, share.decoder.event(frame))
        return worker.share is None

    def _took_up(self, worker: Worker, share: Share, event: Phase | Progress | Result) -> Iterator[Told]:
        """An event of the engine's, which is told of where its order is still wanted."""
        order = share.order
        if isinstance(event, Result):
            share.images.remove(event.image)
        if order.is_dropped:
            if isinstance(event, Result) and order in self._under_way:
                self._under_way[order].append(event)
            return
        if isinstance(event, Phase) and event.note:
            if (order, event.note) in self._remarked:
                return
            if event.title == "preparing":  # it is on the request, whoever makes it; others are on a device
                self._remarked.add((order, event.note))
            event = replace(event, note=f"{worker.device}: {event.note}")
        yield order, event
        if isinstance(event, Progress):
            worker.more()

    def _bury(self, worker: Worker, orders: Orders) -> None:
        """Takes back what a worker had in hand that has ended."""
        if not worker.is_alive:
            return
        share = worker.share
        worker.bury()
        if share is not None and share.order.is_dropped:
            share = None
        again = f" What it had in hand is made again ({len(share.images)})." if share and share.images else ""
        self._lost.append(f"The worker on {worker.device} ended unexpectedly.{again}")
        if share is not None:
            orders.put_back(share.order, share.images)

    def _those_with(self, order: Order) -> list[Worker]:
        """The workers that have pictures of it in hand."""
        return [worker for worker in self.workers if worker.share is not None and worker.share.order is order]

    def _stop(self) -> None:
        """Stops what is in hand, and hears what there is to keep of it."""
        for worker in self.workers:
            if worker.share is not None:
                worker.stop()
        for said in self._aside:
            _heard_last(*said)
        end = time.monotonic() + SECONDS_TO_STOP
        while any(worker.share for worker in self.workers) and (left := end - time.monotonic()) > 0:
            try:
                said_now = self._inbox.get(timeout=left)
            except Empty:
                break
            if said_now is not None:
                _heard_last(*said_now)
        for worker in self.workers:
            worker.share = None


def _heard_last(worker: Worker, frame: Frame | None) -> None:
    if frame is None:
        worker.bury()
        return
    facts, _ = frame
    share = worker.share
    if facts["kind"] == "ready":
        worker.pictures = facts["pictures"]
    elif share is None or facts["share"] != share.number:
        return
    elif facts["kind"] == "steps":
        _keep(share, frame)
    elif facts["kind"] in ("ended", "failed"):
        worker.share = None


def _keep(share: Share, frame: Frame) -> None:
    facts, blobs = frame
    if share.order.keep_steps is not None:
        share.order.keep_steps(blobs[0], anew=facts["anew"])
