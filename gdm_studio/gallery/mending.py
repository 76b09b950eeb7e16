"""Where a database of the gallery cannot be read: the index is made anew, what people added is salvaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gdm_studio import mended, paths
from gdm_studio.gallery import copies, database, salvage, soundness
from gdm_studio.gallery.guard import Guard

ANEW = "The gallery's index was damaged and is made anew from the files; nothing that you made or added was in it."
_LIMIT = 2  # times that each is mended for one question: it is not the files, then


class Mender:
    """For one question to the gallery, which is asked again as long as `mend` says so."""

    def __init__(self, index: Path, favourites: Path, guard: Guard) -> None:
        self._index, self._favourites, self._guard = index, favourites, guard
        self._tries = 0
        self.index_made_anew = False

    def mend(self, error: sqlite3.Error, opened: tuple[tuple[int, int], ...]) -> bool:
        """Whether something has been mended, by this process or another, since the files `opened` gave the error.

        The caller has closed its connection. Raises StorageError and sqlite3.Error.
        """
        if self._tries == _LIMIT or not self._is_suspect(error):
            return False
        self._tries += 1
        with self._guard.alone():
            return self._mend_favourites() or self._is_changed(opened) or self._make_anew(error)

    def _is_suspect(self, error: sqlite3.Error) -> bool:
        if database.may_be_damage(error) or database.cannot_open(error):
            return True
        return any(map(database.forbids_writing, (self._index, self._favourites)))

    def _is_changed(self, opened: tuple[tuple[int, int], ...]) -> bool:
        return bool(opened) and database.identity(self._index, self._favourites) != opened

    def _mend_favourites(self) -> bool:
        if not is_lost(self._favourites) and not soundness.kept_flaw_at(self._favourites):
            return False
        salvaged = salvage.mend(self._favourites)
        shown = paths.shown(salvaged.aside) if salvaged.aside else ""
        mended.note(self._favourites.parent, salvaged.sentence(shown))
        return True

    def _make_anew(self, error: sqlite3.Error) -> bool:
        if not database.is_damaged(error) and not soundness.index_flaw(self._index):
            return False
        make_anew(self._index, self._favourites.parent)
        self.index_made_anew = True
        return True


def make_anew(index: Path, data: Path) -> None:
    """Deletes a damaged index, so that it is filled again from the files, and notes it. Raises StorageError."""
    database.remove(index)
    mended.note(data, ANEW)


def is_lost(favourites: Path) -> bool:
    """Whether what people added is gone altogether, while there is a copy of it."""
    try:
        is_gone = favourites.stat().st_size == 0
    except FileNotFoundError:
        is_gone = not favourites.is_symlink()  # one to a drive that is away is not lost
    except OSError:
        return False
    return is_gone and copies.newest_good(favourites) is not None
