"""Images of ComfyUI's clients on disk: uploaded ones, and those that nodes have changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections import OrderedDict
from pathlib import Path

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.server.comfyui.image_name import CACHE, FOLDERS, ImageName

# Maximum number and bytes of the files. Of more, those used the longest ago are removed. The nodes of one graph make at
# most half of that, see `graph.MAX_PIXELS`.
MAX_FILES = 32768
MAX_BYTES = 2 * 2**30
SUFFIX = ".image"
# Maximum number of bytes of the first line of a file, with the image's name.
_MAX_HEAD = 4096


class StoredPictures:
    """Files of images by their names. Thread-safe. They survive the server, and several servers may share the folder.

    A file consists of a line with its name as JSON, and of the image.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        # Sizes of the files, those used last at the end, or None before the folder was scanned.
        self._sizes: OrderedDict[ImageName, int] | None = None
        self._total = 0

    def names(self) -> list[ImageName]:
        """Return the names of the images. Raises StorageError."""
        with self._lock:
            return list(self._scan())

    def read(self, name: ImageName) -> bytes | None:
        """Return the file of an image, or None if there is none. Raises StorageError."""
        path = self._path(name)
        if not path.is_file():
            return None
        with atomic_files.open_file(path) as file:
            head, _, data = file.read().partition(b"\n")
        if _parse_head(head) != name:
            return None
        with self._lock:
            sizes = self._scan()
            if name in sizes:
                sizes.move_to_end(name)
        # The order of use after a restart.
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def write(self, name: ImageName, data: bytes) -> None:
        """Store the file of an image, in the place of one with its name. Raises StorageError."""
        head = json.dumps([name.folder, name.subfolder, name.filename]).encode()
        with self._lock:
            sizes = self._scan()
            atomic_files.make_folder(self._folder)
            atomic_files.write(self._path(name), head + b"\n" + data)
            self._total += len(data) - sizes.get(name, 0)
            sizes[name] = len(data)
            sizes.move_to_end(name)
            while len(sizes) > 1 and (len(sizes) > MAX_FILES or self._total > MAX_BYTES):
                oldest, size = sizes.popitem(last=False)
                self._total -= size
                with contextlib.suppress(OSError):
                    self._path(oldest).unlink()

    def _path(self, name: ImageName) -> Path:
        text = "\0".join((name.folder, name.subfolder, name.filename))
        return self._folder / (hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() + SUFFIX)

    def _scan(self) -> OrderedDict[ImageName, int]:
        """Return the sizes of the files. Reads their names when it is first called."""
        if self._sizes is not None:
            return self._sizes
        found = []
        try:
            entries = list(os.scandir(self._folder)) if self._folder.is_dir() else []
        except OSError as error:
            raise atomic_files.storage_error(self._folder, error) from error
        for entry in entries:
            path = Path(entry.path)
            if not entry.name.endswith(SUFFIX):
                atomic_files.remove_abandoned(path)
                continue
            with contextlib.suppress(StorageError, OSError):
                name = _parse_head(atomic_files.read(path, max_bytes=_MAX_HEAD).partition(b"\n")[0])
                if name is not None and self._path(name) == path:
                    status = entry.stat()
                    found.append((status.st_mtime, status.st_size, name))
        found.sort(key=lambda each: each[0])
        self._sizes = OrderedDict((name, size) for _, size, name in found)
        self._total = sum(self._sizes.values())
        return self._sizes


def _parse_head(line: bytes) -> ImageName | None:
    """Return the name in the first line of a file, or None if it is damaged."""
    try:
        folder, subfolder, filename = parse_json(line, max_bytes=_MAX_HEAD)
    except MALFORMED:
        return None
    texts = all(isinstance(each, str) for each in (folder, subfolder, filename))
    return ImageName(folder, subfolder, filename) if texts and folder in (*FOLDERS, CACHE) else None
