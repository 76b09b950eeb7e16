"""Trash folder of a library, from which files can be restored until they are moved to the system trash."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.id_conflicts import content_of
from gdm_studio.gallery.saved_image import load
from gdm_studio.gallery.storage import file_operations

# A month in seconds.
MONTH = 30 * 86_400.0
# Callback that moves a file to the system trash. It raises StorageError.
MoveToTrash = Callable[[Path], object]
# Suffix of deletions that distinguish copies from edited files. Earlier versions did not distinguish them.
_LISTED = "-listed"


@dataclass(frozen=True)
class Deletion:
    """Deletion of images from the gallery that the user can undo. `folder` contains the deleted files, which have the
    same relative paths there as in the library.
    """

    folder: Path
    # Number of images. For deletions of an earlier session, the number of files.
    count: int
    # Seconds since 1970.
    deleted: float = 0.0
    # Number of these images that are only hidden, because their files are in imported folders.
    hidden: int = 0

    @property
    def name(self) -> str:
        """The name of the folder with the deleted files. Each deletion has a different name."""
        return self.folder.name

    @property
    def is_listed(self) -> bool:
        """True if every file of the deletion was selected by the user or was an exact copy of a selected file.

        Earlier program versions also deleted edited versions of images.
        """
        return self.name.endswith(_LISTED)

    def files(self) -> list[Path]:
        """Return the paths of the deleted images in the trash, without the files of their saved steps."""
        return [path for path in _list_files(self.folder) if not _is_hidden(path.relative_to(self.folder))]


class TrashFolder:
    """Folder to which the gallery moves deleted files. Files are moved by renaming, so that a crash leaves each file
    intact.
    """

    def __init__(self, folder: Path, library: Path) -> None:
        self.folder = folder
        self._library = library

    def delete(self, paths: Iterable[str], count: int) -> Deletion:
        """Move the files at the given library paths into the trash folder; on failure, none of them is moved.

        Raises StorageError. `count` is the number of images in these files; images whose files another process has
        deleted meanwhile do not count.
        """
        moved = 0
        now = time.time()
        deletion = Deletion(self.folder / f"{now:.6f}-{uuid.uuid4().hex[:8]}{_LISTED}", count, now)
        try:
            for path in paths:
                if (self._library / path).exists() or not self._library.is_dir():
                    file_operations.move(self._library / path, deletion.folder / path, durable=False)
                    moved += not _is_hidden(Path(path))
        except StorageError:
            for _ in self.restore(deletion):
                pass
            raise
        file_operations.sync_folder(deletion.folder)
        return replace(deletion, count=min(count, moved))

    def restore(self, deletion: Deletion, only: Collection[Path] = ()) -> Iterator[Path]:
        """Move the files of a deletion back to the library, yielding the new path of each image.

        If a name is taken, a number is appended. With `only`, the other files of the deletion stay in the trash folder.
        Files that another process restores meanwhile are left out.
        """
        for waiting in [path for path in _list_files(deletion.folder) if not only or path in only]:
            path = waiting.relative_to(deletion.folder)
            wanted = self._library / path
            try:
                if not _is_hidden(path):
                    restored = file_operations.move_beside(waiting, wanted)
                elif wanted.exists():
                    continue
                else:
                    file_operations.move(waiting, wanted, durable=False)
                    continue
            except StorageError:
                if waiting.exists() or waiting.is_symlink():
                    raise
                continue
            yield restored
        file_operations.sync_folder(self._library)
        if not deletion.files():
            shutil.rmtree(deletion.folder, ignore_errors=True)

    def deletions(self) -> list[Deletion]:
        """Return all deletions whose files are in the trash folder, newest first."""
        found = []
        with contextlib.suppress(OSError):
            for folder in self.folder.iterdir():
                if folder.name.partition("-")[0].replace(".", "", 1).isdecimal() and folder.is_dir():
                    deletion = self.deletion(folder.name)
                    found.append(replace(deletion, count=len(deletion.files())))
        return sorted(found, key=lambda deletion: deletion.deleted, reverse=True)

    def deletion(self, name: str) -> Deletion:
        """Return the `Deletion` with this name, which is the name of its folder in the trash. Its `count` is 0, because
        the files are not counted.
        """
        return Deletion(self.folder / name, 0, float(name.partition("-")[0]))

    def empty(self, move_to_trash: MoveToTrash, *, older_than: float, names: Container[str] = ()) -> int:
        """Move deleted files to the system's trash with `move_to_trash`, and return their number.

        These are files deleted at least `older_than` seconds ago, and the files of the deletions called `names`. Their
        saved steps are deleted, and edited files that were deleted as copies are restored. Raises StorageError.
        """
        moved = 0
        for deletion in self.deletions():
            if deletion.name not in names and time.time() - deletion.deleted < older_than:
                continue
            if not deletion.is_listed and (edited := _find_edited_files(deletion.files())):
                for _ in self.restore(deletion, edited):
                    pass
            for path in deletion.files():
                # The system trash refuses broken links.
                if path.exists():
                    move_to_trash(path)
                    moved += 1
            shutil.rmtree(deletion.folder, ignore_errors=True)
        return moved


def _find_edited_files(paths: Iterable[Path]) -> list[Path]:
    """Return the deleted files that share an image id with another deleted file but have different pixels, because
    another program edited them.
    """
    by_id: dict[str, list[tuple[float, Path]]] = {}
    for path in paths:
        with contextlib.suppress(StorageError, OSError):
            picture = load(path)
            by_id.setdefault(picture.id, []).append((abs(path.stat().st_mtime - picture.created), path))
    found = []
    for group in by_id.values():
        if len(group) > 1:
            (_, first), *others = sorted(group)
            original = content_of(first, pixels=True)
            found += [path for _, path in others if not content_of(path, pixels=True).is_same(original)]
    return found


def _list_files(folder: Path) -> list[Path]:
    """Return the files and links in a folder of the trash. Broken links are included, since relative links do not work
    in the trash.
    """
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def _is_hidden(path: Path) -> bool:
    """Return True if a library path is inside a hidden folder, such as the folder of saved steps."""
    return path.parts[0].startswith(".")
