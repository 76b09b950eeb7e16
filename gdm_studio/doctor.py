"""Doctor: checks of versions, devices, folders, models and the gallery. Findings contain nothing private."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import __version__
from gdm_studio.common import (
    atomic_files,
    bundle,
    crash_log,
    error_log,
    memory,
    paths,
    preferences,
    remote_device,
    repair_log,
    system_libraries,
)
from gdm_studio.common.errors import DeviceError, StorageError, StudioError
from gdm_studio.common.program_files import check_files
from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery

OK = "ok"
WARN = "warn"
BAD = "bad"
# Bytes of free disk space below which there is a warning, or an error.
LITTLE = 2e9
TOO_LITTLE = 200e6
# Bytes of memory below which there is a warning.
SMALL = 4e9
# Errors of the log that are shown.
ERRORS = 5
# Maximum number of files that a finding names.
FILES = 5
REINSTALL = "Reinstall the program."
EXTRAS = {"av": "saving films as MP4"}


@dataclass(frozen=True)
class Finding:
    """Result of a check. `state` is "ok", "warn" or "bad"; `remedy` says what to do unless the state is "ok"."""

    name: str
    value: str
    state: str = OK
    remedy: str = ""


@dataclass(frozen=True)
class Capability:
    """Statement about what the program can or cannot do, with its title and state. The `values` are inserted into the
    translated `text`.
    """

    title: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    state: str = OK


def examine() -> list[Finding]:
    """Run all checks and return their findings. Imports torch (1–2 seconds) and opens the gallery."""
    from gdm_studio.gallery import Gallery

    gallery = Gallery.open()
    try:
        # The order matters: opening the gallery may repair it.
        of_the_gallery = [*gallery_state(gallery), *recent_repairs()]
        here = [*versions(), program_files(), *window(), *devices(), *places(), *models()]
        return [*here, *of_the_gallery, *last_errors(), last_crash()]
    finally:
        gallery.close()


def report(findings: Iterable[Finding]) -> str:
    """Format the findings of the checks as lines of text, each with its state and, if needed, advice for the user."""
    marks = {OK: "ok  ", WARN: "note", BAD: "BAD "}
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.state]} {finding.name}: {finding.value}")
        if finding.remedy:
            lines.append(f"     {finding.remedy}")
    return "\n".join(map(escape_unsafe, lines))


def as_facts(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the findings of the checks and the worst of their states as a JSON-compatible dictionary."""
    states = {finding.state for finding in findings}
    worst = next(state for state in (BAD, WARN, OK) if state in states or state == OK)
    return {"state": worst, "findings": [asdict(finding) for finding in findings]}


def versions() -> Iterator[Finding]:
    """Report the versions of the program, its packages and the system."""
    yield Finding("GDM Studio", __version__)
    yield Finding("Python", platform.python_version())
    for package in ("torch", "PySide6-Essentials", "numpy", "pillow"):
        yield _package(package)
    for package, what in EXTRAS.items():
        if find_spec(package) is not None:
            yield Finding(package, f"{_version(package)}, for {what}")
        else:
            remedy = f"Install it with  {sys.executable} -m pip install {package}  if you want it."
            yield Finding(package, f"not installed; needed for {what}", WARN, remedy)
    yield Finding("System", f"{platform.system()} {platform.release()}, {platform.machine()}")
    total = _memory()
    if total:
        tight = total < SMALL
        advice = "Close other programs during a run, or choose smaller models." if tight else ""
        yield Finding("Memory", memory.format_bytes(total), WARN if tight else OK, advice)
    yield Finding("Processor", f"{os.cpu_count() or 1} threads")


def program_files() -> Finding:
    """Compare the program's files with the hashes in the manifest of the bundle, or the list of the installed wheel.

    In a bundle, this reads 1 GB.
    """
    try:
        folder = bundle.running_bundle()
        check = check_files() if folder is None else bundle.check_bundle(folder)
    except (OSError, ValueError):
        return Finding("Program files", "the manifest of the bundle cannot be read", BAD, REINSTALL)
    if not check.count:
        return Finding("Program files", "a source tree, which has no list of hashes")
    if check.is_intact:
        return Finding("Program files", f"{check.count} files, as installed")
    named = [*check.changed, *check.missing, *check.added]
    more = f" and {len(named) - FILES} more" if len(named) > FILES else ""
    value = f"{len(named)} differ from what was installed: {', '.join(named[:FILES])}{more}"
    return Finding("Program files", value, BAD, REINSTALL)


