"""The shipped models give the same image on one thread and on several."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.upscale import Upscaler
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import BUILT_IN, Request


@pytest.fixture(autouse=True)
def _restore_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    devices.use_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "guidance"), [(BUILT_IN, 1.0), (BUILT_IN, 4.0), (f"{BUILT_IN}-fast", 1.0)])
def test_one_thread_and_two_and_four_give_the_same_bits(model: str, guidance: float) -> None:
    """Compare latents too: without guidance an image is one row, which all threads share."""
    library, doubled = Library(), Upscaler(device="cpu")
    wanted = Request(model=model, prompt="a cheerful panda", seed=3, steps=3, guidance_scale=guidance, device="cpu")
    found: list[list[np.ndarray]] = []
    for threads in (1, 2, 4):
        devices.use_threads(threads)
        *_, last, _, result = generate(wanted, library, steps_budget=0)
        assert isinstance(last, StepEvent) and isinstance(result, Result)
        found.append([last.step.x.numpy(), result.rgba, doubled(result.rgba)])
    for again in found[1:]:
        assert all(np.array_equal(one, other) for one, other in zip(found[0], again, strict=True))
