"""What this computer is like for the program: each finding is fine, or says what to do. Nothing private is in it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import __version__, atomic, error_log, memory, mended, paths, preferences
from gdm_studio.errors import DeviceError, StorageError, StudioError
from gdm_studio.printable import printable

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery

OK, WARN, BAD = "ok", "warn", "bad"
LITTLE, TOO_LITTLE = 2e9, 200e6  # bytes of free disk
SMALL = 4e9  # bytes of memory below which it gets tight
ERRORS = 5  # of the log that are shown
EXTRAS = {"av": "saving films as MP4"}


@dataclass(frozen=True)
class Finding:
    """One line: `state` is ok, warn or bad; where it is not ok, `remedy` says what to do."""

    name: str
    value: str
    state: str = OK
    remedy: str = ""


def examine() -> list[Finding]:
    """Everything; imports torch, which takes a second or two, and opens the gallery."""
    from gdm_studio.gallery import Gallery

    gallery = Gallery.open()
    try:
        of_the_gallery = [*gallery_state(gallery), *lately_mended()]  # in this order: looking may mend
        return [*versions(), *devices(), *places(), *models(), *of_the_gallery, *last_errors()]
    finally:
        gallery.close()


def report(findings: Iterable[Finding]) -> str:
    """The findings as lines of text to be pasted somewhere."""
    marks = {OK: "ok  ", WARN: "note", BAD: "BAD "}
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.state]} {finding.name}: {finding.value}")
        if finding.remedy:
            lines.append(f"     {finding.remedy}")
    return "\n".join(map(printable, lines))


def as_facts(findings: Sequence[Finding]) -> dict[str, object]:
    """The findings as JSON takes them, and the worst state of all."""
    states = {finding.state for finding in findings}
    worst = next(state for state in (BAD, WARN, OK) if state in states or state == OK)
    return {"state": worst, "findings": [asdict(finding) for finding in findings]}


def versions() -> Iterator[Finding]:
    """The program, and what it runs on."""
    yield Finding("GDM Studio", __version__)
    yield Finding("Python", platform.python_version())
    for package in ("torch", "PySide6-Essentials", "numpy", "pillow"):
        yield _package(package)
    for package, what in EXTRAS.items():
        there = find_spec(package) is not None
        yield Finding(package, f"{_version(package)}, for {what}" if there else f"not there; it is for {what}")
    yield Finding("System", f"{platform.system()} {platform.release()}, {platform.machine()}")
    total = _memory()
    if total:
        tight = total < SMALL
        advice = "Close other programs while pictures are made, or choose smaller models." if tight else ""
        yield Finding("Memory", memory.in_words(total), WARN if tight else OK, advice)
    yield Finding("Processor", f"{os.cpu_count() or 1} threads")


def devices() -> Iterator[Finding]:
    """Where pictures can be made; imports torch."""
    try:
        import torch

        from gdm_studio.engine import devices as known
    except (ImportError, OSError) as error:
        yield Finding("Devices", f"torch cannot be loaded ({type(error).__name__})", BAD, "Install the program anew.")
        return
    names = known.available()
    for place, name in enumerate(names):
        room = ""
        if name.startswith("cuda"):
            room = f", {memory.in_words(torch.cuda.get_device_properties(name).total_memory)}"
        yield Finding(f"Device {place + 1}", f"{name}: {known.describe(name)}{room}")
    wanted = preferences.load().device
    try:
        known.several(wanted)
    except DeviceError:
        advice = "Choose another device in the settings; until then the quickest is used."
        yield Finding("Chosen device", f"{wanted} is not there", WARN, advice)


def places() -> Iterator[Finding]:
    """The folders, whether they can be written to, and the room on their disks."""
    folders = {
        "Pictures folder": preferences.pictures_dir(),
        "Data folder": paths.data_dir(),
        "Cache folder": paths.cache_dir(),
    }
    for name, folder in folders.items():
        yield _place(name, folder)
    for folder in (paths.models_dir(), *map(Path, preferences.load().model_folders)):
        missing = folder != paths.models_dir() and not folder.is_dir()
        advice = "Connect its disk, or remove it in the settings." if missing else ""
        yield Finding("Model folder", paths.shown(folder), WARN if missing else OK, advice)


def models() -> Iterator[Finding]:
    """What pictures can be made with: how many, since a name may say what it is for."""
    from gdm_studio.models.library import Library

    library = Library()
    cards = library.cards()
    built_in = [card for card in cards if card.path is not None and paths.is_shipped(card.path)]
    if cards:
        yield Finding("Models", f"{len(built_in)} built in, {len(cards) - len(built_in)} of your own")
    else:
        yield Finding("Models", "none", BAD, "Install the program anew, or put a model into the models folder.")
    for one in library.refused():
        yield Finding("Model file", f"{paths.shown(one.path)} cannot be used", WARN, one.reason)


def gallery_state(gallery: Gallery) -> Iterator[Finding]:
    """How many pictures there are, and whether their index is sound; called in the gallery's thread."""
    try:
        count = gallery.count(fill=False)
    except StudioError:
        advice = "Run `gdm-studio gallery rebuild`: the pictures are files and stay as they are."
        yield Finding("Gallery", "its index cannot be read", BAD, advice)
        return
    sound = _is_sound(gallery.index_path)
    advice = "" if sound else "Run `gdm-studio gallery rebuild`: the pictures are files and stay as they are."
    pictures = "1 picture" if count == 1 else f"{count:,} pictures"
    yield Finding("Gallery", f"{pictures}, index {'sound' if sound else 'damaged'}", OK if sound else BAD, advice)
    yield Finding("Steps kept", memory.in_words(gallery.steps.held()))


