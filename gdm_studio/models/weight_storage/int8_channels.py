"""Int8 quantisation of weights with one scale per output channel, which takes a quarter of the space of fp32."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

# Suffix of the tensor name of the scales.
SCALE = ".scale"
_MAX_LEVEL = 127


def quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise a weight (C, …) to int8 with one fp32 scale per output channel (C,), such that weight ≈ int8 · scale.

    The largest value of each output channel is exact, and every error is at most half the scale.
    """
    rows = weight.float().flatten(1) if weight.ndim > 1 else weight.float()[:, None]
    scale = rows.abs().amax(dim=1) / _MAX_LEVEL
    levels = rows / torch.where(scale > 0, scale, 1.0)[:, None]
    return levels.round().clamp(-_MAX_LEVEL, _MAX_LEVEL).to(torch.int8).reshape(weight.shape), scale


def dequantize(levels: Tensor, scale: Tensor) -> Tensor:
    """Convert int8 weights (C, …) with one scale per output channel (C,) back to fp32.

    Raises ValueError if the shapes do not match.
    """
    if levels.dtype != torch.int8 or scale.shape != levels.shape[:1]:
        raise ValueError(f"{tuple(levels.shape)} of {levels.dtype} have scales of shape {tuple(scale.shape)}")
    return levels.float() * scale.float().reshape(-1, *[1] * (levels.ndim - 1))


def dequantized(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return all weights of a network by name, with the int8 weights converted back to fp32.

    Raises ValueError for integer weights without scales, except for lookup tables.
    """
    scaled = {name for name in weights if name + SCALE in weights}
    if not all(weights[name].is_floating_point() or name.endswith(".table") for name in weights.keys() - scaled):
        raise ValueError("integer weights have no scales")
    return {
        name: dequantize(value, weights[name + SCALE]) if name in scaled else value
        for name, value in weights.items()
        if name.removesuffix(SCALE) not in scaled or not name.endswith(SCALE)
    }
