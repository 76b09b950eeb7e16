"""The dialog for exporting pictures: the form, its few settings, a preview of what will be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdm_studio.errors import BadRequest
from gdm_studio.preferences import Preferences
from gdm_studio.ui.exporting.preview import Preview
from gdm_studio.ui.folders import FolderDialog
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, Labelled, Segmented, label, rule
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.text_line import TextLine
from gdm_studio.ui.widgets.tick import Tick

if TYPE_CHECKING:
    from gdm_studio.gallery.export import Format

SIZES = (64, 128, 256, 512, 1024)
FIRST_SIZE = 512
NO_GROUND = Choice("none", "Transparent")
GROUNDS = [Choice("#ffffff", "White"), Choice("#000000", "Black"), Choice("other", "Another colour")]
WIDTH = 316  # of the settings
SUMMARY = 30  # height of what a format is for: two lines


@dataclass(frozen=True)
class Bundle:
    """A way to take the files themselves along, all together, beside the formats a picture is converted to."""

    id: str
    title: str
    summary: str
    keeps_metadata: bool = True
    sized: bool = False
    ground: str = "none"
    named: bool = True  # whether the pattern of names matters to it


BUNDLES = {
    bundle.id: bundle
    for bundle in (
        Bundle("copies", "As they are", "Copies of the files, under names of your own"),
        Bundle("zip", "ZIP", "The files in one archive, with a list of all their settings"),
        Bundle("sheet", "Contact sheet", "All on one page, each with its prompt and seed", False, named=False),
    )
}


@dataclass(frozen=True)
class Wish:
    """What is set in the dialog."""

    form: str
    size: int
    background: tuple[int, int, int] | None
    metadata: bool
    credits: bool
    folder: Path
    pattern: str = Preferences.name_pattern


class ExportDialog(FolderDialog):
    """Parts: `preview`, `form`, `pixels`, `ground`, `metadata`, `credits`, `pattern`, `run`. `name_of(pattern)` is what
    the first file would be called.

    Signals: `changed()` whenever the preview may look different, `asked()` to export, `copy_asked()` the credit.
    Setters: `set_busy(words)`, `show_problem(sentence)`, `set_wish(wish)`. Reader: `wish()`.
    """

    changed = Signal()
    copy_asked = Signal()

    def __init__(
        self, theme: Theme, forms: Mapping[str, Format], *, what: str, credited: bool, folder: Path, parent: QWidget,
        name_of: Callable[[str], str] = str,
    ) -> None:  # fmt: skip
        super().__init__(theme, "Export", what, folder, parent)
        self._forms: dict[str, Format | Bundle] = {**forms, **BUNDLES}
        self._credited, self._name_of = credited, name_of
        self.preview = Preview(theme)
        self.form = Combo(theme, name="Format")
        self.form.set_choices(
            [Choice(form.id, form.title, form.summary, "Each one anew") for form in forms.values()]
            + [Choice(bundle.id, bundle.title, bundle.summary, "The files themselves") for bundle in BUNDLES.values()]
        )
        sizes = [Choice(str(size), str(size), f"{size} pixels on the longer side") for size in SIZES]
        self.pixels = Segmented(theme, sizes, name="Size")
        self.pixels.set_choice(str(FIRST_SIZE))
        self.ground = Combo(theme, name="Background")
        self.colour = TextLine("Colour of the background", text="#f2b35c")
        self.colour.setMaximumWidth(110)
        self.metadata = Tick(theme, "Say in the file how it was made", tooltip="Prompt, seed and settings")
        self.metadata.setChecked(True)
        self.credits = Tick(theme, "Include CREDITS.txt", tooltip="Whose drawings the model learned from")
        self._copy = ActionButton(theme, "Copy credit", tooltip="The same, to paste where it is shown", role="link")
        self.pattern = TextLine("Names of the files", text=Preferences.name_pattern)
        self._example = ElidedLabel("", "hint")
        self._lay_out()
        self._connect()
        self._adapt()

    def wish(self) -> Wish:
        return Wish(
            form=self.form.choice(), size=int(self.pixels.choice()), background=self._background(),
            metadata=self.metadata.isChecked(), credits=self.credits.isChecked(),
            folder=self.folder, pattern=self.pattern.text().strip() or Preferences.name_pattern,
        )  # fmt: skip

    def set_wish(self, wish: Wish) -> None:
        """As it was set the last time. Raises ValueError for a size or a colour that there is not."""
        levels = wish.background or ()
        if not all(0 <= level <= 255 for level in levels):
            raise ValueError(f"{levels} is no colour")
        ground = QColor(*levels).name()
        self.pixels.set_choice(str(wish.size))
        self.form.set_choice(wish.form)
        self._adapt()
        if wish.background:
            self.colour.setText(ground)
            self.ground.set_choice("other")
        self.ground.set_choice(ground if wish.background else "none")  # one that is not listed changes nothing
        self.metadata.setChecked(wish.metadata)
        self.credits.setChecked(wish.credits)
        self.pattern.setText(wish.pattern)
        self.set_folder(wish.folder)
        self._adapt()

    def set_busy(self, words: str) -> None:
        """While files are written `words` say how far it is; with "" everything can be set again."""
        ticks = (self.metadata, self.credits)
        self.hold(words, self.form, self.pixels, self.ground, self.colour, *ticks, self.pattern)

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
        self._named.setVisible(not isinstance(form, Bundle) or form.named)
        self._show_example()
        self.changed.emit()

    def _show_example(self) -> None:
        """What the first file will be called, or what is wrong with the pattern."""
        name, problem = "", ""
        try:
            name = self._name_of(self.wish().pattern)
        except BadRequest as error:
            problem = str(error)
        self._example.setText(name)
        self.show_problem(problem)
        self.run.setEnabled(not problem)

    def _connect(self) -> None:
        self.form.chosen.connect(self._adapt)
        self.ground.chosen.connect(self._adapt)
        self.pixels.chosen.connect(self._adapt)
        self.colour.textEdited.connect(self._adapt)
        self.pattern.textEdited.connect(self._show_example)
        self._copy.clicked.connect(self.copy_asked)

    def _lay_out(self) -> None:
        self._sized = Labelled("Size, pixels", self.pixels)
        backgrounds = QWidget()
        in_row((self.ground, 1), self.colour, on=backgrounds, spacing=8)
        self._grounded = Labelled("Background", backgrounds)
        head = in_row(label("Export", "title"), (self._what, 1), spacing=8)
        names = QWidget()
        stacked(self.pattern, self._example, on=names, spacing=5)
        self._named = Labelled("Names", names)
        right = QWidget()
        stacked(
            head, stacked(Labelled("Format", self.form), self._summary, spacing=2), self._sized, self._grounded, rule(),
            self.metadata, _beside(self.credits, self._copy), self._named, *self.foot(), on=right, spacing=10,
        )
        self._summary.setFixedHeight(SUMMARY)
        right.setFixedSize(WIDTH, right.sizeHint().height())  # with all there is: it does not jump between formats
        row = in_row((self.preview, 0, Qt.AlignmentFlag.AlignTop), right, on=self, margins=(20, 16, 20, 16), spacing=24)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self.run.setFocus()


def _beside(left: QWidget, right: QWidget) -> QHBoxLayout:
    return in_row(left, ..., right, spacing=8)
