"""The page of models: what there is, by whom, how large, and what one may do with its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio import paths
from gdm_studio.models.about import About
from gdm_studio.models.card import ModelCard
from gdm_studio.models.held import Held, call_of, group_of, of_card
from gdm_studio.ui.actions import GO_TO
from gdm_studio.ui.look.index import EntryPainter, Index, RowTable
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.models.card_view import ModelCardView
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, button_of, in_columns, label
from gdm_studio.ui.widgets.labels import wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import rounded
from gdm_studio.ui.widgets.search_field import SearchField

COLUMNS = ("Name", "Family", "Date", "Parameters", "Author", "Licence", "Tags", "On disk", "Last used")
RIGHT = {COLUMNS.index("Parameters"), COLUMNS.index("On disk")}
LEFT_OUT = ("Last used", "Tags", "On disk", "Licence", "Family", "Author", "Parameters")  # where room is short, in turn
NARROWEST, WIDEST = 200, 168  # of names at least, of any other column at most
SORT = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
REFUSED = 3  # sentences about files that cannot be used
FEW_WORDS = 40  # characters of a tag in the list of them


@dataclass(frozen=True)
class Filter:
    """By what the table can be narrowed: `values(line)` are those that the line is found under."""

    name: str
    every: str  # where nothing is chosen
    tooltip: str
    values: Callable[[Held], tuple[str, ...]]


FILTERS = (
    Filter("Kind", "All kinds", "Models alone, or one kind of what they use", lambda line: (group_of(line),)),
    Filter("Family", "All families", "Models of one family, or what they use", lambda line: (line.family,)),
    Filter("Tag", "All tags", "Models with one tag", lambda line: line.tags),
)


class ModelsPage(QFrame):
    """Signals: `use_model(str)`, `put_asked(Held)` into the prompt, `open_folder()`, `add_folder()`, `family_asked()`;
    by people. `shown(Held)`: a line is looked at. Setters: `set_held(lines)`, `set_cards(cards)`, `set_current(name)`,
    `set_refused(reasons)`, `select(path)`.
    """

    use_model = Signal(str)
    put_asked = Signal(object)
    open_folder = Signal()
    add_folder = Signal()
    family_asked = Signal()
    shown = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._lines = _Lines()
        self._sorted = _Chosen(self._lines, self)
        self._sorted.setSortRole(SORT)
        self.table = _Table(theme, self._sorted)
        self.view = ModelCardView(theme)
        self._count = label("", "muted")
        self._refused = wrapped()
        self._refused.hide()
        self._nothing = wrapped("No model is like that. Empty the field, or choose another kind, family or tag.")
        self._nothing.hide()
        self.search = SearchField(theme, what="models", tooltip="Words of a name, author, licence, tag or description")
        self.filters = {each: Combo(theme, name=each.name, tooltip=each.tooltip) for each in FILTERS}
        self.kind, self.family, self.tag = self.filters.values()
        self._folder = ActionButton(
            theme, "Open models folder", tooltip="Put models of your own here", name="folder-open", role="card"
        )
        self._add = ActionButton(
            theme, "Add a folder…", tooltip="Use the models of another program where they lie", name="plus", role="card"
        )
        self.family_tree = button_of(theme, GO_TO["family-tree"].does(self.family_asked.emit), icon=True, role="card")
        self._own = _own_models()
        self._lay_out()
        self._connect()
        # the models first: there the focus is when the page opens
        for one, other in pairwise((self.table, self.search, self.family_tree, *self.filters.values(), self._add,
                                    self._folder)):  # fmt: skip
            self.setTabOrder(one, other)

    def focus_search(self) -> None:
        """Leads to the field to search in."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_held(self, lines: Sequence[Held]) -> None:
        """The models and what they use, shown in their order until sorted otherwise."""
        if lines and list(lines) == self._lines.lines:
            return
        before = self._selected()
        self.view.set_lines(lines)
        self._lines.show_lines(lines)
        self._offer(lines)
        models = sum(line.card is not None for line in lines)
        others = len(lines) - models
        self._count.setText(("1 model" if models == 1 else f"{models} models") + (f", {others} more" if others else ""))
        self._own.setVisible(not any(_is_own(line) for line in lines))
        if not lines:
            self.view.show_line(None)
        elif before is None or not self.select(before.path, before.name):
            self.table.selectRow(0)
        self.table.fit()

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        """Models alone."""
        self.set_held([of_card(card, About()) for card in cards])

    def set_refused(self, reasons: list[str]) -> None:
        """Says below the models which files beside them cannot be used: a sentence each, of the first few."""
        more = [f"… and {len(reasons) - REFUSED} more"] if len(reasons) > REFUSED else []
        self._refused.setText("\n".join([*reasons[:REFUSED], *more]))
        self._refused.setToolTip(tip("\n".join(reasons[:40])))
        self._refused.setVisible(bool(reasons))

    def set_current(self, name: str) -> None:
        """Marks the model that pictures are made with, and shows its card."""
        self._lines.mark(name)
        self.view.set_current(name)
        for row in range(self._sorted.rowCount()):
            if (line := self._line(self._sorted.index(row, 0))).card is not None and line.name == name:
                self.table.selectRow(row)

    def select(self, path: Path, name: str = "") -> bool:
        """Shows what is at that path; False where it is not in the table."""
        for row in range(self._sorted.rowCount()):
            line = self._line(self._sorted.index(row, 0))
            if line.path == path and (not name or line.name == name):
                self.table.selectRow(row)
                return True
        return False

    def names(self) -> list[str]:
        """Of all that is shown, from top to bottom."""
        return [self._line(self._sorted.index(row, 0)).name for row in range(self._sorted.rowCount())]

    def _line(self, index: Index) -> Held:
        return self._lines.lines[self._sorted.mapToSource(index).row()]

    def _selected(self) -> Held | None:
        index = self.table.currentIndex()
        return self._line(index) if index.isValid() else None

    def _offer(self, lines: Sequence[Held]) -> None:
        """Kinds, families and tags to choose from, each with how many there are."""
        for each, box in self.filters.items():
            counts = Counter(value for line in lines for value in each.values(line))
            named = sorted(counts, key=str.casefold)
            found = [Choice(value, f"{value[:FEW_WORDS]} ({counts[value]})") for value in named]
            box.set_choices([Choice("", each.every), *found])
            box.setVisible(any(count < len(lines) for count in counts.values()))

    def _filter(self) -> None:
        self._sorted.choose(self.search.text(), {each: box.choice() for each, box in self.filters.items()})
        self._nothing.setVisible(self._sorted.rowCount() == 0 and bool(self._lines.lines))
        if not self.table.currentIndex().isValid() and self._sorted.rowCount():
            self.table.selectRow(0)

    def _on_row(self, current: QModelIndex) -> None:
        line = self._line(current) if current.isValid() else None
        self.view.show_line(line)
        if line is not None:
            self.shown.emit(line)

    def _use_current(self) -> None:
        line = self._selected()
        if line is not None and line.card is not None:
            self.use_model.emit(line.card.name)
        elif line is not None and call_of(line):
            self.put_asked.emit(line)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._lines.sort_shown)
        self.table.chosen.connect(self._use_current)
        self.search.searched.connect(self._filter)
        self.search.left_down.connect(self.table.setFocus)
        for box in self.filters.values():
            box.chosen.connect(self._filter)
        self.view.use_model.connect(self.use_model)
        self.view.put_asked.connect(self.put_asked)
        self._folder.clicked.connect(self.open_folder)
        self._add.clicked.connect(self.add_folder)

    def _lay_out(self) -> None:
        head = in_row(
            label("Models", "title"), self._count, ..., self._add, self._folder, margins=(12, 0, 0, 0), spacing=10
        )
        search = in_row((self.search, 1), self.family_tree, spacing=SPACE.gap)
        narrow = in_row(*((box, 1) for box in self.filters.values()), spacing=SPACE.gap)
        left = stacked(
            head, search, narrow, (self.table, 1), margins=(SPACE.medium, SPACE.edge, SPACE.medium, SPACE.edge),
            spacing=SPACE.medium,
        )
        for below in (self._nothing, self._own, self._refused):
            below.setContentsMargins(12, 0, 12, 0)
            left.addWidget(below)
        in_columns(self, left, self.view, wide=0)


