"""Storage of start images and masks under a hash of their content, and fitting to a model's size.

This module does not import torch.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.archive_errors import IMAGE_ERRORS
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import MOST_BYTES, decode_rgba, open_image, read_rgba
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable
from gdm_studio.engine.inpainting_crop import Region, blend, region_around, resize
from gdm_studio.engine.inpainting_masks import check_marks, mask_levels
from gdm_studio.engine.preprocessors import preprocess
from gdm_studio.request.generation_request import MAX_SIDE, ONLY_MASKED, Request

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

# The maximum relative difference between a mask's proportions and its image's.
MAX_SHAPE_DIFFERENCE = 0.02
# The sides of an extended canvas are multiples of this many pixels.
SIDE_MULTIPLE = 8
# The edge of an inpainted area fades in over 1/FEATHER of the longer side of the image.
FEATHER = 64
# Maximum number of pixels of a reference image.
REFERENCE_AREA = 1024 * 1024
# Side of an image prompt in pixels, as CLIP's image encoders see it.
PROMPT_SIDE = 224
# A picture with less than this share of its pixels in its eight most frequent colours is a photo. Colour photos had
# 0.20 to 0.52, flat drawings 0.71 to 1.00, and 0.62 as small JPEG files.
_MOST_PHOTO_SHARE = 0.57
# Maximum ratio of the sides of an image prompt that is resized as a whole.
MAX_PROMPT_SHAPE = 16

Source = Path | np.ndarray | Image.Image


def store(source: Source, *, remarks: list[Sentence] | None = None, max_side: int = MAX_SIDE) -> str:
    """Store a start image, mask or control image, and return its name. Requests refer to the image by this name, a hash
    of its pixels.

    `source` is an image file, a PIL image, which is read like a file, or uint8 of shape (H, W), (H, W, 3) or (H, W, 4)
    with straight alpha. Images with a side longer than `max_side` are downscaled. The name is the sha256 of the size
    and the RGBA pixels, so equal images are stored once. Remarks about the file, such as a damaged colour profile, are
    added to `remarks`. Raises StorageError, or BadRequest for any other source.
    """
    return _store_image(_read(source, remarks), max_side)


def store_temporarily(source: Source) -> tuple[str, bool]:
    """Store an image like `store`. Return its name, and True if this call has created the file, so that the caller may
    `delete` it once nothing uses it.
    """
    picture = _limit_size(_read(source, None))
    is_new = not _path_of(_hash_pixels(picture)).exists()
    return _store_image(picture), is_new


def delete(name: str) -> None:
    """Delete the stored image `name`, if it exists. The caller ensures that no request uses it."""
    with suppress(OSError):
        _path_of(name).unlink()


def store_mask(source: Source, *, image: str = "", remarks: list[Sentence] | None = None) -> str:
    """Store an inpainting mask in any of the forms of `inpainting_masks.mask_levels` as white on black, and return its
    name. `image` is the name of the start image, and `source` is as in `store`.

    Remarks, for example that the transparent part is redrawn, are added to `remarks`. Raises StorageError, or
    BadRequest if the mask marks nothing.
    """
    picture = _read(source, remarks)
    levels, is_hole = mask_levels(np.asarray(picture))
    if not is_hole and image and _hash_pixels(_limit_size(picture)) == image:
        template = QT_TRANSLATE_NOOP(
            "Errors", "The mask is the start picture itself; paint it white, or make it transparent, where to redraw."
        )
        raise BadRequest(translatable(template))
    check_marks(levels)
    share = f"{levels.mean() / 255:.0%}"
    if remarks is not None and levels.min() == 255:
        remarks.append(translatable(QT_TRANSLATE_NOOP("Errors", "The mask marks the whole picture to be redrawn.")))
    elif remarks is not None and is_hole:
        template = QT_TRANSLATE_NOOP("Errors", "The transparent part of the mask is redrawn, {share} of the picture.")
        remarks.append(translatable(template, share=share))
    return _store_image(Image.fromarray(levels).convert("RGBA"))


def is_photo(rgba: np.ndarray) -> bool:
    """Return True if an image, RGBA uint8 (height, width, 4), has the many colours of a photo or a painting. A grey or
    nearly black photo is not recognised.
    """
    stride = max(1, max(rgba.shape[:2]) // 128)
    pixels = rgba[stride // 2 :: stride, stride // 2 :: stride]
    # Four bits of each channel, which the noise of a JPEG file seldom changes.
    levels = np.where(pixels[..., 3:] < 128, 255, pixels[..., :3]).astype(np.intp) >> 4
    counts = np.bincount((levels @ (256, 16, 1)).ravel())
    return bool(np.sort(counts)[-8:].sum() < _MOST_PHOTO_SHARE * counts.sum())


def check_mask(request: Request) -> None:
    """Check that the mask of a request marks at least one pixel and has the proportions of the start image. Raises
    BadRequest.
    """
    if request.mask and request.image:
        _check_shape(mask := load(request.mask), load(request.image))
        check_marks(mask_levels(np.asarray(mask))[0])


def read_source(source: Source) -> np.ndarray:
    """Return the pixels of a source as `store` reads them, uint8 (H, W, 4) with straight alpha.

    Raises StorageError and BadRequest.
    """
    return np.asarray(_read(source, None))


def _read(source: Source, remarks: list[Sentence] | None) -> Image.Image:
    _check_source(source)
    if isinstance(source, Path):
        return read_rgba(source, remarks=remarks)
    if isinstance(source, Image.Image):
        try:
            return Image.fromarray(decode_rgba(source, remarks))
        except (OSError, *IMAGE_ERRORS) as error:
            raise BadRequest(f"The PIL image cannot be read ({error}); pass another.") from error
    return Image.fromarray(source).convert("RGBA")


def _limit_size(picture: Image.Image, max_side: int = MAX_SIDE) -> Image.Image:
    """Return an image downscaled to sides of at most `max_side`."""
    if max(picture.size) <= max_side:
        return picture
    return _resize(picture, _fit_size(picture.size, (max_side, max_side)))


def _store_image(picture: Image.Image, max_side: int = MAX_SIDE) -> str:
    picture = _limit_size(picture, max_side)
    name = _hash_pixels(picture)
    path = _path_of(name)
    if not _is_undamaged(name):
        atomic_files.make_folder(path.parent)
        png = io.BytesIO()
        picture.save(png, "PNG")
        atomic_files.write(path, png.getvalue())
    return name


def extend(name: str, sides: tuple[int, int, int, int]) -> tuple[str, str, tuple[int, int]]:
    """Enlarge the canvas of the stored image `name` for outpainting. Returns the names of the new image and mask, and
    the canvas size.

    `sides` are the pixels to add left, above, right and below. The canvas (width, height) is rounded up to multiples of
    SIDE_MULTIPLE on the right and below. The image is padded by repeating its edge pixels, and the mask is white in the
    padding. Raises BadRequest or StorageError.
    """
    picture = np.asarray(load(name))
    if min(sides) < 0 or not any(sides):
        raise BadRequest("Give the pixels to add left, above, right and below, such as 0,0,256,0.")
    left, top, right, bottom = sides
    height = picture.shape[0] + top + bottom
    width = picture.shape[1] + left + right
    down = (top, bottom + -height % SIDE_MULTIPLE)
    across = (left, right + -width % SIDE_MULTIPLE)
    size = (width + -width % SIDE_MULTIPLE, height + -height % SIDE_MULTIPLE)
    if max(size) > MAX_SIDE:
        raise BadRequest(f"The picture would be {size[0]}x{size[1]} pixels; a side can have at most {MAX_SIDE}.")
    canvas = np.pad(picture, (down, across, (0, 0)), mode="edge")
    mask = np.pad(np.zeros(picture.shape[:2], np.uint8), (down, across), constant_values=255)
    return store(canvas), store(mask), size


def load(name: str) -> Image.Image:
    """Load a stored start image or mask by its name (the hash of its pixels), as RGBA.

    Raises BadRequest if the file is missing or was altered.
    """
    with _unreadable_as_bad_request():
        picture = read_rgba(_path_of(name))
    if _hash_pixels(picture) != name:
        raise BadRequest("The start picture has been changed on this disk; choose it again.")
    return picture


def size_of(name: str) -> tuple[int, int]:
    """Return the size (width, height) of a stored image by its name. Only the header of the file is read.

    Raises BadRequest if the file is missing or damaged.
    """
    with _unreadable_as_bad_request(), open_image(_path_of(name)) as picture:
        return picture.size


def names_in(request: Request) -> list[str]:
    """Return the names of all stored images (start images, masks and control images) that a request uses. For a branch,
    the images of its parent requests are included.
    """
    names: dict[str, None] = {}
    each: Request | None = request
    while each is not None:
        names |= dict.fromkeys((each.image, each.mask, *(hint.image for hint in each.hints)))
        names |= dict.fromkeys(region.mask for region in each.regions)
        each = each.branch.parent if each.branch is not None else None
    return [name for name in names if name]


def load_encoded(name: str) -> bytes:
    """Return the file of the stored image `name` as bytes, to send it to a worker on another computer.

    Raises BadRequest if it is missing.
    """
    with _unreadable_as_bad_request():
        return atomic_files.read(_path_of(name), max_bytes=MOST_BYTES)


@contextmanager
def _unreadable_as_bad_request() -> Iterator[None]:
    """Context manager that converts the error of a stored image that cannot be read to BadRequest."""
    try:
        yield
    except StorageError as error:
        raise BadRequest(translatable("The start picture is no longer on this machine; choose it again.")) from error


def store_encoded(name: str, data: bytes) -> None:
    """Store the file of the start image or mask `name` that another computer sent, unless it is already stored.

    Raises StorageError, or BadRequest if the hash of the image in `data` is not `name`.
    """
    if _is_undamaged(name):
        return
    atomic_files.make_folder(_path_of(name).parent)
    atomic_files.write(_path_of(name), data)
    try:
        load(name)
    except BadRequest:
        _path_of(name).unlink(missing_ok=True)
        raise


def image_fits(image: tuple[int, int], size: tuple[int, int]) -> bool:
    """Return True if an image (width, height) fills a size without visible borders."""
    inside = _fit_size(image, size)
    return max(size[0] - inside[0], size[1] - inside[1]) <= MAX_SHAPE_DIFFERENCE * max(size) + SIDE_MULTIPLE


def load_fitted(name: str, size: tuple[int, int]) -> np.ndarray:
    """Load a stored image and resize it to fit into `size` (width, height), preserving its aspect ratio, as RGBA uint8
    (H, W, 4).

    The image is centred, with transparent borders.
    """
    return fit_image(load(name), size)


def fit_image(picture: Image.Image, size: tuple[int, int]) -> np.ndarray:
    """Resize a loaded image as `load_fitted` does."""
    return np.asarray(_fit_inside(picture, size))


def load_control_image(name: str, size: tuple[int, int], preprocessor: str) -> np.ndarray:
    """Load a stored control image, apply its preprocessor, and fit it into `size` (width, height) with transparent
    borders, RGBA uint8 (H, W, 4). The borders are added last, because an edge detector would detect their edges.
    """
    if preprocessor == "none":
        return load_fitted(name, size)
    picture = load(name)
    inside = _composite_on_white(_resize(picture, _fit_size(picture.size, size)))
    return np.asarray(_fit_inside(Image.fromarray(preprocess(np.asarray(inside), preprocessor)).convert("RGBA"), size))


def load_reference(name: str, multiple: int, sizes: Sequence[tuple[int, int]] = ()) -> np.ndarray:
    """Load a stored reference image and fit it to a size that the model supports, as RGBA uint8 (H, W, 4).

    The image is resized to the (width, height) in `sizes` with the nearest aspect ratio. If `sizes` is empty, it is
    reduced to at most REFERENCE_AREA pixels and cropped so that its sides are multiples of `multiple`.
    """
    picture = load(name)
    if sizes:
        shape = picture.width / picture.height
        return np.asarray(_resize(picture, min(sizes, key=lambda size: abs(shape - size[0] / size[1]))))
    factor = min(1.0, math.sqrt(REFERENCE_AREA / (picture.width * picture.height)))
    picture = _resize(picture, (max(1, int(picture.width * factor)), max(1, int(picture.height * factor))))
    # An image that is narrower than `multiple` is enlarged.
    width, height = (max(multiple, side // multiple * multiple) for side in picture.size)
    if width > picture.width or height > picture.height:
        picture = _resize(picture, (max(width, picture.width), max(height, picture.height)))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return np.asarray(picture.crop((left, top, left + width, top + height)))


def load_image_prompt(name: str, squashed: int = 0) -> np.ndarray:
    """Load a stored image as CLIP's image encoders see it, RGBA uint8 (PROMPT_SIDE, PROMPT_SIDE, 4): the shorter side
    is resized to PROMPT_SIDE, and the middle is cropped. What is transparent becomes white.

    If `squashed` is not 0, the whole image is resized to a square with this side instead, as SigLIP sees it.
    """
    picture = load(name)
    plain = Image.new("RGBA", picture.size, "white")
    plain.alpha_composite(picture)
    if squashed:
        return np.asarray(plain.convert("RGB").resize((squashed,) * 2, Image.Resampling.BICUBIC).convert("RGBA"))
    # Of a very narrow image only the middle is resized, because the whole would be too large.
    longest = MAX_PROMPT_SHAPE * min(plain.size)
    plain = _crop_middle(plain, min(plain.width, longest), min(plain.height, longest))
    shorter = min(plain.size)
    width, height = (PROMPT_SIDE * side // shorter for side in plain.size)
    resized = plain.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(_crop_middle(resized, PROMPT_SIDE, PROMPT_SIDE).convert("RGBA"))


def _crop_middle(picture: Image.Image, width: int, height: int) -> Image.Image:
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def load_fitted_mask(name: str, image: str, size: tuple[int, int]) -> np.ndarray:
    """Load a stored inpainting mask and fit it to the same size as its image. The result (H, W) is in 0 … 1, where 1
    marks the pixels to inpaint.

    The mask is read by `inpainting_masks.mask_levels`. Everything outside the image becomes 0. Raises BadRequest if
    mask and image have different proportions, or the mask marks nothing.
    """
    picture = load(image)
    white = Image.fromarray(_load_levels(name, picture)).convert("RGBA")
    rgba = np.asarray(_fit_inside(_resize(white, picture.size), size), dtype=np.float32) / 255
    return rgba[..., :3].mean(axis=-1) * rgba[..., 3]


@dataclass(frozen=True)
class MaskedRegion:
    """Part of a start image around its mask. Only this part is generated, at its own size ("only masked")."""

    # The whole start image, uint8 (H, W, 4), and its mask in the same pixels, uint8 (H, W).
    picture: np.ndarray
    mask: np.ndarray
    region: Region

    def fit(self, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Return the pixels of the region, uint8 (h, w, 4), and its mask in 0 … 1, resized to `size` (width,
        height).
        """
        rgba = resize(self.region.crop(self.picture), size)
        return rgba, resize(self.region.crop(self.mask), size).astype(np.float32) / 255

    def load_control_image(self, name: str, size: tuple[int, int], preprocessor: str) -> np.ndarray:
        """Load the part of a stored control image that lies over the region, apply its preprocessor, and resize it to
        `size`, as RGBA uint8 (h, w, 4).
        """
        height, width = self.mask.shape
        part = resize(self.region.crop(load_fitted(name, (width, height))), size)
        if preprocessor == "none":
            return part
        inside = _composite_on_white(Image.fromarray(part))
        return np.asarray(Image.fromarray(preprocess(np.asarray(inside), preprocessor)).convert("RGBA"))

    def blend_in(self, made: np.ndarray, *, keeps_alpha: bool = False) -> np.ndarray:
        """Return the whole picture with a generated region, uint8 (h, w, 3 or 4) of any size, blended in by
        `restore_original`.
        """
        part = resize(made, self.region.size)
        weights = self.region.seam_weights(self.mask)
        part = restore_original(part, self.region.crop(self.picture), weights, keeps_alpha=keeps_alpha)
        whole = self.picture if part.shape[-1] == 4 else _composite_on_white(Image.fromarray(self.picture))
        return self.region.paste(np.asarray(whole), part)


