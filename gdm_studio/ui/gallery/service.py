"""Service through which the window uses the gallery, with one thread for all calls and the list models of the views."""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QFile, QObject, Signal

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.ui.gallery.list_model import PAGE, PictureModel
from gdm_studio.ui.translation import sentence_text, translate
from gdm_studio.ui.window_state_file import Session

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future, ThreadPoolExecutor

    import numpy as np
    from PySide6.QtGui import QImage

    from gdm_studio.gallery import Gallery, Metadata, Picture
    from gdm_studio.ui.gallery.image_signals import ImageSignals
    from gdm_studio.ui.gallery.thumbnails import ThumbnailReader
    from gdm_studio.ui.gallery.undoable_commands import GalleryCommands
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme.theme import Theme
    from gdm_studio.ui.undo_stack import UndoStack
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")

T = TypeVar("T")

# Number of creation timestamps fetched at once, so that a new search need not wait for all results of the last one.
SLICE = 10_000
# Number of pictures fetched at once: those of a large screen, about 10 ms.
BATCH = 400
# Seconds between two pieces of background work, and between two that compare the pixels of pictures.
REST = 0.2
COMPARING_REST = 0.02
# Longest time between two refreshes while files are read: a number of seconds, and one more per so many pictures.
STREAM_REST = 1.0
STREAM_RATE = 20_000


