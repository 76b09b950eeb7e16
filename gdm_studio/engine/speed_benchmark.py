"""Benchmark of the generation speed on a device, for single images and for batches of several sizes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

import torch

from gdm_studio.common.measurement import Measurement
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.device_timer import seconds, wait_for
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Phase, StepEvent
from gdm_studio.request.generation_request import Request

CPU = torch.device("cpu")
# The batch sizes. A few images keep the cores of a CPU busy, while a GPU needs many more.
BATCHES = {"cpu": (1, 2, 4)}
BATCHES_ELSEWHERE = (1, 4, 16, 64)


def measure_image(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the time to generate one image, from prompt to decoded pixels, in seconds and as a multiple of the time
    of a 2048³ fp32 matrix product on the same device.
    """
    unit = []
    whole = []
    device = devices.resolve(request.device)
    list(generate(request, library))
    for _ in range(3):
        unit.append(time_matrix_product(device))
        whole.append(seconds(lambda: list(generate(request, library))))
    yield Measurement("matrix product 2048³", 1000 * statistics.median(unit), "ms")
    yield Measurement(f"picture of {request.steps} steps", statistics.median(whole), "s")
    yield Measurement("picture in matrix products", statistics.median(whole) / statistics.median(unit))


def measure_batches(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the generation speed for each batch size that fits into memory, in seconds per step and images per
    second.
    """
    device = devices.resolve(request.device)
    for size in BATCHES.get(device.type, BATCHES_ELSEWHERE):
        together = replace(request, count=size, batch=size)
        # This warms up the device: kernels are selected and memory is reserved.
        _time_request(replace(together, steps=2), library, device)
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        timed = _time_request(together, library, device)
        if timed is None:
            return
        step, whole = timed
        yield Measurement(f"batch of {size}, a step", 1000 * step, "ms")
        yield Measurement(f"batch of {size}, speed", size / whole, "pictures a second")
        if device.type == "cuda":
            yield Measurement(f"batch of {size}, memory", torch.cuda.max_memory_allocated(device) / 2**20, "MiB")


def time_matrix_product(device: torch.device = CPU) -> float:
    """Return the time in seconds of a 2048³ fp32 matrix product, the unit for comparing speeds across machines."""
    a, b = torch.randn(2, 2048, 2048, device=device)
    a @ b
    return min(seconds(lambda: a @ b, device) for _ in range(3))


def _time_request(request: Request, library: Library, device: torch.device) -> tuple[float, float] | None:
    """Run a request and return (mean seconds per step after the first, total seconds), or None if memory ran out."""
    # The times at which the device had finished the first and the last step, by step.
    done: dict[int, float] = {}
    began = time.perf_counter()
    for event in generate(request, library):
        if isinstance(event, Phase) and event.note:
            return None
        if isinstance(event, StepEvent) and (not done or event.step.index == event.step.of):
            wait_for(device)
            done[event.step.index] = time.perf_counter()
    whole = time.perf_counter() - began
    first = min(done)
    last = max(done)
    return (done[last] - done[first]) / (last - first) if last > first else whole, whole
