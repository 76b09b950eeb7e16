"""Fault points of a process: before a file is opened, moved or removed, and in the middle of a write.

The points are counted in the order in which Python reaches them, so that a fault at the n-th point is reproducible.
File operations of SQLite are not among them, because they bypass Python.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STRUCK = "the disk is full"
_IN_FRONT = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
_TREE = "shutil.rmtree"  # of a folder with all in it: a process can end in front of it, but no disk refuses it
Strike = Callable[[bool], None]  # told whether it is in the middle of a write


@dataclass
class Points:
    """Counter that injects a fault at point `at`, starting from 1; 0 means never.

    Only paths that start with `within` count.
    """

    at: int
    strike: Strike
    seen: int = 0
    within: str = ""
    torn: bool = False  # only those in the middle of a write count

    def met(self, half: Callable[[], object] | None = None) -> None:
        """Count one more point; `half` performs half of a write."""
        self.seen += half is not None or not self.torn
        if self.at and self.seen >= self.at and (half is not None or not self.torn):
            self.at = 0
            if half is not None:
                half()
            self.strike(half is not None)


def kill(inside: bool) -> None:
    """Kill this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def full(inside: bool) -> None:
    """Raise the error of a full disk and report the fault in the output of the process."""
    print(STRUCK, file=sys.stderr, flush=True)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def install(at: int, strike: Strike, *, within: Path, torn: bool = False, trees: bool = False) -> Points:
    """Add fault points to every file opened from now on in this process.

    With `trees`, the removal of a folder tree is one point.
    """
    points, in_front = Points(at, strike, within=str(within), torn=torn), _IN_FRONT | ({_TREE} if trees else set())

    class Torn(io.FileIO):
        def write(self, data: Any) -> int:
            view = memoryview(data).cast("B")
            points.met(lambda: super(Torn, self).write(view[: len(view) // 2]))
            return super().write(view)

    original = builtins.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
        is_ours = isinstance(file, str | os.PathLike) and str(os.fspath(file)).startswith(points.within)
        if not is_ours or not set(mode) & set("wax+"):
            return original(file, mode, buffering, *rest, **named)
        points.met()
        binary = mode.replace("b", "").replace("t", "")
        raw = Torn(os.fspath(file), binary)
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *rest, line_buffering=buffering == 1, **named)

    builtins.open = io.open = opened
    sync = os.fsync

    def synced(handle: Any) -> None:
        points.met()
        sync(handle)

    os.fsync = synced
    sys.addaudithook(lambda event, args: points.met() if event in in_front and _concerns(args, points) else None)
    return points


def _concerns(args: tuple[Any, ...], points: Points) -> bool:
    return any(isinstance(each, str | os.PathLike) and str(each).startswith(points.within) for each in args[:2])
