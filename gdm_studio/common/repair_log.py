"""The log of repaired files. Each entry is shown to the user once, and later by `gdm-studio doctor`."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError

# The folder of the log in the data folder, with a file for each sentence. Renaming a file marks it as shown, which only
# one process can do.
FOLDER = "mended"
UNSAID, SAID = ".new", ".said"
# The latest timestamp that can be shown as a date, in the year 9892.
_LATEST = 2.5e11
# The time in seconds for which `doctor` shows a repair.
_SECONDS = 30 * 86_400.0


@dataclass(frozen=True)
class Repair:
    """Repair of a damaged file by the program: a sentence that describes it for the user, and its time in seconds since
    1970.
    """

    sentence: str
    moment: float


def record_repair(data: Path, sentence: str) -> None:
    """Append a sentence about a repaired file to the repair log. Does nothing if the log cannot be written."""
    folder = data / FOLDER
    with contextlib.suppress(StorageError):
        atomic_files.make_folder(folder)
        atomic_files.write(folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{UNSAID}", sentence.encode())


def rename_damaged(place: Path, what: str) -> None:
    """Rename a damaged file of the data folder to an unused name, and log the repair. Raises StorageError.

    `what` starts the recorded sentence, such as "The file of settings was".
    """
    aside = paths.display_path(_rename_to_free(place, "damaged"))
    record_repair(place.parent, f"{what} damaged; it is kept as {aside}, and replaced by what could be read.")


def rename_previous(place: Path, sentence: str) -> None:
    """Rename a file of the data folder to an unused name before it is replaced, and add an entry with the new name to
    the repair log. Raises StorageError.
    """
    record_repair(
        place.parent, f"{sentence} The file is kept as {paths.display_path(_rename_to_free(place, 'before'))}."
    )


def _rename_to_free(place: Path, ending: str) -> Path:
    try:
        return atomic_files.NewFile(place.parent, atomic_files.numbered_names(f"{place.name}.{ending}")).take(place)
    except OSError as error:
        raise atomic_files.storage_error(place, error) from error


def take_unreported(data: Path) -> list[str]:
    """Return the messages about repairs that no process has shown yet, oldest first, and mark them as shown."""
    found = []
    for path in _files(data, UNSAID):
        if (sentence := _read(path)) is None:
            continue
        with contextlib.suppress(OSError):
            os.rename(path, path.with_suffix(SAID))
            found.append(sentence)
    return found


def recent(data: Path) -> list[Repair]:
    """Return the repairs in the repair log of the last 30 days, oldest first. Older ones are deleted."""
    found = []
    for path in sorted([*_files(data, UNSAID), *_files(data, SAID)]):
        moment = int(path.name.partition("-")[0]) / 1e9
        if time.time() - moment > _SECONDS or moment > _LATEST:
            with contextlib.suppress(OSError):
                path.unlink()
        elif (sentence := _read(path)) is not None:
            found.append(Repair(sentence, moment))
    return found


def _files(data: Path, suffix: str) -> list[Path]:
    try:
        there = [Path(entry.path) for entry in os.scandir(data / FOLDER) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(path for path in there if path.suffix == suffix and path.name.partition("-")[0].isdecimal())


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
