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
        down = _compute_end_distances(height, top, bottom)[:, None]
        across = _compute_end_distances(width, left, right)[None]
        nearest = np.minimum(np.minimum(down, across), feathering)
        inside = np.rint(255 * (np.float32(1) - nearest / np.float32(feathering)) ** 2)
    mask[top : top + height, left : left + width] = inside
    return padded, mask


def _compute_end_distances(length: int, before: int, after: int) -> np.ndarray:
    """Return the distance of each pixel of a side to its ends, int32 (length,), if pixels were added there."""
    place = np.arange(length, dtype=np.int32)
    far = np.full(length, length, np.int32)
    return np.minimum(place if before else far, length - place if after else far)


def grow(levels: np.ndarray, pixels: int) -> np.ndarray:
    """Round a mask, uint8 (H, W), to 0 and 255, and let its white part grow as VAEEncodeForInpaint does: to the maximum
    over a square of `pixels` per side.
    """
    return _compute_maximum(np.where(levels >= 128, 255, 0).astype(np.uint8), pixels)


def dilate(levels: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask, uint8 (H, W), that is white up to `radius` pixels around what is not black, in a square."""
    return _compute_maximum(np.where(levels > 0, 255, 0).astype(np.uint8), 2 * radius + 1)


def erode(levels: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask, uint8 (H, W), that is white where all is white within `radius` pixels, in a square."""
    return 255 - dilate(255 - levels, radius)


def _compute_maximum(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return the maximum of a mask over a square of `pixels` per side around each pixel."""
    if pixels < 2:
        return mask
    before = math.ceil((pixels - 1) / 2)
    for _ in range(2):
        # The columns of the transposed mask are the rows.
        mask = _compute_column_maximum(np.pad(mask, ((before, pixels - 1 - before), (0, 0))), pixels).T
    return np.ascontiguousarray(mask)


def _compute_column_maximum(levels: np.ndarray, pixels: int) -> np.ndarray:
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


def composite(rgba: np.ndarray, drawn: np.ndarray, place: tuple[int, int], levels: np.ndarray | None) -> np.ndarray:
    """Draw an image over another one, RGBA uint8 (H, W, 4), with its upper left corner at `place` (x, y), in proportion
    to a mask of its size, uint8 (H, W), or everywhere.
    """
    x, y = place
    found = rgba.copy()
    under = found[y : y + drawn.shape[0], x : x + drawn.shape[1]]
    over = drawn[: under.shape[0], : under.shape[1]]
    if levels is None:
        under[:] = over
        return found
    share = levels[: under.shape[0], : under.shape[1], None].astype(np.float32) / 255
    under[:] = np.rint(under + (over.astype(np.float32) - under) * share)
    return found


# Kernels of `blur` by their names in masks' nodes.
KERNELS = ("box", "linear", "gaussian")
# Number of lines that are blurred at a time.
_LINES_AT_A_TIME = 64


def blur(values: np.ndarray, size: int, kernel: str = "gaussian") -> np.ndarray:
    """Blur an image, float32 (H, W) or (H, W, C), by one of KERNELS of `size` pixels, as comfyui-inpaint-nodes do. The
    time does not depend on the size, because the kernel is applied by Fourier transforms.
    """
    if size < 2:
        return values
    weights = _compute_kernel(size, kernel)
    planes = np.moveaxis(np.atleast_3d(values), -1, 0)
    blurred = [_convolve_rows(_convolve_rows(plane, weights).T, weights).T for plane in planes]
    found = np.stack(blurred, axis=-1)
    return found[..., 0] if values.ndim == 2 else found


def _compute_kernel(size: int, kernel: str) -> np.ndarray:
    """Return the weights of a kernel, whose sum is 1."""
    if kernel == "gaussian":
        # The standard deviation that OpenCV derives from the size.
        weights = np.exp(-(((np.arange(size) - (size - 1) / 2) / (0.3 * (size - 1) + 0.8)) ** 2) / 2)
    elif kernel == "linear" and size > 3:
        rising = np.linspace(1 / (size // 2), (size // 2 - 1) / (size // 2), size // 2)
        weights = np.concatenate([rising, [1.0], rising[::-1]])
    else:
        weights = np.ones(size)
    found: np.ndarray = (weights / weights.sum()).astype(np.float32)
    return found


def _convolve_rows(plane: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Convolve the rows of a plane, float32 (H, W), which continue mirrored."""
    width, after = plane.shape[1], len(weights) // 2
    before = len(weights) - 1 - after
    length = 1 << (width + 2 * len(weights)).bit_length()
    transformed = np.fft.rfft(weights[::-1], length)
    found = np.empty(plane.shape, np.float32)
    for line in range(0, len(plane), _LINES_AT_A_TIME):
        rows = np.pad(
            plane[line : line + _LINES_AT_A_TIME], ((0, 0), (before, after)), "reflect" if width > 1 else "edge"
        )
        product = np.fft.irfft(np.fft.rfft(rows, length) * transformed, length)
        found[line : line + _LINES_AT_A_TIME] = product[:, len(weights) - 1 : len(weights) - 1 + width]
    return found


def falling_mask(levels: np.ndarray, falloff: int) -> np.ndarray:
    """Return the shares, float32 (H, W), with which a fill replaces an image: 1 inside the white part of a mask, uint8
    (H, W), falling to 0 over `falloff` pixels at its edge.
    """
    white = np.where(levels >= _MIN_WHITE_LEVEL, 255, 0).astype(np.uint8)
    share = white.astype(np.float32) / 255
    if falloff > 0:
        share *= blur(erode(white, falloff).astype(np.float32) / 255, falloff)
    return share


# Level from which a mask is white: 0.99.
_MIN_WHITE_LEVEL = 253


def mix(rgba: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return an image, RGBA uint8 (H, W, 4), mixed with the colours of another one, (H, W, 3), by shares (H, W)."""
    found = rgba.copy()
    colours = rgba[..., :3].astype(np.float32)
    mixed = colours + (other - colours) * share[..., None]
    found[..., :3] = np.rint(mixed.clip(0, 255))
    return found


def fill_smoothly(rgba: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the colours, float32 (H, W, 3), of an image, RGBA uint8 (H, W, 4), in whose masked part the colours around
    it continue smoothly.

    The image is halved until everything is known, and enlarged again (Gortler et al. 1996, "The Lumigraph", section
    3.4: pull-push). `levels` is the mask, uint8 (H, W).
    """
    known = (levels < 128).astype(np.float32)[..., None]
    return _fill(rgba[..., :3].astype(np.float32) * known, known)


def _fill(sums: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the means `sums` / `known`, and smooth ones where nothing is known. Both are float32 (H, W, C)."""
    height, width = known.shape[:2]
    means = sums / np.maximum(known, 1e-6)
    if known.min() > 0 or max(height, width) == 1:
        return np.where(known > 0, means, 128)
    odd = ((0, height % 2), (0, width % 2), (0, 0))
    share = np.minimum(known, 1)
    coarse = _fill(*(_sum_pairs(np.pad(each, odd)) for each in (means * share, share)))
    enlarged = scale_values(coarse, (width + odd[1][1], height + odd[0][1]))[:height, :width]
    return means * share + enlarged * (1 - share)


def _sum_pairs(values: np.ndarray) -> np.ndarray:
    height, width, count = values.shape
    found: np.ndarray = values.reshape(height // 2, 2, width // 2, 2, count).sum(axis=(1, 3))
    return found


def scale_values(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize an image, float32 (H, W, C), to `size` (width, height) by bilinear interpolation."""
    import torch
    from torch.nn.functional import interpolate

    planes = torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]
    found: np.ndarray = interpolate(planes, size=(size[1], size[0]), mode="bilinear")[0].permute(1, 2, 0).numpy()
    return found


# The white point D65, and the matrix from linear sRGB to XYZ (IEC 61966-2-1).
_WHITE_POINT = np.array([0.95047, 1.0, 1.08883], np.float32)
_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]], np.float32
)


