"""Control of Python's garbage collector during startup, when there is almost no garbage: it would go through all
objects of the imported modules again and again.
"""

from __future__ import annotations

import gc


def pause_gc() -> None:
    """Disable Python's garbage collector to speed up the start. Call this before the imports."""
    gc.disable()


def exempt_existing_objects() -> None:
    """Exempt all existing objects from later garbage collections. Call this after the start, for example after the
    window's first paint.
    """
    gc.freeze()


def resume_gc() -> None:
    """Enable the garbage collector if it is paused, for objects created from now on."""
    if not gc.isenabled():
        exempt_existing_objects()
        gc.enable()
