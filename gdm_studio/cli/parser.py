"""Argument parser that reports errors as one sentence, checks paths, and adds slow options only when needed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from gdm_studio.common.errors import StudioError
from gdm_studio.common.text_safety import shorten

# Limits of a path and of its parts in characters. Operating systems refuse longer paths.
LONGEST_PATH = 4_096
LONGEST_NAME = 255
# Options of other programs, and their names here.
_OTHER_NAMES = {
    "--cfg": "--guidance",
    "--negative-prompt": "--negative",
}


class Parser(argparse.ArgumentParser):
    """Command-line parser that adds some of its options only when arguments are parsed.

    `later` is called before the first parse to add options whose modules are slow to import.
    """

    def __init__(self, *args: Any, later: Callable[[Parser], None] | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        # `--upscale` would mean `--upscaler` until another option begins with it.
        self.allow_abbrev = False
        self.register("type", Path, _parse_path)
        self._add_later_arguments = later

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the command line as argparse does, after adding the options whose modules are slow to import."""
        self.complete()
        found, unknown = super().parse_known_args(args, namespace)
        # The parser of the verb reports the error, because it knows the options of the verb.
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def complete(self) -> None:
        """Complete the parser now by adding the options whose modules are slow to import."""
        if (later := self._add_later_arguments) is not None:
            self._add_later_arguments = None
            later(self)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print a message as argparse does, but raise OSError if it cannot be written, for example to a full disk."""
        if message:
            (file or sys.stderr).write(message)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Convert the arguments of an option as argparse does, but raise an error for `--option=--`. Before Python
        3.13, argparse would convert it to an empty list.
        """
        if action.option_strings and "--" in arg_strings:
            raise argparse.ArgumentError(action, "-- is not a value; write one, or leave the option out")
        return super()._get_values(action, arg_strings)

    def _list_positionals(self) -> list[str]:
        """Return the names of the parser's positional arguments, such as "files"."""
        return [action.dest for action in self._actions if not action.option_strings]

    def error(self, message: str) -> NoReturn:
        """Raise StudioError with one sentence about a wrong command line, instead of printing the usage text of
        argparse.
        """
        # Quoted choices would be shortened like a long quoted value.
        before, choose_from, choices = message.rpartition(" (choose from ")
        message = before + choose_from + choices.replace("'", "") if choose_from else message
        unknown = message.removeprefix("unrecognized arguments: ")
        hint = " Write -- before words that begin with a minus." if message.endswith(" required: query") else ""
        if unknown != message:
            hint = self._suggest_option(unknown)
            message = f"unrecognized arguments: {shorten(unknown)}"
        raise StudioError(f"{message[:1].upper()}{message[1:]}.{hint} `{self.prog} --help` lists the options.")

    def _suggest_option(self, unknown: str) -> str:
        """Return a sentence that suggests a known option similar to an unknown one, or "" if none is similar."""
        option = unknown.split()[0]
        known = self._option_string_actions
        places = self._list_positionals()
        other = _OTHER_NAMES.get(option)
        # It is imported here, because few command lines have a mistake.
        from difflib import get_close_matches

        near = [other] if other in known else get_close_matches(option, known, 2, 0.75)
        if option in known:
            return f" Write {option} before the --."
        if option[2:] in places:
            return f" Write the {option[2:]} without {option}."
        if near and option.startswith("--"):
            return f" Did you mean {' or '.join(near)}?"
        if option.startswith("--"):
            return ""
        if option.startswith("-"):
            return " Write -- before words that begin with a minus." if places else ""
        return " Put a prompt of several words in quotes." if "prompt" in places else ""


def _parse_path(text: str) -> Path:
    """Convert a command-line argument to a path. Raises an argparse error if it is empty or too long. argparse calls
    this function for every argument of type Path.
    """
    if not text or "\0" in text or len(text) > LONGEST_PATH or max(map(len, re.split(r"[/\\]", text))) > LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"{text!r} is not a path; write . for this folder")
    return Path(text)
