"""Folder in memory for the files of the tests.

Creating and removing a file on a disk can take milliseconds, and so does each wait for the disk in a child process
(the processes of the tests do not wait, see `unsynced_files`). In a test both only cost time.
"""

from __future__ import annotations

import os
from pathlib import Path

# Linux keeps the files of this folder in memory.
FOLDER = Path("/dev/shm")
# Free space that it must have, in bytes. The files of the tests take up to 8 GB, and the processes of the tests 12 GB.
FREE_BYTES = 32 * 2**30


def usable_folder() -> Path | None:
    """Return the folder in memory, or None if this machine has none with enough space for files and programs."""
    if not hasattr(os, "statvfs") or not os.access(FOLDER, os.W_OK):
        return None
    status = os.statvfs(FOLDER)
    if status.f_flag & os.ST_NOEXEC or status.f_bavail * status.f_frsize < FREE_BYTES:
        return None
    return FOLDER
