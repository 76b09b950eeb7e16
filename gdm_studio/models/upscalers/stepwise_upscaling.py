"""Upscaling of RGBA images with a network in tiles. Each step processes one tile, so that the work can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.models.upscalers.network import UpscalingNetwork
from gdm_studio.models.upscalers.overlapping_tiles import TileGrid, enlarged_strips, tile_grid

# Alpha that is closer than this to 0 or 1 is rounded. Networks cannot resolve smaller differences.
ALPHA_THRESHOLD = 1.5 / 255
# The side in pixels of the neighbourhood that decides whether a pixel may be on an edge.
NEIGHBOURHOOD = 3

# Yields the finished fraction of the work after each tile, and returns the image.
Enlargement = Generator[float, None, np.ndarray]


def grid_of(network: UpscalingNetwork) -> TileGrid:
    """Return the tile grid (tile size and margin) with which a network upscales large images in limited memory."""
    return tile_grid(network.reach, network.multiple, network.bytes_per_pixel)


def enlarge(network: UpscalingNetwork, rgba: np.ndarray, grid: TileGrid | None = None) -> Enlargement:
    """Upscale an image (H, W, 4), uint8 with straight alpha, by the network's factor. The generator yields its progress
    after each tile and returns the image.

    Out-of-memory errors are propagated, so that the caller can retry with a `grid` of smaller tiles.
    """
    scale = network.scale
    found = np.empty((scale * rgba.shape[0], scale * rgba.shape[1], 4), np.uint8)
    image, function = _prepare(network, rgba)
    top = 0
    strips = enlarged_strips(function, image.to(network.device), scale, grid or grid_of(network))
    while True:
        with torch.inference_mode():
            if (strip := next(strips, None)) is None:
                return found
            if strip.rows is not None:
                rows = _convert_to_straight(strip.rows, is_premultiplied=network.is_premultiplied)
                found[top : top + len(rows)] = rows
                top += len(rows)
        yield strip.share


def enlarge_to(
    size: tuple[int, int], rgba: np.ndarray, scale: int, enlarge_once: Callable[[np.ndarray], Enlargement]
) -> Enlargement:
    """Upscale an image repeatedly until it is at least as large as `size` (width, height), and then resample it to
    exactly that size.

    `enlarge_once` enlarges an image by the factor `scale`, and is applied at least once.
    """
    while True:
        rgba = yield from enlarge_once(rgba)
        if scale == 1 or (rgba.shape[1] >= size[0] and rgba.shape[0] >= size[1]):
            return resampled(rgba, size)


def resampled(rgba: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resample an image with straight alpha to the size (width, height). The colours of transparent pixels do not bleed
    into visible pixels.
    """
    if (rgba.shape[1], rgba.shape[0]) == size:
        return rgba
    picture = Image.fromarray(rgba).convert("RGBa").resize(size, Image.Resampling.LANCZOS)
    return np.asarray(picture.convert("RGBA"))


def premultiply(rgba: np.ndarray) -> Tensor:
    """Convert uint8 images (N, H, W, 4) with straight alpha to premultiplied tensors (N, 4, H, W) with values 0 … 1, in
    channels-last memory order.
    """
    x = torch.from_numpy(np.array(rgba, dtype=np.float32)) / 255
    x[..., :3] *= x[..., 3:]
    return x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def _prepare(network: UpscalingNetwork, rgba: np.ndarray) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return the image as a tensor (C, H, W), and a function that upscales one tile (1, C, h, w) of it with the
    network.

    Networks for RGB and grey process alpha as a separate image, unless it is opaque everywhere.
    """
    if network.is_premultiplied:
        return premultiply(rgba[None])[0], lambda x: _settle_alpha(network(x).float(), x[:, 3:], network.scale)
    levels = torch.from_numpy(np.array(rgba, dtype=np.float32)).permute(2, 0, 1) / 255
    if network.channels == 4:
        return levels, network
    if bool((levels[3] == 1).all()):
        return levels[:3], lambda x: _upscale_colours(network, x)

    def enlarged(x: Tensor) -> Tensor:
        alpha = _upscale_colours(network, x[:, 3:].expand(-1, 3, -1, -1)).mean(dim=1, keepdim=True)
        both = torch.cat([_upscale_colours(network, x[:, :3]), alpha], dim=1)
        # A network for photos adds texture, which would show as dust where the image is transparent.
        return _settle_alpha(both.float(), x[:, 3:], network.scale)

    return torch.cat([fill_transparent(levels[:3], levels[3:]), levels[3:]]), enlarged


def _upscale_colours(network: UpscalingNetwork, x: Tensor) -> Tensor:
    """Upscale the colour channels (1, 3, h, w) of a tile. A network for single-channel images processes the three
    channels separately.
    """
    return network(x) if network.channels == 3 else network(x.transpose(0, 1)).transpose(0, 1)


def fill_transparent(colours: Tensor, alpha: Tensor) -> Tensor:
    """Replace the colours (3, H, W) of transparent pixels, whose alpha (1, H, W) is 0, with the colours around them, so
    that a network sees no edges there.

    The image is halved until one pixel is left, and each size fills the gaps of the next larger one.
    """
    known = (alpha > 0).float()
    half = (known.shape[-2] + 1) // 2, (known.shape[-1] + 1) // 2
    if bool(known.all()) or known.shape[-2:] == (1, 1):
        return colours
    share = F.adaptive_avg_pool2d(known[None], half)[0]
    coarse = F.adaptive_avg_pool2d((colours * known)[None], half)[0] / share.clamp(min=1e-6)
    around = F.interpolate(fill_transparent(coarse, share)[None], known.shape[-2:], mode="bilinear")[0]
    return torch.where(known > 0, colours, around)


def _settle_alpha(enlarged: Tensor, alpha: Tensor, scale: int) -> Tensor:
    """Correct the alpha channel of an upscaled image: set it to 0 where all nearby input pixels are transparent, and to
    1 where they are all opaque.
    """
    reach = NEIGHBOURHOOD // 2
    most = F.max_pool2d(alpha, NEIGHBOURHOOD, stride=1, padding=reach)  # (1, 1, H, W)
    least = -F.max_pool2d(-alpha, NEIGHBOURHOOD, stride=1, padding=reach)
    clear, solid = (F.interpolate(mask.float(), scale_factor=float(scale)) > 0 for mask in (most == 0, least == 1))
    grown = torch.where(solid, 1, enlarged[:, 3:])
    return torch.where(clear, 0, torch.cat([enlarged[:, :3], grown], dim=1))


def _convert_to_straight(x: Tensor, *, is_premultiplied: bool) -> np.ndarray:
    """Convert an upscaled tensor (3 or 4, H, W) with values 0 … 1 to a uint8 image (H, W, 4) with straight alpha.
    Transparent pixels become black.
    """
    colour = x[:3]
    alpha = x[3:].clamp(0, 1) if len(x) > 3 else torch.ones_like(x[:1])
    alpha = torch.where(alpha < ALPHA_THRESHOLD, 0, torch.where(alpha > 1 - ALPHA_THRESHOLD, 1, alpha))
    if is_premultiplied:
        colour = colour / alpha.clamp(min=ALPHA_THRESHOLD)
    colour = torch.where(alpha > 0, colour, 0).nan_to_num(0).clamp(0, 1)
    levels = torch.cat([colour, alpha]).mul(255).round().to(torch.uint8)
    return levels.permute(1, 2, 0).numpy()
