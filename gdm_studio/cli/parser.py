"""The command line's parser: errors in one sentence, paths that are paths, options read when they are asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from gdm_studio.errors import StudioError


class Parser(argparse.ArgumentParser):
    """`later` adds options to it before the first line is parsed: what they are read from may take long to import."""

    def __init__(self, *args: Any, later: Callable[[Parser], None] | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.register("type", Path, _path)
        self._later = later

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As in argparse, which asks a verb's parser for this when the verb is given."""
        if (later := self._later) is not None:
            self._later = None
            later(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's usage text."""
        hint = ""
        if message.startswith("unrecognized arguments: -") or message.endswith(" required: query"):
            hint = " Write -- before words that begin with a minus."
        elif message.startswith("unrecognized"):
            hint = " Put a prompt of several words in quotes."
        raise StudioError(f"{message[:1].upper()}{message[1:]}.{hint} `{self.prog} --help` lists what there is.")


def _path(text: str) -> Path:
    """A path; argparse has it for every argument of the type Path."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path; write . for this folder")
    return Path(text)
