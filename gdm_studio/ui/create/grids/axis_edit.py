"""One axis of a grid as people set it: which setting it goes over, and its values, typed or ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.engine.grids import PROMPT, Kind
from gdm_studio.ui.create.grids.chips import Chips
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo, ElidedLabel, label
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.text_line import TextLine

NONE = Choice("", "Nothing else")
FIRST = 3  # that are ticked where none were before
REPLACED = "; the first, in the prompt, gives way to the others"


class AxisEdit(QWidget):
    """Signals: `changed()`, by people; `submitted()` with Enter. Setters: `set_kinds(kinds, choices)`,
    `set_axis(name, text)`. Readers: `kind()`, a name or "", and `text()`, as it would be typed. Part: `chips`, which
    need the room of the whole page and so stand elsewhere.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme, title: str, *, optional: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optional = optional
        self._kinds: Mapping[str, Kind] = {}
        self._choices: Mapping[str, Sequence[Choice]] = {}
        self._texts: dict[str, str] = {}  # what was written last for each setting
        self.box = Combo(theme, name=f"Setting {title.lower()}", tooltip=f"What the grid goes over {title.lower()}")
        self.line = TextLine(f"Values {title.lower()}", role="card")
        self._hint = ElidedLabel("", "hint")
        self.chips = Chips(theme)
        stacked(label(title), self.box, self.line, self._hint, on=self, spacing=6)
        self.box.chosen.connect(self._on_kind)
        self.line.textEdited.connect(self.changed)
        self.line.returnPressed.connect(self.submitted)
        self.chips.changed.connect(self.changed)

    def set_kinds(self, kinds: Mapping[str, Kind], choices: Mapping[str, Sequence[Choice]]) -> None:
        """What it can go over, and what there is to tick for those that are ticked."""
        before = self.kind()
        self._kinds, self._choices = kinds, choices
        none = [NONE] if self._optional else []
        self.box.set_choices([*none, *(Choice(kind.name, kind.title) for kind in kinds.values())])
        self.set_axis(before if before in kinds else "", None)

    def set_axis(self, name: str, text: str | None) -> None:
        """Goes over that setting with these values, or with None those that were there last."""
        if name not in self._kinds and not self._optional:
            name = next(iter(self._kinds))
        self.box.set_choice(name)
        if text is not None:
            self._texts[name] = text
        self._show()

    def kind(self) -> str:
        return self.box.choice()

    def text(self) -> str:
        return ", ".join(self.chips.names()) if self.kind() in self._choices else self.line.text()

    def _first(self, kind: Kind) -> str:
        """What stands there before people have written or ticked anything; parts of a prompt are theirs to name."""
        offered = [choice.id for choice in self._choices.get(kind.name, ()) if not choice.refused]
        return ", ".join(offered[:FIRST]) or ("" if kind.name == PROMPT else kind.example.partition(" or ")[0])

    def _on_kind(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        kind = self._kinds.get(self.kind())
        ticked = kind is not None and kind.name in self._choices
        self.line.setVisible(kind is not None and not ticked)
        self.chips.setVisible(ticked)
        self._hint.setVisible(kind is not None)
        if kind is None:
            return
        text = self._texts.setdefault(kind.name, self._first(kind))
        if ticked:
            chosen = [part.strip() for part in text.split(",")] if text else []
            self.chips.set_choices(self._choices[kind.name], chosen)
            self._hint.set_texts("Tick those to go over")
        else:
            self.line.setText(text)
            self.line.setPlaceholderText(kind.example)
            self.line.setToolTip(f"{kind.title}: {kind.example}")
            example = f"Such as {kind.example}"
            first = example.partition(" or ")[0]
            self._hint.set_texts(example + (REPLACED if kind.name == PROMPT else ""), example, first)
