"""The sheet of pictures on the way from one to another: a large one to scrub, all of them in a row below."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.request import SEED_LIMIT
from gdm_studio.studio.draft import ROLLED_LIMIT
from gdm_studio.ui.actions import FAVOUR_SHOWN, SAVE_FILM, USE_SHOWN, said
from gdm_studio.ui.create.grids.board_view import BoardView
from gdm_studio.ui.create.grids.cells import Cells
from gdm_studio.ui.create.grids.head import Head
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, Labelled, mark, tool
from gdm_studio.ui.widgets.framed import Framed
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.number_edit import NumberEdit
from gdm_studio.ui.widgets.panes.item import Item
from gdm_studio.ui.widgets.panes.panes import Panes
from gdm_studio.ui.widgets.seed_field import Stepper
from gdm_studio.ui.widgets.slider_row import Track
from gdm_studio.ui.widgets.text_line import TextLine

FRAMES = (2, 48)  # of a row
ROW, LEAST = 100, 60  # height of the row, least side of its cells


class BetweenView(BoardView):
    """Signals: `made()`, `scrubbed(int)` to a picture of the row, `film_asked()`.

    Setters: `set_ends(prompt, seed, count)`, `begin(titles)`, `show_picture(place, item)`,
    `set_state(running, finished)`. Readers: `prompt()`, `seed()`, `count()`. Parts: `panes`, `track`.
    """

    made = Signal()
    scrubbed = Signal(int)
    film_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, Cells(theme, least=LEAST), parent)
        self.panes = Panes(theme)
        self._area.setFixedHeight(ROW)
        self.track = Track(theme, name="Picture on the way", tooltip=said("Drag along the way", "Left; Right"))
        shown = "What the last picture shows; empty for the same"
        self._line = TextLine("Prompt to go to", hint="the same prompt", tooltip=shown)
        self._seed = NumberEdit(name="Seed to go to", low=0, high=SEED_LIMIT - 1, tooltip="Seed of the last picture")
        self._count = Stepper(theme, name="Frames", low=FRAMES[0], high=FRAMES[1], tooltip="Pictures on the way")
        self.make = ActionButton(theme, "Make", tooltip="Make the pictures on the way", keys="Return", role="primary")
        self.film = tool(theme, SAVE_FILM.does(self.film_asked.emit))
        self.film.setEnabled(False)
        self.make.setFixedHeight(SPACE.control)
        self._make_small(theme)
        self._lay_out()
        self._connect()

    def set_ends(self, prompt: str, seed: int, count: int) -> None:
        self._line.setText(prompt)
        self._seed.set_number(seed)
        self._count.set_value(count)

    def prompt(self) -> str:
        return self._line.text().strip()

    def seed(self) -> int:
        return int(self._seed.number())

    def count(self) -> int:
        return self._count.value()

    def begin(self, titles: Sequence[str]) -> None:
        """A row of empty cells."""
        self._make_cells(titles, self.track.setValue)
        self._area.set_cells(self.cells, columns=len(titles))
        with QSignalBlocker(self.track):
            self.track.setRange(0, len(titles) - 1)
            self.track.setValue(0)

    def show_picture(self, place: int, item: Item | None) -> None:
        """The picture at a place of the row, large; None while it is not made."""
        for at, cell in enumerate(self.cells):
            cell.set_ringed(at == place)
        self.panes.set_items([item] if item is not None else [])
        if place < len(self.cells):
            self._area.ensureWidgetVisible(self.cells[place], 40, 0)

    def set_state(self, *, running: bool, finished: bool) -> None:
        self.film.setEnabled(finished)
        self.make.setText("Stop" if running else "Make")
        self.make.setAccessibleName(self.make.text())

    def _make_small(self, theme: Theme) -> None:
        self._use = tool(theme, USE_SHOWN.does(lambda: self.taken.emit(self.track.value())))
        self._favour = tool(theme, FAVOUR_SHOWN.does(lambda: self.favoured.emit(self.track.value())))
        self._dice = mark(theme, "dices", "Another seed", size=19)
        self._dice.clicked.connect(lambda: self._seed.set_number(secrets.randbelow(ROLLED_LIMIT)))
        self._head = Head(theme, "Between two pictures", (self._use, self._favour, self.film))

    def _connect(self) -> None:
        self.make.clicked.connect(self.made)
        self._line.returnPressed.connect(self.made)
        self.track.valueChanged.connect(self.scrubbed)
        self._head.leave.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        seed = Framed()
        seed.hold(self._seed, self._dice)
        seed.setFixedWidth(116)
        self._count.setFixedWidth(100)
        ends = in_row(
            (Labelled("To prompt", self._line), 1), Labelled("To seed", seed), Labelled("Frames", self._count),
            (self.make, 0, Qt.AlignmentFlag.AlignBottom), margins=(16, 4, 16, 4), spacing=10,
        )
        words = in_row(self._words, margins=(16, 0, 16, 0))
        scrub = in_row(self.track, margins=(16, 2, 16, 6))
        row = in_row(self._area, margins=(16, 0, 16, 10))
        stacked(self._head, ends, words, (self.panes, 1), scrub, row, on=self, spacing=4)
