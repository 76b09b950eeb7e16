"""What workers of one thread are worth: the same pictures by one of two, by both, and by this process alone."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.engine import devices
from gdm_studio.errors import StudioError
from gdm_studio.figure import Figure
from gdm_studio.request import Request
from gdm_studio.run import Event
from gdm_studio.workers.making import made_here, numbered
from gdm_studio.workers.orders import Order
from gdm_studio.workers.pool import Ended, Pool

if TYPE_CHECKING:
    from gdm_studio.models.library import Library

ROUNDS = 3
EACH = 2  # pictures of a worker in a round
THREADS = 2


def figures(library: Library, request: Request) -> Iterator[Figure]:
    """Two workers on the CPU, of a thread each, and this process with two; `request` is for one picture.

    Threads that people have set in the preferences are shared among them instead.
    """
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(THREADS)  # is what torch begins with, which the two of them share
    try:
        pool = Pool(["cpu"] * THREADS)
    finally:
        os.environ.pop("OMP_NUM_THREADS") if before is None else os.environ.update(OMP_NUM_THREADS=before)
    with closing(pool), devices.threads_as(f"CPU · {THREADS} threads"):
        yield from measured(pool, library, request)


def measured(pool: Pool, library: Library, request: Request) -> Iterator[Figure]:
    """The same for the workers of `pool`."""
    count = EACH * len(pool.devices)
    whole = replace(request, count=count)
    one_by_one = [request.picture(image) for image in range(count)]
    _seconds(made_by(pool, [Order.of(whole)]))  # models are loaded, and no first step is measured
    _seconds(made_here([Order.of(request)], library))
    alone, together, here = [], [], []
    for _ in range(ROUNDS):
        alone.append(sum(_seconds(made_by(pool, [Order.of(single)])) for single in one_by_one))
        together.append(_seconds(made_by(pool, [Order.of(whole)])))
        here.append(_seconds(made_here([Order.of(whole)], library)))
    one, both, ours = map(statistics.median, (alone, together, here))
    yield Figure("one worker at a time", one / count, "s a picture")
    yield Figure("two workers at once", one / both, "× one at a time", "≥ 1.8 on two free cores")
    yield Figure("two workers", ours / both, "× one process of two threads")


def made_by(
    pool: Pool, orders: Sequence[Order], *, previews: float | None = None
) -> Generator[Event, None, None]:
    """The events of `made_here` as they come from workers, Progress in place of Advance; the first error ends all.

    Raises what `Pool.carry_out` does; `previews` as there.
    """
    line = iter(orders)
    with closing(pool.carry_out(lambda: next(line, None), previews=previews)) as told:
        for order, event in filter(None, told):
            if isinstance(event, StudioError):
                raise event
            if not isinstance(event, Ended):
                yield numbered(event, order.first)


def _seconds(events: Iterator[Event]) -> float:
    began = time.perf_counter()
    for _ in events:
        pass
    return time.perf_counter() - began
