"""What carries out the queue without a window: an item after another here, or several at a time by workers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.cli.generate import Report
from gdm_studio.cli.saying import remark
from gdm_studio.errors import DeviceError, StorageError, StudioError
from gdm_studio.queueing import Item, ItemState, Queue
from gdm_studio.run import Event, Result
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from gdm_studio.workers.orders import Order, placed

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery


class Runner:
    """Makes all that waits, each item on its own device or all on `device`; `begun` counts what it took, `failed` what
    could not be made.

    One that is held meanwhile is put down before its next step.
    """

    def __init__(self, queue: Queue, gallery: Gallery, report: Report, *, device: str = "") -> None:
        self._queue, self._gallery, self._report, self._device = queue, gallery, report, device
        self._taken: dict[Work, tuple[Item, Report]] = {}
        self.begun = self.failed = 0

    def run(self) -> None:
        """Returns once nothing waits. Raises StorageError where its pictures cannot be written: none could be."""
        from gdm_studio.engine import devices
        from gdm_studio.models.library import Library

        devices.several(self._device or "auto")  # that it is not here is said before anything is taken
        with closing(Crew(Library())) as crew:
            while (waiting := self._queue.next()) is not None:
                more = partial(self._next, places := self._places(waiting))
                if (first := more()) is None:
                    continue  # somebody else has taken it
                with closing(crew.carry_out_all(first, places, more=more)) as told:
                    for work, event in told:
                        self._follow(work, event)

    def _next(self, places: list[str]) -> Work | None:
        """The next item of those that are for these devices, until another comes first."""
        while (waiting := self._queue.next()) is not None and self._places(waiting) == places:
            if (item := self._queue.take(waiting.id, self._gallery.kept_of)) is not None:
                request = placed(replace(item.request, device=self._device or item.request.device), places)
                order = Order.of(request, made=item.made, stood=self._queue.steps(item.id))
                keep_steps = partial(self._queue.keep_steps, item.id)
                work = Work(request, orders=[order], keep_steps=keep_steps, shares=True)
                work.run.before = item.made
                report = self._report.of(item.id)
                self._taken[work] = item, report
                self.begun += 1
                report.start(request)
                return work
        return None

    def _follow(self, work: Work, event: Event | StudioError | None) -> None:
        is_over = event is None or isinstance(event, StudioError)
        item, report = self._taken.pop(work) if is_over else self._taken[work]
        if isinstance(event, StorageError):
            raise event
        if isinstance(event, StudioError):
            self._fail(item, event, report)
        elif isinstance(event, Result):
            picture = work.keep(event, self._gallery, picture_id=item.picture_id(event.image))
            report.saved(picture.path, event)
            self._queue.note_made(item.id, event.image)
        elif event is None:
            left = self._queue.put_down(item.id)  # where another round of it is to come, or it is held
            report.end() if left is not None and left.state is ItemState.PAUSED else report.done()
        else:
            report.event(event)
            if self._queue.is_held(item.id):
                work.cancel()  # its steps are kept

    def _fail(self, item: Item, error: StudioError, report: Report) -> None:
        self.failed += 1
        self._queue.fail(item.id, str(error), remedy=error.remedy)
        report.end()
        remark(f"gdm-studio: {error}")

    def _places(self, item: Item) -> list[str]:
        """The devices that the item is for; one that is not here as it is called, for its run to say so."""
        from gdm_studio.engine import devices

        device = self._device or item.request.device
        try:
            return devices.several(device)
        except DeviceError:
            return [device]
