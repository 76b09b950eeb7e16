"""Predictions of a network, and their conversion to the clean image."""

import math

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths import predictions
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Process, edm, flow, sub_vp, vp
from gdm_studio.maths.samplers import SAMPLERS

PURE_NOISE = NoiseLevel(0.0, 1.0)
X0, EPS, DATA_SCALE = 0.3, -1.2, 0.5


def target(name: str, at: NoiseLevel) -> float:
    """Return the answer of a perfect network for X0 and EPS at a noise level."""
    x, ratio, s = at.alpha * X0 + at.sigma * EPS, at.ratio, DATA_SCALE
    # Karras et al. 2022, equation 8, with their sigma = ratio and x / alpha.
    if name == "edm":
        return (X0 - s * s / (ratio**2 + s * s) * x / at.alpha) / (ratio * s / math.hypot(ratio, s))
    v = at.alpha * EPS - at.sigma * X0
    return {"epsilon": EPS, "x0": X0, "v": v, "flow": EPS - X0, "score": -EPS / at.sigma}[name]


@pytest.mark.parametrize("name", predictions.PREDICTIONS)
@pytest.mark.parametrize("process", [vp(), edm(), sub_vp(), flow()], ids=lambda p: p.name)
@pytest.mark.parametrize("ratio", [0.05, 1.0, 20.0])
def test_the_true_target_gives_the_true_image(name: str, process: Process, ratio: float) -> None:
    at = process.coordinates(ratio)
    scales = predictions.PREDICTIONS[name](at, DATA_SCALE)
    x = at.alpha * X0 + at.sigma * EPS
    assert scales.c_skip * x + scales.c_out * target(name, at) == pytest.approx(X0, abs=1e-12)


@pytest.mark.parametrize("name", sorted(predictions.PREDICTIONS.keys() - {"epsilon", "score"}))
@pytest.mark.parametrize("process", [vp(zero_terminal_snr=True), flow()], ids=lambda p: p.name)
def test_scales_at_pure_noise_are_their_limits(name: str, process: Process) -> None:
    at = process.path("trailing", 10)[0]
    assert at == PURE_NOISE
    near = predictions.PREDICTIONS[name](process.coordinates(1e9), DATA_SCALE)
    assert predictions.PREDICTIONS[name](at, DATA_SCALE) == pytest.approx(near, abs=1e-8)


def test_noise_and_edm_networks_refuse_pure_noise() -> None:
    with pytest.raises(BadRequest, match="alpha = 0"):
        predictions.epsilon(PURE_NOISE, DATA_SCALE)
    with pytest.raises(BadRequest, match="alpha = 0"):
        predictions.score(PURE_NOISE, DATA_SCALE)
    with pytest.raises(BadRequest, match="alpha = 0"):
        predictions.c_noise("edm", vp(), PURE_NOISE)


@pytest.mark.parametrize("name", ["x0", "v", "flow"])
@pytest.mark.parametrize("process", [vp(zero_terminal_snr=True), flow()], ids=lambda p: p.name)
def test_a_perfect_network_finds_its_image_from_pure_noise(name: str, process: Process) -> None:
    """Use data of a single image: everything else in x is noise."""

    def denoise(x: float, at: NoiseLevel) -> float:
        scales, eps = predictions.PREDICTIONS[name](at, DATA_SCALE), (x - at.alpha * X0) / at.sigma
        out = {"x0": X0, "v": at.alpha * eps - at.sigma * X0, "flow": eps - X0}[name]
        return scales.c_skip * x + scales.c_out * out

    path = process.path("linspace", 8)
    for step in SAMPLERS["ddim"].fn(denoise, -0.7, path, None):
        assert math.isfinite(step.x) and step.denoised == pytest.approx(X0, abs=1e-9)
    assert step.x == pytest.approx(X0, abs=1e-9)


def test_edm_input_and_target_have_unit_variance() -> None:
    """Check for data of deviation s that input and target have variance 1 (equations 115 and 118)."""
    s = DATA_SCALE
    for process in (edm(), vp(), flow()):
        for at in process.path("karras", 5)[1:-1]:
            scales = predictions.edm(at, s)
            x = at.alpha**2 * s**2 + at.sigma**2
            assert scales.c_in**2 * x == pytest.approx(1)
            # This is (x0 − c_skip·x) / c_out for independent x0 and noise.
            missed = ((1 - scales.c_skip * at.alpha) * s) ** 2 + (scales.c_skip * at.sigma) ** 2
            assert missed / scales.c_out**2 == pytest.approx(1)


def test_time_inputs_are_the_published_ones() -> None:
    ddpm, straight = vp(), flow()
    assert predictions.c_noise("edm", edm(), NoiseLevel(1.0, math.e**2)) == pytest.approx(0.5)
    assert predictions.c_noise("epsilon", ddpm, ddpm.at(731)) == pytest.approx(731)
    assert predictions.c_noise("v", PROCESSES["vp"](zero_terminal_snr=True), PURE_NOISE) == 999
    assert predictions.c_noise("flow", straight, straight.at(299)) == pytest.approx(300)
    assert predictions.c_noise("flow", straight, PURE_NOISE) == 1000


@pytest.mark.parametrize("name", predictions.PREDICTIONS)
@pytest.mark.parametrize("ratio", [0.05, 1.0, 20.0])
def test_time_inputs_depend_only_on_the_noise_ratio(name: str, ratio: float) -> None:
    """Check that other coordinates of the same noise ratio give the network the same time."""
    straight = flow()
    told = predictions.c_noise(name, straight, straight.coordinates(ratio))
    for other in (vp(), edm(), sub_vp()):
        assert predictions.c_noise(name, straight, other.coordinates(ratio)) == pytest.approx(told)
