"""Crew: who carries out work, this process alone or a worker for each of several devices; for window and scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest, ModelError, StorageError, StudioError
from gdm_studio.run import Event, Result, State
from gdm_studio.studio.shift import Breathe, Said, Shift
from gdm_studio.studio.work import Bell, Work
from gdm_studio.workers.making import made_here
from gdm_studio.workers.orders import placed
from gdm_studio.workers.pool import Pool

if TYPE_CHECKING:
    from gdm_studio.maths.path import Step
    from gdm_studio.models.library import Library
    from gdm_studio.request import Request


def _rest(seconds: float, works: Sequence[Work]) -> bool:
    if seconds > 0:
        time.sleep(seconds)
    return True


def _nothing() -> None:
    return None


class Crew:
    """Carries out one work after another, from one thread. Workers stay for the next work until `close`.

    What steers works from another thread gives them its `bell`.
    """

    def __init__(self, library: Library) -> None:
        threads.prepare()
        self.library, self.bell = library, Bell()
        self._pool: Pool | None = None  # the latest workers
        self._on_shift = False  # whether they are at work
        self.bell.also = self._nudge

    def carry_out(
        self, work: Work, places: Sequence[str] = (), *, previews: float | None = None
    ) -> Generator[Event, None, None]:
        """The events of a work, as `carry_out_all` has them; raises what it fails with."""
        with closing(self.carry_out_all(work, places, previews=previews)) as told:
            for _, event in told:
                if isinstance(event, StudioError):
                    raise event
                if event is not None:
                    yield event

    def carry_out_all(
        self, first: Work, places: Sequence[str] = (), *, more: Callable[[], Work | None] = _nothing,
        breathe: Breathe = _rest, previews: float | None = None,
    ) -> Generator[Said, None, None]:  # fmt: skip
        """The events of a work, recorded in its run, at the pace that people set; at its end None, or its error.

        Where workers make it, `more` is asked for another whenever one of them has nothing to do, and its events come
        among the others. `places` are devices by name, without them those of the request. `previews` is the share of
        a step's time that workers may spend on views of it.

        Every `next()` is one step, so pausing is not calling it and stopping is `close()`; the steps made are kept
        then. What steers works from other threads holds them in `breathe`, which is called before every step with the
        seconds to rest and the works in hand, and ends all where it is False. Raises what is no StudioError, and what
        concerns all works, such as the loss of every worker: those in hand have failed with it then.
        """
        try:
            wanted = preferences.load()
            from gdm_studio.engine import devices

            devices.use_threads(wanted.threads)
            if first.source is None:
                places = list(places) or devices.several(first.run.request.device)
            first.spread = _is_for_workers(first, places)
            shift = Shift(self._hired(places), more, breathe) if first.spread else None
        except Exception as error:
            first.fail(error)
            raise
        if shift is None:
            yield from self._here(first, places, breathe, wanted.cpu_share)
            return
        self._on_shift = True
        try:
            yield from shift.carry_out(first, previews=previews, cpu_share=wanted.cpu_share)
        finally:
            self._on_shift = False

    def reached(self, work: Work) -> list[Result]:
        """The unfinished pictures of a stopped work as they stand, decoded, `stopped_at` set."""
        from gdm_studio.engine.devices import resolve_dtype
        from gdm_studio.engine.results import reached
        from gdm_studio.models.library import load_for

        advance, request = work.advance, work.run.request
        if advance is None:
            return work.reached
        device = advance.step.denoised.device
        dtype = resolve_dtype(request.dtype, self.library.card(request.model), device)
        model = advance.model or load_for(self.library, request, device=device, dtype=dtype)
        done = {result.image for result in work.run.results}
        return [result for result in reached(request, replace(advance, model=model)) if result.image not in done]

    def standing(self, request: Request, step: Step) -> bytes:
        """What an item of the queue that is to go on from `step` is given, with the weights that are to do it."""
        from gdm_studio.engine.resuming import standing
        from gdm_studio.models.fingerprint import fingerprint

        weights = ""
        with suppress(ModelError):  # gone, of which the run itself will tell
            weights = fingerprint(self.library.card(request.model))
        return standing(request, step, weights)

    def close(self) -> None:
        """Ends the workers."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _here(
        self, work: Work, places: Sequence[str], breathe: Breathe, cpu_share: float
    ) -> Generator[Said, None, None]:
        """The work in this process."""
        failure, rest = None, 0.0
        if places and not self._on_shift and self._pool is not None and self._pool.devices != tuple(places):
            self.close()  # it is over with those devices: others may need their memory
        try:
            work.begin()
            with closing(self._events(work, places)) as events:
                while breathe(rest, [work]) and not work.is_given_up():
                    work.run.state, began = State.RUNNING, time.perf_counter()
                    if (event := next(events, None)) is None:
                        work.run.state = State.DONE
                        break
                    work.record(event, began - rest)
                    rest = (time.perf_counter() - began) * (1 / cpu_share - 1)
                    yield work, event
        except Exception as error:
            work.fail(error)
            if not isinstance(error, StudioError):
                raise
            failure = error
        finally:
            if not work.run.state.ended:
                with suppress(StorageError):  # what else it may have stopped for is to be heard of
                    work.flush()
                work.run.state = State.STOPPED  # now: who reads it takes all of its steps to be kept by then
            if work.previews is None:  # else there may be some to sharpen
                work.settle()
        yield work, failure

    def _events(self, work: Work, places: Sequence[str]) -> Generator[Event, None, None]:
        if work.source is not None:
            return work.source(work.run.request, self.library)
        orders = [replace(order, request=placed(order.request, places)) for order in work.orders]
        return made_here(orders, self.library)

    def _hired(self, places: Sequence[str]) -> Pool:
        """Workers on these devices, those there are where they are the same."""
        if self._on_shift:
            raise BadRequest("Several devices make one request's pictures at a time; let the first end, or stop it.")
        if self._pool is not None and self._pool.devices != tuple(places):
            self.close()
        self._pool = self._pool or Pool(places)
        return self._pool

    def _nudge(self) -> None:
        """From any thread."""
        if (pool := self._pool) is not None:
            pool.nudge()


def _is_for_workers(work: Work, places: Sequence[str]) -> bool:
    """One picture alone is made without them, since it can then be steered, unless it shares the devices."""
    pictures = sum(len(order.left) for order in work.orders)
    return work.source is None and len(places) > 1 and (pictures > 1 or (work.shares and pictures > 0))
