"""Journal of accepted requests on disk, from which a server that was killed continues them under the same ids."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.request.generation_request import Request
from gdm_studio.server.client_requests import Client
from gdm_studio.server.fair_queue import Priority

VERSION = 1
# Maximum number of ended requests in the journal.
MAX_ENDED = 4096
# Ended requests beyond MAX_ENDED after which they are removed.
SLACK = 256
# Seconds to wait for another server that is writing to the journal.
TIMEOUT = 10.0
OPEN, DONE, STOPPED, FAILED = "open", "done", "stopped", "failed"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, accepted REAL NOT NULL, ended REAL NOT NULL, starts INTEGER NOT NULL,
    restores INTEGER NOT NULL, facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_end ON requests (ended);
PRAGMA user_version = {VERSION};
"""
_SELECT = "SELECT id, state, accepted, starts, restores, facts FROM requests"


class IdTakenError(StudioError):
    """Error for a request whose id another request in the journal has."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Accepted request in the journal. `item` is the id of its entry in the queue, from which the ids of its images in
    the gallery follow. `digest` identifies the body in which the client sent it.
    """

    id: str
    item: str
    request: Request
    client: Client
    priority: Priority = Priority.NORMAL
    digest: str = ""
    state: str = OPEN
    # One sentence for the client, if the request has failed.
    error: str = ""
    # Ids of the saved images by their numbers in the request.
    pictures: Mapping[int, str] = field(default_factory=dict)
    # Time in seconds since 1970.
    accepted: float = field(default_factory=time.time)
    # Number of starts without a saved image or an orderly end, and of times that a server has restored it.
    starts: int = 0
    restores: int = 0

    def to_json(self) -> str:
        client = self.client
        facts: dict[str, Any] = {"item": self.item, "digest": self.digest, "error": self.error}
        facts |= {"priority": self.priority.name, "client": [client.turn, client.address, client.name]}
        facts |= {"pictures": {str(number): picture for number, picture in self.pictures.items()}}
        return json.dumps({**facts, "request": json.loads(self.request.to_json())}, ensure_ascii=False)

    @classmethod
    def of_row(cls, row: tuple[str, str, float, int, int, str]) -> Entry:
        """Parse a row of the database. Raises BadRequest if it is damaged."""
        try:
            entry_id, state, accepted, starts, restores, text = row
            facts = parse_json(text)
            names = {name: str(facts[name]) for name in ("item", "digest", "error")}
            turn, address, name = map(str, facts["client"])
            return cls(
                id=entry_id,
                state=state,
                accepted=accepted,
                starts=starts,
                restores=restores,
                request=Request.from_json(json.dumps(facts["request"])),
                client=Client(turn, address, name),
                priority=Priority[facts["priority"]],
                pictures={int(number): str(picture) for number, picture in facts["pictures"].items()},
                **names,
            )
        except MALFORMED as error:
            raise BadRequest("This entry of the server's journal is damaged.") from error


class RequestJournal:
    """SQLite database of accepted requests. A change is on disk when its method returns. All methods must be called
    from one thread, and may raise StorageError. Several servers may share the file.

    A database that cannot be read is renamed, and a new one is started.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        atomic_files.make_folder(path.parent)
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StorageError(f"The server's journal {path} cannot be used: {error}.") from error
            path.replace(path.with_name(f"{path.stem}-damaged-{time.time_ns()}{path.suffix}"))
            self._db = self._open()
        self._ended_count = self._run("SELECT count(*) FROM requests WHERE state != ?", OPEN)[0][0]

    @classmethod
    def open(cls) -> RequestJournal:
        """Open the journal of the current user."""
        return cls(get_path())

    def close(self) -> None:
        self._db.close()

    def find(self, entry_id: str) -> Entry | None:
        """Return the entry of a request, or None. A damaged entry is removed."""
        return next(self._parse(self._run(f"{_SELECT} WHERE id = ?", entry_id)), None)

    def open_entries(self) -> list[Entry]:
        """Return the requests that have not ended, in the order in which they were accepted."""
        return list(self._parse(self._run(f"{_SELECT} WHERE state = ? ORDER BY accepted, id", OPEN)))

    def add(self, entry: Entry) -> None:
        """Add the entry of a new request, in the place of one that has failed or was stopped. Raises IdTakenError if
        there is another one with this id, which another server may have accepted a moment ago.
        """
        with _storage_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                found = self._db.execute("SELECT state FROM requests WHERE id = ?", (entry.id,)).fetchone()
                if found is not None and found[0] not in (STOPPED, FAILED):
                    raise IdTakenError(f"A request with the id {entry.id} was accepted already.")
                self.put(entry)
                self._db.execute("COMMIT")
            except BaseException:
                # On a full disk, SQLite may have ended the transaction itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the entry with the same id."""
        was_ended = self._run("SELECT 1 FROM requests WHERE id = ? AND state != ?", entry.id, OPEN)
        ended = 0.0 if entry.state == OPEN else time.time()
        self._run(
            "INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(entry.id, entry.state, entry.accepted, ended, entry.starts, entry.restores, entry.to_json()),
        )
        self._ended_count += (entry.state != OPEN) - len(was_ended)
        if self._ended_count > MAX_ENDED + SLACK:
            self._run(
                "DELETE FROM requests WHERE state != ?1 AND id NOT IN "
                "(SELECT id FROM requests WHERE state != ?1 ORDER BY ended DESC LIMIT ?2)",
                *(OPEN, MAX_ENDED),
            )
            self._ended_count = MAX_ENDED

    def note_start(self, entry_id: str) -> None:
        """Count a start of a request."""
        self._run("UPDATE requests SET starts = starts + 1 WHERE id = ?", entry_id)

    def note_progress(self, entry_id: str) -> None:
        """Reset the number of starts, because an image was saved or the server ended in order."""
        self._run("UPDATE requests SET starts = 0 WHERE id = ?", entry_id)

    def end(self, entry_id: str, state: str, pictures: Mapping[int, str], error: str = "") -> None:
        """Record the end of a request, unless another server has recorded it. `state` is DONE, STOPPED or FAILED."""
        if (entry := self.find(entry_id)) is not None and entry.state == OPEN:
            self.put(replace(entry, state=state, pictures=pictures, error=error))

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=TIMEOUT, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            # An accepted request must also survive a power failure.
            db.execute("PRAGMA synchronous = FULL")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise StorageError(
                    f"The server's journal {self.path} was written by a newer version of GDM Studio; update GDM Studio."
                )
            db.executescript(_SCHEMA)
        except BaseException:
            db.close()
            raise
        return db

    def _run(self, statement: str, *values: str | float) -> list[Any]:
        with _storage_errors(self.path):
            return self._db.execute(statement, values).fetchall()

    def _parse(self, rows: list[Any]) -> Iterator[Entry]:
        for row in rows:
            try:
                yield Entry.of_row(row)
            except BadRequest:
                self._run("DELETE FROM requests WHERE id = ?", row[0])


def get_path() -> Path:
    """Return the path of the current user's journal."""
    return paths.data_dir() / "server" / "requests.sqlite"


def read_item_ids() -> set[str]:
    """Return the ids of the queue items of accepted requests that have not ended, for a process that shares the queue
    with a server. Returns an empty set if there is no journal.
    """
    if not get_path().is_file():
        return set()
    journal = RequestJournal.open()
    try:
        return {entry.item for entry in journal.open_entries()}
    finally:
        journal.close()


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(f"The server's journal {path} cannot be written: {error}.") from error
