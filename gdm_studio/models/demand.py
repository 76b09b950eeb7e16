"""Demand of a model: the memory and the operations that an image needs, known before the model is loaded.

This module does not import torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard

# Memory of the program itself, with its libraries, in bytes.
PROGRAM = 400 * 10**6


@dataclass(frozen=True)
class Demand:
    """Memory in bytes and floating-point operations that a model needs for images of one size."""

    # Weights of the denoiser, and of the parts that are needed before and after it.
    denoiser: int
    texts: int
    vae: int
    # Memory of an evaluation for one row, and of decoding an image.
    step_memory: int
    decoding_memory: int
    # Operations of an evaluation for one row, and of decoding an image.
    step_flops: int
    decoding_flops: int

    def memory(self, rows: int) -> int:
        """Return the memory of an image whose steps evaluate `rows` rows, with all weights in memory."""
        return PROGRAM + self.denoiser + self.texts + self.vae + max(rows * self.step_memory, self.decoding_memory)

    def least_memory(self, rows: int) -> int:
        """Return the memory with which an image can be made if the weights are read from the disk at each step."""
        return PROGRAM + self.vae + max(rows * self.step_memory, self.decoding_memory)

    def flops(self, evaluations: int) -> int:
        """Return the operations of an image whose steps evaluate `evaluations` rows in all."""
        return evaluations * self.step_flops + self.decoding_flops


def evaluations_of(card: ModelCard) -> int:
    """Return the rows that all steps of an image evaluate by default."""
    request = card.default_request()
    return request.steps * SAMPLERS[request.sampler].calls_per_step * rows_of(card)


def rows_of(card: ModelCard) -> int:
    """Return the rows that each step of an image evaluates by default: two with guidance."""
    return 2 if card.default_request().guidance_scale != 1 else 1
