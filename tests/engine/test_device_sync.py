"""Steps never synchronise with the device: no values are read back, and no transfer blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gdm_studio.engine.generation_loop import denoise_stage
from gdm_studio.engine.initial_state import state_from_noise
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.loaded_model import LoadedModel
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from tests.helpers.device_sync import NoDeviceSync
from tests.helpers.gaussian_model import CARD, GaussianModel
from tests.helpers.sampler_cases import least_counts

# On this device, tensors have no values to read.
META = torch.device("meta")
MEASURED = replace(CARD, score_norms=((-4.0, 0.2), (0.0, 0.6), (4.0, 0.99)))
# The step size depends on the error, as the sampler's summary says.
SYNCHRONISING = {"ode_rk45"}
ASYNCHRONOUS = [
    name for name, spec in SAMPLERS.items() if spec.needs in ("", "reverse_variance") and name not in SYNCHRONISING
]
REQUEST = Request(model="gaussian", prompt="a cheerful red disc", steps=5, guidance_scale=3.0, temperature=0.8)
GUIDANCE = {"guidance_rescale": 0.5, "guidance_from": 0.2, "dynamic_threshold": 0.9, "clip": 3.0}


def run_steps(model: LoadedModel, request: Request) -> Iterator[Step]:
    pipeline = Pipeline(model, request, tuple(range(request.count)))
    (stage,) = pipeline.stages
    return denoise_stage(stage, pipeline, state_from_noise(pipeline, stage))


def request_with(sampler: str, **changes: Any) -> Request:
    return replace(REQUEST, sampler=sampler, knobs=least_counts(sampler), count=2, **changes).checked()


def gaussian_on(device: torch.device) -> GaussianModel:
    return GaussianModel(MEASURED, edm(), device, torch.float32)


def icons_on(device: torch.device) -> IconsModel:
    model = Library().load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert isinstance(model, IconsModel)
    parts = {name: getattr(model, name).to(device) for name in ("text", "unet", "vae")}
    return replace(model, rows=RowEvaluator(device), **parts)


@pytest.mark.parametrize("sampler", ASYNCHRONOUS)
def test_samplers_never_read_from_the_device(sampler: str) -> None:
    # The prompt is encoded before the first step.
    made = run_steps(gaussian_on(META), request_with(sampler))
    with NoDeviceSync():
        assert [step.index for step in made][-1] == 5


def test_controls_never_read_from_the_device() -> None:
    made = run_steps(gaussian_on(META), replace(request_with("heun"), controls=GUIDANCE))
    with NoDeviceSync():
        assert [step.index for step in made][-1] == 5


class OnMeta(IconsModel):
    """A model without autocast, which does not support the device and is not needed for fp32."""

    def _run_unet(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.unet(*inputs)


@pytest.mark.slow
def test_the_built_in_model_never_reads_from_the_device() -> None:
    model = OnMeta(**vars(icons_on(META)))
    # A colour, or a seed that chooses the drawing, would change a memorised drawing's pixels before the first step.
    prompt = "a cheerful disc"
    made = run_steps(model, request_with("euler_a", model=BUILT_IN, prompt=prompt, rules=1))
    with NoDeviceSync():
        (*_, last) = made
    assert last.x.device == META and last.x.shape == (2, *last.x.shape[1:])


def test_synchronisation_is_detected() -> None:
    x = torch.zeros(2, device=META)
    for waiting in (lambda: torch.zeros(2).sum().item(), lambda: x.cpu(), lambda: bool(torch.zeros(1) > 0),
                    lambda: torch.zeros(2).to(META)):  # fmt: skip
        with pytest.raises((AssertionError, RuntimeError, NotImplementedError)), NoDeviceSync():
            waiting()


class OperationOrder(TorchDispatchMode):
    """A dispatch mode that records the order of operations."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func).split(".")[1])
        return func(*args, **(kwargs or {}))


def test_noise_is_drawn_one_step_ahead_with_equal_values() -> None:
    like = torch.empty(2, 4, 8, 8)
    noise, in_time = KeyedNoise([5, 6]), {step: KeyedNoise([5, 6])(step, like) for step in (0, 1, 2, 5)}
    assert all(torch.equal(noise(step, like), in_time[step]) for step in (0, 1, 2, 5, 1))
    wide = torch.empty(2, 4, 16, 16)
    assert torch.equal(noise(3, wide), KeyedNoise([5, 6])(3, wide))
    there = wide.to(META)
    with OperationOrder() as order:
        noise(4, there)
    assert order.names.index("_to_copy") < order.names.index("randn")
