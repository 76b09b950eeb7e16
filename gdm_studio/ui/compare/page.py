"""Compare page: images side by side or over each other, and a table of their settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from gdm_studio.common.image_file import is_picture_name
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui import window_actions
from gdm_studio.ui.compare.table import Table
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import (
    ActionButton,
    Choice,
    Segmented,
    button_of,
    create_tool_button,
    horizontal_rule,
    label,
    wrapped,
)
from gdm_studio.ui.widgets.file_drops import DropFrame, take_copy
from gdm_studio.ui.widgets.icon_button import attach_shortcut
from gdm_studio.ui.widgets.icon_rows import IconRows
from gdm_studio.ui.widgets.image_comparison.compared_image import Item
from gdm_studio.ui.widgets.image_comparison.comparison_view import OF_TWO, Panes
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import in_row, show_labels_that_fit, stacked

# Ids of the modes, with titles and tooltips.
MODES = (
    (
        "side",
        QT_TRANSLATE_NOOP("ComparePage", "Side by side"),
        QT_TRANSLATE_NOOP("ComparePage", "All pictures beside each other"),
    ),
    (
        "slider",
        QT_TRANSLATE_NOOP("ComparePage", "Slider"),
        QT_TRANSLATE_NOOP("ComparePage", "One over the other; drag the line, or use ← →"),
    ),
    (
        "flicker",
        QT_TRANSLATE_NOOP("ComparePage", "Flicker"),
        QT_TRANSLATE_NOOP("ComparePage", "One after the other in one place; Space pauses, ← → switch"),
    ),
    (
        "difference",
        QT_TRANSLATE_NOOP("ComparePage", "Difference"),
        QT_TRANSLATE_NOOP("ComparePage", "Black where both are equal"),
    ),
)
# Greatest share of the page's height for the table.
TABLE_SHARE = 0.4
# Icons and descriptions of the ways to add pictures.
WAYS = (
    ("image-plus", QT_TRANSLATE_NOOP("ComparePage", "Drop picture files here, or choose them below.")),
    ("layout-grid", QT_TRANSLATE_NOOP("ComparePage", "In the gallery, select two or more and press Compare.")),
    (
        "activity",
        QT_TRANSLATE_NOOP(
            "ComparePage", "On the strip of steps, right-click a step and compare it with the final picture."
        ),
    ),
)


class ComparePage(QFrame):
    """Page of the window that shows images to compare in one of four modes, above a table of their settings."""

    # Paths of picture files.
    files_dropped = Signal(list)
    add_asked = Signal()
    gallery_asked = Signal()
    swapped = Signal()
    save_asked = Signal()
    cleared = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        accept_letters(self)
        self.setAcceptDrops(True)
        self.panes = Panes(theme)
        self.table = Table(theme)
        modes = [
            Choice(mode, translate("ComparePage", title), translate("ComparePage", hint)) for mode, title, hint in MODES
        ]
        self.mode = Segmented(theme, modes, name=self.tr("Mode of comparison"))
        self._hint = label(self.tr("Add another picture to compare: drop it here, or press Add."), "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(16, 8, 16, 8)
        self._make_buttons(theme)
        self._empty_state = _Empty(theme)
        self._lay_out()
        self._drop_frame = DropFrame(theme, self, _dropped_files)
        self._connect()
        self.set_items([])

    def set_items(self, items: Sequence[Item]) -> None:
        """Set the images to compare. If there are none, the page explains how to add images."""
        has_items = bool(items)
        self.panes.set_items(items)
        self.table.set_items(items)
        for part in (self._comparison_part, self._header):
            part.setVisible(has_items)
        self.mode.setVisible(len(items) > 1)
        self._empty_state.setVisible(not has_items)
        self._hint.setVisible(len(items) == 1)
        offered = {mode: len(items) == 2 or mode not in OF_TWO for mode, _, _ in MODES}
        self.mode.set_offered(offered, self.tr("Needs exactly two pictures"))
        if len(items) != 2 and self.mode.choice() in OF_TWO or len(items) < 2:
            self.mode.set_choice("side")
        self._on_mode(self.mode.choice())
        self.swap.setEnabled(len(items) > 1)
        self._show_labels()
        self._limit_table()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_labels()
        self._limit_table()

    def _show_labels(self) -> None:
        show_labels_that_fit(self._header, self._labels, self.width(), lambda button, text: button.set_text(text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_files(event):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        take_copy(event)
        self.files_dropped.emit(_dropped_files(event))

    def _limit_table(self) -> None:
        self.table.setMaximumHeight(round(self.height() * TABLE_SHARE))

    def _on_mode(self, mode: str) -> None:
        self.panes.set_mode(mode)
        self.panes.setFocus()

    def _show_zoom(self) -> None:
        zoom = f"{self.panes.zoom() * 100:.0f}"
        self.one_to_one.set_text(self.tr("{percent} %").format(percent=zoom))
        self.fit.setChecked(self.panes.is_fitted())
        self._show_labels()

    def _make_buttons(self, theme: Theme) -> None:
        make = partial(create_tool_button, theme)
        self.one_to_one = make(window_actions.ACTUAL_SIZE.bind(self.panes.show_actual_size))
        self.fit = make(window_actions.FIT_ALL.bind(self.panes.fit), checkable=True)
        self.swap = make(window_actions.SWAP.bind(self.swapped.emit))
        self.add = make(window_actions.ADD_FILES.bind(self.add_asked.emit))
        self.save = make(window_actions.SAVE_COMPARISON.bind(self.save_asked.emit))
        self.clear = make(window_actions.CLEAR_COMPARISON.bind(self.cleared.emit))
        # The most important first. Without room, the others show only their icons.
        self._labels = {button: button.text() for button in (self.add, self.save, self.swap, self.clear)}

    def _connect(self) -> None:
        self.mode.chosen.connect(self._on_mode)
        self.panes.zoomed.connect(self._show_zoom)
        self._empty_state.files.clicked.connect(self.add_asked)
        self._empty_state.gallery.clicked.connect(self.gallery_asked)

    def _lay_out(self) -> None:
        self._header = QWidget()
        # Its labels never make the window wider.
        self._header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        held = QWidget()
        held.setProperty("role", "card")
        in_row(self.mode, on=held)
        in_row(
            held,
            8,
            self.one_to_one,
            self.fit,
            ...,
            self.swap,
            self.add,
            self.save,
            self.clear,
            on=self._header,
            margins=(12, 8, 12, 8),
            spacing=4,
        )
        self._comparison_part = QWidget()
        below = stacked(on=self._comparison_part, spacing=0)
        for part in (horizontal_rule(), self.panes, self._hint, horizontal_rule(), self.table):
            below.addWidget(part, 1 if part is self.panes else 0)
        stacked(self._header, (self._comparison_part, 1), (self._empty_state, 1), on=self, spacing=0)


class _Empty(QWidget):
    """Contents of the Compare page while there are no images: hints on how to add some, and the buttons `files` and
    `gallery`.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.files = button_of(theme, window_actions.CHOOSE_FILES, role="primary")
        attach_shortcut(self.files, window_actions.CHOOSE_FILES)
        there = window_actions.with_keys(self.tr("Select pictures there"), window_actions.GO_TO["gallery"].keys)
        self.gallery = ActionButton(theme, self.tr("Open the gallery"), tooltip=there, role="card")
        middle = QWidget()
        middle.setMaximumWidth(440)
        rows = QVBoxLayout(middle)
        rows.setSpacing(14)
        title = label(self.tr("Compare pictures"), "title")
        rows.addWidget(title)
        rows.addWidget(wrapped(self.tr("They share zoom and position; a table shows their settings."), "muted"))
        rows.addSpacing(6)
        ways = IconRows(theme, [icon for icon, _ in WAYS])
        ways.set_texts(*(translate("ComparePage", words) for _, words in WAYS))
        rows.addWidget(ways)
        rows.addSpacing(8)
        buttons = in_row(self.files, self.gallery, ..., spacing=8)
        rows.addLayout(buttons)
        in_row(..., (middle, 0, Qt.AlignmentFlag.AlignVCenter), ..., on=self, margins=(24, 0, 24, 60))


def _dropped_files(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if is_picture_name(path)]
