"""Section with a heading that folds and unfolds it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleStateChangeEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gdm_studio.ui.theme.icons import icon
from gdm_studio.ui.theme.roles import FOLD
from gdm_studio.ui.theme.safe_text import escape_ampersands, plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, translate
from gdm_studio.ui.widgets.layouts import put_in_tab_order, stacked, widgets_in

# Size of the arrow, and space between the arrow and the title.
ICON = 14
AIR = 8


class Collapsible(QWidget):
    """Panel section that opens and closes when its heading is clicked, and emits `toggled(open)`."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, *, title: str, summary: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._summary = summary
        self._note = ""
        self._is_marked = False
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setProperty("role", FOLD)
        self.head.setIconSize(QSize(ICON, ICON))
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.setFixedHeight(24)
        self.head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.head.toggled.connect(self._on_toggle)
        self.body = QWidget()
        self.body.hide()
        self._rows = stacked(on=self.body, margins=(0, 6, 0, 0), spacing=12)
        self._column = stacked(self.head, self.body, on=self, spacing=0)
        theme.changed.connect(self._show_head)
        self._show_head()

    def add(self, *widgets: QWidget, at: int = -1) -> None:
        """Add widgets to the section, at the end or before the widget at index `at`, and adjust the tab order."""
        for place, widget in enumerate(widgets, at):
            if at < 0:
                self._rows.addWidget(widget)
                continue
            self._rows.insertWidget(place, widget)
            before = [each for each in widgets_in(self._rows) if self._rows.indexOf(each) == place - 1]
            put_in_tab_order(widget, after=before[0] if before else self.head)

    def add_below(self, widget: QWidget) -> None:
        """Add a widget below the section, which is visible while the section is folded, too."""
        self._column.addWidget(widget)

    def is_open(self) -> bool:
        return self.head.isChecked()

    def set_open(self, opened: bool) -> None:
        self.head.setChecked(opened)

    def set_summary(self, summary: str, *, marked: bool = False, note: str = "") -> None:
        """Show a summary of the section's contents beside its title while it is closed.

        `marked` shows the summary in the accent colour. `note` is only read by screen readers, after the title.
        """
        self._summary = summary
        self._note = note
        if marked != self._is_marked:
            self._is_marked = marked
            self.head.setProperty("marked", marked)
            self.head.style().polish(self.head)
        self._show_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_head()

    def _on_toggle(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self._show_head()
        state = QAccessible.State()
        state.expanded = True
        QAccessible.updateAccessibility(QAccessibleStateChangeEvent(self.head, state))
        self.toggled.emit(opened)

    def _head_text(self, opened: bool) -> str:
        return self._title if opened or not self._summary else labelled(self._title, self._summary)

    def _show_head(self) -> None:
        opened = self.is_open()
        text = plain(self._head_text(opened))
        room = max(self.width() - ICON - AIR, 0)
        self.head.setText(
            escape_ampersands(self.head.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        )
        self.head.setAccessibleName(text if self._is_marked else self._title)
        self.head.setAccessibleDescription(plain(self._note))
        text = translate("Collapsible", "Hide: {section}") if opened else translate("Collapsible", "Show: {section}")
        contents = f" ({self._summary})" if self._summary and not opened else ""
        self.head.setToolTip(tip(text.format(section=self._title) + contents))
        self.head.setIcon(icon(self._theme, "chevron-down" if opened else "chevron-right"))
