"""The prompt: a few lines of text under a name, with its number of words or tokens, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.labels import ElidedLabel, label, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.prompt_editor import PromptEditor, Slip, Weigher

LINE = 19  # logical pixels of a line at 14 px
PAUSE = 500  # milliseconds without a key after which words are looked at: a word half typed is not unknown


class PromptBox(QWidget):
    """Text for the model.

    Part: `editor`. Signals: `changed(str)`, `submitted()` with Enter, while Shift+Enter begins a line, `rested()` some
    time after the last change. Setters: `set_text(str)`, `set_limit(words)`, `set_reader(function)`,
    `set_grammar(weigher, tokens)`, `show_tokens(count, room)`, `show_slips(mistakes)`, `add_mark(button)`. Readers:
    `text()`, `written()`.
    """

    changed = Signal(str)
    submitted = Signal()
    rested = Signal()

    def __init__(
        self, theme: Theme, *, title: str = "Prompt", placeholder: str = "What should the picture show?",
        tooltip: str = "What the picture should show; Enter makes it", lines: int = 3, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.editor = PromptEditor(theme, self)
        self.editor.setPlaceholderText(placeholder)
        self.editor.setAccessibleName(title)
        self.editor.setToolTip(tooltip)
        self.editor.setFont(theme.font(14))
        self.editor.setMinimumHeight(LINE + 25)
        self._lines = lines
        self.editor.textChanged.connect(self._on_text)
        self.editor.submitted.connect(self.submitted)
        self._tooltip = tooltip
        self._title = label(title, buddy=self.editor)
        self._limit = 0
        self._words = ElidedLabel("", "muted")
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._about = wrapped("", "hint")
        self._about.hide()
        self._problem = wrapped("", "problem")
        self._problem.hide()
        self._has_tokens = False
        self._reader: Callable[[str], str] = lambda text: ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._on_pause)
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._on_text()

    def text(self) -> str:
        """The text on one line, without space at its ends."""
        return " ".join(self.editor.toPlainText().split())

    def written(self) -> str:
        """The text as it stands in the editor."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Other text; Ctrl+Z brings the former one back."""
        if text == self.text():
            return
        cursor = self.editor.textCursor()
        cursor.beginEditBlock()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(f"{text} ")
        cursor.deletePreviousChar()  # what is typed next is an insertion that Qt would undo together with this one
        cursor.endEditBlock()

    def add_mark(self, mark: QWidget) -> None:
        """A small button at the end of the line with the name."""
        self._head.addWidget(mark)

    def set_limit(self, words: int) -> None:
        """How many words the model reads; it is said where the text has more. 0 for as many as there are."""
        self._limit = words
        self._show_words()

    def set_reader(self, reader: Callable[[str], str]) -> None:
        """`reader(text)` says what the model makes of words that it never met; that stands under the text."""
        self._reader = reader
        self._pause.start()  # which may have to read a file first

    def set_grammar(self, weigher: Weigher | None, *, tokens: bool = False) -> None:
        """For prompts with weights, which `weigher` changes as PromptEditor says; None for plain ones. Their length is
        counted in `tokens`, or in words.
        """
        self._has_tokens = tokens
        self.editor.set_weigher(weigher)
        more = "; Ctrl+↑ and Ctrl+↓ let a word count more or less)" if weigher else ")"
        self.editor.setToolTip(self._tooltip.removesuffix(")") + more if self._tooltip.endswith(")") else self._tooltip)
        self.show_slips(())
        self._show_words()
        self._pause.start()

    def show_tokens(self, count: int, room: int) -> None:
        """How long the text is for a model that reads tokens."""
        self._words.setText(f"{count} / {room}" if self.text() else "")
        windows = f", in {room // 75} parts" if room > 75 else ""
        self._words.hint = f"{count} tokens of {room}{windows}"

    def show_slips(self, slips: Sequence[Slip]) -> None:
        """Marks these mistakes; the first is told under the text."""
        self.editor.mark(slips)
        more = f" And {len(slips) - 1} more." if len(slips) > 1 else ""
        self._problem.setText(plain(slips[0].sentence) + more if slips else "")
        self._problem.setVisible(bool(slips))
        self._show_about()

    def _on_text(self) -> None:
        self._show_words()
        self._pause.start()
        self.changed.emit(self.text())

    def _show_words(self) -> None:
        if self._has_tokens:
            return
        count = len(self.text().split())
        words = "1 word" if count == 1 else f"{count} words" if count else ""
        beyond = self._limit and count > self._limit
        self._words.setText(f"{words}, {self._limit} count" if beyond else words)
        self._words.hint = f"Only the first {self._limit} words are read" if beyond else ""

    def _on_pause(self) -> None:
        self._show_about()
        self.rested.emit()

    def _show_about(self) -> None:
        """What the model makes of the words, unless there is a mistake to tell of."""
        text = self.text()
        said = self._reader(text) if text and self._problem.isHidden() else ""
        self._about.setText(said)
        self._about.setVisible(bool(said))
        takes = said and self.editor.document().size().height() > 1  # of the lines that are written on
        self._paper.setFixedHeight(self._height + (self._about.heightForWidth(self.width()) + 4 if takes else 0))

    def _lay_out(self) -> None:
        self._head = head = in_row(self._title, (self._words, 1))
        self._paper = paper = QWidget()  # of one height, as long as what is said has room: nothing below moves
        self._height = self._lines * LINE + 25
        paper.setFixedHeight(self._height)
        stacked((self.editor, 1), self._problem, self._about, on=paper, spacing=4)
        stacked(head, paper, on=self, spacing=6)

