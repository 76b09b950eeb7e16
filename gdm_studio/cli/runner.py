"""What carries out the queue without a window: an item after another here, or several at a time by workers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.cli.crew import crew
from gdm_studio.cli.generate import Report
from gdm_studio.cli.paced import paced
from gdm_studio.cli.saying import remark
from gdm_studio.errors import DeviceError, StorageError, StudioError
from gdm_studio.queueing import Item, Queue
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from gdm_studio.workers.orders import Order, placed
from gdm_studio.workers.pool import Ended

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery
    from gdm_studio.workers.pool import Pool


class Runner:
    """Makes all that waits, each item on its own device or all on `device`; `failed` counts those that could not be."""

    def __init__(self, queue: Queue, gallery: Gallery, report: Report, *, device: str = "") -> None:
        from gdm_studio.models.library import Library

        self._queue, self._gallery, self._report, self._device = queue, gallery, report, device
        self._library = Library()
        self.failed = 0

    def run(self) -> None:
        """Returns once nothing waits. Raises StorageError where its pictures cannot be written: none could be."""
        from gdm_studio.engine import devices

        devices.several(self._device or "auto")  # that it is not here is said before anything is taken
        while (waiting := self._queue.next()) is not None:
            places = self._places(waiting)
            with crew(places) as pool:
                if pool is not None:
                    self._by(pool, places)
                elif (item := self._queue.take(waiting.id)) is not None:
                    self._here(item, placed(self._asked(item), places))

    def _here(self, item: Item, request: Request) -> None:
        """One item, from the step it had reached to its last picture."""
        from gdm_studio.engine.resuming import StepsKept, going_on

        kept, report = StepsKept(partial(self._queue.keep_steps, item.id)), self._report.of(item.id)
        report.start(request)
        try:
            with closing(going_on(request, self._library, made=item.made, stood=self._queue.steps(item.id))) as events:
                for event in paced(events, preferences.load()):
                    report.event(event)
                    if isinstance(event, Advance):
                        kept.add(event)
                    elif isinstance(event, Result):
                        self._keep(item, event, report)
        except StorageError:
            raise
        except StudioError as error:
            self._fail(item, error, report)
        except KeyboardInterrupt:
            kept.flush()
            raise
        else:
            self._end(item, report)

    def _by(self, pool: Pool, places: list[str]) -> None:
        """All items that are for these devices, in their order, until another comes first."""
        items: dict[Order, tuple[Item, Report]] = {}

        def more() -> Order | None:
            while (waiting := self._queue.next()) is not None and self._places(waiting) == places:
                if (item := self._queue.take(waiting.id)) is not None:
                    order = Order.of(item.request, made=item.made, stood=self._queue.steps(item.id))
                    order.keep_steps = partial(self._queue.keep_steps, item.id)
                    items[order] = item, self._report.of(item.id)
                    items[order][1].start(item.request)
                    return order
            return None

        with closing(pool.carry_out(more)) as told:
            for order, event in paced(filter(None, told), preferences.load()):
                item, report = items[order]
                if isinstance(event, StorageError):
                    raise event
                if isinstance(event, StudioError):
                    self._fail(item, event, report)
                    continue
                if isinstance(event, Ended):
                    self._end(item, report)
                    continue
                report.event(event)
                if isinstance(event, Result):
                    self._keep(item, event, report)

    def _keep(self, item: Item, result: Result, report: Report) -> None:
        report.saved(self._gallery.keep(result).path, result)
        self._queue.note_made(item.id, result.image)

    def _end(self, item: Item, report: Report) -> None:
        self._queue.put_down(item.id)  # where another round of it is to come
        report.done()

    def _fail(self, item: Item, error: StudioError, report: Report) -> None:
        self.failed += 1
        self._queue.fail(item.id, str(error), remedy=error.remedy)
        report.end()
        remark(f"gdm-studio: {error}")

    def _asked(self, item: Item) -> Request:
        return replace(item.request, device=self._device or item.request.device)

    def _places(self, item: Item) -> list[str]:
        """The devices that the item is for; one that is not here as it is called, for its run to say so."""
        from gdm_studio.engine import devices

        device = self._asked(item).device
        try:
            return devices.several(device)
        except DeviceError:
            return [device]
