"""Inversion: DDIM run backwards, from a clean picture to the noise that it would be made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Denoise, Path, Step, eps_of
from gdm_studio.maths.samplers.ddim import along, move

Refinements = Annotated[
    float,
    Knob(
        "Refinements",
        0.0,
        20.0,
        "Evaluations more a step that make the way back exact; with few steps and sharp detail they can lead astray.",
    ),
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
    which eps turns, and otherwise does not: on two narrow modes from some 200 steps on. The first step, away from
    sigma = 0, always takes one.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[of - i], path[of - i - 1]
        if at.sigma > 0:
            x0 = denoise(x, at)
            higher = move(x, x0, at, to)
        else:
            higher = to.alpha / at.alpha * x
        for _ in range(max(round(refinements), 0 if at.sigma > 0 else 1)):
            x0 = denoise(higher, to)
            higher = along(x, eps_of(higher, x0, to), at, to)  # from here DDIM along that eps ends in x
        x = higher
        yield Step(i + 1, of, to, x, x0)
