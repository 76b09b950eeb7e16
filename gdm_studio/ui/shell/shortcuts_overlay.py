"""Sheet of keyboard shortcuts, generated from the actions that the keys are bound to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gdm_studio.ui.shell.palette import paint_cap
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import label, mark
from gdm_studio.ui.widgets.layouts import in_grid, in_row, scrolled, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.widgets.shapes import antialiased_painter
from gdm_studio.ui.window_actions import GO_TO, HERE, SHORTCUTS, Action, shown_keys, with_keys

# Logical pixels.
WIDTH = 720
ROW = 30


class ShortcutsSheet(Overlay):
    """Dialog over the window that lists all actions with keyboard shortcuts, grouped by topic."""

    keys = SHORTCUTS.keys

    def __init__(self, theme: Theme, actions: Sequence[Action], *, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._lists = _Lists(theme, [action for action in actions if action.keys])
        self._scroll = scrolled(self._lists, SHORTCUTS.title)
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=14)
        self._close_button.clicked.connect(self.close_up)
        self.set_panel(self._create_panel())

    def open_up(self) -> None:
        super().open_up()
        self._scroll.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self, room: QRect) -> QRect:
        return centred_rect(room, WIDTH, self._lists.sizeHint().height() + 76)

    def _create_panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        head = in_row(label(SHORTCUTS.title, "title"), ..., self._close_button)
        stacked(
            head,
            (self._scroll, 1),
            on=panel,
            margins=(SPACE.large, SPACE.edge, SPACE.edge, SPACE.edge),
            spacing=SPACE.medium,
        )
        return panel


class _Lists(QWidget):
    """Groups of keyboard shortcuts, arranged in two columns of similar length."""

    def __init__(self, theme: Theme, actions: Sequence[Action]) -> None:
        super().__init__()
        grid = in_grid(on=self, margins=(0, 0, SPACE.small, 0), across=SPACE.large * 2)
        columns = (QVBoxLayout(), QVBoxLayout())
        lengths = [0, 0]
        groups: dict[str, dict[tuple[str, str], Action]] = {}
        for action in actions:
            groups.setdefault(_heading_of(action), {}).setdefault((action.title, action.keys), action)
        for heading, members in groups.items():
            place = lengths.index(min(lengths))
            lengths[place] += len(members) + 1
            columns[place].addWidget(label(heading, "strong"))
            for action in members.values():
                columns[place].addWidget(_ShortcutRow(theme, action))
            columns[place].addSpacing(SPACE.edge)
        for place, column in enumerate(columns):
            column.setSpacing(0)
            column.addStretch()
            grid.addLayout(column, 0, place)
            grid.setColumnStretch(place, 1)


def _heading_of(action: Action) -> str:
    """Return an action's heading: its group and, if its keys work on only one page, that page."""
    group = action.group_title
    if not action.page:
        everywhere = translate("ShortcutsSheet", "{group}, on every page").format(group=group)
        return everywhere if group else translate("ShortcutsSheet", "Everywhere")
    page = GO_TO[action.page].title
    if action.group in (HERE, GO_TO[action.page].label):
        return translate("ShortcutsSheet", "{page} page").format(page=page)
    return translate("ShortcutsSheet", "{group}, on the {page} page").format(group=group, page=page)


class _ShortcutRow(QWidget):
    """Row in the list of keyboard shortcuts, with an action's title and keys."""

    def __init__(self, theme: Theme, action: Action) -> None:
        super().__init__()
        self._theme = theme
        self._action = action
        self.setFixedHeight(ROW)
        self.setAccessibleName(", ".join([action.title, *shown_keys(action.keys)]))

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        right = self.width()
        for keys in reversed(shown_keys(self._action.keys)):
            right = paint_cap(painter, self._theme, keys, right, ROW // 2) - 6
        font = self._theme.font(13)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        title = QFontMetrics(font).elidedText(self._action.title, Qt.TextElideMode.ElideRight, right - 4)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, title)
