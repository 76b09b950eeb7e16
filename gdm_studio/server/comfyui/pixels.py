"""Operations of ComfyUI's nodes on the pixels of start images and masks, with the same results."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

METHODS = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos")


def scale(levels: np.ndarray, size: tuple[int, int], method: str, *, crops: bool = False) -> np.ndarray:
    """Resize an image, uint8 (H, W, C) or (H, W), to `size` (width, height) by one of METHODS. With `crops`, it is
    first cropped to the new proportions around its centre.
    """
    height, width = levels.shape[:2]
    if crops:
        shape, wanted = width / height, size[0] / size[1]
        across = round((width - width * (wanted / shape)) / 2) if shape > wanted else 0
        down = round((height - height * (shape / wanted)) / 2) if shape < wanted else 0
        levels = levels[down : height - down, across : width - across]
    if (levels.shape[1], levels.shape[0]) == size:
        return levels
    if method == "lanczos":
        return np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.LANCZOS))
    import torch
    from torch.nn.functional import interpolate

    planes = torch.from_numpy(np.ascontiguousarray(np.atleast_3d(levels))).permute(2, 0, 1)[None].float()
    found = interpolate(planes, size=(size[1], size[0]), mode=method)[0].permute(1, 2, 0)
    resized: np.ndarray = found.round().clamp(0, 255).to(torch.uint8).numpy()
    return resized[..., 0] if levels.ndim == 2 else resized


def pad(rgba: np.ndarray, sides: tuple[int, int, int, int], feathering: int) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge an image, RGBA uint8 (H, W, 4), by the grey pixels that ImagePadForOutpaint adds left, above, right and
    below. Returns it with its mask, uint8, which fades over `feathering` pixels within the image.
    """
    left, top, right, bottom = sides
    height, width = rgba.shape[:2]
    padded = np.full((height + top + bottom, width + left + right, 4), (128, 128, 128, 255), np.uint8)
    padded[top : top + height, left : left + width] = rgba
    mask = np.full(padded.shape[:2], 255, np.uint8)
    inside: np.ndarray | int = 0
    if feathering > 0 and 2 * feathering < min(height, width):
        # Distances to the sides that were enlarged.
        down = _distances(height, top, bottom)[:, None]
        across = _distances(width, left, right)[None]
        nearest = np.minimum(np.minimum(down, across), feathering)
        inside = np.rint(255 * (np.float32(1) - nearest / np.float32(feathering)) ** 2)
    mask[top : top + height, left : left + width] = inside
    return padded, mask


def _distances(length: int, before: int, after: int) -> np.ndarray:
    """Return the distance of each pixel of a side to its ends, int32 (length,), if pixels were added there."""
    place = np.arange(length, dtype=np.int32)
    far = np.full(length, length, np.int32)
    return np.minimum(place if before else far, length - place if after else far)


def grow(levels: np.ndarray, pixels: int) -> np.ndarray:
    """Round a mask, uint8 (H, W), to 0 and 255, and let its white part grow as VAEEncodeForInpaint does: to the maximum
    over a square of `pixels` per side.
    """
    mask = np.where(levels >= 128, 255, 0).astype(np.uint8)
    if pixels < 2:
        return mask
    before = math.ceil((pixels - 1) / 2)
    for _ in range(2):
        # The columns of the transposed mask are the rows.
        mask = _maximum_in_columns(np.pad(mask, ((before, pixels - 1 - before), (0, 0))), pixels).T
    return np.ascontiguousarray(mask)


def _maximum_in_columns(levels: np.ndarray, pixels: int) -> np.ndarray:
    """Return the maximum of every `pixels` successive rows of an image, (H - pixels + 1, W)."""
    done = 1
    while done < pixels:
        step = min(done, pixels - done)
        levels = np.maximum(levels[:-step], levels[step:])
        done += step
    return levels


def grey_out(rgba: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return an image, RGBA uint8 (H, W, 4), that is grey where its mask, uint8 (H, W), is at least half white."""
    return np.where((levels >= 128)[..., None], np.array([128, 128, 128, 255], np.uint8), rgba)
