"""What a model is told of a picture beside words: its class, numbers, pictures that it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.conditions import MAX_HINTS, WEIGHTS, Hint
from gdm_studio.maths.knobs import Knob
from gdm_studio.models.accepts import Accepts
from gdm_studio.request import SETTINGS
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.binding import bind
from gdm_studio.ui.create.panel.knob_rows import KnobRows
from gdm_studio.ui.create.panel.setting_widgets import combo_of
from gdm_studio.ui.create.panel.start_picture import PictureView
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import Choice, Combo, Folded, IconButton, Labelled, SliderRow, mark
from gdm_studio.ui.widgets.drop_zones import picture_in
from gdm_studio.ui.widgets.file_drops import take_copy
from gdm_studio.ui.widgets.layouts import in_row, stacked

if TYPE_CHECKING:
    import numpy as np

ANY = Choice("", "Any")
FEW = 4  # factors that are shown at once


class Conditions(QWidget):
    """Shown as far as the model asks for any of it; what people set stays in the draft while another model is chosen.

    Signal: `changed()` by people. Parts: `label_box`, `groups` of factors (Factors) by their headings, `hints` (Hints).
    Setter: `set_accepts(accepts)`.
    """

    changed = Signal()

    def __init__(self, theme: Theme, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._draft = theme, draft
        self.label_box = combo_of(theme, SETTINGS["label"])
        self.groups: dict[str, Factors] = {}
        self.hints = Hints(theme)
        self._label_field = Labelled(SETTINGS["label"].title, self.label_box)
        self._column = stacked(self._label_field, self.hints, on=self, spacing=14)
        bind(draft, "label", self.label_box)
        draft.listen("factors", self._show_factors)
        draft.listen("hints", self.hints.set_told)
        self._add_group("")
        self.label_box.chosen.connect(self.changed)
        self.hints.changed.connect(self._on_hints)
        self.set_accepts(Accepts())

    def set_accepts(self, accepts: Accepts) -> None:
        """Another model's."""
        self.label_box.set_choices([ANY, *(Choice(name, name) for name in accepts.labels)])
        self.label_box.set_choice("")
        self.label_box.set_choice(self._draft["label"])
        self._label_field.setVisible(bool(accepts.labels))
        for heading in dict.fromkeys(knob.group for knob in accepts.factors):
            self._add_group(heading)
        for heading, group in self.groups.items():
            group.set_knobs(tuple(knob for knob in accepts.factors if knob.group == heading))
        self._show_factors(self._draft["factors"])
        self.hints.set_kinds(accepts.hints)
        self.hints.set_told(self._draft["hints"])
        self.setVisible(bool(accepts.labels or accepts.factors or accepts.hints))

    def boxes(self) -> list[Combo]:
        """The lists of which there is something to choose."""
        return [] if self._label_field.isHidden() else [self.label_box]

    def rows(self) -> list[SliderRow]:
        """The numbers that there are."""
        factors = [row for group in self.groups.values() for row in group.knobs.rows.values()]
        return [*factors, *self.hints.rows()]

    def _add_group(self, heading: str) -> None:
        if heading not in self.groups:
            group = self.groups[heading] = Factors(self._theme, heading)
            self._column.insertWidget(len(self.groups), group)
            group.knobs.changed.connect(lambda: self._on_factors(group))

    def _show_factors(self, values: Mapping[str, float]) -> None:
        for group in self.groups.values():
            group.show_values(values)

    def _on_factors(self, group: Factors) -> None:
        self._draft.change(factors=self._draft["factors"] | group.knobs.values())
        self.changed.emit()

    def _on_hints(self) -> None:
        others = tuple(hint for hint in self._draft["hints"] if hint.kind not in self.hints.kinds)
        self._draft.put(hints=(*self.hints.told(), *others))
        self.changed.emit()


class Factors(Folded):
    """Those under one heading; more than a few, and what few people set, are folded away at first. Part: `knobs`."""

    def __init__(self, theme: Theme, heading: str) -> None:
        super().__init__(theme, title=heading or "Factors")
        self._most = 0 if heading else FEW  # that are open at once
        self.knobs = KnobRows(theme)
        self.add(self.knobs)

    def set_knobs(self, knobs: tuple[Knob, ...]) -> None:
        """Other ones, or none; the same ones stay as they are."""
        if list(self.knobs.rows) != [knob.name for knob in knobs]:
            self.set_open(len(knobs) <= self._most)
        self.knobs.set_knobs(knobs)
        self.setVisible(bool(knobs))

    def show_values(self, values: Mapping[str, float]) -> None:
        """What is set, in the head too."""
        self.knobs.set_values(values)
        said = self.knobs.words()
        self.set_summary(", ".join(said) or ", ".join(self.knobs.titles()).lower(), marked=bool(said))