class GalleryService(QObject):
    """Service through which the window uses the gallery, on a single background thread.

    The first call opens the gallery.
    """

    # Pictures were added, removed or marked.
    changed = Signal()
    # The number of changed files processed, and of those found.
    progressed = Signal(int, int)
    # The path of a folder of pictures that another page passes to the Gallery page.
    import_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        open_gallery: Callable[[], Gallery],
        undo_stack: UndoStack,
        tasks: Tasks,
        notify: Notify,
        *,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        # The list of the Create page, with a small cache, since users rarely scroll back there.
        self.panel_model = PictureModel(theme, screens=1, parent=self)
        # The list of the Gallery page.
        self.page_model = PictureModel(theme, parent=self)
        self.lists = (self.panel_model, self.page_model)
        self._open_gallery = open_gallery
        self._tasks = tasks
        self._notify = notify
        self._gallery: Gallery | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        # Errors of tasks that nobody waits for and that were not reported yet.
        self._unreported_errors: deque[BaseException] = deque()
        # Number of the last search of each list; older ones are dropped.
        self._searches = dict.fromkeys(self.lists, 0)
        # Number of the last search of each list that was answered.
        self._answered_searches = dict.fromkeys(self.lists, 0)
        # Creation timestamps of the pictures to load for each list.
        self._wanted_timestamps: dict[PictureModel, list[int]] = {}
        self._undo_stack = undo_stack
        self.closing = False
        # True if stacks are shown on the Gallery page, if they are outdated, and while they are searched for.
        self._shows_stacks = False
        self._stacks_are_old = False
        self._is_stacking = False
        # True from the user's request for stacks until they are found.
        self._are_stacks_asked = False
        self.changed.connect(self._on_changed)
        # Number of running scans. The first one counts from the start, although `open()` begins it later.
        self._scans = 1
        for model in self.lists:
            model.set_reading(True)
            model.search_wanted.connect(partial(self._on_search_wanted, model))
            model.pictures_wanted.connect(partial(self._on_pictures_wanted, model))
            model.all_wanted.connect(lambda moments, act: tasks.start(self._act_on_pictures(moments, act)))
            model.ids_wanted.connect(lambda moments, act: tasks.start(self._act_on_ids(moments, act)))
            model.thumbnails_wanted.connect(partial(self._request_thumbnails, model))

    @cached_property
    def first_scan(self) -> asyncio.Event:
        """Event that is set when the index contains all files that were there at the start, or when the window
        closes.
        """
        return asyncio.Event()

    @property
    def is_scanned(self) -> bool:
        """True if the files were scanned once."""
        return self.first_scan.is_set()

    @cached_property
    def _disk_executor(self) -> ThreadPoolExecutor:
        """The thread of all calls of the gallery. The first paint does not wait for the import of its module."""
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(1, thread_name_prefix="gallery")

    @cached_property
    def thumbnails(self) -> ThumbnailReader:
        """Reader of the thumbnails in image lists, created on first access."""
        from gdm_studio.ui.gallery.thumbnails import ThumbnailReader, decode_for_painting

        def read(pictures: Sequence[Picture], side: int) -> Mapping[str, QImage | None]:
            return self.open_here().thumbnails.decoded(pictures, side, decode_for_painting, seconds=0.03)

        return ThumbnailReader(read, self._tasks)

    def _request_thumbnails(self, model: PictureModel, pictures: list[Picture]) -> None:
        self.thumbnails.request(model, pictures)

    @cached_property
    def commands(self) -> GalleryCommands:
        """Commands of the user that change the gallery and can be undone."""
        from gdm_studio.ui.gallery.undoable_commands import GalleryCommands

        return GalleryCommands(self, self._undo_stack, self._tasks, self._notify, parent=self)

    def connect_signals(self, signals: ImageSignals) -> None:
        """Connect a grid's signals for deleting images and marking favourites to the undoable commands."""
        signals.favourite.connect(lambda ids, on: self._tasks.start(self.commands.favourite(ids, on)))
        signals.delete.connect(lambda ids: self._tasks.start(self.commands.delete(ids)))

    async def open(self) -> None:
        """Open the gallery at startup: fill the lists, update the index, and create missing thumbnails.

        This locks the library, so that no other process can move it.
        """
        self._begin_reporting()
        # The library cannot be locked while another process moves it.
        with suppress(StorageError):
            await self._run(lambda gallery: gallery.lock_library())
        for model in self.lists:
            model.set_query(model.query())
        try:
            await self.scan()
        finally:
            self.first_scan.set()
            self._end_reading()
        steps = await self._run(lambda gallery: gallery.create_thumbnails())
        while not self.closing and await self._run(lambda gallery: next(steps, None)) is not None:
            await self._tasks.rest(REST)

    async def scan(self) -> None:
        """Scan the image files for changes, updating the gallery's index and then the lists.

        The scan runs in batches, newest files first, so that other calls are not delayed. Until the scan ends, an empty
        Gallery page shows no message that there are no images.
        """
        self._scans += 1
        # The Create page would hide its examples for a moment.
        self.page_model.set_reading(True)
        try:
            await self._scan()
        finally:
            self._end_reading()

    def _end_reading(self) -> None:
        self._scans -= 1
        for model in self.lists:
            self._stop_reading_if_idle(model)

    def _stop_reading_if_idle(self, model: PictureModel) -> None:
        """Let an empty list show the message that there are no images, once no scan is running and its last search was
        answered.
        """
        if not self._scans and model.is_reading() and self._searches[model] == self._answered_searches[model]:
            model.set_reading(False)

    async def _scan(self) -> None:
        steps = await self._run(lambda gallery: gallery.sync_in_steps())
        shown = 0
        shown_at = time.monotonic()
        while not self.closing and (step := await self._run(lambda gallery: next(steps, None))):
            processed, changed = step
            self.progressed.emit(processed, changed)
            # Show the first batch, which has the newest files, before the others. A refresh takes time in proportion to
            # the pictures already shown, so the more there are, the rarer it is. One that is not answered yet would be
            # dropped for the next one.
            elapsed = time.monotonic() - shown_at
            is_due = processed >= shown + max(PAGE, shown / 4) or elapsed > STREAM_REST + shown / STREAM_RATE
            is_answered = all(self._searches[model] == self._answered_searches[model] for model in self.lists)
            if processed > shown and (shown == 0 or processed == changed or is_due and is_answered):
                self.refresh()
                shown, shown_at = processed, time.monotonic()

    async def refresh_if_changed(self) -> None:
        """Refresh the lists if another process has changed the gallery since the last check."""
        if self.is_scanned and not self.closing and await self._run(lambda gallery: gallery.changed_elsewhere()):
            self.refresh()

    def show_stacks(self, on: bool) -> None:
        """Set whether the Gallery page groups near-identical images into stacks or shows every image separately."""
        if on != self._shows_stacks:
            self._shows_stacks = self._are_stacks_asked = on
            if on:
                self._on_changed()
            else:
                self.page_model.set_stacks(None)

    def _on_changed(self) -> None:
        """Search for stacks of near-identical images after a change of the gallery, if stacks are shown."""
        self._stacks_are_old = True
        if self._shows_stacks and not self._is_stacking and not self.closing:
            self._is_stacking = True
            self._tasks.start(self._find_stacks())

    async def _find_stacks(self) -> None:
        """Find stacks of near-identical images on the gallery's thread and show them, until there are no further
        changes.
        """
        try:
            while self._stacks_are_old and self._shows_stacks:
                self._stacks_are_old = False
                await self._run_steps(lambda gallery: gallery.stacks.update())
                await self._read_stacks()
                if await self._run_steps(lambda gallery: gallery.stacks.compare(), rest=COMPARING_REST):
                    await self._read_stacks()
        finally:
            self._is_stacking = self._are_stacks_asked = False

    async def _run_steps(self, begin: Callable[[Gallery], Iterator[int]], *, rest: float = 0) -> int:
        """Run a search for stacks step by step until it ends or stacks are no longer shown.

        Return the sum of the steps' values.
        """
        steps = await self._run(begin)
        total = 0
        while self._shows_stacks and not self.closing:
            value = await self._run(lambda gallery: next(steps, None))
            if value is None:
                break
            total += value
            await self._tasks.rest(rest)
        return total

    async def _read_stacks(self) -> None:
        steps = await self._run(lambda gallery: gallery.stacks.read())
        ranges = None
        while not self.closing and (stacks := await self._run(lambda gallery: next(steps, None))):
            ranges = stacks
        # After another change, they may lack an image that is listed again.
        if self._shows_stacks and not self._stacks_are_old and not self.closing:
            self.page_model.set_stacks(ranges, is_asked=self._are_stacks_asked)

    def stop_scanning(self) -> None:
        """Stop scanning image files after the current batch. The scan continues in the next session."""
        self.closing = True

    def refresh(self) -> None:
        """Rerun the search of every image list after images were added to or removed from the gallery."""
        for model in self.lists:
            model.refresh()
        self.changed.emit()

    def add(self, picture: Picture) -> None:
        """Add a newly saved image to the lists of all views whose search it matches."""
        for model in self.lists:
            if model.query():
                self._tasks.start(self._show_if_found(model, picture))
            else:
                model.add_newest(picture)
            if self._searches[model] != self._answered_searches[model]:
                # The running search may have read the index before the picture was saved.
                model.refresh()
        self.changed.emit()

    async def add_file(self, path: Path) -> None:
        """Add an image file that the program has just written, such as a contact sheet, to the index and the lists.

        A file outside of the library is left to the next scan. Raises StorageError if it cannot be read.
        """
        from gdm_studio.gallery.saved_image import load

        def add_to_index(gallery: Gallery) -> Picture | None:
            return gallery.add(load(path)) if path.is_relative_to(gallery.pictures) else None

        if (picture := await self.ask(add_to_index)) is not None:
            self.add(picture)

    def open_here(self) -> Gallery:
        """Return the gallery object. The first call opens the gallery. Raises StorageError if it cannot be opened.

        Call this only on the gallery's thread.
        """
        if self._gallery is None:
            self._gallery = self._open_gallery()
        return self._gallery

    def run_on_disk(self, task: Callable[[], object]) -> None:
        """Schedule `task()` on the gallery's background thread, after all earlier calls.

        This can be called from any thread. Errors of the task are reported. After `close`, tasks are ignored.
        """
        # The thread pool may have been shut down at exit.
        with suppress(RuntimeError):
            self._disk_executor.submit(task).add_done_callback(self._report_error)

    def _report_error(self, done: Future[object]) -> None:
        if (error := done.exception()) is None:
            return
        # Until there is a loop, it waits.
        self._unreported_errors.append(error)
        if self._loop is not None:
            # The window may be gone already.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._report_errors)

    def _begin_reporting(self) -> None:
        """Report the errors of `run_on_disk` in the running event loop, also those that happened earlier."""
        self._loop = asyncio.get_running_loop()
        self._report_errors()

    def _report_errors(self) -> None:
        while self._unreported_errors:
            self._tasks.report(self._unreported_errors.popleft())

    async def flush(self) -> None:
        """Wait until the gallery's background thread has completed all earlier calls. Raises StorageError."""
        await self._run(lambda gallery: None)

    async def ask(self, function: Callable[[Gallery], T]) -> T:
        """Run `function(gallery)` on the gallery's background thread and return its result. Raises StorageError.

        Results are returned in the order of the calls.
        """
        return await self._run(function)

    async def new_collection(self, name: str, ids: Sequence[str]) -> str:
        """Create a collection of the images with the given ids, and return its name. Raises StorageError."""
        stored_name = await self._run(lambda gallery: gallery.collections.create(name, ids))
        self.changed.emit()
        return stored_name

    async def reload(self, ids: Sequence[str]) -> None:
        """Reload the images with the given ids in all lists after their favourite marks, tags or notes have changed."""
        for model in self.lists:
            moments = model.moments_of(ids)
            for start in range(0, len(moments), BATCH):
                wanted = moments[start : start + BATCH]
                model.update_pictures(await self._run(partial(_pictures_at, moments=wanted)))
            if model.query():
                model.refresh()
        self.changed.emit()

    async def pixels(self, picture: Picture, *, may_shrink: bool = False) -> np.ndarray:
        """Read a gallery image's pixels as uint8 RGBA (height, width, 4).

        A very large JPEG is reduced if it `may_shrink`, unless it is progressive. Raises StorageError if the file is
        damaged or too large.
        """
        return await self._run(lambda gallery: _read_own_file(picture.path, may_shrink=may_shrink))

    async def pixels_unless_deleted(self, picture: Picture, *, may_shrink: bool = False) -> np.ndarray | None:
        """Read a gallery image's pixels as `pixels` does, or return None if the image was deleted meanwhile.

        Raises StorageError if the file is damaged.
        """
        try:
            return await self.pixels(picture, may_shrink=may_shrink)
        except StorageError:
            if await self.ask(lambda gallery: gallery.get(picture.id)) is None:
                return None
            raise

    async def rgba(self, path: Path) -> np.ndarray:
        """Read an image file as uint8 RGBA (height, width, 4). Raises StorageError."""
        return await self._run(lambda gallery: _read_rgba(path))

    async def read(self, path: Path) -> Metadata:
        """Read an image file's metadata, such as the settings that generated it. Raises StorageError."""
        from gdm_studio.gallery import read

        return await self._run(lambda gallery: read(path))

    async def save_session(self, session: Session, folder: Path) -> None:
        """Write the window's state to the session file on the gallery's background thread. Raises StorageError."""
        await self._run(lambda gallery: session.save(folder))

    async def close(self) -> None:
        """Complete running calls and close the gallery at shutdown.

        The trash is emptied if the preferences say so.
        """
        self.stop_scanning()
        self._begin_reporting()
        if "thumbnails" in vars(self):
            self.thumbnails.close()
        if self._gallery is not None:
            await self._run(empty_bin)
            await self._run(lambda gallery: gallery.close())
        self._disk_executor.shutdown(wait=False)

    # Answers to the lists

    def _on_search_wanted(self, model: PictureModel, query: str) -> None:
        self._searches[model] += 1
        self._tasks.start(self._search(model, query, self._searches[model]))

    async def _search(self, model: PictureModel, query: str, number: int) -> None:
        """Search the gallery for one of the lists: first the newest matching images, then the timestamps of all
        matches.

        The search stops if the list starts a newer one.
        """

        def is_superseded() -> bool:
            return self._searches[model] != number or self.closing

        def find_newest(gallery: Gallery) -> list[Picture]:
            return [] if is_superseded() else gallery.page(query, limit=PAGE, fill=False)

        def next_slice(gallery: Gallery) -> array[int]:
            before = {"before": moments[-1]} if moments else {}
            return array("q", () if is_superseded() else gallery.timeline.moments(query, **before, limit=SLICE))

        moments = array("q")
        try:
            if model.is_waiting():
                pictures = await self._run(find_newest)
                if not is_superseded():
                    model.begin(query, pictures)
            new_moments = await self._run(next_slice)
            moments += new_moments
            # A slice that is not full is the last one. During a scan, another would find a few more pictures each time.
            while len(new_moments) == SLICE:
                new_moments = await self._run(next_slice)
                moments += new_moments
        except StorageError:
            if not is_superseded():
                model.search_failed(query)
            raise
        else:
            if not is_superseded():
                model.show_moments(query, moments)
        finally:
            if not is_superseded():
                self._answered_searches[model] = number
                self._stop_reading_if_idle(model)

    def _on_pictures_wanted(self, model: PictureModel, moments: list[int]) -> None:
        idle = model not in self._wanted_timestamps
        self._wanted_timestamps[model] = moments
        if idle and not self.closing:
            self._tasks.start(self._fill(model))

    async def _fill(self, model: PictureModel) -> None:
        """Load the images that a list requested, in batches.

        If the list sends another request meanwhile, it replaces the first.
        """
        try:
            while wanted := model.missing(self._wanted_timestamps[model])[:BATCH]:
                pictures = await self._run(partial(_pictures_at, moments=wanted))
                model.fill(pictures)
                if not pictures or self.closing:
                    break
        finally:
            del self._wanted_timestamps[model]

    async def _act_on_pictures(self, moments: list[int], callback: Callable[[list[Picture]], object]) -> None:
        pictures: list[Picture] = []
        for start in range(0, len(moments), BATCH):
            pictures += await self._run(partial(_pictures_at, moments=moments[start : start + BATCH]))
        callback(pictures)

    async def _act_on_ids(self, moments: list[int], callback: Callable[[list[str]], object]) -> None:
        callback(await self._run(lambda gallery: gallery.timeline.ids(moments)))

    async def _show_if_found(self, model: PictureModel, picture: Picture) -> None:
        """Add a newly saved image to a list of search results if the image matches the search."""
        query = model.query()
        matches = await self._run(lambda gallery: gallery.page(query, limit=1, fill=False))
        if query != model.query():
            return
        if [newest.id for newest in matches] == [picture.id]:
            model.add_newest(picture)
        else:
            model.left_out.emit(picture.id)

    async def _run(self, function: Callable[[Gallery], T]) -> T:
        from gdm_studio.common import repair_log

        def on_disk() -> tuple[T, list[str]]:
            return function(self.open_here()), repair_log.take_unreported(paths.data_dir())

        result, repairs = await asyncio.get_running_loop().run_in_executor(self._disk_executor, on_disk)
        for sentence in repairs:
            self._notify(translate("GalleryService", "Something was repaired"), sentence_text(sentence))
        return result


