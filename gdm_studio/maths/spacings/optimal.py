"""Spacing with the best likelihood of a model, found by dynamic programming over all pairs of noise levels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.optimal_variance import ScoreNorms
from gdm_studio.maths.posterior import posterior_mean, posterior_variance, transition_variance
from gdm_studio.maths.processes.coordinates import variance_preserving
from gdm_studio.maths.spacings.registry import spacing
from gdm_studio.maths.variational_bound import last_term, step_term

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

# Number of noise levels to choose from. More of them change the bound in the third digit.
LEVELS = 250


@spacing(
    "optimal",
    title=QT_TRANSLATE_NOOP("Setting", "Optimal"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "The noise levels that bound this model's likelihood best. Not always the best images."
    ),
    paper="Watson et al. 2021, arXiv:2106.03802, algorithm 1, with the costs of Bao et al. 2022, arXiv:2201.06503",
    needs_table=True,
)
def optimal(ratios: Sequence[float], steps: int, table: Mapping[int, Sequence[float]]) -> list[float]:
    """Return the noise ratios that are optimal for the model and this number of steps. Raises BadRequest if the model's
    `table` does not contain this number of steps.
    """
    try:
        return list(table[steps])
    except KeyError:
        has = f"from {min(table)} to {max(table)}"
        raise BadRequest(f"This model's optimal spacing goes {has} steps, not {steps}.") from None


@dataclass(frozen=True)
class OptimalTable(Mapping[int, tuple[float, ...]]):
    """Mapping from a number of steps to the optimal falling noise ratios of a model, which are computed from its score
    norms on access.
    """

    # The rising ratios of the process.
    ratios: Sequence[float]
    norms: ScoreNorms

    def __getitem__(self, steps: int) -> tuple[float, ...]:
        if steps not in range(1, len(self) + 1):
            raise KeyError(steps)
        levels = self._select_ratios(max(LEVELS, steps))
        errors = [self.norms.covariance(NoiseLevel(1.0, ratio)) for ratio in levels]
        return tuple(levels[node - 1] for node in reversed(shortest(pair_costs(levels, errors), steps)[1:]))

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self) + 1))

    def __len__(self) -> int:
        return len(self.ratios) if self.norms.table else 0

    def _select_ratios(self, count: int) -> list[float]:
        count, last = min(count, len(self.ratios)), len(self.ratios) - 1
        return [self.ratios[round(i * last / max(count - 1, 1))] for i in range(count)]


def pair_costs(
    ratios: Sequence[float],
    errors: Sequence[float],
    *,
    variance: str = "analytic",
    # Variances of the last jump. The default is the best ones, `errors`.
    decoder: Sequence[float] | None = None,
) -> np.ndarray:
    """Return the cost matrix for finding the optimal spacing: costs[s, r] is the contribution, in nats per number, of a
    jump from level r to level s to the likelihood bound.

    The cost is infinite unless s < r. Level 0 is the clean image. Level i ≥ 1 is at ratios[i − 1] (rising), where the
    denoiser's mean squared error is errors[i − 1]. The `variance` of the jumps, on a VP process, is "small"
    (beta-tilde), "large" (beta) or "analytic" (the best). The jump to level 0 costs −E log p(x0 | x), for a Gaussian
    around the denoised image.
    """
    parts = np.array([variance_preserving(float(ratio)) for ratio in ratios])
    at = NoiseLevel(parts[None, :, 0], parts[None, :, 1])  # type: ignore[arg-type]
    to = NoiseLevel(parts[:, None, 0], parts[:, None, 1])  # type: ignore[arg-type]
    wrong = np.asarray(errors, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact, (weight, _) = posterior_variance(at, to), posterior_mean(at, to)
        apart = weight**2 * wrong
        chosen = {"small": exact, "large": transition_variance(at, to), "analytic": exact + apart}[variance]
        inner = step_term(exact, apart, np.log(chosen))
    costs = np.full((wrong.size + 1, wrong.size + 1), math.inf)
    costs[1:, 1:] = np.where(np.triu(np.ones_like(inner), 1) > 0, inner, math.inf)
    costs[0, 1:] = last_term(wrong, np.log(wrong if decoder is None else np.asarray(decoder, dtype=float)))
    return costs


def shortest(costs: np.ndarray, steps: int) -> list[int]:
    """Find the cheapest path from node 0 to the last node with exactly `steps` jumps, by dynamic programming. Returns
    its nodes in rising order.
    """
    best, came_from = costs[0], []
    for _ in range(steps - 1):
        through = best[:, None] + costs
        came_from.append(through.argmin(axis=0))
        best = through.min(axis=0)
    nodes = [len(costs) - 1]
    for back in reversed(came_from):
        nodes.append(int(back[nodes[-1]]))
    return [0, *reversed(nodes)]


def path_cost(costs: np.ndarray, nodes: Sequence[int]) -> float:
    """Return the total cost of the jumps between successive nodes, given in rising order."""
    return float(sum(costs[low, high] for low, high in zip(nodes[:-1], nodes[1:], strict=True)))
