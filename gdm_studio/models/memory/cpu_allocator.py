"""Settings of the C library's memory allocator, with which large computations on a CPU reuse freed memory."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# Parameters of glibc's `mallopt`.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4
# Their values while freed memory is kept: no allocation is a mapping of its own, and the heap does not shrink.
_SETTINGS_TO_REUSE = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1}
# Their values at other times: those that glibc itself chooses once a block of 32 MB has been freed (mallopt(3)).
_DEFAULT_SETTINGS = {_MMAP_MAX: 65536, _MMAP_THRESHOLD: 32 * 2**20, _TRIM_THRESHOLD: 64 * 2**20}

_LOCK = threading.Lock()
# Number of computations that reuse memory now.
_users = 0


@contextmanager
def reuse_freed_memory() -> Iterator[None]:
    """Context manager in which the memory of freed tensors is reused, and returned to the system at the end.

    By default, glibc returns every large block at once and gets the next one from the system, which fills it with
    zeros: a sixth of the time of decoding an image. Does nothing with other C libraries. Applies to the whole process;
    several threads may use it.
    """
    global _users
    library = _glibc()
    if library is None:
        yield
        return
    with _LOCK:
        _users += 1
        if _users == 1:
            _apply_settings(library, _SETTINGS_TO_REUSE)
    try:
        yield
    finally:
        with _LOCK:
            _users -= 1
            if not _users:
                _apply_settings(library, _DEFAULT_SETTINGS)
                library.malloc_trim(0)


def return_freed_memory() -> None:
    """Return freed memory to the system. Does nothing with other C libraries than glibc.

    glibc keeps freed blocks of up to 32 MB, which most weights have, for later blocks of such sizes.
    """
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _apply_settings(library: ctypes.CDLL, values: dict[int, int]) -> None:
    for parameter, value in values.items():
        library.mallopt(parameter, value)


@cache
def _glibc() -> ctypes.CDLL | None:
    """Return the C library of this process if it is glibc, or None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    is_known = all(hasattr(library, name) for name in ("gnu_get_libc_version", "mallopt", "malloc_trim"))
    if not is_known:
        return None
    library.malloc_trim.argtypes = [ctypes.c_size_t]
    return library
