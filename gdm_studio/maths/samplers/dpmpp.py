"""DPM-Solver++, multistep, in data prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gdm_studio.maths.path import Array, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.spec import sampler


@sampler(
    "dpmpp_2m",
    title="DPM++ 2M",
    summary="Second order for the price of first: remembers the last prediction. The best picture for the time.",
    paper="Lu et al. 2022, arXiv:2211.01095, algorithm 2",
    order=2,
)
def dpmpp_2m(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
) -> Iterator[Step]:
    """x′ = σ′/σ·x + α′(1 − e^−h)·D, D extrapolated from the last two predictions; `carry` = (the last x0,)."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        target = x0
        if carry and to.sigma > 0:
            h, h_last = to.log_snr - at.log_snr, at.log_snr - path[i - 1].log_snr
            target = x0 + h / (2 * h_last) * (x0 - carry[0])
        # expm1 keeps 1 − e^−h exact for short steps; at sigma' = 0 it is 1
        x = to.sigma / at.sigma * x - to.alpha * math.expm1(at.log_snr - to.log_snr) * target
        carry = (x0,)
        yield Step(i + 1, of, to, x, x0, carry)
