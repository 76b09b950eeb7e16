"""UniPC: a multistep predictor whose evaluations also correct the previous step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers.dpmpp import relax_towards
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Zhao et al. 2023, arXiv:2302.04867, UniP and UniC in data prediction"
Variant = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Variant"),
        1.0,
        2.0,
        QT_TRANSLATE_NOOP("Setting", "2 (B = e^h − 1) for guided pictures, 1 (B = h) for unguided."),
    ),
]


@sampler(
    "unipc",
    title=QT_TRANSLATE_NOOP("Setting", "UniPC"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Predicts, then corrects with the next evaluation at no extra cost: good from 8 steps on."
    ),
    paper=PAPER,
    order=2,
    steps=(8, 30),
    default_steps=15,
)
def unipc(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    variant: Variant = 2.0,
) -> Iterator[Step]:
    """Sample with UniPC-2, a second-order multistep method whose evaluations also correct the previous step. `history`
    contains the last corrected x and the last two predictions x0, newest first.
    """
    yield from _unipc(denoise, x, path, start=start, history=history, order=2, variant=variant)


@sampler(
    "unipc_3",
    title=QT_TRANSLATE_NOOP("Setting", "UniPC 3"),
    summary=QT_TRANSLATE_NOOP("Setting", "UniPC with one prediction more remembered; for light guidance or none."),
    paper=PAPER,
    order=3,
    steps=(10, 40),
    default_spacing="exponential",
)
def unipc_3(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    variant: Variant = 2.0,
) -> Iterator[Step]:
    """Sample with UniPC-3, a third-order multistep method whose evaluations also correct the previous step. `history`
    contains the last corrected x and the last three predictions x0, newest first.
    """
    yield from _unipc(denoise, x, path, start=start, history=history, order=3, variant=variant)


def _unipc(
    denoise: Denoise, x: Array, path: NoisePath, *, start: int, history: History, order: int, variant: float
) -> Iterator[Step]:
    """Take sampling steps with UniPC. Their order rises from 1 at the start of the run, and falls to 1 at its end."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        if history and path[i - 1].alpha:
            past = _select_finite(history[1:], path, i - 1)
            x = _move(history[0], past[: min(order, of - i + 1)], path, i - 1, ahead=x0, variant=variant)
        x0s = (x0, *history[1:])[:order]
        history = (x, *x0s)
        x = _move(x, _select_finite(x0s, path, i)[: min(order, of - i)], path, i, ahead=None, variant=variant)
        yield Step(i + 1, of, to, x, x0, history)


def _select_finite(x0s: Sequence[Array], path: NoisePath, i: int) -> Sequence[Array]:
    """Return the predictions that a UniPC step can use: those at path[i], path[i − 1], … except predictions at alpha =
    0.

    The noise level alpha = 0 is infinitely far away in log-SNR.
    """
    return x0s[:1] if path[i].alpha == 0 else [x0 for k, x0 in enumerate(x0s) if path[i - k].alpha]


def _move(x: Array, x0s: Sequence[Array], path: NoisePath, i: int, *, ahead: Array | None, variant: float) -> Array:
    """Move x from path[i] to path[i + 1] by a UniPC step, given the predictions `x0s` at path[i], path[i − 1], ….

    If the prediction `ahead` at path[i + 1] is known, it corrects the step. The order is the number of predictions,
    plus one if the step is corrected.
    """
    at, to = path[i], path[i + 1]
    moved = relax_towards(x, x0s[0], at, to)
    if to.sigma == 0 or (len(x0s) == 1 and ahead is None):
        return moved
    h = to.log_snr - at.log_snr
    places = [(path[i - k].log_snr - at.log_snr) / h for k in range(1, len(x0s))]
    slopes = [(x0 - x0s[0]) / place for x0, place in zip(x0s[1:], places, strict=True)]
    if ahead is not None:
        places, slopes = [*places, 1.0], [*slopes, ahead - x0s[0]]
    scale = -h if round(variant) == 1 else math.expm1(-h)
    for weight, slope in zip(_compute_slope_weights(places, h, scale), slopes, strict=True):
        moved = moved - to.alpha * scale * weight * slope
    return moved


def _compute_slope_weights(places: Sequence[float], h: float, scale: float) -> list[float]:
    """Return the weights of the slopes in a UniPC step, in units of B(h). They make the step exact for predictions that
    are polynomials in lambda.

    This solves the paper's eq. 5, with its exponential integrals phi computed recursively. A single slope has the
    weight 1/2, as in the authors' code, which is exact up to a term of higher order.
    """
    if len(places) == 1:
        return [0.5]
    moments, phi, factorial = [], math.expm1(-h) / -h - 1, 1
    for k in range(1, len(places) + 1):
        moments.append(phi * factorial / scale)
        factorial *= k + 1
        phi = phi / -h - 1 / factorial
    return _solve_linear_system([[place**k for place in places] for k in range(len(places))], moments)


def _solve_linear_system(rows: list[list[float]], right: list[float]) -> list[float]:
    """Solve a small system of linear equations by Gaussian elimination with pivoting."""
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    size = len(table)
    for k in range(size):
        pivot = max(range(k, size), key=lambda row: abs(table[row][k]))
        table[k], table[pivot] = table[pivot], table[k]
        for row in range(k + 1, size):
            factor = table[row][k] / table[k][k]
            table[row] = [a - factor * b for a, b in zip(table[row], table[k], strict=True)]
    found = [0.0] * size
    for k in reversed(range(size)):
        rest = sum(table[k][j] * found[j] for j in range(k + 1, size))
        found[k] = (table[k][size] - rest) / table[k][k]
    return found