def lately_mended() -> Iterator[Finding]:
    """What was found damaged within a month, and what became of it."""
    for each in mended.lately(paths.data_dir()):
        day = time.strftime("%Y-%m-%d", time.localtime(each.moment))
        yield Finding("Mended", f"{day}: {each.sentence}", WARN, "Look whether anything is missing; check the disk.")


def last_errors() -> Iterator[Finding]:
    """The newest lines of the log of errors."""
    for line in error_log.last(ERRORS):
        yield Finding("Error", line, WARN, "Say so to the people who make the program, with this report.")
    if not error_log.last(1):
        yield Finding("Errors", "none so far")


def _package(name: str) -> Finding:
    found = _version(name)
    return Finding(name, found) if found else Finding(name, "not there", BAD, "Install the program anew.")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _memory() -> int:
    """Bytes of this machine's memory; 0 where unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _place(name: str, folder: Path) -> Finding:
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    if there is None:
        return Finding(
            name, f"{paths.shown(folder)}: not there", BAD, "Connect its disk, or choose another in the settings."
        )
    try:
        atomic.check_writable(there)
        free = shutil.disk_usage(there).free
    except (StorageError, OSError):
        return Finding(
            name, f"{paths.shown(folder)}: cannot be written to", BAD, "Allow writing there, or choose another."
        )
    state = BAD if free < TOO_LITTLE else WARN if free < LITTLE else OK
    advice = "Free some space on this disk." if state != OK else ""
    return Finding(name, f"{paths.shown(folder)}, {memory.in_words(free)} free", state, advice)


def _is_sound(index: Path) -> bool:
    """Whether SQLite finds nothing wrong with the index; one that is not there yet is fine."""
    if not index.exists():
        return True
    try:
        connection = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        return bool(connection.execute("PRAGMA schema_version").fetchone()) and _has_whole_pages(connection)
    except sqlite3.Error:
        return False
    finally:
        connection.close()


def _has_whole_pages(connection: sqlite3.Connection) -> bool:
    answer: tuple[str] = connection.execute("PRAGMA quick_check(1)").fetchone()
    return answer[0] == "ok"
