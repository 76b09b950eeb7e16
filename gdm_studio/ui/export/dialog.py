"""Dialog for exporting images: format, settings and a preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.preferences import Preferences
from gdm_studio.ui.export.preview import Preview
from gdm_studio.ui.folder_dialogs import FolderDialog
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import error_text, translate
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, Labelled, horizontal_rule, label
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import in_row, scrolled, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow
from gdm_studio.ui.widgets.toggles import CheckBox

if TYPE_CHECKING:
    from gdm_studio.gallery.export import Format

SIZES = (64, 128, 256, 512, 1024)
FIRST_SIZE = 512
# Factors by which an export enlarges a picture. Their choices have the id "x2" and so on.
FACTORS = (2, 4)
# Ids and titles of the backgrounds.
NO_GROUND = ("none", QT_TRANSLATE_NOOP("ExportDialog", "Transparent"))
GROUNDS = (
    ("#ffffff", QT_TRANSLATE_NOOP("ExportDialog", "White")),
    ("#000000", QT_TRANSLATE_NOOP("ExportDialog", "Black")),
    ("other", QT_TRANSLATE_NOOP("ExportDialog", "Another colour")),
)
# Ids, titles and descriptions of the outlines of flat images, the default first.
AUTO_OUTLINE = "auto"
OUTLINES = (
    (
        AUTO_OUTLINE,
        QT_TRANSLATE_NOOP("ExportDialog", "As needed"),
        QT_TRANSLATE_NOOP("ExportDialog", "Around pale parts, if they make up much of the edge; never in icon sets"),
    ),
    (
        "pale",
        QT_TRANSLATE_NOOP("ExportDialog", "Pale parts"),
        QT_TRANSLATE_NOOP("ExportDialog", "In a darker tone of their colour"),
    ),
    (
        "all",
        QT_TRANSLATE_NOOP("ExportDialog", "Everything"),
        QT_TRANSLATE_NOOP("ExportDialog", "A dark line around the subject"),
    ),
    ("none", QT_TRANSLATE_NOOP("ExportDialog", "No outline"), ""),
)
# Value of the slider for colours that stands for as many as the image needs.
AS_NEEDED = 1
# Width of the settings.
WIDTH = 316
# Height of the frame that the system may draw around the dialog.
FRAME = 48
# Margins above and below the settings.
MARGIN = 16
# Height of the summary of a format: two lines.
SUMMARY = 30


@dataclass(frozen=True)
class Bundle:
    """Way to export several image files together, for example as a ZIP file. The export dialog lists it together with
    the image formats.
    """

    id: str
    title: str
    summary: str
    keeps_metadata: bool = True
    sized: bool = False
    ground: str = "none"
    # True if the files are named by the file name pattern.
    named: bool = True
    # True if the images are always reduced to flat colours.
    is_flat: bool = False
    # True if all files are written together after the last image, so that a stopped export leaves none.
    is_atomic: bool = True


BUNDLES = {
    bundle.id: bundle
    for bundle in (
        Bundle(
            "copies",
            QT_TRANSLATE_NOOP("ExportDialog", "Original files"),
            QT_TRANSLATE_NOOP("ExportDialog", "Copies of the files, under names of your own"),
            is_atomic=False,
        ),
        Bundle(
            "zip",
            QT_TRANSLATE_NOOP("ExportDialog", "ZIP"),
            QT_TRANSLATE_NOOP("ExportDialog", "The files in one archive, with a list of all their settings"),
        ),
        Bundle(
            "iconset",
            QT_TRANSLATE_NOOP("ExportDialog", "Icon set"),
            QT_TRANSLATE_NOOP(
                "ExportDialog",
                "For apps: SVG, PNG, .ico, .icns, a sprite, a sheet and credits",
            ),
            keeps_metadata=False,
            named=False,
            is_flat=True,
        ),
        Bundle(
            "sheet",
            QT_TRANSLATE_NOOP("ExportDialog", "Contact sheet"),
            QT_TRANSLATE_NOOP("ExportDialog", "All on one page, each with its prompt and seed"),
            keeps_metadata=False,
            named=False,
        ),
    )
}


@dataclass(frozen=True)
class ExportSettings:
    """Settings of an export that the user chose in the dialog, such as format, size and folder."""

    form: str
    # Longer side in pixels. It is ignored if there is a factor.
    size: int
    background: tuple[int, int, int] | None
    metadata: bool
    credits: bool
    folder: Path
    pattern: str = Preferences.name_pattern
    # One of FACTORS, or 0 for an export of a fixed size.
    factor: int = 0
    # Name of an upscaler from a file, "" for the built-in one.
    upscaler: str = ""
    # True for flat colours in formats that do not need them. `colours` is their greatest number, or AS_NEEDED.
    flat: bool = False
    colours: int = AS_NEEDED
    smoothing: float = 1.0
    # The id of one of OUTLINES. Earlier versions saved True for "all" and False for none.
    outline: str | bool = AUTO_OUTLINE

    def outline_id(self) -> str:
        """Return the id of the outline, one of OUTLINES."""
        if isinstance(self.outline, bool):
            return "all" if self.outline else AUTO_OUTLINE
        return self.outline


class ExportDialog(FolderDialog):
    """Dialog for choosing the format, size and folder of an export. `name_of(settings)` returns the name of the
    first file.
    """

    # A setting changed, so the preview may look different.
    changed = Signal()
    # Copy the credit to the clipboard.
    copy_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        forms: Mapping[str, Format],
        *,
        what: str,
        credited: bool,
        folder: Path,
        parent: QWidget,
        name_of: Callable[[ExportSettings], str] = attrgetter("pattern"),
        upscalers: Sequence[str] = (),
    ) -> None:
        super().__init__(theme, translate("ExportDialog", "Export"), what, folder, parent)
        self._forms: dict[str, Format | Bundle] = {**forms, **BUNDLES}
        self._has_credits = credited
        # The id of the background that the user chose, also while the format rules it out.
        self._chosen_ground = NO_GROUND[0]
        self._name_of = name_of
        self.preview = Preview(theme)
        self.form = Combo(theme, name=self.tr("Format"))
        self.pixels = Combo(theme, name=self.tr("Size"))
        self.upscaler = Combo(
            theme, name=self.tr("Upscaler"), tooltip=self.tr("Enlarges pictures that are smaller than the chosen size")
        )
        self._has_upscalers = bool(upscalers)
        self.ground = Combo(theme, name=self.tr("Background"))
        self.colour = TextLine(self.tr("Colour of the background"), text="#f2b35c")
        self.colour.setMaximumWidth(110)
        self.flat = CheckBox(
            theme, self.tr("Flat colours"), tooltip=self.tr("Each area in one colour, as a designer draws icons")
        )
        self.outline = Combo(
            theme,
            name=self.tr("Outline"),
            tooltip=self.tr("A line along the edge, so that pale subjects are seen on a pale page"),
        )
        self.colours = SliderRow(
            theme,
            title=self.tr("Colours"),
            low=AS_NEEDED,
            high=16,
            default=AS_NEEDED,
            least=self.tr("as needed"),
            tooltip=self.tr("Fewer colours give fewer shapes and a smaller file"),
        )
        self.smoothing = SliderRow(
            theme,
            title=self.tr("Smoothing"),
            low=0,
            high=4,
            default=1,
            decimals=1,
            step=0.1,
            tooltip=self.tr("Rounds the borders of areas, in pixels of a picture of 256"),
        )
        self.metadata = CheckBox(theme, self.tr("Embed prompt and settings"))
        self.metadata.setChecked(True)
        self.credits = CheckBox(
            theme, self.tr("Include CREDITS.txt"), tooltip=self.tr("Authors of the model's training drawings")
        )
        self._copy_button = ActionButton(
            theme, self.tr("Copy credit"), tooltip=self.tr("Copy the credit to the clipboard"), role="link"
        )
        self.pattern = TextLine(self.tr("File name"), text=Preferences.name_pattern)
        self._example = ElidedLabel("", "hint")
        self._fill_menus(forms, upscalers)
        self._lay_out()
        self._connect()
        self._adapt()

    def _fill_menus(self, forms: Mapping[str, Format], upscalers: Sequence[str]) -> None:
        kinds = (
            ("ExportFormat", self.tr("Convert to"), forms.values()),
            ("ExportDialog", self.tr("Originals"), BUNDLES.values()),
        )
        self.form.set_choices(
            [
                Choice(each.id, translate(context, each.title), translate(context, each.summary), group)
                for context, group, entries in kinds
                for each in entries
            ]
        )
        hint = self.tr("{size} pixels on the longer side")
        pixels = self.tr("{size} pixels")
        sizes = [Choice(str(size), pixels.format(size=size), hint.format(size=size)) for size in SIZES]
        times = self.tr("{factor} × the picture")
        hint = self.tr("{factor} times as wide and high")
        factors = [Choice(f"x{each}", times.format(factor=each), hint.format(factor=each)) for each in FACTORS]
        self.pixels.set_choices(sizes + factors)
        self.pixels.set_choice(str(FIRST_SIZE))
        built_in = Choice("", self.tr("Built in"), self.tr("Quick, and keeps transparency"))
        self.upscaler.set_choices([built_in, *(Choice(name, name) for name in upscalers)])
        self.outline.set_choices(
            [
                Choice(each, translate("ExportDialog", title), translate("ExportDialog", summary))
                for each, title, summary in OUTLINES
            ]
        )

    def settings(self) -> ExportSettings:
        size = self.pixels.choice()
        factor = int(size[1:]) if size.startswith("x") else 0
        return ExportSettings(
            form=self.form.choice(),
            size=FIRST_SIZE if factor else int(size),
            background=self._background(),
            metadata=self.metadata.isChecked(),
            credits=self.credits.isChecked(),
            folder=self.folder,
            pattern=self.pattern.text().strip() or Preferences.name_pattern,
            factor=factor,
            upscaler=self.upscaler.choice(),
            flat=self.flat.isChecked(),
            colours=int(self.colours.value()),
            smoothing=round(self.smoothing.value(), 1),
            outline=self.outline.choice(),
        )

    def chosen_settings(self) -> ExportSettings:
        """Return the settings as the user chose them, to be saved for later exports. They include a background that the
        format rules out.
        """
        return replace(self.settings(), background=self._colour_of(self._chosen_ground))

    def set_form(self, form: str) -> None:
        """Select a format by its id."""
        self.form.set_choice(form)
        self._adapt()

    def set_settings(self, settings: ExportSettings) -> None:
        """Fill the dialog with saved settings. Raises ValueError for an unknown size or an invalid colour."""
        levels = settings.background or ()
        if not all(0 <= level <= 255 for level in levels):
            raise ValueError(f"{levels} is no colour")
        ground = QColor(*levels).name()
        size = f"x{settings.factor}" if settings.factor else str(settings.size)
        if not self.pixels.offers(size):
            raise ValueError(f"{size} is no size")
        self.pixels.set_choice(size)
        # An upscaler whose file was removed is replaced by the built-in one.
        self.upscaler.set_choice(settings.upscaler)
        self.form.set_choice(settings.form)
        if settings.background:
            self.colour.setText(ground)
        self._chosen_ground = "none"
        if settings.background:
            self._chosen_ground = ground if ground in dict(GROUNDS) else "other"
        self.flat.setChecked(settings.flat)
        self.colours.set_value(settings.colours)
        self.smoothing.set_value(settings.smoothing)
        self.outline.set_choice(settings.outline_id())
        self.metadata.setChecked(settings.metadata)
        self.credits.setChecked(settings.credits)
        self.pattern.setText(settings.pattern)
        self.set_folder(settings.folder)
        self._adapt()

    def set_busy(self, words: str) -> None:
        """Show the progress message of a running export and disable the settings. "" enables them again."""
        ticks = (self.metadata, self.credits, self.flat, self.outline, self.colours, self.smoothing)
        self.show_progress(words, self.form, self.pixels, self.upscaler, self.ground, self.colour, *ticks, self.pattern)

    def show_problem(self, sentence: str) -> None:
        super().show_problem(sentence)
        self._fit_height()

    def _fit_height(self) -> None:
        """Make the dialog as high as all settings and the error message need. If the screen or the window below the
        dialog is lower, the settings scroll, and the buttons stay below them.
        """
        layout = self._right.layout()
        assert layout is not None
        self._area.setFixedHeight(self._settings_height)
        # The second is -1 without an error message.
        needed = max(layout.sizeHint().height(), layout.totalHeightForWidth(WIDTH))
        window = self.parentWidget()
        assert window is not None
        room = min(self.screen().availableSize().height() - FRAME, window.window().height())
        height = min(needed, room - 2 * MARGIN)
        self._area.setFixedHeight(self._settings_height - (needed - height))
        self._right.setFixedHeight(height)

    def _background(self) -> tuple[int, int, int] | None:
        form = self._forms[self.form.choice()]
        return None if form.ground == "none" else self._colour_of(self.ground.choice())

    def _colour_of(self, ground: str) -> tuple[int, int, int] | None:
        """Return the colour of a background, or None for a transparent one."""
        colour = QColor(self.colour.text().strip() if ground == "other" else ground)
        if ground == "none" or not colour.isValid():
            return None
        return colour.red(), colour.green(), colour.blue()

    def _on_ground(self, ground: str) -> None:
        self._chosen_ground = ground
        self._adapt()

    def _adapt(self) -> None:
        """Show only the settings that the selected export format uses."""
        form = self._forms[self.form.choice()]
        context = "ExportDialog" if isinstance(form, Bundle) else "ExportFormat"
        self._summary.setText(f"{translate(context, form.summary)}.")
        self._summary.setToolTip(self._summary.text())
        self._size_field.setVisible(form.sized)
        self._upscaler_field.setVisible(form.sized and self._has_upscalers)
        grounds = GROUNDS if form.ground == "must" else (NO_GROUND, *GROUNDS)
        self.ground.set_choices([Choice(ground, translate("ExportDialog", title)) for ground, title in grounds])
        self.ground.set_choice(self._chosen_ground)
        self._background_field.setVisible(form.ground != "none")
        self.colour.setVisible(self.ground.choice() == "other")
        has_layers = not isinstance(form, Bundle) and form.is_exact
        can_be_flat = form.is_flat or not (isinstance(form, Bundle) or has_layers)
        self.flat.setVisible(can_be_flat and not form.is_flat)
        is_flat = can_be_flat and (form.is_flat or self.flat.isChecked())
        for field in (self.colours, self.smoothing, self._outline_field):
            field.setVisible(is_flat)
        self.metadata.setVisible(form.keeps_metadata)
        readable = self.tr("GDM Studio reads them from the file again")
        self.metadata.setToolTip(self.tr("In the merged picture and the names of layers") if has_layers else readable)
        # An icon set always has its credits.
        self.credits.setVisible(self._has_credits and self.form.choice() != "iconset")
        self._copy_button.setVisible(self._has_credits)
        self._names_field.setVisible(not isinstance(form, Bundle) or form.named)
        self._show_example()
        self.changed.emit()

    def _show_example(self) -> None:
        """Show the file name that the first image will get, or the error in the name pattern."""
        name = ""
        problem = ""
        try:
            name = self._name_of(self.settings())
        except BadRequest as error:
            problem = error_text(error)
        self._example.setText(name)
        self.show_problem(problem)
        self.run.setEnabled(not problem)

    def _connect(self) -> None:
        self.form.chosen.connect(self._adapt)
        self.ground.chosen.connect(self._on_ground)
        self.pixels.chosen.connect(self._adapt)
        self.upscaler.chosen.connect(self._adapt)
        self.colour.textEdited.connect(self._adapt)
        self.flat.toggled.connect(self._adapt)
        self.outline.chosen.connect(self.changed)
        self.colours.changed.connect(self.changed)
        self.smoothing.changed.connect(self.changed)
        self.pattern.textEdited.connect(self._show_example)
        self._copy_button.clicked.connect(self.copy_asked)

    def _lay_out(self) -> None:
        self._size_field = Labelled(self.tr("Size"), self.pixels)
        self._upscaler_field = Labelled(self.tr("Upscaler"), self.upscaler)
        if not self._has_upscalers:
            # Its room is left out of the height below.
            self._upscaler_field.hide()
        backgrounds = QWidget()
        in_row((self.ground, 1), self.colour, on=backgrounds, spacing=8)
        self._background_field = Labelled(self.tr("Background"), backgrounds)
        head = in_row(label(self.tr("Export"), "title"), (self._what, 1), spacing=8)
        self._outline_field = Labelled(self.tr("Outline"), self.outline)
        names = QWidget()
        stacked(self.pattern, self._example, on=names, spacing=5)
        self._names_field = Labelled(self.tr("Names"), names)
        settings = QWidget()
        stacked(
            head,
            stacked(Labelled(self.tr("Format"), self.form), self._summary, spacing=2),
            self._size_field,
            self._upscaler_field,
            self._background_field,
            horizontal_rule(),
            self.flat,
            self.colours,
            self.smoothing,
            self._outline_field,
            self.metadata,
            _place_side_by_side(self.credits, self._copy_button),
            self._names_field,
            ...,
            on=settings,
            spacing=10,
        )
        self._summary.setFixedHeight(SUMMARY)
        # The height with all settings, so that it does not change with the format.
        self._settings_height = settings.sizeHint().height()
        self._area = scrolled(settings)
        self._right = QWidget()
        self._right.setFixedWidth(WIDTH)
        stacked(self._area, *self.foot(), on=self._right, spacing=10)
        self._fit_height()
        preview = (self.preview, 0, Qt.AlignmentFlag.AlignTop)
        row = in_row(preview, self._right, on=self, margins=(20, MARGIN, 20, MARGIN), spacing=24)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self.run.setFocus()


def _place_side_by_side(left: QWidget, right: QWidget) -> QHBoxLayout:
    return in_row(left, ..., right, spacing=8)
