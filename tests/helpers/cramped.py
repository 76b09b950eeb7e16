"""The Gaussian model on a device with little memory."""

from __future__ import annotations

import torch

from gdm_studio.maths.path import Point
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel


def cramped(rows: int) -> GaussianLibrary:
    """A library whose model has memory to denoise so many rows at once; with guidance a picture is two."""

    class Cramped(GaussianModel):
        def denoised(self, x: torch.Tensor, at: Point, conditioning: torch.Tensor) -> torch.Tensor:
            if len(x) > rows:
                raise torch.OutOfMemoryError("out of memory")
            return super().denoised(x, at, conditioning)

    return GaussianLibrary(kind=Cramped)
