"""The command palette: a field at the top of the window that finds what can be done by a few letters of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gdm_studio.ui.actions import HERE, Action, shown_keys
from gdm_studio.ui.fuzzy import fit
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.index import Index, ItemsModel
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import label, rule
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.widgets.painting import rounded, smooth

WIDTH, TOP, FIELD, ROW, MOST_ROWS = 600, 64, 48, 38, 10
EMPTY = "No action found."
HINT = "↑ ↓ choose   ·   Enter does it   ·   Esc closes"
ACTION = Qt.ItemDataRole.UserRole


class Palette(Overlay):
    """Signals: `chosen(Action)` after it has closed, `closed()`. What `recent` names comes first, in its order."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, actions: Sequence[Action], recent: Sequence[str], *, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._recent = list(recent)
        self._actions = _ordered(actions, self._recent)
        self.field = _Field(theme)
        self._model = _Found()
        self.list = _List(theme, self._model, set(recent))
        self._empty = label(EMPTY, "muted", align=Qt.AlignmentFlag.AlignHCenter)
        self._empty.setFixedHeight(ROW + 16)
        self._hint = label(HINT, "hint", align=Qt.AlignmentFlag.AlignHCenter)
        self._hint.setFixedHeight(30)
        self.hold(self._panel())
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self._move)
        self.field.entered.connect(lambda: self._take(self.list.currentIndex()))
        self.field.left.connect(self.close_up)
        self.list.clicked.connect(self._take)
        self._search("")

    def open_up(self) -> None:
        super().open_up()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def names(self) -> list[str]:
        """What is offered now, from the top."""
        return [action.name for action in self._model.items]

    def place(self, room: QRect) -> QRect:
        width = min(WIDTH, room.width() - 32)
        rows = min(self._model.rowCount(), MOST_ROWS, max((room.height() - TOP - FIELD - 80) // ROW, 3))
        height = FIELD + 1 + (rows * ROW + 16 if rows else self._empty.height()) + self._hint.height()
        return QRect((room.width() - width) // 2, min(TOP, room.height() // 12), width, height)

    def _search(self, typed: str) -> None:
        found = self._actions
        if typed.strip():
            fits = [(fit(typed, one.label, one.group, f"{one.tip} {one.synonyms}"), one) for one in self._actions]
            found = [action for value, action in sorted(fits, key=_place) if value]
        self._model.set_items(found)
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self.list.setCurrentIndex(self._model.index(0))
        self.list.scrollToTop()
        self.arrange()

    def _move(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = self.list.currentIndex().row() + by
            row = row % rows if abs(by) == 1 else min(max(row, 0), rows - 1)
            self.list.setCurrentIndex(self._model.index(row))

    def _take(self, index: Index) -> None:
        action = index.data(ACTION)
        if action is not None:
            self.close_up()
            self.chosen.emit(action)

    def _panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        panel.setAccessibleName("Search actions")
        stacked(self.field, rule(), self.list, self._empty, self._hint, on=panel, margins=1, spacing=0)
        return panel


class _Field(QLineEdit):
    """Keeps the focus: the keys that move in the list below come through it."""

    moved = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "palette")
        self.setPlaceholderText("What would you like to do?")
        self.setAccessibleName("Search actions")
        self.setToolTip("A few letters of an action, a scheduler, a style, a model")
        self.setFixedHeight(FIELD)
        self.setFont(theme.font(15))
        self.setTextMargins(36, 0, 4, 0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._does(event):
            event.accept()  # Esc is nobody else's while the palette is open
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._does(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            signal, *values = act
            signal.emit(*values)

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.moved.emit(1 if forward else -1)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = smooth(self)
        icons.paint(painter, QRectF(18, (self.height() - 17) / 2, 17, 17), "search", self._theme.colour("muted"))

    def _does(self, event: QKeyEvent) -> tuple | None:
        keys = {
            Qt.Key.Key_Down: (self.moved, 1), Qt.Key.Key_Up: (self.moved, -1),
            Qt.Key.Key_PageDown: (self.moved, MOST_ROWS), Qt.Key.Key_PageUp: (self.moved, -MOST_ROWS),
            Qt.Key.Key_Return: (self.entered,), Qt.Key.Key_Enter: (self.entered,), Qt.Key.Key_Escape: (self.left,),
        }  # fmt: skip
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return keys.get(Qt.Key(event.key())) if plain else None


class _Found(ItemsModel[Action]):
    """The actions that fit what was typed."""

    def told(self, row: int) -> Mapping[int, object]:
        action = self.items[row]
        said = ", ".join(filter(None, [action.name, action.tip, *shown_keys(action.keys)]))
        roles = Qt.ItemDataRole
        return {roles.DisplayRole: action.label, roles.AccessibleTextRole: said, ACTION: action}


class _List(QListView):
    def __init__(self, theme: Theme, model: _Found, recent: set[str]) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Row(theme, recent, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Actions")
        self.setViewportMargins(6, 6, 6, 6)
        self.entered.connect(self.setCurrentIndex)


class _Row(QStyledItemDelegate):
    """The group, muted; the title, and faintly what it does; at the right the keys, or that it was used lately."""

    def __init__(self, theme: Theme, recent: set[str], parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._recent = theme, recent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, action, rect = self._theme.tokens, index.data(ACTION), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, QRectF(rect), 7, ground=QColor(tokens.hover))
        right = rect.right() - 10
        for keys in reversed(shown_keys(action.keys)):
            right = self._paint_keys(painter, keys, right, rect) - 6
        if action.name in self._recent and not action.keys:
            right -= self._paint_words(
                painter, "recent", "faint", QRect(rect.left(), rect.top(), right - rect.left(), ROW)
            )
        left = rect.left() + 12
        if action.group:
            left += self._paint_left(painter, action.group, "muted", QRect(left, rect.top(), 160, ROW)) + 8
        left += self._paint_left(painter, action.label, "text", QRect(left, rect.top(), max(right - left - 8, 0), ROW))
        self._paint_left(painter, action.tip, "faint", QRect(left + 10, rect.top(), max(right - left - 18, 0), ROW))
        painter.restore()

    def _paint_left(self, painter: QPainter, text: str, colour: str, rect: QRect) -> int:
        font = self._theme.font(13)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)
        return QFontMetrics(font).horizontalAdvance(shown)

    def _paint_words(self, painter: QPainter, text: str, colour: str, rect: QRect) -> int:
        font = self._theme.font(11)
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return QFontMetrics(font).horizontalAdvance(text)

    def _paint_keys(self, painter: QPainter, keys: str, right: int, rect: QRect) -> int:
        """A key's cap that ends at `right`; returns where it begins."""
        return paint_cap(painter, self._theme, keys, right, rect.center().y() + 1)


def paint_cap(painter: QPainter, theme: Theme, keys: str, right: int, middle: int) -> int:
    """Keys in a frame that ends at `right`, around the line at `middle`; returns where it begins."""
    font = theme.font(11)
    width = max(QFontMetrics(font).horizontalAdvance(keys) + 12, 20)
    frame = QRectF(right - width + 0.5, middle - 9.5, width - 1, 18)
    rounded(painter, frame, 5, line=theme.colour("edge"))
    painter.setPen(theme.colour("muted"))
    painter.setFont(font)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, keys)
    return right - width


def _place(found: tuple[float, Action]) -> tuple[float, bool]:
    """What fits best comes first; of what fits alike, what is in sight."""
    value, action = found
    return -value, action.group != HERE


def _ordered(actions: Sequence[Action], recent: Sequence[str]) -> list[Action]:
    """Those used lately first, the others as they come."""
    places = {name: place for place, name in enumerate(recent)}
    return sorted(actions, key=lambda action: places.get(action.name, len(places)))
