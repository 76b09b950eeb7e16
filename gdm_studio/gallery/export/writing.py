"""Putting exported files into a folder: whole or not at all, beside whatever is there already."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gdm_studio import atomic
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.gallery.export.formats import Format, Options
from gdm_studio.gallery.export.master import LARGEST, SMALLEST, Master
from gdm_studio.gallery.files import numbered


def export(master: Master, form: Format, options: Options, folder: Path) -> Path:
    """Writes the picture in a format into `folder`, made if need be; the file, or the folder of a set.

    What is there is left alone: a name that is taken gets a number. Raises StorageError, BadRequest.
    """
    check(options)
    atomic.make_folder(folder)
    if form.folder:
        return _write_set(form.files(master, options), folder, f"{master.name} {form.id}")
    ((name, data),) = form.files(master, options)
    stem, dot, suffix = name.rpartition(".")
    return atomic.NewFile(folder, numbered(stem, dot + suffix)).write(data)


def write_credits(text: str, folder: Path) -> Path:
    """Writes whom to credit as CREDITS.txt; one that says the same already is enough."""
    data = text.encode()
    for path in (folder / name for name in numbered("CREDITS", ".txt")):
        if not os.path.lexists(path):
            break
        with contextlib.suppress(StorageError):  # what cannot be read, a pipe say, is none of ours
            if atomic.read(path) == data:
                return path
    return atomic.NewFile(folder, numbered("CREDITS", ".txt")).write(data)


def check(options: Options) -> None:
    """Raises BadRequest where a size is out of range."""
    if options.size is not None and not SMALLEST <= options.size <= LARGEST:
        raise BadRequest(f"The size must be from {SMALLEST} to {LARGEST} pixels, not {options.size}.")


def _write_set(files: Iterator[tuple[str, bytes]], folder: Path, name: str) -> Path:
    """A folder that appears under its name when all that is inside is there."""
    part = folder / f".{uuid.uuid4().hex}{atomic.PART}"
    try:
        for inside, data in files:
            path = part / PurePosixPath(inside)
            atomic.make_folder(path.parent)
            atomic.write(path, data, durable=False)
        final = atomic.NewFile(folder, numbered(name)).take(part)
    except OSError as error:
        raise atomic.problem(folder / name, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    atomic.sync_folder(folder)
    return final
