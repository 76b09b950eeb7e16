"""The order of convergence of each sampler to the exact flow, and equality with plain methods at zero parameters."""

import math

import numpy as np
import pytest

from gdm_studio.maths.exact import gaussian_denoiser
from gdm_studio.maths.noise_path import NoisePath, Step
from gdm_studio.maths.processes import edm, flow, vp
from gdm_studio.maths.samplers import SAMPLERS
from tests.helpers.sampling import karras_between

S, HIGH, LOW = 0.5, 80.0, 0.01

ORDERS = {
    "euler": 1,
    "ddim": 1,
    "flow_euler": 1,
    "heun": 2,
    "flow_heun": 2,
    "dpm2": 2,
    "dpmpp_2m": 2,
    "dpmpp_2s": 2,
    "unipc": 2,
    "unipc_3": 3,
    "dpmpp_3m": 3,
    "deis": 3,
    "lms": 4,
    # Its weights are for even steps, and these are uneven.
    "plms": 2,
    "pndm": 2,
}


def flow_at(path: NoisePath, i: int) -> float:
    """Return x of the exact flow of N(0, S²) that starts at HIGH."""
    return HIGH * math.hypot(S, path[i].sigma) / math.hypot(S, path[0].sigma)


def last_of(name: str, path: NoisePath, **knobs: float) -> Step:
    *_, last = SAMPLERS[name].fn(gaussian_denoiser(S * S), np.full((1, 1), HIGH), path, None, **knobs)
    return last


def error(name: str, steps: int, **knobs: float) -> float:
    path = karras_between(HIGH, LOW, steps)
    return abs(last_of(name, path, **knobs).x.item() / flow_at(path, steps) - 1)


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_convergence_is_as_registered(name: str) -> None:
    """Compare the registered order with the measured one, within the 0.4 that 80 to 320 steps allow."""
    orders = [math.log2(error(name, steps) / error(name, 2 * steps)) for steps in (80, 160)]
    assert min(orders) >= ORDERS[name] - 0.4
    assert SAMPLERS[name].order == ORDERS[name]


@pytest.mark.parametrize(("curvature", "order"), [(1.0, 3), (0.5, 2)])
def test_dpmpp_3m_is_third_order_and_as_published_second_order(curvature: float, order: int) -> None:
    def error_from_exact(steps: int) -> float:
        path, denoise = karras_between(HIGH, LOW, steps), gaussian_denoiser(S * S)
        past = tuple(np.full((1, 1), denoise(flow_at(path, i), path[i])) for i in (1, 0))
        x = np.full((1, 1), flow_at(path, 2))
        *_, last = SAMPLERS["dpmpp_3m"].fn(denoise, x, path, None, start=2, history=past, curvature=curvature)
        return abs(last.x.item() / flow_at(path, steps) - 1)

    assert math.log2(error_from_exact(160) / error_from_exact(320)) == pytest.approx(order, abs=0.1)


def test_rk45_keeps_its_tolerance() -> None:
    """Allow ten times the tolerance, which bounds the error of each of about ten inner steps."""
    for tolerance in (1e-3, 1e-5, 1e-7):
        assert error("ode_rk45", 6, tolerance=tolerance) < 10 * tolerance


def test_one_step_of_every_multistep_method_equals_euler() -> None:
    path = karras_between(HIGH, LOW, 1)
    for name in ("dpmpp_2m", "dpmpp_3m", "lms", "deis", "unipc", "unipc_3"):
        assert last_of(name, path).x == pytest.approx(last_of("euler", path).x, rel=1e-12)


@pytest.mark.parametrize(
    ("noisy", "knobs", "plain"),
    [
        ("dpmpp_2m_sde", {"eta": 0.0}, "dpmpp_2m"),
        ("dpmpp_3m_sde", {"eta": 0.0}, "dpmpp_3m"),
        ("dpmpp_2s_a", {"eta": 0.0}, "dpmpp_2s"),
        ("dpmpp_sde", {"eta": 0.0}, "dpmpp_2s"),
        ("dpm2_a", {"eta": 0.0}, "dpm2"),
        ("edm", {"churn": 0.0}, "heun"),
        ("restart", {"restarts": 0.0}, "heun"),
    ],
)
def test_a_sampler_without_noise_equals_the_plain_one(noisy: str, knobs: dict[str, float], plain: str) -> None:
    path = edm().path("karras", 9)
    assert last_of(noisy, path, **knobs).x == last_of(plain, path).x


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("process", [vp("cosine"), flow()], ids=lambda process: process.name)
def test_a_sampler_gives_the_same_image_in_any_coordinates(name: str, process) -> None:
    """Use that a sampler sees only x / alpha at the noise ratios, except for Flow Heun."""
    ratios = [at.ratio for at in edm(0.01, 30.0).path("karras", 12)]
    ends = []
    for coordinates in (edm().coordinates, process.coordinates):
        path = tuple(coordinates(ratio) for ratio in ratios)
        x = path[0].alpha * 30 * np.array([[0.4, -1.3]])
        *_, last = SAMPLERS[name].fn(gaussian_denoiser(S * S, 0.2), x, path, None)
        ends.append(last.x)
    assert np.allclose(*ends, rtol=1e-9, atol=1e-12)
