"""Pause of the garbage collector during startup, when almost nothing is garbage. Does not import Qt."""

from __future__ import annotations

import gc


def pause_gc() -> None:
    """Disable the garbage collector. Call this before importing PySide6 and the window."""
    gc.disable()


def resume_gc() -> None:
    """Exclude all existing objects from future garbage collections. Call this when the window is painted."""
    gc.freeze()