def capabilities() -> list[Capability]:
    """Return statements for security reviews: network use, plugins, loading of model files, and integrity of the
    program.
    """
    settings = preferences.load()
    hosts = [remote_device.parse(name).host for name in remote_device.names_in(settings.remote_devices)]
    cluster = settings.cluster
    enabled = Capability(
        QT_TRANSLATE_NOOP("Capabilities", "Network"),
        QT_TRANSLATE_NOOP(
            "Capabilities",
            "Not used. The program opens no connection unless you add other computers or start its server.",
        ),
    )
    if places := [*hosts, *([cluster] if cluster else [])]:
        enabled = Capability(
            QT_TRANSLATE_NOOP("Capabilities", "Network"),
            QT_TRANSLATE_NOOP(
                "Capabilities",
                "Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened.",
            ),
            {"hosts": ", ".join(dict.fromkeys(places))},
        )
    check = check_files()
    if not check.count:
        files = QT_TRANSLATE_NOOP("Capabilities", "This is a source tree, which has no list of hashes.")
    elif check.is_intact:
        files = QT_TRANSLATE_NOOP("Capabilities", "All {count} have the hashes they were installed with.")
    else:
        files = QT_TRANSLATE_NOOP(
            "Capabilities", "Files that differ from what was installed: {different}. Reinstall the program."
        )
    different = len(check.changed) + len(check.missing) + len(check.added)
    return [
        Capability(
            QT_TRANSLATE_NOOP("Capabilities", "Plugins"),
            QT_TRANSLATE_NOOP("Capabilities", "None. The program runs its own code and that of its listed packages."),
        ),
        Capability(
            QT_TRANSLATE_NOOP("Capabilities", "Model files"),
            QT_TRANSLATE_NOOP("Capabilities", "Read as numbers and text. Code in a model file is never run."),
        ),
        enabled,
        Capability(
            QT_TRANSLATE_NOOP("Capabilities", "Program files"),
            files,
            {"count": str(check.count), "different": str(different)},
            OK if check.is_intact else BAD,
        ),
    ]


def window() -> Iterator[Finding]:
    """Check whether a window can be opened: the screen, and on Linux the system libraries of Qt."""
    has_screen = system_libraries.has_screen(os.environ)
    screen = "there is a screen" if has_screen else "no screen: neither DISPLAY nor WAYLAND_DISPLAY is set"
    problem = system_libraries.window_problem(os.environ if has_screen else {**os.environ, "DISPLAY": ":0"})
    advice = "Install the missing libraries; all verbs work without the window." if problem else ""
    yield Finding("Window", problem or screen, (BAD if has_screen else WARN) if problem else OK, advice)


def devices() -> Iterator[Finding]:
    """List the devices that can generate images. Imports torch."""
    try:
        import torch

        from gdm_studio.engine import devices as known
    except (ImportError, OSError) as error:
        yield Finding("Devices", f"torch cannot be loaded ({type(error).__name__})", BAD, REINSTALL)
        return
    names = known.available()
    for place, name in enumerate(names):
        room = ""
        if name.startswith("cuda"):
            room = f", {memory.format_bytes(torch.cuda.get_device_properties(name).total_memory)}"
        yield Finding(f"Device {place + 1}", f"{name}: {known.describe(name)}{room}")
    wanted = preferences.load().device
    try:
        known.device_names(wanted)
    except DeviceError:
        advice = "Choose another device in the settings; until then the fastest is used."
        yield Finding("Chosen device", f"{wanted} is missing", WARN, advice)


def places() -> Iterator[Finding]:
    """Check that the program's folders are writable and that their disks have enough free space."""
    folders = {
        "Pictures folder": preferences.pictures_dir(),
        "Data folder": paths.data_dir(),
        "Cache folder": paths.cache_dir(),
    }
    for name, folder in folders.items():
        yield _place(name, folder)
    yield Finding("Wildcards", paths.display_path(paths.wildcards_dir()))
    yield Finding("Presets", paths.display_path(paths.presets_dir()))
    for folder in (paths.models_dir(), *map(Path, preferences.load().model_folders)):
        missing = folder != paths.models_dir() and not folder.is_dir()
        advice = "Connect its disk, or remove it in the settings." if missing else ""
        yield Finding("Model folder", paths.display_path(folder), WARN if missing else OK, advice)


