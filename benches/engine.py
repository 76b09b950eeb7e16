"""Benchmarks of the engine: network share, data types, batches, a busy machine, memory and recorded steps."""

from __future__ import annotations

import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from benches import streaming, workers
from benches.models import listing
from gdm_studio.common import memory as program_memory
from gdm_studio.common.measurement import Measurement
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import denoiser_noise
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.recorder import Recorder
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.device_timer import seconds, wait_for
from gdm_studio.models.model_library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request

# The number of images generated for a measurement.
ROUNDS = 4
# The number of images whose steps are recorded.
RECORDING_ROUNDS = 5


def network_share(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the time of a step, its share outside the network (sampler, guidance, noise), and the cost of previews.

    Each step is followed by the network alone at the same noise level, or in other runs by its previews, so that other
    load on the machine affects both. `request` must have guidance and a sampler with one evaluation per step.
    """
    device, dtype = devices.device_and_dtype(request, library.card(request.model))
    model = library.load(request.model, device=device, dtype=dtype)
    pipeline = Pipeline(model, replace(request, negative_prompt=""), (0,))
    (stage,) = pipeline.stages
    denoise = stage.model.denoiser(
        pipeline.conditioning(stage, guided=True), stage.path, denoiser_noise(pipeline.noise(stage), stage.path, 1)
    )
    noise = torch.randn(2, *stage.model.shape(request), device=device)

    def network(advance: StepEvent) -> object:
        at = advance.path[advance.step.index - 1]
        return denoise(math.hypot(at.alpha, at.sigma) * noise, at)

    alone, shown = [], []
    for _ in range(ROUNDS):
        alone += list(_time_steps_beside(library, request, network))
        shown += list(_time_steps_beside(library, request, Previews(leaves_noise=True).views))
    # Other programs only add time, so the lower quartile is the best estimate.
    step, bare = np.quantile(alone, 0.25, axis=0)
    yield Measurement("network", 1000 * float(bare), "ms a step")
    yield Measurement("everything but the network", float((step - bare) / step), "of a step", "≤ 0.05")
    step, views = np.array(shown).T
    yield Measurement("decoded previews", float(views.sum() / step.sum()), "more a step", "≤ 0.1")


def dtype(library: Library, request: Request) -> Iterator[Measurement]:
    """Compare bf16 with fp32: speed, and the difference of finished images in 1/255."""
    times: dict[str, list[float]] = {"fp32": [], "bf16": []}
    images: dict[str, list[np.ndarray]] = {"fp32": [], "bf16": []}
    for name in times:
        list(generate(replace(request, dtype=name), library))
    for seed in range(4):
        for name in times:
            one = replace(request, dtype=name, seed=seed)
            # Load the model and take one step first, so that neither measurement includes loading.
            library.load(one.model, device=devices.resolve(one.device), dtype=torch.float32)
            list(generate(replace(one, steps=1), library))
            start = time.perf_counter()
            images[name] += [event.rgba for event in generate(one, library) if isinstance(event, Result)]
            times[name].append(time.perf_counter() - start)
    apart = np.abs(_premultiply(images["fp32"]) - _premultiply(images["bf16"]))
    yield Measurement("bf16 speed", statistics.median(times["fp32"]) / statistics.median(times["bf16"]), "× fp32")
    yield Measurement("bf16 mean distance", float(apart.mean()), "/255", "≤ 1 for automatic choice")
    yield Measurement("bf16 largest distance", float(apart.max()), "/255", "≤ 8 for automatic choice")


def _premultiply(pictures: list[np.ndarray]) -> np.ndarray:
    """Premultiply images (n, H, W, 4) in 0 … 255 by alpha, so that invisible colours make no difference."""
    stacked = np.stack(pictures).astype(float)
    stacked[..., :3] *= stacked[..., 3:] / 255
    return stacked


def batch(library: Library, request: Request) -> Iterator[Measurement]:
    """Compare images generated in a batch with the same images generated one by one: difference and speed."""
    four = replace(request, count=4)
    times = {}
    pixels = {}
    for size in (1, 4):
        start = time.perf_counter()
        images = [event.rgba for event in generate(replace(four, batch=size), library) if isinstance(event, Result)]
        times[size] = time.perf_counter() - start
        pixels[size] = _premultiply(images)
    yield Measurement("batch of 4, largest distance", float(np.abs(pixels[1] - pixels[4]).max()), "/255", "≤ 1")
    yield Measurement("batch of 4, speed", times[1] / times[4], "× one at a time")


def busy_core(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the speed while another program keeps one core busy, relative to the fair share of the cores."""
    cores = multiprocessing.cpu_count()
    quiet = seconds(lambda: list(generate(request, library)))
    with _keep_core_busy():
        beside = seconds(lambda: list(generate(request, library)))
    # With equal priority on n cores, the busy program gets one core and ours the rest, or half of a single core.
    fair = (cores - 1) / cores if cores > 1 else 0.5
    yield Measurement("speed beside a busy core", quiet / beside, "of the quiet speed")
    yield Measurement("against its fair share", quiet / beside / fair, "", "≥ 0.8")


def memory(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the peak memory of this process; yields nothing if the system does not report it."""
    list(generate(request, library))
    peak = program_memory.peak()
    if peak is not None:
        yield Measurement("peak memory", peak / 2**20, "MiB")


def recording(library: Library, request: Request) -> Iterator[Measurement]:
    """Measure the size of an image's recorded steps and the times for recording and loading them.

    The recorder is timed separately, with the steps of a real run.
    """
    list(generate(request, library))
    budget = Preferences().steps_budget
    shares, recalled, data = [], [], b""
    for _ in range(RECORDING_ROUNDS):
        events = list(generate(request, library, steps_budget=budget))
        steps = [event for event in events if isinstance(event, StepEvent)]
        (result,) = (event for event in events if isinstance(event, Result))
        assert result.made is not None
        model = steps[0].model
        process = model.stages[0].diffusion.process
        recorder = Recorder(model.card, process, request, (0,), steps[0].record.start, budget=budget)
        start = time.perf_counter()
        for advance in steps:
            recorder.add(advance.step)
        data = recorder.to_bytes(0)
        shares.append((time.perf_counter() - start) / result.made.seconds)
        start = time.perf_counter()
        saved = step_history.load(data)
        for index in saved.indices:
            saved.step(index, library)
        recalled.append(time.perf_counter() - start)
    yield Measurement(f"steps of a picture of {request.steps}", len(data) / 1000, "KB", "≤ 400")
    yield Measurement("keeping them", statistics.median(shares), "of its time", "≤ 0.03")
    yield Measurement("having all of them back", 1000 * statistics.median(recalled), "ms")


BENCHES: dict[str, Callable[[Library, Request], Iterator[Measurement]]] = {
    "network": network_share,
    "dtype": dtype,
    "batch": batch,
    "busy": busy_core,
    "memory": memory,
    "streaming": streaming.figures,
    "steps": recording,
    "models": listing,
    "workers": workers.figures,
}


def _time_steps_beside(
    library: Library, request: Request, other: Callable[[StepEvent], object]
) -> Iterator[tuple[float, float]]:
    """Yield the seconds of each step and of `other` called after it, without the first step, which is always slower."""
    device = devices.resolve(request.device)
    start = time.perf_counter()
    for event in generate(request, library):
        if isinstance(event, StepEvent):
            wait_for(device)
            step, beside = time.perf_counter() - start, seconds(partial(other, event), device)
            if event.step.index > 1:
                yield step, beside
        start = time.perf_counter()


@contextmanager
def _keep_core_busy() -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
    process.start()
    # Wait until the process runs.
    time.sleep(1.0)
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _spin() -> None:
    while True:
        pass
