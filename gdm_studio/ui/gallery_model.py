"""The pictures of the gallery as a list model that is filled page by page, as far as one scrolls."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QPixmap

from gdm_studio.request import Request
from gdm_studio.ui.imaging import qimage
from gdm_studio.ui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

PAGE = 60
KEPT = 600  # thumbnails held in memory; others are asked for again when they come into sight

PICTURE = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class PictureLike(Protocol):
    """What the gallery shows of a picture."""

    @property
    def id(self) -> Any: ...
    @property
    def path(self) -> Path: ...
    @property
    def created(self) -> float: ...  # seconds since 1970
    @property
    def size(self) -> tuple[int, int]: ...  # width, height
    @property
    def request(self) -> Request: ...
    @property
    def favourite(self) -> bool: ...


class PictureModel(QAbstractListModel):
    """Pictures in the order of the gallery, newest first.

    Signals: `page_wanted(str query, int offset, int limit)`, answered by `add_page(query, offset, pictures, more)`
    or `page_failed(query, offset)`; `thumbnail_wanted(object picture)`, answered by `set_thumbnail(id, rgba)`, and
    only for cells in sight.
    Setters: `set_query(text)`, `add_newest(picture)`, `update_picture(picture)`, `remove(ids)`.
    Readers: `query()`, `picture(row)`, `row_of(id)`, `is_waiting()`.
    """

    page_wanted = Signal(str, int, int)
    thumbnail_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._query, self._more, self._asked = "", False, -1
        self._pictures: list[PictureLike] = []
        self._thumbnails: OrderedDict[Any, QPixmap] = OrderedDict()
        self._awaited: set[Any] = set()

    # filling

    def query(self) -> str:
        return self._query

    def set_query(self, query: str) -> None:
        """Asks for the pictures that match; what is shown goes when the first page comes."""
        self._query, self._asked, self._more = query, 0, False
        self.page_wanted.emit(query, 0, PAGE)

    def is_waiting(self) -> bool:
        """Whether a page has been asked for and has not come."""
        return self._asked >= 0

    def add_page(self, query: str, offset: int, pictures: Iterable[PictureLike], more: bool) -> None:
        """A page that was asked for; one of a former query, or out of turn, is dropped."""
        if query != self._query or offset != self._asked:
            return
        self._asked, self._more = -1, more
        fresh = list(pictures)
        if offset == 0:
            self.beginResetModel()
            self._pictures = fresh
            self.endResetModel()
            return
        known = {picture.id for picture in self._pictures}
        fresh = [picture for picture in fresh if picture.id not in known]
        if fresh:
            last = len(self._pictures)
            self.beginInsertRows(QModelIndex(), last, last + len(fresh) - 1)
            self._pictures += fresh
            self.endInsertRows()

    def page_failed(self, query: str, offset: int) -> None:
        """The page that was asked for will not come; what is shown stays, and nothing is waited for."""
        if query == self._query and offset == self._asked:
            self._asked, self._more = -1, False
            self.layoutChanged.emit()

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and self._asked < 0

    def fetchMore(self, parent: Index) -> None:
        self._asked = len(self._pictures)
        self.page_wanted.emit(self._query, self._asked, PAGE)

    def add_newest(self, picture: PictureLike) -> None:
        """A picture just made, put first."""
        if self.row_of(picture.id) >= 0:
            self.update_picture(picture)
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._pictures.insert(0, picture)
        self.endInsertRows()

    def update_picture(self, picture: PictureLike) -> None:
        """The same picture with other facts (a favourite now)."""
        row = self.row_of(picture.id)
        if row >= 0:
            self._pictures[row] = picture
            self.dataChanged.emit(self.index(row), self.index(row))

    def remove(self, ids: Iterable[Any]) -> None:
        """Takes pictures out of the list."""
        for picture_id in ids:
            row = self.row_of(picture_id)
            if row >= 0:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._pictures[row]
                self.endRemoveRows()

    def set_thumbnail(self, picture_id: Any, rgba: np.ndarray) -> None:
        """The small picture of a cell, uint8 RGBA or RGB, of any size."""
        self._awaited.discard(picture_id)
        self._thumbnails[picture_id] = QPixmap.fromImage(qimage(rgba))
        while len(self._thumbnails) > KEPT:
            self._thumbnails.popitem(last=False)
        row = self.row_of(picture_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [THUMBNAIL])

    # reading

    def picture(self, row: int) -> PictureLike:
        return self._pictures[row]

    def row_of(self, picture_id: Any) -> int:
        """The row of a picture; -1 where it is not in the list."""
        return next((row for row, picture in enumerate(self._pictures) if picture.id == picture_id), -1)

    def thumbnail(self, picture: PictureLike) -> QPixmap | None:
        """The small picture, or None and a wish for it."""
        kept = self._thumbnails.get(picture.id)
        if kept is not None:
            self._thumbnails.move_to_end(picture.id)
        elif picture.id not in self._awaited:
            self._awaited.add(picture.id)
            self.thumbnail_wanted.emit(picture)
        return kept

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        picture = self._pictures[index.row()]
        if role == PICTURE:
            return picture
        if role == THUMBNAIL:
            return self.thumbnail(picture)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return title_of(picture)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{title_of(picture)}\nF marks a favourite · drag it out as a file"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Iterable[Index]) -> QMimeData:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self._pictures[index.row()].path)) for index in indexes])
        return mime


def title_of(picture: PictureLike) -> str:
    """What to call a picture: its prompt, or its file's name."""
    return picture.request.prompt or picture.path.stem


def fitted(pixmap: QPixmap, side: int, ratio: float) -> QPixmap:
    """The pixmap scaled to fit a square of `side` logical pixels, sharp on the screen."""
    device = round(side * ratio)
    result = pixmap.scaled(
        QSize(device, device), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    result.setDevicePixelRatio(ratio)
    return result
