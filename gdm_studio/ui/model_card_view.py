"""A model's card in full: what it is, how it fares, whose pictures taught it, what one may do with its own."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.models.card import ModelCard, Source
from gdm_studio.ui.plain import plain
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, label, rule

WIDTH = 340
FREE = ("cc0", "public domain", "mit", "apache", "isc", "bsd", "ofl", "unlicense")
CREDIT = ("cc-by", "cc by")
WEB = ("http", "https")  # a card says what it likes: no link of it opens a file or starts a program
NOT_SOLD = ("nc", "non-commercial", "noncommercial", "research")


class ModelCardView(QFrame):
    """Signals: `use_model(str)`. Setters: `show_card(card | None)`, `set_current(name)`."""

    use_model = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._theme, self._current = theme, ""
        self._card: ModelCard | None = None
        self._use = ActionButton(theme, "Use this model", tooltip="Make pictures with it (Enter)", parent=self)
        self._use.setProperty("role", "primary")
        self._use.clicked.connect(self._on_use)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(18, 18, 18, 18)
        self._column.setSpacing(12)
        scroll = QScrollArea()
        scroll.setAccessibleName("About the model")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        theme.changed.connect(self._recolour)

    def show_card(self, card: ModelCard | None) -> None:
        """Everything the card says; with None, where models come from."""
        self._card = card
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._use:
                widget.hide()
                widget.deleteLater()
        self._use.setVisible(card is not None)
        if card is None:
            self._add(_wrapped("There is no model yet. Put a model's folder into the models folder."))
        else:
            self._fill(card)
        self._column.addStretch()

    def set_current(self, name: str) -> None:
        """Which model pictures are made with now."""
        self._current = name
        self._show_use()

    def _recolour(self) -> None:
        self.show_card(self._card)

    def _on_use(self) -> None:
        if self._card is not None:
            self.use_model.emit(self._card.name)

    def _fill(self, card: ModelCard) -> None:
        self._add(label(card.title or card.name, "title"))
        if card.summary:
            self._add(_wrapped(card.summary))
        self._add(self._use)
        self._show_use()
        self._add(_facts(facts_of(card)))
        self._add(rule())
        self._add(_headed("May I use its pictures commercially?", _wrapped(rights_words(card))))
        if card.sources:
            self._add(rule())
            self._add(_headed("Learnt from", self._sources(card.sources)))

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
        used = self._card is not None and self._card.name == self._current
        self._use.setText("In use" if used else "Use this model")
        self._use.setEnabled(not used)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


def facts_of(card: ModelCard) -> list[tuple[str, str]]:
    """The figures of a card as (name, value) pairs."""
    sees = "transparent" if card.channels == 4 else "opaque"
    facts = [
        ("Family", card.family),
        ("Pictures", f"{card.size} × {card.size}, {sees}"),
        ("Parameters", f"{card.parameters:,}".replace(",", "\u202f")),
        ("Latents", " × ".join(str(n) for n in card.latent)),
        ("Predicts", card.prediction),
        ("Author", card.author),
        ("Licence", card.licence),
    ]
    return facts + [_figure(name, value) for name, value in card.figures.items()]


FIGURES = {  # names in a card -> in words, and how the value is written
    "samples_seen": ("Pictures seen in training", "{:,}"),
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


def rights_words(card: ModelCard) -> str:
    """Whether its pictures may be sold, and whom to credit, in words; an aid, not legal advice."""
    licences = [source.licence.lower() for source in card.sources] or [card.licence.lower()]
    if any(word in licence for licence in licences for word in NOT_SOLD):
        return "No: some of what it learnt from may not be used commercially. See the sources below."
    credited = sorted({s.author for s in card.sources if any(word in s.licence.lower() for word in CREDIT)})
    if credited:
        return f"Yes, with credit where a picture comes close to its sources: {', '.join(credited)}."
    if all(any(word in licence for word in FREE) for licence in licences):
        return "Yes. Nothing it learnt from asks for more than its licence to be kept with the model."
    return f"Its licence decides: {card.licence}."


def _facts(facts: list[tuple[str, str]]) -> QWidget:
    """Each in a line of its own, so that a long name leaves the values of the others their room."""
    lines = QWidget()
    column = QVBoxLayout(lines)
    column.setContentsMargins(0, 2, 0, 2)
    column.setSpacing(8)
    for name, value in facts:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(name, "muted"), 0, Qt.AlignmentFlag.AlignTop)
        shown = label(value, "strong", align=Qt.AlignmentFlag.AlignRight)
        shown.setWordWrap(True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(shown, 1)
        column.addLayout(row)
    return lines


def _source_html(source: Source, colour: str) -> str:
    name, by, licence = (escape(plain(text)) for text in (source.title or source.set, source.author, source.licence))
    url = source.url if urlsplit(source.url).scheme in WEB else ""
    link = f'<a style="color:{colour}; text-decoration:none" href="{escape(url)}">{name}</a>'
    count = f" · {source.count:,} pictures".replace(",", "\u202f") if source.count else ""
    return f'<p style="margin:0 0 7px 0">{link if url else name} by {by}<br>{licence}{count}</p>'


def _headed(title: str, body: QWidget) -> QWidget:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(label(title, "strong"))
    column.addWidget(body)
    return part


def _wrapped(text: str) -> QLabel:
    made = label(text, "muted")
    made.setWordWrap(True)
    return made
