"""Work: a request on its way to pictures, followed and steered alike from the window, the command line and scripts."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Phase, Progress, Result, Run, State, View
from gdm_studio.workers.orders import Order

if TYPE_CHECKING:
    from gdm_studio.engine.previews import Previews
    from gdm_studio.engine.resuming import KeepSteps, StepsKept
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.models.library import Library
    from gdm_studio.studio.reader import Reader

    Source = Callable[[Request, Library], Generator[Event, None, None]]

PACE_STEPS = 8  # how many of the latest steps the time still needed is judged by


class Bell(threading.Condition):
    """Wakes who carries work out wherever they wait: for something to do, or for workers, whom `also` makes them leave.
    """

    def __init__(self) -> None:
        super().__init__()
        self.also: Callable[[], object] = lambda: None

    def notify_all(self) -> None:
        super().notify_all()
        self.also()


class Work:
    """One `Run` and its controls. A crew carries it out and writes the run; whoever wants to reads it and steers.

    Without `orders` all pictures of the request are made; with a `source` what it yields is done instead, here.
    `keep_steps` is given the steps as they are made, so that the run can be gone on with after a crash. With `shares`
    it is made beside others that do so, where there are several devices, and a single picture is left to a worker too.

    From another thread than that of the crew it is read with `async for`.
    """

    def __init__(
        self, request: Request, *, source: Source | None = None, orders: Sequence[Order] = (),
        keep_steps: KeepSteps | None = None, shares: bool = False,
    ) -> None:  # fmt: skip
        self.run = Run(request)
        self.source = source
        self.orders = list(orders) or [Order.of(request)]
        self.keep_steps = keep_steps
        self.shares = shares
        self.spread = False  # by several workers: there is no step of it here to branch from or to go on from
        self.reached: list[Result] = []  # by workers once it was stopped
        self.settled = False  # nothing will change any more: ended, and every preview that will be made is made
        self.cancelled = False
        self.paused = False
        self.single_steps = 0  # steps to make in spite of the pause
        self.previews: Previews | None = None  # what makes views of its steps, where they are wanted
        self.advance: Advance | None = None  # the latest step made here; its tensors are the maker's alone
        self.latest: int | None = None  # a picture of the latest step
        self.standing: dict[int, int] = {}  # by picture in hand, the steps made of it
        self._kept: StepsKept | None = None
        self._thinned: set[int] = set()  # pictures that have given up the views of their steps
        self._pace: deque[float] = deque(maxlen=PACE_STEPS)
        self._taken: set[int] = set()  # pictures that `fresh` has told of
        self._told = 0  # notes, by `fresh_notes`
        self._reader: Reader | None = None
        self._has_news = False  # there was some, whoever read it
        self.bell = Bell()  # rung when whoever carries it out has something to hear

    # steering, from any thread

    def cancel(self) -> None:
        """Ends the run before its next step."""
        with self.bell:
            self.cancelled = True
            self.bell.notify_all()

    def pause(self) -> None:
        """Holds the run before its next step."""
        with self.bell:
            self.paused, self.single_steps = True, 0
            self.bell.notify_all()

    def resume(self) -> None:
        with self.bell:
            self.paused, self.single_steps = False, 0
            self.bell.notify_all()

    def step_once(self) -> None:
        """Makes one step and holds (again)."""
        with self.bell:
            self.paused = True
            self.single_steps += 1
            self.bell.notify_all()

    # reading

    async def __aiter__(self) -> AsyncIterator[View | None]:
        """The newest view whenever something is new, None before the first; raises what the run failed with.

        A slow reader gets fewer views, never a backlog; the last one is always given.
        """
        ended = False
        while not ended:
            await self._news()
            ended = self.run.state.ended
            yield self.newest()
        if self.run.error is not None:
            raise self.run.error

    async def developing(self) -> AsyncIterator[View | None]:
        """After the end: the newest view, each time previews of the run were made sharp, until none is left."""
        while not self.settled:
            await self._news()
            yield self.newest()

    def fresh(self) -> list[Result]:
        """The pictures that were finished since this was asked last."""
        new = [result for result in list(self.run.results) if result.image not in self._taken]
        self._taken |= {result.image for result in new}
        return new

    def fresh_notes(self) -> list[str]:
        """What was noted since this was asked last."""
        new = self.run.notes[self._told :]
        self._told += len(new)
        return new

    @property
    def is_taken(self) -> bool:
        """Whether `fresh` has told of every finished picture."""
        return all(result.image in self._taken for result in list(self.run.results))

    @property
    def is_made(self) -> bool:
        """Whether all its pictures are finished."""
        return len(self.run.made) == self.run.request.count

    def newest(self) -> View | None:
        """The view of the latest step; of the first picture where several are made together; None without."""
        image = self.latest
        return self.run.views[image][self.standing[image] - 1] if image is not None and self.run.views[image] else None

    def steps_done(self) -> int:
        """Steps made over all pictures; those that ran out of memory begin again, and so does their count."""
        made, standing = self.run.made, self.standing
        return len(made) * self.run.steps + sum(index for image, index in standing.items() if image not in made)

    def share_done(self) -> float:
        """Of all steps of its pictures, those made, of a path that it goes on with those before it too: 0 … 1."""
        lead = self.run.lead * self.run.request.count
        return (lead + self.steps_done()) / (lead + self.run.steps_total)

    def seconds_left(self) -> float | None:
        """Time the steps still to make will take, judged by the latest ones; None before there is one."""
        pace = self.seconds_a_step()
        return None if pace is None else pace * (self.run.steps_total - self.steps_done())

    def seconds_a_step(self) -> float | None:
        """Of one picture, judged by the latest ones; None before there is one."""
        return sum(self._pace) / len(self._pace) if self._pace else None

    def is_held(self) -> bool:
        """Whether it is paused before its next step, with none asked for and none needed to finish a picture."""
        return self.paused and not self.single_steps and not self.owes_no_step()

    def is_given_up(self) -> bool:
        """Whether it was cancelled before the last step of the pictures in hand; those that had it are finished."""
        return self.cancelled and not self.owes_no_step()

    def owes_no_step(self) -> bool:
        """Whether all is made, or the pictures in hand had their last step: a pause or a stop lets them be finished."""
        in_hand = [index for image, index in self.standing.items() if image not in self.run.made]
        return self.is_made or bool(in_hand) and all(index == self.run.steps for index in in_hand)

    def keep(self, result: Result, gallery: Gallery, *, picture_id: str = "") -> Picture:
        """Puts a finished picture into the gallery, and lets go of it. Raises StorageError."""
        picture = gallery.keep(result, picture_id=picture_id)
        self.let_go(result, picture.id)
        return picture

    def let_go(self, result: Result, picture_id: str = "") -> None:
        """Holds a finished picture no longer: of a thousand they would fill the memory. The run knows its id."""
        self.run.kept[result.image] = picture_id
        self.run.results[:] = [each for each in self.run.results if each is not result]

    # writing, by whoever carries it out

    def begin(self) -> None:
        """Before its first event."""
        if self.keep_steps is not None:
            from gdm_studio.engine.resuming import StepsKept

            self._kept = StepsKept(self.keep_steps)

    def record(self, event: Event, began: float) -> None:
        """Writes an event that was begun at `began` (time.perf_counter) into the run; raises what `keep_steps` does."""
        run = self.run
        if isinstance(event, Phase):
            run.phase = event.title
            if event.note and event.note not in run.notes:
                run.notes.append(event.note)
        elif isinstance(event, Result):
            run.results.append(event)
        else:
            run.phase, run.path, run.first = "", event.path[event.first :], event.first
            self._show(event)
            self._stand(event)
            self._thin()
            with self.bell:
                self.single_steps = max(0, self.single_steps - 1)  # it may be the one asked for
            self._pace.append((time.perf_counter() - began) / len(event.images))  # views included
            if isinstance(event, Advance) and self._kept is not None:
                self._kept.add(event)

    def flush(self) -> None:
        """Keeps the steps that are held back: the run may stand still for long. Raises what `keep_steps` does."""
        if self._kept is not None:
            self._kept.flush()

    def fail(self, error: Exception) -> None:
        self.run.error, self.run.state = error, State.FAILED

    def settle(self) -> None:
        """Once it has ended and nothing of it is to be sharpened: lets go of its model."""
        self.previews, self._kept, self.settled = None, None, True
        if self.advance is not None:  # of a stopped one the latents can still be kept
            self.advance = replace(self.advance, model=None) if self.run.state is State.STOPPED else None
        self.wake()

    def wake(self) -> None:
        """There is news of it: for who reads it in another thread."""
        self._has_news = True
        if self._reader is not None:
            self._reader.tell()

    async def _news(self) -> None:
        if self._reader is None:
            from gdm_studio.studio.reader import Reader

            self._reader = Reader()
            if self._has_news:
                self._reader.tell()
        await self._reader.news()

    def _show(self, step: Advance | Progress) -> None:
        """Writes the views of a step in their places: pictures that ran out of memory go through their steps again."""
        if isinstance(step, Advance):
            self.advance = step
        if self.previews is None:
            return
        found = self.previews.views(step) if isinstance(step, Advance) else step.views
        for view in found:
            if isinstance(step, Progress):
                self.previews.take(view)
            views = self.run.views[view.image]
            if view.index <= len(views):
                views[view.index - 1] = view
                self.run.revision += 1
            else:
                views.append(view)

    def _stand(self, step: Advance | Progress) -> None:
        """Where its pictures are by now; without workers those of one step are all that are in hand."""
        now = dict.fromkeys(step.images, step.index - step.first)
        self.standing = {**self.standing, **now} if self.spread else now  # another one, since it is read meanwhile
        self.latest = step.images[0]

    def _thin(self) -> None:
        """While the previews are full, the oldest finished pictures keep their last view: it stands in for all."""
        run, previews = self.run, self.previews
        if previews is None or not previews.is_full():
            return
        for image in [*run.kept, *(result.image for result in run.results)]:  # what is kept is held no longer
            views = run.views[image]
            if image in self._thinned or not views or not previews.is_full():
                continue
            last = views[-1]
            views[:-1] = [
                replace(view, predicted=last.predicted, noisy=last.noisy, noise=last.noise, decoded=False)
                for view in views[:-1]
            ]
            previews.forget(image)
            self._thinned.add(image)
