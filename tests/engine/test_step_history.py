"""Trajectories: every step of an image in few bytes, and resumed to the same bits."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.denoising_steps.step_log import digest_of
from gdm_studio.engine import image_inputs, step_history
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.step_history import Trajectory
from gdm_studio.maths.noise_path import Step
from gdm_studio.request.generation_events import Event, Result, StepEvent
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from tests.helpers.gaussian_model import CARD, LATENT, GaussianLibrary, GaussianModel
from tests.helpers.sampler_cases import SUITABLE_SAMPLERS, least_counts

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=8, guidance_scale=2.0, device="cpu")
LATENT_BYTES = 4 * int(np.prod(LATENT))
# Bytes of names, path, request and digests of a short run.
OVERHEAD = 6_000


def request_with(sampler: str, **changes) -> Request:
    return CARD.checked(replace(REQUEST, sampler=sampler, knobs=least_counts(sampler), **changes))


def run_events(request: Request, **options) -> list[Event]:
    return list(generate(request, GaussianLibrary(), **options))


def step_events(events: list[Event]) -> list[StepEvent]:
    return [event for event in events if isinstance(event, StepEvent)]


def result_of(events: list[Event], image: int = 0) -> Result:
    return next(event for event in events if isinstance(event, Result) and event.image == image)


def are_equal(one: Step, other: Step, row: int = 0) -> bool:
    pairs = [(one.x, other.x), (one.denoised, other.denoised), *zip(one.history, other.history, strict=True)]
    return one.index == other.index and one.at == other.at and all(torch.equal(a, b[row : row + 1]) for a, b in pairs)


@pytest.mark.parametrize("budget", [2_000_000, 9 * LATENT_BYTES + 100, 6 * LATENT_BYTES + OVERHEAD])
@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_every_step_is_restored_and_resumes_to_the_same_bits(sampler: str, budget: int) -> None:
    request = request_with(sampler, temperature=0.9)
    events = run_events(request, steps_budget=budget)
    kept = step_history.load(result_of(events).steps)
    assert len(result_of(events).steps) <= budget
    assert kept.request == request.picture(0) and list(kept.indices) == list(range(1, 9))
    for advance in step_events(events):
        step = kept.step(advance.step.index, GaussianLibrary())
        assert are_equal(step, advance.step)
    rest = run_events(kept.request, resume=kept.step(5, GaussianLibrary()))
    assert np.array_equal(result_of(rest).rgba, result_of(events).rgba)


class CountingModel(GaussianModel):
    evaluations = 0

    def denoised(self, x, at, conditioning):
        type(self).evaluations += 1
        return super().denoised(x, at, conditioning)


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "euler_a", "ddim", "unipc", "deis"])
def test_singlestep_trajectories_save_predictions_and_need_no_network(sampler: str) -> None:
    steps = result_of(run_events(request_with(sampler))).steps
    assert len(steps) < 9 * LATENT_BYTES + OVERHEAD
    kept, CountingModel.evaluations = step_history.load(steps), 0
    for index in kept.indices:
        kept.step(index, GaussianLibrary(kind=CountingModel))
    assert CountingModel.evaluations == 0


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "unipc", "deis"])
def test_runs_resumed_with_history_need_no_network(sampler: str) -> None:
    kept = step_history.load(result_of(run_events(request_with(sampler))).steps)
    events = run_events(kept.request, resume=kept.step(4, GaussianLibrary()))
    rest, CountingModel.evaluations = step_history.load(result_of(events).steps), 0
    for advance in step_events(events):
        assert are_equal(rest.step(advance.step.index, GaussianLibrary(kind=CountingModel)), advance.step)
    assert not rest.full_steps and list(rest.indices) == [5, 6, 7, 8] and CountingModel.evaluations == 0


def test_a_missing_device_is_replaced() -> None:
    kept = step_history.load(
        result_of(run_events(request_with("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps
    )
    elsewhere = Trajectory(replace(kept.log, request=replace(kept.request, device="cuda:7")))
    assert are_equal(elsewhere.step(3, GaussianLibrary()), kept.step(3, GaussianLibrary()))


def test_over_budget_every_kth_step_is_saved() -> None:
    kept = step_history.load(
        result_of(run_events(request_with("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps
    )
    assert list(kept.full_steps) == [2, 4, 6, 8]
    CountingModel.evaluations = 0
    kept.step(5, GaussianLibrary(kind=CountingModel))
    assert CountingModel.evaluations == 2
    assert run_events(request_with("heun"), steps_budget=0)[-1].steps == b""
    assert run_events(request_with("heun"), steps_budget=LATENT_BYTES)[-1].steps == b""


def test_a_long_run_stays_within_its_budget() -> None:
    budget = 4 * LATENT_BYTES + 3 * OVERHEAD
    events = run_events(request_with("dpmpp_3m", steps=60, count=2, batch=2), steps_budget=budget)
    for image in (0, 1):
        kept = step_history.load(result_of(events, image).steps)
        assert len(result_of(events, image).steps) <= budget and len(kept.full_steps) < 10
        for index in (1, 29, 60):
            assert are_equal(kept.step(index, GaussianLibrary()), step_events(events)[index - 1].step, row=image)


@pytest.mark.parametrize("begun", [4, 5, 6])
def test_a_long_run_is_thinned_evenly_from_its_start(begun: int) -> None:
    """Check that steps dropped during the run and at its end are on one grid, since otherwise few would be left."""
    request = request_with("dpmpp_3m", steps=60, branch=Branch(request_with("ddim", steps=60), begun))
    kept = step_history.load(run_events(request, steps_budget=12 * LATENT_BYTES + 3 * OVERHEAD)[-1].steps)
    *grid, last = kept.full_steps
    assert (kept.first, last) == (begun, 60) and len(grid) > 1
    stride = grid[0] - begun
    assert grid == list(range(begun + stride, 60, stride))


def test_images_of_a_batch_have_their_own_trajectories() -> None:
    events = run_events(request_with("euler_a", count=3, batch=2))
    for image in range(3):
        kept = step_history.load(result_of(events, image).steps)
        advance = next(each for each in step_events(events) if image in each.images and each.step.index == 5)
        assert kept.request.seed == 11 + image
        assert are_equal(kept.step(5, GaussianLibrary()), advance.step, row=advance.images.index(image))


def test_a_stopped_run_saves_its_steps_and_can_be_finished() -> None:
    request = request_with("dpmpp_2m")
    events = run_events(request)
    (stopped,) = decode_partial_results(request, step_events(events)[4])
    kept = step_history.load(stopped.steps)
    assert list(kept.indices) == [1, 2, 3, 4, 5] and kept.last == stopped.stopped_at
    rest = run_events(kept.request, resume=kept.step(5, GaussianLibrary()))
    assert np.array_equal(result_of(rest).rgba, result_of(events).rgba)
    (thin,) = decode_partial_results(
        request, step_events(run_events(request_with("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD))[4]
    )
    assert step_history.load(thin.steps).last == 5


def test_a_stopped_run_saves_the_steps_of_each_image() -> None:
    request = CARD.checked(replace(REQUEST, count=4, batch=2))
    advance = step_events(run_events(request, images=(2, 3)))[4]
    stopped = decode_partial_results(request, advance)
    assert [(each.image, each.request.seed) for each in stopped] == [(2, 13), (3, 14)]
    for row, each in enumerate(stopped):
        kept = step_history.load(each.steps)
        assert kept.request == each.request
        assert are_equal(kept.step(5, GaussianLibrary()), advance.step, row)


def test_the_steps_of_a_stopped_run_do_not_retain_its_model() -> None:
    advance = step_events(run_events(REQUEST))[3]
    model, stopped = weakref.ref(advance.model), replace(advance, model=None)
    del advance
    gc.collect()
    assert model() is None and len(step_history.load(stopped.record.to_bytes(0, last=stopped.step)).indices) == 4


def test_branches_and_img2img_save_their_part_of_the_path() -> None:
    parent = request_with("euler_a")
    branch = CARD.checked(replace(parent, prompt="a calm blue disc", branch=Branch(parent, 3)))
    image = image_inputs.store(result_of(run_events(parent)).rgba)
    begun = request_with("dpmpp_2m", image=image, strength=0.5)
    for request in (branch, begun, replace(parent, toward=Interpolation("a calm blue disc", 5, 0.3))):
        events = run_events(request)
        kept = step_history.load(result_of(events).steps)
        assert kept.first == step_events(events)[0].first
        for advance in step_events(events):
            assert are_equal(kept.step(advance.step.index, GaussianLibrary()), advance.step)
        assert np.array_equal(
            result_of(run_events(kept.request, resume=kept.step(kept.first + 1, GaussianLibrary()))).rgba,
            result_of(events).rgba,
        )
    with pytest.raises(BadRequest, match="has the steps 4 to 8"):
        step_history.load(result_of(run_events(branch)).steps).step(3, GaussianLibrary())


def test_a_branch_from_a_step_is_regenerated_from_its_file() -> None:
    kept = step_history.load(result_of(run_events(request_with("dpmpp_2m"))).steps)
    saved = kept.saved_step(3, GaussianLibrary())
    assert saved.resume_or_branch(kept.request) == kept.request
    branch = saved.resume_or_branch(replace(kept.request, prompt="a calm blue disc"))
    assert branch.branch == Branch(kept.request, 3)
    at_hand, alone = run_events(branch, resume=saved.step), run_events(Request.from_json(branch.to_json()))
    assert np.array_equal(result_of(at_hand).rgba, result_of(alone).rgba)


def test_a_step_that_differs_is_reported() -> None:
    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return super().denoised(x, at, conditioning) * 1.001

    kept = step_history.load(
        result_of(run_events(request_with("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps
    )
    with pytest.raises(BadRequest, match="comes out differently here .* choose one of 2, 4, 6, 8"):
        kept.step(3, GaussianLibrary(kind=Other))
    assert kept.step(3, GaussianLibrary(kind=Other), exact=False).index == 3
    assert kept.step(4, GaussianLibrary(kind=Other)).index == 4


@pytest.mark.parametrize("last", [1, 2, 3, 5, 7, 8])
def test_the_last_step_is_always_saved_completely(last: int) -> None:
    """Save the last step completely, so that a stopped run can be finished even if earlier steps differ."""

    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return super().denoised(x, at, conditioning) * 1.001

    request = request_with("heun")
    advance = step_events(run_events(request, steps_budget=7 * LATENT_BYTES + OVERHEAD))[last - 1]
    (stopped,) = decode_partial_results(request, advance)
    kept = step_history.load(stopped.steps)
    assert are_equal(kept.step(last, GaussianLibrary(kind=Other)), advance.step)


def test_a_digest_depends_on_every_number_of_a_step() -> None:
    step = step_events(run_events(request_with("unipc_3")))[-1].step
    tensors = [step.x, step.denoised, *step.history]
    found = {digest_of(step)}
    for place in range(len(tensors)):
        changed = [each.clone() if at == place else each for at, each in enumerate(tensors)]
        changed[place].view(-1)[-1] += 1e-3
        x, denoised, *carry = changed
        found.add(digest_of(replace(step, x=x, denoised=denoised, history=tuple(carry))))
    assert len(step.history) > 2 and len(found) == len(tensors) + 1


@pytest.mark.parametrize("damage", ["missing", "junk", "cut", "foreign", "request", "facts"])
def test_an_invalid_steps_file_is_reported(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.steps"
    data = result_of(run_events(request_with("euler"))).steps
    path.write_bytes(
        {
            "junk": b"not steps",
            "cut": data[:-8],
            "foreign": data.replace(b"gdm-studio steps", b"gdm-studio stamp"),
            "request": data.replace(b'\\"steps\\": 8', b'\\"steps\\": x'),
            "facts": data.replace(b'\\"index\\": 0', b'\\"index\\": 4'),
        }.get(damage, data)
    )
    if damage == "missing":
        path.unlink()
    with pytest.raises(StorageError, match="a.steps"):
        step_history.load(path)
