"""The kept steps of the selected picture as a small strip: run the mouse along it, or play it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdm_studio.run import View
from gdm_studio.ui.actions import Action, said
from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, IconButton, tool
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import checker, round_path, smooth

CELLS, SIDE, RADIUS = 6, 36, 6
PLAY_MS = 90  # a step


class KeptSteps(QWidget):
    """Hidden until there are steps. Signals: `looked_at(object view | None)`, None for the picture itself;
    `opened()`, to scrub and branch on the Create page. Setters: `show_none()`, `show_kept(words)` before they are
    read, `show_views(views)`.
    """

    looked_at = Signal(object)
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = KeptRow(theme)
        self._words = ElidedLabel("", "muted")
        does = said("Scrub and branch on the Create page", "Return")
        self._open = IconButton(theme, "git-branch", tooltip=does, size=14)
        self._play = tool(theme, Action("Play", "Play its steps", icon="play").does(self.play))
        for button in (self._play, self._open):
            button.setFixedHeight(24)
        self._clock = QTimer(self, interval=PLAY_MS)
        self._clock.timeout.connect(self._next)
        self._row.pointed_at.connect(self._on_pointed)
        self._open.clicked.connect(self.opened)
        foot = in_row((self._words, 1), self._open, self._play, spacing=2)
        stacked(self._row, foot, on=self, spacing=4)
        self.show_none()

    def show_none(self) -> None:
        """No steps were kept with the picture."""
        self.show_kept("")

    def show_kept(self, words: str) -> None:
        """There are steps, which `words` tell of, and none of them is read yet."""
        self._clock.stop()
        self._words.setText(words)
        self._row.show_views(())
        self._play.hide()
        self.setVisible(bool(words))

    def show_views(self, views: Sequence[View]) -> None:
        self._clock.stop()
        self._words.setText(f"{len(views)} steps kept")
        self._row.show_views(views)
        for part in (self, self._play):
            part.show()

    def play(self) -> None:
        """Runs through the steps once, from noise to picture."""
        if self._clock.isActive():
            self._stop()
            return
        self._play.set_icon("pause")
        self._row.place = -1
        self._clock.start()

    def _next(self) -> None:
        self._row.place += 1
        if self._row.place >= len(self._row.views):
            self._stop()
        else:
            self._show_place()

    def _stop(self) -> None:
        self._clock.stop()
        self._play.set_icon("play")
        self._on_pointed(-1)

    def _on_pointed(self, place: int) -> None:
        if place >= 0 and self._clock.isActive():
            self._clock.stop()
            self._play.set_icon("play")
        self._row.place = place
        self._show_place()

    def _show_place(self) -> None:
        place, views = self._row.place, self._row.views
        self._row.update()
        self.looked_at.emit(views[place] if 0 <= place < len(views) else None)


class KeptRow(QWidget):
    """Signal: `pointed_at(int)`, a step's place, -1 for none. Keys: ← →."""

    pointed_at = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.views: Sequence[View] = ()
        self.place = -1
        self._shown: list[QPixmap] = []
        self.setFixedHeight(SIDE + 2)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Kept steps")
        self.setToolTip("Run the mouse along it, or use ← →, to see how the picture came about")
        theme.changed.connect(self.update)

    def show_views(self, views: Sequence[View]) -> None:
        self.views, self.place, self._shown = views, -1, []
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        share = event.position().x() / max(self.width(), 1)
        if self.views:
            self.pointed_at.emit(min(max(int(share * len(self.views)), 0), len(self.views) - 1))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.views:
            super().keyPressEvent(event)
            return
        place = self.place if self.place >= 0 else len(self.views)
        self.pointed_at.emit(min(max(place + step, 0), len(self.views) - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self.views:
            self._paint_waiting(painter)
            return
        ratio = self.devicePixelRatioF()
        places = _spread(len(self.views), CELLS)
        if not self._shown:
            self._shown = [thumbnail(self.views[place].predicted, round(SIDE * ratio)) for place in places]
        nearest = min(range(len(places)), key=lambda cell: abs(places[cell] - self.place))
        for cell, pixmap in enumerate(self._shown):
            box = self._box(cell)
            shape = round_path(box, RADIUS)
            painter.fillPath(shape, checker(self._theme, 6, ratio))
            painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
            if self.place >= 0 and cell == nearest:
                painter.setPen(QPen(self._theme.colour("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(shape)

    def _paint_waiting(self, painter: QPainter) -> None:
        """Empty cells, where the steps will be."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("raised"))
        for cell in range(CELLS):
            painter.drawRoundedRect(self._box(cell), RADIUS, RADIUS)

    def _box(self, cell: int) -> QRectF:
        return QRectF(cell * (self.width() - SIDE - 1) / (CELLS - 1) + 0.5, 0.5, SIDE, SIDE)


def _spread(count: int, most: int) -> list[int]:
    """At most `most` places of `count`, first and last among them, evenly."""
    if count <= most:
        return list(range(count))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]