def load_region(name: str, image: str, padding: int, size: tuple[int, int] | None = None) -> MaskedRegion:
    """Load the part of the stored start image `image` around the pixels that the stored mask `name` marks.

    The region extends `padding` pixels beyond the marked pixels, and has the proportions of `size` (width, height).
    Raises BadRequest as `load_fitted_mask` does.
    """
    picture = load(image)
    white = Image.fromarray(_load_levels(name, picture)).convert("RGBA")
    mask = np.asarray(_resize(white, picture.size))[..., 0]
    return MaskedRegion(np.asarray(picture), mask, region_around(mask, padding, size))


def repaint_weights(request: Request, size: tuple[int, int]) -> np.ndarray:
    """Return the share of the generated pixels in each pixel of a request's image of a `size` (width, height), (H, W)
    in 0 … 1. The request has a start image and a mask. Raises BadRequest if they are missing or do not fit.
    """
    if request.inpaint_area != ONLY_MASKED:
        return feathered(load_fitted_mask(request.mask, request.image, size))
    part = load_region(request.mask, request.image, request.inpaint_padding, request.size)
    whole = part.region.paste(np.zeros(part.mask.shape), part.region.seam_weights(part.mask))
    levels = Image.fromarray(whole.astype(np.float32))
    return np.asarray(levels if levels.size == size else levels.resize(size, Image.Resampling.BILINEAR))


