"""Checks of the optimal step spacing against a brute-force search, all fixed spacings, and known likelihood bounds for
two modes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from gdm_studio.maths.optimal_variance import ScoreNorms
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.maths.spacings.optimal import OptimalTable, pair_costs, path_cost, shortest
from gdm_studio.maths.variational_bound import prior_term
from gdm_studio.verify.analytic_dpm import LEAST, LINEAR, TWO_MODES, two_modes_error
from gdm_studio.verify.check_result import Row, at_most, equal

# Levels and steps of the case that is solved by brute force.
SMALL = 12
CHOSEN = 4
STEPS = (5, 10, 25)
KINDS = ("large", "small", "analytic")
# Bounds in nats of optimal, uniform and quadratic steps among 1000 levels, with decoder variance max(sigma², LEAST).
KNOWN = {
    ("large", 5): (0.192, 1.343, 0.875),
    ("large", 10): (-0.246, 0.893, 0.289),
    ("large", 25): (-0.595, 0.261, -0.294),
    ("small", 10): (-0.455, 78.0, 5.07),
    ("analytic", 10): (-0.783, 0.293, -0.519),
}
# Bounds of all 1000 steps.
WHOLE = {"large": -0.838, "small": -0.566}


def check_spacing() -> Iterator[Row]:
    """Check the optimal spacing against a brute-force search, known bounds and every fixed spacing."""
    yield from _check_search()
    yield from _check_known_bounds()
    yield from _check_fixed()


def _check_search() -> Iterator[Row]:
    levels = LINEAR.ratios[:: len(LINEAR.ratios) // SMALL][:SMALL]
    errors = [two_modes_error(LINEAR.coordinates(ratio)) for ratio in levels]
    for variance in KINDS:
        costs = pair_costs(levels, errors, variance=variance)
        every = ((0, *inner, SMALL) for inner in combinations(range(1, SMALL), CHOSEN - 1))
        least = min(path_cost(costs, nodes) for nodes in every)
        found = path_cost(costs, shortest(costs, CHOSEN))
        yield equal(f"{CHOSEN} of {SMALL} levels, {variance}: cost, as by brute force", found, least, tolerance=1e-12)


def _check_known_bounds() -> Iterator[Row]:
    ratios = LINEAR.ratios
    levels = [LINEAR.coordinates(ratio) for ratio in ratios]
    errors = [two_modes_error(at) for at in levels]
    decoder = [max(at.sigma**2, LEAST) for at in levels]
    rest = prior_term(levels[-1], second_moment=float(1 + TWO_MODES.variances[0]))
    tables = {kind: pair_costs(ratios, errors, variance=kind, decoder=decoder) for kind in KINDS}
    for (kind, steps), (best, uniform, quadratic) in KNOWN.items():
        costs = tables[kind]
        last = len(ratios) - 1
        even = [0, *(round(1 + last * i / (steps - 1)) for i in range(steps))]
        square = [0, *(1 + math.floor(last * (i / (steps - 1)) ** 2) for i in range(steps))]
        chosen = {"optimal": shortest(costs, steps), "uniform": even, "quadratic": square}
        for (name, nodes), known in zip(chosen.items(), (best, uniform, quadratic), strict=True):
            title = f"two modes, {kind} variance, {steps} {name} steps: bound, nats"
            yield equal(title, rest + path_cost(costs, nodes), known, tolerance=0.005 * max(1, abs(known)))
    for kind, known in WHOLE.items():
        whole = rest + path_cost(tables[kind], range(len(ratios) + 1))
        yield equal(f"two modes, {kind} variance, all steps: bound, nats", whole, known, tolerance=0.001)
    found = rest + path_cost(tables["small"], shortest(tables["small"], 100))
    yield equal("two modes, small variance, 100 optimal steps: bound, nats", found, -0.816, tolerance=0.001)


def _check_fixed() -> Iterator[Row]:
    ratios = LINEAR.ratios
    shares = [two_modes_error(LINEAR.coordinates(ratio)) / ratio**2 for ratio in ratios]
    table = OptimalTable(ratios, ScoreNorms.measured(ratios, shares, 1))
    for steps in STEPS:
        best = _compute_bound(table[steps], table.norms)
        fixed = {name: spec.pick(ratios, steps) for name, spec in SPACINGS.items() if not spec.needs_table}
        bounds = {name: _compute_bound(points, table.norms) for name, points in fixed.items()}
        next_best = min(bounds, key=bounds.__getitem__)
        title = f"two modes, {steps} steps: optimal bound, against the best of {len(bounds)} spacings, {next_best}"
        yield at_most(title, best, bounds[next_best])


def _compute_bound(falling: list[float] | tuple[float, ...], norms: ScoreNorms) -> float:
    """Return the likelihood bound of Analytic-DPM in nats (lower is better) for decreasing noise ratios. It is the
    quantity that the optimal spacing minimises.
    """
    rising = falling[::-1]
    levels = [LINEAR.coordinates(ratio) for ratio in rising]
    costs = pair_costs(rising, [norms.covariance(at) for at in levels])
    rest = prior_term(levels[-1], second_moment=float(1 + TWO_MODES.variances[0]))
    return rest + path_cost(costs, range(len(rising) + 1))
