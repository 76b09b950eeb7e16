"""What every model must do, however unlike the built-in one: be made, gone on with to the bit, branched, queued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio import paths
from gdm_studio.engine import film, inputs, resuming, steps, trajectory
from gdm_studio.engine.course import Course
from gdm_studio.engine.generate import generate
from gdm_studio.engine.invert import invert
from gdm_studio.engine.noise import of_denoiser
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.reproduce import EXACTLY, reproducing
from gdm_studio.engine.results import reached
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Step
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.library import Library
from gdm_studio.queueing import Queue
from gdm_studio.request import Branch, Hint, Request, Toward
from gdm_studio.run import Advance, Event, Result
from tests.families.made_up import FAMILY, MADE_UP
from tests.helpers.judging import returned

STEPS = 6


@pytest.fixture(autouse=True)
def _models_anew() -> None:
    library.cache_clear()


@pytest.fixture(params=MADE_UP)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def asked(name: str) -> Request:
    return asking(name)


@cache
def library() -> Library:
    """That of this test."""
    return Library((*FAMILIES, FAMILY))


def asking(name: str, **changes: Any) -> Request:
    """What the family is asked for, two pictures of it; its model and what it begins from are on the disk then."""
    file = paths.models_dir() / f"{name}.safetensors"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        MADE_UP[name].write(file)
    usual = {"guidance_scale": 2.0, "sampler": "dpmpp_2m_sde", "steps": STEPS, "seed": 11, "count": 2, "batch": 2}
    settings = {**usual, "device": "cpu", **MADE_UP[name].asked, **changes}
    if settings.get("mask") == "kept":
        settings |= {"image": inputs.keep(drawing(3)), "mask": inputs.keep(half()), "strength": 1.0}
    if settings.get("hints") == "kept":
        settings["hints"] = (Hint("edges", inputs.keep(drawing(5)), 0.8),)
    return library().card(name).checked(Request(model=name, **settings))


def places(name: str) -> tuple[int, ...]:
    """Steps to leave off at: of two stages, before, at and behind their border."""
    return (2, 3, 4) if len(library().card(name).stages) > 1 else (3,)


def drawing(seed: int) -> np.ndarray:
    rgba = np.random.default_rng(seed).integers(0, 256, (16, 16, 4), np.uint8)
    rgba[..., 3] = 255
    return rgba


def half() -> np.ndarray:
    """White on its right side."""
    return np.tile(np.repeat(np.array([0, 255], np.uint8), 8), (16, 1))


def run(request: Request, **options: Any) -> list[Event]:
    return list(generate(request, library(), **options))


def advances(events: Sequence[Event]) -> list[Advance]:
    return [event for event in events if isinstance(event, Advance)]


def pictures(events: Sequence[Event]) -> list[np.ndarray]:
    return [event.rgba for event in events if isinstance(event, Result)]


def results(events: Sequence[Event]) -> list[Result]:
    return [event for event in events if isinstance(event, Result)]


def same(one: Step, other: Step) -> bool:
    """Whether the step is the first picture's of the other, bit by bit."""
    pairs = list(zip(one.arrays, other.arrays, strict=True))
    return (one.index, one.at) == (other.index, other.at) and all(torch.equal(a, b[:1]) for a, b in pairs)


def test_its_pictures_are_its_own(asked: Request, name: str) -> None:
    """Each alone is what it is beside others, and what is asked for decides it."""
    made = pictures(run(asked))
    assert asked.size is not None and all(each.shape == (*asked.size[::-1], 3) for each in made)
    (alone,) = pictures(run(asked.picture(1)))
    assert np.array_equal(alone, made[1]) and not np.array_equal(made[0], made[1])
    other = asking(name, **MADE_UP[name].other)
    assert not np.array_equal(pictures(run(other))[0], made[0])
    assert Request.from_json(other.to_json()) == other and other.digest() != asked.digest()


