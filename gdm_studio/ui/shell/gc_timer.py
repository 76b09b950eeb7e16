"""Garbage collection on the window's thread, because widgets must not be destroyed on another thread."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 500


class GcTimer(QObject):
    """Timer that runs Python's garbage collector on the window's thread, because widgets must not be destroyed on
    another thread.

    Creating the timer disables Python's automatic collection. `begin()` starts the timer, and `end()` enables automatic
    collection again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(_collect)

    def begin(self) -> None:
        """Start running the garbage collector from the timer. Objects that exist now are exempted, because scanning the
        300,000 objects of torch takes 0.1 s.
        """
        # The collector is enabled if `end` was called already.
        if not gc.isenabled():
            gc.freeze()
            self._timer.start()

    def end(self) -> None:
        """Stop the timer and let Python run the garbage collector automatically again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()


def _collect() -> None:
    """Run the garbage collector for the oldest generation of objects whose threshold is exceeded, and for all younger
    ones.
    """
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, most) in enumerate(counts) if count > most]
    if due:
        gc.collect(due[-1])
