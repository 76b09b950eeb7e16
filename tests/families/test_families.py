"""Requirements on every model, even unlike the built-in one: exact resuming, branches, queue and previews."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.denoising_steps import saved_step
from gdm_studio.engine import image_inputs, resume, step_animation, step_history
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.inversion import invert
from gdm_studio.engine.noise import denoiser_noise
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.engine.reproduction_verdict import EXACTLY
from gdm_studio.jobs.queue import Queue
from gdm_studio.maths.noise_path import Step
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Result, StepEvent
from gdm_studio.request.generation_request import Branch, ControlImage, Interpolation, Request
from tests.families.made_up import FAMILY, MADE_UP
from tests.helpers.verdicts import run_to_verdict

STEPS = 6


@pytest.fixture(scope="module")
def _scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan the shipped models with the made-up family, and return the cache file with the result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GDM_STUDIO_HOME", str(tmp_path_factory.mktemp("scanned")))
        Library((*FAMILIES, FAMILY)).cards()
        return JsonCache("cards").path


@pytest.fixture(autouse=True)
def _new_library(_own_home: Path, _scanned: Path) -> None:
    """Forget the library of the test before. The shipped models are known, as after an earlier start."""
    library.cache_clear()
    shutil.copyfile(_scanned, JsonCache("cards").path)


@pytest.fixture(params=MADE_UP)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def asked(name: str) -> Request:
    return request_for(name)


@cache
def library() -> Library:
    """Return the test's library."""
    return Library((*FAMILIES, FAMILY))


def request_for(name: str, **changes: Any) -> Request:
    """Return a checked request for two images of a model. Its model file and input images are written before."""
    file = paths.models_dir() / f"{name}.safetensors"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        MADE_UP[name].write(file)
    usual = {"guidance_scale": 2.0, "sampler": "dpmpp_2m_sde", "steps": STEPS, "seed": 11, "count": 2, "batch": 2}
    settings = {**usual, "device": "cpu", **MADE_UP[name].asked, **changes}
    if settings.get("mask") == "kept":
        settings |= {
            "image": image_inputs.store(random_image(3)),
            "mask": image_inputs.store(half_mask()),
            "strength": 1.0,
        }
    if settings.get("hints") == "kept":
        settings["hints"] = (ControlImage("edges", image_inputs.store(random_image(5)), 0.8),)
    return library().card(name).checked(Request(model=name, **settings))


def interruption_steps(name: str) -> tuple[int, ...]:
    """Return the steps to interrupt at; for two stages before, at and after their border."""
    return (2, 3, 4) if len(library().card(name).stages) > 1 else (3,)


def random_image(seed: int) -> np.ndarray:
    rgba = np.random.default_rng(seed).integers(0, 256, (16, 16, 4), np.uint8)
    rgba[..., 3] = 255
    return rgba


def half_mask() -> np.ndarray:
    """Return a mask that is white on the right."""
    return np.tile(np.repeat(np.array([0, 255], np.uint8), 8), (16, 1))


def run_events(request: Request, **options: Any) -> list[Event]:
    return list(generate(request, library(), **options))


def step_events(events: Sequence[Event]) -> list[StepEvent]:
    return [event for event in events if isinstance(event, StepEvent)]


def pictures(events: Sequence[Event]) -> list[np.ndarray]:
    return [event.rgba for event in events if isinstance(event, Result)]


def results(events: Sequence[Event]) -> list[Result]:
    return [event for event in events if isinstance(event, Result)]


def equals_first_row(one: Step, other: Step) -> bool:
    """Return whether a step of one image equals, bit by bit, the first row of another step."""
    pairs = list(zip(one.arrays, other.arrays, strict=True))
    return (one.index, one.at) == (other.index, other.at) and all(torch.equal(a, b[:1]) for a, b in pairs)


def test_images_are_independent_of_their_batch(asked: Request, name: str) -> None:
    """Check that each image is independent of its batch and depends on its settings."""
    made = pictures(run_events(asked))
    assert asked.size is not None and all(each.shape == (*asked.size[::-1], 3) for each in made)
    (alone,) = pictures(run_events(asked.picture(1)))
    assert np.array_equal(alone, made[1]) and not np.array_equal(made[0], made[1])
    other = request_for(name, **MADE_UP[name].other)
    assert not np.array_equal(pictures(run_events(other))[0], made[0])
    assert Request.from_json(other.to_json()) == other and other.digest() != asked.digest()


