"""Rows of the settings page: a name, a sentence, a mark that puts the default back, and the control."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio import paths
from gdm_studio.preferences import Preferences
from gdm_studio.ui.fuzzy import fit
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.settings.entries import NAMES, Entry, Option
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, label, mark, rule, wrapped
from gdm_studio.ui.widgets.layouts import empty, in_row, stacked
from gdm_studio.ui.widgets.switch import Switch
from gdm_studio.ui.widgets.text_line import TextLine

CONTROL = 212  # width of what stands at the right
WELL = 2.5  # a word that a row is found by: in a sentence, letters here and there mean nothing


class Row(QWidget):
    """One setting. Signals: `changed(str, object)`, its name and value, by people. Setter: `set_value(value)`.

    `below` goes under the sentence, over the whole width; `line` parts the row from the one before.
    """

    changed = Signal(str, object)

    def __init__(self, theme: Theme, entry: Entry, control: QWidget, *, below: QWidget | None = None) -> None:
        super().__init__()
        self.entry, self.control, self.line = entry, control, rule()
        self._default = getattr(Preferences(), entry.name)
        self.sentence = wrapped(entry.sentence)
        self.reset = mark(theme, "rotate-ccw", "Back to the default", size=13, side=22)
        self.reset.setAccessibleName(f"Reset {entry.title.lower()}")
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.clicked.connect(lambda: self.changed.emit(entry.name, self._default))
        title = label(entry.title, "entry", buddy=control)
        control.setToolTip(entry.sentence)
        words = stacked(title, self.sentence, spacing=2)
        row = in_row(
            (words, 1), (self.reset, 0, Qt.AlignmentFlag.AlignVCenter), (control, 0, Qt.AlignmentFlag.AlignVCenter),
            spacing=8,
        )
        column = stacked(row, on=self, margins=(16, 12, 14, 12), spacing=8)
        if below is not None:
            column.addWidget(below)

    def set_value(self, value: Any) -> None:
        """Shows a value; the mark shows where it is not the default."""
        self.reset.setVisible(value != self._default)

    def fits(self, typed: str) -> bool:
        """Whether the row is one that is searched for."""
        return not typed or fit(typed, self.entry.title, self.entry.sentence) > WELL * len(typed.split())


class ChoiceRow(Row):
    """One of a few values."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._box = Combo(theme, name=entry.title)
        self._box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._box.setFixedWidth(CONTROL)
        super().__init__(theme, entry, self._box)
        self._options: list[Option] = []
        self._value: Any = None
        self.set_options(entry.options)
        self._box.chosen.connect(lambda row: self.changed.emit(entry.name, self._options[int(row)][0]))

    def set_options(self, options: Sequence[Option]) -> None:
        """Other values to choose from; one that is set though it is not among them is added."""
        self._options = list(options)
        known = [value for value, _ in options]
        if self._value is not None and self._value not in known:
            self._options.append((self._value, NAMES.get(self.entry.name, str)(self._value)))
        self._box.set_choices([Choice(str(place), title) for place, (_, title) in enumerate(self._options)])
        self._show()

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._value = value
        if value not in [known for known, _ in self._options]:
            self.set_options(self.entry.options)
        self._show()

    def _show(self) -> None:
        places = [place for place, (value, _) in enumerate(self._options) if value == self._value]
        self._box.set_choice(str(places[0]) if places else "")


class SwitchRow(Row):
    """On or off."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._switch = Switch(theme, name=entry.title)
        super().__init__(theme, entry, self._switch)
        self._switch.clicked.connect(lambda on: self.changed.emit(entry.name, on))

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._switch.setChecked(value)


class PatternRow(Row):
    """A line of text, with an example of what it makes below."""

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self.edit = TextLine(entry.title)
        self.edit.setMinimumWidth(CONTROL)
        self.example = wrapped(selectable=True)
        below = QWidget()
        stacked(self.edit, self.example, on=below, spacing=6)
        super().__init__(theme, entry, QWidget(), below=below)
        self.control.hide()
        self.edit.setToolTip(entry.sentence)
        self.edit.textEdited.connect(lambda text: self.changed.emit(entry.name, text.strip()))

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        if self.edit.text() != value and not self.edit.hasFocus():
            self.edit.setText(value)

    def show_example(self, name: str, problem: str = "") -> None:
        """The name that the next picture would have, or what is wrong with the pattern."""
        self.example.setText(problem or f"The next one: {name}")
        self.example.setProperty("role", "danger" if problem else "muted")
        self.example.style().unpolish(self.example)
        self.example.style().polish(self.example)


class LibraryRow(Row):
    """The folder of the pictures. Signals: `move_asked()`, `stop_asked()`, `open_asked()`."""

    move_asked = Signal()
    stop_asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self.move_button = ActionButton(theme, "Move…", tooltip="Take all pictures to another folder")
        show = ActionButton(theme, "Show", tooltip="Open the folder", name="folder-open")
        self.folder = ElidedLabel("", "path")
        self.progress = label("", "muted")
        self.stop = ActionButton(theme, "Stop", tooltip="Leave the pictures where they are", role="link")
        self._moving = _side_by_side(self.progress, self.stop)
        self._moving.hide()
        below = QWidget()
        stacked(self.folder, (self._moving, 0, Qt.AlignmentFlag.AlignLeft), on=below, spacing=4)
        super().__init__(theme, entry, _side_by_side(show, self.move_button), below=below)
        self.reset.hide()
        self.move_button.clicked.connect(self.move_asked)
        self.stop.clicked.connect(self.stop_asked)
        show.clicked.connect(self.open_asked)

    def set_value(self, value: Any) -> None:
        """Which folder it is, the page says: `show_folder`."""

    def show_folder(self, folder: str) -> None:
        self.folder.setText(folder)

    def show_progress(self, text: str) -> None:
        """How far moving is; "" when nothing moves."""
        self.progress.setText(text)
        self._moving.setVisible(bool(text))
        self.move_button.setEnabled(not text)


class FoldersRow(Row):
    """A list of folders. Signals: `add_asked()`, `open_asked()` the usual one."""

    add_asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, entry: Entry) -> None:
        self._theme = theme
        self._usual = ""
        add = ActionButton(theme, "Add…", tooltip="Look for models in another folder too", name="plus")
        show = ActionButton(theme, "Show", tooltip="Open the usual models folder", name="folder-open")
        below = QWidget()
        self._lines = stacked(on=below, spacing=2)
        super().__init__(theme, entry, _side_by_side(show, add), below=below)
        add.clicked.connect(self.add_asked)
        show.clicked.connect(self.open_asked)

    def set_usual(self, folder: str) -> None:
        self._usual = folder

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        empty(self._lines)
        self._lines.addWidget(_path(self._usual))
        for folder in value:
            self._lines.addWidget(self._line(folder, value))

    def _line(self, folder: str, folders: Sequence[str]) -> QWidget:
        remove = mark(self._theme, "x", "Look there no longer; its files stay", size=13, side=22)
        remove.setAccessibleName(plain(f"Remove {folder}"))
        rest = tuple(other for other in folders if other != folder)
        remove.clicked.connect(lambda: self.changed.emit(self.entry.name, rest))
        line = QWidget()
        in_row((_path(folder), 1), remove, on=line)
        return line


def _path(folder: str) -> ElidedLabel:
    shown = ElidedLabel(paths.shown(Path(folder)), "path")
    shown.setMinimumHeight(22)
    shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return shown


def _side_by_side(*buttons: QWidget) -> QWidget:
    group = QWidget()
    in_row(*buttons, on=group, spacing=8)
    return group
