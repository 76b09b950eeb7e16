"""A small field that puts a tag on pictures: opened over a page, completed with the tags there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton
from gdm_studio.ui.widgets.completions import Completions
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.painting import popup

WIDTH = 240


class TagEntry(QWidget):
    """Hidden until `open_at`. Enter takes the tag, Escape closes it. Setter: `set_tags(names)`."""

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme, self._page = theme, page
        self._tags: list[str] = []
        self._take: Callable[[str], object] = lambda tag: None
        self._before: QWidget | None = None  # that had the focus
        self.field = _Field(self)
        self.field.setPlaceholderText("Tag")
        self.field.setAccessibleName("Tag")
        self.field.setToolTip("A word for these pictures: Enter puts it on them, Esc closes")
        self._completions = Completions(self.field, page)
        add = ActionButton(theme, "Add", tooltip="Put the tag on", keys="Return", role="small")
        add.clicked.connect(self._finish)
        in_row((self.field, 1), add, on=self, margins=8, spacing=6)
        self.field.textEdited.connect(self._offer)
        self.field.returnPressed.connect(self._finish)
        OnEscape(self.field, self.close_entry)
        self._completions.chosen.connect(self._choose)
        self.hide()

    def set_tags(self, names: Sequence[str]) -> None:
        """Those there are."""
        self._tags = list(names)

    def open_at(self, place: QPoint, take: Callable[[str], object]) -> None:
        """Asks for a tag, the lower left corner at a place of the page; `take` gets it."""
        self._take, self._before = take, self.window().focusWidget()
        self.field.clear()
        page = self._page
        height = self.sizeHint().height()
        left = min(max(place.x(), 8), page.width() - WIDTH - 8)
        self.setGeometry(left, min(max(place.y() - height, 8), page.height() - height - 8), WIDTH, height)
        self.show()
        self.raise_()
        self.field.setFocus()
        self._offer("")

    def close_entry(self) -> None:
        """Puts the focus back where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        popup(self, self._theme)

    def _offer(self, text: str) -> None:
        begun = text.strip().casefold()
        self._completions.offer([tag for tag in self._tags if begun in tag.casefold() and begun != tag.casefold()])

    def _choose(self, tag: str) -> None:
        self.field.setText(tag)
        self._finish()

    def _finish(self) -> None:
        tag = self.field.text().strip()
        self.close_entry()
        if tag:
            self._take(tag)


class _Field(QLineEdit):
    def __init__(self, entry: TagEntry) -> None:
        super().__init__(entry)
        self._entry = entry

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self._entry, self._close_unless_inside)

    def _close_unless_inside(self) -> None:
        focus = self.window().focusWidget()
        if focus is not self and (focus is None or not self._entry.isAncestorOf(focus)):
            self._entry.hide()