def match_colours(rgba: np.ndarray, reference: np.ndarray, excluded: np.ndarray | None, strength: float) -> np.ndarray:
    """Give an image, RGBA uint8 (H, W, 4), the mean and the contrast of the colours of another one, in CIELAB (Reinhard
    et al. 2001, "Color Transfer between Images").

    The part where the mask `excluded`, uint8 (H, W), is white does not count.
    """
    moments = []
    lab = _convert_to_lab(rgba)
    for values in (lab, _convert_to_lab(reference)):
        if excluded is not None:
            counted = scale(excluded, (values.shape[1], values.shape[0]), "bilinear") < 128
            # As in comfyui-inpaint-nodes, the excluded part counts as black.
            values = values * counted[..., None]
        moments.append((values.mean(axis=(0, 1)), values.std(axis=(0, 1))))
    (mean, deviation), (wanted_mean, wanted_deviation) = moments
    matched = (lab - mean) * (wanted_deviation / np.maximum(deviation, 1e-6)) + wanted_mean
    return mix(rgba, _convert_from_lab(matched), np.full(rgba.shape[:2], strength, np.float32))


def _convert_to_lab(rgba: np.ndarray) -> np.ndarray:
    """Return the colours of an image, RGBA uint8 (H, W, 4), in CIELAB, float32 (H, W, 3)."""
    levels = np.arange(256, dtype=np.float32) / 255
    linear = np.where(levels > 0.04045, ((levels + 0.055) / 1.055) ** 2.4, levels / 12.92).astype(np.float32)
    ratio = linear[rgba[..., :3]] @ _TO_XYZ.T / _WHITE_POINT
    roots = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 4 / 29)
    x, y, z = np.moveaxis(roots, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _convert_from_lab(lab: np.ndarray) -> np.ndarray:
    """Return colours of CIELAB, float32 (H, W, 3), in sRGB from 0 to 255."""
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([lab[..., 1] / 500 + y, y, np.maximum(y - lab[..., 2] / 200, 0)], axis=-1)
    xyz = np.where(roots > 0.2068966, roots**3, (roots - 4 / 29) / 7.787) * _WHITE_POINT
    linear = (xyz @ np.linalg.inv(_TO_XYZ).T).clip(0, 1)
    found: np.ndarray = 255 * np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return found
