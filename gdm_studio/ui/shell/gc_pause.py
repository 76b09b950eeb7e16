"""Control of Python's garbage collector during startup, when there is almost no garbage. This module does not import
Qt.
"""

from __future__ import annotations

import gc


def pause_gc() -> None:
    """Disable Python's garbage collector to speed up the start.

    Call this before importing PySide6 and the window.
    """
    gc.disable()


def exempt_existing_objects() -> None:
    """Exempt all existing objects from later garbage collections. Call this after the window's first paint."""
    gc.freeze()
