"""Residuals that ControlNets add to the image tokens after the blocks of a diffusion transformer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class ControlResiduals:
    """Output of a ControlNet for a diffusion transformer: one tensor (N, T, width) per block of the ControlNet."""

    # Residuals of the joint blocks, and of the parallel blocks of FLUX.1.
    joint: Sequence[Tensor]
    parallel: Sequence[Tensor] = ()

    def __mul__(self, weight: float) -> ControlResiduals:
        return ControlResiduals([each * weight for each in self.joint], [each * weight for each in self.parallel])


def add_residuals(
    tokens: Tensor, residuals: Sequence[Sequence[Tensor]], block: int, blocks: int, first: int = 0
) -> Tensor:
    """Add the residuals of all ControlNets for one block of a transformer to tokens (N, T, width), in place.

    A ControlNet with fewer blocks than the transformer, which has `blocks`, uses each residual for several successive
    blocks, as in diffusers. `first` is the number of tokens before those of the generated image.
    """
    for each in residuals:
        if each:
            residual = each[block // math.ceil(blocks / len(each))]
            tokens[:, first : first + residual.shape[1]] += residual
    return tokens
