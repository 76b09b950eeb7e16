"""How much memory this program has in use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")


def in_use() -> int | None:
    """Bytes of physical memory held now (Linux) or at the highest so far (other Unix); None where unknown."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak()


def peak() -> int | None:
    """The most bytes of physical memory held so far; None where unknown (Windows)."""
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def in_words(size: int) -> str:
    """A number of bytes as "840 MB" or "1.4 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
