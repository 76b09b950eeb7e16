"""Report on an image file's metadata: settings that are used, recognised but unused, or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.ui.gallery.preview import Preview
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import sentence_text, translate
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label, mark, wrapped
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, in_grid, in_row, scrolled, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.window_actions import USE, with_keys

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.studio.settings_import import RestoredRequest

WIDTH = 640
SIDE = 96
# Maximum number of characters shown of a value.
MAX_VALUE = 400
# Maximum width of a value without spaces, in pixels.
MAX_WORD_WIDTH = 400
# Values that carry no information.
EMPTY = ("", "null", "{}", "[]")
# Fields of the metadata, with titles and hints.
GROUPS = (
    ("used", QT_TRANSLATE_NOOP("Report", "Used"), QT_TRANSLATE_NOOP("Report", "as they are set here")),
    ("ignored", QT_TRANSLATE_NOOP("Report", "Recognised, not used"), ""),
    (
        "unknown",
        QT_TRANSLATE_NOOP("Report", "Not known"),
        QT_TRANSLATE_NOOP("Report", "kept in the file, but not used"),
    ),
)
TITLES = {name: spec.title for name, spec in SAMPLERS.items()} | {name: spec.title for name, spec in SPACINGS.items()}


class Report(Overlay):
    """Dialog over the page that lists an image file's metadata and shows which settings GDM Studio can use.

    It closes when one of its signals is emitted. `unusable` contains the names of fields of `Request` that the
    installed models cannot use. The gallery has the image if `is_copy`.
    """

    use_asked = Signal()
    start_asked = Signal()
    add_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        path: Path,
        found: RestoredRequest,
        *,
        unusable: Set[str],
        rgba: np.ndarray,
        can_add: bool,
        is_copy: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, parent)
        self.metadata = found.metadata
        self._warning = sentence_text(found.warning)
        self._unusable_fields = unusable
        self._lists = self._create_entries()
        self._scroll = scrolled(self._lists, self.tr("Settings in the file"))
        self._scroll_bar = OverlayScrollBar(self._scroll)
        self._use_button = ActionButton(theme, USE.title, tooltip=USE.description, keys="Return", role="primary")
        self._start_button = ActionButton(
            theme, self.tr("Start from it"), tooltip=self.tr("Use it as the start picture")
        )
        self._add_button = ActionButton(
            theme,
            self.tr("Already in the gallery") if is_copy else self.tr("Add to gallery"),
            tooltip=self.tr("Copy it into the library; the file stays"),
        )
        self._add_button.setEnabled(not is_copy)
        for button, signal in (
            (self._use_button, self.use_asked),
            (self._start_button, self.start_asked),
            (self._add_button, self.add_asked),
        ):
            button.clicked.connect(signal)
            button.clicked.connect(self.close_up)
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=14)
        self._close_button.clicked.connect(self.close_up)
        self.set_panel(self._create_panel(theme, path, rgba))
        self._scroll.setVisible(self._lists.sizeHint().height() > 0)
        self._use_button.setVisible(self.metadata.request is not None)
        self._add_button.setVisible(can_add)

    def open_up(self) -> None:
        super().open_up()
        (self._use_button if self.metadata.request is not None else self._start_button).setFocus(
            Qt.FocusReason.PopupFocusReason
        )

    def entries(self, group: str) -> Mapping[str, str]:
        """Return the metadata entries in a group: "used", "ignored" or "unknown".

        Entries that no installed model can use are moved from "used" to "ignored".
        """
        read: Mapping[str, str] = getattr(self.metadata, group)
        used = self.metadata.used
        request_fields = self.metadata.request_fields
        unused = {name for name in used if request_fields[name] in self._unusable_fields}
        if group == "used":
            return {
                name: _replace_names(request_fields[name], value) for name, value in used.items() if name not in unused
            }
        if group == "ignored":
            return {name: used[name] for name in used if name in unused} | dict(read)
        return read

    def place(self, room: QRect) -> QRect:
        # A panel without entries would otherwise squeeze its title.
        wanted = self._lists.sizeHint().height() + SIDE + 116
        return centred_rect(room, WIDTH, max(wanted, self._panel.minimumSizeHint().height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._use_button if self.metadata.request is not None else self._start_button).click()
        else:
            super().keyPressEvent(event)

    def _create_panel(self, theme: Theme, path: Path, rgba: np.ndarray) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        preview = Preview(theme, SIDE)
        preview.setCursor(Qt.CursorShape.ArrowCursor)
        preview.setToolTip("")
        preview.show_picture(rgba)
        words = stacked(
            ElidedLabel(path.name, "title"),
            ElidedLabel(self._origin_text(), "muted"),
            ElidedLabel(str(path.parent), "hint"),
            ...,
            spacing=4,
        )
        top = Qt.AlignmentFlag.AlignTop
        head = in_row((preview, 0, top), (words, 1), (self._close_button, 0, top), spacing=SPACE.edge)
        buttons = in_row(..., self._add_button, self._start_button, self._use_button, spacing=SPACE.small)
        stacked(
            head,
            (self._scroll, 1),
            buttons,
            on=panel,
            margins=(SPACE.large, SPACE.large, SPACE.edge, SPACE.edge),
            spacing=SPACE.edge,
        )
        return panel

    def _origin_text(self) -> str:
        width, height = self.metadata.size
        parts = [self.metadata.tool or self.tr("It does not say how it was made"), f"{width} × {height}"]
        if self.metadata.c2pa:
            if self.metadata.maker:
                parts.append(self.tr("has content credentials by {maker}").format(maker=self.metadata.maker))
            else:
                parts.append(self.tr("has content credentials"))
        return " · ".join(parts)

    def _create_entries(self) -> QWidget:
        inside = QWidget()
        column = stacked(on=inside, margins=(0, 0, SPACE.edge, 0), spacing=SPACE.small)
        if self._warning:
            column.addWidget(wrapped(self._warning, "value"))
        for name, title, hint in GROUPS:
            entries = {key: value for key, value in self.entries(name).items() if str(value) not in EMPTY}
            if entries:
                heading = f"{translate('Report', title)} · {len(entries)}"
                column.addWidget(_create_group(heading, translate("Report", hint) if hint else "", entries))
        column.addStretch()
        return inside


def _replace_names(field: str, value: str) -> str:
    """Replace the internal names of a sampler and its spacing with their titles.

    Values of other fields are returned unchanged.
    """
    if field not in ("sampler", "spacing"):
        return value
    return ", ".join(TITLES.get(part, part) for part in value.split(", "))


def _create_group(title: str, hint: str, entries: Mapping[str, str]) -> QWidget:
    group = QWidget()
    grid = in_grid(on=group, margins=(0, 0, 0, SPACE.small), across=SPACE.edge, down=6)
    grid.setColumnMinimumWidth(0, 150)
    grid.setColumnStretch(1, 1)
    head = in_row(label(title, "strong"), label(hint, "hint"), ..., spacing=SPACE.small)
    grid.addLayout(head, 0, 0, 1, 2)
    for row, (name, value) in enumerate(entries.items(), 1):
        value_label = wrapped(str(value)[:MAX_VALUE], "value", selectable=True)
        # A text without spaces is not broken into lines.
        if " " not in value_label.text():
            value_label.setText(
                QFontMetrics(value_label.font()).elidedText(
                    value_label.text(), Qt.TextElideMode.ElideMiddle, MAX_WORD_WIDTH
                )
            )
        grid.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value_label, row, 1)
    return group
