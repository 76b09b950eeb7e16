"""The panel under the canvas: the steps of one picture, which picture of a batch, and the way back to live."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gdm_studio.run import View
from gdm_studio.ui.strip import Strip
from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import IconButton, label, mark
from gdm_studio.ui.widgets.icon_button import SIDE

HEAD = 26


class Filmstrip(QFrame):
    """The steps of a picture.

    Signals: `scrubbed(int)` a step, 1 … of; `live_asked()`; `image_chosen(int)`, 0 … count − 1; all by people.
    Setters: `set_views(views, of)` keeps the list, which may grow; `set_steps(of)`; `refresh()`; `select(index)`;
    `go_live()`; `show_noisy(bool)`; `set_running(bool)`; `set_images(count, current)`. Readers: `selected()`,
    `is_live()`.
    """

    scrubbed = Signal(int)
    live_asked = Signal()
    image_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedHeight(SPACE.filmstrip_height)
        self._running, self._count, self._image = False, 1, 0
        self.strip = Strip(theme)
        self.strip.scrubbed.connect(self._on_scrub)
        self.strip.live_asked.connect(self.live_asked)
        self._title = label("Steps", "muted")
        self._images = label("", "muted")
        self._former = mark(theme, "chevron-left", "Former picture ([)", size=14)
        self._next = mark(theme, "chevron-right", "Next picture (])", size=14)
        self._former.clicked.connect(lambda: self._choose(self._image - 1))
        self._next.clicked.connect(lambda: self._choose(self._image + 1))
        self._live = IconButton(theme, "chevrons-right", tooltip="Back to the newest step (End)", text="Live", size=14)
        self._live.clicked.connect(self.live_asked)
        for button, key in ((self._former, "["), (self._next, "]")):
            QShortcut(QKeySequence(key), button).activated.connect(button.click)
        self._live.setFixedHeight(HEAD)
        self._lay_out()
        self.set_images(1, 0)
        self._show_state()

    def set_views(self, views: Sequence[View], of: int) -> None:
        self.strip.set_views(views, of)
        self._show_state()

    def set_steps(self, of: int) -> None:
        """How many steps there will be, once that is known."""
        self.strip.set_steps(of)

    def refresh(self) -> None:
        self.strip.refresh()
        self._show_state()

    def select(self, index: int) -> None:
        self.strip.select(index)
        self._show_state()

    def go_live(self) -> None:
        self.strip.go_live()
        self._show_state()

    def show_noisy(self, noisy: bool) -> None:
        self.strip.show_noisy(noisy)

    def set_running(self, running: bool) -> None:
        """Whether more steps are coming; `Live` is offered only then."""
        self._running = running
        self._show_state()

    def set_images(self, count: int, current: int) -> None:
        """Which picture of a batch the steps are of."""
        self._count, self._image = count, current
        for part in (self._former, self._next, self._images):
            part.setVisible(count > 1)
        self._images.setText(f"Picture {current + 1} of {count}")
        self._former.setEnabled(current > 0)
        self._next.setEnabled(current < count - 1)

    def selected(self) -> int:
        return self.strip.selected()

    def is_live(self) -> bool:
        return self.strip.is_live()

    def _on_scrub(self, index: int) -> None:
        self._show_state()
        self.scrubbed.emit(index)

    def _choose(self, image: int) -> None:
        if 0 <= image < self._count:
            self.image_chosen.emit(image)

    def _show_state(self) -> None:
        back = not self.strip.is_live()
        hint = "drag to look back" if self.strip.made() > 1 else "each one appears here as it is made"
        self._title.setText(f"Steps · {hint}")
        self._live.setVisible(self._running or back)
        self._live.setEnabled(back)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE.edge, 0, SPACE.edge - SIDE, 0)  # the word Live ends where the cells do
        head.setSpacing(2)
        head.addStrut(HEAD)  # the same height with and without its buttons
        head.addWidget(self._title)
        head.addStretch()
        for part in (self._former, self._images, self._next, self._live):
            head.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addStretch()
        column.addWidget(self.strip, 0, Qt.AlignmentFlag.AlignBottom)
