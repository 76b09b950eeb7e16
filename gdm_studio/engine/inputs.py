"""Pictures that pictures begin from, and masks: kept under the name of their content, fitted to a model; torch-free."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio import atomic, paths
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.picture_file import read_rgba
from gdm_studio.request import MAX_SIDE

SHAPE = 0.02  # by how much the proportions of a mask may differ from its picture's
UNIT = 8  # pixels that the sides of a canvas are multiples of
FEATHER = 64  # part of a picture's side over which what is painted anew fades in

Source = Path | np.ndarray


def keep(source: Source) -> str:
    """Keeps a picture to begin from and returns its name for `Request.image` or `Request.mask`.

    `source` is a file of any kind that can be read, or uint8 of shape (H, W), (H, W, 3) or (H, W, 4), straight alpha;
    at most MAX_SIDE a side, larger ones are reduced. The name is the sha256 of its size and RGBA pixels, so the same
    picture is kept once. Raises StorageError, and BadRequest for another source.
    """
    _check(source)
    picture = read_rgba(source) if isinstance(source, Path) else Image.fromarray(source).convert("RGBA")
    if max(picture.size) > MAX_SIDE:
        picture = _resized(picture, _within(picture.size, (MAX_SIDE, MAX_SIDE)))
    name = _name(picture)
    path = _path(name)
    if not _is_whole(name):
        atomic.make_folder(path.parent)
        png = io.BytesIO()
        picture.save(png, "PNG")
        atomic.write(path, png.getvalue())
    return name


def extended(name: str, sides: tuple[int, int, int, int]) -> tuple[str, str, tuple[int, int]]:
    """A larger canvas around the kept picture of that name: (picture, mask, (width, height)), both kept.

    `sides` are pixels left, above, right and below. The canvas has sides of multiples of UNIT, right and below taking
    what is left over; the picture's own pixels are in it as they are, and those at its edges go on around it. The mask
    is white outside of it. Raises BadRequest, StorageError.
    """
    picture = np.asarray(load(name))
    if min(sides) < 0 or not any(sides):
        raise BadRequest("What is added to a picture must be pixels left, above, right and below, such as 0,0,256,0.")
    left, top, right, bottom = sides
    height, width = picture.shape[0] + top + bottom, picture.shape[1] + left + right
    down, across = (top, bottom + -height % UNIT), (left, right + -width % UNIT)
    size = (width + -width % UNIT, height + -height % UNIT)
    if max(size) > MAX_SIDE:
        raise BadRequest(f"The picture would become {size[0]}x{size[1]} pixels; {MAX_SIDE} a side are the most.")
    canvas = np.pad(picture, (down, across, (0, 0)), mode="edge")
    mask = np.pad(np.zeros(picture.shape[:2], np.uint8), (down, across), constant_values=255)
    return keep(canvas), keep(mask), size


def load(name: str) -> Image.Image:
    """The RGBA picture of that name; raises BadRequest where it is not here any more, or is another by now."""
    try:
        picture = read_rgba(_path(name))
    except StorageError as error:
        raise BadRequest("The picture this one begins from is not kept on this machine; choose it again.") from error
    if _name(picture) != name:
        raise BadRequest("The picture this one begins from has been changed on this disk; choose it again.")
    return picture


def fitted(name: str, size: tuple[int, int]) -> np.ndarray:
    """The whole picture in the middle of `size` (width, height), clear around it: straight RGBA uint8 (H, W, 4)."""
    return np.asarray(_contained(load(name), size))


def fitted_mask(name: str, image: str, size: tuple[int, int]) -> np.ndarray:
    """The mask of the picture `image` where `fitted` has that picture: (H, W) in 0 … 1, 1 to be painted anew.

    White is 1; what is clear is 0, as is what lies outside of the picture. Raises BadRequest where its proportions
    are not the picture's.
    """
    mask, picture = load(name), load(image)
    shapes = mask.width / mask.height, picture.width / picture.height
    if abs(shapes[0] / shapes[1] - 1) > SHAPE:
        sizes = [f"{each.width}x{each.height}" for each in (mask, picture)]
        raise BadRequest(f"The mask is {sizes[0]} and its picture {sizes[1]}; both must have the same proportions.")
    rgba = np.asarray(_contained(_resized(mask, picture.size), size), dtype=np.float32) / 255
    return rgba[..., :3].mean(axis=-1) * rgba[..., 3]


def composite(made: np.ndarray, original: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """What was made where the mask is, the original elsewhere, fading into each other inside of the mask.

    uint8 (H, W, 4) or (H, W, 3) and RGBA (H, W, 4), mask (H, W) in 0 … 1. Where the mask is 0 the original's bytes
    stay as they are, but for transparency the made picture cannot have: white is put under it.
    """
    if made.shape[-1] == 3:
        original = np.asarray(_on_white(Image.fromarray(original)))
    weight = (mask * _blurred(mask, max(1, max(mask.shape) // FEATHER)))[..., None]
    blended = _straight(weight * _premultiplied(made) + (1 - weight) * _premultiplied(original))
    return np.where(weight == 0, original, np.where(weight == 1, made, blended))


def _check(source: object) -> None:
    if isinstance(source, np.ndarray):
        is_one = source.dtype == np.uint8 and source.size and source.ndim >= 2 and source.shape[2:] in ((), (3,), (4,))
        said = f"{source.dtype} of shape {source.shape}"
    else:
        is_one, said = isinstance(source, Path), repr(source)
    if not is_one:
        wanted = "a file, or uint8 of shape (height, width), (height, width, 3) or (height, width, 4)"
        raise BadRequest(f"A picture to begin from must be {wanted}, not {said}.")


def _is_whole(name: str) -> bool:
    """Whether the picture of that name is there as it was kept: a damaged one has to be kept again."""
    try:
        load(name)
    except BadRequest:
        return False
    return True


def _path(name: str) -> Path:
    return paths.inputs_dir() / f"{name}.png"


def _name(picture: Image.Image) -> str:
    return hashlib.sha256(f"{picture.width}x{picture.height}:".encode() + picture.tobytes()).hexdigest()


def _contained(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    inside = _resized(picture, _within(picture.size, size))
    whole = Image.new("RGBA", size)
    whole.paste(inside, ((size[0] - inside.width) // 2, (size[1] - inside.height) // 2))
    return whole


def _within(size: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    factor = min(limit[0] / size[0], limit[1] / size[1])
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Colours weigh by their alpha, so that clear pixels lend none to an edge."""
    if picture.size == size:
        return picture
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _blurred(mask: np.ndarray, radius: int) -> np.ndarray:
    """The mean of (2 radius + 1)² pixels, those beyond the edge being the edge's."""
    width = 2 * radius + 1
    for axis in (0, 1):
        padding = [(radius, radius) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(mask.astype(np.float64), padding, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=axis)
        mask = windows.mean(axis=-1)
    return mask


def _premultiplied(picture: np.ndarray) -> np.ndarray:
    levels = picture.astype(np.float64)
    if levels.shape[-1] == 4:
        levels[..., :3] *= levels[..., 3:] / 255
    return levels


def _straight(levels: np.ndarray) -> np.ndarray:
    if levels.shape[-1] == 4:
        alpha = levels[..., 3:]
        levels = np.concatenate([255 * levels[..., :3] / np.maximum(alpha, 1e-9), alpha], axis=-1)
    return levels.round().clip(0, 255).astype(np.uint8)
