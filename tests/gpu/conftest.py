"""The devices that these tests run on: always the CPU, with a stand-in where need be, and a GPU where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from gdm_studio.models.library import Library
from gdm_studio.request import BUILT_IN, Request
from tests.helpers import tiny_model
from tests.helpers.gpu import GPU
from tests.helpers.tiny_model import TinyLibrary


@pytest.fixture(params=["cpu", GPU])
def device(request: pytest.FixtureRequest) -> torch.device:
    """The CPU, then the GPU."""
    return torch.device(request.param)


@pytest.fixture
def library(device: torch.device) -> Library:
    """The built-in model on a GPU; on the CPU, where there is nothing to compare it with, the tiny one."""
    return TinyLibrary() if device.type == "cpu" else Library()


@pytest.fixture
def asked(device: torch.device) -> Request:
    """Two pictures of that library's model."""
    model = tiny_model.NAME if device.type == "cpu" else BUILT_IN
    return Request(model=model, prompt="a red disc", seed=42, steps=6, guidance_scale=4.0, count=2)


@pytest.fixture(params=[GPU])
def gpu(request: pytest.FixtureRequest) -> Iterator[torch.device]:
    """The GPU alone; a limit that the test sets to its memory is taken off again."""
    device = torch.device(request.param, torch.cuda.current_device())
    yield device
    torch.cuda.set_per_process_memory_fraction(1.0, device)
    torch.cuda.empty_cache()
