"""Import of folders and single files, reports on metadata, and periodic checks for changed files."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import is_picture_name
from gdm_studio.ui.folder_dialogs import ask_folder
from gdm_studio.ui.translation import count_of_pictures, joined_sentences, number_text, translate
from gdm_studio.ui.widgets.file_drops import few_names, left_out_text

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.metadata_report import Report
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.sidebar_controller import SidebarController

# Interval of checks for files that were added or removed outside the index.
WATCH_MS = 3000


class ImportController:
    """Controller that adds folders and files to the gallery, and reports on the metadata of image files."""

    def __init__(self, context: AppContext, page: GalleryPage, places: SidebarController) -> None:
        self._theme = context.theme
        self._page = page
        self._gallery = context.gallery
        self._places = places
        self._tasks = context.tasks
        self._notify = context.notify
        self._navigator = context.navigator
        # The report that is open.
        self.report: Report | None = None
        self._is_checking = False
        # Error of the last check for changed files.
        self._last_error = ""
        start = self._tasks.start
        self._page.sidebar.import_asked.connect(self.choose)
        self._page.signals.report.connect(lambda picture: self.report_on(picture.path))
        self._page.dropped.connect(self.drop)
        self._gallery.progressed.connect(self._page.show_progress)
        self._gallery.import_wanted.connect(self._import_folder)
        self._watch_timer = QTimer(page, interval=WATCH_MS)
        self._watch_timer.timeout.connect(lambda: page.window().isActiveWindow() and start(self.update_if_outdated()))
        self._watch_timer.start()

    def choose(self) -> None:
        """Let the user choose a folder, and add its images to the gallery."""
        title = translate("ImportController", "Add a folder of pictures to the gallery")
        ask_folder(self._page.window(), title, lambda chosen: self._tasks.start(self._places.add_folder(chosen)))

    def _import_folder(self, folder: Path) -> None:
        """Add a folder's images to the gallery and open the Gallery page."""
        self._navigator.open_page("gallery")
        self._tasks.start(self._places.add_folder(folder))

    def drop(self, paths: list[Path]) -> None:
        """Handle files and folders dropped on the page.

        Folders are added to the gallery. A report on a single image file is shown, and several are added to the
        gallery. A notice names files that are no images.
        """
        folders = [path for path in paths if path.is_dir()]
        for folder in folders:
            self._tasks.start(self._places.add_folder(folder))
        files = [path for path in paths if is_picture_name(path) and path not in folders]
        if len(files) == 1:
            self.report_on(files[0])
        elif files:
            self._tasks.start(self._add_all(files))
        others = [path for path in paths if path not in folders and path not in files]
        if others:
            self._notify(left_out_text(others), kind="warning")

    def report_on(self, path: Path) -> None:
        """Open a report on an image file's metadata, reading the file in a background task."""
        self._tasks.start(self.show_report(path))

    async def show_report(self, path: Path) -> None:
        """Read an image file and open a report on its metadata. Raises StorageError if the file cannot be read."""
        from gdm_studio.ui.gallery.metadata_report import Report

        restored = await asyncio.to_thread(self._navigator.restored_request, await self._gallery.read(path))
        rgba = await self._gallery.rgba(path)
        is_in = await self._gallery.ask(lambda gallery: _is_in(gallery, path))
        is_copy = not is_in and await self._gallery.ask(lambda gallery: gallery.find_copy(path)) is not None
        if self.report is not None:
            self.report.close_up()
        request = restored.metadata.request
        report = Report(
            self._theme,
            path,
            restored,
            unusable=self._navigator.unusable_fields(request) if request is not None else set(),
            rgba=rgba,
            can_add=not is_in,
            is_copy=is_copy,
            parent=self._page.window(),
        )
        self.report = report
        report.use_asked.connect(lambda: self._navigator.use_file(path, "settings"))
        report.start_asked.connect(lambda: self._navigator.use_file(path, "start"))
        report.add_asked.connect(lambda: self._tasks.start(self._add(path)))
        report.closed.connect(self._on_report_closed)
        report.open_up()

    def _on_report_closed(self) -> None:
        self.report = None

    async def _add(self, path: Path) -> None:
        """Add an image file to the gallery by copying it into the pictures folder, and show a notice. Nothing is copied
        if the gallery has an image with this content.
        """
        from gdm_studio.gallery.saved_image import load

        choice = self._page.grid.choice()
        picture = await self._gallery.ask(lambda gallery: _copy(gallery, load(path)))
        if picture is None:
            self._notify(translate("Report", "Already in the gallery"), path.name)
            return
        await self._show_added([picture], choice)
        words = translate("ImportController", "{file} was copied; the original stays where it is.")
        title = translate("ImportController", "Added to the gallery")
        self._notify(title, words.format(file=path.name), kind="success")

    async def _add_all(self, paths: Sequence[Path]) -> None:
        """Add several image files to the gallery as `_add` does. One notice counts those that were copied and those
        that the gallery has already, and names the unreadable ones. Raises StorageError if a copy cannot be written.
        """
        added: list[Picture] = []
        unreadable: list[Path] = []
        known = 0
        choice = self._page.grid.choice()
        try:
            for path in paths:
                if self._gallery.closing:
                    return
                picture = await self._gallery.ask(partial(_load_readable, path=path))
                if picture is None:
                    unreadable.append(path)
                    continue
                copy = await self._gallery.ask(partial(_copy_if_outside, picture=picture))
                if copy is None:
                    known += 1
                else:
                    added.append(copy)
        finally:
            await self._show_added(added, choice)
            self._notify_of_added(len(added), known, unreadable)

    async def _show_added(self, pictures: Sequence[Picture], choice: tuple[int, str]) -> None:
        """List images that were copied into the pictures folder, and select them in the grid, unless its value of
        `choice` shows that the user has chosen another image meanwhile.
        """
        if pictures and not self._gallery.closing:
            await self._gallery.scan()
            self._gallery.refresh()
            if self._page.grid.choice() == choice:
                self._page.grid.reveal(*pictures)

    def _notify_of_added(self, added: int, known: int, unreadable: Sequence[Path]) -> None:
        sentences = []
        if added:
            sentences.append(translate("ModelsController", "Added: {names}.").format(names=count_of_pictures(added)))
        if known:
            words = translate("Places", "Already in the library: {count}.")
            sentences.append(words.format(count=number_text(known)))
        if unreadable:
            words = translate("Places", "Files that could not be read: {count} ({names}).")
            sentences.append(words.format(count=number_text(len(unreadable)), names=few_names(unreadable)))
        if added:
            title, kind = translate("ImportController", "Added to the gallery"), "success"
        elif known:
            title, kind = translate("Report", "Already in the gallery"), "info"
        else:
            title, kind = translate("CompareController", "Some files cannot be read"), "error"
        if sentences:
            self._notify(title, joined_sentences(sentences), kind=kind)

    async def update_if_outdated(self) -> None:
        """Update the gallery's index and lists if image files were added, changed or removed.

        Raises StorageError, but not the same error twice in a row.
        """
        if self._is_checking or self._gallery.closing:
            return
        self._is_checking = True
        try:
            if await self._gallery.ask(lambda gallery: gallery.is_outdated()):
                await self._gallery.scan()
            self._last_error = ""
        except StorageError as error:
            before = self._last_error
            self._last_error = str(error)
            if before != self._last_error:
                raise
        finally:
            self._is_checking = False


