"""Models page: a table of installed models and model parts, and the card of the selected row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPoint, QRect, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.common import paths
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.installed.description import Description
from gdm_studio.models.installed.model_table import ModelTableRow, group_of, prompt_text_of, row_of_card
from gdm_studio.models.model_card import ModelCard
from gdm_studio.ui import window_actions
from gdm_studio.ui.card_translations import summary_text
from gdm_studio.ui.models.card_view import ModelCardView
from gdm_studio.ui.models.kind_names import family_text, group_text
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import data_size, date_text, number_text, translate
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, IconButton, in_columns, label
from gdm_studio.ui.widgets.item_models import EntryPainter, Index, RowTable
from gdm_studio.ui.widgets.labels import ElidedLabel, wrapped
from gdm_studio.ui.widgets.layouts import in_row, scrolled, stacked
from gdm_studio.ui.widgets.search_field import SearchField
from gdm_studio.ui.widgets.shapes import paint_rounded_rect

COLUMNS = (
    QT_TRANSLATE_NOOP("ModelsPage", "Name"),
    QT_TRANSLATE_NOOP("ModelsPage", "Family"),
    QT_TRANSLATE_NOOP("ModelsPage", "Date"),
    QT_TRANSLATE_NOOP("ModelsPage", "Parameters"),
    QT_TRANSLATE_NOOP("ModelsPage", "Author"),
    QT_TRANSLATE_NOOP("ModelsPage", "Licence"),
    QT_TRANSLATE_NOOP("ModelsPage", "Tags"),
    QT_TRANSLATE_NOOP("ModelsPage", "On disk"),
    QT_TRANSLATE_NOOP("ModelsPage", "Last used"),
)
RIGHT = {COLUMNS.index("Parameters"), COLUMNS.index("On disk")}
# Columns that are hidden, in this order, if there is not enough room.
LEFT_OUT = ("Last used", "Tags", "On disk", "Licence", "Family", "Author", "Parameters")
# Least width of the names, and greatest width of any other column.
NARROWEST = 200
WIDEST = 168
# Width to which long authors are shortened before a column is hidden.
AUTHOR = COLUMNS.index("Author")
NARROW_AUTHOR = 96
SORT = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
# Greatest height of the list of unusable files, which scrolls.
REFUSED_HEIGHT = 84
# Greatest number of characters of a tag in the list of tags.
FEW_WORDS = 40
# Maximum number of files that cannot be used whose reasons are listed.
MOST_REFUSED = 200


@dataclass(frozen=True)
class Filter:
    """Filter for the table of models by one property, such as the family. `values(line)` returns the values of that
    property in a row.
    """

    name: str
    # Title of the entry that turns the filter off.
    every: str
    tooltip: str
    values: Callable[[ModelTableRow], tuple[str, ...]]
    # Returns the title of a value.
    text: Callable[[str], str] = str


FILTERS = (
    Filter(
        QT_TRANSLATE_NOOP("ModelsPage", "Kind"),
        QT_TRANSLATE_NOOP("ModelsPage", "All kinds"),
        QT_TRANSLATE_NOOP("ModelsPage", "Only models, or one kind of model parts"),
        lambda line: (group_of(line),),
        group_text,
    ),
    Filter(
        QT_TRANSLATE_NOOP("ModelsPage", "Family"),
        QT_TRANSLATE_NOOP("ModelsPage", "All families"),
        QT_TRANSLATE_NOOP("ModelsPage", "Models of one family, or one kind of parts"),
        lambda line: (line.family,),
        family_text,
    ),
    Filter(
        QT_TRANSLATE_NOOP("ModelsPage", "Tag"),
        QT_TRANSLATE_NOOP("ModelsPage", "All tags"),
        QT_TRANSLATE_NOOP("ModelsPage", "Models with one tag"),
        lambda line: line.tags,
    ),
)


class ModelsPage(QFrame):
    """Page of the window with a searchable table of models and model parts, and the model card of the selected row."""

    use_model = Signal(str)
    # The row of a LoRA or embedding to insert into the prompt.
    insert_asked = Signal(object)
    open_folder = Signal()
    add_files = Signal()
    add_folder = Signal()
    get_model = Signal()
    # The row that was selected.
    shown = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._lines = _RowModel()
        self._visible_rows = _RowFilter(self._lines, self)
        self._visible_rows.setSortRole(SORT)
        self.table = _Table(theme, self._visible_rows)
        self.view = ModelCardView(theme)
        # Shortened where the window is narrow, so that the title line fits into its smallest size in every language.
        self._count_label = ElidedLabel("", "muted")
        self._refused_label = wrapped(selectable=True)
        self._refused_area = scrolled(self._refused_label, self.tr("Files that cannot be used"))
        self._refused_area.setMaximumHeight(REFUSED_HEIGHT)
        self._refused_area.hide()
        self._no_match = wrapped(self.tr("No model matches. Clear the search, or choose another kind, family or tag."))
        self._no_match.hide()
        self.search = SearchField(
            theme,
            title=self.tr("Search models"),
            tooltip=self.tr("Words of a name, author, licence, tag or description"),
        )
        self.filters = {
            each: Combo(theme, name=translate("ModelsPage", each.name), tooltip=translate("ModelsPage", each.tooltip))
            for each in FILTERS
        }
        self.kind, self.family, self.tag = self.filters.values()
        # Without a label for the same reason.
        self._folder_button = IconButton(theme, "folder-open", tooltip=self.tr("Open models folder"))
        self._add_files = ActionButton(
            theme,
            self.tr("Add files…"),
            tooltip=translate("Action", window_actions.ADD_MODEL_FILES.tip),
            name="plus",
            role="card",
        )
        self._add_button = ActionButton(
            theme,
            self.tr("Add a folder…"),
            tooltip=translate("Action", window_actions.ADD_MODEL_FOLDER.tip),
            name="plus",
            role="card",
        )
        self._get_button = ActionButton(
            theme,
            self.tr("Get a model…"),
            tooltip=translate("Action", window_actions.GET_MODEL.tip),
            name="download",
            role="card",
        )
        self._own_models_hint = _create_own_models_hint()
        self._lay_out()
        self._connect()
        # The table comes first, because it has the focus when the page opens.
        order = (
            self.table,
            self._get_button,
            self._folder_button,
            self._add_files,
            self._add_button,
            self.search,
            *self.filters.values(),
        )
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    def focus_search(self) -> None:
        """Move the keyboard focus to the search field for models."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_rows(self, lines: Sequence[ModelTableRow]) -> None:
        """Fill the table with the given models and model parts. They stay in the given order until the user sorts
        them.
        """
        if lines and list(lines) == self._lines.lines:
            return
        before = self._selected()
        self.view.set_lines(lines)
        self._lines.show_lines(lines)
        self._offer(lines)
        models = sum(line.card is not None for line in lines)
        others = len(lines) - models
        count = self.tr("%n model(s)", "", models)
        if others:
            count = self.tr("{models} · other files: {others}").format(models=count, others=others)
        self._count_label.setText(count)
        self._own_models_hint.setVisible(not any(_is_own(line) for line in lines))
        if not lines:
            self.view.show_line(None)
        elif before is None or not self.select(before.path, before.name):
            self.table.selectRow(0)
        self._show_nothing()
        self.table.fit()

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        """Replace the rows of the table with the models that these model cards describe."""
        self.set_rows([row_of_card(card, Description()) for card in cards])

    def set_refused(self, reasons: list[str]) -> None:
        """Show below the table why some model files cannot be used, with a sentence for each. A long list scrolls, and
        ends after MOST_REFUSED sentences.
        """
        more = len(reasons) - MOST_REFUSED
        lines = [*reasons[:MOST_REFUSED], *([self.tr("… and %n more", "", more)] if more > 0 else [])]
        self._refused_label.setText("\n".join(lines))
        self._refused_area.setVisible(bool(reasons))

    def notice_area(self) -> QRect:
        """Return the part of the page that notices may cover: all above the list of refused files."""
        if self._refused_area.isHidden():
            return self.rect()
        bottom = self._refused_area.mapTo(self, QPoint()).y()
        return QRect(0, 0, self.width(), bottom)

    def set_current(self, name: str) -> None:
        """Mark the row of the model that is used for generation. If the model has changed, also select the row and show
        its model card.
        """
        is_new = name != self._lines.current
        self._lines.mark(name)
        self.view.set_current(name)
        if not is_new:
            return
        for row in range(self._visible_rows.rowCount()):
            if (line := self._line_at(self._visible_rows.index(row, 0))).card is not None and line.name == name:
                self.table.selectRow(row)

    def select(self, path: Path, name: str = "") -> bool:
        """Select the model with this file path and, if given, this name. Return False if the table does not
        contain it.
        """
        for row in range(self._visible_rows.rowCount()):
            line = self._line_at(self._visible_rows.index(row, 0))
            if line.path == path and (not name or line.name == name):
                self.table.selectRow(row)
                return True
        return False

    def names(self) -> list[str]:
        """Return the names of the models in the visible rows of the table, from top to bottom."""
        return [self._line_at(self._visible_rows.index(row, 0)).name for row in range(self._visible_rows.rowCount())]

    def _line_at(self, index: Index) -> ModelTableRow:
        return self._lines.lines[self._visible_rows.mapToSource(index).row()]

    def _selected(self) -> ModelTableRow | None:
        index = self.table.currentIndex()
        return self._line_at(index) if index.isValid() else None

    def _offer(self, lines: Sequence[ModelTableRow]) -> None:
        """Fill the filters above the table with the kinds, families and tags that occur in it, and their counts."""
        for each, box in self.filters.items():
            counts = Counter(value for line in lines for value in each.values(line))
            named = sorted(counts, key=str.casefold)
            choices = [Choice(value, f"{each.text(value)[:FEW_WORDS]} ({counts[value]})") for value in named]
            box.set_choices([Choice("", translate("ModelsPage", each.every)), *choices])
            box.setVisible(any(count < len(lines) for count in counts.values()))

    def _filter(self) -> None:
        self._visible_rows.choose(self.search.text(), {each: box.choice() for each, box in self.filters.items()})
        self._show_nothing()
        if not self.table.currentIndex().isValid() and self._visible_rows.rowCount():
            self.table.selectRow(0)

    def _show_nothing(self) -> None:
        """Show a hint if models are hidden by the search and the filters, and none is left."""
        self._no_match.setVisible(self._visible_rows.rowCount() == 0 and bool(self._lines.lines))

    def _on_row(self, current: QModelIndex) -> None:
        line = self._line_at(current) if current.isValid() else None
        self.view.show_line(line)
        if line is not None:
            self.shown.emit(line)

    def _use_current(self) -> None:
        line = self._selected()
        if line is not None and line.card is not None:
            self.use_model.emit(line.card.name)
        elif line is not None and prompt_text_of(line):
            self.insert_asked.emit(line)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._lines.sort_shown)
        self.table.chosen.connect(self._use_current)
        self.search.searched.connect(self._filter)
        self.search.left.connect(self.table.setFocus)
        self.search.left_down.connect(self.table.setFocus)
        for box in self.filters.values():
            box.chosen.connect(self._filter)
        self.view.use_model.connect(self.use_model)
        self.view.insert_asked.connect(self.insert_asked)
        self._folder_button.clicked.connect(self.open_folder)
        self._add_files.clicked.connect(self.add_files)
        self._add_button.clicked.connect(self.add_folder)
        self._get_button.clicked.connect(self.get_model)

    def _lay_out(self) -> None:
        head = in_row(
            label(self.tr("Models"), "title"),
            (self._count_label, 1),
            self._get_button,
            self._folder_button,
            margins=(12, 0, 0, 0),
            spacing=6,
        )
        # A row of their own, because their titles are too long beside the page's in some languages.
        buttons = in_row(*((button, 1) for button in (self._add_files, self._add_button)), spacing=6)
        narrow = in_row(*((box, 1) for box in self.filters.values()), spacing=SPACE.gap)
        left = stacked(
            head,
            buttons,
            self.search,
            narrow,
            self._no_match,
            (self.table, 1),
            margins=(SPACE.medium, SPACE.edge, SPACE.medium, SPACE.edge),
            spacing=SPACE.medium,
        )
        for part in (self._no_match, self._own_models_hint, self._refused_area):
            part.setContentsMargins(12, 0, 12, 0)
        left.addWidget(self._own_models_hint)
        left.addWidget(self._refused_area)
        in_columns(self, left, self.view, wide=0)


