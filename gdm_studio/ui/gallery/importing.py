"""Pictures from elsewhere: folders shown where they are, single files looked into, the files on disk watched."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from gdm_studio.errors import StorageError
from gdm_studio.studio.restoring import Restored
from gdm_studio.ui.folders import ask_folder
from gdm_studio.ui.widgets.drop_zones import PICTURES

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Metadata
    from gdm_studio.request import Request
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.places import Places
    from gdm_studio.ui.gallery.report import Report
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

WATCH_MS = 3000  # between two looks at whether files came or went behind the index's back


class Importing:
    """Of the gallery page; reports what is in single files over its whole window.

    `take(path, use)` does with such a file what people ask for; `left_out(request)` says what could not be of it,
    `restored(metadata)` what the models that are here make of a file.
    """

    def __init__(
        self, theme: Theme, page: GalleryPage, shelf: Shelf, *, places: Places, tasks: Tasks, say: Say
    ) -> None:
        self._theme, self._page, self._shelf = theme, page, shelf
        self._places, self._tasks, self._say = places, tasks, say
        self.take: Callable[[Path, str], object] = lambda path, use: None
        self.left_out: Callable[[Request], Sequence[str]] = lambda request: ()
        self.restored: Callable[[Metadata], Restored] = Restored
        self.report: Report | None = None  # that is open
        self._looking, self._trouble = False, ""  # what the last look failed with
        start = self._tasks.start
        self._page.sidebar.import_asked.connect(self.choose)
        self._page.asks.report.connect(lambda picture: self.report_on(picture.path))
        self._page.dropped.connect(self.drop)
        self._shelf.on_progress = self._page.sidebar.show_progress
        self._watch = QTimer(page, interval=WATCH_MS)
        self._watch.timeout.connect(lambda: page.window().isActiveWindow() and start(self.look_again()))
        self._watch.start()

    def choose(self) -> None:
        """Asks for a folder, and shows its pictures."""
        title = "Folder of pictures to show where they are"
        ask_folder(self._page.window(), title, lambda chosen: self._tasks.start(self._places.add_folder(chosen)))

    def drop(self, paths: list[Path]) -> None:
        """Folders are shown in the gallery; of files, what is in the first."""
        for path in paths:
            if path.is_dir():
                self._tasks.start(self._places.add_folder(path))
        files = [path for path in paths if path.suffix.lower() in PICTURES and not path.is_dir()]
        if files:
            self.report_on(files[0])

    def report_on(self, path: Path) -> None:
        """Tells what is read in a picture file, over the page that is open."""
        self._tasks.start(self.show_report(path))

    async def show_report(self, path: Path) -> None:
        """Tells what is read in a picture file, and what can be done with it; raises StorageError."""
        from gdm_studio.ui.gallery.report import Report

        found = await asyncio.to_thread(self.restored, await self._shelf.read(path))
        rgba = await self._shelf.rgba(path)
        is_in = await self._shelf.ask(lambda gallery: _is_in(gallery, path))
        if self.report is not None:
            self.report.close_up()
        request = found.metadata.request
        self.report = report = Report(
            self._theme, path, found, left_out=self.left_out(request) if request is not None else (), rgba=rgba,
            can_add=not is_in, parent=self._page.window(),
        )  # fmt: skip
        report.use_asked.connect(lambda: self.take(path, "settings"))
        report.start_asked.connect(lambda: self.take(path, "start"))
        report.add_asked.connect(lambda: self._tasks.start(self._add(path)))
        report.closed.connect(self._forget)
        report.open_up()

    def _forget(self) -> None:
        self.report = None

    async def _add(self, path: Path) -> None:
        """A copy of a file in the library."""
        await self._shelf.ask(lambda gallery: _copy(gallery, path))
        await self._shelf.look()
        self._shelf.refresh()
        words = f"{path.name} stays where it is; the gallery has a copy."
        self._say("Added to the gallery", words, kind="success")

    async def look_again(self) -> None:
        """Shows files that came or went since the last look; raises StorageError once where that goes on failing."""
        if self._looking or self._shelf.closing:
            return
        self._looking = True
        try:
            if await self._shelf.ask(lambda gallery: gallery.is_outdated()):
                await self._shelf.look()
            self._trouble = ""
        except StorageError as error:
            known, self._trouble = self._trouble, str(error)
            if known != self._trouble:
                raise
        finally:
            self._looking = False


def _is_in(gallery: Gallery, path: Path) -> bool:
    """Whether the file lies in the library or an imported folder."""
    folders = [gallery.pictures, *(source.folder for source in gallery.sources())]
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _copy(gallery: Gallery, path: Path) -> Path:
    """A copy in the library, with the date of the file where its disk keeps one; raises StorageError."""
    from gdm_studio.gallery import files

    gallery.check_writable()
    target = files.NewFile(gallery.pictures, files.numbered(path.stem, path.suffix)).write(files.read(path))
    with contextlib.suppress(OSError):
        status = path.stat()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return target
