"""Runs that were broken off go on where they stood: the same bits, the same steps, nothing made twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine import recording, resuming, trajectory
from gdm_studio.engine.generate import generate
from gdm_studio.engine.step_codec import read_torn, to_bytes
from gdm_studio.engine.steplog import digest_of
from gdm_studio.errors import NotFinite
from gdm_studio.maths.path import Point
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Event, Result
from tests.helpers.briefly import fewest
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel

SAMPLERS = (
    "ddim",
    "euler_a",
    "dpmpp_2m",
    "unipc",
    "heun",
    "lms",
    "dpmpp_2m_sde",
)  # with and without noise, with histories
REQUEST = Request(model="gaussian", prompt="a red disc", seed=3, steps=6, count=3, batch=2, guidance_scale=2.0)


class Counting(GaussianModel):
    calls = 0  # of the network

    def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
        Counting.calls += 1
        return super().denoised(x, at, conditioning)


def suited(sampler: str, **changes: object) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=fewest(sampler), **changes)


def kept(request: Request, until: tuple[tuple[int, ...], int]) -> tuple[bytes, dict[int, Result]]:
    """What a run has kept once these pictures have made that step, and what it makes in the end."""
    data, events = b"", list(generate(request, GaussianLibrary()))

    def keep(more: bytes, *, anew: bool) -> None:
        nonlocal data
        data = more if anew else data + more

    keeper = resuming.StepsKept(keep)
    for advance in (event for event in events if isinstance(event, Advance)):
        keeper.add(advance)
        keeper.flush()
        if (advance.images, advance.step.index) == until:
            break
    return data, results(events)


def results(events: list[Event]) -> dict[int, Result]:
    return {event.image: event for event in events if isinstance(event, Result)}


def steps(events: list[Event]) -> list[tuple[tuple[int, ...], int]]:
    return [(event.images, event.step.index) for event in events if isinstance(event, Advance)]


def digests(result: Result) -> list[str]:
    way, library = trajectory.load(result.steps), GaussianLibrary()
    return [digest_of(way.step(index, library)) for index in way.indices]


def same(one: Result, other: Result) -> bool:
    return np.array_equal(one.rgba, other.rgba) and digests(one) == digests(other) and one.request == other.request


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_goes_on_at_its_step_with_its_whole_trajectory(sampler: str) -> None:
    stood, whole = kept(suited(sampler), ((0, 1), 4))
    went_on = list(resuming.going_on(suited(sampler), GaussianLibrary(), stood=stood))
    made = results(went_on)
    assert set(made) == {0, 1, 2} and all(same(made[image], whole[image]) for image in made)


def test_steps_that_were_made_are_given_as_they_were_and_not_made_again() -> None:
    Counting.calls = 0
    request = suited("ddim", count=2, guidance_scale=1.0)
    stood, _ = kept(request, ((0, 1), 4))
    went_on = list(resuming.going_on(request, GaussianLibrary(kind=Counting), stood=stood))
    assert steps(went_on) == [((0, 1), index) for index in range(1, 7)] and Counting.calls == 2
    advances = [event for event in went_on if isinstance(event, Advance)]
    assert all(event.first == 0 and event.seconds > 0 for event in advances), "what they took is known, too"


@pytest.mark.parametrize(("parts", "calls"), [({"prediction": "v"}, 6), ({}, 2)])
def test_steps_of_a_model_taken_to_predict_otherwise_are_left_aside(parts: dict[str, str], calls: int) -> None:
    Counting.calls = 0
    request, library = suited("ddim", count=1, guidance_scale=1.0), GaussianLibrary(kind=Counting)
    log = read_torn(kept(request, ((0,), 4))[0], request)
    assert log is not None
    list(resuming.going_on(request, library, stood=to_bytes(replace(log, parts=parts))))
    assert Counting.calls == calls


def test_a_branch_that_was_broken_off_goes_on_at_its_own_step() -> None:
    parent = suited("ddim", count=1, guidance_scale=1.0).checked()
    branch = replace(parent, prompt="a blue disc", branch=Branch(parent, 2), count=2)
    stood, whole = kept(branch, ((0, 1), 4))
    library = GaussianLibrary(kind=Counting)
    Counting.calls = 0
    went_on = list(resuming.going_on(branch, library, stood=stood))
    assert steps(went_on) == [((0, 1), index) for index in range(3, 7)] and Counting.calls == 2
    assert all(same(made, whole[image]) for image, made in results(went_on).items())


def test_no_step_waits_for_the_weights_to_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large model they are read for a minute in the first run."""
    known, kept_steps = False, list[bytes]()
    monkeypatch.setattr(recording, "is_known", lambda card: known)
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    keeper = resuming.StepsKept(lambda data, *, anew: kept_steps.append(data))
    for event in generate(suited("ddim", count=1), GaussianLibrary()):
        if isinstance(event, Advance):
            known = event.step.index >= 4
            keeper.add(event)
            assert bool(kept_steps) is known
    assert len(kept_steps) == 3
    (made,) = results(list(resuming.going_on(suited("ddim", count=1), GaussianLibrary(), stood=kept_steps[0]))).values()
    assert made.rgba.shape == (128, 128, 4)


