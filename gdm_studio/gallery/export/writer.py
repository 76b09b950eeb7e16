"""Writer of exported files. A file or icon set is written completely or not at all, and never replaces a file."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.gallery.export.export_source import LARGEST, SMALLEST, ExportSource
from gdm_studio.gallery.export.formats import Format, Options
from gdm_studio.gallery.storage.files import numbered_names


def export(master: ExportSource, form: Format, options: Options, folder: Path) -> Path:
    """Export an image to `folder` in the chosen format. Return the path of the new file or, for an icon set, of the new
    folder.

    `folder` is created if needed. If the name is taken, a number is appended. Raises StorageError and BadRequest.
    """
    check_options(options)
    atomic_files.make_folder(folder)
    if form.folder:
        return _write_set(form.files(master, options), folder, f"{master.name} {form.id}")
    ((name, data),) = form.files(master, options)
    stem, dot, suffix = name.rpartition(".")
    return atomic_files.NewFile(folder, numbered_names(stem, dot + suffix)).write(data)


def write_credits(text: str, folder: Path) -> Path:
    """Write a file CREDITS.txt beside exported images and return its path.

    An existing file with the same text is reused.
    """
    data = text.encode()
    for path in (folder / name for name in numbered_names("CREDITS", ".txt")):
        if not os.path.lexists(path):
            break
        # A file that cannot be read, such as a pipe, counts as a different file.
        with contextlib.suppress(StorageError):
            if atomic_files.read(path) == data:
                return path
    return atomic_files.NewFile(folder, numbered_names("CREDITS", ".txt")).write(data)


def check_options(options: Options) -> None:
    """Raise BadRequest if the size requested for an export is out of range."""
    if options.size is not None and not SMALLEST <= options.size <= LARGEST:
        raise BadRequest(f"The size must be from {SMALLEST} to {LARGEST} pixels, not {options.size}.")


def _write_set(files: Iterator[tuple[str, bytes]], folder: Path, name: str) -> Path:
    """Write the files of an exported icon set into a new folder and return its path.

    The folder has a temporary name until it is complete.
    """
    part = folder / f".{uuid.uuid4().hex}{atomic_files.PART}"
    try:
        for inside, data in files:
            path = part / PurePosixPath(inside)
            atomic_files.make_folder(path.parent)
            atomic_files.write(path, data, durable=False)
        final = atomic_files.NewFile(folder, numbered_names(name)).take(part)
    except OSError as error:
        raise atomic_files.storage_error(folder / name, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    atomic_files.sync_folder(folder)
    return final
