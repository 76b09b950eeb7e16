"""Weights as int8 with one scale for each output channel: a quarter of fp32's size, restored when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".scale"  # after a tensor's name: that of its scales
_MOST = 127


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(int8 shaped like `weight` (C, …), fp32 scales (C,)) with weight ≈ int8 · scale, rounded to the nearest.

    The largest number of each output channel is kept exactly, so every error is at most half a scale.
    """
    rows = weight.float().flatten(1) if weight.ndim > 1 else weight.float()[:, None]
    scale = rows.abs().amax(dim=1) / _MOST
    levels = rows / torch.where(scale > 0, scale, 1.0)[:, None]
    return levels.round().clamp(-_MOST, _MOST).to(torch.int8).reshape(weight.shape), scale


def restore(levels: Tensor, scale: Tensor) -> Tensor:
    """The fp32 weights (C, …) of int8 levels and their scales (C,); ValueError where these do not belong together."""
    if levels.dtype != torch.int8 or scale.shape != levels.shape[:1]:
        raise ValueError(f"{tuple(levels.shape)} of {levels.dtype} have scales of shape {tuple(scale.shape)}")
    return levels.float() * scale.float().reshape(-1, *[1] * (levels.ndim - 1))


def restored(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """All weights by name, those with scales beside them restored; ValueError for others in int8 that are no table."""
    scaled = {name for name in weights if name + SCALE in weights}
    if not all(weights[name].is_floating_point() or name.endswith(".table") for name in weights.keys() - scaled):
        raise ValueError("weights without fractions have no scales")
    return {
        name: restore(value, weights[name + SCALE]) if name in scaled else value
        for name, value in weights.items()
        if name.removesuffix(SCALE) not in scaled or not name.endswith(SCALE)
    }
