"""What was found damaged and mended: a sentence each, said to people once, and kept for `doctor`."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio import atomic, paths
from gdm_studio.errors import StorageError

FOLDER = "mended"  # in the data folder, with a file a sentence: whoever renames it is the one who says it
UNSAID, SAID = ".new", ".said"
_KEPT = 30 * 86_400.0  # seconds for which `doctor` knows of it


@dataclass(frozen=True)
class Mended:
    """What happened, in a sentence, and when, in seconds since 1970."""

    sentence: str
    moment: float


def note(data: Path, sentence: str) -> None:
    """Remembers what was mended among what lies in `data`; where nothing can be written it is not said."""
    folder = data / FOLDER
    with contextlib.suppress(StorageError):
        atomic.make_folder(folder)
        atomic.write(folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{UNSAID}", sentence.encode())


def put_aside(place: Path, what: str) -> None:
    """Gives a damaged file of the data folder a name that nothing has, and notes that; raises StorageError."""
    try:
        aside = atomic.NewFile(place.parent, atomic.numbered(f"{place.name}.damaged")).take(place)
    except OSError as error:
        raise atomic.problem(place, error) from error
    words = f"damaged; it is kept as {paths.shown(aside)}, and begun anew with what can be read of it."
    note(place.parent, f"{what} {words}")


def unsaid(data: Path) -> list[str]:
    """What nobody has been told of, the oldest first; from now on it is said, whichever process asks."""
    found = []
    for path in _files(data, UNSAID):
        if (sentence := _read(path)) is None:
            continue
        with contextlib.suppress(OSError):
            os.rename(path, path.with_suffix(SAID))
            found.append(sentence)
    return found


def lately(data: Path) -> list[Mended]:
    """All of the last month, the oldest first; what is older is forgotten."""
    found = []
    for path in sorted([*_files(data, UNSAID), *_files(data, SAID)]):
        moment = int(path.name.partition("-")[0]) / 1e9
        if time.time() - moment > _KEPT:
            with contextlib.suppress(OSError):
                path.unlink()
        elif (sentence := _read(path)) is not None:
            found.append(Mended(sentence, moment))
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
