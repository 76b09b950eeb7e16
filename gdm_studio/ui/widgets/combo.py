"""Combo box whose entries have descriptions and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QListView,
    QSizePolicy,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import make_plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.item_models import EntryPainter, Index
from gdm_studio.ui.widgets.keys import is_letter
from gdm_studio.ui.widgets.shapes import MENU_RADIUS, RoundCorners, antialiased_painter, paint_field, paint_rounded_rect

SUMMARY = Qt.ItemDataRole.UserRole + 1
# Role under which the model of a combo box stores the flags of a row.
FLAGS = Qt.ItemDataRole.UserRole - 1
# Width of an open list whose entries have descriptions.
POPUP_WIDTH = 332
GROUPED_WIDTH = 470
# Id of the entry that adds the rare ones.
ALL = "*"
# Height of a group's title in the open list.
HEADING = 30


@dataclass(frozen=True)
class Choice:
    """Entry of a combo box or another list, with an id for the code, and a title and a description for the user.

    Entries with the same `group` are listed under its title. `refused` is "" or the reason why the entry is disabled.
    A combo box lists entries with `is_rare` only after the user has asked for all.
    """

    id: str
    title: str
    summary: str = ""
    group: str = ""
    refused: str = ""
    is_rare: bool = False

    def __post_init__(self) -> None:
        make_plain(self, "title", "summary", "group", "refused")


class Combo(QComboBox):
    """Combo box whose entries have titles, descriptions and groups.

    While some entries are marked as rare, the list ends with an entry that adds them to the list permanently. Signals:
    `chosen(id)` when the user, not code, selects an entry, and `unfolded()` when the user requests the rare entries.
    """

    chosen = Signal(str)
    unfolded = Signal()

    def __init__(self, theme: Theme, *, name: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: list[Choice] = []
        # True if the list has the rare entries, too.
        self.lists_all = False
        # Text that the closed box shows in place of the selected entry's title, or "".
        self._shown_text = ""
        # Id of the last selected entry, which is selected again when the user asks for all.
        self._last_choice = ""
        # Rows of the rare entries, with the headings of their groups.
        self._rare_rows: list[int] = []
        self._all_row = -1
        # True once the list was opened. Until then, the heights of the entries are not computed.
        self.measured = False
        self._has_own_list = False
        self.setAccessibleName(name)
        self.setToolTip(tooltip or name)
        # Without WheelFocus, scrolling over the box moves neither the focus nor the value.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(SPACE.control)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(12)
        self.activated.connect(self._on_activated)
        self.currentIndexChanged.connect(self._on_current)
        theme.changed.connect(self.update)

    def view(self) -> QAbstractItemView:
        """Return the list of the entries, created when it is first needed. Until then, Qt has a list of its own."""
        if not self._has_own_list:
            self._has_own_list = True
            self._create_list()
        return super().view()

    def _create_list(self) -> None:
        view = _List(self)
        view.setItemDelegate(_Entry(self._theme, self))
        view.setMouseTracking(True)
        self.setView(view)
        popup = view.window()
        popup.setWindowFlags(
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        RoundCorners(popup, MENU_RADIUS)

    def set_choices(self, choices: list[Choice]) -> None:
        """Replace all entries of the combo box.

        If the selected entry no longer exists, the first enabled entry is selected.
        """
        self._choices = list(choices)
        before = self.choice()
        self.clear()
        self._rare_rows, self._all_row = [], -1
        rare = [choice for choice in choices if choice.is_rare]
        self._add_entries([choice for choice in choices if not choice.is_rare])
        if rare:
            self._all_row = self.count()
            self.addItem(translate("Combo", "All {count}…").format(count=len(choices)), ALL)
            self._add_entries(rare)
            self._rare_rows = [*range(self._all_row + 1, self.count())]
        usable = [choice.id for choice in choices if not choice.refused]
        self.setCurrentIndex(self.findData(usable[0]) if usable else -1)
        self.set_choice(before)
        self._show_rows()

    def _add_entries(self, choices: Sequence[Choice]) -> None:
        group = ""
        for choice in choices:
            if choice.group != group:
                group = choice.group
                self.addItem(group)
                self._refuse(self.count() - 1)
            self.addItem(choice.title, choice.id)
            self.setItemData(self.count() - 1, choice.refused or choice.summary, SUMMARY)
            if choice.refused:
                self._refuse(self.count() - 1)

    def list_all(self, lists_all: bool) -> None:
        """List the rare entries too, or only on demand."""
        self.lists_all = lists_all
        self._show_rows()

    def _show_rows(self) -> None:
        """Hide the rare entries in the open list, except the selected one, or show them all."""
        # The list of Qt hides no rows, so that a list with rare entries is created now, as a screen reader lists it.
        if self._all_row < 0 or not isinstance(view := self.view(), QListView):
            return
        view.setRowHidden(self._all_row, self.lists_all)
        for row in self._rare_rows:
            view.setRowHidden(row, not self.lists_all and row != self.currentIndex())

    def _on_current(self, row: int) -> None:
        if row != self._all_row:
            self._last_choice = self.choice()
        self._show_rows()

    def _on_activated(self, row: int) -> None:
        if row != self._all_row:
            self.chosen.emit(self.itemData(row))
            return
        self.set_choice(self._last_choice)
        self.unfold()
        self.showPopup()

    def unfold(self) -> None:
        """List all entries, as the user has asked."""
        self.list_all(True)
        self.unfolded.emit()

    def choice(self) -> str:
        """Return the id of the selected entry, or "" if the combo box is empty."""
        chosen = self.currentData() or ""
        return self._last_choice if chosen == ALL else chosen

    def set_choice(self, choice_id: str) -> None:
        """Select the entry with this id without emitting `chosen`. An unknown id is ignored."""
        row = self.findData(choice_id)
        if row >= 0:
            self.setCurrentIndex(row)

    def show_text(self, text: str) -> None:
        """Show a text in the closed box in place of the selected entry's title. "" shows the title again."""
        self._shown_text = text
        self.setAccessibleDescription(text)
        self.update()

    def shown_text(self) -> str:
        """Return the text of the closed box, before it is shortened to fit."""
        return self._shown_text or self.currentText()

    def offers(self, choice_id: str) -> bool:
        """Return True if the combo box has an entry with this id."""
        return any(choice.id == choice_id for choice in self._choices)

    def choices(self) -> list[Choice]:
        """Return all entries of the combo box, including disabled ones."""
        return self._choices

    def pick(self, choice_id: str) -> None:
        """Select the entry with this id and emit `chosen`, as if the user had done so."""
        self.set_choice(choice_id)
        self.chosen.emit(choice_id)

    def popup_width(self) -> int:
        """Return the width of the combo box's open list in logical pixels, including space for any descriptions."""
        rows = range(self.count())
        grouped = any(self.itemData(row) is None for row in rows)
        summaries = any(self.itemData(row, SUMMARY) for row in rows)
        return max(self.width(), GROUPED_WIDTH if grouped else POPUP_WIDTH if summaries else 0)

    def _refuse(self, row: int) -> None:
        """Disable the combo box entry in this row, so that the user cannot select it."""
        self.setItemData(row, Qt.ItemFlag.NoItemFlags.value, FLAGS)

    def showPopup(self) -> None:
        self.measured = True
        self.view().setMinimumWidth(self.popup_width())
        # The descriptions wrap at the width of the box, which may have changed.
        self.view().doItemsLayout()
        super().showPopup()

    def event(self, event: QEvent) -> bool:
        """Show the selected entry's full text in the tooltip if the combo box is too narrow for it."""
        if isinstance(event, QHelpEvent):
            text = self.shown_text()
            if QFontMetrics(self.font()).horizontalAdvance(text) > self.text_area().width():
                QToolTip.showText(event.globalPos(), tip(f"{text}\n{self.toolTip()}"), self)
                return True
        return super().event(event)

    def text_area(self) -> QRect:
        """Return the rectangle of the combo box in which the selected entry's title is painted."""
        return self.rect().adjusted(12, 0, -32, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel scrolls the panel around the box.
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A letter would select another entry, although the list is closed and the user may not look at it.
        if is_letter(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        paint_field(painter, self, self._theme)
        self.paint_text(painter, self.shown_text(), 28)

    def paint_text(self, painter: QPainter, text: str, mark_at: int) -> None:
        """Paint the text of the closed box, and the mark that it opens, `mark_at` pixels before its right edge."""
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.faint))
        painter.setFont(self.font())
        room = self.text_area()
        text = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        mark = QRectF(self.width() - mark_at, (self.height() - 16) / 2, 16, 16)
        icons.paint(painter, mark, "chevron-down", self._theme.colour("muted"))


