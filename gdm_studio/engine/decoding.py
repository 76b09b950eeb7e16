"""Latents to pictures in the memory there is: all at once, one by one, or in tiles."""

from __future__ import annotations

from collections.abc import Generator

import torch

from gdm_studio.engine import devices
from gdm_studio.models.loaded import Stage
from gdm_studio.run import Phase

SMALLEST = 4  # side of a tile in latent positions, below which there is no use in going on


class DecodingError(MemoryError):
    """Not even the smallest tile could be decoded for want of memory."""


def decoding(stage: Stage, x0: torch.Tensor) -> Generator[Phase, None, torch.Tensor]:
    """Decodes data (N, …) to uint8 (N, H, W, channels) as `stage.decode` does, the generator's return value.

    Where memory runs out, the pictures are decoded one by one, then latents (1, C, h, w) in tiles of half the side, a
    quarter, …, with a Phase for every remedy and after every tile. Raises DecodingError where nothing helps.
    """
    whole = _attempted(stage, x0)
    if whole is not None:
        return whole
    if len(x0) > 1:
        yield Phase("decoding", note="Out of memory: decoding one picture at a time.")
    side, made = max(x0.shape[-2:]) if x0.ndim == 4 else SMALLEST, []
    for row in x0.split(1):
        while (picture := (yield from _in_tiles(stage, row, side))) is None:
            if side <= SMALLEST:
                raise DecodingError("not enough memory to decode a tile")
            side = max(side // 2, SMALLEST)
            yield Phase("decoding", note=f"Out of memory: decoding in tiles of {side} × {side} latents.")
        made.append(picture)
    return torch.cat(made)


def decoded(stage: Stage, x0: torch.Tensor) -> torch.Tensor:
    """What `decoding` returns, for those who have nobody to tell."""
    attempts = decoding(stage, x0)
    while True:
        try:
            next(attempts)
        except StopIteration as end:
            pictures: torch.Tensor = end.value
            return pictures


def _attempted(stage: Stage, latents: torch.Tensor) -> torch.Tensor | None:
    """The decoded pictures; None where memory does not suffice."""
    try:
        return stage.decode(latents)
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
    devices.release(latents.device)  # not before the handler's end: until then the traceback holds the tensors
    return None


def _in_tiles(stage: Stage, row: torch.Tensor, side: int) -> Generator[Phase, None, torch.Tensor | None]:
    """One picture (1, C, h, w) from tiles of `side` latents that overlap by a quarter, blended linearly.

    Returns uint8 (1, H, W, channels), or None where even a tile does not fit.
    """
    height, width = row.shape[-2:]
    if row.ndim < 4 or side >= max(height, width):
        return _attempted(stage, row)
    blended = weights = torch.zeros(())
    for top in _starts(height, side):
        for left in _starts(width, side):
            tile = row[..., top : top + side, left : left + side]
            piece = _attempted(stage, tile)
            if piece is None:
                return None
            factor = piece.shape[1] // tile.shape[2]  # pixels to a latent
            if not weights.ndim:
                blended = torch.zeros(height * factor, width * factor, piece.shape[-1])
                weights = torch.zeros(height * factor, width * factor, 1)
            weight = _weight(piece.shape[1], piece.shape[2], side // 4 * factor)
            place = (
                slice(top * factor, top * factor + piece.shape[1]),
                slice(left * factor, left * factor + piece.shape[2]),
            )
            blended[place] += weight * _premultiplied(piece[0].float())
            weights[place] += weight
            yield Phase("decoding")
    return _straight(blended / weights).round().clamp(0, 255).to(torch.uint8)[None]


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin along an axis: three quarters of a side apart, the last one flush with the end."""
    if side >= length:
        return [0]
    return [*range(0, length - side, side - side // 4), length - side]


def _weight(height: int, width: int, overlap: int) -> torch.Tensor:
    """(height, width, 1): one in the middle of a tile, falling linearly towards its edges over `overlap` pixels."""
    down, across = (
        torch.minimum(torch.arange(length), torch.arange(length - 1, -1, -1)).add(0.5).div(overlap).clamp(max=1)
        for length in (height, width)
    )
    return (down[:, None] * across[None, :])[..., None]


def _premultiplied(picture: torch.Tensor) -> torch.Tensor:
    """Colours times alpha, so that blending does not drag in the colour of clear pixels."""
    if picture.shape[-1] < 4:
        return picture
    return torch.cat([picture[..., :3] * picture[..., 3:] / 255, picture[..., 3:]], dim=-1)


def _straight(picture: torch.Tensor) -> torch.Tensor:
    if picture.shape[-1] < 4:
        return picture
    alpha = picture[..., 3:]
    return torch.cat([torch.where(alpha > 0.5, 255 * picture[..., :3] / alpha, 0), alpha], dim=-1)
