"""Points at which a process can be struck: before a file is opened, moved or removed, and in the middle of a write.

They are counted as Python meets them, one after the other, so that a fault at the n-th of them comes again exactly.
What SQLite writes is not among them: it does so by itself.
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
    """Strikes at point `at`, counted from 1; 0 for none. `within` says which files count, by their beginning."""

    at: int
    strike: Strike
    seen: int = 0
    within: str = ""
    torn: bool = False  # only those in the middle of a write count

    def met(self, half: Callable[[], object] | None = None) -> None:
        """One more point; `half` does half of a write."""
        self.seen += half is not None or not self.torn
        if self.at and self.seen >= self.at and (half is not None or not self.torn):
            self.at = 0
            if half is not None:
                half()
            self.strike(half is not None)


def kill(inside: bool) -> None:
    """As `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def full(inside: bool) -> None:
    """As a disk does that has no room left; it is told of in what the process says."""
    print(STRUCK, file=sys.stderr, flush=True)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def install(at: int, strike: Strike, *, within: Path, torn: bool = False, trees: bool = False) -> Points:
    """Every file opened from here on has these points, for as long as the process lives.

    With `trees` there is one in front of a folder being removed with all in it.
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
