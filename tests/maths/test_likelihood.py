"""Log-likelihood by the probability-flow ODE, compared with densities in closed form."""

import math

import numpy as np
import pytest

from gdm_studio.maths.exact import ring, two_modes
from gdm_studio.maths.exact.gaussian import gaussian_denoiser
from gdm_studio.maths.likelihood import difference_jvp, log_likelihood, solve_flow
from gdm_studio.maths.processes import edm, sub_vp, vp

ENDS = (0.01, 150.0)


@pytest.mark.parametrize("process", [vp("linear"), sub_vp(), edm()], ids=lambda p: p.name)
@pytest.mark.parametrize("place", [-1.02, 0.9])
def test_exact_divergence_gives_the_density(process, place: float) -> None:
    data, x = two_modes(), np.array([[place]])
    found = log_likelihood(data.denoise, data.jvp, x, np.ones((1, 1)), coordinates=process.coordinates, ratios=ENDS)
    assert found.nats[0] == pytest.approx(data.log_density(x, process.coordinates(ENDS[0]))[0], abs=1e-3)
    assert found.calls < 1000 and found.latent.shape == x.shape


def test_random_probes_have_the_exact_mean() -> None:
    data, x, coordinates = ring(), np.array([[0.5, 0.3]]), vp("linear").coordinates
    exact = log_likelihood(data.denoise, data.jvp, x, math.sqrt(2) * np.eye(2), coordinates=coordinates, ratios=ENDS)
    signs = np.sign(np.random.default_rng(1).normal(size=(400, 2)))
    drawn = log_likelihood(data.denoise, data.jvp, x, signs, coordinates=coordinates, ratios=ENDS).nats
    assert abs(drawn.mean() - exact.nats.mean()) < 3 * drawn.std(ddof=1) / math.sqrt(len(signs))
    differences = difference_jvp(data.denoise)
    close = log_likelihood(data.denoise, differences, x, math.sqrt(2) * np.eye(2), coordinates=coordinates, ratios=ENDS)
    assert close.nats.mean() == pytest.approx(exact.nats.mean(), abs=1e-4)


def test_the_ode_round_trip_is_accurate() -> None:
    data, coordinates = ring(), vp("cosine").coordinates
    x = data.sample(20, seed=2, at=coordinates(ENDS[0]))
    there = solve_flow(data.denoise, x, coordinates=coordinates, ratios=ENDS, tolerance=1e-8)
    assert np.allclose(there.std(), 1, atol=0.4)
    back = solve_flow(data.denoise, there, coordinates=coordinates, ratios=ENDS[::-1], tolerance=1e-8)
    assert np.allclose(back, x, atol=1e-5)


def test_tensors_and_arrays_give_equal_likelihoods() -> None:
    torch = pytest.importorskip("torch")
    denoise = gaussian_denoiser(0.25)
    jvp = difference_jvp(denoise)
    found = [
        log_likelihood(denoise, jvp, x, units, coordinates=vp("linear").coordinates, ratios=ENDS).nats
        for x, units in (
            (np.full((1, 1, 2), 0.3), math.sqrt(2) * np.eye(2).reshape(2, 1, 2)),
            (torch.full((1, 1, 2), 0.3, dtype=torch.float64), math.sqrt(2) * torch.eye(2).double().reshape(2, 1, 2)),
        )
    ]
    assert np.allclose(found[0], found[1].numpy(), atol=1e-9)
