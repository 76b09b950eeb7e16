"""`generate --branch`, `--toward-…`, `reproduce` and `film` on a model whose pictures are known."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.engine.generate import generate
from gdm_studio.engine.results import reached
from gdm_studio.gallery import Gallery, read
from gdm_studio.request import Branch, Toward
from gdm_studio.run import Advance
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel

MAKE = ["generate", "a cheerful red disc", "--model", "gaussian", "--seed", "5", "--steps", "6", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _gaussian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.library.Library", GaussianLibrary)


def printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == 0
    return capsys.readouterr().out.strip()


def made(capsys: pytest.CaptureFixture[str], *more: str) -> Path:
    return Path(printed([*MAKE, *more], capsys))


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGBA"))


def steps_of(picture: Path) -> Path:
    return Gallery.open().steps_file(read(picture).id)


def test_steps_are_kept_unless_people_do_not_want_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps_of(made(capsys)).is_file()
    preferences.save(preferences.Preferences(keep_steps=False))
    assert not steps_of(made(capsys)).exists()


def test_a_branch_leaves_a_picture_with_its_steps_or_without(capsys: pytest.CaptureFixture[str]) -> None:
    parent = made(capsys)
    leave = ["generate", "a calm blue disc", "--branch", str(parent), "--step", "3"]
    at_hand = Path(printed(leave, capsys))
    steps_of(parent).unlink()
    again = Path(printed(leave, capsys))
    request = read(at_hand).request
    assert request.branch == Branch(replace(read(parent).request, device="cpu"), 3) and request.seed == 5
    assert np.array_equal(pixels(at_hand), pixels(again)) and not np.array_equal(pixels(at_hand), pixels(parent))
    from_the_beginning = Path(printed([*leave[:-1], "0", "--guidance", "5"], capsys))
    assert read(from_the_beginning).request.branch.step == 0


def test_steps_that_are_damaged_cost_no_branch(capsys: pytest.CaptureFixture[str]) -> None:
    parent = made(capsys)
    steps_of(parent).write_bytes(b"no steps")
    assert printed(["generate", "a calm blue disc", "--branch", str(parent), "--step", "3"], capsys)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--branch", "PICTURE"], "they go together"),
        (["--step", "3"], "they go together"),
        (["--branch", "PICTURE", "--step", "6"], "step to branch from must be a whole number from 0 to 5"),
        (["--branch", "PICTURE", "--step", "x"], "must be a whole number from 0 to 5, not 'x'"),
        (["--branch", "PICTURE", "--step", "3", "--steps", "9"], "A branch keeps the steps"),
        (["--branch", "PICTURE", "--step", "3", "--from-step", "a.step"], "leave one of them out"),
        (["--branch", "FOREIGN", "--step", "3"], "does not say how it was made"),
        (["--toward", "0.3"], "say where with --toward-seed or --toward-prompt"),
        (["--toward-seed", "7", "--toward", "2"], "amount to go towards another picture must be from 0 to 1"),
        (["--toward-seed", "far"], "the seed to go towards must be a whole number"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    stands_for = {"PICTURE": str(made(capsys)), "FOREIGN": str(tmp_path / "a.png")}
    prompt = ["x", "--model", "gaussian"] if "--branch" not in arguments else []
    assert run(["generate", *prompt, *(stands_for.get(each, each) for each in arguments)]) == 2
    assert says in capsys.readouterr().err


def test_a_picture_goes_towards_another_seed_or_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    start = made(capsys)
    between = made(capsys, "--toward-seed", "9")
    assert read(between).request.toward == Toward("a cheerful red disc", 9, 0.5)
    there = made(capsys, "--toward-prompt", "a calm blue disc", "--toward", "1")
    blue = Path(printed(["generate", "a calm blue disc", *MAKE[2:]], capsys))
    assert np.array_equal(pixels(there), pixels(blue))
    nowhere = made(capsys, "--toward-seed", "9", "--toward", "0")
    assert np.array_equal(pixels(nowhere), pixels(start)) and not np.array_equal(pixels(between), pixels(start))


def test_reproduce_says_yes_with_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    picture = made(capsys)
    assert printed(["reproduce", str(picture)], capsys) == "It reproduces exactly."
    assert json.loads(printed(["reproduce", str(picture), "--json"], capsys)) == {
        "path": str(picture), "answer": "exactly", "largest": 0, "share": 0.0, "reasons": [],
    }  # fmt: skip


def test_reproduce_of_a_stopped_picture(capsys: pytest.CaptureFixture[str]) -> None:
    request = read(made(capsys)).request
    advances = [event for event in generate(request, GaussianLibrary()) if isinstance(event, Advance)]
    stopped = Gallery.open().keep(reached(request, advances[3])[0])
    assert stopped.stopped_at == 4
    assert printed(["reproduce", str(stopped.path)], capsys) == "It reproduces exactly."


def test_reproduce_says_no_with_status_1(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return -super().denoised(x, at, conditioning)

    picture = made(capsys)
    monkeypatch.setattr("gdm_studio.models.library.Library", lambda: GaussianLibrary(kind=Other))
    assert run(["reproduce", str(picture), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["answer"] == "no" and answer["largest"] > 16 and answer["share"] > 0.5 and len(answer["reasons"]) == 1
    assert run(["reproduce", str(picture)]) == 1
    assert capsys.readouterr().out.startswith("It does not reproduce: pixels differ by up to ")


def test_reproduce_of_what_cannot_be_made_has_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    other = PngInfo()
    other.add_text("parameters", "a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 8x8, Model: sd15")
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png", pnginfo=other)
    for file, says in (
        (tmp_path / "a.png", "does not say how it was made"),
        (tmp_path / "b.png", "is not there"),
        (tmp_path / "c.png", "and only what GDM Studio made can be made again"),
    ):
        assert run(["reproduce", str(file)]) == 2
        assert says in capsys.readouterr().err


@pytest.mark.parametrize("steps", ["kept", "lost", "damaged"])
def test_a_film_of_the_steps_kept_or_made_again(steps: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = made(capsys)
    if steps == "lost":
        steps_of(picture).unlink()
    if steps == "damaged":
        steps_of(picture).write_bytes(steps_of(picture).read_bytes()[:1000])
    command = ["film", str(picture), "--to", str(tmp_path / "a.webp"), "--fps", "4", "--size", "64", "--hold", "2"]
    assert json.loads(printed([*command, "--json"], capsys)) == {
        "event": "saved", "path": str(tmp_path / "a.webp"), "frames": 6,
    }  # fmt: skip
    film = Image.open(tmp_path / "a.webp")
    assert film.n_frames == 6 and film.size == (64, 64)
    assert printed([*command, "--shown", "difference", "--background", "white", "--loop", "back"], capsys)


def test_a_film_of_the_way_to_another_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, clip = made(capsys), tmp_path / "a.gif"
    assert printed(["film", str(picture), "--to", str(clip), "--toward-seed", "8", "--frames", "4"], capsys) == str(
        clip
    )
    assert Image.open(clip).n_frames == 4


def test_a_film_overwrites_nothing_and_its_place_is_tried_before_the_first_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, clip = made(capsys), tmp_path / "a.gif"
    clip.write_bytes(b"mine")
    assert printed(["film", str(picture), "--to", str(clip)], capsys) == str(tmp_path / "a (2).gif")
    assert clip.read_bytes() == b"mine"
    monkeypatch.setattr(GaussianModel, "denoised", None)
    assert run(["film", str(picture), "--to", str(clip / "b.gif"), "--toward-seed", "8"]) == 2
    assert "not a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "a.avi"], "can be .gif, .webp, .mp4"),
        (["--to", "a.gif", "--fps", "0"], "frames a second must be from 0.1"),
        (["--to", "a.gif", "--loop", "twice"], "choose one of forever, once, back"),
        (["--to", "a.gif", "--background", "blurple"], "is no colour"),
        (["--to", "a.gif", "--frames", "5"], "--toward-seed or --toward-prompt"),
        (["--to", "a.gif", "--toward-seed", "5", "--frames", "1"], "from 2 to 1000"),
        (["--to", "a.gif", "--toward-seed", "5", "--frames", "few"], "from 2 to 1000"),
    ],
)
def test_a_film_that_cannot_be_is_a_sentence(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    picture = made(capsys)
    monkeypatch.chdir(tmp_path)
    assert run(["film", str(picture), *arguments]) == 2
    captured = capsys.readouterr()
    assert says in captured.err and list(tmp_path.iterdir()) == []
