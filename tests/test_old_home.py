"""What 0.1.0 left on a disk opens, reproduces to the bit, goes on and branches; its samplers make what they made."""

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
from gdm_studio.engine import devices, trajectory
from gdm_studio.engine.generate import generate
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.picture import Picture
from gdm_studio.models.library import Library
from gdm_studio.picture_file import read_rgba
from gdm_studio.queueing import Queue
from gdm_studio.run import Result
from gdm_studio.ui.session import Session
from tests.fixtures.write_traces import HOME, TRACES, requests, trace

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 40, 41, 50)  # of the pictures of its own model, one a way of making them
HAS_STEPS = (1, 2, 3, 4, 5, 6, 8, 40)


@pytest.fixture(autouse=True)
def home(_own_home: Path) -> Path:
    shutil.copytree(HOME, _own_home, dirs_exist_ok=True)
    return _own_home


@pytest.fixture
def alike() -> float:
    """How far pixels may be from those of then: not at all, but on another kind of processor."""
    made = json.loads((HOME / "made.json").read_text(encoding="utf-8"))
    here = (torch.backends.cpu.get_cpu_capability(), torch.__version__)
    return 0 if here == (made["processor"], made["torch"]) else 1


def pictures() -> list[Picture]:
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        return list(gallery.page())


def picture(seed: int, prompt: str = "a red fox") -> Picture:
    return next(each for each in pictures() if f"{prompt} {seed} " in each.path.name)


def lines(capsys: pytest.CaptureFixture[str], *arguments: str, statuses: Sequence[int] = (0,)) -> list[str]:
    capsys.readouterr()
    assert run(arguments) in statuses
    return capsys.readouterr().out.splitlines()


def same(one: Path, other: Path, alike: float) -> bool:
    apart = np.abs(np.asarray(read_rgba(one), float) - np.asarray(read_rgba(other), float))
    return bool(apart.max() <= alike)


def test_every_picture_is_listed_with_what_was_added_to_it() -> None:
    found = pictures()
    assert len(found) == 13
    prompts = {each.request.prompt for each in found if each.request}
    assert prompts == {"a red fox", "a blue disc", "a red apple"}
    with closing(Gallery.open()) as gallery:
        assert [each.path.name for each in gallery.page("is:favourite")] == [picture(1).path.name]
        assert gallery.count("tag:fox") == 3
        assert gallery.count('note:"ears"') == 1
        assert gallery.count('collection:"Slides"') == 3
        assert [each.query for each in gallery.saved_searches()] == ["fox steps:>4"]
        (deleted,) = gallery.held()
        gallery.restore(deleted)
        assert gallery.count() == 14


def assert_reproduces(path: Path, alike: float, capsys: pytest.CaptureFixture[str]) -> None:
    (said,) = lines(capsys, "reproduce", "--json", str(path), statuses=(0,) if alike == 0 else (0, 1))
    assert json.loads(said)["largest"] <= alike


@pytest.mark.parametrize("seed", SEEDS)
def test_its_pictures_reproduce(seed: int, alike: float, capsys: pytest.CaptureFixture[str]) -> None:
    path = picture(seed).path
    assert_reproduces(path, alike, capsys)


def test_a_branch_reproduces(alike: float, capsys: pytest.CaptureFixture[str]) -> None:
    path = picture(2, "a blue disc").path
    assert_reproduces(path, alike, capsys)


@pytest.mark.parametrize("seed", HAS_STEPS)
def test_its_steps_are_gone_on_from_and_branched_from(
    seed: int, alike: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = picture(seed)
    with closing(Gallery.open()) as gallery:
        kept = trajectory.load(gallery.steps_file(whole.id))
    middle = kept.indices[(len(kept.indices) - 1) // 2]
    saved = kept.saved(middle, Library(), exact=alike == 0)
    with closing(generate(saved.continued(saved.request), Library(), resume=saved.step)) as events:
        (result,) = (event for event in events if isinstance(event, Result))
    assert np.abs(result.rgba.astype(float) - np.asarray(read_rgba(whole.path), float)).max() <= alike
    if seed < 40:  # a batch's pictures are branched from one by one
        leave = ("generate", "a blue owl", "--branch", str(whole.path), "--step", str(middle), "--guidance", "20")
        branch = Path(lines(capsys, *leave, "--out", str(tmp_path))[-1])
        assert not np.array_equal(read_rgba(branch), result.rgba)


def test_its_single_steps_are_gone_on_from(
    home: Path, alike: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for step in sorted((home / "steps").iterdir()):
        made = lines(capsys, "generate", "--from-step", str(step), "--out", str(tmp_path))
        assert same(Path(made[-1]), picture(50).path, alike)


def test_its_queue_goes_on_at_the_step_it_had_reached(capsys: pytest.CaptureFixture[str]) -> None:
    found = Queue.open().items()
    assert [item.request.prompt for item in found] == ["a red fox", "a blue owl", "owls"]
    told = [json.loads(line) for line in lines(capsys, "queue", "run", "--json")]
    made = [each for each in told if each["event"] == "saved"]
    assert [each["seed"] for each in made] == [60, 61, 80]
    assert [item.request.prompt for item in Queue.open().items()] == ["a blue owl"]  # which is held
    capsys.readouterr()
    for each in made:  # those broken off come out as if they had not been
        lines(capsys, "reproduce", each["path"])


def test_settings_and_window_are_as_they_were_left(home: Path) -> None:
    assert preferences.load().theme == "light" and preferences.load().threads == 1
    session = Session.load(home / "data")
    assert (session.page, session.seed_locked, session.things) == ("gallery", True, "apple\npear")


def test_a_picture_of_the_built_in_model_of_then_opens_and_asks_for_its_weights(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = picture(7, "a red apple")
    assert found.request is not None and found.request.model == "icons"
    assert json.loads("".join(lines(capsys, "inspect", "--json", str(found.path))))
    branch = ("generate", "a blue apple", "--branch", str(found.path), "--step", "3")
    for asked in (("reproduce", str(found.path)), branch):
        assert run(asked) == 2
        said = capsys.readouterr()
        assert not said.out and said.err.count("\n") == 1
        assert "made by other weights of icons (hash 8a3b3729b0); put that model's files into" in said.err


CASES = dict(requests())
CASES["spacing beta"] = replace(CASES["spacing beta"], spacing="beta_0_1")  # what that name meant in 0.1.0
KEPT = json.loads(TRACES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list(KEPT))
def test_samplers_spacings_and_controls_make_the_steps_they_made(name: str) -> None:
    with devices.threads_as("CPU · 1 thread"):
        made = trace(CASES[name], Library())
    np.testing.assert_allclose(made, KEPT[name], rtol=2e-4, atol=2e-4)
