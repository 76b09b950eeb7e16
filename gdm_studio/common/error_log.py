"""The log of unexpected errors, which is part of bug reports. It contains no text written by the user."""

from __future__ import annotations

import contextlib
import time
import traceback
from pathlib import Path

from gdm_studio import __version__
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError

FILE = "errors.log"
# The maximum number of lines in the log. The oldest are removed.
MOST = 200
# The number of stack frames of this program in a line, innermost first.
PLACES = 4
# A word in every line. Lines without it come from version 0.1.0, which also logged the user's mistakes.
UNFORESEEN = "unforeseen"


def record_error(error: BaseException) -> None:
    """Append a line about an unexpected error to the error log. Does nothing if the log cannot be written."""
    with contextlib.suppress(OSError, StorageError):
        lines = [*last_lines(MOST - 1), _describe_error(error)]
        atomic_files.make_folder(path().parent)
        atomic_files.write(path(), ("\n".join(lines) + "\n").encode(), durable=False)


def last_lines(count: int) -> list[str]:
    """Return the last `count` lines of the error log, oldest first."""
    try:
        text = atomic_files.read(path()).decode("utf-8", "replace")
    except StorageError:
        return []
    lines = [line for line in text.splitlines() if f" {UNFORESEEN} " in line]
    return lines[-count:] if count else []


def path() -> Path:
    return paths.data_dir() / FILE


def _describe_error(error: BaseException) -> str:
    """Return the line of the error log that describes an error: its time, type and code location.

    The message is left out because it may contain a prompt or a name.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{_relative_path(frame.filename)}:{frame.lineno}"
        for frame in frames
        if "gdm_studio" in Path(frame.filename).parts
    ]
    where = " < ".join(reversed(ours[-PLACES:])) or "elsewhere"
    return f"{time.strftime('%Y-%m-%d %H:%M:%S')} {__version__} {UNFORESEEN} {type(error).__name__} at {where}"


def _relative_path(file: str) -> str:
    """Return the path of a source file, relative to the folder of the program."""
    parts = Path(file).parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("gdm_studio") :])
