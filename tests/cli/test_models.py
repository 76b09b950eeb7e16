"""`gdm-studio models` and the help of every verb."""

import json

import pytest

from gdm_studio.cli.main import VERBS, run
from gdm_studio.models.library import Library
from gdm_studio.request import BUILT_IN


def test_models_as_json_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--json"]) == 0
    cards = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    icons = next(card for card in cards if card["name"] == BUILT_IN)
    assert icons["parameters"] == Library().card(BUILT_IN).parameters > 0
    assert icons["date"] and icons["author"] and icons["licence"] and icons["styles"]


def test_models_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    columns = ["name", "family", "date", "parameters", "author", "licence", "size", "last", "used"]
    assert head.split() == columns
    assert any(row.startswith(f"{BUILT_IN} ") for row in rows)


@pytest.mark.parametrize(
    "verb", [[], ["evaluate", BUILT_IN], *([verb] for verb in VERBS)], ids=" ".join
)
def test_every_verb_has_help(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        run([*verb, "--help"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith("usage: gdm-studio")