def _create_own_models_hint() -> QFrame:
    """Create a hint that explains how to add model files, for users who have not added any."""
    box = QFrame()
    stacked(
        label(translate("ModelsPage", "Your own models"), "strong"),
        wrapped(translate("ModelsPage", OWN)),
        on=box,
        margins=(0, 4, 0, 4),
        spacing=4,
    )
    return box


OWN = QT_TRANSLATE_NOOP(
    "ModelsPage",
    "Drop a checkpoint on this window: one file (.safetensors, .ckpt), or a folder in diffusers' format. It is used "
    "in place; nothing is copied. Have ComfyUI, A1111 or Forge? Add its models folder. "
    "“Get a model” downloads one; others are shared on civitai.com, each with its own licence. LoRAs, embeddings and "
    "VAEs go into the same folders.",
)


def _is_own(line: ModelTableRow) -> bool:
    """Return True if the user added a model file, and False if it is shipped with GDM Studio."""
    return not paths.is_shipped(line.path)


class _RowFilter(QSortFilterProxyModel):
    """Proxy model of the table of models, with only the rows that match all search words and filters."""

    def __init__(self, lines: _RowModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = lines
        self._words: list[str] = []
        self._choices: dict[Filter, str] = {}
        self.setSourceModel(lines)

    def choose(self, words: str, wanted: dict[Filter, str]) -> None:
        self._words = words.casefold().split()
        self._choices = wanted
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        line = self._lines.lines[row]
        summary = summary_text(line.summary, line.card)
        text = " ".join((line.name, line.title, line.family, line.author, line.licence, summary, *line.tags))
        fits = all(not value or value in each.values(line) for each, value in self._choices.items())
        return fits and all(word in text.casefold() for word in self._words)


class _RowModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[ModelTableRow] = []
        # Texts of each row in all columns but the last one, which depends on the current date.
        self._texts: list[tuple[str, ...]] = []
        # Name of the model that generates images.
        self.current = ""
        # The column, -1 for none, and whether the order is ascending.
        self.sorted_by = (-1, True)

    def sort_shown(self, column: int, order: Qt.SortOrder) -> None:
        """Show an arrow in the heading of the column that the table is sorted by."""
        self.sorted_by = (column, order == Qt.SortOrder.AscendingOrder)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def show_lines(self, lines: Sequence[ModelTableRow]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self._texts = [_texts(line) for line in lines]
        self.endResetModel()

    def mark(self, name: str) -> None:
        self.current = name
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            title = translate("ModelsPage", COLUMNS[section])
            if section != self.sorted_by[0]:
                return title
            return title + (" ↑" if self.sorted_by[1] else " ↓")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        texts = self._texts[index.row()]
        text = texts[column] if column < len(texts) else used_words(line.last_used)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(summary_text(line.summary, line.card) or line.title if column == 0 else text)
        if role == SORT:
            return _sort_keys(line)[column]
        if role == CURRENT:
            return line.card is not None and line.name == self.current
        return None


def _sort_keys(line: ModelTableRow) -> tuple[str | float, ...]:
    return (
        line.title.casefold(),
        line.family,
        line.date,
        float(line.parameters),
        line.author.casefold(),
        line.licence.casefold(),
        ", ".join(line.tags).casefold(),
        float(line.file_bytes),
        line.last_used,
    )


class _Table(RowTable):
    chosen = Signal()

    def __init__(self, theme: Theme, model: QSortFilterProxyModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setSortingEnabled(True)
        # No sorting at first: the rows are shown in the order in which they are set.
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Models"))
        self.verticalHeader().setDefaultSectionSize(44)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(84)
        header.setMaximumSectionSize(4096)
        self.doubleClicked.connect(self.chosen)
        self.activated.connect(self.chosen)
        # Width for which the columns were fitted to the current rows, or None.
        self._fitted_width: int | None = None
        for changed in (
            model.modelReset,
            model.layoutChanged,
            model.dataChanged,
            model.rowsInserted,
            model.rowsRemoved,
        ):
            changed.connect(self._forget_fit)

    def fit(self) -> None:
        """Narrow the column of authors, and hide columns of the table, least important first, until the remaining ones
        fit. The card beside the table shows all values.

        The widths are computed from size hints, because the header still has its old widths while it is being resized.
        """
        if not self.isVisible() or self._fitted_width == self.viewport().width():
            return
        # Asking all cells for their sizes takes long, and the first visit fits the columns several times.
        self._fitted_width = self.viewport().width()
        header = self.horizontalHeader()
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, False)
        asked = [max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in range(1, len(COLUMNS))]
        wide = dict(zip(COLUMNS, [NARROWEST, *(max(each, header.minimumSectionSize()) for each in asked)], strict=True))
        for name in LEFT_OUT:
            excess = sum(wide.values()) - self.viewport().width()
            if excess <= max(0, wide.get(COLUMNS[AUTHOR], 0) - NARROW_AUTHOR):
                break
            self.setColumnHidden(COLUMNS.index(name), True)
            del wide[name]
        excess = sum(wide.values()) - self.viewport().width()
        mode = QHeaderView.ResizeMode.Fixed if excess > 0 else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(AUTHOR, mode)
        if excess > 0 and COLUMNS[AUTHOR] in wide:
            header.resizeSection(AUTHOR, wide[COLUMNS[AUTHOR]] - excess)

    def _forget_fit(self) -> None:
        self._fitted_width = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class _Row(EntryPainter[RowTable]):
    """Item delegate that paints a cell of the table of models. The cells of the selected row are painted as one
    continuous highlight.
    """

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
            painter.drawText(
                room.adjusted(after - room.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.tr("in use")
            )
        painter.restore()

    def _paint_strip(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        strip = option.rect.toRectF().adjusted(0, 2, 0, -2)
        last = max(at for at in range(len(COLUMNS)) if not self.view.isColumnHidden(at))
        whole = strip.adjusted(-40 if column else 0, 0, 40 if column < last else 0, 0)
        painter.setClipRect(option.rect)
        # Paint over the selection of the style.
        painter.fillRect(option.rect, QColor(self.theme.tokens.background))
        paint_rounded_rect(painter, whole, SPACE.radius, ground=QColor(self.theme.tokens.card))


def _texts(line: ModelTableRow) -> tuple[str, ...]:
    return (
        plain(line.title),
        plain(family_text(line.family)),
        plain(date_words(line.date)),
        number_words(line.parameters),
        plain(line.author) or "–",
        plain(line.licence) or "–",
        plain(", ".join(line.tags)) or "–",
        ", ".join(filter(None, (line.storage, bytes_words(line.file_bytes)))),
    )


def used_words(seconds: float) -> str:
    """Return a phrase for the time of a model's last use (in seconds since 1970), such as "today" or "3 Mar 2024". 0
    gives "never".
    """
    if not seconds:
        return translate("ModelsPage", "never")
    days = (date.today() - date.fromtimestamp(seconds)).days
    near = {0: translate("ModelsPage", "today"), 1: translate("ModelsPage", "yesterday")}
    return near.get(days) or date_words(date.fromtimestamp(seconds).isoformat())


def date_words(iso: str) -> str:
    """Convert an ISO 8601 date to the format "3 Mar 2024". Any other string is returned unchanged."""
    try:
        return date_text(date.fromisoformat(iso[:10]), translate("dates", "d MMM yyyy"))
    except ValueError:
        return iso


def number_words(number: int) -> str:
    """Round and format a number of parameters, such as "9.8 M". 0 gives "–"."""
    for size, unit in ((10**9, " B"), (10**6, " M"), (10**3, " k")):
        if number >= size:
            return f"{number_text(number / size, 1)}{unit}"
    return str(number) if number else "–"


def bytes_words(size: int) -> str:
    """Format the size of a file, such as "1.2 GB". 0 gives "–"."""
    if size >= 1000:
        return data_size(size)
    return translate("ModelsPage", "%n byte(s)", "", size) if size else "–"
