"""Device tests: the GPU as a parameter, runs in one batch, and images with premultiplied colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Result
from gdm_studio.request.generation_request import Request

HAS_CUDA = torch.cuda.is_available()
MARKS = [pytest.mark.gpu, pytest.mark.skipif(not HAS_CUDA, reason="there is no CUDA device")]
GPU = pytest.param("cuda", marks=MARKS)


def run_on(request: Request, library: Library, device: torch.device, **given: Any) -> list[Event]:
    """Run a request on a device, with all of its images in one batch, and return the events of the run."""
    return list(generate(replace(request, device=str(device), batch=request.count), library, **given))


def premultiplied_images(events: Iterable[Event]) -> np.ndarray:
    """Return the generated images (n, H, W, 4) in order, with colours multiplied by alpha.

    So a comparison ignores the colours of transparent pixels.
    """
    results = sorted((event for event in events if isinstance(event, Result)), key=lambda result: result.image)
    seen = np.stack([result.rgba for result in results]).astype(float)
    seen[..., :3] *= seen[..., 3:] / 255
    return seen