@pytest.mark.parametrize("finished", [(0,), (0, 1), (2,), (1, 2)])
def test_finished_pictures_are_not_made_again(finished: tuple[int, ...]) -> None:
    stood, whole = kept(suited("euler_a"), ((0, 1), 3))
    made = results(list(resuming.going_on(suited("euler_a"), GaussianLibrary(), made=finished, stood=stood)))
    assert set(made) == {0, 1, 2} - set(finished) and all(same(made[image], whole[image]) for image in made)


def test_a_second_batch_stands_for_itself() -> None:
    stood, whole = kept(suited("dpmpp_2m"), ((2,), 2))
    made = results(list(resuming.going_on(suited("dpmpp_2m"), GaussianLibrary(), made=(0, 1), stood=stood)))
    assert set(made) == {2} and same(made[2], whole[2])


def test_steps_that_are_begun_again_stand_for_themselves() -> None:
    """As where memory ran out: they begin at the very numbers that the ones before began at."""
    request, data = suited("ddim", count=1, guidance_scale=1.0), b""

    def keep(more: bytes, *, anew: bool) -> None:
        nonlocal data
        data = more if anew else data + more

    keeper = resuming.StepsKept(keep)
    advances = [event for event in generate(request, GaussianLibrary()) if isinstance(event, Advance)]
    for advance in (*advances[:3], *advances[:4]):
        keeper.add(advance)
        keeper.flush()
    Counting.calls = 0
    list(resuming.going_on(request, GaussianLibrary(kind=Counting), stood=data))
    assert Counting.calls == 2


def test_wherever_the_last_bytes_are_torn_the_pictures_come_out_the_same() -> None:
    request = suited("dpmpp_2m", count=1)
    stood, whole = kept(request, ((0,), 5))
    for length in (*range(0, len(stood), 997), len(stood) - 1):
        (made,) = results(list(resuming.going_on(request, GaussianLibrary(), stood=stood[:length]))).values()
        assert same(made, whole[0]), length


@pytest.mark.parametrize(
    "change", [{"steps": 9}, {"spacing": "linspace"}, {"guidance_scale": 1.5}, {"seed": 8}], ids=str
)
def test_steps_of_other_settings_are_left_aside(change: dict[str, object]) -> None:
    stood, _ = kept(suited("ddim", count=1), ((0,), 5))
    other = suited("ddim", count=1, **change)
    (made,) = results(list(resuming.going_on(other, GaussianLibrary(), stood=stood))).values()
    (plain,) = results(list(generate(other, GaussianLibrary()))).values()
    assert same(made, plain)


def test_a_branch_goes_on_from_the_step_at_hand() -> None:
    parent = suited("ddim", count=1).checked()
    third = next(event for event in generate(parent, GaussianLibrary()) if isinstance(event, Advance))
    branch = replace(parent, prompt="a blue disc", branch=Branch(parent, 1), count=2)
    stood = resuming.standing(branch, third.step)
    went_on = list(resuming.going_on(branch, GaussianLibrary(), stood=stood))
    plain = results(list(generate(branch, GaussianLibrary())))
    assert [index for _, index in steps(went_on)][:5] == [2, 3, 4, 5, 6]
    assert all(np.array_equal(plain[image].rgba, made.rgba) for image, made in results(went_on).items())


@pytest.mark.parametrize("finished", [(), (0,), (1,)])
def test_pictures_that_branch_each_from_its_own_go_on_each_from_its_own(finished: tuple[int, ...]) -> None:
    parents = suited("ddim", batch=3).checked()
    first = next(event for event in generate(parents, GaussianLibrary()) if isinstance(event, Advance))
    branch = replace(parents, prompt="a blue disc", branch=Branch(parents, 1))
    stood = resuming.standing(branch, first.step)
    went_on = results(list(resuming.going_on(branch, GaussianLibrary(), made=finished, stood=stood)))
    plain = results(list(generate(branch, GaussianLibrary())))
    assert set(went_on) == {0, 1, 2} - set(finished)
    assert all(same(made, plain[image]) for image, made in went_on.items())


def test_numbers_beyond_all_bounds_are_an_error_that_names_its_remedy() -> None:
    class Overflowing(GaussianModel):
        def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
            return super().denoised(x, at, conditioning) * torch.inf

    for dtype, remedy in (("bf16", "fp32"), ("fp32", "calm")):
        with pytest.raises(NotFinite) as found:
            list(generate(replace(REQUEST, dtype=dtype), GaussianLibrary(kind=Overflowing)))
        assert found.value.remedy == remedy
