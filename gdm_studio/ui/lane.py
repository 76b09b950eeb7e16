"""The lane: one thread that carries out jobs in order, by workers where there are several devices.

torch lives here and nowhere else in the window.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QThread

from gdm_studio import preferences
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Phase, Progress, Result, Run, State, View
from gdm_studio.ui.jobs import Job
from gdm_studio.workers.making import made_by, made_here
from gdm_studio.workers.orders import placed
from gdm_studio.workers.pool import Pool

if TYPE_CHECKING:
    from gdm_studio.engine.resuming import KeepSteps
    from gdm_studio.maths.path import Step
    from gdm_studio.models.library import Library
    from gdm_studio.ui.jobs import Work
    from gdm_studio.workers.orders import Order

T = TypeVar("T")
Errand = tuple[Callable[[], None], Callable[[], None]]  # (carry out, call off)

FORGOTTEN = "After a crash this run would begin again."
STACK_BYTES = 16 * 2**20  # secondary threads get 512 KiB on macOS, too little for a network


class Lane(QThread):
    """Runs jobs one after another; errands go between steps; spare time sharpens previews.

    Everything is decided between two `next()` calls of the engine's generator: pause, cancel, stop.
    """

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.setObjectName("lane")
        self.setStackSize(STACK_BYTES)
        self._library = library
        self._bell = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._errands: deque[Errand] = deque()  # for the next pause between two steps
        self._later: deque[Errand] = deque()  # for the next pause between two jobs
        self._pool: Pool | None = None  # the workers of the latest job that several devices carried out
        self._shown: Job | None = None  # the latest run that has ended, whose previews spare time goes to
        self._stopping = False

    def submit(
        self,
        request: Request,
        *,
        instead_of: Job | None = None,
        work: Work | None = None,
        orders: Sequence[Order] = (),
        keep_steps: KeepSteps | None = None,
        before: Sequence[int] = (),
    ) -> Job:
        """Queues a request; read the job with `async for`.

        `instead_of` is given up for it: at once where it has not begun, else before its next step. `orders` are what
        is to be made where that is not all pictures of the request, and `work` is what is done instead of making
        pictures, in the lane's thread. `keep_steps` is given the steps in this thread as they are made; `before` are
        pictures of the request that were made by another run.
        """
        job = Job(request, self._bell, work=work, orders=orders, keep_steps=keep_steps)
        job.run.before = tuple(before)
        with self._bell:
            if instead_of is not None:
                instead_of.cancelled = True
                if instead_of in self._jobs:
                    self._jobs.remove(instead_of)
                    _never_begun(instead_of)
            self._jobs.append(job)
            self._bell.notify_all()
        return job

    def ask(self, errand: Callable[[], T], *, between_jobs: bool = False) -> asyncio.Future[T]:
        """What `errand()` returns, called in the lane's thread before its next step, or once the job under way ends.

        The future is cancelled if the lane ends.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def give(value: T | None, error: Exception | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(value)  # type: ignore[arg-type]

        def carry_out() -> None:
            value, error = None, None
            try:
                value = errand()
            except Exception as caught:  # whatever it is, it belongs to the one who asked
                error = caught
            loop.call_soon_threadsafe(give, value, error)

        def call_off() -> None:
            loop.call_soon_threadsafe(answer.cancel)

        with self._bell:
            (self._later if between_jobs else self._errands).append((carry_out, call_off))
            self._bell.notify_all()
        return answer

    def spare(self, job: Job) -> None:
        """Spends no time on sharpening the previews of a job whose steps are not looked at again."""
        self.ask(partial(_give_up_previews, job))

    def reached(self, job: Job) -> asyncio.Future[list[Result]]:
        """The unfinished pictures of a stopped job as they stand, decoded, `stopped_at` set."""
        return self.ask(partial(_reached, job, self._library))

    def standing(self, request: Request, step: Step) -> asyncio.Future[bytes]:
        """What an item of the queue that is to go on from `step` is given, with the weights that are to do it."""
        return self.ask(partial(_standing, request, step, self._library))

    def stop(self) -> None:
        """Lets the thread end before the next step; queued jobs end as stopped. Wait for it with `wait()`."""
        with self._bell:
            self._stopping = True
            self._bell.notify_all()

    def run(self) -> None:
        """The thread: errands first, then jobs, then previews, then sleep."""
        while not self._stopping:
            self._run_errands()
            if self._later:
                self._later.popleft()[0]()
            elif job := self._next_job():
                self._settle()
                self._carry_out(job)
                self._shown = job
            elif not self._sharpen(self._shown):
                self._settle()
                self._sleep_until(lambda: bool(self._jobs or self._errands or self._later))
        self._settle()
        self._let_workers_go()
        for job in self._jobs:
            _never_begun(job)
        for _, call_off in (*self._errands, *self._later):
            call_off()

    def _carry_out(self, job: Job) -> None:
        run = job.run
        try:
            from gdm_studio.engine import devices
            from gdm_studio.engine.previews import Previews
            from gdm_studio.engine.resuming import StepsKept

            wanted, rest = preferences.load(), 0.0
            devices.use_threads(wanted.threads)
            job.previews = Previews(wanted.preview_share)
            job.kept = StepsKept(job.keep_steps) if job.keep_steps is not None else None
            with closing(self._events(job, wanted.preview_share)) as events:
                while self._may_step(job, rest):
                    began = time.perf_counter()
                    event = next(events, None)
                    if event is None:
                        run.state = State.DONE
                        break
                    _record(job, event)
                    if isinstance(event, Advance | Progress):
                        job.note_step(event, began - rest)
                    if isinstance(event, Advance):
                        _keep(job, event)
                    job.wake()
                    rest = (time.perf_counter() - began) * (1 / wanted.cpu_share - 1)
                else:
                    run.state = State.STOPPED
                    _keep(job)
        except Exception as error:  # shown by whoever reads the job
            run.error, run.state = error, State.FAILED
        if job.spread and self._pool is not None:
            job.reached = [replace(result, image=order.first + result.image) for order, result in self._pool.reached]
        job.wake()

    def _events(self, job: Job, preview_share: float) -> Generator[Event, None, None]:
        """What the job does, here or by workers on several devices."""
        from gdm_studio.engine import devices

        if job.work is not None:
            return job.work(job.run.request, self._library)
        places = devices.several(job.run.request.device)
        orders = [replace(order, request=placed(order.request, places)) for order in job.orders]
        if self._pool is not None and self._pool.devices != tuple(places):
            self._let_workers_go()
        job.spread = len(places) > 1 and sum(len(order.left) for order in orders) > 1
        if not job.spread:
            return made_here(orders, self._library)
        if job.keep_steps is not None:
            orders[0].keep_steps = partial(_keep_workers, job)
        self._pool = self._pool or Pool(places)
        return made_by(self._pool, orders, previews=preview_share, reach=job.keep_steps is not None)

    def _let_workers_go(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _rest(self, job: Job, seconds: float) -> None:
        """Leaves the machine to others for a while, unless something else is wanted of the job."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not (self._stopping or job.cancelled or job.paused):
            self._run_errands()
            with self._bell:
                self._bell.wait_for(
                    lambda: self._stopping or job.cancelled or job.paused or bool(self._errands), timeout=left
                )

    def _may_step(self, job: Job, rest: float) -> bool:
        """True when the next step may be made, after a rest and as long as the job is paused; False to stop."""
        self._rest(job, rest)
        while True:
            self._run_errands()
            with self._bell:
                if self._stopping or job.cancelled:
                    return False
                if not job.paused or job.single_steps or _owes_no_step(job):
                    job.run.state = State.RUNNING
                    return True
            if job.run.state is not State.PAUSED:
                job.run.state = State.PAUSED
                job.wake()
                _keep(job)
            if not self._sharpen(job):
                self._sleep_until(lambda: bool(job.cancelled or not job.paused or job.single_steps or self._errands))

    def _sharpen(self, job: Job | None) -> bool:
        """Decodes one preview that was shown only roughly; False when there is none left."""
        if job is None or job.settled or job.previews is None:
            return False
        try:
            view = next(job.previews.develop(), None)
        except Exception:  # whatever the decoder stumbles over, the linear preview stays and the lane goes on
            job.previews.give_up()
            return False
        if view is None:
            return False
        job.run.views[view.image][view.index - 1] = view
        job.run.revision += 1
        job.wake()
        return True

    def _settle(self) -> None:
        """Lets go of the run that has ended, and of its model: its previews stay as they are."""
        job = self._shown
        if job is None or job.settled:
            return
        job.previews = job.kept = None
        if job.run.state is State.STOPPED and job.advance is not None:
            job.advance = replace(job.advance, model=None)  # its latents can still be kept
        else:
            job.advance = None
        job.settled = True
        job.wake()

    def _run_errands(self) -> None:
        while self._errands:
            carry_out, _ = self._errands.popleft()
            carry_out()

    def _next_job(self) -> Job | None:
        with self._bell:
            return self._jobs.popleft() if self._jobs else None

    def _sleep_until(self, reason: Callable[[], bool]) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._stopping or reason())


def _give_up_previews(job: Job) -> None:
    if job.previews is not None:
        job.previews.give_up()


def _never_begun(job: Job) -> None:
    """Ends a job that was still in the queue."""
    job.run.state, job.settled = State.STOPPED, True
    job.wake()


def _record(job: Job, event: Event) -> None:
    """Writes an event of the engine into the run."""
    run = job.run
    if isinstance(event, Phase):
        run.phase = event.title
        if event.note:
            run.notes.append(event.note)
    elif isinstance(event, Advance | Progress):
        assert job.previews is not None
        run.phase, run.path, run.first = "", event.path[event.first :], event.first
        if isinstance(event, Advance):
            job.advance, views = event, job.previews.views(event)
        else:
            views = list(event.views)
            for view in views:
                job.previews.take(view)
        for view in views:
            _show(run, view)
        job.stand(event)
        _thin(job)
    else:
        run.results.append(event)


def _show(run: Run, view: View) -> None:
    """Writes the view of a step in its place: pictures that ran out of memory go through their steps again."""
    views = run.views[view.image]
    if view.index <= len(views):
        views[view.index - 1] = view
        run.revision += 1
    else:
        views.append(view)


def _keep(job: Job, advance: Advance | None = None) -> None:
    """Keeps a step for another time, or all that are held back; where that is impossible the run goes on without."""
    if job.kept is None:
        return
    try:
        if advance is not None:
            job.kept.add(advance)
        else:
            job.kept.flush()
    except StorageError as error:
        job.kept = None
        job.run.notes.append(f"{error} {FORGOTTEN}")


def _keep_workers(job: Job, data: bytes, *, anew: bool) -> None:
    """Keeps the steps that a worker made, as `_keep` does those made here."""
    if job.keep_steps is None:
        return
    try:
        job.keep_steps(data, anew=anew)
    except StorageError as error:
        job.keep_steps = None
        job.run.notes.append(f"{error} {FORGOTTEN}")


def _thin(job: Job) -> None:
    """While the previews are full, the oldest finished pictures keep their last view: it stands in for all steps."""
    run, previews = job.run, job.previews
    assert previews is not None
    while previews.is_full() and job.thinned < len(run.results):
        views = run.views[run.results[job.thinned].image]
        last = views[-1]
        views[:-1] = [
            replace(view, predicted=last.predicted, noisy=last.noisy, noise=last.noise, decoded=False)
            for view in views[:-1]
        ]
        previews.forget(last.image)
        job.thinned += 1


def _owes_no_step(job: Job) -> bool:
    """Whether pictures have had their last step, or all are made: a pause lets them be finished, and the run end."""
    run, made = job.run, job.run.made
    if len(made) == run.request.count:
        return True
    in_hand = [index for image, index in job.standing.items() if image not in made]
    return bool(in_hand) and all(index == run.steps for index in in_hand)


def _reached(job: Job, library: Library) -> list[Result]:
    from gdm_studio.engine.devices import resolve_dtype
    from gdm_studio.engine.generate import reached
    from gdm_studio.models.library import load_for

    advance, request = job.advance, job.run.request
    if advance is None:
        return job.reached
    device = advance.step.denoised.device
    dtype = resolve_dtype(request.dtype, library.card(request.model), device)
    model = advance.model or load_for(library, request, device=device, dtype=dtype)
    done = {result.image for result in job.run.results}
    return [result for result in reached(request, replace(advance, model=model)) if result.image not in done]


def _standing(request: Request, step: Step, library: Library) -> bytes:
    from gdm_studio.engine.resuming import standing
    from gdm_studio.models.fingerprint import fingerprint

    weights = ""
    with suppress(ModelError):  # gone, of which the run itself will tell
        weights = fingerprint(library.card(request.model))
    return standing(request, step, weights)
