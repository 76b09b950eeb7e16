"""What is known of a model: how it looks, what it is, how it fares, whose pictures taught it, what its own are for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from gdm_studio.maths.predictions import WORDS
from gdm_studio.models.about import MOST, listed
from gdm_studio.models.card import ModelCard, Source
from gdm_studio.models.hashes import known
from gdm_studio.models.held import Held, call_of, may_be_quick
from gdm_studio.models.notes import SOLD
from gdm_studio.models.samples import sample_path
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.models.choices import ModelChoices
from gdm_studio.ui.models.samples import Samples
from gdm_studio.ui.widgets import ActionButton, label, rule, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import empty, in_grid, in_row, stacked

WIDTH = 340
SAMPLE, COLUMNS, LINES = 48, 5, 2  # logical pixels of a picture that it made, and how many are shown
FREE = ("cc0", "public domain", "mit", "apache", "isc", "bsd", "ofl", "unlicense")
CREDIT = ("cc-by", "cc by")
WEB = ("http", "https")  # a card says what it likes: no link of it opens a file or starts a program
NOT_SOLD = re.compile(r"\bnc\b|non[- ]?commercial|\bresearch")


class ModelCardView(QFrame):
    """Signals: `use_model(str)`, `put_asked(Held)` into the prompt, `chosen(path, str, str)` for a choice of what it
    begins with, or its tags, by people. Setters: `show_line(line | None)`, `set_lines(lines)`,
    `set_preview(path, image)`, `set_current(name)`.
    """

    use_model = Signal(str)
    put_asked = Signal(object)
    chosen = Signal(object, str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._theme, self._current = theme, ""
        self._line: Held | None = None
        self._is_stale = False
        self._lines: Sequence[Held] = ()
        self._preview: tuple[Path, QImage] | None = None
        self._use = ActionButton(theme, "Use this model", tooltip="Make pictures with it", keys="Return", parent=self)
        self._use.setProperty("role", "primary")
        self._use.clicked.connect(self._on_use)
        self._put = ActionButton(theme, "Put into the prompt", tooltip="Has the next pictures use it", parent=self)
        self._put.setProperty("role", "primary")
        self._put.clicked.connect(lambda: self.put_asked.emit(self._line))
        self._tags = QLineEdit(self)
        self._tags_of: Path | None = None  # the model whose tags these are
        self._tags.setAccessibleName("Tags")
        self._tags.setPlaceholderText("Tags, with commas between")
        self._tags.setMaxLength(MOST)
        self._tags.editingFinished.connect(self._on_tags)
        self._page = QWidget()
        # as wide as the panel, whatever a file says of itself: one long word must not push all ends out of sight
        self._page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = stacked(on=self._page, margins=18, spacing=12)
        stacked(scrolled(self._page, "About the model"), on=self)
        self._samples = Samples(self)
        self._samples.read.connect(self._show_anew)
        theme.changed.connect(self._show_anew)

    def show_line(self, line: Held | None) -> None:
        """Everything that is known of it, once it is seen; with None, where models come from."""
        self._line, self._is_stale = line, not self.isVisible()
        if self._is_stale:
            return
        empty(self._column, self._use, self._put, self._tags)
        self._use.setVisible(line is not None and line.card is not None)
        self._put.setVisible(line is not None and bool(call_of(line)))
        self._tags.setVisible(line is not None)
        if line is None:
            self._add(wrapped("There is no model yet. Put a model's folder into the models folder."))
        else:
            self._fill(line)
        self._column.addStretch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._show_anew()

    def set_lines(self, lines: Sequence[Held]) -> None:
        """All that may be chosen for a model."""
        self._lines = lines
        self._samples.forget()

    def set_preview(self, path: Path, image: QImage) -> None:
        """Shows the picture that lies beside the model at that path, as long as that is looked at."""
        if not image.isNull() and self._line is not None and self._line.path == path:
            self._preview = (path, image)
            self.show_line(self._line)

    def show_anew(self, path: Path) -> None:
        """What is known of it now, where that is what is looked at."""
        if self._line is not None and self._line.path == path:
            self.show_line(self._line)

    def set_current(self, name: str) -> None:
        """Which model pictures are made with now."""
        self._current = name
        self._show_use()

    def _show_anew(self) -> None:
        self.show_line(self._line)

    def _on_use(self) -> None:
        if self._line is not None and self._line.card is not None:
            self.use_model.emit(self._line.card.name)

    def _on_tags(self) -> None:
        line = self._line
        if line is not None and line.path == self._tags_of and listed(self._tags.text()) != line.tags:
            self.chosen.emit(line.path, "tags", self._tags.text())

    def _fill(self, line: Held) -> None:
        if self._preview is not None and self._preview[0] == line.path:
            self._add(self._picture(self._preview[1], line))
        self._add(wrapped(line.title, "title"))
        if line.summary:
            self._add(wrapped(line.summary))
        if line.card is not None:
            self._add(self._use)
            self._show_use()
        if call_of(line):
            self._add(self._put)
        if may_be_quick(line):
            path = line.path
            parts = ModelChoices(self._theme, line, self._lines, line.chosen)
            parts.chosen.connect(lambda part, value: self.chosen.emit(path, part, value))
            self._add(parts)
        if line.card is not None and (samples := self._shown_samples(line.card)) is not None:
            self._add(samples)
        if line.triggers:
            self._add(_headed("Words that call it", wrapped(", ".join(line.triggers), "strong", selectable=True)))
        self._add(_facts(facts_of(line)))
        if not self._tags.hasFocus() or self._tags_of != line.path:  # what is being typed stays
            self._tags.setText(plain(", ".join(line.tags)))
            self._tags_of = line.path
        self._add(label("Tags", "strong"))
        self._add(self._tags)
        self._add(rule())
        self._add(_headed("May I use its pictures commercially?", wrapped(rights_words(line))))
        if line.card is not None and line.card.figures:
            self._add(rule())
            self._add(_headed("Measured", _facts([_figure(*each) for each in line.card.figures.items()])))
        if line.card is not None and line.card.sources:
            self._add(rule())
            self._add(_headed("Learnt from", self._sources(line.card.sources)))

    def _shown_samples(self, card: ModelCard) -> QWidget | None:
        """Pictures that it makes of its examples, as far as they lie beside it and are read; None without any."""
        prompts = [each.prompt for each in card.examples]
        found = [(prompt, self._samples.picture(sample_path(card, "example", prompt))) for prompt in prompts]
        pictures = [(prompt, picture) for prompt, picture in found if not picture.isNull()][: COLUMNS * LINES]
        if not pictures:
            return None
        grid, ratio = in_grid(across=SPACE.gap, down=SPACE.gap), self._theme.pixel_ratio()
        for place, (prompt, picture) in enumerate(pictures):
            shown = QLabel()
            shown.setPixmap(_small(picture, round(SAMPLE * ratio), ratio))
            shown.setToolTip(tip(prompt))
            shown.setAccessibleName(plain(prompt))
            grid.addWidget(shown, *divmod(place, COLUMNS), Qt.AlignmentFlag.AlignCenter)
        lines = QWidget()
        lines.setLayout(grid)
        return lines

    def _picture(self, image: QImage, line: Held) -> QLabel:
        ratio = self._theme.pixel_ratio()
        side = int((WIDTH - 36) * ratio)
        shown = QLabel()
        shown.setPixmap(_small(QPixmap.fromImage(image), side, ratio))
        shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        shown.setAccessibleName(plain(f"A picture that {line.title} made"))
        return shown

    def _sources(self, sources: tuple[Source, ...]) -> QLabel:
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
        used = self._line is not None and self._line.name == self._current
        self._use.setText("In use" if used else "Use this model")
        self._use.setEnabled(not used)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


def facts_of(line: Held) -> list[tuple[str, str]]:
    """What is known of a model, or of what models use, as (name, value) pairs."""
    card = line.card
    facts = [("Family" if card is not None else "Kind", line.family)]
    if card is not None:
        sees = "transparent" if card.channels == 4 else "opaque"
        facts.append(("Pictures", f"{card.size} × {card.size}, {sees}"))
    facts.append(("Parameters", f"{line.parameters:,}".replace(",", "\u202f")))
    if card is not None:
        predicts = WORDS.get(card.prediction, card.prediction)
        facts += [("Latents", " × ".join(str(n) for n in card.latent)), ("Predicts", predicts)]
    facts += [("Author", line.author), ("Licence", line.licence), ("Made for", line.made_for)]
    facts += [("File", line.path.name), *_hashes(line)]
    return [(name, value) for name, value in facts if value]


def _hashes(line: Held) -> list[tuple[str, str]]:
    """By which other tools name the file, where they are known yet."""
    found = known(line.path)
    return [(f"Hash, {name}", digits) for name, digits in found.forms.items() if len(digits) < 64] if found else []


FIGURES = {  # names in a card -> in words, and how the value is written
    "samples_seen": ("Pictures seen in training", "{:,}"),
    "samples_seen_before": ("Pictures seen before that", "{:,}"),
    "begun_from": ("Began with the weights of", "{}"),
    "psnr_rgb": ("Decoder, colours", "{:.1f} dB"),
    "psnr_rgb_worst_style": ("Decoder, its worst style", "{:.1f} dB"),
    "psnr_alpha": ("Decoder, transparency", "{:.1f} dB"),
    "retrieval_against_real": ("Told from its words, against drawings", "{}"),
    "retrieval_against_teacher": ("Told from its words, against its teacher", "{}"),
    "style_against_real": ("Style recognised, against drawings", "{}"),
    "frechet_against_training": ("Fréchet distance, against training", "{}"),
    "kernel_distance": ("Kernel distance", "{}"),
    "memorised_in_scorer_features": ("Repeats of training pictures, by features", "{}"),
    "memorised_in_pixels": ("Repeats of training pictures, by pixels", "{}"),
    "novel_words": ("Words it was never taught", "{}"),
    "colours_right": ("Colours as asked for", "{}"),
    "picture_in_matrix_products": ("A picture, in matrix products", "{}"),
    "gpu_pictures_per_second": ("Pictures a second on a GPU", "{}"),
    "diversity_rises_with_temperature": ("Varies with temperature", "{}"),
    "named_by_someone_new": ("Named by someone new", "{}"),
    "named_by_someone_new_2": ("Named by someone new, second list", "{}"),
    "pixel_error_seen": ("Pixel error of what it was taught, × 1e-3", "{}"),
    "mid_gradient_share": ("Mush: neither flat nor an edge", "{}"),
    "repeats_seen": ("Repeats of what it was taught", "{}"),
    "repeats_held_out": ("Repeats among things in a new style", "{}"),
    "repeats_unstyled": ("Repeats among prompts without a style", "{}"),
    "retrieval_unstyled": ("Told from its words, without a style", "{}"),
    "mixtures_coloured": ("Colours on things that never had them", "{}"),
    "mixtures_right": ("The same, and still the thing", "{}"),
}


def _figure(name: str, value: float | str) -> tuple[str, str]:
    title, form = FIGURES.get(name, (name.replace("_", " ").capitalize(), "{}"))
    return title, (form if not isinstance(value, str) else "{}").format(value).replace(",", "\u202f")


def rights_words(line: Held) -> str:
    """Whether its pictures may be sold, and whom to credit, in words; an aid, not legal advice."""
    sources = line.card.sources if line.card is not None else ()
    licences = [source.licence.lower() for source in sources] or [line.licence.lower()]
    if any(NOT_SOLD.search(licence) for licence in licences):
        return "No: some of what it learnt from may not be used commercially. See the sources below." if sources else (
            f"No: its licence, {line.licence}, does not allow that."
        )
    credited = sorted({s.author for s in sources if any(word in s.licence.lower() for word in CREDIT)})
    if credited:
        return f"Yes, with credit where a picture comes close to its sources: {', '.join(credited)}."
    if line.licence.startswith(SOLD):
        return f"Yes, by the page that it is from: {line.licence}."
    if any("openrail" in re.sub("[^a-z]", "", licence) for licence in licences):
        return f"Yes, but for the uses that its licence rules out, {line.licence}: read its list of them."
    if all(any(word in licence for word in FREE) for licence in licences):
        return "Yes. Nothing it learnt from asks for more than its licence to be kept with the model."
    if not line.licence:
        return "Its file does not say. Look where you have it from: the page of a model names its licence."
    return f"Its licence decides: {line.licence}."


def _facts(facts: list[tuple[str, str]]) -> QWidget:
    """Each in a line of its own, so that a long name leaves the values of the others their room."""
    lines = QWidget()
    column = stacked(on=lines, margins=(0, 2, 0, 2), spacing=8)
    for name, value in facts:
        shown = wrapped(value, "strong", align=Qt.AlignmentFlag.AlignRight, selectable=True)
        row = in_row((label(name, "muted"), 0, Qt.AlignmentFlag.AlignTop), (shown, 1), spacing=12)
        column.addLayout(row)
    return lines


def _source_html(source: Source, colour: str) -> str:
    name, by, licence = (escape(plain(text)) for text in (source.title or source.set, source.author, source.licence))
    url = source.url if urlsplit(source.url).scheme in WEB else ""
    link = f'<a style="color:{colour}; text-decoration:none" href="{escape(url)}">{name}</a>'
    count = f" · {source.count:,} pictures".replace(",", "\u202f") if source.count else ""
    return f'<p style="margin:0 0 7px 0">{link if url else name} by {by}<br>{licence}{count}</p>'


def _small(picture: QPixmap, side: int, ratio: float) -> QPixmap:
    smooth = Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    small.setDevicePixelRatio(ratio)
    return small


def _headed(title: str, body: QWidget) -> QWidget:
    part = QWidget()
    stacked(label(title, "strong"), body, on=part, spacing=6)
    return part
