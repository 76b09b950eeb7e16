"""Memory use of this process, and the memory of the machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

STATM, STATUS, MEMINFO = Path("/proc/self/statm"), Path("/proc/self/status"), Path("/proc/meminfo")
# The file with the memory limit of a container.
CGROUP = Path("/sys/fs/cgroup/memory.max")


def in_use() -> int | None:
    """Return the physical memory that this process occupies in bytes, or None if it is unknown.

    On Unix systems other than Linux this is the peak.
    """
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak()


def allocated() -> int | None:
    """Return the physical memory that this process has allocated, in bytes, or None if it is unknown.

    On Linux this excludes memory-mapped files, whose pages the system can reclaim. Elsewhere they are included.
    """
    if not STATUS.exists():
        return in_use()
    facts = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return 1024 * int(facts["RssAnon"].split()[0]) if "RssAnon" in facts else in_use()


def peak() -> int | None:
    """Return the maximum physical memory that this process has used, in bytes. Returns None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def total() -> int | None:
    """Return the physical memory that this process may use, in bytes, or None if it is unknown. In a container, its
    limit applies.
    """
    if sys.platform == "win32":
        return _read_windows_memory("total")
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    allowed = CGROUP.read_text().strip() if CGROUP.is_file() else ""
    return min(machine, int(allowed)) if allowed.isdigit() else machine


def total_with_swap() -> int | None:
    """Return the memory and swap in bytes that no process of this computer can exceed, or None if it is unknown.

    In a container on Linux, its limits apply. Windows and macOS enlarge their swap files as long as there is space on
    the system's disk.
    """
    machine = total()
    if machine is None:
        return None
    if sys.platform in ("win32", "darwin"):
        drive = os.environ.get("SYSTEMDRIVE", "C:") + "\\" if sys.platform == "win32" else "/"
        whole = _read_windows_memory("commit") if sys.platform == "win32" else machine
        try:
            return None if whole is None else whole + shutil.disk_usage(drive).free
        except OSError:
            return None
    if not sys.platform.startswith("linux"):
        return None
    try:
        facts = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        swap = 1024 * int(facts["SwapTotal"].split()[0])
        limit = CGROUP.with_name("memory.swap.max")
        allowed = limit.read_text().strip() if limit.is_file() else ""
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return machine + (min(swap, int(allowed)) if allowed.isdigit() else swap)


def free() -> int | None:
    """Return the memory that can be allocated without swapping, in bytes, or None if it is unknown.

    macOS does not report this figure; there, the result is all memory not used by this process.
    """
    if sys.platform == "win32":
        return _read_windows_memory("free")
    if sys.platform == "darwin":
        whole = total()
        held = in_use()
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


def _read_windows_memory(name: str) -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        # The fields of MEMORYSTATUSEX.
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("free", ctypes.c_uint64),
            # Memory and page files together.
            ("commit", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 4),
        )

    status = Status(length=ctypes.sizeof(Status))
    known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return int(getattr(status, name)) if known else None


def format_bytes(size: int) -> str:
    """Return a number of bytes as text for display, such as "840 MB" or "1.4 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
