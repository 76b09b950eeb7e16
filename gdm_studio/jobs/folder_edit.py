"""Editing of all pictures of a folder: image to image, inpainting with masks beside the pictures, details, or
upscaling.

The edited pictures are written into another folder under the same names. A log in that folder lists the finished
pictures, so that an interrupted edit can continue and no picture is edited twice.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common import atomic_files
from gdm_studio.common.atomic_files import NewFile, numbered_names
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import MOST_BYTES, is_picture_name, read_rgba_array
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.jobs.finished_log import SUFFIX, FinishedLog
from gdm_studio.request.prompt_expansion import as_written, drawn

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.jobs.detail_redrawing import Detail
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Result
    from gdm_studio.request.generation_request import Request

# Name of the log in the folder of the edited pictures.
LOG = f"edit{SUFFIX}"
# The end of a mask's name, as in "cat.mask.png" beside "cat.jpg".
_MASK = re.compile(r"(.+)[._-]mask", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class FolderPicture:
    """Picture of a folder that is edited: its file, its name in the folder with "/", and its mask, if any."""

    path: Path
    name: str
    mask: Path | None = None


@dataclass(frozen=True)
class Upscaling:
    """Enlargement of pictures by a network, with the factor and the name of the upscaler ("" for the built-in
    upscaler).
    """

    upscaler: str = ""
    factor: float = 2.0

    def size_of(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the size (width, height) to which a picture of the given size is enlarged."""
        return round(size[0] * self.factor), round(size[1] * self.factor)


@dataclass(frozen=True)
class PreparedPicture:
    """Picture that is not finished yet. `request` generates its edit; None if it is upscaled."""

    picture: FolderPicture
    digest: str
    request: Request | None = None


