"""Reproduction checks: regenerated images, and the reasons for differences."""

import os
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.engine.reproduction_verdict import Verdict
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel
from tests.helpers.verdicts import run_to_verdict

REQUEST = CARD.checked(
    Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=6, guidance_scale=2.0, device="cpu")
)


def generate_result(request: Request = REQUEST) -> Result:
    return [event for event in generate(request, GaussianLibrary()) if isinstance(event, Result)][0]


def check(result: Result, *, library: GaussianLibrary | None = None, **options) -> Verdict:
    made_with = options.pop("made_with", {"torch": version("torch"), **result.made.note()})
    request = Request.from_json(result.request.to_json())
    events = check_reproduction(
        result.rgba, request, library or GaussianLibrary(), stopped_at=result.stopped_at, made_with=made_with, **options
    )
    return run_to_verdict(events)


@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        replace(REQUEST, sampler="euler_a", knobs={}),
        replace(REQUEST, prompt="a calm blue disc", branch=Branch(REQUEST, 3)),
        replace(REQUEST, toward=Interpolation("a calm blue disc", 3, 0.4)),
    ],
    ids=["plain", "stochastic", "branch", "between"],
)
def test_an_image_reproduces_from_its_file(request_: Request) -> None:
    found = check(generate_result(request_))
    assert (found.answer, found.largest, found.share, found.reasons) == ("exactly", 0, 0.0, ())
    assert str(found) == "It reproduces exactly."


def test_a_stopped_image_reproduces_up_to_its_step() -> None:
    advances = [event for event in generate(REQUEST, GaussianLibrary()) if isinstance(event, StepEvent)]
    (stopped,) = decode_partial_results(REQUEST, advances[2])
    found = check(stopped)
    assert found.answer == "exactly" and found.reproduction.stopped_at == 3


def test_a_stopped_branch_of_a_request_without_size_reproduces() -> None:
    branch = replace(REQUEST, prompt="a calm blue disc", branch=Branch(replace(REQUEST, size=None), 2), size=None)
    advances = [event for event in generate(branch, GaussianLibrary()) if isinstance(event, StepEvent)]
    (stopped,) = decode_partial_results(branch, advances[1])
    assert stopped.request.branch is not None and stopped.request.branch.parent.size == stopped.request.size
    assert Request.from_json(stopped.request.to_json()).checked() == stopped.request
    assert check(stopped).answer == "exactly"


def test_transparent_colours_are_ignored() -> None:
    result = generate_result()
    picture = result.rgba.copy()
    clear = picture[..., 3] == 0
    assert clear.any()
    picture[clear] = (255, 0, 255, 0)
    assert check(replace(result, rgba=picture)).answer == "exactly"


def test_the_smallest_difference_is_one() -> None:
    result = generate_result()
    for alpha in (3, 100, 254, 255):
        picture = result.rgba.copy()
        picture[0, 0] = (80, 80, 80, alpha)
        other = picture.copy()
        other[0, 0, 1] += 1
        library = GaussianLibrary(kind=model_returning(picture))
        assert check(replace(result, rgba=picture), library=library).answer == "exactly"
        found = check(replace(result, rgba=other), library=library)
        assert (found.answer, found.largest) == ("nearly", 1) and found.share == 1 / (result.rgba.size // 4)


def model_returning(picture: np.ndarray) -> type[GaussianModel]:
    class Drawing(GaussianModel):
        def decode(self, x):
            return torch.from_numpy(picture)[None].expand(len(x), -1, -1, -1)

    return Drawing


def test_differences_are_measured_and_explained() -> None:
    class Other(GaussianModel):
        def denoised(self, x, at, conditioning):
            return super().denoised(x, at, conditioning) * 0.99

    there = {"torch": "1.0", "device": "CPU · 999 threads", "dtype": "fp32", "model_hash": "abc", "version": "Studio 0"}
    found = check(generate_result(), library=GaussianLibrary(kind=Other), made_with=there, unread=["glare"])
    assert found.answer == "nearly" and 0 < found.largest <= 16 and 0 < found.share <= 1
    assert f"more than {found.largest} of 255" in str(found)
    for words in ("settings: glare", "Studio 0", "torch 1.0", "999 threads"):
        assert any(words in reason for reason in found.reasons), words
    assert not any("fp32" in reason or "weights" in reason for reason in found.reasons)


@pytest.mark.parametrize(("apart", "answer"), [(16, "nearly"), (17, "no")])
def test_nearly_allows_a_difference_of_sixteen(apart: int, answer: str) -> None:
    result = generate_result()
    picture = np.full_like(result.rgba, 255)
    other = picture.copy()
    other[0, 0, 0] -= apart
    found = check(replace(result, rgba=other), library=GaussianLibrary(kind=model_returning(picture)))
    assert (found.largest, found.answer) == (apart, answer)


def test_reproduction_uses_the_original_thread_count() -> None:
    seen: list[int] = []

    class Watched(GaussianModel):
        def denoised(self, x, at, conditioning):
            seen.append(torch.get_num_threads())
            return super().denoised(x, at, conditioning)

    before = torch.get_num_threads()
    other = 1 if before > 1 else 2
    if other > (os.cpu_count() or 1):
        pytest.skip("there is only one core")
    words = f"CPU · {other} thread{'s' * (other > 1)}"
    check(generate_result(), library=GaussianLibrary(kind=Watched), made_with={"device": words})
    assert set(seen) == {other} and torch.get_num_threads() == before


def test_another_image_does_not_reproduce() -> None:
    result = generate_result()
    found = check(replace(result, rgba=255 - result.rgba))
    assert found.answer == "no" and found.largest > 16 and "may have been changed" in found.reasons[0]
    smaller = check(replace(result, rgba=result.rgba[:64]))
    assert smaller.answer == "no" and "128x64 pixels" in smaller.reasons[0]
    # Their pixels were not compared.
    assert str(smaller) == "It does not reproduce." and "differ by up to" in str(found)


def test_a_jpeg_is_compared_on_white() -> None:
    result = generate_result()
    alpha = result.rgba[..., 3:] / 255
    on_white = (alpha * result.rgba[..., :3] + (1 - alpha) * 255).round().astype(np.uint8)
    assert check(replace(result, rgba=on_white), jpeg=True).answer == "exactly"
    on_white[0, 0] -= 3
    found = check(replace(result, rgba=on_white), jpeg=True)
    assert (found.answer, found.largest) == ("nearly", 3) and "JPEG" in found.reasons[0]


def test_a_missing_device_is_replaced() -> None:
    result = generate_result()
    elsewhere = replace(result, request=replace(result.request, device="cuda:7"))
    assert check(elsewhere, made_with={"device": "NVIDIA H200", "dtype": "fp32"}).answer == "exactly"


def test_a_missing_model_is_an_error() -> None:
    result = generate_result()
    with pytest.raises(ModelError):
        check(replace(result, request=replace(result.request, model="other")))