class Hints(QWidget):
    """Pictures that the model follows, a row each, and a place where more can be dropped.

    Signals: `changed()` by people, `picture_asked()`, `picture_dropped(Path)`, `pictures_wanted()`. Setters:
    `set_kinds(kinds)`, `set_told(hints)`, `add(image)`, `drop(image)`, `set_picture(image, rgba)`. Readers: `kinds`,
    `told()`, `unseen()`.
    """

    changed = Signal()
    picture_asked = Signal()
    picture_dropped = Signal(object)
    pictures_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kinds: tuple[str, ...] = ()
        self._shown: list[_HintRow] = []
        self.more = IconButton(theme, "image-plus", tooltip="A picture to follow", text="Follow a picture…", size=14)
        self.more.setProperty("role", "chip")
        self.more.setFont(theme.font(12, 500))
        self.more.setFixedHeight(30)
        self._column = stacked(self.more, on=self, spacing=6)
        self.setAcceptDrops(True)
        self.more.clicked.connect(self.picture_asked)

    def set_kinds(self, kinds: tuple[str, ...]) -> None:
        """The kinds that the model follows; `set_told` shows those of them that there are."""
        self.kinds = kinds
        self.more.setToolTip(f"A picture of {' or '.join(kinds) or 'anything'} to follow; it can be dropped here")
        self.setVisible(bool(kinds))

    def set_told(self, hints: tuple[Hint, ...]) -> None:
        """Other pictures, as far as the model follows such."""
        shown = tuple(hint for hint in hints if hint.kind in self.kinds)
        if shown != self.told():
            for row in self._shown:
                row.hide()
                row.deleteLater()
            self._shown = []
            for hint in shown:
                self._show(hint)
            self.pictures_wanted.emit()
        self.more.setEnabled(len(shown) < MAX_HINTS)

    def add(self, image: str) -> None:
        """One more picture, by the name under which it is kept; by people."""
        if len(self._shown) < MAX_HINTS and self.kinds:
            self.set_told((*self.told(), Hint(self.kinds[0], image)))
            self.changed.emit()

    def drop(self, image: str) -> None:
        """The picture of that name no more."""
        self.set_told(tuple(hint for hint in self.told() if hint.image != image))
        self.changed.emit()

    def told(self) -> tuple[Hint, ...]:
        return tuple(row.hint() for row in self._shown)

    def unseen(self) -> list[str]:
        """The names of the pictures that are not shown yet."""
        return [row.image for row in self._shown if not row.is_seen]

    def set_picture(self, image: str, rgba: np.ndarray) -> None:
        """What the picture of that name looks like, (height, width, 4)."""
        for row in self._shown:
            if row.image == image:
                row.show_picture(rgba)

    def rows(self) -> list[SliderRow]:
        return [row.weight for row in self._shown]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.kinds and picture_in(event.mimeData()) is not None:
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path: Path | None = picture_in(event.mimeData())
        if path is not None:
            take_copy(event)
            self.picture_dropped.emit(path)

    def _show(self, hint: Hint) -> None:
        row = _HintRow(self._theme, hint, self.kinds)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self._column.insertWidget(len(self._shown), row)
        self._shown.append(row)

    def _remove(self, row: _HintRow) -> None:
        self._shown.remove(row)
        row.hide()
        row.deleteLater()
        self.more.setEnabled(True)
        self.changed.emit()


class _HintRow(QFrame):
    """Signals: `changed()`, `removed()`, by people."""

    changed = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, hint: Hint, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self.image, self.is_seen = hint.image, False
        self._hint = hint
        self._view = PictureView(theme)
        self._kind = Combo(theme, name="Kind of hint", tooltip="What the picture shows the model")
        self._kind.set_choices([Choice(kind, kind) for kind in kinds])
        self._kind.set_choice(hint.kind)
        low, high = WEIGHTS
        self.weight = SliderRow(
            theme, title="Weight", low=low, high=high, default=1.0, decimals=2, step=0.05,
            tooltip="How closely it is followed: 0 not at all",
        )  # fmt: skip
        self.weight.set_value(hint.weight)
        remove = mark(theme, "x", "Follow it no more", size=14)
        head = in_row((self._kind, 1), remove)
        right = stacked(head, self.weight, spacing=2)
        in_row(self._view, (right, 1), on=self, margins=(8, 6, 8, 6), spacing=SPACE.gap)
        self._kind.chosen.connect(self.changed)
        self.weight.changed.connect(self.changed)
        remove.clicked.connect(self.removed)

    def hint(self) -> Hint:
        return replace(self._hint, kind=self._kind.choice(), weight=self.weight.value())

    def show_picture(self, rgba: np.ndarray) -> None:
        self.is_seen = True
        self._view.set_pictures(rgba, None)
