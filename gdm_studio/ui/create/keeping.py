"""Finished pictures on their way into the gallery: none is lost, whatever the disk says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from gdm_studio.errors import StorageError, StudioError
from gdm_studio.run import Result, Run
from gdm_studio.ui.folders import ask_folder

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery
    from gdm_studio.queueing import Item
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.queue.backlog import Backlog
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

AGAIN_MS = 4000  # between two quiet tries to write what could not be written


@dataclass(eq=False)
class Unsaved:
    """A finished picture that is not in its file yet."""

    result: Result
    run: Run
    item: Item | None = None  # of the queue, that asked for it
    tries: int = 0  # to write it, that failed


class Keeping:
    """Holds every picture until it is in its file.

    While one cannot be written the queue begins nothing: the next would find no room either. That is known here alone,
    since a disk that takes no picture takes no note of it.
    """

    def __init__(
        self, page: CreatePage, viewer: Viewer, *, shelf: Shelf, backlog: Backlog, tasks: Tasks, say: Say
    ) -> None:
        self._page, self._viewer, self._shelf, self._backlog = page, viewer, shelf, backlog
        self._tasks, self._say = tasks, say
        self._unsaved: list[Unsaved] = []
        self._all_saved = asyncio.Event()  # not set while one could not be written
        self._all_saved.set()
        self._told = ""  # title of the notice that says so
        self._writing = asyncio.Lock()
        self._clock = QTimer(page, interval=AGAIN_MS)
        self._clock.timeout.connect(lambda: tasks.start(self._try_quietly()))

    def take(self, run: Run, results: Sequence[Result], item: Item | None = None) -> list[Unsaved]:
        """Holds these pictures from now on."""
        new = [Unsaved(result, run, item) for result in results]
        self._unsaved += new
        return new

    @property
    def is_stuck(self) -> bool:
        """Whether a picture could not be written, and is in no file yet."""
        return not self._all_saved.is_set()

    @property
    def stuck_item(self) -> Item | None:
        """The item of the queue that asked for such a picture."""
        return next((unsaved.item for unsaved in self._unsaved if self.is_stuck and unsaved.item), None)

    async def settled(self) -> None:
        """Once every picture is in its file."""
        await self._all_saved.wait()

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
                    await self._shelf.ask(partial(_save_in, folder=folder, result=unsaved.result))
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
                item, result = unsaved.item, unsaved.result
                picture = await self._shelf.keep(result, picture_id=item.picture_id(result.image) if item else "")
            except StudioError as error:
                if not quietly:
                    self._offer(unsaved, error)
                return
            await self._is_safe(unsaved)
        self._viewer.kept(unsaved.run, unsaved.result.image, picture.id)
        if self._viewer.shows(unsaved.run, unsaved.result.image):
            self._page.gallery.ring(picture.id)
        self._tasks.start(self._let_go_of_steps(unsaved, picture.id))

    async def _let_go_of_steps(self, unsaved: Unsaved, picture_id: str) -> None:
        """Once they are in a file: of a thousand pictures they would fill the memory."""
        results = unsaved.run.results
        place = next((place for place, result in enumerate(results) if result is unsaved.result), None)
        if place is not None and await self._shelf.ask(lambda gallery: gallery.steps_file(picture_id).exists()):
            results[place] = replace(unsaved.result, steps=b"")

    def _offer(self, unsaved: Unsaved, error: StudioError) -> None:
        """Says that a picture is in no file yet: to be tried again, and after that in another place by turns."""
        unsaved.tries += 1
        again = unsaved.tries % 2 == 1
        self._told = error.title
        self._all_saved.clear()
        self._clock.start()
        self._say(
            error.title,
            f"{error} The picture is not lost yet.",
            kind="error",
            action="Try again" if again else "Save elsewhere…",
            on_action=(lambda: self._tasks.start(self.save_unsaved())) if again else self._choose_elsewhere,
        )

    def _choose_elsewhere(self) -> None:
        ask_folder(
            self._page,
            "Folder for pictures that the library does not take",
            lambda chosen: self._tasks.start(self.save_elsewhere(chosen)),
            otherwise=lambda: self._tasks.start(self.save_unsaved()),
        )

    async def _is_safe(self, unsaved: Unsaved) -> None:
        self._unsaved.remove(unsaved)
        if unsaved.item is not None:
            await self._note_made(unsaved.item, unsaved.result)
        if not self._unsaved and self.is_stuck:
            self._all_saved.set()
            self._clock.stop()
            self._page.notices().withdraw(self._told)

    async def _note_made(self, item: Item, result: Result) -> None:
        """Tells the queue; where that fails, the picture might be made once more, and nothing worse."""
        try:
            await self._backlog.ask(lambda queue: queue.note_made(item.id, result.image))
        except StorageError as error:
            self._say(error.title, str(error), kind="error")


def _save_in(gallery: Gallery, folder: Path, result: Result) -> None:
    from gdm_studio.gallery import save

    save(result, folder, saving=gallery.saving)
