"""Images of a folder with their captions from text files, metadata or file names. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image

from gdm_studio.common import atomic
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import open_image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif")
# Maximum numbers of images, and of bytes of a caption file.
MOST_IMAGES = 20_000
MOST_BYTES = 20_000
# Maximum number of characters of a caption. Longer ones are cut.
MOST_TEXT = 2_000
# Keys of text chunks that contain a caption, in the order of preference.
_KEYS = ("parameters", "Description", "Title")
# The settings that follow the prompt in the text of AUTOMATIC1111's web UI.
_SETTINGS = re.compile(r"\n(?:Negative prompt|Steps): ")
# Trailing number of a file name, such as "-03" or " (2)".
_COUNTER = re.compile(r"[\s_\-]*\(?\d+\)?$")


@dataclass(frozen=True)
class CaptionedImage:
    """An image file and its caption. `source` is "text", "metadata" or "name"."""

    path: Path
    caption: str
    source: str


def read_folder(folder: Path) -> list[CaptionedImage]:
    """Return the images of a folder, without its subfolders, sorted by name.

    A caption is the text of NAME.txt beside the image, else the prompt or description in the image's metadata, else
    the words of the file name. Files that are no images are left out. Raises StorageError and BadRequest.
    """
    return list(iterate_folder(folder))


def iterate_folder(folder: Path) -> Iterator[CaptionedImage]:
    """Yield the images of `read_folder` one by one."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be read; choose another one.") from error
    if len(paths) > MOST_IMAGES:
        raise BadRequest(f"The folder {folder} has more than {MOST_IMAGES:,} images; choose a smaller one.")
    for path in paths:
        try:
            with open_image(path) as image:
                written = _metadata_caption(image)
            yield _captioned(path, written)
        except StorageError:
            continue


def text_file(path: Path) -> Path:
    """Return the file for the caption of an image."""
    return path.with_suffix(".txt")


def save_caption(path: Path, caption: str) -> CaptionedImage:
    """Write the caption of an image into the text file beside it. Raises StorageError."""
    text = " ".join(caption.split())[:MOST_TEXT]
    atomic.write(text_file(path), text.encode())
    return CaptionedImage(path, text, "text")


def caption_of_name(stem: str) -> str:
    """Return the words of a file name, without a trailing number: "red_fox-03" becomes "red fox"."""
    words = _COUNTER.sub("", stem) or stem
    return re.sub(r"[\s_\-.]+", " ", words).strip()


def _captioned(path: Path, written: str) -> CaptionedImage:
    beside = text_file(path)
    if beside.is_file():
        text = atomic.read(beside, max_bytes=MOST_BYTES).decode(errors="replace")
        return CaptionedImage(path, " ".join(text.split())[:MOST_TEXT], "text")
    if written:
        return CaptionedImage(path, written, "metadata")
    return CaptionedImage(path, caption_of_name(path.stem)[:MOST_TEXT], "name")


def _metadata_caption(image: Image.Image) -> str:
    found = [image.info.get(key) for key in _KEYS]
    found.append(image.getexif().get(ExifTags.Base.ImageDescription))
    texts = (_SETTINGS.split(text[: 4 * MOST_TEXT], maxsplit=1)[0] for text in found if isinstance(text, str))
    cleaned = (" ".join(text.split())[:MOST_TEXT] for text in texts)
    return next((text for text in cleaned if text and not text.startswith(("Negative prompt: ", "Steps: "))), "")
