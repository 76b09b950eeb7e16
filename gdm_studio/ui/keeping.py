"""Finished pictures on their way into the gallery: none is lost, whatever the disk says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QFileDialog

from gdm_studio.errors import StorageError, StudioError
from gdm_studio.queueing import Queue
from gdm_studio.run import Result, Run

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery
    from gdm_studio.queueing import Item
    from gdm_studio.ui.making import Say
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.queue.backlog import Backlog
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.viewer import Viewer

AGAIN_MS = 4000  # between two quiet tries to write what could not be written


@dataclass(eq=False)
class Unsaved:
    """A finished picture that is not in its file yet."""

    result: Result
    run: Run
    item: Item | None = None  # of the queue, that asked for it
    tries: int = 0  # to write it, that failed


class Keeping:
    """Holds every picture until it is in its file. `device` is what they are made on, in words."""

    def __init__(
        self, page: CreatePage, viewer: Viewer, *, shelf: Shelf, backlog: Backlog, tasks: Tasks, say: Say
    ) -> None:
        self._page, self._viewer, self._shelf, self._backlog = page, viewer, shelf, backlog
        self._tasks, self._say = tasks, say
        self.device = ""
        self.on_free: Callable[[], object] = lambda: None  # called once the queue need not wait for the disk any more
        self._unsaved: list[Unsaved] = []
        self._held: list[Item] = []  # of the queue, until their pictures are in their files
        self._paused = False  # the queue, for their sake
        self._told = ""  # title of the notice that says so
        self._writing = asyncio.Lock()
        self._clock = QTimer(page, interval=AGAIN_MS)
        self._clock.timeout.connect(lambda: tasks.start(self._try_quietly()))

    def take(self, run: Run, results: Sequence[Result], item: Item | None = None) -> list[Unsaved]:
        """Holds these pictures from now on."""
        new = [Unsaved(result, run, item) for result in results]
        self._unsaved += new
        return new

    def holds(self, item: Item) -> bool:
        """Whether a picture that the item asked for is not in its file yet."""
        return any(unsaved.item is item for unsaved in self._unsaved)

    async def hold_back(self, item: Item) -> None:
        """Has the queue wait until all pictures are in their files: the next ones would find no room either."""
        self._paused = self._paused or not self._backlog.paused
        await self._backlog.ask(partial(_set_held, item=item, on=True))
        await self._backlog.ask(Queue.pause)
        self._held.append(item)
        await self._let_go()  # they may have been written by now

    async def save(self, run: Run, results: Sequence[Result]) -> None:
        """Takes these pictures and writes them."""
        await self.write(self.take(run, results))

    async def save_unsaved(self) -> None:
        """Writes every picture that is in no file yet, those that could not be written once included."""
        await self.write(list(self._unsaved))

    async def write(self, pictures: Sequence[Unsaved]) -> None:
        """Writes these; where that goes well, those that could not be written before have another try too."""
        for unsaved in pictures:
            # closing may cancel the one who waits, but never the writing: nothing is lost and nothing written twice
            await asyncio.shield(self._write(unsaved))
        left = [unsaved for unsaved in self._unsaved if unsaved not in pictures]
        if left and not all(unsaved in self._unsaved for unsaved in pictures):
            await self.write(left)

    async def leave(self) -> None:
        """Tries for the last time."""
        await self.save_unsaved()
        self._clock.stop()

    async def save_elsewhere(self, folder: Path) -> None:
        """Puts what the library does not take into another folder."""
        async with self._writing:
            for unsaved in list(self._unsaved):
                try:
                    await self._shelf.ask(partial(_save_in, folder=folder, result=unsaved.result, device=self.device))
                except StudioError as error:
                    self._offer(unsaved, error)
                    return
                await self._is_safe(unsaved)
        self._say("Saved elsewhere", f"The pictures are in {folder}.", kind="success")

    async def _try_quietly(self) -> None:
        """The disk may have come back, or have got room."""
        for unsaved in list(self._unsaved):
            await self._write(unsaved, quietly=True)
            if unsaved in self._unsaved:
                return

    async def _write(self, unsaved: Unsaved, *, quietly: bool = False) -> None:
        async with self._writing:
            if unsaved not in self._unsaved:
                return
            try:
                picture = await self._shelf.keep(unsaved.result, self.device)
            except StudioError as error:
                if not quietly:
                    self._offer(unsaved, error)
                return
            await self._is_safe(unsaved)
        self._viewer.kept(unsaved.run, unsaved.result.image, picture.id)
        if self._viewer.shows(unsaved.run, unsaved.result.image):
            with QSignalBlocker(self._page.gallery):  # it is on the canvas already
                self._page.gallery.select(picture.id)

    def _offer(self, unsaved: Unsaved, error: StudioError) -> None:
        """Says that a picture is in no file yet: to be tried again, and after that in another place by turns."""
        unsaved.tries += 1
        again = unsaved.tries % 2 == 1
        self._told = error.title
        self._clock.start()
        self._say(
            error.title,
            f"{error} The picture is not lost yet.",
            kind="error",
            action="Try again" if again else "Save elsewhere…",
            on_action=(lambda: self._tasks.start(self.save_unsaved())) if again else self._choose_elsewhere,
        )

    def _choose_elsewhere(self) -> None:
        chooser = QFileDialog(self._page, "Folder for pictures that the library does not take")
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.fileSelected.connect(lambda chosen: self._tasks.start(self.save_elsewhere(Path(chosen))))
        chooser.rejected.connect(lambda: self._tasks.start(self.save_unsaved()))
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    async def _is_safe(self, unsaved: Unsaved) -> None:
        self._unsaved.remove(unsaved)
        if unsaved.item is not None:
            await self._note_made(unsaved.item, unsaved.result)
        if not self._unsaved and self._told:
            self._clock.stop()
            self._page.notices().withdraw(self._told)
            self._told = ""
        await self._let_go()

    async def _let_go(self) -> None:
        """Has the queue go on once nothing is left to be written."""
        if self._unsaved or not self._held:
            return
        held, self._held = self._held, []
        for item in held:
            await self._backlog.ask(partial(_set_held, item=item, on=False))
        if self._paused:
            self._paused = False
            await self._backlog.ask(Queue.resume)
        self.on_free()

    async def _note_made(self, item: Item, result: Result) -> None:
        """Tells the queue; where that fails, the picture might be made once more, and nothing worse."""
        try:
            await self._backlog.ask(lambda queue: queue.note_made(item.id, result.image))
        except StorageError as error:
            self._say(error.title, str(error), kind="error")


def _set_held(queue: Queue, item: Item, on: bool) -> None:
    queue.hold(item.id, on)


def _save_in(gallery: Gallery, folder: Path, result: Result, device: str) -> None:
    from gdm_studio.gallery import save

    save(result, folder, note={"device": device}, saving=gallery.saving)
