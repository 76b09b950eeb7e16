"""How quickly pictures are made on a device: one alone, and many at a time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from gdm_studio.engine import devices
from gdm_studio.engine.generate import generate
from gdm_studio.figure import Figure
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Phase

CPU = torch.device("cpu")
BATCHES = {"cpu": (1, 2, 4)}  # as many as its cores can share; a GPU is not busy before many more
BATCHES_ELSEWHERE = (1, 4, 16, 64)


def picture(library: Library, request: Request) -> Iterator[Figure]:
    """A whole picture (text, steps, decoding) in multiples of a 2048³ fp32 matrix product on the same device."""
    unit, whole = [], []
    device = devices.resolve(request.device)
    list(generate(request, library))
    for _ in range(3):
        unit.append(matrix_product(device))
        whole.append(seconds(lambda: list(generate(request, library))))
    yield Figure("matrix product 2048³", 1000 * statistics.median(unit), "ms")
    yield Figure(f"picture of {request.steps} steps", statistics.median(whole), "s")
    yield Figure("picture in matrix products", statistics.median(whole) / statistics.median(unit))


def speed(library: Library, request: Request) -> Iterator[Figure]:
    """A step's time and pictures a second, by how many are made together, as far as they fit into memory."""
    device = devices.resolve(request.device)
    for size in BATCHES.get(device.type, BATCHES_ELSEWHERE):
        together = replace(request, count=size, batch=size)
        _timed(replace(together, steps=2), library, device)  # kernels are chosen and memory is reserved
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        timed = _timed(together, library, device)
        if timed is None:
            return
        step, whole = timed
        yield Figure(f"batch of {size}, a step", 1000 * step, "ms")
        yield Figure(f"batch of {size}, speed", size / whole, "pictures a second")
        if device.type == "cuda":
            yield Figure(f"batch of {size}, memory", torch.cuda.max_memory_allocated(device) / 2**20, "MiB")


def matrix_product(device: torch.device = CPU) -> float:
    """Seconds of a 2048³ fp32 matrix product: the unit in which speeds of other machines compare."""
    a, b = torch.randn(2, 2048, 2048, device=device)
    a @ b
    return min(seconds(lambda: a @ b, device) for _ in range(3))


def seconds(work: Callable[[], object], device: torch.device = CPU) -> float:
    """How long some work takes, that of the device included."""
    wait_for(device)
    began = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - began


def wait_for(device: torch.device) -> None:
    """Returns when the device has done what it was given; the CPU has by then."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def _timed(request: Request, library: Library, device: torch.device) -> tuple[float, float] | None:
    """Seconds of a step after the first and of everything; None where memory was too small for all of it at once."""
    done: dict[int, float] = {}  # when the device had done the first step and the last, by their index
    began = time.perf_counter()
    for event in generate(request, library):
        if isinstance(event, Phase) and event.note:
            return None
        if isinstance(event, Advance) and (not done or event.step.index == event.step.of):
            wait_for(device)
            done[event.step.index] = time.perf_counter()
    whole = time.perf_counter() - began
    first, last = min(done), max(done)
    return (done[last] - done[first]) / (last - first) if last > first else whole, whole
