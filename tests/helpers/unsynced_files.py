"""Writes that do not wait for the disk.

The program waits for the disk after each write that must survive a power cut, which takes milliseconds, and tests write
tens of thousands of times. No test cuts the power: what is written survives a killed process anyway, and a disk that
fails or loses writes is simulated.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import suppress
from typing import Any

_SYNCHRONOUS = re.compile(r"(PRAGMA\s+(?:\w+\.)?synchronous\s*=\s*)\w+", re.IGNORECASE)
_JOURNAL = re.compile(r"(PRAGMA\s+(?:\w+\.)?)journal_mode\s*=\s*WAL", re.IGNORECASE)


class _UnsyncedConnection(sqlite3.Connection):
    """SQLite connection whose databases are never flushed to the disk."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if journal := _JOURNAL.fullmatch(sql):
            # A new database is flushed several times before the program chooses how often it is.
            with suppress(sqlite3.Error):
                super().execute(f"{journal[1]}synchronous = OFF")
        return super().execute(_SYNCHRONOUS.sub(r"\1OFF", sql), parameters)


def skip_syncs() -> None:
    """Let this process flush no file to the disk, neither itself nor in SQLite. Child processes are not changed."""
    os.fsync = os.fdatasync = _check_descriptor
    connect = sqlite3.connect

    def connect_unsynced(*args: Any, **options: Any) -> sqlite3.Connection:
        return connect(*args, **{"factory": _UnsyncedConnection} | options)

    sqlite3.connect = connect_unsynced


def _check_descriptor(file: Any) -> None:
    """Raise OSError for a closed file, as `os.fsync` does."""
    os.fstat(file if isinstance(file, int) else file.fileno())
