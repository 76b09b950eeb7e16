"""Upscaling in overlapping tiles, so that memory use does not depend on the size of the image."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

# Memory in bytes for the features of a tile. It is a constant because, for some networks, the choice of tiles affects
# the last bits.
TILE_BYTES = 2**30
# Sides of tiles in pixels of the image, without their margins.
SMALLEST, LARGEST = 32, 512
# Maximum margin in pixels around a tile. It covers everything on which the pixels of smaller networks depend. Results
# of larger networks differ slightly near the edge of a tile, so neighbouring tiles are blended.
MOST_MARGIN = 48


@dataclass(frozen=True)
class TileGrid:
    """Division of an image into tiles: the side of a tile, and the width of the surrounding margin that the network
    also sees, both in input pixels.
    """

    side: int
    margin: int = 0
    is_blended: bool = False

    @property
    def fade(self) -> int:
        """Half the width, in input pixels, of the overlap in which adjacent tiles are blended."""
        return min(self.margin // 2, self.side // 4) if self.is_blended else 0

    def halved(self, multiple: int) -> TileGrid | None:
        """Return a grid with tiles of half the side, for a retry after an out-of-memory error, or None if the tiles are
        already too small.
        """
        side = self.side // 2 // multiple * multiple
        return replace(self, side=side) if side >= SMALLEST else None


class Strip(NamedTuple):
    """Upscaled strip of an image (one completed row of tiles), with the completed fraction of the whole image. Without
    new pixels, it only reports the progress.
    """

    share: float
    # (C, rows, width) on the CPU, or None.
    rows: Tensor | None


def tile_grid(reach: int | None, multiple: int, bytes_per_pixel: int) -> TileGrid:
    """Choose the size of tiles for a network whose output pixels depend on input up to `reach` pixels away.

    The sides are multiples of `multiple`. `bytes_per_pixel` is the memory per input pixel.
    """
    wanted = MOST_MARGIN if reach is None else min(reach, MOST_MARGIN)
    margin = math.ceil(wanted / multiple) * multiple
    side = math.isqrt(TILE_BYTES // bytes_per_pixel) - 2 * margin
    side = max(min(max(side, SMALLEST), LARGEST) // multiple, 1) * multiple
    return TileGrid(side, margin, is_blended=reach is None or reach > margin)


def enlarged_strips(network: Callable[[Tensor], Tensor], x: Tensor, scale: int, grid: TileGrid) -> Iterator[Strip]:
    """Upscale an image (C, H, W) by the factor `scale`, tile by tile, and yield the progress after each tile.

    `network` maps (1, C, h, w) to (1, C, scale·h, scale·w). The rows of all strips together form the result. It is the
    same as upscaling the whole image at once if the margin covers the network's receptive field.
    """
    height, width = x.shape[-2:]
    columns = _divide_into_spans(width, grid)
    rows = _divide_into_spans(height, grid)
    tiles = len(rows) * len(columns)
    done = 0
    # The weighted rows into which the next row of tiles blends.
    left = torch.zeros(len(x), 0, scale * width)
    for row in rows:
        strip = torch.zeros(len(x), scale * (row.end - row.begin), scale * width)
        strip[:, : left.shape[1]] = left
        for column in columns:
            tile = network(x[None, :, row.first : row.last, column.first : column.last])[0].float().cpu()
            inside = tile[:, _scaled_range(row, scale), _scaled_range(column, scale)]
            place = slice(scale * column.begin, scale * column.end)
            strip[..., place] += inside * _blending_weights(row, scale)[:, None] * _blending_weights(column, scale)
            done += 1
            if done % len(columns):
                yield Strip(done / tiles, None)
        end = scale * (row.end - row.begin - 2 * row.fade_after)
        left = strip[:, end:].clone()
        yield Strip(done / tiles, strip[:, :end])


class _Span(NamedTuple):
    """Position of a tile along one axis of the image: the range of input pixels, the range of pixels that are used in
    the result, and the widths of the blended zones at both ends.
    """

    first: int
    last: int
    begin: int
    end: int
    fade_before: int
    fade_after: int


def _divide_into_spans(length: int, grid: TileGrid) -> list[_Span]:
    """Divide one axis of an image into tiles. A small remainder is merged into the last tile."""
    count = max(math.ceil(length / grid.side), 1)
    edges = [min(place * grid.side, length) for place in range(count + 1)]
    if count > 1 and length - edges[-2] < grid.side // 2:
        del edges[-2]
    found = []
    for place, (begin, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        before = grid.fade if place else 0
        after = grid.fade if end < length else 0
        first, last = max(begin - grid.margin, 0), min(end + grid.margin, length)
        found.append(_Span(first, last, begin - before, end + after, before, after))
    return found


def _scaled_range(span: _Span, scale: int) -> slice:
    return slice(scale * (span.begin - span.first), scale * (span.end - span.first))


def _blending_weights(span: _Span, scale: int) -> Tensor:
    """Return the blending weights for the used pixels of a tile along one axis. They rise and fall linearly where
    adjacent tiles overlap.
    """
    found = torch.ones(scale * (span.end - span.begin))
    if count := 2 * scale * span.fade_before:
        found[:count] = (torch.arange(count) + 0.5) / count
    if count := 2 * scale * span.fade_after:
        found[-count:] = 1 - (torch.arange(count) + 0.5) / count
    return found
