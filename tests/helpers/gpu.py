"""What tests of devices share: the GPU as a parameter, runs in one batch, and pictures as people see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.engine.generate import generate
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Event, Result

THERE = torch.cuda.is_available()
MARKS = [pytest.mark.gpu, pytest.mark.skipif(not THERE, reason="there is no CUDA device")]
GPU = pytest.param("cuda", marks=MARKS)


def made(request: Request, library: Library, device: torch.device, **given: Any) -> list[Event]:
    """The events of a run on that device, all of its pictures in one batch."""
    return list(generate(replace(request, device=str(device), batch=request.count), library, **given))


def pictures(events: Iterable[Event]) -> np.ndarray:
    """(n, H, W, 4) in their order, colours times alpha: one that nobody can see makes no difference."""
    results = sorted((event for event in events if isinstance(event, Result)), key=lambda result: result.image)
    seen = np.stack([result.rgba for result in results]).astype(float)
    seen[..., :3] *= seen[..., 3:] / 255
    return seen
