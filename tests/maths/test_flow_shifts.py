"""Noise levels of rectified flows whose shift is constant, or depends on the image's size and the number of steps."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, NoisePath
from gdm_studio.maths.processes import flow, flow_for_steps, flux1_shift, flux2_shift, sd3_first
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.flow_shifts import flow_numbers
from tests.parity.transformers import ANSWERS, RUNS

with np.load(ANSWERS) as _stored:
    SIGMAS: list[list[float]] = json.loads(str(_stored["about"]))["sigmas"]


def path_of(name: str, tokens: int, steps: int) -> NoisePath:
    """Return the default path of a released model."""
    if name == "FLUX.1 schnell":
        return flow_for_steps(steps).path("trailing", steps)
    if name.startswith("FLUX"):
        shift = flux1_shift(tokens) if name.startswith("FLUX.1") else flux2_shift(tokens, steps)
        return flow_for_steps(steps, shift=shift).path("trailing", steps)
    if name == "Z-Image":
        return flow_for_steps(steps, shift=3.0).path("trailing", steps)
    return flow_for_steps(steps, shift=3.0, first=sd3_first(3.0)).path("linspace", steps)


@pytest.mark.parametrize(("run", "sigmas"), [*zip(RUNS, SIGMAS, strict=True)], ids=lambda each: str(each)[:40])
def test_the_default_path_of_a_model_is_that_of_diffusers(run: tuple[str, int, int], sigmas: list[float]) -> None:
    path = path_of(*run)
    assert [level.sigma for level in path] == pytest.approx(sigmas, rel=2e-6)
    assert all(level.alpha == pytest.approx(1 - level.sigma) for level in path)
    assert path[0] == NoiseLevel(0.0, 1.0) and path[-1] == CLEAN


@pytest.mark.parametrize(
    ("shift", "steps", "tokens", "sigmas"),
    [
        ("Qwen-Image", 50, 6889, [1.0, 0.9909883, 0.6893778, 0.0637828, 0.02]),
        ("Qwen-Image", 8, 4096, [1.0, 0.916024, 0.5800748, 0.2440539, 0.02]),
        ("Krea 2", 28, 4096, [1.0, 0.9852564, 0.7122322, 0.1599367, 0.0839702]),
        ("Ideogram 4", 48, 4096, [0.9998766, 0.9769866, 0.6666667, 0.129617, 0.0861085]),
        ("Ideogram 4", 20, 1500, [0.9998766, 0.9345118, 0.5475742, 0.1504018, 0.0930959]),
    ],
)
def test_recent_paths_are_those_of_diffusers(shift: str, steps: int, tokens: int, sigmas: list[float]) -> None:
    # Some levels that pipelines of diffusers 0.42.1 visit.
    numbers = {"spread": 1.5} if shift == "Ideogram 4" else {}
    process = flow(**flow_numbers(shift, numbers, (16, 16 * tokens), steps))
    path = process.path("linspace" if shift == "Qwen-Image" else "trailing", steps)
    found = [path[index].sigma for index in (0, 1, steps // 2, steps - 2, steps - 1)]
    assert found == pytest.approx(sigmas, abs=1e-6) and path[-1] == CLEAN and len(path) == steps + 1


def test_shifts_have_their_published_values() -> None:
    assert flux1_shift(256) == pytest.approx(math.exp(0.5))
    assert flux1_shift(4096) == pytest.approx(math.exp(1.15))
    assert flux2_shift(4096, 10) == pytest.approx(math.exp(8.73809524e-5 * 4096 + 1.89833333))
    assert flux2_shift(4096, 200) == pytest.approx(math.exp(1.6927e-4 * 4096 + 0.45666666))
    assert flux2_shift(4301, 4) == flux2_shift(4301, 50)
    assert flux2_shift(4300, 4) != flux2_shift(4300, 50)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 28, 150, 1000])
def test_even_steps_are_not_rounded(steps: int) -> None:
    for shift in (1.0, 3.0):
        for index, level in enumerate(flow_for_steps(steps, shift=shift).path("trailing", steps)):
            t = 1 - index / steps
            assert level.sigma == pytest.approx(shift * t / (1 + (shift - 1) * t), abs=1e-12)


def test_the_first_timestep_can_be_chosen() -> None:
    process = flow(11, first=0.2)
    assert [process.at(i).sigma for i in range(11)] == pytest.approx([0.2 + 0.08 * i for i in range(11)])
    assert flow(1000, first=0.001).ratios == pytest.approx(flow().ratios)


@pytest.mark.parametrize("name", ["euler", "heun", "dpmpp_2m", "unipc"])
def test_samplers_follow_a_shifted_flow_to_its_data(name: str) -> None:
    """Denoise towards a single image, which every sampler has to find."""
    image = np.linspace(-1.0, 1.0, 8).reshape(1, 2, 2, 2)
    path = flow_for_steps(6, shift=flux2_shift(64, 6)).path("trailing", 6)
    start = np.random.default_rng(3).standard_normal(image.shape)
    steps = SAMPLERS[name].fn(lambda x, at: image, start, path, lambda step, like, draw=0: 0 * like)
    assert list(steps)[-1].x == pytest.approx(image, abs=1e-9)