def _pictures_at(gallery: Gallery, moments: list[int]) -> list[Picture]:
    return gallery.timeline.images(moments)


def _read_own_file(path: Path, *, may_shrink: bool) -> np.ndarray:
    from gdm_studio.common.image_file import unreadable_image_error

    try:
        return _read_rgba(path, may_shrink=may_shrink)
    except StorageError as error:
        if str(error) != str(unreadable_image_error(path)):
            raise
        sentence = translate(
            "GalleryService",
            "{file} is damaged; copy a backup of it to {folder}, or generate it again from its settings.",
        )
        raise StorageError(sentence.format(file=path.name, folder=paths.display_path(path.parent))) from error


def _read_rgba(path: Path, *, may_shrink: bool = False) -> np.ndarray:
    from gdm_studio.common.image_file import read_rgba_array

    return read_rgba_array(path, may_shrink=may_shrink)


def empty_bin(gallery: Gallery) -> None:
    """Empty the gallery's trash by moving old deletions to the system's trash.

    These are images deleted more than a month ago, and those that this window deleted if the preferences say so. The
    command line and other windows can still undo their own. Files that cannot be moved stay in the gallery's trash and
    can still be restored.
    """
    with suppress(StorageError):
        gallery.trash.empty(to_trash, own=preferences.load().empty_bin_on_exit)


def to_trash(path: Path) -> None:
    """Move a file to the operating system's trash. Raises StorageError if that is not possible."""
    if not QFile.moveToTrash(str(path)):
        text = translate("system_trash", "{file} cannot be moved to the trash; delete it yourself, or restore it.")
        raise StorageError(text.format(file=path))
