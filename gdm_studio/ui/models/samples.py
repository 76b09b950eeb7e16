"""The small pictures beside a model, read aside: what is asked for is empty first, and there a moment later."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.atomic import open_file
from gdm_studio.errors import StorageError

PNG, MOST_BYTES = b"\x89PNG\r\n\x1a\n", 2**22


class Samples(QObject):
    """Signal: `read()`, once all that was asked for is there."""

    read = Signal()
    _came = Signal(object, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found: dict[Path, QPixmap] = {}
        self._missing = 0
        self._came.connect(self._take)

    def picture(self, path: Path | None) -> QPixmap:
        """The PNG in a small file; an empty picture before it is read, and where there is none."""
        if path is None:
            return QPixmap()
        if path not in self._found:
            self._found[path] = QPixmap()
            self._missing += 1
            QThreadPool.globalInstance().start(lambda: self._read(path))
        return self._found[path]

    def forget(self) -> None:
        """Has all be read again when it is asked for: others may lie there now."""
        self._found.clear()

    def _read(self, path: Path) -> None:
        """On a thread of the pool. Told by its first bytes: Qt crashes where a format is named by bytes."""
        image = QImage()
        with suppress(StorageError, OSError), open_file(path) as file:
            data = file.read(MOST_BYTES)
            if data.startswith(PNG):
                image.loadFromData(data)
        with suppress(RuntimeError):  # who asked is gone
            self._came.emit(path, image)

    def _take(self, path: Path, image: QImage) -> None:
        self._found[path] = QPixmap.fromImage(image)
        self._missing -= 1
        if not self._missing:
            self.read.emit()
