"""Between two pictures: noise and predictions mixed, both ends exact."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generate import generate
from gdm_studio.engine.noise import noise_of
from gdm_studio.request import Branch, Request, Toward
from gdm_studio.run import Advance, Result
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a red disc", seed=11, steps=5, sampler="euler_a", device="cpu")
OTHER = "a calm blue disc"


def made(request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def end(request: Request) -> torch.Tensor:
    return [event for event in generate(request, GaussianLibrary()) if isinstance(event, Advance)][-1].step.x


def toward(amount: float, *, prompt: str = OTHER, seed: int = 99, then: Toward | None = None) -> Request:
    return replace(REQUEST, toward=Toward(prompt, seed, amount, then))


def test_both_ends_are_the_two_pictures_to_the_bit() -> None:
    assert torch.equal(end(toward(0.0)), end(REQUEST))
    assert torch.equal(end(toward(1.0)), end(replace(REQUEST, prompt=OTHER, seed=99)))


def test_a_little_of_the_way_is_near_and_the_middle_lies_between() -> None:
    ends = [end(toward(amount)) for amount in (0.0, 0.1, 0.5, 1.0)]
    apart = [float((each - ends[0]).square().mean()) for each in ends]
    assert 0 < apart[1] < apart[2] < apart[3]
    for weights in (toward(0.5).seed_weights().values(), toward(0.5).prompt_weights().values()):
        one, other = weights
        assert one == pytest.approx(other)


@pytest.mark.parametrize("amount", [0.1, 0.5, 0.9])
def test_every_draw_on_the_way_stays_standard_normal(amount: float) -> None:
    like, request = torch.empty(3, 64, 32, 32), replace(toward(amount), count=3)
    noise = noise_of(request, (0, 1, 2))
    for step, draw in ((0, 0), (3, 0), (3, 1)):
        rows = noise(step, like, draw)
        assert float(rows.mean()) == pytest.approx(0, abs=0.02) and float(rows.std()) == pytest.approx(1, abs=0.02)
    ends = [noise_of(each, (0, 1, 2))(3, like) for each in (REQUEST, replace(REQUEST, seed=99))]
    for end_draw, share in zip(ends, (math.cos, math.sin), strict=True):
        assert float((rows_at(noise, like) * end_draw).mean()) == pytest.approx(share(amount * math.pi / 2), abs=0.02)


def rows_at(noise, like: torch.Tensor) -> torch.Tensor:
    return noise(3, like)


def test_the_same_seed_or_prompt_costs_nothing_more() -> None:
    rows: list[int] = []

    class Counting(GaussianModel):
        def denoised(self, x, at, conditioning):
            rows.append(len(x))
            return super().denoised(x, at, conditioning)

    def evaluated(request: Request) -> int:
        rows.clear()
        list(generate(request, GaussianLibrary(kind=Counting)))
        return sum(rows)

    other_seed = toward(0.3, prompt=REQUEST.prompt)
    assert evaluated(other_seed) == evaluated(REQUEST) < evaluated(toward(0.3))
    assert other_seed.prompt_weights() == {REQUEST.prompt: 1.0}
    assert toward(0.3, seed=11).seed_weights() == {11: 1.0}
    assert torch.equal(end(toward(0.3, prompt=REQUEST.prompt, seed=11)), end(REQUEST))


def test_pictures_of_a_batch_go_towards_their_own_and_come_out_alone_too() -> None:
    three = replace(toward(0.4), count=3, batch=3)
    assert three.picture(2).toward == Toward(OTHER, 101, 0.4)
    for index, picture in enumerate(made(three)):
        assert np.array_equal(picture, made(three.picture(index))[0])


def test_a_walk_goes_from_where_it_stands_and_ends_where_a_leg_goes_all_the_way() -> None:
    walk = toward(0.3, then=Toward(REQUEST.prompt, 500, 0.3))
    weights = walk.seed_weights()
    assert list(weights) == [11, 99, 500] and math.hypot(*weights.values()) == pytest.approx(1)
    assert sum(walk.prompt_weights().values()) == pytest.approx(1)
    assert not torch.equal(end(walk), end(toward(0.3)))
    there = toward(0.3, then=Toward(OTHER, 500, 1.0))
    assert torch.equal(end(there), end(replace(REQUEST, prompt=OTHER, seed=500)))
    back = toward(1.0, then=Toward(REQUEST.prompt, 11, 1.0))
    assert torch.equal(end(back), end(REQUEST))


def test_a_branch_may_go_another_way() -> None:
    parent = CARD.checked(REQUEST)
    branch = replace(parent, toward=Toward(OTHER, 99, 0.5), branch=Branch(parent, 3))
    again = Request.from_json(branch.to_json())
    assert again == branch.checked() and torch.equal(end(branch), end(again))
    assert not torch.equal(end(branch), end(parent))
    assert not torch.equal(end(branch), end(replace(branch, branch=None)))
    same = replace(parent, branch=Branch(parent, 3))
    assert torch.equal(end(same), end(parent))
