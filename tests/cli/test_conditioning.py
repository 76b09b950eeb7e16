"""Conditioning of special models on the command line: classes, numbers, control images, and no prompt at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.gallery import read
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from tests.families.made_up import FAMILY
from tests.families.test_families import _new_library, _scanned, random_image, request_for

__all__ = ["_new_library", "_scanned"]

FAST = ["--steps", "2", "--seed", "5", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _made_up_models(_new_library: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.model_library.Library", lambda: Library((*FAMILIES, FAMILY)))


def generate_with(name: str, *options: str, out: Path) -> Request:
    """Generate one image with a made-up model and return its request."""
    # Creating the case also writes the model into the models folder.
    request_for(name)
    assert run(["generate", "--model", name, *options, *FAST, "--out", str(out)]) == 0
    (path,) = out.glob("*.png")
    request = read(path).request
    assert request is not None
    return request


@pytest.mark.slow
def test_a_model_of_classes_needs_no_prompt(tmp_path: Path) -> None:
    request = generate_with("labelled", "--class", "dog", out=tmp_path)
    assert (request.label, request.prompt) == ("dog", "")


@pytest.mark.slow
def test_a_class_is_searched_and_named_like_a_prompt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        capsys.readouterr()
        assert run(arguments) == 0
        return capsys.readouterr().out

    request_for("labelled")
    asked = ("--model", "labelled", "--class", "DOG", *FAST)
    path = Path(said("generate", *asked).strip())
    assert " dog 5 " in path.name and "  class               dog\n" in said("inspect", str(path))
    for query in ("class:do", 'class:"dog"', "dog", "Do"):
        assert f"labelled  5  dog\n    {path}" in said("gallery", "search", query), query
    assert said("gallery", "search", "class:cat") == ""
    said("queue", "add", *asked)
    assert said("queue", "list").startswith("  1  dog · 2 steps")


def test_factors_are_passed_to_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_with("two-encoders", "a red fox", "--factor", "aesthetic=8", out=tmp_path).factors == {
        "aesthetic": 8.0
    }
    assert run(["inspect", str(*tmp_path.glob("*.png"))]) == 0
    assert "  factors             aesthetic 8\n" in capsys.readouterr().out


@pytest.mark.parametrize(("weight", "meant"), [("", 1.0), (":0.4", 0.4)])
def test_a_control_image_is_passed_to_the_model(weight: str, meant: float, tmp_path: Path) -> None:
    file = tmp_path / "at 10:30.png"
    Image.fromarray(random_image(5)).save(file)
    out = tmp_path / "out"
    (hint,) = generate_with("controlled", "a red fox", "--hint", f"edges={file}{weight}", out=out).hints
    assert (hint.kind, hint.weight) == ("edges", meant)


def test_each_control_image_has_its_settings_and_the_last_ones_apply_to_later_images(tmp_path: Path) -> None:
    file = tmp_path / "house.png"
    Image.fromarray(random_image(5)).save(file)
    options = [part for weight in (0.1, 0.2, 0.3) for part in ("--hint", f"edges={file}:{weight}")]
    options += ["--preprocessor", "canny", "--preprocessor", "grey", "--hint-start", "0.25", "--hint-end", "0.75"]
    hints = generate_with("controlled", "a red fox", *options, out=tmp_path / "out").hints
    assert [(each.weight, each.preprocessor) for each in hints] == [(0.1, "canny"), (0.2, "grey"), (0.3, "grey")]
    assert {(each.start, each.end) for each in hints} == {(0.25, 0.75)}


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
        (["--preprocessor", "canny"], "need a control image; name it with --hint"),
    ],
)
def test_unsupported_conditioning_is_refused(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request_for("labelled")
    Image.fromarray(random_image(5)).save(tmp_path / "house.png")
    told = [option.replace("{picture}", str(tmp_path / "house.png")) for option in options]
    assert run(["generate", "--model", "labelled", *told, *FAST, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_branch_refuses_new_input_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    request_for("controlled")
    Image.fromarray(random_image(5)).save(tmp_path / "house.png")
    hint = ["--hint", f"edges={tmp_path / 'house.png'}"]
    assert run(["generate", "a fox", "--model", "controlled", *hint, *FAST, "--out", str(out)]) == 0
    (path,) = out.glob("*.png")
    for options in (hint, ["--hint-end", "0.5"]):
        assert run(["generate", "--branch", str(path), "--step", "1", *options, "--out", str(out)]) == 2
    assert "leave out --image, --mask, --hint and --extend" in capsys.readouterr().err
