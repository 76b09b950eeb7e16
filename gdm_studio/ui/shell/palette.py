"""Command palette, which finds actions by a few letters of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gdm_studio.ui.fuzzy_match import match_score
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, translate
from gdm_studio.ui.widgets import horizontal_rule, label
from gdm_studio.ui.widgets.item_models import Index, ItemsModel
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect
from gdm_studio.ui.window_actions import HERE, PALETTE, Action, shown_keys

# Sizes in logical pixels.
WIDTH = 600
TOP = 64
FIELD = 48
ROW = 38
MAX_ROWS = 10
MAX_GROUP_WIDTH = 160
ACTION = Qt.ItemDataRole.UserRole


class Palette(Overlay):
    """Command palette: a dialog with a search field and a list of actions.

    It emits `chosen(action)` after it has closed. `recent` contains the names of the actions to list first, and
    `refused` the actions that cannot run now. One of them is named if no other matches the typed text.
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        actions: Sequence[Action],
        recent: Sequence[str],
        *,
        refused: Sequence[Action] = (),
        parent: QWidget,
    ) -> None:
        super().__init__(theme, parent)
        self._refused = refused
        self._recent = list(recent)
        self._actions = _order_recent_first(actions, self._recent)
        self.field = _Field(theme)
        self._model = _MatchModel()
        self.list = _List(theme, self._model, set(recent))
        self._empty_label = label("", "muted", align=Qt.AlignmentFlag.AlignCenter)
        self._empty_label.setFixedHeight(ROW + 16)
        hint = self.tr("↑ ↓ choose   ·   Enter runs it   ·   Esc closes")
        self._hint = label(hint, "hint", align=Qt.AlignmentFlag.AlignHCenter)
        self._hint.setFixedHeight(30)
        self.set_panel(self._create_panel())
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self._move)
        self.field.entered.connect(lambda: self._choose_row(self.list.currentIndex()))
        self.field.left.connect(self.close_up)
        self.list.clicked.connect(self._choose_row)
        self._search("")

    def open_up(self) -> None:
        super().open_up()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def names(self) -> list[str]:
        """Return the names of the actions that match the typed text, in display order."""
        return [action.name for action in self._model.items]

    def place(self, room: QRect) -> QRect:
        width = min(WIDTH, room.width() - 32)
        rows = min(self._model.rowCount(), MAX_ROWS, max((room.height() - TOP - FIELD - 80) // ROW, 3))
        height = FIELD + 1 + (rows * ROW + 16 if rows else self._empty_label.height()) + self._hint.height()
        return QRect((room.width() - width) // 2, min(TOP, room.height() // 12), width, height)

    def _search(self, typed: str) -> None:
        matches = _find_matches(typed, self._actions) if typed.strip() else self._actions
        self._model.set_items(matches)
        self.list.setVisible(bool(matches))
        self._empty_label.setVisible(not matches)
        self._empty_label.setText(self._text_for_no_match(typed) if not matches else "")
        self.list.setCurrentIndex(self._model.index(0))
        self.list.scrollToTop()
        self.arrange()

    def _text_for_no_match(self, typed: str) -> str:
        """Return the message that is shown if no action that can run matches the typed text."""
        refused = _find_matches(typed, self._refused)
        if not refused:
            return self.tr("No action found.")
        refusal = self.tr("“{action}” cannot be used now.").format(action=refused[0].title)
        return "\n".join(filter(None, (refusal, refused[0].disabled_reason())))

    def _move(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = self.list.currentIndex().row() + by
            row = row % rows if abs(by) == 1 else min(max(row, 0), rows - 1)
            self.list.setCurrentIndex(self._model.index(row))

    def _choose_row(self, index: Index) -> None:
        action = index.data(ACTION)
        if action is not None:
            self.close_up()
            self.chosen.emit(action)

    def _create_panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        self.setAccessibleName(PALETTE.title)
        stacked(self.field, horizontal_rule(), self.list, self._empty_label, self._hint, on=panel, margins=1, spacing=0)
        return panel


class _Field(QLineEdit):
    """Search field of the command palette, which always has the keyboard focus.

    It emits signals for keys that control the list below it.
    """

    moved = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "palette")
        self.setPlaceholderText(self.tr("What would you like to do?"))
        self.setAccessibleName(PALETTE.title)
        self.setToolTip(self.tr("A few letters of an action, a scheduler, a style or a model"))
        self.setFixedHeight(FIELD)
        self.setFont(theme.font(15))
        self.setTextMargins(36, 0, 4, 0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._signal_of(event):
            # Otherwise Esc would also run a shortcut of the window.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = self._signal_of(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            signal, *values = command
            signal.emit(*values)

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.moved.emit(1 if forward else -1)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = antialiased_painter(self)
        icons.paint(painter, QRectF(18, (self.height() - 17) / 2, 17, 17), "search", self._theme.colour("muted"))

    def _signal_of(self, event: QKeyEvent) -> tuple | None:
        """Return the signal to emit for a key and its arguments, or None if the key edits the text."""
        keys = {
            Qt.Key.Key_Down: (self.moved, 1),
            Qt.Key.Key_Up: (self.moved, -1),
            Qt.Key.Key_PageDown: (self.moved, MAX_ROWS),
            Qt.Key.Key_PageUp: (self.moved, -MAX_ROWS),
            Qt.Key.Key_Return: (self.entered,),
            Qt.Key.Key_Enter: (self.entered,),
            Qt.Key.Key_Escape: (self.left,),
        }
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return keys.get(Qt.Key(event.key())) if plain else None


class _MatchModel(ItemsModel[Action]):
    """List model of the actions that match the text typed in the command palette."""

    def row_data(self, row: int) -> Mapping[int, object]:
        action = self.items[row]
        name = labelled(action.group_title, action.title) if action.group else action.title
        spoken = ", ".join(filter(None, [name, action.description, *shown_keys(action.keys)]))
        roles = Qt.ItemDataRole
        return {roles.DisplayRole: action.title, roles.AccessibleTextRole: spoken, ACTION: action}


class _List(QListView):
    def __init__(self, theme: Theme, model: _MatchModel, recent: set[str]) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Row(theme, recent, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Actions"))
        self.setViewportMargins(6, 6, 6, 6)
        self.entered.connect(self.setCurrentIndex)


class _Row(QStyledItemDelegate):
    """Item delegate of the command palette, which paints an action's title, description, group and keys.

    "recent" is added if the action was used recently.
    """

    def __init__(self, theme: Theme, recent: set[str], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recent = recent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        action = index.data(ACTION)
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_rounded_rect(painter, QRectF(rect), 7, ground=QColor(tokens.hover))
        right = rect.right() - 10
        for keys in reversed(shown_keys(action.keys)):
            right = paint_cap(painter, self._theme, keys, right, rect.center().y() + 1) - 6
        recent = self.tr("recent") if action.name in self._recent and not action.keys else ""
        group = action.group_title if action.group not in ("", HERE) else ""
        if words := " · ".join(filter(None, (recent, group))):
            room = QRect(max(rect.left(), right - MAX_GROUP_WIDTH), rect.top(), MAX_GROUP_WIDTH, ROW)
            right -= self._paint_words(painter, words, "faint", room)
        left = rect.left() + 12
        room = QRect(left, rect.top(), max(right - left - 8, 0), ROW)
        left += self._paint_left(painter, action.title, "text", room)
        room = QRect(left + 10, rect.top(), max(right - left - 18, 0), ROW)
        self._paint_left(painter, action.description, "faint", room)
        painter.restore()

    def _paint_left(self, painter: QPainter, text: str, colour: str, rect: QRect) -> int:
        font = self._theme.font(13)
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, elided)
        return QFontMetrics(font).horizontalAdvance(elided)

    def _paint_words(self, painter: QPainter, text: str, colour: str, rect: QRect) -> int:
        font = self._theme.font(11)
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return QFontMetrics(font).horizontalAdvance(text)


def paint_cap(painter: QPainter, theme: Theme, keys: str, right: int, middle: int) -> int:
    """Paint a key's name in a rounded frame, like a key cap, and return the frame's left edge.

    The frame ends at `right` and is vertically centred on `middle`.
    """
    font = theme.font(11)
    width = max(QFontMetrics(font).horizontalAdvance(keys) + 12, 20)
    frame = QRectF(right - width + 0.5, middle - 9.5, width - 1, 18)
    paint_rounded_rect(painter, frame, 5, line=theme.colour("edge"))
    painter.setPen(theme.colour("muted"))
    painter.setFont(font)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, keys)
    return right - width


def _score(typed: str, action: Action) -> float:
    # English names are found in every language, also by a user who cannot read that of the window.
    words = [action.description, translate("Action", action.synonyms), action.label, action.synonyms]
    return match_score(typed, action.title, action.group_title, " ".join(words))


def _find_matches(typed: str, actions: Sequence[Action]) -> list[Action]:
    """Return the actions that match the typed text, best first."""
    pairs = [(_score(typed, action), action) for action in actions]
    return [action for score, action in sorted(pairs, key=_sort_key) if score]


def _sort_key(pair: tuple[float, Action]) -> tuple[float, bool]:
    """Return the sort key of a (score, action) pair: best score first, then buttons on the open page."""
    score, action = pair
    return -score, action.group != HERE


def _order_recent_first(actions: Sequence[Action], recent: Sequence[str]) -> list[Action]:
    """Return the actions with recently used ones first and the others in their original order."""
    places = {name: place for place, name in enumerate(recent)}
    return sorted(actions, key=lambda action: places.get(action.name, len(places)))
