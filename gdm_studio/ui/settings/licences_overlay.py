"""Overlay with the licences of GDM Studio and of everything bundled with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QPlainTextEdit, QWidget

from gdm_studio.common.licences import Licence
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import ElidedLabel, label, mark
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.window_actions import with_keys

SIZE = (920, 720)
LIST_WIDTH = 200


class LicencesSheet(Overlay):
    """Dialog over the window that lists the licences of GDM Studio and its parts, and shows the full text of the
    selected licence.

    Signal: `chosen(licence)`. The receiver reads the text and passes it to `show_text`.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, licences: Sequence[Licence], *, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._licences = licences
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=14)
        self._close_button.clicked.connect(self.close_up)
        self.list = QListWidget()
        self.list.setProperty("role", "completions")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setAccessibleName(self.tr("Licences"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Licence text"))
        self._licence_label = ElidedLabel("", "strong")
        self.set_panel(self._create_panel())
        self.list.currentRowChanged.connect(lambda row: self.chosen.emit(self._licences[row]))

    def show_text(self, licence: Licence, text: str) -> None:
        """Show the text of a licence, unless the user has selected another entry in the meantime."""
        if self._licences[self.list.currentRow()] is not licence:
            return
        part = f"{licence.name} {licence.version}".strip()
        self._licence_label.setText(plain(f"{part} · {licence.licence}" if licence.licence else part))
        self.text.setPlainText(text or self.tr("The package contains no licence text."))

    def open_up(self) -> None:
        super().open_up()
        # The heights of rows depend on the window's style, which the list has from now on.
        self.list.addItems([plain(each.name) for each in self._licences])
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)
        self.list.setCurrentRow(0)

    def place(self, room: QRect) -> QRect:
        return centred_rect(room, *SIZE)

    def _create_panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        stacked(
            in_row(label(self.tr("Licences"), "title"), ..., self._close_button),
            (
                in_row(
                    self.list,
                    (stacked(self._licence_label, (self.text, 1), spacing=SPACE.small), 1),
                    spacing=SPACE.edge,
                ),
                1,
            ),
            on=panel,
            margins=(SPACE.large, SPACE.edge, SPACE.edge, SPACE.edge),
            spacing=SPACE.medium,
        )
        return panel