def test_a_run_resumes_exactly_from_every_saved_step(asked: Request, tmp_path: Path) -> None:
    events = run_events(asked)
    whole, made = step_events(events), pictures(events)[0]
    assert [(each.step.index, each.step.of) for each in whole] == [(index, STEPS) for index in range(1, STEPS + 1)]
    kept = step_history.load(results(events)[0].steps)
    assert not any(whole[end - 1].step.history for end in library().card(asked.model).stage_ends(STEPS)[:-1])
    for advance in whole:
        saved = saved_step.split_batch(advance, asked)[0]
        saved_step.save(tmp_path / "a.step", saved)
        in_a_file, in_the_way = saved_step.load(tmp_path / "a.step"), kept.saved_step(advance.step.index, library())
        assert equals_first_row(in_a_file.step, advance.step) and equals_first_row(in_the_way.step, advance.step)
    for saved in (saved_step.load(tmp_path / "a.step"), *(kept.saved_step(index, library()) for index in (1, 3, 4))):
        (again,) = pictures(run_events(saved.resume_or_branch(saved.request), resume=saved.step))
        assert np.array_equal(again, made)


def test_missing_steps_are_recomputed_from_saved_ones(asked: Request) -> None:
    events = run_events(asked)
    size = len(results(events)[0].steps)
    few = step_history.load(results(run_events(asked, steps_budget=size - size // 8))[0].steps)
    for advance in step_events(events):
        assert equals_first_row(few.step(advance.step.index, library()), advance.step)


def test_a_branch_reproduces_exactly(asked: Request, name: str) -> None:
    events = run_events(asked.picture(0))
    changed = request_for(name, **MADE_UP[name].other, sampler="euler_a", knobs={}, seed=99, count=1)
    for at in interruption_steps(name):
        parent, whole = step_events(events)[at - 1].step, pictures(events)[0]
        request = library().card(name).checked(replace(changed, branch=Branch(asked.picture(0), at)))
        made = results(run_events(request, resume=parent))[0]
        assert not np.array_equal(made.rgba, whole)
        assert made.made is not None
        verdict = run_to_verdict(check_reproduction(made.rgba, made.request, library(), made_with=made.made.note()))
        assert (verdict.answer, verdict.largest) == (EXACTLY, 0)


def test_a_stopped_image_reproduces_exactly(asked: Request, name: str) -> None:
    events = run_events(asked)
    for at in interruption_steps(name):
        advance = step_events(events)[at - 1]
        stopped = decode_partial_results(asked, advance)[0]
        assert stopped.stopped_at == at and len(step_history.load(stopped.steps).indices) == at
        assert stopped.made is not None
        again = check_reproduction(
            stopped.rgba, stopped.request, library(), stopped_at=at, made_with=stopped.made.note()
        )
        assert run_to_verdict(again).answer == EXACTLY


def test_every_step_has_a_preview(asked: Request) -> None:
    events, shown = run_events(asked), Previews(budget=0)
    views = [view for advance in step_events(events) for view in shown.views(advance)]
    assert [(view.image, view.index) for view in views] == [(i, n) for n in range(1, STEPS + 1) for i in (0, 1)]
    decoded = {(view.image, view.index): view.predicted for view in shown.decode_waiting()}
    made = pictures(events)[1]
    assert len(decoded) == 2 * STEPS
    # With a mask, the source's pixels are pasted over the image.
    assert asked.mask or np.array_equal(decoded[1, STEPS][..., :3], made)
    filmed = list(step_animation.views_of(step_history.load(results(events)[1].steps), library()))
    assert all(np.array_equal(view.predicted, decoded[1, view.index]) for view in filmed) and len(filmed) == STEPS
    for view in (*views, *filmed):
        assert view.predicted.shape == view.noisy.shape == view.noise.shape == (*made.shape[:2], 4)


def test_the_queue_resumes_at_the_saved_step(asked: Request, name: str) -> None:
    whole = run_events(asked)
    for at in interruption_steps(name):
        queue = Queue.open()
        queue.recover()
        item = queue.add(asked)
        queue.take(item.id)
        keeper = resume.StepWriter(
            lambda data, *, from_start, q=queue, i=item: q.keep_steps(i.id, data, from_start=from_start)
        )
        for advance in step_events(whole)[:at]:
            keeper.add(advance)
        keeper.flush()
        queue.close()

        (found,) = Queue.open().items()
        events = list(resume.resume_run(found.request, library(), progress=Queue.open().steps(found.id)))
        queue.remove([found.id])
        assert all(np.array_equal(*pair) for pair in zip(pictures(events), pictures(whole), strict=True))
        pairs = list(zip(step_events(events), step_events(whole), strict=True))
        # Equal durations show that the steps were not computed again.
        assert [one.seconds for one, _ in pairs[:at]] == [other.seconds for _, other in pairs[:at]]
        arrays = [(one.step.arrays, other.step.arrays) for one, other in pairs]
        assert all(torch.equal(*pair) for both in arrays for pair in zip(*both, strict=True))


def test_interpolation_reaches_the_other_image(asked: Request, name: str) -> None:
    words = "a blue disc" if asked.prompt else ""
    between, last = (replace(asked.picture(0), toward=Interpolation(words, 44, amount)) for amount in (0.5, 1.0))
    end = replace(asked.picture(0), prompt=words, seed=44)
    on_the_way, arrived, there = (pictures(run_events(each))[0] for each in (between, last, end))
    assert np.array_equal(arrived, there) and not np.array_equal(on_the_way, there)


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "draws without a prompt; leave it empty.": ("unconditional", {"prompt": "a fox"}),
    "draws without a prompt; leave it empty. ": ("unconditional", {"toward": Interpolation("a fox", 1, 0.5)}),
    "draws without guidance; set it to 1.": ("unconditional", {"guidance_scale": 4.0}),
    "knows no negative prompt; leave it empty.": ("labelled", {"negative_prompt": "an owl"}),
    "has no class called 'cow'; choose one of cat, dog.": ("labelled", {"label": "cow"}),
    "has no class called 'cow'; leave it out.": ("oblong", {"label": "cow"}),
    "makes pictures of 32x16, 16x32, not 16x16.": ("oblong", {"size": (16, 16)}),
    "paints whole pictures; leave out the mask.": ("oblong", {"image": "0" * 64, "mask": "1" * 64}),
    "cannot begin from a picture; begin from noise, or choose another model.": ("points", {"image": "0" * 64}),
    "has no setting called 'aesthetic'; it has none.": ("points", {"factors": {"aesthetic": 2.0}}),
    "aesthetic must be from 0 to 10, not 20.0.": ("two-encoders", {"factors": {"aesthetic": 20.0}}),
    "follows no hint of the kind 'pose'; choose one of edges, depth.": (
        "controlled",
        {"hints": (ControlImage("pose", "0" * 64),)},
    ),
    "draws in 2 stages; use at least as many steps.": ("cascade", {"steps": 1}),
    "draws in several stages and cannot invert a picture; turn inversion off.": (
        "cascade",
        {"image": "0" * 64, "inverted": True},
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_unsupported_settings_are_refused(sentence: str) -> None:
    name, change = REFUSED[sentence]
    request = replace(request_for(name), **change)
    with pytest.raises(BadRequest) as refused:
        next(generate(request, library()))
    assert str(refused.value).endswith(sentence.strip())
    # The parent of a branch is checked too.
    with pytest.raises(BadRequest):
        library().card(name).checked(replace(request_for(name), branch=Branch(request, 2)))


def test_a_factor_at_its_default_is_omitted() -> None:
    assert request_for("two-encoders", factors={"aesthetic": 5}) == request_for("two-encoders", factors={})


def test_a_control_image_matters_unless_its_weight_is_zero() -> None:
    asked = request_for("controlled")
    (hint,) = asked.hints
    without, weightless = (replace(asked, hints=hints) for hints in ((), (replace(hint, weight=0.0),)))
    assert np.array_equal(pictures(run_events(without)), pictures(run_events(weightless)))
    assert not np.array_equal(pictures(run_events(asked)), pictures(run_events(without)))


@pytest.mark.parametrize("name", ["inpainter", "cascade"])
def test_pixels_outside_the_mask_stay_and_affect_the_rest(name: str) -> None:
    asked = request_for(name, mask="kept")
    made = pictures(run_events(asked))[0]
    assert np.array_equal(made[:, :8], random_image(3)[:, :8, :3])
    other = replace(asked, image=image_inputs.store(random_image(4)))
    assert not np.array_equal(pictures(run_events(other))[0][:, 8:], made[:, 8:])


def test_every_supporting_model_starts_from_an_image(name: str) -> None:
    asked = request_for(name)
    if not library().card(name).accepts.picture:
        return
    request = (
        library().card(name).checked(replace(asked, image=image_inputs.store(random_image(3)), mask="", strength=0.4))
    )
    events = run_events(request)
    begun = step_events(events)[0].step.index
    assert begun > 1 and not np.array_equal(pictures(events)[0], pictures(run_events(asked))[0])
    if len(library().card(name).stages) == 1:
        found = [event for event in invert(request, library()) if isinstance(event, StepEvent)]
        assert len(found) == STEPS - begun + 1


def test_stages_and_denoisers_draw_independent_noise() -> None:
    asked, like = request_for("cascade"), torch.empty(4, 3, 8, 8)
    cpu = {"device": torch.device("cpu"), "dtype": torch.float32}
    pipeline = Pipeline(library().load("cascade", **cpu), asked, (0, 1))
    drawn = []
    for stage in pipeline.stages:
        noise = pipeline.noise(stage)
        own = denoiser_noise(pipeline.noise(stage), stage.path, 2)
        for step, point in enumerate(stage.path):
            found = own(point, like)
            # Each image draws the same noise under each prompt.
            assert torch.equal(found[:2], found[2:])
            assert torch.equal(own(point, like[:2]), found[:2])
            drawn += [noise(step, like[:2]), found[:2], own(point, like, 1)[2:]]
    numbers = [float(each[row, 0, 0, 0]) for each in drawn for row in (0, 1)]
    assert len(numbers) == 48 and len(set(numbers)) == 48
