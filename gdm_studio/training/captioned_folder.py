"""Images of a folder with captions from text files, metadata or file names. Imports no torch."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from PIL import ExifTags, Image

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import is_picture_name, open_image
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Translate, translatable, untranslated

# Suffixes of caption files, in the order of preference. They follow the name of the image or replace its suffix.
CAPTION_SUFFIXES = (".txt", ".caption", ".TXT", ".CAPTION")
# Maximum number of images, of files whose subfolders are searched, and maximum size of a caption file in bytes.
MOST_IMAGES = 20_000
MOST_FILES = 100_000
MOST_BYTES = 20_000
# Maximum number of characters of a caption. Longer ones are cut.
MOST_TEXT = 2_000
# Maximum number of characters of a caption that is a class.
LONGEST_CLASS = 60
# Keys of text chunks that contain a description, in the order of preference.
_DESCRIPTION_KEYS = ("Description", "Title")
# Trailing number of a file name, such as "-03" or " (2)".
# Mark of an image for dense screens, such as "@2x" in the names of exported icons.
_SCALE = re.compile(r"@\d+(\.\d+)?x$")
_TRAILING_NUMBER = re.compile(r"[\s_\-]*\(?\d+\)?$")

_UNREADABLE = QT_TRANSLATE_NOOP(
    "TrainPage", "Pictures that cannot be read and are left out: {count}; the first is {first}."
)
_NESTED = QT_TRANSLATE_NOOP(
    "TrainPage", "Pictures in subfolders, which are left out: {count}; the first subfolder is {first}."
)
_CHANGED = QT_TRANSLATE_NOOP(
    "TrainPage", "Pictures added, removed or changed since the last checkpoint: {count}. Training goes on with them."
)
_CUT = QT_TRANSLATE_NOOP("TrainPage", "Captions cut after {limit} characters: {count}; the first is {first}.")

# Function that returns the prompt of a generated image from its file, or "" if the file has none.
PromptReader = Callable[[Path], str]


def read_no_prompt(path: Path) -> str:
    """Return "" for every image: the reader of recipes that use no captions."""
    return ""


@dataclass(frozen=True)
class CaptionedImage:
    """Training image file with its caption, which comes from a text file, the metadata or the file name.

    `source` is "text", "metadata" or "name".
    """

    path: Path
    caption: str
    source: str

    def digest(self) -> str:
        """Return a digest of the image file and its caption, or "" if the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256")
        except OSError:
            return ""
        found.update(self.caption.encode("utf-8", "surrogatepass"))
        return found.hexdigest()[:32]


@dataclass
class FolderProblems:
    """Files of a training folder that cannot be used as they are: unreadable images, captions that are too long, and
    images in subfolders (`nested`) if only the folder itself is read.

    `changed` is the number of images that were added, removed or changed since the checkpoint from which a run resumes.
    """

    unreadable: list[Path] = field(default_factory=list)
    cut: list[Path] = field(default_factory=list)
    nested: list[Path] = field(default_factory=list)
    changed: int = 0

    def sentences(self, translate: Translate = untranslated) -> list[str]:
        """Return sentences that tell the user about the problems, one for each kind. Each sentence gives the number of
        affected files and the name of the first one.

        `translate(context, text)` returns the translation of a string.
        """
        sentences = []
        if self.unreadable:
            sentences.append(left_out_sentence(len(self.unreadable), self.unreadable[0].name, translate))
        if self.cut:
            text = translate("TrainPage", _CUT)
            sentences.append(text.format(count=len(self.cut), first=self.cut[0].name, limit=MOST_TEXT))
        if self.nested:
            first = self.nested[0].parent.name
            sentences.append(translate("TrainPage", _NESTED).format(count=len(self.nested), first=first))
        if self.changed:
            sentences.append(changed_sentence(self.changed, translate))
        return sentences


def changed_sentence(count: int, translate: Translate = untranslated) -> str:
    """Return a sentence about the number of training images that have changed since the checkpoint of a run."""
    return translate("TrainPage", _CHANGED).format(count=count)


def left_out_sentence(count: int, first: str, translate: Translate = untranslated) -> str:
    """Return a sentence about the number of images that cannot be read, and the name of the first of them."""
    return translate("TrainPage", _UNREADABLE).format(count=count, first=first)


def read_folder(
    folder: Path, read_prompt: PromptReader, *, nested: bool = False, problems: FolderProblems | None = None
) -> list[CaptionedImage]:
    """Find the images of a training folder with their captions, sorted by name.

    With `nested`, also search its subfolders. A caption is the text of the caption file beside the image, else the
    prompt that `read_prompt` returns, else the description in the image's metadata, else the words of the file name.
    Files that are not images and, without `nested`, images in subfolders are left out, and long captions are cut; all
    three are added to `problems`. Raises StorageError and BadRequest.
    """
    return list(_find_images(folder, read_prompt, nested, problems or FolderProblems()))


