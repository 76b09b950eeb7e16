"""Job: a run that generates the images of a request, which the window, the command line and scripts can observe and
control."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from gdm_studio.engine import preview_memory
from gdm_studio.engine.preview_memory import PreviewMemory
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.request.generation_events import Event, Phase, Progress, Result, Run, State, StepEvent, View
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.engine.resume import SaveSteps
    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.queue import Item
    from gdm_studio.jobs.workers.work_items import Source

# Number of recent steps whose mean duration predicts the time left.
RECENT_STEPS = 8
# Seconds between two reads of a job in an event loop, so that painting does not take CPU time from the sampler.
FRAME = 1 / 24


class Destination(Enum):
    """Destination of a job's finished images: the gallery, or nowhere if the caller handles them."""

    GALLERY = "gallery"
    NOTHING = "nothing"


GALLERY: Final = Destination.GALLERY
NOTHING: Final = Destination.NOTHING


@dataclass(frozen=True)
class ReachedStep:
    """Last step of a job: the images of its batch, its number, and the number of steps of the path."""

    images: tuple[int, ...]
    index: int
    of: int


@dataclass(eq=False)
class Collection:
    """Gallery collection for the images of one or more jobs, which is created when the first image is saved.

    The fields, except `wanted`, are written only by the thread that calls the gallery.
    """

    wanted: str
    # Name in the gallery, with a number if `wanted` was taken. "" until the collection exists.
    name: str = ""
    # Saved images by request digest, which several collections may share. An image of the same request is added to the
    # collection but not saved a second time. None if every image is saved.
    known: dict[str, Picture] | None = None


Into = Literal[Destination.GALLERY, Destination.NOTHING] | Collection


class WakeUp(threading.Condition):
    """Condition variable that wakes the thread in which jobs run. It also calls `also`, which interrupts the thread's
    wait for messages from worker processes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.also: Callable[[], object] = lambda: None

    def notify_all(self) -> None:
        super().notify_all()
        self.also()


class Reader:
    """Notifier for a coroutine that waits for changes to a job running in another thread.

    Notifications before the next `wait` are merged, so that a slow reader has no backlog.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._wait_for_news = asyncio.Event()
        self._is_notified = False
        self._read_at = 0.0

    def notify(self) -> None:
        """Wake the waiting coroutine from any thread. Does nothing while an earlier notification is pending."""
        if not self._is_notified:
            self._is_notified = True
            self._loop.call_soon_threadsafe(self._wait_for_news.set)

    async def wait(self) -> None:
        """Wait until the job has changed. The wait is extended so that the coroutine is woken at most once per display
        frame.
        """
        await self._wait_for_news.wait()
        await asyncio.sleep(max(0.0, self._read_at + FRAME - time.perf_counter()))
        self._read_at = time.perf_counter()
        self._wait_for_news.clear()
        self._is_notified = False


