"""Equality of images from the same seed on a GPU and on the CPU, also for resumed runs, steps and views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.reproduction import NEAR
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable
from tests.helpers.gpu import premultiplied_images, run_on

CPU = torch.device("cpu")
# of 255: what most pixels keep to, far below the NEAR that a single one may differ by
ON_AVERAGE = 0.25


def assert_near(found: np.ndarray, wanted: np.ndarray) -> None:
    apart = np.abs(found - wanted)
    assert apart.max() <= NEAR and apart.mean() <= ON_AVERAGE, f"{apart.max()} at most, {apart.mean()} on average"


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "euler_a"])
def test_the_same_picture_as_on_the_cpu(sampler: str, device: torch.device, library: Library, asked: Request) -> None:
    request = replace(asked, sampler=sampler)
    events = run_on(request, library, device)
    assert_near(premultiplied_images(events), premultiplied_images(run_on(request, library, CPU)))
    results = [event for event in events if isinstance(event, Result)]
    assert {result.made.dtype for result in results if result.made} == {"fp32"}


def test_a_step_of_the_cpu_goes_on_elsewhere(device: torch.device, library: Library, asked: Request) -> None:
    events = run_on(asked, library, CPU)
    step = next(event.step for event in events if isinstance(event, StepEvent) and event.step.index == 3)
    gone_on = run_on(asked, library, device, resume=step)
    assert [event.step.index for event in gone_on if isinstance(event, StepEvent)] == [4, 5, 6]
    assert_near(premultiplied_images(gone_on), premultiplied_images(events))


def test_steps_are_kept_and_seen_alike(device: torch.device, library: Library, asked: Request) -> None:
    """Check that the views of a run on a GPU are in main memory, and equal those of the CPU."""
    found = {}
    for place in (device, CPU):
        previews = Previews(budget=0.0)  # nothing is decoded by the clock
        events = run_on(replace(asked, steps=4), library, place)
        views = {
            (view.image, view.index): view
            for event in events
            if isinstance(event, StepEvent)
            for view in previews.views(event)
        }
        found[place.type] = views | {(view.image, view.index): view for view in previews.decode_waiting()}
        assert all(event.steps for event in events if isinstance(event, Result)), "the steps are in the result"
    there, here = found[device.type], found["cpu"]
    assert there.keys() == here.keys() and len(there) == 8
    for key, view in there.items():
        assert view.decoded and not view.predicted.flags.writeable
        for name in ("predicted", "noisy"):
            apart = np.abs(getattr(view, name).astype(float) - getattr(here[key], name))
            assert apart.mean() <= 2 * ON_AVERAGE, f"{name} of step {key[1]}"


@pytest.mark.slow
def test_half_the_digits_make_nearly_the_same_picture_of_a_checkpoint(device: torch.device) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors")
    library, half = Library(), "bf16" if device.type == "cpu" else "fp16"
    asked = Request(model="tiny", prompt="a red disc", seed=42, steps=4, guidance_scale=4.0)
    events = (run_on(replace(asked, dtype=dtype), library, device) for dtype in (half, "fp32"))
    rough, exact = (next(event for event in run if isinstance(event, Result)) for run in events)
    assert np.abs(rough.rgba.astype(float) - exact.rgba).mean() <= 4
    assert rough.made is not None and rough.made.dtype == half
