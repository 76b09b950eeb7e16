"""Lock on a folder into which a training process writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.file_lock import FileLock, supports_locks
from gdm_studio.training.run_state_file import LOCK


@contextmanager
def output_lock(folder: Path) -> Iterator[None]:
    """Lock `folder` for this process within a `with` block, so that no other training writes into it.

    Does nothing on a file system without locks. Raises BadRequest if another process is writing into the folder, and
    StorageError.
    """
    lock = FileLock.take(folder / LOCK)
    if lock is None and supports_locks(folder):
        raise BadRequest(f"Another training is writing into {folder}; wait until it ends, or choose another folder.")
    if lock is not None:
        lock.record_holder()
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
