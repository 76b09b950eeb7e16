"""Private folders for the window's socket, and identification of the process at its other end."""

from __future__ import annotations

import ctypes
import os
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Bytes. Systems allow 104 to 108, and Qt first binds a longer temporary name.
MAX_SOCKET_PATH = 90
# Without the names of the socket and of a new folder for it.
MAX_TEMPORARY_PATH = MAX_SOCKET_PATH - len("/gdm-studio-12345678/gdm-studio-0123456789abcdef.sock")
# pid, uid and gid.
_UCRED = struct.Struct("3i")


def private_folders(data: Path) -> Iterator[Path]:
    """Yield private folders of the current user for the window's socket, the most suitable first.

    Missing folders are created.
    """
    if (given := os.environ.get("XDG_RUNTIME_DIR")) and is_private(Path(given)):
        yield Path(given)
    own = data / "run"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        pass
    else:
        if is_private(own):
            yield own
    # A sandbox may have temporary files in a folder that is too long for a socket, too.
    for base in (tempfile.gettempdir(), "/tmp"):
        if len(os.fsencode(base)) <= MAX_TEMPORARY_PATH:
            with suppress(OSError):
                # mkdtemp sets mode 0700.
                yield Path(tempfile.mkdtemp(prefix="gdm-studio-", dir=base))


def is_private(folder: Path) -> bool:
    """Return True if `folder` is a folder (not a link) of the current user that other users cannot access."""
    try:
        status = folder.lstat()
    except (OSError, ValueError):
        return False
    is_ours = folder.is_absolute() and stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_ours and not status.st_mode & 0o077


def peer_uid(descriptor: int) -> int | None:
    """Return the user id of the process connected to a socket, or None if the operating system does not report it."""
    if sys.platform == "win32":
        return None
    if sys.platform == "linux":
        with socket.socket(fileno=os.dup(descriptor)) as end:
            return int(_UCRED.unpack(end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))[1])
    uid = ctypes.c_uint32()
    gid = ctypes.c_uint32()
    getpeereid = getattr(ctypes.CDLL(None), "getpeereid", None)
    if getpeereid is None or getpeereid(descriptor, ctypes.byref(uid), ctypes.byref(gid)):
        return None
    return uid.value


def is_own_peer(descriptor: int) -> bool:
    """Return True if the process connected to a local socket belongs to the current user.

    On Windows, the access rights of the pipe ensure this.
    """
    if sys.platform == "win32":
        return True
    try:
        return peer_uid(descriptor) == os.getuid()
    except OSError:
        return False
