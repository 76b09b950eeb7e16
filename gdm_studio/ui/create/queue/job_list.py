"""List of running jobs that are not queue items, at the top of the queue panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, ElidedLabel
from gdm_studio.ui.widgets.job_bar import STOP_TIP, JobView
from gdm_studio.ui.widgets.layouts import in_row, stacked

LINE_HEIGHT = 58
# Maximum number of rows, so that the panel does not cover the window.
MOST_LINES = 4
# Number of steps of a progress bar.
SHARES = 1000


class JobList(QWidget):
    """List of running jobs with their progress and buttons to show or stop them.

    Signals: `stop_asked(job)` and `show_asked(job)`.
    """

    stop_asked = Signal(object)
    show_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: dict[RunningJob, JobLine] = {}
        self._column = stacked(on=self, margins=(8, 6, 8, 0), spacing=4)
        self.setVisible(False)

    def show_jobs(self, jobs: Sequence[tuple[RunningJob, JobView]]) -> bool:
        """Show a row for each of the given running jobs, up to MOST_LINES.

        Return True if the number of rows has changed.
        """
        jobs = jobs[:MOST_LINES]
        before = list(self.lines)
        for job in before:
            if job not in (each for each, _ in jobs):
                line = self.lines.pop(job)
                line.hide()
                line.deleteLater()
        for job, view in jobs:
            if job not in self.lines:
                self.lines[job] = self._line_of(job)
            self.lines[job].show_view(view)
        self.setVisible(bool(jobs))
        return len(before) != len(jobs)

    def height_wanted(self) -> int:
        """Return the height of the list of running jobs including its margins, in logical pixels."""
        count = len(self.lines)
        return count * LINE_HEIGHT + (count - 1) * 4 + 6 if count else 0

    def _line_of(self, job: RunningJob) -> JobLine:
        line = JobLine(self._theme, self)
        line.stop.clicked.connect(lambda: self.stop_asked.emit(job))
        line.open.clicked.connect(lambda: self.show_asked.emit(job))
        self._column.addWidget(line)
        return line


class JobLine(QFrame):
    """Row for one running job, with its title, its progress and the buttons `open` and `stop`."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "inset")
        self.setFixedHeight(LINE_HEIGHT)
        self._title = ElidedLabel("", "strong")
        # Titles of similar jobs often differ only at the end.
        self._title.elide_mode = Qt.TextElideMode.ElideMiddle
        self._progress = ElidedLabel("", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, SHARES)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3)
        self.open = ActionButton(theme, self.tr("Show"), tooltip=self.tr("Show the pictures of this job"), role="flat")
        self.stop = ActionButton(theme, self.tr("Stop"), tooltip=translate("JobBar", STOP_TIP), role="stop")
        words = stacked(self._title, self._progress, self._bar, spacing=3)
        in_row((words, 1), self.open, self.stop, on=self, margins=(12, 6, 8, 6), spacing=4)

    def show_view(self, view: JobView) -> None:
        """Show a running job's title and progress, and disable the Stop button if the job is stopping."""
        self._title.setText(view.title)
        self._progress.setText(view.progress)
        self._bar.setValue(round(view.share * SHARES))
        self._bar.setAccessibleName(self.tr("Progress of {job}").format(job=view.title))
        self.open.setAccessibleName(self.tr("Show {job}").format(job=view.title))
        self.stop.setAccessibleName(self.tr("Stop {job}").format(job=view.title))
        self.stop.setEnabled(not view.is_stopping)
        self.setAccessibleName(f"{view.title}, {view.progress}")
