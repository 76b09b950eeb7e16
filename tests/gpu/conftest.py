"""Devices of these tests: the CPU always, and a GPU if there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from tests.helpers import tiny_model
from tests.helpers.gpu import GPU
from tests.helpers.tiny_model import TinyLibrary


@pytest.fixture(params=["cpu", GPU])
def device(request: pytest.FixtureRequest) -> torch.device:
    """Return the CPU, then the GPU."""
    return torch.device(request.param)


@pytest.fixture
def library(device: torch.device) -> Library:
    """Return the built-in model's library on a GPU, and the tiny model's on the CPU, which has no reference."""
    return TinyLibrary() if device.type == "cpu" else Library()


@pytest.fixture
def asked(device: torch.device) -> Request:
    """Return a request for two images of the library's model."""
    model = tiny_model.NAME if device.type == "cpu" else BUILT_IN
    return Request(model=model, prompt="a red disc", seed=42, steps=6, guidance_scale=4.0, count=2)


@pytest.fixture(params=[GPU])
def gpu(request: pytest.FixtureRequest) -> Iterator[torch.device]:
    """Return the GPU, and afterwards remove any limit that the test set on its memory."""
    device = torch.device(request.param, torch.cuda.current_device())
    yield device
    torch.cuda.set_per_process_memory_fraction(1.0, device)
    torch.cuda.empty_cache()
