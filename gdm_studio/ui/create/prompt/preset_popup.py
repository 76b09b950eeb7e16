"""Popup that lists presets (saved settings) and saves the current settings as a new preset."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton, horizontal_rule, label, mark, scrolled, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, clear_layout, in_row, stacked
from gdm_studio.ui.widgets.shapes import Popup
from gdm_studio.ui.widgets.toggles import CheckBox

# Sizes in logical pixels.
WIDTH, EDGE, ROW, MAX_HEIGHT = 300, 10, 30, 300
# Maximum number of characters of a name in a row. The tooltip shows longer names in full.
NAME_WIDTH = 190
# Maximum number of rows. The search field reaches further presets.
MAX_ROWS = 60
# Minimum number of presets for which a search field is shown.
MANY = 9


class PresetPopup(Popup):
    """Popup with the names of the presets (saved settings), and buttons to rename or delete each preset. It stays open
    while a preset is saved or renamed, in case `show_refusal` is called.

    Signals: `chosen(str name)`, `renamed(str name, str wanted)`, `delete_asked(str name)`, and `save_asked(str name,
    bool with_prompt)`.
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    delete_asked = Signal(str)
    save_asked = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Presets"))
        self._preset_names: list[str] = []
        self.search = TextLine(self.tr("Search presets"), hint=self.tr("Search presets"))
        self.search.textChanged.connect(self._fill)
        self._rows = QWidget()
        self._column = stacked(on=self._rows, spacing=0)
        self._empty_label = wrapped(self.tr("No presets yet. Save the settings of this panel under a name."), "muted")
        self._no_match_label = label(self.tr("Nothing has this name"), "muted")
        self._area = scrolled(self._rows)
        self._scroll_bar = OverlayScrollBar(self._area)
        self.name = TextLine(self.tr("Name of the preset"), hint=self.tr("Name of a new preset"))
        self.name.setMaxLength(60)
        self.with_prompt = CheckBox(theme, self.tr("With the prompt"))
        self.save = ActionButton(theme, self.tr("Save"), tooltip=self.tr("Save the settings of this panel"))
        self.save.setProperty("role", "primary")
        self.name.textChanged.connect(self._show_save)
        self.name.returnPressed.connect(self._save)
        self.save.clicked.connect(self._save)
        # Why the typed name cannot be used.
        self._refusal = wrapped("", "problem")
        self._refusal.hide()
        OnEscape(self, self.hide)
        self._lay_out()
        self.setFixedWidth(WIDTH)
        self.search.hide()
        self._fill()
        self._show_save()

    def set_names(self, names: Sequence[str]) -> None:
        """Show the names of all presets in the popup, in the given order."""
        if list(names) != self._preset_names:
            self._preset_names = list(names)
            self.search.setVisible(len(names) >= MANY)
            self._fill()
            self._show_save()

    def show_refusal(self, sentence: str) -> None:
        """Show in the open popup why a name cannot be used. The typed name stays, so that the user can change it."""
        self._refusal.setText(sentence)
        self._refusal.setVisible(bool(sentence))
        for field in self._rows.findChildren(TextLine):
            field.setReadOnly(False)
        self.save.setEnabled(bool(self.name.text().strip()))
        if self.isVisible():
            self.adjustSize()

    def open_at(self, position: QPoint) -> None:
        """Open the popup of presets with its top left corner at a screen position, or as near to it as possible."""
        self.search.clear()
        self.name.clear()
        # The tick applies to one preset. It would otherwise add a prompt to the next one unasked.
        self.with_prompt.setChecked(False)
        self.show_refusal("")
        self.show_at(position)
        (self.search if self.search.isVisible() else self.name).setFocus()

    def _fill(self) -> None:
        words = self.search.text().casefold().split() if self.search.isVisibleTo(self) else []
        names = [name for name in self._preset_names if all(word in name.casefold() for word in words)]
        clear_layout(self._column)
        for name in names[:MAX_ROWS]:
            row = _PresetRow(self._theme, name)
            row.chosen.connect(self._choose)
            row.renamed.connect(self.renamed)
            row.delete_asked.connect(self.delete_asked)
            self._column.addWidget(row)
        self._column.addStretch()
        self._empty_label.setVisible(not self._preset_names)
        self._no_match_label.setVisible(bool(self._preset_names) and not names)
        self._area.setVisible(bool(names))
        self._area.setFixedHeight(min(ROW * len(names[:MAX_ROWS]), MAX_HEIGHT))
        self.show_refusal("")

    def _choose(self, name: str) -> None:
        self.hide()
        self.chosen.emit(name)

    def _show_save(self) -> None:
        name = self.name.text().strip()
        self.show_refusal("")
        self.save.setText(self.tr("Replace") if name in self._preset_names else self.tr("Save"))

    def _save(self) -> None:
        name = self.name.text().strip()
        # A second press of Enter, while the file is being written, must not save again.
        if name and self.save.isEnabled():
            self.save.setEnabled(False)
            self.save_asked.emit(name, self.with_prompt.isChecked())

    def _lay_out(self) -> None:
        line = in_row((self.name, 1), self.save, spacing=6)
        stacked(
            self.search,
            self._area,
            self._empty_label,
            self._no_match_label,
            horizontal_rule(),
            line,
            self._refusal,
            self.with_prompt,
            on=self,
            margins=EDGE,
            spacing=8,
        )


class _PresetRow(QWidget):
    """Row of a preset in the popup: a button with its name that becomes a text field for renaming."""

    chosen = Signal(str)
    renamed = Signal(str, str)
    delete_asked = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._name = name
        elided = QFontMetrics(theme.font(13)).elidedText(plain(name), Qt.TextElideMode.ElideRight, NAME_WIDTH)
        self.button = ActionButton(theme, elided, tooltip=name, role="section")
        self.button.setAccessibleName(plain(name))
        # Fields with other roles are higher than a row.
        self.field = TextLine(self.tr("New name"), text=name, role="value")
        self.field.setMaxLength(60)
        self.field.hide()
        self.rename = mark(theme, "pencil", self.tr("Rename {name}").format(name=plain(name)), size=13)
        self.remove = mark(theme, "trash-2", self.tr("Delete {name}").format(name=plain(name)), size=13)
        self.button.clicked.connect(lambda: self.chosen.emit(self._name))
        self.rename.clicked.connect(self._edit)
        self.remove.clicked.connect(lambda: self.delete_asked.emit(self._name))
        self.field.returnPressed.connect(self._commit)
        OnEscape(self.field, self._cancel)
        self.setFixedHeight(ROW)
        in_row((self.button, 1), (self.field, 1), self.rename, self.remove, on=self, spacing=2)

    def _edit(self) -> None:
        self.button.hide()
        self.field.show()
        self.field.setFocus()
        self.field.selectAll()

    def _cancel(self) -> None:
        self.field.setText(self._name)
        self.field.hide()
        self.button.show()

    def _commit(self) -> None:
        wanted = self.field.text().strip()
        if wanted == self._name:
            self._cancel()
        elif not self.field.isReadOnly():
            # The row disappears once the file is renamed. The name is kept in case it is refused.
            self.field.setReadOnly(True)
            self.renamed.emit(self._name, wanted)
