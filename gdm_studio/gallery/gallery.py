"""The gallery: image files, an index of them, and user data about them (favourites, tags, notes, collections, …)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.common import data_version, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.annotations import Favourites, Notes, Searches, Tags
from gdm_studio.gallery.collections import Collections
from gdm_studio.gallery.database_connection import Connection
from gdm_studio.gallery.id_conflicts import UNKNOWN, content_of
from gdm_studio.gallery.imported_folders import Sources
from gdm_studio.gallery.index import LAST, Index
from gdm_studio.gallery.library_location import Location
from gdm_studio.gallery.saved_image import Picture, SaveSettings, load, save
from gdm_studio.gallery.scanner import IndexUpdater, note_device
from gdm_studio.gallery.search_query import Styles
from gdm_studio.gallery.similarity import SimilaritySearch
from gdm_studio.gallery.stacks import Stacks
from gdm_studio.gallery.storage import file_operations, library_move
from gdm_studio.gallery.storage.saved_step_files import StepsFiles
from gdm_studio.gallery.suggestions import Suggestions
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.gallery.trash import Trash
from gdm_studio.request.generation_events import Result

# Called with (files processed, files to process).
Progress = Callable[[int, int], object]


class Gallery:
    """The user's gallery: all images in the library folder and the imported folders, newest first.

    The image files are authoritative: a missing, damaged or outdated index is rebuilt from them. User data is stored in
    a separate database with daily backups. Repairs are recorded in `common.repair_log`. All methods except `write` and
    `thumbnails.get` must be called from one thread. They raise StorageError.
    """

    def __init__(self, pictures: Path, data: Path, cache: Path, *, saving: SaveSettings | None = None) -> None:
        # Settings for saving new images. They may be replaced at any time.
        self.saving = saving or SaveSettings()
        self.user_data_path = data / "favourites.sqlite"
        self._location = Location(pictures, data, cache)
        self._connection = Connection(self._location, self.user_data_path, fill=lambda: self.sync())
        self._updater = IndexUpdater(self._connection, self._location)
        # True if the folder is the one in the preferences, which another process may change.
        self._is_default = False
        # Versions of both databases when `changed_elsewhere` was last called.
        self._versions: object = None
        self.thumbnails = Thumbnails(cache / "thumbnails.sqlite")
        self.similarity = self._connection.similarity = SimilaritySearch(self.thumbnails)
        self.timeline = Timeline(self._connection)
        self.stacks = Stacks(self._connection, self.similarity)
        self.favourites = Favourites(self._connection)
        self.tags = Tags(self._connection)
        self.notes = Notes(self._connection)
        self.searches = Searches(self._connection)
        self.collections = Collections(self._connection)
        self.suggestions = Suggestions(self._connection, self.tags, self.collections)
        self.sources = Sources(self._connection, self._location)
        self.trash = Trash(self._connection, self._location, self._updater, self.lock_library)

    @classmethod
    def open(cls, pictures: Path | None = None) -> Gallery:
        """Open the gallery of the images in the folder `pictures`, by default the library folder from the preferences.

        Raises StorageError if a newer version wrote the data folder.
        """
        data_version.record()
        saving = SaveSettings.from_preferences(preferences.load())
        gallery = cls(pictures or preferences.pictures_dir(), paths.data_dir(), paths.cache_dir(), saving=saving)
        gallery._is_default = pictures is None
        return gallery

    def close(self) -> None:
        """Close the databases of the gallery and release its lock on the library. The next call opens them again."""
        self.thumbnails.close()
        self._connection.close()
        self._location.locks.unlock()

    @property
    def pictures(self) -> Path:
        """The path of the library folder, in which the gallery saves new images."""
        return self._location.folder

    @property
    def index_path(self) -> Path:
        """The path of the gallery's index, an SQLite database in the cache folder."""
        return self._location.index_path

    @property
    def steps(self) -> StepsFiles:
        """The store of saved denoising steps, with one file per image in the library."""
        return self._location.steps

    @property
    def styles(self) -> Styles:
        """The (id, title) pairs of all art styles that the models offer, which can be used in a search."""
        return self._connection.styles

    @styles.setter
    def styles(self, styles: Styles) -> None:
        self._connection.styles = styles

    def save(self, result: Result, *, note: Mapping[str, str] | None = None, picture_id: str = "") -> Picture:
        """Save a generated image as a new file in the library, together with its recorded steps.

        `note` adds entries to the metadata, as in `saved_image.save`. If the steps cannot be written, they are dropped.
        If `picture_id` was already saved before a crash, the existing image is returned.
        """
        self.create_library()
        if picture_id and (found := self.find(picture_id)):
            return found
        return self.add(self.write(result, note=note, picture_id=picture_id))

    def write(self, result: Result, *, note: Mapping[str, str] | None = None, picture_id: str = "") -> Picture:
        """Write the image file and the steps file of a generated image as `save` does, but do not add the image to the
        gallery index.

        It may be called from any thread while the gallery's own thread is busy. The library folder must exist.
        """
        picture = save(result, self.pictures, note=note, saving=self.saving, picture_id=picture_id)
        self._location.drive.record_write(picture.path)
        if result.steps:
            with contextlib.suppress(StorageError):
                self.steps.write(picture.id, result.steps)
        return picture

    def add(self, picture: Picture) -> Picture:
        """Add an image saved by `write` to the index and return it as stored.

        If the index cannot be written, the image is returned unchanged and the next scan adds it.
        """
        try:
            return self._updater.add(picture.path, picture)
        except StorageError:
            # The file is already saved, so the next `sync` will find it.
            return picture

    def page(
        self, query: str = "", *, after: Picture | None = None, limit: int = 200, fill: bool = True
    ) -> list[Picture]:
        """Return up to `limit` images that match the search `query`, newest first, starting after the image `after`.

        With `fill`, an empty index is first built from the files, which can take minutes. Without it, only the images
        indexed so far are returned, and the caller should run `sync_in_steps` between calls. After the first sync has
        started, no call builds the index.
        """
        return self._connection.run(lambda index: index.page(query, after=after, limit=limit), fill=fill)

    def count(self, query: str = "", *, fill: bool = True) -> int:
        """Return the number of gallery images that match the search `query`.

        With `fill`, an empty index is first built from the files.
        """
        return self._connection.run(lambda index: index.count(query), fill=fill)

    def get(self, picture_id: str) -> Picture | None:
        """Return the gallery image with this id, or None if there is none. If the index is empty, it is first built
        from the files.
        """
        return self._connection.run(lambda index: index.get(picture_id), fill=True)

    def find(self, picture_id: str) -> Picture | None:
        """Return the gallery image with this id if it is in the index and its file exists, else None."""
        found = self._connection.run(lambda index: index.get(picture_id))
        return found if found is not None and found.path.is_file() else None

    def find_copy(self, path: Path) -> Picture | None:
        """Return the gallery image whose file has the same content as the image file `path`, or None if there is none.

        A further file with this content would not be listed. Raises StorageError.
        """
        claimed = load(path).id
        claimants = self._connection.run(lambda index: index.conflict(claimed)).claimants
        files = {each: self.pictures / each.path for each in claimants if (self.pictures / each.path).is_file()}
        content = content_of(path, pixels=True) if files else UNKNOWN
        same = [each for each, file in files.items() if content.is_same(content_of(file, pixels=True))]
        return self.get(same[0].image or claimed) if same else None

    def saved_ids(self, ids: set[str]) -> set[str]:
        """Return the ids from `ids` whose images were already saved, even if they were deleted or are not yet indexed.
        After a crash, the queue uses this to avoid generating an image twice.
        """
        # Steps are written after their image, so these images exist without being in the index.
        if any(self.steps.path(each).is_file() and not self.find(each) for each in ids):
            with contextlib.suppress(StorageError):
                self.sync()
        found = {each for each in ids if self.find(each)}
        for deletion in self._location.trash_folder.deletions():
            if found == ids:
                break
            for path in deletion.files():
                with contextlib.suppress(StorageError):
                    found |= ids & {load(path).id}
        return found

    def family(self, picture_id: str) -> list[Picture]:
        """Return all images that were branched, directly or indirectly, from the same original as this image, newest
        first.

        The `parent` of a branch is the `digest` of the image that it branched from.
        """
        return self._connection.run(lambda index: index.family(picture_id))

    def create_thumbnails(self) -> Iterator[int]:
        """Create the missing thumbnails of gallery images, newest images first.

        Yields the number of new thumbnails about every 10 ms, which is 0 while images that have one are passed.
        """
        before = LAST
        while moments := self.timeline.moments(before=before, limit=500):
            missing = self.thumbnails.missing(self.timeline.ids(moments))
            pictures = self.timeline.images(moments) if missing else []
            yield from self.thumbnails.create_in_steps([picture for picture in pictures if picture.id in missing])
            yield 0
            before = moments[-1]

    def sync(self, progress: Progress | None = None) -> int:
        """Update the gallery index after changes to image files by other programs, and return the number of changed
        files.

        Only files whose modification time or size differs from the index are read.
        """
        total = 0
        for processed, total in self.sync_in_steps():
            if progress:
                progress(processed, total)
        return total

    def sync_in_steps(self) -> Iterator[tuple[int, int]]:
        """Update the gallery index from the image files in steps of about 10 ms, so that the caller can do other work
        in between. Yields (changes processed, changes found). The newest files come first. After an interruption, the
        next sync continues with the remaining files.
        """
        yield from self._updater.scan()
        self.steps.prune(self.saving.max_steps_size)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Reread every image file into the gallery index and return the number of images.

        User data is not changed. Entries are replaced one by one, so that searches remain complete. A damaged index is
        deleted first.
        """
        self._connection.delete_damaged_index()
        self._connection.run(Index.tidy)
        self._check_on_disk()
        total = 0
        for processed, total in self._updater.scan(again=True):
            if progress:
                progress(processed, total)
        self._check_on_disk()
        return self.count()

    def is_outdated(self) -> bool:
        """Return True if image files were added or removed since the last sync of the index.

        This is fast enough to call every second.
        """
        return self._updater.is_outdated()

    def changed_elsewhere(self) -> bool:
        """Return True if another process changed the gallery index or the user data since the last call."""
        before = self._versions
        self._versions = self._connection.run(Index.versions)
        return self._versions != before

    def create_library(self) -> None:
        """Lock the library folder and create it if it is missing. Raises StorageError if its disk is not connected."""
        self.lock_library()
        self._updater.create_library()

    def check_writable(self) -> None:
        """Raise StorageError if images cannot be saved in the library folder. Creates the folder if it is missing."""
        self.create_library()
        file_operations.check_writable(self.pictures)

    def lock_library(self) -> None:
        """Lock the library folder until `close`, so that no other process can move it.

        Every method that writes calls this first. If the library has been moved, this gallery switches to the new
        folder. Raises StorageError while a move is in progress.
        """
        if not self._location.locks.lock() or not self._is_default:
            return
        folder = preferences.pictures_dir()
        if folder != self.pictures:
            self.close()
            self._location.move_to(folder)
            self.lock_library()

    def move_library(self, folder: Path, remember: Callable[[Path], object]) -> Iterator[tuple[int, int]]:
        """Move the library with all its images to `folder`, yielding (bytes copied, bytes in total).

        See `storage.library_move`. Once all files are copied, call `remember(folder)` and use the new folder. Raises
        StorageError if another process is writing to the library.
        """

        def switch(folder: Path) -> None:
            remember(folder)
            self.close()
            before = self.index_path
            self._location.move_to(folder)
            # The index stays valid, because its paths are relative. If copying it fails, a new index is built.
            with contextlib.suppress(OSError):
                os.replace(before, self.index_path)
            # The images have been moved already, and the next scan can record the disk instead.
            with contextlib.suppress(StorageError):
                self._connection.run(partial(note_device, folder=folder))
            self.lock_library()

        with self._location.locks.exclusive():
            self._updater.check_library()
            yield from library_move.move_library(self.pictures, folder, switch)

    def _check_on_disk(self) -> None:
        """Raise StorageError if the gallery index exists only in memory, and would therefore be lost when this process
        ends.
        """
        if reason := self._connection.read_only_reason:
            raise self._connection.problem(reason)


class Timeline:
    """List of the creation timestamps of all gallery images that match a search, used by a scrolling view to load
    images on demand.

    A timestamp ("moment" in the code) is in µs since 1970 and identifies one image. A view loads all timestamps first,
    and then each image when it becomes visible. Unlike `Gallery.page`, its methods never build an empty index.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def moments(self, query: str = "", *, before: int = LAST, limit: int = 20_000) -> list[int]:
        """Return the creation timestamps of the gallery images that match a search, in µs since 1970 and newest first.

        Only timestamps before `before` are returned, at most `limit`.
        """
        return self._connection.run(lambda index: index.moments(query, before=before, limit=limit))

    def images(self, moments: Sequence[int]) -> list[Picture]:
        """Return the gallery images with the given creation timestamps, newest first.

        Timestamps without an image are skipped.
        """
        return self._connection.run(lambda index: index.at(moments))

    def ids(self, moments: Sequence[int]) -> list[str]:
        """Return the ids of the gallery images with the given creation timestamps, newest first.

        Timestamps without an image are skipped.
        """
        return self._connection.run(lambda index: index.ids_at(moments))
