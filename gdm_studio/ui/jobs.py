"""List of running jobs, which the top bar and the queue panel show with progress and a Stop button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gdm_studio.request.events import State
from gdm_studio.ui.look.safe_text import plain
from gdm_studio.ui.progress import duration, progress_text
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.job_bar import JobView

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.request.events import View

# Milliseconds between two updates of the progress.
REFRESH_MS = 200
# The views that can show a job.
STAGE, SET, GALLERY = "stage", "set", "gallery"


@dataclass(eq=False)
class RunningJob:
    """Entry in the list of running jobs.

    `stop()` ends the job early, and `show()` brings its images into view. A job without `work`, such as an export,
    reports its own progress as `text` and as the finished fraction `share` (0 to 1).
    """

    title: str
    stop: Callable[[], object]
    show: Callable[[], object]
    place: str = STAGE
    work: Job | None = None
    # The number of images, including images that an earlier run of the same grid generated.
    total: int = 1
    # The id of the queue item that the job processes, or "".
    item_id: str = ""
    text: str = ""
    share: float = 0.0
    # True if Esc on the Create page stops the job once its board is closed.
    ends_on_escape: bool = False
    is_stopped: bool = False

    @property
    def is_stopping(self) -> bool:
        """True from the press of the Stop button until the current step is finished."""
        return self.is_stopped or (self.work is not None and self.work.cancelled)

    @property
    def done(self) -> int:
        """Number of finished images."""
        if self.work is None:
            return 0
        run = self.work.run
        return self.total - (run.request.count - len(run.made))

    @property
    def is_waiting(self) -> bool:
        """True until the job starts."""
        return self.work is not None and self.work.run.state is State.QUEUED


class RunningJobs(QObject):
    """Running jobs in the order in which they started.

    `open_place(job)` opens the page that shows a job. `is_loading()` returns True while a model is being loaded.
    """

    # A job started, ended, or made progress.
    changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_place: Callable[[RunningJob], object] = lambda job: None,
        is_loading: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self.jobs: list[RunningJob] = []
        self._open_place = open_place
        self._is_loading = is_loading
        self._shown: list[JobView] = []
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self._refresh)

    def begin(self, job: RunningJob) -> RunningJob:
        """Add a job that has just started."""
        self.jobs.append(job)
        self._clock.start()
        self._refresh()
        return job

    async def follow(self, job: RunningJob, show: Callable[[View | None], object]) -> None:
        """Call `show(preview)` with the newest preview after every change of a job, until the job is closed.

        The job is then removed from the list. Raises the error with which the job failed.
        """
        work = job.work
        assert work is not None
        try:
            async for newest in work:
                show(newest)
        finally:
            # This has an effect only if following the job failed.
            work.cancel()
            # A later job may use the entry by now.
            if job.work is work:
                self.end(job)

    def end(self, job: RunningJob) -> None:
        """Remove a job that has ended."""
        if job in self.jobs:
            self.jobs.remove(job)
        if not self.jobs:
            self._clock.stop()
        self._refresh()

    def stop(self, job: RunningJob) -> None:
        """Stop a job before its next step."""
        if job in self.jobs and not job.is_stopping:
            job.is_stopped = True
            job.stop()
            self._refresh()

    def stop_all(self) -> None:
        """Stop every job in the list."""
        for job in list(self.jobs):
            self.stop(job)

    def show(self, job: RunningJob) -> None:
        """Bring the images of a job into view."""
        if job in self.jobs:
            self._open_place(job)
            job.show()

    def view(self, job: RunningJob) -> JobView:
        """Return the title, the progress and the state of a job for display."""
        share = job.work.share_done() if job.work is not None else job.share
        return JobView(plain(job.title), self._progress(job), share, job.is_stopping)

    def waiting_text(self, ahead: int) -> str:
        """Return a text that explains why a queued item waits. `ahead` is the number of items before it."""
        current = self._current()
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

    def _current(self) -> RunningJob | None:
        """Return the job that is generating images, else the next one to start, else None."""
        unfinished = [job for job in self.jobs if job.work is not None and not job.work.run.state.ended]
        return next((job for job in unfinished if not job.is_waiting), unfinished[0] if unfinished else None)

    def _progress(self, job: RunningJob) -> str:
        if job.is_stopping:
            return self.tr("stopping…")
        if job.work is None:
            return job.text
        if job.is_waiting:
            current = self._current()
            if current is not None and current is not job:
                return self.tr("waiting for: {job}").format(job=plain(current.title))
            return self.tr("waiting for the model to load") if self._is_loading() else self.tr("starting…")
        seconds = job.work.seconds_left()
        if job.total == 1:
            return progress_text(job.work.run, job.work.newest(), seconds)
        if job.work.run.phase and not job.done and job.work.newest() is None:
            return f"{job.work.run.phase}…"
        text = self.tr("{done} of {total}").format(done=job.done, total=job.total)
        if job.work.run.state is State.PAUSED:
            return text + self.tr(" · paused")
        if seconds:
            return text + self.tr(" · {time} left").format(time=duration(seconds))
        return text

    def _refresh(self) -> None:
        """Emit `changed` if any title, progress or button has changed since the last refresh."""
        views = [self.view(job) for job in self.jobs]
        if views != self._shown:
            self._shown = views
            self.changed.emit()


def _remaining_text(job: RunningJob) -> str:
    """Return the remaining work of a job as text: "4 left", "12 steps left", "paused", or "" if unknown."""
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
        return work.run.phase
    steps = work.run.steps_total - work.steps_done()
    return translate("RunningJobs", "%n step(s) left", "", steps)
