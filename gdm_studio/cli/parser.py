"""The command line's parser: errors in one sentence, paths that are paths, options read when they are asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from gdm_studio.errors import StudioError

_MEANT = {"--scheduler": ("--sampler", "--spacing"), "--cfg": ("--guidance",), "--negative-prompt": ("--negative",)}


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
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:  # the verb says so, which knows what it has
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's usage text."""
        unknown = message.removeprefix("unrecognized arguments: ")
        hint = " Write -- before words that begin with a minus." if message.endswith(" required: query") else ""
        if unknown != message:
            hint = self._hint(unknown)
        raise StudioError(f"{message[:1].upper()}{message[1:]}.{hint} `{self.prog} --help` lists what there is.")

    def _hint(self, unknown: str) -> str:
        """What may have been meant by arguments that are none."""
        option, known = unknown.split()[0], self._option_string_actions
        places = [action.dest for action in self._actions if not action.option_strings]
        near = [meant for meant in _MEANT.get(option, ()) if meant in known]
        near = near or get_close_matches(option, known, 1, 0.75)
        if option[2:] in places:
            return f" The {option[2:]} is written by itself, without {option}."
        if near and option.startswith("--"):
            return f" Write {' or '.join(near)}, whichever is meant." if len(near) > 1 else f" Is {near[0]} meant?"
        if option.startswith("--"):
            return ""
        if option.startswith("-"):
            return " Write -- before words that begin with a minus." if places else ""
        return " Put a prompt of several words in quotes." if "prompt" in places else ""


def _path(text: str) -> Path:
    """A path; argparse has it for every argument of the type Path."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path; write . for this folder")
    return Path(text)
