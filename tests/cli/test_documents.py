"""The commands in README.md and docs/: each is one that the command line accepts, and those of the README are run."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gdm_studio.cli.main import parser_of, run
from gdm_studio.common.errors import StudioError

ROOT = Path(__file__).parents[2]
# Not the notes, which record what was run with earlier versions.
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAM = "gdm-studio "
# What follows a command in a line of the shell.
_SHELL_OPERATORS = {"|", ">", ">>", "&&", ";", "&"}


def _find_commands(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the commands of a page, each with "line" or "named": lines of code blocks, joined where they end in a
    backslash and with the values of variables that a block sets, and code within a sentence.
    """
    text = page.read_text(encoding="utf-8")
    variables: dict[str, str] = {}
    for block in re.finditer(
        r"^```.*?\n(.*?)^```|(?<=\n\n)(?:^ {4}gdm-studio [^\n]*\n(?: {5}[^\n]*\n)*)+", text, re.DOTALL | re.MULTILINE
    ):
        for command in re.sub(r" *\\\n\s*", " ", block[1] or block[0]).splitlines():
            if assigned := re.match(r'([A-Z]+)="(.*)"', command):
                variables[assigned[1]] = assigned[2]
            command = re.sub(r"\$([A-Z]+)", lambda name: variables.get(name[1], name[0]), command)
            if PROGRAM in command:
                yield "line", command[command.index(PROGRAM) :]
    for code in re.finditer(
        rf"(?<!`)`({PROGRAM}[^`]+)`(?!`)", re.sub("^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    ):
        yield "named", code[1].replace("\n", " ")


def _split(command: str) -> list[str]:
    """Return the arguments of a command, without its comment and what the shell does with it."""
    arguments = []
    for word in shlex.split(command, comments=True)[1:]:
        if word in _SHELL_OPERATORS:
            break
        arguments.append(word)
    return arguments


def _is_shortened(arguments: list[str]) -> bool:
    """Return True for a command of which the page shows only a part."""
    return any("…" in word or word.startswith("[") for word in arguments)


COMMANDS = [
    pytest.param(kind, _split(command), id=f"{page.name} {command[len(PROGRAM) :][:70]}")
    for page in PAGES
    for kind, command in dict.fromkeys(_find_commands(page))
    if not _is_shortened(_split(command))
]


@cache
def _parser_of(verb: str) -> argparse.ArgumentParser:
    return parser_of([verb])


@pytest.mark.parametrize(("kind", "arguments"), COMMANDS)
def test_the_command_line_accepts_each_command(kind: str, arguments: list[str]) -> None:
    try:
        _parser_of(arguments[0]).parse_args(arguments)
    except StudioError as error:
        # A sentence may name a verb without what follows it.
        if kind != "named" or "arguments are required" not in str(error):
            raise


def test_all_pages_are_read() -> None:
    assert len(COMMANDS) > 120 and len({str(case.id).split()[0] for case in COMMANDS}) > 12


@pytest.mark.slow
def test_the_commands_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## Command line\n+```\n(.*?)```", page, re.DOTALL)
    commands = [_split(line) for line in block.splitlines()]
    assert [command[0] for command in commands] == ["generate", "generate", "grid", "reproduce", "gallery", "doctor"]
    for command in commands:
        # `doctor` ends with 1 where it finds a fault of the machine.
        assert run(command) == 0 or command == ["doctor"], capsys.readouterr().err
        said = capsys.readouterr().out
        if command[0] == "generate" and not Path("FILE.png").exists():
            shutil.copy(re.findall(r"\S.*?\.png", said)[-1].strip(), "FILE.png")
