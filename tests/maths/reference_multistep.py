"""Reference implementation of the multistep samplers in numpy from their papers (see `reference_samplers`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from tests.maths.reference_samplers import Answer, Draw, Ratios, Ys

NODES, MASSES = np.polynomial.legendre.leggauss(24)


def dpmpp_2m(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float = 0.0) -> Ys:
    """Follow k-diffusion's sample_dpmpp_2m_sde, midpoint; without noise, Lu et al., arXiv:2211.01095, algorithm 2."""
    last = None
    h_last = 0.0
    for i, (r, s) in enumerate(pairwise(ratios)):
        d = answer(y, r)
        if s:
            h = math.log(r / s)
            full = h * (1 + eta)
            y = math.exp(-full) * y + (1 - math.exp(-full)) * d
            if last is not None:
                y = y + 0.5 * (1 - math.exp(-full)) * h / h_last * (d - last)
            y = y + s * math.sqrt(1 - math.exp(-2 * eta * h)) * draw(i + 1) if eta else y
            last = d
            h_last = h
        else:
            y = d
        yield y


def dpmpp_3m(
    answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, eta: float = 0.0, curvature: float = 1.0
) -> Ys:
    """Follow k-diffusion's sample_dpmpp_3m_sde, with its second difference weighted by 2·curvature."""
    # Predictions and the steps that followed them, newest first.
    past: list[tuple[np.ndarray, float]] = []
    for i, (r, s) in enumerate(pairwise(ratios)):
        d = answer(y, r)
        if s:
            h = math.log(r / s)
            full = h * (1 + eta)
            phi_1 = 1 - math.exp(-full)
            phi_2 = 1 - phi_1 / full
            phi_3 = phi_2 / full - 0.5
            y = math.exp(-full) * y + phi_1 * d
            if past:
                d_1, h_1 = past[0]
                newer = (d - d_1) / (h_1 / h)
                if len(past) > 1:
                    d_2, h_2 = past[1]
                    older = (d_1 - d_2) / (h_2 / h)
                    bend = (newer - older) / (h_1 / h + h_2 / h)
                    y = y + phi_2 * (newer + bend * h_1 / h) - phi_3 * 2 * curvature * bend
                else:
                    y = y + phi_2 * newer
            y = y + s * math.sqrt(1 - math.exp(-2 * eta * h)) * draw(i + 1) if eta else y
            past = [(d, h), *past][:2]
        else:
            y = d
        yield y