def test_it_goes_on_from_every_step_that_is_kept(asked: Request, tmp_path: Path) -> None:
    events = run(asked)
    whole, made = advances(events), pictures(events)[0]
    assert [(each.step.index, each.step.of) for each in whole] == [(index, STEPS) for index in range(1, STEPS + 1)]
    kept = trajectory.load(results(events)[0].steps)
    assert not any(whole[end - 1].step.carry for end in library().card(asked.model).stage_ends(STEPS)[:-1])
    for advance in whole:
        saved = steps.saved_steps(advance, asked)[0]
        steps.save(tmp_path / "a.step", saved)
        in_a_file, in_the_way = steps.load(tmp_path / "a.step"), kept.saved(advance.step.index, library())
        assert same(in_a_file.step, advance.step) and same(in_the_way.step, advance.step)
    for saved in (steps.load(tmp_path / "a.step"), *(kept.saved(index, library()) for index in (1, 3, 4))):
        (again,) = pictures(run(saved.continued(saved.request), resume=saved.step))
        assert np.array_equal(again, made)


def test_what_is_kept_of_few_steps_brings_back_the_others(asked: Request) -> None:
    events = run(asked)
    size = len(results(events)[0].steps)
    few = trajectory.load(results(run(asked, steps_budget=size - size // 8))[0].steps)
    for advance in advances(events):
        assert same(few.step(advance.step.index, library()), advance.step)


def test_it_branches_and_the_branch_reproduces(asked: Request, name: str) -> None:
    events = run(asked.picture(0))
    changed = asking(name, **MADE_UP[name].other, sampler="euler_a", knobs={}, seed=99, count=1)
    for at in places(name):
        parent, whole = advances(events)[at - 1].step, pictures(events)[0]
        request = library().card(name).checked(replace(changed, branch=Branch(asked.picture(0), at)))
        made = results(run(request, resume=parent))[0]
        assert not np.array_equal(made.rgba, whole)
        assert made.made is not None
        verdict = returned(reproducing(made.rgba, made.request, library(), made_with=made.made.note()))
        assert (verdict.answer, verdict.largest) == (EXACTLY, 0)


def test_it_reproduces_where_it_was_stopped(asked: Request, name: str) -> None:
    events = run(asked)
    for at in places(name):
        advance = advances(events)[at - 1]
        stopped = reached(asked, advance)[0]
        assert stopped.stopped_at == at and len(trajectory.load(stopped.steps).indices) == at
        assert stopped.made is not None
        again = reproducing(stopped.rgba, stopped.request, library(), stopped_at=at, made_with=stopped.made.note())
        assert returned(again).answer == EXACTLY


def test_every_step_of_it_can_be_seen(asked: Request) -> None:
    events, shown = run(asked), Previews(budget=0)
    views = [view for advance in advances(events) for view in shown.views(advance)]
    assert [(view.image, view.index) for view in views] == [(i, n) for n in range(1, STEPS + 1) for i in (0, 1)]
    decoded = {(view.image, view.index): view.predicted for view in shown.develop()}
    made = pictures(events)[1]
    assert len(decoded) == 2 * STEPS
    assert asked.mask or np.array_equal(decoded[1, STEPS][..., :3], made)  # else the source's pixels lie over it
    filmed = list(film.views_of(trajectory.load(results(events)[1].steps), library()))
    assert all(np.array_equal(view.predicted, decoded[1, view.index]) for view in filmed) and len(filmed) == STEPS
    for view in (*views, *filmed):
        assert view.predicted.shape == view.noisy.shape == view.noise.shape == (*made.shape[:2], 4)


def test_the_queue_goes_on_with_it_where_it_stood(asked: Request, name: str) -> None:
    whole = run(asked)
    for at in places(name):
        queue = Queue.open()
        queue.recover()
        item = queue.add(asked)
        queue.take(item.id)
        keeper = resuming.StepsKept(lambda data, *, anew, q=queue, i=item: q.keep_steps(i.id, data, anew=anew))
        for advance in advances(whole)[:at]:
            keeper.add(advance)
        keeper.flush()
        queue.close()

        (found,) = Queue.open().items()
        events = list(resuming.going_on(found.request, library(), stood=Queue.open().steps(found.id)))
        queue.remove([found.id])
        assert all(np.array_equal(*pair) for pair in zip(pictures(events), pictures(whole), strict=True))
        pairs = list(zip(advances(events), advances(whole), strict=True))
        assert [one.seconds for one, _ in pairs[:at]] == [other.seconds for _, other in pairs[:at]]  # not made again
        arrays = [(one.step.arrays, other.step.arrays) for one, other in pairs]
        assert all(torch.equal(*pair) for both in arrays for pair in zip(*both, strict=True))


def test_it_walks_from_one_picture_to_another(asked: Request, name: str) -> None:
    words = "a blue disc" if asked.prompt else ""
    between, last = (replace(asked.picture(0), toward=Toward(words, 44, amount)) for amount in (0.5, 1.0))
    end = replace(asked.picture(0), prompt=words, seed=44)
    on_the_way, arrived, there = (pictures(run(each))[0] for each in (between, last, end))
    assert np.array_equal(arrived, there) and not np.array_equal(on_the_way, there)


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "draws without a prompt; leave it empty.": ("unconditional", {"prompt": "a fox"}),
    "draws without a prompt; leave it empty. ": ("unconditional", {"toward": Toward("a fox", 1, 0.5)}),
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
        {"hints": (Hint("pose", "0" * 64),)},
    ),
    "draws in 2 stages; give it at least so many steps.": ("cascade", {"steps": 1}),
    "draws in several stages and finds no picture's noise; draw it by the seed.": (
        "cascade",
        {"image": "0" * 64, "inverted": True},
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_it_does_not_know_is_refused_in_a_sentence(sentence: str) -> None:
    name, change = REFUSED[sentence]
    request = replace(asking(name), **change)
    with pytest.raises(BadRequest) as refused:
        next(generate(request, library()))
    assert str(refused.value).endswith(sentence.strip())
    with pytest.raises(BadRequest):  # nor of a picture that is left for another
        library().card(name).checked(replace(asking(name), branch=Branch(request, 2)))


def test_a_factor_at_its_default_is_none() -> None:
    assert asking("two-encoders", factors={"aesthetic": 5}) == asking("two-encoders", factors={})


def test_a_hint_decides_the_picture_and_no_weight_follows_it_not() -> None:
    asked = asking("controlled")
    (hint,) = asked.hints
    without, weightless = (replace(asked, hints=hints) for hints in ((), (replace(hint, weight=0.0),)))
    assert np.array_equal(pictures(run(without)), pictures(run(weightless)))
    assert not np.array_equal(pictures(run(asked)), pictures(run(without)))


@pytest.mark.parametrize("name", ["inpainter", "cascade"])
def test_what_is_not_painted_anew_stays_and_decides_the_rest(name: str) -> None:
    asked = asking(name, mask="kept")
    made = pictures(run(asked))[0]
    assert np.array_equal(made[:, :8], drawing(3)[:, :8, :3])
    other = replace(asked, image=inputs.keep(drawing(4)))
    assert not np.array_equal(pictures(run(other))[0][:, 8:], made[:, 8:])


def test_a_picture_is_begun_from_in_every_kind_of_data(name: str) -> None:
    asked = asking(name)
    if not library().card(name).accepts.picture:
        return
    request = library().card(name).checked(replace(asked, image=inputs.keep(drawing(3)), mask="", strength=0.4))
    events = run(request)
    begun = advances(events)[0].step.index
    assert begun > 1 and not np.array_equal(pictures(events)[0], pictures(run(asked))[0])
    if len(library().card(name).stages) == 1:
        found = [event for event in invert(request, library()) if isinstance(event, Advance)]
        assert len(found) == STEPS - begun + 1


def test_stages_and_denoisers_draw_numbers_of_their_own() -> None:
    asked, like = asking("cascade"), torch.empty(4, 3, 8, 8)
    cpu = {"device": torch.device("cpu"), "dtype": torch.float32}
    course = Course(library().load("cascade", **cpu), asked, (0, 1))
    drawn = []
    for leg in course.legs:
        noise = course.noise(leg)
        own = of_denoiser(course.noise(leg), leg.path, 2)
        for step, point in enumerate(leg.path):
            found = own(point, like)
            assert torch.equal(found[:2], found[2:])  # the pictures' own, under each prompt
            assert torch.equal(own(point, like[:2]), found[:2])
            drawn += [noise(step, like[:2]), found[:2], own(point, like, 1)[2:]]
    numbers = [float(each[row, 0, 0, 0]) for each in drawn for row in (0, 1)]
    assert len(numbers) == 48 and len(set(numbers)) == 48
