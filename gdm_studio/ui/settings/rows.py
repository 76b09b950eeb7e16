"""Rows of the settings page, each with a title, a description, a control and a reset button."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.preferences import SETTINGS, Preferences
from gdm_studio.ui.fuzzy_match import match_score
from gdm_studio.ui.settings.entries import Entry, Option, value_title
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import error_text, translate
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, horizontal_rule, label, mark, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import clear_layout, in_row, put_in_tab_order, stacked
from gdm_studio.ui.widgets.toggles import Switch

# Width of the control at the right.
CONTROL = 212
# Lowest score per typed word of a row that is found. Scattered letters in a sentence do not count.
MIN_SCORE = 2.5


class Row(QWidget):
    """Row of the Settings page for one preference, with title, description and input widget. It emits `changed(name,
    value)` when the user changes the value, and `restart_asked()` if the user wants it to take effect at once.

    The widget `below` is under the description, in full width. `line` is the separator above the row.
    """

    changed = Signal(str, object)
    restart_asked = Signal()

    def __init__(self, theme: Theme, entry: Entry, control: QWidget, *, below: QWidget | None = None) -> None:
        super().__init__()
        self.entry = entry
        self.control = control
        self.line = horizontal_rule()
        self._default = getattr(Preferences(), entry.name)
        self.title = entry.title
        self.description = entry.sentence
        self.sentence = wrapped(self.description)
        self.reset = mark(theme, "rotate-ccw", self.tr("Back to the default"), size=13, side=22)
        self.reset.setAccessibleName(self.tr("Reset {setting}").format(setting=self.title))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.clicked.connect(lambda: self.changed.emit(entry.name, self._default))
        title = label(self.title, "entry", buddy=control)
        control.setToolTip(self.description)
        self.restart = ActionButton(
            theme,
            translate("Row", "Restart now"),
            tooltip=translate("Row", "Close the window and open it again; a running job continues"),
            role="link",
        )
        self.restart.setAccessibleDescription(self.title)
        self.restart.clicked.connect(self.restart_asked)
        self.restart.hide()
        words = stacked(title, self.sentence, spacing=2)
        row = in_row((words, 1), (control, 0, Qt.AlignmentFlag.AlignVCenter), spacing=8)
        column = stacked(row, on=self, margins=(16, 12, 14, 12), spacing=8)
        if below is not None:
            column.addWidget(below)
        # The keyboard reaches the setting before the buttons beside it.
        for button in (self.reset, self.restart):
            row.insertWidget(1, button, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_value(self, value: Any) -> None:
        """Show the value of the preference. The reset button is visible if the value is not the default."""
        self.reset.setVisible(value != self._default)

    def fits(self, typed: str) -> bool:
        """Return True if the title or the description of the preference matches the search text."""
        return not typed or match_score(typed, self.title, self.description) > MIN_SCORE * len(typed.split())


class ChoiceRow(Row):
    """Row of the Settings page for a preference whose value is chosen from a list."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._choice_field = Combo(theme, name=entry.title)
        self._choice_field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._choice_field.setFixedWidth(CONTROL)
        super().__init__(theme, entry, self._choice_field)
        self._options: list[Option] = []
        self._value: Any = None
        self.set_options(entry.choices())
        self._choice_field.chosen.connect(lambda row: self.changed.emit(entry.name, self._options[int(row)][0]))

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace the values that the user can choose. The current value is added if the list does not contain it."""
        self._options = list(options)
        known = [value for value, _ in options]
        if self._value is not None and self._value not in known:
            self._options.append((self._value, value_title(self.entry.name, self._value)))
        self._choice_field.set_choices([Choice(str(place), title) for place, (_, title) in enumerate(self._options)])
        self._show()

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._value = value
        if value not in [known for known, _ in self._options]:
            self.set_options(self.entry.choices())
        self._show()

    def _show(self) -> None:
        places = [place for place, (value, _) in enumerate(self._options) if value == self._value]
        self._choice_field.set_choice(str(places[0]) if places else "")


class SwitchRow(Row):
    """Row of the Settings page for a preference that is switched on or off."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._switch = Switch(theme, name=entry.title)
        super().__init__(theme, entry, self._switch)
        self._switch.clicked.connect(lambda on: self.changed.emit(entry.name, on))

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._switch.setChecked(value)


class TextRow(Row):
    """Row of the Settings page for a preference that is typed, and applied on Enter or loss of focus.

    An invalid value is not applied, and an error is shown below the field.
    """

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._saved_text = ""
        self.edit = TextLine(entry.title)
        self.edit.setMinimumWidth(CONTROL)
        self.problem = wrapped(selectable=True)
        self.problem.setProperty("role", "danger")
        self.problem.hide()
        below = QWidget()
        stacked(self.edit, self.problem, on=below, spacing=6)
        super().__init__(theme, entry, QWidget(), below=below)
        self.control.hide()
        self.edit.setToolTip(self.description)
        self.edit.editingFinished.connect(self._apply)

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._saved_text = str(value)
        if not self.edit.hasFocus():
            self.edit.setText(value)
            self.problem.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        # The event is spontaneous if the window is minimised. The text is then kept.
        if not event.spontaneous():
            if self.edit.text() != self._saved_text:
                self._apply()
            # A text that was refused must not look like the setting when the page is opened again.
            self.edit.setText(self._saved_text)
            self.problem.hide()
        super().hideEvent(event)

    def _apply(self) -> None:
        text = self.edit.text().strip()
        problem = ""
        try:
            SETTINGS[self.entry.name].check(text)
        except BadRequest as error:
            problem = error_text(error)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if not problem:
            self.changed.emit(self.entry.name, text)


