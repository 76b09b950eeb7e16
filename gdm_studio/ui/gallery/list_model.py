"""List model of the images that match a search, with a cache of recently viewed images."""

from __future__ import annotations

import itertools
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.request.generation_request import Request
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.item_models import Index

if TYPE_CHECKING:
    from gdm_studio.gallery.stacks import StackRanges

# Number of pictures that a search returns first, before it counts all matches.
PAGE = 60
# The cache holds at least FEWEST pictures, or SCREENS times the number of visible and near ones.
FEWEST = 100
SCREENS = 8
# Maximum number of pixels in the thumbnail cache: 64 MB.
PIXELS = 16_000_000
# Rows above and below the visible ones that are loaded ahead.
MARGIN = 60
# Milliseconds from the end of loading, after a jump to other rows, until the rows around them are loaded. While the
# user drags the scroll bar, the next jump would have to wait for them.
REST = 100
# Maximum number of runs of rows to insert or remove one by one; with more, the model is reset.
RUNS = 64
# The model is reset, without comparing all rows, if the number of rows changes by at least this much.
MANY = 1000

PICTURE = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1


class PictureLike(Protocol):
    """Interface of an image for the gallery's lists, with the properties that the lists show."""

    @property
    def id(self) -> Any: ...
    @property
    def path(self) -> Path: ...
    @property
    def created(self) -> float:
        """Creation time of the image in seconds since 1970. No two gallery images share the same microsecond."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image in pixels."""

    @property
    def request(self) -> Request: ...
    @property
    def favourite(self) -> bool: ...


