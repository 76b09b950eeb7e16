"""Log of the finished images of a prompt file or a folder edit, so that a repeated command generates none twice."""

from __future__ import annotations

import io
import os
import sqlite3
import uuid
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import IO

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.text_safety import to_ascii_json

SUFFIX = ".finished.jsonl"
VERSION = 1
# The maximum length of a line in bytes. `FinishedLog` writes less than a thousandth of it.
MAX_LINE = 2**20
# Upper bound (exclusive) of the seeds, the same as for seeds drawn by the command line.
MAX_SEED = 2**32


def build_picture_id(job: str, digest: str) -> str:
    """Return the gallery id for the image of a job with this request digest. Equal arguments give equal ids."""
    return uuid.uuid5(uuid.UUID(job), digest).hex


class RequestClaims:
    """Requests of a job that are finished or being generated, so that none is generated twice.

    The id of the job determines the ids and seeds of its images. A temporary database on disk holds the digests of the
    requests, so that memory use does not grow with their number.
    """

    def __init__(self) -> None:
        self.job = uuid.uuid4().hex
        # An empty name creates a database that SQLite moves to a temporary file when it grows.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE digests (digest BLOB PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE lines (line BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID;"
        )

    def claim(self, digest: str) -> bool:
        """Claim the image with this request digest, so that the caller can generate it. Returns True if the image has
        neither been logged nor claimed before.

        A second call for the same digest returns False.
        """
        added = self._database.execute("INSERT OR IGNORE INTO digests VALUES (?)", [bytes.fromhex(digest)])
        return added.rowcount == 1

    def picture_id(self, digest: str) -> str:
        """Return the gallery id for the image with this request digest. The same digest always gives the same id, so
        that an image that was saved but not logged can be found.
        """
        return build_picture_id(self.job, digest)

    def seed_of(self, line: str) -> int:
        """Return a seed for a prompt line that specifies none. Lines with equal text get different seeds.

        The seed depends only on the job, the line's text and the number of equal lines before it, so that it does not
        change when other lines are added or removed.
        """
        key = uuid.uuid5(uuid.UUID(self.job), line).bytes
        query = "INSERT INTO lines VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        (times,) = self._database.execute(query, [key]).fetchone()
        return uuid.uuid5(uuid.UUID(bytes=key), str(times)).int % MAX_SEED


class FinishedLog(RequestClaims, AbstractContextManager["FinishedLog"]):
    """Log of the finished images of a prompt file or a folder edit: an append-only file beside them with one
    JSON object per image.

    The first line contains the id of the job, which determines the images' ids and seeds. Each further line contains
    the digest of an image's request. Unreadable lines are ignored, and a truncated last line is removed. The log is
    locked until `close`. Raises StorageError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._lock = FileLock.take(path.with_name(f".{path.name}.lock"))
        if self._lock is None:
            raise BadRequest(f"Another GDM Studio is generating into {path}; wait for it, or choose another --out.")
        super().__init__()
        try:
            # True if an earlier run wrote this log.
            self.is_resumed = self._read()
            try:
                self._file: IO[bytes] = open(path, "ab")  # noqa: SIM115 - open until `close`
            except OSError as error:
                raise atomic_files.storage_error(path, error) from error
            if not self.is_resumed:
                self._append({"version": VERSION, "job": self.job})
        except BaseException:
            self._lock.release()
            raise

    def add(self, digest: str, *, line: int, path: Path) -> None:
        """Append a finished image to the log. `line` is its line number in the prompt file, and `path` is the saved
        file.
        """
        self._append({"digest": digest, "line": line, "file": os.path.relpath(path, self.path.parent)})
        self.count += 1

    def close(self) -> None:
        """Flush the log of finished images to the disk and release its lock."""
        try:
            with suppress(OSError), self._file:
                os.fsync(self._file.fileno())
        finally:
            self._database.close()
            assert self._lock is not None
            self._lock.release()

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _read(self) -> bool:
        """Read the finished images from an existing log file. Return False if the file is missing or has no valid first
        line.
        """
        if not self.path.exists():
            return False
        end = 0
        with atomic_files.open_file(self.path) as raw, io.BufferedReader(raw) as file:
            self._database.execute("BEGIN")
            while (line := file.readline(MAX_LINE)).endswith(b"\n"):
                if end:
                    with suppress(*MALFORMED):
                        self.count += self.claim(parse_json(line)["digest"])
                else:
                    self._read_header(line)
                end += len(line)
            self._database.execute("COMMIT")
        if len(line) == MAX_LINE:
            raise self._build_damage_error()
        if line:
            os.truncate(self.path, end)
        return end > 0

    def _read_header(self, line: bytes) -> None:
        try:
            values = parse_json(line)
            is_newer = values["version"] > VERSION
            self.job = uuid.UUID(hex=values["job"]).hex
        except MALFORMED as error:
            raise self._build_damage_error() from error
        if is_newer:
            raise StorageError(f"{self.path} was written by a newer GDM Studio; update this one.")

    def _build_damage_error(self) -> StorageError:
        return StorageError(f"{self.path} is damaged; move it away, or choose another --out.")

    def _append(self, values: dict[str, object]) -> None:
        try:
            self._file.write(f"{to_ascii_json(values)}\n".encode())
            self._file.flush()
        except OSError as error:
            raise atomic_files.storage_error(self.path, error) from error
