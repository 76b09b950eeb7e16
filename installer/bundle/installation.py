"""Installed bundle: a folder with versions side by side, of which the link `current` names the one in use.

    gdm-studio/AppRun -> current/AppRun
    gdm-studio/current -> versions/0.2.0-1f0c9a2b
    gdm-studio/versions/0.1.0-93d5c01e/…
    gdm-studio/versions/0.2.0-1f0c9a2b/…
    gdm-studio/torch/2.13.0-cp311/…

A running program stays in its own version, whatever the link names later.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gdm_studio.common.program_bundle import JOURNAL, MANIFEST, SIGNATURE, read_manifest
from installer.console import report
from installer.menu import ID
from installer.problems import Problem

CURRENT = "current"
VERSIONS = "versions"
# Folder with builds of torch for graphics cards; see torch_folder.py.
TORCH = "torch"
LAUNCHER = "AppRun"
# Beginning of the names of folders in `versions` that are not complete yet.
PARTIAL = ".new-"
# Starts after which the version before an update is deleted.
STARTS = 2
_LOCK = ".update.lock"
_NEW_LINK = ".current-new"


@dataclass(frozen=True)
class Journal:
    """Record of the last update, until its version has started `STARTS` times."""

    # Name of the version that the update installs.
    version: str
    # Name of the version before it, which is saved for a rollback.
    previous: str = ""
    # Number of times that the version has run without an error.
    starts: int = 0

    @property
    def keeps_previous(self) -> bool:
        """True until the version has started often enough for the one before it to be deleted."""
        return self.starts < STARTS


@dataclass(frozen=True)
class Installation:
    """Folder that contains the versions of an installed bundle."""

    place: Path

    @classmethod
    def containing(cls, bundle: Path) -> Installation:
        """Return the installation that a bundle belongs to. Raises Problem if it has none, as in a Debian package."""
        place = bundle.parent.parent
        if bundle.parent.name != VERSIONS or not (place / CURRENT).is_symlink():
            raise Problem(f"{bundle} was installed by a package manager; update and remove it by that.")
        return cls(place)

    @property
    def versions(self) -> Path:
        return self.place / VERSIONS

    @property
    def current(self) -> str:
        """Name of the version in use. Raises Problem if the link is damaged."""
        try:
            return Path(os.readlink(self.place / CURRENT)).name
        except OSError as error:
            raise Problem(f"{self.place / CURRENT} is not a link to a version; unpack the program again.") from error

    def switch(self, version: str) -> None:
        """Use another version from now on, by one rename. Raises OSError."""
        link = self.place / _NEW_LINK
        link.unlink(missing_ok=True)
        link.symlink_to(Path(VERSIONS, version))
        os.replace(link, self.place / CURRENT)

    def journal(self) -> Journal | None:
        """Return the record of an unfinished update, or None."""
        try:
            return Journal(**json.loads((self.place / JOURNAL).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def record(self, journal: Journal) -> None:
        """Write the journal atomically. Raises OSError."""
        partial = self.place / f".{JOURNAL}"
        partial.write_text(json.dumps(asdict(journal)), encoding="utf-8")
        partial.replace(self.place / JOURNAL)

    def count_start(self, version: str) -> None:
        """Count a start of a version. Enough starts finish its update and delete the version before it."""
        journal = self.journal()
        if journal is None or not journal.previous or not journal.version == version == self.current:
            return
        journal = Journal(journal.version, journal.previous, journal.starts + 1)
        self.record(journal)
        if journal.keeps_previous:
            return
        self.clean()
        # Last, so that the next start completes a deletion that was interrupted.
        (self.place / JOURNAL).unlink()

    def roll_back(self) -> str:
        """Switch back to the version before the last update, delete the newer one, and return the older one's name.

        Raises Problem."""
        journal = self.journal()
        is_kept = journal is not None and journal.previous and journal.keeps_previous
        if journal is None or not is_kept or not (self.versions / journal.previous / MANIFEST).is_file():
            raise Problem("There is no earlier version to go back to; it is deleted after two starts of the newer one.")
        self.switch(journal.previous)
        self.clean()
        # Last, so that a rollback that was interrupted can be repeated.
        (self.place / JOURNAL).unlink()
        return journal.previous

    def clean(self) -> None:
        """Delete unfinished folders, unused versions, and builds of torch that no version uses.

        A version is in use if it is current, saved for a rollback, or running.
        """
        journal = self.journal()
        kept = {self.current, journal.previous if journal and journal.keeps_previous else ""}
        for folder in list(self.versions.iterdir()):
            if folder.name.startswith(PARTIAL):
                shutil.rmtree(folder)
            elif folder.name not in kept:
                _remove_unused(folder)
        builds = list((self.place / TORCH).glob("*"))
        used = {manifest_of(folder).get(TORCH) for folder in self._list_bundles()} if builds else set()
        for folder in builds:
            if folder.name.startswith(PARTIAL):
                shutil.rmtree(folder)
            elif folder.name not in used and _is_bundle(folder):
                remove_listed(folder)

    def remove(self) -> list[Path]:
        """Delete all versions and return what remains because no manifest lists it. Raises Problem if one runs."""
        self.require_stopped()
        for folder in [*self.versions.iterdir(), *(self.place / TORCH).glob("*")]:
            if folder.name.startswith(PARTIAL):
                shutil.rmtree(folder)
            elif _is_bundle(folder):
                remove_listed(folder)
        for link in (CURRENT, LAUNCHER, ID, _NEW_LINK):
            if (self.place / link).is_symlink():
                (self.place / link).unlink()
        for file in (JOURNAL, f".{JOURNAL}", _LOCK):
            (self.place / file).unlink(missing_ok=True)
        for folder in (self.versions, self.place / TORCH, self.place):
            with contextlib.suppress(OSError):
                folder.rmdir()
        return sorted(path for path in self.place.rglob("*") if path.is_symlink() or not path.is_dir())

    def require_stopped(self) -> None:
        """Raise Problem if any version runs."""
        if any(map(is_running, self._list_bundles())):
            raise Problem("GDM Studio is running; close it and run the same command again.")

    def _list_bundles(self) -> list[Path]:
        return list(filter(_is_bundle, self.versions.iterdir()))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Context manager that locks this installation against changes by other processes, and waits for them to end.

        Child processes inherit the lock: the trial of a new version may outlive an update that is killed. Raises
        Problem if the installation cannot be written to.
        """
        import fcntl

        try:
            file = (self.place / _LOCK).open("wb")
        except OSError as error:
            raise Problem(f"{self.place} cannot be written to; run the command as the user who owns it.") from error
        with file:
            os.set_inheritable(file.fileno(), True)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report("Another update is at work here; waiting for it to end.")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def version_name(version: str, manifest: bytes) -> str:
    """Return the name of a bundle's folder, which differs between two builds of a version."""
    return f"{version}-{hashlib.sha256(manifest).hexdigest()[:8]}"


