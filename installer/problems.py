"""Errors of the installer, each with a one-sentence message."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path


class Problem(Exception):
    """Error with a one-sentence message: the cause and the remedy. The exit code is 2."""


def require_room(folder: Path, needed: float, subject: str = "The environment") -> None:
    """Raise Problem if the disk of `folder` has less than `needed` GB free for `subject`."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed:
        raise Problem(
            f"{subject} needs about {_format_size(needed)} in {folder}, where {_format_size(free)} are free; "
            "make room and run the same command again."
        )


def _format_size(gigabytes: float) -> str:
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{gigabytes * 1000:.0f} MB"


def sentence(error: OSError, permission: str = "copy the project to a folder of your own") -> str:
    """Return the message for a failed file operation. `permission` says what to do if permission is missing."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}; free some space and run the same command again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No permission to write here{where}; {permission}."
    return f"{error.strerror or error}{where}."


def diagnose(log: str, doing: str) -> str:
    """Return the message for a failed pip, uv or apt-get from its output. `doing` completes "... failed"."""
    for pattern, text in _CAUSES:
        if re.search(pattern, log, re.IGNORECASE):
            return text
    last = [line.strip() for line in log.splitlines() if line.strip().lower().startswith(("error", "e:"))]
    return f"{doing} failed: {last[-1]}" if last else f"{doing} failed."


# The first that matches counts: pip names no matching version also where it could not reach its index.
_CAUSES = (
    (
        r"No space left|Errno 28|not enough space|disk quota|StorageFull",
        "The disk is full; free some space and run the same command again.",
    ),
    (
        r"Permission denied|Errno 13|Read-only file system|access is denied",
        "No permission to write the environment; copy the project to a folder of your own.",
    ),
    (
        r"Name or service not known|name resolution|getaddrinfo|dns error|NewConnectionError|timed? ?out"
        r"|Connection (refused|reset|aborted|broken)|ProtocolError|ProxyError|IncompleteRead"
        r"|SSLError|Network is unreachable|Could not resolve|error sending request",
        "The package index cannot be reached; check the network and run the same command again, "
        "it goes on where it stopped.",
    ),
    (
        r"No matching distribution found|ResolutionImpossible",
        "A package has no build for this system and Python; a 64-bit Python 3.11 to 3.13 on Linux "
        "(glibc 2.34), macOS 14 on Apple silicon or Windows is needed.",
    ),
)