class PictureModel(QAbstractListModel):
    """Qt list model of the gallery images that match a search, newest first unless `set_oldest_first()` was called.

    An image is identified by its creation timestamp in µs since 1970, called "moment" in the code. The model emits a
    signal for data that it lacks, which the gallery's service supplies by calling methods of the model. Only the newest
    request for images and the newest request for thumbnails are answered.
    """

    # A query, answered by `begin()` and `show_moments()`, or by `search_failed()`.
    search_wanted = Signal(str)
    # A list of creation timestamps of visible pictures that are not cached, answered by `fill()`. Qt would copy each
    # entry of a list, of which there are hundreds on a large screen.
    pictures_wanted = Signal(object)
    # A list of pictures without a thumbnail, answered by `set_thumbnails()`.
    thumbnails_wanted = Signal(object)
    # Creation timestamps of pictures, and a callback for the pictures.
    all_wanted = Signal(list, object)
    # Creation timestamps of pictures, and a callback for their ids.
    ids_wanted = Signal(list, object)
    # The number of pictures that match.
    found = Signal(int)
    # The id of a newly saved picture that does not match the search.
    left_out = Signal(object)

    def __init__(self, theme: Theme, *, screens: int = SCREENS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._screens = screens
        # Maximum number of cached pictures.
        self._max_cached = FEWEST
        self._query = ""
        self._is_waiting = False
        self._oldest_first = False
        # Creation timestamps of the listed matches in µs since 1970, in ascending order, and of those that are hidden
        # in closed stacks.
        self._timestamps = array("q")
        self._hidden_moments = array("q")
        # The stacks of the gallery, or None to list every picture, and the first timestamps of the open stacks.
        self._stacks: StackRanges | None = None
        self._open_stacks: set[int] = set()
        # True while images are hidden in stacks because the user wants to see stacks.
        self._is_stacking_asked = False
        # Cached pictures by creation timestamp, least recently used first.
        self._pictures: OrderedDict[int, PictureLike] = OrderedDict()
        self._by_id: dict[Any, int] = {}
        # Cached thumbnails by picture id, with the size for which they were created.
        self._thumbnails: OrderedDict[Any, tuple[int, QPixmap]] = OrderedDict()
        self._pixels = 0
        self._thumbnail_side = 64
        self._visible_rows = range(0)
        # Number of changes of rows and caches, and the state for which data was last requested.
        self._changes = 0
        self._requested_state: tuple[object, ...] = ()
        # True from a jump to other rows until `_rest_timer` ends or the list is scrolled, and the rows there are read.
        self._is_after_jump = False
        self._rest_timer = QTimer(self, singleShot=True, interval=REST)
        self._rest_timer.timeout.connect(self._request_surroundings)
        for changed in (self.rowsInserted, self.rowsRemoved, self.modelReset, self.layoutChanged):
            changed.connect(self._count_change)
        self._search_started = 0.0
        self._search_ms = 0.0
        self._is_reading = False

    # filling

    def query(self) -> str:
        return self._query

    def set_query(self, query: str) -> None:
        """Start a search for images that match `query`.

        Earlier images remain visible until the first results arrive.
        """
        self._query = query
        self._is_waiting = True
        self._search_started = time.perf_counter()
        self.search_wanted.emit(query)

    def refresh(self) -> None:
        """Repeat the current search, and insert or remove only the rows that have changed since its last results."""
        self.search_wanted.emit(self._query)

    def is_waiting(self) -> bool:
        """Return True while a new search has not returned any results yet."""
        return self._is_waiting

    def set_reading(self, on: bool) -> None:
        """Set whether the gallery is still scanning image files.

        Meanwhile, an empty list does not show the message that there are no images.
        """
        if on != self._is_reading:
            self._is_reading = on
            self.layoutChanged.emit()

    def is_reading(self) -> bool:
        return self._is_reading

    def search_ms(self) -> float:
        """Return the time in milliseconds that the last search took to return its first results."""
        return self._search_ms

    def begin(self, query: str, pictures: Sequence[PictureLike]) -> None:
        """Show the newest images that match a new search, before all of its matches are known."""
        if query != self._query or not self._is_waiting:
            return
        moments = sorted(self._add_to_cache(picture) for picture in pictures)
        if self._oldest_first and len(moments) == PAGE:
            # The newest pictures are the last rows, whose positions are not known yet.
            return
        self._is_waiting = False
        self._search_ms = 1000 * (time.perf_counter() - self._search_started)
        self._reset(self._hide_stacked(array("q", moments)))

    def show_moments(self, query: str, moments: Iterable[int]) -> None:
        """Show all images that match a search, given by their creation timestamps `moments` in µs since 1970."""
        if query != self._query:
            return
        fresh = self._hide_stacked(_sort_ascending(array("q", moments)))
        if self._is_waiting:
            self._is_waiting = False
            self._search_ms = 1000 * (time.perf_counter() - self._search_started)
            self._reset(fresh)
        elif fresh != self._timestamps:
            self._update_to(fresh)
        self._emit_found()

    def search_failed(self, query: str) -> None:
        """Mark a search as ended by an error. The previous search's images remain visible."""
        if query == self._query:
            self._is_waiting = False
            self.layoutChanged.emit()

    def fill(self, pictures: Iterable[PictureLike]) -> None:
        """Add images loaded from the gallery to the cache, and update the rows that show them."""
        self._emit_changed([self.row_at(self._add_to_cache(picture)) for picture in pictures], [PICTURE])
        self._request_more()

    def set_visible_rows(self, rows: range) -> None:
        """Set the range of visible rows, and request their images and thumbnails if they are not cached.

        If nothing is missing, data for adjacent rows is requested, after a jump with a delay. Nothing is requested
        twice: a request that was answered in part is repeated when the answer arrives.
        """
        before = self._visible_rows
        if rows != before:
            self._is_after_jump = bool(before) and (rows.start >= before.stop or rows.stop <= before.start)
            self._rest_timer.stop()
        self._visible_rows = rows
        state = (rows, self._thumbnail_side, self._changes)
        if state == self._requested_state:
            return
        self._requested_state = state
        near = range(max(rows.start - MARGIN, 0), min(rows.stop + MARGIN, len(self._timestamps)))
        self._max_cached = max(FEWEST, self._screens * len(near))
        middle = (rows.start + rows.stop) // 2
        # From the middle of the view outwards, since the user looks there first.
        if self._request_missing(range(rows.start, middle), range(middle, rows.stop)):
            return
        if not self._is_after_jump:
            self._request_missing(range(near.start, rows.start), range(rows.stop, near.stop))
        elif not self._rest_timer.isActive():
            self._rest_timer.start()

    def _request_surroundings(self) -> None:
        """Request the rows around the visible ones, which were left out after a jump."""
        self._is_after_jump = False
        self._count_change()
        self._request_more()

    def _request_more(self) -> None:
        """Request the images and thumbnails of visible rows that are still missing after a batch has arrived.

        Rows that are not visible are not painted, so nothing else requests their data.
        """
        if self._visible_rows.stop <= len(self._timestamps):
            self.set_visible_rows(self._visible_rows)

    def _request_missing(self, before: range, after: range) -> bool:
        """Request the images and thumbnails of two ranges of rows that are not cached. Return True if any were missing.

        Those that are nearest to the end of `before` and to the start of `after` come first, in turn.
        """
        pairs = itertools.zip_longest(self.moments(after), reversed(self.moments(before)))
        moments = [moment for pair in pairs for moment in pair if moment is not None]
        if missing := self.missing(moments):
            self.pictures_wanted.emit(missing)
        # There are hundreds of rows on a large screen.
        get, thumbnails, side = self._pictures.get, self._thumbnails, self._thumbnail_side
        bare = [
            picture
            for moment in moments
            if (picture := get(moment)) is not None and thumbnails.get(picture.id, (0, None))[0] != side
        ]
        if bare:
            self.thumbnails_wanted.emit(bare)
        return bool(missing or bare)

    def set_oldest_first(self, on: bool) -> None:
        if on != self._oldest_first:
            self.beginResetModel()
            self._oldest_first = on
            self.endResetModel()

    def is_oldest_first(self) -> bool:
        return self._oldest_first

    def add_newest(self, picture: PictureLike) -> None:
        """Add a newly saved image to the list, or update its row if the list already contains it."""
        if self.row_of(picture.id) >= 0:
            self.update_pictures([picture])
            return
        moment = self._add_to_cache(picture)
        place = bisect_left(self._timestamps, moment)
        row = len(self._timestamps) - place if not self._oldest_first else place
        self.beginInsertRows(QModelIndex(), row, row)
        self._timestamps.insert(place, moment)
        self.endInsertRows()
        self._emit_found()

    def update_pictures(self, pictures: Iterable[PictureLike]) -> None:
        """Replace images in the list with their current versions, for example after they were marked as favourites.

        Their cells are painted again, also those that now look empty.
        """
        listed = [picture for picture in pictures if self.row_of(picture.id) >= 0]
        self._emit_changed([self.row_at(self._add_to_cache(picture)) for picture in listed], [])

    def remove(self, ids: Iterable[Any]) -> None:
        """Remove the images with the given ids from the list, for example after the user deleted them."""
        rows = (self.row_of(picture_id) for picture_id in ids)
        places = {row if self._oldest_first else len(self._timestamps) - 1 - row for row in rows if row >= 0}
        if places:
            self._remove_runs(runs_of(sorted(places)))
            self._update_stacks()
            self._emit_found()

    def set_stacks(self, stacks: StackRanges | None, *, is_asked: bool = False) -> None:
        """Set the stacks of near-identical images. A closed stack is listed as its newest image only.

        If `stacks` is None, every image is listed. `is_asked` means that the user wants to see stacks, so that a
        current image that one of them hides is represented by its stack.
        """
        self._stacks = stacks
        self._is_stacking_asked = is_asked
        self._update_stacks()
        self._is_stacking_asked = False

    def row_of_covering(self, moment: int) -> int:
        """Return the row of the stack with which the user is just hiding an image, given by its creation timestamp, or
        -1 if the image is not being hidden.
        """
        is_hidden = self._is_stacking_asked and self.is_hidden(moment)
        return self.cover_of(self.rows_of_stack(moment)[0]) if is_hidden else -1

    def stack_of(self, row: int) -> tuple[int, bool] | None:
        """Return (number of images, True if open) for the stack whose newest image is in this row.

        Returns None if the row's image is not the newest one in a stack of at least two matching, near-identical
        images.
        """
        moment = self._moment_at(row)
        if self._stacks is None or (place := self._stacks.find(moment)) < 0:
            return None
        first, last = self._stacks.firsts[place], self._stacks.lasts[place]
        end = bisect_right(self._timestamps, last)
        count = end - bisect_left(self._timestamps, first)
        count += bisect_right(self._hidden_moments, last) - bisect_left(self._hidden_moments, first)
        return (count, first in self._open_stacks) if count > 1 and moment == self._timestamps[end - 1] else None

    def count_images(self, runs: Iterable[range]) -> int:
        """Return the number of images that ranges of rows stand for, with those in the closed stacks of these rows."""
        count, hidden = 0, self._hidden_moments
        for run in runs:
            places = self._rows_of(run, len(self._timestamps))
            before = self._timestamps[places.start - 1] if places.start else hidden[0] - 1 if hidden else 0
            last = self._timestamps[places.stop - 1]
            count += len(run) + bisect_left(hidden, last) - bisect_right(hidden, before)
        return count

    def rows_of_stack(self, moment: int) -> range:
        """Return the listed rows of the stack of near-identical images that contains a creation timestamp."""
        if self._stacks is None or (place := self._stacks.find(moment)) < 0:
            return range(0)
        start = bisect_left(self._timestamps, self._stacks.firsts[place])
        end = bisect_right(self._timestamps, self._stacks.lasts[place])
        return self._rows_of(range(start, end), len(self._timestamps))

    def cover_of(self, row: int) -> int:
        """Return the row of the newest image in a row's stack of near-identical images, or -1 if the row is in no
        stack.
        """
        if self._stacks is None or (place := self._stacks.find(self._moment_at(row))) < 0:
            return -1
        cover = self.row_at(self._timestamps[bisect_right(self._timestamps, self._stacks.lasts[place]) - 1])
        return cover if self.stack_of(cover) is not None else -1

    def is_hidden(self, moment: int) -> bool:
        """Return True if the image with this creation timestamp is hidden in a closed stack."""
        place = bisect_left(self._hidden_moments, moment)
        return place < len(self._hidden_moments) and self._hidden_moments[place] == moment

    def toggle_stack(self, row: int) -> None:
        """Open or close the stack of near-identical images to which a row belongs."""
        if self.cover_of(row) >= 0:
            assert self._stacks is not None
            self._is_stacking_asked = True
            self._open_stacks ^= {self._stacks.firsts[self._stacks.find(self._moment_at(row))]}
            self._update_stacks()
            self._is_stacking_asked = False
            # The badge of the newest picture shows whether the stack is open.
            self.layoutChanged.emit()

    def uncover(self, picture: PictureLike) -> None:
        """Open the closed stack of near-identical images that hides an image, if any, so that the image itself is
        listed.
        """
        moment = moment_of(picture)
        if self._stacks is not None and self.is_hidden(moment):
            self._open_stacks.add(self._stacks.firsts[self._stacks.find(moment)])
            self._update_stacks()

    def _update_stacks(self) -> None:
        """Recompute which matching images are listed and which are hidden in closed stacks of near-identical images."""
        if self._stacks is not None or self._hidden_moments:
            fresh = self._hide_stacked(_sort_ascending(self._timestamps + self._hidden_moments))
            if abs(len(fresh) - len(self._timestamps)) > MANY:
                self._reset(fresh)
            elif fresh != self._timestamps:
                self._update_to(fresh)

    def _hide_stacked(self, moments: array[int]) -> array[int]:
        """Return the timestamps of the images to list, without those that are hidden in closed stacks.

        `moments` are the timestamps of all matching images, in ascending order.
        """
        self._hidden_moments = array("q")
        if self._stacks is None or not self._stacks.firsts or not moments:
            return moments
        import numpy as np

        every = np.frombuffer(moments, np.int64)
        firsts = np.frombuffer(self._stacks.firsts, np.int64)
        place = np.maximum(np.searchsorted(firsts, every, "right") - 1, 0)
        inside = (firsts[place] <= every) & (every <= np.frombuffer(self._stacks.lasts, np.int64)[place])
        # A picture is hidden if the next one belongs to the same closed stack.
        hidden = np.zeros(len(every), bool)
        hidden[:-1] = inside[:-1] & inside[1:] & (place[:-1] == place[1:])
        hidden &= ~np.isin(firsts[place], np.array(sorted(self._open_stacks), np.int64))
        self._hidden_moments = array("q", every[hidden].tobytes())
        return array("q", every[~hidden].tobytes())

    def _emit_found(self) -> None:
        self.found.emit(len(self._timestamps) + len(self._hidden_moments))

    def set_thumbnails(
        self, images: Mapping[Any, QImage | None], side: int, *, lost: Collection[Any] | None = None
    ) -> None:
        """Add loaded thumbnails to the cache, keyed by image id.

        None means that the image file is damaged or missing. `side` is the requested thumbnail size in device pixels.
        `lost` are the ids of thumbnails that vanish on the colour "plate", or None if that is unknown.
        """
        for picture_id, image in images.items():
            _, before = self._thumbnails.pop(picture_id, (0, QPixmap()))
            pixmap = QPixmap() if image is None else QPixmap.fromImage(image)
            self._thumbnails[picture_id] = side, pixmap
            if lost is not None:
                self._theme.remember_lost(pixmap, picture_id in lost)
            self._pixels += _compute_area(pixmap) - _compute_area(before)
        while (self._pixels > PIXELS or len(self._thumbnails) > self._max_cached) and len(self._thumbnails) > 1:
            _, (_, oldest) = self._thumbnails.popitem(last=False)
            self._pixels -= _compute_area(oldest)
        self._emit_changed((self.row_of(picture_id) for picture_id in images), [THUMBNAIL])
        self._request_more()

    def set_side(self, pixels: int) -> None:
        """Set the size in device pixels at which thumbnails are requested.

        Cached thumbnails of another size are shown until new ones arrive.
        """
        self._thumbnail_side = pixels

    def side(self) -> int:
        return self._thumbnail_side

    # reading

    def picture(self, row: int) -> PictureLike | None:
        """Return the image in a row of the list, or None if it is not cached."""
        return self._pictures.get(self._moment_at(row))

    def row_of(self, picture_id: Any) -> int:
        """Return the row of the image with this id, or -1 if it is not cached or not in the list."""
        moment = self._by_id.get(picture_id)
        return -1 if moment is None else self.row_at(moment)

    def row_at(self, moment: int) -> int:
        """Return the row of the image with this creation timestamp (µs since 1970), or -1 if it is not listed."""
        place = bisect_left(self._timestamps, moment)
        if place == len(self._timestamps) or self._timestamps[place] != moment:
            return -1
        return place if self._oldest_first else len(self._timestamps) - 1 - place

    def moments(self, rows: Iterable[int]) -> list[int]:
        """Return the creation timestamps that identify the images in the given rows, in µs since 1970."""
        if not isinstance(rows, range) or rows.step != 1:
            return [self._moment_at(row) for row in rows]
        if self._oldest_first:
            return list(self._timestamps[rows.start : rows.stop])
        count = len(self._timestamps)
        return list(self._timestamps[count - rows.stop : count - rows.start][::-1])

    def all_moments(self) -> Sequence[int]:
        """Return the creation timestamps of all images in list order, in µs since 1970."""
        return self._timestamps[:] if self._oldest_first else self._timestamps[::-1]

    def found_moments(self) -> Sequence[int]:
        """Return the creation timestamps of all matches in list order, also of those in closed stacks, in µs since
        1970.
        """
        found = _sort_ascending(self._timestamps + self._hidden_moments)
        return found if self._oldest_first else found[::-1]

    def days(self) -> list[tuple[date, int]]:
        """Return (local day, number of images) for each day with images, in list order."""
        from gdm_studio.ui.gallery.date_sections import days_of

        days = days_of(self._timestamps)
        return days if self._oldest_first else days[::-1]

    def thumbnail(self, picture: PictureLike) -> QPixmap | None:
        """Return an image's thumbnail, or None if it is not cached."""
        cached = self._thumbnails.get(picture.id)
        if cached is None or cached[1].isNull():
            return None
        self._thumbnails.move_to_end(picture.id)
        return cached[1]

    def is_damaged(self, picture: PictureLike) -> bool:
        """Return True if an image has no thumbnail because its file is damaged or missing."""
        cached = self._thumbnails.get(picture.id)
        return cached is not None and cached[1].isNull()

    def moments_of(self, ids: Iterable[Any]) -> list[int]:
        """Return the creation timestamps of the images with the given ids, in µs since 1970, leaving out uncached
        images.
        """
        return [self._by_id[picture_id] for picture_id in ids if picture_id in self._by_id]

    def missing(self, moments: Iterable[int]) -> list[int]:
        """Return the creation timestamps of the images that are not cached, out of the given timestamps."""
        return [moment for moment in moments if moment not in self._pictures]

    def with_pictures(self, rows: Sequence[int], callback: Callable[[list[Any]], object]) -> None:
        """Call `callback` with the images in the given rows, immediately if all are cached and otherwise after loading
        them.
        """
        cached = [picture for row in rows if (picture := self.picture(row)) is not None]
        if len(cached) == len(rows):
            callback(cached)
        else:
            self.all_wanted.emit(self.moments(rows), callback)

    def with_ids(self, rows: Sequence[int], callback: Callable[[list[Any]], object]) -> None:
        """Call `callback` with the ids of the images in the given rows, immediately if all are cached, else after
        fetching them.

        Ids load faster than images.
        """
        cached = [picture.id for row in rows if (picture := self.picture(row)) is not None]
        if len(cached) == len(rows):
            callback(cached)
        else:
            self.ids_wanted.emit(self.moments(rows), callback)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._timestamps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        picture = self.picture(index.row())
        if role == PICTURE:
            return picture
        if role == THUMBNAIL:
            return picture and self.thumbnail(picture)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return title_of(picture) if picture else self.tr("Picture")
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            # The seed distinguishes pictures with the same prompt.
            if picture is None:
                return ""
            seed = self.tr("seed {seed}").format(seed=picture.request.seed)
            if not has_settings(picture) or "seed" in getattr(picture, "unstated", ()):
                seed = self.tr("no settings")
            if stack := self.stack_of(index.row()):
                seed = self.tr("{seed}, newest of {count} in a stack").format(seed=seed, count=stack[0])
            return self.tr("{seed}, file is damaged or gone").format(seed=seed) if self.is_damaged(picture) else seed
        if role == Qt.ItemDataRole.ToolTipRole and picture:
            hint = self.tr("F marks a favourite · Space shows it large · drag it out as a file")
            if self.is_damaged(picture):
                hint = self.tr("Its file is damaged or gone")
            return tip(f"{title_of(picture)}\n{hint}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Iterable[Index]) -> QMimeData:
        mime = QMimeData()
        pictures = filter(None, (self.picture(index.row()) for index in indexes))
        mime.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
        return mime

    # moments and rows

    def _add_to_cache(self, picture: PictureLike) -> int:
        """Add an image to the cache, and return its creation timestamp.

        The least recently used images are removed if the cache is full.
        """
        moment = moment_of(picture)
        self._pictures[moment] = picture
        self._pictures.move_to_end(moment)
        self._by_id[picture.id] = moment
        while len(self._pictures) > self._max_cached:
            _, oldest = self._pictures.popitem(last=False)
            self._by_id.pop(oldest.id, None)
        return moment

    def _moment_at(self, row: int) -> int:
        return self._timestamps[row if self._oldest_first else len(self._timestamps) - 1 - row]

    def _count_change(self) -> None:
        self._changes += 1

    def _emit_changed(self, rows: Iterable[int], roles: list[int]) -> None:
        """Emit Qt's `dataChanged` signal for the given rows, once per range of consecutive rows."""
        self._count_change()
        for run in runs_of(sorted(row for row in rows if row >= 0)):
            self.dataChanged.emit(self.index(run.start), self.index(run.stop - 1), roles)

    def _reset(self, moments: array[int]) -> None:
        self.beginResetModel()
        self._timestamps = moments
        self.endResetModel()

    def _update_to(self, wanted: array[int]) -> None:
        """Remove and insert rows so that the list has the timestamps `wanted`, preserving scroll position and
        selection.
        """
        takes, puts = list_differences(self._timestamps, wanted)
        if len(takes) + len(puts) > RUNS:
            self._reset(wanted)
            return
        self._remove_runs(takes)
        for run in puts:
            rows = self._rows_of(run, len(self._timestamps) + len(run))
            self.beginInsertRows(QModelIndex(), rows.start, rows.stop - 1)
            self._timestamps[run.start : run.start] = wanted[run.start : run.stop]
            self.endInsertRows()

    def _remove_runs(self, runs: Sequence[range]) -> None:
        """Remove ranges of images from the list. The ranges are indices into the sorted timestamps, and the last one is
        removed first.
        """
        for run in reversed(runs):
            rows = self._rows_of(run, len(self._timestamps))
            self.beginRemoveRows(QModelIndex(), rows.start, rows.stop - 1)
            del self._timestamps[run.start : run.stop]
            self.endRemoveRows()

    def _rows_of(self, places: range, count: int) -> range:
        """Convert a range of indices in the sorted timestamps to rows of a list of `count` images in the current sort
        order, or rows to indices.
        """
        return places if self._oldest_first else range(count - places.stop, count - places.start)


def moment_of(picture: PictureLike) -> int:
    """Return an image's creation time in µs since 1970, which identifies it because no two images share a time."""
    return round(picture.created * 1e6)


def has_settings(picture: PictureLike) -> bool:
    """Return True unless an image's file contains no generation settings. Its request then says nothing about it."""
    return getattr(picture, "has_settings", True)


def title_of(picture: PictureLike) -> str:
    """Return the title under which an image is shown, see `Picture.title`."""
    return plain(getattr(picture, "title", "") or picture.request.subject or picture.path.stem)


def fit_pixmap(pixmap: QPixmap, side: int, ratio: float) -> QPixmap:
    """Return a pixmap scaled to fit into a square of `side` logical pixels.

    `ratio` is the number of device pixels per logical pixel.
    """
    device = round(side * ratio)
    result = pixmap.scaled(
        QSize(device, device), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    result.setDevicePixelRatio(ratio)
    return result


def _compute_area(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height()


def _sort_ascending(moments: array[int]) -> array[int]:
    """Sort image timestamps in ascending order, in linear time if the input consists of a few sorted runs."""
    import numpy as np

    return array("q", np.sort(np.frombuffer(moments, np.int64), kind="stable").tobytes()) if moments else moments


# Number of elements compared at once.
COMPARED = 4096


def list_differences(before: array[int], after: array[int]) -> tuple[list[range], list[range]]:
    """Compare two sorted arrays of timestamps, to find the rows that must be removed from and inserted into a list.

    Returns the ranges of indices removed from `before` and those added in `after`.
    """
    head = _measure_common_prefix(before, after)
    tail = _measure_common_prefix(before[head:][::-1], after[head:][::-1])
    old = before[head : len(before) - tail]
    new = after[head : len(after) - tail]
    removed = set(old) - set(new)
    come = set(new) - set(old)
    takes = [place for place, moment in enumerate(old, head) if moment in removed]
    puts = [place for place, moment in enumerate(new, head) if moment in come]
    return runs_of(takes), runs_of(puts)


def _measure_common_prefix(one: array[int], other: array[int]) -> int:
    """Return the number of equal elements at the start of two arrays."""
    count = 0
    most = min(len(one), len(other))
    while count < most and one[count : count + COMPARED] == other[count : count + COMPARED]:
        count = min(count + COMPARED, most)
    while count < most and one[count] == other[count]:
        count += 1
    return count


def runs_of(places: Sequence[int]) -> list[range]:
    """Group ascending integers, such as row numbers, into ranges of consecutive integers."""
    runs: list[range] = []
    for place in places:
        if runs and runs[-1].stop == place:
            runs[-1] = range(runs[-1].start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs
