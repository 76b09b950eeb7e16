"""Running jobs in the top bar: the progress of a single job with a Stop button, or the number of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme.safe_text import escape_ampersands, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled
from gdm_studio.ui.widgets.icon_button import ActionButton
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

HEIGHT = 32
WIDEST = 380
LEAST = 90
STOP_WIDTH = 64
# Space beside the text of the Stop button.
STOP_MARGINS = 24
EDGE = 10
GAP = 8
STOP_TIP = QT_TRANSLATE_NOOP("JobBar", "Stop this job after the current step")


@dataclass(frozen=True)
class JobView:
    """Title and progress of a running job, such as "Grid: 9 pictures" and "3 of 9 · 12 s left", and its finished
    fraction (0 to 1).
    """

    title: str
    progress: str
    share: float
    is_stopping: bool = False


class JobBar(QWidget):
    """Part of the top bar that shows the running jobs' progress and a Stop button.

    It emits `show_asked()` and `stop_asked()` for a single job, and `list_asked()` for several. Its size never changes,
    so that neighbouring widgets do not move.
    """

    stop_asked = Signal()
    show_asked = Signal()
    list_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST)
        self.setFixedHeight(HEIGHT)
        self._has_several_jobs = False
        self._is_titled = True
        self.title = _JobButton(theme)
        self.stop = ActionButton(theme, self.tr("Stop…"), tooltip=self.tr(STOP_TIP), role="stop")
        # Wide enough for both of its labels, so that it does not move under the pointer.
        text_width = QFontMetrics(theme.font(13)).horizontalAdvance(self.stop.text())
        self.stop.setFixedWidth(max(STOP_WIDTH, text_width + STOP_MARGINS))
        in_row((self.title, 1), self.stop, on=self, spacing=4)
        self.title.clicked.connect(lambda: (self.list_asked if self._has_several_jobs else self.show_asked).emit())
        self.stop.clicked.connect(lambda: (self.list_asked if self._has_several_jobs else self.stop_asked).emit())
        self.show_jobs([])

    def show_jobs(self, jobs: Sequence[JobView]) -> None:
        """Show the progress of a single running job, the number of several jobs, or an empty bar for none."""
        self._has_several_jobs = len(jobs) > 1
        self.stop.setVisible(bool(jobs))
        self._show_title()
        if not jobs:
            return
        first = jobs[0]
        self.stop.setText(self.tr("Stop…") if self._has_several_jobs else self.tr("Stop"))
        self.stop.setEnabled(self._has_several_jobs or not first.is_stopping)
        if self._has_several_jobs:
            self.stop.setAccessibleName(self.tr("Choose a job to stop"))
            self.stop.setToolTip(self.tr("Choose a job to stop"))
            count = self.tr("%n job(s)", "", len(jobs))
            self.title.show_job(count, labelled(first.title, first.progress), first.share)
            self.title.setToolTip(self.tr("Show all running jobs in the queue"))
        else:
            self.stop.setAccessibleName(self.tr("Stop {job}").format(job=first.title))
            self.stop.setToolTip(self.tr(STOP_TIP))
            self.title.show_job(first.title, first.progress, first.share)
            progress = f"{first.title} · {first.progress}"
            self.title.setToolTip(tip(self.tr("Show {job}").format(job=progress)))

    def set_titled(self, titled: bool) -> None:
        """Show the progress beside the Stop button or, in a window too narrow for it, only the Stop button."""
        self._is_titled = titled
        self._show_title()
        self.updateGeometry()

    def _show_title(self) -> None:
        self.title.setVisible(self._is_titled and not self.stop.isHidden())

    def minimumSizeHint(self) -> QSize:
        return QSize((LEAST + 4 if self._is_titled else 0) + self.stop.width(), HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(WIDEST, HEIGHT)


class _JobButton(QAbstractButton):
    """Button that shows a job's title on the left, its progress on the right, and a thin progress bar below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = ""
        self._progress = ""
        self._progress_fraction = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_job(self, title: str, progress: str, share: float) -> None:
        self._title = title
        self._progress = progress
        self._progress_fraction = share
        self.setText(escape_ampersands(f"{title} · {progress}"))
        self.setAccessibleName(f"{title}, {progress}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        theme = self._theme
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.colour("accent" if self.hasFocus() else "line"))
        painter.setBrush(theme.colour("hover" if self.underMouse() else "raised"))
        painter.drawRoundedRect(whole, 8, 8)
        words = QRectF(EDGE, 0, self.width() - 2 * EDGE, HEIGHT - 3)
        self._paint_words(painter, words)
        line = QRectF(EDGE, HEIGHT - 6, self.width() - 2 * EDGE, 2)
        paint_rounded_rect(painter, line, 1, ground=theme.colour("line"))
        line.setWidth(max(line.width() * min(self._progress_fraction, 1.0), 2))
        paint_rounded_rect(painter, line, 1, ground=theme.colour("accent"))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        """Paint the job's title and the longest form of its progress phrase that fits beside it."""
        strong = self._theme.font(12, 600)
        small = self._theme.font(12)
        bold = QFontMetrics(strong)
        plain = QFontMetrics(small)
        half = room.width() / 2
        progress = next(
            (text for text in _shortened_texts(self._progress) if plain.horizontalAdvance(text) <= half), ""
        )
        beside = plain.horizontalAdvance(progress) + GAP if progress else 0
        title = bold.elidedText(self._title, Qt.TextElideMode.ElideMiddle, int(room.width() - beside))
        painter.setFont(strong)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(small)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, progress)


def _shortened_texts(progress: str) -> list[str]:
    """Return a job's progress phrase followed by shorter forms, such as "3 of 9 · 12 s left" and "3 of 9"."""
    parts = progress.split(" · ")
    return [" · ".join(parts[:count]) for count in range(len(parts), 0, -1)]
