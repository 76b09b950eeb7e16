"""Interpolation between two images: mixed noise and predictions, with exact ends."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import noise_of
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a red disc", seed=11, steps=5, sampler="euler_a", device="cpu")
OTHER = "a calm blue disc"


def generate_images(request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def last_latents(request: Request) -> torch.Tensor:
    return [event for event in generate(request, GaussianLibrary()) if isinstance(event, StepEvent)][-1].step.x


def with_target(amount: float, *, prompt: str = OTHER, seed: int = 99, then: Interpolation | None = None) -> Request:
    return replace(REQUEST, toward=Interpolation(prompt, seed, amount, then))


def test_both_ends_equal_the_two_images_bit_by_bit() -> None:
    assert torch.equal(last_latents(with_target(0.0)), last_latents(REQUEST))
    assert torch.equal(last_latents(with_target(1.0)), last_latents(replace(REQUEST, prompt=OTHER, seed=99)))


def test_the_distance_grows_with_the_amount() -> None:
    ends = [last_latents(with_target(amount)) for amount in (0.0, 0.1, 0.5, 1.0)]
    apart = [float((each - ends[0]).square().mean()) for each in ends]
    assert 0 < apart[1] < apart[2] < apart[3]
    for weights in (with_target(0.5).seed_weights().values(), with_target(0.5).prompt_weights().values()):
        one, other = weights
        assert one == pytest.approx(other)


@pytest.mark.parametrize("amount", [0.1, 0.5, 0.9])
def test_interpolated_noise_is_standard_normal(amount: float) -> None:
    like, request = torch.empty(3, 64, 32, 32), replace(with_target(amount), count=3)
    noise = noise_of(request, (0, 1, 2))
    for step, draw in ((0, 0), (3, 0), (3, 1)):
        rows = noise(step, like, draw)
        assert float(rows.mean()) == pytest.approx(0, abs=0.02) and float(rows.std()) == pytest.approx(1, abs=0.02)
    ends = [noise_of(each, (0, 1, 2))(3, like) for each in (REQUEST, replace(REQUEST, seed=99))]
    for end_draw, share in zip(ends, (math.cos, math.sin), strict=True):
        assert float((draw_step_3(noise, like) * end_draw).mean()) == pytest.approx(
            share(amount * math.pi / 2), abs=0.02
        )


def draw_step_3(noise, like: torch.Tensor) -> torch.Tensor:
    return noise(3, like)


def test_an_equal_seed_or_prompt_needs_no_extra_evaluations() -> None:
    rows: list[int] = []

    class Counting(GaussianModel):
        def denoised(self, x, at, conditioning):
            rows.append(len(x))
            return super().denoised(x, at, conditioning)

    def evaluated(request: Request) -> int:
        rows.clear()
        list(generate(request, GaussianLibrary(kind=Counting)))
        return sum(rows)

    other_seed = with_target(0.3, prompt=REQUEST.prompt)
    assert evaluated(other_seed) == evaluated(REQUEST) < evaluated(with_target(0.3))
    assert other_seed.prompt_weights() == {REQUEST.prompt: 1.0}
    assert with_target(0.3, seed=11).seed_weights() == {11: 1.0}
    assert torch.equal(last_latents(with_target(0.3, prompt=REQUEST.prompt, seed=11)), last_latents(REQUEST))


def test_images_of_a_batch_interpolate_independently() -> None:
    three = replace(with_target(0.4), count=3, batch=3)
    assert three.picture(2).toward == Interpolation(OTHER, 101, 0.4)
    for index, picture in enumerate(generate_images(three)):
        assert np.array_equal(picture, generate_images(three.picture(index))[0])


def test_chained_interpolations_start_from_each_other() -> None:
    walk = with_target(0.3, then=Interpolation(REQUEST.prompt, 500, 0.3))
    weights = walk.seed_weights()
    assert list(weights) == [11, 99, 500] and math.hypot(*weights.values()) == pytest.approx(1)
    assert sum(walk.prompt_weights().values()) == pytest.approx(1)
    assert not torch.equal(last_latents(walk), last_latents(with_target(0.3)))
    there = with_target(0.3, then=Interpolation(OTHER, 500, 1.0))
    assert torch.equal(last_latents(there), last_latents(replace(REQUEST, prompt=OTHER, seed=500)))
    back = with_target(1.0, then=Interpolation(REQUEST.prompt, 11, 1.0))
    assert torch.equal(last_latents(back), last_latents(REQUEST))


def test_a_branch_may_add_an_interpolation() -> None:
    parent = CARD.checked(REQUEST)
    branch = replace(parent, toward=Interpolation(OTHER, 99, 0.5), branch=Branch(parent, 3))
    again = Request.from_json(branch.to_json())
    assert again == branch.checked() and torch.equal(last_latents(branch), last_latents(again))
    assert not torch.equal(last_latents(branch), last_latents(parent))
    assert not torch.equal(last_latents(branch), last_latents(replace(branch, branch=None)))
    same = replace(parent, branch=Branch(parent, 3))
    assert torch.equal(last_latents(same), last_latents(parent))
