"""Crew: who carries out work, this process alone or a worker for each of several devices."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gdm_studio import preferences
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest, StorageError, StudioError
from gdm_studio.preferences import Preferences
from gdm_studio.run import Event, State
from gdm_studio.studio.work import Work
from gdm_studio.workers.making import made_by, made_here
from gdm_studio.workers.orders import Order, placed
from gdm_studio.workers.pool import Ended, Pool

if TYPE_CHECKING:
    from gdm_studio.models.library import Library

T = TypeVar("T")


class Crew:
    """Carries out one work after another, from one thread. Workers stay for the next work until `close`."""

    def __init__(self, library: Library) -> None:
        threads.prepare()
        self._library = library
        self._pool: Pool | None = None
        self._spread: Work | None = None  # the latest that was by several workers

    def carry_out(
        self, work: Work, places: Sequence[str] = (), *, previews: float | None = None
    ) -> Generator[Event, None, None]:
        """The events of a work, recorded in its run, at the pace that people set; raises what it fails with.

        Every `next()` is one step, so pausing is not calling it and stopping is `close()`; the steps made are kept
        then. `places` are devices by name, without them those of the request. `previews` as in `events`.
        """
        work.begin()
        work.run.state = State.RUNNING
        try:
            with closing(self.events(work, places, previews=previews)) as events:
                for event, began in paced(events, preferences.load()):
                    work.record(event, began)
                    yield event
                    if work.cancelled:
                        return
            work.run.state = State.DONE
        except StudioError as error:
            work.run.error, work.run.state = error, State.FAILED
            raise
        finally:
            if not work.run.state.ended:
                work.run.state = State.STOPPED
                with suppress(StorageError):  # what else it may have stopped for is to be heard of
                    work.flush()

    def carry_out_all(
        self, more: Callable[[], Work | None], places: Sequence[str]
    ) -> Generator[tuple[Work, Event | StudioError | None], None, None]:
        """The same of works that `more` gives, until it gives none; at the end of each None, or the error of one that
        fails.

        On several devices others are begun before the first has ended. Each is of one order.
        """
        if len(places) > 1:
            yield from self._by_workers(more, places)
            return
        while (work := more()) is not None:
            try:
                for event in self.carry_out(work, places):
                    yield work, event
                yield work, None
            except StudioError as error:
                yield work, error

    def events(
        self, work: Work, places: Sequence[str] = (), *, previews: float | None = None
    ) -> Generator[Event, None, None]:
        """The events of a work for who records them; raises what it fails with.

        `previews` is the share of a step's time that workers may spend on views of it.
        """
        from gdm_studio.engine import devices

        places = list(places) or devices.several(work.run.request.device)
        work.spread = work.source is None and len(places) > 1 and sum(len(order.left) for order in work.orders) > 1
        if not work.spread:
            self._let_go_of_others(places)
            return events_here(work, places, self._library)
        orders = [replace(order, request=placed(order.request, places)) for order in work.orders]
        if self._spread is not None and not self._spread.run.state.ended:
            raise BadRequest("Several devices make one request's pictures at a time; let the first end, or stop it.")
        self._spread, orders[0].keep_steps = work, work.keep_steps
        return made_by(self._workers(places), orders, previews=previews)

    def close(self) -> None:
        """Ends the workers."""
        self._let_go_of_others(())

    def _by_workers(
        self, more: Callable[[], Work | None], places: Sequence[str]
    ) -> Generator[tuple[Work, Event | StudioError | None], None, None]:
        works: dict[Order, Work] = {}

        def order() -> Order | None:
            if (work := more()) is None:
                return None
            (wanted,) = work.orders
            wanted.keep_steps, work.spread, work.run.state = work.keep_steps, True, State.RUNNING
            works[wanted] = work
            return wanted

        with closing(self._workers(places).carry_out(order)) as told:
            for (which, event), began in paced(filter(None, told), preferences.load()):
                work = works[which]
                if isinstance(event, Ended):
                    work.run.state = State.DONE
                    yield works.pop(which), None
                elif isinstance(event, StudioError):
                    work.run.error, work.run.state = event, State.FAILED
                    yield works.pop(which), event
                else:
                    work.record(event, began)
                    yield work, event

    def _workers(self, places: Sequence[str]) -> Pool:
        self._let_go_of_others(places)
        self._pool = self._pool or Pool(places)
        return self._pool

    def _let_go_of_others(self, places: Sequence[str]) -> None:
        if self._pool is not None and self._pool.devices != tuple(places):
            self._pool.close()
            self._pool = None


def events_here(work: Work, places: Sequence[str], library: Library) -> Generator[Event, None, None]:
    """The events of a work in this process; raises what it fails with."""
    if work.source is not None:
        return work.source(work.run.request, library)
    return made_here([replace(order, request=placed(order.request, places)) for order in work.orders], library)


def paced(events: Iterator[T], wanted: Preferences) -> Iterator[tuple[T, float]]:
    """The events of a run and when each was begun: with `threads`, at work for `cpu_share` of the time."""
    from gdm_studio.engine import devices

    devices.use_threads(wanted.threads)
    began = time.perf_counter()
    for event in events:
        yield event, began
        if wanted.cpu_share < 1:
            time.sleep((time.perf_counter() - began) * (1 / wanted.cpu_share - 1))
        began = time.perf_counter()
