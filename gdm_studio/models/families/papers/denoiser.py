"""Denoising functions of the reimplemented methods, composed of a network and the parts of a system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gdm_studio.maths.guidance import classifier_guided
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.batch_features import BatchFeatures
from gdm_studio.models.families.papers.method_parts import Network, Predict


class LearnedVariance:
    """Network function without its second output, the variance of a backward step (Nichol and Dhariwal 2021).

    `variance` is the variance of the last call, one row per image: values from 0 to 1, shaped like x (equation 15).
    """

    def __init__(self, network: Network, cond: Tensor) -> None:
        self._network = network
        self.variance = cond.new_zeros(0)

    def __call__(self, shown: Tensor, time: float, cond: Tensor) -> Tensor:
        picture, variance = self._network(shown, time, cond).split(shown.shape[1], dim=1)
        self.variance = ((variance + 1) / 2).clamp(0, 1)
        return picture


class PreviousLatents:
    """Network function that passes the latents of each step to the next one (RIN). They are stored in `memory` (N, L,
    D).

    `evaluate` is called with the previous latents after the conditioning, and returns the flat output with the new
    latents after the image.
    """

    def __init__(self, evaluate: Callable[..., Tensor], network: Any, cond: Tensor) -> None:
        self._evaluate = evaluate
        self._network = network
        self._cond = cond
        self.memory: tuple[Tensor, ...] = ()

    def __call__(self, shown: Tensor, time: float, cond: Tensor) -> Tensor:
        (before,) = self.memory or (self._network.initial_latents(self._cond[:, None]),)
        found = self._evaluate(shown, time, cond, before[: len(shown)])
        picture, latents = found.split([found.shape[1] - before[0].numel(), before[0].numel()], dim=1)
        self.memory = (torch.cat([latents.unflatten(1, before.shape[1:]), before[len(shown) :]]),)
        return picture.unflatten(1, (-1, *shown.shape[1:])).flatten(1, 2)


def guided_by_classifier(predict: Predict, gradient: Callable[..., Tensor], classes: int) -> Predict:
    """Return a prediction without class that follows a classifier's gradient with strength 1 (classifier guidance).

    `gradient` is called with (x, noise level, cond=conditioning), whose first `classes` numbers are the class. The
    request's guidance scale then extrapolates from the unconditional result.
    """

    def guided(x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
        without = torch.cat([torch.zeros_like(cond[:, :classes]), cond[:, classes:]], dim=1)
        found = predict(x, at, without)
        return classifier_guided(lambda *_: found, lambda x, at: gradient(x, at, cond=cond), 1.0)(x, at)

    return guided


class Denoiser:
    """Denoising function (x, noise level) → x0 of a reimplemented published method, with a fixed conditioning.

    If the network predicts a variance, `variance` is that of the last call, one row per image.
    """

    variance: Tensor

    def __init__(self, predict: Predict, cond: Tensor, learned: LearnedVariance | None) -> None:
        self._predict = predict
        self._cond = cond
        self._learned_variance = learned
        if learned is not None:
            self.variance = learned.variance

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        found = self._predict(x, at, self._cond[: len(x)])
        if self._learned_variance is not None:
            self.variance = self._learned_variance.variance
        return found


class ReusedFeatures:
    """Slot for the deep features that the network function of a `ReusingDenoiser` computes or reuses."""

    def __init__(self) -> None:
        self.features: BatchFeatures | None = None


class ReusingDenoiser(Denoiser):
    """Denoising function whose network can reuse the deep features of an earlier evaluation."""

    def __init__(self, predict: Predict, cond: Tensor, learned: LearnedVariance | None, reuse: ReusedFeatures) -> None:
        super().__init__(predict, cond, learned)
        self._reuse = reuse

    def with_features(self, x: Tensor, at: NoiseLevel, features: BatchFeatures) -> Tensor:
        """Predict x0 like a call, and compute the deep features of the rows of x or, if there are any, reuse them."""
        self._reuse.features = features
        try:
            return self(x, at)
        finally:
            self._reuse.features = None


class DenoiserWithMemory(Denoiser):
    """Denoising function whose network takes its own latents from the previous step as additional input."""

    def __init__(
        self, predict: Predict, cond: Tensor, learned: LearnedVariance | None, latents: PreviousLatents
    ) -> None:
        super().__init__(predict, cond, learned)
        self._latents = latents

    @property
    def memory(self) -> tuple[Tensor, ...]:
        """Latents of the last step, or () before the first one."""
        return self._latents.memory

    @memory.setter
    def memory(self, memory: tuple[Tensor, ...]) -> None:
        self._latents.memory = memory
