"""Images to export: upscaled as needed, and with the images from which they were generated, as layers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gdm_studio.engine import image_inputs
from gdm_studio.gallery import read
from gdm_studio.gallery.export import ExportSource, Origins, RegionArea, read_master
from gdm_studio.request.generation_request import ONLY_MASKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.engine.upscale import Upscaler
    from gdm_studio.request.generation_request import Request
    from gdm_studio.request.regions import Region


def read_source(path: Path) -> ExportSource:
    """Read an image file for an export. The images from which it was generated are read when a format needs them.

    Raises StorageError.
    """
    return replace(read_master(path), read_origins=partial(_read_origins, path))


def upscaled(
    master: ExportSource, side: int, upscaler: Upscaler, report: Callable[[float], object] = lambda share: None
) -> ExportSource:
    """Return an image with a version of at least `side` pixels on the longer side, which is upscaled if it is missing.

    `report` is called with the finished fraction of an upscaling after each tile. Raises ModelError and DeviceError.
    """
    from gdm_studio.engine.upscale import advance

    while master.is_short_of(side):
        work = upscaler.larger(master.levels[-1])
        image = None
        while image is None:
            share, image = advance(work)
            report(share)
        master = master.enlarged(image)
    return master


def _read_origins(path: Path, size: tuple[int, int]) -> Origins:
    """Return the images that the request in an image file names, at a size (width, height). Raises BadRequest if one is
    no longer on this machine.
    """
    request = read(path).request
    if request is None:
        return Origins()
    start = image_inputs.load_fitted(request.image, size) if request.image else None
    weights = image_inputs.repaint_weights(request, size) if request.image and request.mask else None
    return Origins(start, weights, tuple(_area_of(region, request, size) for region in request.regions))


def _area_of(region: Region, request: Request, size: tuple[int, int]) -> RegionArea:
    """Return the area of a region in the whole image. Regions lie in the part of the image that is generated."""
    if request.image and request.mask and request.inpaint_area == ONLY_MASKED:
        part = image_inputs.load_region(request.mask, request.image, request.inpaint_padding, request.size)
        levels = _levels_of(region, part.region.size)
        levels = part.region.paste(np.zeros(part.mask.shape, np.uint8), levels)
        if levels.shape != (size[1], size[0]):
            levels = np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.BILINEAR))
        return RegionArea(region.prompt, levels)
    return RegionArea(region.prompt, _levels_of(region, size))


def _levels_of(region: Region, size: tuple[int, int]) -> np.ndarray:
    """Return the levels of a region, uint8 (H, W): its mask, or its box without the soft edges."""
    width, height = size
    if region.mask:
        levels = (255 * image_inputs.load_region_mask(region.mask)).round().astype(np.uint8)
        return np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.BILINEAR))
    left, top, right, bottom = region.box
    levels = np.zeros((height, width), np.uint8)
    levels[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = 255
    return levels
