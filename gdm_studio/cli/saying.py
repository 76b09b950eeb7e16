"""What verbs print, all of it: text of files, of names and of paths is shown there and never obeyed by the terminal."""

from __future__ import annotations

import sys

from gdm_studio.printable import json_line, printable


def say(*lines: object) -> None:
    """Each on one line of standard output, at once."""
    for line in lines:
        print(printable(line), flush=True)


def say_json(facts: object, *, indent: int | None = None) -> None:
    """Facts for programs, on standard output, at once."""
    print(json_line(facts, indent=indent), flush=True)


def remark(*lines: object) -> None:
    """What is said beside the answer, each on one line of standard error."""
    for line in lines:
        print(printable(line), file=sys.stderr, flush=True)


def agrees(question: str) -> bool:
    """Whether whoever sits at the terminal answers yes."""
    print(f"{printable(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
