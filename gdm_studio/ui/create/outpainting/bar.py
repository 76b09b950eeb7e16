"""Outpainting bar over the canvas, which shows the pixels added at each side and the total size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.request.generation_request import MAX_SIDE
from gdm_studio.ui.create.outpainting.frame import Sides
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label, mark
from gdm_studio.ui.widgets.fields import NumberEdit
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.window_actions import UNDO, with_keys

ARROWS = {"left": "←", "right": "→", "above": "↑", "below": "↓"}
# Width of a number field in logical pixels.
NUMBER = 40


class ExtendBar(QFrame):
    """Bar for outpainting, with a number field for the pixels to add at each side of the image.

    Signals: `sides_changed(Sides)` when the user edits a field, `undo_clicked()`, `done()` and `closed()`.
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
        titles = {
            "left": (self.tr("Pixels left"), self.tr("Pixels to add at the left; ↑ and ↓ change them")),
            "right": (self.tr("Pixels right"), self.tr("Pixels to add at the right; ↑ and ↓ change them")),
            "above": (self.tr("Pixels above"), self.tr("Pixels to add above; ↑ and ↓ change them")),
            "below": (self.tr("Pixels below"), self.tr("Pixels to add below; ↑ and ↓ change them")),
        }
        for name, (title, tooltip) in titles.items():
            self.edits[name] = edit = NumberEdit(name=title, low=0, high=MAX_SIDE, tooltip=tooltip)
            edit.setProperty("role", "value")
            edit.setFixedWidth(NUMBER)
            edit.edited.connect(self._on_edit)
            head.addWidget(label(ARROWS[name]))
            head.addWidget(edit)
        self._close_button = mark(theme, "x", self.tr("Leave the picture as it was"), key="Escape")
        head.addStretch()
        head.addWidget(self._close_button)
        self._size_label = ElidedLabel("", "muted")
        self._undo_button = mark(theme, UNDO.icon, with_keys(self.tr("Undo the last change"), UNDO.keys), side=28)
        self._done_button = ActionButton(
            theme,
            self.tr("Use frame"),
            tooltip=self.tr("Generate the added area"),
            keys="Return",
            role="primary",
        )
        foot = in_row((self._size_label, 1), self._undo_button, self._done_button, spacing=6)
        stacked(head, foot, on=self, margins=(12, 6, 8, 6), spacing=4)
        self._undo_button.clicked.connect(self.undo_clicked)
        self._done_button.clicked.connect(self.done)
        self._close_button.clicked.connect(self.closed)

    def begin(self, unit: int, max_pixels: int) -> None:
        """Prepare the number fields for outpainting an image, with steps of `unit` pixels and a maximum of `max_pixels`
        pixels.
        """
        for edit in self.edits.values():
            edit.set_step(unit)
            edit.set_range(0, max_pixels)

    def show_sides(self, sides: Sides, size: tuple[int, int], *, undo: bool) -> None:
        """Show the pixels added at each side of the image, and its total size (width, height).

        `undo` enables the Undo button.
        """
        for name, edit in self.edits.items():
            edit.set_number(getattr(sides, name))
        self._size_label.setText(f"{size[0]} × {size[1]}")
        self._undo_button.setEnabled(undo)
        self._done_button.setEnabled(any(sides))

    def _on_edit(self) -> None:
        self.sides_changed.emit(Sides(**{name: int(edit.number()) for name, edit in self.edits.items()}))
