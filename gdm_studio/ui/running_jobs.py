"""List of running jobs, which the top bar and the queue panel show with progress and a Stop button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from gdm_studio.request.generation_events import State
from gdm_studio.ui.progress import phase_text, progress_text, unfinished_phase_text, with_time_left
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.job_bar import JobView

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.request.generation_events import View

# Milliseconds between two updates of the progress.
REFRESH_MS = 200
# Milliseconds between two announcements of the progress to screen readers.
SPOKEN_MS = 10_000
# The views that can show a job.
CANVAS, SET, GALLERY, TRAIN = "canvas", "set", "gallery", "train"


@dataclass(eq=False)
class RunningJob:
    """Entry in the window's list of running jobs, such as a generation, a grid or an export.

    `stop()` ends the job early, and `show()` brings its images into view. A job without `work`, such as an export,
    reports its own progress as `text` and as the finished fraction `share` (0 to 1).
    """

    title: str
    stop: Callable[[], object]
    show: Callable[[], object]
    place: str = CANVAS
    work: Job | None = None
    # The number of images, including images that an earlier run of the same grid generated.
    total: int = 1
    # The id of the queue item that the job processes, or "".
    item_id: str = ""
    text: str = ""
    share: float = 0.0
    # True if Esc on the Create page stops the job once its board is closed.
    ends_on_escape: bool = False
    # True if screen readers do not speak its progress and end, because such jobs follow each other all the time.
    is_silent: bool = False
    is_stopped: bool = False

    @property
    def is_stopping(self) -> bool:
        """True after the user has pressed Stop, until the current step is finished and the job ends."""
        return self.is_stopped or (self.work is not None and self.work.cancelled)

    @property
    def done(self) -> int:
        """Number of images that the job has finished. For a resumed grid, images of its earlier run are included."""
        if self.work is None:
            return 0
        run = self.work.run
        return self.total - (run.request.count - len(run.made))

    @property
    def is_waiting(self) -> bool:
        """True while the job waits for other jobs and has not started."""
        return self.work is not None and self.work.run.state is State.QUEUED


class RunningJobs(QObject):
    """List of the running jobs in the order in which they started. The top bar and the queue panel show it.

    `open_place(job)` opens the page that shows a job. `is_loading()` returns True while a model is being loaded.
    `speak(text)` lets screen readers speak the progress of jobs from time to time, and their end.
    """

    # A job started, ended, or made progress.
    changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_place: Callable[[RunningJob], object] = lambda job: None,
        is_loading: Callable[[], bool] = lambda: False,
        speak: Callable[[str], object] = lambda text: None,
    ) -> None:
        super().__init__(parent)
        self.jobs: list[RunningJob] = []
        self._open_place = open_place
        self._is_loading = is_loading
        self._speak = speak
        self._time_since_spoken = QElapsedTimer()
        self._shown_views: list[JobView] = []
        self._refresh_timer = QTimer(self, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)

    def begin(self, job: RunningJob) -> RunningJob:
        """Add a job that has just started to the list of running jobs, and return it."""
        self.jobs.append(job)
        if len(self.jobs) == 1:
            self._time_since_spoken.start()
        self._refresh_timer.start()
        self._refresh()
        return job

    async def follow(self, job: RunningJob, show: Callable[[View | None], object]) -> None:
        """Call `show(preview)` with the newest preview image whenever a job makes progress, until the job has ended.

        The job is then removed from the list. Raises the error with which the job failed.
        """
        work = job.work
        assert work is not None
        try:
            async for newest in work:
                show(newest)
                # The top bar shows the same time left as the page.
                self._refresh()
        finally:
            # This has an effect only if following the job failed.
            work.cancel()
            # A later job may use the entry by now.
            if job.work is work:
                self.end(job)

    def end(self, job: RunningJob) -> None:
        """Remove a job that has ended from the list of running jobs."""
        if job in self.jobs:
            self.jobs.remove(job)
            self._speak_end(job)
        if not self.jobs:
            self._refresh_timer.stop()
        self._refresh()

    def stop(self, job: RunningJob) -> None:
        """Stop a running job before its next step."""
        if job in self.jobs and not job.is_stopping:
            job.is_stopped = True
            job.stop()
            self._refresh()

    def stop_all(self) -> None:
        """Stop every running job before its next step."""
        for job in list(self.jobs):
            self.stop(job)

    def show(self, job: RunningJob) -> None:
        """Open the page on which a running job shows its images, and bring the images into view."""
        if job in self.jobs:
            self._open_place(job)
            job.show()

    def view(self, job: RunningJob) -> JobView:
        """Return the title, a phrase for the progress, and the finished fraction of the running job, for the top
        bar.
        """
        share = job.work.share_done() if job.work is not None else job.share
        return JobView(plain(job.title), self._progress(job), share, job.is_stopping)

    def waiting_text(self, ahead: int) -> str:
        """Return a phrase that explains why a queue item has not started. `ahead` is the number of queue items before
        it.
        """
        current = self._current_job()
        if self._is_loading() and (current is None or current.is_waiting):
            return self.tr("Waiting for the model to load")
        if current is None:
            return self.tr("Starts next")
        text = self.tr("Waiting for: {job}").format(job=plain(current.title))
        if left := _remaining_text(current):
            text += f" ({left})"
        if ahead:
            text += self.tr(" and %n more", "", ahead)
        return text

    def _current_job(self) -> RunningJob | None:
        """Return the job that is generating images, or else the first one that waits, or None if there is neither."""
        unfinished = [job for job in self.jobs if job.work is not None and not job.work.run.state.ended]
        return next((job for job in unfinished if not job.is_waiting), unfinished[0] if unfinished else None)

    def _progress(self, job: RunningJob) -> str:
        if job.is_stopping:
            return self.tr("stopping…")
        if job.work is None:
            return job.text
        if job.is_waiting:
            current = self._current_job()
            if current is not None and current is not job:
                return self.tr("waiting for: {job}").format(job=plain(current.title))
            return self.tr("waiting for the model to load") if self._is_loading() else self.tr("starting…")
        seconds = job.work.seconds_left()
        if job.total == 1:
            return progress_text(job.work.run, job.work.newest(), seconds)
        if job.work.run.phase and not job.done and job.work.newest() is None:
            return unfinished_phase_text(job.work.run.phase)
        text = self.tr("{done} of {total}").format(done=job.done, total=job.total)
        return with_time_left(text, seconds, is_paused=job.work.run.state is State.PAUSED)

    def _speak_end(self, job: RunningJob) -> None:
        """Let screen readers speak that a job has finished or stopped. Other results are reported by notices."""
        if job.work is None or job.is_silent:
            return
        title = plain(job.title)
        if job.work.run.state is State.DONE:
            self._speak(self.tr("Finished: {job}").format(job=title))
        elif job.work.run.state is State.STOPPED:
            self._speak(self.tr("Stopped: {job}").format(job=title))

    def _speak_progress(self) -> None:
        if not self._time_since_spoken.hasExpired(SPOKEN_MS):
            return
        self._time_since_spoken.start()
        spoken = [self.view(job) for job in self.jobs if not job.is_silent]
        if spoken:
            self._speak(f"{spoken[0].title}: {spoken[0].progress}")

    def _refresh(self) -> None:
        """Emit `changed` if the title, progress or state of any running job has changed since the last refresh."""
        views = [self.view(job) for job in self.jobs]
        if views != self._shown_views:
            self._shown_views = views
            self.changed.emit()
        if self.jobs:
            self._speak_progress()


def _remaining_text(job: RunningJob) -> str:
    """Return a phrase for the remaining work of a job, such as "4 left", "12 steps left" or "paused", or "" if it is
    unknown.
    """
    work = job.work
    if work is None or job.is_waiting:
        return ""
    if job.is_stopping:
        return translate("RunningJobs", "stopping")
    if work.run.state is State.PAUSED:
        return translate("RunningJobs", "paused")
    if job.total > 1:
        return translate("RunningJobs", "{count} left").format(count=job.total - job.done)
    if work.newest() is None and work.run.phase:
        return phase_text(work.run.phase)
    steps = work.run.steps_total - work.steps_done()
    return translate("RunningJobs", "%n step(s) left", "", steps)