def default_output(folder: Path) -> Path:
    """Return the folder for the edited pictures of a folder: beside it, with "edited" after its name."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name} edited")


def list_pictures(folder: Path, *, out: Path, masks: Path | None = None) -> list[FolderPicture]:
    """Return the pictures in a folder and its subfolders in natural order ("2.png" before "10.png"), with their masks.

    A mask is beside its picture and has its name with ".mask", "-mask" or "_mask", or it has the same name in the
    folder `masks`. Hidden files and folders are left out, as are `out` and `masks`. Raises StorageError, and BadRequest
    if the edited pictures would come among the others.
    """
    if not folder.is_dir():
        raise StorageError(translatable("{folder} is not a folder; choose another.", folder=folder))
    apart = {os.path.realpath(each) for each in (out, masks) if each is not None}
    files = sorted(_iter_files(folder, apart), key=lambda path: _natural_key(path.relative_to(folder)))
    stems = {path.with_suffix("") for path in files}
    beside: dict[Path, Path] = {}
    for path in files:
        match = _MASK.fullmatch(path.stem)
        if match is not None and path.with_name(match[1]) in stems:
            beside.setdefault(path.with_name(match[1]), path)
    are_masks = set(beside.values())
    if masks is not None:
        if not masks.is_dir():
            raise StorageError(translatable("{folder} is not a folder; choose another.", folder=masks))
        found = {path.relative_to(masks).with_suffix(""): path for path in _iter_files(masks, set())}
        beside = {folder / name: path for name, path in found.items()}
    pictures = [
        FolderPicture(path, path.relative_to(folder).as_posix(), beside.get(path.with_suffix("")))
        for path in files
        if path not in are_masks
    ]
    _check_apart(pictures, folder, out)
    return pictures


class FolderEdit(AbstractContextManager["FolderEdit"]):
    """Edit of all pictures of a folder, by a `request` or an `upscaling`, with a log of the finished pictures.

    `request` has the settings of all pictures. Without a `seed_given`, each picture has its own seed. With a
    `size_given`, all are generated at the size of the request. With a `mask_word`, `select` returns the mask of what
    the word describes in a picture file, uint8 (H, W). With `details`, the request has the settings of the details, and
    nothing else of the pictures changes. Raises StorageError, and BadRequest if another process writes into the same
    folder.
    """

    def __init__(
        self,
        pictures: Iterable[FolderPicture],
        out: Path,
        edit: Request | Upscaling,
        card: ModelCard | None = None,
        *,
        seed_given: bool = False,
        size_given: bool = False,
        mask_word: str = "",
        select: Callable[[Path], np.ndarray] | None = None,
        details: Sequence[Detail] = (),
    ) -> None:
        self.pictures = list(pictures)
        self.out = out
        self.edit = edit
        self.details = tuple(details)
        self._card = card
        self._seed_given = seed_given
        self._size_given = size_given
        self._mask_word = mask_word
        self._select = select
        self._needs_mask = any(picture.mask for picture in self.pictures)
        self._targets = dict(zip((each.name for each in self.pictures), _list_targets(self.pictures), strict=True))
        atomic_files.make_folder(out)
        atomic_files.check_writable(out)
        self._log = FinishedLog(out / LOG)

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Write the log of finished pictures to disk, and unlock it."""
        self._log.close()

    def prepare(self, picture: FolderPicture) -> PreparedPicture | None:
        """Read a picture and its mask, and return it with the request that edits it, or None if it is finished.

        Raises StudioError if the picture cannot be edited.
        """
        if isinstance(self.edit, Upscaling):
            content = hashlib.sha256(atomic_files.read(picture.path, max_bytes=MOST_BYTES)).hexdigest()
            prepared = PreparedPicture(picture, _digest(picture.name, repr(self.edit), content))
        else:
            request = self._build_request(picture, self.edit)
            word = ("word", self._mask_word) if self._mask_word else ()
            details = ("details", repr(self.details)) if self.details else ()
            prepared = PreparedPicture(picture, _digest(picture.name, request.digest(), *word, *details), request)
        if not self._log.claim(prepared.digest) or self._is_already_saved(prepared):
            return None
        return self._with_word_mask(prepared)

    def _with_word_mask(self, prepared: PreparedPicture) -> PreparedPicture:
        """Return a picture with the mask of its word, which is only measured if the picture is not finished."""
        if not self._mask_word or prepared.request is None:
            return prepared
        from gdm_studio.engine import image_inputs

        assert self._select is not None and self._card is not None
        request = replace(prepared.request, mask=image_inputs.store_mask(self._select(prepared.picture.path)))
        if not self._size_given:
            request = replace(request, size=image_inputs.size_for(self._card, request))
        return replace(prepared, request=self._card.checked(request))

    def write(self, prepared: PreparedPicture, edited: Result | np.ndarray) -> Path:
        """Write an edited picture, a result or uint8 (H, W, 4), under the name of its original, and log it as finished.

        Existing files are not replaced: the new one gets a number. Returns its path. Raises StorageError.
        """
        from gdm_studio.gallery.edited_file import FORMATS, OriginalMetadata
        from gdm_studio.request.generation_events import Result

        path = prepared.picture.path
        target = self.out / self._targets[prepared.picture.name]
        original = OriginalMetadata.read(path, atomic_files.read(path, max_bytes=MOST_BYTES))
        result = edited if isinstance(edited, Result) else None
        rgba = edited.rgba if isinstance(edited, Result) else edited
        form = FORMATS[target.suffix.lower()]
        data = original.encode(rgba, form, result, picture_id=self._log.picture_id(prepared.digest))
        # An upscaled picture that an earlier process wrote, but did not log, is the same.
        written = next((each for each in _iter_existing(target) if atomic_files.read(each) == data), None)
        if written is None:
            written = NewFile(target.parent, numbered_names(target.stem, target.suffix)).write(data)
        self._log.add(prepared.digest, line=self.pictures.index(prepared.picture) + 1, path=written)
        return written

    def is_opaque(self, picture: FolderPicture) -> bool:
        """Return True if the file of an edited picture has no transparency, which becomes white there."""
        from gdm_studio.gallery.edited_file import FORMATS

        return FORMATS[Path(self._targets[picture.name]).suffix.lower()] == "jpeg"

    def read_pixels(self, prepared: PreparedPicture) -> np.ndarray:
        """Return the pixels of an original, uint8 (H, W, 4), upright and in sRGB. Raises StorageError."""
        return read_rgba_array(prepared.picture.path)

    def _build_request(self, picture: FolderPicture, request: Request) -> Request:
        from gdm_studio.engine import image_inputs
        from gdm_studio.jobs.detail_redrawing import store_picture

        if self._needs_mask and picture.mask is None:
            template = QT_TRANSLATE_NOOP("Errors", "{path} has no mask, as other pictures of the folder have; add one.")
            raise BadRequest(translatable(template, path=picture.path))
        assert self._card is not None
        image = store_picture(picture.path) if self.details else image_inputs.store(picture.path)
        mask = image_inputs.store_mask(picture.mask, image=image) if picture.mask else ""
        seed = request.seed if self._seed_given else self._log.seed_of(picture.name)
        request = replace(as_written(request), image=image, mask=mask, seed=seed, count=1, batch=0)
        if not self._size_given:
            request = replace(request, size=image_inputs.size_for(self._card, request))
        return self._card.checked(drawn(request))

    def _is_already_saved(self, prepared: PreparedPicture) -> bool:
        """Return True if an earlier process wrote the edited picture but ended before it was logged."""
        from gdm_studio.gallery.metadata import read

        if prepared.request is None or not self._log.is_resumed:
            return False
        wanted = self._log.picture_id(prepared.digest)
        for path in _iter_existing(self.out / self._targets[prepared.picture.name]):
            if read(path).id == wanted:
                self._log.add(prepared.digest, line=self.pictures.index(prepared.picture) + 1, path=path)
                return True
        return False


