"""Learn page: two runs of samplers on two-dimensional points, side by side, with a slider through their steps."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QStackedWidget, QWidget

from gdm_studio.ui.learn.controls import PlaneControls
from gdm_studio.ui.learn.distance_chart import DistanceChart
from gdm_studio.ui.learn.lesson_panel import LessonPanel
from gdm_studio.ui.learn.points_view import PlaneView
from gdm_studio.ui.learn.schedule_chart import ScheduleChart
from gdm_studio.ui.theme.roles import set_reading
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import (
    ActionButton,
    Choice,
    ElidedLabel,
    FramedSegmented,
    IconButton,
    Segmented,
    in_columns,
    label,
    mark,
)
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.widgets.slider_row import Track
from gdm_studio.ui.window_actions import Action

# Positions of the slider within a step, between which the points move in a straight line.
PARTS = 8
# Time between two positions while the steps play, and after the last one before they start again.
FRAME_MS = 24
REST_FRAMES = 40
# Height of the page below which the charts are hidden.
LOW = 560


class LearnPage(QFrame):
    """Page of the window that shows sampler runs on two-dimensional points, their settings, and lessons about them.

    Signals: `moved()` when the slider's position changes, `numbers_asked(int)` with the number of the view whose step
    is wanted, `export_asked(str)` with a file suffix, and `tree_asked()` for the family tree.
    """

    moved = Signal()
    numbers_asked = Signal(int)
    export_asked = Signal(str)
    tree_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.theme = theme
        self.controls = PlaneControls(theme)
        self.lessons = LessonPanel(theme)
        sides = [
            Choice("lessons", self.tr("Lessons"), self.tr("Six short lessons, each with an exercise")),
            Choice("settings", self.tr("Settings"), self.tr("Settings of the points")),
        ]
        self.side = Segmented(theme, sides, name=self.tr("Panel"))
        self._side_stack = QStackedWidget()
        directions = [
            Choice("backward", self.tr("Noise to data"), self.tr("The sampler removes the noise")),
            Choice("forward", self.tr("Data to noise"), self.tr("The process adds noise to true points")),
        ]
        self.direction = Segmented(theme, directions, name=self.tr("Direction"))
        self.arrows = IconButton(theme, "waves", tooltip=self.tr("Show the score as arrows"), checkable=True)
        self.arrows.setChecked(True)
        self.export = IconButton(theme, "download", tooltip=self.tr("Take it home, as a web page or a notebook"))
        self.tree = ActionButton(
            theme,
            self.tr("Family tree"),
            tooltip=self.tr("Compare the systems of the literature"),
            name="network",
            role="card",
        )
        self.views = (PlaneView(theme, self.tr("First run")), PlaneView(theme, self.tr("Second run")))
        self.captions = (ElidedLabel("", "strong"), ElidedLabel("", "strong"))
        self.numbers = (ElidedLabel("", "muted"), ElidedLabel("", "muted"))
        self.sigmas = tuple(mark(theme, "sigma", self.tr("This step, in numbers")) for _ in self.views)
        self._footers = (QWidget(), QWidget())
        self.play = IconButton(theme, "play", tooltip=self.tr("Play the steps"))
        self.slider = Track(theme, name=self.tr("Step"), tooltip=self.tr("Drag through the steps"), is_read=True)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(PARTS)
        # The arrow keys have no other use on this page, so that a click may take the focus.
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.step = label("", "muted")
        self.show_step("")
        self.chart = DistanceChart(theme)
        self.schedules = ScheduleChart(theme)
        self._shown_chart: QWidget | None = self.chart
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self._rest_frames = 0
        self._lay_out()
        self.slider.valueChanged.connect(lambda _: self.moved.emit())
        self.arrows.toggled.connect(lambda _: self.moved.emit())
        self.play.clicked.connect(self.toggle_playing)
        self.tree.clicked.connect(self.tree_asked)
        self.export.clicked.connect(self.open_export_menu)
        for place, button in enumerate(self.sigmas):
            button.clicked.connect(lambda _, place=place: self.numbers_asked.emit(place))
        self.side.chosen.connect(self._on_side)
        self.set_second(False)
        self._show_charts()

    def set_steps(self, steps: int) -> None:
        """Set the range of the slider to the number of steps of the first sampler run. The slider's relative position
        does not change.
        """
        share = self.position()
        self.slider.blockSignals(True)
        self.slider.setRange(0, steps * PARTS)
        self.slider.setValue(round(share * steps * PARTS))
        self.slider.blockSignals(False)

    def position(self) -> Fraction:
        """Return the exact position of the slider as a fraction of its length, from 0 (start of the run) to 1 (end)."""
        # A rounded position at the end of a step could belong to the next step.
        return Fraction(self.slider.value(), self.slider.maximum() or 1)

    def step_of(self, steps: int) -> int:
        """Return the step at the position of the slider in a run with the given number of steps. 0 is the start of the
        run, and step 1 ends at 1 / `steps` of the slider's length.
        """
        return math.ceil(self.position() * steps)

    def set_position(self, share: float) -> None:
        """Move the slider to a fraction of its length, from 0 (start of the run) to 1 (end)."""
        self.slider.setValue(round(share * self.slider.maximum()))

    def show_step(self, text: str) -> None:
        """Show the number of the step beside the slider, whose positions are parts of steps."""
        self.step.setText(text)
        set_reading(self.slider, text)

    def show_side(self, side: str) -> None:
        """Show the settings or the lessons in the left panel of the page."""
        self.side.set_choice(side)
        self._side_stack.setCurrentWidget(self.lessons if side == "lessons" else self.controls)

    def _on_side(self, side: str) -> None:
        self.show_side(side)
        if side == "lessons":
            self.lessons.start()

    def set_second(self, visible: bool) -> None:
        """Show or hide the view of the second sampler run, which differs from the first in one setting."""
        for part in (self.views[1], self.captions[1], self._footers[1], self.numbers[1], self.sigmas[1]):
            part.setVisible(visible)
        # A column of hidden widgets would take its share of the width.
        self._panes.setStretch(1, int(visible))

    def show_chart(self, chart: QWidget | None) -> None:
        """Show one of the charts, or hide all if `chart` is None. On a page with little height, no chart is shown."""
        self._shown_chart = chart
        self._show_charts()

    def is_playing(self) -> bool:
        return self._timer.isActive()

    def toggle_playing(self) -> None:
        """Play the steps of both runs from the current position of the slider, or stop playing."""
        if self.is_playing():
            self.stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._rest_frames = 0
        self._timer.start()
        self.play.set_icon("pause")

    def stop(self) -> None:
        """Stop playing the steps of the sampler runs."""
        self._timer.stop()
        self.play.set_icon("play")

    def open_export_menu(self) -> QMenu:
        """Open a menu for choosing the file format for the export of both runs."""
        forms = {".html": self.tr("Web page (HTML)"), ".ipynb": self.tr("Notebook (Jupyter)")}
        actions = [
            Action(title, icon="download").bind(partial(self.export_asked.emit, suffix))
            for suffix, title in forms.items()
        ]
        place = self.export.mapToGlobal(QPoint(0, self.export.height()))
        return menu_of(self.export, self.theme, actions, at=place, title=self.tr("Take it home"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_charts()
        self._fit_head()

    def _fit_head(self) -> None:
        """Show the button of the family tree without its text if the title line has no room for it."""
        for text in (self.tr("Family tree"), ""):
            self.tree.set_contents(text, "network")
            if self._header.sizeHint().width() <= self._header.geometry().width():
                break

    def _show_charts(self) -> None:
        visible_chart = self._shown_chart if self.height() >= LOW else None
        charts = (self.chart, self.schedules)
        # The charts are hidden first: both together would make the window higher.
        for chart in sorted(charts, key=lambda chart: chart is visible_chart):
            chart.setVisible(chart is visible_chart)

    def show_exporting(self, is_exporting: bool) -> None:
        """Show on the button that an export is running, during which no other can start."""
        self.export.setEnabled(not is_exporting)
        self.export.set_text(self.tr("Exporting…") if is_exporting else "")
        self._fit_head()

    def _advance(self) -> None:
        if self.slider.value() < self.slider.maximum():
            self.slider.setValue(self.slider.value() + 1)
            return
        self._rest_frames += 1
        if self._rest_frames >= REST_FRAMES:
            self._rest_frames = 0
            self.slider.setValue(0)

    def _lay_out(self) -> None:
        content = QWidget()
        content.setProperty("role", "card")
        in_row(self.direction, on=content)
        title = ElidedLabel(self.tr("Diffusion in 2D"), "title")
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        title.setMinimumWidth(1)
        self._header = head = in_row(title, content, self.arrows, ..., self.export, self.tree, spacing=SPACE.small)
        # Without its text, the title line fits into the smallest window in every language.
        self.tree.setMinimumWidth(SPACE.control)
        self._panes = panes = in_row(spacing=SPACE.medium)
        columns = zip(self.views, self.captions, self._footers, self.numbers, self.sigmas, strict=True)
        for view, caption, foot, numbers, sigma in columns:
            caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
            numbers.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # The button follows the numbers: a single view is narrower than its column.
            numbers.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            numbers.setMinimumWidth(1)
            in_row(..., sigma.sizeHint().width() + SPACE.hair, numbers, sigma, ..., on=foot, spacing=SPACE.hair)
            panes.addLayout(stacked(caption, (view, 1), foot, spacing=SPACE.hair), 1)
        bar = in_row(self.play, (self.slider, 1), self.step, spacing=SPACE.small)
        right = stacked(head, (panes, 1), bar, self.chart, self.schedules, margins=SPACE.edge, spacing=SPACE.medium)
        left = QFrame()
        left.setProperty("role", "panel")
        for side in (self.lessons, self.controls):
            self._side_stack.addWidget(side)
        top = in_row(FramedSegmented(self.side), margins=(SPACE.edge, SPACE.edge, SPACE.edge, SPACE.medium))
        stacked(top, (self._side_stack, 1), on=left, spacing=0)
        left.setFixedWidth(SPACE.controls_width)
        in_columns(self, left, right, wide=1)
