"""Resolution of conflicts between image files with the same id: by their content, some are copies of the image, and
others are edited versions, which get an id of their own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import MOST_BYTES, open_image

# Larger images are compared by their bytes alone, because a small file can decode to gigabytes.
MAX_PIXELS = 2**24
# Separator in the ids of edited versions. `metadata.record` rejects it in a file's id, so no file can claim to be the
# edited version of another.
_SEPARATOR = "-"
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Content:
    """Digests of an image file, used to compare it with others: one for its bytes and one for its decoded pixels.

    An empty string means that the digest has not been computed yet.
    """

    data: str = ""
    pixels: str = ""

    def is_same(self, other: Content) -> bool:
        """Return True if two image files have equal bytes or equal decoded pixels."""
        if not self.data or not other.data:
            return False
        return self.data == other.data or bool(self.pixels) and self.pixels == other.pixels


UNKNOWN = Content()


@dataclass(frozen=True)
class ConflictingFile:
    """An image file whose image id also occurs in another file. `image` is the id that the gallery assigned to the
    file, or "" until the conflict is resolved.
    """

    path: str
    source: str
    stamp: tuple[int, int]
    image: str
    # The id that the gallery assigned before the content of the file changed.
    previous: str
    content: Content


@dataclass(frozen=True)
class IdConflict:
    """Conflict of several image files that contain the same id, `claimed`. Some may be copies of the original, others
    edited versions. `original` is the content of the original, or None if it is unknown.
    """

    claimed: str
    claimants: tuple[ConflictingFile, ...]
    created: float | None
    original: Content | None


@dataclass
class Resolution:
    """Resolution of an IdConflict: the image id and content of each file, by its path.

    `original` is the content that keeps the shared id, or None if that cannot be decided yet.
    """

    images: dict[str, str] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    original: Content | None = None


def edited_id(claimed: str, content: Content) -> str:
    """Return a new id for an image that another program edited. Its file still contains the id of the original image,
    `claimed`.

    All copies of the edited file get the same id, regardless of their folder.
    """
    digest = hashlib.sha256(f"{claimed} {content.pixels or content.data}".encode()).hexdigest()
    return f"{claimed}{_SEPARATOR}{digest[:32]}"


def edited_from(image_id: str) -> str:
    """Return the id of the original image if the given id belongs to a version that another program edited. Otherwise
    return "".
    """
    claimed, mark, _ = image_id.partition(_SEPARATOR)
    return claimed if mark else ""


def stored_id(image_id: str) -> str:
    """Return the id that an image's file contains. It differs from the gallery's id if another program edited the
    image.
    """
    return image_id.partition(_SEPARATOR)[0]


def content_of(path: Path, *, pixels: bool = False) -> Content:
    """Return the `Content` of an image file: the digest of its bytes and, with `pixels`, that of its decoded pixels.

    An unreadable or very large file gets a digest that equals no other.
    """
    data = _digest_bytes(path) or _make_unique_digest(path)
    return Content(data, (_digest_pixels(path) or data) if pixels else "")


def resolve(conflict: IdConflict, library: Path) -> Generator[None, None, Resolution]:
    """Decide which files of an id conflict are copies and which were edited.

    The generator reads at most one file per step. Deleted files are ignored. A file on a disconnected drive keeps its
    id; files that cannot be compared with it become separate images, so that no image is hidden.
    """
    there = [each for each in conflict.claimants if (library / each.path).is_file()]
    names = {each.path for each in there}
    away = [
        each for each in conflict.claimants if each.path not in names and each.source and not os.path.isdir(each.source)
    ]
    found = Resolution(original=conflict.original)
    if len(there) == 1 and not away and conflict.original is None:
        found.images[there[0].path] = conflict.claimed
        return found
    contents = {each.path: each.content for each in (*there, *away)}
    for each in there:
        if not each.content.data:
            contents[each.path] = content_of(library / each.path)
            yield
    references = [contents[each.path] for each in away] + ([conflict.original] if conflict.original else [])
    if len({content.data for content in (*contents.values(), *references)}) > 1:
        yield from _compare_pixels(there, contents, library)
    is_unknown = conflict.original is None and any(not contents[each.path].data for each in away)
    if found.original is None and not is_unknown:
        nearest = min((*there, *away), key=lambda each: _sort_key(each, conflict, library), default=None)
        found.original = contents[nearest.path] if nearest else None
    found.contents = {path: contents[path] for path in names}
    for each in there:
        content = contents[each.path]
        is_original = found.original is not None and content.is_same(found.original)
        found.images[each.path] = conflict.claimed if is_original else edited_id(conflict.claimed, content)
    return found


def _compare_pixels(
    there: Sequence[ConflictingFile], contents: dict[str, Content], library: Path
) -> Generator[None, None, None]:
    """Decode the files of an id conflict and add the missing pixel digests to `contents`.

    Of several files with equal bytes, only one is decoded. Yields after each decoded file.
    """
    pixels = {content.data: content.pixels for content in contents.values() if content.pixels}
    for each in there:
        content = contents[each.path]
        if content.data not in pixels:
            pixels[content.data] = _digest_pixels(library / each.path) or content.data
            yield
        contents[each.path] = replace(content, pixels=pixels[content.data])


def _sort_key(file: ConflictingFile, conflict: IdConflict, library: Path) -> tuple[float, bool, bool, str]:
    """Return a sort key for files with the same image id: the time between the file's modification and the creation of
    the image. The smallest key belongs to the original.
    """
    try:
        written = (library / file.path).stat().st_mtime
    except OSError:
        written = file.stamp[0] / 1e9
    return abs(written - (conflict.created or 0.0)), file.image != conflict.claimed, bool(file.source), file.path


def _digest_bytes(path: Path) -> str:
    try:
        with atomic_files.open_file(path) as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                return ""
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, StorageError):
        return ""


def _make_unique_digest(path: Path) -> str:
    """Return a substitute digest for a file that cannot be read and compared. It differs from all other digests and
    stays the same until the file changes.
    """
    try:
        status = path.stat()
        facts = f"{path} {status.st_mtime_ns} {status.st_size}"
    except OSError:
        facts = str(path)
    return "?" + hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()


def _digest_pixels(path: Path) -> str:
    """Return a digest of an image file's decoded pixels, palette, colour profile and orientation.

    Returns "" for images that are compared by their bytes: very large, animated or with 16 bits per channel.
    """
    try:
        with open_image(path) as image:
            is_deep = any(";16" in str(tile) for tile in getattr(image, "tile", ())) and image.mode[0] != "I"
            if is_deep or image.width * image.height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                return ""
            image.load()
            digest = hashlib.sha256()
            palette = image.getpalette("RGBA") if image.mode == "P" else None
            profile = image.info.get("icc_profile")
            clear = image.info.get("transparency")
            turn = image.getexif().get(_ORIENTATION, 1)
            digest.update(repr((image.mode, image.size, palette, profile, clear, turn)).encode())
            digest.update(image.tobytes())
            return digest.hexdigest()
    except StorageError:
        return ""
