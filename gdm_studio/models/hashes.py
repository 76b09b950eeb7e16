"""Hashes of files of weights, in all the forms that other tools write, found out once and kept.

A1111 writes the first ten digits of the whole file's SHA-256 into pictures, once wrote eight of a piece of it, and
twelve of what stands behind the header of a LoRA, which Civitai calls AutoV3.
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

from gdm_studio import atomic
from gdm_studio.errors import StorageError
from gdm_studio.models.checkpoints import SUFFIX, Stamp, is_settled, stamp_of
from gdm_studio.models.kept import Kept

CHUNK = 4 * 2**20  # bytes read at a time; between two of them it can be stopped
OLD_AT, OLD_BYTES = 0x100000, 0x10000  # of the piece that the old eight digits are of
SHORTEST = 8  # digits by which a file may be known
_NICE = 15  # as far behind all else as a thread of a background may be, where the system has that
_SAID = re.compile(r"(?:0x|sha256:)?([0-9a-f]{8,64})")


class Hashes(NamedTuple):
    """Hex digits."""

    sha256: str
    content: str  # SHA-256 of a safetensors file behind its header, of others that of all
    old: str  # eight of a piece; "" of a file that is shorter

    @property
    def forms(self) -> dict[str, str]:
        """By the names that people know them by."""
        found = {"SHA-256": self.sha256, "AutoV2": self.sha256[:10], "AutoV3": self.content[:12], "AutoV1": self.old}
        return {name: digits for name, digits in found.items() if digits}

    def are(self, said: str) -> bool:
        """Whether that is what a tool writes for this file, in any form, cut anywhere behind the eighth digit."""
        digits = _SAID.fullmatch(said.strip().lower())
        return digits is not None and any(each.startswith(digits[1]) for each in self if each)


def is_hash(said: str) -> bool:
    """Whether that is a hash which `Hashes.are` can compare."""
    return _SAID.fullmatch(said.strip().lower()) is not None


class Stopped(Exception):
    """The work was given up."""


def hashes(file: Path, stopped: Callable[[], bool] = lambda: False) -> Hashes:
    """Those of the file, read unless that was done before and it has not changed since.

    Raises OSError or StorageError where it cannot be read, Stopped where `stopped` says so meanwhile.
    """
    return _KNOWN.of(file, stopped)


def known(file: Path) -> Hashes | None:
    """Those found out before, of a file that is as it was then; it is not opened."""
    return _KNOWN.before(file, stamp_of(file))


class Hasher:
    """Finds out the hashes of files one after another, in a thread of its own, behind all other work."""

    def __init__(self, on_found: Callable[[Path], object] = lambda file: None) -> None:
        self._on_found = on_found
        self._waiting: deque[Path] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, files: Iterable[Path]) -> None:
        """Has these looked at too; those that are known or wait already are passed over."""
        with self._lock:
            self._waiting.extend(dict.fromkeys(file for file in files if file not in self._waiting))
            if self._waiting and self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._work, name="hashing", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Gives up, in the middle of a file too, and waits for that; nothing is begun any more."""
        self._stopped.set()
        with self._lock:
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def left(self) -> int:
        """How many files still wait."""
        return len(self._waiting)

    def _work(self) -> None:
        _give_way()
        while (file := self._next()) is not None:
            with suppress(OSError, StorageError, Stopped):
                if known(file) is None:
                    hashes(file, self._stopped.is_set)
                    self._on_found(file)

    def _next(self) -> Path | None:
        with self._lock:
            if self._waiting and not self._stopped.is_set():
                return self._waiting.popleft()
            self._thread = None
            return None


class _Known:
    """What was found out, each by one thread while others that ask for the same file wait."""

    def __init__(self) -> None:
        self._found: dict[tuple[Path, Stamp | None], Hashes] = {}
        self._kept = Kept("hashes")
        self._keeping = threading.Lock()
        self._reading: dict[Path, threading.Lock] = {}
        self._before: tuple[Stamp | None, dict[str, object]] = (None, {})  # what is in the file of that stamp

    def of(self, file: Path, stopped: Callable[[], bool]) -> Hashes:
        stamp = stamp_of(file)
        with self._reading.setdefault(file, threading.Lock()):
            found = self.before(file, stamp)
            if found is None:
                found = self._found[file, stamp] = self._read(file, stamp, stopped)
            return found

    def before(self, file: Path, stamp: Stamp | None) -> Hashes | None:
        if (file, stamp) in self._found:
            return self._found[file, stamp]
        match self._facts().get(str(file)):
            case [int(time), int(size), str(whole), str(content), str(old)] if (time, size) == stamp:
                self._found[file, stamp] = found = Hashes(whole, content, old)
                return found
        return None

    def _facts(self) -> dict[str, object]:
        now = stamp_of(self._kept.path)
        if now is None or now != self._before[0] or not is_settled([now]):
            self._before = now, self._kept.load()
        return self._before[1]

    def _read(self, file: Path, stamp: Stamp | None, stopped: Callable[[], bool]) -> Hashes:
        found = _read(file, stopped)
        if stamp is not None and stamp_of(file) == stamp and is_settled([stamp]):
            with self._keeping:
                others = self._kept.load()
                others.pop(str(file), None)
                self._kept.save(others | {str(file): (*stamp, *found)})
        return found


def _read(file: Path, stopped: Callable[[], bool]) -> Hashes:
    whole, content, at = hashlib.sha256(), hashlib.sha256(), 0
    with atomic.open_file(file) as opened:
        size = os.fstat(opened.fileno()).st_size
        head = opened.read(8)
        begins = 8 + int.from_bytes(head, "little") if file.name.lower().endswith(SUFFIX) and len(head) == 8 else 0
        begins = begins if begins <= size else 0  # no safetensors file
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


def _give_way() -> None:
    """Puts this thread behind all others, where the system knows of that."""
    if sys.platform == "linux":  # where a thread has a priority of its own; elsewhere it would be the program's
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


_KNOWN = _Known()
