"""Crash reports: stack traces of processes killed by a fatal signal, one file per process in the data folder."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gdm_studio import __version__
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError

FOLDER = "crashes"
# The maximum number of reports. Older ones are deleted.
CRASHES = 5
# Reports that are older than this number of days are deleted.
DAYS = 30
# The number of lines of a stack trace that are shown.
LINES = 6
# The number of bytes of a file that are read.
_MAX_BYTES = 1 << 20
_NAME = re.compile(r"\d{8}-\d{6}-(\d{1,9})\.log")
# The start of every line that belongs to Python's import machinery.
_IMPORTING = '  File "<frozen importlib'
_FRAME = re.compile(r'\s*File "(.+)", line (\d+) in (.+)')


@dataclass(frozen=True)
class Crash:
    """Crash of an earlier process: time, program, and the first lines of the stack trace."""

    path: Path
    moment: float
    program: str
    lines: tuple[str, ...]


def enable(program: str) -> None:
    """Enable crash reports: a fatal signal writes the stack traces of this process to a new file.

    Also removes the files of processes that ended normally. Does nothing if no file can be written, or if
    PYTHONFAULTHANDLER already sends the traces to standard error.
    """
    if faulthandler.is_enabled():
        return
    with contextlib.suppress(OSError, StorageError):
        atomic_files.make_folder(folder())
        _remove_old()
        path = folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        # The file stays open until the process ends, because a crashing process cannot open one.
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(number, f"GDM Studio {__version__} {program}\n".encode())
        faulthandler.enable(number)


def last_crash() -> Crash | None:
    """Return the newest recorded crash, or None if no crash was recorded."""
    crashes = [crash for path, _ in _iter_files() if (crash := _read(path)) is not None]
    return max(crashes, key=lambda crash: crash.moment, default=None)


def folder() -> Path:
    """Return the folder that contains the crash reports of all processes."""
    return paths.data_dir() / FOLDER


def _remove_old() -> None:
    """Remove the report files of processes that ended normally, and crash reports that are too old or too many."""
    crashes = []
    for path, process in _iter_files():
        if (crash := _read(path)) is not None:
            crashes.append(crash)
        elif not _is_alive(process):
            _remove(path)
    crashes.sort(key=lambda crash: crash.moment, reverse=True)
    for number, crash in enumerate(crashes):
        if number >= CRASHES or time.time() - crash.moment > DAYS * 86_400:
            _remove(crash.path)


def _iter_files() -> Iterator[tuple[Path, int]]:
    """Yield the crash report file and the process id of every process that enabled crash reports."""
    with contextlib.suppress(OSError):
        for path in list(folder().iterdir()):
            if match := _NAME.fullmatch(path.name):
                yield path, int(match[1])


def _read(path: Path) -> Crash | None:
    """Read the crash report in a file, or return None if its process did not crash."""
    try:
        with atomic_files.open_file(path) as file:
            moment = os.fstat(file.fileno()).st_mtime
            text = file.read(_MAX_BYTES).decode("utf-8", "replace")
    except (OSError, StorageError):
        return None
    program, _, stack = text.partition("\n")
    lines = [_remove_folders(line) for line in stack.splitlines() if line.strip() and not line.startswith(_IMPORTING)]
    return Crash(path, moment, program, tuple(lines[:LINES])) if lines else None


def _remove_folders(line: str) -> str:
    """Return a stack-trace line without the folders of its files, which may contain the user's name."""
    match = _FRAME.fullmatch(line)
    if match is None:
        return line.strip()
    parts = Path(match[1]).parts
    ours = [place for place, part in enumerate(parts) if part in ("gdm_studio", "site-packages")]
    start = (ours[-1] + (parts[ours[-1]] == "site-packages")) if ours else -2
    return f"{'/'.join(parts[start:])}:{match[2]} in {match[3]}"


def _is_alive(process: int) -> bool:
    # Windows refuses to remove a file that a running process has open.
    if os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
