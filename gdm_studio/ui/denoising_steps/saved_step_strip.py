"""Strip of the selected image's saved steps, which the user can scrub through or play."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QWidget

from gdm_studio.request.generation_events import View
from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ElidedLabel, IconButton, create_tool_button
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, checkerboard_brush, round_path
from gdm_studio.ui.window_actions import Action, with_keys

# Time for which the mouse rests on offered steps before they are loaded.
REST_MS = 300
CELLS = 6
SIDE = 36
RADIUS = 6
# Duration of a step during playback.
PLAY_MS = 90


class SavedStepsStrip(QWidget):
    """Strip with previews of an image's saved denoising steps, and buttons to play them or open them on the Create
    page.

    It is hidden if the image has no saved steps.
    """

    # The view of a step, or None for the picture itself.
    looked_at = Signal(object)
    # Open the steps on the Create page.
    opened = Signal()
    # Load the steps that `offer` has announced.
    wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = SavedStepsRow(theme)
        self._phrase_label = ElidedLabel("", "muted")
        does = with_keys(self.tr("Scrub and branch on the Create page"), "Return")
        self._open_button = IconButton(theme, "git-branch", tooltip=does, size=14)
        self._play_button = create_tool_button(
            theme, Action(self.tr("Play"), self.tr("Play its steps"), icon="play").bind(self.play)
        )
        for button in (self._play_button, self._open_button):
            button.setFixedHeight(24)
        self._play_timer = QTimer(self, interval=PLAY_MS)
        self._play_timer.timeout.connect(self._show_next)
        self._row.pointed_at.connect(self._on_pointed)
        self._row.wanted.connect(self.wanted)
        self._open_button.clicked.connect(self.opened)
        foot = in_row((self._phrase_label, 1), self._open_button, self._play_button, spacing=2)
        stacked(self._row, foot, on=self, spacing=4)
        self.show_none()

    def show_none(self) -> None:
        """Hide the strip of step previews because the selected image has no saved denoising steps."""
        self.show_message("")

    def show_message(self, words: str) -> None:
        """Show a message and empty cells while the denoising steps are being loaded. "" hides the strip."""
        self._play_timer.stop()
        self._phrase_label.setText(words)
        self._row.show_views(())
        self._play_button.hide()
        self.setVisible(bool(words))

    def offer(self, words: str) -> None:
        """Show a message and empty cells, which emit `wanted` once the mouse rests on them or the user clicks them or
        presses ← or →.
        """
        self.show_message(words)
        self._row.is_offered = True

    def show_views(self, views: Sequence[View], total: int) -> None:
        """Show the previews of the saved steps. A run with `total` steps takes fewer if it starts from an image."""
        self._play_timer.stop()
        count = len(views)
        words, short = self.tr("%n step(s) saved", "", count), translate("FilmExport", "%n step(s)", "", count)
        if count < total:
            words = self.tr("%n of {total} steps saved", "", count).format(total=total)
            short = f"{count} / {total}"
        self._phrase_label.set_texts(words, short)
        self._row.show_views(views)
        for part in (self, self._play_button):
            part.show()

    def play(self) -> None:
        """Play the previews of the denoising steps once, from noise to image, or stop the running playback."""
        if self._play_timer.isActive():
            self._stop()
            return
        self._play_button.set_icon("pause")
        self._row.show_place(-1)
        self._play_timer.start()

    def _show_next(self) -> None:
        following = self._row.place + 1
        if following >= len(self._row.views):
            self._stop()
        else:
            self._row.show_place(following)
            self._show_place()

    def _stop(self) -> None:
        self._play_timer.stop()
        self._play_button.set_icon("play")
        self._on_pointed(-1)

    def _on_pointed(self, index: int) -> None:
        if index >= 0 and self._play_timer.isActive():
            self._play_timer.stop()
            self._play_button.set_icon("play")
        self._row.show_place(index)
        self._show_place()

    def _show_place(self) -> None:
        place = self._row.place
        views = self._row.views
        self._row.update()
        self.looked_at.emit(views[place] if 0 <= place < len(views) else None)


class SavedStepsRow(QAbstractSlider):
    """Row with previews of the saved denoising steps of a gallery image.

    Moving the mouse along it or pressing ← and → emits the index of the step to show.
    """

    # Index of a step, or -1 for none.
    pointed_at = Signal(int)
    wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.views: Sequence[View] = ()
        self.place = -1
        # True until the user asks for steps that are not loaded.
        self.is_offered = False
        # A mouse that only crosses the row does not load a model.
        self._rest_timer = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest_timer.timeout.connect(self._ask)
        self._pixmaps: list[QPixmap] = []
        self.setFixedHeight(SIDE + 2)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 0)
        self.setAccessibleName(self.tr("Saved steps"))
        # A screen reader sets the value.
        self.valueChanged.connect(lambda number: self.pointed_at.emit(number - 1))
        self.setToolTip(self.tr("Move the mouse along it, or use ← →, to see how the picture formed"))
        theme.changed.connect(self.update)

    def show_views(self, views: Sequence[View]) -> None:
        self.views = views
        self.place = -1
        self.is_offered = False
        self._rest_timer.stop()
        self._pixmaps = []
        self.show_place(-1)

    def show_place(self, index: int) -> None:
        """Mark the step at an index, or none for -1. Its number is the slider's value."""
        self.place = index
        with QSignalBlocker(self):
            self.setRange(0, len(self.views))
            self.setValue(index + 1)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.is_offered:
            self._rest_timer.start()
        share = event.position().x() / max(self.width(), 1)
        if self.views:
            self.pointed_at.emit(min(max(int(share * len(self.views)), 0), len(self.views) - 1))

    def leaveEvent(self, event: QEvent) -> None:
        self._rest_timer.stop()
        self.pointed_at.emit(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel around the row. Qt's slider would select other steps."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._ask()
        if step is None or not self.views:
            event.ignore()
            return
        place = self.place if self.place >= 0 else len(self.views)
        self.pointed_at.emit(min(max(place + step, 0), len(self.views) - 1))

    def _ask(self) -> None:
        self._rest_timer.stop()
        if self.is_offered:
            self.is_offered = False
            self.wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self.views:
            self._paint_waiting(painter)
            return
        ratio = self.devicePixelRatioF()
        places = _spread_indices(len(self.views), CELLS)
        if not self._pixmaps:
            self._pixmaps = [create_thumbnail(self.views[place].predicted, round(SIDE * ratio)) for place in places]
        nearest = min(range(len(places)), key=lambda cell: abs(places[cell] - self.place))
        for cell, pixmap in enumerate(self._pixmaps):
            box = self._cell_rect(cell)
            shape = round_path(box, RADIUS)
            painter.fillPath(shape, checkerboard_brush(self._theme, 6, ratio))
            painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
            if self.place >= 0 and cell == nearest:
                painter.setPen(QPen(self._theme.colour("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(shape)

    def _paint_waiting(self, painter: QPainter) -> None:
        """Paint empty cells while the previews of the denoising steps are being loaded."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("raised"))
        for cell in range(CELLS):
            painter.drawRoundedRect(self._cell_rect(cell), RADIUS, RADIUS)

    def _cell_rect(self, cell: int) -> QRectF:
        return QRectF(cell * (self.width() - SIDE - 1) / (CELLS - 1) + 0.5, 0.5, SIDE, SIDE)


def _spread_indices(count: int, limit: int) -> list[int]:
    """Return at most `limit` evenly spaced indices below `count`, always including the first and the last."""
    if count <= limit:
        return list(range(count))
    return [round(place * (count - 1) / (limit - 1)) for place in range(limit)]
