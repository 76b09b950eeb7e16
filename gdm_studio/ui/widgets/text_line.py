"""A line of text to be typed, which leaves files that are dragged on it to the window."""

from PySide6.QtWidgets import QLineEdit

from gdm_studio.ui.widgets.file_drops import leave_files_to_window


class TextLine(QLineEdit):
    """Called `name` for those who hear it."""

    def __init__(self, name: str, *, text: str = "", hint: str = "", tooltip: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setToolTip(tooltip)
        self.setProperty("role", role or None)
        leave_files_to_window(self)
