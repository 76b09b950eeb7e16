"""Cache of deep features: when the whole network is evaluated, and equal bits alone, in a batch and after a pause."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs, resume
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.noise_path import Step
from gdm_studio.models.batch_features import whole_steps
from gdm_studio.networks.icons.unet import UNet
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.studio.model_compatibility import drop_unsupported, fit_request
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.sampler_cases import least_counts
from tests.helpers.tiny_model import NAME, TinyLibrary

REQUEST = Request(model=NAME, prompt="a red fox", seed=5, steps=8, cache_interval=2, guidance_scale=3.0, style="plain")


@pytest.fixture
def whole_rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List that gets the number of rows of each evaluation of the deep layers."""
    found: list[int] = []
    run = UNet._run_inner_blocks

    def counted(network: UNet, h: torch.Tensor, *given: Any) -> torch.Tensor:
        found.append(len(h))
        return run(network, h, *given)

    monkeypatch.setattr(UNet, "_run_inner_blocks", counted)
    return found


def run(request: Request, **changes: Any) -> tuple[list[Step], np.ndarray]:
    """Return the steps of a run and its images."""
    events = list(generate(request, TinyLibrary(), **changes))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    return steps, np.stack([event.rgba for event in events if isinstance(event, Result)])


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["dpmpp_2m", "heun", "euler_a"])
def test_a_run_with_cached_features_resumes_with_the_same_bits(sampler: str) -> None:
    request = replace(REQUEST, sampler=sampler, knobs=least_counts(sampler))
    steps, images = run(request)
    for step in steps[:4]:
        later, found = run(request, resume=step)
        assert np.array_equal(found, images), f"after step {step.index}"
        assert all(one.x.equal(other.x) for one, other in zip(later, steps[step.index :], strict=True))
    exact, _ = run(replace(request, cache_interval=1))
    assert exact[0].x.equal(steps[0].x) and not exact[1].x.equal(steps[1].x)


def test_an_image_has_the_same_bits_alone_and_in_a_batch() -> None:
    _, images = run(replace(REQUEST, count=3))
    assert np.array_equal(run(replace(REQUEST, count=3), images=[1])[1][0], images[1])
    assert np.array_equal(run(REQUEST.picture(0))[1][0], images[0])


def test_the_deep_layers_are_evaluated_in_the_steps_of_the_schedule(whole_rows: list[int]) -> None:
    steps, _ = run(REQUEST)
    # With guidance, each evaluation has two rows, which are computed separately or together.
    assert sum(whole_rows) == 2 * len(whole_steps(8, 2)) == 8
    assert [step.index for step in steps if not step.memory] == [2, 4, 6, 8], "before a whole step"
    whole_rows.clear()
    run(REQUEST, resume=steps[2])
    assert sum(whole_rows) == 2 * 3, "the features of step 3 are computed again from its input"


def test_the_schedule_spares_both_ends_of_the_path() -> None:
    assert sorted(whole_steps(20, 2)) == [1, 6, 8, 10, 12, 14, 16, 18]
    assert whole_steps(20, 1) == frozenset(range(1, 21))
    for count in range(1, 60):
        for interval in range(1, 6):
            found = sorted(whole_steps(count, interval))
            assert found[0] == 1 and found[-1] <= count
            assert all(later - step >= interval for step, later in pairwise(found))


def test_saved_steps_do_not_grow_and_restore_the_cache() -> None:
    parts: list[bytes] = []
    writer = resume.StepWriter(lambda data, *, from_start: parts.append(data))
    events = list(generate(REQUEST, TinyLibrary()))
    sizes = []
    for event in (event for event in events if isinstance(event, StepEvent)):
        writer.add(event)
        writer.flush()
        sizes.append(sum(map(len, parts)))
    (whole,) = (event for event in events if isinstance(event, Result))
    growth = np.diff(sizes)
    latents = 4 * 4 * 16 * 16
    assert growth.max() < 3.5 * latents, "x, the prediction and the sampler's history, but no input a second time"
    stopped = b"".join(parts[:3])
    (resumed,) = (
        event for event in resume.resume_run(REQUEST, TinyLibrary(), progress=stopped) if isinstance(event, Result)
    )
    assert np.array_equal(resumed.rgba, whole.rgba)


@pytest.mark.slow
def test_a_branch_of_another_prompt_begins_with_new_features() -> None:
    parent = TinyLibrary().card(NAME).checked(REQUEST)
    steps, _ = run(parent)
    branch = replace(parent, prompt="a blue owl", branch=Branch(parent, 3))
    again, images = run(branch)
    resumed, found = run(branch, resume=steps[2])
    assert np.array_equal(images, found) and resumed[0].x.equal(again[0].x)
    for step in again[:2]:
        assert np.array_equal(run(branch, resume=step)[1], images)
    same = replace(parent, seed=99, branch=Branch(parent, 3))
    assert np.array_equal(run(same)[1], run(same, resume=steps[2])[1]), "the features of the parent are reused"


@pytest.mark.parametrize("controls", [{"guidance_from": 0.4}, {"guidance_until": 0.6}, {"guidance_until": 0.45}])
def test_features_follow_guidance_that_begins_or_ends_within_the_run(controls: dict[str, float]) -> None:
    """At 0.45, guidance ends between two whole steps, and the features are those of the last one nevertheless."""
    request = replace(REQUEST, controls=controls, steps=9, cache_interval=3)
    steps, images = run(request)
    for step in steps[2:6]:
        assert np.array_equal(run(request, resume=step)[1], images), f"after step {step.index}"


def test_a_start_image_is_changed_with_cached_features(whole_rows: list[int]) -> None:
    image = image_inputs.store(np.full((64, 64, 4), 200, np.uint8))
    request = replace(REQUEST, image=image, strength=0.7)
    steps, images = run(request)
    assert sum(whole_rows) < 2 * len(steps)
    assert all(np.array_equal(run(request, resume=step)[1], images) for step in steps[:3])


def test_damaged_memory_is_refused() -> None:
    steps, _ = run(REQUEST)
    x, numbers = steps[0].memory
    for memory in ((x,), (x, numbers[:, :3]), (x[:, :1], numbers), (x, torch.full_like(numbers, -1)), (numbers, x)):
        with pytest.raises(BadRequest, match="made with other settings"):
            run(REQUEST, resume=replace(steps[0], memory=memory))


def test_a_model_without_reusable_features_refuses_the_cache() -> None:
    library = GaussianLibrary()
    request = replace(REQUEST, model="gaussian", style="")
    with pytest.raises(BadRequest, match="set the cache interval to 1"):
        next(generate(request, library))
    card = library.card("gaussian")
    assert drop_unsupported(request, card.accepts).cache_interval == 1
    fitted, left_out = fit_request(request, card)
    assert fitted.cache_interval == 1 and "feature cache" in left_out


def test_the_cache_counts_in_the_digest_only_if_it_is_used() -> None:
    off = partial(replace, REQUEST.checked())
    assert off(cache_interval=2).digest() != off(cache_interval=1).digest() != off(cache_interval=3).digest()
