"""Memory and operations that a model needs per image, computed before the model is loaded.

This module does not import torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.model_card import ModelCard

# Memory of the process without models, in bytes.
PROGRAM = 400 * 10**6


@dataclass(frozen=True)
class Demand:
    """Memory (bytes) and floating-point operations that a model needs to generate an image of a given size, estimated
    before the model is loaded.
    """

    # Weights of the denoiser, of the text encoders and of the autoencoder.
    denoiser: int
    texts: int
    vae: int
    # Memory for evaluating the denoiser on one batch row, and for decoding an image.
    step_memory: int
    decoding_memory: int
    # Operations for evaluating the denoiser on one batch row, and for decoding an image.
    step_flops: int
    decoding_flops: int

    def memory(self, rows: int) -> int:
        """Return the memory, in bytes, for generating an image with all weights in memory. `rows` is the number of
        batch rows that each step evaluates together.
        """
        return PROGRAM + self.denoiser + self.texts + self.vae + max(rows * self.step_memory, self.decoding_memory)

    def least_memory(self, rows: int) -> int:
        """Return the minimum memory, in bytes, for generating an image if the weights are read from disk at
        each step.
        """
        return PROGRAM + self.vae + max(rows * self.step_memory, self.decoding_memory)

    def flops(self, evaluations: int) -> int:
        """Return the number of floating-point operations for an image whose steps evaluate `evaluations` batch rows in
        total.
        """
        return evaluations * self.step_flops + self.decoding_flops


def evaluations_of(card: ModelCard) -> int:
    """Return the number of network evaluations for one image with the model's default settings. With guidance, each
    step has two batch rows, which are both counted.
    """
    request = card.default_request()
    return request.steps * SAMPLERS[request.sampler].calls_per_step * rows_of(card)


def rows_of(card: ModelCard) -> int:
    """Return the number of batch rows per sampling step with the model's default settings: two with guidance, otherwise
    one.
    """
    return 2 if card.default_request().guidance_scale != 1 else 1