class _List(QListView):
    """Open list of a combo box, in which typed letters find an entry by any part of its title.

    Home and End skip group headings.
    """

    def __init__(self, box: Combo) -> None:
        super().__init__(box)
        self._box = box
        self._typed_letters = ""
        self._since_last_key = QElapsedTimer()

    def keyboardSearch(self, search: str) -> None:
        if self._since_last_key.isValid() and self._since_last_key.elapsed() < QApplication.keyboardInputInterval():
            self._typed_letters += search
        else:
            self._typed_letters = search
        self._since_last_key.restart()
        titles = {row: self._title(row).casefold() for row in self._usable_rows()}
        typed = self._typed_letters.casefold()
        rows = [row for row, title in titles.items() if title.startswith(typed)]
        rows += [row for row, title in titles.items() if typed in title]
        if rows:
            if self.isRowHidden(rows[0]):
                self._box.unfold()
            self.setCurrentIndex(self.model().index(rows[0], 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        rows = self._usable_rows()
        if event.key() in ends and (rows := [row for row in rows if not self.isRowHidden(row)]):
            self.setCurrentIndex(self.model().index(rows[ends[Qt.Key(event.key())]], 0))
        else:
            super().keyPressEvent(event)

    def _usable_rows(self) -> list[int]:
        model = self.model()
        rows = range(model.rowCount())
        return [row for row in rows if model.index(row, 0).flags() & Qt.ItemFlag.ItemIsEnabled]

    def _title(self, row: int) -> str:
        return str(self.model().index(row, 0).data())


class _Entry(EntryPainter[Combo]):
    """Item delegate for a combo box's open list, which paints an entry with description and tick, or a group
    heading.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        summary = index.data(SUMMARY)
        if _is_heading(index):
            return QSize(80, HEADING)
        if not summary or not self.view.measured:
            return QSize(80, 32)
        width = self.view.popup_width() - 56
        flags = Qt.TextFlag.TextWordWrap.value
        needed = QFontMetrics(self.theme.font(11)).boundingRect(QRect(0, 0, width, 200), flags, summary)
        return QSize(self.view.popup_width() - 10, needed.height() + 34)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self.theme.tokens
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if _is_heading(index):
            painter.setPen(QColor(tokens.muted))
            painter.setFont(self.theme.font(11, 600))
            painter.drawText(rect.adjusted(11, 0, -8, -5), Qt.AlignmentFlag.AlignBottom, index.data())
            painter.restore()
            return
        can = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        if can and option.state & QStyle.StateFlag.State_Selected:
            paint_rounded_rect(painter, QRectF(rect).adjusted(1, 1, -1, -1), 6, ground=QColor(tokens.hover))
        current = index.row() == self.view.currentIndex()
        room = rect.adjusted(11, 0, -32, 0)
        summary = index.data(SUMMARY)
        painter.setPen(QColor(tokens.text if can else tokens.faint))
        painter.setFont(self.theme.font(13, 500 if current else 400))
        if summary:
            painter.drawText(room.adjusted(0, 8, 0, 0), Qt.AlignmentFlag.AlignTop, index.data())
            painter.setPen(QColor(tokens.muted if can else tokens.faint))
            painter.setFont(self.theme.font(11))
            painter.drawText(room.adjusted(0, 27, 0, 0), Qt.TextFlag.TextWordWrap.value, summary)
        else:
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, index.data())
        if current:
            tick = QRectF(rect.right() - 26, rect.top() + 9, 15, 15)
            icons.paint(painter, tick, "check", QColor(tokens.accent))
        painter.restore()


def _is_heading(index: Index) -> bool:
    return index.data(Qt.ItemDataRole.UserRole) is None
