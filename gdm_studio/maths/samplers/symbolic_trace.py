"""Symbolic tracing of samplers: computes the coefficients of a step by running it on symbols instead of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.samplers.registry import SamplerSpec

# Names of the arrays in a step: x before it, the predictions, the noise draws and the sampler's history.
X, PREDICTION, NOISE, HISTORY = "x", "x0", "z", "past"
# Maximum number of evaluations of a traced step, since the size of its expressions grows quadratically with them.
MOST_EVALUATIONS = 12


@dataclass(frozen=True)
class Combination:
    """Symbolic array: a linear combination of named arrays. It supports only linear arithmetic."""

    terms: Mapping[str, float]

    def __add__(self, other: Combination | float) -> Combination:
        if not isinstance(other, Combination):
            return self if other == 0 else NotImplemented
        names = dict.fromkeys((*self.terms, *other.terms))
        return Combination({name: self.terms.get(name, 0.0) + other.terms.get(name, 0.0) for name in names})

    def __mul__(self, factor: float) -> Combination:
        if isinstance(factor, Combination):
            return NotImplemented
        return Combination({name: factor * value for name, value in self.terms.items()})

    def __sub__(self, other: Combination | float) -> Combination:
        return self + -1 * other

    def __rsub__(self, other: Combination | float) -> Combination:
        return -1 * self + other

    def __truediv__(self, divisor: float) -> Combination:
        if isinstance(divisor, Combination):
            return NotImplemented
        return Combination({name: value / divisor for name, value in self.terms.items()})

    def __neg__(self) -> Combination:
        return -1 * self

    __radd__ = __add__
    __rmul__ = __mul__


@dataclass(frozen=True)
class Evaluation:
    """Record of one evaluation of the denoiser in a traced step, with its input and noise level. Its result is the
    array `name`.
    """

    name: str
    input: Combination
    at: NoiseLevel


@dataclass(frozen=True)
class TracedStep:
    """Formula of a sampler's step, obtained by tracing: the evaluations of the denoiser in order, and x after the step
    as a linear combination.

    `draws` maps the name of each noise draw to its number.
    """

    evaluations: tuple[Evaluation, ...]
    result: Combination
    draws: Mapping[str, int]


def traced_step(
    spec: SamplerSpec, path: NoisePath, start: int, *, history: int = 0, params: Mapping[str, Any] | None = None
) -> TracedStep | None:
    """Determine the coefficients of a sampler's step from path[start] to path[start + 1] by running it on symbolic
    arrays.

    `history` is the number of arrays that the sampler retains from earlier steps. Returns None if the step is not
    linear with fixed coefficients, or has more than MOST_EVALUATIONS evaluations.
    """
    if not spec.affine or spec.needs not in ("", "reverse_variance"):
        return None
    evaluations: list[Evaluation] = []
    draws: dict[str, int] = {}

    def denoise(x: Combination, at: NoiseLevel) -> Combination:
        if len(evaluations) == MOST_EVALUATIONS:
            raise _TooLongError
        name = _append_number(PREDICTION, len(evaluations))
        evaluations.append(Evaluation(name, x, at))
        return Combination({name: 1.0})

    def noise(step: int, like: Combination, draw: int = 0) -> Combination:
        name = _append_number(NOISE, len(draws))
        draws[name] = draw
        return Combination({name: 1.0})

    past = tuple(Combination({_append_number(HISTORY, place): 1.0}) for place in range(history))
    steps = spec.fn(denoise, Combination({X: 1.0}), path, noise, start=start, history=past, **(params or {}))
    try:
        result = next(steps).x
    except (TypeError, _TooLongError):
        return None
    kept = Combination({name: value for name, value in result.terms.items() if value})
    return TracedStep(tuple(evaluations), kept, draws)


class _TooLongError(Exception):
    """Error that stops the tracing of a sampler's step because it evaluates the denoiser too often."""


def _append_number(name: str, place: int) -> str:
    return name if not place else f"{name}_{place + 1}"
