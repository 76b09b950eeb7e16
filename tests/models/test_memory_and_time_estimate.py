"""Estimates of memory and time before a model is loaded."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.cli.models import format_seconds
from gdm_studio.common import memory, paths
from gdm_studio.common.errors import DeviceError
from gdm_studio.engine import generation_loop, image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.jobs.thread_engine import ThreadEngine
from gdm_studio.models.families import estimate_cost
from gdm_studio.models.families.diffusion_transformers.cost import compute_image_cost, step_cost
from gdm_studio.models.families.stable_diffusion.cost import compute_image_cost as stable_cost
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.memory import memory_and_time_estimate, memory_limit
from gdm_studio.models.memory.estimate_values import CostEstimate
from gdm_studio.models.memory.evaluation_count import count_passes, count_rows
from gdm_studio.models.memory.memory_and_time_estimate import (
    META,
    PROCESS_MEMORY,
    NetworkCost,
    Work,
    busy_rows,
    measure_cost,
    record_pace,
)
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, card_for_request
from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import ideogram4_weights
from gdm_studio.networks.stable_diffusion.unet import UNet
from gdm_studio.request.conditioning import ControlImage
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from gdm_studio.request.regions import Region
from gdm_studio.studio.window_calls import estimate_run, load_model
from tests.helpers import tiny_stable, tiny_transformers

CPU = torch.device("cpu")
UNET = "model.diffusion_model."


def test_the_work_of_layers_is_counted() -> None:
    with META:
        layer = nn.Linear(30, 50, bias=False)
        convolution = nn.Conv2d(8, 16, 3, padding=1)
        heads = torch.empty(2, 4, 100, 16)
        rows, image = torch.empty(7, 30), torch.empty(1, 8, 10, 12)
    assert measure_cost(lambda: layer(rows)) == NetworkCost(Work(2 * 7 * 30 * 50, 0, 4 * 7 * 50, calls=2), 4 * 7 * 50)
    taps = 2 * 9 * 8 * 16 * 10 * 12
    assert measure_cost(lambda: convolution(image)) == NetworkCost(
        Work(0, taps, 4 * 16 * 10 * 12, calls=1), 4 * 16 * 10 * 12
    )
    # Attention has two products, and its weights are never in memory.
    attended = measure_cost(lambda: F.scaled_dot_product_attention(heads, heads, heads))
    assert attended == NetworkCost(
        Work(2 * 2 * 2 * 4 * 100 * 100 * 16, 0, heads.numel() * 4, calls=1), heads.numel() * 4
    )


def test_the_peak_is_the_largest_sum_of_tensors_at_a_time() -> None:
    x = torch.empty(1000, device=META)

    def evaluate() -> torch.Tensor:
        for _ in range(5):
            y = x + 1
            y = y + 1
            del y
        return x[:10] + 1

    # A result and the input of the operation before it.
    assert measure_cost(evaluate).peak == 2 * 4000


@pytest.mark.slow
def test_the_estimate_has_all_weights_and_the_larger_of_evaluation_and_decoding() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    card = Library().card("tiny")
    preferences.change({"memory_gb": 0.001})
    found = estimate_cost(card, "cpu")
    assert found is not None and not found.measured and found.seconds > 0
    assert found.size == (64, 64) and found.steps == card.default_request().steps
    # The text encoder, which stays in its file in 16 bits, is the largest part.
    text = sum(w.numel() for name, w in tiny_stable.weights("sd1").items() if name.startswith("cond_stage"))
    assert 2 * text < found.memory - found.least < 4 * sum(w.numel() for w in tiny_stable.weights("sd1").values())
    assert found.limit == 10**6 and not found.fits and not found.is_possible
    assert found.expected_memory == found.least
    assert replace(found, limit=found.least + 1).expected_memory == found.least + 1
    assert replace(found, limit=2 * found.memory).expected_memory == found.memory
    preferences.change({"memory_gb": 64.0})
    roomy = estimate_cost(card, "cpu")
    assert roomy is not None and roomy.fits and roomy.is_possible


@pytest.mark.slow
def test_the_time_follows_earlier_images_and_their_size() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()
    card = library.card("tiny")
    assert not list(estimate_paces())
    request = Request(prompt="a house", model="tiny", steps=2, size=(64, 64), device="cpu")
    list(generate(request, library))
    measured = estimate_cost(card, "cpu")
    assert measured is not None and measured.measured
    (paths.cache_dir() / "models" / "pace.json").unlink()

    def step_and_rest(side: int) -> tuple[float, float]:
        """Return the estimated seconds of a step, and of loading, the text and decoding."""
        few, many = (
            estimate_cost(card, "cpu", replace(request, steps=steps, size=(side, side), guidance_scale=1.0))
            for steps in (10, 20)
        )
        assert few is not None and many is not None
        step = (many.seconds - few.seconds) / 10
        return step, few.seconds - 10 * step

    (small, small_rest), (large, large_rest) = step_and_rest(64), step_and_rest(128)
    assert large > small
    record(card, (128, 128), 3 * large)
    assert step_and_rest(64)[0] == pytest.approx(3 * small)
    # On a small network, most of the time of a step is overhead, of which a larger image and a decoder have no more.
    record(card, (64, 64), 1000 * small)
    assert step_and_rest(64) == (pytest.approx(1000 * small), pytest.approx(small_rest, abs=0.1 * small))
    assert step_and_rest(128) == (pytest.approx(996 * small + 4 * large), pytest.approx(large_rest, abs=0.1 * small))


def record(card: ModelCard, size: tuple[int, int], seconds: float) -> None:
    """Record the time of a step at a size, whatever number type is the faster one here."""
    for dtype in (torch.float32, torch.bfloat16):
        record_pace(card, CPU, dtype, size, seconds)


@pytest.mark.slow
def test_the_time_of_steps_from_before_an_interruption_is_not_measured() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()
    request = Request(prompt="a house", model="tiny", steps=2, size=(64, 64), device="cpu")
    first, _ = (event for event in generate(request, library) if isinstance(event, StepEvent))
    (paths.cache_dir() / "models" / "pace.json").unlink()
    # As if a GPU had computed it.
    list(generate(request, library, completed=[replace(first, seconds=1e-9)]))
    found = estimate_cost(library.card("tiny"), "cpu")
    assert found is not None and found.measured and found.seconds > 1e-4


@pytest.mark.slow
def test_a_run_that_cannot_fit_is_refused_with_a_size_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()
    request = Request(prompt="a house", model="tiny", steps=1, size=(512, 256), seed=1, device="cpu")
    least = {}
    for size in ((512, 256), (256, 128)):
        found = estimate_cost(library.card("tiny"), "cpu", replace(request, size=size))
        assert found is not None
        least[size] = found.least
    assert least[512, 256] > least[256, 128]
    monkeypatch.setattr(memory, "total_with_swap", lambda: (least[512, 256] + least[256, 128]) // 2)
    monkeypatch.setattr(memory_and_time_estimate, "COUNTED_FROM", 2**40)
    with pytest.raises(DeviceError) as refused:
        list(generate(request, library))
    proposed = re.search(r"; choose (\d+) × (\d+) or less\.$", refused.value.sentence)
    assert proposed is not None
    width, height = map(int, proposed.groups())
    # In stripes it fits.
    preferences.change({"memory_gb": 64.0})
    assert list(generate(request, library))
    preferences.change({"memory_gb": 0.0})
    # The proposal runs, and is no smaller than needed.
    assert 256 * 128 < width * height < 512 * 256
    assert list(generate(replace(request, size=(width, height)), library))
    monkeypatch.setattr(memory, "total_with_swap", lambda: 1000)
    with pytest.raises(DeviceError, match="choose a smaller model"):
        list(generate(request, library))


class FakeGPU:
    """Reader of the memory of a GPU, as `torch.cuda`."""

    def __init__(self, free: int, reserved: int = 0) -> None:
        self._free = free
        self._reserved = reserved

    def mem_get_info(self, device: torch.device) -> tuple[int, int]:
        return self._free, 80 * 2**30

    def memory_reserved(self, device: torch.device) -> int:
        return self._reserved

    def memory_allocated(self, device: torch.device) -> int:
        return self._reserved


class LoadedError(Exception):
    pass


@pytest.mark.slow
def test_a_run_that_cannot_fit_a_gpu_is_refused_before_the_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()
    request = Request(prompt="a house", model="tiny", steps=1, size=(512, 256), seed=1, device="cpu", dtype="fp32")
    cost = stable_cost(library.card("tiny"), (512, 256), torch.float32)
    # Two rows. The decoder is computed in tiles, if necessary.
    least = cost.least_memory(2, images=0)
    assert least < cost.least_memory(2) and least > PROCESS_MEMORY + 2 * cost.step_memory

    def load(*args: object) -> None:
        raise LoadedError

    def run_on(gpu: FakeGPU, request: Request) -> None:
        monkeypatch.setattr(memory_limit, "_memory_of", lambda device: gpu if device.type == "cuda" else None)
        list(generate(request, library))

    monkeypatch.setattr(generation_loop, "load_model", load)
    monkeypatch.setattr(
        generation_loop, "run_in_batches", lambda request, library, images, run: run(images, torch.device("cuda"))
    )
    monkeypatch.setattr(memory_and_time_estimate, "COUNTED_FROM", 2**40)
    # The memory of the computer does not matter.
    monkeypatch.setattr(memory, "total_with_swap", lambda: 1000)
    for gpu in (FakeGPU(least), FakeGPU(least - 1000, reserved=1000)):
        with pytest.raises(LoadedError):
            run_on(gpu, request)
    # A limit of the user is no limit of the device.
    preferences.change({"memory_gb": 0.001})
    with pytest.raises(LoadedError):
        run_on(FakeGPU(least), request)
    preferences.change({"memory_gb": 0.0})
    with pytest.raises(DeviceError, match=r"; choose \d+ × \d+ or less\.$") as refused:
        run_on(FakeGPU(least - 2, reserved=1), request)
    assert refused.value.remedy == "cpu"
    with pytest.raises(LoadedError):
        run_on(FakeGPU(least - 1), replace(request, guidance_scale=1.0))
    with pytest.raises(DeviceError, match="choose a smaller model"):
        run_on(FakeGPU(1000), request)


@pytest.mark.slow
def test_a_full_device_has_no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    engine = ThreadEngine(Library())
    request = Request(prompt="a house", model="tiny", steps=1, size=(64, 64), device="cpu")
    assert engine.call(estimate_run, request) is not None

    def fail(*args: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(memory_and_time_estimate, "_measure_speed", fail)
    assert engine.call(estimate_run, request) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a process that needs too much memory")
@pytest.mark.parametrize(
    "limits", [{}, {"max": "max", "swap.max": "max"}, {"max": "500"}, {"max": "500", "swap.max": "0"}]
)
def test_swap_and_the_limits_of_a_container_count(
    limits: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        (tmp_path / f"memory.{name}").write_text(f"{value}\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path / "memory.max")
    machine = memory.total() if limits.get("max", "max") == "max" else 500
    assert machine is not None
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("SwapTotal: 2 kB\n")
    monkeypatch.setattr(memory, "MEMINFO", meminfo)
    found = memory.total_with_swap()
    assert found is not None and found - machine == (0 if limits.get("swap.max") == "0" else 2048)
    meminfo.write_text("")
    assert memory.total_with_swap() is None


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_swap_to_their_disk(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = memory.total()
    assert machine is not None
    asked = []

    def disk_usage(path: str) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=3 * 2**30)

    monkeypatch.setattr(memory, "_read_windows_memory", {"total": 2**30, "commit": 5 * 2**30}.get)
    monkeypatch.setattr(memory.shutil, "disk_usage", disk_usage)
    monkeypatch.setenv("SYSTEMDRIVE", "D:")
    with monkeypatch.context() as other:
        other.setattr(memory.sys, "platform", system)
        found = memory.total_with_swap()
        other.setattr(memory, "_read_windows_memory", lambda name: None)
        assert system == "darwin" or memory.total_with_swap() is None
    whole, drive = (5 * 2**30, "D:\\") if system == "win32" else (machine, "/")
    assert found == whole + 3 * 2**30 and asked[0] == drive


@pytest.mark.slow
def test_images_are_counted_in_the_batches_in_which_they_are_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    card = Library().card("tiny")
    one = Request(prompt="a house", model="tiny", steps=10, size=(64, 64), guidance_scale=1.0, device="cpu", batch=1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    record(card, (64, 64), 1000.0)

    def estimated(request: Request) -> tuple[int, int]:
        """Return the evaluations of a row on all eight cores, and the memory."""
        found = estimate_cost(card, "cpu", request)
        assert found is not None
        return round(found.seconds / 1000), found.memory

    single, memory_of_one = estimated(one)
    assert single == 10
    # On eight cores, four images are generated at a time: each has two cores.
    batches = replace(one, batch=0)
    assert estimated(replace(batches, count=4)) == estimated(replace(one, batch=4, count=4))
    many, memory_of_four = estimated(replace(batches, count=10))
    assert many == 10 * (4 + 4 + 2) and memory_of_four > memory_of_one
    # The last image alone has all cores.
    assert estimated(replace(batches, count=5))[0] == 10 * (4 + 1)
    # Images with different prompts are not generated together.
    prompts = replace(batches, count=4, prompts=("a house", "a house", "a tree", "a boat"))
    assert estimated(prompts)[0] == 10 * (2 + 1 + 1)
    assert estimated(prompts)[1] < memory_of_four


@pytest.mark.slow
def test_a_request_is_estimated_with_its_passes_windows_and_batches() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    card = Library().card("tiny")
    plain = Request(prompt="a house", model="tiny", steps=10, size=(64, 64), guidance_scale=1.0, device="cpu")
    few, many = (estimate_cost(card, "cpu", replace(plain, steps=steps)) for steps in (10, 20))
    assert few is not None and many is not None
    pace = 2 * (many.seconds - few.seconds) / 10
    record(card, (64, 64), pace)

    def evaluations(request: Request) -> float:
        found = estimate_cost(card, "cpu", request)
        assert found is not None
        return found.seconds / pace

    # The rest is loading, the text and the decoder.
    rest = evaluations(plain) - 10
    assert rest > 0
    assert evaluations(replace(plain, steps=20)) == pytest.approx(20 + rest)
    assert evaluations(replace(plain, guidance_scale=5.0)) > 10 * busy_rows(2, CPU)
    assert evaluations(replace(plain, sampler="heun")) > 18
    assert evaluations(replace(plain, count=3)) > 30
    tiled = evaluations(replace(plain, size=(128, 128), tile=64, tile_overlap=8))
    # Windows of 64 pixels that overlap.
    assert 9 * 10 < tiled < 9 * 10 + 10 * rest
    second = evaluations(replace(plain, factors={**plain.factors, "enlarged": 2.0, "enlarged_strength": 0.5}))
    assert second > 10 + 5 * 2
    loaded = estimate_cost(card, "cpu", plain, is_loaded=True)
    assert loaded is not None and loaded.seconds < pace * (10 + rest)


def settings_of_runs() -> dict[str, dict[str, Any]]:
    """Return settings that change how often the network is evaluated."""
    left, right, inside = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0), (0.25, 0.25, 0.75, 0.75)
    return {
        "plain": {},
        "without guidance": {"guidance_scale": 1.0},
        "batch": {"count": 3, "batch": 2},
        "feature cache": {"cache_interval": 2, "steps": 9},
        "start image": {"image": "picture", "strength": 0.4, "steps": 8},
        "start image and feature cache": {"image": "picture", "strength": 0.7, "steps": 9, "cache_interval": 3},
        "inverted": {"image": "picture", "strength": 0.5, "inverted": True, "sampler": "ddim"},
        "regions that cover the image": {"regions": (Region("a fox", left), Region("a cat", right))},
        "region": {"regions": (Region("a fox", inside, negative="snow"),)},
        "regions in attention": {
            "regions": (Region("a fox", inside), Region("a cat", left)),
            "region_mode": "attention",
        },
        "composed": {"prompt": "a fox AND a cat", "guidance_scale": 1.0},
        "words": {"attention": True, "count": 2},
        "tiles": {"size": (96, 64), "tile": 64, "tile_overlap": 16},
    }


@pytest.mark.slow(seconds=5)
def test_the_evaluations_of_a_run_are_counted_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    library = Library()
    card = library.card("tiny")
    made = {"whole": 0, "reused": 0}
    evaluate = UNet.forward

    def counted(self: UNet, x: Tensor, *inputs: Any, **more: Any) -> Tensor:
        deep: DeepFeatures | None = more.get("deep")
        made["whole" if deep is None or deep.saved is None else "reused"] += len(x)
        return evaluate(self, x, *inputs, **more)

    monkeypatch.setattr(UNet, "forward", counted)
    shared: dict[str, Any] = {"prompt": "a house", "steps": 4, "size": (64, 64), "sampler": "euler"}
    for name, changes in settings_of_runs().items():
        settings = shared | changes
        if "image" in settings:
            settings["image"] = image_inputs.store(np.full((64, 64, 3), 90, np.uint8))
        request = card.checked(Request(model="tiny", device="cpu", dtype="fp32", seed=1, **settings))
        made.update(whole=0, reused=0)
        list(generate(request, library))
        (found,) = count_passes(card, request)
        batches = -(-request.count // (request.batch or request.count))
        rows = request.count * count_rows(card, request)
        assert made == {
            "whole": rows * found.evaluations + batches * found.of_batch + request.count * found.of_image,
            "reused": rows * found.reused,
        }, name
        assert sum(made.values()) > 0, name


@pytest.mark.slow
def test_weights_that_are_converted_at_each_evaluation_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {}
    for name, weight in tiny_stable.weights("sd1").items():
        stored[name] = weight.to(torch.float8_e4m3fn) if name.startswith(UNET) and weight.ndim > 1 else weight
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    save_file(stored, paths.models_dir() / "small.safetensors", {"modelspec.resolution": "64x64"})

    def seconds_of_step(model: str) -> float:
        request = Request(prompt="a house", model=model, steps=10, guidance_scale=1.0, device="cpu", dtype="fp32")
        few, many = (
            estimate_cost(Library().card(model), "cpu", replace(request, steps=steps, batch=1)) for steps in (10, 20)
        )
        assert few is not None and many is not None
        return (many.seconds - few.seconds) / 10

    whole = seconds_of_step("tiny")
    # A millisecond for each expanded weight.
    monkeypatch.setattr(memory_and_time_estimate, "_measure_expansion", lambda *of: 1e-3)
    weights = sum(weight.numel() for name, weight in stored.items() if weight.dtype == torch.float8_e4m3fn)
    assert seconds_of_step("small") == pytest.approx(weights / 1000, rel=0.01)
    # Weights that do not fit into memory are converted from the file.
    speed = memory_and_time_estimate._measure_speed(CPU, torch.float32)
    preferences.change({"memory_gb": 0.41})
    converted = sum(weight.numel() for name, weight in stored.items() if not name.startswith("cond_stage"))
    assert seconds_of_step("tiny") - whole == pytest.approx(4 * converted / speed.written, rel=0.1)


@pytest.mark.slow
def test_control_models_and_hashes_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    file = tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    save_file(tiny_stable.control_net("sd1"), paths.models_dir() / "edges.safetensors")
    library = Library()
    request = Request(
        prompt="a house", model="tiny", steps=10, size=(64, 64), guidance_scale=1.0, device="cpu", batch=1
    )
    hint = ControlImage("edges", image_inputs.store(np.full((64, 64, 3), 90, np.uint8)), end=0.5)

    def estimate(request: Request) -> CostEstimate:
        found = estimate_cost(card_for_request(library, request), "cpu", request, is_loaded=True)
        assert found is not None
        return found

    record(library.card("tiny"), (64, 64), 1000.0)
    plain, controlled = estimate(request), estimate(replace(request, hints=(hint,)))
    share = sum(weight.numel() for weight in tiny_stable.control_net("sd1").values()) / sum(
        weight.numel() for name, weight in tiny_stable.weights("sd1").items() if name.startswith(UNET)
    )
    assert controlled.seconds / plain.seconds == pytest.approx(1 + share / 2, rel=0.02)
    assert controlled.memory > plain.memory
    # The file is hashed for the first time beside the run.
    known, unknown = (estimate_cost(library.card("tiny"), "cpu", request, is_loaded=loaded) for loaded in (True, False))
    monkeypatch.setattr(memory_and_time_estimate, "_measure_hashing", lambda: 1.0)
    slow = estimate_cost(library.card("tiny"), "cpu", request)
    assert known is not None and unknown is not None and slow is not None
    assert slow.seconds - unknown.seconds == pytest.approx(file.stat().st_size / torch.get_num_threads(), rel=0.01)
    hash_file(file)
    hashed = estimate_cost(library.card("tiny"), "cpu", request)
    assert hashed is not None and hashed.seconds < unknown.seconds + 1


@pytest.mark.slow
def test_the_built_in_model_is_estimated_and_its_steps_are_measured() -> None:
    library = Library()
    request = library.card("icons-2-fast").default_request()
    first = estimate_cost(library.card(request.model), "cpu", request)
    assert first is not None and not first.measured and first.seconds > 0 and first.memory > PROCESS_MEMORY
    list(generate(replace(request, prompt="a red fox", device="cpu"), library))
    later = estimate_cost(library.card(request.model), "cpu", request)
    assert later is not None and later.measured and later.memory == first.memory


@pytest.mark.slow
def test_warm_ups_and_the_first_step_after_loading_are_no_measure_of_later_ones() -> None:
    library = Library()
    engine = ThreadEngine(library)
    request = Request(prompt="a red fox", model="icons-2-fast", steps=1, device="cpu")
    list(generate(request, library))
    assert not estimate_paces()
    list(generate(request, library))
    measured = estimate_paces()
    assert measured
    # The window does this at its start, and whenever a model is selected.
    engine.call(load_model, request)
    assert estimate_paces() == measured


def test_rows_share_the_cores_of_a_processor() -> None:
    cores = torch.get_num_threads()
    assert busy_rows(1, CPU) == 1
    assert busy_rows(cores, CPU) == cores
    assert busy_rows(2 * cores, CPU) == 2 * cores
    # Only one row is left for the last round.
    assert busy_rows(2 * cores + 1, CPU) == 3 * cores
    assert busy_rows(3, torch.device("cuda")) == 3


def estimate_paces() -> list[str]:
    file = paths.cache_dir() / "models" / "pace.json"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.slow
def test_a_transformer_is_estimated_with_the_parts_in_other_files() -> None:
    tiny_transformers.write_files(paths.models_dir(), "klein")
    card = Library().card("tiny")
    found = estimate_cost(card, "cpu")
    assert found is not None and found.size == card.sizes()[0]
    other = estimate_cost(replace(card, defaults={**card.defaults, "steps": 8}), "cpu")
    assert other is not None and other.steps == 8 and other.memory == found.memory


@pytest.mark.slow
def test_16_bit_weights_that_stay_in_their_file_are_counted_as_such() -> None:
    """On a CPU, text encoders and transformers are expanded at each use, and take 2 bytes per number."""
    weights = {name: weight.half().contiguous() for name, weight in tiny_stable.weights("sd1").items()}
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    save_file(weights, paths.models_dir() / "half.safetensors", {"modelspec.resolution": "64x64"})
    save_file(
        {name: weight.float() for name, weight in weights.items()},
        paths.models_dir() / "full.safetensors",
        {"modelspec.resolution": "64x64"},
    )
    library = Library()
    half, full = (stable_cost(library.card(name), (64, 64), torch.float32) for name in ("half", "full"))
    matrices = [each for name, each in weights.items() if name.startswith("cond_stage") and each.ndim > 1]
    saving = 2 * sum(each.numel() for each in matrices)
    assert half.on(CPU).text_encoders == full.on(CPU).text_encoders - saving
    assert half.on(CPU).denoiser == full.on(CPU).denoiser, "U-Nets are converted when they are loaded"
    assert half.on(torch.device("cuda")) == half and half.text_encoders == full.text_encoders
    costs = [estimate_cost(library.card(name), "cpu") for name in ("half", "full")]
    assert [each.memory - costs[1].memory for each in costs] == [-saving, 0]


@pytest.mark.slow
def test_the_weights_of_a_transformer_are_counted_as_they_are_loaded() -> None:
    tiny_transformers.write_files(paths.models_dir(), "klein")
    halves = {name: each.bfloat16() for name, each in tiny_transformers.transformer_in_one_file("klein").items()}
    save_file(halves, Library().card("tiny").weights[0])
    library = Library()
    card = library.card("tiny")
    model = library.load("tiny", device=CPU, dtype=torch.float32)
    loaded = sum(weight.nbytes for weight in model.network.parameters())
    assert compute_image_cost(card, (128, 128), torch.float32).on(CPU).denoiser == loaded


@pytest.mark.slow
def test_a_fill_is_estimated_with_all_its_channels() -> None:
    tiny_transformers.write_files(paths.models_dir(), "flux1 fill")
    found = estimate_cost(Library().card("tiny"), "cpu")
    assert found is not None and found.memory > found.least > 0


@pytest.mark.slow
def test_both_transformers_of_ideogram_4_need_memory() -> None:
    tiny_transformers.write_files(paths.models_dir(), "ideogram 4")
    one = sum(4 * prod(weight.shape) for weight in ideogram4_weights(tiny_transformers.IDEOGRAM_4))
    assert compute_image_cost(Library().card("tiny"), (128, 128), torch.float32).denoiser == 2 * one


def test_reference_images_need_memory() -> None:
    config = tiny_transformers.FLUX_2
    alone = step_cost("flux2", config, (8, 8), 16, torch.float32)
    beside = step_cost("flux2", config, (8, 8), 16, torch.float32, ((8, 8), (16, 8)))
    tokens = 8 * 8 + 16, 8 * 8 + 8 * 8 + 16 * 8 + 16
    assert beside.peak / alone.peak == pytest.approx(tokens[1] / tokens[0], rel=0.2)
    assert beside.flops > 2 * alone.flops


@pytest.mark.slow
def test_the_command_lists_the_needs_of_models(capsys: pytest.CaptureFixture[str]) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    preferences.change({"memory_gb": 0.001})
    assert run(["models", "--needs"]) == 0
    shown = capsys.readouterr().out
    assert "an image of tiny: about " in shown and "1 MB can be used, and it needs at least " in shown
    assert run(["models", "--needs", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (needs,) = [row["needs"] for row in rows if row["name"] == "tiny"]
    assert needs["expected_memory"] == needs["least_memory"]
    assert needs["memory_limit"] == 10**6 and needs["size"] == [64, 64] and needs["memory"] > needs["least_memory"]
    # The systems of the literature need no estimate.
    assert {row["name"] for row in rows if "needs" in row} == {"tiny", "icons-2", "icons-2-fast"}


def test_durations_are_rounded() -> None:
    assert [format_seconds(each) for each in (0.123, 23.4, 240, 5400)] == ["0.12 s", "23 s", "4 min", "1.5 h"]


def test_the_operations_of_the_small_network_are_counted_rightly() -> None:
    network, values = memory_and_time_estimate.create_small_network(torch.device("meta"), torch.float32)
    assert measure_cost(lambda: network(values)).work.calls == memory_and_time_estimate.CALLS_OF_SMALL
