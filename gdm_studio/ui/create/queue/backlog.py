"""The queue as the window meets it: its items in memory, every change of them made on the disk's own thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from gdm_studio.errors import StorageError
from gdm_studio.queueing import Item, ItemState

if TYPE_CHECKING:
    from gdm_studio.engine.resuming import KeepSteps
    from gdm_studio.gallery import Gallery
    from gdm_studio.queueing import Queue, Removed
    from gdm_studio.request import Request
    from gdm_studio.run import Run
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

T = TypeVar("T")
FORGOTTEN = "After a crash this run would begin again."


class Backlog(QObject):
    """Readers: `items` in their order, `paused`. Signal: `changed()`. Coroutines raise StorageError."""

    changed = Signal()

    def __init__(self, queue: Queue, shelf: Shelf, *, tasks: Tasks, say: Say) -> None:
        super().__init__()
        self.items: list[Item] = []
        self.paused = False
        self._queue, self._shelf, self._tasks, self._say = queue, shelf, tasks, say

    @property
    def folder(self) -> str:
        """Where the items are, for whoever watches it."""
        return str(self._queue.folder)

    @property
    def waiting(self) -> list[Item]:
        """Those that go on by themselves."""
        return [item for item in self.items if item.state is ItemState.WAITING]

    async def open(self) -> list[Item]:
        """Makes the folder and reads what there is; those that the program ended in the middle of."""
        return await self.ask(lambda queue: queue.recover())

    def begin(self, request: Request) -> Item:
        """An item that is carried out here and now; the disk follows."""
        item = Item(request=request)
        self.items = [replace(item, state=ItemState.RUNNING), *self.items]
        self.changed.emit()
        self._tasks.start(self._keep_begun(item))
        return item

    async def take_next(self, wanted: str = "", *, device: str = "") -> tuple[Item, bytes] | None:
        """What is to be made next, or the item asked for, claimed, and the step it had reached; None for nothing.

        With `device` None too where that is to be made on another one.
        """

        def take(gallery: Gallery, queue: Queue) -> tuple[Item, bytes] | None:
            item = queue.get(wanted) if wanted else None
            while True:
                if item is None and not queue.paused:
                    item = queue.next()
                if item is None or device not in ("", item.request.device):
                    return None
                if taken := queue.take(item.id, gallery.kept_of):
                    return taken, queue.steps(taken.id)
                if queue.get(item.id) is not None:
                    return None  # somebody else has it
                item = None  # all of it was made before a crash

        return await self._ask(take)

    def keeper(self, item: Item, run: Run) -> KeepSteps:
        """What the lane calls, in its own thread, with the steps of the item as they are made.

        Where they cannot be kept for another time the run goes on without, and says so.
        """
        keeps = True

        def keep(data: bytes, *, anew: bool) -> None:
            nonlocal keeps
            if keeps:
                try:
                    self._queue.keep_steps(item.id, data, anew=anew)
                except StorageError as error:
                    keeps = False
                    run.notes.append(f"{error} {FORGOTTEN}")

        return keep

    async def close(self) -> None:
        """Puts down what this window carries out."""
        await self.ask(lambda queue: queue.close())

    async def remove(self, ids: Sequence[str]) -> Removed:
        return await self.ask(lambda queue: queue.remove(ids))

    async def ask(self, work: Callable[[Queue], T]) -> T:
        """What `work(queue)` returns, called in the disk's thread; `items` and `paused` are fresh afterwards."""
        return await self._ask(lambda _, queue: work(queue))

    async def _ask(self, work: Callable[[Gallery, Queue], T]) -> T:
        def on_disk(gallery: Gallery) -> tuple[T, list[Item], bool]:
            answer = work(gallery, self._queue)
            return answer, self._queue.items(), self._queue.paused

        answer, items, paused = await self._shelf.ask(on_disk)
        if (items, paused) != (self.items, self.paused):
            self.items, self.paused = items, paused
            self.changed.emit()
        return answer

    async def _keep_begun(self, item: Item) -> None:
        try:
            await self.ask(lambda queue: queue.put(item, first=True, taken=True))
        except StorageError as error:
            self._say(error.title, f"{error} What runs goes on; after a crash it would be forgotten.", kind="error")
