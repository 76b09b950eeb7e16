"""The job runner of the window, the command line and scripts. It runs submitted jobs, saves their images and updates
the queue.

A finished image stays in memory until it is saved or discarded. If an image cannot be saved, for example because the
disk is full, no other job that saves images starts.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.jobs.executor import Executor, sleep_between_steps
from gdm_studio.jobs.job import GALLERY, NOTHING, Collection, Into, Job
from gdm_studio.jobs.workers.work_items import WorkItem, place_on_devices
from gdm_studio.request.generation_events import Event, Phase, Result, State
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.jobs.job import Source
    from gdm_studio.jobs.job_run import BetweenSteps, JobEvent
    from gdm_studio.jobs.queue import Item, Queue

STEPS_NOT_SAVED = "After a crash this run would begin again."


@dataclass(eq=False)
class UnsavedImage:
    """Generated image that is still in memory, because its file has not been saved or it has not been added to its
    collection.

    `failures` counts the failed attempts.
    """

    job: Job
    result: Result
    # The saved image, if its file is written and only the collection is missing.
    picture: Picture | None = None
    # Number of failures that were reported.
    failures: int = 0


def _raise_save_error(image: UnsavedImage, error: StudioError) -> None:
    raise error


def _raise_queue_error(error: StorageError) -> None:
    raise error


def _call(task: Callable[[], object]) -> None:
    task()


class Runner(AbstractContextManager["Runner"]):
    """Runner that executes jobs sequentially, or in parallel on several devices, and saves each finished image.

    Call `run`, `run_next` and `run_job`, which do the work, from a single thread; the other methods are thread-safe.
    Calls to the gallery and the queue go through `on_disk(task)`, which by default runs a task immediately. The window
    passes a function that runs tasks and callbacks in its disk thread. Without a `gallery`, every job must have the
    destination NOTHING.
    """

    def __init__(
        self,
        executor: Executor,
        gallery: Callable[[], Gallery] | None = None,
        queue: Queue | None = None,
        *,
        on_disk: Callable[[Callable[[], object]], object] = _call,
        keeps_results: bool = False,
    ) -> None:
        self.executor = executor
        self.queue = queue
        # Called with each image once it is in the gallery.
        self.on_saved: Callable[[Job, Result, Picture], object] = lambda job, result, picture: None
        # Called with each image that was saved in another folder instead.
        self.on_saved_elsewhere: Callable[[Job, Result], object] = lambda job, result: None
        # Called when an image could not be saved. The default raises the error.
        self.on_storage_error: Callable[[UnsavedImage, StudioError], object] = _raise_save_error
        # Called when the queue could not be updated. The default raises the error.
        self.on_queue_error: Callable[[StorageError], object] = _raise_queue_error
        self._open_gallery = gallery
        self._run_on_disk = on_disk
        # True for a viewer. Saved images then stay in `job.run.results`, without their recorded steps.
        self._keeps_results = keeps_results
        self._bell = executor.bell
        self._waiting_jobs: deque[Job] = deque()
        self._unsaved: list[UnsavedImage] = []
        # Notes of jobs that are not reported yet.
        self._notes: deque[tuple[Job, str]] = deque()
        # Locked while an image is being saved, so that no image is saved twice.
        self._saving_lock = threading.RLock()

    # Submitting

    def submit(
        self,
        work: Request | Item,
        into: Into = GALLERY,
        *,
        source: Source | None = None,
        work_items: Sequence[WorkItem] = (),
        steps: bytes | None = None,
        device: str = "",
        places: Sequence[str] = (),
        shares: bool = False,
        title: str = "",
        instead_of: Job | None = None,
    ) -> Job:
        """Add a request, or an item taken from the queue on disk, to the waiting jobs and return its job.

        Finished images are saved `into` the gallery, a collection, or nowhere. A queue item resumes from its recorded
        `steps`, by default those in the queue. It is updated after every saved image and removed at the end. `device`
        overrides the device of the request, and `places` are the names of its devices. The job `instead_of` is
        cancelled. See `Job` for `source`, `work_items`, `shares` and `title`.
        """
        item = None if isinstance(work, Request) else work
        request = work if isinstance(work, Request) else work.request
        if device:
            request = replace(request, device=device)
        if places:
            request = place_on_devices(request, places)
        if item is not None and self.queue is not None:
            recorded = self.queue.steps(item.id) if steps is None else steps
            work_items = [WorkItem.of(request, made=item.made, recorded_steps=recorded)]
        job = Job(
            request,
            source=source,
            work_items=work_items,
            shares=shares,
            into=into,
            item=item,
            places=places,
            title=title,
        )
        if item is not None and self.queue is not None:
            job.keep_steps = partial(self._save_steps, job, self.queue)
            job.run.before = {image: item.picture_id(image) for image in item.made}
        return self.enqueue(job, instead_of=instead_of)

    def enqueue(self, job: Job, *, instead_of: Job | None = None) -> Job:
        """Append a job to the jobs that are waiting to run, and return it. If `instead_of` is given, that job is
        cancelled.
        """
        job.bell = self._bell
        with self._bell:
            if instead_of is not None:
                self.cancel(instead_of)
            self._waiting_jobs.append(job)
            self._bell.notify_all()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job before its next step, or remove it if it is still waiting.

        Its item in the queue on disk is removed too.
        """
        with self._bell:
            job.is_discarded = True
            job.cancelled = True
            if job in self._waiting_jobs:
                self._waiting_jobs.remove(job)
                self._end_unstarted(job)
            self._bell.notify_all()

    def stop_waiting(self) -> None:
        """End all jobs that have not started. Their items remain in the queue on disk, so that a later process runs
        them.
        """
        with self._bell:
            while self._waiting_jobs:
                self._end_unstarted(self._waiting_jobs.popleft())

    @property
    def has_waiting(self) -> bool:
        """True if a waiting job can start. While an image cannot be saved, jobs that save images cannot start."""
        return self._find_next() is not None

    # Running, in the thread that does the work

    def run(
        self,
        *,
        refill: Callable[[Job | None], object] = lambda beside: None,
        between_steps: BetweenSteps = sleep_between_steps,
        previews: float | None = None,
    ) -> Generator[JobEvent, None, None]:
        """Run the submitted jobs and save their images, yielding (job, event) pairs.

        The last pair of a job is (job, None) or (job, error). Images are saved before their event is yielded. Every
        `next()` takes one step, and `close()` stops the run. When no job is waiting, `refill` is called with a running
        job (or None) and may submit more. Jobs that share devices run in parallel. See `Executor.run_all` for
        `between_steps` and `previews`.
        """
        while (first := self._take_next(refill, None)) is not None:
            yield from self._run(first, refill, between_steps, previews)

    def run_next(
        self,
        *,
        on_start: Callable[[Job], object],
        refill: Callable[[Job | None], object],
        between_steps: BetweenSteps,
        previews: float | None = None,
    ) -> Generator[JobEvent, None, None]:
        """Run the next waiting job, together with further jobs that can run on the same devices, and yield (job, event)
        pairs.

        `on_start` is called with each job before it starts.
        """
        if (first := self._take_next(refill, None)) is not None:
            yield from self._run(first, refill, between_steps, previews, on_start)

    def _run(
        self,
        first: Job,
        refill: Callable[[Job | None], object],
        between_steps: BetweenSteps,
        previews: float | None,
        on_start: Callable[[Job], object] = lambda job: None,
    ) -> Generator[JobEvent, None, None]:
        running: set[Job] = set()

        def start(job: Job | None) -> Job | None:
            if job is not None:
                running.add(job)
                on_start(job)
            return job

        try:
            start(first)
            events = self.executor.run_all(
                first,
                first.places,
                take_next=lambda: start(self._take_next(refill, first)),
                between_steps=between_steps,
                previews=previews,
            )
            with closing(events):
                for job, event in events:
                    yield from self._report_notes()
                    if isinstance(event, Result):
                        self._start_saving(job, event)
                    elif event is None or isinstance(event, StudioError):
                        running.discard(job)
                        self._close_later(job)
                    yield job, event
        except Exception as error:
            # The executor has recorded its own errors in the jobs. An error elsewhere must not look like a stop.
            for job in running if not isinstance(error, StudioError) else ():
                job.run.error = job.run.error or error
                job.run.state = State.FAILED
            raise
        finally:
            # The run was stopped, or an error that concerns all jobs has ended it.
            for job in running:
                self._close_later(job)

    def run_job(self, job: Job, *, previews: float | None = None) -> Generator[Event, None, None]:
        """Run one submitted job before all waiting jobs and yield its events. Raises the job's error."""
        with self._bell:
            if job in self._waiting_jobs:
                self._waiting_jobs.remove(job)
        try:
            with closing(self.executor.run(job, job.places, previews=previews)) as events:
                for event in events:
                    for _, note in self._report_notes():
                        yield note
                    if isinstance(event, Result):
                        self._start_saving(job, event)
                    yield event
        finally:
            self._close_later(job)

    def partial_results(self, job: Job) -> list[Result]:
        """Decode the images of a stopped job from their last step, and return them with `stopped_at` set to the number
        of that step.
        """
        return self.executor.partial_results(job)

    def save_partial_results(self, job: Job) -> None:
        """Save the unfinished images of a stopped job to the job's destination, for example the gallery."""
        for result in self.partial_results(job):
            self._start_saving(job, result)

    # Saving

    def save(self, result: Result, into: Into = GALLERY, *, title: str = "") -> Job:
        """Save an image that no job of this runner generated, such as the decoded image of a step.

        Returns a job that ends when the image has been saved.
        """
        job = Job(result.request, into=into, title=title)
        job.run.results.append(result)
        job.run.state = State.DONE
        job.settled = True
        self._start_saving(job, result)
        self._close_later(job)
        return job

    def save_results(self, job: Job, into: Into = GALLERY) -> None:
        """Save the images of a job that was submitted without a destination (NOTHING).

        Images still in progress are saved when they are finished.
        """
        with self._bell:
            job.into = into
            for result in list(job.run.results):
                self._start_saving(job, result)

    @property
    def unsaved(self) -> list[UnsavedImage]:
        """The finished images in memory that are not saved yet, oldest first."""
        return list(self._unsaved)

    @property
    def is_blocked(self) -> bool:
        """True while a finished image could not be saved. No job that saves images starts until that image is saved or
        discarded.
        """
        return any(unsaved.failures for unsaved in self._unsaved)

    def save_unsaved(self, *, quietly: bool = False) -> None:
        """Try again to save the unsaved images in memory, until one fails. With `quietly`, a
        failure is not reported.
        """
        self._run_on_disk(partial(self._save_all, quietly=quietly))

    def save_unsaved_in(self, folder: Path) -> None:
        """Save the unsaved images in a folder outside the library, for example if the library's disk is full.

        Stops at the first failure.
        """
        self._run_on_disk(partial(self._save_all, folder=folder))

    def discard_unsaved(self) -> None:
        """Discard all unsaved images in memory. The queue records them as done, so that they are
        not generated again.
        """
        with self._saving_lock:
            dropped = self._unsaved
            self._unsaved = []
        for unsaved in dropped:
            unsaved.job.release(unsaved.result)
            self._run_on_disk(partial(self._note_done, unsaved))
        self._wake()

    def close(self) -> None:
        """Shut down the runner: try to save the unsaved images, return unfinished items to the queue on disk, and end
        the worker processes.
        """
        self.stop_waiting()
        with suppress(StudioError):
            self.save_unsaved()
        if self.queue is not None:
            self._run_on_disk(self.queue.close)
        self.executor.close()

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _take_next(self, refill: Callable[[Job | None], object], running_job: Job | None) -> Job | None:
        """Remove the next job that can start from the waiting jobs and return it. Returns None if no job can start.

        With `running_job`, return only a job that can run on the same devices at the same time as that job.
        """
        if not self._waiting_jobs and not self.is_blocked:
            refill(running_job)
        with self._bell:
            place = self._find_next()
            if place is None:
                return None
            job = self._waiting_jobs[place]
            if running_job is not None and not (job.shares and _have_same_devices(job, running_job)):
                return None
            del self._waiting_jobs[place]
            return job

    def _find_next(self) -> int | None:
        """Return the index of the next job in the waiting list that can start, or None if no job can.

        While an image cannot be saved, only jobs that save nothing are considered.
        """
        is_blocked = self.is_blocked
        with self._bell:
            return next((i for i, job in enumerate(self._waiting_jobs) if not is_blocked or job.into is NOTHING), None)

    def _end_unstarted(self, job: Job) -> None:
        job.run.state = State.STOPPED
        job.settle()
        self._close_later(job)

    def _report_notes(self) -> Iterator[tuple[Job, Phase]]:
        """Add new messages about saving images to their jobs, and yield an event for each message."""
        while self._notes:
            job, note = self._notes.popleft()
            job.run.notes.append(note)
            yield job, Phase("", note)

    def _save_steps(self, job: Job, queue: Queue, data: bytes, *, from_start: bool) -> None:
        """Save newly recorded steps of a queue item to disk, so that it can resume after a crash.

        If that fails, add a note for the user and continue without saving steps.
        """
        assert job.item is not None
        if not job.records_steps:
            return
        try:
            queue.keep_steps(job.item.id, data, from_start=from_start)
        except StorageError as error:
            job.records_steps = False
            self._notes.append((job, f"{error} {STEPS_NOT_SAVED}"))

    def _start_saving(self, job: Job, result: Result) -> None:
        """Start saving a finished image at its job's destination. Does nothing if the image is already saved or waiting
        to be saved.
        """
        with self._bell:
            if job.into is NOTHING:
                if not self._keeps_results:
                    job.release(result)
                return
            if result.image in job.run.kept or any(each.result is result for each in self._unsaved):
                return
            unsaved = UnsavedImage(job, result)
            self._unsaved.append(unsaved)
        self._run_on_disk(partial(self._save_new, unsaved))

    def _save_new(self, unsaved: UnsavedImage) -> None:
        """Save a newly finished image. If that succeeds, retry the images that could not be saved before."""
        if self._save(unsaved) and self._unsaved:
            self._save_all(quietly=True)

    def _save_all(self, *, quietly: bool = False, folder: Path | None = None) -> None:
        for unsaved in self.unsaved:
            if not self._save(unsaved, quietly=quietly, folder=folder):
                return

    def _save(self, unsaved: UnsavedImage, *, quietly: bool = False, folder: Path | None = None) -> bool:
        """Save one finished image to its job's destination or to `folder`. Return True on success, else report the
        error to the user and return False.
        """
        job, result = unsaved.job, unsaved.result
        with self._saving_lock:
            # Another attempt may have saved it meanwhile.
            if unsaved not in self._unsaved:
                return True
            try:
                with self._drop_if_interrupted(unsaved):
                    if folder is None:
                        self._store(unsaved)
                    else:
                        unsaved.picture = _save_in(self._get_gallery(), folder, result)
            except StudioError as error:
                if not quietly:
                    unsaved.failures += 1
                    self.on_storage_error(unsaved, error)
                return False
            picture = unsaved.picture
            assert picture is not None
            self._release(job, result, "" if folder is not None else picture.id)
            # The image is removed only after it was added to `kept`, so that it is always in one of them.
            self._unsaved.remove(unsaved)
        if folder is None:
            self.on_saved(job, result, picture)
        else:
            self.on_saved_elsewhere(job, result)
        self._note_done(unsaved)
        job.wake()
        self._wake()
        return True

    def _note_done(self, unsaved: UnsavedImage) -> None:
        """Record in the queue on disk that an image was saved or discarded, so that it is not generated again."""
        job = unsaved.job
        if job.item is not None and self.queue is not None and not unsaved.result.stopped_at:
            try:
                self.queue.mark_saved(job.item.id, unsaved.result.image)
            except StorageError as error:
                # After a crash the image would be generated a second time, which does no harm.
                self.on_queue_error(error)
        if job.is_closed:
            self._close_item(job)

    @contextmanager
    def _drop_if_interrupted(self, unsaved: UnsavedImage) -> Iterator[None]:
        """Context manager for saving an image. If Ctrl-C interrupts the saving, the image is removed from the list of
        unsaved images, so that it is not written twice.

        Its file may already exist and must not be written twice.
        """
        try:
            yield
        except StudioError:
            raise
        except BaseException:
            self._unsaved.remove(unsaved)
            raise

    def _store(self, unsaved: UnsavedImage) -> None:
        """Save a finished image in the gallery and add it to its collection.

        Called again after an error, it continues where the first call failed.
        """
        job, result = unsaved.job, unsaved.result
        gallery = self._get_gallery()
        collection = job.into if isinstance(job.into, Collection) else None
        known = collection.known if collection is not None else None
        if unsaved.picture is None and known is not None:
            earlier = known.get(result.request.digest())
            # The user may have deleted the earlier image.
            unsaved.picture = earlier if earlier is not None and earlier.path.exists() else None
        if unsaved.picture is None:
            picture_id = job.item.picture_id(result.image) if job.item is not None and not result.stopped_at else ""
            asked_by = job.item.asked_by if job.item is not None else ""
            note = {name: text for name, text in (("asked_by", asked_by), ("title", job.title)) if text}
            unsaved.picture = gallery.save(result, note=note, picture_id=picture_id)
        if known is not None:
            known[result.request.digest()] = unsaved.picture
        if collection is None:
            return
        if collection.name:
            gallery.collections.set(collection.name, [unsaved.picture.id])
        else:
            collection.name = gallery.collections.create(collection.wanted, [unsaved.picture.id])

    def _get_gallery(self) -> Gallery:
        assert self._open_gallery is not None, "a runner without a gallery saves no image"
        return self._open_gallery()

    def _release(self, job: Job, result: Result, picture_id: str) -> None:
        """Free the memory of a saved image. If the job's results are displayed, the pixels remain in memory and only
        the larger recorded steps are freed.
        """
        if not self._keeps_results:
            job.release(result, picture_id)
            return
        job.run.kept[result.image] = picture_id
        results = job.run.results
        place = next((place for place, each in enumerate(results) if each is result), None)
        if place is not None and picture_id and self._get_gallery().steps.path(picture_id).exists():
            results[place] = replace(result, steps=b"")

    def _close_later(self, job: Job) -> None:
        """Schedule a finished job to be closed after all attempts to save its images."""
        self._run_on_disk(partial(self._close, job))

    def _close(self, job: Job) -> None:
        try:
            self._close_item(job)
        finally:
            job.is_closed = True
            job.wake()

    def _close_item(self, job: Job) -> None:
        """Update the job's item in the queue on disk after the job has ended: it is removed, marked as failed or left
        to be resumed.
        """
        if job.item is None or self.queue is None or any(each.job is job for each in self._unsaved):
            return
        error = job.run.error
        try:
            if isinstance(error, StudioError):
                self.queue.fail(job.item.id, str(error), remedy=error.remedy)
            elif error is not None:
                self.queue.fail(job.item.id, str(error))
            elif job.is_discarded:
                self.queue.remove([job.item.id])
            else:
                self.queue.unlock(job.item.id)
        except StorageError as problem:
            self.on_queue_error(problem)

    def _wake(self) -> None:
        with self._bell:
            self._bell.notify_all()


def _have_same_devices(job: Job, other: Job) -> bool:
    if job.places or other.places:
        return job.places == other.places
    return job.run.request.device == other.run.request.device


def _save_in(gallery: Gallery, folder: Path, result: Result) -> Picture:
    from gdm_studio.gallery import save

    return save(result, folder, saving=gallery.saving)
