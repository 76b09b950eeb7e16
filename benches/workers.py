"""Benchmark of worker processes: the same images by one of two workers, by both, and by this process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StudioError
from gdm_studio.common.measurement import Measurement
from gdm_studio.jobs.workers.pool import Ended, Pool
from gdm_studio.jobs.workers.work_items import WorkItem, generate_here, renumber
from gdm_studio.models.memory import devices
from gdm_studio.request.generation_events import Event
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

ROUNDS = 3
# The number of images per worker in a round.
IMAGES_PER_WORKER = 2
THREADS = 2


def figures(library: Library, request: Request) -> Iterator[Measurement]:
    """Compare two CPU workers with one thread each and this process with two threads; `request` is for one image.

    A thread count set in the preferences is used instead and shared between the workers.
    """
    before = os.environ.get("OMP_NUM_THREADS")
    # The initial thread count of torch, which the two workers share.
    os.environ["OMP_NUM_THREADS"] = str(THREADS)
    try:
        pool = Pool(["cpu"] * THREADS)
    finally:
        os.environ.pop("OMP_NUM_THREADS") if before is None else os.environ.update(OMP_NUM_THREADS=before)
    with closing(pool), devices.threads_of(f"CPU · {THREADS} threads"):
        yield from measured(pool, library, request)


def measured(pool: Pool, library: Library, request: Request) -> Iterator[Measurement]:
    """Compare the workers of `pool` with this process; `request` is for one image."""
    count = IMAGES_PER_WORKER * len(pool.devices)
    whole = replace(request, count=count)
    one_by_one = [request.picture(image) for image in range(count)]
    # Load the models first, and exclude the slower first steps.
    _measure_seconds(generate_with(pool, [WorkItem.of(whole)]))
    _measure_seconds(generate_here([WorkItem.of(request)], library))
    alone, together, here = [], [], []
    for _ in range(ROUNDS):
        alone.append(sum(_measure_seconds(generate_with(pool, [WorkItem.of(single)])) for single in one_by_one))
        together.append(_measure_seconds(generate_with(pool, [WorkItem.of(whole)])))
        here.append(_measure_seconds(generate_here([WorkItem.of(whole)], library)))
    one, both, ours = map(statistics.median, (alone, together, here))
    yield Measurement("one worker at a time", one / count, "s a picture")
    yield Measurement("two workers at once", one / both, "× one at a time", "≥ 1.8 on two free cores")
    yield Measurement("two workers", ours / both, "× one process of two threads")


def generate_with(
    pool: Pool, work_items: Sequence[WorkItem], *, previews: float | None = None
) -> Generator[Event, None, None]:
    """Generate images with the workers of a pool and yield their events, with Progress instead of StepEvent.

    The first error is raised and ends the run. `previews` and errors are as in `Pool.run`.
    """
    queue = iter(work_items)
    with closing(pool.run(lambda: next(queue, None), previews=previews)) as events:
        for work_item, event in filter(None, events):
            if isinstance(event, StudioError):
                raise event
            if not isinstance(event, Ended):
                yield renumber(event, work_item.first)


def _measure_seconds(events: Iterator[Event]) -> float:
    start = time.perf_counter()
    for _ in events:
        pass
    return time.perf_counter() - start
