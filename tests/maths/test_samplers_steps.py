"""A Step is sufficient to resume, images are independent of their batch, and samplers never wait for the device."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.exact import seeded
from gdm_studio.maths.noise_path import Array, NoiseLevel, NoisePath
from gdm_studio.maths.processes import edm, flow, vp
from gdm_studio.maths.processes.coordinates import halfway, on_curve
from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.sampling import bind_sampler

STEPS = 9
SHAPE = (3, 2, 4, 4)


def denoise(x: Array, at: NoiseLevel) -> Array:
    """Denoise nonlinearly: a Gaussian denoiser scaled by each number's size."""
    y = at.alpha * x / (at.alpha**2 + 4 * at.sigma**2)
    return y / (1 + 0.3 * abs(y))


def torch_noise(step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1000 * step + draw)
    return torch.randn(SHAPE, generator=generator)[: len(like)]


def start_of(path: NoisePath, noise: Callable[..., Array]) -> Array:
    like = torch.empty(SHAPE) if noise is torch_noise else np.empty(SHAPE)
    return path[0].sigma * noise(0, like)


@pytest.mark.parametrize("noise", [seeded(4), torch_noise], ids=["numpy", "torch"])
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_resumed_from_any_step_ends_in_the_same_bits(name: str, noise) -> None:
    fn, path = bind_sampler(SAMPLERS[name]), vp("linear").path("karras", STEPS)
    whole = list(fn(denoise, start_of(path, noise), path, noise))
    assert [step.index for step in whole] == list(range(1, STEPS + 1))
    assert all(step.at == path[step.index] and step.of == STEPS for step in whole)
    assert all(kept.shape == SHAPE for step in whole for kept in step.history)
    for k in (1, 2, 3, 4, 6, STEPS - 1):
        kept = whole[k - 1]
        *_, last = fn(denoise, kept.x, path, noise, start=k, history=kept.history)
        assert bool((last.x == whole[-1].x).all())
        assert bool((last.denoised == whole[-1].denoised).all())


@pytest.mark.parametrize("name", [name for name, spec in SAMPLERS.items() if spec.params])
def test_a_run_with_low_parameters_resumes_to_the_same_bits(name: str) -> None:
    """Use parameters near their lower bounds, within the range that the sampler distinguishes."""
    low = {knob.name: knob.low + (knob.high - knob.low) / 100 for knob in SAMPLERS[name].params}
    fn, path, noise = bind_sampler(SAMPLERS[name]), vp("linear").path("karras", STEPS), seeded(4)
    whole = list(fn(denoise, start_of(path, noise), path, noise, **low))
    kept = whole[3]
    *_, last = fn(denoise, kept.x, path, noise, start=4, history=kept.history, **low)
    assert bool((last.x == whole[-1].x).all())


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_resumes_without_history(name: str) -> None:
    """Resume without history, as with another sampler: there is no error and the image is similar."""
    noise = seeded(5)
    fn, path = bind_sampler(SAMPLERS[name]), edm(0.01, 10.0).path("karras", 40)
    whole = list(fn(denoise, start_of(path, noise), path, noise))
    *_, last = fn(denoise, whole[29].x, path, noise, start=30)
    assert np.abs(last.x - whole[-1].x).max() < 0.05


@pytest.mark.parametrize("name", SAMPLERS)
def test_an_image_is_independent_of_its_batch(name: str) -> None:
    noise = seeded(6)
    draws = {row: (lambda step, like, draw=0, row=row: noise(step, np.empty(SHAPE), draw)[row]) for row in range(3)}
    fn, path = bind_sampler(SAMPLERS[name]), vp("linear").path("karras", STEPS)
    x = start_of(path, noise) * np.array([0.3, 1.0, 3.0])[:, None, None, None]
    *_, together = fn(denoise, x, path, noise)
    for row in range(3):
        alone = draws[row]
        *_, last = fn(denoise, x[row : row + 1], path, lambda *key, alone=alone: alone(*key)[None])
        assert np.allclose(last.x[0], together.x[row], rtol=1e-11, atol=1e-12)


