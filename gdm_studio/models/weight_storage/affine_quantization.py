"""Decoding of weights that optimum-quanto or torchao stored as packed integers of two or four bits, with a scale and an
offset for each group of neighbouring columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gdm_studio.models.files.header import Quantization

# Number of weights that are expanded together on a CPU, so that intermediate numbers stay in its cache.
PART = 2**19
_FLOAT_TYPES = {"F16": torch.float16, "BF16": torch.bfloat16}


def is_affine(quantization: Quantization) -> bool:
    """Return True for a weight that this module decodes. Its number "bits" is the size of an integer, or 8 for integers
    that are unpacked already. "halves" is 1 if the integers of a byte belong to rows that are far apart, as in
    optimum-quanto, and 0 if they are neighbours with a sign, as in torchao.
    """
    return "halves" in quantization.numbers


def expand_affine(quantization: Quantization, parts: tuple[Tensor, ...], out: Tensor) -> None:
    """Decode the integers of a weight with the scales and offsets of their groups, and write the numbers to the flat
    tensor `out`.

    optimum-quanto computes (level − shift) · scale, if the shift is an integer, or level · scale − shift, where both
    results are rounded to the type of the scale. torchao computes level · scale + zero, which is not rounded here.
    """
    levels, scales, offsets = _arrange_in_groups(quantization, parts)
    groups = len(scales)
    weights = out.view(groups, -1)
    count = max(PART // max(weights.shape[1], 1), 1) if levels.device.type == "cpu" else max(groups, 1)
    for begin in range(0, groups, count):
        some = slice(begin, min(begin + count, groups))
        wide = _unpack(quantization, levels, torch.arange(some.start, some.stop, device=levels.device))
        scale, offset = scales[some].float(), offsets[some].float()
        if not offsets.is_floating_point():
            weights[some] = _round_values(quantization, wide.sub_(offset).mul_(scale))
        elif quantization.numbers["halves"]:
            weights[some] = _round_values(
                quantization, _round_values(quantization, wide.mul_(scale)).float().sub_(offset)
            )
        else:
            weights[some] = wide.mul_(scale).add_(offset)


def select_affine_rows(
    quantization: Quantization, parts: tuple[Tensor, ...], rows: slice | Tensor
) -> tuple[Quantization, list[Tensor]]:
    """Select some rows of a weight without decoding them, and return their description and stored tensors."""
    levels, scales, offsets = parts
    total, *others = quantization.shape
    if not quantization.numbers["halves"]:
        # Scales are stored in columns.
        picked = levels[rows]
        return quantization._replace(shape=(len(picked), *others)), [picked, scales[:, rows], offsets[:, rows]]
    numbers = torch.arange(total, device=levels.device)[rows]
    each = len(scales) // total
    groups = (numbers[:, None] * each + torch.arange(each, device=levels.device)).flatten()
    unpacked = _unpack_levels(quantization, levels.flatten(1), groups)
    found = [unpacked, scales.flatten(1)[groups], offsets.flatten(1)[groups]]
    return quantization._replace(shape=(len(numbers), *others), numbers={**quantization.numbers, "bits": 8.0}), found


def _arrange_in_groups(quantization: Quantization, parts: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the packed integers, and the scales and offsets of the groups (groups, 1)."""
    levels, scales, offsets = parts
    if quantization.numbers["halves"]:
        return levels.flatten(1), scales.reshape(-1, 1), offsets.reshape(-1, 1)
    by_row = [each.t().reshape(-1, 1) for each in (scales, offsets)]
    return levels.reshape(len(by_row[0]), -1), by_row[0], by_row[1]


def _unpack(quantization: Quantization, levels: Tensor, groups: Tensor) -> Tensor:
    """Return the levels of some groups as fp32 (groups, columns)."""
    if quantization.numbers["halves"]:
        return _unpack_levels(quantization, levels, groups).float()
    raw = levels[groups].view(torch.uint8)
    # The first integer of a byte is in its lower half. Integers of 8 and more are negative.
    unsigned = torch.stack([raw & 15, raw >> 4], dim=2).flatten(1)
    return (unsigned ^ 8).float().sub_(8)


def _unpack_levels(quantization: Quantization, levels: Tensor, groups: Tensor) -> Tensor:
    """Return the levels of some groups in optimum-quanto's order as bytes (groups, columns). The lowest bits of the
    packed rows are the first groups, and the next bits the groups after those.
    """
    bits = int(quantization.numbers["bits"])
    packed = levels[groups % len(levels)]
    return packed if bits == 8 else (packed >> (groups // len(levels) * bits)[:, None]) & (2**bits - 1)


def _round_values(quantization: Quantization, values: Tensor) -> Tensor:
    return values.to(_FLOAT_TYPES[quantization.rounded]) if quantization.rounded else values
