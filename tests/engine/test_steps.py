"""Steps: kept in files, gone on from with the same bits, branched off from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.engine import steps
from gdm_studio.engine.generate import generate
from gdm_studio.engine.steps import SavedStep, saved_steps
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Event, Result
from tests.helpers.briefly import SUITABLE, fewest
from tests.helpers.gaussian_model import CARD, GaussianLibrary

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=6, guidance_scale=2.0, device="cpu")


def suited(sampler: str, **changes) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=fewest(sampler), spacing="karras", **changes)


def run(request: Request, resume: SavedStep | None = None) -> list[Event]:
    return list(generate(request, GaussianLibrary(), resume=resume and resume.step))


def picture(events: list[Event], image: int = 0) -> np.ndarray:
    return next(event.rgba for event in events if isinstance(event, Result) and event.image == image)


def advances(events: list[Event]) -> list[Advance]:
    return [event for event in events if isinstance(event, Advance)]


def after(request: Request, index: int, image: int = 0) -> SavedStep:
    """What the run of `request` leaves after that step."""
    checked = CARD.checked(request)
    advance = next(event for event in advances(run(request)) if event.step.index == index and image in event.images)
    return next(saved for saved in saved_steps(advance, checked) if saved.request.seed == request.seed + image)


@pytest.mark.parametrize("sampler", SUITABLE)
def test_a_run_goes_on_from_a_file_with_the_same_bits(sampler: str, tmp_path: Path) -> None:
    request = CARD.checked(suited(sampler, temperature=0.9))
    whole = run(request)
    for advance in advances(whole)[::2]:
        (saved,) = saved_steps(advance, request)
        steps.save(tmp_path / "a.step", saved)
        loaded = steps.load(tmp_path / "a.step")
        rest = run(loaded.request, loaded)
        assert [event.step.index for event in advances(rest)] == list(range(advance.step.index + 1, 7))
        assert all(event.first == advance.step.index for event in advances(rest))
        assert np.array_equal(picture(rest), picture(whole)), advance.step.index


@pytest.mark.parametrize("sampler", SUITABLE)
def test_a_batch_goes_on_with_the_same_bits_in_other_batches(sampler: str) -> None:
    three = suited(sampler, count=3, batch=3)
    whole = run(three)
    third = next(event for event in advances(whole) if event.step.index == 3)
    rest = list(generate(replace(three, batch=2), GaussianLibrary(), resume=third.step))
    for image in range(3):
        assert np.array_equal(picture(rest, image), picture(whole, image))


@pytest.mark.parametrize("sampler", SUITABLE)
def test_a_branch_that_changes_nothing_is_the_picture_itself(sampler: str) -> None:
    request = CARD.checked(suited(sampler))
    assert np.array_equal(picture(run(replace(request, branch=Branch(request, 3)))), picture(run(request)))


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a calm blue disc"}, {"guidance_scale": 6.0}, {"temperature": 0.3}, {"seed": 12}, {"style": "dark"},
     {"sampler": "ddim"}, {"controls": {"clip": 1.0}}, {"sampler": "heun", "prompt": "a calm blue disc"}],
    ids=str,
)  # fmt: skip
def test_a_branch_is_made_again_from_its_request_alone(change: dict) -> None:
    parent = CARD.checked(replace(REQUEST, sampler="euler_a", knobs={}))
    saved = after(parent, 3)
    branch = saved.continued(replace(parent, **change))
    assert branch.branch == Branch(parent, 3)
    at_hand = run(branch, saved)
    from_its_file = run(Request.from_json(picture_request(at_hand).to_json()))
    assert np.array_equal(picture(at_hand), picture(from_its_file))
    assert torch.equal(end(at_hand), end(from_its_file))
    assert not torch.equal(end(at_hand), end(run(parent)))
    assert not torch.equal(end(at_hand), end(run(replace(parent, **change))))


def end(events: list[Event]) -> torch.Tensor:
    return advances(events)[-1].step.x


def picture_request(events: list[Event]) -> Request:
    return next(event.request for event in events if isinstance(event, Result))


def test_a_branch_of_a_branch_is_made_again() -> None:
    first = CARD.checked(replace(REQUEST, sampler="dpmpp_2m"))
    second = replace(first, prompt="a calm blue disc", branch=Branch(first, 2))
    third = replace(second, sampler="euler_a", branch=Branch(second, 4))
    assert np.array_equal(picture(run(third)), picture(run(third, after(second, 4))))
    assert not np.array_equal(picture(run(third)), picture(run(replace(third, branch=Branch(first, 4)))))


def test_what_a_branch_leaves_must_be_what_the_model_can_make() -> None:
    for change, says in (({"style": "baroque"}, "no style called 'baroque'"), ({"sampler": "cold_2"}, "Cold")):
        first = replace(REQUEST, **change)
        second = replace(REQUEST, branch=Branch(first, 2))
        with pytest.raises(BadRequest, match=says):
            CARD.checked(replace(REQUEST, branch=Branch(second, 4)))


def test_pictures_branch_from_one_or_each_from_its_own() -> None:
    parents = CARD.checked(replace(REQUEST, sampler="euler_a", count=3))
    branch = replace(parents, prompt="a calm blue disc", branch=Branch(parents, 3), batch=2)
    each = run(branch)
    for image in range(3):
        assert np.array_equal(picture(each, image), picture(run(branch.picture(image))))
    from_one = run(replace(branch, branch=Branch(parents.picture(1), 3)))
    assert np.array_equal(picture(from_one, 1), picture(each, 1))
    assert not np.array_equal(picture(from_one, 0), picture(each, 0))


def test_another_sampler_begins_without_the_history_of_the_last() -> None:
    parent = CARD.checked(replace(REQUEST, sampler="dpmpp_2m"))
    saved = after(parent, 3)
    assert saved.step.carry
    branch = saved.continued(replace(parent, prompt="a calm blue disc"))
    bare = SavedStep(replace(saved.step, carry=()), saved.path, saved.request)
    assert np.array_equal(picture(run(branch, saved)), picture(run(branch, bare)))
    assert not np.array_equal(picture(run(parent, saved)), picture(run(parent, bare)))


def test_unchanged_settings_go_on_and_other_devices_are_no_branch() -> None:
    saved = after(CARD.checked(REQUEST), 2)
    assert saved.continued(replace(saved.request, device="auto", dtype="fp32", batch=3)).branch is None
    assert saved.continued(replace(saved.request, seed=99)).branch == Branch(saved.request, 2)
    assert saved.continued(replace(saved.request, count=2)).branch == Branch(saved.request, 2)


def test_a_kept_step_holds_one_picture_and_no_more_memory() -> None:
    two = CARD.checked(replace(REQUEST, count=2, batch=2))
    saved = after(two, 2, image=1)
    assert saved.request == two.picture(1)
    assert saved.step.x.shape == (1, 4, 16, 16)
    assert saved.step.x.untyped_storage().nbytes() == saved.step.x.nbytes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": 7}, "belongs to another model or to other steps"),
        ({"spacing": "exponential"}, "belongs to another model or to other steps"),
        ({"branch": Branch(CARD.checked(REQUEST), 4)}, "number 3, before the branch at 4"),
    ],
)
def test_a_step_of_another_path_is_refused(change: dict, says: str) -> None:
    saved = after(REQUEST, 3)
    with pytest.raises(BadRequest, match=says):
        run(replace(saved.request, **change), saved)


def test_a_step_of_as_many_pictures_is_needed() -> None:
    two = replace(REQUEST, count=2, batch=2)
    step = next(event.step for event in advances(run(two)) if event.step.index == 3)
    with pytest.raises(BadRequest, match="holds 2 pictures, not 3"):
        list(generate(replace(REQUEST, count=3), GaussianLibrary(), resume=step))


@pytest.mark.parametrize("damage", ["missing", "junk", "cut", "foreign", "request", "index"])
def test_a_file_that_is_no_step_is_told_in_a_sentence(damage: str, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "a.step"
    if damage != "missing":
        steps.save(path, after(REQUEST, 3))
    if damage == "junk":
        path.write_bytes(b"not a step")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-8])
    elif damage == "foreign":
        save_file({"x": torch.zeros(1)}, path)
    elif damage == "request":
        path.write_bytes(path.read_bytes().replace(b'\\"sampler\\": \\"', b'\\"sampler\\": \\x'))
    elif damage == "index":
        path.write_bytes(path.read_bytes().replace(b'\\"index\\": 3', b'\\"index\\": 9'))
    with pytest.raises(StorageError, match="a.step"):
        steps.load(path)
