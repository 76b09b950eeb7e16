"""`Diffusion`: the input and target of a network, for one noise level and for a batch."""

import numpy as np
import pytest
import torch

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.predictions import PREDICTIONS
from gdm_studio.maths.processes import PROCESSES

PAIRS = [("vp", "epsilon"), ("vp", "v"), ("vp", "x0"), ("flow", "flow"), ("edm", "edm"), ("ve", "edm"), ("vp", "score")]
CASES = [Diffusion(PROCESSES[process](), prediction, 0.5) for process, prediction in PAIRS]


def case_name(case: object) -> str:
    return f"{case.process.name} {case.prediction}" if isinstance(case, Diffusion) else ""


def noise_levels(diffusion: Diffusion) -> list[NoiseLevel]:
    ratios = diffusion.process.ratios
    return [diffusion.process.coordinates(ratios[place]) for place in (3, len(ratios) // 2, len(ratios) - 5)]


@pytest.mark.parametrize("diffusion", CASES, ids=case_name)
def test_the_target_of_a_network_gives_the_clean_image(diffusion: Diffusion) -> None:
    rng = np.random.default_rng(0)
    x0, eps = rng.standard_normal((2, 3, 4))
    for at in noise_levels(diffusion):
        x = diffusion.process.degrade(x0, at, eps)
        found = diffusion.x0(lambda shown, time, x=x, at=at: diffusion.target(x0, x, at), x, at)
        np.testing.assert_allclose(found, x0, rtol=1e-7, atol=1e-9)


def test_targets_equal_those_of_the_papers() -> None:
    x0, eps = np.random.default_rng(1).standard_normal((2, 5))
    vp, straight = PROCESSES["vp"](), PROCESSES["flow"]()
    at, on_line = vp.at(400), straight.at(400)
    x, y = at.alpha * x0 + at.sigma * eps, on_line.alpha * x0 + on_line.sigma * eps
    close = np.testing.assert_allclose
    # Ho et al. 2020, equation 14.
    close(Diffusion(vp, "epsilon").target(x0, x, at), eps, rtol=1e-9)
    # Salimans and Ho 2022.
    close(Diffusion(vp, "v").target(x0, x, at), at.alpha * eps - at.sigma * x0, rtol=1e-9)
    close(Diffusion(vp, "x0").target(x0, x, at), x0, rtol=1e-9)
    # Liu et al. 2022.
    close(Diffusion(straight, "flow").target(x0, y, on_line), eps - x0, rtol=1e-9)
    edm, there = Diffusion(PROCESSES["edm"](), "edm", 0.5), NoiseLevel(1.0, 2.0)
    # Karras et al. 2022, table 1.
    assert edm.scaled_input(np.ones(1), there) == pytest.approx(1 / (4 + 0.25) ** 0.5)
    assert edm.time(there) == pytest.approx(np.log(2) / 4)


@pytest.mark.parametrize("kind", [np.float64, torch.float64, torch.float32])
@pytest.mark.parametrize("diffusion", CASES, ids=case_name)
def test_a_batch_of_noise_levels_equals_single_levels(diffusion: Diffusion, kind: object) -> None:
    """Compare within rounding: a batch is computed in its precision, a single level in float64."""
    ratios = diffusion.process.ratios
    ends = [ratios[0] * by for by in (0.5, 1.0, 1.5)] + [ratios[-1] * by for by in (1.0, 3.0) if ratios[-1] < np.inf]
    single = [*noise_levels(diffusion), *map(diffusion.process.coordinates, ends)]
    make = torch.tensor if isinstance(kind, torch.dtype) else np.array
    alpha, sigma = (make(part, dtype=kind).reshape(-1, 1, 1, 1) for part in zip(*single, strict=True))
    batch = NoiseLevel(alpha, sigma)
    told = [part + 0 * sigma for part in (diffusion.time(batch), *diffusion.scales(batch))]
    for row, at in enumerate(single):
        exact = [diffusion.time(at), *diffusion.scales(at)]
        tolerance = 2e-4 if kind is torch.float32 else 1e-9
        assert [float(part.reshape(-1)[row]) for part in told] == pytest.approx(exact, rel=tolerance, abs=tolerance)
        assert all(part.shape == sigma.shape and part.dtype == sigma.dtype for part in told)


def test_a_batch_may_contain_pure_noise() -> None:
    process = PROCESSES["vp"](zero_terminal_snr=True)
    places = [process.at(t) for t in (998.25, 998.75, 999)]
    batch = NoiseLevel(*(np.array(part) for part in zip(*places, strict=True)))
    with np.errstate(divide="ignore"):
        assert Diffusion(process, "v").time(batch) == pytest.approx([998.25, 998.75, 999])


@pytest.mark.parametrize("diffusion", CASES, ids=case_name)
def test_a_batch_never_synchronises_with_the_device(diffusion: Diffusion) -> None:
    """Use the device "meta", on which reading any value fails."""
    like = torch.empty(4, 1, 1, 1, device="meta")
    x, at = torch.empty(4, 3, 2, 2, device="meta"), NoiseLevel(like, like)
    assert diffusion.x0(lambda shown, time: shown + time, x, at).shape == x.shape
    assert diffusion.target(diffusion.process.degrade(x, at, x), diffusion.scaled_input(x, at), at).shape == x.shape


def test_alpha_may_be_a_scalar() -> None:
    edm = Diffusion(PROCESSES["edm"](), "edm", 1.0)
    sigma = torch.tensor([0.5, 3.0])
    assert edm.time(NoiseLevel(1.0, sigma)).tolist() == pytest.approx([np.log(0.5) / 4, np.log(3) / 4])


def test_every_prediction_is_tested() -> None:
    assert {case.prediction for case in CASES} == set(PREDICTIONS)


@pytest.mark.parametrize("diffusion", CASES, ids=case_name)
def test_times_are_shares_of_all_timesteps_except_for_edm(diffusion: Diffusion) -> None:
    times = [diffusion.of_order_one(diffusion.time(at)) for at in noise_levels(diffusion)]
    steps = len(diffusion.process.ratios)
    expected = [diffusion.time(at) for at in noise_levels(diffusion)]
    assert times == (expected if diffusion.prediction == "edm" else [time / steps for time in expected])
    assert all(abs(time) < 3 for time in times)
