"""The log of repaired files. Each entry is shown to the user once, and later by `gdm-studio doctor`."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.translatable_json import sentence_from_json, sentence_to_json
from gdm_studio.common.translation_markers import Sentence, translatable

# The folder of the log in the data folder, with a file for each sentence. Renaming a file marks it as shown, which only
# one process can do.
FOLDER = "mended"
UNSAID, SAID = ".new", ".said"
# The latest timestamp that can be shown as a date, in the year 9892.
_MAX_TIMESTAMP = 2.5e11
# The time in seconds for which `doctor` shows a repair.
_SHOWN_SECONDS = 30 * 86_400.0


@dataclass(frozen=True)
class Repair:
    """Repair of a damaged file by the program: a sentence that describes it for the user, and its time in seconds since
    1970.
    """

    sentence: str
    moment: float


def record_repair(data: Path, sentence: str) -> None:
    """Append a sentence about a repaired file to the repair log. Does nothing if the log cannot be written.

    The file contains the sentence in English and, if it is `translatable`, a second line with its template and values.
    """
    text = str(sentence)
    if isinstance(sentence, Sentence) and sentence.template:
        text = f"{text}\n{json.dumps(sentence_to_json(sentence))}"
    folder = data / FOLDER
    with contextlib.suppress(StorageError):
        atomic_files.make_folder(folder)
        atomic_files.write(
            folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{UNSAID}", text.encode("utf-8", "replace")
        )


def rename_damaged(place: Path, template: str) -> None:
    """Rename a damaged file of the data folder to an unused name, and log the repair. Raises StorageError.

    `template` is the recorded sentence, marked for translation, with the placeholder {file} for the new name.
    """
    aside = paths.display_path(_rename_to_free(place, "damaged"))
    record_repair(place.parent, translatable(template, file=aside))


def rename_previous(place: Path, template: str) -> None:
    """Rename a file of the data folder to an unused name before it is replaced, and add the sentence of `template` to
    the repair log, with the new name in place of {file}. Raises StorageError.
    """
    aside = paths.display_path(_rename_to_free(place, "before"))
    record_repair(place.parent, translatable(template, file=aside))


def _rename_to_free(place: Path, ending: str) -> Path:
    try:
        return atomic_files.NewFile(place.parent, atomic_files.numbered_names(f"{place.name}.{ending}")).take(place)
    except OSError as error:
        raise atomic_files.storage_error(place, error) from error


def take_unreported(data: Path) -> list[str]:
    """Return the messages about repairs that no process has shown yet, oldest first, and mark them as shown. Messages
    with templates are `Sentence`s.
    """
    found = []
    for path in _list_files(data, UNSAID):
        if (sentence := _read(path)) is None:
            continue
        with contextlib.suppress(OSError):
            os.rename(path, path.with_suffix(SAID))
            found.append(sentence)
    return found


def recent(data: Path) -> list[Repair]:
    """Return the repairs of the last 30 days, oldest first, and delete older ones from the repair log."""
    found = []
    for path in sorted([*_list_files(data, UNSAID), *_list_files(data, SAID)]):
        moment = int(path.name.partition("-")[0]) / 1e9
        if time.time() - moment > _SHOWN_SECONDS or moment > _MAX_TIMESTAMP:
            with contextlib.suppress(OSError):
                path.unlink()
        elif (sentence := _read(path)) is not None:
            found.append(Repair(sentence, moment))
    return found


def _list_files(data: Path, suffix: str) -> list[Path]:
    try:
        there = [Path(entry.path) for entry in os.scandir(data / FOLDER) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(path for path in there if path.suffix == suffix and path.name.partition("-")[0].isdecimal())


def _read(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
    sentence, _, template = text.rpartition("\n")
    with contextlib.suppress(ValueError):
        if sentence:
            return sentence_from_json(parse_json(template))
    return text or None
