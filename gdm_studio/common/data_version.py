"""Version mark in the data folder, by which older versions detect data that they would misread."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from gdm_studio import __version__
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import read_json
from gdm_studio.common.text_safety import escape_unsafe, shorten

FILE = "version.json"
# Increased when earlier versions would misread or damage the data: settings, gallery, queue, steps or presets.
FORMAT = 1
_MAX_BYTES = 4096


def check() -> None:
    """Check which version wrote the data folder. Raises StorageError if it was a newer one, whose data this version
    cannot read.
    """
    newer = _read_mark(paths.data_dir())
    if newer is not None and newer[0] > FORMAT:
        raise StorageError(
            f"The data in {paths.display_path(paths.data_dir())} was made by version {newer[1]} of GDM Studio, and "
            f"this is version {__version__}; update it, or set GDM_STUDIO_HOME to another folder."
        )


def record() -> None:
    """Record the version of this program in the data folder. Does nothing if the folder already records a current
    version or is read-only.

    Raises the error of `check`.
    """
    check()
    mark = _read_mark(paths.data_dir())
    if mark is None or mark[0] < FORMAT:
        text = json.dumps({"format": FORMAT, "version": __version__})
        with contextlib.suppress(StorageError):
            atomic_files.make_folder(paths.data_dir())
            atomic_files.write(paths.data_dir() / FILE, text.encode())


def _read_mark(folder: Path) -> tuple[int, str] | None:
    """Return (format, version) as recorded in a data folder, or None if there is no readable record."""
    try:
        mark = read_json(folder / FILE, max_bytes=_MAX_BYTES)
        return int(mark["format"]), shorten(escape_unsafe(str(mark["version"])))
    except (StorageError, ValueError, LookupError, TypeError, OverflowError):
        return None
