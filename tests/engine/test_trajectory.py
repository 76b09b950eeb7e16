"""Trajectories: every step of a picture kept in few bytes, and gone on from with the same bits."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.engine import inputs, trajectory
from gdm_studio.engine.generate import generate
from gdm_studio.engine.results import reached
from gdm_studio.engine.steplog import digest_of
from gdm_studio.engine.trajectory import Trajectory
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.path import Step
from gdm_studio.request import Branch, Request, Toward
from gdm_studio.run import Advance, Event, Result
from tests.helpers.briefly import SUITABLE, fewest
from tests.helpers.gaussian_model import CARD, LATENT, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=8, guidance_scale=2.0, device="cpu")
LATENT_BYTES = 4 * int(np.prod(LATENT))
OVERHEAD = 6_000  # bytes of names, path, request and digests of so short a run


def suited(sampler: str, **changes) -> Request:
    return CARD.checked(replace(REQUEST, sampler=sampler, knobs=fewest(sampler), **changes))


def run(request: Request, **options) -> list[Event]:
    return list(generate(request, GaussianLibrary(), **options))


def advances(events: list[Event]) -> list[Advance]:
    return [event for event in events if isinstance(event, Advance)]


def result(events: list[Event], image: int = 0) -> Result:
    return next(event for event in events if isinstance(event, Result) and event.image == image)


def are_equal(one: Step, other: Step, row: int = 0) -> bool:
    pairs = [(one.x, other.x), (one.denoised, other.denoised), *zip(one.carry, other.carry, strict=True)]
    return one.index == other.index and one.at == other.at and all(torch.equal(a, b[row : row + 1]) for a, b in pairs)


@pytest.mark.parametrize("budget", [2_000_000, 9 * LATENT_BYTES + 100, 6 * LATENT_BYTES + OVERHEAD])
@pytest.mark.parametrize("sampler", SUITABLE)
def test_every_step_comes_back_and_goes_on_with_the_same_bits(sampler: str, budget: int) -> None:
    request = suited(sampler, temperature=0.9)
    events = run(request, steps_budget=budget)
    kept = trajectory.load(result(events).steps)
    assert len(result(events).steps) <= budget
    assert kept.request == request.picture(0) and list(kept.indices) == list(range(1, 9))
    for advance in advances(events):
        step = kept.step(advance.step.index, GaussianLibrary())
        assert are_equal(step, advance.step)
    rest = run(kept.request, resume=kept.step(5, GaussianLibrary()))
    assert np.array_equal(result(rest).rgba, result(events).rgba)


class Counting(GaussianModel):
    evaluations = 0

    def denoised(self, x, at, conditioning):
        type(self).evaluations += 1
        return super().denoised(x, at, conditioning)


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "euler_a", "ddim", "unipc", "deis"])
def test_samplers_of_one_evaluation_keep_predictions_and_need_no_network(sampler: str) -> None:
    steps = result(run(suited(sampler))).steps
    assert len(steps) < 9 * LATENT_BYTES + OVERHEAD
    kept, Counting.evaluations = trajectory.load(steps), 0
    for index in kept.indices:
        kept.step(index, GaussianLibrary(kind=Counting))
    assert Counting.evaluations == 0


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "unipc", "deis"])
def test_what_went_on_with_a_history_needs_no_network_either(sampler: str) -> None:
    kept = trajectory.load(result(run(suited(sampler))).steps)
    events = run(kept.request, resume=kept.step(4, GaussianLibrary()))
    rest, Counting.evaluations = trajectory.load(result(events).steps), 0
    for advance in advances(events):
        assert are_equal(rest.step(advance.step.index, GaussianLibrary(kind=Counting)), advance.step)
    assert not rest.whole and list(rest.indices) == [5, 6, 7, 8] and Counting.evaluations == 0


def test_a_device_that_is_not_here_is_no_hindrance() -> None:
    kept = trajectory.load(result(run(suited("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps)
    elsewhere = Trajectory(replace(kept.log, request=replace(kept.request, device="cuda:7")))
    assert are_equal(elsewhere.step(3, GaussianLibrary()), kept.step(3, GaussianLibrary()))


def test_over_budget_every_kth_step_is_kept_and_few_are_made_again() -> None:
    kept = trajectory.load(result(run(suited("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps)
    assert list(kept.whole) == [2, 4, 6, 8]
    Counting.evaluations = 0
    kept.step(5, GaussianLibrary(kind=Counting))
    assert Counting.evaluations == 2
    assert run(suited("heun"), steps_budget=0)[-1].steps == b""
    assert run(suited("heun"), steps_budget=LATENT_BYTES)[-1].steps == b""


def test_a_long_run_holds_no_more_than_a_few_budgets_at_a_time() -> None:
    budget = 4 * LATENT_BYTES + 3 * OVERHEAD
    events = run(suited("dpmpp_3m", steps=60, count=2, batch=2), steps_budget=budget)
    for image in (0, 1):
        kept = trajectory.load(result(events, image).steps)
        assert len(result(events, image).steps) <= budget and len(kept.whole) < 10
        for index in (1, 29, 60):
            assert are_equal(kept.step(index, GaussianLibrary()), advances(events)[index - 1].step, row=image)


@pytest.mark.parametrize("begun", [4, 5, 6])
def test_a_long_run_is_thinned_evenly_from_where_it_began(begun: int) -> None:
    """What is let go of on the way and what at the end lie on one grid, or hardly a step would be left."""
    request = suited("dpmpp_3m", steps=60, branch=Branch(suited("ddim", steps=60), begun))
    kept = trajectory.load(run(request, steps_budget=12 * LATENT_BYTES + 3 * OVERHEAD)[-1].steps)
    *grid, last = kept.whole
    assert (kept.first, last) == (begun, 60) and len(grid) > 1
    stride = grid[0] - begun
    assert grid == list(range(begun + stride, 60, stride))


def test_pictures_of_a_batch_have_each_their_own() -> None:
    events = run(suited("euler_a", count=3, batch=2))
    for image in range(3):
        kept = trajectory.load(result(events, image).steps)
        advance = next(each for each in advances(events) if image in each.images and each.step.index == 5)
        assert kept.request.seed == 11 + image
        assert are_equal(kept.step(5, GaussianLibrary()), advance.step, row=advance.images.index(image))


def test_a_stopped_run_keeps_the_steps_it_made_and_can_be_ended() -> None:
    request = suited("dpmpp_2m")
    events = run(request)
    (stopped,) = reached(request, advances(events)[4])
    kept = trajectory.load(stopped.steps)
    assert list(kept.indices) == [1, 2, 3, 4, 5] and kept.last == stopped.stopped_at
    rest = run(kept.request, resume=kept.step(5, GaussianLibrary()))
    assert np.array_equal(result(rest).rgba, result(events).rgba)
    (thin,) = reached(request, advances(run(suited("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD))[4])
    assert trajectory.load(thin.steps).last == 5


def test_the_steps_of_a_stopped_run_do_not_hold_its_model() -> None:
    advance = advances(run(REQUEST))[3]
    model, stopped = weakref.ref(advance.model), replace(advance, model=None)
    del advance
    gc.collect()
    assert model() is None and len(trajectory.load(stopped.record.to_bytes(0, last=stopped.step)).indices) == 4


def test_branches_and_pictures_from_pictures_keep_their_own_part_of_the_path() -> None:
    parent = suited("euler_a")
    branch = CARD.checked(replace(parent, prompt="a calm blue disc", branch=Branch(parent, 3)))
    image = inputs.keep(result(run(parent)).rgba)
    begun = suited("dpmpp_2m", image=image, strength=0.5)
    for request in (branch, begun, replace(parent, toward=Toward("a calm blue disc", 5, 0.3))):
        events = run(request)
        kept = trajectory.load(result(events).steps)
        assert kept.first == advances(events)[0].first
        for advance in advances(events):
            assert are_equal(kept.step(advance.step.index, GaussianLibrary()), advance.step)
        assert np.array_equal(
            result(run(kept.request, resume=kept.step(kept.first + 1, GaussianLibrary()))).rgba, result(events).rgba
        )
    with pytest.raises(BadRequest, match="has the steps 4 to 8"):
        trajectory.load(result(run(branch)).steps).step(3, GaussianLibrary())


def test_a_step_leads_to_a_branch_that_its_file_makes_again() -> None:
    kept = trajectory.load(result(run(suited("dpmpp_2m"))).steps)
    saved = kept.saved(3, GaussianLibrary())
    assert saved.continued(kept.request) == kept.request
    branch = saved.continued(replace(kept.request, prompt="a calm blue disc"))
    assert branch.branch == Branch(kept.request, 3)
    at_hand, alone = run(branch, resume=saved.step), run(Request.from_json(branch.to_json()))
    assert np.array_equal(result(at_hand).rgba, result(alone).rgba)


def test_a_step_that_comes_out_otherwise_is_told() -> None:
    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return super().denoised(x, at, conditioning) * 1.001

    kept = trajectory.load(result(run(suited("heun"), steps_budget=9 * LATENT_BYTES + OVERHEAD)).steps)
    with pytest.raises(BadRequest, match="comes out otherwise here .* take one of 2, 4, 6, 8"):
        kept.step(3, GaussianLibrary(kind=Other))
    assert kept.step(3, GaussianLibrary(kind=Other), exact=False).index == 3
    assert kept.step(4, GaussianLibrary(kind=Other)).index == 4


@pytest.mark.parametrize("last", [1, 2, 3, 5, 7, 8])
def test_however_few_steps_are_kept_whole_the_last_is_among_them(last: int) -> None:
    """So that what was stopped can be ended where the steps before it come out otherwise."""

    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return super().denoised(x, at, conditioning) * 1.001

    request = suited("heun")
    advance = advances(run(request, steps_budget=7 * LATENT_BYTES + OVERHEAD))[last - 1]
    (stopped,) = reached(request, advance)
    kept = trajectory.load(stopped.steps)
    assert are_equal(kept.step(last, GaussianLibrary(kind=Other)), advance.step)


def test_a_digest_tells_of_every_number_that_a_step_holds() -> None:
    step = advances(run(suited("unipc_3")))[-1].step
    tensors = [step.x, step.denoised, *step.carry]
    found = {digest_of(step)}
    for place in range(len(tensors)):
        changed = [each.clone() if at == place else each for at, each in enumerate(tensors)]
        changed[place].view(-1)[-1] += 1e-3
        x, denoised, *carry = changed
        found.add(digest_of(replace(step, x=x, denoised=denoised, carry=tuple(carry))))
    assert len(step.carry) > 2 and len(found) == len(tensors) + 1


@pytest.mark.parametrize("damage", ["missing", "junk", "cut", "foreign", "request", "facts"])
def test_a_file_without_steps_is_told_in_a_sentence(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.steps"
    data = result(run(suited("euler"))).steps
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
        trajectory.load(path)
