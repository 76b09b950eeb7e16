"""The spacing that is best in likelihood for one model, by dynamic programming over all pairs of noise levels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.maths.later import Later
from gdm_studio.maths.path import Point
from gdm_studio.maths.spacings.spec import spacing

if TYPE_CHECKING:
    import numpy as np
else:
    np = Later("numpy")

LEVELS = 250  # of the process that are considered: more changes the bound in the third digit


@spacing(
    "optimal",
    title="Optimal",
    summary="The points that bound this model's likelihood best: many at little noise. Not always the best pictures.",
    paper="Watson et al. 2021, arXiv:2106.03802, algorithm 1, with the costs of Bao et al. 2022, arXiv:2201.06503",
    needs_table=True,
)
def optimal(ratios: Sequence[float], steps: int, table: Mapping[int, Sequence[float]]) -> list[float]:
    """The model's own points for that many steps; raises BadRequest where its table has none."""
    try:
        return list(table[steps])
    except KeyError:
        has = f"from {min(table)} to {max(table)}"
        raise BadRequest(f"This model's optimal spacing goes {has} steps, not {steps}.") from None


@dataclass(frozen=True)
class OptimalTable(Mapping[int, tuple[float, ...]]):
    """steps -> falling ratios, the first the process's last; worked out from the model's score norms when asked."""

    ratios: Sequence[float]  # of the process, rising
    norms: ScoreNorms

    def __getitem__(self, steps: int) -> tuple[float, ...]:
        if steps not in range(1, len(self) + 1):
            raise KeyError(steps)
        levels = self._levels(max(LEVELS, steps))
        errors = [self.norms.covariance(Point(1.0, ratio)) for ratio in levels]
        return tuple(levels[node - 1] for node in reversed(shortest(pair_costs(levels, errors), steps)[1:]))

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self) + 1))

    def __len__(self) -> int:
        return len(self.ratios) if self.norms.table else 0

    def _levels(self, count: int) -> list[float]:
        count, last = min(count, len(self.ratios)), len(self.ratios) - 1
        return [self.ratios[round(i * last / max(count - 1, 1))] for i in range(count)]


def pair_costs(
    ratios: Sequence[float],
    errors: Sequence[float],
    *,
    variance: str = "analytic",
    decoder: Sequence[float] | None = None,  # variances of the last jump; by default the best ones, `errors`
) -> np.ndarray:
    """costs[s, r]: nats per number that the jump from level r to level s adds to the bound; inf unless s < r.

    Level 0 is the clean picture, level i ≥ 1 stands at ratios[i − 1] (rising), where the denoiser's mean squared error
    is errors[i − 1]. `variance` of the jumps on a VP process: "small" (beta-tilde), "large" (beta) or "analytic", the
    best. The jump to level 0 costs −E log p(x0 | x), of a Gaussian round the denoised picture.
    """
    ends = np.asarray(ratios, dtype=float)[:, None] ** 2  # sigma²/alpha² where a jump ends
    with np.errstate(divide="ignore", invalid="ignore"):
        starts = 1 / np.asarray(ratios, dtype=float)[None] ** 2  # alpha²/sigma² where it starts: finite at alpha = 0
        new, wrong = 1 - ends * starts, np.asarray(errors, dtype=float)
        small, blind = ends * new, new**2 * wrong  # as all variances here, over alpha² where the jump ends
        chosen = {"small": small, "large": new * (1 + ends) / (1 + starts), "analytic": small + blind}[variance]
        inner = ((small + blind) / chosen - 1 - np.log(small / chosen)) / 2
    costs = np.full((wrong.size + 1, wrong.size + 1), math.inf)
    costs[1:, 1:] = np.where(np.triu(np.ones_like(inner), 1) > 0, inner, math.inf)
    decoded = wrong if decoder is None else np.asarray(decoder, dtype=float)
    costs[0, 1:] = (np.log(2 * math.pi * decoded) + wrong / decoded) / 2
    return costs


def shortest(costs: np.ndarray, steps: int) -> list[int]:
    """The rising nodes 0 … last of the path with exactly `steps` jumps whose costs add up to the least."""
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
    """What the jumps between these rising nodes add up to."""
    return float(sum(costs[low, high] for low, high in zip(nodes[:-1], nodes[1:], strict=True)))
