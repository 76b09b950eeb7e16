"""Row of buttons, one of which is always selected."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QWidget

from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets.combo import Choice
from gdm_studio.ui.widgets.layouts import in_row


class Segmented(QWidget):
    """Row of buttons for a few options, exactly one of which is selected. Emits `chosen(id)` for user input.

    `set_folded` shows only the selected option, and a click on it emits `unfold_asked()`.
    """

    chosen = Signal(str)
    unfold_asked = Signal()

    def __init__(self, theme: Theme, choices: list[Choice], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._ids = [choice.id for choice in choices]
        self._is_tight = self._shows_choice_alone = self._is_folded = False
        self._row = in_row(on=self, spacing=2)
        for index, choice in enumerate(choices):
            button = _Segment(choice, self)
            button.setFont(theme.font(12, 500))
            self._group.addButton(button, index)
            self._row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)
        self.set_choice(self._ids[0])

    def choice(self) -> str:
        return self._ids[self._group.checkedId()]

    def set_choice(self, choice_id: str) -> None:
        self._group.button(self._ids.index(choice_id)).setChecked(True)
        self._show()

    def set_offered(self, offered: Mapping[str, bool], why: str = "") -> None:
        """Enable or disable options. `offered` maps their ids to True if they can be selected. `why` is the reason for
        the others, which their tooltips show.
        """
        for choice_id, offer in offered.items():
            button = self._group.button(self._ids.index(choice_id))
            button.setEnabled(offer)
            assert isinstance(button, _Segment)
            button.setToolTip(tip(button.hint if offer else why or button.hint))
            button.setAccessibleDescription("" if offer else plain(why))

    def set_alone(self, alone: bool) -> None:
        """Show only the selected option's button to save space if `alone` is True, or else the buttons of all options.

        A click on the single button selects the next option.
        """
        if alone != self._shows_choice_alone:
            self._shows_choice_alone = alone
            self._show()

    def set_folded(self, folded: bool) -> None:
        """Show only the selected option's button until the user asks for the others, or the buttons of all options."""
        if folded != self._is_folded:
            self._is_folded = folded
            self._show()

    def set_tight(self, tight: bool) -> None:
        """Reduce the margins around the button labels if `tight` is True, or restore them."""
        if tight != self._is_tight:
            self._is_tight = tight
            for button in self._group.buttons():
                button.setProperty("tight", tight)
                button.style().unpolish(button)
                button.style().polish(button)
                button.updateGeometry()
            self.updateGeometry()

    def _show(self) -> None:
        for button in self._group.buttons():
            button.setVisible(button.isChecked() or not (self._shows_choice_alone or self._is_folded))
        # Qt keeps the size hints of parents that are hidden, such as those on another page.
        self._row.invalidate()
        self.updateGeometry()

    def _on_clicked(self, index: int) -> None:
        # A focus frame on another option than the selected one would look like a selection.
        has_focus = any(button.hasFocus() for button in self._group.buttons())
        if self._is_folded and not self._shows_choice_alone:
            self.unfold_asked.emit()
            return
        if self._shows_choice_alone:
            following = [*range(index + 1, len(self._ids)), *range(index)]
            index = next((each for each in following if self._group.button(each).isEnabled()), index)
            self.set_choice(self._ids[index])
        if has_focus:
            self._group.button(index).setFocus()
        self.chosen.emit(self._ids[index])


class FramedSegmented(QFrame):
    """Frame around a `Segmented` that gives it an input field's height, to align it with other fields in a column."""

    def __init__(self, segmented: Segmented) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setFixedHeight(SPACE.control)
        self.setFocusProxy(segmented)
        in_row(segmented, on=self, margins=(4, 0, 4, 0))
        for button in segmented.findChildren(_Segment):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class _Segment(QToolButton):
    def __init__(self, choice: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(choice.title)
        self.setCheckable(True)
        self.setProperty("role", "page")
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hint = choice.summary or choice.title
        self.setToolTip(tip(self.hint))
        self.setAccessibleName(choice.title)
