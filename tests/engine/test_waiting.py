"""No step waits for its device: nothing is read back from it, and nothing is sent there that would have to wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gdm_studio.engine.course import Course
from gdm_studio.engine.denoising import denoising_in
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.starts import begun
from gdm_studio.maths.path import Step
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.icons_model import IconsModel
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.models.rows import Rows
from gdm_studio.request import BUILT_IN, Request
from tests.helpers.briefly import fewest
from tests.helpers.gaussian_model import CARD, GaussianModel
from tests.helpers.waiting import NoWaiting

META = torch.device("meta")  # where tensors have no numbers that could be read
MEASURED = replace(CARD, score_norms=((-4.0, 0.2), (0.0, 0.6), (4.0, 0.99)))
WAITS = {"ode_rk45"}  # the step size depends on the error, as its summary says
FREE = [name for name, spec in SAMPLERS.items() if spec.needs in ("", "reverse_variance") and name not in WAITS]
REQUEST = Request(model="gaussian", prompt="a cheerful red disc", steps=5, guidance_scale=3.0, temperature=0.8)
GUIDANCE = {"guidance_rescale": 0.5, "guidance_from": 0.2, "dynamic_threshold": 0.9, "clip": 3.0}


def steps(model: LoadedModel, request: Request) -> Iterator[Step]:
    course = Course(model, request, tuple(range(request.count)))
    (leg,) = course.legs
    return denoising_in(leg, course, begun(course, leg))


def briefly(sampler: str, **changes: Any) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=fewest(sampler), count=2, **changes).checked()


def gaussian(device: torch.device) -> GaussianModel:
    return GaussianModel(MEASURED, edm(), device, torch.float32)


def icons(device: torch.device) -> IconsModel:
    model = Library().load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert isinstance(model, IconsModel)
    parts = {name: getattr(model, name).to(device) for name in ("text", "unet", "vae")}
    return replace(model, rows=Rows(device), **parts)


@pytest.mark.parametrize("sampler", FREE)
def test_no_sampler_reads_from_the_device(sampler: str) -> None:
    made = steps(gaussian(META), briefly(sampler))  # the prompt is encoded before the first step
    with NoWaiting():
        assert [step.index for step in made][-1] == 5


def test_no_control_reads_from_the_device() -> None:
    made = steps(gaussian(META), replace(briefly("heun"), controls=GUIDANCE))
    with NoWaiting():
        assert [step.index for step in made][-1] == 5


class OnMeta(IconsModel):
    """autocast does not know the device; fp32 does without it."""

    def _network(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.unet(*inputs)


def test_the_built_in_model_does_not_read_from_the_device() -> None:
    model = OnMeta(**vars(icons(META)))
    prompt = "a cheerful disc"  # a colour would be turned in a picture, before the first step
    made = steps(model, briefly("euler_a", model=BUILT_IN, prompt=prompt))
    with NoWaiting():
        (*_, last) = made
    assert last.x.device == META and last.x.shape == (2, *last.x.shape[1:])


def test_the_test_itself_notices_what_waits() -> None:
    x = torch.zeros(2, device=META)
    for waiting in (lambda: torch.zeros(2).sum().item(), lambda: x.cpu(), lambda: bool(torch.zeros(1) > 0),
                    lambda: torch.zeros(2).to(META)):  # fmt: skip
        with pytest.raises((AssertionError, RuntimeError, NotImplementedError)), NoWaiting():
            waiting()


class Order(TorchDispatchMode):
    """Notes what is done, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func).split(".")[1])
        return func(*args, **(kwargs or {}))


def test_a_draw_is_made_a_step_ahead_and_is_the_same_as_one_in_time() -> None:
    like = torch.empty(2, 4, 8, 8)
    noise, in_time = KeyedNoise([5, 6]), {step: KeyedNoise([5, 6])(step, like) for step in (0, 1, 2, 5)}
    assert all(torch.equal(noise(step, like), in_time[step]) for step in (0, 1, 2, 5, 1))
    wide = torch.empty(2, 4, 16, 16)
    assert torch.equal(noise(3, wide), KeyedNoise([5, 6])(3, wide))
    there = wide.to(META)
    with Order() as order:
        noise(4, there)
    assert order.names.index("_to_copy") < order.names.index("randn")
