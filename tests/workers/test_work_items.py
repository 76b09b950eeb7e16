"""Order in which workers take images from the list of work items."""

from __future__ import annotations

from gdm_studio.jobs.workers.work_items import WorkItem, WorkList
from gdm_studio.request.generation_request import Request


def test_an_image_lost_by_a_worker_is_generated_before_all_others() -> None:
    first, second = WorkItem.of(Request(count=3)), WorkItem.of(Request(count=2))
    line = iter((first, second))
    orders = WorkList(lambda: next(line, None))
    assert orders.next() is first and first.take(3) == [0, 1, 2]
    assert orders.next() is second and second.take(1) == [0]
    orders.put_back(first, [2, 0])
    assert orders.next() is first and first.take(5) == [0, 2]
    assert orders.next() is second and second.take(5) == [1]
    assert orders.next() is None
