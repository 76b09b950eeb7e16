"""Journal of ComfyUI's prompts on disk, from which a server that was killed continues them and knows its history."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.common.json_reader import MALFORMED, read_json
from gdm_studio.server.client_requests import Client

SUFFIX = ".json"
# Number of times that the server may die while it runs the nodes of a prompt.
MAX_STARTS = 5
_LOCK = ".lock"
# Suffix of the file with a byte for each time that the nodes of a prompt were run, and that did not end.
_STARTED = ".started"
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class PromptEntry:
    """Prompt in the journal. `body` is the graph with its options, as the client has sent it, until the prompt has
    ended. `history` is its entry in ComfyUI's history then.
    """

    id: str
    # Part of the ids of its requests, which no other prompt with this id has.
    run: str
    number: int
    client: Client
    client_id: str
    body: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        client = self.client
        facts = {
            "version": _VERSION,
            "id": self.id,
            "run": self.run,
            "number": self.number,
            "client": [client.turn, client.address, client.name],
            "client_id": self.client_id,
            "body": self.body,
            "history": self.history,
        }
        return json.dumps(facts).encode()

    @classmethod
    def from_json(cls, facts: Any) -> PromptEntry:
        """Parse an entry. May raise any of MALFORMED."""
        if facts["version"] != _VERSION:
            raise ValueError("another version")
        turn, address, name = map(str, facts["client"])
        texts = {each: str(facts[each]) for each in ("id", "run", "client_id")}
        body, history = facts["body"], facts["history"]
        if not isinstance(body, dict) or not isinstance(history, dict):
            raise TypeError("not an object")
        if not history and not all(
            isinstance(body[each], dict) and body["prompt"] for each in ("prompt", "extra_data")
        ):
            raise ValueError("no graph")
        client = Client(turn, address, name)
        return cls(number=int(facts["number"]), client=client, body=body, history=history, **texts)


class PromptJournal:
    """Folder with a file for each prompt. Thread-safe. Its methods may raise StorageError.

    A prompt that has not ended is locked by the server that runs it, so that no other one runs it, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._locks: dict[str, FileLock] = {}

    def put(self, entry: PromptEntry) -> None:
        """Write a prompt. It is on disk when this returns, and locked unless it has ended."""
        atomic_files.make_folder(self._folder)
        with self._lock:
            if not entry.history and entry.id not in self._locks and not self._take(entry.id):
                raise StorageError(f"The prompt {entry.id} is run by another server.")
            # What is lost of the history in a power failure is found again by running the nodes again.
            atomic_files.write(self._path(entry.id, SUFFIX), entry.to_json(), durable=not entry.history)
            if entry.history:
                self._release(entry.id)

    def remove(self, prompt_id: str) -> None:
        """Delete a prompt, unless another server runs one with this id."""
        with self._lock:
            if prompt_id not in self._locks and not self._take(prompt_id):
                return
            path = self._path(prompt_id, SUFFIX)
            try:
                with _storage_errors(path):
                    path.unlink(missing_ok=True)
            finally:
                self._release(prompt_id)

    def release_all(self) -> None:
        """Unlock the prompts that have not ended, for the next server."""
        with self._lock:
            for prompt_id in list(self._locks):
                self._release(prompt_id)

    def restore(self) -> list[PromptEntry]:
        """Return the prompts of earlier servers, the oldest first, and lock those that have not ended. A damaged file
        is removed.
        """
        found = []
        with self._lock:
            for path in self._list_files():
                try:
                    entry = PromptEntry.from_json(read_json(path))
                    if self._path(entry.id, SUFFIX) != path:
                        raise ValueError("another name")
                except MALFORMED:
                    with contextlib.suppress(OSError):
                        path.unlink()
                    continue
                if entry.history or self._take(entry.id):
                    found.append(entry)
        return sorted(found, key=lambda entry: entry.number)

    @contextlib.contextmanager
    def counting_starts(self, prompt_id: str) -> Iterator[int]:
        """Context manager around work on the nodes of a prompt. Yields how often the server has died during it."""
        path = self._path(prompt_id, _STARTED)
        # Errors of the nodes are none of this file.
        with _storage_errors(path), path.open("ab") as file:
            count = file.tell()
            file.write(b".")
        yield count
        with _storage_errors(path):
            os.truncate(path, count)

    def _path(self, prompt_id: str, suffix: str) -> Path:
        return self._folder / (prompt_id + suffix)

    def _list_files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.suffix == SUFFIX] if self._folder.is_dir() else []
        except OSError as error:
            raise atomic_files.storage_error(self._folder, error) from error

    def _take(self, prompt_id: str) -> bool:
        lock = FileLock.take(self._path(prompt_id, _LOCK))
        if lock is not None:
            self._locks[prompt_id] = lock
        return lock is not None

    def _release(self, prompt_id: str) -> None:
        if (lock := self._locks.pop(prompt_id, None)) is not None:
            lock.release()
        with contextlib.suppress(OSError):
            self._path(prompt_id, _STARTED).unlink(missing_ok=True)


@contextlib.contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise atomic_files.storage_error(path, error) from error
