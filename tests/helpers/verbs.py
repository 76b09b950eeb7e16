"""The verbs of the command line and their options, from the parser itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from gdm_studio.cli.main import VERBS, parser_of


def commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every verb of the command line, such as "gallery list", with its argument parser."""
    yield from _below("", parser_of(VERBS))


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options of a verb's argument parser, without --help."""
    return [action for action in parser._actions if action.option_strings and action.dest != "help"]


def takes_value(action: argparse.Action) -> bool:
    """Return True if the command-line option is followed by a value."""
    return bool(action.option_strings) and action.nargs != 0


def _below(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb, below in action.choices.items():
                below.complete()
                yield f"{name} {verb}".strip(), below
                yield from _below(f"{name} {verb}".strip(), below)