class SyncRecorder(TorchFunctionMode):
    """Record operations that wait for a device: reads of values and value-dependent shapes."""

    READS = {"item", "tolist", "numpy", "cpu", "to", "nonzero", "equal", "__array__", "__getitem__"}
    READS |= {"__bool__", "__float__", "__int__", "__index__", "__contains__"}

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.__name__ in self.READS:
            self.seen.add(func.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", SAMPLERS)
def test_only_rk45_waits_for_the_device(name: str) -> None:
    fn, path = bind_sampler(SAMPLERS[name]), edm().path("karras", 5)
    x = start_of(path, torch_noise)
    with SyncRecorder() as waits:
        for _ in fn(denoise, x, path, lambda *key: 0.5 * x):
            pass
    assert ("tolist" in waits.seen) if name == "ode_rk45" else not waits.seen


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "ode_rk45"])
def test_no_sampler_synchronises_with_the_gpu(name: str) -> None:
    fn, path = bind_sampler(SAMPLERS[name]), edm().path("karras", 5)
    z = torch.randn(SHAPE, device="cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in fn(denoise, path[0].sigma * z, path, lambda *key: z):
            pass
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_path_may_start_at_pure_noise(name: str) -> None:
    """Start at alpha = 0, as in flow models and with zero terminal SNR."""
    path = flow().path("trailing", 12)
    assert path[0] == NoiseLevel(0.0, 1.0)
    fn, target = bind_sampler(SAMPLERS[name]), np.linspace(-1, 1, 8).reshape(1, 8)
    if name in ("ncsn", "ncsnv2"):
        with pytest.raises(BadRequest, match="alpha = 0"):
            next(fn(lambda x, at: target, np.ones((1, 8)), path, seeded(7)))
        return
    steps = list(fn(lambda x, at: target + 0 * x, seeded(7)(0, target), path, seeded(7)))
    assert all(np.isfinite(step.x).all() for step in steps)
    assert np.allclose(steps[-1].x, target, atol=0.08 if name.startswith("analytic") else 1e-9)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_started_in_the_middle_ignores_earlier_levels(name: str) -> None:
    """Start in the middle of a path, whose earlier levels may be at alpha = 0 or anywhere."""
    fn, path, begun = bind_sampler(SAMPLERS[name]), flow().path("trailing", 12), 4
    x = denoise(seeded(3)(0, np.empty(SHAPE)), path[begun])
    *_, last = fn(denoise, x, path, seeded(7), start=begun)
    for before in (NoiseLevel(0.1, 0.95), NoiseLevel(0.9, 7.0)):
        *_, otherwise = fn(denoise, x, (*begun * (before,), *path[begun:]), seeded(7), start=begun)
        assert np.array_equal(last.x, otherwise.x) and np.isfinite(last.x).all()


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_point_mass_is_found_exactly(name: str) -> None:
    noise, target = seeded(8), np.random.default_rng(3).normal(size=(2, 8))
    for process in (vp("cosine"), edm()):
        path = process.path(SAMPLERS[name].default_spacing, 5)
        x = path[0].alpha * target + path[0].sigma * noise(0, target)
        *_, last = bind_sampler(SAMPLERS[name], variance=1e-20)(lambda x, at: target, x, path, noise)
        assert np.allclose(last.x, target, atol=1e-9)


@pytest.mark.parametrize("name", ["unipc", "unipc_3", "lms", "deis", "dpmpp_3m", "plms", "pndm"])
def test_history_is_as_long_as_the_method_needs(name: str) -> None:
    path = edm().path("karras", 12)
    lengths = [len(step.history) for step in SAMPLERS[name].fn(denoise, np.ones((1, 2)), path, seeded(1))]
    longest = {"unipc": 3, "unipc_3": 4, "lms": 3, "deis": 2, "dpmpp_3m": 2, "plms": 3, "pndm": 3}
    assert lengths[-1] == longest[name]
    assert lengths == sorted(lengths)


def test_the_middle_of_a_step_is_on_the_curve_of_its_process() -> None:
    for coordinates in (vp("linear").coordinates, edm().coordinates, flow().coordinates):
        at, to = coordinates(5.0), coordinates(0.2)
        assert halfway(at, to) == pytest.approx(coordinates(1.0))
        assert on_curve(9.0, to) == pytest.approx(coordinates(9.0))
    at = NoiseLevel(0.8, 1 - 0.8**2)
    above = on_curve(2 * at.ratio, at)
    assert above.sigma == pytest.approx(1 - above.alpha**2) and above.ratio == pytest.approx(2 * at.ratio)
    assert on_curve(0.5, NoiseLevel(2.0, 3.0)) == NoiseLevel(2.0, 1.0)


def test_steps_are_computed_one_by_one() -> None:
    calls = []

    def counted(x: Array, at: NoiseLevel) -> Array:
        calls.append(at)
        return denoise(x, at)

    path = edm().path("karras", 20)
    steps = SAMPLERS["dpmpp_2m"].fn(counted, np.ones((1, 2)), path, seeded(1))
    assert [len(calls) for _ in islice(steps, 3)] == [1, 2, 3]
