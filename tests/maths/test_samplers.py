"""Every sampler on data with an exact solution, without random numbers."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.exact import gaussian_denoiser, propagated_variance
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import edm, vp
from gdm_studio.maths.samplers import GROUPS, NEEDS, SAMPLERS, check_suits, sampler
from gdm_studio.maths.samplers.ddim import ddim
from gdm_studio.maths.spacings import SPACINGS
from tests.helpers.sampling import bind_sampler

VARIANCE = 0.25
TEMPERATURES = (0.1, 0.5, 1.0, 2.0)
# Samplers of the model's law by the ODE or the SDE, with affine updates, which also sample the tempered law.
FLOWS = [name for name, spec in SAMPLERS.items() if spec.affine and not spec.own_law]

# Chains written with the coefficients of the papers, not with `move`: x_s = keep·x_r + gain·x0(x_r) + spread·z.


def ddpm_coefficients(at: NoiseLevel, to: NoiseLevel, *, large: bool) -> tuple[float, float, float]:
    """Return the coefficients of Ho et al. 2020, equation 7, for any two levels of a VP path."""
    abar_r, abar_s = at.alpha**2, to.alpha**2
    beta = 1 - abar_r / abar_s
    small = beta * (1 - abar_s) / (1 - abar_r)
    spread = 0.0 if to.sigma == 0 else math.sqrt(beta if large else small)
    return (
        math.sqrt(abar_r / abar_s) * (1 - abar_s) / (1 - abar_r),
        beta * math.sqrt(abar_s) / (1 - abar_r),
        spread,
    )


def ddim_coefficients(at: NoiseLevel, to: NoiseLevel, *, eta: float) -> tuple[float, float, float]:
    """Return the coefficients of Song et al. 2021, equations 12 and 16."""
    abar_r, abar_s = at.alpha**2, to.alpha**2
    sigma = eta * math.sqrt((1 - abar_s) / (1 - abar_r)) * math.sqrt(1 - abar_r / abar_s)
    direction = math.sqrt(max(1 - abar_s - sigma**2, 0)) / math.sqrt(1 - abar_r)
    return direction, math.sqrt(abar_s) - direction * math.sqrt(abar_r), sigma


CHAINS = {
    "ddpm": lambda at, to: ddpm_coefficients(at, to, large=False),
    "ddpm_large": lambda at, to: ddpm_coefficients(at, to, large=True),
    "ddim": lambda at, to: ddim_coefficients(at, to, eta=0),
    "euler": lambda at, to: ddim_coefficients(at, to, eta=0),
    "flow_euler": lambda at, to: ddim_coefficients(at, to, eta=0),
    "euler_a": lambda at, to: ddim_coefficients(at, to, eta=1),
}


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("steps", [1, 10, 50, 1000])
@pytest.mark.parametrize("name", CHAINS)
def test_the_variance_equals_that_of_the_affine_chain(name: str, steps: int, temperature: float) -> None:
    path = vp("linear").path("linspace", steps)
    variance = 1.0
    for at, to in pairwise(path):
        keep, gain, spread = CHAINS[name](at, to)
        # The posterior mean of N(0, tau·s²) by Bayes' rule.
        cool = temperature * VARIANCE
        denoise = at.alpha * cool / (at.alpha**2 * cool + at.sigma**2)
        variance = (keep + gain * denoise) ** 2 * variance + spread**2
    measured = propagated_variance(SAMPLERS[name], path, data_variance=VARIANCE, temperature=temperature)
    assert measured == pytest.approx(variance, abs=1e-5)


@pytest.mark.parametrize("temperature", (0.5, 2.0))
@pytest.mark.parametrize("name", FLOWS)
def test_many_steps_reach_the_tempered_variance(name: str, temperature: float) -> None:
    path = edm(0.002, 80.0).path("karras", 1000 if name in ("euler_a", "ddpm", "ddpm_large") else 200)
    fn = bind_sampler(SAMPLERS[name], temperature=temperature)
    spec = replace(SAMPLERS[name], fn=fn)
    measured = propagated_variance(spec, path, data_variance=VARIANCE, temperature=temperature)
    assert measured == pytest.approx(temperature * VARIANCE, rel=0.03)


def test_ddim_with_full_eta_is_ddpm() -> None:
    path = vp("linear").path("linspace", 25)
    draws = np.random.default_rng(1).normal(size=(26, 64))
    ends = []
    for name, knobs in (("ddpm", {}), ("ddim", {"eta": 1.0}), ("euler_a", {})):
        spec = SAMPLERS[name]
        *_, last = spec.fn(gaussian_denoiser(VARIANCE, 0.3), draws[0], path, lambda step, like: draws[step], **knobs)
        ends.append(last.x)
    assert np.allclose(ends[0], ends[1], atol=1e-12)
    assert np.allclose(ends[0], ends[2], atol=1e-12)


def test_every_registered_sampler_is_documented() -> None:
    titles = [spec.title for spec in SAMPLERS.values()]
    assert len(set(titles)) == len(titles)
    for spec in SAMPLERS.values():
        few, many = spec.steps
        assert 1 <= few <= spec.default_steps <= many <= 1000
        assert spec.default_spacing in SPACINGS
        assert spec.summary.endswith(".") and len(spec.summary) <= 120
        assert spec.when.endswith(".") and len(spec.when) <= 70
        assert not spec.temperature or spec.temperature.endswith(".")
        assert spec.temperature or not spec.own_law
        assert spec.paper
        assert all(knob.low <= knob.default <= knob.high for knob in spec.params)


def test_samplers_are_registered_in_menu_order() -> None:
    assert list(SAMPLERS) == [name for names in GROUPS.values() for name in names]
    assert all(spec.name == name and name in GROUPS[spec.group] for name, spec in SAMPLERS.items())


@pytest.mark.parametrize(("name", "needs"), [("nowhere", ""), ("euler", "luck"), ("euler", "")])
def test_a_sampler_without_a_group_or_with_a_used_name_is_refused(name: str, needs: str) -> None:
    with pytest.raises(ValueError, match=name):
        sampler(name, title="", summary="", paper="", needs=needs)(ddim)


def test_a_sampler_is_refused_if_the_model_lacks_its_inputs() -> None:
    for spec in SAMPLERS.values():
        if spec.needs:
            with pytest.raises(BadRequest, match=NEEDS[spec.needs]):
                check_suits(spec, ())
            with pytest.raises(BadRequest, match="choose another scheduler"):
                next(spec.fn(gaussian_denoiser(1.0), np.ones(2), edm().path("karras", 2), lambda step, like: like))
        else:
            check_suits(spec, ())
            with pytest.raises(BadRequest, match="Cold"):
                check_suits(spec, {"degrade"})
    check_suits(SAMPLERS["cold_2"], {"degrade"})
