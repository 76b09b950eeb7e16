"""A home of version 0.1.0 opens, reproduces bit by bit, resumes and branches, and its samplers give the same steps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common.image_file import read_rgba
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.saved_image import Picture
from gdm_studio.jobs.queue import Queue
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.ui.window_state_file import Session
from tests.fixtures.write_traces import HOME, TRACES, requests, trace

# The seeds of its own model's images, one for each kind of request.
SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 40, 41, 50)
HAS_STEPS = (1, 2, 3, 4, 5, 6, 8, 40)


@pytest.fixture(autouse=True)
def home(_own_home: Path) -> Path:
    shutil.copytree(HOME, _own_home, dirs_exist_ok=True)
    return _own_home


@pytest.fixture
def tolerance() -> float:
    """Return the allowed pixel difference: 0 on the same kind of processor, else 1."""
    made = json.loads((HOME / "made.json").read_text(encoding="utf-8"))
    here = (torch.backends.cpu.get_cpu_capability(), torch.__version__)
    return 0 if here == (made["processor"], made["torch"]) else 1


def pictures() -> list[Picture]:
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        return list(gallery.page())


def picture(seed: int, prompt: str = "a red fox") -> Picture:
    return next(each for each in pictures() if f"{prompt} {seed} " in each.path.name)


def run_and_split(capsys: pytest.CaptureFixture[str], *arguments: str, statuses: Sequence[int] = (0,)) -> list[str]:
    capsys.readouterr()
    assert run(arguments) in statuses
    return capsys.readouterr().out.splitlines()


def images_equal(one: Path, other: Path, tolerance: float) -> bool:
    apart = np.abs(np.asarray(read_rgba(one), float) - np.asarray(read_rgba(other), float))
    return bool(apart.max() <= tolerance)


def test_every_image_is_listed_with_its_user_data() -> None:
    found = pictures()
    assert len(found) == 13
    prompts = {each.request.prompt for each in found if each.request}
    assert prompts == {"a red fox", "a blue disc", "a red apple"}
    with closing(Gallery.open()) as gallery:
        assert [each.path.name for each in gallery.page("is:favourite")] == [picture(1).path.name]
        assert gallery.count("tag:fox") == 3
        assert gallery.count('note:"ears"') == 1
        assert gallery.count('collection:"Slides"') == 3
        assert [each.query for each in gallery.searches.all()] == ["fox steps:>4"]
        (deleted,) = gallery.trash.all()
        gallery.trash.restore(deleted)
        assert gallery.count() == 14


def assert_reproduces(path: Path, tolerance: float, capsys: pytest.CaptureFixture[str]) -> None:
    (said,) = run_and_split(capsys, "reproduce", "--json", str(path), statuses=(0,) if tolerance == 0 else (0, 1))
    assert json.loads(said)["largest"] <= tolerance


@pytest.mark.parametrize("seed", SEEDS)
def test_its_images_reproduce(seed: int, tolerance: float, capsys: pytest.CaptureFixture[str]) -> None:
    path = picture(seed).path
    assert_reproduces(path, tolerance, capsys)


def test_a_branch_reproduces(tolerance: float, capsys: pytest.CaptureFixture[str]) -> None:
    path = picture(2, "a blue disc").path
    assert_reproduces(path, tolerance, capsys)


@pytest.mark.parametrize("seed", HAS_STEPS)
def test_its_steps_resume_and_branch(
    seed: int, tolerance: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = picture(seed)
    with closing(Gallery.open()) as gallery:
        kept = step_history.load(gallery.steps.path(whole.id))
    middle = kept.indices[(len(kept.indices) - 1) // 2]
    library = Library()
    saved = kept.saved_step(middle, library, exact=tolerance == 0)
    with closing(generate(saved.resume_or_branch(saved.request), library, resume=saved.step)) as events:
        (result,) = (event for event in events if isinstance(event, Result))
    assert np.abs(result.rgba.astype(float) - np.asarray(read_rgba(whole.path), float)).max() <= tolerance
    # Images of a batch are branched one by one.
    if seed < 40:
        leave = ("generate", "a blue owl", "--branch", str(whole.path), "--step", str(middle), "--guidance", "20")
        branch = Path(run_and_split(capsys, *leave, "--out", str(tmp_path))[-1])
        assert not np.array_equal(read_rgba(branch), result.rgba)


@pytest.mark.slow
def test_its_single_steps_resume(
    home: Path, tolerance: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for step in sorted((home / "steps").iterdir()):
        made = run_and_split(capsys, "generate", "--from-step", str(step), "--out", str(tmp_path))
        assert images_equal(Path(made[-1]), picture(50).path, tolerance)


@pytest.mark.slow
def test_its_queue_resumes_at_the_saved_step(capsys: pytest.CaptureFixture[str]) -> None:
    found = Queue.open().items()
    assert [item.request.prompt for item in found] == ["a red fox", "a blue owl", "owls"]
    told = [json.loads(line) for line in run_and_split(capsys, "queue", "run", "--json")]
    made = [each for each in told if each["event"] == "saved"]
    assert [each["seed"] for each in made] == [60, 61, 80]
    # This item is paused.
    assert [item.request.prompt for item in Queue.open().items()] == ["a blue owl"]
    capsys.readouterr()
    # The interrupted images equal uninterrupted ones.
    for each in made:
        run_and_split(capsys, "reproduce", each["path"])


def test_settings_and_window_state_are_restored(home: Path) -> None:
    assert preferences.load().theme == "light" and preferences.load().threads == 1
    session = Session.load(home / "data")
    assert (session.page, session.seed_locked, session.things) == ("gallery", True, "apple\npear")


def test_an_image_of_the_old_built_in_model_requires_its_weights(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = picture(7, "a red apple")
    assert found.request is not None and found.request.model == "icons"
    assert json.loads("".join(run_and_split(capsys, "inspect", "--json", str(found.path))))
    branch = ("generate", "a blue apple", "--branch", str(found.path), "--step", "3")
    for asked in (("reproduce", str(found.path)), branch):
        assert run(asked) == 2
        said = capsys.readouterr()
        assert not said.out and said.err.count("\n") == 1
        assert "made by other weights of icons (hash 8a3b3729b0); put that model's files into" in said.err


CASES = dict(requests())
# The spacing that had this name in 0.1.0.
CASES["spacing beta"] = replace(CASES["spacing beta"], spacing="beta_0_1")
KEPT = json.loads(TRACES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return a library of a copy of the home that no test changes. It reads the model once for all tests."""
    library = Library()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GDM_STUDIO_HOME", str(shutil.copytree(HOME, tmp_path_factory.mktemp("loaded") / "home")))
        library.refresh()
    return library


# Its Langevin steps take several seconds, all other cases less than half a second each.
LONG = "sampler ncsn"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow(seconds=4)) if name == LONG else name for name in KEPT]
)
def test_samplers_spacings_and_controls_give_the_same_steps(name: str, loaded: Library) -> None:
    with devices.threads_of("CPU · 1 thread"):
        made = trace(CASES[name], loaded)
    np.testing.assert_allclose(made, KEPT[name], rtol=2e-4, atol=2e-4)
