"""Regions that have the shape of a mask."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from gdm_studio.common.pixel_masks import find_limits
from gdm_studio.engine import image_inputs
from gdm_studio.request.regions import Box, Region, widened

if TYPE_CHECKING:
    from gdm_studio.engine.image_inputs import Source


def store_region_mask(region: Region, mask: Source) -> Region:
    """Store the mask of a region, in any of the forms of `inpainting_masks.mask_levels`, and return the region with it
    and its bounding box. Raises StorageError, or BadRequest if the mask marks nothing.
    """
    name = image_inputs.store_mask(mask)
    return replace(region, mask=name, box=widened(mask_box(name)))


# Names are hashes of the pixels, so that the box never changes.
@lru_cache(maxsize=256)
def mask_box(name: str) -> Box:
    """Return the bounding box of the white part of a stored mask or, if no pixel is at least half white, of everything
    that it marks. Raises BadRequest if the mask is missing or marks nothing.
    """
    levels = image_inputs.load_region_mask(name)
    marked = levels >= 0.5
    if not marked.any():
        marked = levels > 0
    height, width = marked.shape
    left, top, right, bottom = find_limits(marked)
    return left / width, top / height, right / width, bottom / height
