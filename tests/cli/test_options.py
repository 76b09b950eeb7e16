"""Every option of every verb refuses bad values in one short sentence."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from gdm_studio.cli.main import run
from gdm_studio.jobs.queue import Queue
from tests.helpers.verbs import commands, options, takes_value


def spelling(action: argparse.Action) -> str:
    """Return the option's longest spelling."""
    return max(action.option_strings, key=len)


def distinct_options() -> dict[str, list[argparse.Action]]:
    """Return the options by verb; an option that several verbs share is listed for the first one only."""
    found: dict[tuple[object, ...], tuple[str, argparse.Action]] = {}
    for verb, parser in commands():
        for action in options(parser):
            found.setdefault((spelling(action), action.type, action.nargs, type(action)), (verb, action))
    by_verb: dict[str, list[argparse.Action]] = {}
    for verb, action in found.values():
        by_verb.setdefault(verb, []).append(action)
    return by_verb


OPTIONS = distinct_options()


@pytest.mark.parametrize("verb", OPTIONS)
def test_two_minuses_are_no_value_of_an_option(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for action in OPTIONS[verb]:
        assert run([*verb.split(), f"{spelling(action)}=--"]) == 2
        told = capsys.readouterr()
        assert told.out == "" and len(told.err.splitlines()) == 1 and spelling(action) in told.err, told.err
        # An option with two values has only one here.
        is_single = takes_value(action) and not isinstance(action.nargs, int)
        assert not is_single or "-- is not a value" in told.err, told.err
    assert not list(tmp_path.iterdir())


def test_every_argument_has_a_help_text() -> None:
    for verb, parser in commands():
        assert all(each.help or isinstance(each, argparse._SubParsersAction) for each in parser._actions), verb


@pytest.mark.parametrize("arguments", [["generate", "--", "--"], ["gallery", "search", "--", "--"], ["inspect", "--"]])
def test_two_minuses_end_the_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--"]) in (0, 2)
    assert "unforeseen" not in capsys.readouterr().err


LETTERS, WORDS, DIGITS = "a" * 100_000, "ab cd " * 20_000, "9" * 5_000
REFUSED = [
    [LETTERS],
    [WORDS],
    ["generate", f"--{LETTERS}"],
    ["generate", "x", LETTERS, WORDS],
    ["generate", "x", "--device", "cpu", "--sampler", WORDS],
    ["generate", "x", "--style", WORDS],
    ["generate", "x", "--model", WORDS],
    ["generate", "x", "--steps", DIGITS],
    ["generate", "x", "--seed", DIGITS],
    ["generate", "x", "--guidance", LETTERS],
    ["generate", "x", "--size", DIGITS],
    ["generate", "x", "--set", WORDS],
    ["generate", "x", "--set", f"{LETTERS}=1"],
    ["generate", "x", "--factor", f"{LETTERS}=1"],
    ["generate", "x", "--hint", WORDS],
    ["generate", "x", "--hint", f"{LETTERS}=x.png"],
    ["generate", "x", "--image", LETTERS],
    ["generate", "x", "--image", WORDS],
    ["generate", "x", "--device", WORDS],
    ["generate", "x", "--toward-seed", DIGITS],
    ["grid", "x", "--x", WORDS],
    ["grid", "x", "--x", f"steps={DIGITS}"],
    ["grid", "x", "--x", f"style={WORDS}"],
    ["grid", "x", "--x", "steps=1e999"],
    ["grid", "x", "--x", "guidance=1-1e999"],
    ["grid", "x", "--x", "guidance=1-1e300:1e-300"],
    ["queue", "remove", WORDS],
    ["queue", "remove", DIGITS],
    ["gallery", "delete", f"{LETTERS}:x"],
    ["gallery", "delete", f"steps:{DIGITS}"],
    ["gallery", "delete", f"steps:{LETTERS}"],
    ["gallery", "delete", f'"{WORDS}'],
    ["gallery", "delete", *["a=b"] * 1_000],
    ["gallery", "search", f"{LETTERS}:x"],
    ["gallery", "list", "--limit", DIGITS],
    ["gallery", "import", WORDS],
    ["gallery", "sources", "--remove", WORDS],
    ["gallery", "export", "--all", "--names", f"{{{WORDS}}}"],
    ["models", "add", WORDS],
    ["models", "forget", LETTERS],
    ["models", "set", WORDS, "--vae", "x"],
    ["models", "set", "icons-2", "--vae", WORDS],
    ["models", "set", "icons-2", "--prediction", WORDS],
    ["inspect", WORDS],
    ["reproduce", LETTERS],
    ["film", "x.png", "--to", WORDS],
    ["export", "x.png", "--background", WORDS],
    ["export", "x.png", "--as", WORDS],
    ["bench", WORDS],
    ["verify", WORDS],
    ["systems", WORDS],
    ["likelihood", WORDS, "x.png"],
    ["evaluate", LETTERS],
    ["open", WORDS],
]


def check_brief(told: str) -> None:
    assert len(told.splitlines()) == 1 and told.endswith(".\n"), told[:500]
    assert "unforeseen" not in told and len(told) < 2_000
    assert not any(value[:120] in told for value in (LETTERS, WORDS, DIGITS)), told


@pytest.mark.parametrize("arguments", REFUSED, ids=lambda words: " ".join(word[:16] for word in words[:4]))
def test_an_error_repeats_only_the_start_of_an_argument(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    check_brief(capsys.readouterr().err)
    assert not list(tmp_path.iterdir()) and not Queue.open().items()


@pytest.mark.parametrize("verb", [[], ["train"], ["evaluate", "x", "--only"]])
def test_an_error_lists_all_choices(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*verb, "nothing"]) == 2
    told = capsys.readouterr().err
    assert "invalid choice: 'nothing' (choose from " in told and "…" not in told


@pytest.mark.parametrize("verb", OPTIONS)
def test_an_error_repeats_only_the_start_of_an_option_value(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    for action in filter(takes_value, OPTIONS[verb]):
        for value in (LETTERS, DIGITS):
            assert run([*verb.split(), spelling(action), value, "--no-such-option"]) == 2
            check_brief(capsys.readouterr().err)