def lms(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow k-diffusion's sample_lms, order 4: the polynomial through the last slopes in r, integrated from r to s."""
    slopes: list[np.ndarray] = []
    for i, (r, s) in enumerate(pairwise(ratios)):
        slopes = [(y - answer(y, r)) / r, *slopes][:4]
        weights = _integrals([ratios[i - k] for k in range(len(slopes))], r, s, lambda u: np.ones_like(u))
        y = y + sum(weight * slope for weight, slope in zip(weights, slopes, strict=True))
        yield y


def deis(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Zhang and Chen 2022, eq. 14 and 15, order 3: a polynomial in log r, ∫ eps dr = ∫ eps·e^u du."""
    slopes: list[np.ndarray] = []
    for i, (r, s) in enumerate(pairwise(ratios)):
        d = answer(y, r)
        slopes = [(y - d) / r, *slopes][:3]
        if s:
            places = [math.log(ratios[i - k]) for k in range(len(slopes))]
            weights = _integrals(places, math.log(r), math.log(s), np.exp)
            y = y + sum(weight * slope for weight, slope in zip(weights, slopes, strict=True))
        else:
            y = d
        yield y


def plms(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Liu et al. 2022, eq. 12, started as in latent diffusion's plms.py: the first two slopes averaged."""
    slopes: list[np.ndarray] = []
    for r, s in pairwise(ratios):
        slopes = [(y - answer(y, r)) / r, *slopes][:4]
        if len(slopes) == 1:
            ahead = y + (s - r) * slopes[0]
            slope = (slopes[0] + (ahead - answer(ahead, s)) / s) / 2
        else:
            slope = _adams(slopes)
        y = y + (s - r) * slope
        yield y


def pndm(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw) -> Ys:
    """Follow Liu et al. 2022, eq. 12 and 13 (F-PNDM), with the middle of the first three steps in log r."""
    slopes: list[np.ndarray] = []
    for r, s in pairwise(ratios):
        slopes = [(y - answer(y, r)) / r, *slopes][:4]
        if len(slopes) < 4:
            middle = math.sqrt(r * s)
            slope = slopes[0]
            stages = [slope]
            for there in (middle, middle, s):
                ahead = y + (there - r) * stages[-1]
                stages.append((ahead - answer(ahead, there)) / there)
            slope = (stages[0] + 2 * stages[1] + 2 * stages[2] + stages[3]) / 6
        else:
            slope = _adams(slopes)
        y = y + (s - r) * slope
        yield y


def unipc(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, order: int, variant: float) -> Ys:
    """Follow Zhao et al. 2023, algorithms 5 and 6 in data prediction, with lower orders at both ends."""
    count = len(ratios) - 1
    before = y
    past = list[np.ndarray]()
    for i, (r, s) in enumerate(pairwise(ratios)):
        d = answer(y, r)
        if past:
            # The order of the prediction that is corrected.
            used = min(order, i, count - i + 1)
            y = _unified(before, past[:used], ratios[i - used : i + 1][::-1], variant, ahead=d)
        before = y
        past = [d, *past][:order]
        used = min(order, i + 1, count - i)
        y = _unified(y, past[:used], [s, *ratios[i + 1 - used : i + 1][::-1]], variant) if s else d
        yield y


def _unified(
    y: np.ndarray, past: Sequence[np.ndarray], ratios: Ratios, variant: float, *, ahead: np.ndarray | None = None
) -> np.ndarray:
    """Step from ratios[1] to ratios[0]; `past` are predictions at ratios[1], ratios[2], …, `ahead` at ratios[0]."""
    s, r, *earlier = ratios
    h = math.log(r / s)
    phi_1 = math.expm1(-h)
    scale = -h if variant == 1 else phi_1
    places = [-math.log(older / r) / h for older in earlier]
    slopes = [(d - past[0]) / place for d, place in zip(past[1:], places, strict=True)]
    if ahead is not None:
        places = [*places, 1.0]
        slopes = [*slopes, ahead - past[0]]
    y = s / r * y - phi_1 * past[0]
    if not places:
        return y
    right = []
    phi = phi_1 / -h - 1
    factorial = 1.0
    for k in range(1, len(places) + 1):
        right.append(phi * factorial / scale)
        factorial *= k + 1
        phi = phi / -h - 1 / factorial
    rows = np.array([[place**k for place in places] for k in range(len(places))])
    weights = np.linalg.solve(rows, right) if len(places) > 1 else [0.5]
    return y - scale * sum(weight * slope for weight, slope in zip(weights, slopes, strict=True))


def _adams(slopes: Sequence[np.ndarray]) -> np.ndarray:
    """Return Adams-Bashforth's slope for even steps: the mean over 0 … 1 of the polynomial through the past slopes."""
    weights = _integrals([float(-k) for k in range(len(slopes))], 0.0, 1.0, lambda u: np.ones_like(u))
    return np.asarray(sum(weight * slope for weight, slope in zip(weights, slopes, strict=True)))


def _integrals(
    places: Sequence[float], start: float, end: float, density: Callable[[np.ndarray], np.ndarray]
) -> list[float]:
    """Return ∫ density·l(u) du over start … end, by quadrature, for the Lagrange polynomials l of the places."""
    u = start + (end - start) * (NODES + 1) / 2
    mass = (end - start) / 2 * MASSES * density(u)
    found = []
    for place in places:
        others = [(u - other) / (place - other) for other in places if other != place]
        found.append(float(mass @ np.prod(others or [np.ones_like(u)], axis=0)))
    return found
