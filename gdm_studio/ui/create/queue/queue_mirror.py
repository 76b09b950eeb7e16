"""In-memory copy of the queue for the window. All changes are made on the thread that accesses the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from gdm_studio.common.errors import StorageError
from gdm_studio.jobs.queue import Item, ItemState
from gdm_studio.ui.translation import error_text

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery
    from gdm_studio.jobs.queue import Queue, Removed
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.tasks import Tasks

T = TypeVar("T")


class Backlog(QObject):
    """In-memory copy of the queue of generation requests: its items in order, and whether it is `paused`.

    Every coroutine runs on the disk thread, updates the copy and may raise StorageError. `changed()` is emitted when
    the copy has changed.
    """

    changed = Signal()

    def __init__(self, queue: Queue, gallery: GalleryService, *, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[Item] = []
        # Ids of the items that were added by this window.
        self.added: set[str] = set()
        self.paused = False
        self._queue = queue
        self._gallery = gallery
        self._tasks = tasks

    @property
    def folder(self) -> str:
        """Folder with the files of the queue items, for a file system watcher."""
        return str(self._queue.folder)

    @property
    def waiting(self) -> list[Item]:
        """Queue items that are waiting to be generated, in queue order."""
        return [item for item in self.items if item.state is ItemState.WAITING]

    async def open(self) -> list[Item]:
        """Create the queue folder if necessary and read its items. Returns the items that were running when the program
        crashed.
        """
        return await self.ask(lambda queue: queue.recover())

    async def refresh(self) -> None:
        """Reload the queue's items and its `paused` flag from disk."""
        await self.ask(lambda queue: None)

    def begin(self, request: Request) -> Item:
        """Add a queue item for a request whose generation begins now, and save it in the background. Returns
        the item.
        """
        item = Item(request=request)
        self.added.add(item.id)
        self.items = [replace(item, state=ItemState.RUNNING), *self.items]
        self.changed.emit()
        # This has to precede everything that the job runner writes for the item.
        self._gallery.run_on_disk(partial(self._put_running, item))
        self._tasks.start(self.refresh())
        return item

    async def add(self, request: Request, *, first: bool = False, steps: bytes = b"") -> Item:
        """Add a request to the end of the queue or, with `first`, to its front, with its recorded `steps`. Returns the
        item.
        """
        item = await self.ask(lambda queue: queue.add(request, first=first, steps=steps))
        self.added.add(item.id)
        return item

    async def take_next(self, wanted: str = "", *, device: str = "") -> tuple[Item, bytes] | None:
        """Reserve the next queue item, or the one with the id `wanted`, for this process.

        Return the item and the bytes of its last saved step, or None if no item can be claimed. `device` restricts the
        choice to that device's items.
        """

        def take(gallery: Gallery, queue: Queue) -> tuple[Item, bytes] | None:
            item = queue.get(wanted) if wanted else None
            while True:
                if item is None and not queue.is_paused:
                    item = queue.next()
                if item is None or device not in ("", item.request.device):
                    return None
                if claimed := queue.take(item.id, gallery.saved_ids):
                    return claimed, queue.steps(claimed.id)
                if queue.get(item.id) is not None:
                    # Another process has claimed the item.
                    return None
                # All images of the item were saved before a crash. Try the next item.
                item = None

        return await self._ask(take)

    async def close(self) -> None:
        """Release the queue items that this window has reserved, so that other processes can run them."""
        await self.ask(lambda queue: queue.close())

    async def remove(self, ids: Sequence[str]) -> Removed:
        return await self.ask(lambda queue: queue.remove(ids))

    async def ask(self, function: Callable[[Queue], T]) -> T:
        """Call `function(queue)` on the disk thread, update the in-memory copy of the queue, and return the result."""
        return await self._ask(lambda _, queue: function(queue))

    async def _ask(self, function: Callable[[Gallery, Queue], T]) -> T:
        def on_disk(gallery: Gallery) -> tuple[T, list[Item], bool]:
            result = function(gallery, self._queue)
            return result, self._queue.items(), self._queue.is_paused

        result, items, paused = await self._gallery.ask(on_disk)
        if (items, paused) != (self.items, self.paused):
            self.items, self.paused = items, paused
            self.changed.emit()
        return result

    def _put_running(self, item: Item) -> None:
        try:
            self._queue.put(item, first=True, taken=True)
        except StorageError as error:
            text = self.tr("{error} The run continues, but would be lost in a crash.").format(error=error_text(error))
            raise StorageError(text) from error
