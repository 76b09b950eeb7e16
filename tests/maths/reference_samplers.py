"""Reference implementation of every singlestep sampler, in numpy from its paper, to compare the engine with.

In y = x/alpha at the noise ratio r: `answer(y, r)` is E[x0 | y], `ratios` fall to 0, and `draw(step, number)` are the
normal numbers of a step, numbered from 1. Where alpha matters, the process is variance preserving. Every sampler yields
y after each step. Multistep samplers are in `reference_multistep`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

Answer = Callable[[np.ndarray, float], np.ndarray]
# (step, number = 0) -> numbers like y
Draw = Callable[..., np.ndarray]
Ratios = Sequence[float]
Ys = Iterator[np.ndarray]
# (answer, y, ratios, draw, **parameters)
Reference = Callable[..., Ys]


def ddim(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float) -> Ys:
    """Follow Song et al. 2021 (DDIM), eq. 12 and 16: the fresh noise has sigma = eta·s/r·√(r² − s²)."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        up = eta * s / r * math.sqrt(r * r - s * s)
        d = answer(y, r)
        y = d + math.sqrt(s * s - up * up) * (y - d) / r
        y = y + up * draw(i + 1) if up else y
        yield y


def ddpm_large(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Ho et al. 2020, eq. 7 and algorithm 2 with sigma² = beta, beta = 1 − alpha_bar/alpha_bar′."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        bar = 1 / (1 + r * r)
        bar_to = 1 / (1 + s * s)
        beta = 1 - bar / bar_to
        d = answer(y, r)
        x = math.sqrt(bar_to) * beta / (1 - bar) * d
        x = x + math.sqrt(bar / bar_to) * (1 - bar_to) / (1 - bar) * math.sqrt(bar) * y
        x = x + math.sqrt(beta) * draw(i + 1) if s else x
        y = x / math.sqrt(bar_to)
        yield y


def ddpm_learned(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, v: float) -> Ys:
    """Follow Nichol and Dhariwal 2021, eq. 15: the variance exp(v·log beta + (1 − v)·log beta-tilde)."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        bar = 1 / (1 + r * r)
        bar_to = 1 / (1 + s * s)
        beta = 1 - bar / bar_to
        tilde = (1 - bar_to) / (1 - bar) * beta
        d = answer(y, r)
        x = math.sqrt(bar_to) * beta / (1 - bar) * d
        x = x + math.sqrt(bar / bar_to) * (1 - bar_to) / (1 - bar) * math.sqrt(bar) * y
        x = x + math.sqrt(beta**v * tilde ** (1 - v)) * draw(i + 1) if s else x
        y = x / math.sqrt(bar_to)
        yield y


def analytic(
    answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float, variance: float, last_noise: float
) -> Ys:
    """Follow Bao et al. 2022, eq. 11, on Gaussian data of the given variance: lambda² + w²·Var(x0 | y)."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        up = eta * s / r * math.sqrt(r * r - s * s)
        down = math.sqrt(s * s - up * up)
        d = answer(y, r)
        y = d + down / r * (y - d)
        spread = math.sqrt(up * up + (1 - down / r) ** 2 * variance * r * r / (variance + r * r))
        y = y + (spread if s else last_noise * spread) * draw(i + 1)
        yield y


def heun(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Karras et al. 2022, algorithm 1."""
    for r, s in pairwise(ratios):
        y = _heun(answer, y, r, s)
        yield y


def flow_heun(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Apply the trapezium rule to du/dt = eps − x0 with u = (1 − t)·x0 + t·eps, t = r/(1 + r)."""
    for r, s in pairwise(ratios):
        d = answer(y, r)
        ahead = d + s / r * (y - d)
        if s:
            d_ahead = answer(ahead, s)
            slopes = (y - d) / r - d + (ahead - d_ahead) / s - d_ahead
            ahead = (1 + s) * (y / (1 + r) + (s / (1 + s) - r / (1 + r)) * slopes / 2)
        y = ahead
        yield y


def dpm2(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float = 0.0) -> Ys:
    """Follow Lu et al. 2022, arXiv:2206.00927, algorithm 1, the middle in log r; ancestral as in k-diffusion."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        down, up = _ancestral(r, s, eta)
        slope = (y - answer(y, r)) / r
        if down:
            middle = math.sqrt(r * down)
            there = y + (middle - r) * slope
            slope = (there - answer(there, middle)) / middle
        y = y + (down - r) * slope
        y = y + up * draw(i + 1) if up else y
        yield y


def dpmpp_2s(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float = 0.0) -> Ys:
    """Follow Lu et al. 2022, arXiv:2211.01095, algorithm 1 with r = ½; ancestral as in k-diffusion."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        down, up = _ancestral(r, s, eta)
        d = answer(y, r)
        if down:
            middle = math.sqrt(r * down)
            d = answer(d + middle / r * (y - d), middle)
        y = d + down / r * (y - d)
        y = y + up * draw(i + 1) if up else y
        yield y


def dpmpp_sde(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float) -> Ys:
    """Follow k-diffusion's sample_dpmpp_sde with r = ½; the noise of both stages comes from one reverse SDE.

    There, noise added at a ratio is multiplied by s²/middle² on the way from it to s.
    """
    for i, (r, s) in enumerate(pairwise(ratios)):
        d = answer(y, r)
        if s:
            middle = math.sqrt(r * s)
            down, up = _ancestral(r, middle, eta)
            there = d + down / r * (y - d) + up * draw(i + 1)
            d = answer(there, middle)
            down, up = _ancestral(r, s, eta)
            carried = s * s / (middle * middle) * middle * math.sqrt(1 - middle * middle / (r * r))
            share = carried / (s * math.sqrt(1 - s * s / (r * r)))
            z = share * draw(i + 1) + math.sqrt(1 - share * share) * draw(i + 1, 1)
            y = d + down / r * (y - d) + up * z
        else:
            y = d
        yield y


def edm(
    answer: Answer,
    y: np.ndarray,
    ratios: Ratios,
    draw: Draw,
    *,
    churn: float,
    churn_above: float,
    churn_below: float,
    noise_scale: float,
) -> Ys:
    """Follow Karras et al. 2022, algorithm 2, with S_churn over all steps."""
    count = len(ratios) - 1
    for i, (r, s) in enumerate(pairwise(ratios)):
        gamma = min(churn / count, math.sqrt(2) - 1) if churn_above <= r <= churn_below else 0.0
        raised = r * (1 + gamma)
        if gamma:
            y = y + math.sqrt(raised**2 - r**2) * noise_scale * draw(i + 1)
        y = _heun(answer, y, raised, s)
        yield y


def restart(
    answer: Answer,
    y: np.ndarray,
    ratios: Ratios,
    draw: Draw,
    *,
    restarts: float,
    restart_at: float,
    restart_from: float,
) -> Ys:
    """Follow Xu et al. 2023, algorithm 1: at the first ratio ≤ restart_at, then back to the last ≥ restart_from."""
    low = next(i for i, r in enumerate(ratios) if r <= restart_at)
    high = [i for i, r in enumerate(ratios[:low]) if r >= restart_from]
    for i, (r, s) in enumerate(pairwise(ratios)):
        y = _heun(answer, y, r, s)
        if i + 1 == low and high:
            back = ratios[high[-1] : low + 1]
            for number in range(round(restarts)):
                y = y + math.sqrt(back[0] ** 2 - s * s) * draw(i + 1, number)
                for a, b in pairwise(back):
                    y = _heun(answer, y, a, b)
        yield y


def ncsn(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, each: float, step_size: float) -> Ys:
    """Follow Song and Ermon 2019, algorithm 1: x + a/2·score + √a·z, a = step_size·sigma²; finally a prediction."""
    return _langevin(answer, y, ratios, draw, each=each, drift=step_size / 2, spread=math.sqrt(step_size))


def ncsnv2(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, each: float, step_size: float) -> Ys:
    """Follow Song and Ermon 2020, algorithm 1: x + a·score + √(2a)·z, a = step_size·sigma²; finally a prediction."""
    return _langevin(answer, y, ratios, draw, each=each, drift=step_size, spread=math.sqrt(2 * step_size))


def pc(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, snr: float) -> Ys:
    """Follow Song et al. 2021, algorithms 5 and 3: correct x, then x′ = (2 − √(1 − beta))·x + beta·score + √beta·z."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        x, kept, sigma2 = _corrected(answer, y, r, s, snr, draw, i + 1)
        bar = 1 / (1 + r * r)
        score = (math.sqrt(bar) * answer(x / math.sqrt(bar), r) - x) / sigma2
        if s:
            x = (2 - math.sqrt(kept)) * x + (1 - kept) * score + math.sqrt(1 - kept) * draw(i + 1)
            y = x * math.sqrt(1 + s * s)
        else:
            y = answer(x / math.sqrt(bar), r)
        yield y


def pc_ancestral(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, snr: float) -> Ys:
    """Follow Song et al. 2021, algorithm 5's correction, then DDPM's step with the smaller variance."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        x, *_ = _corrected(answer, y, r, s, snr, draw, i + 1)
        y = x * math.sqrt(1 + r * r)
        down, up = _ancestral(r, s, 1.0)
        d = answer(y, r)
        y = d + down / r * (y - d) + up * draw(i + 1)
        yield y


def lcm(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Song et al. 2023, algorithm 1: the prediction with fresh noise."""
    for i, (r, s) in enumerate(pairwise(ratios)):
        y = answer(y, r) + s * draw(i + 1)
        yield y


def _ancestral(r: float, s: float, eta: float) -> tuple[float, float]:
    """Return the ratio to step down to and the noise to add from there, as k-diffusion's get_ancestral_step."""
    up = min(s, eta * math.sqrt(s * s * (r * r - s * s) / (r * r)))
    return math.sqrt(s * s - up * up), up


def _heun(answer: Answer, y: np.ndarray, r: float, s: float) -> np.ndarray:
    slope = (y - answer(y, r)) / r
    ahead = y + (s - r) * slope
    return y + (s - r) * (slope + (ahead - answer(ahead, s)) / s) / 2 if s else ahead


def _langevin(
    answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, each: float, drift: float, spread: float
) -> Ys:
    for i, (r, s) in enumerate(pairwise(ratios)):
        for number in range(round(each)):
            y = y + drift * (answer(y, r) - y) + spread * r * draw(i + 1, number)
        y = y if s else answer(y, r)
        yield y


def _corrected(
    answer: Answer, y: np.ndarray, r: float, s: float, snr: float, draw: Draw, step: int
) -> tuple[np.ndarray, float, float]:
    """Correct x by algorithm 5 of Song et al. 2021, image by image; return x, alpha = 1 − beta, and sigma²."""
    bar = 1 / (1 + r * r)
    kept = (1 + s * s) / (1 + r * r)
    x = math.sqrt(bar) * y
    z = draw(step, 1)
    score = (math.sqrt(bar) * answer(y, r) - x) / (1 - bar)
    norms = [np.linalg.norm(each.reshape(len(each), -1), axis=1).reshape(-1, 1, 1, 1) for each in (z, score)]
    size = 2 * kept * (snr * norms[0] / norms[1]) ** 2
    return x + size * score + np.sqrt(2 * size) * z, kept, 1 - bar
