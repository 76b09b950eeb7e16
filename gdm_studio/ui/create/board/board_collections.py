"""Gallery collections in which the images of boards (grid, set, variations, interpolation) are saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakSet

from gdm_studio.jobs.job import GALLERY, Collection
from gdm_studio.ui.gallery.undoable_commands import Work, generation_command, undo
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.jobs.job import Into, Job
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.context import CreateContext


class BoardSaver:
    """Service that saves the images of all boards and keeps each board's gallery collection up to date.

    Saved images are identified by request digest, so a request that appears on several boards is saved only once.
    """

    def __init__(self, context: CreateContext) -> None:
        self.gallery = context.gallery
        self._tasks = context.tasks
        self._runner = context.worker.runner
        # Saved images by the digest of the cell's request.
        self.saved: dict[str, Picture] = {}
        # Saved images by the digest of the result's request, for the job runner. Only the gallery's thread changes
        # them.
        self.known: dict[str, Picture] = {}
        # Digests of the images that the job runner has yet to save, by job and image index.
        self._expected_digests: dict[Job, dict[int, str]] = {}
        # Collections whose contents in the gallery are out of date.
        self._outdated_collections: list[BoardCollection] = []
        self._collections = WeakSet[BoardCollection]()
        self._lock = asyncio.Lock()
        # Set and replaced whenever an image has been saved, so that waiting coroutines check again.
        self._image_saved = asyncio.Event()
        context.generation.saves.image_saved.connect(self._on_saved)
        context.gallery.commands.renamed.connect(self._on_renamed)

    def collection(self, name: str, results: dict[str, Result], on_change: Callable[[], object]) -> BoardCollection:
        """Return a new gallery collection for a board of images. The gallery shows it once the first image is saved."""
        collection = BoardCollection(self, name, results, on_change)
        self._collections.add(collection)
        return collection

    def expect(self, job: Job, digests: Sequence[str]) -> None:
        """Register the images that a job will save, as the digests of their requests in image order.

        When an image is saved later, its digest tells which board cells show it.
        """
        self._expected_digests[job] = dict(enumerate(digests))

    def end_job(self, job: Job) -> None:
        """Stop expecting the images that a generation job had not finished when it ended."""
        finished = {result.image for result in job.run.results}
        expected = {image: digest for image, digest in self._expected_digests.pop(job, {}).items() if image in finished}
        if expected:
            self._expected_digests[job] = expected

    def request(self, digest: str, result: Result, into: Into = GALLERY) -> None:
        """Request that a generated image be saved to `into`, the gallery or one of its collections. Does nothing if the
        image is already saved or being saved.
        """
        if digest not in self.saved and not self.is_expected(digest):
            self.expect(self._runner.save(result, into), [digest])

    def is_expected(self, digest: str) -> bool:
        """Return whether the image with this request digest is still to be saved."""
        return any(digest in digests.values() for digests in self._expected_digests.values())

    def schedule(self, collection: BoardCollection) -> None:
        """Start a background task that updates a board's collection in the gallery."""
        if collection not in self._outdated_collections:
            self._outdated_collections.append(collection)
        self._tasks.start(self._update(collection))

    async def settle(self, collection: BoardCollection) -> None:
        """Wait until all images of a board are saved and are in its gallery collection.

        Raises StorageError; the caller may retry.
        """
        while collection.is_waiting:
            await self._image_saved.wait()
        await self._update(collection)

    async def leave(self) -> None:
        """Finish all pending updates of gallery collections before the window closes. Raises StorageError.

        Call this after the job runner has saved its images.
        """
        for collection in list(self._outdated_collections):
            await self._update(collection)

    def picture_id(self, digest: str) -> str:
        """Return the gallery id of the saved image with this request digest, or "" if it is not saved yet."""
        return self.saved[digest].id if digest in self.saved else ""

    async def picture(self, digest: str, result: Result) -> Picture:
        """Return the gallery entry of a generated image, saving the image first if necessary."""
        while digest not in self.saved:
            self.request(digest, result)
            await self._image_saved.wait()
        return self.saved[digest]

    async def make_favourite(self, digest: str, result: Result) -> None:
        """Mark a generated image as a favourite, saving it first if necessary. Raises StorageError."""
        picture = await self.picture(digest, result)
        await self.gallery.commands.favourite([picture.id], True)

    def _on_saved(self, job: Job, result: Result, picture: Picture | None) -> None:
        """Record that the job runner saved a board's image. `picture` is None if it was saved outside the gallery."""
        digest = self._expected_digests.get(job, {}).pop(result.image, "")
        if not digest:
            return
        if not self._expected_digests[job] and job.is_closed:
            del self._expected_digests[job]
        if picture is not None:
            self.saved[digest] = picture
            for collection in list(self._collections):
                collection.note_saved(digest, picture, is_member=job.into is collection.target)
        self._image_saved.set()
        self._image_saved = asyncio.Event()

    def _on_renamed(self, before: str, after: str) -> None:
        """Follow the collection of a board that was renamed on the Gallery page."""
        for collection in self._collections:
            collection.follow(before, after)

    async def _update(self, collection: BoardCollection) -> None:
        async with self._lock:
            # When the window closes, the waiting task may be cancelled, but the update must complete.
            await asyncio.shield(asyncio.ensure_future(collection.update()))
            if collection in self._outdated_collections and collection.is_up_to_date:
                self._outdated_collections.remove(collection)


