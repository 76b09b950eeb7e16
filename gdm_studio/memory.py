"""How much memory this program has in use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

STATM, MEMINFO = Path("/proc/self/statm"), Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup/memory.max")  # of a container


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


def total() -> int | None:
    """Bytes of physical memory that this program may have; None where unknown."""
    if sys.platform == "win32":
        return _of_windows("total")
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    allowed = CGROUP.read_text().strip() if CGROUP.is_file() else ""
    return min(machine, int(allowed)) if allowed.isdigit() else machine


def free() -> int | None:
    """Bytes that it could have now without others' being put on the disk; None where unknown.

    On macOS, which has no such number for a program to read, all that it does not hold itself.
    """
    if sys.platform == "win32":
        return _of_windows("free")
    if sys.platform == "darwin":
        whole, held = total(), in_use()
        return None if whole is None or held is None else whole - held
    try:
        facts = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        machine = 1024 * int(facts["MemAvailable"].split()[0])
        if not (allowed := CGROUP.read_text().strip() if CGROUP.is_file() else "").isdigit():
            return machine
        stat = dict(line.split() for line in CGROUP.with_name("memory.stat").read_text().splitlines())
        used = int(CGROUP.with_name("memory.current").read_text()) - int(stat["inactive_file"])
        return min(machine, int(allowed) - used)
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _of_windows(name: str) -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (  # of MEMORYSTATUSEX
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("free", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return int(getattr(status, name)) if known else None


def in_words(size: int) -> str:
    """A number of bytes as "840 MB" or "1.4 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
