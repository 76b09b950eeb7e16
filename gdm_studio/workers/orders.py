"""What workers are to make: orders, and what of them nobody has in hand yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.engine.resuming import KeepSteps


def placed(request: Request, devices: Sequence[str]) -> Request:
    """The request on the first of the devices that it may be made on, which its file then names; "auto" stays so.

    What workers make of it names the device of the worker.
    """
    return request if request.device == "auto" else replace(request, device=devices[0])


@dataclass(eq=False)
class Order:
    """Pictures of one request that are to be made, those of `left`; what is in somebody's hands is not among them."""

    request: Request
    left: list[int]
    stood: bytes = b""  # steps that some of them have reached, as engine.resuming keeps them
    keep_steps: KeepSteps | None = None  # is given those of the pictures that one worker has in hand
    first: int = 0  # what picture 0 is called among those of a set
    # asked again and again: what is held is neither begun nor heard
    is_held: Callable[[], bool] = field(default_factory=lambda: lambda: False, init=False)
    is_dropped: bool = field(default=False, init=False)  # nothing of it is wanted any more

    @classmethod
    def of(cls, request: Request, *, made: Iterable[int] = (), stood: bytes = b"") -> Order:
        """All pictures of the request but those that are `made`."""
        there = set(made)
        return cls(request, [image for image in range(request.count) if image not in there], stood)

    def take(self, count: int) -> list[int]:
        """The next `count` pictures, which are in hand from now on."""
        taken, self.left = self.left[:count], self.left[count:]
        return taken


class Orders:
    """A line of them; `more` gives the next one, None where there is none for now."""

    def __init__(self, more: Callable[[], Order | None]) -> None:
        self._more = more
        self._line: deque[Order] = deque()

    def next(self) -> Order | None:
        """The first of which something is left and which is not held; the same until it is taken."""
        self._line = deque(order for order in self._line if order.left)
        while (found := next((order for order in self._line if order.left and not order.is_held()), None)) is None:
            if (order := self._more()) is None:
                return None
            self._line.append(order)
        return found

    def put_back(self, order: Order, images: Iterable[int]) -> None:
        """Pictures that are to be made again, before all others."""
        order.left = sorted({*images, *order.left})
        if order in self._line:
            self._line.remove(order)
        self._line.appendleft(order)
