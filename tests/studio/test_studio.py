"""The studio from a script: the same pictures as window, command line and file make; paused, branched off, kept."""

from __future__ import annotations

import asyncio
import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import gdm_studio
from gdm_studio import Studio, paths
from gdm_studio.cli.main import run
from gdm_studio.engine.generate import generate
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.library import Library
from gdm_studio.picture_file import read_rgba
from gdm_studio.run import Result
from gdm_studio.studio import draft, studio
from gdm_studio.studio.work import Work
from gdm_studio.ui.lane import Lane
from gdm_studio.walk import Toward
from tests.helpers import tiny_model

FOX = {"prompt": "a red fox", "model": "tiny", "seed": 7, "steps": 6, "device": "cpu"}


@pytest.fixture
def tiny() -> Iterator[Studio]:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    with Studio() as opened:
        yield opened


@pytest.mark.parametrize("module", [studio, draft])
def test_what_its_page_shows_is_true(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert not failed and tried


def test_what_the_readme_shows_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall("```python\n(.*?)```", page, re.DOTALL)
    shown: dict = {}
    exec(code, shown)
    said = capsys.readouterr().out.splitlines()
    assert said[:8] == [f"step {index} of 20 (256, 256, 4)" for index in range(1, 9)] and said[8].endswith(".png")
    assert len(said) == 9 and shown["step"].request.branch.step == 8 and shown["step"].finished


def test_it_is_there_without_torch_and_qt() -> None:
    code = "import sys, gdm_studio; gdm_studio.Studio(); print({'torch', 'PySide6', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("set()", "{'numpy'}"), done.stderr
    code = "import sys, gdm_studio; print(sorted(name for name in sys.modules if name.startswith('gdm_studio')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['gdm_studio']"
    assert hasattr(gdm_studio, "Studio") and not hasattr(gdm_studio, "studios")


def test_the_bits_are_those_of_command_line_window_and_file(
    tiny: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (*_, step) = tiny.generate(**FOX)
    asked = ["--model", "tiny", "--seed", "7", "--steps", "6", "--device", "cpu", "--out", str(tmp_path)]
    assert run(["generate", "a red fox", *asked]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert np.array_equal(step.image, np.asarray(read_rgba(path)))
    request = read(path).request
    assert request == step.request
    (*_, again) = tiny.make(request)
    assert np.array_equal(again.image, step.image)

    async def by_the_window() -> np.ndarray:
        lane = Lane(tiny.crew)
        lane.start()
        job = lane.submit(Work(request))
        async for _ in job:
            pass
        lane.stop()
        await asyncio.to_thread(lane.wait, 5000)
        return job.run.results[0].rgba

    assert np.array_equal(asyncio.run(by_the_window()), step.image)


def test_every_step_of_every_picture_comes_once_and_each_last_one_is_finished(tiny: Studio) -> None:
    steps = list(tiny.generate(**FOX, count=3, batch=2))
    assert sorted((step.picture, step.index) for step in steps) == [(n, i) for n in range(3) for i in range(1, 7)]
    assert [step.request.seed for step in steps if step.index == 6] == [7, 8, 9]
    assert all((step.finished is not None) == (step.index == step.of) for step in steps)
    sigmas = [step.sigma for step in steps if not step.picture]
    assert sigmas == sorted(sigmas, reverse=True) and sigmas[-1] == 0 < sigmas[-2]
    alone = list(tiny.generate(**FOX | {"seed": 8}))
    together = [step for step in steps if step.picture == 1]
    assert all(np.array_equal(one.image, other.image) for one, other in zip(alone, together, strict=True))


def test_a_seed_is_another_each_time_unless_it_is_given(tiny: Studio) -> None:
    given = {name: value for name, value in FOX.items() if name != "seed"}
    assert len({tiny.generate(**given).request.seed for _ in range(3)}) > 1
    assert tiny.generate(**FOX).request.seed == 7


def test_a_pause_ends_the_loop_and_another_goes_on_as_if_there_was_none(tiny: Studio) -> None:
    (*_, plain) = tiny.generate(**FOX)
    fox, seen = tiny.generate(**FOX), []
    for step in fox:
        seen.append(step.index)
        if step.index in (2, 4):
            tiny.pause()
    assert seen == [1, 2]
    for step in fox:
        seen.append(step.index)
        if step.index == 4:
            fox.pause()
    *_, last = fox
    assert seen == [1, 2, 3, 4] and last.index == 6 and np.array_equal(last.image, plain.image)
    assert not list(fox)
    other = tiny.generate(**FOX)
    next(iter(other))
    other.stop()
    assert not list(other)


def test_a_branch_goes_on_from_its_step_and_is_made_again_from_its_request(tiny: Studio) -> None:
    steps = list(tiny.generate(**FOX, count=2, batch=2))
    third = next(step for step in steps if (step.picture, step.index) == (1, 3))
    branch = tiny.branch(third, prompt="a blue owl", sampler="euler_a", count=2)
    made = list(branch)
    assert sorted(step.index for step in made) == [4, 4, 5, 5, 6, 6] and branch.request.branch is not None
    assert branch.request.branch.parent.seed == 8 and branch.request.branch.step == 3
    again = [event for event in generate(branch.request, Library()) if isinstance(event, Result)]
    for step, result in zip([step for step in made if step.finished], again, strict=True):
        assert np.array_equal(step.image, result.rgba)
    (*_, same) = tiny.branch(third, size=[*third.request.size])
    assert same.request.branch is None and np.array_equal(same.image, steps[-1].image)


@pytest.mark.parametrize("last", [False, True])
def test_what_is_kept_lies_in_the_gallery_with_all_that_makes_it_again(tiny: Studio, last: bool) -> None:
    steps = list(tiny.generate(**FOX))
    step = steps[-1 if last else 2]
    picture = tiny.keep(step)
    assert picture.stopped_at == (0 if last else 3) and read(picture.path).request == step.request
    assert np.array_equal(np.asarray(read_rgba(picture.path)), step.image)
    assert [each.id for each in tiny.gallery.page()] == [picture.id]
    assert tiny.gallery.steps_file(picture.id).is_file()
    assert run(["reproduce", str(picture.path)]) == 0


def test_pictures_are_kept_where_one_wants_them_and_begun_from_where_they_lie(tiny: Studio, tmp_path: Path) -> None:
    with Studio(tmp_path / "mine") as mine:
        (*_, fox) = mine.generate(**FOX)
        picture = mine.keep(fox)
    assert picture.path.parent == tmp_path / "mine" and not Gallery.open().count()
    for source in (picture.path, str(picture.path), fox.image):
        again = tiny.generate(**FOX, image=source, strength=0.5)
        assert again.request.image and len(list(again)) < 6


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"steps": 0}, "steps must be a whole number from 1 to 1000, not 0"),
        ({"stepz": 4}, "no setting called 'stepz'; there are prompt"),
        ({"seed_locked": True}, "no setting called 'seed_locked'; there are prompt"),
        ({"size": (63, 63)}, "63"),
        ({"mask": "0" * 64}, "A mask needs the picture it belongs to"),
        ({"sampler": "magic"}, "no scheduler called|no sampler called"),
        ({"sampler": 3}, "sampler must be text, not 3"),
        ({"size": (64,)}, r"size must be a width and a height in pixels, not \(64,\)"),
        ({"size": 256}, "size must be a width and a height in pixels, not 256"),
        ({"size": [64.0, 64]}, "width must be a whole number from 8 to 4096"),
        ({"knobs": None}, "knobs must be numbers by name, not None"),
        ({"controls": ["clip"]}, r"controls must be numbers by name, not \['clip'\]"),
        ({"toward": Toward("", 1, 0.5, then=3)}, "toward must be one picture and then another, not 3"),  # type: ignore
        ({"model": 3}, "model must be text, not 3"),
        ({"image": None}, "must be a file, or uint8 of shape .*, not None"),
        ({"mask": np.zeros((8, 8))}, r"must be a file, or uint8 of shape .*, not float64 of shape \(8, 8\)"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_step(tiny: Studio, settings: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        tiny.generate(**FOX | settings)


def test_a_list_stands_for_a_tuple(tiny: Studio) -> None:
    assert tiny.generate(**FOX, size=[64, 64], hints=[]).request == tiny.generate(**FOX, size=(64, 64)).request


def test_what_is_finished_or_not_there_is_refused_in_a_sentence(tiny: Studio) -> None:
    first, *_, last = tiny.generate(**FOX)
    for step, settings, says in (
        (last, {}, "is finished"),
        (first, {"steps": 9}, "keeps the steps"),
        (first, {"stepz": 9}, "no setting called"),
        (first, {"guidance_scale": 99.0}, "from 0 to 30"),
        (first, {"size": 64}, "size must be a width and a height in pixels, not 64"),
    ):
        with pytest.raises(BadRequest, match=says):
            tiny.branch(step, **settings)
    with pytest.raises(ModelError, match="no model called 'gone'"):
        tiny.generate("a fox", model="gone")
