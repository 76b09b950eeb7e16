"""Decoding of latents in overlapping tiles, whose images are blended linearly."""

from __future__ import annotations

from collections.abc import Callable, Generator

import torch


def decode_tile_by_tile(
    decode: Callable[[torch.Tensor], torch.Tensor | None], row: torch.Tensor, side: int
) -> Generator[None, None, torch.Tensor | None]:
    """Decode one image (1, C, h, w) in tiles of `side` latents, which overlap by a quarter and are blended linearly.

    Yields after each tile, and returns uint8 (1, H, W, channels), or None if `decode` returns None for a tile.
    """
    height, width = row.shape[-2:]
    if row.ndim < 4 or side >= max(height, width):
        return decode(row)
    blended = weights = torch.zeros(())
    for top in _tile_offsets(height, side):
        for left in _tile_offsets(width, side):
            tile = row[..., top : top + side, left : left + side]
            piece = decode(tile)
            if piece is None:
                return None
            # The number of pixels per latent position, on each axis.
            factor = piece.shape[1] // tile.shape[2]
            if not weights.ndim:
                blended = torch.zeros(height * factor, width * factor, piece.shape[-1])
                weights = torch.zeros(height * factor, width * factor, 1)
            weight = _blending_weights(piece.shape[1], piece.shape[2], side // 4 * factor)
            place = (
                slice(top * factor, top * factor + piece.shape[1]),
                slice(left * factor, left * factor + piece.shape[2]),
            )
            blended[place] += weight * _premultiply(piece[0].float())
            weights[place] += weight
            yield
    # In place, because a large picture takes gigabytes.
    return _unpremultiply(blended.div_(weights)).round_().clamp_(0, 255).to(torch.uint8)[None]


def decode_in_tiles(decode: Callable[[torch.Tensor], torch.Tensor], row: torch.Tensor, side: int) -> torch.Tensor:
    """Decode one image in the same way without a pause, and return it, uint8 (1, H, W, channels)."""
    work = decode_tile_by_tile(decode, row, side)
    while True:
        try:
            next(work)
        except StopIteration as end:
            picture: torch.Tensor = end.value
            return picture


def tile_count(length: int, side: int) -> int:
    """Return the number of tiles along an axis of an image, both measured in the same unit."""
    return len(_tile_offsets(length, side))


def _tile_offsets(length: int, side: int) -> list[int]:
    """Return the start offsets of the overlapping tiles along one axis of an image. Adjacent tiles are three quarters
    of a tile apart.

    The last tile ends at the edge.
    """
    if side >= length:
        return [0]
    return [*range(0, length - side, side - side // 4), length - side]


def _blending_weights(height: int, width: int, overlap: int) -> torch.Tensor:
    """Return the weights for blending a decoded tile with its neighbours, of shape (height, width, 1).

    They are 1 in the middle and fall off linearly over `overlap` pixels at the edges.
    """
    down, across = (
        torch.minimum(torch.arange(length), torch.arange(length - 1, -1, -1)).add(0.5).div(overlap).clamp(max=1)
        for length in (height, width)
    )
    return (down[:, None] * across[None, :])[..., None]


def _premultiply(picture: torch.Tensor) -> torch.Tensor:
    """Multiply the colours of a decoded tile by its alpha, so that the colour of transparent pixels does not affect the
    blending.
    """
    if picture.shape[-1] < 4:
        return picture
    return torch.cat([picture[..., :3] * picture[..., 3:] / 255, picture[..., 3:]], dim=-1)


def _unpremultiply(picture: torch.Tensor) -> torch.Tensor:
    if picture.shape[-1] < 4:
        return picture
    alpha = picture[..., 3:]
    return torch.cat([torch.where(alpha > 0.5, 255 * picture[..., :3] / alpha, 0), alpha], dim=-1)
