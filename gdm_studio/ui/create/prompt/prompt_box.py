"""Prompt field with a title, the number of words or tokens, and chips that show how the model reads the text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.request.prompts import MOST_CHARACTERS, is_too_long, length_problem
from gdm_studio.ui.create.prompt.prompt_chips import PromptChip, PromptChips
from gdm_studio.ui.create.prompt.prompt_text_field import PromptEditor, PromptMistake, Weigher
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text
from gdm_studio.ui.widgets.labels import ElidedLabel, label, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

# Height of a line at 14 px, in logical pixels.
LINE = 19
# Frame and margins of the editor above and below its lines, in logical pixels.
FRAME = 27
# Height of the line with the title and the buttons, in logical pixels.
HEAD = 20
# Lines of the editor for a short text.
LEAST_LINES = 2
# Empty space of the editor, in logical pixels, that chips may take besides its empty lines.
SLACK = 9
# Milliseconds without a key before the words are read, so that a half-typed word is not reported as unknown.
PAUSE = 300


class PromptBox(QWidget):
    """Prompt field with a title and a word or token count above it, and chips that explain the prompt below.

    Signals: `changed(text)`, `submitted()` on Enter (Shift+Enter starts a new line), and `rested()` some time after the
    last change. If a prompt is too long, the editor shows only its beginning, and nothing is generated until the user
    edits it.
    """

    changed = Signal(str)
    submitted = Signal()
    rested = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        title: str = "",
        placeholder: str = "",
        tooltip: str = "",
        lines: int = 3,
        reserves_chips: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        title = title or self.tr("Prompt")
        tooltip = tooltip or self.tr("Describe the picture; Enter generates it")
        placeholder = placeholder or self.tr("What should the picture show?")
        self.editor = PromptEditor(theme, self)
        self.editor.setPlaceholderText(placeholder)
        self.editor.setAccessibleName(title)
        self.editor.setToolTip(tooltip)
        self.editor.setFont(theme.font(14))
        self.editor.setMinimumHeight(LINE + FRAME - SLACK)
        self._lines = lines
        self.editor.textChanged.connect(self._on_text)
        self.editor.submitted.connect(self.submitted)
        self.editor.overflowed.connect(self.set_text)
        # The whole text if it is too long for the editor, else "".
        self._long_text = ""
        self._is_setting = self._was_too_long = False
        self._tooltip = tooltip
        self._name = title
        self._title = label(title, buddy=self.editor)
        self._words = ElidedLabel("", "muted")
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.chips = PromptChips(theme, reserved=reserves_chips)
        self.editor.keep_visible(self.chips)
        self.chips.chosen.connect(self._on_chip)
        # The chip of a mode, and the chips of the prompt after it.
        self._mode_chip: PromptChip | None = None
        self._chips_of_prompt: tuple[PromptChip, ...] = ()
        # The text for which the chips were computed.
        self._text_of_chips = ""
        self.chips.resized.connect(self._fit)
        # A pasted text is broken into lines after its change was reported.
        self.editor.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self._problem = wrapped("", "problem")
        self._problem.hide()
        self._has_tokens = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.rested)
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._on_text()

    def text(self) -> str:
        """Return the prompt as a single line, with line breaks and repeated spaces replaced by single spaces."""
        return self._long_text or " ".join(self.editor.toPlainText().split())

    def written(self) -> str:
        """Return the prompt exactly as the user typed it, with line breaks and repeated spaces."""
        return self._long_text or self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace the prompt, which Ctrl+Z can undo."""
        if text == self.text():
            return
        if is_too_long(text):
            text = " ".join(text.split())
        self._long_text = text if is_too_long(text) else ""
        self._is_setting = True
        # Undoing an action of the window adds no step to the undo history of the text.
        if self._long_text or not (self.editor.actions_before_changes() and self._undo_if_it_restores(text)):
            self._replace_text(text[:MOST_CHARACTERS])
        self._is_setting = False

    def forget_changes(self) -> None:
        """Let Ctrl+Z undo only later changes of the prompt."""
        self.editor.document().clearUndoRedoStacks()

    def _undo_if_it_restores(self, text: str) -> bool:
        """Undo the last change of the prompt if the prompt is `text` before it. Return False if it is not."""
        self.editor.blockSignals(True)
        self.editor.undo()
        if not (is_restored := text == self.text()):
            self.editor.redo()
        self.editor.blockSignals(False)
        if is_restored:
            # The window redoes the action as a whole.
            self.editor.document().clearUndoRedoStacks(QTextDocument.Stacks.RedoStack)
            self._on_text()
        return is_restored

    def _replace_text(self, text: str) -> None:
        cursor = self.editor.textCursor()
        cursor.beginEditBlock()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(f"{text} ")
        # Qt would undo text typed next together with this insertion, if no deletion came between them.
        cursor.deletePreviousChar()
        cursor.endEditBlock()

    def focus_all(self) -> None:
        """Select the whole prompt and move the keyboard focus to it, unless the prompt is hidden."""
        if self.editor.isVisible():
            self.editor.selectAll()
            self.editor.setFocus()

    def add_mark(self, mark: QWidget) -> None:
        """Add a small button at the end of the title line above the prompt."""
        self._header.addWidget(mark)

    def show_chips(self, chips: Sequence[PromptChip]) -> None:
        """Show chips below the prompt that explain how the model reads it. Nothing is shown if the prompt is
        too long.
        """
        self._text_of_chips = self.written()
        self._chips_of_prompt = () if is_too_long(self.written()) else tuple(chips)
        self._put_chips()

    def show_mode(self, chip: PromptChip | None) -> None:
        """Show the chip of a mode, such as branch mode, in front of the prompt's chips. None removes it."""
        self._mode_chip = chip
        self._put_chips()

    def _put_chips(self) -> None:
        self.chips.set_chips((*filter(None, (self._mode_chip,)), *self._chips_of_prompt))
        before: QWidget = self.editor
        for button in self.chips.buttons():
            self.setTabOrder(before, button)
            before = button

    def _on_chip(self, prompt: str) -> None:
        if self.written() != self._text_of_chips:
            # The chip's new prompt was made before the last changes. Other chips follow soon.
            return
        self.editor.setFocus()
        self._replace_text(prompt)

    def set_grammar(self, weigher: Weigher | None, *, tokens: bool = False) -> None:
        """Set the function that changes the weights of words in the prompt, or None if the model does not support
        weights.

        With `tokens`, tokens are counted instead of words. See `PromptEditor.set_weigher`.
        """
        self._has_tokens = tokens
        self.editor.set_weigher(weigher)
        hint = self.tr("Ctrl+↑ and Ctrl+↓ change the weight of a word")
        self.editor.setToolTip(f"{self._tooltip}; {hint}" if weigher else self._tooltip)
        self.show_mistakes(())
        self._show_words()
        self._pause.start()

    def show_tokens(self, count: int, room: int) -> None:
        """Show how many tokens the prompt has, and how many the model can read (`room`).

        Ignored if the text is too long.
        """
        if is_too_long(self.written()):
            return
        self._words.setText(f"{count} / {room}" if self.text() else "")
        hint = self.tr("{count} of {limit} tokens").format(count=count, limit=room)
        if room > 75:
            hint = self.tr("{tokens}, in {parts} parts").format(tokens=hint, parts=room // 75)
        self._words.hint = hint

    def show_mistakes(self, mistakes: Sequence[PromptMistake]) -> None:
        """Underline the mistakes in the prompt, such as unbalanced brackets."""
        # If this text is too long, the mistakes belong to another text.
        if is_too_long(self.written()):
            mistakes = ()
        self.editor.mark(mistakes)

    def _show_problem(self) -> None:
        """Show a message below the prompt if it is too long."""
        problem = length_problem(self.written(), self.tr("The text under “{title}”").format(title=self._name))
        if self._long_text:
            text = self.tr("The editor shows the first {count}; edit them to use only these.")
            problem += " " + text.format(count=number_text(MOST_CHARACTERS))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _on_text(self) -> None:
        if not self._is_setting:
            self._long_text = ""
        is_too_long_now = is_too_long(self.written())
        if is_too_long_now or self._was_too_long:
            self.editor.mark(())
            self.show_chips(())
            self._show_problem()
        self._was_too_long = is_too_long_now
        self._fit()
        self._show_words()
        self._pause.start()
        self.changed.emit(self.text())

    def _show_words(self) -> None:
        if is_too_long(self.written()):
            self._words.setText(self.tr("{count} characters").format(count=number_text(len(self.written()))))
            self._words.hint = ""
            return
        if self._has_tokens:
            return
        # Tags of LoRAs are not meant as words, although a model reads unknown ones as words.
        text = self.text()
        if "<" in text:
            from gdm_studio.models.prompts.a1111_syntax import without_adapter_tags

            text = without_adapter_tags(text)
        count = len(text.split())
        words = self.tr("%n word(s)", "", count) if count else ""
        self._words.setText(words)
        self._words.hint = ""

    def _fit(self) -> None:
        """Fit the editor's height to the prompt's number of lines.

        A second line of chips uses the space of an empty line.
        """
        lines = round(self.editor.document().size().height())
        shown = min(max(lines, LEAST_LINES), self._lines)
        free = (shown - lines) * LINE + SLACK if lines < shown else 0
        policy = Qt.ScrollBarPolicy
        is_cut = lines > self._lines
        self.editor.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if is_cut else policy.ScrollBarAlwaysOff)
        self._paper.setFixedHeight(shown * LINE + FRAME - min(self.chips.extra_height(), free))

    def _lay_out(self) -> None:
        self._header = head = in_row(self._title, (self._words, 1))
        # Buttons that appear beside the title move nothing.
        head.addStrut(HEAD)
        self._paper = paper = QWidget()
        paper.setFixedHeight(LEAST_LINES * LINE + FRAME)
        stacked((self.editor, 1), self._problem, on=paper, spacing=4)
        below = QWidget()
        stacked(paper, self.chips, on=below, spacing=4)
        stacked(head, below, on=self, spacing=4)
