"""The Gaussian model on a device with little memory."""

from __future__ import annotations

import torch

from gdm_studio.maths.noise_path import NoiseLevel
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel


def low_memory_library(rows: int) -> GaussianLibrary:
    """Return a library with a model that runs out of memory for batches of more than `rows` rows.

    Guidance takes two rows for each image.
    """

    class Cramped(GaussianModel):
        def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
            if len(x) > rows:
                raise torch.OutOfMemoryError("out of memory")
            return super().denoised(x, at, conditioning)

    return GaussianLibrary(kind=Cramped)
