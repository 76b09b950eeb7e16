"""Interrupted runs resume at their saved step: equal bits, equal steps, and nothing computed twice."""

from __future__ import annotations

import math
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import NotFinite
from gdm_studio.denoising_steps.file_format import read_intact, to_bytes
from gdm_studio.denoising_steps.step_log import digest_of
from gdm_studio.engine import recorder, resume, step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.fingerprint import READING, READING_NOW
from gdm_studio.request.generation_events import Event, Phase, Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.sampler_cases import least_counts

SAMPLERS = (
    "ddim",
    "euler_a",
    "dpmpp_2m",
    "unipc",
    "heun",
    "lms",
    "dpmpp_2m_sde",
    # With and without noise, and with histories.
)
REQUEST = Request(model="gaussian", prompt="a red disc", seed=3, steps=6, count=3, batch=2, guidance_scale=2.0)


class CountingModel(GaussianModel):
    # Evaluations of the network.
    calls = 0

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        CountingModel.calls += 1
        return super().denoised(x, at, conditioning)


def request_with(sampler: str, **changes: object) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=least_counts(sampler), **changes)


def run_until(request: Request, until: tuple[tuple[int, ...], int]) -> tuple[bytes, dict[int, Result]]:
    """Return the data saved up to a step of these images, and the final results of the run."""
    data, events = b"", list(generate(request, GaussianLibrary()))

    def keep(more: bytes, *, from_start: bool) -> None:
        nonlocal data
        data = more if from_start else data + more

    keeper = resume.StepWriter(keep)
    for advance in (event for event in events if isinstance(event, StepEvent)):
        keeper.add(advance)
        keeper.flush()
        if (advance.images, advance.step.index) == until:
            break
    return data, results_by_image(events)


def results_by_image(events: list[Event]) -> dict[int, Result]:
    return {event.image: event for event in events if isinstance(event, Result)}


def step_indices(events: list[Event]) -> list[tuple[tuple[int, ...], int]]:
    return [(event.images, event.step.index) for event in events if isinstance(event, StepEvent)]


def step_digests(result: Result) -> list[str]:
    way, library = step_history.load(result.steps), GaussianLibrary()
    return [digest_of(way.step(index, library)) for index in way.indices]


