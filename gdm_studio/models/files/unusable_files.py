"""Recognition of files that are not weights: error pages of websites, pointers, archives and unfinished downloads."""

from __future__ import annotations

import re

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable

# Number of bytes at the start of a file by which it is recognised.
HEAD = 512
# Archives in which weights are distributed, whose names are listed although no weights can be read from them.
ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z")
# Suffixes that browsers and download managers append to a file name until the file is complete.
_DOWNLOAD = re.compile(
    r"\.(?:part|partial|crdownload|download|incomplete|opdownload|aria2|filepart|!qb|!ut)$", re.IGNORECASE
)
# Chrome's name for an unfinished file.
_UNCONFIRMED_NAME = re.compile(r"unconfirmed \d+\.crdownload", re.IGNORECASE)
# First bytes of other formats, and their names.
_FORMATS = (
    (b"Rar!\x1a\x07", "a RAR archive; unpack it, and choose the file in it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it, and choose the file in it."),
    (b"PK\x05\x06", "an empty ZIP archive; download it again."),
    (b"\x1f\x8b", "a gzip archive; unpack it, and choose the file in it."),
    (b"\xfd7zXZ\0", "an xz archive; unpack it, and choose the file in it."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it, and choose the file in it."),
    (b"BZh", "a bzip2 archive; unpack it, and choose the file in it."),
    (b"\x89PNG", "a picture; choose a model file."),
    (b"\xff\xd8\xff", "a picture; choose a model file."),
    (b"%PDF", "a PDF document; choose a model file."),
    (b"\x89HDF", "an HDF5 file of Keras, which cannot be read; choose a file in the safetensors format."),
    (b"version https://git-lfs",
     "a git-lfs pointer, not the file itself; run `git lfs pull` or download the file."),
)  # fmt: skip
_TAR = slice(257, 262)
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|\?xml|!--)", re.IGNORECASE)
_JSON = re.compile(rb"\s*[{\[]\s*[\"{\[\]}]")
# Bytes of plain text, in ASCII or UTF-8.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\r\x20-\x7e\x80-\xff]+")


def whole_name(name: str) -> str:
    """Return the name that a file has once it is downloaded, or "" if its name is not that of an unfinished
    download.
    """
    if _UNCONFIRMED_NAME.fullmatch(name):
        return name
    return "" if name.startswith(".") or not (at := _DOWNLOAD.search(name)) else name[: at.start()]


def unfinished_error(name: str) -> ModelError:
    """Return the error for a file that is still being downloaded."""
    return ModelError(
        translatable(
            "{name} is not completely downloaded; wait for the end of its download, or start it again.", name=name
        )
    )


def check_is_not_foreign(name: str, head: bytes, size: int) -> None:
    """Raise ModelError if a file of `size` bytes, which starts with `head`, is known not to contain weights.

    ZIP archives may be torch checkpoints, and are not checked.
    """
    if size == 0:
        raise ModelError(f"{name} is empty; download it again, or wait for the end of its download.")
    if len(head) == min(size, HEAD) and not any(head):
        raise ModelError(f"{name} contains only zeros so far; wait for the end of its download, or start it again.")
    if what := _describe(head):
        raise ModelError(f"{name} is {what}")


def _describe(head: bytes) -> str:
    for magic, what in _FORMATS:
        if head.startswith(magic):
            return what
    if head[_TAR] == b"ustar":
        return "a tar archive; unpack it, and choose the file in it."
    if _HTML.match(head):
        return "a web page, such as a login page, not a model; download the file again after signing in."
    if _JSON.match(head):
        return "a text in JSON, such as a website's error message, not a model; download the file again."
    if _TEXT.fullmatch(head) and (text := head.decode("utf-8", "ignore").strip()):
        return f"a text, not a model ({' '.join(text.split())[:60]!r}); download the file again."
    return ""
