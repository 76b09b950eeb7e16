"""Memory that a test process has freed, but not returned to the system."""

from __future__ import annotations

import ctypes
import sys


def return_freed_memory() -> None:
    """Return freed memory to the system. glibc otherwise keeps it, as half of a process that has loaded models. Does
    nothing with other C libraries.
    """
    if sys.platform.startswith("linux") and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
