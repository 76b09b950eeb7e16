"""Storage of a mask that is being painted, so that the next session can offer it after a crash."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer

from gdm_studio.common.errors import BadRequest, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.ui.tasks import Tasks

# A mask that is being painted is stored this long after its last change.
STORE_SECONDS = 1.0
# Text after the names of a mask if its file was created only for the next session.
TEMPORARY = "temporary"

_Stored = TypeVar("_Stored")


class UnfinishedMask:
    """Stored copy of a mask that is being painted, or was when the program was ended.

    `names` are the key of what it is painted on, the name of the stored mask, and TEMPORARY if nothing else uses the
    mask's file, or () if there is no such mask. They are part of the session, which `save_session()` saves. `key()`
    returns the key of what is being painted on now, or None, and `mask()` the mask, uint8 (height, width), or None if
    nothing was painted.
    """

    def __init__(
        self,
        key: Callable[[], str | None],
        mask: Callable[[], np.ndarray | None],
        tasks: Tasks,
        save_session: Callable[[], Awaitable[object]],
        parent: QObject,
    ) -> None:
        self.names: tuple[str, ...] = ()
        self._key = key
        self._mask = mask
        self._tasks = tasks
        self._save_session = save_session
        # Names of the masks that were stored for the next session only.
        self._temporary: set[str] = set()
        self._lock = asyncio.Lock()
        self._timer = QTimer(parent, singleShot=True, interval=round(1000 * STORE_SECONDS))
        self._timer.timeout.connect(lambda: tasks.start(self.save()))

    def begin_timer(self) -> None:
        """Store the mask after STORE_SECONDS without another call of this method."""
        self._timer.start()

    def stop_timer(self) -> None:
        """Store the mask only when `begin_timer` is called again."""
        self._timer.stop()

    async def save(self) -> None:
        """Store the mask that is being painted, and save the session that names it, so that a crash loses no finished
        stroke. Raises StorageError.
        """
        from gdm_studio.engine import image_inputs

        self._timer.stop()
        before = self.names
        async with self._lock:
            if (key := self._key()) is None:
                return
            found: tuple[str, ...] = ()
            if (mask := self._mask()) is not None:
                name, is_new = await asyncio.to_thread(image_inputs.store_temporarily, mask)
                if is_new:
                    self._temporary.add(name)
                found = (key, name, *((TEMPORARY,) if name in self._temporary else ()))
            if self._key() == key:
                self.names = found
        if self.names != before:
            await self._save_session()
        await self._delete_unused()

    async def restore(
        self, load: Callable[[str, str], np.ndarray | None], use: Callable[[str, np.ndarray], bool]
    ) -> None:
        """Load the mask of the last session by `load(key, name)`, in a thread, and pass it to `use(key, mask)`.

        It is forgotten if it cannot be loaded, or if `use` returns False.
        """
        names = self.names
        if len(names) < 2 or self._key() is not None:
            return
        key, name, *kind = names
        mask = None
        with suppress(BadRequest):
            # The names come from a file. Loading checks that they are those of stored images.
            mask = await asyncio.to_thread(load, key, name)
        if self.names != names:
            return
        if mask is not None and kind == [TEMPORARY]:
            self._temporary.add(name)
        if mask is None or not use(key, mask):
            self.names = ()
            await self._delete_unused()

    async def finish(self, store: Callable[[], _Stored], use: Callable[[_Stored], str]) -> None:
        """Store a finished mask by `store()`, in a thread, and pass the result to `use`, which returns the name of the
        mask. Raises StorageError.
        """
        async with self._lock:
            stored = await asyncio.to_thread(store)
            self._temporary.discard(use(stored))
            was_stored, self.names = bool(self.names), ()
        if was_stored:
            # After a crash during the run that uses the mask, the next session must not delete it. Generate reports a
            # disk that is full.
            with suppress(StorageError):
                await self._save_session()
        self._tasks.start(self._delete_unused())

    def forget(self) -> None:
        """Offer no mask in the next session, and delete the one that was stored for it."""
        self._timer.stop()
        self.names = ()
        self._tasks.start(self._delete_unused())

    async def _delete_unused(self) -> None:
        """Delete the masks that were stored for the next session only, except for the one that it offers. Raises
        StorageError.
        """
        from gdm_studio.engine import image_inputs

        async with self._lock:
            if stale := self._temporary - {*self.names[1:]}:
                # A crash must find no session that names a deleted file.
                await self._save_session()
                for name in stale:
                    await asyncio.to_thread(image_inputs.delete, name)
                self._temporary -= stale
