"""The launch: until the window is painted nothing is looked through for garbage, since next to nothing of it is any."""

from __future__ import annotations

import gc


def begin() -> None:
    """Call before PySide6 and the window are imported."""
    gc.disable()


def end() -> None:
    """Call once the window is painted: what is there by then is never looked through."""
    gc.freeze()
