"""`gdm-studio export`: pictures for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.gallery import read, save
from gdm_studio.gallery.export import FORMATS
from gdm_studio.models.library import Library
from gdm_studio.request import BUILT_IN
from tests.helpers.library import result


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return save(result(side=32), tmp_path).path


def exported(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[Path]:
    assert run(["export", *map(str, arguments)]) == 0
    return [Path(line) for line in capsys.readouterr().out.splitlines()]


def test_what_is_larger_than_the_picture_is_drawn_by_the_upscaler(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = exported(capsys, kept, "--size", 100, "--out", tmp_path / "new" / "folder")
    assert path.parent == tmp_path / "new" / "folder" and Image.open(path).size == (100, 100)
    assert read(path).request == read(kept).request


def test_many_pictures_over_a_colour_without_settings(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = save(result(side=16, seed=3), tmp_path).path
    how = ["--as", "jpeg", "--size", 16, "--background", "ff8800", "--without-metadata"]
    paths = exported(capsys, kept, other, *how, "--out", tmp_path)
    assert [path.suffix for path in paths] == [".jpg", ".jpg"]
    for path in paths:
        assert Image.open(path).size == (16, 16) and read(path).request is None


@pytest.mark.parametrize("colour", ["white", "#fff", "ffffff", "rgb(255,255,255)"])
def test_colours_are_named_as_people_do(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], colour: str
) -> None:
    (path,) = exported(capsys, kept, "--background", colour, "--out", tmp_path)
    assert Image.open(path).mode == "RGB"


def test_credits_name_the_sources_of_the_model(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", str(kept), "--credits", "--json", "--out", str(tmp_path / "out")]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["saved", "credits"]
    text = Path(events[1]["path"]).read_text(encoding="utf-8")
    assert all(source.author in text for source in Library().card(BUILT_IN).sources)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--size", "8"], "16 to 2048"),
        (["--background", "blueish"], "'blueish' is no colour"),
        (["--as", "gif"], "gif"),
        (["missing.png"], "missing.png"),
    ],
)
def test_a_mistake_is_one_sentence(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str
) -> None:
    before = sorted(tmp_path.iterdir())
    pictures = [] if "missing.png" in arguments else [str(kept)]
    assert run(["export", *arguments, "--out", str(tmp_path / "out"), *pictures]) == 2
    told = capsys.readouterr()
    assert word in told.err and len(told.err.splitlines()) == 1 and sorted(tmp_path.iterdir()) == before


def test_a_picture_without_a_known_model_has_no_one_to_credit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "plain.png")
    assert run(["export", str(tmp_path / "plain.png"), "--credits", "--out", str(tmp_path)]) == 2
    assert "--credits" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["plain.png"]


def test_the_command_line_knows_every_format() -> None:
    from gdm_studio.cli.export import KINDS

    assert set(KINDS) == set(FORMATS)
