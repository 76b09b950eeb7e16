"""The libraries that the installer asks for are all that Qt needs to open a window on a real display."""

from __future__ import annotations

import subprocess
import sys

WINDOW = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
print(app.platformName(), window.windowHandle().isVisible())
"""


def test_qt_opens_a_window_on_a_virtual_screen(virtual_screen: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WINDOW], env=virtual_screen, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "xcb True\n", done.stderr
