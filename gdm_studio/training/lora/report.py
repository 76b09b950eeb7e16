"""Diagnosis of a LoRA during training, from training images and held-out images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from gdm_studio.training.diagnosis import (
    Diagnosis,
    Evidence,
    MeasuredImages,
    ReferenceErrors,
    diagnose,
    is_early,
    levels_for,
)
from gdm_studio.training.lora.base_models import LoraBase, level_of

# Maximum number of training images, and of held-out images, whose errors are measured.
_MAX_MEASURED = 16
# Maximum number of images for the error floors.
_MAX_COMPARED = 1000


class TrainedWeights(Protocol):
    """Protocol for the weights that are trained, either a LoRA or the whole network."""

    def unchanged(self) -> tuple[str, ...]:
        """Return the names of the layers whose weights have not changed since the start of training."""


class LoraReport:
    """Reporter that diagnoses a LoRA or a fine-tuned network during training, always on the same images and noise.

    Create it before training, since errors are compared with those at the start. `rows` are the indices of each image's
    conditions. `batch` and `warmup` are counted in samples.
    """

    def __init__(
        self,
        base: LoraBase,
        lora: TrainedWeights,
        latents: Tensor,
        conditions: Sequence[Tensor],
        rows: np.ndarray,
        learned: np.ndarray,
        held_out: np.ndarray,
        *,
        batch: int,
        warmup: int,
    ) -> None:
        self._base = base
        self._lora = lora
        self._batch = batch
        self._warmup = warmup
        self._conditions = conditions
        self._images, self._held_out = (
            MeasuredImages(latents[part[:_MAX_MEASURED]], torch.from_numpy(rows[part[:_MAX_MEASURED]]))
            for part in (learned, held_out)
        )
        self._latent_deviation = round(float(latents.std()), 4)
        self._ratios = levels_for(self._latent_deviation)
        known = latents[learned[:_MAX_COMPARED]]
        self._reference_errors = (
            ReferenceErrors.of(known, self._held_out.images, self._ratios) if len(held_out) else None
        )
        # A new LoRA changes nothing, so these are the errors of the base model.
        self._base_error = max(self._measure_errors_of_others()) if len(held_out) else 0.0
        self._base_errors = self._measure_errors_of_images() if len(held_out) else ()

    @torch.no_grad()
    def diagnosis(self, seen: int) -> Diagnosis | None:
        """Diagnose the training after `seen` samples from the errors on training and held-out images.

        Returns None without held-out images.
        """
        if self._reference_errors is None:
            return None
        ratios = self._ratios
        share, bias = self._held_out.high_noise_signs(self._predict, ratios[-1])
        others = self._measure_errors_of_others()
        evidence = Evidence(
            # The loss of a LoRA is noisy. The base model may be bad at these images, and then the LoRA must improve it.
            first_loss=self._base_error,
            loss=max(others),
            peak_loss=self._base_error,
            train=self._measure_errors_of_images(),
            initial=self._base_errors,
            others=others,
            wrong_level=self._images.errors(self._predict, ratios[1:], ratios[:-1]),
            noise_share=share,
            # The prediction depends on the caption, and a few held-out images have no mean to compare it with.
            bias=bias if len(self._held_out.images) == _MAX_MEASURED else 0.0,
            unchanged=self._lora.unchanged(),
            is_early=is_early(seen, batch=self._batch, warmup=self._warmup),
        )
        return diagnose(evidence, self._reference_errors)

    @torch.no_grad()
    def paired_errors(self) -> tuple[str, np.ndarray]:
        """Return the denoising errors for a fixed set of images and noise, and a key that identifies the set.

        Two runs with the same key can be compared pair by pair.
        """
        measured = self._held_out if len(self._held_out.images) else self._images
        return measured.paired_units(self._predict, self._ratios[1::2], self._latent_deviation)

    @torch.no_grad()
    def _measure_errors_of_others(self) -> tuple[float, ...]:
        """Return the network's mean squared error on the held-out images at each noise level."""
        return self._held_out.errors(self._predict, self._ratios)

    @torch.no_grad()
    def _measure_errors_of_images(self) -> tuple[float, ...]:
        """Return the network's mean squared error on the training images at each noise level."""
        return self._images.errors(self._predict, self._ratios)

    def _predict(self, noisy: Tensor, ratio: float, rows: Tensor) -> Tensor:
        """Predict the clean latents from noisy ones. The conditions of each image have the indices `rows` (n, k), of
        which the first is used.
        """
        base = self._base
        at = base.diffusion.process.coordinates(ratio)
        count = len(noisy)
        alphas, sigmas, times = (
            part.to(base.device) for part in base.level_tensors(np.full(count, at.alpha), np.full(count, at.sigma))
        )
        x = at.alpha * noisy.to(base.device)
        conditions = [part[rows[:, 0]].to(base.device) for part in self._conditions]
        return base.x0(x, level_of(alphas, sigmas), times, conditions).cpu()
