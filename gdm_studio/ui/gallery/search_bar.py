"""Bar above the gallery's grid: search field, condition chips, count, sort order and cell size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gdm_studio.common.text_safety import shorten
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.gallery.search_query import find_unclear
from gdm_studio.gallery.search_terms import Term, insert_completion, parse_terms, remove_term, with_english_fields
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import count_of_pictures, labelled, translate, within_text
from gdm_studio.ui.widgets import ActionButton, IconButton, button_of, label
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.completion_popup import Completions
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.search_field import SearchField
from gdm_studio.ui.window_actions import REVIEW, STACKS, with_keys

# Sizes of cells in logical pixels.
SIZES = (64, 88, 120, 160, 224)
# {True if the oldest pictures come first: title of the sort order}
ORDERS = {False: QT_TRANSLATE_NOOP("SearchBar", "Newest"), True: QT_TRANSLATE_NOOP("SearchBar", "Oldest")}
# Characters of the name of a picture on a chip.
NAME_LENGTH = 40
# The same titles as entries of a menu.
ORDER_ENTRIES = {
    False: QT_TRANSLATE_NOOP("SearchBar", "Newest first"),
    True: QT_TRANSLATE_NOOP("SearchBar", "Oldest first"),
}


class SearchBar(QWidget):
    """Bar above the gallery grid with a search field, a chip for each condition, and menus for sort order and cell
    size.
    """

    searched = Signal(str)
    save_asked = Signal(str)
    review_asked = Signal()
    oldest_first = Signal(bool)
    # Width of the cells in logical pixels.
    size_chosen = Signal(int)
    # True if near-identical pictures are stacked.
    stacks_toggled = Signal(bool)
    # The Down key was pressed in the field.
    left_down = Signal()
    # A query and the position of the cursor in it, answered by `offer()`.
    completions_wanted = Signal(str, int)

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self.field = SearchField(theme)
        self.field.setProperty("role", "card")
        self._completions = Completions(self.field, page)
        # The id of a picture whose similar pictures are searched for, and its name; ("", "") if there is none.
        self._similar = ("", "")
        self._is_oldest_first = False
        self._order_button = ActionButton(theme, "", tooltip=self.tr("Order of the pictures"), role="flat")
        self._show_order(oldest_first=False)
        self._sizes_button = IconButton(
            theme, "layout-grid", tooltip=self.tr("Size of the pictures; also Ctrl and the mouse wheel")
        )
        self.stacks = IconButton(theme, STACKS.icon, tooltip=STACKS.tooltip, checkable=True)
        self.stacks.setProperty("role", "page")
        self.stacks.toggled.connect(lambda on: self.stacks.set_icon(STACKS.icon, "accent" if on else "muted"))
        self._count_label = label("", "muted")
        self._count_label.setFixedHeight(26)
        self._save_button = ActionButton(
            theme, self.tr("Save search"), tooltip=self.tr("Save it in the list at the left"), role="inline-accent"
        )
        self._review_button = button_of(theme, REVIEW.bind(self.review_asked.emit), role="inline-accent")
        self._flow = Flow()
        self._connect()
        self._lay_out()
        self._show_chips()
        self.choose_size(SIZES[1])

    def text(self) -> str:
        """Return the complete search query.

        It includes the condition "similar to an image", which is shown only as a chip.
        """
        similar = f"similar:{self._similar[0]}" if self._similar[0] else ""
        return " ".join(filter(None, (similar, self._typed_query())))

    def _typed_query(self) -> str:
        """Return the typed query with English names of fields, which the search reads."""
        return with_english_fields(self.field.text().strip(), translate)

    def set_text(self, query: str) -> None:
        """Replace the search query and search for it, as if the user had typed it."""
        self._set_similar("", "")
        self.field.set_text(query)

    def search_similar(self, picture_id: str, name: str) -> None:
        """Search for images similar to the given one.

        A chip shows that image's name, and the search field is cleared.
        """
        self.set_text("")
        self._set_similar(picture_id, name)

    def has_only_similar(self) -> bool:
        """Return True if similarity to an image is the only condition of the search."""
        return bool(self._similar[0]) and not self.field.text().strip()

    def _set_similar(self, picture_id: str, name: str) -> None:
        if (picture_id, name) != self._similar:
            self._similar = (picture_id, name)
            self._show_chips()
            self.searched.emit(self.text())

    def show_found(self, count: int, milliseconds: float) -> None:
        """Show how many images match a search, how long it took, and which conditions were not understood."""
        unclear = find_unclear(self.text(), translate)
        words = count_of_pictures(count)
        if self.text():
            time = max(1, round(milliseconds))
            words = self.tr("{pictures} · {time} ms").format(pictures=words, time=time)
        hint = ""
        if unclear:
            # The advice in brackets is in the tooltip.
            problem = unclear[0].partition(" (")[0]
            words = self.tr("{found} · {problem}").format(found=words, problem=problem)
            hint = tip(self.tr("Not understood: {terms}.").format(terms="; ".join(unclear)))
        self._count_label.setText(words)
        self._count_label.setToolTip(hint)
        self._review_button.setVisible(count > 0)

    def offer(self, query: str, entries: Sequence[str]) -> None:
        """Show completions for the word at the search field's cursor, unless the query has changed meanwhile."""
        if query == self.field.text() and self.field.hasFocus():
            self._completions.offer(entries)

    def cell(self) -> int:
        """Return the selected width of grid cells in logical pixels."""
        return self._size

    def choose_size(self, side: int) -> None:
        """Set the approximate width of grid cells in logical pixels."""
        self._size = side
        self._sizes_button.set_text(self.tr("{size} px").format(size=side))
        self.size_chosen.emit(side)

    def choose_order(self, oldest_first: bool) -> None:
        """Set the sort order of the images: oldest first or newest first."""
        self._is_oldest_first = oldest_first
        self._show_order(oldest_first=oldest_first)
        self.oldest_first.emit(oldest_first)

    def _show_order(self, *, oldest_first: bool) -> None:
        order = self.tr(ORDERS[oldest_first])
        self._order_button.setText(f"{order} ▾")
        self._order_button.setAccessibleName(labelled(self.tr("Order of the pictures"), order))

    def select_next_size(self, step: int) -> None:
        """Select the next larger size of the grid's cells if `step` is 1, or the next smaller one if it is -1."""
        place = min(range(len(SIZES)), key=lambda each: abs(SIZES[each] - self._size))
        self.choose_size(SIZES[min(max(place + step, 0), len(SIZES) - 1)])

    def _connect(self) -> None:
        self.field.searched.connect(lambda: self.searched.emit(self.text()))
        self.field.textChanged.connect(self._show_chips)
        self.field.textEdited.connect(self._complete)
        self.field.left_down.connect(self.left_down)
        self._completions.chosen.connect(self._insert_completion)
        self._save_button.clicked.connect(lambda: self.save_asked.emit(self.text()))
        self._order_button.clicked.connect(self._show_orders)
        self._sizes_button.clicked.connect(self._show_sizes)
        self.stacks.toggled.connect(self.stacks_toggled)

    def _complete(self) -> None:
        self.completions_wanted.emit(self.field.text(), self.field.cursorPosition())

    def _insert_completion(self, choice: str) -> None:
        text, cursor = insert_completion(self.field.text(), self.field.cursorPosition(), choice)
        self.field.setText(text)
        self.field.setCursorPosition(cursor)
        if choice.endswith(":"):
            self._complete()
        else:
            self.field.search_now()

    def _show_chips(self) -> None:
        """Show a chip for each condition in the search query, such as a date or a model, but not for plain words."""
        fields = [term for term in parse_terms(self._typed_query()) if _is_field(term)]
        chips: list[QWidget] = [self._create_chip(term) for term in fields]
        if self._similar[0]:
            chips.insert(0, self._create_similar_chip())
        self._flow.set_widgets([*chips, self._count_label, self._review_button, self._save_button])
        self._save_button.setVisible(bool(self.text()))

    def _create_chip(self, term: Term) -> Chip:
        chip = Chip(
            self._theme,
            term.label_text(translate, within_text),
            tooltip=with_keys(self.tr("Search without {term}").format(term=term.text), "Del"),
            parent=self,
        )
        chip.removed.connect(lambda: self.field.set_text(remove_term(self._typed_query(), term)))
        return chip

    def _create_similar_chip(self) -> Chip:
        name = plain(shorten(self._similar[1], NAME_LENGTH))
        tooltip = with_keys(self.tr("Do not search for similar pictures"), "Del")
        chip = Chip(self._theme, self.tr("Like: {name}").format(name=name), tooltip=tooltip, parent=self)
        chip.removed.connect(lambda: self._set_similar("", ""))
        return chip

    def _show_orders(self) -> None:
        self._open_menu(
            self._order_button,
            [(self.tr(words), oldest is self._is_oldest_first) for oldest, words in ORDER_ENTRIES.items()],
            lambda place: self.choose_order(bool(place)),
        )

    def _show_sizes(self) -> None:
        self._open_menu(
            self._sizes_button,
            [(self.tr("{size} px").format(size=side), side == self._size) for side in SIZES],
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
        head = in_row((self.field, 1), self._order_button, self.stacks, self._sizes_button, spacing=SPACE.small)
        stacked(head, self._flow, on=self, spacing=SPACE.gap)


def _is_field(term: Term) -> bool:
    return any(atom.field for atom in term.atoms) and term.label != term.text