def _check_apart(pictures: Iterable[FolderPicture], folder: Path, out: Path) -> None:
    """Raise BadRequest if an edited picture would come into a folder whose pictures are edited: started again, the edit
    would edit it too. A folder `out` inside `folder` is left out of the edit.
    """
    inside, apart = Path(os.path.realpath(folder)), Path(os.path.realpath(out))
    if apart != inside and apart.is_relative_to(inside):
        return
    if any((apart / picture.name).is_relative_to(inside) for picture in pictures):
        template = QT_TRANSLATE_NOOP(
            "Errors", "In {folder}, the edited pictures would be among those to edit; choose another folder for them."
        )
        raise BadRequest(translatable(template, folder=out))


def _iter_files(folder: Path, apart: set[str]) -> Iterator[Path]:
    """Yield the files with the names of pictures in a folder and its subfolders, except in the folders `apart`."""

    def refuse(error: OSError) -> None:
        raise atomic_files.storage_error(Path(error.filename or folder), error) from error

    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [
            name for name in folders if not name.startswith(".") and os.path.realpath(Path(root, name)) not in apart
        ]
        yield from (Path(root, name) for name in names if is_picture_name(name) and not name.startswith("."))


def _iter_existing(target: Path) -> Iterator[Path]:
    """Yield the existing files among the names that `NewFile` tries for a path."""
    names = (target.with_name(name) for name in numbered_names(target.stem, target.suffix))
    return itertools.takewhile(Path.exists, names)


def _list_targets(pictures: Iterable[FolderPicture]) -> list[str]:
    """Return the name of each edited picture in its folder: that of the original, or PNG if copies have not its
    format. If two would have the same name, the original's suffix remains before ".png".
    """
    from gdm_studio.gallery.edited_file import FORMATS

    names = [picture.name for picture in pictures]
    taken = {name.casefold() for name in names if Path(name).suffix.lower() in FORMATS}
    targets = []
    for name in names:
        target = name
        if Path(name).suffix.lower() not in FORMATS:
            target = Path(name).with_suffix(".png").as_posix()
            target = f"{name}.png" if target.casefold() in taken else target
            taken.add(target.casefold())
        targets.append(target)
    return targets


def _natural_key(name: Path) -> list[tuple[int, int, str]]:
    """Return a sort key by which numbers in a name are compared by value."""
    parts = _DIGITS.split(name.as_posix().casefold())
    return [(0, int(part[:18]), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
