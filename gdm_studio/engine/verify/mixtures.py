"""Mixtures: whether every mode gets its share, and how far samples are from the law."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from gdm_studio.engine.verify.rigs import Rig, end_of, of_the_data
from gdm_studio.engine.verify.row import Row, at_least, at_most, reported
from gdm_studio.maths.exact import ring, seeded
from gdm_studio.maths.exact.distance import sliced_w1, total_variation
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.path import Point

PEOPLE = 8000
STEPS = 100
TEMPERATURES = (0.25, 0.5, 1.0, 2.0)
RING = ring()
SPREAD = float(np.sqrt((RING.variances[0] + 1 - ((RING.weights @ RING.means) ** 2).sum()) / 2))  # of a number of x0


def mixtures() -> Iterator[Row]:
    """A ring of 8 modes of unequal weights: each mode's share, and sliced W1"""
    floor = sliced_w1(RING.sample(PEOPLE, seed=1), RING.sample(PEOPLE, seed=2))
    yield reported(f"two sets of {PEOPLE} true samples: sliced W1", floor)
    for rig in of_the_data():
        x = sampled(rig, steps=STEPS)
        shares = total_variation(RING.mode_shares(x), RING.weights)
        yield at_most(f"{rig.name}, {STEPS} steps: mode shares, total variation", shares, 0.02)
        yield at_most(f"{rig.name}, {STEPS} steps: sliced W1", sliced_w1(x, RING.sample(PEOPLE, seed=2)), 0.03)


def diversity() -> Iterator[Row]:
    """Diversity rises with temperature on the ring of 8: tau 0.25, 0.5, 1, 2, in 60 steps"""
    for rig in of_the_data():
        found = [_diversity(sampled(rig, steps=60, temperature=tau, people=1000)) for tau in TEMPERATURES]
        rise = min(b / a for a, b in zip(found, found[1:], strict=False))
        yield at_least(f"{rig.name}: least growth of the distance between pictures", rise, 1.0)
        coldest = _diversity(sampled(rig, steps=60, temperature=0.1, people=1000))
        yield reported(f"{rig.name}, tau 0.1: distance, over that at 0.25", coldest / found[0])


def sampled(rig: Rig, *, steps: int, temperature: float = 1.0, people: int = PEOPLE) -> np.ndarray:
    """Samples (people, 2) of the ring from an exact start, with seeded noise."""
    path = rig.path(steps)
    denoise = tempered(RING.denoise, temperature, SPREAD)
    x = RING.sample(people, seed=11, at=path[0])
    return end_of(rig.on(_errors)(denoise, x, path, seeded(12)))


@cache
def _errors(at: Point) -> float:
    """Var(x0 | x) on the ring, per number, over draws of x."""
    return float(RING.posterior_variance(RING.sample(2000, seed=13, at=at), at).mean())


def _diversity(x: np.ndarray) -> float:
    """The root-mean-square distance between two samples."""
    return float(np.sqrt(2 * x.var(axis=0, ddof=1).sum()))
