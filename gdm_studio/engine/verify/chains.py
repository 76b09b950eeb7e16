"""Samplers with noise on Gaussian data, written out from their papers as chains of numbers, not through their code.

In y = x/alpha at the noise ratio r the denoiser of N(m, v) is D = m + g·(y − m) with g = v/(v + r²): a step is
y′ − m = k·(y − m) + noise, or a matrix where earlier D are remembered. Only the variance is followed; eta is 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

VARIANCE = 0.25  # v of the data

Move = Callable[[float, float], tuple[float, float]]  # (r, r′ ≥ 0) -> k, variance of the noise


def gain(r: float) -> float:
    """g: how much of y − m is kept in the prediction."""
    return VARIANCE / (VARIANCE + r * r)


def fresh(r: float, s: float) -> float:
    """Variance of q(y_s | y_r, x0), the noise of an ancestral step: s²·(1 − s²/r²) (Ho et al. 2020, eq. 7)."""
    return s * s * (1 - s * s / (r * r))


def towards(r: float, s: float) -> float:
    """k of a straight move towards D: D + s/r·(y − D)."""
    return gain(r) + s / r * (1 - gain(r))


def ddpm(r: float, s: float) -> tuple[float, float]:
    """To s²/r, then noise up to s: DDPM with the smaller variance, Euler a."""
    return towards(r, s * s / r), fresh(r, s)


def ddpm_large(r: float, s: float) -> tuple[float, float]:
    """The same mean with the variance r² − s² of q(y_r | y_s)."""
    return towards(r, s * s / r), r * r - s * s if s else 0.0


def ddpm_learned(r: float, s: float) -> tuple[float, float]:
    """Midway between the two in logarithms (Nichol and Dhariwal 2021, eq. 15)."""
    return towards(r, s * s / r), math.sqrt(fresh(r, s) * (r * r - s * s))


def dpm2_a(r: float, s: float) -> tuple[float, float]:
    """The midpoint rule on dy/dr = (y − D)/r to s²/r, the middle in log r."""
    down = s * s / r
    if down == 0:
        return gain(r), 0.0
    middle = math.sqrt(r * down)
    return 1 + (down - r) * towards(r, middle) * (1 - gain(middle)) / middle, fresh(r, s)


def dpmpp_2s_a(r: float, s: float) -> tuple[float, float]:
    """Towards the prediction made in the middle (Lu et al. 2022, algorithm 1), to s²/r."""
    down = s * s / r
    middle = math.sqrt(r * down)
    ahead = gain(middle) * towards(r, middle) if down else gain(r)
    return down / r + (1 - down / r) * ahead, fresh(r, s)


def dpmpp_sde(r: float, s: float) -> tuple[float, float]:
    """The same in the SDE: the noise at the middle carries on to the end, so that the two are correlated."""
    if s == 0:
        return gain(r), 0.0
    middle, keep = math.sqrt(r * s), s * s / (r * r)
    ahead = (1 - keep) * gain(middle)
    # y at a place of the reverse SDE holds s²/m² of the noise it held at the middle
    shared = (s * s / (middle * middle) + ahead) ** 2 * fresh(r, middle)
    return keep + ahead * towards(r, middle * middle / r), shared + fresh(middle, s)


def heun(r: float, s: float) -> tuple[float, float]:
    """The trapezium rule on dy/dr = (y − D)/r; Euler's step to 0."""
    if s == 0:
        return gain(r), 0.0
    return 1 + (s - r) / 2 * ((1 - gain(r)) / r + towards(r, s) * (1 - gain(s)) / s), 0.0


def single(move: Move, ratios: Sequence[float]) -> float:
    """The variance at the end of a chain that remembers nothing."""
    variance = VARIANCE + ratios[0] ** 2
    for r, s in pairwise(ratios):
        k, noise = move(r, s)
        variance = k * k * variance + noise
    return variance


def restart(ratios: Sequence[float]) -> float:
    """Heun; at the first ratio ≤ 0.1 twice back to the last ≥ 2 and down again."""
    low = next(i for i, r in enumerate(ratios) if r <= 0.1)
    high = max(i for i, r in enumerate(ratios) if r >= 2)
    again = [ratios[low], *ratios[high : low + 1]]

    def move(r: float, s: float) -> tuple[float, float]:
        return heun(r, s) if s < r else (1.0, s * s - r * r)

    return single(move, [*ratios[: low + 1], *again[1:], *again[1:], *ratios[low + 1 :]])


def multistep(weights: Callable[[list[float], float], list[float]], memory: int, ratios: Sequence[float]) -> float:
    """The variance at the end of a multistep chain: y′ = s²/r²·y + Σ weight·D over the last `memory` + 1 D + noise.

    `weights(places, h)` belong to the D at these places in log(1/r), the newest at 0; h is the step's length.
    """
    law = np.zeros((1 + memory, 1 + memory))  # of y and the D remembered
    law[0, 0] = VARIANCE + ratios[0] ** 2
    for i, (r, s) in enumerate(pairwise(ratios)):
        known = ratios[max(i - memory, 0) : i + 1][::-1] if s else [r]
        shares = weights([math.log(r / past) for past in known], math.log(r / s)) if s else [1.0]
        step = np.zeros_like(law)
        step[0, 0] = s * s / (r * r) + shares[0] * gain(r)
        step[0, 1 : len(shares)] = shares[1:]
        step[1, 0] = gain(r)
        step[2:, 1:-1] = np.eye(memory - 1)
        law = step @ law @ step.T
        law[0, 0] += fresh(r, s)
    return float(law[0, 0])


def midpoint(places: list[float], h: float) -> list[float]:
    """SDE-DPM-Solver++ 2M: D at the middle of the step, on the line through the last two."""
    whole = -math.expm1(-2 * h)
    share = h / (2 * -places[1]) if len(places) > 1 else 0.0
    return [whole * (1 + share), -whole * share][: len(places)]


def polynomial(places: list[float], h: float) -> list[float]:
    """∫ 2·e^(−2(h − u))·l(u) du over 0 … h, by quadrature, l being Lagrange's polynomials through the places."""
    nodes, masses = np.polynomial.legendre.leggauss(24)
    u = h * (nodes + 1) / 2
    density = h * masses * np.exp(-2 * (h - u))
    others = [[other for other in places if other != place] for place in places]
    return [
        float(density @ np.prod([(u - other) / (place - other) for other in rest] or [np.ones_like(u)], axis=0))
        for place, rest in zip(places, others, strict=True)
    ]


CHAINS: dict[str, Callable[[Sequence[float]], float]] = {
    "ddpm": partial(single, ddpm),
    "euler_a": partial(single, ddpm),
    "ddpm_large": partial(single, ddpm_large),
    "ddpm_learned": partial(single, ddpm_learned),
    "dpm2_a": partial(single, dpm2_a),
    "dpmpp_2s_a": partial(single, dpmpp_2s_a),
    "dpmpp_sde": partial(single, dpmpp_sde),
    "dpmpp_2m_sde": partial(multistep, midpoint, 1),
    "dpmpp_3m_sde": partial(multistep, polynomial, 2),
    "restart": restart,
    "analytic_ddpm": lambda ratios: VARIANCE,
    "analytic_ddim": lambda ratios: VARIANCE,
}
