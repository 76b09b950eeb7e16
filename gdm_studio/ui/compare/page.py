"""The page on which pictures are compared: how they are laid out, the pictures, what made them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gdm_studio.ui import actions
from gdm_studio.ui.compare.table import Table
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, Segmented, button_of, label, rule, tool, wrapped
from gdm_studio.ui.widgets.drop_zones import PICTURES
from gdm_studio.ui.widgets.file_drops import take_copy
from gdm_studio.ui.widgets.icon_button import pressed_by
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.panes.item import Item
from gdm_studio.ui.widgets.panes.panes import OF_TWO, Panes

MODES = [
    Choice("side", "Side by side", "All of them, each in its place"),
    Choice("slider", "Slider", "One under the other; drag the line, or ← →"),
    Choice("flicker", "Flicker", "One after the other in one place; Space holds it, ← → turn"),
    Choice("difference", "Difference", "Black where both are alike"),
]
WORDS_FROM = 920  # width of the page from which its buttons have room for their words
TABLE_SHARE = 0.4  # of the page's height that the table takes at most
WAYS = (
    ("image-plus", "Drop picture files here, or choose them below."),
    ("layout-grid", "In the gallery, select two or more and press Compare."),
    ("activity", "On the strip of steps, right-click a step and compare it with the final picture."),
)


class ComparePage(QFrame):
    """Parts: `panes`, `table`, `mode` (Segmented). Signals: `files_dropped(list of Path)`, `add_asked()`,
    `gallery_asked()`, `swapped()`, `save_asked()`, `cleared()`. Setter: `set_items(items)`.
    """

    files_dropped = Signal(list)
    add_asked = Signal()
    gallery_asked = Signal()
    swapped = Signal()
    save_asked = Signal()
    cleared = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAcceptDrops(True)
        self.panes = Panes(theme)
        self.table = Table(theme)
        self.mode = Segmented(theme, MODES, name="How to compare")
        self._hint = label("One more picture, and they can be compared: drop it here, or press Add.", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(16, 8, 16, 8)
        self._make_buttons(theme)
        self._empty = _Empty(theme)
        self._lay_out()
        self._connect()
        self.set_items([])

    def set_items(self, items: Sequence[Item]) -> None:
        """What is compared; with nothing the page says how to bring pictures."""
        there = bool(items)
        self.panes.set_items(items)
        self.table.set_items(items)
        for part in (self._compared, self._head):
            part.setVisible(there)
        self.mode.setVisible(len(items) > 1)
        self._empty.setVisible(not there)
        self._hint.setVisible(len(items) == 1)
        self.mode.set_offered({mode.id: len(items) == 2 or mode.id not in OF_TWO for mode in MODES})
        if len(items) != 2 and self.mode.choice() in OF_TWO or len(items) < 2:
            self.mode.set_choice("side")
        self._on_mode(self.mode.choice())
        self.swap.setEnabled(len(items) > 1)
        self._limit_table()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= WORDS_FROM
        for button, words in self._words.items():
            button.set_text(words if roomy else "")
        self._limit_table()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        take_copy(event)
        self.files_dropped.emit(_files(event))

    def _limit_table(self) -> None:
        self.table.setMaximumHeight(round(self.height() * TABLE_SHARE))

    def _on_mode(self, mode: str) -> None:
        self.panes.set_mode(mode)
        self.panes.setFocus()

    def _show_zoom(self) -> None:
        self.one_to_one.set_text(f"{self.panes.zoom() * 100:.0f} %")
        self.fit.setChecked(self.panes.is_fitted())

    def _make_buttons(self, theme: Theme) -> None:
        make = partial(tool, theme)
        self.one_to_one = make(actions.ACTUAL_SIZE.does(self.panes.actual_size))
        self.fit = make(actions.FIT_ALL.does(self.panes.fit), checkable=True)
        self.swap = make(actions.SWAP.does(self.swapped.emit))
        self.add = make(actions.ADD_FILES.does(self.add_asked.emit))
        self.save = make(actions.SAVE_COMPARISON.does(self.save_asked.emit))
        self.clear = make(actions.CLEAR_COMPARISON.does(self.cleared.emit))
        self._words = {button: button.text() for button in (self.swap, self.add, self.save, self.clear)}

    def _connect(self) -> None:
        self.mode.chosen.connect(self._on_mode)
        self.panes.zoomed.connect(self._show_zoom)
        self._empty.files.clicked.connect(self.add_asked)
        self._empty.gallery.clicked.connect(self.gallery_asked)

    def _lay_out(self) -> None:
        self._head = QWidget()
        held = QWidget()
        held.setProperty("role", "card")
        in_row(self.mode, on=held)
        in_row(
            held, 8, self.one_to_one, self.fit, ..., self.swap, self.add, self.save, self.clear, on=self._head,
            margins=(12, 8, 12, 8), spacing=4,
        )
        self._compared = QWidget()
        below = stacked(on=self._compared, spacing=0)
        for part in (rule(), self.panes, self._hint, rule(), self.table):
            below.addWidget(part, 1 if part is self.panes else 0)
        stacked(self._head, (self._compared, 1), (self._empty, 1), on=self, spacing=0)


class _Empty(QWidget):
    """How to bring pictures. Parts: `files`, `gallery`, buttons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.files = button_of(theme, actions.CHOOSE_FILES, role="primary")
        pressed_by(self.files, actions.CHOOSE_FILES)
        there = actions.said("Select pictures there", actions.GO_TO["gallery"].keys)
        self.gallery = ActionButton(theme, "Open the gallery", tooltip=there, role="card")
        self._theme = theme
        self._marks: list[tuple[QLabel, str]] = []
        middle = QWidget()
        middle.setMaximumWidth(440)
        rows = QVBoxLayout(middle)
        rows.setSpacing(14)
        title = label("Put pictures beside each other", "title")
        rows.addWidget(title)
        rows.addWidget(label("Zoom and place are locked together; what made them is below.", "muted"))
        rows.addSpacing(6)
        for icon, words in WAYS:
            rows.addLayout(self._way(icon, words))
        rows.addSpacing(8)
        buttons = in_row(self.files, self.gallery, ..., spacing=8)
        rows.addLayout(buttons)
        in_row(..., (middle, 0, Qt.AlignmentFlag.AlignVCenter), ..., on=self, margins=(24, 0, 24, 60))
        theme.changed.connect(self._recolour)
        self._recolour()

    def _way(self, icon: str, words: str) -> QHBoxLayout:
        sign, text = QLabel(), wrapped(words, "")
        self._marks.append((sign, icon))
        return in_row((sign, 0, Qt.AlignmentFlag.AlignTop), (text, 1), spacing=14)

    def _recolour(self) -> None:
        for sign, icon in self._marks:
            sign.setPixmap(icons.pixmap(self._theme, icon, 20, "accent", self.devicePixelRatioF()))


def _files(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in PICTURES]
