"""A shift: works that several workers make side by side, from the first until nothing is left."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from gdm_studio.errors import StudioError
from gdm_studio.run import Event, State
from gdm_studio.studio.work import Work
from gdm_studio.workers.making import numbered
from gdm_studio.workers.orders import Order
from gdm_studio.workers.pool import Ended, Pool, Told

Said = tuple[Work, Event | StudioError | None]  # None at the end of a work
Breathe = Callable[[float, Sequence[Work]], bool]  # is given seconds to rest, and the works in hand; False to end


class Shift:
    """The works that a pool has in hand. `more` gives others as workers get free, `breathe` is called between steps."""

    def __init__(self, pool: Pool, more: Callable[[], Work | None], breathe: Breathe) -> None:
        self._pool, self._more, self._breathe = pool, more, breathe
        self._left: dict[Work, list[Order]] = {}  # what of the works in hand is not over
        self._heard: dict[Work, float] = {}  # when there was news of them the last time
        self._line: deque[Order] = deque()  # that the workers have not been given
        self._work_of: dict[Order, Work] = {}

    def carry_out(self, first: Work, *, previews: float | None, cpu_share: float) -> Generator[Said, None, None]:
        """What is heard of each, and its end; raises what they all fail with."""
        rest = 0.0
        try:
            self._begin(first)
            with closing(self._pool.carry_out(self._next, previews=previews)) as told:
                while self._breathe(rest, list(self._left)):
                    began = time.perf_counter()
                    try:
                        told_now = next(told)
                    except StopIteration:
                        break
                    said = self._taken_up(told_now) + self._looked_after()
                    worked = time.perf_counter() - began if told_now is not None else 0.0  # a pause is no work
                    rest = worked * (1 / cpu_share - 1)
                    yield from said
        except Exception as error:
            for work in list(self._left):
                self._end(work, State.FAILED, error)
            raise
        finally:
            for work in list(self._left):
                self._end(work, State.STOPPED)

    def _next(self) -> Order | None:
        if not self._line and (work := self._more()) is not None:
            self._begin(work)
        return self._line.popleft() if self._line else None

    def _begin(self, work: Work) -> None:
        work.spread, work.run.state = True, State.RUNNING
        orders = [replace(each) for each in work.orders if each.left]
        for order in orders:
            order.is_held = work.is_held
        for order in orders[:1]:
            order.keep_steps = work.keep_steps
        self._left[work], self._heard[work] = list(orders), time.perf_counter()
        self._line.extend(orders)
        self._work_of |= dict.fromkeys(orders, work)

    def _taken_up(self, told: Told | None) -> list[Said]:
        if told is None or (work := self._work_of.get(told[0])) is None:
            return []  # a nudge, or of a work that has failed by another of its orders
        order, event = told
        if isinstance(event, StudioError):
            self._drop(work, reach=False)
            return [self._end(work, State.FAILED, event)]
        if isinstance(event, Ended):
            work.reached += [replace(result, image=order.first + result.image) for result in event.reached]
            self._left[work].remove(order)
            return []
        ours = numbered(event, order.first)
        work.record(ours, self._heard[work])
        self._heard[work] = time.perf_counter()
        return [(work, ours)]

    def _looked_after(self) -> list[Said]:
        """Ends the works that are over, gives up those that are cancelled, and tells of pauses."""
        said: list[Said] = []
        for work, left in list(self._left.items()):
            if work.is_given_up() and not all(order.is_dropped for order in left):
                self._drop(work, reach=work.keep_steps is not None)
            if not self._left[work]:
                said.append(self._end(work, State.DONE if work.is_made else State.STOPPED))
                continue
            state = State.PAUSED if work.is_held() and not work.cancelled else State.RUNNING
            if state is not work.run.state:
                work.run.state, self._heard[work] = state, time.perf_counter()
                work.wake()
        return said

    def _drop(self, work: Work, *, reach: bool) -> None:
        """Has nothing more made of it: what the workers know of is over once they say so, the rest at once."""
        for order in list(self._left[work]):
            if order in self._line:
                self._line.remove(order)
                self._left[work].remove(order)
            else:
                self._pool.drop(order, reach=reach)

    def _end(self, work: Work, state: State, error: Exception | None = None) -> Said:
        """Lets go of it, for good."""
        for order in [order for order, other in self._work_of.items() if other is work]:
            del self._work_of[order]
        del self._left[work], self._heard[work]
        work.run.error, work.run.state = error, state
        work.settle()
        return work, error if isinstance(error, StudioError) else None
