"""Spacings even in the timesteps of the table; the three conventions differ in which end they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdm_studio.errors import BadRequest
from gdm_studio.maths.spacings.spec import spacing

PAPER = "Lin et al. 2024, arXiv:2305.08891, table 2"


@spacing("trailing", title="Uniform, trailing", summary="Even timesteps that begin at full noise.", paper=PAPER)
def trailing(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps T − i·T/steps − 1, rounded."""
    _fits(ratios, steps)
    return [ratios[round(len(ratios) * (1 - i / steps)) - 1] for i in range(steps)]


@spacing(
    "leading",
    title="Uniform, leading",
    summary="Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.",
    paper=PAPER,
)
def leading(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps i·floor(T/steps), falling to 0."""
    _fits(ratios, steps)
    stride = len(ratios) // steps
    return [ratios[i * stride] for i in reversed(range(steps))]


@spacing("linspace", title="Uniform, both ends", summary="Even timesteps with the first and the last.", paper=PAPER)
def linspace(ratios: Sequence[float], steps: int) -> list[float]:
    """`steps` timesteps from T−1 to 0, rounded."""
    _fits(ratios, steps)
    last = len(ratios) - 1
    return [ratios[round(last * (1 - i / max(steps - 1, 1)))] for i in range(steps)]


@spacing(
    "quadratic",
    title="Quadratic",
    summary="Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.",
    paper="Song et al. 2021, arXiv:2010.02502, appendix D.2",
)
def quadratic(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps floor(0.8·T·share²), the share falling evenly from 1 to 0, each timestep its own."""
    _fits(ratios, steps)
    root = math.sqrt(0.8 * len(ratios))
    squares = [math.floor((root * (1 - i / max(steps - 1, 1))) ** 2) for i in range(steps)]
    # squares crowd at the end, where rounding down would visit a timestep twice
    return [ratios[max(square, steps - 1 - i)] for i, square in enumerate(squares)]


def _fits(ratios: Sequence[float], steps: int) -> None:
    if steps > len(ratios):
        raise BadRequest(f"Uniform spacing has {len(ratios)} timesteps; ask for at most that many steps, not {steps}.")
