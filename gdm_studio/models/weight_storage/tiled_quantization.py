"""Decoding of ComfyUI's nvfp4 and mxfp8, whose levels have a scale for each group of neighbouring columns.

The scales are stored in the tiles in which tensor cores read them (NVIDIA's cuBLAS, "block scaling factors layout").
The weight may be padded.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from gdm_studio.models.files.header import SCALE_TILE, Quantization

# Number of weights that are expanded together on a CPU, so that intermediate numbers stay in its cache.
PART = 2**19
# Rows of a tile that are this far apart are stored side by side.
_STRIDE = 32
# Numbers of the 4-bit floating-point type E2M1.
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0)


def is_tiled(quantization: Quantization) -> bool:
    """Return True for a weight that this module decodes. Its numbers are the columns that share a scale, and 1 or 0 for
    scales in tiles or in plain rows.
    """
    return "tiled" in quantization.numbers


def expand_tiled(quantization: Quantization, parts: tuple[Tensor, ...], out: Tensor) -> None:
    """Decode the levels of a weight with the scales of their groups, and write the numbers to the flat tensor `out`.

    They are computed in fp32 and rounded once.
    """
    rows, columns = quantization.shape
    levels = parts[0].view(torch.uint8)
    scales = decode_scales(quantization, parts)
    weights = out.view(quantization.shape)
    count = max(PART // max(columns, 1), 1) if levels.device.type == "cpu" else max(rows, 1)
    for begin in range(0, rows, count):
        some = slice(begin, min(begin + count, rows))
        wide = _decode_levels(quantization, levels[some]).unflatten(1, (-1, int(quantization.numbers["columns"])))
        weights[some] = wide.mul_(scales[some, :, None]).flatten(1)[:, :columns]


def decode_scales(quantization: Quantization, parts: tuple[Tensor, ...]) -> Tensor:
    """Return the scale of each group as fp32 (rows, groups), with the scale of the whole weight if it has one."""
    scales = _look_up("F8_E4M3" if quantization.kind == "nvfp4" else "F8_E8M0", _untile_scales(quantization, parts))
    return scales * parts[2].float().flatten() if len(parts) > 2 else scales


def select_tiled_rows(
    quantization: Quantization, parts: tuple[Tensor, ...], rows: slice | Tensor
) -> tuple[Quantization, list[Tensor]]:
    """Select some rows of a weight without decoding it, and return their description and stored tensors."""
    levels = parts[0].view(torch.uint8)[: quantization.shape[0]][rows]
    of_rows = quantization._replace(
        shape=(len(levels), quantization.shape[1]), numbers={**quantization.numbers, "tiled": 0.0}
    )
    return of_rows, [levels, _untile_scales(quantization, parts)[: quantization.shape[0]][rows], *parts[2:]]


def _untile_scales(quantization: Quantization, parts: tuple[Tensor, ...]) -> Tensor:
    """Return the bytes of the scales (rows, groups) without tiles and padding."""
    levels, scales = parts[0], parts[1].view(torch.uint8)
    if not quantization.numbers["tiled"]:
        return scales
    rows = len(levels)
    groups = levels.shape[1] * _count_levels_per_byte(quantization) // int(quantization.numbers["columns"])
    height, width = SCALE_TILE
    down, across = -(-rows // height), -(-groups // width)
    tiles = scales.reshape(down, across, _STRIDE, height // _STRIDE, width)
    return tiles.permute(0, 3, 2, 1, 4).reshape(down * height, across * width)[:rows, :groups]


def _count_levels_per_byte(quantization: Quantization) -> int:
    return 2 if quantization.kind == "nvfp4" else 1


def _decode_levels(quantization: Quantization, levels: Tensor) -> Tensor:
    if quantization.kind == "nvfp4":
        return _look_up("F4", levels).view(torch.float32)
    return _look_up("F8_E4M3", levels)


def _look_up(dtype: str, numbers: Tensor) -> Tensor:
    return torch.index_select(_create_table(dtype, numbers.device), 0, numbers.flatten().int()).view(numbers.shape)


@lru_cache(maxsize=8)
def _create_table(dtype: str, device: torch.device) -> Tensor:
    if dtype == "F4":
        # A byte has two numbers, the first one in its upper half. An element of the table has both.
        pairs = [(_E2M1[byte >> 4], _E2M1[byte & 15]) for byte in range(256)]
        return torch.tensor(pairs, device=device).view(torch.int64).flatten()
    kind = torch.float8_e4m3fn if dtype == "F8_E4M3" else torch.float8_e8m0fnu
    return torch.arange(256, dtype=torch.uint8).view(kind).float().to(device)
