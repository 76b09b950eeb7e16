"""Opens the window of the installed program, saves a screenshot of its first page, and closes it again.

Run by the Python of a bundle: `python -P open_window.py FILE.png`. The exit status is 0 if the window was painted.
"""

import os
import sys

from PySide6.QtCore import QTimer

from gdm_studio.ui.shell import app
from gdm_studio.ui.shell.window import Window

MILLISECONDS = 5000


class ClosingWindow(Window):
    """Window that closes itself a few seconds after its first paint."""

    def start(self) -> None:
        super().start()
        QTimer.singleShot(MILLISECONDS, self, self._save_and_close)

    def _save_and_close(self) -> None:
        # `app.main` does not return.
        if not self.grab().save(sys.argv[1]):
            os._exit(1)
        self.close()


app.Window = ClosingWindow  # type: ignore[misc]
sys.exit(app.main())
