"""The panel under the canvas: the steps of one picture, which picture of a batch, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.run import View
from gdm_studio.ui.actions import FAMILY, NEWEST_STEP, PLAY, said
from gdm_studio.ui.create.stage.strip import Strip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ElidedLabel, IconButton, label, mark, mark_of
from gdm_studio.ui.widgets.icon_button import SIDE, show_action
from gdm_studio.ui.widgets.layouts import in_row, stacked

HEAD = 26
HINTS = {False: ("each one appears here as it is made",), True: ("drag to look back, right-click to branch",
         "drag to look back")}  # fmt: skip
LIVE_TIPS = {False: said("Back to the newest step", NEWEST_STEP.keys), True: "Back to the run that is going on"}


class Filmstrip(QFrame):
    """The steps of a picture.

    Signals: `scrubbed(int)` a step, 1 … of; `live_asked()` the run; `end_asked()` the newest step;
    `image_chosen(int)`, 0 … count − 1; `all_asked()` side by side; `play_clicked()`; `loop_toggled(bool)`;
    `menu_asked(QPoint)` of the selected step; `family_clicked()`; all by people. Setters: `set_views(views, of)`
    keeps the list, which may grow; `set_steps(of, lead)`; `refresh()`; `select(index)`; `go_live()`;
    `set_running(bool)`; `set_earlier(bool)`; `set_hint(text)`; `set_images(count, current)`;
    `set_playing(bool)`; `set_family(pictures)`. Reader: `selected()`.
    """

    scrubbed = Signal(int)
    live_asked = Signal()
    end_asked = Signal()
    image_chosen = Signal(int)
    all_asked = Signal()
    play_clicked = Signal()
    loop_toggled = Signal(bool)
    menu_asked = Signal(QPoint)
    family_clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedHeight(SPACE.filmstrip_height)
        self._running, self._earlier, self._hint, self._count, self._image = False, False, "", 1, 0
        self.strip = Strip(theme)
        self._title = ElidedLabel("Steps", "muted")
        self._make_buttons(theme)
        self._connect()
        self._lay_out()
        self.set_images(1, 0)
        self.set_family(0)
        self._show_state()

    def set_views(self, views: Sequence[View], of: int) -> None:
        self._hint = ""
        self.strip.set_views(views, of)
        self._show_state()

    def set_steps(self, of: int, *, lead: int = 0) -> None:
        """How many steps there will be, once that is known, and how many a branch has from another picture."""
        self.strip.set_steps(of, lead=lead)

    def refresh(self) -> None:
        self.strip.refresh()
        self._show_state()

    def select(self, index: int) -> None:
        self.strip.select(index)
        self._show_state()

    def go_live(self) -> None:
        self.strip.go_live()
        self._show_state()

    def set_running(self, running: bool) -> None:
        """Whether a run is going on; the way back to it is offered then."""
        self._running = running
        self._show_state()

    def set_earlier(self, earlier: bool) -> None:
        """Whether the steps are those of an earlier picture, not of the run at hand."""
        self._earlier = earlier
        self._show_state()

    def set_hint(self, hint: str) -> None:
        """What is said above the strip until it shows other steps; "" for what can be done with them."""
        self._hint = hint
        self._show_state()

    def set_images(self, count: int, current: int) -> None:
        """Which picture of a batch the steps are of."""
        self._count, self._image = count, current
        for part in (self.all, self._former, self._next, self._images):
            part.setVisible(count > 1)
        self._images.setText(f"Picture {current + 1} of {count}")
        self._former.setEnabled(current > 0)
        self._next.setEnabled(current < count - 1)

    def set_playing(self, playing: bool) -> None:
        """Whether the steps are being played."""
        self._play.set_icon("pause" if playing else "play", "accent" if playing else "muted")
        show_action(self._play, replace(PLAY, label="Stop playing") if playing else PLAY)

    def set_family(self, pictures: int) -> None:
        """How many pictures are branches of one another, this one included; fewer than two are no family."""
        self.family.setVisible(pictures > 1)
        self.family.set_text(f"{FAMILY.label} · {pictures}")
        self.family.setAccessibleName(self.family.text())

    def selected(self) -> int:
        return self.strip.selected()

    def _choose(self, image: int) -> None:
        if 0 <= image < self._count:
            self.image_chosen.emit(image)

    def _ask_menu(self) -> None:
        """By the button: of the selected step, above the button."""
        self.menu_asked.emit(self._menu.mapToGlobal(QPoint(0, 0)))

    def _show_state(self) -> None:
        back, made = not self.strip.is_live(), self.strip.made()
        hints = (self._hint,) if self._hint else () if self._earlier and not made else HINTS[made > 1]
        self._title.set_texts(*[f"Steps · {hint}" for hint in hints], "Steps")
        self._play.setVisible(made > 1 and (self._earlier or not self._running))
        self._loop.setVisible(self._play.isVisibleTo(self))
        self._menu.setVisible(made > 0)
        self._live.setVisible(self._running or (back and not self._earlier))
        self._live.setEnabled(back or self._earlier)
        self._live.setToolTip(LIVE_TIPS[self._earlier])

    def _make_buttons(self, theme: Theme) -> None:
        self._images = label("", "muted")
        self.all = mark(theme, "layout-grid", "All pictures of this run", size=14, key="A")
        self._former = mark(theme, "chevron-left", "Previous picture", size=14, key="[")
        self._next = mark(theme, "chevron-right", "Next picture", size=14, key="]")
        self.family = IconButton(theme, FAMILY.icon, tooltip=FAMILY.tip, text=FAMILY.label, size=14)
        self._play = mark_of(theme, PLAY.does(self.play_clicked.emit), size=14)
        self._loop = mark(theme, "repeat", "Play over and over", checkable=True, size=14, key="Shift+R")
        self._menu = mark(theme, "ellipsis", "What can be done with this step (Menu key, right-click)", size=14)
        self._live = IconButton(theme, "chevrons-right", tooltip=LIVE_TIPS[False], text="Live", size=14)
        for button in (self.family, self._live):
            button.setFixedHeight(HEAD)

    def _connect(self) -> None:
        strip = self.strip
        strip.scrubbed.connect(self._show_state)
        strip.scrubbed.connect(self.scrubbed)
        strip.live_asked.connect(self.end_asked)
        strip.menu_asked.connect(self.menu_asked)
        self._former.clicked.connect(lambda: self._choose(self._image - 1))
        self.all.clicked.connect(self.all_asked)
        self._next.clicked.connect(lambda: self._choose(self._image + 1))
        self.family.clicked.connect(self.family_clicked)
        self._loop.clicked.connect(self.loop_toggled)
        self._loop.toggled.connect(lambda on: self._loop.set_icon("repeat", "accent" if on else "muted"))
        self._menu.clicked.connect(self._ask_menu)
        self._live.clicked.connect(self.live_asked)

    def _lay_out(self) -> None:
        head = in_row(
            (self._title, 1), self.all, self._former, self._images, self._next, self.family, self._play, self._loop,
            self._menu, self._live, margins=(SPACE.edge, 0, SPACE.edge - SIDE, 0), spacing=2,
        )  # the word Live ends where the cells do
        head.addStrut(HEAD)  # the same height with and without its buttons
        stacked(head, ..., (self.strip, 0, Qt.AlignmentFlag.AlignBottom), on=self, margins=(0, 6, 0, 4), spacing=2)