def _find_images(
    folder: Path, read_prompt: PromptReader, nested: bool, problems: FolderProblems
) -> Iterator[CaptionedImage]:
    try:
        # Listed first, since `rglob` ignores a folder that cannot be read.
        listed = [*folder.iterdir()]
        found = (path for path in (folder.rglob("*") if nested else listed) if is_picture_name(path))
        paths = sorted(islice(found, MOST_IMAGES + 1))
    except OSError as error:
        raise StorageError(
            translatable("The folder {folder} cannot be read; choose another one.", folder=folder)
        ) from error
    if len(paths) > MOST_IMAGES:
        raise BadRequest(f"The folder {folder} has more than {MOST_IMAGES:,} images; choose a smaller one.")
    for path in paths:
        try:
            with open_image(path) as image:
                description = _read_description(image)
        except StorageError:
            problems.unreadable.append(path)
            continue
        yield _read_caption(path, read_prompt, description, problems)
    if not nested:
        problems.nested.extend(_images_in_subfolders(folder))


def _images_in_subfolders(folder: Path) -> list[Path]:
    """Return the image files in the subfolders of a folder, sorted. Subfolders that cannot be read are skipped."""
    inside = (each for each in islice(folder.rglob("*"), MOST_FILES) if each.parent != folder and is_picture_name(each))
    return sorted(inside)


def classes_of(folder: Path, images: Sequence[CaptionedImage]) -> list[str]:
    """Return the class of each training image, derived from its subfolder or its caption. The class is "" for an image
    without one.

    The class of an image in a subfolder is the subfolder's name. Otherwise it is the image's caption, if several images
    have that caption.
    """
    named = [each.path.parent.relative_to(folder).as_posix() for each in images]
    counts = Counter(each.caption for each, name in zip(images, named, strict=True) if name == ".")
    shared = {caption for caption, count in counts.items() if count > 1 and 0 < len(caption) <= LONGEST_CLASS}
    # A single caption of all images does not distinguish them.
    shared = shared if len(counts) > 1 else set()
    return [
        (each.caption if each.caption in shared else "") if name == "." else name
        for each, name in zip(images, named, strict=True)
    ]


def text_file(path: Path) -> Path:
    """Return the path of the text file that contains an image's caption, such as fox.txt for fox.png."""
    return path.with_suffix(".txt")


def find_caption_file(path: Path) -> Path | None:
    """Return the caption file beside an image, which may be named fox.txt, fox.caption, fox.png.txt or fox.png.caption
    for fox.png, or None if there is none.
    """
    stems = path.with_suffix(""), path
    names = (stem.with_name(stem.name + suffix) for stem in stems for suffix in CAPTION_SUFFIXES)
    return next((name for name in names if name.is_file()), None)


def save_caption(path: Path, caption: str) -> CaptionedImage:
    """Write the caption of a training image into the text file beside it, and return the image with its new caption.

    Raises StorageError.
    """
    text = " ".join(caption.split())[:MOST_TEXT]
    atomic_files.write(text_file(path), text.encode())
    return CaptionedImage(path, text, "text")


def caption_of_name(stem: str) -> str:
    """Convert a file name to a caption, without a trailing number and a mark of the scale: "red_fox-03@2x" becomes
    "red fox".
    """
    stem = _SCALE.sub("", stem) or stem
    words = _TRAILING_NUMBER.sub("", stem) or stem
    return re.sub(r"[\s_\-.]+", " ", words).strip()


def _read_caption(path: Path, read_prompt: PromptReader, description: str, problems: FolderProblems) -> CaptionedImage:
    beside = find_caption_file(path)
    if beside is not None:
        data = _read_data(beside)
        text = " ".join(_decode(data[:MOST_BYTES], beside).split())
        if len(data) > MOST_BYTES or len(text) > MOST_TEXT:
            problems.cut.append(beside)
        return CaptionedImage(path, text[:MOST_TEXT], "text")
    if written := _shorten(read_prompt(path)) or description:
        return CaptionedImage(path, written, "metadata")
    return CaptionedImage(path, caption_of_name(path.stem)[:MOST_TEXT], "name")


def _read_data(path: Path) -> bytes:
    """Read the data of a caption file, at most MOST_BYTES + 1 bytes. The extra byte lets the caller detect a file that
    is too long.

    Raises StorageError.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise StorageError(f"The caption {path} cannot be read; allow reading it, or delete it.") from error


def _decode(data: bytes, path: Path) -> str:
    """Decode a caption file in UTF-8 or, with a byte order mark, in UTF-16. Its last character may be incomplete.

    Raises StorageError for other encodings.
    """
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if is_utf16 else "utf-8-sig")()
    try:
        return decoder.decode(data)
    except UnicodeDecodeError as error:
        raise StorageError(f"The caption {path} is not text in UTF-8; save it again as UTF-8.") from error


def _read_description(image: Image.Image) -> str:
    found = [image.info.get(key) for key in _DESCRIPTION_KEYS]
    found.append(image.getexif().get(ExifTags.Base.ImageDescription))
    return next((text for each in found if isinstance(each, str) and (text := _shorten(each))), "")


def _shorten(text: str) -> str:
    """Return a text on one line, cut to the maximum length of a caption."""
    return " ".join(text[: 4 * MOST_TEXT].split())[:MOST_TEXT]
