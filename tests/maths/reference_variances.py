"""Reference recurrences of the variance of stochastic samplers on Gaussian data, from their papers.

In y = x/alpha at the noise ratio r, the denoiser of N(m, v) is D = m + g·(y − m) with g = v/(v + r²). A step is then
y′ − m = k·(y − m) + noise, or a matrix if earlier D enter. Only the variance is computed; eta is 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

# Variance v of the data.
VARIANCE = 0.25

# (r, r′ ≥ 0) -> (k, variance of the noise)
Move = Callable[[float, float], tuple[float, float]]


def gain(r: float) -> float:
    """Return g, the factor of y − m in the prediction."""
    return VARIANCE / (VARIANCE + r * r)


def fresh(r: float, s: float) -> float:
    """Return the variance of q(y_s | y_r, x0), an ancestral step's noise: s²·(1 − s²/r²) (Ho et al. 2020, eq. 7)."""
    return s * s * (1 - s * s / (r * r))


def towards(r: float, s: float) -> float:
    """Return k of a straight step towards the prediction D: D + s/r·(y − D)."""
    return gain(r) + s / r * (1 - gain(r))


def ddpm(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of DDPM with the smaller variance (Euler a): to s²/r, then noise up to s."""
    return towards(r, s * s / r), fresh(r, s)


def ddpm_large(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of DDPM with the larger variance, r² − s² of q(y_r | y_s)."""
    return towards(r, s * s / r), r * r - s * s if s else 0.0


def ddpm_learned(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of DDPM with the geometric mean of both variances (Nichol and Dhariwal 2021, eq. 15)."""
    return towards(r, s * s / r), math.sqrt(fresh(r, s) * (r * r - s * s))


def dpm2_a(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of ancestral DPM2: the midpoint rule on dy/dr = (y − D)/r to s²/r, the middle in log r."""
    down = s * s / r
    if down == 0:
        return gain(r), 0.0
    middle = math.sqrt(r * down)
    return 1 + (down - r) * towards(r, middle) * (1 - gain(middle)) / middle, fresh(r, s)


def dpmpp_2s_a(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of ancestral DPM++ 2S: towards the middle's prediction (Lu et al. 2022, alg. 1), to s²/r."""
    down = s * s / r
    middle = math.sqrt(r * down)
    ahead = gain(middle) * towards(r, middle) if down else gain(r)
    return down / r + (1 - down / r) * ahead, fresh(r, s)


def dpmpp_sde(r: float, s: float) -> tuple[float, float]:
    """Return k and noise of DPM++ SDE, whose noise at the middle persists to the end, so both draws are correlated."""
    if s == 0:
        return gain(r), 0.0
    middle = math.sqrt(r * s)
    keep = s * s / (r * r)
    ahead = (1 - keep) * gain(middle)
    # In the reverse SDE, y at ratio s contains s²/m² of the noise that it contained at the middle m.
    shared = (s * s / (middle * middle) + ahead) ** 2 * fresh(r, middle)
    return keep + ahead * towards(r, middle * middle / r), shared + fresh(middle, s)


def heun(r: float, s: float) -> tuple[float, float]:
    """Return k of Heun's trapezium rule on dy/dr = (y − D)/r; Euler's step to 0."""
    if s == 0:
        return gain(r), 0.0
    return 1 + (s - r) / 2 * ((1 - gain(r)) / r + towards(r, s) * (1 - gain(s)) / s), 0.0


def single(move: Move, ratios: Sequence[float]) -> float:
    """Return the final variance of a chain of singlestep moves."""
    variance = VARIANCE + ratios[0] ** 2
    for r, s in pairwise(ratios):
        k, noise = move(r, s)
        variance = k * k * variance + noise
    return variance


def restart(ratios: Sequence[float]) -> float:
    """Return the final variance of Restart: Heun, and at the first ratio ≤ 0.1 twice back to the last ≥ 2."""
    low = next(i for i, r in enumerate(ratios) if r <= 0.1)
    high = max(i for i, r in enumerate(ratios) if r >= 2)
    again = [ratios[low], *ratios[high : low + 1]]

    def move(r: float, s: float) -> tuple[float, float]:
        return heun(r, s) if s < r else (1.0, s * s - r * r)

    return single(move, [*ratios[: low + 1], *again[1:], *again[1:], *ratios[low + 1 :]])


def multistep(weights: Callable[[list[float], float], list[float]], memory: int, ratios: Sequence[float]) -> float:
    """Return the final variance of a multistep chain: y′ = s²/r²·y + Σ weight·D over the last `memory` + 1 D + noise.

    `weights(places, h)` belong to the D at these places in log(1/r), the newest at 0; h is the length of the step.
    """
    # Covariance of y and the remembered D.
    law = np.zeros((1 + memory, 1 + memory))
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
    """Return the weights of SDE-DPM-Solver++ 2M: D at the middle of the step, on the line through the last two."""
    whole = -math.expm1(-2 * h)
    share = h / (2 * -places[1]) if len(places) > 1 else 0.0
    return [whole * (1 + share), -whole * share][: len(places)]


def polynomial(places: list[float], h: float) -> list[float]:
    """Return ∫ 2·e^(−2(h − u))·l(u) du over 0 … h, by quadrature, for the Lagrange polynomials l of the places."""
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