class BoardCollection:
    """Gallery collection with the images of one board (a grid, set, interpolation or variations).

    `results` maps request digests to images. The job runner saves new images directly into `target`. Undo also removes
    the images from `results`, and redo puts them back. `on_change()` is called after undo, after redo, and once all
    results are saved. If the user deletes the collection in the gallery, later images go into a new collection.
    """

    def __init__(
        self, saver: BoardSaver, wanted: str, results: dict[str, Result], on_change: Callable[[], object]
    ) -> None:
        self._saver = saver
        self._on_change = on_change
        self.target = Collection(wanted, known=saver.known)
        self.results = results
        # Digests of the images that belong in the collection.
        self._digests: set[str] = set()
        # Digests of the images that have to be removed from the collection.
        self._removed_digests: set[str] = set()
        # Images in the collection by digest.
        self.pictures: dict[str, Picture] = {}
        # Ids of added images that have no undo command yet.
        self._new_ids: list[str] = []
        # New name that the gallery does not have yet, or "".
        self._next_title = ""
        # True if all results up to now are in the gallery.
        self._is_complete = False
        # Images that were removed by undo, with their results, by digest.
        self._undone_images: dict[str, tuple[Picture, Result | None]] = {}

    @property
    def name(self) -> str:
        """Name of the board's collection in the gallery, or "" until its first image is saved."""
        return self.target.name

    @property
    def wanted(self) -> str:
        """Name requested for the board's collection. The gallery may append a number to make it unique."""
        return self.target.wanted

    def expect(self, job: Job, digests: Sequence[str]) -> None:
        """Register the images that a job will save, as the digests of their requests in image order."""
        self._saver.expect(job, digests)

    def end_job(self, job: Job) -> None:
        """Stop expecting the images that a generation job had not finished when it ended."""
        self._saver.end_job(job)

    def add(self, digest: str, result: Result) -> None:
        """Add a generated image to the board's collection, saving it to the gallery if necessary."""
        self._digests.add(digest)
        self._removed_digests.discard(digest)
        self._saver.request(digest, result, self.target)
        if not self.is_up_to_date:
            self._saver.schedule(self)

    def set_contents(self, results: Mapping[str, Result]) -> None:
        """Make the board's gallery collection contain exactly the given images.

        Images removed from it stay in the gallery.
        """
        self._removed_digests |= self._digests - results.keys()
        self._digests &= results.keys()
        for digest, result in results.items():
            self.add(digest, result)
        if not self.is_up_to_date:
            self._saver.schedule(self)

    def adopt(self, name: str, pictures: Mapping[str, Picture]) -> None:
        """Continue a collection of the gallery, which contains the saved images with these request digests."""
        self.target.name = name
        self.pictures = dict(pictures)
        self._digests = set(pictures)
        self._is_complete = True
        self._saver.saved |= pictures

    def note_saved(self, digest: str, picture: Picture, *, is_member: bool) -> None:
        """Record that a board's image was saved. `is_member` is True if it was saved directly into this collection."""
        if is_member and digest not in self.pictures:
            self.pictures[digest] = picture
            self._new_ids.append(picture.id)
        if not self.is_up_to_date:
            self._saver.schedule(self)

    @property
    def is_waiting(self) -> bool:
        """True while images of this collection are still being saved to the gallery."""
        return any(self._saver.is_expected(digest) for digest in self._digests)

    @property
    def is_up_to_date(self) -> bool:
        """True if the collection in the gallery contains exactly the board's saved images."""
        is_renamed = bool(self._next_title and self.name)
        return not (is_renamed or self._images_to_add() or self._removed_digests & self.pictures.keys())

    async def update(self) -> None:
        """Add missing images to the board's gallery collection, remove those that no longer belong to it, and give it
        the name of `set_title`.

        An image is missing if, for example, another board saved it. Calls must not overlap.
        """
        missing = self._images_to_add()
        added = [picture.id for picture in missing.values()]
        removed = {digest: self.pictures[digest].id for digest in self._removed_digests if digest in self.pictures}
        if self.is_up_to_date:
            return
        former = self.name
        title, self._next_title = self._next_title, ""

        def write(gallery: Gallery) -> None:
            # Images that are saved meanwhile, on the same thread, are added under the new name.
            if title and self.target.name:
                self.target.name = gallery.collections.rename(self.target.name, title, is_numbered=True)
            if added and not self.target.name:
                self.target.name = gallery.collections.create(self.target.wanted, added)
            elif added:
                gallery.collections.set(self.target.name, added)
            if removed:
                gallery.collections.set(self.target.name, list(removed.values()), on=False)

        await self._saver.gallery.ask(write)
        self.pictures |= missing
        self._new_ids += added
        for digest in removed:
            del self.pictures[digest]
        self._removed_digests -= removed.keys()
        if former and former != self.name:
            self._saver.gallery.commands.renamed.emit(former, self.name)
        if former != self.name:
            self._saver.gallery.changed.emit()

    async def rename(self, wanted: str) -> None:
        """Rename the board's gallery collection, or set its future name if it does not exist yet.

        Raises StorageError if the name is taken.
        """
        self.target.wanted = wanted
        self._next_title = ""
        if self.name:
            self.target.name = await self._saver.gallery.commands.name_collection(self.name, wanted)

    def set_title(self, title: str) -> None:
        """Rename the board's gallery collection to a new title of its images, with a number if the name is taken."""
        if title != self.wanted:
            self.target.wanted = self._next_title = title
            self._saver.schedule(self)

    def follow(self, before: str, after: str) -> None:
        """Continue the gallery collection under its new name if it was renamed from `before` to `after`."""
        if before and before == self.name:
            self.target.name = self.target.wanted = after
            self._on_change()

    async def end(self, *, is_undoable: bool = True) -> None:
        """Complete the collection after a generation job: wait until all images are saved, then add an undo command
        that deletes the new images if `is_undoable`.
        """
        await self._saver.settle(self)
        ids = tuple(self._new_ids)
        self._new_ids = []
        if ids and is_undoable:
            command = generation_command(self.name, ids, self._undo(ids, asyncio.get_running_loop()))
            self._saver.gallery.commands.note_done(command)
        self._is_complete = bool(self.name)
        self._on_change()

    def location_text(self) -> str:
        """Return a phrase such as “in the gallery as …”, with the name of the board's collection.

        Returns "" if images are not saved yet or were removed by undo.
        """
        if not self._is_complete:
            return ""
        return translate("BoardCollection", "in the gallery as “{name}”").format(name=self.name)

    def _images_to_add(self) -> dict[str, Picture]:
        """Return the saved images that are still to be added to the board's gallery collection, keyed by request
        digest.
        """
        saved = self._saver.saved
        return {digest: saved[digest] for digest in self._digests if digest in saved and digest not in self.pictures}

    def _undo(self, ids: tuple[str, ...], loop: asyncio.AbstractEventLoop) -> Work:
        def work(gallery: Gallery) -> Work | int:
            name = self.target.name
            redo = undo(name, ids)(gallery)
            is_there = name in {one.name for one in gallery.collections.all()}
            if not is_there:
                self.target.name = ""
            known = self._saver.known
            forgotten = {digest: picture for digest, picture in known.items() if picture.id in ids}
            for digest in forgotten:
                del known[digest]
            loop.call_soon_threadsafe(self._on_undone, ids, is_there)

            if not callable(redo):
                return redo

            def restore(gallery: Gallery) -> object:
                if count := redo(gallery):
                    self.target.name = self.target.name or name
                    known.update(forgotten | known)
                    loop.call_soon_threadsafe(self._on_redone, ids)
                return count

            return restore

        return work

    def _on_undone(self, ids: tuple[str, ...], is_there: bool) -> None:
        if not is_there:
            self._is_complete = False
        for digest in [digest for digest, picture in self.pictures.items() if picture.id in ids]:
            self._digests.discard(digest)
            self._saver.saved.pop(digest, None)
            self._undone_images[digest] = self.pictures.pop(digest), self.results.pop(digest, None)
        self._on_change()

    def _on_redone(self, ids: tuple[str, ...]) -> None:
        self._is_complete = True
        for digest, (picture, result) in list(self._undone_images.items()):
            # Do not replace an image that was generated again in the meantime.
            if picture.id in ids and digest not in self.pictures:
                del self._undone_images[digest]
                self.pictures[digest] = picture
                self._saver.saved[digest] = picture
                self._digests.add(digest)
                if result is not None:
                    self.results[digest] = result
        self._on_change()
