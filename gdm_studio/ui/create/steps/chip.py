"""What the next steps leave from, at the foot of the controls: a line, what is changed below it, and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, mark
from gdm_studio.ui.widgets.layouts import in_row, stacked

ICON = 15


class Chip(QFrame):
    """Hidden until `say`. Setters: `say(title, text, way_out, leave)`, `withdraw()`. Reader: `words()`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "inset")
        self._icon = QLabel()
        self._title = ElidedLabel("", "strong")
        self._text = ElidedLabel("", "hint")
        self.closer = mark(theme, "x", "Close", size=14)
        self.closer.clicked.connect(lambda: self._leave())
        self._leave: Callable[[], object] = self.withdraw
        lines = stacked(self._title, self._text, spacing=1)
        in_row(
            (self._icon, 0, Qt.AlignmentFlag.AlignTop), (lines, 1), (self.closer, 0, Qt.AlignmentFlag.AlignVCenter),
            on=self, margins=(11, 7, 6, 8), spacing=9,
        )
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def say(self, title: str, text: str, *, way_out: str, leave: Callable[[], object]) -> None:
        """Shows both lines; `way_out` is the tooltip of the button that calls `leave`, "" where there is none."""
        self._leave = leave
        self._title.setText(title)
        self._text.setText(text)
        self.closer.setVisible(bool(way_out))
        self.closer.setToolTip(way_out)
        self.closer.setAccessibleName(way_out)
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self._text.text())
        self.show()

    def withdraw(self) -> None:
        self.hide()

    def words(self) -> tuple[str, str]:
        """The two lines."""
        return self._title.text(), self._text.text()

    def _recolour(self) -> None:
        self._icon.setPixmap(icons.pixmap(self._theme, "git-branch", ICON, "accent", self._theme.pixel_ratio()))
