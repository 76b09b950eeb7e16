"""Expansion of weights that are stored as levels of fp8, int8 or 4 bits with scales beside them."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import torch
from torch import Tensor

from gdm_studio.models.files.header import Quantization

_FP8 = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2}
# Matrix of which ComfyUI's rotation of int8 weights is a Kronecker power. Half of it is symmetric and orthogonal.
_ROTATION = ((1, 1, 1, -1), (1, 1, -1, 1), (1, -1, 1, 1), (-1, 1, 1, 1))


def expand_levels(form: Quantization, parts: tuple[Tensor, ...], dtype: torch.dtype) -> Tensor:
    """Return the weight of levels and scales, computed in fp32 and rounded once to `dtype`.

    `parts` are the tensors that `form` names.
    """
    if "block" in form.numbers:
        return _expand_four_bits(form, parts).to(dtype)
    levels, *scales = parts
    wide = _decode_fp8(levels, _FP8[form.dtype]) if form.dtype in _FP8 else levels
    if not scales:
        return wide.to(dtype)
    scale = (scales[0].float() * form.numbers["unit"]).reshape(-1, *[1] * (levels.ndim - 1))
    weight = wide.float() * scale
    if group := int(form.numbers["group"]):
        weight = (weight.unflatten(1, (-1, group)) @ _rotation(group, weight.device)).flatten(1)
    return weight.to(dtype)


def _decode_fp8(levels: Tensor, dtype: torch.dtype) -> Tensor:
    """Return numbers of the type fp8, which MPS does not support: their bytes are looked up there."""
    if levels.device.type == "mps":
        return _fp8_table(dtype, levels.device)[levels.view(torch.uint8).int()]
    return levels.view(dtype)


def _expand_four_bits(form: Quantization, parts: tuple[Tensor, ...]) -> Tensor:
    """Return the weight (n,) in fp32 of bitsandbytes' bytes, whose upper half comes first.

    Each block is multiplied by the largest absolute value of its weights, which may be quantised too (Dettmers et al.
    2023, arXiv:2305.14314, section 3).
    """
    packed, table, largest, *nested = parts
    count = prod(form.shape)
    if nested:
        inner = nested[0][largest.int()]
        largest = _by_blocks(inner, nested[1], int(form.numbers["nested"])) + form.numbers["offset"]
    packed = packed.flatten()
    levels = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:count]
    return _by_blocks(table[levels.int()], largest, int(form.numbers["block"]))


def _by_blocks(values: Tensor, scales: Tensor, block: int) -> Tensor:
    """Return values (n,) multiplied by the scale of their block. The last block may be shorter."""
    values = values.flatten()
    whole = len(values) // block * block
    scaled = values[:whole].view(-1, block) * scales.flatten()[: whole // block, None]
    return torch.cat([scaled.flatten(), values[whole:] * scales.flatten()[-1]])


@lru_cache(maxsize=8)
def _fp8_table(dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.arange(256, dtype=torch.uint8).view(dtype).float().to(device)


@lru_cache(maxsize=8)
def _rotation(group: int, device: torch.device) -> Tensor:
    """Return the orthogonal matrix (group, group) that undoes the rotation of `group` columns."""
    seed = torch.tensor(_ROTATION, dtype=torch.float32)
    found = seed
    while len(found) < group:
        found = torch.kron(found, seed)
    return (found / group**0.5).to(device)