class PatternRow(Row):
    """Row of the Settings page for the pattern of file names, with an example of a name below it."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._saved_text = ""
        self.edit = TextLine(entry.title)
        self.edit.setMinimumWidth(CONTROL)
        self.example = wrapped(selectable=True)
        below = QWidget()
        stacked(self.edit, self.example, on=below, spacing=6)
        super().__init__(theme, entry, QWidget(), below=below)
        self.control.hide()
        self.edit.setToolTip(self.description)
        self.edit.textEdited.connect(lambda text: self.changed.emit(entry.name, text.strip()))

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._saved_text = str(value)
        if self.edit.text() != value and not self.edit.hasFocus():
            self.edit.setText(value)

    def hideEvent(self, event: QHideEvent) -> None:
        # The event is spontaneous if the window is minimised. The pattern is then kept.
        if not event.spontaneous():
            # A pattern that was refused must not look like the setting when the page is opened again.
            self.edit.setText(self._saved_text)
        super().hideEvent(event)

    def show_example(self, name: str, problem: str = "") -> None:
        """Show the file name that the next image will get, or the error in the pattern."""
        self.example.setText(problem or self.tr("Next file: {name}").format(name=name))
        self.example.setProperty("role", "danger" if problem else "muted")
        self.example.style().unpolish(self.example)
        self.example.style().polish(self.example)


class LibraryRow(Row):
    """Row of the Settings page with the path of the pictures folder. Its buttons emit `move_asked()`, `stop_asked()`
    (to stop a move) and `open_asked()`.
    """

    move_asked = Signal()
    stop_asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self.move_button = ActionButton(
            theme,
            translate("LibraryRow", "Move…"),
            tooltip=translate("LibraryRow", "Move all pictures to another folder"),
        )
        show = ActionButton(
            theme,
            translate("LibraryRow", "Show"),
            tooltip=translate("LibraryRow", "Open the folder"),
            name="folder-open",
        )
        self.folder = ElidedLabel("", "path")
        self.progress = label("", "muted")
        self.stop = ActionButton(
            theme,
            translate("LibraryRow", "Stop"),
            tooltip=translate("LibraryRow", "Leave the pictures in the current folder"),
            role="link",
        )
        self._progress_row = _side_by_side(self.progress, self.stop)
        self._progress_row.hide()
        below = QWidget()
        stacked(self.folder, (self._progress_row, 0, Qt.AlignmentFlag.AlignLeft), on=below, spacing=4)
        super().__init__(theme, entry, _side_by_side(show, self.move_button), below=below)
        self.reset.hide()
        self.move_button.clicked.connect(self.move_asked)
        self.stop.clicked.connect(self.stop_asked)
        show.clicked.connect(self.open_asked)

    def set_value(self, value: Any) -> None:
        """Do nothing, because the folder is shown by `show_folder` instead."""

    def show_folder(self, folder: str) -> None:
        self.folder.setText(folder)

    def show_progress(self, text: str) -> None:
        """Show a message about the progress of moving the pictures folder. "" hides it."""
        self.progress.setText(text)
        self._progress_row.setVisible(bool(text))
        self.move_button.setEnabled(not text)


class FoldersRow(Row):
    """Row of the Settings page with the folders that are searched for models. It emits `add_asked()`, and
    `open_asked()` for the default folder.
    """

    add_asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._theme = theme
        self._default_folder = ""
        add = ActionButton(
            theme,
            translate("FoldersRow", "Add…"),
            tooltip=translate("FoldersRow", "Search another folder for models"),
            name="plus",
        )
        show = ActionButton(
            theme,
            translate("FoldersRow", "Show"),
            tooltip=translate("FoldersRow", "Open the default models folder"),
            name="folder-open",
        )
        self._below = QWidget()
        self._lines = stacked(on=self._below, spacing=2)
        super().__init__(theme, entry, _side_by_side(show, add), below=self._below)
        add.clicked.connect(self.add_asked)
        show.clicked.connect(self.open_asked)

    def set_usual(self, folder: str) -> None:
        self._default_folder = folder

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        clear_layout(self._lines)
        self._lines.addWidget(_create_path_label(self._default_folder))
        for folder in value:
            self._lines.addWidget(self._create_line(folder, value))
        put_in_tab_order(self._below, after=self.control)

    def _create_line(self, folder: str, folders: Sequence[str]) -> QWidget:
        remove = mark(self._theme, "x", self.tr("Remove from the list; the files stay"), size=13, side=22)
        remove.setAccessibleName(plain(self.tr("Remove {folder}").format(folder=folder)))
        rest = tuple(other for other in folders if other != folder)
        remove.clicked.connect(lambda: self.changed.emit(self.entry.name, rest))
        line = QWidget()
        in_row((_create_path_label(folder), 1), remove, on=line)
        return line


def _create_path_label(folder: str) -> ElidedLabel:
    path_label = ElidedLabel(paths.display_path(Path(folder)), "path")
    path_label.setMinimumHeight(22)
    path_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return path_label


def _side_by_side(*buttons: QWidget) -> QWidget:
    group = QWidget()
    in_row(*buttons, on=group, spacing=8)
    return group
