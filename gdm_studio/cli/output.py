"""Output of the command line. Terminal escape sequences in texts and paths are printed escaped, not executed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from gdm_studio.common.errors import StudioError
from gdm_studio.common.text_safety import escape_unsafe, to_ascii_json

# Number of names in a sentence.
MOST_NAMES = 5


def print_lines(*lines: object) -> None:
    """Print lines of text to standard output, with unsafe control characters escaped, and flush each at once."""
    for line in lines:
        print(escape_unsafe(line), flush=True)


def print_json(facts: object, *, indent: int | None = None) -> None:
    """Print an object as JSON in plain ASCII to standard output, on one line unless `indent` is set."""
    print(to_ascii_json(facts, indent=indent), flush=True)


def print_notice(*lines: object) -> None:
    """Print lines to standard error, which is used for notices, questions and errors."""
    for line in lines:
        print(escape_unsafe(line), file=sys.stderr, flush=True)


def confirm(question: str) -> bool:
    """Ask a yes/no question in the terminal and return True for yes."""
    print(f"{escape_unsafe(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def format_seconds(seconds: float) -> str:
    """Return a duration as text for display, such as "23 s", "4 min" or "1.5 h"."""
    if seconds < 90:
        return f"{seconds:.2g} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def list_few(names: Sequence[str]) -> str:
    """Return the first names, joined by commas, and an ellipsis if there are others."""
    return ", ".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])


class FailedFiles:
    """Files on a command line that a verb could not process. The verb continues with the others, and fails at the end.

    `done` says what happens to a file, such as "exported". A single file on the command line fails at once.
    """

    def __init__(self, count: int, done: str, *, as_json: bool) -> None:
        self._count = count
        self._done = done
        self._as_json = as_json
        self._names: list[str] = []

    def add(self, path: Path, error: StudioError) -> None:
        """Report the error of a file. Raises it if there is no other file."""
        if self._count == 1:
            raise error
        self._names.append(path.name)
        if self._as_json:
            print_json({"event": "failed", "of": str(path), "message": str(error)})
        print_notice(f"gdm-studio: {error}")

    def check(self) -> None:
        """Raise StudioError if there are failed files."""
        if not self._names:
            return
        them = "1 file was" if len(self._names) == 1 else f"{len(self._names)} files were"
        others = "the others were" if len(self._names) < self._count else "no file was"
        raise StudioError(f"{them} not {self._done}: {list_few(self._names)}; {others}.")