def are_equal(one: Result, other: Result) -> bool:
    return (
        np.array_equal(one.rgba, other.rgba)
        and step_digests(one) == step_digests(other)
        and one.request == other.request
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_resumes_with_its_complete_trajectory(sampler: str) -> None:
    stood, whole = run_until(request_with(sampler), ((0, 1), 4))
    went_on = list(resume.resume_run(request_with(sampler), GaussianLibrary(), progress=stood))
    made = results_by_image(went_on)
    assert set(made) == {0, 1, 2} and all(are_equal(made[image], whole[image]) for image in made)


def test_saved_steps_are_yielded_without_computing_them_again() -> None:
    CountingModel.calls = 0
    request = request_with("ddim", count=2, guidance_scale=1.0)
    stood, _ = run_until(request, ((0, 1), 4))
    went_on = list(resume.resume_run(request, GaussianLibrary(kind=CountingModel), progress=stood))
    assert step_indices(went_on) == [((0, 1), index) for index in range(1, 7)] and CountingModel.calls == 2
    advances = [event for event in went_on if isinstance(event, StepEvent)]
    assert all(event.first == 0 and event.seconds > 0 for event in advances), "what they took is known, too"


@pytest.mark.parametrize(("parts", "calls"), [({"prediction": "v"}, 6), ({}, 2)])
def test_steps_of_another_prediction_type_are_discarded(parts: dict[str, str], calls: int) -> None:
    CountingModel.calls = 0
    request, library = request_with("ddim", count=1, guidance_scale=1.0), GaussianLibrary(kind=CountingModel)
    log = read_intact(run_until(request, ((0,), 4))[0], request)
    assert log is not None
    list(resume.resume_run(request, library, progress=to_bytes(replace(log, parts=parts))))
    assert CountingModel.calls == calls


@pytest.mark.parametrize(("reading", "calls"), [(READING_NOW, 2), ("1", 6), ("", 6)])
def test_steps_of_a_version_that_reads_files_otherwise_are_discarded(reading: str, calls: int) -> None:
    CountingModel.calls = 0
    request, library = request_with("ddim", count=1, guidance_scale=1.0), GaussianLibrary(kind=CountingModel)
    foreign = replace(library.card("gaussian"), base="Stable Diffusion 1")
    with patch.object(GaussianLibrary, "card", lambda *_: foreign):
        log = read_intact(run_until(request, ((0,), 4))[0], request)
        assert log is not None
        parts = {READING: reading} if reading else {}
        events = list(resume.resume_run(request, library, progress=to_bytes(replace(log, parts=parts))))
        assert CountingModel.calls == calls
        said = [event.note for event in events if isinstance(event, Phase) and "starts again" in event.note]
        assert len(said) == (calls == 6), "the user learns why"
        progress = to_bytes(replace(log, parts={READING: "1"}))
        assert not [*resume.resume_run(request, library, finished=(0,), progress=progress)], "nothing starts again"
        saved = read_intact(resume.resume_point(request, log.start, foreign), request)
        assert saved is not None and saved.parts == {READING: READING_NOW}


def test_an_interrupted_branch_resumes_at_its_step() -> None:
    parent = request_with("ddim", count=1, guidance_scale=1.0).checked()
    branch = replace(parent, prompt="a blue disc", branch=Branch(parent, 2), count=2)
    stood, whole = run_until(branch, ((0, 1), 4))
    library = GaussianLibrary(kind=CountingModel)
    CountingModel.calls = 0
    went_on = list(resume.resume_run(branch, library, progress=stood))
    assert step_indices(went_on) == [((0, 1), index) for index in range(3, 7)] and CountingModel.calls == 2
    assert all(are_equal(made, whole[image]) for image, made in results_by_image(went_on).items())


def with_variants(request: Request) -> Request:
    """Return the request with one prompt for its first image, and another one for its other two images."""
    prompts = ("a red disc", "a blue disc", "a blue disc")
    return replace(request, template="a {red|blue} disc", prompt=prompts[0], prompts=prompts)


@pytest.mark.parametrize("is_branch", [False, True])
def test_images_with_different_prompts_resume_at_their_step(is_branch: bool) -> None:
    request = with_variants(request_with("ddim", guidance_scale=1.0))
    if is_branch:
        request = replace(request, temperature=0.9, branch=Branch(request.checked(), 2))
    stood, whole = run_until(request, ((1, 2), 4))
    CountingModel.calls = 0
    library = GaussianLibrary(kind=CountingModel)
    went_on = list(resume.resume_run(request, library, finished=(0,), progress=stood))
    assert step_indices(went_on) == [((1, 2), index) for index in range(3 if is_branch else 1, 7)]
    assert CountingModel.calls == 2
    made = results_by_image(went_on)
    assert set(made) == {1, 2} and all(are_equal(made[image], whole[image]) for image in made)


def test_steps_of_another_prompt_are_discarded() -> None:
    request = with_variants(request_with("ddim", guidance_scale=1.0))
    log = read_intact(run_until(request, ((1, 2), 4))[0], request)
    assert log is not None and log.request.prompt == "a blue disc"
    for images in ((0, 1), ()):
        CountingModel.calls = 0
        progress = to_bytes(replace(log, images=images))
        list(resume.resume_run(request, GaussianLibrary(kind=CountingModel), progress=progress))
        assert CountingModel.calls == 12


def test_steps_do_not_wait_for_the_hash_of_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save steps only once the weights' hash is known, which takes a minute for a large model."""
    known, kept_steps = False, list[bytes]()
    monkeypatch.setattr(recorder, "is_known", lambda card: known)
    monkeypatch.setattr(resume, "WRITE_INTERVAL", 0.0)
    keeper = resume.StepWriter(lambda data, *, from_start: kept_steps.append(data))
    for event in generate(request_with("ddim", count=1), GaussianLibrary()):
        if isinstance(event, StepEvent):
            known = event.step.index >= 4
            keeper.add(event)
            assert bool(kept_steps) is known
    assert len(kept_steps) == 3
    (made,) = results_by_image(
        list(resume.resume_run(request_with("ddim", count=1), GaussianLibrary(), progress=kept_steps[0]))
    ).values()
    assert made.rgba.shape == (128, 128, 4)


@pytest.mark.parametrize("finished", [(0,), (0, 1), (2,), (1, 2)])
def test_finished_images_are_not_generated_again(finished: tuple[int, ...]) -> None:
    stood, whole = run_until(request_with("euler_a"), ((0, 1), 3))
    made = results_by_image(
        list(resume.resume_run(request_with("euler_a"), GaussianLibrary(), finished=finished, progress=stood))
    )
    assert set(made) == {0, 1, 2} - set(finished) and all(are_equal(made[image], whole[image]) for image in made)


def test_a_second_batch_resumes_by_itself() -> None:
    stood, whole = run_until(request_with("dpmpp_2m"), ((2,), 2))
    made = results_by_image(
        list(resume.resume_run(request_with("dpmpp_2m"), GaussianLibrary(), finished=(0, 1), progress=stood))
    )
    assert set(made) == {2} and are_equal(made[2], whole[2])


@pytest.mark.parametrize("is_flushed", [True, False], ids=["saved", "buffered"])
def test_restarted_steps_replace_earlier_ones(is_flushed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace earlier steps of the same batch, as after running out of memory, on the disk or in the buffer."""
    request, data = request_with("ddim", count=1, guidance_scale=1.0), b""

    def keep(more: bytes, *, from_start: bool) -> None:
        nonlocal data
        data = more if from_start else data + more

    monkeypatch.setattr(resume, "WRITE_INTERVAL", math.inf)
    keeper = resume.StepWriter(keep)
    advances = [event for event in generate(request, GaussianLibrary()) if isinstance(event, StepEvent)]
    for advance in (*advances[:3], *advances[:4]):
        keeper.add(advance)
        if is_flushed:
            keeper.flush()
    keeper.flush()
    CountingModel.calls = 0
    list(resume.resume_run(request, GaussianLibrary(kind=CountingModel), progress=data))
    assert CountingModel.calls == 2


@pytest.mark.slow
def test_truncated_progress_gives_the_same_images() -> None:
    request = request_with("dpmpp_2m", count=1)
    stood, whole = run_until(request, ((0,), 5))
    for length in (*range(0, len(stood), 997), len(stood) - 1):
        (made,) = results_by_image(
            list(resume.resume_run(request, GaussianLibrary(), progress=stood[:length]))
        ).values()
        assert are_equal(made, whole[0]), length


@pytest.mark.parametrize(
    "change", [{"steps": 9}, {"spacing": "linspace"}, {"guidance_scale": 1.5}, {"seed": 8}], ids=str
)
def test_steps_of_other_settings_are_discarded(change: dict[str, object]) -> None:
    stood, _ = run_until(request_with("ddim", count=1), ((0,), 5))
    other = request_with("ddim", count=1, **change)
    (made,) = results_by_image(list(resume.resume_run(other, GaussianLibrary(), progress=stood))).values()
    (plain,) = results_by_image(list(generate(other, GaussianLibrary()))).values()
    assert are_equal(made, plain)


def test_a_branch_starts_from_a_step_in_memory() -> None:
    parent = request_with("ddim", count=1).checked()
    third = next(event for event in generate(parent, GaussianLibrary()) if isinstance(event, StepEvent))
    branch = replace(parent, prompt="a blue disc", branch=Branch(parent, 1), count=2)
    stood = resume.resume_point(branch, third.step)
    went_on = list(resume.resume_run(branch, GaussianLibrary(), progress=stood))
    plain = results_by_image(list(generate(branch, GaussianLibrary())))
    assert [index for _, index in step_indices(went_on)][:5] == [2, 3, 4, 5, 6]
    assert all(np.array_equal(plain[image].rgba, made.rgba) for image, made in results_by_image(went_on).items())


@pytest.mark.parametrize("finished", [(), (0,), (1,)])
def test_images_with_separate_parents_resume_separately(finished: tuple[int, ...]) -> None:
    parents = request_with("ddim", batch=3).checked()
    first = next(event for event in generate(parents, GaussianLibrary()) if isinstance(event, StepEvent))
    branch = replace(parents, prompt="a blue disc", branch=Branch(parents, 1))
    stood = resume.resume_point(branch, first.step)
    went_on = results_by_image(list(resume.resume_run(branch, GaussianLibrary(), finished=finished, progress=stood)))
    plain = results_by_image(list(generate(branch, GaussianLibrary())))
    assert set(went_on) == {0, 1, 2} - set(finished)
    assert all(are_equal(made, plain[image]) for image, made in went_on.items())


def test_non_finite_numbers_raise_an_error_with_a_remedy() -> None:
    class Overflowing(GaussianModel):
        def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
            return super().denoised(x, at, conditioning) * torch.inf

    for dtype, remedy in (("bf16", "fp32"), ("fp32", "calm")):
        with pytest.raises(NotFinite) as found:
            list(generate(replace(REQUEST, dtype=dtype), GaussianLibrary(kind=Overflowing)))
        assert found.value.remedy == remedy
