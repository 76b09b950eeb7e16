"""View of a model card: samples, facts, settings, measurements, sources and terms of use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.predictions import WORDS
from gdm_studio.models.files.civitai_info import SOLD
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.fingerprint import describe_borrowed
from gdm_studio.models.installed.description import MOST, split_list
from gdm_studio.models.installed.model_table import ModelTableRow, can_be_few_step, prompt_text_of
from gdm_studio.models.model_card import ModelCard, Source, sample_path
from gdm_studio.ui.card_translations import summary_text
from gdm_studio.ui.models.kind_names import family_text
from gdm_studio.ui.models.model_options import ModelChoices
from gdm_studio.ui.models.sample_loader import Samples
from gdm_studio.ui.models.self_test import ModelCheck
from gdm_studio.ui.progress import duration
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import count_of_pictures, number_text, translate, with_decimal_point
from gdm_studio.ui.widgets import ActionButton, horizontal_rule, label, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import clear_layout, in_grid, in_row, stacked

if TYPE_CHECKING:
    from gdm_studio.models.memory.estimate_values import CostEstimate

WIDTH = 340
# Side of a sample in logical pixels, and the greatest number of columns and lines of samples.
SAMPLE = 48
COLUMNS = 5
LINES = 2
FREE = ("cc0", "public domain", "mit", "apache", "isc", "bsd", "ofl", "unlicense")
CREDIT = ("cc-by", "cc by")
# Cards are untrusted: their links must not open a file or start a program.
WEB = ("http", "https")
NOT_SOLD = re.compile(r"\bnc\b|non[- ]?commercial|\bresearch")


class ModelCardView(QFrame):
    """Panel of the Models page that describes the selected model and lets the user change its options and tags, or use
    it.
    """

    use_model = Signal(str)
    # The row of a LoRA or embedding to insert into the prompt.
    insert_asked = Signal(object)
    # The row of a model whose demand for memory and time is not known yet.
    estimate_asked = Signal(object)
    # The path of a model, the name of a choice or "tags", and its new value.
    chosen = Signal(object, str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._current_name = ""
        self._line: ModelTableRow | None = None
        self._is_stale = False
        self._lines: Sequence[ModelTableRow] = ()
        self._preview: tuple[Path, QImage] | None = None
        self._estimates: dict[Path, CostEstimate] = {}
        # Models whose estimates are requested or up to date.
        self._requested_estimates: set[Path] = set()
        self._use_button = ActionButton(
            theme,
            self.tr("Use this model"),
            tooltip=self.tr("Generate pictures with it"),
            keys="Return",
            parent=self,
        )
        self._use_button.setProperty("role", "primary")
        self._use_button.clicked.connect(self._on_use)
        self._insert_button = ActionButton(
            theme,
            self.tr("Insert into the prompt"),
            tooltip=self.tr("Use it for the next pictures"),
            parent=self,
        )
        self._insert_button.setProperty("role", "primary")
        self._insert_button.clicked.connect(lambda: self.insert_asked.emit(self._line))
        self.check = ModelCheck(theme, self)
        self.check.reported.connect(self._show_again)
        self._tags_field = QLineEdit(self)
        # The model whose tags are in the field.
        self._tags_of: Path | None = None
        self._tags_field.setAccessibleName(self.tr("Tags"))
        self._tags_field.setPlaceholderText(self.tr("Tags, separated by commas"))
        self._tags_field.setMaxLength(MOST)
        self._tags_field.editingFinished.connect(self._on_tags)
        self._page = QWidget()
        # The page is as wide as the panel, so that a long word from a file does not push other widgets out of sight.
        self._page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = stacked(on=self._page, margins=18, spacing=12)
        stacked(scrolled(self._page, self.tr("About the model")), on=self)
        self._samples = Samples(self)
        self._samples.read.connect(self._show_again)
        theme.changed.connect(self._show_again)

    def show_line(self, line: ModelTableRow | None) -> None:
        """Show the model card for a row of the table, or a hint if `line` is None. A hidden panel is updated when it
        becomes visible.
        """
        self._line = line
        self._is_stale = not self.isVisible()
        if self._is_stale:
            return
        clear_layout(self._column, self._use_button, self._insert_button, self._tags_field, self.check.button)
        self._use_button.setVisible(line is not None and line.card is not None)
        self._insert_button.setVisible(line is not None and bool(prompt_text_of(line)))
        self._tags_field.setVisible(line is not None)
        self.check.show_line(line)
        if line is None:
            self._add(wrapped(self.tr("There is no model yet. Copy a model's folder into the models folder.")))
        else:
            self._fill(line)
        self._column.addStretch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The limit of memory may have been changed.
        self._requested_estimates.clear()
        if self._is_stale or self._estimates:
            self._show_again()

    def set_lines(self, lines: Sequence[ModelTableRow]) -> None:
        """Set the rows of the table of models, from which the user can choose a VAE and other parts for the selected
        model.
        """
        self._lines = lines
        self._samples.forget()
        self._requested_estimates.clear()

    def set_preview(self, path: Path, image: QImage) -> None:
        """Show the preview image of the model file at `path`, if that model is still selected."""
        if not image.isNull() and self._line is not None and self._line.path == path:
            self._preview = (path, image)
            self.show_line(self._line)

    def set_estimate(self, path: Path, estimate: CostEstimate) -> None:
        """Show how much memory and time an image takes with the model file at `path`."""
        is_new = self._estimates.get(path) != estimate
        self._estimates[path] = estimate
        if is_new:
            self.reload(path)

    def reload(self, path: Path) -> None:
        """Show the model card again after a change to the model, if it describes the model file at `path`."""
        if self._line is not None and self._line.path == path:
            self.show_line(self._line)

    def set_current(self, name: str) -> None:
        """Set the name of the model that generates images at present. Its button says "In use"."""
        self._current_name = name
        self._show_use()

    def _show_again(self) -> None:
        self.show_line(self._line)

    def _on_use(self) -> None:
        if self._line is not None and self._line.card is not None:
            self.use_model.emit(self._line.card.name)

    def _on_tags(self) -> None:
        line = self._line
        if line is not None and line.path == self._tags_of and split_list(self._tags_field.text()) != line.tags:
            self.chosen.emit(line.path, "tags", self._tags_field.text())

    def _fill(self, line: ModelTableRow) -> None:
        if self._preview is not None and self._preview[0] == line.path:
            self._add(self._create_picture(self._preview[1], line))
        self._add(wrapped(line.title, "title"))
        if line.summary:
            self._add(wrapped(summary_text(line.summary, line.card)))
        if line.card is not None:
            self._add(self._use_button)
            self._show_use()
        if prompt_text_of(line):
            self._add(self._insert_button)
        if not self.check.button.isHidden():
            self._add(self.check.button)
        for place, text in enumerate(self.check.report()):
            self._add(wrapped(text, "muted" if place else "strong", selectable=True))
        if can_be_few_step(line) or (line.card is not None and line.card.accepts.vae):
            path = line.path
            parts = ModelChoices(self._theme, line, self._lines, line.chosen)
            parts.chosen.connect(lambda part, value: self.chosen.emit(path, part, value))
            self._add(parts)
        if line.card is not None and (samples := self._create_samples(line.card)) is not None:
            self._add(samples)
        if line.triggers:
            self._add(
                _create_section(self.tr("Trigger words"), wrapped(", ".join(line.triggers), "strong", selectable=True))
            )
        self._add(_create_fact_rows(facts_of(line)))
        if line.card is not None:
            self._show_estimate(line)
        # Tags that are being typed are not overwritten.
        if not self._tags_field.hasFocus() or self._tags_of != line.path:
            self._tags_field.setText(plain(", ".join(line.tags)))
            self._tags_of = line.path
        self._add(label(self.tr("Tags"), "strong"))
        self._add(self._tags_field)
        self._add(horizontal_rule())
        self._add(_create_section(self.tr("May I use its pictures commercially?"), wrapped(rights_words(line))))
        if line.card is not None and line.card.figures:
            self._add(horizontal_rule())
            self._add(
                _create_section(
                    self.tr("Measured"), _create_fact_rows([_figure_fact(*each) for each in line.card.figures.items()])
                )
            )
        if line.card is not None and line.card.sources:
            self._add(horizontal_rule())
            self._add(_create_section(self.tr("Training data"), self._create_sources(line.card.sources)))

    def _show_estimate(self, line: ModelTableRow) -> None:
        if line.path not in self._requested_estimates:
            self._requested_estimates.add(line.path)
            self.estimate_asked.emit(line)
        if (estimate := self._estimates.get(line.path)) is not None:
            self._add(_create_section(self.tr("A picture with it"), _create_fact_rows(estimate_facts(estimate))))
            if text := limit_text(estimate):
                self._add(wrapped(text, "muted"))

    def _create_samples(self, card: ModelCard) -> QWidget | None:
        """Return a widget with those sample images of a model that are already loaded, or None if there are none."""
        prompts = [each.prompt for each in card.examples]
        samples = [(prompt, self._samples.picture(sample_path(card, "example", prompt))) for prompt in prompts]
        pictures = [(prompt, picture) for prompt, picture in samples if not picture.isNull()][: COLUMNS * LINES]
        if not pictures:
            return None
        grid, ratio = in_grid(across=SPACE.gap, down=SPACE.gap), self._theme.pixel_ratio()
        for place, (prompt, picture) in enumerate(pictures):
            sample_label = QLabel()
            sample_label.setPixmap(_scale_down(picture, round(SAMPLE * ratio), ratio))
            sample_label.setToolTip(tip(prompt))
            sample_label.setAccessibleName(plain(prompt))
            grid.addWidget(sample_label, *divmod(place, COLUMNS), Qt.AlignmentFlag.AlignCenter)
        lines = QWidget()
        lines.setLayout(grid)
        return lines

    def _create_picture(self, image: QImage, line: ModelTableRow) -> QLabel:
        ratio = self._theme.pixel_ratio()
        side = int((WIDTH - 36) * ratio)
        picture_label = QLabel()
        picture_label.setPixmap(_scale_down(QPixmap.fromImage(image), side, ratio))
        picture_label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        picture_label.setAccessibleName(plain(self.tr("A picture made by {model}").format(model=line.title)))
        return picture_label

    def _create_sources(self, sources: tuple[Source, ...]) -> QLabel:
        text = QLabel()
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setOpenExternalLinks(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        colour = self._theme.tokens.accent
        text.setText("".join(_source_html(source, colour) for source in sources))
        return text

    def _show_use(self) -> None:
        used = self._line is not None and self._line.name == self._current_name
        self._use_button.setText(self.tr("In use") if used else self.tr("Use this model"))
        self._use_button.setEnabled(not used)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


def facts_of(line: ModelTableRow) -> list[tuple[str, str]]:
    """Return the properties of a model file, such as family, size and licence, as (name, value) pairs for display."""
    card = line.card
    facts = [
        (
            translate("card_view", "Family") if card is not None else translate("card_view", "Kind"),
            family_text(line.family),
        )
    ]
    if card is not None:
        size = translate("card_view", "{size} × {size}, opaque")
        if card.channels == 4:
            size = translate("card_view", "{size} × {size}, transparent")
        facts.append((translate("card_view", "Pictures"), size.format(size=card.size)))
    facts.append((translate("card_view", "Parameters"), number_text(line.parameters)))
    if card is not None:
        predicts = translate("Prediction", WORDS.get(card.prediction, card.prediction))
        facts.append((translate("card_view", "Latents"), " × ".join(str(n) for n in card.latent)))
        facts.append((translate("card_view", "Predicts"), predicts))
    facts.append((translate("card_view", "Author"), line.author))
    facts.append((translate("card_view", "Licence"), line.licence))
    facts.append((translate("card_view", "Made for"), line.made_for))
    facts.append((translate("card_view", "File"), line.path.name))
    facts += _borrowed_facts(card) if card is not None else []
    facts += _hash_facts(line)
    return [(name, value) for name, value in facts if value]


def estimate_facts(estimate: CostEstimate) -> list[tuple[str, str]]:
    """Return an estimate of the memory and time that an image takes as (name, value) pairs for display."""
    width, height = estimate.size
    memory = translate("card_view", "about {size}").format(size=gigabytes(estimate.expected_memory))
    spent = translate("card_view", "about {time}, {steps} steps")
    if estimate.measured:
        spent = translate("card_view", "about {time}, {steps} steps, as before")
    return [
        (translate("card_view", "Size"), f"{width} × {height}"),
        (translate("card_view", "Memory"), memory),
        (translate("card_view", "Time"), spent.format(time=duration(estimate.seconds), steps=estimate.steps)),
    ]


def limit_text(estimate: CostEstimate) -> str:
    """Return a sentence that warns the user about too little memory for a model, or "" if the model fits into
    memory.
    """
    if estimate.fits or estimate.limit is None:
        return ""
    text = translate("card_view", "{limit} can be used, so its weights are read from the disk at each step.")
    if not estimate.is_possible:
        text = translate("card_view", "{limit} can be used, and it needs at least {least}. Choose a smaller size.")
    return text.format(limit=gigabytes(estimate.limit), least=gigabytes(estimate.least))


def gigabytes(count: int) -> str:
    return translate("card_view", "{size} GB").format(size=number_text(count / 1e9, 1))


def _borrowed_facts(card: ModelCard) -> list[tuple[str, str]]:
    """Return the files from which a model takes text encoders and a VAE, with their hashes, as (name, value) pairs."""
    title = translate("card_view", "Other file's {part}")
    facts = []
    for each in describe_borrowed(card):
        file = f"{each['file']} ({each['hash']})" if each["hash"] else each["file"]
        facts.append((title.format(part=each["title"]), file))
    return facts


def _hash_facts(line: ModelTableRow) -> list[tuple[str, str]]:
    """Return the short hashes of a model file as (name, value) pairs, or an empty list if they have not been computed.
    Other programs identify models by them.
    """
    hashes = known_hashes(line.path)
    if not hashes:
        return []
    title = translate("card_view", "Hash, {name}")
    return [(title.format(name=name), digits) for name, digits in hashes.forms.items() if len(digits) < 64]


# A name with more characters is wrapped, so that it leaves room for its value.
LONG_NAME = 24
# Titles of measurements, and their formats with a unit, by their names in a card.
FIGURES = {
    "samples_seen": (QT_TRANSLATE_NOOP("card_view", "Pictures seen in training"), "{}"),
    "samples_seen_before": (QT_TRANSLATE_NOOP("card_view", "Pictures seen before that"), "{}"),
    "begun_from": (QT_TRANSLATE_NOOP("card_view", "Started from the weights of"), "{}"),
    "psnr_rgb": (QT_TRANSLATE_NOOP("card_view", "Decoder, colours"), "{} dB"),
    "psnr_rgb_worst_style": (QT_TRANSLATE_NOOP("card_view", "Decoder, its worst style"), "{} dB"),
    "psnr_alpha": (QT_TRANSLATE_NOOP("card_view", "Decoder, transparency"), "{} dB"),
    "retrieval_against_real": (QT_TRANSLATE_NOOP("card_view", "Recognised from its prompt, against drawings"), "{}"),
    "retrieval_against_teacher": (
        QT_TRANSLATE_NOOP("card_view", "Recognised from its prompt, against its teacher"),
        "{}",
    ),
    "style_against_real": (QT_TRANSLATE_NOOP("card_view", "Style recognised, against drawings"), "{}"),
    "frechet_against_training": (QT_TRANSLATE_NOOP("card_view", "Fréchet distance, against training"), "{}"),
    "kernel_distance": (QT_TRANSLATE_NOOP("card_view", "Kernel distance"), "{}"),
    "memorised_in_scorer_features": (QT_TRANSLATE_NOOP("card_view", "Repeats of training pictures, by features"), "{}"),
    "memorised_in_pixels": (QT_TRANSLATE_NOOP("card_view", "Repeats of training pictures, by pixels"), "{}"),
    "novel_words": (QT_TRANSLATE_NOOP("card_view", "Words not in its training"), "{}"),
    "colours_right": (QT_TRANSLATE_NOOP("card_view", "Colours as requested"), "{}"),
    "score_norms": (QT_TRANSLATE_NOOP("card_view", "Score norms"), "{}"),
    "picture_in_matrix_products": (QT_TRANSLATE_NOOP("card_view", "A picture, in matrix products"), "{}"),
    "gpu_pictures_per_second": (QT_TRANSLATE_NOOP("card_view", "Pictures a second on a GPU"), "{}"),
    "diversity_rises_with_temperature": (QT_TRANSLATE_NOOP("card_view", "Varies with temperature"), "{}"),
    "named_by_someone_new": (QT_TRANSLATE_NOOP("card_view", "Named by someone new"), "{}"),
    "named_by_someone_new_2": (QT_TRANSLATE_NOOP("card_view", "Named by someone new, second list"), "{}"),
    "pixel_error_seen": (QT_TRANSLATE_NOOP("card_view", "Pixel error on training pictures, × 1e-3"), "{}"),
    "mid_gradient_share": (QT_TRANSLATE_NOOP("card_view", "Blurry areas, neither flat nor an edge"), "{}"),
    "repeats_seen": (QT_TRANSLATE_NOOP("card_view", "Repeats of training pictures"), "{}"),
    "repeats_held_out": (QT_TRANSLATE_NOOP("card_view", "Repeats among subjects in a new style"), "{}"),
    "repeats_unstyled": (QT_TRANSLATE_NOOP("card_view", "Repeats among prompts without a style"), "{}"),
    "retrieval_unstyled": (QT_TRANSLATE_NOOP("card_view", "Recognised from its prompt, without a style"), "{}"),
    "mixtures_coloured": (QT_TRANSLATE_NOOP("card_view", "Colours new to a subject"), "{}"),
    "mixtures_right": (QT_TRANSLATE_NOOP("card_view", "Colours new to a subject, subject recognised"), "{}"),
}


def _figure_fact(name: str, value: float | str) -> tuple[str, str]:
    title, unit_text = FIGURES.get(name, ("", "{}"))
    title = translate("card_view", title) if title else name.replace("_", " ").capitalize()
    if isinstance(value, str):
        return title, _figure_text(value)
    return title, unit_text.format(number_text(value, 1 if unit_text != "{}" else None))


def _figure_text(value: str) -> str:
    """Translate a measured value in a model card that is a phrase."""
    if match := re.fullmatch(r"(\d+) noise levels", value):
        return translate("card_view", "%n noise level(s)", "", int(match[1]))
    return with_decimal_point(value) if re.fullmatch(r"\d+\.\d+", value) else value


def rights_words(line: ModelTableRow) -> str:
    """Return a sentence that says whether a model's images may be used commercially, and who must be credited. It is
    not legal advice.
    """
    sources = line.card.sources if line.card is not None else ()
    licences = [source.licence.lower() for source in sources] or [line.licence.lower()]
    if any(NOT_SOLD.search(licence) for licence in licences):
        if sources:
            return translate("card_view", "No: some of its training data may not be used commercially. See below.")
        return translate("card_view", "No: its licence, {licence}, does not allow that.").format(licence=line.licence)
    credited = sorted({s.author for s in sources if any(word in s.licence.lower() for word in CREDIT)})
    if credited:
        text = translate("card_view", "Yes, with credit if a picture is close to its sources: {authors}.")
        return text.format(authors=", ".join(credited))
    if line.licence.startswith(SOLD):
        return translate("card_view", "Yes, according to its web page: {licence}.").format(licence=line.licence)
    if any("openrail" in re.sub("[^a-z]", "", licence) for licence in licences):
        text = translate("card_view", "Yes, except for the uses that its licence excludes: see {licence}.")
        return text.format(licence=line.licence)
    if all(any(word in licence for word in FREE) for licence in licences):
        return translate("card_view", "Yes. Its sources only require that their licences stay with the model.")
    if not line.licence:
        return translate("card_view", "Its file does not say. See the licence on the web page of the model.")
    return translate("card_view", "That depends on its licence: {licence}.").format(licence=line.licence)


def _create_fact_rows(facts: list[tuple[str, str]]) -> QWidget:
    """Create a widget that shows (name, value) pairs in rows.

    Each row has its own layout, so that a long name does not narrow other values.
    """
    lines = QWidget()
    column = stacked(on=lines, margins=(0, 2, 0, 2), spacing=8)
    for name, value in facts:
        value_label = wrapped(value, "strong", align=Qt.AlignmentFlag.AlignRight, selectable=True)
        if len(name) > LONG_NAME:
            row = in_row((wrapped(name, "muted"), 3), (value_label, 2), spacing=12)
        else:
            row = in_row((label(name, "muted"), 0, Qt.AlignmentFlag.AlignTop), (value_label, 1), spacing=12)
        column.addLayout(row)
    return lines


def _source_html(source: Source, colour: str) -> str:
    name, by, licence = (escape(plain(text)) for text in (source.title or source.set, source.author, source.licence))
    url = source.url if urlsplit(source.url).scheme in WEB else ""
    link = f'<a style="color:{colour}; text-decoration:none" href="{escape(url)}">{name}</a>'
    count = f" · {count_of_pictures(source.count)}" if source.count else ""
    heading = translate("card_view", "{title} by {author}").format(title=link if url else name, author=by)
    return f'<p style="margin:0 0 7px 0">{heading}<br>{licence}{count}</p>'


def _scale_down(picture: QPixmap, side: int, ratio: float) -> QPixmap:
    smooth = Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    small.setDevicePixelRatio(ratio)
    return small


def _create_section(title: str, body: QWidget) -> QWidget:
    part = QWidget()
    stacked(wrapped(title, "strong"), body, on=part, spacing=6)
    return part
