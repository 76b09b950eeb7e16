"""The dialog for exporting pictures: the form, its few settings, a preview of what will be written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gdm_studio.ui.export_preview import Preview
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, Labelled, Segmented, label, rule
from gdm_studio.ui.widgets.tick import Tick

if TYPE_CHECKING:
    from gdm_studio.gallery.export import Format

SIZES = (64, 128, 256, 512, 1024)
FIRST_SIZE = 512
NO_GROUND = Choice("none", "None, stays transparent")
GROUNDS = [Choice("#ffffff", "White"), Choice("#000000", "Black"), Choice("other", "Another colour")]
WIDTH = 316  # of the settings


@dataclass(frozen=True)
class Wish:
    """What is set in the dialog."""

    form: str
    size: int
    background: tuple[int, int, int] | None
    metadata: bool
    credits: bool
    folder: Path


class ExportDialog(QDialog):
    """Parts: `preview`, `form`, `pixels`, `ground`, `metadata`, `credits`, `run`.

    Signals: `changed()` whenever the preview may look different, `asked()` to export, `copy_asked()` the credit.
    Setters: `set_busy(words)`, `show_problem(sentence)`, `set_wish(wish)`. Reader: `wish()`.
    """

    changed = Signal()
    asked = Signal()
    copy_asked = Signal()

    def __init__(
        self, theme: Theme, forms: dict[str, Format], *, what: str, credited: bool, folder: Path, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._forms, self._folder, self._credited = forms, folder, credited
        self.setWindowTitle("Export")
        self.preview = Preview(theme)
        self._what = ElidedLabel(what, "muted")
        self.form = Combo(theme, name="Format")
        self.form.set_choices([Choice(form.id, form.title, form.summary) for form in forms.values()])
        self._summary = label("", "hint")
        self._summary.setWordWrap(True)
        sizes = [Choice(str(size), str(size), f"{size} pixels on the longer side") for size in SIZES]
        self.pixels = Segmented(theme, sizes, name="Size")
        self.pixels.set_choice(str(FIRST_SIZE))
        self.ground = Combo(theme, name="Background")
        self.colour = QLineEdit("#f2b35c")
        self.colour.setAccessibleName("Colour of the background")
        self.colour.setMaximumWidth(110)
        self.metadata = Tick(theme, "Say in the file how it was made", tooltip="Prompt, seed and settings")
        self.metadata.setChecked(True)
        self.credits = Tick(theme, "Include CREDITS.txt", tooltip="Whose drawings the model learned from")
        self._copy = ActionButton(theme, "Copy credit", tooltip="The same, to paste where it is shown", role="link")
        self._place = ElidedLabel(str(folder), "muted")
        self._choose = ActionButton(theme, "Choose…", tooltip="Another folder", name="folder-open")
        self._problem = label("", "hint")
        self._problem.setWordWrap(True)
        self._cancel = ActionButton(theme, "Cancel", tooltip="Close without exporting (Esc)")
        self.run = ActionButton(theme, "Export", tooltip="Write the files (Enter)", role="primary")
        self._lay_out()
        self._connect()
        self._adapt()

    def wish(self) -> Wish:
        return Wish(
            form=self.form.choice(),
            size=int(self.pixels.choice()),
            background=self._background(),
            metadata=self.metadata.isChecked(),
            credits=self._credited and self.credits.isChecked(),
            folder=self._folder,
        )

    def set_wish(self, wish: Wish) -> None:
        """As it was set the last time."""
        self.form.set_choice(wish.form)
        self.pixels.set_choice(str(wish.size))
        self.metadata.setChecked(wish.metadata)
        self.credits.setChecked(wish.credits)
        self._set_folder(wish.folder)
        self._adapt()

    def set_busy(self, words: str) -> None:
        """While files are written `words` say how far it is; with "" everything can be set again."""
        busy = bool(words)
        self.run.setText(words or "Export")
        self._cancel.setText("Stop" if busy else "Cancel")
        self.run.setEnabled(not busy)
        for part in (self.form, self.pixels, self.ground, self.colour, self.metadata, self.credits, self._choose):
            part.setEnabled(not busy)

    def show_problem(self, sentence: str) -> None:
        """What went wrong, above the buttons; nothing with ""."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run.click()
        else:
            super().keyPressEvent(event)

    def _background(self) -> tuple[int, int, int] | None:
        form, choice = self._forms[self.form.choice()], self.ground.choice()
        colour = QColor(self.colour.text().strip() if choice == "other" else choice)
        if form.ground == "none" or choice == "none" or not colour.isValid():
            return None
        return colour.red(), colour.green(), colour.blue()

    def _adapt(self) -> None:
        """Shows what the format has use for."""
        form = self._forms[self.form.choice()]
        self._summary.setText(f"{form.summary}.")
        self._sized.setVisible(form.sized)
        self.ground.set_choices(GROUNDS if form.ground == "must" else [NO_GROUND, *GROUNDS])
        self._grounded.setVisible(form.ground != "none")
        self.colour.setVisible(self.ground.choice() == "other")
        self.metadata.setVisible(form.keeps_metadata)
        self.credits.setVisible(self._credited)
        self._copy.setVisible(self._credited)
        self.show_problem("")
        self.changed.emit()

    def _connect(self) -> None:
        self.form.chosen.connect(self._adapt)
        self.ground.chosen.connect(self._adapt)
        self.pixels.chosen.connect(self._adapt)
        self.colour.textEdited.connect(self._adapt)
        self.run.clicked.connect(self.asked)
        self._cancel.clicked.connect(self.reject)
        self._copy.clicked.connect(self.copy_asked)
        self._choose.clicked.connect(self._choose_folder)

    def _choose_folder(self) -> None:
        chooser = QFileDialog(self, "Folder for exported pictures", str(self._folder))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda chosen: self._set_folder(Path(chosen)))
        chooser.open()

    def _set_folder(self, folder: Path) -> None:
        self._folder = folder
        self._place.setText(str(folder))

    def _lay_out(self) -> None:
        self._sized = Labelled("Size, pixels", self.pixels)
        backgrounds = QWidget()
        ground = QHBoxLayout(backgrounds)
        ground.setContentsMargins(0, 0, 0, 0)
        ground.setSpacing(8)
        ground.addWidget(self.ground, 1)
        ground.addWidget(self.colour)
        self._grounded = Labelled("Background", backgrounds)
        place = QWidget()
        folder = QHBoxLayout(place)
        folder.setContentsMargins(0, 0, 0, 0)
        folder.setSpacing(8)
        folder.addWidget(self._place, 1)
        folder.addWidget(self._choose)
        settings = QVBoxLayout()
        settings.setSpacing(14)
        settings.addLayout(_stacked(label("Export", "title"), self._what, spacing=3))
        settings.addLayout(_stacked(Labelled("Format", self.form), self._summary, spacing=6))
        for part in (self._sized, self._grounded):
            settings.addWidget(part)
        settings.addWidget(rule())
        settings.addWidget(self.metadata)
        settings.addLayout(_beside(self.credits, self._copy))
        settings.addWidget(Labelled("Folder", place))
        settings.addStretch()
        settings.addWidget(self._problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.run)
        settings.addLayout(buttons)
        right = QWidget()
        right.setLayout(settings)
        right.setFixedWidth(WIDTH)
        settings.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 20, 20, 20)
        row.setSpacing(24)
        row.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(right)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)  # it does not jump from format to format
        self.run.setFocus()


def _stacked(*parts: QWidget, spacing: int) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(spacing)
    for part in parts:
        column.addWidget(part)
    return column


def _beside(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(left)
    row.addStretch()
    row.addWidget(right)
    return row
