"""What floats over the canvas while a picture gets a larger frame: the pixels at each side, and the size of it all."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.request import MAX_SIDE
from gdm_studio.ui.actions import UNDO, said
from gdm_studio.ui.create.extending.frame import Sides
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label, mark
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.number_edit import NumberEdit

NAMES = {"left": ("←", "Left"), "right": ("→", "Right"), "above": ("↑", "Above"), "below": ("↓", "Below")}
NUMBER = 40  # logical pixels


class ExtendBar(QFrame):
    """Signals: `sides_changed(Sides)` by people, `undo_clicked()`, `done()`, `closed()`. Setters: `begin(unit, most)`,
    `show(sides, size, undo)`.
    """

    sides_changed = Signal(object)
    undo_clicked = Signal()
    done = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.edits: dict[str, NumberEdit] = {}
        head = in_row(spacing=4)
        for name, (arrow, title) in NAMES.items():
            hint = f"{title}: pixels that are added there; ↑ and ↓ change them"
            self.edits[name] = edit = NumberEdit(name=f"Pixels {title.lower()}", low=0, high=MAX_SIDE, tooltip=hint)
            edit.setProperty("role", "value")
            edit.setFixedWidth(NUMBER)
            edit.edited.connect(self._on_edit)
            head.addWidget(label(arrow))
            head.addWidget(edit)
        self._close = mark(theme, "x", "Leave the picture as it was", key="Escape")
        head.addStretch()
        head.addWidget(self._close)
        self._size = ElidedLabel("", "muted")
        self._undo = mark(theme, UNDO.icon, said("Undo the last change", UNDO.keys), side=28)
        self._done = ActionButton(theme, "Use frame", tooltip="Paint what is added", keys="Return", role="primary")
        foot = in_row((self._size, 1), self._undo, self._done, spacing=6)
        stacked(head, foot, on=self, margins=(12, 6, 8, 6), spacing=4)
        self._undo.clicked.connect(self.undo_clicked)
        self._done.clicked.connect(self.done)
        self._close.clicked.connect(self.closed)

    def begin(self, unit: int, most: int) -> None:
        """For steps of so many pixels, and at most so many at a side."""
        for edit in self.edits.values():
            edit.set_step(unit)
            edit.set_range(0, most)

    def show_sides(self, sides: Sides, size: tuple[int, int], *, undo: bool) -> None:
        """What is added now, the size (width, height) of the whole, and whether there is something to undo."""
        for name, edit in self.edits.items():
            edit.set_number(getattr(sides, name))
        self._size.setText(f"{size[0]} × {size[1]}")
        self._undo.setEnabled(undo)
        self._done.setEnabled(any(sides))

    def _on_edit(self) -> None:
        self.sides_changed.emit(Sides(**{name: int(edit.number()) for name, edit in self.edits.items()}))
