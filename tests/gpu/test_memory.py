"""Fallbacks when a GPU's memory is full: smaller batches, then the CPU, with the same images in the end."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction import NEAR
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.gpu import premultiplied_images, run_on
from tests.helpers.low_memory import low_memory_library

MIB = 2**20
REQUEST = Request(prompt="a red apple", seed=7, steps=3, guidance_scale=4.0)


def notes(events: list[Event]) -> list[str]:
    return [event.note for event in events if isinstance(event, Phase) and event.note]


def test_smaller_batches_make_the_same_pictures_on_the_cpu() -> None:
    """The ladder without a GPU: a model that refuses more rows than it has memory for."""
    request, cpu = replace(REQUEST, model="gaussian", count=8), torch.device("cpu")
    events = run_on(request, low_memory_library(4), cpu)  # type: ignore[arg-type]
    assert notes(events) == [f"Out of memory: continuing with {count} at a time." for count in (4, 2)]
    whole = run_on(request, GaussianLibrary(), cpu)  # type: ignore[arg-type]
    assert np.abs(premultiplied_images(events) - premultiplied_images(whole)).max() <= 1


def test_memory_is_measured_before_anything_else_uses_the_gpu(gpu: torch.device) -> None:
    """With a requested batch size, nothing before initialises CUDA."""
    code = f"""
import torch
from gdm_studio.models.memory.devices import measure_memory
used = measure_memory(torch.device("{gpu}"))
torch.zeros({MIB}, device="{gpu}")
assert used() >= {4 * MIB}
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_smaller_batches_make_the_same_pictures(gpu: torch.device) -> None:
    library, request = Library(), replace(REQUEST, count=256)
    whole = run_on(request, library, gpu)
    assert notes(whole) == [], "there is memory enough without a limit"
    needed = {count: _needed(replace(request, count=count), library, gpu) for count in (64, 128)}
    assert needed[64] < needed[128]
    _limit(gpu, (needed[64] + needed[128]) // 2)
    events = run_on(request, library, gpu)
    said = notes(events)
    assert said[0] == "Out of memory: continuing with 128 at a time." and not any("CPU" in note for note in said)
    assert np.abs(premultiplied_images(events) - premultiplied_images(whole)).max() <= NEAR


def test_without_any_memory_the_cpu_goes_on(gpu: torch.device) -> None:
    library, request = Library(), replace(REQUEST, count=2)
    wanted = premultiplied_images(run_on(request, library, torch.device("cpu")))
    run_on(request, library, gpu)  # the model is there
    torch.cuda.empty_cache()
    _limit(gpu, torch.cuda.memory_reserved(gpu) + 64 * MIB)
    filling = _filled(gpu)
    events = run_on(request, library, gpu)
    assert notes(events)[-1] == "Out of memory on the device: continuing on the CPU."
    assert np.array_equal(premultiplied_images(events), wanted)
    results = [event for event in events if isinstance(event, Result)]
    assert all(result.made and result.made.device.startswith("CPU") for result in results)
    del filling


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
        RuntimeError("MPS backend out of memory (MPS allocated: 17.97 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
    ],
)
def test_every_way_of_saying_so_is_understood(error: Exception) -> None:
    assert devices.is_out_of_memory(error)
    assert not devices.is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def _needed(request: Request, library: Library, gpu: torch.device) -> int:
    """Return the peak memory of a run's steps in bytes, including the model, but not the decoding."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(gpu)
    events = generate(replace(request, device=str(gpu), batch=request.count), library, steps_budget=0)
    while not isinstance(event := next(events), StepEvent) or event.step.index < request.steps:
        pass
    events.close()
    return torch.cuda.max_memory_reserved(gpu)


def _limit(gpu: torch.device, size: int) -> None:
    """Limit this process to `size` bytes of the GPU's memory. The fixture removes the limit."""
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(size / torch.cuda.get_device_properties(gpu).total_memory, gpu)


def _filled(gpu: torch.device) -> list[torch.Tensor]:
    """Allocate all free memory, down to the allocator's smallest block, and return the tensors."""
    held: list[torch.Tensor] = []
    size = 64 * MIB
    while size >= 512:
        try:
            held.append(torch.empty(size, dtype=torch.uint8, device=gpu))
        except torch.OutOfMemoryError:
            size //= 2
    return held
