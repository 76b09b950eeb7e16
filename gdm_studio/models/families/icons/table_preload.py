"""Tables of memorised training images that are read while torch is still imported, so that the first image of a launch
is ready earlier. This module does not import torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from gdm_studio.models.families.icons.drawing_table import DrawingTable, read_table
from gdm_studio.models.files.checkpoints import Stamp, stamp_of

# Tables that are read or being read, and that no model has taken yet, by file and stamp.
_preloaded: dict[tuple[Path, Stamp | None], Future[DrawingTable]] = {}


def read_early(files: Iterable[Path]) -> None:
    """Read tables, and cache each of them until `take_table` or `forget_early` is called. Call this on a separate
    thread.
    """
    reading = {(file, stamp_of(file)): Future[DrawingTable]() for file in files}
    _preloaded.update(reading)
    for (file, _), future in reading.items():
        try:
            future.set_result(read_table(file))
        except Exception as error:  # `take_table` raises it where it can be reported
            future.set_exception(error)


def forget_early() -> None:
    """Release the tables that no model has taken, for example because images are made on another computer."""
    _preloaded.clear()


def take_table(file: Path) -> DrawingTable:
    """Return the table in a file, waiting for it if `read_early` is reading it. Raises the errors of `read_table`."""
    early = _preloaded.pop((file, stamp_of(file)), None)
    return read_table(file) if early is None else early.result()
