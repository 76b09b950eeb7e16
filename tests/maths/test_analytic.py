"""Analytic-DPM's variances and bounds, and the optimal spacing that follows from them."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance, bound_term, optimal_variance
from gdm_studio.maths.posterior import posterior_variance, x0_weight
from gdm_studio.maths.processes import PROCESSES, Process, vp
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.maths.spacings.optimal import LEVELS, OptimalTable, pair_costs, path_cost, shortest
from gdm_studio.maths.variational_bound import prior_term

VARIANCE = 0.25
LINEAR = vp("linear")


def norms(every: int = 1) -> ScoreNorms:
    """Return the score norms of data N(0, VARIANCE), measured at every n-th timestep."""
    ratios = LINEAR.ratios[::every]
    return ScoreNorms.measured(ratios, [10 * VARIANCE / (VARIANCE + r * r) for r in ratios], 10)


def covariance(at: NoiseLevel) -> float:
    return 1 / (1 / VARIANCE + at.alpha**2 / at.sigma**2)


@pytest.mark.parametrize("every", [1, 50, 500])
@pytest.mark.parametrize(
    "at", [NoiseLevel(1.0, 0.003), NoiseLevel(0.6, 0.8), NoiseLevel(1.0, 300.0), NoiseLevel(0.0, 1.0)]
)
def test_score_norms_of_any_resolution_are_exact_for_gaussian_data(every: int, at: NoiseLevel) -> None:
    assert norms(every).covariance(at) == pytest.approx(covariance(at), rel=1e-6)


def test_the_posterior_variance_without_noise_is_zero() -> None:
    assert norms().covariance(CLEAN) == 0


@pytest.mark.parametrize("process", [PROCESSES["flow"](), vp("linear", zero_terminal_snr=True)], ids=lambda p: p.name)
def test_a_process_that_ends_in_pure_noise_has_finite_norms(process: Process) -> None:
    """Skip pure noise, whose row is left out: there the posterior variance is the variance of the data."""
    assert process.ratios[-1] == math.inf
    found = ScoreNorms.measured(process.ratios, [VARIANCE / (VARIANCE + r * r) for r in process.ratios], 1)
    assert len(found.table) == len(process.ratios) - 1
    assert all(math.isfinite(log_ratio) and 0 <= g <= 1 for log_ratio, g in found.table)
    assert found.covariance(NoiseLevel(0.0, 1.0)) == pytest.approx(VARIANCE, rel=1e-6)


def test_empty_score_norms_are_refused() -> None:
    with pytest.raises(BadRequest, match="score norms"):
        analytic_variance(ScoreNorms(()))(NoiseLevel(0.6, 0.8), CLEAN, 1.0)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_the_optimal_variance_preserves_gaussian_data(eta: float) -> None:
    """Check that k²·Var(x) + … + the added variance = Var(x′) for every eta, so that the step is exact."""
    at, to = NoiseLevel(0.5, math.sqrt(0.75)), NoiseLevel(0.9, math.sqrt(0.19))
    added = optimal_variance(at, to, covariance=covariance(at), eta=eta)
    assert analytic_variance(norms())(at, to, eta) == pytest.approx(added, rel=1e-6)
    keep = math.sqrt(to.sigma**2 - posterior_variance(at, to, eta=eta)) / at.sigma
    total = at.alpha**2 * VARIANCE + at.sigma**2
    slope = keep + x0_weight(at, to, eta=eta) * at.alpha * VARIANCE / total
    assert slope**2 * total + added == pytest.approx(to.alpha**2 * VARIANCE + to.sigma**2, abs=1e-12)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("scale", [math.sqrt(VARIANCE), None])
def test_tempered_variances_equal_those_of_narrower_data(temperature: float, scale: float | None) -> None:
    at, to = NoiseLevel(0.5, math.sqrt(0.75)), NoiseLevel(0.9, math.sqrt(0.19))
    variance = analytic_variance(norms(), temperature=temperature, data_scale=scale)
    cold = 1 / (1 / (temperature * VARIANCE) + at.alpha**2 / at.sigma**2)
    assert variance(at, to, 1.0) == pytest.approx(optimal_variance(at, to, covariance=cold), rel=1e-9)


@pytest.mark.parametrize("steps", [1, 3, 30])
def test_the_bound_equals_the_entropy_for_every_step_count(steps: int) -> None:
    path = LINEAR.path("linspace", steps)
    bound = prior_term(path[0], second_moment=VARIANCE)
    for at, to in pairwise(path):
        best = optimal_variance(at, to, covariance=covariance(at))
        least = bound_term(at, to, covariance=covariance(at), variance=best)
        bound += least
        for other in (0.9 * best, 1.1 * best):
            assert bound_term(at, to, covariance=covariance(at), variance=other) > least
    assert bound == pytest.approx(math.log(2 * math.pi * math.e * VARIANCE) / 2, abs=1e-5)


def test_pair_costs_are_the_terms_of_the_bound() -> None:
    ratios = LINEAR.ratios[::100]
    points = [LINEAR.coordinates(ratio) for ratio in ratios]
    errors = [covariance(at) for at in points]
    small = pair_costs(ratios, errors, variance="small", decoder=[0.5] * len(ratios))
    at, to = points[7], points[3]
    assert small[4, 8] == pytest.approx(bound_term(at, to, covariance=errors[7], variance=posterior_variance(at, to)))
    assert small[0, 8] == pytest.approx(bound_term(at, CLEAN, covariance=errors[7], variance=0.5))
    best = pair_costs(ratios, errors)
    variance = optimal_variance(at, to, covariance=errors[7])
    assert best[4, 8] == pytest.approx(bound_term(at, to, covariance=errors[7], variance=variance))
    assert np.isinf(best[8, 4]) and np.isinf(best[3, 3])


def test_the_shortest_path_is_optimal() -> None:
    costs = np.random.default_rng(1).random((10, 10))
    for steps in (1, 3, 9):
        every = [(0, *inner, 9) for inner in combinations(range(1, 9), steps - 1)]
        assert shortest(costs, steps)[0] == 0 and len(shortest(costs, steps)) == steps + 1
        assert path_cost(np.where(np.triu(costs, 1) > 0, costs, np.inf), every[0]) < np.inf
        rising = np.where(np.triu(np.ones_like(costs), 1) > 0, costs, np.inf)
        least = min(path_cost(rising, nodes) for nodes in every)
        assert path_cost(rising, shortest(rising, steps)) == pytest.approx(least, abs=1e-12)


@pytest.mark.parametrize("name", ["vp", "edm", "flow"])
def test_the_optimal_spacing_of_any_process_falls_from_full_noise(name: str) -> None:
    process = PROCESSES[name]()
    table = OptimalTable(process.ratios, ScoreNorms.measured([0.01, 1.0, 50.0], [0.9, 0.2, 1e-4], 1))
    assert len(table) == len(process.ratios) and list(table)[:2] == [1, 2]
    for steps in (1, 2, 7, 40, LEVELS + 50):
        path = process.path("optimal", steps, table=table)
        assert len(path) == steps + 1 and path[-1] == CLEAN
        assert path[0].ratio == process.ratios[-1]
        assert all(a.ratio > b.ratio for a, b in pairwise(path))


def test_optimal_spacing_needs_the_models_own_table() -> None:
    with pytest.raises(BadRequest, match="no table"):
        LINEAR.path("optimal", 5)
    with pytest.raises(BadRequest, match="1 to 1000 steps, not 2000"):
        LINEAR.path("optimal", 2000, table=OptimalTable(LINEAR.ratios, norms()))
    assert SPACINGS["optimal"].needs_table and not OptimalTable(LINEAR.ratios, ScoreNorms(()))


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_the_variance_of_a_step_has_the_covariance_of_its_first_level(eta: float) -> None:
    """Data that are not Gaussian have another variance left at every noise level."""
    process = vp("linear")
    ratios = [0.01, 0.1, 0.5, 2.0, 20.0]
    norms = ScoreNorms.measured(ratios, [0.9, 0.5, 0.3, 0.1, 0.01], 1)
    variance = analytic_variance(norms, data_scale=0.7)
    for high, low in pairwise(reversed(ratios)):
        at, to = process.coordinates(high), process.coordinates(low)
        expected = optimal_variance(at, to, covariance=norms.covariance(at), eta=eta)
        assert variance(at, to, eta) == pytest.approx(expected, rel=1e-9)
