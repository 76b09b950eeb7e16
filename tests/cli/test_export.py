"""`gdm-studio export`: images for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import read, save
from gdm_studio.gallery.export import FORMATS
from gdm_studio.gallery.export.svg import TRACED_SIDE
from gdm_studio.models.model_library import Library
from gdm_studio.networks.upscalers.configurations import CompactConfig
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.library import result
from tests.helpers.upscalers import write_upscaler


@pytest.fixture
def saved_image(tmp_path: Path) -> Path:
    return save(result(side=32), tmp_path).path


def export(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[Path]:
    assert run(["export", *map(str, arguments)]) == 0
    return [Path(line) for line in capsys.readouterr().out.splitlines()]


def test_sizes_above_the_image_are_upscaled(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = export(capsys, saved_image, "--size", 100, "--out", tmp_path / "new" / "folder")
    assert path.parent == tmp_path / "new" / "folder" and Image.open(path).size == (100, 100)
    assert read(path).request == read(saved_image).request


def test_an_upscaler_from_a_file_is_used(saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upscaler = write_upscaler(paths.models_dir() / "2x_Foo.pth", CompactConfig(width=8, depth=1, scale=2), "compact")
    made = [
        export(capsys, saved_image, "--factor", 4, "--out", tmp_path / str(number), *arguments)
        for number, arguments in enumerate([(), ("--upscaler", "2x_foo"), ("--upscaler", upscaler)])
    ]
    own, by_name, by_path = (Image.open(path) for (path,) in made)
    assert own.size == by_name.size == (128, 128) and read(made[1][0]).request == read(saved_image).request
    assert by_name.tobytes() == by_path.tobytes() != own.tobytes()
    write_upscaler(paths.models_dir() / "1x.safetensors", CompactConfig(width=8, depth=1, scale=1), "compact")
    assert run(["export", str(saved_image), "--factor", "2", "--upscaler", "1x", "--out", str(tmp_path)]) == 2
    assert "1x.safetensors does not enlarge images" in capsys.readouterr().err


def test_several_images_are_exported_with_a_background_and_no_settings(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = save(result(side=16, seed=3), tmp_path).path
    how = ["--as", "jpeg", "--size", 16, "--background", "ff8800", "--without-metadata"]
    paths = export(capsys, saved_image, other, *how, "--out", tmp_path)
    assert [path.suffix for path in paths] == [".jpg", ".jpg"]
    for path in paths:
        assert Image.open(path).size == (16, 16) and read(path).request is None


def test_several_images_in_one_size_have_names_of_one_pattern(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = save(result(side=16, seed=3), tmp_path).path
    paths = export(capsys, saved_image, other, "--size", 16, "--out", tmp_path / "out")
    assert [path.stem for path in paths] == [f"{saved_image.stem} 16px", f"{other.stem} 16px"]
    # A name says what is unusual if there is one image.
    (path,) = export(capsys, other, "--size", 16, "--out", tmp_path / "one")
    assert path.stem == other.stem


def test_a_file_that_cannot_be_exported_does_not_stop_the_others(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "junk.png").write_bytes(b"junk")
    last = save(result(side=16, seed=3), tmp_path).path
    files = [str(saved_image), str(tmp_path / "junk.png"), str(tmp_path / "missing.png"), str(last)]
    for number, options in enumerate(([], ["--credits"], ["--json"])):
        out = tmp_path / str(number)
        assert run(["export", *files, "--out", str(out), *options]) == 2
        told = capsys.readouterr()
        written = {path.name for path in out.iterdir()} - {"CREDITS.txt"}
        assert written == {saved_image.name, last.name} and all(name in told.out for name in written)
        assert len(told.err.splitlines()) == 3
        assert "2 files were not exported: junk.png, missing.png; the others were." in told.err
    events = [json.loads(line) for line in told.out.splitlines()]
    assert [event["event"] for event in events] == ["saved", "failed", "failed", "saved"]
    assert run(["export", *files[1:3], "--out", str(tmp_path)]) == 2
    assert "2 files were not exported: junk.png, missing.png; no file was." in capsys.readouterr().err


@pytest.mark.parametrize("colour", ["white", "#fff", "ffffff", "rgb(255,255,255)"])
def test_colours_are_accepted_in_common_notations(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], colour: str
) -> None:
    (path,) = export(capsys, saved_image, "--background", colour, "--out", tmp_path)
    assert Image.open(path).mode == "RGB"


def test_credits_name_the_sources_of_the_model(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(saved_image), "--credits", "--json", "--out", str(tmp_path / "out")]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["saved", "credits"]
    text = Path(events[1]["path"]).read_text(encoding="utf-8")
    assert all(source.author in text for source in Library().card(BUILT_IN).sources)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--size", "8"], "16 to 8192"),
        (["--factor", "9"], "from 1 to 8"),
        (["--factor", "2", "--size", "64"], "without --size"),
        (["--size", "64", "--upscaler", "foo"], "no upscaler called 'foo'; there are: GDM Studio 2x"),
        (["--background", "blueish"], "'blueish' is not a colour"),
        (["--as", "gif"], "gif"),
        (["missing.png"], "missing.png"),
        (["--as", "html", "--without-metadata"], "shows the settings"),
        (["--as", "notebook", "--size", "64", "--credits"], "does not have --size, --credits"),
    ],
)
def test_an_invalid_argument_gives_a_one_line_error(
    saved_image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str
) -> None:
    before = sorted(tmp_path.iterdir())
    pictures = [] if "missing.png" in arguments else [str(saved_image)]
    assert run(["export", *arguments, "--out", str(tmp_path / "out"), *pictures]) == 2
    told = capsys.readouterr()
    assert word in told.err and len(told.err.splitlines()) == 1 and sorted(tmp_path.iterdir()) == before


def test_credits_need_an_image_with_a_known_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "plain.png")
    assert run(["export", str(tmp_path / "plain.png"), "--credits", "--out", str(tmp_path)]) == 2
    assert "--credits" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["plain.png"]


def test_the_command_line_knows_every_format() -> None:
    from gdm_studio.cli.export import KINDS

    assert set(KINDS) == set(FORMATS)


@pytest.mark.slow
def test_an_outline_is_drawn_as_needed_always_or_never(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Images of this size need no upscaler.
    pale = np.zeros((TRACED_SIDE, TRACED_SIDE, 4), np.uint8)
    border = TRACED_SIDE // 8
    pale[border:-border, border:-border] = (240, 242, 244, 255)
    Image.fromarray(pale).save(tmp_path / "pale.png")
    Image.fromarray(np.where(pale == (240, 242, 244, 255), (30, 90, 200, 255), pale).astype(np.uint8)).save(
        tmp_path / "strong.png"
    )
    fills = {}
    for name in ("pale", "strong"):
        for outline in ([], ["--outline"], ["--no-outline"]):
            (path,) = export(capsys, tmp_path / f"{name}.png", "--as", "svg", *outline, "--out", tmp_path)
            fills[name, *outline] = path.read_text().count("<path")
    assert fills == {
        ("pale",): 2, ("pale", "--outline"): 2, ("pale", "--no-outline"): 1,
        ("strong",): 1, ("strong", "--outline"): 2, ("strong", "--no-outline"): 1,
    }  # fmt: skip