def load_region_mask(name: str) -> np.ndarray:
    """Load the stored mask of a region, fp32 (H, W) in 0 … 1. Raises BadRequest if it is missing or marks nothing."""
    levels, _ = mask_levels(np.asarray(load(name)))
    check_marks(levels)
    return levels.astype(np.float32) / 255


def size_for(card: ModelCard, request: Request) -> tuple[int, int]:
    """Return the size (width, height) of a model that suits the start image of a request: the nearest to the image, or
    for the masked area only, the size for which the model was trained in the proportions of that area.

    Raises BadRequest.
    """
    if not request.mask or request.inpaint_area != ONLY_MASKED:
        return card.near(load(request.image).size, request.tile)
    return region_size(card, load_region(request.mask, request.image, request.inpaint_padding).region.size)


def region_size(card: ModelCard, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size (width, height) at which a model generates a region of the given `size` best: about as many
    pixels as its training images have, in the proportions of the region.
    """
    scale = card.size / math.sqrt(size[0] * size[1])
    width, height = (max(1, round(side * scale)) for side in size)
    return card.near((width, height))


def _load_levels(name: str, picture: Image.Image) -> np.ndarray:
    """Load a stored mask and return its levels, uint8 (H, W). Raises BadRequest unless it has the proportions of its
    picture and marks something.
    """
    mask = load(name)
    _check_shape(mask, picture)
    levels, _ = mask_levels(np.asarray(mask))
    check_marks(levels)
    return levels


def _check_shape(mask: Image.Image, picture: Image.Image) -> None:
    """Raise BadRequest if a mask and its image have different proportions."""
    shapes = mask.width / mask.height, picture.width / picture.height
    if abs(shapes[0] / shapes[1] - 1) > MAX_SHAPE_DIFFERENCE:
        sizes = [f"{each.width}x{each.height}" for each in (mask, picture)]
        raise BadRequest(f"The mask is {sizes[0]} and its picture {sizes[1]}; both must have the same proportions.")


def restore_original(
    made: np.ndarray, original: np.ndarray, weights: np.ndarray | None = None, *, keeps_alpha: bool = False
) -> np.ndarray:
    """Return a generated image with the pixels of its start image outside the mask, and with its transparency.

    `made` is uint8 (H, W, 4), or (H, W, 3) from a model without alpha, `original` is RGBA (H, W, 4), and `weights`
    (H, W) is the share of the generated pixels in 0 … 1, or None without a mask. Where it is 0, the bytes of the
    original are unchanged.

    The matte of a model without alpha, if `keeps_alpha`: the result has the alpha of the start image, and is opaque
    where the mask repaints it. Otherwise the original is composited on white, and the result has no alpha.
    """
    if made.shape[-1] == 3 and keeps_alpha:
        alpha = original[..., 3:] if weights is None else np.full_like(original[..., 3:], 255)
        made = np.concatenate([made, alpha], axis=-1)
    if weights is None:
        return made
    if made.shape[-1] == 3:
        original = np.asarray(_composite_on_white(Image.fromarray(original)))
    return blend(made, original, weights)


def feathered(mask: np.ndarray) -> np.ndarray:
    """Return the share of the generated image in each pixel for a mask (H, W) in 0 … 1. It is 0 outside the mask, and
    fades in just inside its edge.
    """
    return mask * _blur(mask, max(1, max(mask.shape) // FEATHER))


def has_matte(picture: Image.Image | np.ndarray, *, is_masked: bool) -> bool:
    """Return True if a loaded start image, RGBA, has transparency that its results keep.

    An image without any visible pixel has none, unless a mask says which of them become visible.
    """
    alpha = np.asarray(picture)[..., 3]
    return bool(alpha.min() < 255 and (is_masked or alpha.any()))


def _check_source(source: object) -> None:
    if isinstance(source, np.ndarray):
        is_valid = source.dtype == np.uint8 and source.size and source.ndim >= 2
        is_valid = is_valid and source.shape[2:] in ((), (3,), (4,))
        given = f"{source.dtype} of shape {source.shape}"
    elif isinstance(source, Image.Image):
        is_valid = min(source.size) > 0
        given = "an empty PIL image"
    else:
        is_valid = isinstance(source, Path)
        given = repr(source)
    if not is_valid:
        wanted = "a file, a PIL image, or uint8 of shape (height, width), (height, width, 3) or (height, width, 4)"
        raise BadRequest(f"A start picture must be {wanted}, not {given}.")


def _is_undamaged(name: str) -> bool:
    """Return True if the stored image `name` exists and is undamaged, so that it need not be written again."""
    try:
        load(name)
    except BadRequest:
        return False
    return True


def _path_of(name: str) -> Path:
    return paths.inputs_dir() / f"{name}.png"


def _hash_pixels(picture: Image.Image) -> str:
    return hashlib.sha256(f"{picture.width}x{picture.height}:".encode() + picture.tobytes()).hexdigest()


def _fit_inside(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    inside = _resize(picture, _fit_size(picture.size, size))
    whole = Image.new("RGBA", size)
    whole.paste(inside, ((size[0] - inside.width) // 2, (size[1] - inside.height) // 2))
    return whole


def _fit_size(size: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    factor = min(limit[0] / size[0], limit[1] / size[1])
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _resize(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize an RGBA image with premultiplied colours, so that transparent pixels do not bleed into edges."""
    if picture.size == size:
        return picture
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def _composite_on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _blur(mask: np.ndarray, radius: int) -> np.ndarray:
    """Blur a mask: each value becomes the mean over (2 · radius + 1)² pixels.

    The mask is padded by repeating its edge pixels.
    """
    width = 2 * radius + 1
    for axis in (0, 1):
        padding = [(radius, radius) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(mask.astype(np.float64), padding, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=axis)
        mask = windows.mean(axis=-1)
    return mask
