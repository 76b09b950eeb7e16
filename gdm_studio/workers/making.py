"""Orders carried out as one run in this process."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Progress, Result
from gdm_studio.workers.orders import Order

if TYPE_CHECKING:
    from gdm_studio.models.library import Library


def singles(requests: Sequence[Request]) -> list[Order]:
    """Requests of one picture each as orders, picture i of the run being that of request i."""
    return [Order(request, [0], first=place) for place, request in enumerate(requests)]


def made_here(orders: Sequence[Order], library: Library) -> Generator[Event, None, None]:
    """The events of `engine.generate` for one order after another; raises what that does."""
    from gdm_studio.engine.resuming import going_on

    for order in orders:
        made = set(range(order.request.count)) - set(order.left)
        with closing(going_on(order.request, library, made=made, stood=order.stood)) as events:
            for event in events:
                yield numbered(event, order.first)


def numbered(event: Event, first: int) -> Event:
    """The event with its pictures counted from `first`."""
    if not first:
        return event
    if isinstance(event, Result):
        return replace(event, image=first + event.image)
    if isinstance(event, Advance | Progress):
        event = replace(event, images=tuple(first + image for image in event.images))
    if isinstance(event, Progress):
        return replace(event, views=tuple(replace(view, image=first + view.image) for view in event.views))
    return event
