"""Decoding of weights stored as fp8, int8 or 4-bit levels with separate scales."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod

import torch
from torch import Tensor

from gdm_studio.models.files.header import W4A8, Quantization
from gdm_studio.models.weight_storage.affine_quantization import expand_affine, is_affine, select_affine_rows
from gdm_studio.models.weight_storage.tiled_quantization import (
    decode_scales,
    expand_tiled,
    is_tiled,
    select_tiled_rows,
)

# Number of weights that are expanded together on a CPU, so that intermediate numbers stay in its cache.
PART = 2**19
_FP8 = {
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
}
_FLOAT_TYPES = {"F16": torch.float16, "BF16": torch.bfloat16}
# Matrix whose Kronecker power is ComfyUI's rotation of int8 weights. Half of it is symmetric and orthogonal.
_ROTATION = ((1, 1, 1, -1), (1, 1, -1, 1), (1, -1, 1, 1), (-1, 1, 1, 1))


def expand_levels(quantization: Quantization, parts: tuple[Tensor, ...], out: Tensor) -> None:
    """Decode the quantised levels of a weight with their scales, and write the numbers to the flat tensor `out`. They
    are computed in fp32 and rounded once.

    `parts` are the tensors listed in `quantization`.
    """
    if is_tiled(quantization):
        expand_tiled(quantization, parts, out)
        return
    if is_affine(quantization):
        expand_affine(quantization, parts, out)
        return
    if "block" in quantization.numbers:
        out.copy_(_expand_four_bits(quantization, parts))
        return
    shape = quantization.shape or (1,)
    rows = shape[0]
    packed = quantization.kind == W4A8
    levels = parts[0] if packed else parts[0].reshape(shape)
    scales = _expand_to_rows(parts[1], shape) * quantization.numbers["unit"] if len(parts) > 1 else None
    zeros = _expand_to_rows(parts[2], shape) if len(parts) > 2 and not packed else None
    count = max(PART // max(prod(shape[1:]), 1), 1) if levels.device.type == "cpu" else max(rows, 1)
    for begin in range(0, rows, count):
        some = slice(begin, begin + count)
        weights = out.view(shape)[some]
        if packed:
            wide = _decode_indices(levels[some], parts[2][some], *parts[3:])
        else:
            wide = _decode_fp8(levels[some], _FP8[quantization.dtype]) if quantization.dtype in _FP8 else levels[some]
        if zeros is not None:
            wide = torch.sub(*_view_as_blocks(wide, zeros[some])).view(wide.shape)
        group = int(quantization.numbers["group"])
        if scales is not None:
            pair = _view_as_blocks(wide, scales[some])
            if not group and not quantization.rounded:
                torch.mul(*pair, out=weights.view(pair[0].shape))
                continue
            wide = torch.mul(*pair).view(wide.shape)
        if group:
            wide = (wide.unflatten(1, (-1, group)) @ _create_rotation(group, wide.device)).flatten(1)
        weights.copy_(wide.to(_FLOAT_TYPES[quantization.rounded]) if quantization.rounded else wide)


def read_scales(quantization: Quantization, parts: Sequence[Tensor]) -> list[Tensor]:
    """Return all scales of a quantised weight, and the tables of its levels, as numbers."""
    scales = [part for part in parts[1:] if part.is_floating_point()]
    if is_tiled(quantization):
        return [*scales, decode_scales(quantization, tuple(parts))]
    return [*scales, _decode_relative(parts[2])] if quantization.kind == W4A8 else scales


def _decode_indices(indices: Tensor, relative: Tensor, codebook: Tensor | None = None) -> Tensor:
    """Decode packed indices (n, m) to int8 levels as fp32 (n, 2m): entries of the codebook times the relative scale of
    their group (n, groups), rounded. The first index of each byte is in its lower half.
    """
    raw = indices.view(torch.uint8)
    table = torch.arange(-8, 8, device=raw.device) if codebook is None else codebook
    chosen = torch.index_select(table.float(), 0, torch.stack([raw & 15, raw >> 4], dim=2).flatten().int())
    scaled = chosen.view(*relative.shape, -1) * _decode_relative(relative)[..., None]
    return scaled.round_().clamp_(-127, 127).flatten(1)


def _decode_relative(scales: Tensor) -> Tensor:
    return scales.float() if scales.is_floating_point() else _decode_fp8(scales, torch.float8_e4m3fn)


def _expand_to_rows(values: Tensor, shape: Sequence[int]) -> Tensor:
    """Return the scales (or zero points) of a weight for each of its rows, as fp32 (rows, n, …): with as many axes as
    the weight, along which its size is a multiple of theirs.
    """
    if values.numel() == 1:
        grid = values.float().reshape([1] * len(shape))
    elif values.ndim == len(shape):
        grid = values.float()
    else:
        grid = values.float().reshape(-1, *[1] * (len(shape) - 1))
    # A row of scales may belong to several rows of the weight.
    return (
        grid.expand(shape[0], *grid.shape[1:]) if len(grid) == 1 else grid.repeat_interleave(shape[0] // len(grid), 0)
    )


def _view_as_blocks(values: Tensor, blocks: Tensor) -> tuple[Tensor, Tensor]:
    """Return the values of a weight and one number for each of its blocks as views that torch can combine."""
    sizes = [(count, size // count) for size, count in zip(values.shape, blocks.shape, strict=True)]
    split = values.view([each for pair in sizes for each in pair])
    return split, blocks.reshape([each for count, _ in sizes for each in (count, 1)])


def rows_of(
    quantization: Quantization, parts: Sequence[Tensor], rows: slice | Tensor
) -> tuple[Quantization, list[Tensor]] | None:
    """Select some rows of a quantised weight without decoding it, and return their description and stored tensors.

    Returns None if the rows of a 4-bit weight do not consist of whole blocks or are not selected by a slice.
    """
    if is_tiled(quantization):
        return select_tiled_rows(quantization, tuple(parts), rows)
    if is_affine(quantization):
        return select_affine_rows(quantization, tuple(parts), rows)
    total, *others = quantization.shape
    if quantization.kind == W4A8:
        found = [part[rows] for part in parts[:3]]
        return quantization._replace(shape=(len(found[0]), *others)), [*found, *parts[3:]]
    if "block" not in quantization.numbers:
        levels, *scales = parts
        found = [levels.reshape(quantization.shape)[rows]]
        found += [scale if scale.numel() == 1 else _expand_to_rows(scale, quantization.shape)[rows] for scale in scales]
        return quantization._replace(shape=(len(found[0]), *others)), found
    if not isinstance(rows, slice):
        return None
    numbers = range(*rows.indices(total))
    of_rows = quantization._replace(shape=(len(numbers), *others))
    begin, end = numbers.start * prod(others), numbers.stop * prod(others)
    block = int(quantization.numbers["block"])
    nested = int(quantization.numbers.get("nested", 1))
    # A byte contains two numbers, and a block of scales may have a scale of its own.
    if begin % (2 * block * nested) or end % (2 * block * nested):
        return None
    packed, table, largest, *inner = parts
    found = [packed.flatten()[begin // 2 : end // 2], table, largest.flatten()[begin // block : end // block]]
    if inner:
        size = block * nested
        found += [inner[0], inner[1].flatten()[begin // size : end // size]]
    return of_rows, found


def _decode_fp8(levels: Tensor, dtype: torch.dtype) -> Tensor:
    """Convert weights that are stored as fp8 bytes (n, m) to fp32.

    Only CUDA has a fast conversion. On other devices the bytes are looked up in a table, because MPS has no fp8, and
    torch's conversion takes five times as long on a CPU.
    """
    if levels.device.type == "cuda":
        return levels.view(dtype).float()
    found = torch.index_select(_create_fp8_table(dtype, levels.device), 0, levels.view(torch.uint8).flatten().int())
    return found.view(levels.shape)


def _expand_four_bits(quantization: Quantization, parts: tuple[Tensor, ...]) -> Tensor:
    """Decode a weight that bitsandbytes has quantised to 4 bits, with the upper half of each byte first, to fp32 (n,).

    Each block is multiplied by its largest absolute weight, which may itself be quantised (Dettmers et al. 2023,
    arXiv:2305.14314, section 3).
    """
    packed, table, largest, *nested = parts
    count = prod(quantization.shape)
    if nested:
        inner = nested[0][largest.int()]
        largest = _scale_blocks(inner, nested[1], int(quantization.numbers["nested"])) + quantization.numbers["offset"]
    packed = packed.flatten()
    levels = torch.stack([packed >> 4, packed & 15], dim=1).flatten()[:count]
    return _scale_blocks(torch.index_select(table, 0, levels.int()), largest, int(quantization.numbers["block"]))


def _scale_blocks(values: Tensor, scales: Tensor, block: int) -> Tensor:
    """Multiply each block of `block` consecutive values (n,) by its scale. The last block may be shorter."""
    values = values.flatten()
    whole = len(values) // block * block
    scaled = values[:whole].view(-1, block) * scales.flatten()[: whole // block, None]
    return torch.cat([scaled.flatten(), values[whole:] * scales.flatten()[-1]])


@lru_cache(maxsize=8)
def _create_fp8_table(dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.arange(256, dtype=torch.uint8).view(dtype).float().to(device)


@lru_cache(maxsize=8)
def _create_rotation(group: int, device: torch.device) -> Tensor:
    """Return the orthogonal matrix (group, group) that undoes the rotation with which ComfyUI mixed each `group`
    columns before quantising.
    """
    seed = torch.tensor(_ROTATION, dtype=torch.float32)
    found = seed
    while len(found) < group:
        found = torch.kron(found, seed)
    return (found / group**0.5).to(device)
