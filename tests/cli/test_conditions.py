"""What only some models are told, on the command line: classes, numbers, pictures to follow; and no prompt at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.gallery import read
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from tests.families.made_up import FAMILY
from tests.families.test_families import asking, drawing

FAST = ["--steps", "2", "--seed", "5", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.library.Library", lambda: Library((*FAMILIES, FAMILY)))


def made(name: str, *options: str, out: Path) -> Request:
    """What was asked of the model of that name."""
    asking(name)  # which puts it into the models folder
    assert run(["generate", "--model", name, *options, *FAST, "--out", str(out)]) == 0
    (path,) = out.glob("*.png")
    request = read(path).request
    assert request is not None
    return request


def test_a_model_of_classes_needs_no_prompt(tmp_path: Path) -> None:
    request = made("labelled", "--class", "dog", out=tmp_path)
    assert (request.label, request.prompt) == ("dog", "")


def test_a_class_is_found_and_named_where_a_prompt_would_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        capsys.readouterr()
        assert run(arguments) == 0
        return capsys.readouterr().out

    asking("labelled")
    asked = ("--model", "labelled", "--class", "DOG", *FAST)
    path = Path(said("generate", *asked).strip())
    assert " dog 5 " in path.name and "  class               dog\n" in said("inspect", str(path))
    for query in ("class:do", 'class:"dog"', "dog", "Do"):
        assert f"labelled  5  dog\n    {path}" in said("gallery", "search", query), query
    assert said("gallery", "search", "class:cat") == ""
    said("queue", "add", *asked)
    assert said("queue", "list").startswith("  1  dog · 2 steps")


def test_numbers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert made("two-encoders", "a red fox", "--factor", "aesthetic=8", out=tmp_path).factors == {"aesthetic": 8.0}
    assert run(["inspect", str(*tmp_path.glob("*.png"))]) == 0
    assert "  factors             aesthetic 8\n" in capsys.readouterr().out


@pytest.mark.parametrize(("weight", "meant"), [("", 1.0), (":0.4", 0.4)])
def test_a_picture_is_followed(weight: str, meant: float, tmp_path: Path) -> None:
    file = tmp_path / "at 10:30.png"
    Image.fromarray(drawing(5)).save(file)
    out = tmp_path / "out"
    (hint,) = made("controlled", "a red fox", "--hint", f"edges={file}{weight}", out=out).hints
    assert (hint.kind, hint.weight) == ("edges", meant)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--class", "bird"], "has no class called 'bird'; choose one of cat, dog"),
        (["--class", "Dogs"], "has no class called 'Dogs'; choose dog, or another of cat, dog"),
        (["a fox"], "draws without a prompt; leave it empty"),
        (["--factor", "aesthetic=8"], "This model has no setting called 'aesthetic'"),
        (["--factor", "aesthetic"], "--factor must be NAME=NUMBER"),
        (["--hint", "edges"], "--hint must be KIND=FILE or KIND=FILE:WEIGHT"),
        (["--hint", "edges={picture}"], "follows no hint of the kind 'edges'; leave it out"),
        (["--hint", "edges={picture}.gone"], "gone"),
    ],
)
def test_what_it_does_not_accept_is_refused(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asking("labelled")
    Image.fromarray(drawing(5)).save(tmp_path / "house.png")
    told = [option.replace("{picture}", str(tmp_path / "house.png")) for option in options]
    assert run(["generate", "--model", "labelled", *told, *FAST, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_step_keeps_the_pictures_it_began_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    asking("controlled")
    Image.fromarray(drawing(5)).save(tmp_path / "house.png")
    hint = ["--hint", f"edges={tmp_path / 'house.png'}"]
    assert run(["generate", "a fox", "--model", "controlled", *hint, *FAST, "--out", str(out)]) == 0
    (path,) = out.glob("*.png")
    assert run(["generate", "--branch", str(path), "--step", "1", *hint, "--out", str(out)]) == 2
    assert "leave out --image, --mask, --hint and --extend" in capsys.readouterr().err
