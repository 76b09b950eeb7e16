"""What of a step is not the network, and what number types, batches and a busy machine change of a run."""

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

from benches import workers
from benches.models import listing
from benches.steps import recording
from gdm_studio import memory as program_memory
from gdm_studio.engine import devices
from gdm_studio.engine.course import Course
from gdm_studio.engine.generate import generate
from gdm_studio.engine.noise import of_denoiser
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.speed import seconds, wait_for
from gdm_studio.figure import Figure
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result

ROUNDS = 4  # pictures made for a figure


def network_share(library: Library, request: Request) -> Iterator[Figure]:
    """What a step costs, and its share that is not the network (sampler, guidance, noise); previews beside it.

    Every step is followed by the network alone at the same point, in other runs by its views, so that what else the
    machine does falls on both alike. `request` has guidance and a sampler of one evaluation a step.
    """
    device, dtype = devices.place_of(request, library.card(request.model))
    model = library.load(request.model, device=device, dtype=dtype)
    course = Course(model, replace(request, negative_prompt=""), (0,))
    (leg,) = course.legs
    denoise = leg.stage.denoiser(course.asks(leg, guided=True), leg.path, of_denoiser(course.noise(leg), leg.path, 1))
    noise = torch.randn(2, *leg.stage.shape(request), device=device)

    def network(advance: Advance) -> object:
        at = advance.path[advance.step.index - 1]
        return denoise(math.hypot(at.alpha, at.sigma) * noise, at)

    alone, shown = [], []
    for _ in range(ROUNDS):
        alone += list(_steps_beside(library, request, network))
        shown += list(_steps_beside(library, request, Previews().views))
    # other programs only ever add time: the lower quartile is what these need themselves
    step, bare = np.quantile(alone, 0.25, axis=0)
    yield Figure("network", 1000 * float(bare), "ms a step")
    yield Figure("everything but the network", float((step - bare) / step), "of a step", "≤ 0.05")
    step, views = np.array(shown).T
    yield Figure("decoded previews", float(views.sum() / step.sum()), "more a step", "≤ 0.25")


def dtype(library: Library, request: Request) -> Iterator[Figure]:
    """bf16 against fp32: speed, and the distance of finished pictures in 1/255."""
    times: dict[str, list[float]] = {"fp32": [], "bf16": []}
    made: dict[str, list[np.ndarray]] = {"fp32": [], "bf16": []}
    for name in times:
        list(generate(replace(request, dtype=name), library))
    for seed in range(4):
        for name in times:
            one = replace(request, dtype=name, seed=seed)
            # neither pays for loading alone
            library.load(one.model, device=devices.resolve(one.device), dtype=torch.float32)
            list(generate(replace(one, steps=1), library))
            began = time.perf_counter()
            made[name] += [event.rgba for event in generate(one, library) if isinstance(event, Result)]
            times[name].append(time.perf_counter() - began)
    apart = np.abs(_as_seen(made["fp32"]) - _as_seen(made["bf16"]))
    yield Figure("bf16 speed", statistics.median(times["fp32"]) / statistics.median(times["bf16"]), "× fp32")
    yield Figure("bf16 mean distance", float(apart.mean()), "/255", "≤ 1 to be chosen by itself")
    yield Figure("bf16 largest distance", float(apart.max()), "/255", "≤ 8 to be chosen by itself")


def _as_seen(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures (n, H, W, 4) with colours times alpha, in 0 … 255: a colour nobody can see makes no difference."""
    stacked = np.stack(pictures).astype(float)
    stacked[..., :3] *= stacked[..., 3:] / 255
    return stacked


def batch(library: Library, request: Request) -> Iterator[Figure]:
    """Pictures made together against the same made alone: distance and speed."""
    four = replace(request, count=4)
    taken, pixels = {}, {}
    for size in (1, 4):
        began = time.perf_counter()
        made = [event.rgba for event in generate(replace(four, batch=size), library) if isinstance(event, Result)]
        taken[size], pixels[size] = time.perf_counter() - began, _as_seen(made)
    yield Figure("batch of 4, largest distance", float(np.abs(pixels[1] - pixels[4]).max()), "/255", "≤ 1")
    yield Figure("batch of 4, speed", taken[1] / taken[4], "× one at a time")


def busy(library: Library, request: Request) -> Iterator[Figure]:
    """Speed beside a program that keeps one core busy, against the fair share of what is left."""
    cores = multiprocessing.cpu_count()
    quiet = seconds(lambda: list(generate(request, library)))
    with _busy_core():
        beside = seconds(lambda: list(generate(request, library)))
    # two programs of equal right on n cores: the busy one has one core at most, ours the rest, or half of a single one
    fair = (cores - 1) / cores if cores > 1 else 0.5
    yield Figure("speed beside a busy core", quiet / beside, "of the quiet speed")
    yield Figure("against its fair share", quiet / beside / fair, "", "≥ 0.8")


def memory(library: Library, request: Request) -> Iterator[Figure]:
    """The most memory this process has held; nothing where the system does not tell."""
    list(generate(request, library))
    peak = program_memory.peak()
    if peak is not None:
        yield Figure("peak memory", peak / 2**20, "MiB")


BENCHES: dict[str, Callable[[Library, Request], Iterator[Figure]]] = {
    "network": network_share,
    "dtype": dtype,
    "batch": batch,
    "busy": busy,
    "memory": memory,
    "steps": recording,
    "models": listing,
    "workers": workers.figures,
}


def _steps_beside(
    library: Library, request: Request, other: Callable[[Advance], object]
) -> Iterator[tuple[float, float]]:
    """Seconds of each step and of what is done after it; the first left out, since it is slower everywhere."""
    device = devices.resolve(request.device)
    began = time.perf_counter()
    for event in generate(request, library):
        if isinstance(event, Advance):
            wait_for(device)
            step, beside = time.perf_counter() - began, seconds(partial(other, event), device)
            if event.step.index > 1:
                yield step, beside
        began = time.perf_counter()


@contextmanager
def _busy_core() -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
    process.start()
    time.sleep(1.0)  # until it runs
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _spin() -> None:
    while True:
        pass
