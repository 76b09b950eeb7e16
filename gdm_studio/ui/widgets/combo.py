"""A choice of one from a list that opens below the field, in groups where it is long."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QSizePolicy,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.index import EntryPainter, Index
from gdm_studio.ui.look.plain import make_plain
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets.painting import field, rounded, smooth

SUMMARY = Qt.ItemDataRole.UserRole + 1
FLAGS = Qt.ItemDataRole.UserRole - 1  # where the model of a combo box keeps a row's flags
POPUP_WIDTH, GROUPED_WIDTH = 332, 470  # of a list whose entries say what they mean
HEADING = 30  # height of a group's name in the open list


@dataclass(frozen=True)
class Choice:
    """An entry: `id` for programs, `title` and `summary` for people.

    Entries of the same `group` stand together under its name. One that is `refused` is shown with that reason and
    cannot be chosen by people.
    """

    id: str
    title: str
    summary: str = ""
    group: str = ""
    refused: str = ""

    def __post_init__(self) -> None:
        make_plain(self, "title", "summary", "group", "refused")


class Combo(QComboBox):
    """Signals: `chosen(str)`, by people only. Setters: `set_choices(list)`, `set_choice(id)`. Readers: `choice()`,
    `offers(id)`, `choices()`. `pick(id)` is what people do.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, *, name: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: list[Choice] = []
        self.measured = False  # whether the entries have their heights, which only an open list needs
        self.setAccessibleName(name)
        self.setToolTip(tooltip or name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # a wheel over it takes the keys no more than the value
        self.setFixedHeight(SPACE.control)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(12)
        view = QListView(self)
        view.setItemDelegate(_Entry(theme, self))
        view.setMouseTracking(True)
        self.setView(view)
        popup = view.window()
        popup.setWindowFlags(
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))
        theme.changed.connect(self.update)

    def set_choices(self, choices: list[Choice]) -> None:
        """Another list; what was chosen stays chosen where it is still there, else the first entry is."""
        self._choices = list(choices)
        before, group = self.choice(), ""
        self.clear()
        for choice in choices:
            if choice.group != group:
                group = choice.group
                self.addItem(group)
                self._refuse(self.count() - 1)
            self.addItem(choice.title, choice.id)
            self.setItemData(self.count() - 1, choice.refused or choice.summary, SUMMARY)
            if choice.refused:
                self._refuse(self.count() - 1)
        usable = [choice.id for choice in choices if not choice.refused]
        self.setCurrentIndex(self.findData(usable[0]) if usable else -1)
        self.set_choice(before)

    def choice(self) -> str:
        """The id chosen; "" for an empty list."""
        return self.currentData() or ""

    def set_choice(self, choice_id: str) -> None:
        """Chooses an id; one that is not in the list changes nothing."""
        row = self.findData(choice_id)
        if row >= 0:
            self.setCurrentIndex(row)

    def offers(self, choice_id: str) -> bool:
        """Whether there is such an entry."""
        return any(choice.id == choice_id for choice in self._choices)

    def choices(self) -> list[Choice]:
        """What there is to choose from."""
        return self._choices

    def pick(self, choice_id: str) -> None:
        """Chooses an id as people do: `chosen` is said."""
        self.set_choice(choice_id)
        self.chosen.emit(choice_id)

    def popup_width(self) -> int:
        """Of the open list, in logical pixels."""
        rows = range(self.count())
        grouped = any(self.itemData(row) is None for row in rows)
        summaries = any(self.itemData(row, SUMMARY) for row in rows)
        return max(self.width(), GROUPED_WIDTH if grouped else POPUP_WIDTH if summaries else 0)

    def _refuse(self, row: int) -> None:
        """Makes a row one that keys and clicks pass over."""
        self.setItemData(row, Qt.ItemFlag.NoItemFlags.value, FLAGS)

    def showPopup(self) -> None:
        self.measured = True
        self.view().setMinimumWidth(self.popup_width())
        self.view().doItemsLayout()  # entries wrap anew: the field may have another width now
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a wheel over the panel scrolls the panel

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        field(painter, self, self._theme)
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.faint))
        painter.setFont(self.font())
        room = self.rect().adjusted(12, 0, -32, 0)
        text = QFontMetrics(self.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        mark = QRectF(self.width() - 28, (self.height() - 16) / 2, 16, 16)
        icons.paint(painter, mark, "chevron-down", self._theme.colour("muted"))


class _Entry(EntryPainter[Combo]):
    """An entry of the open list: its title, what it means below, a tick at the chosen one; or a group's name."""

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
        tokens, rect = self.theme.tokens, option.rect
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
            rounded(painter, QRectF(rect).adjusted(1, 1, -1, -1), 6, ground=QColor(tokens.hover))
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
