"""Small buttons with a line icon, and text where a word is clearer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from gdm_studio.ui.icons import icon
from gdm_studio.ui.theme import Theme


class IconButton(QToolButton):
    """An icon button, reachable with Tab; a click leaves the focus where it was."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        tooltip: str,
        text: str = "",
        checkable: bool = False,
        size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._name, self._colour = theme, name, "muted"
        self.setIconSize(QSize(size, size))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tooltip)
        self.setAccessibleName(text or tooltip.split(" (")[0])
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.changed.connect(self._recolour)
        self._recolour()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._recolour()
        return super().event(event)

    def set_icon(self, name: str, colour: str = "muted") -> None:
        """Another icon, in a token's colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self._recolour()

    def _recolour(self) -> None:
        active = "text" if self._colour == "muted" else self._colour
        self.setIcon(icon(self._theme, self._name, self._colour, active=active, size=self.iconSize().width()))


class ActionButton(QPushButton):
    """A raised button with words, and an icon before them where it helps."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        tooltip: str,
        name: str = "",
        role: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme, self._name, self._filled = theme, name, False
        self._colour = "danger" if role == "danger" else "text"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tooltip)
        self.setAccessibleName(text or tooltip.split(" (")[0])
        if role:
            self.setProperty("role", role)
        if name:
            self.setText(f"\u2009{text}" if text else "")  # a little more room beside the icon
            self.setIconSize(QSize(16, 16))
            theme.changed.connect(self._recolour)
            self._recolour()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._name:
            self._recolour()
        return super().event(event)

    def set_icon(self, name: str, colour: str = "text", *, filled: bool = False) -> None:
        """Another icon, in a token's colour."""
        self._name, self._colour, self._filled = name, colour, filled
        self._recolour()

    def _recolour(self) -> None:
        colour = self._colour
        self.setIcon(icon(self._theme, self._name, colour, active=colour, filled=self._filled))
