"""Presentation of an image's denoising steps: two large images, noisy and predicted, filling the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gdm_studio.ui.create.panel.noise_curve import HEIGHT as CURVE_HEIGHT
from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.create.viewer.step_thumbnails import sigma_text
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import ElidedLabel, label, mark, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.window_actions import PRESENT, with_keys

if TYPE_CHECKING:
    from gdm_studio.ui.create.viewer.controller import Viewer

# Height of the window at which the text has its ordinary size, and the largest enlargement beyond it.
ORDINARY_HEIGHT, LARGEST = 720, 2.0
FULL = Qt.WindowState.WindowFullScreen


class Presentation(Overlay):
    """Overlay that presents the displayed denoising step in full screen: noisy image, predicted image and noise level.

    Keys: ← and → move one step, Home and End select the first and the newest step, Space calls `play`, and Escape
    closes the overlay.
    """

    keys = PRESENT.keys

    def __init__(self, theme: Theme, viewer: Viewer, play: Callable[[], object], *, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._viewer = viewer
        self._play = play
        self._was_full = bool(parent.windowState() & FULL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Presentation of the steps"))
        self.prompt = ElidedLabel("")
        self.step = label("", "")
        self.noisy, self.predicted = Canvas(theme), Canvas(theme)
        self.curve = NoiseCurve(theme)
        self._text_labels: list[tuple[QLabel, int, int]] = [(self.prompt, 19, 600), (self.step, 17, 500)]
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=18, side=32)
        self._close_button.clicked.connect(self.close_up)
        self.set_panel(self._create_panel())
        self.curve.picked.connect(lambda index: viewer.show_step(viewer.shared() + index))
        self.noisy.view_moved.connect(lambda: self.predicted.adopt_view(self.noisy))
        self.predicted.view_moved.connect(lambda: self.noisy.adopt_view(self.predicted))
        viewer.shown.connect(self.refresh)
        self.refresh()

    def place(self, room: QRect) -> QRect:
        return room

    def open_up(self) -> None:
        if not self._was_full:
            self.window().setWindowState(self.window().windowState() | FULL)
        super().open_up()
        self.setFocus()

    def close_up(self) -> None:
        if self.isHidden():
            return
        self._viewer.shown.disconnect(self.refresh)
        if not self._was_full:
            self.window().setWindowState(self.window().windowState() & ~FULL)
        super().close_up()

    def refresh(self) -> None:
        """Show the denoising step that the canvas displays. If the canvas displays no step, the presentation does not
        change.
        """
        view, run = self._viewer.view(), self._viewer.on_canvas
        if view is None or run is None:
            return
        for canvas, picture in ((self.noisy, view_modes.noisy_image(view)), (self.predicted, view.predicted)):
            if canvas.picture() is not picture:
                canvas.show_picture(picture)
        self.curve.show_run(run.path)
        self.curve.set_current(view.index - self._viewer.shared())
        self.prompt.setText(plain(run.request.prompt) or run.request.title)
        lead = self._viewer.lead()
        text = self.tr("Step {number} of {steps} · noise σ {sigma}")
        facts = {"number": lead + view.index, "steps": lead + view.of, "sigma": sigma_text(view.at.ratio)}
        self.step.setText(text.format(**facts))
        # The curve keeps its place while the numbers change.
        self.step.setMinimumWidth(max(self.step.minimumWidth(), self.step.sizeHint().width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._viewer.step(-1),
            Qt.Key.Key_Right: lambda: self._viewer.step(1),
            Qt.Key.Key_Home: lambda: self._viewer.show_step(1),
            Qt.Key.Key_End: self._viewer.go_to_end,
            Qt.Key.Key_Space: self._play,
        }
        if event.key() in acts:
            acts[event.key()]()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scale = min(max(self.height() / ORDINARY_HEIGHT, 1.0), LARGEST)
        for part, size, weight in self._text_labels:
            part.setFont(self._theme.font(round(size * scale), weight))
        self.curve.setFixedHeight(round(CURVE_HEIGHT * scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing. A dimmed background is not necessary because the panel covers the whole window."""

    def _create_panel(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("role", "page")
        columns = [
            self._create_column(
                self.noisy, self.tr("Noisy"), self.tr("The picture after this step, with the noise that remains")
            ),
            self._create_column(
                self.predicted, self.tr("Predicted"), self.tr("The clean picture that the model predicts in this step")
            ),
        ]
        head = in_row((self.prompt, 1), self._close_button, spacing=SPACE.medium)
        body = in_row(*((column, 1) for column in columns), spacing=SPACE.large)
        foot = in_row(self.step, (self.curve, 1), spacing=SPACE.large)
        margins = (SPACE.large, SPACE.edge, SPACE.large, SPACE.edge)
        stacked(head, (body, 1), foot, on=panel, margins=margins, spacing=SPACE.medium)
        return panel

    def _create_column(self, canvas: Canvas, title: str, sentence: str) -> QWidget:
        column = QWidget()
        canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.setAccessibleName(title)
        canvas.set_margins(0, 0)
        texts = [(label(title, "", align=Qt.AlignmentFlag.AlignHCenter), 17, 600)]
        texts += [(wrapped(sentence, "", align=Qt.AlignmentFlag.AlignHCenter), 14, 400)]
        self._text_labels += texts
        stacked((canvas, 1), *(text for text, _, _ in texts), on=column, spacing=SPACE.hair)
        return column
