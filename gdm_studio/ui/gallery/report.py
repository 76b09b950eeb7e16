"""What was read in a picture's file: which of its settings are used, which are recognised only, which are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.ui.actions import USE, said
from gdm_studio.ui.gallery.preview import Preview
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label, mark, wrapped
from gdm_studio.ui.widgets.layouts import in_grid, in_row, scrolled, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.studio.restoring import Restored

WIDTH, SIDE, LONGEST, WORD = 640, 96, 400, 400
EMPTY = ("", "null", "{}", "[]")  # values that say nothing
GROUPS = (
    ("used", "Used", "as they are set here"),
    ("ignored", "Recognised, not used", ""),
    ("unknown", "Not known", "kept in the file, and nowhere read"),
)
CALLED = {"sampler": "scheduler", "image": "start picture"}  # fields of Request, where people call them otherwise
TITLES = {name: spec.title for name, spec in SAMPLERS.items()} | {name: spec.title for name, spec in SPACINGS.items()}


class Report(Overlay):
    """Over the whole window. Signals: `use_asked()`, `start_asked()`, `add_asked()`, each of which closes it.

    `left_out` has what the models that are here cannot use of the picture's request, as people call it.
    """

    use_asked = Signal()
    start_asked = Signal()
    add_asked = Signal()

    def __init__(
        self, theme: Theme, path: Path, found: Restored, *, left_out: Sequence[str], rgba: np.ndarray, can_add: bool,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(theme, parent)
        self.metadata, self._warning, self._left_out = found.metadata, found.warning, left_out
        self._lists = self._entries()
        self._scroll = scrolled(self._lists, "What was read")
        self._bar = OverlayScrollBar(self._scroll)
        self._use = ActionButton(theme, USE.label, tooltip=USE.tip, keys="Return", role="primary")
        self._start = ActionButton(theme, "Start from it", tooltip="The next pictures grow out of it")
        self._add = ActionButton(theme, "Add to gallery", tooltip="A copy of it in the library; the file stays")
        for button, signal in (
            (self._use, self.use_asked),
            (self._start, self.start_asked),
            (self._add, self.add_asked),
        ):
            button.clicked.connect(signal)
            button.clicked.connect(self.close_up)
        self._close = mark(theme, "x", said("Close", "Esc"), size=14)
        self._close.clicked.connect(self.close_up)
        self.hold(self._whole(theme, path, rgba))
        self._use.setVisible(self.metadata.request is not None)
        self._add.setVisible(can_add)

    def open_up(self) -> None:
        super().open_up()
        (self._use if self.metadata.request is not None else self._start).setFocus(Qt.FocusReason.PopupFocusReason)

    def entries(self, group: str) -> Mapping[str, str]:
        """What is listed there, one of GROUPS: used is only what the models that are here can use."""
        read: Mapping[str, str] = getattr(self.metadata, group)
        used, became = self.metadata.used, self.metadata.became
        unused = {name for name in used if CALLED.get(became[name], became[name]) in self._left_out}
        if group == "used":
            return {name: _titled(became[name], value) for name, value in used.items() if name not in unused}
        return {name: used[name] for name in used if name in unused} | dict(read) if group == "ignored" else read

    def place(self, room: QRect) -> QRect:
        return centred(room, WIDTH, self._lists.sizeHint().height() + SIDE + 116)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._use if self.metadata.request is not None else self._start).click()
        else:
            super().keyPressEvent(event)

    def _whole(self, theme: Theme, path: Path, rgba: np.ndarray) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        preview = Preview(theme, SIDE)
        preview.setCursor(Qt.CursorShape.ArrowCursor)
        preview.setToolTip("")
        preview.show_picture(rgba)
        words = stacked(
            ElidedLabel(path.name, "title"), ElidedLabel(self._made_with(), "muted"),
            ElidedLabel(str(path.parent), "hint"), ..., spacing=4,
        )
        head = in_row(preview, (words, 1), (self._close, 0, Qt.AlignmentFlag.AlignTop), spacing=SPACE.edge)
        buttons = in_row(..., self._add, self._start, self._use, spacing=SPACE.small)
        stacked(
            head, (self._scroll, 1), buttons, on=panel, margins=(SPACE.large, SPACE.large, SPACE.edge, SPACE.edge),
            spacing=SPACE.edge,
        )
        return panel

    def _made_with(self) -> str:
        width, height = self.metadata.size
        parts = [self.metadata.tool or "It does not say how it was made", f"{width} × {height}"]
        if self.metadata.c2pa:
            by = f" by {self.metadata.maker}" if self.metadata.maker else ""
            parts.append(f"has content credentials{by}")
        return " · ".join(parts)

    def _entries(self) -> QWidget:
        inside = QWidget()
        column = stacked(on=inside, margins=(0, 0, SPACE.edge, 0), spacing=SPACE.small)
        if self._warning:
            column.addWidget(wrapped(self._warning, "value"))
        for name, title, hint in GROUPS:
            entries = {what: value for what, value in self.entries(name).items() if str(value) not in EMPTY}
            if entries:
                column.addWidget(_group(f"{title} · {len(entries)}", hint, entries))
        column.addStretch()
        return inside


def _titled(field: str, value: str) -> str:
    """A scheduler or spacing as people call it; a scheduler's entry may hold both."""
    if field not in ("sampler", "spacing"):
        return value
    return ", ".join(TITLES.get(part, part) for part in value.split(", "))


def _group(title: str, hint: str, entries: Mapping[str, str]) -> QWidget:
    group = QWidget()
    grid = in_grid(on=group, margins=(0, 0, 0, SPACE.small), across=SPACE.edge, down=6)
    grid.setColumnMinimumWidth(0, 150)
    grid.setColumnStretch(1, 1)
    head = in_row(label(title, "strong"), label(hint, "hint"), ..., spacing=SPACE.small)
    grid.addLayout(head, 0, 0, 1, 2)
    for row, (name, value) in enumerate(entries.items(), 1):
        what = wrapped(str(value)[:LONGEST], "value", selectable=True)
        if " " not in what.text():  # which would not be broken into lines
            what.setText(QFontMetrics(what.font()).elidedText(what.text(), Qt.TextElideMode.ElideMiddle, WORD))
        grid.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(what, row, 1)
    return group
