"""The lane: the window's one thread that carries out work, in order, by the crew of the studio.

torch lives here and nowhere else in the window.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QThread, Signal

from gdm_studio import preferences
from gdm_studio.engine import threads
from gdm_studio.request import Request
from gdm_studio.run import Result, State, View

if TYPE_CHECKING:
    from gdm_studio.maths.path import Step
    from gdm_studio.studio.crew import Crew
    from gdm_studio.studio.work import Work

T = TypeVar("T")
Errand = tuple[Callable[[], None], Callable[[], None]]  # (carry out, call off)

STACK_BYTES = 16 * 2**20  # secondary threads get 512 KiB on macOS, too little for a network


class Lane(QThread):
    """Runs jobs one after another; errands go between steps; spare time sharpens previews.

    Everything is decided between two `next()` calls of the engine's generator: pause, cancel, stop.
    """

    room = Signal()  # a worker has nothing to do, and might make the next of the queue meanwhile

    def __init__(self, crew: Crew) -> None:
        super().__init__()
        self.setObjectName("lane")
        self.setStackSize(STACK_BYTES)
        self._crew, self._bell = crew, crew.bell
        self._jobs: deque[Work] = deque()
        self._errands: deque[Errand] = deque()  # for the next pause between two steps
        self._later: deque[Errand] = deque()  # for the next pause between two jobs
        self.has_room = False  # as `room` has said, and nothing was submitted since
        self._shown: Work | None = None  # the run under way or the latest, whose previews spare time goes to
        self._stopping = False

    def submit(self, work: Work, *, instead_of: Work | None = None) -> Work:
        """Queues a work; read it with `async for`.

        `instead_of` is given up for it: at once where it has not begun, else before its next step.
        """
        work.bell = self._bell
        with self._bell:
            self.has_room = False
            if instead_of is not None:
                instead_of.cancelled = True
                if instead_of in self._jobs:
                    self._jobs.remove(instead_of)
                    _never_begun(instead_of)
            self._jobs.append(work)
            self._bell.notify_all()
        return work

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

    def spare(self, job: Work) -> None:
        """Spends no time on sharpening the previews of a job whose steps are not looked at again."""
        self.ask(partial(_give_up_previews, job))

    def reached(self, job: Work) -> asyncio.Future[list[Result]]:
        """As `Crew.reached`."""
        return self.ask(partial(self._crew.reached, job))

    def standing(self, request: Request, step: Step) -> asyncio.Future[bytes]:
        """As `Crew.standing`."""
        return self.ask(partial(self._crew.standing, request, step))

    def sharp(self, views: Sequence[View], place: int) -> asyncio.Future[View | None]:
        """The view at a place of a run's, decoded before its turn; None where what it is made of is not held here."""
        return self.ask(partial(self._sharp, views, place))

    def stop(self) -> None:
        """Lets the thread end before the next step; queued jobs end as stopped. Wait for it with `wait()`."""
        with self._bell:
            self._stopping = True
            self._bell.notify_all()

    def run(self) -> None:
        """The thread: errands first, then jobs, then previews, then sleep."""
        threads.load_libraries()
        while not self._stopping:
            self._run_errands()
            if self._later:
                self._later.popleft()[0]()
            elif job := self._next_job():
                self._settle()
                self._shown = job
                self._carry_out(job)
                self.has_room = False
            elif not self._sharpen(self._shown):
                self._settle()
                self._sleep_until(lambda: bool(self._jobs or self._errands or self._later))
        self._settle()
        self._crew.close()
        for job in self._jobs:
            _never_begun(job)
        for _, call_off in (*self._errands, *self._later):
            call_off()

    def _carry_out(self, job: Work) -> None:
        try:
            share = preferences.load().preview_share
            more = partial(self._next_shared, job.run.request.device, share)
            _give_previews(job, share)
            for work, _ in self._crew.carry_out_all(job, more=more, breathe=self._breathe, previews=share):
                work.wake()
        except Exception as error:  # shown by whoever reads the jobs
            if not job.run.state.ended:
                job.fail(error)
        job.wake()

    def _next_shared(self, device: str, preview_share: float) -> Work | None:
        """What workers on this device, or these, may make beside what they are at; asks for it where nothing waits."""
        with self._bell:
            if self._jobs:
                job = self._jobs[0]
                if not job.shares or job.run.request.device != device:
                    return None
                _give_previews(job, preview_share)
                return self._jobs.popleft()
            is_new, self.has_room = not self.has_room, True
        if is_new:
            self.room.emit()
        return None

    def _breathe(self, seconds: float, works: Sequence[Work]) -> bool:
        """Between two steps of these: rests so long, runs errands, and holds what is paused; False where all is to end.

        What is made here alone is held here; workers hold each of several for itself. While they are at work errands
        for the time between two jobs are run too: they have models of their own, and may be at work for hours.
        """
        self._rest(seconds, works)
        self._run_errands()
        if len(works) == 1 and not works[0].spread:
            self._hold(works[0])
            return not self._stopping
        while self._later and not self._stopping:
            self._later.popleft()[0]()
        return not self._stopping

    def _hold(self, job: Work) -> None:
        """Returns once its next step may be made, or none is wanted any more; sharpens its previews meanwhile."""
        while job.is_held() and not (self._stopping or job.cancelled):
            if job.run.state is not State.PAUSED:
                job.run.state = State.PAUSED
                job.wake()
                job.flush()
            if not self._sharpen(job):
                self._sleep_until(lambda: bool(job.cancelled or not job.is_held() or self._errands))
            self._run_errands()

    def _rest(self, seconds: float, jobs: Sequence[Work]) -> None:
        """Leaves the machine to others for a while, unless something else is wanted of the jobs."""

        def is_wanted() -> bool:
            return self._stopping or any(job.cancelled for job in jobs) or all(job.paused for job in jobs)

        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not is_wanted():
            self._run_errands()
            with self._bell:
                self._bell.wait_for(lambda: is_wanted() or bool(self._errands), timeout=left)

    def _sharpen(self, job: Work | None) -> bool:
        """Decodes one preview that was shown only roughly; False when there is none left."""
        return _developed(job) is not None

    def _sharp(self, views: Sequence[View], place: int) -> View | None:
        if views[place].decoded:
            return views[place]
        of = self._shown.run.views if self._shown is not None else []
        for image, own in enumerate(of):
            if own is views:
                return _developed(self._shown, (image, place + 1))
        return None

    def _settle(self) -> None:
        """Lets go of the run that has ended, and of its model: its previews stay as they are."""
        if self._shown is not None and not self._shown.settled:
            self._shown.settle()

    def _run_errands(self) -> None:
        while self._errands:
            carry_out, _ = self._errands.popleft()
            carry_out()

    def _next_job(self) -> Work | None:
        with self._bell:
            return self._jobs.popleft() if self._jobs else None

    def _sleep_until(self, reason: Callable[[], bool]) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._stopping or reason())


def _give_previews(job: Work, share: float) -> None:
    from gdm_studio.engine.previews import Previews

    job.previews = Previews(share)


def _developed(job: Work | None, at: tuple[int, int] | None = None) -> View | None:
    """The next of a job's rough previews, or that of (image, step), decoded and in its place; None where none is."""
    if job is None or job.settled or job.previews is None:
        return None
    try:
        view = job.previews.developed(*at) if at else next(job.previews.develop(), None)
    except Exception:  # whatever the decoder stumbles over, the linear preview stays and the lane goes on
        job.previews.give_up()
        return None
    if view is not None:
        job.run.views[view.image][view.index - 1] = view
        job.run.revision += 1
        job.wake()
    return view


def _give_up_previews(job: Work) -> None:
    if job.previews is not None:
        job.previews.give_up()


def _never_begun(job: Work) -> None:
    """Ends a job that was still in the queue."""
    job.run.state = State.STOPPED
    job.settle()
