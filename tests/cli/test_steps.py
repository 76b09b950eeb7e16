"""`generate --branch`, `--toward-…`, `reproduce` and `film` on a model of known images."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio import preferences
from gdm_studio.cli import generate as generate_command
from gdm_studio.cli.main import run
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, read
from gdm_studio.learning.point_runs import PlaneSettings
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Branch, Interpolation
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel

MAKE = ["generate", "a cheerful red disc", "--model", "gaussian", "--seed", "5", "--steps", "6", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _gaussian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.models.model_library.Library", GaussianLibrary)


def run_and_print(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == 0
    return capsys.readouterr().out.strip()


def run_and_read(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    assert run(arguments) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def generate_image(capsys: pytest.CaptureFixture[str], *more: str) -> Path:
    return Path(run_and_print([*MAKE, *more], capsys))


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGBA"))


def steps_of(picture: Path) -> Path:
    return Gallery.open().steps.path(read(picture).id)


def test_steps_are_saved_unless_turned_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps_of(generate_image(capsys)).is_file()
    preferences.save(preferences.Preferences(keep_steps=False))
    assert not steps_of(generate_image(capsys)).exists()


def test_a_branch_starts_with_or_without_saved_steps(capsys: pytest.CaptureFixture[str]) -> None:
    parent = generate_image(capsys)
    leave = ["generate", "a calm blue disc", "--branch", str(parent), "--step", "3"]
    at_hand = Path(run_and_print(leave, capsys))
    steps_of(parent).unlink()
    again = Path(run_and_print(leave, capsys))
    request = read(at_hand).request
    assert request.branch == Branch(replace(read(parent).request, device="cpu"), 3) and request.seed == 5
    assert np.array_equal(pixels(at_hand), pixels(again)) and not np.array_equal(pixels(at_hand), pixels(parent))
    from_the_beginning = Path(run_and_print([*leave[:-1], "0", "--guidance", "5"], capsys))
    assert read(from_the_beginning).request.branch.step == 0


@pytest.mark.parametrize("batch", ["1", "2"])
def test_saved_steps_are_named_by_the_seed_of_their_image(
    batch: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several = [*MAKE, "--count", "2", "--batch", batch, "--keep-steps", str(tmp_path)]
    pictures = [Path(line) for line in run_and_print(several, capsys).splitlines()]
    names = [f"{seed}-{step:03}.step" for seed in (5, 6) for step in range(1, 7)]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for seed, picture in zip((5, 6), pictures, strict=True):
        again = Path(run_and_print(["generate", "--from-step", str(tmp_path / f"{seed}-004.step")], capsys))
        assert read(again).request.seed == read(picture).request.seed == seed
        assert np.array_equal(pixels(again), pixels(picture))


@pytest.mark.parametrize(
    ("sampler", "options", "said"),
    [
        ("euler", ["--seed", "9"], "The branch is the same image"),
        ("euler", ["--count", "2"], "The branches are the same image"),
        ("euler", ["--seed", "9", "--guidance", "3"], ""),
        ("ddim", ["--seed", "9"], "The branch is the same image"),
        ("ddim --eta 1", ["--seed", "9"], ""),
        ("dpmpp_2m_sde --eta 0", ["--seed", "9"], "The branch is the same image"),
        ("euler_a", ["--count", "2"], ""),
    ],
)
def test_a_branch_that_a_seed_does_not_change_says_so(
    sampler: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = generate_image(capsys, "--sampler", *sampler.split())
    out, err = run_and_read(["generate", "--branch", str(parent), "--step", "3", *options], capsys)
    assert said in err and ("same image" in err) == bool(said)
    pictures = [pixels(Path(line)) for line in out.splitlines()]
    is_same = all(np.array_equal(each, pixels(parent)) for each in pictures)
    assert is_same == bool(said)


def test_models_that_use_the_seed_elsewhere_are_not_said_to_repeat(capsys: pytest.CaptureFixture[str]) -> None:
    parent = generate_image(capsys, "--sampler", "euler")
    request = read(parent).request
    branch = replace(request, branch=Branch(request, 3), seed=9)
    assert generate_command._is_repetition(branch, request, CARD)
    for card in (replace(CARD, stages=(0.5, 0.5)), replace(CARD, family="systems")):
        assert not generate_command._is_repetition(branch, request, card)


def test_a_branch_works_with_damaged_steps(capsys: pytest.CaptureFixture[str]) -> None:
    parent = generate_image(capsys)
    steps_of(parent).write_bytes(b"no steps")
    assert run_and_print(["generate", "a calm blue disc", "--branch", str(parent), "--step", "3"], capsys)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--branch", "PICTURE"], "--branch needs --step"),
        (["--step", "3"], "--branch needs --step"),
        (["--branch", "PICTURE", "--step", "6"], "step to branch from must be a whole number from 0 to 5"),
        (["--branch", "PICTURE", "--step", "x"], "must be a whole number from 0 to 5, not 'x'"),
        (["--branch", "PICTURE", "--step", "3", "--steps", "9"], "A branch keeps the steps"),
        (["--branch", "PICTURE", "--step", "3", "--from-step", "a.step"], "not both"),
        (["--branch", "FOREIGN", "--step", "3"], "does not say how it was made"),
        (["--toward", "0.3"], "--toward needs --toward-seed or --toward-prompt"),
        (["--toward-seed", "7", "--toward", "2"], "amount to go towards another picture must be from 0 to 1"),
        (["--toward-seed", "far"], "the seed to go towards must be a whole number"),
    ],
)
def test_invalid_combinations_give_a_one_line_error(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    stands_for = {"PICTURE": str(generate_image(capsys)), "FOREIGN": str(tmp_path / "a.png")}
    prompt = ["x", "--model", "gaussian"] if "--branch" not in arguments else []
    assert run(["generate", *prompt, *(stands_for.get(each, each) for each in arguments)]) == 2
    assert says in capsys.readouterr().err


def test_images_interpolate_towards_another_seed_or_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    start = generate_image(capsys)
    between = generate_image(capsys, "--toward-seed", "9")
    assert read(between).request.toward == Interpolation("a cheerful red disc", 9, 0.5)
    there = generate_image(capsys, "--toward-prompt", "a calm blue disc", "--toward", "1")
    blue = Path(run_and_print(["generate", "a calm blue disc", *MAKE[2:]], capsys))
    assert np.array_equal(pixels(there), pixels(blue))
    nowhere = generate_image(capsys, "--toward-seed", "9", "--toward", "0")
    assert np.array_equal(pixels(nowhere), pixels(start)) and not np.array_equal(pixels(between), pixels(start))


def test_reproduce_confirms_with_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    picture = generate_image(capsys)
    assert run_and_print(["reproduce", str(picture)], capsys) == "It reproduces exactly."
    assert json.loads(run_and_print(["reproduce", str(picture), "--json"], capsys)) == {
        "path": str(picture), "answer": "exactly", "largest": 0, "share": 0.0, "reasons": [],
    }  # fmt: skip


def test_reproduce_confirms_a_stopped_image(capsys: pytest.CaptureFixture[str]) -> None:
    request = read(generate_image(capsys)).request
    advances = [event for event in generate(request, GaussianLibrary()) if isinstance(event, StepEvent)]
    stopped = Gallery.open().save(decode_partial_results(request, advances[3])[0])
    assert stopped.stopped_at == 4
    assert run_and_print(["reproduce", str(stopped.path)], capsys) == "It reproduces exactly."


def test_reproduce_denies_with_status_1(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return -super().denoised(x, at, conditioning)

    picture = generate_image(capsys)
    monkeypatch.setattr("gdm_studio.models.model_library.Library", lambda: GaussianLibrary(kind=Other))
    assert run(["reproduce", str(picture), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["answer"] == "no" and answer["largest"] > 16 and answer["share"] > 0.5 and len(answer["reasons"]) == 1
    assert run(["reproduce", str(picture)]) == 1
    assert capsys.readouterr().out.startswith("It does not reproduce: pixels differ by up to ")


def test_reproduce_of_an_unusable_file_has_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    other = PngInfo()
    other.add_text("parameters", "a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 8x8, Model: sd15")
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png", pnginfo=other)
    for file, says in (
        (tmp_path / "a.png", "does not say how it was made"),
        (tmp_path / "b.png", "is not there"),
        (tmp_path / "c.png", "choose an image that GDM Studio made"),
    ):
        assert run(["reproduce", str(file)]) == 2
        assert says in capsys.readouterr().err


@pytest.mark.parametrize("steps", ["kept", "lost", "damaged"])
def test_a_film_uses_saved_or_regenerated_steps(steps: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = generate_image(capsys)
    if steps == "lost":
        steps_of(picture).unlink()
    if steps == "damaged":
        steps_of(picture).write_bytes(steps_of(picture).read_bytes()[:1000])
    command = ["film", str(picture), "--to", str(tmp_path / "a.webp"), "--fps", "4", "--size", "64", "--hold", "2"]
    assert json.loads(run_and_print([*command, "--json"], capsys)) == {
        "event": "saved", "path": str(tmp_path / "a.webp"), "frames": 6,
    }  # fmt: skip
    film = Image.open(tmp_path / "a.webp")
    assert film.n_frames == 6 and film.size == (64, 64)
    assert run_and_print([*command, "--shown", "difference", "--background", "white", "--loop", "back"], capsys)


def test_a_film_shows_an_interpolation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, clip = generate_image(capsys), tmp_path / "a.gif"
    assert run_and_print(
        ["film", str(picture), "--to", str(clip), "--toward-seed", "8", "--frames", "4"], capsys
    ) == str(clip)
    assert Image.open(clip).n_frames == 4


def test_a_film_overwrites_nothing_and_its_folder_is_checked_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, clip = generate_image(capsys), tmp_path / "a.gif"
    clip.write_bytes(b"mine")
    assert run_and_print(["film", str(picture), "--to", str(clip)], capsys) == str(tmp_path / "a (2).gif")
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
        (["--to", "a.gif", "--background", "blurple"], "is not a colour"),
        (["--to", "a.gif", "--frames", "5"], "--toward-seed or --toward-prompt"),
        (["--to", "a.gif", "--toward-seed", "5", "--frames", "1"], "from 2 to 1000"),
        (["--to", "a.gif", "--toward-seed", "5", "--frames", "few"], "from 2 to 1000"),
    ],
)
def test_an_invalid_film_gives_a_one_line_error(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    picture = generate_image(capsys)
    monkeypatch.chdir(tmp_path)
    assert run(["film", str(picture), *arguments]) == 2
    captured = capsys.readouterr()
    assert says in captured.err and list(tmp_path.iterdir()) == []


def test_a_step_is_inspected_in_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = generate_image(capsys, "--sampler", "ddim")
    shown = run_and_print(["inspect", str(picture), "--step", "3"], capsys)
    assert shown.startswith("Step 3 of 6 with DDIM") and "‖Δ‖ = " in shown and "x′ = α′·x̂₀" in shown
    found = json.loads(run_and_print(["inspect", str(picture), "--step", "3", "--json"], capsys))
    names: dict = {}
    exec(compile(found["code"], "step", "exec"), names)
    assert float(abs(names["x_next"] - names["x_saved"]).max()) < 1e-5
    capsys.readouterr()
    for arguments, says in (
        ([str(picture), "--step", "9"], "There is no step 9"),
        ([str(picture), "--step", "x"], "needs the number of a step"),
        ([str(picture), str(picture), "--step", "3"], "exactly one image"),
    ):
        assert run(["inspect", *arguments]) == 2
        assert says in capsys.readouterr().err
    steps_of(picture).unlink()
    assert run(["inspect", str(picture), "--step", "3"]) == 2
    assert "are not recorded" in capsys.readouterr().err


def executed_notebook(path: Path) -> dict:
    names: dict = {}
    for cell in json.loads(path.read_bytes())["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


def test_images_are_exported_with_their_steps(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gdm_studio.studio.studio.Library", GaussianLibrary)
    first, second = generate_image(capsys), generate_image(capsys, "--sampler", "euler_a")
    # The steps of the second image are generated again.
    steps_of(second).unlink()
    out = ["--out", str(tmp_path)]
    page = Path(run_and_print(["export", str(first), str(second), "--as", "html", *out], capsys))
    assert page.suffix == ".html" and page.read_text("utf-8").count("data:image/webp;base64,") == 12
    notebook = Path(run_and_print(["export", str(first), "--as", "notebook", *out], capsys))
    names = executed_notebook(notebook)
    assert np.array_equal(names["request_steps"][-1].image, pixels(first))


@pytest.mark.slow
def test_runs_on_the_plane_are_exported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = ["--out", str(tmp_path)]
    plane = ["--plane", "sampler=euler", "steps=5", "--plane", "sampler=ddpm", "steps=5", "label=1"]
    found = json.loads(run_and_print(["export", "--as", "html", *plane, *out, "--json"], capsys))
    assert Path(found["path"]).read_text("utf-8").count("<figure>") == 2
    names = executed_notebook(Path(run_and_print(["export", "--as", "notebook", *plane[:3], *out], capsys)))
    assert names["run"].settings == PlaneSettings(sampler="euler", steps=5)
    for arguments, says in (
        (["--plane", "sampler=x"], "sampler must be one of"),
        (["--plane", "steps=0"], "steps must be from 1 to 1000"),
        (["--plane", "steps=many"], "steps must be a whole number"),
        (["--plane", "colour=1"], "no setting called 'colour'"),
        (["--plane", "steps"], "settings such as steps=10"),
        ([], "or a run with --plane"),
    ):
        assert run(["export", "--as", "html", *arguments, *out]) == 2
        assert says in capsys.readouterr().err
    assert run(["export", "--plane", "steps=3"]) == 2
    assert "--plane needs --as html" in capsys.readouterr().err
