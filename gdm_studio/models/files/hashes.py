"""Hashes of weight files in the forms that other tools use, computed once and cached.

AUTOMATIC1111's web UI identifies a model by the first ten digits of the file's SHA-256 (AutoV2), formerly by eight
digits of a partial hash (AutoV1). Civitai's AutoV3 is twelve digits of the hash of the content after the header.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.models.files.checkpoints import SUFFIX, Stamp, is_settled, stamp_of
from gdm_studio.models.files.json_cache import JsonCache

# Number of bytes that are read at a time. Hashing can be cancelled between two chunks.
CHUNK = 4 * 2**20
# Offset and length of the part that AutoV1 hashes.
OLD_AT, OLD_BYTES = 0x100000, 0x10000
# Minimum number of digits that identify a file.
SHORTEST = 8
# Niceness of the thread, far below the priority of all other work.
_NICE = 15
_HASH = re.compile(r"(?:0x|sha256:)?([0-9a-f]{8,64})")


class Hashes(NamedTuple):
    """Hashes of one weight file, as hex digits, in the forms by which web sites and other tools identify models."""

    sha256: str
    # SHA-256 of the content after the header of a safetensors file; for other formats, of the whole file.
    content: str
    # Eight digits, or "" if the file is too short.
    old: str

    @property
    def forms(self) -> dict[str, str]:
        """Hash of this file by the name of the form that other tools use, such as "AutoV2"."""
        found = {"SHA-256": self.sha256, "AutoV2": self.sha256[:10], "AutoV3": self.content[:12], "AutoV1": self.old}
        return {name: digits for name, digits in found.items() if digits}

    def are(self, text: str) -> bool:
        """Return True if `text` is a hash of this file in any of the known forms, for example a hash from an image's
        metadata. A string with fewer than eight digits never matches.
        """
        digits = _HASH.fullmatch(text.strip().lower())
        return digits is not None and any(each.startswith(digits[1]) for each in self if each)


def is_hash(text: str) -> bool:
    """Return True if a string has the form of a hash and can therefore be passed to `Hashes.are`."""
    return _HASH.fullmatch(text.strip().lower()) is not None


class Stopped(Exception):
    """Exception raised when hashing of a file is cancelled."""


def hash_file(file: Path, stopped: Callable[[], bool] = lambda: False) -> Hashes:
    """Compute the hashes of a weight file, or return them from the cache if the file has not changed.

    Raises OSError or StorageError if the file cannot be read, and Stopped once `stopped` returns True.
    """
    return _CACHE.get(file, stopped)


def known_hashes(file: Path) -> Hashes | None:
    """Return the cached hashes of a file, or None if it has changed or was never hashed. The file is never opened."""
    return _CACHE.find(file, stamp_of(file))


class BackgroundHasher:
    """Low-priority worker thread that hashes the weight files in a queue, one after the other."""

    def __init__(self, on_found: Callable[[Path], object] = lambda file: None) -> None:
        self._on_found = on_found
        self._waiting_files: deque[Path] = deque()
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, files: Iterable[Path]) -> None:
        """Append weight files to the hashing queue, skipping files that are already in it."""
        with self._lock:
            self._waiting_files.extend(dict.fromkeys(file for file in files if file not in self._waiting_files))
            if self._waiting_files and self._thread is None and not self._stop_event.is_set():
                self._thread = threading.Thread(target=self._hash_waiting_files, name="hashing", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop the worker thread, even in the middle of a file, and wait until it has ended. It cannot be restarted."""
        self._stop_event.set()
        with self._lock:
            self._waiting_files.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def left(self) -> int:
        """Return the number of files that are still waiting to be hashed."""
        return len(self._waiting_files)

    def _hash_waiting_files(self) -> None:
        _lower_priority()
        while (file := self._take_next()) is not None:
            with suppress(OSError, StorageError, Stopped):
                if known_hashes(file) is None:
                    hash_file(file, self._stop_event.is_set)
                    self._on_found(file)

    def _take_next(self) -> Path | None:
        with self._lock:
            if self._waiting_files and not self._stop_event.is_set():
                return self._waiting_files.popleft()
            self._thread = None
            return None


class _HashCache:
    """Cache of file hashes. If several threads request the hash of the same file, one of them computes it and the
    others wait.
    """

    def __init__(self) -> None:
        self._computed_hashes: dict[tuple[Path, Stamp | None], Hashes] = {}
        self._cache = JsonCache("hashes")
        self._save_lock = threading.Lock()
        self._file_locks: dict[Path, threading.Lock] = {}
        # The stamp of the cache file, and its content.
        self._last_content: tuple[Stamp | None, dict[str, object]] = (None, {})

    def get(self, file: Path, stopped: Callable[[], bool]) -> Hashes:
        stamp = stamp_of(file)
        with self._file_locks.setdefault(file, threading.Lock()):
            found = self.find(file, stamp)
            if found is None:
                found = self._computed_hashes[file, stamp] = self._compute(file, stamp, stopped)
            return found

    def find(self, file: Path, stamp: Stamp | None) -> Hashes | None:
        if (file, stamp) in self._computed_hashes:
            return self._computed_hashes[file, stamp]
        match self._load_saved().get(str(file)):
            case [int(time), int(size), str(whole), str(content), str(old)] if (time, size) == stamp:
                self._computed_hashes[file, stamp] = found = Hashes(whole, content, old)
                return found
        return None

    def _load_saved(self) -> dict[str, object]:
        now = stamp_of(self._cache.path)
        if now is None or now != self._last_content[0] or not is_settled([now]):
            self._last_content = now, self._cache.load()
        return self._last_content[1]

    def _compute(self, file: Path, stamp: Stamp | None, stopped: Callable[[], bool]) -> Hashes:
        found = _compute_hashes(file, stopped)
        if stamp is not None and stamp_of(file) == stamp and is_settled([stamp]):
            with self._save_lock:
                others = self._cache.load()
                others.pop(str(file), None)
                self._cache.save(others | {str(file): (*stamp, *found)})
        return found


def _compute_hashes(file: Path, stopped: Callable[[], bool]) -> Hashes:
    whole = hashlib.sha256()
    content = hashlib.sha256()
    at = 0
    with atomic_files.open_file(file) as opened:
        size = os.fstat(opened.fileno()).st_size
        head = opened.read(8)
        begins = 8 + int.from_bytes(head, "little") if file.name.lower().endswith(SUFFIX) and len(head) == 8 else 0
        begins = begins if begins <= size else 0  # not a safetensors file
        opened.seek(0)
        while data := opened.read(CHUNK):
            if stopped():
                raise Stopped
            whole.update(data)
            if at + len(data) > begins:
                content.update(memoryview(data)[max(0, begins - at) :])
            at += len(data)
        opened.seek(OLD_AT)
        piece = opened.read(OLD_BYTES)
    return Hashes(whole.hexdigest(), content.hexdigest(), hashlib.sha256(piece).hexdigest()[:8] if piece else "")


def _lower_priority() -> None:
    """Lower the scheduling priority of the current thread. This works only on Linux, where each thread has its own
    priority.
    """
    if sys.platform == "linux":  # elsewhere the priority of the whole process would change
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


_CACHE = _HashCache()
