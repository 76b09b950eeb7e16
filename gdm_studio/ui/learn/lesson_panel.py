"""Panel with a lesson: its paragraphs, buttons that change the sampler run as the lesson suggests, and its exercise."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from gdm_studio.learning.lessons import LESSONS, Lesson, Trial
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, horizontal_rule, label, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

_OPERATOR = re.compile(r" ([=+−/]) ")


class LessonPanel(QFrame):
    """Panel of the Learn page that shows the text and the exercise of one lesson.

    Signals: `opened(Lesson)` when a lesson is shown, `tried(Trial)` when a button in the lesson is clicked, and
    `answered(Lesson, number)` to check the exercise. The number is None if the state of the page is the answer.
    """

    opened = Signal(object)
    tried = Signal(object)
    answered = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._theme = theme
        self._solved_lessons: set[str] = set()
        # The lesson that is shown, or None before the panel was opened.
        self.lesson: Lesson | None = None
        self.menu = Combo(theme, name=self.tr("Lesson"))
        self.text = LessonText(theme, LESSONS[0])
        self._scroll = scrolled(self.text, self.tr("Text of the lesson"))
        # A result makes the text longer, at the next layout.
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self._scroll_to_result())
        # The margin stays below the menu when the text is scrolled.
        top = in_row((self.menu, 1), margins=(SPACE.edge, 0, SPACE.edge, SPACE.medium))
        stacked(top, (self._scroll, 1), on=self, spacing=0)
        self._show_titles()
        self.menu.chosen.connect(lambda _: self.open_lesson(self.menu.choice()))

    def start(self) -> None:
        """Open the first lesson, unless a lesson is open already."""
        if self.lesson is None:
            self.open_lesson(LESSONS[0].name)

    def open_lesson(self, name: str) -> None:
        """Show a lesson's text, and emit `opened` so that the Learn page applies the lesson's settings."""
        self.lesson = next(lesson for lesson in LESSONS if lesson.name == name)
        self._show_titles()
        self.text = LessonText(self._theme, self.lesson)
        for trial, button in zip(self.text.trials, self.text.buttons, strict=True):
            button.clicked.connect(lambda _, trial=trial: self.tried.emit(trial))
        self.text.check.clicked.connect(self._submit_answer)
        self.text.number.returnPressed.connect(self._submit_answer)
        self.text.following.clicked.connect(self._open_next)
        # The scroll area deletes the earlier text.
        self._scroll.setWidget(self.text)
        self.opened.emit(self.lesson)

    def show_result(self, is_right: bool, text: str) -> None:
        """Show whether the last answer to the exercise is right, with the lesson's comment on it. Solved lessons are
        ticked in the menu.
        """
        if self.lesson is None:
            return
        if is_right:
            self._solved_lessons.add(self.lesson.name)
            self._show_titles()
        self.text.following.setVisible(is_right and self.lesson is not LESSONS[-1])
        self._show_text(translate("Lesson", text))

    def _show_text(self, text: str) -> None:
        """Show a message, such as the result of an answer, below the exercise and scroll to it."""
        self.text.result.setText(text)
        self._scroll_to_result()

    def _scroll_to_result(self) -> None:
        if not self.text.result.text():
            return
        # The result is the end of the text. The answer stays visible above it, even where both are low.
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._scroll.ensureWidgetVisible(self.text.check, 0, SPACE.medium)

    def _show_titles(self) -> None:
        titles = {lesson.name: translate("Lesson", lesson.title) for lesson in LESSONS}
        self.menu.set_choices(
            [Choice(name, f"{title} ✓" if name in self._solved_lessons else title) for name, title in titles.items()]
        )
        if self.lesson is not None:
            self.menu.set_choice(self.lesson.name)

    def _submit_answer(self) -> None:
        if self.lesson is None:
            return
        if not self.lesson.exercise.asks_number:
            self.answered.emit(self.lesson, None)
            return
        typed = "".join(self.text.number.text().split()).replace(",", ".")
        try:
            number = float(typed)
        except ValueError:
            self._show_text(self.tr("Type a number, such as 0.5."))
            return
        self.answered.emit(self.lesson, number)

    def _open_next(self) -> None:
        if self.lesson is not None:
            self.open_lesson(LESSONS[LESSONS.index(self.lesson) + 1].name)


def with_whole_formulas(text: str) -> str:
    """Replace spaces around operators with non-breaking spaces, so that formulas are not split at the end of a line."""
    return _OPERATOR.sub(lambda found: f"\N{NO-BREAK SPACE}{found[1]}\N{NO-BREAK SPACE}", text)


class LessonText(QWidget):
    """Text of a lesson, with a button for each change that it proposes (`trials`) and the input fields of its
    exercise.
    """

    def __init__(self, theme: Theme, lesson: Lesson) -> None:
        super().__init__()
        self.trials = [part for part in lesson.parts if isinstance(part, Trial)]
        self.buttons = [
            ActionButton(theme, self.tr("Try it"), tooltip=self.tr("Change this alone")) for _ in self.trials
        ]
        self.number = QLineEdit()
        self.number.setAccessibleName(self.tr("Answer"))
        self.number.setPlaceholderText(self.tr("A number"))
        self.check = ActionButton(theme, self.tr("Check"), tooltip=self.tr("Check the answer"), role="primary")
        self.result = wrapped("", "value")
        self.following = ActionButton(theme, self.tr("Next lesson"), tooltip=self.tr("Open the next lesson"))
        left = Qt.AlignmentFlag.AlignLeft
        column = stacked(on=self, margins=(SPACE.edge, 0, SPACE.edge, SPACE.edge), spacing=SPACE.medium)
        buttons = iter(self.buttons)
        for part in lesson.parts:
            if isinstance(part, Trial):
                button, text = next(buttons), translate("Lesson", part.text)
                button.setAccessibleName(self.tr("Try it: {change}").format(change=text))
                column.addLayout(in_row(button, (wrapped(text, "strong"), 1), spacing=SPACE.small))
            else:
                column.addWidget(wrapped(with_whole_formulas(translate("Lesson", part)), "value"))
        column.addWidget(horizontal_rule())
        column.addWidget(label(self.tr("Exercise"), "strong"))
        column.addWidget(wrapped(translate("Lesson", lesson.exercise.question), "value"))
        column.addWidget(self.number)
        column.addWidget(self.check, 0, left)
        column.addWidget(self.result)
        column.addWidget(self.following, 0, left)
        column.addStretch()
        self.number.setVisible(lesson.exercise.asks_number)
        self.following.hide()
