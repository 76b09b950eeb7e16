"""Workers, and how orders are shared out among them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue

from gdm_studio.errors import DeviceError, StudioError
from gdm_studio.run import Phase, Progress, Result
from gdm_studio.workers.frames import Frame
from gdm_studio.workers.messages import error_in
from gdm_studio.workers.orders import Order, Orders
from gdm_studio.workers.worker import Share, Worker

SECONDS_TO_STOP = 10.0  # how long is waited for what stopped workers still have to say

Told = tuple[Order, Phase | Progress | Result | StudioError]


class Pool:
    """Worker processes, one for each of the devices; those of a device that is named twice share it.

    Each holds the models that it needs, and keeps them until `close`. All calls come from one thread.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        self.reached: list[tuple[Order, Result]] = []  # of the pictures in hand when `carry_out` was closed
        self._inbox: SimpleQueue[tuple[Worker, Frame | None]] = SimpleQueue()
        self.workers = [self._hired(device) for device in self.devices]
        self._lost: list[str] = []  # sentences about workers that ended in this run, not said yet

    def carry_out(
        self, more: Callable[[], Order | None], *, previews: float | None = None, reach: bool = False
    ) -> Generator[Told, None, None]:
        """The events of orders in the order in which they come: `more` is asked for one whenever a worker is free.

        Of an order that fails there is one error, and nothing after it. Workers make two steps more than were looked
        at: not calling `next()` is a pause, `close()` ends all. With `reach`, `reached` has then what the pictures in
        hand had become. `previews` is the share of a step's time for views of it; without, there are none.

        A worker that ends has its pictures made again by the others, which a Phase tells. Raises DeviceError where
        none is left, and what `more` and the orders' `keep_steps` do.
        """
        self.reached.clear()
        self._lost.clear()
        self._hire_again()
        orders, is_news = Orders(more), True
        try:
            while True:
                if is_news:
                    self._hand_out(orders, previews)
                if not any(worker.share for worker in self.workers):
                    if orders.next() is None:
                        return
                    if not any(worker.is_alive for worker in self.workers):
                        raise DeviceError(f"{self._lost[-1]} No worker is left; try again on one device.", remedy="cpu")
                worker, frame = self._inbox.get()
                is_news = yield from self._heard(worker, frame, orders)
        finally:
            self._stop(reach)

    def close(self) -> None:
        """Ends the workers, whatever they do."""
        for worker in self.workers:
            worker.let_go()
        for worker in self.workers:
            worker.close()

    def _hired(self, device: str) -> Worker:
        return Worker(device, len(self.devices), self._inbox)

    def _hire_again(self) -> None:
        """Puts others in the places of workers that have ended since."""
        for place, worker in enumerate(self.workers):
            if worker.has_ended:
                worker.bury()
                self.workers[place] = self._hired(worker.device)

    def _hand_out(self, orders: Orders, previews: float | None) -> None:
        alive = sum(worker.is_alive for worker in self.workers)
        for worker in self.workers:
            if worker.is_free and (order := orders.next()) is not None:
                fair = min(math.ceil(len(order.left) / alive), order.request.batch or worker.pictures)
                # one worker's pictures go on after a crash; those of the others begin again
                keeps = order.keep_steps is not None and not any(share.keeps_steps for share in self._shares_of(order))
                worker.make(Share(order, order.take(fair), keeps), previews=previews)

    def _heard(self, worker: Worker, frame: Frame | None, orders: Orders) -> Generator[Told, None, bool]:
        """Takes up what a worker said; whether one is free now."""
        if frame is None:
            self._bury(worker, orders)
            return True
        facts, blobs = frame
        if facts["kind"] == "ready":
            worker.pictures = facts["pictures"]
            return True
        share = worker.share
        if share is None or facts["share"] != share.number:
            return False  # of a run that was given up
        while self._lost:
            yield share.order, Phase("", self._lost.pop(0))
        if facts["kind"] == "ended":
            worker.share = None
        elif facts["kind"] == "failed":
            self._drop(share.order)
            yield share.order, error_in(facts)
        elif facts["kind"] == "steps":
            self._keep(share, frame)
        else:
            event = share.decoder.event(frame)
            if isinstance(event, Result):
                share.images.remove(event.image)
            elif isinstance(event, Phase) and event.note:
                event = replace(event, note=f"{worker.device}: {event.note}")
            yield share.order, event
            if isinstance(event, Progress):
                worker.more()
        return worker.share is None

    def _bury(self, worker: Worker, orders: Orders) -> None:
        """Takes back what a worker had in hand that has ended."""
        if not worker.is_alive:
            return
        share = worker.share
        worker.bury()
        again = f" What it had in hand is made again ({len(share.images)})." if share and share.images else ""
        self._lost.append(f"The worker on {worker.device} ended unexpectedly.{again}")
        if share is not None:
            orders.put_back(share.order, share.images)

    def _drop(self, order: Order) -> None:
        """Has nobody make more of it."""
        order.left = []
        for worker in self.workers:
            if worker.share is not None and worker.share.order is order:
                worker.stop()
                worker.share = None

    def _shares_of(self, order: Order) -> list[Share]:
        return [worker.share for worker in self.workers if worker.share and worker.share.order is order]

    def _keep(self, share: Share, frame: Frame) -> None:
        facts, blobs = frame
        if share.order.keep_steps is not None:
            share.order.keep_steps(blobs[0], anew=facts["anew"])

    def _stop(self, reach: bool) -> None:
        """Stops what is in hand, and hears what there is to say of it."""
        for worker in self.workers:
            if worker.share is not None:
                worker.stop(reach=reach)
        end = time.monotonic() + SECONDS_TO_STOP
        while any(worker.share for worker in self.workers) and (left := end - time.monotonic()) > 0:
            try:
                worker, frame = self._inbox.get(timeout=left)
            except Empty:
                break
            self._heard_last(worker, frame)
        for worker in self.workers:
            worker.share = None

    def _heard_last(self, worker: Worker, frame: Frame | None) -> None:
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
            self._keep(share, frame)
        elif facts["kind"] in ("ended", "failed"):
            worker.share = None
        elif isinstance(event := share.decoder.event(frame), Result):
            self.reached.append((share.order, event))
