"""Inversion: DDIM run backwards, from a clean picture to the noise that it would be made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from gdm_studio.maths.arrays import picture_mean
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Denoise, Path, Step, eps_of
from gdm_studio.maths.samplers.ddim import along, move

LEAST = 1e-30  # in place of nothing to divide by
Refinements = Annotated[
    float,
    Knob("Refinements", 0.0, 20.0, "Evaluations more a step that make the way back exact."),
]


def invert(
    denoise: Denoise,
    x: Array,
    path: Path,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
    refinements: Refinements = 0.0,
) -> Iterator[Step]:
    """Visits `path` from its last point to its first (Song et al. 2021, arXiv:2010.02502, section 5.4).

    x is a clean picture at path[-1], or stands at path[-1 − start] with `start` steps done; step i leaves x at
    path[-1 − i], and DDIM at eta 0 from the last step's x makes the picture again, the better the more steps.
    `refinements` (0 … 20) solve for the x from which DDIM steps back to where this step began, by fixed-point
    iteration (Pan et al. 2023, arXiv:2309.04907), which converges where a step is short beside the distance over
    which eps turns. Where it does not, the next x is that of the secant through the last two. The first step, away
    from sigma = 0, always takes one refinement.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[of - i], path[of - i - 1]
        if at.sigma > 0:
            x0 = denoise(x, at)
            higher = move(x, x0, at, to)
        else:
            higher = to.alpha / at.alpha * x
        before = None
        for _ in range(max(round(refinements), 0 if at.sigma > 0 else 1)):
            x0 = denoise(higher, to)
            mapped = along(x, eps_of(higher, x0, to), at, to)  # from here DDIM along that eps ends in x
            here = mapped, mapped - higher
            higher = mapped if before is None else _next(*before, *here)
            before = here
        x = higher
        yield Step(i + 1, of, to, x, x0)


def _next(mapped_before: Array, defect_before: Array, mapped: Array, defect: Array) -> Array:
    """Where to look next for the x that is mapped to itself: at `mapped`, unless its defect has not even halved.

    Then, picture by picture, where the line through the last two would have none (Anderson's mixing of depth 1), but
    no further back than to the one before, nor as far again beyond.
    """
    turn = defect - defect_before
    share = picture_mean(defect * turn) / (picture_mean(turn * turn) + LEAST)
    stuck = picture_mean(defect * defect) > picture_mean(defect_before * defect_before) / 4
    return mapped - stuck * share.clip(-1.0, 1.0) * (mapped - mapped_before)
