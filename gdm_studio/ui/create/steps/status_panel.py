"""Panel that shows the branch point of the next images, or the changes to a paused run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, mark, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

ICON = 15


class StatusPanel(QFrame):
    """Panel with a close button that shows the branch point or the changes to a paused run.

    It is hidden until `show_text` is called.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "inset")
        self._icon = QLabel()
        self._title = ElidedLabel("", "strong")
        self._text = ElidedLabel("", "hint")
        self._note = wrapped("", "hint")
        self.close_button = mark(theme, "x", self.tr("Close"), size=14)
        self.close_button.clicked.connect(lambda: self._on_close())
        self._on_close: Callable[[], object] = self.clear
        self.action_button = QPushButton()
        self.action_button.setProperty("role", "link")
        self.action_button.clicked.connect(lambda: self._on_action())
        self._on_action: Callable[[], object] = self.clear
        lines = stacked(
            self._title, self._text, self._note, (self.action_button, 0, Qt.AlignmentFlag.AlignLeft), spacing=1
        )
        in_row(
            (self._icon, 0, Qt.AlignmentFlag.AlignTop),
            (lines, 1),
            (self.close_button, 0, Qt.AlignmentFlag.AlignVCenter),
            on=self,
            margins=(11, 7, 6, 8),
            spacing=9,
        )
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_text(
        self,
        title: str,
        text: str,
        *,
        close_tip: str,
        on_close: Callable[[], object],
        note: str = "",
        action: str = "",
        on_action: Callable[[], object] = lambda: None,
    ) -> None:
        """Show the panel with a title, a sentence about the branch or the paused run, and a warning `note` below it.

        `close_tip` is the tooltip of the close button, which calls `on_close`, and `action` is the text of another
        button, which calls `on_action`. "" hides a button.
        """
        self._on_close, self._on_action = on_close, on_action
        self.action_button.setText(action)
        self.action_button.setVisible(bool(action))
        self._title.setText(title)
        self._text.setText(text)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.close_button.setVisible(bool(close_tip))
        self.close_button.setToolTip(close_tip)
        self.close_button.setAccessibleName(close_tip)
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(". ".join(filter(None, (self._text.text(), self._note.text()))))
        self.show()

    def clear(self) -> None:
        self.hide()

    def texts(self) -> tuple[str, str]:
        """Return the panel's title and its sentence about the branch or the paused run."""
        return self._title.text(), self._text.text()

    def note(self) -> str:
        """Return the warning below the panel's sentence, or "" if there is none."""
        return self._note.text()

    def _recolour(self) -> None:
        self._icon.setPixmap(icons.pixmap(self._theme, "git-branch", ICON, "accent", self._theme.pixel_ratio()))
