"""Inversion: DDIM run backwards, from a clean image to the noise from which it would be generated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import image_mean
from gdm_studio.maths.noise_path import Array, Denoise, NoisePath, Step, eps_of
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers.ddim import move, transfer

# Added to divisors, which may be 0.
LEAST = 1e-30
# The number of extra denoiser evaluations per step with which start images are inverted. With 20 steps, the
# reconstruction is within 0.2 % of the latents.
REFINEMENTS = 2.0
Refinements = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Refinements"),
        0.0,
        20.0,
        QT_TRANSLATE_NOOP("Setting", "Evaluations more a step that make the way back exact."),
    ),
]


def invert(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    *,
    start: int = 0,
    history: tuple[Array, ...] = (),
    refinements: Refinements = 0.0,
) -> Iterator[Step]:
    """Compute the noise from which DDIM would generate a given image, by running DDIM backwards from the last noise
    level of `path` to the first (Song 2021, arXiv:2010.02502, sec. 5.4).

    x is a clean image at path[-1], or the state at path[-1 − start] after `start` steps. Step i leads to path[-1 − i].
    DDIM at eta 0 from the last x reproduces the image, more accurately with more steps.

    `refinements` (0 … 20) is the number of extra evaluations per step. They search, by fixed-point iteration, for the x
    from which DDIM returns to the start of the step (Pan et al. 2023, arXiv:2309.04907). The iteration converges if a
    step is short compared with the distance over which eps changes. Otherwise, the next x comes from the secant through
    the last two. The first step, away from sigma = 0, always has one refinement.
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
            # A DDIM step from here with that eps ends in x.
            mapped = transfer(x, eps_of(higher, x0, to), at, to)
            here = mapped, mapped - higher
            higher = mapped if before is None else _next_estimate(*before, *here)
            before = here
        x = higher
        yield Step(i + 1, of, to, x, x0)


def _next_estimate(mapped_before: Array, defect_before: Array, mapped: Array, defect: Array) -> Array:
    """Return the next estimate in the fixed-point iteration of an inversion step, for each image.

    If the defect has at least halved, this is `mapped`. Otherwise it is the zero of the line through the last two
    estimates (Anderson mixing of depth 1), limited to the range from the previous estimate to the same distance beyond.
    """
    turn = defect - defect_before
    share = image_mean(defect * turn) / (image_mean(turn * turn) + LEAST)
    stuck = image_mean(defect * defect) > image_mean(defect_before * defect_before) / 4
    return mapped - stuck * share.clip(-1.0, 1.0) * (mapped - mapped_before)
