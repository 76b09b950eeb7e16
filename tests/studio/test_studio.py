"""The studio API: the same images as the window, command line and file give; pausing, branching and saving."""

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
from PIL import Image, ImageOps

import gdm_studio
from gdm_studio import Studio
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, read
from gdm_studio.jobs.job import NOTHING
from gdm_studio.jobs.runner import Runner
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.interpolation import Interpolation
from gdm_studio.studio import request_draft, studio
from gdm_studio.ui.worker_thread import WorkerThread
from tests.helpers import tiny_model

FOX = {"prompt": "a red fox", "model": "tiny", "seed": 7, "steps": 6, "device": "cpu"}


@pytest.fixture
def tiny() -> Iterator[Studio]:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    with Studio() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("module", [studio, request_draft])
def test_the_examples_of_the_documentation_are_correct(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert not failed and tried


@pytest.mark.slow
def test_the_readme_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall("```python\n(.*?)```", page, re.DOTALL)
    shown: dict = {}
    exec(code, shown)
    said = capsys.readouterr().out.splitlines()
    assert said[:8] == [f"step {index} of 20 (256, 256, 4)" for index in range(1, 9)] and said[8].endswith(".png")
    assert len(said) == 9 and shown["step"].request.branch.step == 8 and shown["step"].finished


@pytest.mark.slow
def test_the_studio_is_imported_without_torch_and_qt() -> None:
    code = "import sys, gdm_studio; gdm_studio.Studio(); print({'torch', 'PySide6', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("set()", "{'numpy'}"), done.stderr
    code = "import sys, gdm_studio; print(sorted(name for name in sys.modules if name.startswith('gdm_studio')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['gdm_studio']"
    assert hasattr(gdm_studio, "Studio") and not hasattr(gdm_studio, "studios")


@pytest.mark.slow
def test_images_equal_those_of_command_line_window_and_file(
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
        lane = WorkerThread(Runner(tiny.runner.executor, keeps_results=True))
        lane.start()
        job = lane.runner.submit(request, NOTHING)
        async for _ in job:
            pass
        lane.stop()
        await asyncio.to_thread(lane.wait, 5000)
        return job.run.results[0].rgba

    assert np.array_equal(asyncio.run(by_the_window()), step.image)


@pytest.mark.slow
def test_every_step_is_yielded_once_and_the_last_ones_are_finished(tiny: Studio) -> None:
    steps = list(tiny.generate(**FOX, count=3, batch=2))
    assert sorted((step.picture, step.index) for step in steps) == [(n, i) for n in range(3) for i in range(1, 7)]
    assert [step.request.seed for step in steps if step.index == 6] == [7, 8, 9]
    assert all((step.finished is not None) == (step.index == step.of) for step in steps)
    sigmas = [step.sigma for step in steps if not step.picture]
    assert sigmas == sorted(sigmas, reverse=True) and sigmas[-1] == 0 < sigmas[-2]
    alone = list(tiny.generate(**FOX | {"seed": 8}))
    together = [step for step in steps if step.picture == 1]
    assert all(np.array_equal(one.image, other.image) for one, other in zip(alone, together, strict=True))


def test_the_seed_changes_each_time_unless_it_is_given(tiny: Studio) -> None:
    given = {name: value for name, value in FOX.items() if name != "seed"}
    assert len({tiny.generate(**given).request.seed for _ in range(3)}) > 1
    assert tiny.generate(**FOX).request.seed == 7


def test_a_model_outside_the_models_folder_is_named_by_its_path(tmp_path: Path) -> None:
    path = str(tiny_model.write(tmp_path / "elsewhere"))
    with Studio() as studio:
        step = list(studio.generate(**FOX | {"model": path}))[-1]
        assert step.request.model == path and np.array_equal(list(studio.make(step.request))[-1].image, step.image)


def test_a_pause_ends_the_loop_and_another_loop_resumes_it(tiny: Studio) -> None:
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


@pytest.mark.slow
def test_a_branch_continues_from_its_step_and_its_request_reproduces_it(tiny: Studio) -> None:
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


def test_a_step_of_any_batch_is_saved_with_its_own_image(tiny: Studio) -> None:
    steps = list(tiny.generate(**FOX, count=3, batch=2))
    for picture in range(3):
        third = next(step for step in steps if (step.picture, step.index) == (picture, 3))
        saved = third.saved
        assert saved is not None
        assert (saved.request.seed, saved.step.index) == (7 + picture, 3)
        last = next(step for step in steps if step.picture == picture and step.finished)
        (*_, same) = tiny.branch(third)
        assert np.array_equal(same.image, last.image)


@pytest.mark.parametrize("last", [False, True])
def test_a_saved_image_is_in_the_gallery_with_a_reproducible_request(tiny: Studio, last: bool) -> None:
    steps = list(tiny.generate(**FOX))
    step = steps[-1 if last else 2]
    picture = tiny.keep(step)
    assert picture.stopped_at == (0 if last else 3) and read(picture.path).request == step.request
    assert np.array_equal(np.asarray(read_rgba(picture.path)), step.image)
    assert [each.id for each in tiny.gallery.page()] == [picture.id]
    assert tiny.gallery.steps.path(picture.id).is_file()
    assert run(["reproduce", str(picture.path)]) == 0


def test_only_steps_are_saved_and_branched_from(tiny: Studio) -> None:
    for method in (tiny.keep, tiny.branch):
        with pytest.raises(BadRequest, match=f"`{method.__name__}` needs a step, not 5; pass one"):
            method(5)  # type: ignore[arg-type]


def test_images_are_saved_to_any_path_and_used_as_start_images_from_there(tiny: Studio, tmp_path: Path) -> None:
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
        ({"mask": "0" * 64}, "A mask needs a picture"),
        ({"sampler": "magic"}, "no scheduler called|no sampler called"),
        ({"sampler": 3}, "sampler must be text, not 3"),
        ({"size": (64,)}, r"size must be a width and a height in pixels, not \(64,\)"),
        ({"size": 256}, "size must be a width and a height in pixels, not 256"),
        ({"size": [64.0, 64]}, "width must be a whole number from 8 to 8192"),
        ({"knobs": None}, "knobs must be numbers by name, not None"),
        ({"controls": ["clip"]}, r"controls must be numbers by name, not \['clip'\]"),
        ({"toward": Interpolation("", 1, 0.5, then=3)}, "toward must be one picture and then another, not 3"),  # type: ignore
        ({"model": 3}, "model must be text, not 3"),
        ({"guidance_scale": "a"}, "^guidance_scale must be a number from 0 to 30, not 'a'"),
        ({"label": 3}, "^label must be text, not 3"),
        ({"image": None}, "must be a file, a PIL image, or uint8 of shape .*, not None"),
        ({"mask": np.zeros((8, 8))}, r"must be a file, .*, or uint8 of shape .*, not float64 of shape \(8, 8\)"),
        ({"image": Image.new("RGB", (0, 0))}, "not an empty PIL image"),
    ],
)
def test_invalid_settings_are_refused_before_the_first_step(tiny: Studio, settings: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        tiny.generate(**FOX | settings)


def test_a_pil_image_is_read_like_its_file(tiny: Studio, tmp_path: Path) -> None:
    """A camera turns a picture by its EXIF data. Palettes and greys become RGBA, with their transparency."""
    levels = np.random.default_rng(0).integers(0, 256, (8, 12, 4), np.uint8)
    turned = Image.Exif()
    turned[274] = 6
    for picture, suffix in (
        (Image.fromarray(levels), "png"),
        (Image.fromarray(levels).convert("RGB"), "jpg"),
        (Image.fromarray(levels[..., :3]).quantize(8), "png"),
        (Image.fromarray(levels[..., 0]), "png"),
    ):
        file = tmp_path / f"{picture.mode}.{suffix}"
        picture.save(file, exif=turned)
        by_file = image_inputs.store(file)
        with Image.open(file) as opened:
            assert image_inputs.store(opened) == by_file and image_inputs.size_of(by_file) == (8, 12)
            upright = ImageOps.exif_transpose(opened)
        assert image_inputs.store(upright) == by_file
    request = tiny.generate(**FOX, image=upright, strength=0.5).request
    assert request.image == by_file
    assert tiny.region("a hat", Image.fromarray(levels[..., 0])).mask
    upright.close()
    with pytest.raises(BadRequest, match="The PIL image cannot be read"):
        tiny.generate(**FOX, image=upright)


def test_a_list_is_accepted_as_a_tuple(tiny: Studio) -> None:
    assert tiny.generate(**FOX, size=[64, 64], hints=[]).request == tiny.generate(**FOX, size=(64, 64)).request


def test_finished_runs_and_missing_steps_are_refused_with_a_message(tiny: Studio) -> None:
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
