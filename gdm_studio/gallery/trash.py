"""The trash, from which deleted images can be restored."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import id_conflicts
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.database_connection import Connection
from gdm_studio.gallery.library_location import Location
from gdm_studio.gallery.saved_image import Picture, load
from gdm_studio.gallery.scanner import IndexUpdater
from gdm_studio.gallery.storage.trash_folder import MONTH, Deletion, MoveToTrash


class Trash:
    """The trash of the gallery, from which deleted images can be restored.

    Files of the library are moved to a trash folder. Files in imported folders are not touched; the gallery only hides
    their images. Methods raise StorageError.
    """

    def __init__(
        self, connection: Connection, location: Location, updater: IndexUpdater, lock_library: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._location = location
        self._updater = updater
        self._lock_library = lock_library
        # Names of the deletions made through this object. Another process may have made the others and can still undo
        # them.
        self._own_names: set[str] = set()
        # Ids of hidden images that have a file in the trash folder too, by the name of the deletion. Finding them takes
        # 0.4 ms per file.
        self._moved_ids: dict[str, set[str]] = {}

    def all(self) -> list[Deletion]:
        """Return the deletions that the user can still undo, newest first. They survive a restart."""
        trash_folder = self._location.trash_folder
        waiting = {deletion.name: deletion for deletion in trash_folder.deletions()}
        for name, hidden in self._connection.run_on_user_data(_group_hidden).items():
            there = waiting.get(name) or trash_folder.deletion(name)
            count = len(hidden - self._find_moved(there, there.files(), hidden))
            waiting[name] = replace(there, count=there.count + count, hidden=count)
        return sorted(waiting.values(), key=lambda deletion: deletion.deleted, reverse=True)

    def delete(self, ids: Iterable[str]) -> Deletion:
        """Delete gallery images with all their copies and saved steps. Pass the result to `restore` to undo the
        deletion.

        A file that another program edited is a separate image, not a copy. Raises StorageError, for example if the
        library's disk is not connected.
        """
        self._lock_library()
        wanted = list(ids)
        own = self._updater.library_files(wanted)
        if own:
            self._updater.check_library()
        steps = self._location.steps
        beside = [steps.inside(picture_id) for picture_id in wanted if steps.path(picture_id).is_file()]
        stored = self._connection.run(
            lambda index: {each: [path for source, path in index.files_of([each]) if not source] for each in wanted},
            fill=True,
        )
        deletion = self._location.trash_folder.delete([*own, *beside], len(wanted))
        self._own_names.add(deletion.name)
        self._connection.run(lambda index: index.forget(own), fill=True)
        imported = self._connection.run(
            lambda index: [picture_id for picture_id in wanted if index.files_of([picture_id])], fill=True
        )
        self._connection.run_on_user_data(_hide, imported, deletion.name)
        self._connection.run(lambda index: index.hide(imported), fill=True)
        moved = {each for each in imported if any((deletion.folder / path).exists() for path in stored[each])}
        self._moved_ids[deletion.name] = moved
        hidden = len(set(imported) - moved)
        return replace(deletion, count=min(len(wanted), deletion.count + hidden), hidden=hidden)

    def files(self, deletion: Deletion, limit: int | None = None) -> list[Path]:
        """Return the files of a deletion's images, or the first `limit`, each of which `restore_one` can restore.

        These are the files in the trash folder and, for each image that is only hidden, its file in an imported folder.
        """
        moved = deletion.files()
        if limit is not None and len(moved) >= limit:
            return moved[:limit]
        hidden = self._hidden_files(deletion)
        has_moved = self._find_moved(deletion, moved, set(hidden))
        return [*moved, *(path for picture_id, path in hidden.items() if picture_id not in has_moved)][:limit]

    def count_files(self, ids: Iterable[str]) -> int:
        """Return the number of files that deleting the given images would remove, so that the user can confirm it.

        An image that exists only in imported folders counts as one file.
        """
        wanted = list(ids)
        own = self._updater.library_files(wanted)
        imported = self._connection.run(
            lambda index: sum(all(source for source, _ in index.files_of([picture_id])) for picture_id in wanted),
            fill=True,
        )
        return len(own) + imported

    def restore(self, deletion: Deletion) -> int:
        """Restore the images of a deletion to their folders and return the number of images.

        If another file has taken a name in the meantime, a number is appended.
        """
        self._lock_library()
        self._updater.check_library()
        shown = self._connection.run_on_user_data(_unhide, deletion.name)
        restored = self._location.trash_folder.restore(deletion)
        paths = [path.relative_to(self._location.folder).as_posix() for path in restored]
        self._updater.read_again([("", path) for path in paths], fill=True)
        self._updater.read_again(self._connection.run(lambda index: index.files_of(shown), fill=True), fill=True)
        self._updater.compare_copies()
        ids = self._connection.run(lambda index: [index.picture_at(path) or path for path in paths], fill=True)
        return len({*shown, *ids})

    def restore_one(self, deletion: Deletion, path: Path) -> Picture:
        """Restore a single image of a deletion together with its saved denoising steps, and return the image.

        `path` is one of `files(deletion)`.
        """
        self._lock_library()
        self._updater.check_library()
        hidden = self._hidden_files(deletion)
        if path in hidden.values():
            picture_id = next(picture_id for picture_id, file in hidden.items() if file == path)
            self._connection.run_on_user_data(_unhide, deletion.name, picture_id)
            self._read_again(picture_id)
            return self._connection.run(lambda index: index.get(picture_id)) or load(path)
        picture = load(path)
        picture_id = self._find_id(picture, path)
        steps = deletion.folder / self._location.steps.inside(picture_id)
        (restored,) = list(self._location.trash_folder.restore(deletion, [path, steps]))
        # An image with another file in an imported folder is hidden too.
        self._connection.run_on_user_data(_unhide, deletion.name, picture_id)
        added = self._updater.add(restored, picture, fill=True)
        if picture_id in hidden:
            self._read_again(picture_id)
        return added

    def empty(self, move_to_trash: MoveToTrash, *, older_than: float = MONTH, own: bool = False) -> int:
        """Move all files that were deleted at least `older_than` seconds ago to the system's trash, by calling
        `move_to_trash` with each. With `own`, everything that was deleted through this object goes there too.

        Return the number of files.
        """
        names = self._own_names if own else ()
        return self._location.trash_folder.empty(move_to_trash, older_than=older_than, names=names)

    def _hidden_files(self, deletion: Deletion) -> dict[str, Path]:
        """Return a file of each image that a deletion has hidden, as {image id: path}."""
        ids = self._connection.run_on_user_data(_hidden_ids, deletion.name)
        found = self._connection.run(lambda index: [(each, index.files_of([each])) for each in ids], fill=True)
        return {each: self._location.folder / files[0][1] for each, files in found if files}

    def _find_moved(self, deletion: Deletion, moved: list[Path], hidden: set[str]) -> set[str]:
        """Return those of the ids `hidden` of a deletion's hidden images that have one of the files `moved` too, which
        are those of the deletion in the trash folder.
        """
        # The library's trash may have been emptied.
        if not moved or not hidden:
            return set()
        if deletion.name not in self._moved_ids:
            found: set[str] = set()
            for path in moved:
                with contextlib.suppress(StorageError):
                    found |= hidden & {self._find_id(load(path), path)}
                if found == hidden:
                    break
            self._moved_ids[deletion.name] = found
        return hidden & self._moved_ids[deletion.name]

    def _read_again(self, picture_id: str) -> None:
        """Reread the files of a single image into the index."""
        files = self._connection.run(lambda index: index.files_of([picture_id]), fill=True)
        self._updater.read_again(files, fill=True)

    def _find_id(self, picture: Picture, path: Path) -> str:
        """Return the id under which the gallery lists the image in a deleted file. It differs from the id stored in the
        file if another program edited the file.
        """
        original = self._connection.run(lambda index: index.original(picture.id))
        if original is None:
            return picture.id
        content = id_conflicts.content_of(path, pixels=True)
        return picture.id if content.is_same(original) else id_conflicts.edited_id(picture.id, content)


def _hide(db: sqlite3.Connection, pictures: Iterable[str], deletion: str) -> None:
    """Hide images of imported folders in the gallery until the deletion with the name `deletion` is undone."""
    with transaction(db):
        rows = [(picture, deletion) for picture in pictures]
        db.executemany("INSERT OR REPLACE INTO kept.hidden VALUES (?, ?)", rows)


def _unhide(db: sqlite3.Connection, deletion: str, picture: str | None = None) -> list[str]:
    """Show again all images of imported folders that were hidden by the deletion with this name, or only `picture`, and
    return their ids.
    """
    sql = "DELETE FROM kept.hidden WHERE deletion = ? AND picture = ifnull(?, picture) RETURNING picture"
    with transaction(db):
        found = db.execute(sql, (deletion, picture)).fetchall()
    return [picture for (picture,) in found]


def _hidden_ids(db: sqlite3.Connection, deletion: str) -> list[str]:
    """Return the ids of the images of imported folders that the deletion with this name has hidden."""
    found = db.execute("SELECT picture FROM kept.hidden WHERE deletion = ?", (deletion,)).fetchall()
    return [picture for (picture,) in found]


def _group_hidden(db: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the ids of the images of imported folders that are hidden, by the name of the deletion that hid them."""
    groups: dict[str, set[str]] = {}
    for deletion, picture in db.execute("SELECT deletion, picture FROM kept.hidden"):
        groups.setdefault(deletion, set()).add(picture)
    return groups
