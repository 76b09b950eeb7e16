"""Absence of synchronisation: no step of a run waits for its device, with any sampler and any controls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.device_sync import forbid_device_sync
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.gpu import HAS_CUDA, MARKS
from tests.helpers.sampler_cases import least_counts

WAITS = {"ode_rk45"}  # the step size depends on the error, as its summary says
FREE = [name for name, spec in SAMPLERS.items() if spec.needs in ("", "reverse_variance") and name not in WAITS]
BUDGET = 2_000_000  # bytes of steps a picture, which are kept without waiting too
GUIDANCE = {"guidance_rescale": 0.5, "guidance_from": 0.2, "dynamic_threshold": 0.9, "clip": 3.0}
SETTINGS = {"steps": 5, "guidance_scale": 3.0, "temperature": 0.8, "controls": GUIDANCE, "count": 2, "batch": 2}


class Measured(GaussianLibrary):
    """The Gaussian model with score norms, as samplers of measured variance need them."""

    def card(self, name: str) -> ModelCard:
        return replace(super().card(name), score_norms=((-4.0, 0.2), (0.0, 0.6), (4.0, 0.99)))

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype) -> GaussianModel:
        return replace(super().load(name, device=device, dtype=dtype), card=self.card(name))


def watched(request: Request, library: Library, device: torch.device) -> Iterator[int]:
    """Yield the numbers of the steps. Raises if a step after the first, which may load kernels, waits."""
    events = generate(replace(request, device=str(device)), library, steps_budget=BUDGET)
    index, of = 0, request.steps
    while index < of:
        with forbid_device_sync(device) if index else nullcontext():
            event = next(events)
        if isinstance(event, StepEvent):
            index = event.step.index
            yield index
    assert list(events), "the pictures follow"


ON_A_GPU = FREE if HAS_CUDA else FREE[:1]  # without one, one is skipped and says so


@pytest.mark.parametrize(
    ("place", "sampler"),
    [("cpu", "dpmpp_2m_sde"), *(pytest.param("cuda", name, marks=MARKS) for name in ON_A_GPU)],
)
def test_no_sampler_waits(place: str, sampler: str) -> None:
    request = Request(model="gaussian", prompt="a disc", sampler=sampler, knobs=least_counts(sampler), **SETTINGS)
    assert list(watched(request, Measured(), torch.device(place))) == [1, 2, 3, 4, 5]  # type: ignore[arg-type]


def test_no_network_waits(device: torch.device, library: Library, asked: Request) -> None:
    request = replace(asked, sampler="euler_a", **SETTINGS)
    assert list(watched(request, library, device)) == [1, 2, 3, 4, 5]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "flux1 dev"])
def test_no_step_of_a_checkpoint_waits(kind: str, device: torch.device) -> None:
    if kind == "sd1":
        tiny_stable.write(paths.models_dir() / "tiny.safetensors", kind)
    else:
        tiny_transformers.write_files(paths.models_dir(), kind)
    library = Library()
    given = {"model": "tiny", "prompt": "a disc", "size": (128, 128), "steps": 3, "count": 2, "batch": 2}
    request = replace(library.card("tiny").default_request(), **given)
    assert list(watched(request, library, device)) == [1, 2, 3]


def test_waiting_is_noticed(device: torch.device) -> None:
    there = torch.ones(2, device=device)
    with pytest.raises((AssertionError, RuntimeError)), forbid_device_sync(device):
        there.sum().item()
    assert there.sum().item() == 2, "and allowed again afterwards"
