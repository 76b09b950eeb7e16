"""Garbage is looked for on the window's thread alone: what is left of a widget must not be taken apart on another."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 500


class Collecting(QObject):
    """In place of Python's own collector, which runs on whichever thread makes objects: by its thresholds, in pauses.

    From `begin()`; none looks from its making on, while all is being loaded, until `end()`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(_collect)

    def begin(self) -> None:
        """What there is by now (torch above all, 300,000 objects) stays: to go through it takes a tenth of a second."""
        if not gc.isenabled():  # else it has ended
            gc.freeze()
            self._timer.start()

    def end(self) -> None:
        """Leaves it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()


def _collect() -> None:
    """The oldest generation that is due, and with it all younger ones."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, most) in enumerate(counts) if count > most]
    if due:
        gc.collect(due[-1])