def models() -> Iterator[Finding]:
    """Report the number of built-in and user-added models, and the model files that cannot be used. Model names are
    omitted, because they may be private.
    """
    from gdm_studio.models.library import Library

    library = Library()
    cards = library.cards()
    built_in = [card for card in cards if card.path is not None and paths.is_shipped(card.path)]
    if cards:
        yield Finding("Models", f"{len(built_in)} built in, {len(cards) - len(built_in)} of your own")
    else:
        yield Finding("Models", "none", BAD, "Reinstall the program, or put a model into the models folder.")
    for one in library.refused():
        yield Finding("Model file", f"{paths.display_path(one.path)} cannot be used", WARN, one.reason)


def gallery_state(gallery: Gallery) -> Iterator[Finding]:
    """Count the images in the gallery and check its index for damage. This must run on the gallery's own thread."""
    try:
        count = gallery.count(fill=False)
    except StudioError:
        advice = "Run `gdm-studio gallery rebuild`; it does not change the images."
        yield Finding("Gallery", "its index cannot be read", BAD, advice)
        return
    sound = _is_sound(gallery.index_path)
    advice = "" if sound else "Run `gdm-studio gallery rebuild`; it does not change the images."
    images = "1 image" if count == 1 else f"{count:,} images"
    yield Finding("Gallery", f"{images}, index {'sound' if sound else 'damaged'}", OK if sound else BAD, advice)
    yield Finding("Recorded steps", memory.format_bytes(gallery.steps.total_size()))


def recent_repairs() -> Iterator[Finding]:
    """List the damaged files that the program has repaired in the last 30 days."""
    for each in repair_log.recent(paths.data_dir()):
        day = time.strftime("%Y-%m-%d", time.localtime(each.moment))
        yield Finding("Repaired", f"{day}: {each.sentence}", WARN, "Check whether anything is missing; check the disk.")


def last_errors() -> Iterator[Finding]:
    """List the latest errors in the error log."""
    for line in error_log.last_lines(ERRORS):
        yield Finding("Error", line, WARN, "Report it to the developers, with this report.")
    if not error_log.last_lines(1):
        yield Finding("Errors", "none so far")


def last_crash() -> Finding:
    """Report the newest recorded crash of the program with the first lines of its stack trace. If there is none, report
    the folder in which crashes would be recorded.
    """
    crash = crash_log.last_crash()
    if crash is None:
        return Finding("Crashes", f"none recorded in {paths.display_path(crash_log.folder())}")
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(crash.moment))
    advice = f"Report it to the developers, with {paths.display_path(crash.path)}."
    return Finding("Last crash", f"{moment}, {crash.program}: {' | '.join(crash.lines)}", WARN, advice)


def _package(name: str) -> Finding:
    found = _version(name)
    return Finding(name, found) if found else Finding(name, "not installed", BAD, REINSTALL)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _memory() -> int:
    """Return the total memory of this machine in bytes, or 0 if unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _place(name: str, folder: Path) -> Finding:
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    if there is None:
        return Finding(
            name,
            f"{paths.display_path(folder)}: missing",
            BAD,
            "Connect its disk, or choose another folder in the settings.",
        )
    try:
        atomic_files.check_writable(there)
        free = shutil.disk_usage(there).free
    except (StorageError, OSError):
        return Finding(
            name,
            f"{paths.display_path(folder)}: cannot be written to",
            BAD,
            "Allow writing there, or choose another folder.",
        )
    state = BAD if free < TOO_LITTLE else WARN if free < LITTLE else OK
    advice = "Free some space on this disk." if state != OK else ""
    return Finding(name, f"{paths.display_path(folder)}, {memory.format_bytes(free)} free", state, advice)


def _is_sound(index: Path) -> bool:
    """Return True if SQLite finds no damage in the index, or if there is no index yet."""
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
