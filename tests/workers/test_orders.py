"""The line of orders that workers take their pictures from."""

from __future__ import annotations

from gdm_studio.request import Request
from gdm_studio.workers.orders import Order, Orders


def test_what_a_worker_lost_is_made_again_before_all_others() -> None:
    first, second = Order.of(Request(count=3)), Order.of(Request(count=2))
    line = iter((first, second))
    orders = Orders(lambda: next(line, None))
    assert orders.next() is first and first.take(3) == [0, 1, 2]
    assert orders.next() is second and second.take(1) == [0]
    orders.put_back(first, [2, 0])
    assert orders.next() is first and first.take(5) == [0, 2]
    assert orders.next() is second and second.take(5) == [1]
    assert orders.next() is None
