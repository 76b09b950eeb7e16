"""Writer of exported files. A file or icon set is written completely or not at all, and replaces only credits."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path, PurePosixPath

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.gallery.export.export_source import LARGEST, SMALLEST, ExportSource
from gdm_studio.gallery.export.flat_colours import (
    FEWEST_COLOURS,
    LARGEST_AREA,
    MOST_COLOURS,
    MOST_SMOOTHING,
    FlatStyle,
)
from gdm_studio.gallery.export.formats import Format, Options
from gdm_studio.gallery.export.icon_set_export import icon_names, icon_set_files
from gdm_studio.gallery.filename_pattern import clean_name, title_of_set
from gdm_studio.gallery.storage.file_operations import numbered_names


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


def write_credits(text: str, folder: Path, merge: Callable[[str, str], str | None]) -> Path:
    """Write a file CREDITS.txt beside exported images and return its path.

    `merge` returns the credits of an earlier export with the new ones added, or None for the text of another program.
    Files of others are kept, and the new one then gets a number.
    """
    data = text.encode()
    for path in (folder / name for name in numbered_names("CREDITS", ".txt")):
        if not os.path.lexists(path):
            break
        # A file that cannot be read, such as a pipe, counts as a different file.
        with contextlib.suppress(StorageError, UnicodeDecodeError):
            old = atomic_files.read(path)
            merged = old if old == data else (merge(old.decode(), text) or "").encode()
            if merged and merged != old:
                atomic_files.write(path, merged)
            if merged:
                return path
    return atomic_files.NewFile(folder, numbered_names("CREDITS", ".txt")).write(data)


def check_options(options: Options) -> None:
    """Raise BadRequest if an option of an export, such as the size, is out of range."""
    if (flat := options.flat) is not None:
        if flat.colours is not None and not FEWEST_COLOURS <= flat.colours <= MOST_COLOURS:
            raise BadRequest(f"The colours must be from {FEWEST_COLOURS} to {MOST_COLOURS}, not {flat.colours}.")
        if not 0 <= flat.smoothing <= MOST_SMOOTHING:
            raise BadRequest(f"The smoothing must be from 0 to {MOST_SMOOTHING:g} pixels, not {flat.smoothing:g}.")
        if not 0 <= flat.smallest_area <= LARGEST_AREA:
            raise BadRequest(
                f"The smallest area must be from 0 to {LARGEST_AREA} square pixels, not {flat.smallest_area}."
            )
    if options.size is not None and not SMALLEST <= options.size <= LARGEST:
        raise BadRequest(f"The size must be from {SMALLEST} to {LARGEST} pixels, not {options.size}.")


def write_icon_set(
    masters: Sequence[tuple[str, ExportSource]], style: FlatStyle, folder: Path, credit: str = "", *, title: str = ""
) -> Generator[int, None, Path]:
    """Write the images of (name, image) pairs as an icon set into a new folder. Yield the number of icons done so far,
    and return the folder's path.

    The names become those of the files, and `credit` is written into the folder. The new folder is called `title`, or
    by the first names, and so is its README.txt. Raises StudioError and StorageError.
    """
    heading = title or title_of_set([name for name, _ in masters])
    # Names of folders in a project are typed.
    title = clean_name(heading.removesuffix(" …")) or "Icon set"
    names = icon_names([name for name, _ in masters])
    masters = [(name, master) for name, (_, master) in zip(names, masters, strict=True)]
    atomic_files.make_folder(folder)
    return (yield from _write_folder(icon_set_files(masters, style, credit, title=heading), folder, title))


def _write_set(files: Iterable[tuple[str, bytes]], folder: Path, name: str) -> Path:
    """Write the files of an exported icon set into a new folder and return its path."""
    return finish(_write_folder(((1, [file]) for file in files), folder, name))


def finish(steps: Generator[int, None, Path]) -> Path:
    """Run the export generator `steps` to its end, and return the path that it has written."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            path: Path = end.value
            return path


def _write_folder(
    steps: Iterable[tuple[int, list[tuple[str, bytes]]]], folder: Path, name: str
) -> Generator[int, None, Path]:
    """Write the files of (progress, files) pairs into a new folder. Yield the progress, and return the folder's path.

    The folder has a temporary name until it is complete.
    """
    part = folder / f".{uuid.uuid4().hex}{atomic_files.PART}"
    try:
        for progress, files in steps:
            for inside, data in files:
                path = part / PurePosixPath(inside)
                atomic_files.make_folder(path.parent)
                atomic_files.write(path, data, durable=False)
            yield progress
        final = atomic_files.NewFile(folder, numbered_names(name)).take(part)
    except OSError as error:
        raise atomic_files.storage_error(folder / name, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    atomic_files.sync_folder(folder)
    return final
