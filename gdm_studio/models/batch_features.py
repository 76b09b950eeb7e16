"""Deep features of a batch, which a denoiser computes in one evaluation and reuses in later ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.networks.deep_features import DeepFeatures

# End of the first part of a path and start of the last one, in which the features change slowly, as fractions of the
# steps. Measured for the built-in model; DeepCache's non-uniform variant also spares the ends.
FIRST_PART = 0.25
LAST_PART = 0.85


class BatchFeatures:
    """Deep features of all batch rows of a denoiser. They are empty until the first evaluation, which computes them,
    and later evaluations of the same rows reuse them.
    """

    def __init__(self) -> None:
        # Features of the rows that are evaluated together, by their numbers.
        self._groups: dict[tuple[int, ...], Tensor] = {}
        # Features of rows that other networks evaluate, see `of_part`.
        self._parts: dict[int, BatchFeatures] = {}

    def of_part(self, number: int) -> BatchFeatures:
        """Return the features of part `number` of a batch whose parts are evaluated by different networks."""
        return self._parts.setdefault(number, BatchFeatures())

    def evaluate(
        self, evaluator: RowEvaluator, network: Callable[..., Tensor], rows: Iterable[int], *inputs: Tensor
    ) -> Tensor:
        """Evaluate a network as `evaluate_rows` does, and compute the deep features or reuse them."""
        group = tuple(rows)
        saved = [self._groups[group]] if group in self._groups else []

        def evaluate_part(*given: Tensor) -> tuple[Tensor, Tensor]:
            deep = DeepFeatures(*given[len(inputs) :])
            found = network(*given[: len(inputs)], deep=deep)
            assert deep.saved is not None
            return found, deep.saved

        found, self._groups[group] = evaluator.evaluate_pair(evaluate_part, *inputs, *saved)
        return found


def evaluate_rows(
    evaluator: RowEvaluator,
    network: Callable[..., Tensor],
    rows: Iterable[int],
    features: BatchFeatures | None,
    *inputs: Tensor,
) -> Tensor:
    """Evaluate a network on the batch rows with the numbers `rows`, whose inputs are given.

    With `features`, the network is called with the keyword argument `deep`, a `DeepFeatures`.
    """
    return evaluator(network, *inputs) if features is None else features.evaluate(evaluator, network, rows, *inputs)


@runtime_checkable
class DenoiserWithFeatures(Protocol):
    """Denoiser whose network can reuse deep features of an earlier evaluation."""

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor: ...

    def with_features(self, x: Tensor, at: NoiseLevel, features: BatchFeatures) -> Tensor:
        """Predict x0 like a call, and compute the deep features of the rows of x or, if there are any, reuse them."""
        ...


@dataclass(frozen=True)
class FeatureDenoiser:
    """Denoiser that is composed of a function (x, noise level, features or None) → x0."""

    predict: Callable[[Tensor, NoiseLevel, BatchFeatures | None], Tensor]

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        return self.predict(x, at, None)

    def with_features(self, x: Tensor, at: NoiseLevel, features: BatchFeatures) -> Tensor:
        return self.predict(x, at, features)


def whole_steps(count: int, interval: int) -> frozenset[int]:
    """Return the steps of a path of `count` steps, counted from 1, that evaluate the whole network.

    They are `interval` steps apart. In the first quarter, where the prediction hardly depends on x, there is only the
    first one, and the last steps, which change little, are twice as far apart.
    """
    if interval == 1:
        return frozenset(range(1, count + 1))
    found = []
    done = 0
    while done < count:
        found.append(done + 1)
        if done == 0:
            done = max(interval, math.ceil(count * FIRST_PART))
        else:
            done += interval if done < count * LAST_PART else 2 * interval
    return frozenset(found)
