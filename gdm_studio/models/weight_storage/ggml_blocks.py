"""Decoding of GGML's block types, in which GGUF files store quantised weights.

A block has 32 to 256 weights, which share one or several scales, most of them in fp16. Each `_expand` function takes
blocks as uint8 (n, bytes) and writes their weights to `out` (n, weights). Products are computed in fp32, as in the
`gguf` package, and rounded once to the type of `out`. Integer arithmetic is done on bytes, four at once where possible,
because that is fastest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import torch
from torch import Tensor

from gdm_studio.models.files.header import BLOCKS
from gdm_studio.models.weight_storage.ggml_codebooks import READERS, ReadBlocks

Expand = Callable[[Tensor, Tensor], object]

# Number of weights that are expanded together on a CPU, so that intermediate numbers stay in its cache.
PART = 2**19
# The number one in each of the four bytes of an int32.
_EVERY_LANE = 0x01010101
# Levels of the non-linear types IQ4_NL and IQ4_XS.
_NON_LINEAR_LEVELS = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
# Numbers of the 4-bit floating-point type E2M1, times two.
_E2M1_LEVELS = (0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12)
# Scales by their byte, halved for _E2M1_LEVELS: powers of two (E8M0) in MXFP4, and E4M3 without a sign in NVFP4.
_E8M0_SCALES = tuple(2.0 ** (byte - 128) for byte in range(256))
_E4M3_SCALES = tuple(
    0.0 if byte == 127 else ((byte & 7) + 8 * bool(byte >> 3 & 15)) * 2.0 ** (max(byte >> 3 & 15, 1) - 11)
    for byte in range(256)
)


def expand_blocks(kind: str, blocks: Tensor, out: Tensor) -> None:
    """Decode blocks of quantised weights (n, bytes per block) of a GGML type, and write the numbers to `out` (n ·
    weights per block,).
    """
    expand, count = EXPANSIONS[kind], BLOCKS[kind][0]
    weights = out.view(-1, count)
    rows = PART // count
    if blocks.device.type != "cpu" or len(blocks) <= rows:
        expand(blocks, weights)
        return
    for part, some in zip(blocks.split(rows), weights.split(rows), strict=True):
        expand(part, some)


def _expand_q4_0(blocks: Tensor, out: Tensor) -> None:
    levels = _split_nibbles(blocks[:, 2:], 16).view(torch.int8).sub_(8)
    _multiply(levels, _read_halves(blocks[:, :2]), out)


def _expand_q4_1(blocks: Tensor, out: Tensor) -> None:
    scale, least = _read_halves(blocks[:, :4]).split(1, dim=1)
    _multiply_and_add(_split_nibbles(blocks[:, 4:], 16), scale, least, out)


def _expand_q5_0(blocks: Tensor, out: Tensor) -> None:
    levels = (
        _add_scaled(_split_nibbles(blocks[:, 6:], 16), _split_bits_in_order(blocks[:, 2:6]), 16)
        .view(torch.int8)
        .sub_(16)
    )
    _multiply(levels, _read_halves(blocks[:, :2]), out)


def _expand_q5_1(blocks: Tensor, out: Tensor) -> None:
    scale, least = _read_halves(blocks[:, :4]).split(1, dim=1)
    levels = _add_scaled(_split_nibbles(blocks[:, 8:], 16), _split_bits_in_order(blocks[:, 4:8]), 16)
    _multiply_and_add(levels, scale, least, out)


def _expand_q8_0(blocks: Tensor, out: Tensor) -> None:
    _multiply(blocks[:, 2:].view(torch.int8), _read_halves(blocks[:, :2]), out)


def _expand_q2_k(blocks: Tensor, out: Tensor) -> None:
    scales = blocks[:, :16]
    scale, least = _read_halves(blocks[:, 80:84]).split(1, dim=1)
    levels = _split_quarters(blocks[:, 16:80], 32).view(-1, 16, 16)
    least = (least * (scales >> 4)).neg_()
    _multiply_and_add(levels, (scale * (scales & 15))[..., None], least[..., None], out)


def _expand_q3_k(blocks: Tensor, out: Tensor) -> None:
    scales = (
        _add_scaled(_split_nibbles(blocks[:, 96:104], 8), _split_quarters(blocks[:, 104:108], 4), 16)
        .view(torch.int8)
        .sub_(32)
    )
    # A cleared bit in the mask lowers the level by four.
    levels = _add_scaled(_split_quarters(blocks[:, 32:96], 32), _split_bits(blocks[:, :32]), 4).view(torch.int8).sub_(4)
    scale = _read_halves(blocks[:, 108:]) * scales
    _multiply(levels.view(-1, 16, 16), scale[..., None], out)


def _expand_q4_k(blocks: Tensor, out: Tensor) -> None:
    levels = _split_nibbles(blocks[:, 16:], 32).view(-1, 8, 32)
    _multiply_and_add(levels, *_read_k_scales(blocks), out)


def _expand_q5_k(blocks: Tensor, out: Tensor) -> None:
    levels = _add_scaled(_split_nibbles(blocks[:, 48:], 32), _split_bits(blocks[:, 16:48]), 16).view(-1, 8, 32)
    _multiply_and_add(levels, *_read_k_scales(blocks), out)


def _expand_q6_k(blocks: Tensor, out: Tensor) -> None:
    high = _split_quarters(blocks[:, 128:192], 32)
    levels = _add_scaled(_split_nibbles(blocks[:, :128], 64), high, 16).view(torch.int8).sub_(32)
    scale = _read_halves(blocks[:, 208:]) * blocks[:, 192:208].view(torch.int8)
    _multiply(levels.view(-1, 16, 16), scale[..., None], out)


def _expand_iq4_nl(blocks: Tensor, out: Tensor) -> None:
    levels = _look_up(_NON_LINEAR_LEVELS, torch.int8, _split_nibbles(blocks[:, 2:], 16))
    _multiply(levels, _read_halves(blocks[:, :2]), out)


def _expand_iq4_xs(blocks: Tensor, out: Tensor) -> None:
    low = torch.stack([blocks[:, 4:8] & 15, blocks[:, 4:8] >> 4], dim=2).flatten(1)
    high = (blocks[:, 2:4, None] >> _bit_shifts(2, torch.uint8, blocks.device)).bitwise_and_(3).flatten(1)
    scales = _add_scaled(low, high, 16).view(torch.int8).sub_(32)
    levels = _look_up(_NON_LINEAR_LEVELS, torch.int8, _split_nibbles(blocks[:, 8:], 16)).view(-1, 8, 32)
    _multiply(levels, (_read_halves(blocks[:, :2]) * scales)[..., None], out)


def _expand_mxfp4(blocks: Tensor, out: Tensor) -> None:
    levels = _look_up(_E2M1_LEVELS, torch.int8, _split_nibbles(blocks[:, 1:], 16))
    _multiply(levels, _look_up(_E8M0_SCALES, torch.float32, blocks[:, :1]), out)


def _expand_nvfp4(blocks: Tensor, out: Tensor) -> None:
    levels = _look_up(_E2M1_LEVELS, torch.int8, _split_nibbles(blocks[:, 4:], 8)).view(-1, 4, 16)
    _multiply(levels, _look_up(_E4M3_SCALES, torch.float32, blocks[:, :4])[..., None], out)


def _expand_tq1_0(blocks: Tensor, out: Tensor) -> None:
    # Each byte is a fraction of 256, whose digits in base three are the levels.
    parts = blocks[:, :32], blocks[:, 32:48], blocks[:, 48:52]
    powers = _create_table((1, 3, 9, 27, 81), torch.uint8, blocks.device)[:, None]
    fractions = [part[:, None] * powers[:digits] for part, digits in zip(parts, (5, 5, 4), strict=True)]
    levels = torch.cat([each.flatten(1) for each in fractions], dim=1)
    levels = (levels > 85).view(torch.int8).add_((levels > 170).view(torch.int8)).sub_(1)
    _multiply(levels, _read_halves(blocks[:, 52:]), out)


def _expand_tq2_0(blocks: Tensor, out: Tensor) -> None:
    levels = _split_quarters(blocks[:, :64], 32).view(torch.int8).sub_(1)
    _multiply(levels, _read_halves(blocks[:, 64:]), out)


def _expand_with_codebook(read: ReadBlocks, blocks: Tensor, out: Tensor) -> None:
    levels, scales = read(blocks)
    _multiply(levels, scales[..., None], out)


# Function of each type, by its name in GGML.
EXPANSIONS: dict[str, Expand] = {
    "Q4_0": _expand_q4_0, "Q4_1": _expand_q4_1, "Q5_0": _expand_q5_0, "Q5_1": _expand_q5_1, "Q8_0": _expand_q8_0,
    "Q2_K": _expand_q2_k, "Q3_K": _expand_q3_k, "Q4_K": _expand_q4_k, "Q5_K": _expand_q5_k, "Q6_K": _expand_q6_k,
    "IQ4_NL": _expand_iq4_nl, "IQ4_XS": _expand_iq4_xs, "MXFP4": _expand_mxfp4, "NVFP4": _expand_nvfp4,
    "TQ1_0": _expand_tq1_0, "TQ2_0": _expand_tq2_0,
}  # fmt: skip
EXPANSIONS |= {kind: partial(_expand_with_codebook, read) for kind, read in READERS.items()}


def _read_halves(raw: Tensor) -> Tensor:
    """Reinterpret bytes (n, 2k) as fp16 numbers, and convert them to fp32 (n, k)."""
    return raw.view(torch.float16).float()


def _pack_lanes(raw: Tensor, width: int) -> Tensor:
    """Pack bytes (n, k), in groups of `width` bytes, into int32 numbers of four bytes each, so that one operation
    processes four bytes. The result has the shape (n, k / width, width / 4).
    """
    # The copy starts at an address that is aligned for int32. `contiguous` would not copy a single row.
    return raw.clone(memory_format=torch.contiguous_format).view(torch.int32).unflatten(1, (-1, width // 4))


def _unpack_lanes(lanes: Tensor) -> Tensor:
    return lanes.flatten(1).view(torch.uint8)


def _split_nibbles(raw: Tensor, width: int) -> Tensor:
    """Split bytes (n, k) into 4-bit halves (n, 2k). In each group of `width` bytes, all lower halves come first."""
    lanes = _pack_lanes(raw, width)
    found = lanes.new_empty((*lanes.shape[:2], 2, width // 4))
    torch.bitwise_and(lanes, 15 * _EVERY_LANE, out=found[:, :, 0])
    torch.bitwise_right_shift(lanes, 4, out=found[:, :, 1])
    found[:, :, 1].bitwise_and_(15 * _EVERY_LANE)
    return _unpack_lanes(found)


def _split_quarters(raw: Tensor, width: int) -> Tensor:
    """Split bytes (n, k) into 2-bit quarters (n, 4k).

    In each group of `width` bytes, all lowest quarters come first.
    """
    shifted = _pack_lanes(raw, width)[:, :, None] >> _bit_shifts(2, torch.int32, raw.device)[:, None]
    return _unpack_lanes(shifted.bitwise_and_(3 * _EVERY_LANE))


def _split_bits(raw: Tensor) -> Tensor:
    """Split bytes (n, k) into bits (n, 8k), the lowest bits of all bytes first."""
    shifted = _pack_lanes(raw, raw.shape[1]) >> _bit_shifts(1, torch.int32, raw.device)[:, None]
    return _unpack_lanes(shifted.bitwise_and_(_EVERY_LANE))


def _split_bits_in_order(raw: Tensor) -> Tensor:
    """Split bytes (n, k) into bits (n, 8k), all bits of the first byte first."""
    return (raw[:, :, None] >> _bit_shifts(1, torch.uint8, raw.device)).bitwise_and_(1).flatten(1)


def _add_scaled(low: Tensor, high: Tensor, factor: int) -> Tensor:
    """Compute low + factor · high for arrays of bytes, and store the result in `low`. The sums must fit into a byte."""
    low.view(torch.int32).add_(high.view(torch.int32), alpha=factor)
    return low


def _read_k_scales(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """Return the scales and the minima (n, 8, 1) of Q4_K and Q5_K blocks, which store eight scales and eight minima as
    6-bit numbers.
    """
    scale, least = _read_halves(blocks[:, :4]).split(1, dim=1)
    first, second, third = blocks[:, 4:8], blocks[:, 8:12], blocks[:, 12:16]
    scales = torch.cat([first & 63, (third & 15).bitwise_or_((first >> 2).bitwise_and_(48))], dim=1)
    minima = torch.cat([second & 63, (third >> 4).bitwise_or_((second >> 2).bitwise_and_(48))], dim=1)
    return (scale * scales)[..., None], (least * minima).neg_()[..., None]


def _look_up(values: tuple[float, ...], dtype: torch.dtype, indices: Tensor) -> Tensor:
    """Return the values at indices of any shape, in the number type `dtype`."""
    table = _create_table(values, dtype, indices.device)
    return torch.index_select(table, 0, indices.flatten().int()).view(indices.shape)


def _multiply(levels: Tensor, scale: Tensor, out: Tensor) -> None:
    """Multiply quantised levels by their scale, and write the product to `out`."""
    if out.device.type == "cpu":
        out.view(levels.shape).copy_(levels.float().mul_(scale))
    else:
        torch.mul(levels, scale, out=out.view(levels.shape))


def _multiply_and_add(levels: Tensor, scale: Tensor, added: Tensor, out: Tensor) -> None:
    """Multiply quantised levels by their scale, add `added`, and write the result to `out`. The products have at most
    22 bits, so they are exact in fp32.
    """
    if out.device.type == "cpu":
        # Several operations of one number type are faster here than one operation with several types.
        out.view(levels.shape).copy_(levels.float().mul_(scale).add_(added))
    else:
        torch.addcmul(added, levels, scale, out=out.view(levels.shape))


@lru_cache(maxsize=32)
def _bit_shifts(step: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.arange(0, 8, step, dtype=dtype, device=device)


@lru_cache(maxsize=32)
def _create_table(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=dtype, device=device)