def _is_bundle(folder: Path) -> bool:
    return not folder.is_symlink() and (folder / MANIFEST).is_file()


def is_running(bundle: Path) -> bool:
    """Return True if a process of this bundle runs."""
    import fcntl

    with (bundle / MANIFEST).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def manifest_of(bundle: Path) -> dict[str, Any]:
    """Return the manifest of an installed bundle. Raises OSError, or Problem if it is malformed."""
    try:
        return read_manifest(bundle)
    except ValueError as error:
        raise Problem(f"{bundle / MANIFEST} is damaged; delete {bundle} yourself.") from error


def _remove_unused(folder: Path) -> None:
    """Delete a version unless it runs, and a folder that an interrupted deletion left empty."""
    if not _is_bundle(folder):
        _remove_if_empty(folder)
    elif not is_running(folder):
        remove_listed(folder)


def remove_listed(bundle: Path) -> None:
    """Delete the files that a bundle's manifest lists, and folders that are then empty.

    Files of other origin remain, also those behind links to folders. The manifest is deleted last, so that an
    interrupted call can be repeated. Raises OSError, or Problem if the manifest is malformed.
    """
    names = manifest_of(bundle)["files"]
    folders: dict[Path, bool] = {bundle: True}
    for name in names:
        path = bundle / name
        if _is_real_folder(path.parent, folders):
            # A folder in the place of a file is not the bundle's.
            with contextlib.suppress(IsADirectoryError):
                path.unlink(missing_ok=True)
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        if folder != bundle and folders[folder]:
            _remove_if_empty(folder)
    (bundle / SIGNATURE).unlink(missing_ok=True)
    (bundle / MANIFEST).unlink()
    _remove_if_empty(bundle)


def _is_real_folder(folder: Path, known: dict[Path, bool]) -> bool:
    """Return True if no part of a path inside a bundle is a link. `known` has the answers for other folders."""
    if folder not in known:
        known[folder] = _is_real_folder(folder.parent, known) and folder.is_dir() and not folder.is_symlink()
    return known[folder]


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
