"""Popup in which the user names the thing to detail in an image, such as "face"."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.jobs.detail_redrawing import DETAIL_STRENGTH, MAX_WORD, Detail
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.ui.create.panel.bound_setting_widgets import slider_of
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton, wrapped
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.shapes import Popup

# Sizes in logical pixels.
WIDTH, EDGE = 300, 14
# Maximum number of offered words.
MAX_OFFERED = 8
# Maximum number of characters of a prompt.
MAX_PROMPT = 2000


class DetailPopup(Popup):
    """Popup with the word that describes what to detail, its prompt, and the strength of the noise.

    Signal: `asked(Detail)`.
    """

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Detail"))
        explanation = self.tr("What the word describes is generated again at full size. All other pixels stay.")
        self.word = TextLine(self.tr("Word"), hint=self.tr("Word, such as face"))
        self.word.setMaxLength(MAX_WORD)
        self._words = QWidget()
        self._flow = Flow(parent=self._words)
        self.prompt = TextLine(self.tr("Prompt"), hint=self.tr("Prompt, or empty for the word"))
        self.prompt.setMaxLength(MAX_PROMPT)
        self.strength = slider_of(theme, SETTINGS["strength"])
        self.strength.set_value(DETAIL_STRENGTH)
        self.run = ActionButton(theme, self.tr("Detail"), tooltip=self.tr("Find the word and generate it again"))
        self.run.setProperty("role", "primary")
        self.word.textChanged.connect(self._show_run)
        self.word.returnPressed.connect(self._ask)
        self.prompt.returnPressed.connect(self._ask)
        self.run.clicked.connect(self._ask)
        OnEscape(self, self.hide)
        stacked(
            wrapped(explanation, "muted"),
            self.word,
            self._words,
            self.prompt,
            self.strength,
            self.run,
            on=self,
            margins=EDGE,
            spacing=10,
        )
        self.setFixedWidth(WIDTH)
        self._show_run()

    def set_words(self, words: Sequence[str]) -> None:
        """Offer words of the prompt of the image."""
        chips = []
        for word in words[:MAX_OFFERED]:
            tooltip = self.tr("Detail “{word}”").format(word=plain(word))
            chip = Chip(self._theme, word, tooltip=tooltip, removable=False)
            chip.clicked.connect(lambda _=False, word=word: self.word.setText(word))
            chips.append(chip)
        self._flow.set_widgets(chips)
        self._words.setFixedHeight(self._flow.heightForWidth(WIDTH - 2 * EDGE) if chips else 0)
        self._words.setVisible(bool(chips))

    def open_at(self, position: QPoint) -> None:
        """Open the popup with its top left corner at a screen position, or as near to it as possible."""
        self.show_at(position)
        self.word.setFocus()
        self.word.selectAll()

    def _show_run(self) -> None:
        self.run.setEnabled(bool(self.word.text().strip()))

    def _ask(self) -> None:
        if word := self.word.text().strip():
            self.hide()
            self.asked.emit(Detail(word, self.prompt.text().strip(), self.strength.value()))
