"""Target of shards: a folder, or a place that fsspec can write to, such as an S3 bucket.

A file appears completely or not at all, and an existing file is never replaced. This makes shards exactly once: of
several processes that write the same file, the first one wins.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.optional_packages import missing_package

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]+://")
# Packages of fsspec's protocols that are installed as an extra.
_EXTRAS = {"s3": "s3", "s3a": "s3"}


class Target(ABC):
    """Place for files with "/" in their names. `text` is its path or URL, from which another process can open it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @abstractmethod
    def create(self, name: str, write: Callable[[IO[bytes]], object]) -> bool:
        """Create a file with the content that `write` produces, atomically. Returns False if the file already exists,
        which is then unchanged. Raises StorageError.
        """

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading. Raises StorageError."""

    @abstractmethod
    def sizes(self, folder: str = "") -> dict[str, int]:
        """Return {name without folder: size in bytes} of the files in a folder, or {} if there is none.

        Raises StorageError.
        """

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Return True if there is a file of this name. Raises StorageError."""

    @abstractmethod
    def address(self, name: str) -> str:
        """Return the path or URL of a file."""

    def read(self, name: str, max_bytes: int) -> bytes:
        """Return the content of a file. Raises StorageError if it cannot be read, or is larger than `max_bytes`."""
        with self.open(name) as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise StorageError(f"{self.address(name)} is damaged; it is too large.")
        return data


class FolderTarget(Target):
    """Folder on this computer, or on a disk that several computers share."""

    def __init__(self, folder: Path) -> None:
        # The working directory of a worker is another one.
        self.folder = folder.absolute()
        super().__init__(str(self.folder))

    def create(self, name: str, write: Callable[[IO[bytes]], object]) -> bool:
        path = self.folder / name
        atomic_files.make_folder(path.parent)
        return atomic_files.create(path, write)

    def open(self, name: str) -> IO[bytes]:
        return io.BufferedReader(atomic_files.open_file(self.folder / name))

    def sizes(self, folder: str = "") -> dict[str, int]:
        path = self.folder / folder
        try:
            with os.scandir(path) as entries:
                return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise atomic_files.storage_error(path, error) from error

    def exists(self, name: str) -> bool:
        return os.path.lexists(self.folder / name)

    def address(self, name: str) -> str:
        return str(self.folder / name)

    def remove_abandoned(self) -> None:
        """Delete temporary files that killed workers left more than an hour ago."""
        with suppress(OSError):
            for part in self.folder.glob(f".*{atomic_files.PART}"):
                atomic_files.remove_abandoned(part)


class UrlTarget(Target):
    """Place that fsspec can write to, such as `s3://bucket/folder`. Credentials come from the environment."""

    def __init__(self, url: str) -> None:
        super().__init__(url.rstrip("/"))
        try:
            import fsspec
        except ImportError as error:
            raise StudioError(missing_package("s3")) from error
        protocol = url.partition("://")[0]
        try:
            self._fs, self._root = fsspec.core.url_to_fs(self.text)
        except ImportError as error:
            if protocol in _EXTRAS:
                raise StudioError(missing_package(_EXTRAS[protocol])) from error
            raise BadRequest(f"{self.text} needs another package: {' '.join(str(error).split())}.") from error
        except Exception as error:
            raise self._build_error("", error) from error

    def create(self, name: str, write: Callable[[IO[bytes]], object]) -> bool:
        # Several of fsspec's protocols, such as sftp, ignore `mode`, and would replace the file.
        if self.exists(name):
            return False
        with tempfile.TemporaryDirectory(prefix="gdm-studio-") as folder:
            path = Path(folder) / "file"
            try:
                with path.open("xb") as file:
                    write(file)
            except OSError as error:
                raise atomic_files.storage_error(path, error) from error
            with self._with_sentences(name):
                try:
                    self._fs.put_file(str(path), self._path(name), mode="create")
                except FileExistsError:
                    return False
                except OSError as error:
                    # Some versions report the refused condition as a general error.
                    if not self._fs.exists(self._path(name)):
                        raise
                    if not _is_refused_condition(error):
                        raise
                    return False
        return True

    def open(self, name: str) -> IO[bytes]:
        with self._with_sentences(name):
            file: IO[bytes] = self._fs.open(self._path(name), "rb")
            return file

    def sizes(self, folder: str = "") -> dict[str, int]:
        path = self._path(folder)
        with self._with_sentences(folder):
            self._fs.invalidate_cache()
            found = self._fs.find(path, maxdepth=1, detail=True)
        return {name.rpartition("/")[2]: facts["size"] or 0 for name, facts in found.items() if name != path}

    def exists(self, name: str) -> bool:
        with self._with_sentences(name):
            self._fs.invalidate_cache()
            return bool(self._fs.exists(self._path(name)))

    def address(self, name: str) -> str:
        return f"{self.text}/{name}"

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}".rstrip("/")

    @contextmanager
    def _with_sentences(self, name: str) -> Generator[None, None, None]:
        """Context manager that converts every error of a file system to a StorageError."""
        try:
            yield
        except FileExistsError:
            raise
        except StudioError:
            raise
        except Exception as error:
            raise self._build_error(name, error) from error

    def _build_error(self, name: str, error: Exception) -> StorageError:
        reason = " ".join(str(error).split()) or type(error).__name__
        return StorageError(
            f"{self.address(name).rstrip('/')} cannot be used; check the address and its credentials ({reason})."
        )


def _is_refused_condition(error: OSError) -> bool:
    """Return True if an object store refused to create an object because it exists."""
    return any(word in str(error) for word in ("PreconditionFailed", "pre-conditions", "ConditionalRequestConflict"))


def open_target(text: str) -> Target:
    """Return the target with this path or URL. Raises StudioError if it cannot be used, or lacks a package."""
    # fsspec would write through this prefix without a guard against other writers.
    text = text.removeprefix("file://")
    return UrlTarget(text) if _URL.match(text) else FolderTarget(Path(text))