def _is_in(gallery: Gallery, path: Path) -> bool:
    """Return True if a file is already in the gallery, because it is in the pictures folder or an imported folder."""
    folders = [gallery.pictures, *(source.folder for source in gallery.sources.all())]
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _load_readable(gallery: Gallery, path: Path) -> Picture | None:
    """Read an image file, or return None if it cannot be decoded. Its thumbnail is cached, also for its copy."""
    from gdm_studio.gallery.saved_image import load
    from gdm_studio.gallery.thumbnails import LEVELS

    try:
        picture = load(path)
    except StorageError:
        return None
    return picture if gallery.thumbnails.get([picture], LEVELS[0])[picture.id] is not None else None


def _copy_if_outside(gallery: Gallery, picture: Picture) -> Picture | None:
    """Copy an image file like `_copy`, unless it is in a folder that the gallery shows."""
    return None if _is_in(gallery, picture.path) else _copy(gallery, picture)


def _copy(gallery: Gallery, picture: Picture) -> Picture | None:
    """Copy an image file into the pictures folder under an unused name, and return the copy, which is in the index.
    Returns None if the gallery has an image with this content.

    Raises StorageError. The modification time is preserved if possible.
    """
    from gdm_studio.gallery.storage import file_operations

    gallery.check_writable()
    path = picture.path
    if gallery.find_copy(path) is not None:
        return None
    target = file_operations.NewFile(gallery.pictures, file_operations.numbered_names(path.stem, path.suffix)).write(
        file_operations.read(path)
    )
    with contextlib.suppress(OSError):
        status = path.stat()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return gallery.add(replace(picture, path=target))
