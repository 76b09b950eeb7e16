"""Garbage collection on the window's thread, because widgets must not be destroyed on another thread."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 500


class GcTimer(QObject):
    """Timer that runs Python's garbage collector on the window's thread, the only one that may destroy widgets.

    Creating the timer disables Python's automatic collection. `begin()` starts the timer, and `end()` stops it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._has_ended = False
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._collect)
        # Number of imported modules when the objects were excluded last.
        self._modules = 0

    def begin(self) -> None:
        """Start running the garbage collector from the timer.

        Existing objects are exempted, because scanning the 300,000 objects of torch takes 0.1 s.
        """
        if not self._has_ended:
            self._exempt_objects()
            self._timer.start()

    def end(self) -> None:
        """Stop the timer. Automatic collection stays disabled, because widgets remain and other threads still run."""
        self._has_ended = True
        self._timer.stop()
        gc.unfreeze()

    def _exempt_objects(self) -> None:
        self._modules = len(sys.modules)
        gc.freeze()

    def _collect(self) -> None:
        """Collect garbage of the oldest generation whose threshold is exceeded, and of all younger ones.

        While modules are being imported, such as torch when a network is trained, their objects are exempted instead.
        """
        if len(sys.modules) != self._modules:
            self._exempt_objects()
            return
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(counts) if count > most]
        if due:
            gc.collect(due[-1])
