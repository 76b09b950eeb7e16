"""Connection to the gallery's two databases. They are opened on first use, and repaired if they are damaged."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from gdm_studio.common import repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import database
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.library_location import Location
from gdm_studio.gallery.search_query import Styles
from gdm_studio.gallery.similarity import SimilaritySearch
from gdm_studio.gallery.storage import backup, file_operations, integrity
from gdm_studio.gallery.storage.locks import DatabaseLock
from gdm_studio.gallery.storage.repair import REBUILT, Repairer, delete_index, is_missing

T = TypeVar("T")
P = ParamSpec("P")

# Bytes that a test write needs to detect a full disk. An empty file needs no space.
_PROBE_SIZE = 4096
_REFUSALS = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM)


class Connection:
    """A connection to the two databases of a library: the index and the user data (favourites, tags, notes, …).

    Use it from a single thread. A damaged index is rebuilt from the image files. Damaged user data is recovered as far
    as possible from the damaged file and from backups. Methods raise StorageError.
    """

    def __init__(self, location: Location, user_data_path: Path, fill: Callable[[], object]) -> None:
        self.user_data_path = user_data_path
        # Titles of art styles that a search may name.
        self.styles: Styles = ()
        self.similarity: SimilaritySearch | None = None
        # Number of times that a damaged index was deleted. When this changes, the index has to be filled again.
        self.rebuilds = 0
        self._location = location
        self._fill = fill
        self._index: Index | None = None
        self._lock = DatabaseLock(user_data_path.with_suffix(".lock"))
        self._has_unsaved_changes = False

    @property
    def read_only_reason(self) -> sqlite3.Error | None:
        """The SQLite error that forced the gallery index into memory, or None if the index is on disk or not open."""
        return self._index.refused if self._index else None

    def run(self, action: Callable[[Index], T], *, fill: bool = False) -> T:
        """Open the gallery index if necessary, call `action` with it and return its result.

        If a database is damaged, it is repaired and the action is retried. With `fill`, an empty index is first built
        from the image files. If the disk is not writable, the action runs on an in-memory copy of the index; an action
        that writes to this copy is retried on the disk.
        """
        repairer = Repairer(self._location.index_path, self.user_data_path, self._lock)
        refused: sqlite3.Error | None = None
        is_second_try = False
        while True:
            opened: tuple[tuple[int, int], ...] = ()
            try:
                if fill:
                    self._fill_if_empty()
                with self._lock.shared():
                    index = self._get_open_index(refused)
                    opened = index.identity
                    return action(index)
            except sqlite3.Error as error:
                reason = self.read_only_reason
                self._close_index()
                if self._try_repair(repairer, error, opened):
                    continue
                if reason is not None and not is_second_try:
                    is_second_try = True
                elif refused is None and database.is_refused(error):
                    refused = reason or error
                else:
                    raise self.problem(refused or reason or error) from error

    def run_on_user_data(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **options: P.kwargs
    ) -> T:
        """Call `function` with an SQLite connection to the user data (favourites, tags, …) and return its result.

        The function may read and write the tables of the SQLite schema `kept`.
        """

        def action(index: Index) -> T:
            before = index.connection.total_changes
            answer = function(index.connection, *args, **options)
            if index.connection.total_changes > before:
                self._has_unsaved_changes = True
                self._back_up_if_due(index)
            return answer

        return self.run(action)

    def problem(self, error: sqlite3.Error) -> StorageError:
        """Convert an SQLite error to the StorageError that is shown to the user. If a write was refused, this method
        tests the folder to find the reason.
        """
        if database.is_refused(error):
            for path in (self.user_data_path, self._location.index_path):
                if reason := _find_write_error(path):
                    return reason
        return database.database_error(self._find_faulty_file(error), error)

    def delete_damaged_index(self) -> None:
        """Run a full integrity check of the gallery index and delete it if the check finds damage, so that it is
        rebuilt from the image files.
        """
        # Migrates the index to the current version and repairs the user data.
        self.run(lambda index: None)
        self._close_index()
        with self._lock.exclusive():
            if integrity.find_index_flaw(self._location.index_path):
                delete_index(self._location.index_path, self.user_data_path.parent)

    def close(self) -> None:
        """Back up the user data if it has changed, and close both of the gallery's databases.

        The next call opens them again.
        """
        if self._index and self._has_unsaved_changes and self._index.is_current and not self._index.refused:
            backup.back_up(self._index.connection, self.user_data_path)
        self._has_unsaved_changes = False
        self._close_index()
        self._lock.close()

    def _fill_if_empty(self) -> None:
        with self._lock.shared():
            is_filled = self._get_open_index().filled
        if not is_filled:
            self._fill()

    def _get_open_index(self, refused: sqlite3.Error | None = None) -> Index:
        """Return the open gallery index. It is reopened if it was closed or its file was replaced.

        If `refused` is a write error, return an in-memory copy of the index.
        """
        if self._index is not None and not (self._index.is_current and (refused is None or self._index.refused)):
            self._close_index()
        if self._index is None:
            index_path = self._location.index_path
            for folder in (index_path.parent, self.user_data_path.parent):
                _create_if_writable(folder)
            if database.move_aside(*database.database_files(index_path)):
                repair_log.record_repair(self.user_data_path.parent, REBUILT)
                self.rebuilds += 1
            self._check_user_data()
            self._index = Index(index_path, user_data=self.user_data_path, root=self._location.folder, refused=refused)
            self._back_up_if_due(self._index)
        self._index.styles = self.styles
        self._index.similarity = self.similarity
        return self._index

    def _close_index(self) -> None:
        if self._index:
            self._index.close()
        self._index = None

    def _try_repair(self, repairer: Repairer, error: sqlite3.Error, opened: tuple[tuple[int, int], ...]) -> bool:
        try:
            is_repaired = repairer.repair(error, opened)
        except sqlite3.Error as another:
            raise database.database_error(self.user_data_path, another) from another
        self.rebuilds += repairer.rebuilt_index
        return is_repaired

    def _find_faulty_file(self, error: sqlite3.Error) -> Path:
        """Return the path of the database that caused an SQLite error: the gallery index or the user data."""
        path = self.user_data_path
        is_forbidden = path.exists() and not os.access(path, os.R_OK | os.W_OK)
        if is_forbidden or isinstance(error, database.DamagedUserData) or integrity.find_user_data_flaw_in(path):
            return path
        return self._location.index_path

    def _back_up_if_due(self, index: Index) -> None:
        """Back up the user data of the gallery if the last backup is at least a day old, since a window may stay open
        for weeks.
        """
        if index.refused is None and backup.is_due(self.user_data_path):
            backup.back_up(index.connection, self.user_data_path)

    def _check_user_data(self) -> None:
        """Check that the user data's database exists.

        Raises database.DamagedUserData if it is missing, and StorageError if its disk is not connected.
        """
        path, *journals = database.database_files(self.user_data_path)
        database.move_aside(*journals)
        if path.is_symlink() and not path.exists():
            raise file_operations.storage_error(path.readlink(), FileNotFoundError(errno.ENOENT, ""))
        if is_missing(path) or (path.exists() and not path.is_file()):
            raise database.DamagedUserData("The user data is gone.")


def _find_write_error(path: Path) -> StorageError | None:
    """Test whether the folder of a database is writable by creating a temporary file. Returns None on success, else the
    StorageError that the user sees.
    """
    folder = next(place for place in path.absolute().parents if place.is_dir())
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE_SIZE))
    except OSError as error:
        return file_operations.storage_error(folder / path.name, error)
    return None


def _create_if_writable(folder: Path) -> None:
    """Create the folder of the index. Write errors are ignored, because the index is then simply opened in memory."""
    try:
        file_operations.make_folder(folder)
    except StorageError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in _REFUSALS:
            raise
