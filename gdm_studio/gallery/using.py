"""Which processes write into a library: each has a claim of its own, and who moves the library needs to be alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.claim import Claim, is_held
from gdm_studio.errors import StorageError

LOCK = ".lock"


class Claims:
    """The claims of one library, in `folder`. A writer claims and then looks for a mover, a mover the other way round:
    whoever comes second sees the first.
    """

    def __init__(self, folder: Path, library: Path) -> None:
        self._folder = folder
        self._library = hashlib.sha256(os.fsencode(os.path.abspath(library))).hexdigest()[:12]
        self._own = folder / f"{self._library}-{uuid.uuid4().hex}{LOCK}"
        self._claim: Claim | None = None
        self._is_moving = False

    def begin(self) -> bool:
        """Nobody else moves the library from now on; False where that was so. Raises StorageError while it is moved."""
        if self._claim is not None or self._is_moving:
            return False
        with contextlib.suppress(StorageError):  # where none can be made no other folder can be remembered either
            self._claim = Claim.take(self._own)
        if is_held(self._mover):
            self.end()
            raise StorageError("The pictures are being moved to another folder; try again when that is done.")
        return True

    def end(self) -> None:
        """Others may move it again."""
        if self._claim is not None:
            self._claim.release()
        self._claim = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No other process begins to write into it during the block. Raises StorageError where one does already."""
        mover = Claim.take(self._mover)
        if mover is None:
            raise StorageError("The pictures are being moved already; wait until that is done.")
        self._is_moving = True
        try:
            if any(map(self._is_anothers, self._folder.glob(f"{self._library}-*{LOCK}"))):
                raise StorageError("Another GDM Studio works with these pictures; close it or wait for its run.")
            yield
        finally:
            self._is_moving = False
            mover.release()

    @property
    def _mover(self) -> Path:
        return self._folder / f"{self._library}.moving{LOCK}"

    def _is_anothers(self, lock: Path) -> bool:
        """Whether another writer has that claim; one that a crash left behind is removed."""
        if lock == self._own:
            return False
        if is_held(lock):
            return True
        if left := Claim.take(lock, anew=False):
            left.release()
        return False
