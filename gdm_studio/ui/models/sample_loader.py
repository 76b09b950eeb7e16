"""Background loader of the models' sample images."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import StorageError
from gdm_studio.common.paths import is_shipped
from gdm_studio.ui.widgets.pool_work import run_in_pool

PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 2**22


class Samples(QObject):
    """Cache of the sample images of models, which are loaded on background threads."""

    # All requested pictures have been loaded.
    read = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pixmaps: dict[Path, QPixmap] = {}
        self._missing_count = 0

    def picture(self, path: Path | None) -> QPixmap:
        """Return the image in a PNG file. The pixmap is null until the file is loaded, or if it cannot be read."""
        if path is None:
            return QPixmap()
        if path not in self._pixmaps:
            self._pixmaps[path] = QPixmap()
            self._missing_count += 1
            run_in_pool(partial(_read, path), self, partial(self._take, path))
        return self._pixmaps[path]

    def forget(self) -> None:
        """Clear the cache of sample images, because the files may have changed."""
        self._pixmaps.clear()

    def _take(self, path: Path, image: QImage) -> None:
        self._pixmaps[path] = QPixmap.fromImage(image)
        self._missing_count -= 1
        if not self._missing_count:
            self.read.emit()


def _read(path: Path) -> QImage:
    """Read a sample image. The result is null for a file that cannot be read or has no PNG signature, which is checked
    here, because Qt crashes if the name of a format is given as bytes.
    """
    image = QImage()
    with suppress(StorageError, OSError), open_file(path) as file:
        data = file.read(MOST_BYTES)
        if data.startswith(PNG):
            # The first paint shows shipped pictures, and must not wait for Pillow.
            if is_shipped(path):
                image.loadFromData(data)
            else:
                image = _decode(path, data)
    return image


def _decode(path: Path, data: bytes) -> QImage:
    """Decode an image file that another program may have written. Raises StorageError."""
    from gdm_studio.common.image_file import read_rgba_array
    from gdm_studio.ui.theme.imaging import to_qimage

    return to_qimage(read_rgba_array(path, data))
