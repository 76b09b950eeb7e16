"""What stands over the grid: the search and its chips, what it found and how soon, the order, the size of cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gdm_studio.gallery.query import doubts
from gdm_studio.gallery.terms import Term, completed, terms, without
from gdm_studio.ui.actions import said
from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, IconButton, label
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.completions import Completions
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.search_field import SearchField

SIZES = (64, 88, 120, 160, 224)  # of cells, in logical pixels
ORDERS = {False: "Newest", True: "Oldest"}  # by whether the oldest come first


class SearchBar(QWidget):
    """Part: `field`. Signals: `searched(str)`, `save_asked(str)`, `oldest_first(bool)`, `size_chosen(int)`,
    `left_down()`, `completions_wanted(str query, int cursor)`, answered by `offer`.
    Setters: `set_text(query)`, `show_found(count, ms)`, `offer(query, entries)`, `choose_size(side)`,
    `choose_order(oldest_first)`. Readers: `text()`, `cell()`.
    """

    searched = Signal(str)
    save_asked = Signal(str)
    oldest_first = Signal(bool)
    size_chosen = Signal(int)
    left_down = Signal()
    completions_wanted = Signal(str, int)

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self.field = SearchField(theme)
        self.field.setProperty("role", "card")
        self._completions = Completions(self.field, page)
        self._order = ActionButton(theme, "Newest ▾", tooltip="Which come first", role="flat")
        self._sizes = IconButton(theme, "layout-grid", tooltip="Size of the pictures; Ctrl and the wheel too")
        self._found = label("", "muted")
        self._found.setFixedHeight(26)
        self._save = ActionButton(theme, "Save search", tooltip="Keep it at the left", role="inline-accent")
        self._flow = Flow()
        self._connect()
        self._lay_out()
        self._show_chips()
        self.choose_size(SIZES[1])

    def text(self) -> str:
        return self.field.text().strip()

    def set_text(self, query: str) -> None:
        """Searches for something else, as if it had been typed."""
        self.field.set_text(query)

    def show_found(self, count: int, milliseconds: float) -> None:
        """How many there are, how soon the first of them were there, and whether the search was understood."""
        unclear = doubts(self.text())
        words = "1 picture" if count == 1 else f"{count:,} pictures".replace(",", "\u202f")
        words = f"{words} · {max(1, round(milliseconds))} ms" if self.text() else words
        self._found.setText(f"{words} · not all of it understood" if unclear else words)
        self._found.setToolTip(tip(f"Not understood: {'; '.join(unclear)}.") if unclear else "")

    def offer(self, query: str, entries: Sequence[str]) -> None:
        """What the word at the cursor of `query` could become; late answers are dropped."""
        if query == self.field.text() and self.field.hasFocus():
            self._completions.offer(entries)

    def cell(self) -> int:
        """How wide cells are to be, in logical pixels."""
        return self._size

    def choose_size(self, side: int) -> None:
        """Asks for cells about so wide, in logical pixels."""
        self._size = side
        self._sizes.set_text(f"{side} px")
        self.size_chosen.emit(side)

    def choose_order(self, oldest_first: bool) -> None:
        """Asks for the oldest or the newest first."""
        self._order.setText(f"{ORDERS[oldest_first]} ▾")
        self.oldest_first.emit(oldest_first)

    def next_size(self, step: int) -> None:
        """The next larger or smaller size."""
        place = min(range(len(SIZES)), key=lambda each: abs(SIZES[each] - self._size))
        self.choose_size(SIZES[min(max(place + step, 0), len(SIZES) - 1)])

    def _connect(self) -> None:
        self.field.searched.connect(self.searched)
        self.field.textChanged.connect(self._show_chips)
        self.field.textEdited.connect(self._complete)
        self.field.left_down.connect(self.left_down)
        self._completions.chosen.connect(self._take)
        self._save.clicked.connect(lambda: self.save_asked.emit(self.text()))
        self._order.clicked.connect(self._show_orders)
        self._sizes.clicked.connect(self._show_sizes)

    def _complete(self) -> None:
        self.completions_wanted.emit(self.field.text(), self.field.cursorPosition())

    def _take(self, choice: str) -> None:
        text, cursor = completed(self.field.text(), self.field.cursorPosition(), choice)
        self.field.setText(text)
        self.field.setCursorPosition(cursor)
        if choice.endswith(":"):
            self._complete()
        else:
            self.field.search_now()

    def _show_chips(self) -> None:
        """A chip for every condition but plain words."""
        fields = [term for term in terms(self.text()) if _is_field(term)]
        chips: list[QWidget] = [self._chip(term) for term in fields]
        self._flow.set_widgets([*chips, self._found, self._save])
        self._save.setVisible(bool(self.text()))

    def _chip(self, term: Term) -> Chip:
        chip = Chip(self._theme, term.label, tooltip=said(f"Search without {term.text}", "Del"), parent=self)
        chip.removed.connect(lambda: self.set_text(without(self.text(), term)))
        return chip

    def _show_orders(self) -> None:
        self._open_menu(
            self._order,
            [(f"{words} first", self._order.text().startswith(words)) for words in ORDERS.values()],
            lambda place: self.choose_order(bool(place)),
        )

    def _show_sizes(self) -> None:
        self._open_menu(
            self._sizes,
            [(f"{side} px", side == self._size) for side in SIZES],
            lambda place: self.choose_size(SIZES[place]),
        )

    def _open_menu(
        self, button: QWidget, entries: Sequence[tuple[str, bool]], choose: Callable[[int], object]
    ) -> QMenu:
        menu = empty_menu(self)
        group = QActionGroup(menu)
        for place, (words, checked) in enumerate(entries):
            action = QAction(words, menu, checkable=True, checked=checked)
            group.addAction(action)
            action.triggered.connect(lambda _=False, place=place: choose(place))
            menu.addAction(action)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))
        return menu

    def _lay_out(self) -> None:
        head = in_row((self.field, 1), self._order, self._sizes, spacing=SPACE.small)
        stacked(head, self._flow, on=self, spacing=SPACE.gap)


def _is_field(term: Term) -> bool:
    return any(atom.field for atom in term.atoms) and term.label != term.text
