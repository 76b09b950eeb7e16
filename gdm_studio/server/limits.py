"""Limits for other programs' requests, and errors for requests that cannot be accepted."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.text_safety import shorten

# An absolute path on any system: one of the user's folders, or a file in it.
_ABSOLUTE_PATH = re.compile(r"(?<![\w.])(?:~?/[^\s/]+/|~[\\/]|[A-Za-z]:[\\/]|\\\\[^\s\\]+\\)")


@dataclass(frozen=True)
class Limits:
    """Limits for other programs' requests to the server. Times are in seconds, sizes in bytes."""

    # Maximum size of the body of a request.
    body_bytes: int = 32 * 2**20
    # Maximum size of the head of a request: its first line and headers.
    head_bytes: int = 16 * 2**10
    # Maximum time until the head, and then the body, of a request has arrived.
    head_seconds: float = 10.0
    body_seconds: float = 60.0
    # A body must arrive at `body_rate` bytes per second on average after its first `body_grace` seconds.
    body_grace: float = 10.0
    body_rate: float = 16 * 2**10
    # The rest of a refused request's body is discarded until the client sends nothing for this time.
    refused_seconds: float = 1.0
    # Maximum size of all bodies in memory.
    bodies_bytes: int = 256 * 2**20
    # Maximum time for which a connection may stay open without a request.
    idle_seconds: float = 5.0
    # Minimum size of an unread answer that a client must read in `send_seconds`.
    send_seconds: float = 60.0
    send_bytes: int = 64 * 2**10
    # Maximum size of the unread answers of all clients.
    unread_bytes: int = 2**30
    # Maximum number of connections, and of clients that follow the events.
    connections: int = 256
    listeners: int = 32
    # Maximum size of a message that a client sends over a WebSocket.
    socket_bytes: int = 64 * 2**10
    # Maximum side of an image in pixels, number of steps, and number of images in a request.
    side: int = 2048
    steps: int = 150
    images: int = 16
    # Maximum number of pixels of an image in a request.
    input_pixels: int = 4096 * 4096
    # Maximum number of requests that wait, of all clients and of one client.
    waiting: int = 256
    waiting_per_client: int = 64

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise BadRequest if a setting in a client's request, such as the number of steps, exceeds a limit."""
        if (steps := given.get("steps")) is not None and steps > self.steps:
            raise BadRequest(f"This server makes at most {self.steps} steps, not {shorten(steps)}.")
        if (count := given.get("count")) is not None and count > self.images:
            raise BadRequest(f"This server makes at most {self.images} images at a time, not {shorten(count)}.")
        if (size := given.get("size")) is not None and max(size) > self.side:
            raise BadRequest(f"This server makes images of at most {self.side} pixels a side.")


LIMITS = Limits()


class BusyError(StudioError):
    """Error for a client's valid request that the server cannot accept at present, for example because too many are
    waiting.
    """

    title = "The server is busy"
    # False if the same request fails again until somebody acts.
    is_temporary = True


class TooManyRequestsError(BusyError):
    """Error for a client that has too many requests waiting."""


class IdReusedError(BadRequest):
    """Error for an id or idempotency key under which another request was accepted."""

    def __init__(self) -> None:
        super().__init__("Another request was accepted under this id; choose another id.")


class PausedError(BusyError):
    """Error for a request that the user has paused in the window, where it remains in the queue."""

    is_temporary = False

    def __init__(self) -> None:
        super().__init__("The request was paused in GDM Studio's window; resume it there.")


class LibraryMissingError(BusyError):
    """Error for a request whose images cannot be saved, because the folder of the gallery has vanished."""

    is_temporary = False

    def __init__(self) -> None:
        super().__init__(
            "The folder of the server's images is missing; connect its disk or restore it, or restart the server."
        )


class NotFoundError(BadRequest):
    """Error for a client's request that names an unknown model, sampler or page.

    `detail` is a string that clients compare, or "".
    """

    detail = ""


class UnknownSamplerError(NotFoundError):
    """Error for a sampler that has no counterpart in this program."""

    detail = "Sampler not found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no sampler called {shorten(name)!r}; choose one of the server's list of samplers.")


FULL = "The server's disk is full; free some space there, then try again."


def public_sentence(error: BaseException) -> str:
    """Describe an error in one sentence without any path of this computer, so that it can be sent to other programs."""
    if is_disk_full(error):
        return FULL
    if not isinstance(error, StudioError):
        return "Something unforeseen happened; the server's terminal shows more."
    sentence = str(error)
    if isinstance(error, StorageError) or _ABSOLUTE_PATH.search(sentence):
        return f"{error.title}; the server's terminal shows more."
    return sentence


def is_disk_full(error: BaseException | None) -> bool:
    """Return True if an error was caused by a full disk or an exceeded quota."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
