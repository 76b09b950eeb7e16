"""The last errors that nobody foresaw, for a report: when, of what kind and where; never what anyone wrote or named."""

from __future__ import annotations

import contextlib
import time
import traceback
from pathlib import Path

from gdm_studio import __version__, atomic, paths
from gdm_studio.errors import StorageError

FILE = "errors.log"
MOST = 200  # lines; the oldest go
PLACES = 4  # of the program that a line names, the innermost first
UNFORESEEN = "unforeseen"  # in every line; 0.1.0 had those of mistakes that people make as well, without the word


def note(error: BaseException) -> None:
    """Adds a line about an error; where none can be written there is none."""
    with contextlib.suppress(OSError, StorageError):
        lines = [*last(MOST - 1), _line(error)]
        atomic.make_folder(path().parent)
        atomic.write(path(), ("\n".join(lines) + "\n").encode(), durable=False)


def last(count: int) -> list[str]:
    """The newest lines, the oldest of them first."""
    try:
        text = atomic.read(path()).decode("utf-8", "replace")
    except StorageError:
        return []
    lines = [line for line in text.splitlines() if f" {UNFORESEEN} " in line]
    return lines[-count:] if count else []


def path() -> Path:
    return paths.data_dir() / FILE


def _line(error: BaseException) -> str:
    """Kinds and places only: a message may hold a prompt, and a path a name."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{_inside(frame.filename)}:{frame.lineno}" for frame in frames if "gdm_studio" in Path(frame.filename).parts
    ]
    where = " < ".join(reversed(ours[-PLACES:])) or "elsewhere"
    return f"{time.strftime('%Y-%m-%d %H:%M:%S')} {__version__} {UNFORESEEN} {type(error).__name__} at {where}"


def _inside(file: str) -> str:
    """A file by its place in the program."""
    parts = Path(file).parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("gdm_studio") :])
