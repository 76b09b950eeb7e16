"""Denoiser of an image whose regions have LoRAs of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gdm_studio.maths.noise_path import Denoise, NoiseLevel, NoisePath
from gdm_studio.models.batch_features import BatchFeatures, DenoiserWithFeatures
from gdm_studio.models.loaded_model import (
    Conditioning,
    DenoiserWithMemory,
    DenoiserWithVariance,
    NoiseAt,
    Stage,
)


def denoiser_of(stage: Stage, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
    """Return a stage's denoiser for conditionings that may have different LoRAs, see `Conditioning.adapters`.

    Rows with the same LoRAs are evaluated together by networks of their own, which share their weights with those of
    the other rows.
    """
    groups: dict[str, list[int]] = {}
    for row, condition in enumerate(conditions):
        groups.setdefault(condition.adapters, []).append(row)
    if len(groups) == 1:
        return stage.denoiser(conditions, path, noise)
    parts = [(rows, stage.denoiser([conditions[row] for row in rows], path, noise)) for rows in groups.values()]
    if any(isinstance(denoise, DenoiserWithMemory | DenoiserWithVariance) for _, denoise in parts):
        # Such models have no LoRAs.
        return stage.denoiser(conditions, path, noise)
    if all(isinstance(denoise, DenoiserWithFeatures) for _, denoise in parts):
        return _FeatureDenoiserInParts(parts)
    return _DenoiserInParts(parts)


class _DenoiserInParts:
    """Denoiser of a batch whose rows are evaluated in parts, each given by its rows and a denoiser."""

    def __init__(self, parts: Sequence[tuple[Sequence[int], Denoise]]) -> None:
        self._parts = parts

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        return self._evaluate(x, lambda number, rows: self._parts[number][1](rows, at))

    def _evaluate(self, x: Tensor, evaluate: Callable[[int, Tensor], Tensor]) -> Tensor:
        """Evaluate all parts that have rows in x, by `evaluate(part, rows of x)`."""
        # Steps without guidance have only the first rows. Indexing by a list of rows would wait for a GPU.
        found: list[Tensor] = list(x.split(1))
        for number, (rows, _) in enumerate(self._parts):
            there = [row for row in rows if row < len(x)]
            if there:
                predicted = evaluate(number, torch.cat([x[row : row + 1] for row in there]))
                for row, each in zip(there, predicted.split(1), strict=True):
                    found[row] = each
        return torch.cat(found)


class _FeatureDenoiserInParts(_DenoiserInParts):
    """Denoiser in parts whose networks can reuse their deep features."""

    def with_features(self, x: Tensor, at: NoiseLevel, features: BatchFeatures) -> Tensor:
        def evaluate(number: int, rows: Tensor) -> Tensor:
            denoise = self._parts[number][1]
            assert isinstance(denoise, DenoiserWithFeatures)
            return denoise.with_features(rows, at, features.of_part(number))

        return self._evaluate(x, evaluate)