class Job:
    """Run that generates the images of a request. Other threads may read and control it.

    Only the executor writes its `run`. A job generates all images of the request, only the work items `work_items`, or
    in this process the events of the generator `source`. The callback `keep_steps` saves the steps, so that the job can
    resume after a crash. Jobs with `shares` can run side by side on several devices; even a single image then uses a
    worker. Another thread reads the job with `async for`.
    """

    def __init__(
        self,
        request: Request,
        *,
        source: Source | None = None,
        work_items: Sequence[WorkItem] = (),
        keep_steps: SaveSteps | None = None,
        shares: bool = False,
        into: Into = NOTHING,
        item: Item | None = None,
        places: Sequence[str] = (),
        title: str = "",
    ) -> None:
        self.run = Run(request)
        self.source = source
        self.work_items = list(work_items) or [WorkItem.of(request)]
        self.keep_steps = keep_steps
        self.shares = shares
        # Where the runner saves the images.
        self.into = into
        # Title of the saved images, or "" for the subject of the request.
        self.title = title
        # The queue item that the job runs, as it was when the job was submitted.
        self.item = item
        # Names of the devices to use. Empty means the devices of the request.
        self.places = tuple(places)
        # True if workers on several devices or on other computers run the job. The engine then has no step tensors to
        # branch or resume from.
        self.is_distributed = False
        # True if the job runs on one other computer, which sends the tensors of its steps.
        self.receives_steps = False
        # Unfinished images that workers sent after the job was stopped.
        self.partial_results: list[Result] = []
        # True once the run has ended and all previews are decoded. The job does not change after that.
        self.settled = False
        # True once the runner has finished with the job: the run has ended, each of its images was saved or could not
        # be saved, and the queue is up to date.
        self.is_closed = False
        self.cancelled = False
        # True if the user cancelled the job. Its queue item is then removed instead of waiting again.
        self.is_discarded = False
        # False once a step could not be recorded.
        self.records_steps = True
        self.paused = False
        # Number of steps to take although the job is paused.
        self.single_steps = 0
        # Memory of the previews, if previews are wanted.
        self.previews: PreviewMemory | None = None
        # The last step whose tensors are available, in the engine or in `full_step`.
        self.last_step: ReachedStep | None = None
        # The last step that another computer has sent.
        self.full_step: StepEvent | None = None
        # Returns the recorded steps, from which an engine that was restarted restores the run.
        self.recorded_steps: Callable[[], bytes] = lambda: b""
        # A preview of the last step.
        self.latest_image: int | None = None
        # Number of steps done of each image in progress.
        self.progress: dict[int, int] = {}
        # Notified to wake the thread that runs the job, for example after a pause.
        self.bell = WakeUp()
        # Images whose step previews were dropped to save memory.
        self._thinned_images: set[int] = set()
        self._step_seconds: deque[float] = deque(maxlen=RECENT_STEPS)
        self._has_warmed_up = False
        # Images that `new_results` has returned.
        self._returned_images: set[int] = set()
        # Number of notes that `new_notes` has returned.
        self._returned_notes = 0
        self._reader: Reader | None = None
        # True if the job changed before it had a reader.
        self._has_news = False

    # Control, from any thread

    def cancel(self) -> None:
        """Stop generating the images of this job before the next step."""
        with self.bell:
            self.cancelled = True
            self.bell.notify_all()

    def pause(self) -> None:
        """Pause the job before its next step. The step that is being computed is still finished."""
        with self.bell:
            self.paused = True
            self.single_steps = 0
            self.bell.notify_all()

    def resume(self) -> None:
        with self.bell:
            self.paused = False
            self.single_steps = 0
            self.bell.notify_all()

    def step_once(self) -> None:
        """Let a paused job compute one step, after which it pauses again."""
        with self.bell:
            self.paused = True
            self.single_steps += 1
            self.bell.notify_all()

    # Reading

    async def __aiter__(self) -> AsyncIterator[View | None]:
        """Yield the newest preview of the job whenever the job has changed, or None before the first step.

        Raises the job's error. A slow reader skips previews. The last preview is always yielded, after the job is
        closed.
        """
        ended = False
        while not ended:
            await self._wait_for_news()
            ended = self.is_closed
            yield self.newest()
        if self.run.error is not None:
            raise self.run.error

    async def developing(self) -> AsyncIterator[View | None]:
        """Yield the newest preview of the job after each change, including the exact previews that replace approximate
        ones at the end of a run.

        If several previews were decoded since the last yield, only the newest is yielded.
        """
        while not self.settled:
            await self._wait_for_news()
            yield self.newest()

    def new_results(self) -> list[Result]:
        """Return the images of this job that were finished since the last call."""
        new = [result for result in list(self.run.results) if result.image not in self._returned_images]
        self._returned_images |= {result.image for result in new}
        return new

    def new_notes(self) -> list[str]:
        """Return the notes for the user, such as warnings, that the run has added since the last call."""
        new = self.run.notes[self._returned_notes :]
        self._returned_notes += len(new)
        return new

    @property
    def is_complete(self) -> bool:
        """True if all images of the request are finished."""
        return len(self.run.made) == self.run.request.count

    def newest(self) -> View | None:
        """Return the preview of the last denoising step, or None before the first step.

        If several images are generated together, the preview shows the first one.
        """
        image = self.latest_image
        progress = self.progress
        # The thread that runs the job may just have started the next image.
        if image not in progress:
            image = next(iter(progress), None)
        if image is None or not (views := self.run.views[image]):
            return None
        return views[min(progress[image], len(views)) - 1]

    def steps_done(self) -> int:
        """Return the number of denoising steps that are finished, summed over all images.

        It decreases when images restart after running out of memory.
        """
        made = self.run.made
        in_progress = sum(steps for image, steps in self.progress.items() if image not in made)
        return len(made) * self.run.steps + in_progress

    def share_done(self) -> float:
        """Return the finished fraction of the job's denoising steps, from 0 to 1, for a progress bar.

        For a branch, the steps inherited from its parent count as finished.
        """
        lead = self.run.lead * self.run.request.count
        return (lead + self.steps_done()) / (lead + self.run.steps_total)

    def seconds_left(self) -> float | None:
        """Return the estimated number of seconds until all steps of the job are finished, or None before the second
        step.
        """
        pace = self.seconds_a_step()
        return None if pace is None else pace * (self.run.steps_total - self.steps_done())

    def seconds_a_step(self) -> float | None:
        """Return the mean duration in seconds of the job's most recent denoising steps, or None before the second
        step.

        The first step takes longer than the others, because networks and memory are prepared in it.
        """
        return sum(self._step_seconds) / len(self._step_seconds) if self._step_seconds else None

    @property
    def is_waiting(self) -> bool:
        """True if the job is paused before its next step and the user has not requested a single step."""
        return self.paused and not self.single_steps and not self.is_past_steps

    @property
    def should_stop(self) -> bool:
        """True if the job was cancelled and its denoising steps are not all finished. After the last step, images are
        still decoded and saved.
        """
        return self.cancelled and not self.is_past_steps

    @property
    def is_past_steps(self) -> bool:
        """True if all images that are being generated (or all images of the job) have finished their last denoising
        step, so that pausing no longer has an effect.
        """
        made = self.run.made
        in_progress = [steps for image, steps in self.progress.items() if image not in made]
        return self.is_complete or bool(in_progress) and all(steps == self.run.steps for steps in in_progress)

    def release(self, result: Result, picture_id: str = "") -> None:
        """Remove a saved image from the job's results to free its memory, and record `picture_id`, its id in the
        gallery.
        """
        self.run.kept[result.image] = picture_id
        self.run.results[:] = [each for each in self.run.results if each is not result]

    # Writing, in the thread that runs the job

    def record(self, event: Event, began: float) -> None:
        """Update the state of the job with an event of its run. `began` is the time (`time.perf_counter()`) at which
        the computation of the event started.
        """
        run = self.run
        if isinstance(event, Phase):
            run.phase = event.title
            if event.note and event.note not in run.notes:
                run.notes.append(event.note)
        elif isinstance(event, Result):
            run.results.append(event)
            self._show_finished(event)
        else:
            run.phase = ""
            run.path = event.path[event.first :]
            run.first = event.first
            self._add_views(event)
            self._note_progress(event)
            self._thin_previews()
            with self.bell:
                # This step may be one that `step_once` requested.
                self.single_steps = max(0, self.single_steps - 1)
            # Includes the time for the views.
            if self._has_warmed_up:
                self._step_seconds.append((time.perf_counter() - began) / len(event.images))
            self._has_warmed_up = True

    def fail(self, error: Exception) -> None:
        """Mark the job as failed with an error, which its readers then raise."""
        self.run.error = error
        self.run.state = State.FAILED

    def settle(self) -> None:
        """Settle the job after its run has ended and all previews are decoded."""
        self.previews = None
        # It may refer to this job, which would then wait for a garbage collection.
        self.keep_steps = None
        self.settled = True
        if self.run.state is not State.STOPPED:
            # The latents of a stopped run can still be saved as partial images.
            self.last_step = None
            self.full_step = None
        self.wake()

    def replace_view(self, view: View) -> None:
        """Replace the approximate preview of a step by an exactly decoded one, and add noise that was left out. Exact
        previews and drawn noise are not replaced.
        """
        views = self.run.views[view.image]
        if self.previews is None or view.index > len(views):
            return
        old = new = views[view.index - 1]
        if view.decoded and not old.decoded:
            new = replace(old, predicted=view.predicted, decoded=True)
        if view.has_noise and not old.has_noise:
            new = replace(new, noise=view.noise)
        if new is not old:
            self.previews.add(new)
            views[view.index - 1] = new
            self.run.revision += 1
            self.wake()

    def wake(self) -> None:
        """Notify the coroutine that reads this job from another thread that the job has changed."""
        self._has_news = True
        if self._reader is not None:
            self._reader.notify()

    async def _wait_for_news(self) -> None:
        if self._reader is None:
            self._reader = Reader()
            if self._has_news:
                self._reader.notify()
        await self._reader.wait()

    def _add_views(self, step: StepEvent | Progress) -> None:
        """Add the previews of a denoising step to the job. If images were restarted because memory ran out, their
        earlier previews are replaced.
        """
        if isinstance(step, Progress) and step.full is not None:
            self.full_step = step.full
        if not self.is_distributed or self.full_step is not None:
            self.last_step = ReachedStep(step.images, step.index, step.of)
        if self.previews is None:
            return
        for view in step.views:
            self.previews.add(view)
            views = self.run.views[view.image]
            if view.index <= len(views):
                views[view.index - 1] = view
                self.run.revision += 1
            else:
                views.append(view)

    def _show_finished(self, result: Result) -> None:
        """Show the finished image at its last step. The preview of that step can be smaller than the image, or only a
        part of it: the steps of an inpainting of the masked area show that area alone. Of several images that are much
        larger than their previews, which would use too much memory together, the previews stay.
        """
        views = self.run.views[result.image]
        if self.previews is None or result.stopped_at or not views or views[-1].index < views[-1].of:
            return
        height, width = result.rgba.shape[:2]
        more = 4 * height * width - views[-1].predicted.nbytes
        count = len(self.run.views)
        if count > 1 and count * more > preview_memory.MEMORY_LIMIT:
            return
        view = replace(views[-1], predicted=_read_only_rgba(result.rgba), decoded=True)
        self.previews.add(view)
        views[-1] = view
        self.run.revision += 1

    def _note_progress(self, step: StepEvent | Progress) -> None:
        """Record how many steps the images of this step event have finished.

        Without worker processes, only these images are in progress.
        """
        progress = dict.fromkeys(step.images, step.index - step.first)
        # Replaced, not changed, because other threads read it.
        self.progress = {**self.progress, **progress} if self.is_distributed else progress
        self.latest_image = step.images[0]

    def _thin_previews(self) -> None:
        """Free memory for new previews: of the oldest finished images, only the last preview is retained."""
        run = self.run
        previews = self.previews
        if previews is None or not previews.is_full():
            return
        # Saved images may have left `run.results`.
        for image in [*run.kept, *(result.image for result in run.results)]:
            views = run.views[image]
            if image in self._thinned_images or not views or not previews.is_full():
                continue
            last = views[-1]
            views[:-1] = [
                replace(view, predicted=last.predicted, noisy=last.noisy, noise=last.noise, decoded=False)
                for view in views[:-1]
            ]
            previews.forget(image)
            self._thinned_images.add(image)


def _read_only_rgba(picture: np.ndarray) -> np.ndarray:
    """Return a view of an image (height, width, 3 or 4) as read-only RGBA, opaque if it has no alpha."""
    import numpy as np

    if picture.shape[2] == 3:
        picture = np.dstack([picture, np.full_like(picture[..., :1], 255)])
    rgba = picture.view()
    rgba.flags.writeable = False
    return rgba
