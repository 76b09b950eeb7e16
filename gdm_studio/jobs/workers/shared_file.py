"""File in memory through which an engine passes large data, such as pixels, to its parent process.

A pipe would copy such data in hundreds of small pieces, each of which waits for the interpreter lock of the window.
"""

from __future__ import annotations

import mmap
import os
import sys
from typing import Final

# Size in bytes from which data go through the file instead of the pipe.
MIN_BYTES: Final = 256 * 1024
# The data are stored in whole pages of PAGE bytes. A byte for each page, at the start of the file, is 1 while the page
# is in use.
PAGE: Final = 256 * 1024
PAGES: Final = 512
HEADER: Final = 64 * 1024
# Arguments of an engine that name the file: its descriptor, or its path on Windows.
_OPTION: Final = "--shared-file"

Blob = bytes | memoryview


class SharedFile:
    """File that an engine writes and its parent process reads.

    It has no name (on Windows, it is deleted when it is closed), so that nothing remains when the processes end, even
    if they are killed. One process calls `put`, the other `take`. Data are written and read without the interpreter
    lock.
    """

    def __init__(self, descriptor: int, path: str = "") -> None:
        """Use an open file that has a header."""
        self._descriptor = descriptor
        self._path = path
        self._used_pages = mmap.mmap(descriptor, HEADER)

    @classmethod
    def create(cls) -> SharedFile | None:
        """Create a file, or return None if this machine has no room for one."""
        try:
            descriptor, path = _create_file()
        except OSError:
            return None
        try:
            # The header must be allocated, because access to a page without memory would end the process.
            _write_at(descriptor, bytes(HEADER), 0)
            return cls(descriptor, path)
        except (OSError, ValueError):
            os.close(descriptor)
            return None

    @classmethod
    def open(cls, arguments: list[str]) -> SharedFile | None:
        """Open the file that the arguments of an engine name. Returns None if they name none or it cannot be opened."""
        if arguments[:1] != [_OPTION] or len(arguments) != 2:
            return None
        try:
            if sys.platform == "win32":
                # The first process to close the file must not delete it.
                return cls(os.open(arguments[1], os.O_RDWR | os.O_BINARY | os.O_TEMPORARY))
            return cls(int(arguments[1]))
        except (OSError, ValueError):
            return None

    @property
    def arguments(self) -> list[str]:
        """Command-line arguments for an engine process that uses this file."""
        return [_OPTION, self._path or str(self._descriptor)]

    @property
    def inherited(self) -> tuple[int, ...]:
        """File descriptors that the engine process must inherit."""
        return () if self._path else (self._descriptor,)

    def put(self, data: Blob) -> int | None:
        """Write data of at least one byte, and return the number of their first page, or None if there is no room."""
        count = -(-len(data) // PAGE)
        page = self._used_pages.find(bytes(count), 0, PAGES)
        if page < 0:
            return None
        try:
            _write_at(self._descriptor, data, HEADER + page * PAGE)
        except OSError:
            return None
        self._used_pages[page : page + count] = b"\1" * count
        return page

    def take(self, page: int, size: int) -> bytes:
        """Read `size` bytes of data from their first page, and free their pages. Raises OSError or ValueError."""
        count = -(-size // PAGE)
        if not 0 <= page <= PAGES - count:
            raise ValueError("there is no such page")
        data = _read_at(self._descriptor, size, HEADER + page * PAGE)
        if len(data) != size:
            raise ValueError("the data are incomplete")
        self._used_pages[page : page + count] = bytes(count)
        return data

    def close(self) -> None:
        """Close the file. Its memory is free when both processes have closed it."""
        self._used_pages.close()
        os.close(self._descriptor)


def _create_file() -> tuple[int, str]:
    """Create an empty file, and return its descriptor and its path, which is "" if it has none."""
    if sys.platform == "linux":
        return os.memfd_create("gdm-studio"), ""
    import tempfile

    if sys.platform == "win32":
        path = os.path.join(tempfile.gettempdir(), f"gdm-studio-{os.urandom(8).hex()}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_BINARY | os.O_TEMPORARY | os.O_SHORT_LIVED
        return os.open(path, flags, 0o600), path
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor, ""


def _write_at(descriptor: int, data: Blob, place: int) -> None:
    """Write all data at a position of a file. Raises OSError."""
    left = memoryview(data)
    while left:
        if sys.platform == "win32":
            os.lseek(descriptor, place, os.SEEK_SET)
            written = os.write(descriptor, left)
        else:
            written = os.pwrite(descriptor, left, place)
        left = left[written:]
        place += written


def _read_at(descriptor: int, size: int, place: int) -> bytes:
    """Read up to `size` bytes at a position of a file. Raises OSError."""
    if sys.platform == "win32":
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.read(descriptor, size)
    return os.pread(descriptor, size, place)
