"""Steps: saved in files, resumed to the same bits, and branched."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.denoising_steps import saved_step
from gdm_studio.denoising_steps.saved_step import SavedStep, split_batch
from gdm_studio.engine.generation_loop import generate
from gdm_studio.request.generation_events import Event, Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.sampler_cases import SUITABLE_SAMPLERS, least_counts

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=6, guidance_scale=2.0, device="cpu")


def request_with(sampler: str, **changes) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=least_counts(sampler), spacing="karras", **changes)


def run_events(request: Request, resume: SavedStep | None = None) -> list[Event]:
    return list(generate(request, GaussianLibrary(), resume=resume and resume.step))


def image_of(events: list[Event], image: int = 0) -> np.ndarray:
    return next(event.rgba for event in events if isinstance(event, Result) and event.image == image)


def step_events(events: list[Event]) -> list[StepEvent]:
    return [event for event in events if isinstance(event, StepEvent)]


def saved_step_of(request: Request, index: int, image: int = 0) -> SavedStep:
    """Return the saved step of a run at this index."""
    checked = CARD.checked(request)
    advance = next(
        event for event in step_events(run_events(request)) if event.step.index == index and image in event.images
    )
    return next(saved for saved in split_batch(advance, checked) if saved.request.seed == request.seed + image)


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_a_run_resumes_from_a_file_to_the_same_bits(sampler: str, tmp_path: Path) -> None:
    request = CARD.checked(request_with(sampler, temperature=0.9))
    whole = run_events(request)
    for advance in step_events(whole)[::2]:
        (saved,) = split_batch(advance, request)
        saved_step.save(tmp_path / "a.step", saved)
        loaded = saved_step.load(tmp_path / "a.step")
        rest = run_events(loaded.request, loaded)
        assert [event.step.index for event in step_events(rest)] == list(range(advance.step.index + 1, 7))
        assert all(event.first == advance.step.index for event in step_events(rest))
        assert np.array_equal(image_of(rest), image_of(whole)), advance.step.index


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_a_batch_resumes_to_the_same_bits_in_other_batches(sampler: str) -> None:
    three = request_with(sampler, count=3, batch=3)
    whole = run_events(three)
    third = next(event for event in step_events(whole) if event.step.index == 3)
    rest = list(generate(replace(three, batch=2), GaussianLibrary(), resume=third.step))
    for image in range(3):
        assert np.array_equal(image_of(rest, image), image_of(whole, image))


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_an_unchanged_branch_gives_the_same_image(sampler: str) -> None:
    request = CARD.checked(request_with(sampler))
    assert np.array_equal(
        image_of(run_events(replace(request, branch=Branch(request, 3)))), image_of(run_events(request))
    )


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a calm blue disc"}, {"guidance_scale": 6.0}, {"temperature": 0.3}, {"seed": 12}, {"style": "dark"},
     {"sampler": "ddim"}, {"controls": {"clip": 1.0}}, {"sampler": "heun", "prompt": "a calm blue disc"}],
    ids=str,
)  # fmt: skip
def test_a_branch_is_regenerated_from_its_request(change: dict) -> None:
    parent = CARD.checked(replace(REQUEST, sampler="euler_a", knobs={}))
    saved = saved_step_of(parent, 3)
    branch = saved.resume_or_branch(replace(parent, **change))
    assert branch.branch == Branch(parent, 3)
    at_hand = run_events(branch, saved)
    from_its_file = run_events(Request.from_json(request_of(at_hand).to_json()))
    assert np.array_equal(image_of(at_hand), image_of(from_its_file))
    assert torch.equal(last_latents(at_hand), last_latents(from_its_file))
    assert not torch.equal(last_latents(at_hand), last_latents(run_events(parent)))
    assert not torch.equal(last_latents(at_hand), last_latents(run_events(replace(parent, **change))))


def last_latents(events: list[Event]) -> torch.Tensor:
    return step_events(events)[-1].step.x


def request_of(events: list[Event]) -> Request:
    return next(event.request for event in events if isinstance(event, Result))


def test_a_nested_branch_is_regenerated() -> None:
    first = CARD.checked(replace(REQUEST, sampler="dpmpp_2m"))
    second = replace(first, prompt="a calm blue disc", branch=Branch(first, 2))
    third = replace(second, sampler="euler_a", branch=Branch(second, 4))
    assert np.array_equal(image_of(run_events(third)), image_of(run_events(third, saved_step_of(second, 4))))
    assert not np.array_equal(
        image_of(run_events(third)), image_of(run_events(replace(third, branch=Branch(first, 4))))
    )


def test_the_parents_of_a_branch_are_validated() -> None:
    for change, says in (({"style": "baroque"}, "no style called 'baroque'"), ({"sampler": "cold_2"}, "Cold")):
        first = replace(REQUEST, **change)
        second = replace(REQUEST, branch=Branch(first, 2))
        with pytest.raises(BadRequest, match=says):
            CARD.checked(replace(REQUEST, branch=Branch(second, 4)))


def test_images_branch_from_one_parent_or_each_from_its_own() -> None:
    parents = CARD.checked(replace(REQUEST, sampler="euler_a", count=3))
    branch = replace(parents, prompt="a calm blue disc", branch=Branch(parents, 3), batch=2)
    each = run_events(branch)
    for image in range(3):
        assert np.array_equal(image_of(each, image), image_of(run_events(branch.picture(image))))
    from_one = run_events(replace(branch, branch=Branch(parents.picture(1), 3)))
    assert np.array_equal(image_of(from_one, 1), image_of(each, 1))
    assert not np.array_equal(image_of(from_one, 0), image_of(each, 0))


def test_another_sampler_starts_without_history() -> None:
    parent = CARD.checked(replace(REQUEST, sampler="dpmpp_2m"))
    saved = saved_step_of(parent, 3)
    assert saved.step.history
    branch = saved.resume_or_branch(replace(parent, prompt="a calm blue disc"))
    bare = SavedStep(replace(saved.step, history=()), saved.path, saved.request)
    assert np.array_equal(image_of(run_events(branch, saved)), image_of(run_events(branch, bare)))
    assert not np.array_equal(image_of(run_events(parent, saved)), image_of(run_events(parent, bare)))


def test_unchanged_settings_resume_and_other_devices_are_no_branch() -> None:
    saved = saved_step_of(CARD.checked(REQUEST), 2)
    assert saved.resume_or_branch(replace(saved.request, device="auto", dtype="fp32", batch=3)).branch is None
    assert saved.resume_or_branch(replace(saved.request, seed=99)).branch == Branch(saved.request, 2)
    assert saved.resume_or_branch(replace(saved.request, count=2)).branch == Branch(saved.request, 2)


def test_a_saved_step_contains_one_image_only() -> None:
    two = CARD.checked(replace(REQUEST, count=2, batch=2))
    saved = saved_step_of(two, 2, image=1)
    assert saved.request == two.picture(1)
    assert saved.step.x.shape == (1, 4, 16, 16)
    assert saved.step.x.untyped_storage().nbytes() == saved.step.x.nbytes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": 7}, "belongs to another model or path"),
        ({"spacing": "exponential"}, "belongs to another model or path"),
        ({"branch": Branch(CARD.checked(REQUEST), 4)}, "number 3, before the branch at 4"),
    ],
)
def test_a_step_of_another_path_is_refused(change: dict, says: str) -> None:
    saved = saved_step_of(REQUEST, 3)
    with pytest.raises(BadRequest, match=says):
        run_events(replace(saved.request, **change), saved)


def test_a_step_needs_the_image_count_of_the_request() -> None:
    two = replace(REQUEST, count=2, batch=2)
    step = next(event.step for event in step_events(run_events(two)) if event.step.index == 3)
    with pytest.raises(BadRequest, match="contains 2 pictures, not 3"):
        list(generate(replace(REQUEST, count=3), GaussianLibrary(), resume=step))


@pytest.mark.parametrize("damage", ["missing", "junk", "cut", "foreign", "request", "index"])
def test_an_invalid_step_file_is_reported(damage: str, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "a.step"
    if damage != "missing":
        saved_step.save(path, saved_step_of(REQUEST, 3))
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
        saved_step.load(path)
