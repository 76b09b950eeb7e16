"""A job: a run in the lane's queue, steered from the window's thread and read with `async for`."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Progress, Result, Run, View
from gdm_studio.workers.orders import Order

if TYPE_CHECKING:
    from gdm_studio.engine.previews import Previews
    from gdm_studio.engine.resuming import KeepSteps, StepsKept
    from gdm_studio.models.library import Library

    Work = Callable[[Request, Library], Generator[Event, None, None]]

FRAME = 1 / 24  # seconds between two wakes of the reader: painting must not take the processor from the sampler
PACE_STEPS = 8  # how many of the latest steps the time still needed is judged by


class Bell(threading.Condition):
    """Wakes the lane wherever it waits: for something to do, or for its workers, whom `also` makes it leave."""

    def __init__(self) -> None:
        super().__init__()
        self.also: Callable[[], object] = lambda: None

    def notify_all(self) -> None:
        super().notify_all()
        self.also()


class Job:
    """One `Run` and its controls. The lane's thread writes the run, the window's thread steers and reads."""

    def __init__(
        self,
        request: Request,
        bell: Bell,
        *,
        work: Work | None = None,
        orders: Sequence[Order] = (),
        shares: bool = False,
        keep_steps: KeepSteps | None = None,
    ) -> None:
        self.run = Run(request)
        self.work = work  # None to carry out the orders
        self.orders = orders or [Order.of(request)]
        self.shares = shares  # the devices with others like it, even where it has but one picture
        self.spread = False  # by several workers: there is no step of it here to branch from or to go on from
        self.reached: list[Result] = []  # by those once it was stopped
        self.keep_steps = keep_steps  # so that the run can be gone on with after a crash
        self.kept: StepsKept | None = None  # what does so
        self.cancelled = False
        self.paused = False
        self.single_steps = 0  # steps to make in spite of the pause
        self.settled = False  # nothing will change any more: ended, and every preview that will be made is made
        self.thinned = 0  # pictures that have given up the views of their steps
        self.offered = False  # stopped, and its unfinished pictures not kept yet
        self.advance: Advance | None = None  # the latest step; its tensors are the lane's alone
        self.latest: int | None = None  # a picture of the latest step
        self.standing: dict[int, int] = {}  # by picture in hand, the steps made of it
        self.previews: Previews | None = None
        self._pace: deque[float] = deque(maxlen=PACE_STEPS)
        self._bell = bell
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._woken = False
        self._last_wake = 0.0

    def cancel(self) -> None:
        """Ends the run before its next step."""
        with self._bell:
            self.cancelled = True
            self._bell.notify_all()

    def pause(self) -> None:
        """Holds the run before its next step."""
        with self._bell:
            self.paused, self.single_steps = True, 0
            self._bell.notify_all()

    def resume(self) -> None:
        with self._bell:
            self.paused, self.single_steps = False, 0
            self._bell.notify_all()

    def step_once(self) -> None:
        """Makes one step and holds (again)."""
        with self._bell:
            self.paused = True
            self.single_steps += 1
            self._bell.notify_all()

    def is_held(self) -> bool:
        """Whether it is paused before its next step, with none asked for and none needed to finish a picture."""
        return self.paused and not self.single_steps and not self._owes_no_step()

    def newest(self) -> View | None:
        """The view of the latest step; of the first picture where several are made together."""
        image = self.latest
        return None if image is None else self.run.views[image][self.standing[image] - 1]

    def steps_done(self) -> int:
        """Steps made over all pictures; those that ran out of memory begin again, and so does their count."""
        made, standing = self.run.made, self.standing
        return len(made) * self.run.steps + sum(index for image, index in standing.items() if image not in made)

    def seconds_left(self) -> float | None:
        """Time the steps still to make will take, judged by the latest ones; None before there is one."""
        pace = self.seconds_a_step()
        return None if pace is None else pace * (self.run.steps_total - self.steps_done())

    def seconds_a_step(self) -> float | None:
        """Of one picture, judged by the latest ones; None before there is one."""
        return sum(self._pace) / len(self._pace) if self._pace else None

    async def __aiter__(self) -> AsyncIterator[View | None]:
        """The newest view whenever something is new, None before the first; raises what the run failed with.

        A slow reader gets fewer views, never a backlog; the last one is always given.
        """
        ended = False
        while not ended:
            await self._stirred()
            ended = self.run.state.ended
            yield self.newest()
        if self.run.error is not None:
            raise self.run.error

    async def developing(self) -> AsyncIterator[View | None]:
        """After the end: the newest view, each time previews of the run were made sharp, until none is left."""
        while not self.settled:
            await self._stirred()
            yield self.newest()

    def _owes_no_step(self) -> bool:
        """Whether pictures have had their last step, or all are made: a pause lets them be finished."""
        run, made = self.run, self.run.made
        if len(made) == run.request.count:
            return True
        in_hand = [index for image, index in self.standing.items() if image not in made]
        return bool(in_hand) and all(index == run.steps for index in in_hand)

    async def _stirred(self) -> None:
        await self._news.wait()
        await asyncio.sleep(max(0.0, self._last_wake + FRAME - time.perf_counter()))
        self._last_wake = time.perf_counter()
        self._news.clear()
        self._woken = False

    # Called in the lane's thread.

    def wake(self) -> None:
        """Tells the reader that there is news, unless it has been told and has not looked yet."""
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._news.set)

    def stand(self, step: Advance | Progress) -> None:
        """Where its pictures are by now; without workers those of one step are all that are in hand."""
        now = dict.fromkeys(step.images, step.index - step.first)
        self.standing = {**self.standing, **now} if self.spread else now  # another one, since it is read meanwhile
        self.latest = step.images[0]

    def note_step(self, step: Advance | Progress, began: float) -> None:
        """Remembers what a step took, previews included, for each of its pictures; it may be the one asked for."""
        with self._bell:
            self.single_steps = max(0, self.single_steps - 1)
        self._pace.append((time.perf_counter() - began) / len(step.images))
