"""The pictures that match a search as a list model: the moment of every one, and in full those looked at lately."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.request import Request
from gdm_studio.ui.gallery.days import days_of
from gdm_studio.ui.gallery.runs import differences, runs_of
from gdm_studio.ui.look.index import Index
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import Theme

PAGE = 60  # pictures that a search answers with before it tells how many there are
FEWEST, SCREENS = 200, 8  # pictures held: so many, or so often what is near; others are asked for again
PIXELS = 16_000_000  # held in thumbnails: 64 MB
MARGIN = 60  # rows above and below what is in sight that are fetched too
DAMAGED = "file is damaged or gone"
RUNS = 64  # of rows that come or go at once; with more, the whole list is shown anew

PICTURE = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1


class PictureLike(Protocol):
    """What the gallery shows of a picture."""

    @property
    def id(self) -> Any: ...
    @property
    def path(self) -> Path: ...
    @property
    def created(self) -> float: ...  # seconds since 1970, no two pictures at the same µs
    @property
    def size(self) -> tuple[int, int]: ...  # width, height
    @property
    def request(self) -> Request: ...
    @property
    def favourite(self) -> bool: ...


class PictureModel(QAbstractListModel):
    """Pictures in the order of the gallery, newest first unless `set_oldest_first`.

    Signals, none answered at once: `search_wanted(str query)`, to which come `begin`, `show_moments` or
    `search_failed`; `pictures_wanted(list moments)`, in sight and not held: `fill`; `thumbnails_wanted(list pictures)`:
    `set_thumbnails`. Of the last two only the newest wish counts. `all_wanted(list moments, callable)`,
    `ids_wanted(list moments, callable)` are answered by a call. `found(int)`, how many there are.
    Setters: `set_query(text)`, `set_reading(on)`, `set_oldest_first(on)`, `set_side(pixels)`, `look_at(rows)`,
    `add_newest(picture)`, `update_picture(picture)`, `remove(ids)`.
    Readers: `query()`, `picture(row)`, `row_of(id)`, `row_at(moment)`, `moments(rows)`, `days()`, `is_waiting()`,
    `is_reading()`, `took()`.
    """

    search_wanted = Signal(str)
    pictures_wanted = Signal(list)
    thumbnails_wanted = Signal(list)
    all_wanted = Signal(list, object)
    ids_wanted = Signal(list, object)
    found = Signal(int)

    def __init__(self, theme: Theme, *, screens: int = SCREENS) -> None:
        super().__init__(theme)
        self._screens, self._most = screens, FEWEST  # pictures held: so many times what is near; how many that is now
        self._query, self._waiting, self._upside_down = "", False, False
        self._moments = array("q")  # of all that match, in µs since 1970, ascending
        self._pictures: OrderedDict[int, PictureLike] = OrderedDict()  # by moment, the longest unseen first
        self._by_id: dict[Any, int] = {}
        self._thumbnails: OrderedDict[Any, tuple[int, QPixmap]] = OrderedDict()  # with the side made for
        self._pixels = 0
        self._side = 64
        self._sight = range(0)
        self._asked = self._took = 0.0
        self._reading = False

    # filling

    def query(self) -> str:
        return self._query

    def set_query(self, query: str) -> None:
        """Asks for the pictures that match; what is shown goes when the first of them come."""
        self._query, self._waiting, self._asked = query, True, time.perf_counter()
        self.search_wanted.emit(query)

    def refresh(self) -> None:
        """Asks again for what is searched; only what has come or gone since is moved."""
        self.search_wanted.emit(self._query)

    def is_waiting(self) -> bool:
        """Whether an answer to another search is still to come."""
        return self._waiting

    def set_reading(self, on: bool) -> None:
        """Whether the files are still looked through: a list that is empty now may not stay so."""
        self._reading = on
        self.layoutChanged.emit()

    def is_reading(self) -> bool:
        return self._reading

    def took(self) -> float:
        """Milliseconds from the last search to its first pictures."""
        return self._took

    def begin(self, query: str, pictures: Sequence[PictureLike]) -> None:
        """The newest that match, ahead of all: a new search shows them at once."""
        if query != self._query or not self._waiting:
            return
        moments = sorted(self._hold(picture) for picture in pictures)
        if self._upside_down and len(moments) == PAGE:
            return  # these are the last of the list: it is shown when the first are known
        self._waiting = False
        self._took = 1000 * (time.perf_counter() - self._asked)
        self._reset(array("q", moments))

    def show_moments(self, query: str, moments: Iterable[int]) -> None:
        """All that match, by their moments in µs."""
        if query != self._query:
            return
        fresh = array("q", sorted(moments))
        if self._waiting:
            self._waiting = False
            self._took = 1000 * (time.perf_counter() - self._asked)
            self._reset(fresh)
        elif fresh != self._moments:
            self._change_into(fresh)
        self.found.emit(len(self._moments))

    def search_failed(self, query: str) -> None:
        """The answer will not come; what is shown stays, and nothing is waited for."""
        if query == self._query:
            self._waiting = False
            self.layoutChanged.emit()

    def fill(self, pictures: Iterable[PictureLike]) -> None:
        """Pictures that were asked for."""
        self._say_changed([self.row_at(self._hold(picture)) for picture in pictures], [])
        self._look_on()

    def look_at(self, rows: range) -> None:
        """What is in sight: what is missing there is asked for, then, once all of it is there, what is missing near."""
        self._sight = rows
        near = range(max(rows.start - MARGIN, 0), min(rows.stop + MARGIN, len(self._moments)))
        self._most = max(FEWEST, self._screens * len(near))
        if not self._is_asking(rows):
            self._is_asking([row for row in near if row not in rows])

    def _look_on(self) -> None:
        """What was near and out of sight is painted by nobody, who would ask for more."""
        if self._sight.stop <= len(self._moments):
            self.look_at(self._sight)

    def _is_asking(self, rows: Iterable[int]) -> bool:
        """Asks for the pictures and the thumbnails that are missing in some rows; whether there are such."""
        moments = self.moments(rows)
        if missing := self.missing(moments):
            self.pictures_wanted.emit(missing)
        held = [self._pictures[moment] for moment in moments if moment in self._pictures]
        bare = [picture for picture in held if not self._is_sharp(picture)]
        if bare:
            self.thumbnails_wanted.emit(bare)
        return bool(missing or bare)

    def set_oldest_first(self, on: bool) -> None:
        if on != self._upside_down:
            self.beginResetModel()
            self._upside_down = on
            self.endResetModel()

    def is_oldest_first(self) -> bool:
        return self._upside_down

    def add_newest(self, picture: PictureLike) -> None:
        """A picture just made."""
        if self.row_of(picture.id) >= 0:
            self.update_picture(picture)
            return
        moment = self._hold(picture)
        place = bisect_left(self._moments, moment)
        row = len(self._moments) - place if not self._upside_down else place
        self.beginInsertRows(QModelIndex(), row, row)
        self._moments.insert(place, moment)
        self.endInsertRows()
        self.found.emit(len(self._moments))

    def update_picture(self, picture: PictureLike) -> None:
        """The same picture with other facts (a favourite now)."""
        row = self.row_of(picture.id)
        if row >= 0:
            self._hold(picture)
            self.dataChanged.emit(self.index(row), self.index(row))

    def remove(self, ids: Iterable[Any]) -> None:
        """Takes pictures out of the list."""
        rows = (self.row_of(picture_id) for picture_id in ids)
        places = {row if self._upside_down else len(self._moments) - 1 - row for row in rows if row >= 0}
        if places:
            self._take(runs_of(sorted(places)))
            self.found.emit(len(self._moments))

    def set_thumbnails(self, images: Mapping[Any, QImage | None], side: int) -> None:
        """Small pictures of cells by their pictures' ids, made for that `side`; None where there can be none."""
        for picture_id, image in images.items():
            _, before = self._thumbnails.pop(picture_id, (0, QPixmap()))
            pixmap = QPixmap() if image is None else QPixmap.fromImage(image)
            self._thumbnails[picture_id] = side, pixmap
            self._pixels += _area(pixmap) - _area(before)
        while (self._pixels > PIXELS or len(self._thumbnails) > self._most) and len(self._thumbnails) > 1:
            _, (_, oldest) = self._thumbnails.popitem(last=False)
            self._pixels -= _area(oldest)
        self._say_changed((self.row_of(picture_id) for picture_id in images), [THUMBNAIL])
        self._look_on()

    def set_side(self, pixels: int) -> None:
        """How large small pictures are wanted, in device pixels; those of another size serve until they come."""
        self._side = pixels

    def side(self) -> int:
        return self._side

    # reading

    def picture(self, row: int) -> PictureLike | None:
        """The picture of a row; None where it is not held at present."""
        return self._pictures.get(self._moment(row))

    def row_of(self, picture_id: Any) -> int:
        """The row of a picture; -1 where it is not in the list, or was never looked at."""
        moment = self._by_id.get(picture_id)
        return -1 if moment is None else self.row_at(moment)

    def row_at(self, moment: int) -> int:
        """The row of a moment; -1 where it is not in the list."""
        place = bisect_left(self._moments, moment)
        if place == len(self._moments) or self._moments[place] != moment:
            return -1
        return place if self._upside_down else len(self._moments) - 1 - place

    def moments(self, rows: Iterable[int]) -> list[int]:
        """When the pictures of some rows were made, in µs since 1970."""
        return [self._moment(row) for row in rows]

    def days(self) -> list[tuple[date, int]]:
        """(local day, number of pictures) in the order of the list."""
        days = days_of(self._moments)
        return days if self._upside_down else days[::-1]

    def thumbnail(self, picture: PictureLike) -> QPixmap | None:
        """The small picture, or None where it is still to come."""
        kept = self._thumbnails.get(picture.id)
        if kept is None or kept[1].isNull():
            return None
        self._thumbnails.move_to_end(picture.id)
        return kept[1]

    def is_damaged(self, picture: PictureLike) -> bool:
        """Whether there can be no small picture: the file is damaged or gone."""
        kept = self._thumbnails.get(picture.id)
        return kept is not None and kept[1].isNull()

    def moments_of(self, ids: Iterable[Any]) -> list[int]:
        """When those of these pictures were made that are held, in µs since 1970."""
        return [self._by_id[picture_id] for picture_id in ids if picture_id in self._by_id]

    def missing(self, moments: Iterable[int]) -> list[int]:
        """Those of the moments whose pictures are not held."""
        return [moment for moment in moments if moment not in self._pictures]

    def with_pictures(self, rows: Sequence[int], act: Callable[[list[Any]], object]) -> None:
        """Calls `act` with the pictures of some rows: at once where all are held, else when they have come."""
        held = [picture for row in rows if (picture := self.picture(row)) is not None]
        if len(held) == len(rows):
            act(held)
        else:
            self.all_wanted.emit(self.moments(rows), act)

    def with_ids(self, rows: Sequence[int], act: Callable[[list[Any]], object]) -> None:
        """The same with their ids alone, which come sooner where they are many."""
        held = [picture.id for row in rows if (picture := self.picture(row)) is not None]
        if len(held) == len(rows):
            act(held)
        else:
            self.ids_wanted.emit(self.moments(rows), act)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._moments)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        picture = self.picture(index.row())
        if role == PICTURE:
            return picture
        if role == THUMBNAIL:
            return picture and self.thumbnail(picture)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return title_of(picture) if picture else "Picture"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:  # tells pictures of one prompt apart
            seed = f"seed {picture.request.seed}" if picture else ""
            return f"{seed}, {DAMAGED}" if picture and self.is_damaged(picture) else seed
        if role == Qt.ItemDataRole.ToolTipRole and picture:
            if self.is_damaged(picture):
                return tip(f"{title_of(picture)}\nIts {DAMAGED}")
            return tip(f"{title_of(picture)}\nF marks a favourite · Space shows it large · drag it out as a file")
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

    def _hold(self, picture: PictureLike) -> int:
        """Keeps a picture, the one longest unseen giving way; its moment."""
        moment = moment_of(picture)
        self._pictures[moment] = picture
        self._pictures.move_to_end(moment)
        self._by_id[picture.id] = moment
        while len(self._pictures) > self._most:
            _, oldest = self._pictures.popitem(last=False)
            self._by_id.pop(oldest.id, None)
        return moment

    def _is_sharp(self, picture: PictureLike) -> bool:
        """Whether there is a small picture of the size that is wanted."""
        kept = self._thumbnails.get(picture.id)
        return kept is not None and kept[0] == self._side

    def _moment(self, row: int) -> int:
        return self._moments[row if self._upside_down else len(self._moments) - 1 - row]

    def _say_changed(self, rows: Iterable[int], roles: list[int]) -> None:
        """Of neighbours together: what is asked for together mostly is."""
        for run in runs_of(sorted(row for row in rows if row >= 0)):
            self.dataChanged.emit(self.index(run.start), self.index(run.stop - 1), roles)

    def _reset(self, moments: array[int]) -> None:
        self.beginResetModel()
        self._moments = moments
        self.endResetModel()

    def _change_into(self, wanted: array[int]) -> None:
        """Takes out and puts in what differs, run by run, so that the place and what is selected stay."""
        takes, puts = differences(self._moments, wanted)
        if len(takes) + len(puts) > RUNS:
            self._reset(wanted)
            return
        self._take(takes)
        for run in puts:
            rows = self._rows(run, len(self._moments) + len(run))
            self.beginInsertRows(QModelIndex(), rows.start, rows.stop - 1)
            self._moments[run.start : run.start] = wanted[run.start : run.stop]
            self.endInsertRows()

    def _take(self, runs: Sequence[range]) -> None:
        """Takes runs of places out, the last first."""
        for run in reversed(runs):
            rows = self._rows(run, len(self._moments))
            self.beginRemoveRows(QModelIndex(), rows.start, rows.stop - 1)
            del self._moments[run.start : run.stop]
            self.endRemoveRows()

    def _rows(self, places: range, count: int) -> range:
        """The rows of a run of places in a list of that many."""
        return places if self._upside_down else range(count - places.stop, count - places.start)


def moment_of(picture: PictureLike) -> int:
    """When a picture was made, in µs since 1970: what the gallery knows it by."""
    return round(picture.created * 1e6)


def title_of(picture: PictureLike) -> str:
    """What to call a picture: its prompt or class, or its file's name."""
    return plain(picture.request.subject or picture.path.stem)


def fitted(pixmap: QPixmap, side: int, ratio: float) -> QPixmap:
    """The pixmap scaled to fit a square of `side` logical pixels, sharp on the screen."""
    device = round(side * ratio)
    result = pixmap.scaled(
        QSize(device, device), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    result.setDevicePixelRatio(ratio)
    return result


def _area(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height()
