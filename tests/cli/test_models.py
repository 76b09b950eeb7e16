"""`gdm-studio models` and the help of every verb."""

import json
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.cli.main import VERBS, run
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers import tiny_model


def test_models_as_json_print_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--json"]) == 0
    cards = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    icons = next(card for card in cards if card["name"] == BUILT_IN)
    assert icons["parameters"] == Library().card(BUILT_IN).parameters > 0
    assert icons["date"] and icons["author"] and icons["licence"] and icons["styles"]


def test_models_are_printed_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    columns = ["name", "family", "date", "parameters", "author", "licence", "size", "last", "used"]
    assert head.split() == columns
    assert any(row.startswith(f"{BUILT_IN} ") for row in rows)
    for option in ("--family", "--tag"):
        assert run(["models", option, "nope"]) == 2
        shown = capsys.readouterr()
        assert f"There is no {option[2:]} called 'nope' here; there are: " in shown.err and not shown.out


def test_several_folders_are_used_in_place_until_each_is_forgotten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        tiny_model.write(folder / folder.name)
        assert run(["models", "add", str(folder)]) == 0
    assert run(["models", "add", str(folders[0])]) == 0, "once more changes nothing"
    assert preferences.load().model_folders == tuple(map(str, folders))
    assert run(["models", "forget", str(folders[1])]) == 0
    assert preferences.load().model_folders == (str(folders[0]), str(folders[2]))
    capsys.readouterr()
    assert run(["models", "--json"]) == 0
    paths = [Path(json.loads(line)["path"]) for line in capsys.readouterr().out.splitlines()]
    assert [any(path.is_relative_to(folder) for path in paths) for folder in folders] == [True, False, True]


@pytest.mark.parametrize("names", [(), ("photo.png", "notes.txt"), ("album/photo.png",)])
def test_a_folder_without_model_files_is_refused(
    names: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    for name in names:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"no model")
    assert run(["models", "add", str(folder)]) == 2
    assert "album contains no weight files; choose another model." in capsys.readouterr().err
    assert preferences.load().model_folders == ()
    # A damaged model file may be replaced later, so the folder stays in use.
    (folder / "broken.safetensors").write_bytes(b"no model")
    for options in ([], ["--json"]):
        assert run(["models", "add", str(folder), *options]) == 2
        told = capsys.readouterr()
        assert f"Nothing can be used in: {folder}; the list above says why." in told.err
        assert "broken.safetensors" in told.out and preferences.load().model_folders == (str(folder),)
    tiny_model.write(folder / "whole")
    assert run(["models", "add", str(folder)]) == 0 and not capsys.readouterr().err
    # A copy of a listed model is no failure, whether or not its hash is known by then.
    tiny_model.write(tmp_path / "more" / "whole")
    for options in (["--hashes"], []):
        assert run(["models", *options]) == 0
        assert run(["models", "add", str(tmp_path / "more")]) == 0 and not capsys.readouterr().err


@pytest.mark.parametrize("verb", [[], ["evaluate", BUILT_IN], *([verb] for verb in VERBS)], ids=" ".join)
def test_every_verb_has_help(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        run([*verb, "--help"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith("usage: gdm-studio")