def _own_models() -> QFrame:
    """Where checkpoints come from and what to do with them, for those who have none here."""
    box = QFrame()
    stacked(label("Models of your own", "strong"), wrapped(OWN), on=box, margins=(0, 4, 0, 4), spacing=4)
    return box


OWN = (
    "Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder as diffusers writes it. It is used "
    "where it lies; nothing is copied. Do you use ComfyUI, A1111, Forge or another program already? Add a folder: that "
    "of its models. New ones are shared on huggingface.co and civitai.com, each with its own licence. LoRAs, words "
    "(embeddings) and VAEs go into the same folders."
)


def _is_own(line: Held) -> bool:
    """Whether it did not come with the program."""
    return not paths.is_shipped(line.path)


class _Chosen(QSortFilterProxyModel):
    """The lines with all of some words, and what is chosen of each filter."""

    def __init__(self, lines: _Lines, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = lines
        self._words: list[str] = []
        self._wanted: dict[Filter, str] = {}
        self.setSourceModel(lines)

    def choose(self, words: str, wanted: dict[Filter, str]) -> None:
        self._words, self._wanted = words.casefold().split(), wanted
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        line = self._lines.lines[row]
        said = " ".join((line.name, line.title, line.family, line.author, line.licence, line.summary, *line.tags))
        fits = all(not value or value in each.values(line) for each, value in self._wanted.items())
        return fits and all(word in said.casefold() for word in self._words)


class _Lines(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Held] = []
        self._current = ""
        self.sorted_by = (-1, True)  # column, whether rising: none yet

    def sort_shown(self, column: int, order: Qt.SortOrder) -> None:
        """Marks the column that the table is sorted by."""
        self.sorted_by = (column, order == Qt.SortOrder.AscendingOrder)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def show_lines(self, lines: Sequence[Held]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def mark(self, name: str) -> None:
        self._current = name
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            mark = "" if section != self.sorted_by[0] else " ↑" if self.sorted_by[1] else " ↓"
            return COLUMNS[section] + mark
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _texts(line)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.summary or line.title if column == 0 else _texts(line)[column])
        if role == SORT:
            return _sorted_by(line)[column]
        if role == CURRENT:
            return line.card is not None and line.name == self._current
        return None


def _sorted_by(line: Held) -> tuple[str | float, ...]:
    return (
        line.title.casefold(), line.family, line.date, float(line.parameters), line.author.casefold(),
        line.licence.casefold(), ", ".join(line.tags).casefold(), float(line.file_bytes), line.last_used,
    )  # fmt: skip


class _Table(RowTable):
    chosen = Signal()

    def __init__(self, theme: Theme, model: QSortFilterProxyModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # in the order that they come in
        self.setMouseTracking(True)
        self.setAccessibleName("Models")
        self.verticalHeader().setDefaultSectionSize(44)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(84)
        header.setMaximumSectionSize(4096)
        self.doubleClicked.connect(self.chosen)
        self.activated.connect(self.chosen)

    def fit(self) -> None:
        """Leaves out the columns that there is no room for, once it is seen: the view beside the table has them all.

        By what the columns ask for: while the table is being resized, its header still has the widths from before.
        """
        if not self.isVisible():
            return
        header = self.horizontalHeader()
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, False)
        asked = [max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in range(1, len(COLUMNS))]
        wide = dict(zip(COLUMNS, [NARROWEST, *(max(each, header.minimumSectionSize()) for each in asked)], strict=True))
        for name in LEFT_OUT:
            if sum(wide.values()) <= self.viewport().width():
                break
            self.setColumnHidden(COLUMNS.index(name), True)
            del wide[name]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class _Row(EntryPainter[RowTable]):
    """A cell of a row that looks like one raised strip when it is selected."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = QFontMetrics(self.theme.font(13, 500)).horizontalAdvance(index.data())
        return QSize(wide + 28 if index.column() == 0 else min(wide + 28, WIDEST), 44)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = self.theme.tokens, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            self._paint_strip(painter, option, index.column())
        first, current = index.column() == 0, index.data(CURRENT)
        painter.setPen(QColor(tokens.text if first else tokens.muted))
        painter.setFont(self.theme.font(13, 600 if first and current else 500 if first else 400))
        side = Qt.AlignmentFlag.AlignRight if index.column() in RIGHT else Qt.AlignmentFlag.AlignLeft
        room = rect.adjusted(12, 0, -12, 0)
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
        if first and current:
            after = room.left() + painter.fontMetrics().horizontalAdvance(text) + 10
            painter.setFont(self.theme.font(11, 500))
            painter.setPen(QColor(tokens.accent))
            painter.drawText(room.adjusted(after - room.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "in use")
        painter.restore()

    def _paint_strip(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        strip = option.rect.toRectF().adjusted(0, 2, 0, -2)
        last = max(at for at in range(len(COLUMNS)) if not self.view.isColumnHidden(at))
        whole = strip.adjusted(-40 if column else 0, 0, 40 if column < last else 0, 0)
        painter.setClipRect(option.rect)
        painter.fillRect(option.rect, QColor(self.theme.tokens.background))  # over the style's own selection
        rounded(painter, whole, SPACE.radius, ground=QColor(self.theme.tokens.card))


def _texts(line: Held) -> tuple[str, ...]:
    return (
        plain(line.title),
        plain(line.family),
        plain(date_words(line.date)),
        number_words(line.parameters),
        plain(line.author) or "–",
        plain(line.licence) or "–",
        plain(", ".join(line.tags)) or "–",
        bytes_words(line.file_bytes),
        used_words(line.last_used),
    )


def used_words(seconds: float) -> str:
    """The day of a time since 1970, near ones in words; "never" for 0."""
    if not seconds:
        return "never"
    days = (date.today() - date.fromtimestamp(seconds)).days
    near = {0: "today", 1: "yesterday"}
    return near.get(days) or date_words(date.fromtimestamp(seconds).isoformat())


def date_words(iso: str) -> str:
    """An ISO 8601 date as people write it; other text as it is."""
    try:
        return date.fromisoformat(iso[:10]).strftime("%d %b %Y").lstrip("0")
    except ValueError:
        return iso


def number_words(number: int) -> str:
    """9_800_000 as "9.8 M"."""
    for size, unit in ((10**9, " B"), (10**6, " M"), (10**3, " k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number) if number else "–"


def bytes_words(size: int) -> str:
    """A number of bytes in the unit that suits it."""
    for limit, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} bytes" if size else "–"
