"""OpenRaster export: an image as layers above its start image, for Krita, GIMP and MyPaint.

File layout and layer stack as in the OpenRaster specification, version 0.0.5 (openraster.org).
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from gdm_studio.common.text_safety import escape_unsafe, shorten
from gdm_studio.gallery.export.export_source import ExportSource, Origins
from gdm_studio.gallery.export.raster import encode_png

_MIME_TYPE = "image/openraster"
_VERSION = "0.0.5"
# Longer side in pixels of the thumbnail, a limit of the format.
_THUMBNAIL = 256
# Rows that are split into layers at a time. All at once would take ten times the memory of the image.
_ROWS = 128
# Characters that XML 1.0 cannot contain, beside those that are unsafe everywhere.
_NOT_IN_XML = re.compile("[\ufffe\uffff]")
_CONTENTS = "data/layer{number}.png"


@dataclass(frozen=True)
class Layer:
    """Layer of an image: a name, and RGBA pixels (H, W, 4) as large as the image, with straight alpha."""

    name: str
    pixels: np.ndarray
    is_visible: bool = True


def encode_open_raster(master: ExportSource, texts: Mapping[str, str]) -> bytes:
    """Return an OpenRaster file of an image with the layers of `layers_of`, at the size of the image.

    `texts` are the text chunks of its merged image. Without any, no layer is named by a prompt.
    """
    picture = master.levels[0]
    height, width = picture.shape[:2]
    origins = master.read_origins((width, height))
    root = ElementTree.Element("image", version=_VERSION, w=str(width), h=str(height))
    stack = ElementTree.SubElement(root, "stack")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        # Programs recognise the format by this first entry, which is stored.
        _write_entry(file, "mimetype", _MIME_TYPE.encode())
        for number, layer in enumerate(layers_of(picture, origins, with_prompts=bool(texts))):
            whole = Image.fromarray(layer.pixels)
            box = whole.getchannel("A").getbbox()
            if box is None:
                continue
            source = _CONTENTS.format(number=number)
            _write_entry(file, source, encode_png(whole.crop(box)))
            attributes = {
                "name": _shorten_name(layer.name),
                "src": source,
                "x": str(box[0]),
                "y": str(box[1]),
                "opacity": "1.0",
                "visibility": "visible" if layer.is_visible else "hidden",
                "composite-op": "svg:src-over",
            }
            # The first layer of a stack is the uppermost.
            stack.insert(0, ElementTree.Element("layer", attributes))
        _write_entry(file, "stack.xml", ElementTree.tostring(root, "utf-8", xml_declaration=True))
        _write_entry(file, "mergedimage.png", encode_png(Image.fromarray(picture), texts=texts))
        _write_entry(file, "Thumbnails/thumbnail.png", encode_png(master.at(min(_THUMBNAIL, master.side))))
    return buffer.getvalue()


def layers_of(picture: np.ndarray, origins: Origins, *, with_prompts: bool = True) -> Iterator[Layer]:
    """Yield the layers of an image, RGBA (H, W, 4), from the lowest to the uppermost.

    These are its start image, if it has one, the pixels that differ from it, and a hidden layer for the area of each
    region. Composited in 8 bits, the visible layers give exactly the image. Where a mask fades out, the upper layer is
    translucent. No layer above the start image can make it transparent: if that is needed, the start image is hidden,
    and with a mask, a copy of it without these pixels is visible.
    """
    if origins.start is None:
        yield Layer("Picture", picture)
    elif origins.weights is None:
        yield Layer("Start picture", origins.start, is_visible=bool(picture[..., 3].min() == 255))
        yield Layer("Picture", picture)
    else:
        upper, cut = _split_layers(picture, origins.start, origins.weights)
        yield Layer("Start picture", origins.start, is_visible=not cut.any())
        if cut.any():
            yield Layer("Start picture, unchanged part", np.where(cut[..., None], 0, origins.start).astype(np.uint8))
        yield Layer("Changed part", upper)
    for number, region in enumerate(origins.regions, 1):
        pixels = np.full_like(picture, 255)
        pixels[..., 3] = region.levels
        prompt = f": {region.prompt}" if with_prompts else ""
        yield Layer(f"Area of region {number}{prompt}", pixels, is_visible=False)


def over(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Composite two RGBA images (H, W, 4) with straight alpha, rounded to 8 bits (Porter and Duff 1984, "over")."""
    above, below = (image.astype(np.float64) for image in (upper, lower))
    share = above[..., 3:]
    rest = below[..., 3:] * (1 - share / 255)
    alpha = share + rest
    colours = (above[..., :3] * share + below[..., :3] * rest) / np.maximum(alpha, 1e-9)
    return np.concatenate([colours, alpha], axis=-1).round().astype(np.uint8)


def _split_layers(picture: np.ndarray, start: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the layer above the start image (H, W, 4), and the pixels (H, W) at which the start image must be cut out,
    bool.
    """
    upper = np.empty_like(picture)
    cut = np.empty(picture.shape[:2], bool)
    for top in range(0, len(picture), _ROWS):
        rows = slice(top, top + _ROWS)
        upper[rows], cut[rows] = _split_rows(picture[rows], start[rows], weights[rows])
    return upper, cut


def _split_rows(picture: np.ndarray, start: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    is_clear, is_solid = start[..., 3] == 0, picture[..., 3] == 255
    is_same = (picture == start).all(axis=-1) | (is_clear & (picture[..., 3] == 0))
    is_inside = is_solid & (weights > 1 - 1e-6)
    upper = np.where((is_same & ~is_inside)[..., None], 0, picture)
    # Where the mask fades out, the generated colour is recovered from the mixture. It counts only if compositing gives
    # the exact pixel.
    mixed = _solve_for_upper(picture.astype(np.float64), start.astype(np.float64), weights)
    fades = (weights > 0) & (mixed[..., 3] > 0) & ~is_inside & ~is_clear
    fades &= (over(mixed, start) == picture).all(axis=-1)
    return np.where(fades[..., None], mixed, upper), ~(is_same | is_solid | is_clear | fades)


def _solve_for_upper(picture: np.ndarray, lower: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the RGBA pixels (…, 4) that must be composited over `lower` for `picture`, as far as 8 bits can hold them.

    Over opaque pixels, their alpha is the share `weights`. Otherwise it follows from the two alphas. Of all alphas that
    are rounded to the same result, the largest needs the least extreme colours.
    """
    rest = 255 - lower[..., 3]
    solved = np.floor(255 * (picture[..., 3] + 0.49 - lower[..., 3]) / np.maximum(rest, 1))
    alpha = np.where(rest == 0, np.ceil(255 * weights - 1e-6), solved).clip(0, 255)[..., None]
    below = lower[..., :3] * lower[..., 3:] * (1 - alpha / 255)
    colours = (picture[..., :3] * picture[..., 3:] - below) / np.maximum(alpha, 1)
    return np.concatenate([colours.round().clip(0, 255), alpha], axis=-1).astype(np.uint8)


def _shorten_name(text: str) -> str:
    """Return the name of a layer or image as one short line of characters that XML can contain."""
    return shorten(_NOT_IN_XML.sub("", escape_unsafe(text)))


def _write_entry(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    # Without a time, equal images give equal files.
    file.writestr(zipfile.ZipInfo(name), data)
